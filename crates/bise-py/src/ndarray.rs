//! NumPy arrays as they lie in memory: read without asking Python, made around our own allocations.

use std::ffi::{c_int, c_long};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use bise_field::{Axis, Buffer};
use bise_lang::{DType, DimensionKind, Scalar};
use numpy::npyffi::{
    NPY_ARRAY_ALIGNED, NPY_ARRAY_WRITEABLE, NpyTypes, PY_ARRAY_API, PyArrayObject, get_type_object,
};
use pyo3::exceptions::{PyMemoryError, PyTypeError, PyValueError};
use pyo3::ffi::PyTypeObject;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::errors::{FieldTypeError, FieldValueError};
use crate::python::{NUMPY_DTYPE, describe};

/// What calls need to know of an array. Valid as long as the array is alive and nobody resizes it.
#[derive(Clone, Copy)]
pub struct RawArray<'a> {
    /// Address of the first element.
    pub data: *mut u8,
    /// Elements per axis.
    pub shape: &'a [isize],
    /// Bytes from element to element, per axis.
    pub strides: &'a [isize],
    /// Type of the elements, if it is one of ours in native byte order.
    pub dtype: Option<DType>,
    flags: c_int,
}

impl<'a> RawArray<'a> {
    /// Reads an array; nothing for objects that are none. Subclasses are read only where `exact` is off.
    pub fn read(object: &'a Bound<'_, PyAny>, exact: bool) -> Option<Self> {
        let class = array_class(object.py());
        let is_array = object.get_type_ptr() == class
            || !exact
                // SAFETY: both are valid objects.
                && unsafe { pyo3::ffi::PyObject_TypeCheck(object.as_ptr(), class) } != 0;
        if !is_array {
            return None;
        }
        // SAFETY: the object is an array, whose layout NumPy keeps stable; shape and strides have `nd` entries.
        unsafe {
            let fields = &(*object.as_ptr().cast::<PyArrayObject>()).fields;
            let rank = fields.nd as usize;
            Some(Self {
                data: fields.data.cast(),
                shape: slice(fields.dimensions, rank),
                strides: slice(fields.strides, rank),
                dtype: dtype_of(
                    (*fields.descr).fields.type_num,
                    (*fields.descr).fields.byteorder as u8,
                ),
                flags: fields.flags,
            })
        }
    }

    /// The value of an array without axes, if its type is one of ours.
    pub fn value(&self) -> Option<Scalar> {
        let dtype = self.dtype.filter(|_| self.shape.is_empty())?;
        let mut bytes = [0u8; 8];
        // SAFETY: an array without axes has one element at `data`, of at most eight bytes.
        unsafe { ptr::copy_nonoverlapping(self.data, bytes.as_mut_ptr(), dtype.size()) };
        Some(Scalar::from_bytes(dtype, &bytes))
    }

    /// Whether it may be written.
    pub fn writable(&self) -> bool {
        self.flags & NPY_ARRAY_WRITEABLE != 0
    }

    /// Whether every element lies at a multiple of its size.
    pub fn aligned(&self) -> bool {
        self.flags & NPY_ARRAY_ALIGNED != 0
    }
}

/// The class of arrays. Asked for by every argument of every call, so it is kept.
fn array_class(py: Python<'_>) -> *mut PyTypeObject {
    static CLASS: AtomicPtr<PyTypeObject> = AtomicPtr::new(ptr::null_mut());
    let known = CLASS.load(Ordering::Relaxed);
    if !known.is_null() {
        return known;
    }
    // SAFETY: the API table of NumPy is loaded while attached; the type object lives as long as the process.
    let class = unsafe { get_type_object(py, NpyTypes::PyArray_Type) };
    CLASS.store(class, Ordering::Relaxed);
    class
}

/// # Safety
/// `pointer` is that of `length` initialised values, or `length` is zero.
unsafe fn slice<'a>(pointer: *const isize, length: usize) -> &'a [isize] {
    if length == 0 {
        return &[];
    }
    // SAFETY: what the caller promised.
    unsafe { std::slice::from_raw_parts(pointer, length) }
}

/// NumPy's numbering of types, in which `long` (7, 8) and `long long` (9, 10) are twins where both have 64 bits.
fn dtype_of(type_number: c_int, byte_order: u8) -> Option<DType> {
    const LONG_IS_64_BITS: bool = size_of::<c_long>() == 8;
    if byte_order == b'>' {
        return None;
    }
    Some(match type_number {
        0 => DType::Bool,
        1 => DType::Int8,
        2 => DType::UInt8,
        3 => DType::Int16,
        4 => DType::UInt16,
        5 => DType::Int32,
        6 => DType::UInt32,
        7 if !LONG_IS_64_BITS => DType::Int32,
        8 if !LONG_IS_64_BITS => DType::UInt32,
        7 | 9 => DType::Int64,
        8 | 10 => DType::UInt64,
        11 => DType::Float32,
        12 => DType::Float64,
        _ => return None,
    })
}

fn type_number(dtype: DType) -> c_int {
    let all = 0..=12;
    all.rev()
        .find(|&number| dtype_of(number, b'=') == Some(dtype))
        .unwrap_or(0)
}

/// The value of a NumPy scalar of one of NumPy's own classes: found by the address of the class, without asking
/// Python. Nothing for other objects.
pub fn scalar_value(object: &Bound<'_, PyAny>) -> Option<Scalar> {
    static CLASSES: PyOnceLock<Vec<(usize, DType)>> = PyOnceLock::new();
    let py = object.py();
    let classes = CLASSES.get_or_init(py, || {
        let class = |number: c_int| {
            // SAFETY: a number of a type of NumPy gives its class, which lives as long as the process.
            let class = unsafe { PY_ARRAY_API.PyArray_TypeObjectFromType(py, number) };
            dtype_of(number, b'=').map(|dtype| (class as usize, dtype))
        };
        (0..=12).filter_map(class).collect()
    });
    let class = object.get_type_ptr() as usize;
    let &(_, dtype) = classes.iter().find(|(known, _)| *known == class)?;
    let mut bytes = [0u8; 8];
    // SAFETY: the object is a scalar of that class, whose value has at most eight bytes.
    unsafe { PY_ARRAY_API.PyArray_ScalarAsCtype(py, object.as_ptr(), bytes.as_mut_ptr().cast()) };
    Some(Scalar::from_bytes(dtype, &bytes))
}

/// Owns the memory of a field: what its array has as `base`.
#[pyclass(frozen, module = "bise._core")]
pub struct Memory {
    buffer: Buffer,
}

#[pymethods]
impl Memory {
    /// Size of the allocation in bytes, padding included.
    #[getter]
    fn nbytes(&self) -> usize {
        self.buffer.bytes()
    }

    fn __repr__(&self) -> String {
        format!("<memory of a field, {} bytes>", self.buffer.bytes())
    }
}

/// A new array of zeros in aligned, padded memory, laid out as programs run best: see `preferred_order`.
pub fn zeros<'py>(
    py: Python<'py>,
    dtype: DType,
    kinds: &[DimensionKind],
    shape: &[usize],
) -> PyResult<Bound<'py, PyAny>> {
    if shape.len() > 32 {
        return Err(PyValueError::new_err("a field has at most 32 dimensions"));
    }
    let order = bise_field::preferred_order(kinds);
    let domain: Vec<(i64, usize)> = shape.iter().map(|&length| (0, length)).collect();
    let buffer =
        Buffer::new(dtype, &domain, &order).map_err(|error| PyMemoryError::new_err(error.to_string()))?;
    let axes: Vec<Axis> = buffer.axes().to_vec();
    let data = buffer.pointer();
    let owner = Bound::new(py, Memory { buffer })?.into_any();
    wrap(py, dtype, data, &axes, owner)
}

/// A new array without axes that has that value.
pub fn of_scalar(py: Python<'_>, scalar: Scalar) -> PyResult<Bound<'_, PyAny>> {
    let array = zeros(py, scalar.dtype(), &[], &[])?;
    if let Some(raw) = RawArray::read(&array, true) {
        let bytes = scalar.bits().to_le_bytes();
        // SAFETY: the new array has one element of that type, and nobody else has it yet.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), raw.data, scalar.dtype().size()) };
    }
    Ok(array)
}

/// An array over memory that `owner` keeps alive.
fn wrap<'py>(
    py: Python<'py>,
    dtype: DType,
    data: *mut u8,
    axes: &[Axis],
    owner: Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let mut shape: Vec<isize> = axes.iter().map(|axis| axis.length as isize).collect();
    let mut strides: Vec<isize> = axes.iter().map(|axis| axis.stride).collect();
    // SAFETY: shape and strides describe memory that `owner` keeps; both calls report failure as NULL or -1 with an
    // exception set; `PyArray_NewFromDescr` takes over the reference to the type, `SetBaseObject` that to the owner.
    unsafe {
        let descr = PY_ARRAY_API.PyArray_DescrFromType(py, type_number(dtype));
        let array = PY_ARRAY_API.PyArray_NewFromDescr(
            py,
            get_type_object(py, NpyTypes::PyArray_Type),
            descr,
            axes.len() as c_int,
            shape.as_mut_ptr(),
            strides.as_mut_ptr(),
            data.cast(),
            NPY_ARRAY_WRITEABLE,
            ptr::null_mut(),
        );
        let array = Bound::from_owned_ptr_or_err(py, array)?;
        if PY_ARRAY_API.PyArray_SetBaseObject(py, array.as_ptr().cast(), owner.into_ptr()) < 0 {
            return Err(PyErr::fetch(py));
        }
        Ok(array)
    }
}

/// The array with its bytes in the order of this machine: files often have them in the other.
pub fn native<'py>(array: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let dtype = array.getattr("dtype")?;
    if dtype.getattr("isnative")?.is_truthy()? {
        return Ok(array.clone());
    }
    array.call_method1("astype", (dtype.call_method1("newbyteorder", ("=",))?,))
}

/// The data type of an array; an error that names the array's own where it is none of ours.
pub fn dtype_of_array(array: &Bound<'_, PyAny>) -> PyResult<DType> {
    if let Some(dtype) = RawArray::read(array, false).and_then(|raw| raw.dtype) {
        return Ok(dtype);
    }
    let dtype = array.getattr("dtype")?;
    Err(FieldTypeError::new_err(format!(
        "fields have no dtype {dtype}: there are {}",
        names()
    )))
}

/// The data type that a user names: a NumPy scalar type, `float`, `int`, `bool`, a dtype or a string.
pub fn dtype_from_python(object: &Bound<'_, PyAny>) -> PyResult<DType> {
    let dtype = NUMPY_DTYPE
        .get(object.py())?
        .call1((object,))
        .map_err(|_| PyTypeError::new_err(format!("{} is no data type", describe(object))))?;
    let name: String = dtype.getattr("name")?.extract()?;
    DType::from_name(&name)
        .ok_or_else(|| FieldTypeError::new_err(format!("fields have no dtype {name}: there are {}", names())))
}

/// NumPy's dtype object.
pub fn dtype_to_python(py: Python<'_>, dtype: DType) -> PyResult<Bound<'_, PyAny>> {
    NUMPY_DTYPE.get(py)?.call1((dtype.name(),))
}

/// An error unless the array has that shape.
pub fn check_shape(array: &Bound<'_, PyAny>, expected: &[usize], what: &str) -> PyResult<()> {
    let shape: Vec<usize> = array.getattr("shape")?.extract()?;
    if shape == expected {
        return Ok(());
    }
    Err(FieldValueError::new_err(format!(
        "the data has shape {shape:?}, but {what} has shape {expected:?}"
    )))
}

fn names() -> String {
    let names: Vec<&str> = DType::ALL.iter().map(|dtype| dtype.name()).collect();
    names.join(", ")
}
