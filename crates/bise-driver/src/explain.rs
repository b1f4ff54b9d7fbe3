//! What the compiler made of a program, as data: regions in words, temporaries, bytes and operations, the bound of its
//! speed, and the text of every stage.

use std::collections::{BTreeMap, BTreeSet};

use bise_base::{Name, Span};
use bise_field::ConnectivityTable;
use bise_iter::{Graph, Op, Statement, walk};
use bise_lang::plan::{Repeated, Scratch, ScratchAxis, StatementPlan, Temporary};
use bise_lang::{DType, Dimension, ExtentBuilder, ExtentId};
use serde::Serialize;

use crate::bounds::{Evaluator, Intervals};
use crate::estimate::{Estimate, estimate};
use crate::runs::Runs;
use crate::variant::Variant;
use crate::{CallError, Program, Shape, pipeline, words};

/// A stage of the pipeline whose text can be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// The program as the compiler understood it, as source.
    Hir,
    /// The functional core.
    Iter,
    /// Loop nests.
    Loops,
    /// LLVM text: all kernels in one module, with names for people.
    Llvm,
    /// Machine code.
    Asm,
}

/// What there is to say about a program for arguments of certain shapes.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// Its name.
    pub program: String,
    /// Its arguments.
    pub parameters: Vec<ParameterNote>,
    /// In order.
    pub statements: Vec<StatementNote>,
    /// Of all statements.
    pub total: Estimate,
    /// What the bound was computed with.
    pub machine: Machine,
    /// What limits its speed.
    pub bound: Bound,
}

/// An argument.
#[derive(Clone, Debug, Serialize)]
pub struct ParameterNote {
    /// Its name.
    pub name: String,
    /// As the user would annotate it.
    #[serde(rename = "type")]
    pub ty: String,
    /// Some statement writes it.
    pub written: bool,
    /// The domain that was assumed, one `[start, stop)` per dimension.
    pub domain: Vec<[i64; 2]>,
}

/// A statement.
#[derive(Clone, Debug, Serialize)]
pub struct StatementNote {
    /// `file:line`
    pub place: String,
    /// How often it is carried out: more than once in loops.
    pub times: u64,
    /// What it writes, where; in a loop, in the first round.
    pub outputs: Vec<OutputNote>,
    /// What it reads, along each dimension.
    pub reads: Vec<ReadNote>,
    /// What it stores in between.
    pub temporaries: Vec<TemporaryNote>,
    /// What each thread keeps in cache.
    pub kept: Vec<TemporaryNote>,
    /// What it computes more than once for a point, instead of keeping it.
    pub repeated: Vec<RepeatedNote>,
    /// Where a `while` begins, `file:line`: how many rounds there are is in the data, and the estimate counts
    /// [`crate::ROUNDS`].
    pub rounds: Vec<String>,
    /// What it runs, in order.
    pub kernels: Vec<String>,
    /// What it costs, all of the times.
    pub estimate: Estimate,
}

/// An output of a statement.
#[derive(Clone, Debug, Serialize)]
pub struct OutputNote {
    /// The field.
    pub field: String,
    /// Per dimension, the range in words.
    pub domain: Vec<String>,
}

/// What a statement reads of a field along one dimension.
#[derive(Clone, Debug, Serialize)]
pub struct ReadNote {
    /// The field.
    pub field: String,
    /// Along which dimension.
    pub dimension: String,
    /// In words.
    pub region: String,
    /// For the assumed domains.
    pub range: [i64; 2],
}

/// What a kernel computes more than once for a point.
#[derive(Clone, Debug, Serialize)]
pub struct RepeatedNote {
    /// Where it is written down, `file:line`.
    pub place: String,
    /// How often.
    pub times: u32,
    /// The kernel.
    pub kernel: String,
}

/// An intermediate field, or what there is of one at a time.
#[derive(Clone, Debug, Serialize)]
pub struct TemporaryNote {
    /// Its name in the loops.
    pub name: String,
    /// Where its values are written down, `file:line`; nothing for copies of arguments.
    pub place: Option<String>,
    /// Type of its values.
    pub dtype: String,
    /// Per dimension, in words.
    pub extents: Vec<String>,
    /// Its size for the assumed domains.
    pub bytes: f64,
}

/// What a machine can do, all of the threads that are used together.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Machine {
    /// Bytes per second to and from memory.
    pub bandwidth: f64,
    /// Operations per second on values of eight bytes.
    pub operations: f64,
}

/// What limits the speed of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Bound {
    /// Moving bytes.
    Memory,
    /// Computing.
    Compute,
}

impl Program {
    /// Explains the program for arguments of those shapes; tables are those of the program, in its order. The shapes are
    /// checked as those of a call.
    pub fn explain(
        &self,
        shapes: &[Shape],
        tables: &[&ConnectivityTable],
        machine: Machine,
    ) -> Result<Explanation, CallError> {
        let (variant, runs) = self.plan(shapes, tables)?;
        let graph = self.graph();
        let occasions = runs.by_statement(graph.statements.len());
        let notes = graph.statements.iter().enumerate().filter_map(|(at, statement)| {
            let first = occasions[at].first()?;
            let plan = &variant.plan.statements[first.part];
            let times = occasions[at]
                .iter()
                .fold(0, |sum: u64, of| sum.saturating_add(of.times));
            let note = self.statement_note(statement, plan, &variant, &first.evaluator);
            Some(StatementNote {
                times,
                estimate: note.estimate * times as f64,
                ..note
            })
        });
        let notes: Vec<StatementNote> = notes.collect();
        let total = notes
            .iter()
            .map(|note| note.estimate)
            .fold(Estimate::default(), |sum, estimate| sum + estimate);
        let parameters = self
            .parameters()
            .iter()
            .zip(shapes)
            .map(|(parameter, shape)| ParameterNote {
                name: parameter.name.to_string(),
                ty: parameter.annotation.to_string(),
                written: parameter.is_written(),
                domain: match shape {
                    Shape::Field(domain) => domain.iter().map(|i| [i.start, i.stop]).collect(),
                    Shape::Scalar(_) => Vec::new(),
                },
            });
        let slower = total.operations / machine.operations > total.bytes() / machine.bandwidth;
        Ok(Explanation {
            program: self.name().to_string(),
            parameters: parameters.collect(),
            statements: notes,
            total,
            machine,
            bound: if slower { Bound::Compute } else { Bound::Memory },
        })
    }

    /// The text of a stage, for arguments of those shapes.
    pub fn stage(
        &self,
        stage: Stage,
        shapes: &[Shape],
        tables: &[&ConnectivityTable],
    ) -> Result<String, CallError> {
        match stage {
            Stage::Hir => {
                return Ok(self
                    .hir()
                    .map(|hir| bise_hir::print_program(hir))
                    .unwrap_or_default());
            }
            Stage::Iter => return Ok(bise_iter::text::print(self.graph())),
            Stage::Loops | Stage::Llvm | Stage::Asm => {}
        }
        let (variant, _) = self.plan(shapes, tables)?;
        if stage == Stage::Loops {
            let kernels: Vec<String> = variant.kernels.iter().map(bise_loops::text::print).collect();
            return Ok(kernels.join("\n"));
        }
        let text = pipeline::generate(&variant.kernels, self.session().options());
        if stage == Stage::Llvm {
            return Ok(text);
        }
        bise_jit::assembly(&text).map_err(|error| CallError::compiling(self.name(), &error))
    }

    /// Variant of a call with arguments of those shapes, and what it carries out.
    fn plan<'a>(
        &self,
        shapes: &[Shape],
        tables: &'a [&'a ConnectivityTable],
    ) -> Result<(std::sync::Arc<Variant>, Runs<'a>), CallError> {
        let axes = self.all_axes(shapes);
        let known = self.known_shapes(shapes, &axes);
        let mut runs = self.runs(&known, tables)?;
        let variant = self.check_bounds(&known, tables, &mut runs)?;
        Ok((variant, runs))
    }

    fn statement_note(
        &self,
        statement: &Statement,
        plan: &StatementPlan,
        variant: &Variant,
        evaluator: &Evaluator<'_>,
    ) -> StatementNote {
        let graph = self.graph();
        let intervals = &evaluator.intervals(&plan.extents);
        let kernels = plan
            .launches
            .iter()
            .map(|launch| variant.kernels[launch.kernel].name.to_string());
        StatementNote {
            place: self.session().sources().locate(statement.span),
            times: 1,
            outputs: statement
                .outputs
                .iter()
                .map(|output| output_note(graph, output))
                .collect(),
            reads: reads(graph, statement, plan, evaluator),
            temporaries: self.temporaries(statement, plan, intervals),
            kept: self.kept(statement, plan, intervals),
            repeated: self.repeated(plan, variant),
            rounds: self.rounds(statement),
            kernels: kernels.collect(),
            estimate: estimate(graph, plan, variant, intervals),
        }
    }

    fn temporaries(
        &self,
        statement: &Statement,
        plan: &StatementPlan,
        intervals: &Intervals<'_>,
    ) -> Vec<TemporaryNote> {
        let note = |temporary: &Temporary| {
            let held = temporary.extents.iter().copied().map(ScratchAxis::Extent);
            let held: Vec<ScratchAxis> = held.collect();
            let what = (&temporary.name, temporary.dtype, temporary.span);
            self.held(what, (&temporary.dims, &held), statement, intervals)
        };
        plan.temporaries.iter().map(note).collect()
    }

    fn kept(
        &self,
        statement: &Statement,
        plan: &StatementPlan,
        intervals: &Intervals<'_>,
    ) -> Vec<TemporaryNote> {
        let note = |scratch: &Scratch| {
            let what = (&scratch.name, scratch.dtype, scratch.span);
            self.held(what, (&scratch.dims, &scratch.axes), statement, intervals)
        };
        let scratch = plan.launches.iter().flat_map(|launch| &launch.scratch);
        scratch.map(note).collect()
    }

    /// Where each `while` of a statement begins, once.
    fn rounds(&self, statement: &Statement) -> Vec<String> {
        let graph = self.graph();
        let nodes = walk::statement_nodes(graph, statement).into_iter();
        let results = nodes.filter(|&id| match graph.nodes[id].op {
            Op::Result(sweep, _) => graph.sweeps[sweep].condition().is_some(),
            _ => false,
        });
        let places = results.filter_map(|id| self.place(graph.spans.get(id).copied()?));
        places.collect::<BTreeSet<String>>().into_iter().collect()
    }

    /// One note per line and kernel: what of the line is computed most often.
    fn repeated(&self, plan: &StatementPlan, variant: &Variant) -> Vec<RepeatedNote> {
        let mut notes: Vec<RepeatedNote> = Vec::new();
        for launch in &plan.launches {
            let kernel = &variant.kernels[launch.kernel].name;
            let mut lines: BTreeMap<String, u32> = BTreeMap::new();
            for Repeated { span, times } in &launch.repeated {
                if let Some(place) = self.place(*span) {
                    let most = lines.entry(place).or_default();
                    *most = (*most).max(*times);
                }
            }
            notes.extend(lines.into_iter().map(|(place, times)| RepeatedNote {
                place,
                times,
                kernel: kernel.to_string(),
            }));
        }
        notes
    }

    fn held(
        &self,
        (name, dtype, span): (&Name, DType, Span),
        (dims, held): (&[Dimension], &[ScratchAxis]),
        statement: &Statement,
        intervals: &Intervals<'_>,
    ) -> TemporaryNote {
        let in_words = dims.iter().zip(held).map(|(dim, axis)| match axis {
            ScratchAxis::Extent(extent) => {
                format!(
                    "{dim}: {}",
                    words::extent(intervals.extents(), *extent, self.graph(), statement)
                )
            }
            ScratchAxis::Ring(places) => format!("{dim}: {places} at a time"),
        });
        let lengths = held.iter().map(|axis| match axis {
            ScratchAxis::Extent(extent) => intervals.extent(*extent).length() as f64,
            ScratchAxis::Ring(places) => f64::from(*places),
        });
        TemporaryNote {
            name: name.to_string(),
            place: self.place(span),
            dtype: dtype.to_string(),
            extents: in_words.collect(),
            bytes: lengths.product::<f64>() * dtype.size() as f64,
        }
    }

    fn place(&self, span: Span) -> Option<String> {
        (span != Span::default()).then(|| self.session().sources().locate(span))
    }
}

fn output_note(graph: &Graph, output: &bise_iter::Output) -> OutputNote {
    let range = |range: &bise_lang::DomainRange| {
        let (start, stop) = (
            words::bound(&range.start, graph),
            words::bound(&range.stop, graph),
        );
        format!("{}: [{start}, {stop})", range.dim)
    };
    OutputNote {
        field: graph.params[output.param as usize].name.to_string(),
        domain: output.domain.iter().map(range).collect(),
    }
}

/// One note per field and dimension, whatever the number of reads.
fn reads(
    graph: &Graph,
    statement: &Statement,
    plan: &StatementPlan,
    evaluator: &Evaluator<'_>,
) -> Vec<ReadNote> {
    let extents = ExtentBuilder::from(&plan.extents);
    let mut hulls: BTreeMap<(u32, &Dimension), ExtentId> = BTreeMap::new();
    for requirement in &plan.requirements {
        let hull = hulls
            .entry((requirement.param, &requirement.dim))
            .or_insert(requirement.extent);
        *hull = extents.hull(*hull, requirement.extent);
    }
    let extents = extents.finish();
    let intervals = evaluator.intervals(&extents);
    let note = |((param, dim), extent): ((u32, &Dimension), ExtentId)| {
        let range = intervals.extent(extent);
        ReadNote {
            field: graph.params[param as usize].name.to_string(),
            dimension: dim.to_string(),
            region: words::extent(&extents, extent, graph, statement),
            range: [range.start, range.stop],
        }
    };
    hulls.into_iter().map(note).collect()
}
