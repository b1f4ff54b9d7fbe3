//! LLVM text to callable code, object files and their cache on disk, and the thread pool. The crate that links LLVM.
//!
//! Start at [`Jit::load`]: text in, addresses of machine code out, by way of the cache where one is given. A
//! [`Library`] is the code of one text; it stays in memory while someone holds it. [`Pool`] runs parts of a
//! kernel's range on threads. [`standard_floats`] is for whoever computes on behalf of a program. [`assembly`] shows
//! what a text becomes.
//!
//! Whatever LLVM does for a program it does on a stack of its own (`apart`), so that it ends no process.
//!
//! Unsafe code is here for the calls into LLVM (`ffi` owns its handles), the threads' shared state (`pool`), their
//! floating-point state (`floats`) and a few system calls. Callers of an [`Entry`] promise that the frame is what the
//! kernel's text expects.
#![expect(
    unsafe_code,
    reason = "calls LLVM's C interface and runs the code that it made"
)]

mod apart;
mod cache;
mod compile;
mod ffi;
mod floats;
mod host;
mod jit;
mod load;
mod pool;
mod trust;

pub use compile::{Times, assembly};
pub use floats::{StandardFloats, standard_floats};
pub use host::vector_bits;
pub use jit::{Entry, Jit, Library, Options, Origin};
pub use pool::Pool;

/// Why there is no machine code.
#[derive(Debug, thiserror::Error)]
pub enum JitError {
    /// LLVM does not accept the text: it is ours, so this is our bug.
    #[error("compiler bug: LLVM does not accept the generated code: {0}")]
    Rejected(String),
    /// LLVM cannot make code for this machine.
    #[error("LLVM cannot make code for this machine: {0}")]
    Target(String),
    /// There is no memory for making code.
    #[error("out of memory: there is not enough to compile")]
    OutOfMemory,
    /// LLVM failed while it made or loaded code.
    #[error("LLVM failed to {doing}: {message}")]
    Llvm {
        /// What it was about to do.
        doing: &'static str,
        /// What it says.
        message: String,
    },
}

#[cfg(test)]
mod tests;
