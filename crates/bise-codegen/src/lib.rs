//! Loop nests to LLVM text. Pure functions of their arguments: no LLVM is linked, nothing is read but the kernel,
//! and the text is the same to the byte from run to run.
//!
//! Start at [`cpu::module`]. `llvm` holds what every target shares: types, constants and names as LLVM writes them.
#![forbid(unsafe_code)]

pub mod cpu;
mod llvm;
