//! One argument for a scalar parameter: a number.
//!
//! Python's numbers are weak: they take the type of the parameter, if it has their value. NumPy's have a type, which
//! is to be that of the parameter. Members of enumerations count as their values.

use bise_driver::standard_floats;
use bise_lang::{DType, Scalar};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyType};

use super::Leaf;
use crate::array;
use crate::constant::numpy_scalar;
use crate::errors::at_argument;
use crate::field::Field;
use crate::ndarray::{RawArray, scalar_value};
use crate::python::{ENUM, NUMPY_GENERIC, describe};

impl Leaf {
    /// A number. What is common is asked for first.
    pub(super) fn scalar(&self, value: &Bound<'_, PyAny>) -> PyResult<Scalar> {
        if let Ok(number) = value.cast_exact::<PyFloat>() {
            return self.float(number);
        }
        if value.is_exact_instance_of::<PyInt>() {
            return self.integer(value);
        }
        if let Some(scalar) = scalar_value(value) {
            return self.typed(scalar);
        }
        if let Some(raw) = RawArray::read(value, true) {
            return match raw.value() {
                Some(scalar) => self.typed(scalar),
                None => Err(self.not_a_number(value)),
            };
        }
        if value.is_instance_of::<PyBool>() || value.is_instance_of::<PyInt>() {
            return self.uncommon(value);
        }
        if !value.is_instance_of::<PyType>() && ENUM.has_instance(value)? {
            return self.scalar(&value.getattr("value")?);
        }
        self.uncommon(value)
    }

    /// Truth values, subclasses, and objects that give an array of one element.
    fn uncommon(&self, value: &Bound<'_, PyAny>) -> PyResult<Scalar> {
        if value.is_instance_of::<PyBool>() {
            return if self.dtype == DType::Bool {
                Ok(Scalar::bool(value.is_truthy()?))
            } else {
                Err(self.wrong("a truth value"))
            };
        }
        if value.is_instance_of::<PyInt>() {
            return self.integer(value);
        }
        // NumPy's float64 is a float of Python too.
        if NUMPY_GENERIC.has_instance(value)? {
            let scalar = numpy_scalar(value).map_err(|_| self.wrong(&describe(value)))?;
            return self.typed(scalar);
        }
        if let Ok(number) = value.cast::<PyFloat>() {
            return self.float(number);
        }
        let array = if let Ok(field) = value.cast::<Field>() {
            field.get().array.bind(value.py()).clone()
        } else if array::gives_array(value) {
            array::read(value)
                .map_err(|error| at_argument(value.py(), &self.name, error))?
                .array
        } else {
            return Err(self.wrong(&describe(value)));
        };
        let element = RawArray::read(&array, false).and_then(|raw| raw.value());
        self.typed(element.ok_or_else(|| self.not_a_number(value))?)
    }

    /// A number that has a type.
    fn typed(&self, scalar: Scalar) -> PyResult<Scalar> {
        if scalar.dtype() == self.dtype {
            Ok(scalar)
        } else {
            Err(self.wrong(&format!("a NumPy scalar of dtype {}", scalar.dtype())))
        }
    }

    fn float(&self, number: &Bound<'_, PyFloat>) -> PyResult<Scalar> {
        let number: f64 = number.extract()?;
        if !self.dtype.is_float() {
            return Err(self.wrong(&format!("the float {number:?}")));
        }
        let scalar = standard_floats(|| Scalar::float(self.dtype, number));
        if number.is_finite() && !scalar.as_f64().is_finite() {
            return Err(self.out_of_range(&format!("{number:?}")));
        }
        Ok(scalar)
    }

    fn integer(&self, value: &Bound<'_, PyAny>) -> PyResult<Scalar> {
        let dtype = self.dtype;
        // Text of an integer may be too long for Python to write.
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
            let scalar = standard_floats(|| Scalar::float(dtype, number as f64));
            let exact = scalar.as_f64() as i128 == number;
            return if exact {
                Ok(scalar)
            } else {
                Err(self.out_of_range(&text()))
            };
        }
        Scalar::exact(dtype, number).ok_or_else(|| self.out_of_range(&text()))
    }

    /// An array, where one number was to be.
    fn not_a_number(&self, value: &Bound<'_, PyAny>) -> PyErr {
        let dtype = value.getattr("dtype").and_then(|dtype| dtype.str());
        match (
            value.getattr("ndim").and_then(|rank| rank.extract::<usize>()),
            dtype,
        ) {
            (Ok(rank), Ok(dtype)) => self.wrong(&format!("an array with {rank} axes of dtype {dtype}")),
            _ => self.wrong(&describe(value)),
        }
    }
}
