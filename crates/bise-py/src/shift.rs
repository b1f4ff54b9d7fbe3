//! `CartesianConnectivity`: a move by a distance along one dimension, what `I + 1` is.

use bise_lang::Dimension as Inner;
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::dimension::{self, Dimension};

/// A move along one dimension: ``I + 1`` is ``CartesianConnectivity(I, 1)``.
///
/// ``field(I + 1)`` outside of operators gives a view ``g`` with ``g[i] = field[i + 1]``: the same numbers on a
/// domain that starts one earlier.
#[pyclass(frozen, eq, hash, module = "bise", name = "CartesianConnectivity")]
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct CartesianConnectivity {
    /// Along which dimension.
    pub dim: Inner,
    /// How far.
    pub distance: i64,
}

impl CartesianConnectivity {
    /// `dim + distance`
    pub fn new(dim: Inner, distance: i64) -> Self {
        Self { dim, distance }
    }

    /// Another distance along the same dimension.
    fn to(&self, distance: Option<i64>) -> PyResult<Self> {
        let distance =
            distance.ok_or_else(|| PyOverflowError::new_err("the distance of a shift is too large"))?;
        Ok(Self::new(self.dim.clone(), distance))
    }
}

#[pymethods]
impl CartesianConnectivity {
    #[new]
    #[pyo3(signature = (domain_dim, offset=0))]
    fn from_python(domain_dim: &Bound<'_, Dimension>, offset: i64) -> Self {
        Self::new(domain_dim.get().inner.clone(), offset)
    }

    /// The dimension one starts from.
    #[getter]
    fn domain_dim<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, Dimension>> {
        dimension::to_python(py, &self.dim)
    }

    /// The dimension one arrives at: the same.
    #[getter]
    fn codomain<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, Dimension>> {
        dimension::to_python(py, &self.dim)
    }

    /// How far.
    #[getter]
    fn offset(&self) -> i64 {
        self.distance
    }

    fn __add__(&self, distance: i64) -> PyResult<Self> {
        self.to(self.distance.checked_add(distance))
    }

    fn __sub__(&self, distance: i64) -> PyResult<Self> {
        self.to(self.distance.checked_sub(distance))
    }

    fn __repr__(&self) -> String {
        let sign = if self.distance < 0 { '-' } else { '+' };
        format!("{} {sign} {}", self.dim, self.distance.unsigned_abs())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let dim = dimension::to_python(py, &slf.get().dim)?;
        (slf.get_type(), (dim, slf.get().distance)).into_pyobject(py)
    }
}
