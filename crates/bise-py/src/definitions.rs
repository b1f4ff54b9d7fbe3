//! Where a file defines functions, for the package's `_source`.

use pyo3::prelude::*;

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
