//! The exceptions of `bise.errors`, and how the pipeline's answers become them.
//!
//! A user's wrong program is a [`DSLError`] whose text is the rendered diagnostics; a wrong argument is an
//! exception that is also Python's own `TypeError`, `ValueError` or `IndexError`. A panic never leaves the
//! module as such: [`guarded`] turns it into `CompilerBug`.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bise_base::{Diagnostic, SourceMap, Style, render_all};
use pyo3::import_exception;
use pyo3::prelude::*;

import_exception!(bise.errors, ArgumentTypeError);
import_exception!(bise.errors, ArgumentValueError);
import_exception!(bise.errors, BackendError);
import_exception!(bise.errors, CompilerBug);
import_exception!(bise.errors, DSLError);
import_exception!(bise.errors, FieldTypeError);
import_exception!(bise.errors, FieldValueError);
import_exception!(bise.errors, IndexOutOfBounds);
import_exception!(bise.errors, MissingArgumentError);
import_exception!(bise.errors, MissingNeighbourWarning);
import_exception!(bise.errors, TableError);

/// The exception for a program that is wrong: all diagnostics as text, the class by the first of them.
pub fn program_error(py: Python<'_>, diagnostics: &[Diagnostic], sources: &SourceMap) -> PyErr {
    let text = render_all(diagnostics, sources, Style::Plain);
    raise(py, "from_diagnostics", diagnostics, &text, sources)
}

/// The exception for a call that was refused; its class goes by the first diagnostic.
pub fn call_error(py: Python<'_>, diagnostics: &[Diagnostic], text: &str, sources: &SourceMap) -> PyErr {
    raise(py, "from_call", diagnostics, text, sources)
}

/// What is wrong with an array, said of the argument that it is.
pub fn at_argument(py: Python<'_>, name: &str, error: PyErr) -> PyErr {
    let text = || format!("argument '{name}': {}", error.value(py));
    if error.is_instance_of::<FieldTypeError>(py) {
        ArgumentTypeError::new_err(text())
    } else if error.is_instance_of::<FieldValueError>(py) {
        ArgumentValueError::new_err(text())
    } else {
        error
    }
}

/// Lets `bise.errors` choose the class, so that it is written down once.
fn raise(
    py: Python<'_>,
    constructor: &str,
    diagnostics: &[Diagnostic],
    text: &str,
    sources: &SourceMap,
) -> PyErr {
    let facts: Vec<(&str, &str, String, String)> = diagnostics
        .iter()
        .map(|d| {
            let place = sources.locate(d.primary.span);
            (d.code.id, d.code.name, d.message.clone(), place)
        })
        .collect();
    let exception = py
        .import("bise.errors")
        .and_then(|errors| errors.call_method1(constructor, (text, facts)));
    match exception {
        Ok(exception) => PyErr::from_value(exception),
        Err(_) => DSLError::new_err(text.to_owned()),
    }
}

/// Runs a piece of the pipeline; a panic in it is our bug and becomes an exception that says so.
pub fn guarded<T>(work: impl FnOnce() -> T) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let text = payload
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| payload.downcast_ref::<&str>().map(ToString::to_string))
            .unwrap_or_default();
        CompilerBug::new_err(format!(
            "{text}\nThis is a bug in Bise. Please report it with the program that caused it."
        ))
    })
}
