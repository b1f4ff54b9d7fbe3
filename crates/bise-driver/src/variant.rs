//! A program specialised to layouts, tables and coinciding domains: loop nests, plan, and machine code once it is asked
//! for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bise_field::{Axis, ConnectivityTable};
use bise_iter::Graph;
use bise_iter::analysis::cuts::{Cuts, cuts};
use bise_jit::{Entry, Library};
use bise_lang::plan::{CutOrder, Layout, Plan, Specialization};
use bise_lang::{Bound, DType, Dimension};
use bise_loops::{FrameLayout, Kernel};

use crate::arguments::Known;
use crate::bounds::{Evaluator, Interval};
use crate::modules::modules;
use crate::report::Clock;
use crate::rows::RowUse;
use crate::runs::Runs;
use crate::{CallError, CompileReport, Options, Parameter, Session, pipeline};

/// What calls with one specialisation share.
#[derive(Debug)]
pub(crate) struct Variant {
    pub(crate) specialization: Specialization,
    pub(crate) kernels: Vec<Kernel>,
    /// One per kernel.
    pub(crate) frames: Vec<FrameLayout>,
    pub(crate) plan: Plan,
    /// Per part of the plan: the rows that it reads of tables.
    pub(crate) rows: Vec<Vec<RowUse>>,
    code: Mutex<Option<Arc<Code>>>,
    /// How long lowering took.
    lowering: f64,
}

/// The machine code of a variant: one entry per kernel.
#[derive(Debug, Default)]
pub(crate) struct Code {
    pub(crate) entries: Vec<Entry>,
    /// Keeps the entries valid.
    libraries: Vec<Arc<Library>>,
}

impl Variant {
    /// Lowers a graph to loops.
    pub(crate) fn new(graph: &Graph, specialization: Specialization, options: &Options) -> Self {
        let clock = Clock::start();
        let (kernels, plan) = pipeline::specialize(graph, &specialization, options);
        let lowering = clock.milliseconds();
        let frames = kernels.iter().map(Kernel::frame).collect();
        let rows = plan.statements.iter().map(|statement| {
            let launches = statement.launches.iter().enumerate();
            launches
                .flat_map(|(at, launch)| RowUse::find(&kernels[launch.kernel], at, launch))
                .collect()
        });
        Self {
            specialization,
            rows: rows.collect(),
            frames,
            kernels,
            plan,
            code: Mutex::default(),
            lowering,
        }
    }

    /// The machine code, and how it was made if that happened now. Other threads that want it wait.
    pub(crate) fn code(
        &self,
        program: &str,
        session: &Session,
    ) -> Result<(Arc<Code>, Option<CompileReport>), CallError> {
        let mut slot = self.code.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(code) = &*slot {
            return Ok((code.clone(), None));
        }
        let mut report = CompileReport::new(self.lowering);
        let mut code = Code::default();
        for module in modules(&self.kernels) {
            let clock = Clock::start();
            let text = pipeline::generate(&module, session.options());
            report.codegen += clock.milliseconds();
            let library = pipeline::load(&text, &module, session)
                .map_err(|error| CallError::compiling(program, &error))?;
            report.add(library.origin);
            code.add(&library, module.len());
        }
        let code = Arc::new(code);
        *slot = Some(code.clone());
        Ok((code, Some(report)))
    }
}

impl Code {
    /// Adds the kernels of a module.
    fn add(&mut self, library: &Arc<Library>, kernels: usize) {
        self.entries
            .extend((0..kernels).map(|kernel| library.entry(kernel)));
        self.libraries.push(library.clone());
    }
}

/// What code for a call may depend on. Occasions are told what is compiled for them.
pub(crate) fn specialize(
    graph: &Graph,
    parameters: &[Parameter],
    known: &[Known<'_>],
    tables: &[&ConnectivityTable],
    runs: &mut Runs<'_>,
    vector_bits: u32,
) -> Specialization {
    let params = parameters
        .iter()
        .zip(known)
        .map(|(parameter, known)| match known {
            Known::Field { axes, .. } => layout(parameter.dtype, axes),
            Known::Scalar(_) => Layout::default(),
        });
    let mut specialization = Specialization {
        params: params.collect(),
        tables: tables.iter().map(|table| table.shape()).collect(),
        statements: Vec::new(),
        domains: Vec::new(),
        cuts: Vec::new(),
        vector_bits,
    };
    let cuts: Vec<Vec<Cuts>> = graph.statements.iter().map(|of| cuts(graph, of)).collect();
    let mut parts: HashMap<(usize, Vec<u32>, Vec<CutOrder>), usize> = HashMap::new();
    for occasion in &mut runs.occasions {
        let domains = coinciding(&occasion.evaluator);
        let orders = cuts[occasion.statement].iter();
        let orders: Vec<CutOrder> = orders
            .map(|along| cut_order(along, &occasion.evaluator))
            .collect();
        let new = parts.len();
        let key = (occasion.statement, domains.clone(), orders.clone());
        occasion.part = *parts.entry(key).or_insert(new);
        if occasion.part == new {
            specialization.statements.push(occasion.statement as u32);
            specialization.domains.push(domains);
            specialization.cuts.push(orders);
        }
    }
    specialization
}

/// In which order the ends of pieces come in a call.
fn cut_order(along: &Cuts, evaluator: &Evaluator<'_>) -> CutOrder {
    let value = |base: &Option<Bound>| base.as_ref().map_or(0, |base| evaluator.bound(base));
    CutOrder::new(&along.bases.iter().map(value).collect::<Vec<_>>(), along.far)
}

/// Axes from the largest stride to the smallest. Axes along which nothing changes in memory come first, so that the
/// last is one along which elements are adjacent, if there is one.
fn layout(dtype: DType, axes: &[Axis]) -> Layout {
    let mut order: Vec<usize> = (0..axes.len()).collect();
    let key = |&axis: &usize| match axes[axis].stride.unsigned_abs() {
        0 => usize::MAX,
        stride => stride,
    };
    order.sort_by_key(|axis| std::cmp::Reverse(key(axis)));
    let last = order.last().map(|&axis| axes[axis].stride);
    Layout {
        order,
        unit: last == Some(dtype.size() as isize),
    }
}

/// Per output of a statement: the first with the same domain.
fn coinciding(statement: &Evaluator<'_>) -> Vec<u32> {
    let mut first: HashMap<&[(Dimension, Interval)], u32> = HashMap::new();
    let outputs = statement.outputs.iter().enumerate();
    outputs
        .map(|(at, output)| *first.entry(output).or_insert(at as u32))
        .collect()
}
