//! What the names of an operator's surroundings stand for: Python objects, looked at when the front end asks.

use std::sync::{Arc, Mutex, PoisonError};

use bise_base::Name;
use bise_front::{Binding, Language, Mathematics, Numpy, Scope};
use bise_lang::Builtin;
use pyo3::exceptions::{PyAttributeError, PyException};
use pyo3::prelude::*;
use pyo3::types::{
    PyCFunction, PyDict, PyFunction, PyList, PyModule, PyRange, PySet, PyString, PyTuple, PyType,
};

use crate::builtin::BuiltinFunction;
use crate::constant::{number, tuple};
use crate::dimension::Dimension;
use crate::field::Field;
use crate::offset::FieldOffset;
use crate::operator::FieldOperator;
use crate::program::Program;
use crate::python::{Lazy, describe};
use crate::types::from_annotation;

/// `bise._named.Dims`
static DIMS: Lazy = Lazy::new("bise._named", "Dims");
/// `bise._annotations.annotations_of`
static ANNOTATIONS_OF: Lazy = Lazy::new("bise._annotations", "annotations_of");
/// `bise._annotations.described`
static DESCRIBED: Lazy = Lazy::new("bise._annotations", "described");
/// `numpy.ufunc`
static UFUNC: Lazy = Lazy::new("numpy", "ufunc");

/// What was raised while an object was looked at and is no answer to that, as `KeyboardInterrupt`: the front end
/// has no way for it, so it is kept here until the front end is done.
#[derive(Clone, Debug, Default)]
pub struct Raised(Arc<Mutex<Option<PyErr>>>);

impl Raised {
    /// What an attempt gave, if it went well. Keeps what is not an `Exception`; the first one counts.
    pub fn quiet<T>(&self, py: Python<'_>, attempt: PyResult<T>) -> Option<T> {
        let error = match attempt {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        if !error.is_instance_of::<PyException>(py) {
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            kept.get_or_insert(error);
        }
        None
    }

    /// What was kept.
    pub fn take(&self) -> Option<PyErr> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The names that a function sees: its closure, its globals, Python's builtins; and what its annotations are.
#[derive(Debug)]
pub struct FunctionScope {
    /// Names of the closure with their cells.
    cells: Vec<(String, Py<PyAny>)>,
    globals: Py<PyDict>,
    /// Names of the compiled code that a class made private: `__name` in its text is `_Class__name` here.
    private: Vec<String>,
    /// Those that Python has evaluated: their names are not looked up among those of the body.
    annotations: Py<PyDict>,
    raised: Raised,
    looked_into: bool,
}

impl FunctionScope {
    /// Of a Python function; `looked_into` as [`Scope::is_looked_into`] says.
    pub fn new(function: &Bound<'_, PyAny>, looked_into: bool) -> PyResult<Self> {
        let code = function.getattr("__code__")?;
        let names: Vec<String> = code.getattr("co_freevars")?.extract()?;
        let mut private: Vec<String> = code.getattr("co_names")?.extract()?;
        private.extend_from_slice(&names);
        private.retain(|name| name.starts_with('_') && !name.starts_with("__"));
        let closure = function.getattr("__closure__")?;
        let cells: Vec<Py<PyAny>> = if closure.is_none() {
            Vec::new()
        } else {
            closure.extract()?
        };
        let annotations = ANNOTATIONS_OF.get(function.py())?.call1((function,))?;
        Ok(Self {
            annotations: annotations.cast_into::<PyDict>()?.unbind(),
            cells: names.into_iter().zip(cells).collect(),
            globals: function.getattr("__globals__")?.cast_into::<PyDict>()?.unbind(),
            private,
            raised: Raised::default(),
            looked_into,
        })
    }

    /// What a lookup raised that has to go on to the caller.
    pub fn take_raised(&self) -> Option<PyErr> {
        self.raised.take()
    }

    /// The name that Python looks up where a text has `name`.
    fn compiled<'a>(&'a self, name: &'a str) -> &'a str {
        let is_private = name.starts_with("__") && !name.ends_with("__");
        let compiled = self.private.iter().find(|compiled| compiled.ends_with(name));
        compiled.filter(|_| is_private).map_or(name, |compiled| compiled)
    }

    fn object<'py>(&self, py: Python<'py>, name: &str) -> Option<Bound<'py, PyAny>> {
        let name = self.compiled(name);
        if let Some((_, cell)) = self.cells.iter().find(|(known, _)| known == name) {
            // An empty cell is a name that is not assigned yet.
            return cell.bind(py).getattr("cell_contents").ok();
        }
        if let Ok(Some(object)) = self.globals.bind(py).get_item(name) {
            return Some(object);
        }
        py.import("builtins").ok()?.getattr(name).ok()
    }
}

impl Scope for FunctionScope {
    fn lookup(&self, name: &str) -> Option<Binding> {
        Python::attach(|py| self.object(py, name).map(|object| binding(&object, &self.raised)))
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.cells.iter().map(|(name, _)| name.clone()).collect();
        Python::attach(|py| {
            let keys = self.globals.bind(py).keys();
            names.extend(keys.iter().filter_map(|key| key.extract::<String>().ok()));
        });
        names.retain(|name| !name.starts_with("__"));
        names.sort();
        names
    }

    fn is_looked_into(&self) -> bool {
        self.looked_into
    }

    fn annotation(&self, param: &str) -> Option<Binding> {
        Python::attach(|py| {
            let annotations = self.annotations.bind(py);
            let private = || {
                let mut names = annotations
                    .keys()
                    .iter()
                    .filter_map(|name| name.extract::<String>().ok());
                names.find(|name| name.starts_with('_') && param.starts_with("__") && name.ends_with(param))
            };
            let annotation = match annotations.get_item(param).ok()? {
                Some(annotation) => annotation,
                None => annotations.get_item(private()?).ok()??,
            };
            Some(declared(&annotation, &self.raised))
        })
    }
}

/// The attributes of a module, a class or another object.
#[derive(Debug)]
struct Namespace {
    object: Py<PyAny>,
    raised: Raised,
}

impl Scope for Namespace {
    fn lookup(&self, name: &str) -> Option<Binding> {
        Python::attach(|py| match self.object.bind(py).getattr(name) {
            Ok(object) => Some(binding(&object, &self.raised)),
            // Bise itself may not have all names of the language: the front end says which are not supported.
            Err(error) if error.is_instance_of::<PyAttributeError>(py) => {
                let module = self.object.bind(py).cast::<PyModule>().ok();
                let name_of = module.and_then(|module| module.name().ok());
                name_of
                    .filter(|name_of| name_of == "bise")
                    .and_then(|_| Language.lookup(name))
            }
            Err(error) => {
                let text = format!("the attribute '{name}' (reading it raised {error})");
                self.raised.quiet::<()>(py, Err(error));
                Some(Binding::Other(text))
            }
        })
    }

    fn names(&self) -> Vec<String> {
        Python::attach(|py| {
            let names = self.object.bind(py).dir();
            let names = names.and_then(|names| names.extract::<Vec<String>>());
            let mut names = self.raised.quiet(py, names).unwrap_or_default();
            names.retain(|name| !name.starts_with("__"));
            names
        })
    }
}

/// What an object stands for in an operator.
pub fn binding(object: &Bound<'_, PyAny>, raised: &Raised) -> Binding {
    language_object(object)
        .or_else(|| number(object, raised))
        .or_else(|| class_or_function(object, raised))
        .or_else(|| from_annotation(object, raised).map(Binding::Type))
        .unwrap_or_else(|| namespace(object, raised))
}

/// What an annotation is: a type, or a description of what it is instead.
fn declared(annotation: &Bound<'_, PyAny>, raised: &Raised) -> Binding {
    let py = annotation.py();
    match binding(annotation, raised) {
        Binding::Member { value, .. } if matches!(*value, Binding::Type(_)) => *value,
        Binding::Namespace(_) | Binding::Member { .. } | Binding::Tuple(_) | Binding::Other(_) => {
            let text = DESCRIBED
                .get(py)
                .and_then(|described| described.call1((annotation,))?.extract());
            Binding::Other(raised.quiet(py, text).unwrap_or_else(|| describe(annotation)))
        }
        binding => binding,
    }
}

/// Objects of Bise's own classes.
fn language_object(object: &Bound<'_, PyAny>) -> Option<Binding> {
    if let Ok(dimension) = object.cast::<Dimension>() {
        return Some(Binding::Dimension(dimension.get().inner.clone()));
    }
    if let Ok(offset) = object.cast::<FieldOffset>() {
        return Some(Binding::Offset(offset.get().inner.clone()));
    }
    if let Ok(operator) = object.cast::<FieldOperator>() {
        return Some(Binding::Operator(operator.get().hir()));
    }
    if let Ok(program) = object.cast::<Program>() {
        return Some(match program.get().hir(object.py()) {
            Ok(program) => Binding::Program(program.clone()),
            Err(_) => Binding::Other("a program that cannot be called".to_owned()),
        });
    }
    if let Ok(builtin) = object.cast::<BuiltinFunction>() {
        return Some(Binding::Function(Name::new(builtin.get().name)));
    }
    if object.is_instance_of::<Field>() {
        return Some(Binding::Other(
            "a field from outside, which is passed as a parameter,".to_owned(),
        ));
    }
    None
}

/// Classes, functions and modules that the language knows; others are described.
fn class_or_function(object: &Bound<'_, PyAny>, raised: &Raised) -> Option<Binding> {
    let py = object.py();
    let function = |name: &str| Some(Binding::Function(Name::new(name)));
    if let Ok(class) = object.cast::<PyType>() {
        if class.is(py.get_type::<Field>()) {
            return function("Field");
        }
        if class.is(py.get_type::<PyTuple>()) {
            return function("tuple");
        }
        if class.is(py.get_type::<PyRange>()) {
            return function("range");
        }
        if DIMS.get(py).is_ok_and(|dims| class.is(dims)) {
            return function("Dims");
        }
        let annotation = from_annotation(object, raised)?;
        if annotation.names().collection().is_none() {
            return Some(Binding::Type(annotation));
        }
        // It may hold constants besides.
        return Some(Binding::Member {
            value: Box::new(Binding::Type(annotation)),
            names: names_in(object, raised),
        });
    }
    if let Ok(module) = object.cast::<PyModule>() {
        return match module.name().ok()?.to_str().ok()? {
            "numpy" => Some(Binding::Namespace(Arc::new(Numpy))),
            "math" => Some(Binding::Namespace(Arc::new(Mathematics))),
            _ => None,
        };
    }
    let name = raised.quiet(py, object.getattr("__name__"))?;
    let name: String = name.extract().ok()?;
    if UFUNC.has_instance(object).unwrap_or(false) {
        let name = if name == "absolute" { "abs" } else { name.as_str() };
        return if Builtin::from_function(name).is_some() {
            function(name)
        } else {
            Some(Binding::Other(format!("the NumPy function '{name}'")))
        };
    }
    if object.is_instance_of::<PyCFunction>() {
        let module: String = object
            .getattr("__module__")
            .and_then(|name| name.extract())
            .ok()?;
        if module == "builtins" && name == "abs" {
            return function("abs");
        }
        if module == "math" {
            return Mathematics.lookup(&name);
        }
        return Some(Binding::Other(format!("the function '{name}' of '{module}'")));
    }
    if object.is_instance_of::<PyFunction>() {
        return Some(Binding::Other(format!(
            "the Python function '{name}', which is no operator for want of @field_operator,"
        )));
    }
    None
}

/// Containers and text have no meaning; everything else is looked into by attributes.
fn namespace(object: &Bound<'_, PyAny>, raised: &Raised) -> Binding {
    if let Ok(items) = object.cast::<PyTuple>() {
        return tuple(items, raised);
    }
    let plain = object.is_none()
        || object.is_instance_of::<PyString>()
        || object.is_instance_of::<PyList>()
        || object.is_instance_of::<PyDict>()
        || object.is_instance_of::<PySet>();
    if plain {
        return Binding::Other(describe(object));
    }
    Binding::Namespace(names_in(object, raised))
}

/// The attributes of an object as names.
pub fn names_in(object: &Bound<'_, PyAny>, raised: &Raised) -> Arc<dyn Scope> {
    Arc::new(Namespace {
        object: object.clone().unbind(),
        raised: raised.clone(),
    })
}
