//! The only IR-to-IR conversions: hir to iter, iter to loops.
//!
//! [`hir_to_iter`](hir_to_iter::hir_to_iter) inlines calls and takes tuples apart: what is left is a graph of
//! field-valued nodes. [`iter_to_loops`] decides on loops and buffers and writes the plan of a call.
#![forbid(unsafe_code)]

pub mod hir_to_iter;
pub mod iter_to_loops;
