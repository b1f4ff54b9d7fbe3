//! `Program`: calls of operators whose results are written to fields, callable from Python.

use std::sync::{Arc, OnceLock};

use bise_driver::Backend;
use bise_hir as hir;
use pyo3::PyTraverseError;
use pyo3::gc::PyVisit;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::call::Callable;
use crate::call::bind::bind;
use crate::errors::{guarded, program_error};
use crate::scope::FunctionScope;
use crate::session::{backend_from_python, backend_name, session};

/// A program: what the decorator ``program`` makes.
///
/// ``prog(a, b, out, n, offset_provider={"V2E": table})`` runs it. Fields are Bise's, NumPy arrays (whose indices
/// start at 0; not copied) or anything that lends memory. Arguments are checked before anything is written.
#[pyclass(frozen, dict, weakref, module = "bise", name = "Program")]
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

    fn copy<'py>(
        slf: &Bound<'py, Self>,
        backend: Backend,
        grid_type: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, Self>> {
        let py = slf.py();
        let this = slf.get();
        let copy = Self {
            definition: this.definition.clone_ref(py),
            shared: this.shared.clone(),
            backend,
            grid_type,
        };
        let copy = Bound::new(py, copy)?;
        copy.getattr("__dict__")?
            .call_method1("update", (slf.getattr("__dict__")?,))?;
        Ok(copy)
    }
}

#[pymethods]
impl Program {
    /// Parses and checks a function.
    #[new]
    #[pyo3(signature = (definition, file, first_line, text, *, backend=None, grid_type=None))]
    fn new(
        py: Python<'_>,
        definition: Bound<'_, PyAny>,
        file: &str,
        first_line: u32,
        text: &str,
        backend: Option<&Bound<'_, PyAny>>,
        grid_type: Option<Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let backend = backend_from_python(backend)?;
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
    ) -> PyResult<Bound<'py, Self>> {
        let backend = backend_from_python(backend)?;
        let grid_type = slf.get().grid_type(slf.py());
        Self::copy(slf, backend, grid_type)
    }

    /// The same program for another grid type, which changes nothing: Bise finds out by itself.
    fn with_grid_type<'py>(
        slf: &Bound<'py, Self>,
        grid_type: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, Self>> {
        Self::copy(slf, slf.get().backend, Some(grid_type.unbind()))
    }

    #[pyo3(signature = (*args, **kwargs))]
    fn __call__(
        &self,
        py: Python<'_>,
        args: &Bound<'_, PyTuple>,
        kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        let callable = self.callable(py)?;
        let (values, extras) = bind(&self.shared.hir.name, &callable.params, args, kwargs, false)?;
        callable.call(py, &values, extras.offset_provider.as_ref(), self.backend)
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
