//! `Program`: calls of operators whose results are written to fields, callable from Python.

use std::sync::{Arc, OnceLock};

use bise_hir as hir;
use pyo3::PyTraverseError;
use pyo3::gc::PyVisit;
use pyo3::prelude::*;

use crate::call::Callable;
use crate::call::bind::Signature;
use crate::call::slot::{Call, Given};
use crate::decorated::{Decorated, Source, compile, no_attribute, params_text, reduced};
use crate::session::backend_name;

/// A program: what the decorator ``program`` makes.
///
/// ``prog(a, b, out, n, offset_provider={"V2E": table})`` runs it. Fields are Bise's, NumPy arrays (whose indices
/// start at 0; not copied) or anything that lends memory. Arguments are checked before anything is written.
#[pyclass(frozen, dict, weakref, subclass, module = "bise._core", name = "_Program")]
pub struct Program {
    decorated: Decorated,
    shared: Arc<Shared>,
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
        callable.call(
            py,
            &bindings.values,
            bindings.offset_provider,
            this.decorated.backend,
        )
    }
}

#[pymethods]
impl Program {
    /// Parses and checks a function.
    #[new]
    #[pyo3(signature = (definition, file, first_line, text, *, backend=None, grid_type=None, of=None))]
    fn new(
        definition: &Bound<'_, PyAny>,
        file: &str,
        first_line: u32,
        text: &str,
        backend: Option<&Bound<'_, PyAny>>,
        grid_type: Option<Bound<'_, PyAny>>,
        of: Option<Bound<'_, Self>>,
    ) -> PyResult<Self> {
        let decorated = Decorated::new(definition, backend, grid_type)?;
        if let Some(of) = of {
            let shared = of.get().shared.clone();
            return Ok(Self { decorated, shared });
        }
        let source = Source {
            file,
            first_line,
            text,
        };
        let hir = compile(definition, &source, |sources, id, scope| {
            bise_front::program(sources, id, scope)
        })?;
        Ok(Self {
            decorated,
            shared: Arc::new(Shared {
                hir,
                callable: OnceLock::new(),
            }),
        })
    }

    /// The Python function.
    #[getter]
    fn definition(&self, py: Python<'_>) -> Py<PyAny> {
        self.decorated.function(py)
    }

    /// What calls run on: ``"native"`` or ``"reference"``.
    #[getter]
    fn backend(&self) -> &'static str {
        backend_name(self.decorated.backend)
    }

    /// As given to the decorator.
    #[getter]
    fn grid_type(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.decorated.grid_type(py)
    }

    /// The same program on another backend.
    #[pyo3(signature = (backend))]
    fn with_backend<'py>(
        slf: &Bound<'py, Self>,
        backend: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        slf.get().decorated.with_backend(slf.as_any(), backend)
    }

    /// The same program for another grid type, which changes nothing: Bise finds out by itself.
    fn with_grid_type<'py>(
        slf: &Bound<'py, Self>,
        grid_type: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        slf.get().decorated.with_grid_type(slf.as_any(), grid_type)
    }

    /// The program as Bise understood it, printed as a program text.
    #[getter]
    fn source(&self) -> String {
        hir::print_program(&self.shared.hir)
    }

    fn __repr__(&self) -> String {
        let program = &self.shared.hir;
        let params = params_text(&program.body, &program.params);
        format!("<program {}({params})>", program.name)
    }

    fn __getattr__(slf: &Bound<'_, Self>, name: &str) -> PyResult<Py<PyAny>> {
        Err(no_attribute(slf.as_any(), name))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        reduced(slf.as_any())
    }

    /// Copies are the same, as for functions.
    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _known: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.decorated.traverse(&visit)
    }
}
