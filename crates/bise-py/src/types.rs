//! Types in annotations: `Field[[I, J], float64]` as an object, and the type that any annotation object stands for.

use std::cell::Cell;
use std::hash::{DefaultHasher, Hash, Hasher};

use bise_lang::{Annotation, Collection, DType, Dimension};
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString, PyTuple, PyType};

use crate::dimension;
use crate::errors::FieldTypeError;
use crate::ndarray::{dtype_from_python, dtype_to_python};
use crate::python::{Lazy, NUMPY_DTYPE, NUMPY_GENERIC, describe};
use crate::scope::Raised;

/// `bise._generic.generic`
static GENERIC: Lazy = Lazy::new("bise._generic", "generic");
/// `bise._annotations.peeled`
static PEELED: Lazy = Lazy::new("bise._annotations", "peeled");
/// `dataclasses.fields`
static FIELDS: Lazy = Lazy::new("dataclasses", "fields");
/// `bise._annotations.elements_of`
static ELEMENTS_OF: Lazy = Lazy::new("bise._annotations", "elements_of");

/// The type of a field, as annotations write it: ``Field[[I, J], float64]``. Equal types compare equal and hash
/// alike; the order in which the dimensions are written counts.
#[pyclass(frozen, module = "bise", name = "FieldType")]
pub struct FieldType {
    /// As written.
    pub annotation: Annotation,
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
        let annotation = Annotation::field(dims, dtype).map_err(|twice| repeated(&twice))?;
        Ok(Self { annotation })
    }
}

/// The type of a field with parameters, if type variables stand in the brackets of `Field[...]`.
pub fn generic<'py>(item: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Ok((dims, dtype)) = item.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>() else {
        return Ok(None);
    };
    let made = GENERIC.get(item.py())?.call1((dims, dtype))?;
    Ok(Some(made).filter(|made| !made.is_none()))
}

/// The error for a dimension that a field has twice.
pub fn repeated(twice: &Dimension) -> PyErr {
    FieldTypeError::new_err(format!(
        "the dimension '{twice}' stands twice in the type of a field"
    ))
}

#[pymethods]
impl FieldType {
    /// The dimensions, as written.
    #[getter]
    fn dims<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let dims = self.annotation.axes().iter().flatten().flatten();
        let dims = dims.map(|dim| dimension::to_python(py, dim));
        PyTuple::new(py, dims.collect::<PyResult<Vec<_>>>()?)
    }

    /// NumPy's dtype of the values.
    #[getter]
    fn dtype<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let dtype = self.annotation.ty().dtype();
        dtype_to_python(py, dtype.unwrap_or(DType::Float64))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other
            .cast::<Self>()
            .is_ok_and(|other| other.get().annotation == self.annotation)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.annotation.hash(&mut hasher);
        hasher.finish()
    }

    /// ``Field[[I], float64] | None`` and the like are for type checkers.
    fn __or__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let union = slf.py().import("typing")?.getattr("Union")?;
        union.get_item((slf, other))
    }

    fn __ror__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let union = slf.py().import("typing")?.getattr("Union")?;
        union.get_item((other, slf))
    }

    fn __repr__(&self) -> String {
        self.annotation.to_string()
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
pub fn from_annotation(object: &Bound<'_, PyAny>, raised: &Raised) -> Option<Annotation> {
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

fn annotation(
    object: &Bound<'_, PyAny>,
    raised: &Raised,
    budget: &Budget,
    level: usize,
) -> Option<Annotation> {
    if !budget.allows(level) {
        return Some(Annotation::scalar(DType::Bool));
    }
    if let Ok(field) = object.cast::<FieldType>() {
        return Some(field.get().annotation.clone());
    }
    if let Ok(class) = object.cast::<PyType>() {
        let scalar = from_class(class).map(Annotation::scalar);
        return scalar.or_else(|| collection(class, raised, budget, level));
    }
    let py = object.py();
    if NUMPY_DTYPE.has_instance(object).unwrap_or(false) {
        return dtype_from_python(object).ok().map(Annotation::scalar);
    }
    let peeled = raised.quiet(py, PEELED.get(py).and_then(|peeled| peeled.call1((object,))))?;
    if !peeled.is(object) {
        return annotation(&peeled, raised, budget, level + 1);
    }
    let origin = raised.quiet(py, object.getattr("__origin__"))?;
    if !origin.is(py.get_type::<PyTuple>()) {
        return None;
    }
    let items: Vec<Bound<'_, PyAny>> = raised.quiet(py, object.getattr("__args__"))?.extract().ok()?;
    let items = items.iter().map(|item| match item.cast::<PyString>() {
        Ok(name) => DType::from_text(name.to_str().ok()?).map(Annotation::scalar),
        Err(_) => annotation(item, raised, budget, level + 1),
    });
    items.collect::<Option<Vec<_>>>().map(Annotation::tuple)
}

/// A `NamedTuple` or a data class whose elements have types of the language.
fn collection(
    class: &Bound<'_, PyType>,
    raised: &Raised,
    budget: &Budget,
    level: usize,
) -> Option<Annotation> {
    let py = class.py();
    let elements = ELEMENTS_OF
        .get(py)
        .and_then(|elements_of| elements_of.call1((class,)));
    let elements = raised.quiet(py, elements)?;
    let elements: Vec<(String, Bound<'_, PyAny>)> = elements.extract().ok()?;
    if elements.is_empty() {
        return None;
    }
    let items = elements
        .iter()
        .map(|(_, hint)| annotation(hint, raised, budget, level + 1));
    let items: Vec<Annotation> = items.collect::<Option<_>>()?;
    let collection = Collection {
        name: raised.quiet(py, class.name())?.to_string().into(),
        elements: elements.iter().map(|(name, _)| name.as_str().into()).collect(),
    };
    Some(Annotation::collection(collection, items))
}

/// The elements of a tuple, or of an instance of a data class in the order of its fields; nothing of anything else.
pub fn elements<'py>(value: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyTuple>>> {
    if let Ok(tuple) = value.cast::<PyTuple>() {
        return Ok(Some(tuple.clone()));
    }
    let py = value.py();
    let is_class = value.is_instance_of::<PyType>();
    if is_class || !value.hasattr(intern!(py, "__dataclass_fields__"))? {
        return Ok(None);
    }
    let fields = FIELDS.get(py)?.call1((value,))?.cast_into::<PyTuple>()?;
    let value_of = |field: Bound<'py, PyAny>| {
        let name = field.getattr(intern!(py, "name"))?;
        value.getattr(name.cast::<PyString>()?)
    };
    let values: Vec<Bound<'py, PyAny>> = fields.iter().map(value_of).collect::<PyResult<_>>()?;
    PyTuple::new(py, values).map(Some)
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
