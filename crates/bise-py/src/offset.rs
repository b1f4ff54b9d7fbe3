//! `FieldOffset`: a way to move, named.

use std::hash::{DefaultHasher, Hash, Hasher};

use bise_lang::{DimensionKind, Offset};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::dimension::{self, Dimension};
use crate::embedded;
use crate::shift::CartesianConnectivity;

/// A named way to move: to the neighbours of a mesh element, or along a Cartesian dimension.
///
/// ``f(V2E)`` reads all edges of each vertex, ``f(V2E[0])`` the first; the table comes with the call,
/// ``offset_provider={"V2E": table}``. For a Cartesian offset ``f(Ioff[1])`` is ``f(I + 1)``.
///
/// Parameters
/// ----------
/// value : str
///     The name, which is also the key of its table in ``offset_provider``.
/// source : Dimension
///     Where the move leads: a dimension of the field that is read.
/// target : tuple of Dimension
///     ``(origin, local)`` for neighbours, ``(origin,)`` for a Cartesian offset.
///
/// Examples
/// --------
/// >>> V2E = bise.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))
#[pyclass(frozen, module = "bise", name = "FieldOffset")]
#[derive(Debug)]
pub struct FieldOffset {
    /// What it is.
    pub inner: Offset,
}

#[pymethods]
impl FieldOffset {
    #[new]
    fn new(value: &str, source: &Bound<'_, PyAny>, target: &Bound<'_, PyAny>) -> PyResult<Self> {
        let source = dimension::from_python(source)?;
        let target: Vec<_> = if let Ok(single) = target.cast::<Dimension>() {
            vec![single.get().inner.clone()]
        } else {
            let items = target
                .try_iter()
                .map_err(|_| PyTypeError::new_err("`target` is a tuple of one or two dimensions"))?;
            items
                .map(|item| dimension::from_python(&item?))
                .collect::<PyResult<_>>()?
        };
        match target.as_slice() {
            [origin] if *origin == source => {}
            [_] => {
                return Err(PyValueError::new_err(format!(
                    "offset '{value}' has one target dimension, so it is Cartesian: source and target must be the same"
                )));
            }
            [_, local] if local.kind == DimensionKind::Local => {}
            [_, local] => {
                return Err(PyValueError::new_err(format!(
                    "the second target dimension of offset '{value}' must be of kind LOCAL, but '{local}' is {}",
                    local.kind.name()
                )));
            }
            _ => return Err(PyValueError::new_err("`target` has one or two dimensions")),
        }
        Ok(Self {
            inner: Offset {
                name: value.into(),
                source,
                target,
            },
        })
    }

    /// The name.
    #[getter]
    fn value(&self) -> &str {
        &self.inner.name
    }

    /// Where the move leads.
    #[getter]
    fn source<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, Dimension>> {
        dimension::to_python(py, &self.inner.source)
    }

    /// Where the move starts and, for neighbours, the local dimension.
    #[getter]
    fn target<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let dims = self.inner.target.iter().map(|dim| dimension::to_python(py, dim));
        PyTuple::new(py, dims.collect::<PyResult<Vec<_>>>()?)
    }

    fn __getitem__<'py>(slf: &Bound<'py, Self>, index: i64) -> PyResult<Bound<'py, PyAny>> {
        let (py, this) = (slf.py(), slf.get());
        if this.inner.local().is_some() {
            if embedded::is_on(py)? {
                return embedded::neighbor(slf, index);
            }
            return Err(PyTypeError::new_err(format!(
                "'{0}[{index}]' has a meaning inside operators only: outside there is no table for '{0}'",
                this.inner.name
            )));
        }
        let step = CartesianConnectivity::new(this.inner.source.clone(), index);
        Ok(Bound::new(py, step)?.into_any())
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

    fn __repr__(&self) -> String {
        let target: Vec<&str> = self.inner.target.iter().map(|dim| dim.name.as_str()).collect();
        let comma = if target.len() == 1 { "," } else { "" };
        format!(
            "FieldOffset('{}', source={}, target=({}{comma}))",
            self.inner.name,
            self.inner.source,
            target.join(", ")
        )
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let this = slf.get();
        (slf.get_type(), (this.value(), this.source(py)?, this.target(py)?)).into_pyobject(py)
    }
}
