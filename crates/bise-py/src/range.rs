//! `UnitRange`: a half-open interval of indices.

use std::hash::{DefaultHasher, Hash, Hasher};

use pyo3::basic::CompareOp;
use pyo3::exceptions::{PyIndexError, PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyRange, PyTuple};

use crate::python::{INFINITY, describe};

/// `[start, stop)`. An empty range is always `[0, 0)`. The two ends of `i64` stand for infinity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    /// First index.
    pub start: i64,
    /// One past the last.
    pub stop: i64,
}

impl Range {
    /// No lower end.
    pub const MINUS_INFINITY: i64 = i64::MIN;
    /// No upper end.
    pub const INFINITY: i64 = i64::MAX;
    /// Everything.
    pub const ALL: Self = Self {
        start: Self::MINUS_INFINITY,
        stop: Self::INFINITY,
    };

    /// `[start, stop)`
    pub fn new(start: i64, stop: i64) -> Self {
        if start < stop {
            Self { start, stop }
        } else {
            Self { start: 0, stop: 0 }
        }
    }

    /// Both ends are finite.
    pub fn is_finite(self) -> bool {
        self.start != Self::MINUS_INFINITY && self.stop != Self::INFINITY
    }

    /// Number of indices, the two infinite ones included.
    pub fn len(self) -> usize {
        if self.start < self.stop {
            self.stop.abs_diff(self.start) as usize
        } else {
            0
        }
    }

    /// What both have.
    pub fn intersect(self, other: Self) -> Self {
        Self::new(self.start.max(other.start), self.stop.min(other.stop))
    }

    /// Every index of `other` is in it.
    pub fn covers(self, other: Self) -> bool {
        other.len() == 0 || (self.start <= other.start && other.stop <= self.stop)
    }

    /// Moved by `distance`; infinite ends stay, and finite ones stay finite.
    pub fn shifted(self, distance: i64) -> PyResult<Self> {
        let moved = |end: i64| match end {
            Self::MINUS_INFINITY | Self::INFINITY => Some(end),
            end => end.checked_add(distance).filter(|&end| is_index(end)),
        };
        match (moved(self.start), moved(self.stop)) {
            (Some(start), Some(stop)) => Ok(Self::new(start, stop)),
            _ => Err(PyOverflowError::new_err(format!(
                "{self} moved by {distance} is beyond all indices"
            ))),
        }
    }

    /// `[start, start + length)`, for a length that an array has.
    pub fn of_length(start: i64, length: i64) -> PyResult<Self> {
        let stop = start.checked_add(length);
        match stop.filter(|&stop| is_index(start) && is_index(stop)) {
            Some(stop) => Ok(Self::new(start, stop)),
            None => Err(PyOverflowError::new_err(format!(
                "a range of {length} from {start} ends beyond all indices"
            ))),
        }
    }

    /// What users may write for a range: `UnitRange`, `range`, `(start, stop)`, a length, `None` for everything.
    pub fn from_python(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Ok(range) = object.cast::<UnitRange>() {
            return Ok(range.get().0);
        }
        if object.is_none() {
            return Ok(Self::ALL);
        }
        if let Ok(length) = object.extract::<i64>() {
            if length < 0 {
                return Err(PyValueError::new_err(format!(
                    "a range has no negative length: {length}"
                )));
            }
            return if is_index(length) {
                Ok(Self::new(0, length))
            } else {
                Err(too_large(object))
            };
        }
        if object.is_instance_of::<PyInt>() {
            return Err(too_large(object));
        }
        if object.is_instance_of::<PyRange>() {
            if !object.getattr("step")?.eq(1)? {
                return Err(PyValueError::new_err("the range of a domain has step 1"));
            }
            let end = |name: &str| end_from_python(&object.getattr(name)?);
            return Ok(Self::new(end("start")?, end("stop")?));
        }
        if let Ok((start, stop)) = object.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>() {
            return Ok(Self::new(end_from_python(&start)?, end_from_python(&stop)?));
        }
        Err(PyTypeError::new_err(format!(
            "expected a range: a length, (start, stop), a range or a UnitRange, not {}",
            describe(object)
        )))
    }
}

/// Whether an end is not one of the two that stand for infinity.
fn is_index(end: i64) -> bool {
    end != Range::MINUS_INFINITY && end != Range::INFINITY
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.start {
            Self::MINUS_INFINITY => f.write_str("(-inf, ")?,
            start => write!(f, "[{start}, ")?,
        }
        match self.stop {
            Self::INFINITY => f.write_str("inf)"),
            stop => write!(f, "{stop})"),
        }
    }
}

/// The indices ``start, start + 1, ..., stop - 1``. Every empty range equals ``UnitRange(0, 0)``.
///
/// ``a & b`` is what both have, ``a <= b`` says that ``b`` has all of ``a``, ``a + n`` moves it.
#[pyclass(frozen, sequence, module = "bise", name = "UnitRange")]
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct UnitRange(pub Range);

#[pymethods]
impl UnitRange {
    #[new]
    fn new(start: &Bound<'_, PyAny>, stop: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self(Range::new(end_from_python(start)?, end_from_python(stop)?)))
    }

    /// The first index.
    #[getter]
    fn start<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        end_to_python(py, self.0.start)
    }

    /// One past the last index.
    #[getter]
    fn stop<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        end_to_python(py, self.0.stop)
    }

    /// Whether it has no index.
    fn is_empty(&self) -> bool {
        self.0.len() == 0
    }

    fn __len__(&self) -> PyResult<usize> {
        if self.0.is_finite() {
            Ok(self.0.len())
        } else {
            Err(PyValueError::new_err("an infinite range has no length"))
        }
    }

    fn __getitem__(&self, index: i64) -> PyResult<i64> {
        self.__len__()?;
        // The range is finite: none of its indices is at an end of the type, so what is beyond them stays outside.
        let from = if index < 0 { self.0.stop } else { self.0.start };
        let at = from.saturating_add(index);
        if self.0.start <= at && at < self.0.stop {
            Ok(at)
        } else {
            Err(PyIndexError::new_err(format!(
                "index {index} is out of range for {}",
                self.0
            )))
        }
    }

    fn __contains__(&self, item: &Bound<'_, PyAny>) -> bool {
        let inside = |index: i64| self.0.start <= index && index < self.0.stop;
        match item.cast::<Self>() {
            Ok(range) => self.0.covers(range.get().0),
            Err(_) => item.extract::<i64>().is_ok_and(inside),
        }
    }

    fn __and__(&self, other: &Self) -> Self {
        Self(self.0.intersect(other.0))
    }

    fn __add__(&self, distance: i64) -> PyResult<Self> {
        self.0.shifted(distance).map(Self)
    }

    fn __sub__(&self, distance: i64) -> PyResult<Self> {
        let back = distance.checked_neg();
        let back = back.ok_or_else(|| PyOverflowError::new_err("the distance is too large"))?;
        self.0.shifted(back).map(Self)
    }

    fn __richcmp__(&self, other: &Self, op: CompareOp) -> bool {
        let (a, b) = (self.0, other.0);
        match op {
            CompareOp::Eq => a == b,
            CompareOp::Ne => a != b,
            CompareOp::Le => b.covers(a),
            CompareOp::Ge => a.covers(b),
            CompareOp::Lt => a != b && b.covers(a),
            CompareOp::Gt => a != b && a.covers(b),
        }
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.0.hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self) -> String {
        let end = |end: i64| match end {
            Range::MINUS_INFINITY => "-inf".to_owned(),
            Range::INFINITY => "inf".to_owned(),
            end => end.to_string(),
        };
        format!("UnitRange({}, {})", end(self.0.start), end(self.0.stop))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        (slf.get_type(), (slf.get().start(py)?, slf.get().stop(py)?)).into_pyobject(py)
    }
}

/// The ``UnitRange`` of a length, a ``(start, stop)`` pair, a ``range`` of step 1, or ``None`` (everything).
#[pyfunction]
pub fn unit_range(r: &Bound<'_, PyAny>) -> PyResult<UnitRange> {
    Range::from_python(r).map(UnitRange)
}

/// An index, or a member of `Infinity`.
pub fn end_from_python(end: &Bound<'_, PyAny>) -> PyResult<i64> {
    if let Ok(index) = end.extract::<i64>() {
        return if is_index(index) {
            Ok(index)
        } else {
            Err(too_large(end))
        };
    }
    if INFINITY.has_instance(end)? {
        let negative = end.getattr("value")?.extract::<i64>()? < 0;
        return Ok(if negative {
            Range::MINUS_INFINITY
        } else {
            Range::INFINITY
        });
    }
    if end.is_instance_of::<PyInt>() {
        return Err(too_large(end));
    }
    Err(PyTypeError::new_err(format!(
        "the end of a range is an integer, not {}",
        describe(end)
    )))
}

fn too_large(index: &Bound<'_, PyAny>) -> PyErr {
    PyValueError::new_err(format!(
        "the integer {index} does not fit in 64 bits, whose two ends stand for infinity: it is too large"
    ))
}

fn end_to_python(py: Python<'_>, end: i64) -> PyResult<Bound<'_, PyAny>> {
    match end {
        Range::MINUS_INFINITY => INFINITY.get(py)?.getattr("NEGATIVE"),
        Range::INFINITY => INFINITY.get(py)?.getattr("POSITIVE"),
        end => Ok(end.into_pyobject(py)?.into_any()),
    }
}
