//! How fields are made.

use std::collections::HashMap;

use bise_driver::standard_floats;
use bise_lang::{DType, Dimension as Inner};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyEllipsis, PyInt};

use super::Field;
use crate::array::{self, Given};
use crate::dimension::{self, Dimension};
use crate::domain::Domain;
use crate::errors::{BackendError, FieldTypeError, FieldValueError};
use crate::ndarray::{self, RawArray, dtype_from_python, dtype_of_array};
use crate::python::{NUMPY_NDARRAY, describe};
use crate::range::Range;
use crate::session::backend_from_python;

/// A field with given data.
///
/// The data is copied into aligned memory with padded rows, unless ``copy=False``: then the field shares it, which
/// works for everything that lends memory and has the dtype: arrays, the buffer protocol, ``__array_interface__``,
/// DLPack, and ``__array__`` where it does not give a copy. Axes that have names (``xarray.DataArray``) are found by
/// them, in any order.
///
/// Parameters
/// ----------
/// domain : Domain, mapping or sequence
///     Where the field is defined: ``{I: 4, J: (-1, 3)}``, or dimensions only, ``[I, J]``: then each range starts
///     at 0, or at ``-origin[dim]``, and is as long as the data.
/// data : array_like
///     One axis per dimension.
/// dtype : data type, optional
///     Of the field; that of the data if absent.
/// origin : dict, optional
///     ``{dim: position}`` of index 0 in the data; only with dimensions.
/// copy : bool
///     Whether to copy.
/// aligned_index, allocator, device
///     For programs that were written for several machines: there is one kind of memory here, and every field is
///     aligned in it. ``allocator`` is a backend by its name or NumPy, ``device`` is ``"cpu"``.
///
/// A field as data says itself which dimensions it has and, if only dimensions are given, where it starts.
///
/// Raises
/// ------
/// FieldValueError
///     If shapes or dimensions differ, or the data cannot be shared.
///
/// Examples
/// --------
/// >>> bise.as_field({I: (-1, 2)}, [1.0, 2.0, 3.0])[I(0)].as_scalar()
/// np.float64(2.0)
#[pyfunction]
#[pyo3(signature = (domain, data, dtype=None, *, origin=None, copy=true, aligned_index=None, allocator=None, device=None))]
#[expect(clippy::too_many_arguments, reason = "the names are those of gt4py.next")]
pub fn as_field(
    domain: &Bound<'_, PyAny>,
    data: &Bound<'_, PyAny>,
    dtype: Option<&Bound<'_, PyAny>>,
    origin: Option<&Bound<'_, PyAny>>,
    copy: bool,
    aligned_index: Option<&Bound<'_, PyAny>>,
    allocator: Option<&Bound<'_, PyAny>>,
    device: Option<&Bound<'_, PyAny>>,
) -> PyResult<Field> {
    let _ = aligned_index;
    check_memory(allocator, device)?;
    let (data, domain) = if let Ok(field) = data.cast::<Field>() {
        let array = field.get().array.bind(data.py()).clone();
        (array, domain_of_field(domain, field.get(), data.py(), origin)?)
    } else {
        let given = match dtype {
            // Python's numbers take the type that is asked for, if it has their value.
            Some(dtype) if copy && !array::gives_array(data) => {
                standard_floats(|| array::of_sequence(data, dtype))?
            }
            _ if copy => array::read(data)?,
            _ => array::share(data)?,
        };
        place(domain, given, origin)?
    };
    let dtype = dtype.map(dtype_from_python).transpose()?;
    let array = if copy {
        copy_of(&domain, &ndarray::native(&data)?, dtype)?
    } else {
        shared(&data, dtype)?
    };
    Field::on(&domain, array)
}

/// A field of zeros.
///
/// Parameters
/// ----------
/// domain : Domain, mapping or sequence of pairs
///     ``{I: 4, J: (-1, 3)}``
/// dtype : data type
///     ``float64`` if absent.
#[pyfunction]
#[pyo3(signature = (domain, dtype=None, *, aligned_index=None, allocator=None, device=None))]
pub fn zeros(
    domain: &Bound<'_, PyAny>,
    dtype: Option<&Bound<'_, PyAny>>,
    aligned_index: Option<&Bound<'_, PyAny>>,
    allocator: Option<&Bound<'_, PyAny>>,
    device: Option<&Bound<'_, PyAny>>,
) -> PyResult<Field> {
    let _ = aligned_index;
    check_memory(allocator, device)?;
    let py = domain.py();
    let dtype = dtype.map_or(Ok(DType::Float64), dtype_from_python)?;
    let domain = Domain::from_python(domain)?;
    Field::on(&domain, allocate(py, &domain, dtype)?)
}

/// A field to be filled. Its values are zero, as those of ``zeros``: fresh memory is.
#[pyfunction]
#[pyo3(signature = (domain, dtype=None, *, aligned_index=None, allocator=None, device=None))]
pub fn empty(
    domain: &Bound<'_, PyAny>,
    dtype: Option<&Bound<'_, PyAny>>,
    aligned_index: Option<&Bound<'_, PyAny>>,
    allocator: Option<&Bound<'_, PyAny>>,
    device: Option<&Bound<'_, PyAny>>,
) -> PyResult<Field> {
    zeros(domain, dtype, aligned_index, allocator, device)
}

/// A field of ones. See ``zeros``.
#[pyfunction]
#[pyo3(signature = (domain, dtype=None, *, aligned_index=None, allocator=None, device=None))]
pub fn ones(
    domain: &Bound<'_, PyAny>,
    dtype: Option<&Bound<'_, PyAny>>,
    aligned_index: Option<&Bound<'_, PyAny>>,
    allocator: Option<&Bound<'_, PyAny>>,
    device: Option<&Bound<'_, PyAny>>,
) -> PyResult<Field> {
    let py = domain.py();
    let field = zeros(domain, dtype, aligned_index, allocator, device)?;
    field.array.bind(py).set_item(PyEllipsis::get(py), 1)?;
    Ok(field)
}

/// A field with one value everywhere.
///
/// Without a dtype it is that of the value: ``int64`` for a Python integer, ``float64`` for a float.
#[pyfunction]
#[pyo3(signature = (domain, fill_value, dtype=None, *, aligned_index=None, allocator=None, device=None))]
pub fn full(
    domain: &Bound<'_, PyAny>,
    fill_value: &Bound<'_, PyAny>,
    dtype: Option<&Bound<'_, PyAny>>,
    aligned_index: Option<&Bound<'_, PyAny>>,
    allocator: Option<&Bound<'_, PyAny>>,
    device: Option<&Bound<'_, PyAny>>,
) -> PyResult<Field> {
    let py = domain.py();
    let value_type = fill_value.get_type().into_any();
    let field = zeros(
        domain,
        Some(dtype.unwrap_or(&value_type)),
        aligned_index,
        allocator,
        device,
    )?;
    standard_floats(|| field.array.bind(py).set_item(PyEllipsis::get(py), fill_value))?;
    Ok(field)
}

/// The array of some data and the domain that it is on. Named axes take the order of the dimensions.
pub fn place<'py>(
    domain: &Bound<'_, PyAny>,
    given: Given<'py>,
    origin: Option<&Bound<'_, PyAny>>,
) -> PyResult<(Bound<'py, PyAny>, Domain)> {
    let array = match dimensions(domain)? {
        Some(dims) => given.along(&dims)?,
        None => given.along(&Domain::from_python(domain)?.dims)?,
    };
    let domain = domain_for(domain, &array, origin)?;
    Ok((array, domain))
}

/// There is one kind of memory: an error where a user asks for another.
pub fn check_memory(allocator: Option<&Bound<'_, PyAny>>, device: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
    if let Some(allocator) = allocator {
        let is_numpy = allocator.is(allocator.py().import("numpy")?);
        // What runs Python line by line works on the same memory.
        let executor = allocator.getattr_opt("executor")?;
        let found = if is_numpy || executor.is_some_and(|executor| executor.is_none()) {
            Ok(())
        } else {
            backend_from_python(Some(allocator)).map(|_| ())
        };
        if let Err(error) = found {
            if error.is_instance_of::<BackendError>(allocator.py()) {
                return Err(error);
            }
            return Err(FieldValueError::new_err(format!(
                "`allocator` is None, numpy, 'native' or 'reference', which all are the same memory, not {}",
                allocator.repr()?
            )));
        }
    }
    if let Some(device) = device
        && !device.eq("cpu")?
    {
        return Err(FieldValueError::new_err(format!(
            "`device` is None or 'cpu', not {}: other memory than the processor's is not in Bise yet",
            device.repr()?
        )));
    }
    Ok(())
}

/// The domain for the data of another field: its own where only dimensions are given, which are to be its own too.
fn domain_of_field(
    domain: &Bound<'_, PyAny>,
    field: &Field,
    py: Python<'_>,
    origin: Option<&Bound<'_, PyAny>>,
) -> PyResult<Domain> {
    let own = field.domain_of(py)?;
    let dims = dimensions(domain)?;
    let given = match &dims {
        Some(_) if origin.is_some_and(|origin| !origin.is_none()) => {
            return Err(FieldValueError::new_err(
                "`origin` goes with arrays; a field says itself where it starts",
            ));
        }
        Some(dims) => Domain::new(dims, vec![Range::ALL; dims.len()])?,
        None => domain_for(domain, field.array.bind(py), origin)?,
    };
    if given.dims != own.dims {
        let names = |domain: &Domain| {
            let names: Vec<&str> = domain.dims.iter().map(|dim| dim.name.as_str()).collect();
            names.join(", ")
        };
        return Err(FieldValueError::new_err(format!(
            "the data is a field on [{}], not on [{}]: its array, `.ndarray`, has no dimensions",
            names(&own),
            names(&given)
        )));
    }
    Ok(if dims.is_some() { own } else { given })
}

/// Zeroed memory for a field.
pub fn allocate<'py>(py: Python<'py>, domain: &Domain, dtype: DType) -> PyResult<Bound<'py, PyAny>> {
    let kinds: Vec<_> = domain.dims.iter().map(|dim| dim.kind).collect();
    ndarray::zeros(py, dtype, &kinds, &domain.lengths()?)
}

/// The data in memory of our own.
pub fn copy_of<'py>(
    domain: &Domain,
    data: &Bound<'py, PyAny>,
    dtype: Option<DType>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = data.py();
    ndarray::check_shape(data, &domain.lengths()?, &format!("the domain {domain}"))?;
    let dtype = match dtype {
        Some(dtype) => dtype,
        None => dtype_of_array(data)?,
    };
    let array = allocate(py, domain, dtype)?;
    standard_floats(|| array.set_item(PyEllipsis::get(py), data))?;
    Ok(array)
}

/// The data itself, if it has that dtype and is aligned.
fn shared<'py>(data: &Bound<'py, PyAny>, dtype: Option<DType>) -> PyResult<Bound<'py, PyAny>> {
    let given = dtype_of_array(data)?;
    if let Some(dtype) = dtype
        && dtype != given
    {
        return Err(FieldValueError::new_err(format!(
            "data of dtype {given} cannot be shared as {dtype}: that needs a copy"
        )));
    }
    if !RawArray::read(data, false).is_some_and(|raw| raw.aligned()) {
        return Err(FieldValueError::new_err(
            "data at unaligned addresses cannot be shared",
        ));
    }
    // A subclass (a masked array, a matrix) would bring its own meaning of indexing.
    data.call_method1("view", (NUMPY_NDARRAY.get(data.py())?,))
}

/// The domain for some data: as given, or of the dimensions given.
fn domain_for(
    domain: &Bound<'_, PyAny>,
    data: &Bound<'_, PyAny>,
    origin: Option<&Bound<'_, PyAny>>,
) -> PyResult<Domain> {
    let Some(dims) = dimensions(domain)? else {
        if origin.is_some_and(|origin| !origin.is_none()) {
            return Err(FieldValueError::new_err(
                "`origin` goes with dimensions; a domain says itself where it starts",
            ));
        }
        return Domain::from_python(domain);
    };
    let origin: HashMap<Inner, i64> = match origin {
        Some(origin) if !origin.is_none() => origins(origin)?,
        _ => HashMap::new(),
    };
    let mut strangers: Vec<&Inner> = origin.keys().filter(|dim| !dims.contains(dim)).collect();
    strangers.sort_by(|a, b| a.name.as_str().cmp(b.name.as_str()));
    if let Some(dim) = strangers.first() {
        return Err(FieldValueError::new_err(format!(
            "`origin` names the dimension '{dim}', which the field has not"
        )));
    }
    let shape: Vec<i64> = data.getattr("shape")?.extract()?;
    if shape.len() != dims.len() {
        return Err(FieldValueError::new_err(format!(
            "the data has {} axes, but there are {} dimensions",
            shape.len(),
            dims.len()
        )));
    }
    let range = |(dim, &length): (&Inner, &i64)| {
        let start = origin.get(dim).copied().unwrap_or(0).saturating_neg();
        Range::of_length(start, length)
    };
    let ranges = dims.iter().zip(&shape).map(range).collect::<PyResult<_>>()?;
    Domain::new(&dims, ranges)
}

fn origins(origin: &Bound<'_, PyAny>) -> PyResult<HashMap<Inner, i64>> {
    let mapping = origin
        .cast::<pyo3::types::PyMapping>()
        .map_err(|_| PyTypeError::new_err("`origin` is a mapping from dimension to position"))?;
    let items = mapping.items()?;
    let items = items.iter().map(|item| {
        let (dim, at) = item.extract::<(Bound<'_, PyAny>, i64)>()?;
        Ok((dimension::from_python(&dim)?, at))
    });
    items.collect()
}

/// The dimensions, if that is all there is.
fn dimensions(object: &Bound<'_, PyAny>) -> PyResult<Option<Vec<Inner>>> {
    if let Ok(dim) = object.cast::<Dimension>() {
        return Ok(Some(vec![dim.get().inner.clone()]));
    }
    if object.is_instance_of::<Domain>() || object.cast::<pyo3::types::PyMapping>().is_ok() {
        return Ok(None);
    }
    let Ok(items) = object.try_iter() else {
        return Ok(None);
    };
    let items: Vec<Bound<'_, PyAny>> = items.collect::<PyResult<_>>()?;
    if items.iter().all(PyAnyMethods::is_instance_of::<Dimension>) {
        return items
            .iter()
            .map(dimension::from_python)
            .collect::<PyResult<_>>()
            .map(Some);
    }
    if let Some(bad) = items
        .iter()
        .find(|item| item.is_instance_of::<PyInt>() || item.is_instance_of::<PyBool>())
    {
        return Err(FieldTypeError::new_err(format!(
            "a domain names its dimensions: {{I: 4}}, not {}",
            describe(bad)
        )));
    }
    Ok(None)
}
