//! `Field`: numbers on a domain. A NumPy array that knows where it is.
//!
//! [`index`] says what `field[...]` picks, [`arithmetic`] what operators outside of programs do, [`construct`]
//! how fields are made, [`text`] how they are shown.

pub mod arithmetic;
pub mod construct;
pub mod index;
mod text;

use std::sync::Arc;

use bise_lang::Dimension as Inner;
use pyo3::basic::CompareOp;
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::dimension;
use crate::domain::Domain;
use crate::errors::{FieldTypeError, FieldValueError};
use crate::ndarray;
use crate::python::{NUMPY_ASARRAY, describe};
use crate::range::Range;
use crate::shift::CartesianConnectivity;
use crate::types::{FieldType, generic};
use arithmetic::apply;

/// Numbers on a domain: a box of named dimensions.
///
/// Made by ``as_field``, ``zeros``, ``ones``, ``full`` and ``empty``. The data lies in a NumPy array, ``ndarray``,
/// which is shared, not copied: writing to one writes to the other.
///
/// ``field[2]``, ``field[1:3, -1]`` count from the start of the domain; ``field[I(2)]``, ``field[I(1):I(3)]`` and
/// ``field[domain]`` take indices of the domain itself. All give views. Arithmetic works point by point, on what
/// the domains of the operands have in common. In annotations, ``Field[[I, J], float64]`` is a type.
#[pyclass(frozen, weakref, module = "bise", name = "Field")]
pub struct Field {
    /// Interned.
    pub dims: Arc<[Inner]>,
    /// Index of the first element, one per dimension.
    pub starts: Box<[i64]>,
    /// The data: an `ndarray` with as many axes.
    pub array: Py<PyAny>,
}

impl Field {
    /// The field of those dimensions with that array, whose rank fits.
    pub fn new(dims: Arc<[Inner]>, starts: Vec<i64>, array: Bound<'_, PyAny>) -> Self {
        Self {
            dims,
            starts: starts.into(),
            array: array.unbind(),
        }
    }

    /// A field over a finite domain with the array of its shape.
    pub fn on(domain: &Domain, array: Bound<'_, PyAny>) -> PyResult<Self> {
        ndarray::check_shape(&array, &domain.lengths()?, &format!("the domain {domain}"))?;
        let starts = domain.ranges.iter().map(|range| range.start).collect();
        Ok(Self::new(domain.dims.clone(), starts, array))
    }

    /// Where it is defined. An empty range keeps its start here, which [`Range::new`] would forget.
    pub fn domain_of(&self, py: Python<'_>) -> PyResult<Domain> {
        let shape: Vec<i64> = self.array.bind(py).getattr("shape")?.extract()?;
        let both = self.starts.iter().zip(&shape);
        Ok(Domain {
            dims: self.dims.clone(),
            ranges: both
                .map(|(&start, &length)| Range::new(start, start.saturating_add(length)))
                .collect(),
        })
    }
}

#[pymethods]
impl Field {
    /// Where the field is defined.
    #[getter]
    fn domain(&self, py: Python<'_>) -> PyResult<Domain> {
        self.domain_of(py)
    }

    /// NumPy's dtype of the values.
    #[getter]
    fn dtype<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.array.bind(py).getattr("dtype")
    }

    /// The scalar type of the values.
    #[getter]
    fn codomain<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.dtype(py)?.getattr("type")
    }

    /// Number of points along each dimension.
    #[getter]
    fn shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.array.bind(py).getattr("shape")
    }

    /// Number of dimensions.
    #[getter]
    fn ndim(&self) -> usize {
        self.dims.len()
    }

    /// The data, shared: axes in the order of ``domain.dims``.
    #[getter]
    fn ndarray(&self, py: Python<'_>) -> Py<PyAny> {
        self.array.clone_ref(py)
    }

    /// NumPy: the module that ``ndarray`` belongs to.
    #[getter]
    #[expect(clippy::unused_self, reason = "a property of the object, for Python")]
    fn array_ns<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyModule>> {
        py.import("numpy")
    }

    /// The data as a NumPy array, shared.
    fn asnumpy(&self, py: Python<'_>) -> Py<PyAny> {
        self.array.clone_ref(py)
    }

    /// The value of a field without dimensions (``field[I(2), J(3)].as_scalar()``), as a NumPy scalar.
    fn as_scalar<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        if self.dims.is_empty() {
            return self.array.bind(py).get_item(PyTuple::empty(py));
        }
        Err(FieldValueError::new_err(format!(
            "'as_scalar' is for fields without dimensions; this one is on {}",
            self.domain_of(py)?
        )))
    }

    /// The same numbers, to be found elsewhere: ``field(I + 1)[i]`` is ``field[i + 1]``.
    #[pyo3(signature = (*shifts))]
    fn __call__(&self, py: Python<'_>, shifts: &Bound<'_, PyTuple>) -> PyResult<Self> {
        let mut starts = self.starts.to_vec();
        for shift in shifts {
            let Ok(shift) = shift.cast::<CartesianConnectivity>() else {
                return Err(FieldTypeError::new_err(format!(
                    "outside of operators a field can be shifted along a dimension only, as in f(I + 1), not by {}",
                    describe(&shift)
                )));
            };
            let shift = shift.get();
            let at = self.dims.iter().position(|dim| *dim == shift.dim);
            let at = at.ok_or_else(|| {
                FieldValueError::new_err(format!("the field has no dimension '{}'", shift.dim))
            })?;
            let start = starts[at].checked_sub(shift.distance);
            starts[at] = start.ok_or_else(|| {
                PyOverflowError::new_err(format!(
                    "the field moved by {} is beyond all indices",
                    shift.distance
                ))
            })?;
        }
        let shape: Vec<i64> = self.array.bind(py).getattr("shape")?.extract()?;
        for (&start, &length) in starts.iter().zip(&shape) {
            Range::of_length(start, length)?;
        }
        Ok(Self {
            dims: self.dims.clone(),
            starts: starts.into(),
            array: self.array.clone_ref(py),
        })
    }

    /// The part of the field on a domain; ``field[...]`` with the same argument.
    fn restrict(&self, index: &Bound<'_, PyAny>) -> PyResult<Self> {
        index::get(self, index)
    }

    fn __getitem__(&self, index: &Bound<'_, PyAny>) -> PyResult<Self> {
        index::get(self, index)
    }

    fn __setitem__(&self, index: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        index::set(self, index, value)
    }

    #[expect(clippy::unused_self, reason = "a slot of the class, for Python")]
    fn __bool__(&self) -> PyResult<bool> {
        Err(FieldTypeError::new_err(
            "a field has no truth value: use `where`, or `.asnumpy().all()`",
        ))
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.array.bind(py).len()
    }

    #[classmethod]
    fn __class_getitem__<'py>(
        cls: &Bound<'py, PyType>,
        item: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = cls.py();
        match FieldType::from_subscript(item) {
            Ok(ty) => Ok(Bound::new(py, ty)?.into_any()),
            Err(error) => generic(item)?.ok_or(error),
        }
    }

    // Interchange.

    #[pyo3(signature = (dtype=None, copy=None))]
    fn __array__<'py>(
        &self,
        py: Python<'py>,
        dtype: Option<Bound<'py, PyAny>>,
        copy: Option<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let array = self.array.bind(py);
        if copy == Some(true) {
            let array = array.call_method0("copy")?;
            return match dtype {
                Some(dtype) => array.call_method1("astype", (dtype,)),
                None => Ok(array),
            };
        }
        let Some(dtype) = dtype else {
            return Ok(array.clone());
        };
        let converted = NUMPY_ASARRAY.get(py)?.call1((array, dtype))?;
        if copy == Some(false) && !converted.is(array) {
            return Err(FieldValueError::new_err("another dtype needs a copy"));
        }
        Ok(converted)
    }

    #[getter]
    fn __array_interface__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.array.bind(py).getattr("__array_interface__")
    }

    #[pyo3(signature = (**options))]
    fn __dlpack__<'py>(
        &self,
        py: Python<'py>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.array.bind(py).call_method("__dlpack__", (), options)
    }

    fn __dlpack_device__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.array.bind(py).call_method0("__dlpack_device__")
    }

    #[expect(
        clippy::unused_self,
        reason = "a hook of NumPy's, which passes the object among the inputs"
    )]
    #[pyo3(signature = (ufunc, method, *inputs, **options))]
    fn __array_ufunc__<'py>(
        &self,
        ufunc: &Bound<'py, PyAny>,
        method: &str,
        inputs: &Bound<'py, PyTuple>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        arithmetic::ufunc(ufunc, method, inputs, options)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let (py, this) = (slf.py(), slf.get());
        let rebuild = py.import("bise._core")?.getattr("_rebuild_field")?;
        let dims = this.dims.iter().map(|dim| dimension::to_python(py, dim));
        let dims = PyTuple::new(py, dims.collect::<PyResult<Vec<_>>>()?)?;
        (rebuild, (dims, this.starts.to_vec(), this.array.bind(py))).into_pyobject(py)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        text::plain(self, py)
    }

    fn _repr_html_(&self, py: Python<'_>) -> PyResult<String> {
        text::html(self, py)
    }

    // Operators. `arithmetic` says what they mean.

    fn __richcmp__<'py>(
        slf: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
        op: CompareOp,
    ) -> PyResult<Bound<'py, PyAny>> {
        let name = match op {
            CompareOp::Lt => "less",
            CompareOp::Le => "less_equal",
            CompareOp::Eq => "equal",
            CompareOp::Ne => "not_equal",
            CompareOp::Gt => "greater",
            CompareOp::Ge => "greater_equal",
        };
        apply(name, [slf.as_any(), other])
    }

    fn __neg__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        apply("negative", [slf.as_any()])
    }

    fn __pos__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        apply("positive", [slf.as_any()])
    }

    fn __invert__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        apply("invert", [slf.as_any()])
    }

    fn __abs__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        apply("absolute", [slf.as_any()])
    }

    fn __add__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        apply("add", [slf.as_any(), other])
    }

    fn __radd__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        apply("add", [other, slf.as_any()])
    }

    fn __sub__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        apply("subtract", [slf.as_any(), other])
    }

    fn __rsub__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        apply("subtract", [other, slf.as_any()])
    }

    fn __mul__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        apply("multiply", [slf.as_any(), other])
    }

    fn __rmul__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        apply("multiply", [other, slf.as_any()])
    }

    fn __truediv__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        apply("true_divide", [slf.as_any(), other])
    }

    fn __rtruediv__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        apply("true_divide", [other, slf.as_any()])
    }

    fn __floordiv__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        apply("floor_divide", [slf.as_any(), other])
    }

    fn __rfloordiv__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        apply("floor_divide", [other, slf.as_any()])
    }

    fn __mod__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        apply("remainder", [slf.as_any(), other])
    }

    fn __rmod__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        apply("remainder", [other, slf.as_any()])
    }

    fn __pow__<'py>(
        slf: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
        _modulo: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        apply("power", [slf.as_any(), other])
    }

    fn __rpow__<'py>(
        slf: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
        _modulo: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        apply("power", [other, slf.as_any()])
    }

    fn __and__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        apply("bitwise_and", [slf.as_any(), other])
    }

    fn __rand__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        apply("bitwise_and", [other, slf.as_any()])
    }

    fn __or__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        apply("bitwise_or", [slf.as_any(), other])
    }

    fn __ror__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        apply("bitwise_or", [other, slf.as_any()])
    }

    fn __xor__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        apply("bitwise_xor", [slf.as_any(), other])
    }

    fn __rxor__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        apply("bitwise_xor", [other, slf.as_any()])
    }
}

/// What an unpickled field is made by.
#[pyfunction]
pub fn _rebuild_field(
    dims: &Bound<'_, PyTuple>,
    starts: Vec<i64>,
    array: &Bound<'_, PyAny>,
) -> PyResult<Field> {
    let dims = dims.iter().map(|dim| dimension::from_python(&dim));
    let dims: Vec<Inner> = dims.collect::<PyResult<_>>()?;
    let shape: Vec<i64> = array.getattr("shape")?.extract()?;
    if dims.len() != starts.len() || dims.len() != shape.len() {
        return Err(FieldValueError::new_err(
            "the pickled field does not fit together",
        ));
    }
    let ranges = starts.iter().zip(&shape);
    let ranges = ranges.map(|(&start, &length)| Range::of_length(start, length));
    let domain = Domain::new(&dims, ranges.collect::<PyResult<_>>()?)?;
    let copied = construct::copy_of(&domain, array, None)?;
    Ok(Field::new(domain.dims.clone(), starts, copied))
}
