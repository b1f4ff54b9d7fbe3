//! Embedded execution: Python runs the bodies of operators itself, `bise._embedded` says on what. Here is only what
//! must know of it: while it is on, operators, builtins, offsets and dimensions ask there.

use std::sync::atomic::{AtomicUsize, Ordering};

use bise_hir as hir;
use bise_lang::{Annotation, Type};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

use crate::call::slot::Given;
use crate::dimension;
use crate::python::Lazy;
use crate::scope::Raised;
use crate::types;

static CALL: Lazy = Lazy::new("bise._embedded", "call");
static BUILTIN: Lazy = Lazy::new("bise._embedded", "builtin");
static COMPARED: Lazy = Lazy::new("bise._embedded", "compared");
static NEIGHBOR: Lazy = Lazy::new("bise._embedded", "Neighbor");
static IS_ON: Lazy = Lazy::new("bise._embedded", "is_on");
static TAKES_CALLS: Lazy = Lazy::new("bise._embedded", "takes_calls");

/// How many embedded calls there are, of all threads.
static CALLS: AtomicUsize = AtomicUsize::new(0);

/// Notes that an embedded call begins.
#[pyfunction]
pub fn _embedded_begins() {
    CALLS.fetch_add(1, Ordering::Relaxed);
}

/// Notes that an embedded call has ended.
#[pyfunction]
pub fn _embedded_ends() {
    CALLS.fetch_sub(1, Ordering::Relaxed);
}

/// Whether this thread runs the body of an operator.
pub fn is_on(py: Python<'_>) -> PyResult<bool> {
    if CALLS.load(Ordering::Relaxed) == 0 {
        return Ok(false);
    }
    IS_ON.get(py)?.call0()?.extract()
}

/// Whether calls of this thread are embedded, whatever their backend.
pub fn takes_calls(py: Python<'_>) -> PyResult<bool> {
    if CALLS.load(Ordering::Relaxed) == 0 {
        return Ok(false);
    }
    TAKES_CALLS.get(py)?.call0()?.extract()
}

/// A call of an operator or a program.
pub fn call(callable: &Bound<'_, PyAny>, given: &Given<'_>) -> PyResult<Py<PyAny>> {
    let py = callable.py();
    let args: Vec<_> = (0..given.positional()).map(|at| given.value(py, at)).collect();
    let options = PyDict::new(py);
    for at in given.positional()..given.len() {
        options.set_item(given.keyword(py, at), given.value(py, at))?;
    }
    let args = PyTuple::new(py, args)?;
    Ok(CALL.get(py)?.call1((callable, args, options))?.unbind())
}

/// A call of a function of the language.
pub fn builtin<'py>(
    name: &str,
    args: &Bound<'py, PyTuple>,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    BUILTIN.get(args.py())?.call1((name, args, options))
}

/// `dim < index`
pub fn compared<'py>(
    dim: &Bound<'py, PyAny>,
    operator: &str,
    index: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    COMPARED.get(dim.py())?.call1((dim, operator, index))
}

/// `V2E[0]`
pub fn neighbor<'py>(offset: &Bound<'py, PyAny>, index: i64) -> PyResult<Bound<'py, PyAny>> {
    NEIGHBOR.get(offset.py())?.call1((offset, index))
}

/// The parameters of a body with their types: a list for a tuple, a pair of dimensions in the order in which they are
/// written (nothing for a number) and the name of the data type.
pub fn parameters<'py>(
    py: Python<'py>,
    body: &hir::Body,
    params: &[hir::LocalId],
) -> PyResult<Bound<'py, PyList>> {
    let each = params.iter().map(|&param| {
        let local = &body.locals[param];
        Ok((local.name.to_string(), tree(py, &local.annotation)?))
    });
    PyList::new(py, each.collect::<PyResult<Vec<_>>>()?)
}

/// The type that an annotation stands for, as [`parameters`] has it.
#[pyfunction]
pub fn _type_tree<'py>(annotation: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let raised = Raised::default();
    let Some(found) = types::from_annotation(annotation, &raised) else {
        return Err(PyValueError::new_err(format!(
            "{} is no type of the language",
            annotation.repr()?
        )));
    };
    tree(annotation.py(), &found)
}

/// As [`parameters`], of one type.
pub fn tree<'py>(py: Python<'py>, annotation: &Annotation) -> PyResult<Bound<'py, PyAny>> {
    let dims = |dims: &[bise_lang::Dimension]| {
        let dims = dims.iter().map(|dim| dimension::to_python(py, dim));
        PyTuple::new(py, dims.collect::<PyResult<Vec<_>>>()?)
    };
    match annotation.ty() {
        Type::Tuple(_) => {
            let items = annotation.items();
            let items = items.iter().map(|item| tree(py, item));
            Ok(PyList::new(py, items.collect::<PyResult<Vec<_>>>()?)?.into_any())
        }
        Type::Scalar(dtype) => Ok((py.None(), dtype.name()).into_pyobject(py)?.into_any()),
        Type::Field(field) => {
            let axes = annotation.axes();
            let written = match axes.first() {
                Some(Some(axes)) => dims(axes)?,
                _ => dims(field.dims())?,
            };
            Ok((written, field.dtype.name()).into_pyobject(py)?.into_any())
        }
    }
}
