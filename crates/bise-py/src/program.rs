//! `Program`: calls of operators whose results are written to fields, callable from Python.

use std::sync::{Arc, OnceLock};

use bise_base::Diagnostics;
use bise_hir as hir;
use bise_lang::codes;
use pyo3::PyTraverseError;
use pyo3::gc::PyVisit;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::call::Callable;
use crate::call::bind::Signature;
use crate::call::slot::{Call, Given};
use crate::decorated::{
    Decorated, Source, compile, no_attribute, options_or_none, params_text, reduced, variant, wrong,
};
use crate::embedded;
use crate::session::{Target, backend_name};

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
    meaning: Meaning,
    callable: OnceLock<Callable>,
}

/// A program, or why it cannot be called: existing code has some that write to numbers, and calls none of them.
enum Meaning {
    Known(Arc<hir::Program>),
    Refused(Diagnostics),
}

impl Program {
    /// What it computes.
    pub fn hir(&self, py: Python<'_>) -> PyResult<&Arc<hir::Program>> {
        match &self.shared.meaning {
            Meaning::Known(hir) => Ok(hir),
            Meaning::Refused(why) => Err(wrong(py, why)),
        }
    }

    fn callable(&self, py: Python<'_>) -> PyResult<&Callable> {
        if let Some(callable) = self.shared.callable.get() {
            return Ok(callable);
        }
        let callable = Callable::new(py, self.hir(py)?.clone())?;
        Ok(self.shared.callable.get_or_init(|| callable))
    }
}

impl Call for Program {
    fn call(slf: Borrowed<'_, '_, Self>, given: &Given<'_>) -> PyResult<Option<Py<PyAny>>> {
        let (py, this) = (slf.py(), slf.get());
        let backend = match this.decorated.target {
            Target::Driver(backend) if !embedded::takes_calls(py)? => backend,
            Target::Driver(_) | Target::Embedded => return embedded::call(slf.as_any(), given).map(Some),
        };
        let callable = this.callable(py)?;
        let signature = Signature {
            name: &this.hir(py)?.name,
            params: &callable.params,
            is_operator: false,
        };
        let bindings = signature.bind(py, given)?;
        callable.call(py, &bindings.values, bindings.offset_provider, backend)?;
        Ok(None)
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
        let made = compile(definition, decorated.target, &source, |sources, id, scope| {
            bise_front::program(sources, id, scope)
        })?;
        let meaning = match made {
            Ok(hir) => Meaning::Known(hir),
            Err(found) if found.iter().all(|one| one.code.id == codes::SCALAR_OUT.id) => {
                Meaning::Refused(found)
            }
            Err(found) => return Err(wrong(definition.py(), &found)),
        };
        Ok(Self {
            decorated,
            shared: Arc::new(Shared {
                meaning,
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
        backend_name(self.decorated.target)
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

    /// The same program. Options of compilation (``static_params``, ``static_domains``, ``connectivities``,
    /// ``enable_jit``) are checked and change no result: Bise finds out at the first call what to compile for.
    #[pyo3(signature = (**options))]
    fn with_compilation_options<'py>(
        slf: &Bound<'py, Self>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        variant(slf.py(), "with_compilation_options")?.call1((slf, options_or_none(slf.py(), options)))
    }

    /// The same program, which compiles at its first call, in milliseconds. ``offset_provider`` and the lists of the
    /// values that scalars will have are checked.
    #[pyo3(signature = (offset_provider=None, **values))]
    fn compile<'py>(
        slf: &Bound<'py, Self>,
        offset_provider: Option<&Bound<'py, PyAny>>,
        values: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        variant(slf.py(), "compiled")?.call1((slf, offset_provider, options_or_none(slf.py(), values)))
    }

    /// The same program: that the parameters of those names rarely change is worth nothing here.
    #[pyo3(signature = (*names))]
    fn with_static_params<'py>(
        slf: &Bound<'py, Self>,
        names: &Bound<'py, PyTuple>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let options = PyDict::new(slf.py());
        let is_none = names.len() == 1 && names.get_item(0)?.is_none();
        options.set_item("static_params", if is_none { None } else { Some(names) })?;
        variant(slf.py(), "with_compilation_options")?.call1((slf, options))
    }

    /// The program with some of its arguments given already, by name.
    #[pyo3(signature = (**bound))]
    fn with_bound_args<'py>(
        slf: &Bound<'py, Self>,
        bound: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        variant(slf.py(), "ProgramWithBoundArgs")?.call1((slf, options_or_none(slf.py(), bound)))
    }

    /// What embedded execution asks for: the parameters with their types.
    #[getter]
    fn _signature<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let hir = self.hir(py)?;
        Ok(embedded::parameters(py, &hir.body, &hir.params)?.into_any())
    }

    /// The program as Bise understood it, printed as a program text.
    #[getter]
    fn source(&self, py: Python<'_>) -> PyResult<String> {
        Ok(hir::print_program(self.hir(py)?))
    }

    fn __repr__(&self) -> String {
        let Meaning::Known(program) = &self.shared.meaning else {
            return "<program that cannot be called>".to_owned();
        };
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
