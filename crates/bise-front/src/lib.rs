//! Front ends: source text to hir, with all diagnostics about the user's program.
//!
//! Start at [`module`], which reads a whole file without Python, or at [`field_operator`], [`scan_operator`] and
//! [`program`], which read one decorated function whose other names a [`Scope`] resolves (Python knows them when
//! the decorator runs); [`definitions`] finds the text of a function in its file. All of them report as many [`bise_base::Diagnostic`]s as they can and never panic,
//! whatever the text.
#![forbid(unsafe_code)]

mod decorator;
pub mod fieldview;
mod language;
mod literal;
mod module;
mod scope;
#[cfg(test)]
mod tests;

pub use bise_syntax::{Definition, Definitions, definitions};
pub use fieldview::{field_operator, program, scan_operator};
pub use language::{Language, Mathematics, Numpy};
pub use literal::Literal;
pub use module::{Module, module};
pub use scope::{Binding, Scope};
