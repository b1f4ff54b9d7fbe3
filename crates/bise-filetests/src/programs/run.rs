//! One run of one program: on the interpreter, and as machine code in every variant.

use std::collections::BTreeMap;
use std::sync::Arc;

use bise_base::Name;
use bise_driver::{Argument, Backend, CallError, Program};
use bise_field::{Buffer, FieldView};
use bise_hir as hir;
use bise_iter::{Graph, ParamKind};
use bise_lang::Scalar;

use super::Sessions;
use super::expect::{Neighbors, Scope, check};
use super::memory::{MemoryLayout, allocate, fill, part, read, turned};
use super::sample::{Random, Sample, TableSample, scalar, table};
use super::spec::{Generator, Input, Run};

/// An argument before it is laid out in memory.
pub(super) enum Given {
    Scalar(Scalar),
    Field(Sample),
    /// A field in the memory of another parameter, by position.
    Alias(usize, Sample),
}

/// All that a call is given.
pub(super) struct Case {
    pub(super) given: Vec<Given>,
    pub(super) tables: BTreeMap<String, TableSample>,
}

/// Runs a program in all variants.
pub(super) fn run(run: &Run, program: &Arc<hir::Program>, sessions: &Sessions) -> Result<(), String> {
    let raw = bise_lower::hir_to_iter::hir_to_iter(program).map_err(|reasons| format!("{reasons:?}"))?;
    let case = prepare(run, &raw)?;
    let (_, _, session) = sessions.all.first().ok_or("no session")?;
    let unoptimised = Program::from_graph(Arc::clone(session), raw);
    let before = case.fields();
    let reference = case.call(&unoptimised, MemoryLayout::C, Backend::Reference);
    if let Some(code) = &run.refuse {
        refused(&reference, code, &before)?;
    }
    if let Outcome::Done(after) = &reference {
        check_expects(run, &unoptimised, &case, after)?;
    }
    if run.refuse.is_none()
        && let Outcome::Failed(error, _) = &reference
    {
        return Err(format!("refused: {error}"));
    }
    let mut compiled: Vec<Program> = Vec::new();
    for (threads, vector_bits, session) in &sessions.all {
        let native =
            Program::new(Arc::clone(session), Arc::clone(program)).map_err(|error| error.to_string())?;
        for layout in MemoryLayout::ALL {
            // The second call finds everything bound already.
            for call in ["first", "second"] {
                let outcome = case.call(&native, layout, Backend::Native);
                agree(&reference, &outcome, &before).map_err(|problem| {
                    format!("{threads} threads, {vector_bits} bits, {layout:?}, {call} call: {problem}")
                })?;
            }
        }
        compiled.push(native);
    }
    let optimised = compiled.first().ok_or("no session")?;
    let outcome = case.call(optimised, MemoryLayout::Odd, Backend::Reference);
    agree(&reference, &outcome, &before)
        .map_err(|problem| format!("after the passes, interpreted: {problem}"))
}

/// What came of a call: the fields afterwards, in order of the parameters.
pub(super) enum Outcome {
    Done(Vec<Sample>),
    Failed(CallError, Vec<Sample>),
}

fn prepare(run: &Run, graph: &Graph) -> Result<Case, String> {
    let mut given = Vec::new();
    for param in graph.arguments() {
        let input = run.params.get(param.name.as_str()).cloned().unwrap_or_default();
        given.push(match &param.kind {
            ParamKind::Scalar => Given::Scalar(scalar(
                &input.generator,
                param.dtype,
                &mut Random::new(&param.name),
            )?),
            ParamKind::Field(dims) => {
                let Input { ranges, generator } = &input;
                let fill = if matches!(generator, Generator::Alias(_)) {
                    &Generator::Random
                } else {
                    generator
                };
                let sample = Sample::new(&param.name, (dims, param.dtype), (ranges, &run.domain), fill)?;
                match generator {
                    Generator::Alias(of) => {
                        let owner = graph.params.iter().position(|other| other.name == of.as_str());
                        Given::Alias(owner.ok_or_else(|| format!("there is no `{of}`"))?, sample)
                    }
                    _ => Given::Field(sample),
                }
            }
        });
    }
    for name in run.params.keys() {
        if !graph.params.iter().any(|param| param.name == name.as_str()) {
            return Err(format!("there is no parameter `{name}`"));
        }
    }
    let tables = run
        .tables
        .iter()
        .map(|(name, source)| Ok((name.clone(), table(name, source)?)));
    let mut case = Case {
        given,
        tables: tables.collect::<Result<_, String>>()?,
    };
    case.fill_aliases();
    Ok(case)
}

impl Case {
    /// An alias holds what its owner holds.
    fn fill_aliases(&mut self) {
        for at in 0..self.given.len() {
            let Given::Alias(owner, sample) = &self.given[at] else {
                continue;
            };
            let (Given::Field(owner), mut sample) = (&self.given[*owner], sample.clone()) else {
                continue;
            };
            let values = sample
                .points()
                .into_iter()
                .zip(&sample.values)
                .map(|(point, &own)| {
                    let value = owner.get(&point);
                    value.unwrap_or(own)
                });
            sample.values = values.collect();
            if let Given::Alias(_, alias) = &mut self.given[at] {
                *alias = sample;
            }
        }
    }

    /// The fields, in order of the parameters.
    pub(super) fn fields(&self) -> Vec<Sample> {
        let fields = self.given.iter().filter_map(|given| match given {
            Given::Scalar(_) => None,
            Given::Field(sample) | Given::Alias(_, sample) => Some(sample.clone()),
        });
        fields.collect()
    }

    /// Lays the arguments out, calls, and reads the fields back.
    pub(super) fn call(&self, program: &Program, layout: MemoryLayout, backend: Backend) -> Outcome {
        self.try_call(program, layout, backend)
            .unwrap_or_else(|problem| panic!("the test runner fails: {problem}"))
    }

    fn try_call(&self, program: &Program, layout: MemoryLayout, backend: Backend) -> Result<Outcome, String> {
        let mut buffers = Vec::new();
        for given in &self.given {
            buffers.push(match given {
                Given::Field(sample) => Some(allocate(sample, layout)?),
                Given::Scalar(_) | Given::Alias(..) => None,
            });
        }
        let whole: Vec<Option<FieldView<'_>>> = buffers
            .iter_mut()
            .map(|buffer| buffer.as_mut().map(Buffer::view_mut))
            .collect();
        let mut parts = Vec::new();
        for (given, view) in self.given.iter().zip(&whole) {
            parts.push(match (given, view) {
                (Given::Field(sample), Some(view)) => Some(part(view, &sample.ranges)?),
                _ => None,
            });
        }
        let mut turns = Vec::new();
        for view in &parts {
            turns.push(view.as_ref().map(|view| turned(view, layout)).transpose()?);
        }
        let mut args = Vec::new();
        for (at, given) in self.given.iter().enumerate() {
            let (view, sample) = match given {
                Given::Scalar(value) => {
                    args.push(Argument::Scalar(*value));
                    continue;
                }
                Given::Field(sample) => (&turns[at], sample),
                Given::Alias(owner, sample) => (&turns[*owner], sample),
            };
            let view = view.as_ref().ok_or("an alias of what is no field")?;
            let view = part(view, &sample.ranges)?;
            fill(&view, sample)?;
            args.push(Argument::Field(view));
        }
        let tables: Vec<(Name, &bise_field::ConnectivityTable)> = self
            .tables
            .iter()
            .map(|(name, sample)| (Name::new(name), &sample.table))
            .collect();
        let result = program.call(&args, &tables, backend);
        let mut after = Vec::new();
        for (argument, given) in args.iter().zip(&self.given) {
            if let (Argument::Field(view), Given::Field(sample) | Given::Alias(_, sample)) = (argument, given)
            {
                after.push(read(view, sample)?);
            }
        }
        Ok(match result {
            Ok(()) => Outcome::Done(after),
            Err(error) => Outcome::Failed(error, after),
        })
    }
}

/// The call was refused with that code, and nothing was written.
fn refused(outcome: &Outcome, code: &str, before: &[Sample]) -> Result<(), String> {
    match outcome {
        Outcome::Done(_) => Err(format!("was not refused; {code} was expected")),
        Outcome::Failed(error, after) => {
            same(before, after).map_err(|problem| format!("refused, but {problem}"))?;
            let codes: Vec<&str> = error
                .diagnostics()
                .iter()
                .map(|diagnostic| diagnostic.code.id)
                .collect();
            if codes.contains(&code) {
                Ok(())
            } else {
                Err(format!("refused with {codes:?} instead of {code}: {error}"))
            }
        }
    }
}

pub(super) fn agree(reference: &Outcome, outcome: &Outcome, before: &[Sample]) -> Result<(), String> {
    match (reference, outcome) {
        (Outcome::Done(wanted), Outcome::Done(found)) => same(wanted, found),
        (Outcome::Failed(wanted, _), Outcome::Failed(..)) => {
            let first = wanted.diagnostics().first();
            refused(
                outcome,
                first.map_or("a diagnostic", |diagnostic| diagnostic.code.id),
                before,
            )
        }
        (Outcome::Done(_), Outcome::Failed(error, _)) => Err(format!("refused: {error}")),
        (Outcome::Failed(error, _), Outcome::Done(_)) => {
            Err(format!("not refused, unlike the interpreter: {error}"))
        }
    }
}

/// Whether all fields have the same bits; a NaN is a NaN.
fn same(wanted: &[Sample], found: &[Sample]) -> Result<(), String> {
    for (number, (wanted, found)) in wanted.iter().zip(found).enumerate() {
        let points = wanted.points();
        let pairs = wanted.values.iter().zip(&found.values);
        let mut differing = pairs.zip(&points).filter(|((a, b), _)| {
            let both_nan = a.dtype().is_float() && a.as_f64().is_nan() && b.as_f64().is_nan();
            a != b && !both_nan
        });
        if let Some(((a, b), point)) = differing.next() {
            let more = differing.count();
            return Err(format!(
                "field number {number} differs at {point:?}: {b}, not {a} (and {more} more points)"
            ));
        }
    }
    Ok(())
}

fn check_expects(run: &Run, program: &Program, case: &Case, after: &[Sample]) -> Result<(), String> {
    let mut scope = Scope {
        fields: BTreeMap::new(),
        scalars: BTreeMap::new(),
        tables: BTreeMap::new(),
    };
    let mut results: BTreeMap<&str, &Sample> = BTreeMap::new();
    let mut after = after.iter();
    for (param, given) in program.graph().params.iter().zip(&case.given) {
        match given {
            Given::Scalar(value) => {
                scope.scalars.insert(param.name.as_str(), *value);
            }
            Given::Field(sample) | Given::Alias(_, sample) => {
                scope.fields.insert(param.name.as_str(), sample);
                results.extend(after.next().map(|sample| (param.name.as_str(), sample)));
            }
        }
    }
    for table in &program.graph().tables {
        if let Some(sample) = case.tables.get(table.name.as_str()) {
            let dims = [&table.origin, &table.local, &table.codomain].map(|dim| dim.name.to_string());
            let rows = sample.rows.as_slice();
            scope.tables.insert(table.name.as_str(), Neighbors { dims, rows });
        }
    }
    for expect in &run.expects {
        let result = results
            .get(expect.param.as_str())
            .ok_or_else(|| format!("there is no field `{}`", expect.param))?;
        check(expect, result, &scope).map_err(|problem| format!("line {}: {problem}", expect.line))?;
    }
    Ok(())
}
