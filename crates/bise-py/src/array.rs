//! What an array argument is: the one place that says which objects are arrays, which of them lend their memory and
//! which give a copy, what no field can have, and what the names of axes mean.
//!
//! Calls, `as_field`, tables and assignments to fields come here for everything but plain arrays and fields. What is
//! looked at is what came back from an object, not what it was asked for: only that is computed with.

use bise_lang::Dimension;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::axis_names::{self, list};
use crate::errors::{FieldTypeError, FieldValueError};
use crate::ndarray::{RawArray, dtype_from_python, dtype_to_python};
use crate::python::{NUMPY_ANY, NUMPY_ASANYARRAY, NUMPY_FROM_DLPACK, NUMPY_NDARRAY, describe};

/// The array that an object is or gives.
pub struct Given<'py> {
    /// An `ndarray` and of no subclass: those bring their own meaning of indexing. Its elements may be in foreign
    /// byte order.
    pub array: Bound<'py, PyAny>,
    /// What the object calls its axes, if it names them.
    names: Option<Vec<String>>,
}

/// The array of an object that is only read; where the object does not lend its memory, that is a copy. Nested
/// sequences are converted.
pub fn read<'py>(object: &Bound<'py, PyAny>) -> PyResult<Given<'py>> {
    refuse_masked(object)?;
    finish(object, ask(object)?)
}

/// The array of a nested sequence in a type that is asked for.
pub fn of_sequence<'py>(object: &Bound<'py, PyAny>, dtype: &Bound<'py, PyAny>) -> PyResult<Given<'py>> {
    let dtype = dtype_to_python(object.py(), dtype_from_python(dtype)?)?;
    finish(object, NUMPY_ASANYARRAY.get(object.py())?.call1((object, dtype))?)
}

/// The array of an object whose memory it is: an error where the object gives a copy, in which anything written would
/// be lost.
pub fn share<'py>(object: &Bound<'py, PyAny>) -> PyResult<Given<'py>> {
    refuse_masked(object)?;
    match memory_of(object)? {
        Some(array) => finish(object, array),
        None => Err(FieldTypeError::new_err(format!(
            "{} does not lend its memory: what is written to the copy that it gives would be lost",
            describe(object)
        ))),
    }
}

/// Whether an object has a protocol by which it gives an array.
pub fn gives_array(object: &Bound<'_, PyAny>) -> bool {
    let has = |name: &str| object.hasattr(name).unwrap_or(false);
    // SAFETY: a valid object.
    let is_buffer = || unsafe { ffi::PyObject_CheckBuffer(object.as_ptr()) } != 0;
    RawArray::read(object, false).is_some()
        || is_buffer()
        || has("__array__")
        || has("__array_interface__")
        || has("__array_struct__")
        || has("__dlpack__")
}

impl<'py> Given<'py> {
    /// Whether the object names its axes.
    pub fn has_names(&self) -> bool {
        self.names.is_some()
    }

    /// The array with its axes in the order of `dims`, if the object names them; as it is, if not.
    pub fn along(self, dims: &[Dimension]) -> PyResult<Bound<'py, PyAny>> {
        let Some(names) = self.names else {
            return Ok(self.array);
        };
        let position = |dim: &Dimension| names.iter().position(|name| *name == dim.name.as_str());
        let order: Option<Vec<usize>> = dims.iter().map(position).collect();
        let Some(order) = order.filter(|order| order.len() == names.len()) else {
            let dims: Vec<&str> = dims.iter().map(|dim| dim.name.as_str()).collect();
            return Err(FieldTypeError::new_err(format!(
                "its axes are named [{}], which are not the dimensions [{}] in some order: rename them, or give the \
                 array without names",
                list(&names),
                dims.join(", ")
            )));
        };
        if order.is_sorted() {
            return Ok(self.array);
        }
        let order = PyTuple::new(self.array.py(), order)?;
        self.array.call_method1("transpose", (order,))
    }
}

/// What NumPy makes of an object.
fn ask<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = object.py();
    let only_dlpack = object.hasattr("__dlpack__")?
        && !object.hasattr("__array_interface__")?
        && !object.hasattr("__array__")?;
    let function = if only_dlpack {
        &NUMPY_FROM_DLPACK
    } else {
        &NUMPY_ASANYARRAY
    };
    function.get(py)?.call1((object,))
}

/// The array of an object if it lies in memory that stays the object's: a second array, made while the first one
/// lives, is in the same place. Objects that know of NumPy's `copy=False` may say themselves that it is not.
fn memory_of<'py>(object: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    if RawArray::read(object, false).is_some() {
        return Ok(Some(object.clone()));
    }
    let Some(first) = ask_without_copy(object)? else {
        return Ok(None);
    };
    let second = ask(object)?;
    let same = match (RawArray::read(&first, false), RawArray::read(&second, false)) {
        (Some(a), Some(b)) => {
            let nothing = a.shape.contains(&0);
            a.shape == b.shape && (nothing || a.data == b.data && a.strides == b.strides)
        }
        _ => false,
    };
    Ok(same.then_some(first))
}

/// The array of an object that is asked not to copy; nothing where it says that it has to.
fn ask_without_copy<'py>(object: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = object.py();
    if !object.hasattr("__array__")? {
        return ask(object).map(Some);
    }
    let options = PyDict::new(py);
    options.set_item("copy", false)?;
    match object.call_method("__array__", (), Some(&options)) {
        Ok(array) => Ok(Some(array)),
        Err(error) if error.is_instance_of::<PyValueError>(py) => Ok(None),
        // Older objects do not know the word.
        Err(error) if error.is_instance_of::<PyTypeError>(py) => ask(object).map(Some),
        Err(error) => Err(error),
    }
}

/// Looks at what came back.
fn finish<'py>(object: &Bound<'py, PyAny>, array: Bound<'py, PyAny>) -> PyResult<Given<'py>> {
    refuse_masked(&array)?;
    let Some(raw) = RawArray::read(&array, false) else {
        return Err(FieldTypeError::new_err(format!(
            "{} gives {}, not an array",
            describe(object),
            describe(&array)
        )));
    };
    // Only the byte order may be foreign; who copies converts.
    if raw.dtype.is_none() {
        let dtype = array.getattr("dtype")?;
        if dtype_from_python(&dtype).is_err() {
            return Err(FieldTypeError::new_err(format!(
                "{} does not hold numbers that a field can have: NumPy makes an array of dtype {dtype} of it",
                describe(object)
            )));
        }
    }
    let is_plain = |object| RawArray::read(object, true).is_some();
    let names = if is_plain(object) {
        None
    } else {
        axis_names::of(object)?
    };
    let array = if is_plain(&array) {
        array
    } else {
        array.call_method1("view", (NUMPY_NDARRAY.get(array.py())?,))?
    };
    Ok(Given { array, names })
}

/// A masked array lends what lies below its mask too. Where nothing is masked, it is an array as any other.
fn refuse_masked(object: &Bound<'_, PyAny>) -> PyResult<()> {
    if RawArray::read(object, true).is_some() || !object.hasattr("filled")? || !object.hasattr("mask")? {
        return Ok(());
    }
    let masked = NUMPY_ANY.get(object.py())?.call1((object.getattr("mask")?,))?;
    if masked.is_truthy()? {
        return Err(FieldValueError::new_err(
            "elements of the masked array are masked, and fields have a value everywhere: give `array.filled(value)`",
        ));
    }
    Ok(())
}
