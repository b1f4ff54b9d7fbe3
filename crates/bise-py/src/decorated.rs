//! What operators and programs have in common as Python objects: a decorated function that is compiled, and the
//! choices of its decorator.

use bise_base::{Diagnostics, SourceId, SourceMap};
use bise_driver::standard_floats;
use bise_hir as hir;
use pyo3::PyTraverseError;
use pyo3::gc::PyVisit;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::errors::{ArgumentValueError, guarded, program_error};
use crate::python::GRID_TYPE;
use crate::scope::FunctionScope;
use crate::session::{Target, backend_from_python, backend_name, session};

/// Where a function is written, and its text.
pub struct Source<'a> {
    /// Name of the file.
    pub file: &'a str,
    /// Its first line in the file.
    pub first_line: u32,
    /// Its lines, from `def` on, indented as they stand there.
    pub text: &'a str,
}

/// Lets the front end compile a function whose other names are those of its surroundings; or what is wrong with it.
pub fn compile<T>(
    function: &Bound<'_, PyAny>,
    target: Target,
    source: &Source<'_>,
    front: impl FnOnce(&SourceMap, SourceId, &FunctionScope) -> Result<T, Diagnostics>,
) -> PyResult<Result<T, Diagnostics>> {
    let sources = session()?.sources();
    let id = sources.add(source.file, source.text, source.first_line);
    let scope = FunctionScope::new(function, target == Target::Embedded)?;
    // Literals and constants of the surroundings become numbers of the program.
    let made = guarded(|| standard_floats(|| front(sources, id, &scope)))?;
    if let Some(raised) = scope.take_raised() {
        return Err(raised);
    }
    Ok(made)
}

/// The error for what is wrong with a function.
pub fn wrong(py: Python<'_>, diagnostics: &Diagnostics) -> PyErr {
    session().map_or_else(
        |error| error,
        |session| program_error(py, diagnostics, session.sources()),
    )
}

/// A decorated function and the choices of the decorator.
pub struct Decorated {
    function: Py<PyAny>,
    /// What calls run on.
    pub target: Target,
    grid_type: Option<Py<PyAny>>,
}

impl Decorated {
    /// As the decorator was told.
    pub fn new(
        function: &Bound<'_, PyAny>,
        backend: Option<&Bound<'_, PyAny>>,
        grid_type: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let grid_type = grid_type.map(|given| {
            let made = GRID_TYPE.get(given.py())?.call1((&given,));
            let refused = |_| match given.repr() {
                Ok(text) => ArgumentValueError::new_err(format!("{text} is no GridType")),
                Err(error) => error,
            };
            Ok::<_, PyErr>(made.map_err(refused)?.unbind())
        });
        Ok(Self {
            function: function.clone().unbind(),
            target: backend_from_python(backend)?,
            grid_type: grid_type.transpose()?,
        })
    }

    /// The Python function.
    pub fn function(&self, py: Python<'_>) -> Py<PyAny> {
        self.function.clone_ref(py)
    }

    /// As given.
    pub fn grid_type(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.grid_type.as_ref().map(|grid_type| grid_type.clone_ref(py))
    }

    /// The same operator or program, `whole`, on another backend.
    pub fn with_backend<'py>(
        &self,
        whole: &Bound<'py, PyAny>,
        backend: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let grid_type = self
            .grid_type
            .as_ref()
            .map(|grid_type| grid_type.bind(whole.py()));
        self.copy(whole, backend, grid_type)
    }

    /// The same operator or program, `whole`, for another grid type.
    pub fn with_grid_type<'py>(
        &self,
        whole: &Bound<'py, PyAny>,
        grid_type: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let backend = PyString::new(whole.py(), backend_name(self.target));
        self.copy(whole, Some(&backend), Some(grid_type))
    }

    /// The same with other choices: a new instance of the public class.
    fn copy<'py>(
        &self,
        whole: &Bound<'py, PyAny>,
        backend: Option<&Bound<'py, PyAny>>,
        grid_type: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = whole.py();
        let options = PyDict::new(py);
        options.set_item("of", whole)?;
        options.set_item("backend", backend)?;
        options.set_item("grid_type", grid_type)?;
        let copy = whole
            .get_type()
            .call((self.function(py), "", 0, ""), Some(&options))?;
        copy.getattr("__dict__")?
            .call_method1("update", (whole.getattr("__dict__")?,))?;
        Ok(copy)
    }

    /// For Python's garbage collector.
    pub fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.function)
    }
}

/// `a: Field[[I], float64], n: int32`
pub fn params_text(body: &hir::Body, params: &[hir::LocalId]) -> String {
    let text =
        |&param: &hir::LocalId| format!("{}: {}", body.locals[param].name, body.locals[param].annotation);
    params.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// The error for an attribute that is not there: `bise._not_yet` knows the names of upstream.
pub fn no_attribute(whole: &Bound<'_, PyAny>, name: &str) -> PyErr {
    let error = whole
        .py()
        .import("bise._not_yet")
        .and_then(|module| module.call_method1("attribute_error", (whole, name)));
    error.map_or_else(|error| error, PyErr::from_value)
}

/// A function of `bise._variants`.
pub fn variant<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import("bise._variants")?.getattr(name)
}

/// Keyword arguments, where there may be none.
pub fn options_or_none<'py>(py: Python<'py>, options: Option<&Bound<'py, PyDict>>) -> Bound<'py, PyDict> {
    options.map_or_else(|| PyDict::new(py), Clone::clone)
}

/// What pickles: a name, as for functions, or a text.
pub fn reduced<'py>(whole: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    whole
        .py()
        .import("bise._pickling")?
        .call_method1("reduced", (whole,))
}
