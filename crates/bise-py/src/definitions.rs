//! What the package's `_source` needs: where a file defines functions, and what they compile to.

use bise_driver::standard_floats;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// First line and last line.
type Lines = (u32, u32);

/// A function: its name, its first line with decorators, its lines from `def` on, and those of the statement of the
/// module that it is part of.
type Definition = (String, u32, Lines, Lines);

/// The functions of a text, and the names that its module imports.
#[pyfunction]
pub fn _definitions(text: &str) -> (Vec<Definition>, Vec<String>) {
    let found = bise_front::definitions(text);
    let functions = found.functions.into_iter();
    let functions = functions.map(|it| (it.name.to_string(), it.line, it.lines, it.statement));
    let imports = found.imports.iter().map(ToString::to_string);
    (functions.collect(), imports.collect())
}

/// Calls `function` in the standard floating-point state: Python computes constants while it compiles.
#[pyfunction]
#[pyo3(signature = (function, *args))]
pub fn _with_standard_floats<'py>(
    function: &Bound<'py, PyAny>,
    args: &Bound<'py, PyTuple>,
) -> PyResult<Bound<'py, PyAny>> {
    standard_floats(|| function.call1(args))
}
