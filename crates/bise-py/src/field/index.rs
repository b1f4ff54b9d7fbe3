//! What `field[...]` picks: by position from the start of the domain, or by index of the domain itself.

use bise_driver::standard_floats;
use bise_lang::Dimension as Inner;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyEllipsis, PySlice, PyTuple};

use super::Field;
use crate::array;
use crate::dimension::Dimension;
use crate::domain::{Domain, pair};
use crate::errors::{FieldTypeError, FieldValueError, IndexOutOfBounds};
use crate::intern::intern;
use crate::ndarray::RawArray;
use crate::python::describe;
use crate::range::{Range, end_from_python};

/// What is taken along one axis: positions from its start, all inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// One; the axis goes.
    One(usize),
    /// First and one past the last.
    Part(usize, usize),
}

impl Pick {
    /// First position and one past the last.
    pub fn bounds(self) -> (usize, usize) {
        match self {
            Self::One(at) => (at, at + 1),
            Self::Part(start, stop) => (start, stop),
        }
    }
}

/// `field[index]`: a view.
pub fn get(field: &Field, index: &Bound<'_, PyAny>) -> PyResult<Field> {
    let py = index.py();
    let picks = picks(&field.domain_of(py)?, index)?;
    let array = field.array.bind(py).get_item(numpy_index(py, &picks)?)?;
    let (mut dims, mut starts) = (Vec::new(), Vec::new());
    for (at, pick) in picks.iter().enumerate() {
        if let Pick::Part(start, _) = pick {
            dims.push(field.dims[at].clone());
            starts.push(field.starts[at].saturating_add(*start as i64));
        }
    }
    Ok(Field::new(intern(&dims), starts, array))
}

/// `field[index] = value`: a number, an array of the part's shape (by the names of its axes, if it has some), or a
/// field on exactly its domain.
pub fn set(field: &Field, index: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = index.py();
    let target = get(field, index)?;
    let memory = target.array.bind(py);
    let Ok(source) = value.cast::<Field>() else {
        let is_plain = RawArray::read(value, true).is_some() || !array::gives_array(value);
        let value = if is_plain {
            value.clone()
        } else {
            array::read(value)?.along(&target.dims)?
        };
        return standard_floats(|| memory.set_item(PyEllipsis::get(py), value));
    };
    let (given, expected) = (source.get().domain_of(py)?, target.domain_of(py)?);
    if given != expected {
        return Err(FieldValueError::new_err(format!(
            "a field on {given} cannot be assigned to a part on {expected}: the domains must be the same"
        )));
    }
    standard_floats(|| memory.set_item(PyEllipsis::get(py), source.get().array.bind(py)))
}

/// What `index` picks of a domain, one per dimension.
pub fn picks(domain: &Domain, index: &Bound<'_, PyAny>) -> PyResult<Vec<Pick>> {
    if let Ok(part) = index.cast::<Domain>() {
        let part = part.get();
        let named = part.dims.iter().zip(&part.ranges);
        return absolute(
            domain,
            named.map(|(dim, range)| (dim.clone(), Absolute::Range(*range))),
        );
    }
    if let Some(item) = named(index)? {
        return absolute(domain, [item]);
    }
    let items: Vec<Bound<'_, PyAny>> = match index.cast::<PyTuple>() {
        Ok(tuple) => tuple.iter().collect(),
        Err(_) => vec![index.clone()],
    };
    let absolutes: Vec<Option<(Inner, Absolute)>> = items.iter().map(named).collect::<PyResult<_>>()?;
    if !items.is_empty() && absolutes.iter().all(Option::is_some) {
        return absolute(domain, absolutes.into_iter().flatten());
    }
    if absolutes.iter().any(Option::is_some) {
        return Err(FieldTypeError::new_err(
            "an index counts from the start of the domain (f[2]) or names dimensions (f[I(2)]); not both at once",
        ));
    }
    relative(domain, &items)
}

/// An index or a range of the domain itself.
enum Absolute {
    Index(i64),
    Range(Range),
}

/// The dimension and index or range of `I(2)`, `I(1):I(3)`, a `NamedRange`, or a pair written out.
fn named(item: &Bound<'_, PyAny>) -> PyResult<Option<(Inner, Absolute)>> {
    if let Ok(slice) = item.cast::<PySlice>() {
        return named_slice(slice);
    }
    let Ok((dim, what)) = pair(item) else {
        return Ok(None);
    };
    let dim = dim.cast::<Dimension>()?.get().inner.clone();
    let what = match what.extract::<i64>() {
        Ok(index) => Absolute::Index(index),
        Err(_) => Absolute::Range(Range::from_python(&what)?),
    };
    Ok(Some((dim, what)))
}

/// `I(1):I(3)`, `I(1):`, `:I(3)`
fn named_slice(slice: &Bound<'_, PySlice>) -> PyResult<Option<(Inner, Absolute)>> {
    let end = |name: &str| -> PyResult<Option<(Inner, i64)>> {
        let Ok((dim, index)) = pair(&slice.getattr(name)?) else {
            return Ok(None);
        };
        let dim = dim.cast::<Dimension>()?.get().inner.clone();
        Ok(Some((dim, end_from_python(&index)?)))
    };
    let (start, stop) = (end("start")?, end("stop")?);
    let (dim, start, stop) = match (start, stop) {
        (None, None) => return Ok(None),
        (Some((dim, start)), Some((other, stop))) if dim == other => (dim, start, stop),
        (Some((dim, start)), None) if slice.getattr("stop")?.is_none() => (dim, start, Range::INFINITY),
        (None, Some((dim, stop))) if slice.getattr("start")?.is_none() => (dim, Range::MINUS_INFINITY, stop),
        _ => {
            return Err(FieldTypeError::new_err(
                "both ends of a slice are indices along one dimension, as in I(1):I(3)",
            ));
        }
    };
    if !slice.getattr("step")?.is_none() {
        return Err(no_steps());
    }
    Ok(Some((dim, Absolute::Range(Range::new(start, stop)))))
}

fn absolute(domain: &Domain, items: impl IntoIterator<Item = (Inner, Absolute)>) -> PyResult<Vec<Pick>> {
    let whole = |range: &Range| Pick::Part(0, range.len());
    let mut picks: Vec<Pick> = domain.ranges.iter().map(whole).collect();
    for (dim, what) in items {
        let Some(at) = domain.dims.iter().position(|d| *d == dim) else {
            return Err(IndexOutOfBounds::new_err(format!(
                "no dimension '{dim}' in the domain {domain}"
            )));
        };
        let range = domain.ranges[at];
        let outside = |what: &dyn std::fmt::Display| {
            IndexOutOfBounds::new_err(format!("{what} is not inside of {range} along dimension '{dim}'"))
        };
        picks[at] = match what {
            Absolute::Index(index) if range.start <= index && index < range.stop => {
                Pick::One((index - range.start) as usize)
            }
            Absolute::Index(index) => return Err(outside(&format!("index {index}"))),
            Absolute::Range(part) if part.len() == 0 => Pick::Part(0, 0),
            Absolute::Range(part) => {
                let open = Range {
                    start: if part.start == Range::MINUS_INFINITY {
                        range.start
                    } else {
                        part.start
                    },
                    stop: if part.stop == Range::INFINITY {
                        range.stop
                    } else {
                        part.stop
                    },
                };
                // A part that is open at one end is empty, but not inside, where it begins beyond the other.
                if !range.covers(open) || open.start > range.stop || open.stop < range.start {
                    return Err(outside(&part));
                }
                let start = (open.start.min(open.stop) - range.start) as usize;
                Pick::Part(start, start + open.len())
            }
        };
    }
    Ok(picks)
}

fn relative(domain: &Domain, items: &[Bound<'_, PyAny>]) -> PyResult<Vec<Pick>> {
    let whole = |range: &Range| Pick::Part(0, range.len());
    let mut picks: Vec<Pick> = domain.ranges.iter().map(whole).collect();
    let is_ellipsis = |item: &Bound<'_, PyAny>| item.is_instance_of::<PyEllipsis>();
    let given = items.iter().filter(|item| !is_ellipsis(item)).count();
    if given > picks.len() || items.len() - given > 1 {
        return Err(IndexOutOfBounds::new_err(format!(
            "{given} indices are too many for the domain {domain}"
        )));
    }
    let mut at = 0;
    for item in items {
        if is_ellipsis(item) {
            at += picks.len() - given;
            continue;
        }
        picks[at] = relative_pick(item, domain, at)?;
        at += 1;
    }
    Ok(picks)
}

fn relative_pick(item: &Bound<'_, PyAny>, domain: &Domain, at: usize) -> PyResult<Pick> {
    let (dim, length) = (&domain.dims[at], domain.ranges[at].len() as i64);
    let outside = |what: String| {
        Err(IndexOutOfBounds::new_err(format!(
            "{what} is out of range for {length} points along dimension '{dim}'"
        )))
    };
    if let Ok(slice) = item.cast::<PySlice>() {
        let step = slice.getattr("step")?;
        if !step.is_none() && !step.eq(1)? {
            return Err(no_steps());
        }
        let end = |name: &str, default: i64| -> PyResult<i64> {
            let end = slice.getattr(name)?;
            if end.is_none() {
                return Ok(default);
            }
            let end: i64 = end.extract()?;
            Ok(if end < 0 { end.saturating_add(length) } else { end })
        };
        let (start, stop) = (end("start", 0)?, end("stop", length)?);
        if !(0..=length).contains(&start) || !(0..=length).contains(&stop) {
            let written = |name: &str| -> PyResult<String> {
                let end = slice.getattr(name)?;
                Ok(if end.is_none() {
                    String::new()
                } else {
                    end.to_string()
                })
            };
            return outside(format!("the slice {}:{}", written("start")?, written("stop")?));
        }
        return Ok(Pick::Part(start as usize, stop.max(start) as usize));
    }
    let index = item
        .extract::<i64>()
        .ok()
        .filter(|_| !item.is_instance_of::<PyBool>());
    let Some(index) = index else {
        return Err(FieldTypeError::new_err(format!(
            "fields are indexed by integers, slices, I(2), I(1):I(3) or domains, not by {}",
            describe(item)
        )));
    };
    let position = if index < 0 {
        index.saturating_add(length)
    } else {
        index
    };
    if (0..length).contains(&position) {
        Ok(Pick::One(position as usize))
    } else {
        outside(format!("index {index}"))
    }
}

/// The tuple of integers and slices with which NumPy gives the same view. The ellipsis at its end keeps a single
/// element an array.
fn numpy_index<'py>(py: Python<'py>, picks: &[Pick]) -> PyResult<Bound<'py, PyTuple>> {
    let mut items: Vec<Bound<'py, PyAny>> = Vec::with_capacity(picks.len() + 1);
    for pick in picks {
        items.push(match pick {
            Pick::One(at) => at.into_pyobject(py)?.into_any(),
            Pick::Part(start, stop) => PySlice::new(py, *start as isize, *stop as isize, 1).into_any(),
        });
    }
    items.push(PyEllipsis::get(py).to_owned().into_any());
    PyTuple::new(py, items)
}

fn no_steps() -> PyErr {
    FieldTypeError::new_err("the slice of a field has no step")
}
