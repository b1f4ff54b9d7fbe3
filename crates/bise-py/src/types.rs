//! Types in annotations: `Field[[I, J], float64]` as an object, and the type that any annotation object stands for.

use std::cell::Cell;
use std::hash::{DefaultHasher, Hash, Hasher};

use bise_lang::{DType, Type};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString, PyTuple, PyType};

use crate::dimension;
use crate::ndarray::{dtype_from_python, dtype_to_python};
use crate::python::{NUMPY_DTYPE, NUMPY_GENERIC, describe};
use crate::scope::Raised;

/// The type of a field, as annotations write it: ``Field[[I, J], float64]``. Equal types compare equal and hash
/// alike; the order in which the dimensions are written counts.
#[pyclass(frozen, module = "bise", name = "FieldType")]
pub struct FieldType {
    /// As written; the canonical order is the front end's to ask for.
    pub inner: bise_lang::FieldType,
}

impl FieldType {
    /// The type for what stands in the brackets of `Field[...]`.
    pub fn from_subscript(item: &Bound<'_, PyAny>) -> PyResult<Self> {
        let Ok((dims, dtype)) = item.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>() else {
            return Err(PyTypeError::new_err(
                "a field type names dimensions and a data type: Field[[I, J], float64]",
            ));
        };
        let dims = dims.try_iter().map_err(|_| {
            PyTypeError::new_err(format!(
                "the dimensions of a field type are a list, as in Field[[I, J], float64], not {}",
                describe(&dims)
            ))
        })?;
        let dims = dims
            .map(|dim| dimension::from_python(&dim?))
            .collect::<PyResult<_>>()?;
        let dtype = dtype_from_python(&dtype)?;
        Ok(Self {
            inner: bise_lang::FieldType { dims, dtype },
        })
    }
}

#[pymethods]
impl FieldType {
    /// The dimensions, as written.
    #[getter]
    fn dims<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let dims = self.inner.dims.iter().map(|dim| dimension::to_python(py, dim));
        PyTuple::new(py, dims.collect::<PyResult<Vec<_>>>()?)
    }

    /// NumPy's dtype of the values.
    #[getter]
    fn dtype<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        dtype_to_python(py, self.inner.dtype)
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other
            .cast::<Self>()
            .is_ok_and(|other| other.get().inner == self.inner)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.inner.hash(&mut hasher);
        hasher.finish()
    }

    /// ``Field[[I], float64] | None`` and the like are for type checkers.
    fn __or__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let union = slf.py().import("typing")?.getattr("Union")?;
        union.get_item((slf, other))
    }

    fn __repr__(&self) -> String {
        Type::Field(self.inner.clone()).to_string()
    }

    /// Types are called nowhere, but `typing` accepts only callable objects in unions.
    #[pyo3(signature = (*_args))]
    fn __call__(&self, _args: &Bound<'_, PyTuple>) -> PyResult<()> {
        Err(PyTypeError::new_err(format!(
            "{} is a type: fields are made by as_field, zeros, ...",
            self.__repr__()
        )))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let rebuild = py.import("bise._core")?.getattr("_rebuild_field_type")?;
        (rebuild, (slf.get().dims(py)?, slf.get().dtype(py)?)).into_pyobject(py)
    }
}

/// What an unpickled type is made by.
#[pyfunction]
pub fn _rebuild_field_type(dims: &Bound<'_, PyAny>, dtype: &Bound<'_, PyAny>) -> PyResult<FieldType> {
    FieldType::from_subscript(PyTuple::new(dims.py(), [dims, dtype])?.as_any())
}

/// The type that an annotation object stands for: `Field[...]`, `tuple[...]`, a scalar type of NumPy or Python.
pub fn from_annotation(object: &Bound<'_, PyAny>, raised: &Raised) -> Option<Type> {
    annotation(object, raised, &Budget::default(), 0)
}

/// How much of a tuple is looked at. Python's tuples hold what they hold by reference, so a few lines make one that has
/// more elements than there is memory. What is not looked at counts as one element: by then there are more, or they
/// are deeper, than the language takes.
#[derive(Debug)]
pub struct Budget(Cell<usize>);

impl Default for Budget {
    fn default() -> Self {
        Self(Cell::new(4096))
    }
}

impl Budget {
    /// Whether one more element is looked at, inside that many tuples.
    pub fn allows(&self, level: usize) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        left > 0 && level < 64
    }
}

fn annotation(object: &Bound<'_, PyAny>, raised: &Raised, budget: &Budget, level: usize) -> Option<Type> {
    if !budget.allows(level) {
        return Some(Type::Scalar(DType::Bool));
    }
    if let Ok(field) = object.cast::<FieldType>() {
        return Some(Type::Field(field.get().inner.clone()));
    }
    if let Ok(class) = object.cast::<PyType>() {
        return from_class(class).map(Type::Scalar);
    }
    let py = object.py();
    if NUMPY_DTYPE.has_instance(object).unwrap_or(false) {
        return dtype_from_python(object).ok().map(Type::Scalar);
    }
    let origin = raised.quiet(py, object.getattr("__origin__"))?;
    if !origin.is(py.get_type::<PyTuple>()) {
        return None;
    }
    let items: Vec<Bound<'_, PyAny>> = raised.quiet(py, object.getattr("__args__"))?.extract().ok()?;
    let items = items.iter().map(|item| match item.cast::<PyString>() {
        Ok(name) => DType::from_name(name.to_str().ok()?).map(Type::Scalar),
        Err(_) => annotation(item, raised, budget, level + 1),
    });
    items.collect::<Option<Vec<_>>>().map(Type::Tuple)
}

/// `float`, `int`, `bool` and NumPy's scalar types.
fn from_class(class: &Bound<'_, PyType>) -> Option<DType> {
    let py = class.py();
    if class.is(py.get_type::<PyFloat>()) {
        return Some(DType::Float64);
    }
    if class.is(py.get_type::<PyInt>()) {
        return Some(DType::Int64);
    }
    if class.is(py.get_type::<PyBool>()) {
        return Some(DType::Bool);
    }
    // A class that derives from a number type is not that type.
    let generic = NUMPY_GENERIC.get(py).ok()?;
    let is_own = || {
        class
            .getattr("__module__")
            .is_ok_and(|module| module.eq("numpy").unwrap_or(false))
    };
    if class.is_subclass(generic).unwrap_or(false) && is_own() {
        return dtype_from_python(class).ok();
    }
    None
}
