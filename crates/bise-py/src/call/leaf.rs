//! One argument: what it may be for a field. [`super::scalar`] is the same for scalar parameters.

use std::sync::Arc;

use bise_driver::Argument;
use bise_field::Axis;
use bise_lang::Dimension;
use pyo3::prelude::*;

use super::{ArrayAxes, Leaf};
use crate::array;
use crate::errors::{ArgumentTypeError, ArgumentValueError, at_argument};
use crate::field::Field;
use crate::ndarray::{self, RawArray};
use crate::python::{NUMPY_ARRAY, NUMPY_GENERIC, describe};

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
            return self.fill_raw(place, value, raw, None, self.array_order()?, kept);
        }
        if let Ok(field) = value.cast::<Field>() {
            let field = field.get();
            let array = field.array.bind(value.py());
            let found;
            let order = match &self.axes {
                _ if Arc::ptr_eq(&field.dims, dims) => None,
                ArrayAxes::Written(order, written) if Arc::ptr_eq(&field.dims, written) => Some(&**order),
                _ => {
                    found = self.order(dims, &field.dims)?;
                    Some(&*found)
                }
            };
            return self.fill_array(place, array, Some(&field.starts), order, kept);
        }
        let (array, order) = self.convert(dims, value)?;
        self.fill_array(place, &array, None, order, kept)?;
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

    /// For each dimension of the parameter, which axis of an array it is, where they stand in another order.
    fn array_order(&self) -> PyResult<Option<&[usize]>> {
        match &self.axes {
            ArrayAxes::Canonical => Ok(None),
            ArrayAxes::Written(order, _) => Ok(Some(order)),
            ArrayAxes::Unknown => Err(ArgumentTypeError::new_err(format!(
                "'{}' is a field on [{}] in an order that no annotation says, so an array for it could mean several \
                 things: declare the result, `-> Field[[...], {}]`, or give a field",
                self.name,
                names(self.dims.as_deref().unwrap_or_default()),
                self.dtype
            ))),
        }
    }

    /// For each dimension of the parameter, its position among those of the field.
    fn order(&self, dims: &[Dimension], given: &[Dimension]) -> PyResult<Vec<usize>> {
        let position = |dim: &Dimension| given.iter().position(|d| d == dim);
        let order: Option<Vec<usize>> = dims.iter().map(position).collect();
        order
            .filter(|order| order.len() == given.len())
            .ok_or_else(|| self.wrong(&format!("a field on [{}]", names(given))))
    }

    /// The array of another object, a number for a field without dimensions; and which axis belongs to each of `dims`:
    /// names of axes say it, else the annotation.
    fn convert<'py>(
        &self,
        dims: &[Dimension],
        value: &Bound<'py, PyAny>,
    ) -> PyResult<(Bound<'py, PyAny>, Option<&[usize]>)> {
        let py = value.py();
        let is_array = array::gives_array(value);
        if dims.is_empty() && !self.written && (!is_array || NUMPY_GENERIC.has_instance(value)?) {
            return Ok((ndarray::of_scalar(py, self.scalar(value)?)?, None));
        }
        if !is_array {
            return Err(self.wrong(&describe(value)));
        }
        let given = if self.written {
            array::share(value)
        } else {
            array::read(value)
        };
        let given = given.map_err(|error| at_argument(py, &self.name, error))?;
        let order = if given.has_names() {
            None
        } else {
            self.array_order()?
        };
        let array = given.along(dims);
        let array = array.map_err(|error| at_argument(py, &self.name, error))?;
        Ok((array, order))
    }

    pub(super) fn wrong(&self, given: &str) -> PyErr {
        let ty = match (&self.axes, &self.dims) {
            (ArrayAxes::Written(_, dims), _) | (_, Some(dims)) => {
                format!("Field[[{}], {}]", names(dims), self.dtype)
            }
            (_, None) => self.dtype.to_string(),
        };
        ArgumentTypeError::new_err(format!("argument '{}' is of type {ty}, not {given}", self.name))
    }

    pub(super) fn out_of_range(&self, number: &str) -> PyErr {
        ArgumentValueError::new_err(format!(
            "argument '{}': {number} is not a value of {}",
            self.name, self.dtype
        ))
    }
}

/// `I, K`
fn names(dims: &[Dimension]) -> String {
    let names: Vec<&str> = dims.iter().map(|dim| dim.name.as_str()).collect();
    names.join(", ")
}
