//! Which argument belongs to which parameter, as for any Python function.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use super::Param;
use crate::errors::{ArgumentTypeError, MissingArgumentError};

/// Keywords that every program takes; `out` and `domain` have a meaning for operators only.
#[derive(Default)]
pub struct Extras<'py> {
    /// `{"V2E": table}`
    pub offset_provider: Option<Bound<'py, PyAny>>,
    /// Where an operator writes.
    pub domain: Option<Bound<'py, PyAny>>,
}

/// One value per parameter, in order. `name` is that of the program, for messages.
pub fn bind<'py>(
    name: &str,
    params: &[Param],
    args: &Bound<'py, PyTuple>,
    kwargs: Option<&Bound<'py, PyDict>>,
    is_operator: bool,
) -> PyResult<(Vec<Bound<'py, PyAny>>, Extras<'py>)> {
    // The last parameter of an operator's program is `out`, which is given by keyword only.
    let positional = params.len() - usize::from(is_operator);
    if args.len() > positional {
        return Err(ArgumentTypeError::new_err(format!(
            "{name}() takes {positional} positional arguments but {} were given",
            args.len()
        )));
    }
    let mut values = Vec::with_capacity(params.len());
    let mut extras = Extras::default();
    values.extend(args.iter());
    if values.len() == params.len() {
        if let Some(kwargs) = kwargs {
            for (key, value) in kwargs {
                take(name, params, &[], &key, value, &mut extras, is_operator)?;
            }
        }
        return Ok((values, extras));
    }
    let first = values.len();
    let mut named: Vec<Option<Bound<'py, PyAny>>> = vec![None; params.len() - first];
    if let Some(kwargs) = kwargs {
        for (key, value) in kwargs {
            if let Some((at, value)) = take(name, params, &named, &key, value, &mut extras, is_operator)? {
                named[at - first] = Some(value);
            }
        }
    }
    for (at, value) in named.into_iter().enumerate() {
        let missing = &params[first + at].name;
        let value = value.ok_or_else(|| {
            let missing = missing.to_string();
            let hint = if is_operator && first + at == positional {
                format!(": {name}(..., {missing}=field) says where the result goes")
            } else {
                String::new()
            };
            MissingArgumentError::new_err(format!("{name}() misses the argument '{missing}'{hint}"))
        })?;
        values.push(value);
    }
    Ok((values, extras))
}

/// Sorts one keyword: the parameter it belongs to, or nothing where it was an extra.
fn take<'py>(
    name: &str,
    params: &[Param],
    named: &[Option<Bound<'py, PyAny>>],
    key: &Bound<'py, PyAny>,
    value: Bound<'py, PyAny>,
    extras: &mut Extras<'py>,
    is_operator: bool,
) -> PyResult<Option<(usize, Bound<'py, PyAny>)>> {
    let same = |param: &Param| {
        param.name.as_ptr() == key.as_ptr() || key.eq(param.name.bind(key.py())).unwrap_or(false)
    };
    let by_address = params
        .iter()
        .position(|param| param.name.as_ptr() == key.as_ptr());
    let first = params.len() - named.len();
    let keyword = key.cast::<PyString>()?;
    if by_address.is_none() {
        match keyword.to_str()? {
            "offset_provider" => {
                extras.offset_provider = Some(value).filter(|value| !value.is_none());
                return Ok(None);
            }
            "domain" if is_operator => {
                extras.domain = Some(value).filter(|value| !value.is_none());
                return Ok(None);
            }
            // Options of upstream's just-in-time compiler, which have nothing to choose here.
            "enable_jit" => return Ok(None),
            _ => {}
        }
    }
    match by_address.or_else(|| params.iter().position(same)) {
        Some(at) if at >= first => Ok(Some((at, value))),
        Some(_) => Err(ArgumentTypeError::new_err(format!(
            "{name}() got multiple values for argument '{keyword}'"
        ))),
        None => Err(ArgumentTypeError::new_err(format!(
            "{name}() got an unexpected keyword argument '{keyword}'"
        ))),
    }
}
