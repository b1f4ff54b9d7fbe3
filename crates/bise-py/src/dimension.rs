//! `Dimension`: a named direction, and what its operators give.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use bise_lang::{Dimension as Inner, DimensionKind};
use pyo3::basic::CompareOp;
use pyo3::exceptions::{PyNotImplementedError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::domain::Domain;
use crate::embedded;
use crate::python::{DIMENSION_KIND, NAMED_INDEX};
use crate::range::Range;
use crate::shift::CartesianConnectivity;

/// A named direction: of space, or the elements of a mesh.
///
/// Two dimensions of the same name and kind are the same object. In operators ``f(I + 1)`` reads the neighbour at
/// distance one; ``I(3)`` is the index 3 along ``I``; ``I < 3`` is the domain below it.
///
/// Parameters
/// ----------
/// value : str
///     The name.
/// kind : DimensionKind
///     ``HORIZONTAL`` (default), ``VERTICAL`` or ``LOCAL`` (the neighbours of one element).
///
/// Examples
/// --------
/// >>> K = bise.Dimension("K", kind=bise.DimensionKind.VERTICAL)
/// >>> K(3).value
/// 3
#[pyclass(frozen, weakref, module = "bise", name = "Dimension", from_py_object)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimension {
    /// What it is.
    pub inner: Inner,
}

#[pymethods]
impl Dimension {
    #[new]
    #[pyo3(signature = (value, kind=None))]
    fn new<'py>(
        py: Python<'py>,
        value: &str,
        kind: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, Self>> {
        if value.is_empty() {
            return Err(PyValueError::new_err("a dimension needs a name"));
        }
        let kind = kind.map_or(Ok(DimensionKind::Horizontal), kind_from_python)?;
        to_python(py, &Inner::new(value, kind))
    }

    /// The name.
    #[getter]
    fn value(&self) -> &str {
        &self.inner.name
    }

    /// Horizontal, vertical or local.
    #[getter]
    fn kind<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        DIMENSION_KIND.get(py)?.call1((self.inner.kind.name(),))
    }

    /// The index `index` along this dimension.
    fn __call__<'py>(slf: &Bound<'py, Self>, index: i64) -> PyResult<Bound<'py, PyAny>> {
        NAMED_INDEX.get(slf.py())?.call1((slf, index))
    }

    fn __add__(&self, distance: &Bound<'_, PyAny>) -> PyResult<CartesianConnectivity> {
        Ok(CartesianConnectivity::new(self.inner.clone(), whole(distance)?))
    }

    fn __sub__(&self, distance: &Bound<'_, PyAny>) -> PyResult<CartesianConnectivity> {
        let distance = whole(distance)?
            .checked_neg()
            .ok_or_else(|| PyValueError::new_err("the distance of a shift is too large"))?;
        Ok(CartesianConnectivity::new(self.inner.clone(), distance))
    }

    fn __richcmp__<'py>(
        slf: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
        op: CompareOp,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, this) = (other.py(), slf.get());
        if let Ok(other) = other.cast::<Self>() {
            let equal = this.inner == other.get().inner;
            return match op {
                CompareOp::Eq => Ok(to_bool(py, equal)),
                CompareOp::Ne => Ok(to_bool(py, !equal)),
                _ => Ok(py.NotImplemented().into_bound(py)),
            };
        }
        let Ok(index) = other.extract::<i64>() else {
            return match op {
                CompareOp::Eq => Ok(to_bool(py, false)),
                CompareOp::Ne => Ok(to_bool(py, true)),
                _ => Ok(py.NotImplemented().into_bound(py)),
            };
        };
        if embedded::is_on(py)? {
            let index = index.into_pyobject(py)?;
            return embedded::compared(slf, spelled(op), &index);
        }
        let range = match op {
            CompareOp::Lt => Range::new(Range::MINUS_INFINITY, index),
            CompareOp::Le => Range::new(Range::MINUS_INFINITY, index.saturating_add(1)),
            CompareOp::Eq => Range::new(index, index.saturating_add(1)),
            CompareOp::Ge => Range::new(index, Range::INFINITY),
            CompareOp::Gt => Range::new(index.saturating_add(1), Range::INFINITY),
            CompareOp::Ne => {
                return Err(PyNotImplementedError::new_err(
                    "a domain is one range: write `dim < n` and `dim > n`",
                ));
            }
        };
        let domain = Domain::new(std::slice::from_ref(&this.inner), vec![range])?;
        Ok(Bound::new(py, domain)?.into_any())
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.inner.hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self) -> String {
        match self.inner.kind {
            DimensionKind::Horizontal => format!("Dimension('{}')", self.inner.name),
            kind => format!(
                "Dimension('{}', DimensionKind.{})",
                self.inner.name,
                kind.name().to_uppercase()
            ),
        }
    }

    fn __str__(&self) -> &str {
        &self.inner.name
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let inner = &slf.get().inner;
        (slf.get_type(), (inner.name.as_str(), inner.kind.name())).into_pyobject(py)
    }
}

fn spelled(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Lt => "<",
        CompareOp::Le => "<=",
        CompareOp::Eq => "==",
        CompareOp::Ne => "!=",
        CompareOp::Gt => ">",
        CompareOp::Ge => ">=",
    }
}

fn to_bool(py: Python<'_>, value: bool) -> Bound<'_, PyAny> {
    pyo3::types::PyBool::new(py, value).to_owned().into_any()
}

/// The distance of a shift: a whole number.
fn whole(distance: &Bound<'_, PyAny>) -> PyResult<i64> {
    if let Ok(whole) = distance.extract::<i64>() {
        return Ok(whole);
    }
    match distance.extract::<f64>() {
        Ok(fraction) if fraction.fract().abs() == 0.5 => Err(PyNotImplementedError::new_err(format!(
            "staggered dimensions (a shift by {fraction}) are not supported"
        ))),
        _ => Err(PyTypeError::new_err(format!(
            "a dimension is shifted by a whole number, not by {}",
            crate::python::describe(distance)
        ))),
    }
}

/// A member of `DimensionKind`, or its value as a string.
fn kind_from_python(kind: &Bound<'_, PyAny>) -> PyResult<DimensionKind> {
    let name: String = kind
        .getattr("value")
        .unwrap_or_else(|_| kind.clone())
        .extract()
        .map_err(|_| {
            PyTypeError::new_err(format!(
                "the kind of a dimension is a DimensionKind, not {}",
                crate::python::describe(kind)
            ))
        })?;
    [
        DimensionKind::Horizontal,
        DimensionKind::Vertical,
        DimensionKind::Local,
    ]
    .into_iter()
    .find(|kind| kind.name() == name)
    .ok_or_else(|| PyValueError::new_err(format!("'{name}' is no kind of dimension")))
}

/// The objects of all dimensions that there have been. A program has a handful, so they are never forgotten.
static OBJECTS: Mutex<BTreeMap<Inner, Py<Dimension>>> = Mutex::new(BTreeMap::new());

/// The Python object of a dimension: one for each name and kind, so that what a domain gives is what it was made of.
pub fn to_python<'py>(py: Python<'py>, inner: &Inner) -> PyResult<Bound<'py, Dimension>> {
    let objects = || OBJECTS.lock().unwrap_or_else(PoisonError::into_inner);
    let known = objects().get(inner).map(|known| known.clone_ref(py));
    if let Some(known) = known {
        return Ok(known.into_bound(py));
    }
    // Made without the lock: Python may collect garbage now, and run code that makes dimensions too.
    let made = Bound::new(py, Dimension { inner: inner.clone() })?.unbind();
    let kept = objects()
        .entry(inner.clone())
        .or_insert(made.clone_ref(py))
        .clone_ref(py);
    Ok(kept.into_bound(py))
}

/// The dimension that an object is, or an error that names what was expected.
pub fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Inner> {
    match object.cast::<Dimension>() {
        Ok(dimension) => Ok(dimension.get().inner.clone()),
        Err(_) => Err(PyTypeError::new_err(format!(
            "expected a Dimension, not {}",
            crate::python::describe(object)
        ))),
    }
}
