//! `Program`: calls of operators whose results are written to fields, callable from Python.

use std::sync::{Arc, OnceLock};

use bise_driver::Backend;
use bise_hir as hir;
use pyo3::PyTraverseError;
use pyo3::gc::PyVisit;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::call::Callable;
use crate::call::bind::Signature;
use crate::call::slot::{Call, Given};
use crate::errors::{guarded, program_error};
use crate::scope::FunctionScope;
use crate::session::{backend_from_python, backend_name, session};

/// A program: what the decorator ``program`` makes.
///
/// ``prog(a, b, out, n, offset_provider={"V2E": table})`` runs it. Fields are Bise's, NumPy arrays (whose indices
/// start at 0; not copied) or anything that lends memory. Arguments are checked before anything is written.
#[pyclass(frozen, dict, weakref, subclass, module = "bise._core", name = "_Program")]
pub struct Program {
    definition: Py<PyAny>,
    shared: Arc<Shared>,
    backend: Backend,
    grid_type: Option<Py<PyAny>>,
}

/// What all copies made by `with_backend` have in common.
struct Shared {
    hir: Arc<hir::Program>,
    callable: OnceLock<Callable>,
}

impl Program {
    /// For the front end.
    pub fn hir(&self) -> Arc<hir::Program> {
        self.shared.hir.clone()
    }

    fn callable(&self, py: Python<'_>) -> PyResult<&Callable> {
        if let Some(callable) = self.shared.callable.get() {
            return Ok(callable);
        }
        let callable = Callable::new(py, self.hir())?;
        Ok(self.shared.callable.get_or_init(|| callable))
    }

    /// The same program with other choices: a new instance of the public class.
    fn copy<'py>(
        slf: &Bound<'py, Self>,
        backend: Option<&Bound<'py, PyAny>>,
        grid_type: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let options = PyDict::new(py);
        options.set_item("of", slf)?;
        options.set_item("backend", backend)?;
        options.set_item("grid_type", grid_type)?;
        let definition = slf.get().definition(py);
        let copy = slf.get_type().call((definition, "", 0, ""), Some(&options))?;
        copy.getattr("__dict__")?
            .call_method1("update", (slf.getattr("__dict__")?,))?;
        Ok(copy)
    }
}

impl Call for Program {
    fn call(slf: Borrowed<'_, '_, Self>, given: &Given<'_>) -> PyResult<()> {
        let (py, this) = (slf.py(), slf.get());
        let callable = this.callable(py)?;
        let signature = Signature {
            name: &this.shared.hir.name,
            params: &callable.params,
            is_operator: false,
        };
        let bindings = signature.bind(py, given)?;
        callable.call(py, &bindings.values, bindings.offset_provider, this.backend)
    }
}

#[pymethods]
impl Program {
    /// Parses and checks a function.
    #[new]
    #[pyo3(signature = (definition, file, first_line, text, *, backend=None, grid_type=None, of=None))]
    #[expect(clippy::too_many_arguments, reason = "the decorator fills them in")]
    fn new(
        py: Python<'_>,
        definition: Bound<'_, PyAny>,
        file: &str,
        first_line: u32,
        text: &str,
        backend: Option<&Bound<'_, PyAny>>,
        grid_type: Option<Bound<'_, PyAny>>,
        of: Option<Bound<'_, Self>>,
    ) -> PyResult<Self> {
        let backend = backend_from_python(backend)?;
        if let Some(of) = of {
            return Ok(Self {
                definition: definition.unbind(),
                shared: of.get().shared.clone(),
                backend,
                grid_type: grid_type.map(Bound::unbind),
            });
        }
        let sources = session()?.sources();
        let source = sources.add(file, text, first_line);
        let scope = FunctionScope::new(&definition)?;
        let hir = guarded(|| bise_front::program(sources, source, &scope))?
            .map_err(|diagnostics| program_error(py, &diagnostics, sources))?;
        Ok(Self {
            definition: definition.unbind(),
            shared: Arc::new(Shared {
                hir,
                callable: OnceLock::new(),
            }),
            backend,
            grid_type: grid_type.map(Bound::unbind),
        })
    }

    /// The Python function.
    #[getter]
    fn definition(&self, py: Python<'_>) -> Py<PyAny> {
        self.definition.clone_ref(py)
    }

    /// What calls run on: ``"native"`` or ``"reference"``.
    #[getter]
    fn backend(&self) -> &'static str {
        backend_name(self.backend)
    }

    /// As given to the decorator.
    #[getter]
    fn grid_type(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.grid_type.as_ref().map(|grid_type| grid_type.clone_ref(py))
    }

    /// The same program on another backend.
    #[pyo3(signature = (backend))]
    fn with_backend<'py>(
        slf: &Bound<'py, Self>,
        backend: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let grid_type = slf.get().grid_type(py).map(|grid_type| grid_type.into_bound(py));
        Self::copy(slf, backend, grid_type)
    }

    /// The same program for another grid type, which changes nothing: Bise finds out by itself.
    fn with_grid_type<'py>(
        slf: &Bound<'py, Self>,
        grid_type: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let backend = PyString::new(slf.py(), slf.get().backend()).into_any();
        Self::copy(slf, Some(&backend), Some(grid_type))
    }

    /// The program as Bise understood it, printed as a program text.
    #[getter]
    fn source(&self) -> String {
        hir::print_program(&self.shared.hir)
    }

    fn __repr__(&self) -> String {
        let program = &self.shared.hir;
        let params = program.params.iter().map(|&param| {
            let local = &program.body.locals[param];
            format!("{}: {}", local.name, local.ty)
        });
        let params: Vec<String> = params.collect();
        format!("<program {}({})>", program.name, params.join(", "))
    }

    fn __reduce__(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        // By its name, as functions are.
        Ok(slf.getattr("__qualname__")?.unbind())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.definition)
    }
}
