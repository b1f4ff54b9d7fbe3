//! How long it took to compile.

use std::time::{Duration, Instant};

use bise_jit::Origin;
use serde::Serialize;

/// The times of the last compilation of a program, in milliseconds of wall time.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct CompileReport {
    /// Parsing and checking, where whoever did it said so: see `Program::set_front_time`.
    pub front: f64,
    /// hir to iter with its passes.
    pub lower: f64,
    /// iter to loops.
    pub specialize: f64,
    /// loops to LLVM text.
    pub codegen: f64,
    /// LLVM: text to object code. Zero where the object was cached.
    pub llvm: f64,
    /// Looking in the cache, linking, finding entries.
    pub load: f64,
    /// All objects came from the cache.
    pub cached: bool,
}

impl CompileReport {
    /// Of a variant whose code is loaded now.
    pub(crate) fn new(specialize: f64) -> Self {
        Self {
            specialize,
            cached: true,
            ..Self::default()
        }
    }

    /// Adds the times of an object.
    pub(crate) fn add(&mut self, origin: Origin) {
        let (Origin::Compiled(times) | Origin::Cached(times)) = origin;
        let milliseconds = |duration: Duration| duration.as_secs_f64() * 1e3;
        self.llvm += milliseconds(times.parse + times.passes + times.codegen);
        self.load += milliseconds(times.link);
        self.cached &= matches!(origin, Origin::Cached(_));
    }

    /// All of it.
    pub fn total(&self) -> f64 {
        self.front + self.lower + self.specialize + self.codegen + self.llvm + self.load
    }
}

/// Measures a stage.
pub(crate) struct Clock(Instant);

impl Clock {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn milliseconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64() * 1e3
    }
}
