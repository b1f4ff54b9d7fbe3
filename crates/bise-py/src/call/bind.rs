//! Which argument belongs to which parameter, as for any Python function.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyBool;

use super::Param;
use super::slot::Given;
use crate::errors::{ArgumentTypeError, MissingArgumentError};
use crate::python::describe;

/// An argument, borrowed from the caller.
pub type Value<'a, 'py> = Borrowed<'a, 'py, PyAny>;

/// What a call gives: one value per parameter, in order, and the keywords that every program takes.
pub struct Bindings<'a, 'py> {
    /// One per parameter.
    pub values: Vec<Value<'a, 'py>>,
    /// `{"V2E": table}`
    pub offset_provider: Option<Value<'a, 'py>>,
    /// Where an operator writes.
    pub domain: Option<Value<'a, 'py>>,
}

/// What is called, for messages and for what it takes.
pub struct Signature<'a> {
    /// The name of the program or operator.
    pub name: &'a str,
    /// Its parameters. The last one of an operator's program is `out`, which is given by keyword only.
    pub params: &'a [Param],
    /// Operators take `domain=` too.
    pub is_operator: bool,
}

/// What a keyword is.
enum Keyword {
    Parameter(usize),
    OffsetProvider,
    Domain,
    Ignored,
}

impl Signature<'_> {
    /// Sorts the arguments.
    pub fn bind<'a, 'py>(&self, py: Python<'py>, given: &'a Given<'_>) -> PyResult<Bindings<'a, 'py>> {
        let positional = self.params.len() - usize::from(self.is_operator);
        if given.positional() > positional {
            return Err(ArgumentTypeError::new_err(format!(
                "{}() takes {positional} positional arguments but {} were given",
                self.name,
                given.positional()
            )));
        }
        let (mut offset_provider, mut domain) = (None, None);
        let mut places: Vec<Option<Value<'a, 'py>>> = vec![None; self.params.len()];
        for (at, place) in places.iter_mut().enumerate().take(given.positional()) {
            *place = Some(given.value(py, at));
        }
        for at in given.positional()..given.len() {
            let value = given.value(py, at);
            match self.keyword(&given.keyword(py, at))? {
                Keyword::OffsetProvider => offset_provider = Some(value),
                Keyword::Domain => domain = Some(value),
                Keyword::Ignored if value.is_none() || value.is_instance_of::<PyBool>() => {}
                Keyword::Ignored => {
                    return Err(ArgumentTypeError::new_err(format!(
                        "'enable_jit' is True or False, not {}",
                        describe(&value)
                    )));
                }
                Keyword::Parameter(place) if places[place].is_none() => places[place] = Some(value),
                Keyword::Parameter(place) => {
                    return Err(ArgumentTypeError::new_err(format!(
                        "{}() got multiple values for argument '{}'",
                        self.name, self.params[place].name
                    )));
                }
            }
        }
        let mut values = Vec::with_capacity(places.len());
        for (at, place) in places.into_iter().enumerate() {
            values.push(place.ok_or_else(|| self.missing(at))?);
        }
        Ok(Bindings {
            values,
            offset_provider: offset_provider.filter(|value| !value.is_none()),
            domain: domain.filter(|value| !value.is_none()),
        })
    }

    /// Interned strings are found by their address; others by comparison. What a call takes itself comes first: a
    /// parameter that is called so is given by position.
    fn keyword(&self, keyword: &Value<'_, '_>) -> PyResult<Keyword> {
        let py = keyword.py();
        if keyword.is(intern!(py, "offset_provider")) {
            return Ok(Keyword::OffsetProvider);
        }
        let out = Keyword::Parameter(self.params.len().saturating_sub(1));
        if self.is_operator && keyword.is(intern!(py, "out")) {
            return Ok(out);
        }
        if self.is_operator && keyword.is(intern!(py, "domain")) {
            return Ok(Keyword::Domain);
        }
        let by_address = |param: &Param| param.name.as_ptr() == keyword.as_ptr();
        if let Some(at) = self.params.iter().position(by_address) {
            return Ok(Keyword::Parameter(at));
        }
        let name: String = keyword.extract()?;
        match name.as_str() {
            "offset_provider" => return Ok(Keyword::OffsetProvider),
            "domain" if self.is_operator => return Ok(Keyword::Domain),
            "out" if self.is_operator => return Ok(out),
            // An option of upstream's just-in-time compiler, which has nothing to choose here.
            "enable_jit" => return Ok(Keyword::Ignored),
            _ => {}
        }
        let by_name = |param: &Param| keyword.eq(param.name.bind(py)).unwrap_or(false);
        match self.params.iter().position(by_name) {
            Some(at) => Ok(Keyword::Parameter(at)),
            None => Err(ArgumentTypeError::new_err(format!(
                "{}() got an unexpected keyword argument '{name}'",
                self.name
            ))),
        }
    }

    fn missing(&self, at: usize) -> PyErr {
        let name = self.name;
        let text = if self.is_operator && at + 1 == self.params.len() {
            format!("{name}() misses the argument 'out': {name}(..., out=field) says where the result goes")
        } else {
            format!("{name}() misses the argument '{}'", self.params[at].name)
        };
        MissingArgumentError::new_err(text)
    }
}
