//! What is worth knowing about calls becomes Python warnings: once for each line and table, however often and from
//! however many threads the line is called.
//!
//! A warning may raise an exception, and then stops the call; it is said again by the next. So a thread that comes upon
//! a warning that another is about to give waits for what becomes of it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{self, ThreadId};

use bise_base::{SourceMap, Style, render};
use bise_driver::Notice;
use bise_field::ConnectivityTable;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

use crate::errors::MissingNeighbourWarning;

/// A warning that has been given, or that a thread gives now.
struct Said {
    table: Weak<ConnectivityTable>,
    place: String,
    by: Option<ThreadId>,
}

impl Said {
    fn is(&self, table: &Arc<ConnectivityTable>, place: &str) -> bool {
        self.place == place && std::ptr::eq(self.table.as_ptr(), Arc::as_ptr(table))
    }
}

static SAID: Mutex<Vec<Said>> = Mutex::new(Vec::new());
/// What Python's filters remember.
static REGISTRY: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
static CHANGED: Condvar = Condvar::new();

fn lock() -> MutexGuard<'static, Vec<Said>> {
    SAID.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Gives a warning, unless it has been given for this line and table. An error is what it raises.
pub(super) fn say(notice: &Notice, table: &Arc<ConnectivityTable>, sources: &SourceMap) -> PyResult<()> {
    let span = notice.diagnostic.primary.span;
    let place = sources.locate(span);
    if !Python::attach(|py| py.detach(|| claim(table, &place))) {
        return Ok(());
    }
    let source = sources.get(span.source);
    let text = render(&notice.diagnostic, sources, Style::Plain);
    let line = source.line_column(span.start).0;
    let result = Python::attach(|py| {
        let category = py.get_type::<MissingNeighbourWarning>();
        let warnings = py.import("warnings")?;
        let arguments = (format!("\n{text}"), category, &source.name, line);
        // As `__warningregistry__` of a module: what reads the same is not shown again, as for any warning.
        let options = PyDict::new(py);
        options.set_item("registry", REGISTRY.get_or_init(py, || PyDict::new(py).unbind()))?;
        warnings.call_method("warn_explicit", arguments, Some(&options))?;
        Ok(())
    });
    let mut said = lock();
    if let Some(at) = said.iter().position(|known| known.is(table, &place)) {
        if result.is_ok() {
            said[at].by = None;
        } else {
            said.swap_remove(at);
        }
    }
    CHANGED.notify_all();
    result
}

/// Whether this thread is to give the warning. Waits for another thread that gives it; does not hold Python's lock.
fn claim(table: &Arc<ConnectivityTable>, place: &str) -> bool {
    let mut said = lock();
    loop {
        match said.iter().find(|known| known.is(table, place)) {
            // What is called while the warning is given may call the same line.
            Some(known) if known.by.is_none_or(|by| by == thread::current().id()) => return false,
            Some(_) => said = CHANGED.wait(said).unwrap_or_else(PoisonError::into_inner),
            None => break,
        }
    }
    // The dead are buried when the next is born.
    said.retain(|known| known.table.strong_count() > 0);
    said.push(Said {
        table: Arc::downgrade(table),
        place: place.to_owned(),
        by: Some(thread::current().id()),
    });
    true
}
