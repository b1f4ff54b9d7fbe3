//! The one session of the process, and the backends by name.

use std::ffi::CString;
use std::sync::{Arc, OnceLock};

use bise_driver::{Backend, Options, Session};
use pyo3::exceptions::PyRuntimeWarning;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::errors::{ArgumentValueError, BackendError};
use crate::python::describe;

static SESSION: OnceLock<Result<Arc<Session>, String>> = OnceLock::new();

/// The session that all programs of the process share. Made at first use, from the environment of that moment.
pub fn session() -> PyResult<&'static Arc<Session>> {
    let made = if let Some(made) = SESSION.get() {
        made
    } else {
        // What the environment says may be put right, and tried again: it is not kept.
        let options =
            Options::from_environment().map_err(|error| ArgumentValueError::new_err(error.to_string()))?;
        let made = SESSION.get_or_init(|| Session::new(options).map_err(|error| error.to_string()));
        if let Ok(session) = made
            && let Some(remark) = session.remark()
        {
            warn(&remark)?;
        }
        made
    };
    made.as_ref()
        .map_err(|error| BackendError::new_err(error.clone()))
}

fn warn(remark: &str) -> PyResult<()> {
    let text = CString::new(remark)?;
    Python::attach(|py| PyErr::warn(py, &py.get_type::<PyRuntimeWarning>(), &text, 1))
}

/// What a call runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Compiled code, or the interpreter.
    Driver(Backend),
    /// Python, line by line.
    Embedded,
}

/// The names of the backends.
const TARGETS: [(&str, Target); 3] = [
    ("native", Target::Driver(Backend::Native)),
    ("reference", Target::Driver(Backend::Reference)),
    ("embedded", Target::Embedded),
];

/// The backend of that name, or of that object of `bise.backend`; native where there is none.
pub fn backend_from_python(backend: Option<&Bound<'_, PyAny>>) -> PyResult<Target> {
    let Some(backend) = backend.filter(|backend| !backend.is_none()) else {
        return Ok(Target::Driver(Backend::Native));
    };
    let object = backend.py().import("bise.backend")?.getattr("Backend")?;
    let target = if backend.is_instance(&object)? {
        let executor = backend.getattr("executor")?;
        if executor.is_none() {
            return Ok(Target::Embedded);
        }
        executor
    } else {
        backend.clone()
    };
    let name = target.cast::<PyString>().ok();
    let Some(name) = name.and_then(|name| name.to_str().ok()) else {
        return Err(ArgumentValueError::new_err(format!(
            "a backend is 'native', 'reference' or 'embedded', or an object of `bise.backend`, not {}",
            describe(&target)
        )));
    };
    if name == "gpu" {
        return Err(BackendError::new_err(
            "there is no backend for GPUs yet: 'native' is machine code for the processor, and the default",
        ));
    }
    let known = TARGETS.iter().find(|(known, _)| *known == name);
    known.map(|(_, target)| *target).ok_or_else(|| {
        ArgumentValueError::new_err(format!(
            "no backend '{name}': there are 'native' (machine code, the default), 'reference' (the interpreter) and \
             'embedded' (Python, line by line)"
        ))
    })
}

/// The name of a backend.
pub fn backend_name(target: Target) -> &'static str {
    let known = TARGETS.iter().find(|(_, known)| *known == target);
    known.map_or("", |(name, _)| name)
}
