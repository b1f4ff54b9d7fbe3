//! Calls: Python arguments become views and numbers, the driver runs, errors become exceptions.
//!
//! [`Callable`] keeps what the last call looked like, so that a warm call only writes new addresses into it:
//! [`slot`] is where Python enters, [`bind`] sorts arguments by parameter, [`leaf`] and [`scalar`]
//! convert one of them.

pub mod bind;
mod leaf;
mod said;
mod scalar;
pub mod slot;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};

use bise_base::Name;
use bise_driver::{Argument, Backend, CallError, Host, Notice, ParameterKind, TableUse};
use bise_field::{ConnectivityTable, FieldView};
use bise_hir as hir;
use bise_lang::{Annotation, DType, Dimension, Scalar, Type};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping, PyString};

use bind::Value;

use crate::connectivity::table_of;
use crate::errors::{ArgumentTypeError, BackendError, CompilerBug, TableError, guarded};
use crate::intern::intern;
use crate::python::describe;
use crate::session::session;
use crate::types::elements;

/// Calls on fields with fewer values than this are over before another thread could use the interpreter lock.
const WORTH_RELEASING: usize = 4096;

/// A program of the driver, ready to be called from Python.
pub struct Callable {
    program: bise_driver::Program,
    /// Its parameters, as Python sees them.
    pub params: Vec<Param>,
    tables: Vec<Py<PyString>>,
    frame: Mutex<Frame>,
    warm: AtomicBool,
}

/// A parameter: one argument of a call.
pub struct Param {
    /// Interned, so that keywords are found by address.
    pub name: Py<PyString>,
    /// Its type, as declared.
    pub annotation: Annotation,
    /// Its leaves: one but for tuples.
    leaves: Vec<Leaf>,
}

/// A flattened parameter: one argument of the driver.
struct Leaf {
    name: Name,
    dtype: DType,
    /// Interned; nothing for scalars.
    dims: Option<Arc<[Dimension]>>,
    /// How the axes of arrays stand.
    axes: ArrayAxes,
    written: bool,
}

/// How the axes of an array that is given for a parameter stand: it has no names, so they go by the annotation.
enum ArrayAxes {
    /// As the dimensions of the parameter.
    Canonical,
    /// For each dimension of the parameter, which axis it is; and the dimensions of the axes, interned.
    Written(Box<[usize]>, Arc<[Dimension]>),
    /// No annotation says so: only fields are taken.
    Unknown,
}

/// The arguments of the last call, to be overwritten by the next.
#[derive(Default)]
struct Frame {
    args: Vec<Argument<'static>>,
    /// Converted arguments that live only as long as the call.
    kept: Vec<Py<PyAny>>,
}

/// Python, while it waits for a call.
struct Caller<'a> {
    callable: &'a Callable,
    /// Those of the call.
    tables: &'a [Arc<ConnectivityTable>],
    /// What ended it.
    raised: Option<PyErr>,
}

impl Host for Caller<'_> {
    fn heed(&mut self, notice: &Notice) -> bool {
        self.raised = self.callable.say(notice, self.tables).err();
        self.raised.is_none()
    }

    fn interrupted(&mut self) -> bool {
        let signal = |py: Python<'_>| -> PyResult<()> { py.check_signals() };
        self.raised = Python::attach(signal).err();
        self.raised.is_some()
    }
}

impl Callable {
    /// Lowers a program.
    pub fn new(py: Python<'_>, hir: Arc<hir::Program>) -> PyResult<Self> {
        let session = session()?.clone();
        let types: Vec<(Name, Annotation)> = hir
            .params
            .iter()
            .map(|&param| {
                (
                    hir.body.locals[param].name.clone(),
                    hir.body.locals[param].annotation.clone(),
                )
            })
            .collect();
        let program = py
            .detach(|| guarded(|| bise_driver::Program::new(session.clone(), hir)))?
            .map_err(|error| match error {
                CallError::Refused { diagnostics, .. } => {
                    crate::errors::program_error(py, &diagnostics, session.sources())
                }
                error => BackendError::new_err(error.to_string()),
            })?;
        let mut flattened = program.parameters().iter();
        let params = types.into_iter().map(|(name, annotation)| {
            let leaves = flattened
                .by_ref()
                .take(annotation.axes().len())
                .map(Leaf::new)
                .collect();
            Param {
                name: PyString::intern(py, &name).unbind(),
                annotation,
                leaves,
            }
        });
        let params = params.collect();
        let tables = program.tables().iter();
        let tables = tables.map(|table| PyString::intern(py, &table.name).unbind());
        let tables = tables.collect();
        Ok(Self {
            program,
            params,
            tables,
            frame: Mutex::default(),
            warm: AtomicBool::new(false),
        })
    }

    /// Calls it with one value per parameter.
    pub fn call(
        &self,
        py: Python<'_>,
        values: &[Value<'_, '_>],
        offset_provider: Option<Value<'_, '_>>,
        backend: Backend,
    ) -> PyResult<()> {
        // Another thread may be inside of the same program: then this call makes its own frame.
        let mut own;
        let mut shared;
        let frame = match self.frame.try_lock() {
            Ok(guard) => {
                shared = guard;
                &mut *shared
            }
            Err(TryLockError::Poisoned(poisoned)) => {
                shared = PoisonError::into_inner(poisoned);
                &mut *shared
            }
            Err(TryLockError::WouldBlock) => {
                own = Frame::default();
                &mut own
            }
        };
        let result = self.run(py, frame, values, offset_provider, backend);
        frame.kept.clear();
        result
    }

    fn run(
        &self,
        py: Python<'_>,
        frame: &mut Frame,
        values: &[Value<'_, '_>],
        offset_provider: Option<Value<'_, '_>>,
        backend: Backend,
    ) -> PyResult<()> {
        let work = self.fill(frame, values)?;
        let owned = self.find_tables(offset_provider)?;
        let tables: Vec<(Name, &ConnectivityTable)> = owned
            .iter()
            .zip(self.program.tables())
            .map(|(table, wanted)| (wanted.name.clone(), &**table))
            .collect();
        let args = &mut frame.args;
        let mut caller = Caller {
            callable: self,
            tables: &owned,
            raised: None,
        };
        let host = &mut caller;
        let mut call = move || guarded(|| self.program.call_with(args, &tables, backend, host));
        let brief = backend == Backend::Native && self.is_brief(work);
        let result = if brief { call() } else { py.detach(call) };
        match result? {
            Ok(()) => {
                self.warm.store(true, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => Err(caller.raised.unwrap_or_else(|| self.exception(py, &error))),
        }
    }

    /// Whether a call that handles so many values is over before others would notice.
    fn is_brief(&self, work: usize) -> bool {
        work < WORTH_RELEASING && self.warm.load(Ordering::Relaxed) && self.program.graph().loops.is_empty()
    }

    /// Gives a warning; an error is what it raises.
    fn say(&self, notice: &Notice, tables: &[Arc<ConnectivityTable>]) -> PyResult<()> {
        let wanted = self
            .program
            .tables()
            .iter()
            .position(|wanted| wanted.name == notice.table);
        match wanted.and_then(|at| tables.get(at)) {
            Some(table) => said::say(notice, table, self.program.session().sources()),
            None => Ok(()),
        }
    }

    /// Writes the arguments into the frame; gives the number of values of the largest field.
    fn fill(&self, frame: &mut Frame, values: &[Value<'_, '_>]) -> PyResult<usize> {
        let leaves = self.params.iter().map(|param| param.leaves.len()).sum::<usize>();
        if frame.args.len() != leaves {
            frame.args.clear();
            frame.args.extend(
                self.params
                    .iter()
                    .flat_map(|param| &param.leaves)
                    .map(Leaf::blank),
            );
        }
        let mut at = 0;
        for (param, value) in self.params.iter().zip(values) {
            if let (Type::Scalar(_) | Type::Field(_), [leaf]) =
                (param.annotation.ty(), param.leaves.as_slice())
            {
                leaf.fill(&mut frame.args[at], value, &mut frame.kept)?;
                at += 1;
            } else {
                let mut items = Vec::new();
                flatten(param.annotation.ty(), value, &param.name.to_string(), &mut items)?;
                for (leaf, item) in param.leaves.iter().zip(&items) {
                    leaf.fill(&mut frame.args[at], item, &mut frame.kept)?;
                    at += 1;
                }
                frame.kept.extend(items.into_iter().map(Bound::unbind));
            }
        }
        let sizes = frame.args.iter().map(|arg| match arg {
            Argument::Field(view) => view.size(),
            Argument::Scalar(_) => 0,
        });
        Ok(sizes.max().unwrap_or(0))
    }

    /// The table for each name that the program uses.
    fn find_tables(&self, provider: Option<Value<'_, '_>>) -> PyResult<Vec<Arc<ConnectivityTable>>> {
        if let Some(provider) = provider
            && !provider.is_instance_of::<PyDict>()
            && !provider.is_instance_of::<PyMapping>()
        {
            return Err(ArgumentTypeError::new_err(format!(
                "'offset_provider' is a mapping from names to tables, {{\"V2E\": table}}, not {}",
                describe(&provider)
            )));
        }
        if self.tables.is_empty() {
            return Ok(Vec::new());
        }
        let missing = |name: &Name| {
            TableError::new_err(format!(
                "'{}' needs a table for '{name}': pass offset_provider={{\"{name}\": table}}",
                self.program.name()
            ))
        };
        let find = |(wanted, key): (&TableUse, &Py<PyString>)| {
            let name = &wanted.name;
            let provider = provider.ok_or_else(|| missing(name))?;
            let table = match provider.cast::<PyDict>() {
                Ok(dict) => dict.get_item(key)?,
                Err(_) => provider.get_item(key).ok(),
            };
            table_of(&table.ok_or_else(|| missing(name))?, wanted)
        };
        self.program.tables().iter().zip(&self.tables).map(find).collect()
    }

    fn exception(&self, py: Python<'_>, error: &CallError) -> PyErr {
        let text = error.to_string();
        match error {
            CallError::Refused { diagnostics, .. } => {
                crate::errors::call_error(py, diagnostics, &text, self.program.session().sources())
            }
            CallError::Allocation(_) | CallError::OutOfMemory { .. } => {
                pyo3::exceptions::PyMemoryError::new_err(text)
            }
            CallError::Compile { .. } => CompilerBug::new_err(text),
            CallError::Reference(_) | CallError::Stopped | CallError::Interrupted => {
                BackendError::new_err(text)
            }
        }
    }
}

impl Leaf {
    fn new(parameter: &bise_driver::Parameter) -> Self {
        let (dims, written) = match &parameter.kind {
            ParameterKind::Scalar => (None, false),
            ParameterKind::Field { dims, written } => (Some(intern(dims)), *written),
        };
        Self {
            name: parameter.name.clone(),
            dtype: parameter.dtype,
            axes: ArrayAxes::new(&parameter.annotation),
            dims,
            written,
        }
    }

    /// A place for an argument.
    fn blank(&self) -> Argument<'static> {
        if self.dims.is_none() {
            return Argument::Scalar(Scalar::integer(self.dtype, 0));
        }
        // SAFETY: a view of one element that is never read: the frame is filled before every call.
        let view = unsafe { FieldView::new(std::ptr::dangling_mut(), self.dtype, Vec::new(), false) };
        Argument::Field(view)
    }
}

impl ArrayAxes {
    fn new(annotation: &Annotation) -> Self {
        let axes = annotation.axes().first().cloned().flatten();
        let (Some(axes), Some(order)) = (axes, annotation.order()) else {
            return Self::Unknown;
        };
        if order.is_sorted() {
            return Self::Canonical;
        }
        Self::Written(order.into(), intern(&axes))
    }
}

/// The leaves of a (nested) tuple, checked against its type.
fn flatten<'py>(
    ty: &Type,
    value: &Bound<'py, PyAny>,
    name: &str,
    items: &mut Vec<Bound<'py, PyAny>>,
) -> PyResult<()> {
    let Type::Tuple(types) = ty else {
        items.push(value.clone());
        return Ok(());
    };
    let wrong = |what: String| {
        ArgumentTypeError::new_err(format!(
            "argument '{name}' is a tuple of {} values, {ty}, not {what}",
            types.len()
        ))
    };
    let Some(tuple) = elements(value)? else {
        return Err(wrong(describe(value)));
    };
    if tuple.len() != types.len() {
        return Err(wrong(format!("of {}", tuple.len())));
    }
    for (at, (ty, item)) in types.iter().zip(tuple.iter()).enumerate() {
        flatten(ty, &item, &format!("{name}[{at}]"), items)?;
    }
    Ok(())
}
