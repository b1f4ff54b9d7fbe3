//! A program that can be called.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use bise_base::{Diagnostic, Diagnostics, Name, Style, render};
use bise_field::ConnectivityTable;
use bise_hir as hir;
use bise_iter::{Graph, Op, ParamKind, Step};
use bise_jit::standard_floats;
use bise_lang::plan::Specialization;
use bise_lang::{Annotation, Type};

use crate::arguments::Known;
use crate::bounds::Evaluator;
use crate::check_arguments::{check_arguments, find_tables};
use crate::check_bounds::{self, check_columns};
use crate::host::{Host, Silent};
use crate::launch::Binding;
use crate::missing::{self, Lasting, Missing};
use crate::reference::{self, Arguments};
use crate::report::Clock;
use crate::runs::{Occasion, Runs, varying};
use crate::variant::{Variant, specialize};
use crate::{
    Argument, Backend, CallError, CompileReport, Parameter, ParameterKind, Session, TableUse, bind, pipeline,
};

/// How many bindings a program keeps: the calls that a model makes of one program in one time step.
const BINDINGS: usize = 8;

/// How many words all frames of those together may have: 32 MB.
const MOST_WORDS: usize = 4 << 20;

/// Boxed, because every call takes one out and puts it back.
type Idle = Vec<Box<Binding>>;

/// A place for the variant of one specialisation. Whoever asks for it first lowers it, others wait.
#[derive(Debug)]
struct Slot {
    specialization: Specialization,
    variant: OnceLock<Arc<Variant>>,
}

/// A program with the machine code that its calls have asked for so far. Shared by every thread.
#[derive(Debug)]
pub struct Program {
    session: Arc<Session>,
    /// Absent where it was made from iter.
    hir: Option<Arc<hir::Program>>,
    graph: Graph,
    /// Per loop: whether domains depend on its variable.
    varying: Vec<bool>,
    parameters: Vec<Parameter>,
    tables: Vec<TableUse>,
    variants: Mutex<Vec<Arc<Slot>>>,
    /// Bindings that are not running, the last used at the end. A call takes one out while it runs.
    idle: Mutex<Idle>,
    report: Mutex<CompileReport>,
    /// What is made of missing neighbours.
    pub(crate) missing: Missing,
}

impl Program {
    /// Lowers a program as far as that does not depend on arguments.
    pub fn new(session: Arc<Session>, hir: Arc<hir::Program>) -> Result<Self, CallError> {
        let clock = Clock::start();
        // Constants are folded on the way.
        let graph = standard_floats(|| pipeline::lower(&hir, session.options()));
        let graph = graph.map_err(|diagnostics| CallError::refused(diagnostics, session.sources()))?;
        let mut program = Self::from_graph(session, graph);
        program.declare(&hir);
        program.hir = Some(hir);
        lock(&program.report).lower = clock.milliseconds();
        Ok(program)
    }

    /// A program of which there is no more than its verified graph.
    pub fn from_graph(session: Arc<Session>, graph: Graph) -> Self {
        Self {
            parameters: parameters(&graph),
            varying: varying(&graph),
            tables: tables(&graph),
            session,
            hir: None,
            graph,
            variants: Mutex::default(),
            idle: Mutex::default(),
            report: Mutex::default(),
            missing: Missing::default(),
        }
    }

    /// Gives each parameter the span of the one that it is a leaf of, and what it is declared as.
    fn declare(&mut self, hir: &hir::Program) {
        for (parameter, annotation) in self.parameters.iter_mut().zip(hir.annotations()) {
            parameter.annotation = annotation;
        }
        let spans = hir.params.iter().flat_map(|&param| {
            let local = &hir.body.locals[param];
            std::iter::repeat_n(local.span, local.ty().leaves().len())
        });
        for (parameter, span) in self.parameters.iter_mut().zip(spans) {
            parameter.span = span;
        }
    }

    /// As [`Program::call_with`] where nobody hears what is worth knowing.
    pub fn call(
        &self,
        args: &[Argument<'_>],
        tables: &[(Name, &ConnectivityTable)],
        backend: Backend,
    ) -> Result<(), CallError> {
        self.call_with(args, tables, backend, &mut Silent)
    }

    /// Runs it. Tables that it does not use are ignored. Arguments are checked before anything is written; what is
    /// worth knowing of a call unlike those before is told to the host, who may stop it, and is asked between the rounds
    /// of loops whether to go on. Several threads may call at once, as long as none writes what another uses. The
    /// floating-point state of the calling thread neither matters nor changes.
    pub fn call_with(
        &self,
        args: &[Argument<'_>],
        tables: &[(Name, &ConnectivityTable)],
        backend: Backend,
        host: &mut dyn Host,
    ) -> Result<(), CallError> {
        match backend {
            Backend::Native => match self.take(args, tables) {
                Some(mut binding) => {
                    let result = binding.run(args, host);
                    self.give_back(binding);
                    result
                }
                None => standard_floats(|| self.call_anew(args, tables, host)),
            },
            Backend::Reference => standard_floats(|| self.interpret(args, tables, host)),
        }
    }

    /// Takes out a binding that fits, if one is idle.
    fn take(&self, args: &[Argument<'_>], tables: &[(Name, &ConnectivityTable)]) -> Option<Box<Binding>> {
        let mut idle = lock(&self.idle);
        let position = idle.iter().rposition(|binding| binding.fits(args, tables))?;
        Some(idle.remove(position))
    }

    fn give_back(&self, binding: Box<Binding>) {
        let mut idle = lock(&self.idle);
        idle.push(binding);
        let words = |idle: &Idle| idle.iter().map(|binding| binding.words.len()).sum::<usize>();
        // Calls whose rounds are laid out are large; the last one is kept in any case.
        while idle.len() > BINDINGS || (idle.len() > 1 && words(&idle) > MOST_WORDS) {
            idle.remove(0);
        }
    }

    /// A call that is not like one before: everything is checked.
    fn call_anew(
        &self,
        args: &[Argument<'_>],
        given: &[(Name, &ConnectivityTable)],
        host: &mut dyn Host,
    ) -> Result<(), CallError> {
        let tables = self.check_arguments(args, given)?;
        let known = self.known(args);
        let mut runs = self.runs(&known, &tables)?;
        let variant = self.check_bounds(&known, &tables, &mut runs)?;
        let call = missing::Call {
            args,
            known: &known,
            tables: &tables,
            given,
            runs: &runs,
            backend: Backend::Native,
        };
        let lasting = self.check_missing(&call, host)?;
        let (code, report) = variant.code(&self.graph.name, &self.session)?;
        if let Some(report) = report {
            self.note(&report);
        }
        let call = bind::Call {
            graph: &self.graph,
            parameters: &self.parameters,
            variant: &variant,
            args,
            tables: &tables,
            given,
            runs: &runs,
            threads: self.session.options().threads,
        };
        let mut binding = Box::new(bind::bind(&call, code)?);
        let result = binding.run(args, host);
        if lasting == Lasting::Always {
            self.give_back(binding);
        }
        result
    }

    fn interpret(
        &self,
        args: &[Argument<'_>],
        given: &[(Name, &ConnectivityTable)],
        host: &mut dyn Host,
    ) -> Result<(), CallError> {
        let tables = self.check_arguments(args, given)?;
        let known = self.known(args);
        let mut runs = self.runs(&known, &tables)?;
        self.check_bounds(&known, &tables, &mut runs)?;
        let call = missing::Call {
            args,
            known: &known,
            tables: &tables,
            given,
            runs: &runs,
            backend: Backend::Reference,
        };
        self.check_missing(&call, host)?;
        let mut memory = Arguments {
            args,
            tables: &tables,
        };
        bise_interp::run(&self.graph, &mut memory).map_err(|error| {
            let Some(diagnostic) = reference::diagnostic(&error) else {
                return CallError::OutOfMemory {
                    doing: "interpret",
                    program: self.name().to_string(),
                };
            };
            CallError::Reference(render(&diagnostic, self.session.sources(), Style::Plain))
        })
    }

    /// Compares arguments with parameters and finds the tables.
    fn check_arguments<'a>(
        &self,
        args: &[Argument<'_>],
        given: &[(Name, &'a ConnectivityTable)],
    ) -> Result<Vec<&'a ConnectivityTable>, CallError> {
        let name = &self.graph.name;
        let span = self.hir.as_ref().map(|hir| hir.span).unwrap_or_default();
        let mut diagnostics = check_arguments(name, span, &self.parameters, args);
        match find_tables(name, span, &self.tables, given) {
            Ok(tables) if diagnostics.is_empty() => return Ok(tables),
            Ok(_) => {}
            Err(missing) => diagnostics.extend(missing),
        }
        Err(self.refused(diagnostics))
    }

    /// Finds the variant of a call, and proves with its plan that the call stays within its arguments.
    pub(crate) fn check_bounds(
        &self,
        known: &[Known<'_>],
        tables: &[&ConnectivityTable],
        runs: &mut Runs<'_>,
    ) -> Result<Arc<Variant>, CallError> {
        let options = self.session.options();
        let specialization = specialize(
            &self.graph,
            &self.parameters,
            known,
            tables,
            runs,
            options.vector_bits,
        );
        let columns = check_columns(&self.graph, &specialization);
        if !columns.is_empty() {
            return Err(self.refused(columns));
        }
        let variant = self.variant(specialization);
        let call = check_bounds::Call {
            graph: &self.graph,
            known,
        };
        let mut diagnostics = Diagnostics::new();
        let mut failed = None;
        for Occasion {
            statement,
            evaluator,
            part,
            ..
        } in &runs.occasions
        {
            // The first round that is wrong says it; what follows in this round may be wrong too.
            if failed.is_some_and(|last| *statement <= last) {
                break;
            }
            let (plan, rows) = (&variant.plan.statements[*part], &variant.rows[*part]);
            let found = call.check(*statement, plan, rows, evaluator);
            if !found.is_empty() {
                failed = Some(*statement);
            }
            diagnostics.extend(found.into_iter().map(|found| self.in_round(found, evaluator)));
        }
        if diagnostics.is_empty() {
            Ok(variant)
        } else {
            Err(self.refused(diagnostics))
        }
    }

    /// Says in which round of the loops around something is wrong.
    fn in_round(&self, found: Diagnostic, evaluator: &Evaluator<'_>) -> Diagnostic {
        let name = |param: u32| &self.graph.params[param as usize].name;
        let values = evaluator.variables.iter();
        let values: Vec<String> = values
            .map(|(param, value)| format!("`{}` is {value}", name(*param)))
            .collect();
        if values.is_empty() {
            return found;
        }
        found.note(format!("where {}", values.join(" and ")))
    }

    /// The variant of that specialisation, lowered now if it is new. Others are lowered meanwhile, if they are asked for.
    pub(crate) fn variant(&self, specialization: Specialization) -> Arc<Variant> {
        let slot = {
            let mut variants = lock(&self.variants);
            let known = variants.iter().find(|slot| slot.specialization == specialization);
            known.cloned().unwrap_or_else(|| {
                let slot = Arc::new(Slot {
                    specialization,
                    variant: OnceLock::new(),
                });
                variants.push(slot.clone());
                slot
            })
        };
        let lowered = || {
            let specialization = slot.specialization.clone();
            Arc::new(Variant::new(&self.graph, specialization, self.session.options()))
        };
        slot.variant.get_or_init(lowered).clone()
    }

    fn known<'a>(&'a self, args: &'a [Argument<'_>]) -> Vec<Known<'a>> {
        self.parameters
            .iter()
            .zip(args)
            .map(|(parameter, argument)| Known::new(parameter, argument))
            .collect()
    }

    /// What a call carries out.
    pub(crate) fn runs<'a>(
        &self,
        known: &[Known<'_>],
        tables: &'a [&'a ConnectivityTable],
    ) -> Result<Runs<'a>, CallError> {
        let leaves = known.iter().map(Known::leaf).collect();
        Runs::new(&self.graph, &self.varying, &leaves, tables)
            .map_err(|diagnostics| self.refused(diagnostics))
    }

    pub(crate) fn refused(&self, diagnostics: Diagnostics) -> CallError {
        CallError::refused(diagnostics, self.session.sources())
    }

    fn note(&self, report: &CompileReport) {
        let mut last = lock(&self.report);
        *last = CompileReport {
            front: last.front,
            lower: last.lower,
            ..report.clone()
        };
    }
}

/// What there is to know about a program.
impl Program {
    /// The session it belongs to.
    pub fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// What it was made from.
    pub fn hir(&self) -> Option<&Arc<hir::Program>> {
        self.hir.as_ref()
    }

    /// Its functional core.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Its name.
    pub fn name(&self) -> &Name {
        &self.graph.name
    }

    /// Its parameters, flattened: one per argument of a call.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The connectivities that a call must give.
    pub fn tables(&self) -> &[TableUse] {
        &self.tables
    }

    /// Whether an output domain depends on the scalar that is parameter number `param`.
    pub fn is_in_bounds(&self, param: usize) -> bool {
        bind::scalars_in_bounds(&self.graph).contains(&(param as u32))
    }

    /// How long the last compilation took.
    pub fn last_compile(&self) -> CompileReport {
        lock(&self.report).clone()
    }

    /// Notes how many milliseconds the front end took, for [`Program::last_compile`].
    pub fn set_front_time(&self, milliseconds: f64) {
        lock(&self.report).front = milliseconds;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn parameters(graph: &Graph) -> Vec<Parameter> {
    let is_written = |at: usize| {
        let mut outputs = graph.statements.iter().flat_map(|statement| &statement.outputs);
        outputs.any(|output| output.param as usize == at)
    };
    let parameter = |(at, param): (usize, &bise_iter::Param)| Parameter {
        name: param.name.clone(),
        dtype: param.dtype,
        kind: match &param.kind {
            ParamKind::Scalar => ParameterKind::Scalar,
            ParamKind::Field(dims) => ParameterKind::Field {
                dims: dims.clone(),
                written: is_written(at),
            },
        },
        annotation: Annotation::from(match &param.kind {
            ParamKind::Scalar => Type::Scalar(param.dtype),
            ParamKind::Field(dims) => Type::field(dims.iter().cloned(), param.dtype),
        }),
        span: bise_base::Span::default(),
    };
    graph.arguments().iter().enumerate().map(parameter).collect()
}

fn tables(graph: &Graph) -> Vec<TableUse> {
    let columns = |position: usize| {
        let reads = graph.nodes.values().filter_map(|node| match &node.op {
            Op::Shift {
                step: Step::Neighbor { table, index },
                ..
            } if *table as usize == position => Some(*index as usize + 1),
            _ => None,
        });
        reads.max().unwrap_or(0)
    };
    let used = graph.tables.iter().enumerate().map(|(at, table)| TableUse {
        name: table.name.clone(),
        origin: table.origin.clone(),
        local: table.local.clone(),
        codomain: table.codomain.clone(),
        columns: columns(at),
    });
    used.collect()
}
