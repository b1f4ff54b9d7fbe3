//! `Domain`: a box of named dimensions, and what users may write for one.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use bise_lang::Dimension as Inner;
use pyo3::exceptions::{
    PyIndexError, PyKeyError, PyNotImplementedError, PyOverflowError, PyTypeError, PyValueError,
};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping, PySlice, PyTuple};

use crate::dimension::{self, Dimension};
use crate::intern::intern;
use crate::python::{NAMED_RANGE, describe};
use crate::range::{Range, UnitRange};

/// A box: one range of indices per named dimension, in an order of the user's choice.
///
/// ``Domain(dims=(I, J), ranges=(UnitRange(0, 4), UnitRange(0, 3)))`` or ``domain({I: 4, J: (0, 3)})``. It is a
/// sequence of ``NamedRange``; ``d[I]`` is the one along ``I``. ``a & b`` is what both have; a dimension that one
/// of them has not counts as infinite there.
#[pyclass(frozen, sequence, module = "bise", name = "Domain")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    /// Interned, so that equal lists are one object.
    pub dims: Arc<[Inner]>,
    /// One per dimension.
    pub ranges: Vec<Range>,
}

impl Domain {
    /// A box; a dimension may occur once.
    pub fn new(dims: &[Inner], ranges: Vec<Range>) -> PyResult<Self> {
        for (at, dim) in dims.iter().enumerate() {
            if dims[..at].contains(dim) {
                return Err(PyNotImplementedError::new_err(format!(
                    "dimension '{dim}' occurs twice in one domain"
                )));
            }
        }
        Ok(Self {
            dims: intern(dims),
            ranges,
        })
    }

    /// What users may write for a domain: a `Domain`, a mapping or a sequence of pairs from dimension to range.
    pub fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Ok(domain) = object.cast::<Self>() {
            return Ok(domain.get().clone());
        }
        let mut dims = Vec::new();
        let mut ranges = Vec::new();
        let mut push = |dim: &Bound<'_, PyAny>, range: &Bound<'_, PyAny>| {
            let dim = dimension::from_python(dim)?;
            let range = Range::from_python(range).map_err(|error| {
                let py = range.py();
                let text = format!("along dimension '{dim}': {}", error.value(py));
                PyErr::from_type(error.get_type(py), text)
            })?;
            dims.push(dim);
            ranges.push(range);
            Ok::<_, PyErr>(())
        };
        if let Ok(mapping) = object.cast::<PyMapping>() {
            for item in mapping.items()? {
                push(&item.get_item(0)?, &item.get_item(1)?)?;
            }
        } else if let Ok((dim, range)) = pair(object) {
            push(&dim, &range)?;
        } else {
            let items = object.try_iter().map_err(|_| not_a_domain(object))?;
            for item in items {
                let (dim, range) = pair(&item?).map_err(|_| not_a_domain(object))?;
                push(&dim, &range)?;
            }
        }
        Self::new(&dims, ranges)
    }

    /// The range along a dimension.
    pub fn range(&self, dim: &Inner) -> Option<Range> {
        let at = self.dims.iter().position(|d| d == dim)?;
        Some(self.ranges[at])
    }

    /// Lengths of all ranges; an error where one is infinite.
    pub fn lengths(&self) -> PyResult<Vec<usize>> {
        let length = |(dim, range): (&Inner, &Range)| {
            if range.is_finite() {
                Ok(range.len())
            } else {
                Err(PyValueError::new_err(format!(
                    "the domain is infinite along '{dim}'"
                )))
            }
        };
        self.dims.iter().zip(&self.ranges).map(length).collect()
    }

    /// What both have, over the union of dimensions in canonical order.
    pub fn intersect(&self, other: &Self) -> Self {
        if Arc::ptr_eq(&self.dims, &other.dims) {
            let both = self.ranges.iter().zip(&other.ranges);
            return Self {
                dims: self.dims.clone(),
                ranges: both.map(|(a, b)| a.intersect(*b)).collect(),
            };
        }
        let dims = bise_lang::promote_dimensions([&*self.dims, &*other.dims]);
        let range = |dim| {
            let a = self.range(dim).unwrap_or(Range::ALL);
            a.intersect(other.range(dim).unwrap_or(Range::ALL))
        };
        Self {
            ranges: dims.iter().map(range).collect(),
            dims: intern(&dims),
        }
    }

    fn named<'py>(&self, py: Python<'py>, at: usize) -> PyResult<Bound<'py, PyAny>> {
        let dim = dimension::to_python(py, &self.dims[at])?;
        NAMED_RANGE.get(py)?.call1((dim, UnitRange(self.ranges[at])))
    }

    fn position(&self, dim: &Inner) -> PyResult<usize> {
        let at = self.dims.iter().position(|d| d == dim);
        at.ok_or_else(|| PyKeyError::new_err(format!("no dimension '{dim}' in {self}")))
    }
}

impl std::fmt::Display for Domain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts = self.dims.iter().zip(&self.ranges);
        let parts: Vec<String> = parts.map(|(dim, range)| format!("{dim}: {range}")).collect();
        write!(f, "{{{}}}", parts.join(", "))
    }
}

#[pymethods]
impl Domain {
    #[new]
    #[pyo3(signature = (*args, dims=None, ranges=None))]
    fn __new__(
        args: &Bound<'_, PyTuple>,
        dims: Option<Vec<Bound<'_, PyAny>>>,
        ranges: Option<Vec<Bound<'_, PyAny>>>,
    ) -> PyResult<Self> {
        match (dims, ranges) {
            (None, None) => Self::from_python(args.as_any()),
            (Some(dims), Some(ranges)) if args.is_empty() && dims.len() == ranges.len() => {
                let dims: Vec<Inner> = dims.iter().map(dimension::from_python).collect::<PyResult<_>>()?;
                let ranges = ranges.iter().map(Range::from_python).collect::<PyResult<_>>()?;
                Self::new(&dims, ranges)
            }
            _ => Err(PyTypeError::new_err(
                "Domain takes named ranges, or `dims=` and `ranges=` of one length",
            )),
        }
    }

    /// The dimensions, in order.
    #[getter]
    fn dims<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let dims = self.dims.iter().map(|dim| dimension::to_python(py, dim));
        PyTuple::new(py, dims.collect::<PyResult<Vec<_>>>()?)
    }

    /// The ranges, in order.
    #[getter]
    fn ranges<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.ranges.iter().map(|range| UnitRange(*range)))
    }

    /// Number of dimensions.
    #[getter]
    fn ndim(&self) -> usize {
        self.dims.len()
    }

    /// Lengths along the dimensions. ``ValueError`` where one is infinite.
    #[getter]
    fn shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.lengths()?)
    }

    /// Number of points.
    #[getter]
    fn size(&self) -> PyResult<u128> {
        let lengths = self.lengths()?;
        if lengths.contains(&0) {
            return Ok(0);
        }
        let points = lengths
            .iter()
            .try_fold(1_u128, |points, &length| points.checked_mul(length as u128));
        points.ok_or_else(|| PyOverflowError::new_err(format!("{self} has more points than can be counted")))
    }

    /// Whether no range is infinite.
    fn is_finite(&self) -> bool {
        self.ranges.iter().all(|range| range.is_finite())
    }

    /// Whether it has no point.
    fn is_empty(&self) -> bool {
        self.ranges.iter().any(|range| range.len() == 0)
    }

    /// Position of a dimension; ``None`` (or ``KeyError``, if ``allow_missing=False``) where it is not there.
    #[pyo3(signature = (dim, *, allow_missing=true))]
    fn dim_index(&self, dim: &Bound<'_, PyAny>, allow_missing: bool) -> PyResult<Option<usize>> {
        match self.position(&dimension::from_python(dim)?) {
            Ok(at) => Ok(Some(at)),
            Err(_) if allow_missing => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// ``replace(dim_or_position, *named_ranges)``: those in place of the one.
    #[pyo3(signature = (index, *named_ranges))]
    fn replace(&self, index: &Bound<'_, PyAny>, named_ranges: &Bound<'_, PyTuple>) -> PyResult<Self> {
        let at = self.find(index)?;
        self.spliced(at..at + 1, &Self::from_python(named_ranges.as_any())?)
    }

    /// ``insert(dim_or_position, *named_ranges)``: those before the one.
    #[pyo3(signature = (index, *named_ranges))]
    fn insert(&self, index: &Bound<'_, PyAny>, named_ranges: &Bound<'_, PyTuple>) -> PyResult<Self> {
        let at = match index.extract::<usize>() {
            Ok(at) if at == self.dims.len() => at,
            _ => self.find(index)?,
        };
        self.spliced(at..at, &Self::from_python(named_ranges.as_any())?)
    }

    /// Without one dimension (the last).
    #[pyo3(signature = (index=None))]
    fn pop(&self, index: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let at = match index {
            Some(index) => self.find(index)?,
            None => self.dims.len().checked_sub(1).ok_or_else(no_dimensions)?,
        };
        let nothing = Self::new(&[], Vec::new())?;
        self.spliced(at..at + 1, &nothing)
    }

    /// ``domain.slice_at[a:b, c:d]``: a part, by positions relative to the start.
    #[getter]
    fn slice_at(slf: &Bound<'_, Self>) -> SliceAt {
        SliceAt {
            domain: slf.get().clone(),
        }
    }

    fn __len__(&self) -> usize {
        self.dims.len()
    }

    fn __getitem__<'py>(&self, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = index.py();
        let Ok(slice) = index.cast::<PySlice>() else {
            return self.named(py, self.find(index)?);
        };
        let slice = slice.indices(self.dims.len() as isize)?;
        let picked: Vec<usize> = (0..slice.slicelength as isize)
            .map(|i| (slice.start + i * slice.step) as usize)
            .collect();
        let dims: Vec<Inner> = picked.iter().map(|&at| self.dims[at].clone()).collect();
        let ranges = picked.iter().map(|&at| self.ranges[at]).collect();
        Ok(Bound::new(py, Self::new(&dims, ranges)?)?.into_any())
    }

    /// Whether it has that dimension, or along it exactly that range.
    fn __contains__(&self, item: &Bound<'_, PyAny>) -> bool {
        if let Ok(dim) = item.cast::<Dimension>() {
            return self.dims.contains(&dim.get().inner);
        }
        let named = item.extract::<(Bound<'_, Dimension>, Bound<'_, UnitRange>)>();
        named.is_ok_and(|(dim, range)| self.range(&dim.get().inner) == Some(range.get().0))
    }

    fn __and__(&self, other: &Self) -> Self {
        self.intersect(other)
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get() == self)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.dims, &self.ranges).hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self) -> String {
        format!("Domain({self})")
    }

    fn __str__(&self) -> String {
        self.to_string()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let named: Vec<_> = (0..slf.get().dims.len())
            .map(|at| slf.get().named(py, at))
            .collect::<PyResult<_>>()?;
        (slf.get_type(), PyTuple::new(py, named)?).into_pyobject(py)
    }
}

impl Domain {
    /// The position that a dimension or an integer names.
    fn find(&self, index: &Bound<'_, PyAny>) -> PyResult<usize> {
        if let Ok(dim) = index.cast::<Dimension>() {
            return self.position(&dim.get().inner);
        }
        let index: i64 = index.extract().map_err(|_| {
            PyTypeError::new_err(format!(
                "a domain is indexed by a Dimension, an integer or a slice, not by {}",
                describe(index)
            ))
        })?;
        let length = self.dims.len() as i64;
        let at = if index < 0 {
            index.saturating_add(length)
        } else {
            index
        };
        if (0..length).contains(&at) {
            Ok(at as usize)
        } else {
            Err(PyIndexError::new_err(format!(
                "no dimension number {index} in {self}"
            )))
        }
    }

    fn spliced(&self, at: std::ops::Range<usize>, new: &Self) -> PyResult<Self> {
        let (mut dims, mut ranges) = (self.dims.to_vec(), self.ranges.clone());
        dims.splice(at.clone(), new.dims.iter().cloned());
        ranges.splice(at, new.ranges.iter().copied());
        Self::new(&dims, ranges)
    }
}

/// What `domain.slice_at` is: indexed by slices relative to the start, it gives a part of the domain.
#[pyclass(frozen, module = "bise._core")]
pub struct SliceAt {
    domain: Domain,
}

#[pymethods]
impl SliceAt {
    fn __getitem__(&self, index: &Bound<'_, PyAny>) -> PyResult<Domain> {
        // Positions are counted from the start, which is to be somewhere.
        self.domain.lengths()?;
        let picks = crate::field::index::picks(&self.domain, index)?;
        let ranges = picks.iter().zip(&self.domain.ranges).map(|(pick, range)| {
            let (start, stop) = pick.bounds();
            Range::new(range.start + start as i64, range.start + stop as i64)
        });
        Ok(Domain {
            ranges: ranges.collect(),
            dims: self.domain.dims.clone(),
        })
    }
}

/// The ``Domain`` of anything that stands for one: a ``Domain``, a mapping ``{I: 4, J: (0, 3)}`` or a sequence
/// of pairs of a dimension and a range. A length ``n`` stands for ``[0, n)``, ``None`` for everything.
///
/// >>> bise.domain({I: 4, J: (1, 3)})
/// Domain({I: [0, 4), J: [1, 3)})
#[pyfunction]
pub fn domain(domain_like: &Bound<'_, PyAny>) -> PyResult<Domain> {
    Domain::from_python(domain_like)
}

/// The ``NamedRange`` of a pair of a dimension and a range.
#[pyfunction]
pub fn named_range<'py>(v: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let (dim, range) = pair(v)?;
    let range = UnitRange(Range::from_python(&range)?);
    NAMED_RANGE.get(v.py())?.call1((dim, range))
}

/// A dimension and something.
pub fn pair<'py>(object: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    if let Ok((dim, what)) = object.extract::<(Bound<'py, PyAny>, Bound<'py, PyAny>)>()
        && dim.is_instance_of::<Dimension>()
        && !what.is_instance_of::<Dimension>()
    {
        return Ok((dim, what));
    }
    Err(PyTypeError::new_err(format!(
        "expected a pair of a dimension and a range, not {}",
        describe(object)
    )))
}

fn not_a_domain(object: &Bound<'_, PyAny>) -> PyErr {
    let what = if object.is_instance_of::<PyDict>() {
        "this dict".to_owned()
    } else {
        describe(object)
    };
    PyTypeError::new_err(format!(
        "expected a domain: a Domain, a mapping {{dim: range}} or pairs (dim, range), not {what}"
    ))
}

fn no_dimensions() -> PyErr {
    PyIndexError::new_err("the domain has no dimensions")
}
