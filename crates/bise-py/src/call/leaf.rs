//! One argument: what it may be for a field and for a scalar parameter.

use bise_driver::Argument;
use bise_field::Axis;
use bise_lang::{DType, Dimension, Scalar, Type};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyTuple};

use super::Leaf;
use crate::errors::{ArgumentTypeError, ArgumentValueError};
use crate::field::Field;
use crate::ndarray::{self, RawArray, dtype_to_python};
use crate::python::{NUMPY_ARRAY, NUMPY_GENERIC, describe};
use crate::scope::numpy_scalar;

impl Leaf {
    /// Writes an argument into its place in the frame. `kept` takes what has to live until the call is over.
    pub(super) fn fill(
        &self,
        place: &mut Argument<'static>,
        value: &Bound<'_, PyAny>,
        kept: &mut Vec<Py<PyAny>>,
    ) -> PyResult<()> {
        let Some(dims) = &self.dims else {
            *place = Argument::Scalar(self.scalar(value)?);
            return Ok(());
        };
        if let Some(raw) = RawArray::read(value, true) {
            return self.fill_raw(place, value, raw, None, None, kept);
        }
        if let Ok(field) = value.cast::<Field>() {
            let field = field.get();
            let array = field.array.bind(value.py());
            let order = if std::sync::Arc::ptr_eq(&field.dims, dims) {
                None
            } else {
                Some(self.order(dims, &field.dims)?)
            };
            return self.fill_array(place, array, Some(&field.starts), order.as_deref(), kept);
        }
        let array = self.convert(dims, value)?;
        self.fill_array(place, &array, None, None, kept)?;
        kept.push(array.unbind());
        Ok(())
    }

    /// An array whose first element has index `starts` (zero where absent) and whose axes are permuted by `order`.
    fn fill_array(
        &self,
        place: &mut Argument<'static>,
        array: &Bound<'_, PyAny>,
        starts: Option<&[i64]>,
        order: Option<&[usize]>,
        kept: &mut Vec<Py<PyAny>>,
    ) -> PyResult<()> {
        match RawArray::read(array, false) {
            Some(raw) => self.fill_raw(place, array, raw, starts, order, kept),
            None => Err(self.wrong(&describe(array))),
        }
    }

    fn fill_raw(
        &self,
        place: &mut Argument<'static>,
        array: &Bound<'_, PyAny>,
        raw: RawArray<'_>,
        starts: Option<&[i64]>,
        order: Option<&[usize]>,
        kept: &mut Vec<Py<PyAny>>,
    ) -> PyResult<()> {
        let Some(dtype) = raw.dtype else {
            return Err(self.wrong(&format!("an array of dtype {}", array.getattr("dtype")?)));
        };
        let rank = self.dims.as_ref().map_or(0, |dims| dims.len());
        if raw.shape.len() != rank || starts.is_some_and(|starts| starts.len() != rank) {
            return Err(self.wrong(&format!("an array with {} axes", raw.shape.len())));
        }
        if !raw.aligned() {
            if self.written {
                return Err(ArgumentValueError::new_err(format!(
                    "argument '{}' is written, but its data lies at unaligned addresses",
                    self.name
                )));
            }
            let copy = NUMPY_ARRAY.get(array.py())?.call1((array,))?;
            self.fill_array(place, &copy, starts, order, kept)?;
            kept.push(copy.unbind());
            return Ok(());
        }
        let axis = |at: usize| {
            let at = order.map_or(at, |order| order[at]);
            Axis {
                start: starts.map_or(0, |starts| starts[at]),
                length: raw.shape[at] as usize,
                stride: raw.strides[at],
            }
        };
        if let Argument::Field(view) = place {
            // SAFETY: NumPy's arrays describe memory that they keep; the caller's arguments (or `kept`) hold the
            // arrays until the call is over. Other threads that write them meanwhile race as with NumPy itself.
            unsafe { view.reset(raw.data, dtype, (0..rank).map(axis), raw.writable()) };
        }
        Ok(())
    }

    /// For each dimension of the parameter, its position among those of the field.
    fn order(&self, dims: &[Dimension], given: &[Dimension]) -> PyResult<Vec<usize>> {
        let position = |dim: &Dimension| given.iter().position(|d| d == dim);
        let order: Option<Vec<usize>> = dims.iter().map(position).collect();
        order.filter(|order| order.len() == given.len()).ok_or_else(|| {
            let names: Vec<&str> = given.iter().map(|dim| dim.name.as_str()).collect();
            self.wrong(&format!("a field on [{}]", names.join(", ")))
        })
    }

    /// The array that another object lends; a number for a field without dimensions.
    fn convert<'py>(&self, dims: &[Dimension], value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = value.py();
        let is_number = value.is_instance_of::<PyFloat>()
            || value.is_instance_of::<PyInt>()
            || NUMPY_GENERIC.has_instance(value)?;
        if is_number && dims.is_empty() && !self.written {
            self.scalar(value)?;
            return NUMPY_ARRAY
                .get(py)?
                .call1((value, dtype_to_python(py, self.dtype)?));
        }
        let lends = |name: &str| value.hasattr(name).unwrap_or(false);
        let lends_memory = lends("__array_interface__")
            || lends("__array__")
            || lends("__dlpack__")
            || py
                .import("builtins")?
                .getattr("memoryview")?
                .call1((value,))
                .is_ok();
        if is_number || value.is_none() || !lends_memory {
            return Err(self.wrong(&describe(value)));
        }
        ndarray::from_python(value)
    }

    /// A number: Python's are weak, NumPy's have to have the type.
    fn scalar(&self, value: &Bound<'_, PyAny>) -> PyResult<Scalar> {
        let dtype = self.dtype;
        if let Ok(value) = value.cast_exact::<PyFloat>() {
            let number: f64 = value.extract()?;
            if !dtype.is_float() {
                return Err(self.wrong(&format!("the float {number:?}")));
            }
            let scalar = Scalar::float(dtype, number);
            if number.is_finite() && !scalar.as_f64().is_finite() {
                return Err(self.out_of_range(&format!("{number:?}")));
            }
            return Ok(scalar);
        }
        if value.is_instance_of::<PyBool>() {
            return if dtype == DType::Bool {
                Ok(Scalar::bool(value.is_truthy()?))
            } else {
                Err(self.wrong("a truth value"))
            };
        }
        if value.is_instance_of::<PyInt>() {
            return self.integer(value);
        }
        let py = value.py();
        let scalar = if NUMPY_GENERIC.has_instance(value)? {
            numpy_scalar(value).map_err(|_| self.wrong(&describe(value)))?
        } else if RawArray::read(value, false).is_some_and(|raw| raw.shape.is_empty()) {
            return self.scalar(&value.get_item(PyTuple::empty(py))?);
        } else if let Ok(field) = value.cast::<Field>()
            && field.get().dims.is_empty()
        {
            return self.scalar(&field.get().array.bind(py).get_item(PyTuple::empty(py))?);
        } else {
            return Err(self.wrong(&describe(value)));
        };
        if scalar.dtype() == dtype {
            Ok(scalar)
        } else {
            Err(self.wrong(&format!("a NumPy scalar of dtype {}", scalar.dtype())))
        }
    }

    fn integer(&self, value: &Bound<'_, PyAny>) -> PyResult<Scalar> {
        let dtype = self.dtype;
        let text = || {
            value
                .str()
                .map_or_else(|_| "it".to_owned(), |text| text.to_string())
        };
        let Ok(number) = value.extract::<i128>() else {
            return Err(self.out_of_range(&text()));
        };
        if dtype == DType::Bool {
            return Err(self.wrong(&format!("the integer {number}")));
        }
        if dtype.is_float() {
            let scalar = Scalar::float(dtype, number as f64);
            let exact = scalar.as_f64() as i128 == number;
            return if exact {
                Ok(scalar)
            } else {
                Err(self.out_of_range(&text()))
            };
        }
        let range = match dtype {
            DType::UInt64 => 0..=i128::from(u64::MAX),
            _ => i128::from(Scalar::lowest(dtype).as_i64())..=i128::from(Scalar::highest(dtype).as_i64()),
        };
        if range.contains(&number) {
            Ok(Scalar::integer(dtype, number as i64))
        } else {
            Err(self.out_of_range(&text()))
        }
    }

    fn wrong(&self, given: &str) -> PyErr {
        let ty = match &self.dims {
            Some(dims) => Type::field(dims.iter().cloned(), self.dtype),
            None => Type::Scalar(self.dtype),
        };
        ArgumentTypeError::new_err(format!("argument '{}' is of type {ty}, not {given}", self.name))
    }

    fn out_of_range(&self, number: &str) -> PyErr {
        ArgumentValueError::new_err(format!(
            "argument '{}': {number} is not a value of {}",
            self.name, self.dtype
        ))
    }
}
