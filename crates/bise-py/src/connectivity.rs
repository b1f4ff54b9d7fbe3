//! `Connectivity`: a neighbour table with its dimensions. And the tables of calls, each checked once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bise_driver::TableUse;
use bise_field::{ConnectivityTable, Entries};
use bise_lang::{DType, Dimension as Inner, DimensionKind};
use pyo3::exceptions::PyMemoryError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyDictMethods, PyTuple, PyWeakrefMethods, PyWeakrefReference};

use crate::array;
use crate::dimension::{self, Dimension};
use crate::domain::Domain;
use crate::errors::{FieldTypeError, TableError};
use crate::field::construct::{check_memory, place};
use crate::ndarray::{self, RawArray, dtype_from_python};
use crate::python::describe;

/// A neighbour table: for each element of a mesh, the indices of its neighbours, -1 where there is none.
///
/// Made by ``as_connectivity``, passed as ``offset_provider={"V2E": connectivity}``. It has its own copy of the
/// indices, checked when it was made; ``ndarray`` cannot be written.
#[pyclass(frozen, weakref, module = "bise", name = "Connectivity")]
pub struct Connectivity {
    dims: Vec<Inner>,
    codomain: Inner,
    skip_value: Option<i64>,
    array: Py<PyAny>,
    /// What calls use.
    pub table: Arc<ConnectivityTable>,
}

impl Connectivity {
    /// The table of those indices, `int32` or `int64`, with axes `dims`.
    pub fn new(
        py: Python<'_>,
        dims: Vec<Inner>,
        codomain: Inner,
        array: &Bound<'_, PyAny>,
        skip_value: Option<i64>,
    ) -> PyResult<Self> {
        let table = Arc::new(read_table(array, &format!("{} to {codomain}", dims[0]))?);
        let array = array.call_method0("copy")?;
        let flags = PyDict::new(py);
        flags.set_item("write", false)?;
        array.call_method("setflags", (), Some(&flags))?;
        Ok(Self {
            dims,
            codomain,
            skip_value,
            array: array.unbind(),
            table,
        })
    }
}

#[pymethods]
impl Connectivity {
    /// From 0, the rows, and the neighbours.
    #[getter]
    fn domain(&self) -> PyResult<Domain> {
        let range = |length: usize| crate::range::Range::new(0, length as i64);
        let ranges = vec![range(self.table.rows()), range(self.table.width())];
        Domain::new(&self.dims, ranges)
    }

    /// The dimension that the entries are indices of.
    #[getter]
    fn codomain<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, Dimension>> {
        dimension::to_python(py, &self.codomain)
    }

    /// -1 if the table has missing neighbours, else ``None``.
    #[getter]
    fn skip_value(&self) -> Option<i64> {
        self.skip_value
    }

    /// Entries per row.
    #[getter]
    fn max_neighbors(&self) -> usize {
        self.table.width()
    }

    /// NumPy's dtype of the indices.
    #[getter]
    fn dtype<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.array.bind(py).getattr("dtype")
    }

    /// Rows and entries per row.
    #[getter]
    fn shape(&self) -> (usize, usize) {
        (self.table.rows(), self.table.width())
    }

    /// The indices; read-only.
    #[getter]
    fn ndarray(&self, py: Python<'_>) -> Py<PyAny> {
        self.array.clone_ref(py)
    }

    /// The indices; read-only.
    fn asnumpy(&self, py: Python<'_>) -> Py<PyAny> {
        self.array.clone_ref(py)
    }

    fn __len__(&self) -> usize {
        self.table.rows()
    }

    fn __getitem__<'py>(&self, py: Python<'py>, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.array.bind(py).get_item(index)
    }

    #[pyo3(signature = (*args, **options))]
    fn __array__<'py>(
        &self,
        py: Python<'py>,
        args: &Bound<'py, PyTuple>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if args.is_empty() && options.is_none_or(PyDictMethods::is_empty) {
            return Ok(self.array.bind(py).clone());
        }
        self.array.bind(py).call_method("__array__", args, options)
    }

    fn __repr__(&self) -> String {
        let skips = if self.skip_value.is_some() {
            ", with skip values"
        } else {
            ""
        };
        format!(
            "Connectivity({} -> {}, {} rows of {}, {}{skips})",
            self.dims[0],
            self.codomain,
            self.table.rows(),
            self.table.width(),
            self.table.index()
        )
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let (py, this) = (slf.py(), slf.get());
        let rebuild = py.import("bise._core")?.getattr("_rebuild_connectivity")?;
        let dims = this.dims.iter().map(|dim| dimension::to_python(py, dim));
        let dims = PyTuple::new(py, dims.collect::<PyResult<Vec<_>>>()?)?;
        (
            rebuild,
            (dims, this.codomain(py)?, this.array.bind(py), this.skip_value),
        )
            .into_pyobject(py)
    }
}

/// A neighbour table.
///
/// Parameters
/// ----------
/// domain : Domain, mapping or sequence of Dimension
///     Origin and local dimension, ``[Vertex, V2EDim]``; both start at 0.
/// codomain : Dimension
///     What the entries are indices of.
/// data : array_like of int
///     ``[rows, neighbours]``. Copied.
/// dtype : data type, optional
///     ``int32`` or ``int64``; that of the data if absent.
/// skip_value : int, optional
///     -1 or ``None``; found out from the data if absent.
///
/// Raises
/// ------
/// TableError
///     If an entry is less than -1, or -1 where there are to be none.
#[pyfunction]
#[pyo3(signature = (domain, codomain, data, dtype=None, *, origin=None, skip_value=SkipValue::Detect, aligned_index=None, allocator=None, device=None))]
#[expect(clippy::too_many_arguments, reason = "the names are those of gt4py.next")]
pub fn as_connectivity(
    py: Python<'_>,
    domain: &Bound<'_, PyAny>,
    codomain: &Bound<'_, PyAny>,
    data: &Bound<'_, PyAny>,
    dtype: Option<&Bound<'_, PyAny>>,
    origin: Option<&Bound<'_, PyAny>>,
    skip_value: SkipValue,
    aligned_index: Option<&Bound<'_, PyAny>>,
    allocator: Option<&Bound<'_, PyAny>>,
    device: Option<&Bound<'_, PyAny>>,
) -> PyResult<Connectivity> {
    let _ = aligned_index;
    check_memory(allocator, device)?;
    let codomain = dimension::from_python(codomain)?;
    let given = match data.cast::<Connectivity>() {
        Ok(other) => array::read(other.get().array.bind(py))?,
        Err(_) => array::read(data)?,
    };
    let (data, domain) = place(domain, given, origin)?;
    let shape: Vec<usize> = data.getattr("shape")?.extract()?;
    if domain.dims.len() != 2 || domain.dims[1].kind != DimensionKind::Local {
        return Err(FieldTypeError::new_err(format!(
            "a connectivity is on an origin and a local dimension, [Vertex, V2EDim], not on {domain}"
        )));
    }
    if domain.ranges.iter().any(|range| range.start != 0) || domain.lengths()? != shape {
        return Err(TableError::new_err(format!(
            "a table of shape {shape:?} does not fit {domain}: rows and neighbours are counted from 0"
        )));
    }
    let data = as_indices(&data, dtype.map(dtype_from_python).transpose()?)?;
    let mut made = Connectivity::new(py, domain.dims.to_vec(), codomain, &data, None)?;
    let has_skips = made.table.skips();
    made.skip_value = match skip_value {
        SkipValue::Detect => has_skips.then_some(-1),
        SkipValue::Given(Some(-1)) => Some(-1),
        SkipValue::Given(None) if !has_skips => None,
        SkipValue::Given(None) => {
            return Err(TableError::new_err(
                "the table has -1 entries, but `skip_value=None` says that no neighbour is missing",
            ));
        }
        SkipValue::Given(Some(other)) => {
            return Err(TableError::new_err(format!("the skip value is -1, not {other}")));
        }
    };
    Ok(made)
}

/// The argument `skip_value`: absent, or given, perhaps as `None`.
#[derive(Clone, Copy)]
pub enum SkipValue {
    /// Find out.
    Detect,
    /// As the user says.
    Given(Option<i64>),
}

impl<'py> FromPyObject<'_, 'py> for SkipValue {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if object.is_none() {
            return Ok(Self::Given(None));
        }
        Ok(Self::Given(Some(object.extract()?)))
    }
}

/// What an unpickled connectivity is made by.
#[pyfunction]
pub fn _rebuild_connectivity(
    py: Python<'_>,
    dims: &Bound<'_, PyTuple>,
    codomain: &Bound<'_, PyAny>,
    array: &Bound<'_, PyAny>,
    skip_value: Option<i64>,
) -> PyResult<Connectivity> {
    let dims = dims.iter().map(|dim| dimension::from_python(&dim));
    let dims: Vec<Inner> = dims.collect::<PyResult<_>>()?;
    if dims.len() != 2 {
        return Err(TableError::new_err(
            "the pickled connectivity does not fit together",
        ));
    }
    Connectivity::new(py, dims, dimension::from_python(codomain)?, array, skip_value)
}

/// Tables made of arrays, by the address of the array, as long as it lives.
static KNOWN: Mutex<BTreeMap<usize, Known>> = Mutex::new(BTreeMap::new());

struct Known {
    array: Py<PyWeakrefReference>,
    table: Arc<ConnectivityTable>,
    /// What its axes are, where the object names them.
    axes: Option<[Inner; 2]>,
}

/// The table that an entry of an offset provider is. An array is read and checked at first sight, and known again by
/// identity.
pub fn table_of(object: &Bound<'_, PyAny>, wanted: &TableUse) -> PyResult<Arc<ConnectivityTable>> {
    let name = &wanted.name;
    if let Ok(connectivity) = object.cast::<Connectivity>() {
        let given = connectivity.get();
        // The local dimension may have another name: only the axis of a reduction says it.
        if given.dims[0] != wanted.origin || given.codomain != wanted.codomain {
            return Err(TableError::new_err(format!(
                "the connectivity of '{name}' gives indices of '{}' for each '{}', but '{name}' is declared to give \
                 indices of '{}' for each '{}'",
                given.codomain, given.dims[0], wanted.codomain, wanted.origin
            )));
        }
        return Ok(given.table.clone());
    }
    let py = object.py();
    let key = object.as_ptr() as usize;
    let axes = [&wanted.origin, &wanted.local];
    {
        let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = known.get(&key)
            && entry.axes.as_ref().is_none_or(|known| known.each_ref() == axes)
            && entry
                .array
                .bind(py)
                .upgrade()
                .is_some_and(|alive| alive.is(object))
        {
            return Ok(entry.table.clone());
        }
    }
    let array = match object.getattr("ndarray") {
        Ok(array) => array,
        Err(_) => object.clone(),
    };
    let axes = axes.map(Clone::clone);
    let given = array::read(&array).and_then(|given| Ok((given.has_names(), given.along(&axes)?)));
    let (named, array) = given.map_err(|error| {
        let text = format!("offset_provider['{name}']: {}", error.value(py));
        TableError::new_err(text)
    })?;
    let table = Arc::new(read_table(&as_indices(&array, None)?, name)?);
    if let Ok(array) = PyWeakrefReference::new(object) {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        // The dead are buried when the next is born.
        known.retain(|_, entry| entry.array.bind(py).upgrade().is_some());
        let entry = Known {
            array: array.unbind(),
            table: table.clone(),
            axes: named.then_some(axes),
        };
        known.insert(key, entry);
    }
    Ok(table)
}

/// Forgets what is known of an array that was passed in an offset provider.
///
/// Bise reads and checks a table when it first sees the array, and then knows it by identity: later changes of the
/// array have no effect. After this, the next call reads it again.
#[pyfunction]
pub fn revalidate(table: &Bound<'_, PyAny>) {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let forgotten = known.remove(&(table.as_ptr() as usize));
    drop(known);
    drop(forgotten);
}

/// The array with a type that tables have, `int32` where that is asked for: other integers and byte orders are
/// converted. An entry that the type has not is an error.
fn as_indices<'py>(array: &Bound<'py, PyAny>, wanted: Option<DType>) -> PyResult<Bound<'py, PyAny>> {
    let array = ndarray::native(array)?;
    let given = ndarray::dtype_of_array(&array)?;
    if let Some(dtype) = [Some(given), wanted]
        .into_iter()
        .flatten()
        .find(|dtype| !dtype.is_integer())
    {
        return Err(TableError::new_err(format!(
            "the entries of a table are integers, not {dtype}"
        )));
    }
    let to = match wanted.unwrap_or(given) {
        DType::Int32 => DType::Int32,
        _ => DType::Int64,
    };
    if to == given {
        return Ok(array);
    }
    let converted = array.call_method1("astype", (to.name(),))?;
    let numpy = array.py().import("numpy")?;
    if numpy
        .call_method1("array_equal", (&array, &converted))?
        .is_truthy()?
    {
        Ok(converted)
    } else {
        Err(TableError::new_err(format!(
            "the table has entries that are no values of {to}"
        )))
    }
}

/// Reads an `int32` or `int64` array of two axes into a table of its own memory.
fn read_table(array: &Bound<'_, PyAny>, name: &str) -> PyResult<ConnectivityTable> {
    let py = array.py();
    let array = py.import("numpy")?.call_method1("ascontiguousarray", (array,))?;
    let raw = RawArray::read(&array, false);
    let Some(raw) = raw.filter(|raw| raw.shape.len() == 2) else {
        return Err(TableError::new_err(format!(
            "the table of '{name}' has two axes, elements and neighbours, but is {} of shape {}",
            describe(&array),
            array.getattr("shape")?
        )));
    };
    let (rows, width) = (raw.shape[0] as usize, raw.shape[1] as usize);
    // SAFETY: a contiguous array of that type has `rows * width` elements at `data`; they are copied while attached.
    let entries = unsafe {
        if raw.dtype == Some(DType::Int64) {
            Entries::Int64(copy(raw.data.cast(), rows * width, name)?)
        } else if raw.dtype == Some(DType::Int32) {
            Entries::Int32(copy(raw.data.cast(), rows * width, name)?)
        } else {
            return Err(TableError::new_err(format!(
                "the table of '{name}' has int32 or int64 entries in native byte order"
            )));
        }
    };
    ConnectivityTable::new(entries, rows, width, None)
        .map_err(|error| TableError::new_err(format!("the table of '{name}' does not fit: {error}")))
}

/// # Safety
/// `pointer` is that of `length` initialised values, or `length` is zero.
unsafe fn copy<T: Copy>(pointer: *const T, length: usize, name: &str) -> PyResult<Vec<T>> {
    let mut copied = Vec::new();
    if copied.try_reserve_exact(length).is_err() {
        let bytes = length * size_of::<T>();
        return Err(PyMemoryError::new_err(format!(
            "out of memory: {bytes} bytes for the table of '{name}'"
        )));
    }
    // SAFETY: what the caller promised; an aligned copy is made of what may not be aligned.
    copied.extend((0..length).map(|at| unsafe { pointer.add(at).read_unaligned() }));
    Ok(copied)
}
