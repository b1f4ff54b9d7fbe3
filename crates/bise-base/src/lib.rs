//! Spans, the source map, diagnostics and names: what every stage shares, and nothing of the language.
//!
//! Start at [`Diagnostic`]: it is how every stage tells the user that a program is wrong. A [`Span`] says
//! where; the [`SourceMap`] turns spans into lines; [`render`] draws them.
#![forbid(unsafe_code)]

mod diagnostic;
mod memory;
mod render;
mod source;

pub use diagnostic::{Code, Diagnostic, Diagnostics, Label, Severity, closest};
pub use memory::has_room;
pub use render::{Style, render, render_all};
pub use source::{Source, SourceId, SourceMap, Span};

/// A name in the user's program: cheap to clone and to compare.
pub type Name = smol_str::SmolStr;
