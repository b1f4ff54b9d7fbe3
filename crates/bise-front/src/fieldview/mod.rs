//! The front end of the field view, `gt4py.next` in Python's terms.
//!
//! - `parse`: text to the one function it holds;
//! - `resolve`: what names stand for;
//! - `annotation`: types;
//! - `check`: bodies of operators and programs to typed hir.
//!
//! The rules for Python numbers are in [`crate::Literal`] and `check/value.rs`: a literal takes the type of what
//! it meets where that loses nothing of its kind, and there is no other implicit conversion.

mod annotation;
mod check;
mod parse;
mod resolve;

use std::sync::Arc;

use bise_base::{Diagnostics, SourceId, SourceMap};
use bise_hir::{Operator, Program};
use bise_lang::Dimension;

use crate::{Binding, Scope};

pub(crate) use check::{Checker, Level, Over, Size, Value, check_operator, check_program, signature};
pub(crate) use parse::{Definition, syntax_diagnostic};
pub(crate) use resolve::Entity;

/// How a scan operator sweeps: the arguments of its decorator.
pub(crate) struct Sweep<'a> {
    pub(crate) axis: Dimension,
    pub(crate) forward: bool,
    pub(crate) init: &'a Binding,
}

/// Compiles a field operator. `source` holds one function, indented as it stands in its file; `scope` its other
/// names.
pub fn field_operator(
    sources: &SourceMap,
    source: SourceId,
    scope: &dyn Scope,
) -> Result<Arc<Operator>, Diagnostics> {
    let definition = parse::single_function(sources, source)?;
    check_operator(&sources.get(source), &definition, scope, None)
}

/// Compiles a scan operator along the vertical dimension `axis`.
pub fn scan_operator(
    sources: &SourceMap,
    source: SourceId,
    scope: &dyn Scope,
    axis: Dimension,
    forward: bool,
    init: &Binding,
) -> Result<Arc<Operator>, Diagnostics> {
    let definition = parse::single_function(sources, source)?;
    let sweep = Sweep { axis, forward, init };
    check_operator(&sources.get(source), &definition, scope, Some(&sweep))
}

/// Compiles a program.
pub fn program(
    sources: &SourceMap,
    source: SourceId,
    scope: &dyn Scope,
) -> Result<Arc<Program>, Diagnostics> {
    let definition = parse::single_function(sources, source)?;
    check_program(&sources.get(source), &definition, scope)
}
