//! Constants: what numbers, arrays of one number, members of enumerations and tuples of these stand for in operators. They
//! are taken when the operator is defined.

use bise_front::{Binding, Literal};
use bise_lang::{DType, Scalar};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyTuple, PyType};

use crate::array;
use crate::errors::FieldTypeError;
use crate::ndarray::{RawArray, dtype_from_python, scalar_value};
use crate::python::{ENUM, NUMPY_GENERIC, describe};
use crate::scope::{Raised, binding, names_in};
use crate::types::{Budget, elements};

/// Python's numbers, which take the type of what they meet; NumPy's, which have one; arrays of one number; and members of
/// enumerations and instances of other subclasses of these, which have names in them too.
pub fn number(object: &Bound<'_, PyAny>, raised: &Raised) -> Option<Binding> {
    number_within(object, raised, &Budget::default(), 0)
}

fn number_within(
    object: &Bound<'_, PyAny>,
    raised: &Raised,
    budget: &Budget,
    level: usize,
) -> Option<Binding> {
    if let Some(scalar) = scalar_value(object) {
        return Some(Binding::Scalar(scalar));
    }
    let is_exact = object.is_exact_instance_of::<PyFloat>()
        || object.is_exact_instance_of::<PyInt>()
        || object.is_exact_instance_of::<PyBool>();
    if is_exact {
        return literal(object);
    }
    if object.is_instance_of::<PyType>() {
        return None;
    }
    let value = if ENUM.has_instance(object).unwrap_or(false) {
        let value = raised.quiet(object.py(), object.getattr("value"))?;
        constant_within(&value, raised, budget, level + 1)
    } else if NUMPY_GENERIC.has_instance(object).unwrap_or(false) {
        match numpy_scalar(object) {
            Ok(scalar) => Binding::Scalar(scalar),
            Err(_) => return Some(Binding::Other(format!("{} of NumPy", describe(object)))),
        }
    } else if let Some(literal) = literal(object) {
        literal
    } else {
        return element(object, raised);
    };
    Some(Binding::Member {
        value: Box::new(value),
        names: names_in(object, raised),
    })
}

/// A number of Python.
fn literal(object: &Bound<'_, PyAny>) -> Option<Binding> {
    if object.is_instance_of::<PyBool>() {
        return Some(Binding::Literal(Literal::Bool(
            object.is(PyBool::new(object.py(), true)),
        )));
    }
    if object.is_instance_of::<PyInt>() {
        return Some(match object.extract::<i128>() {
            Ok(value) => Binding::Literal(Literal::Int(value)),
            Err(_) => Binding::Other("an integer beyond all data types".to_owned()),
        });
    }
    let number = object.cast::<PyFloat>().ok()?;
    Some(Binding::Literal(Literal::Float(number.extract().ok()?)))
}

/// The number of an array without axes, by whatever package.
fn element(object: &Bound<'_, PyAny>, raised: &Raised) -> Option<Binding> {
    let py = object.py();
    let shape = raised.quiet(py, object.getattr("shape"))?;
    let shape = shape.cast::<PyTuple>().ok()?;
    if !array::gives_array(object) {
        return None;
    }
    if !shape.is_empty() {
        return Some(Binding::Other(
            "an array from outside, which is passed as a parameter,".to_owned(),
        ));
    }
    let given =
        array::read(object).map(|given| RawArray::read(&given.array, true).and_then(|raw| raw.value()));
    let reason = match given {
        Ok(Some(scalar)) => return Some(Binding::Scalar(scalar)),
        Ok(None) => "its byte order is not that of the machine".to_owned(),
        Err(error) => {
            let reason = error.value(py).to_string();
            raised.quiet::<()>(py, Err(error));
            reason
        }
    };
    Some(Binding::Other(format!("{} ({reason})", describe(object))))
}

/// A NumPy scalar with its type.
pub fn numpy_scalar(object: &Bound<'_, PyAny>) -> PyResult<Scalar> {
    let dtype = dtype_from_python(&object.getattr("dtype")?)?;
    Ok(match dtype {
        DType::Bool => Scalar::bool(object.is_truthy()?),
        DType::Float32 | DType::Float64 => Scalar::float(dtype, object.extract()?),
        DType::UInt64 => Scalar::integer(dtype, object.extract::<u64>()? as i64),
        _ => Scalar::integer(dtype, object.extract()?),
    })
}

/// A tuple of what has a meaning; a named one has names in it too.
pub fn tuple(items: &Bound<'_, PyTuple>, raised: &Raised) -> Binding {
    tuple_within(items, raised, &Budget::default(), 0)
}

/// What stands in a tuple, or is the value of a member.
fn constant_within(object: &Bound<'_, PyAny>, raised: &Raised, budget: &Budget, level: usize) -> Binding {
    if !budget.allows(level) {
        return too_large();
    }
    if let Ok(items) = object.cast::<PyTuple>() {
        return tuple_within(items, raised, budget, level);
    }
    number_within(object, raised, budget, level).unwrap_or_else(|| binding(object, raised))
}

fn tuple_within(items: &Bound<'_, PyTuple>, raised: &Raised, budget: &Budget, level: usize) -> Binding {
    let mut found = Vec::new();
    for item in items {
        // What is not looked at is more than any operator takes.
        let is_enough = !budget.allows(level);
        found.push(if is_enough {
            too_large()
        } else {
            constant_within(&item, raised, budget, level + 1)
        });
        if is_enough {
            break;
        }
    }
    let found = Binding::Tuple(found);
    if items.is_exact_instance_of::<PyTuple>() {
        return found;
    }
    Binding::Member {
        value: Box::new(found),
        names: names_in(items, raised),
    }
}

fn too_large() -> Binding {
    Binding::Other(
        "a tuple of more than 1024 numbers, or of more than 32 tuples inside each other,".to_owned(),
    )
}

/// The argument `init` of a scan operator: a number, or a tuple of numbers.
pub fn initial(object: &Bound<'_, PyAny>) -> PyResult<Binding> {
    let raised = Raised::default();
    let found = initial_within(object, &raised, &Budget::default(), 0);
    raised.take().map_or(found, Err)
}

fn initial_within(
    object: &Bound<'_, PyAny>,
    raised: &Raised,
    budget: &Budget,
    level: usize,
) -> PyResult<Binding> {
    if !budget.allows(level) {
        return Ok(Binding::Literal(Literal::Bool(false)));
    }
    if let Some(items) = elements(object)? {
        let items = items
            .iter()
            .map(|item| initial_within(&item, raised, budget, level + 1));
        return Ok(Binding::Tuple(items.collect::<PyResult<_>>()?));
    }
    match number(object, raised) {
        Some(found) if is_of_numbers(&found) => Ok(found),
        _ => Err(FieldTypeError::new_err(format!(
            "`init` of a scan operator is a number or a tuple of numbers, not {}",
            describe(object)
        ))),
    }
}

fn is_of_numbers(found: &Binding) -> bool {
    match found {
        Binding::Scalar(_) | Binding::Literal(_) => true,
        Binding::Member { value, .. } => is_of_numbers(value),
        Binding::Tuple(items) => items.iter().all(is_of_numbers),
        _ => false,
    }
}
