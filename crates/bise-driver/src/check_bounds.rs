//! Proves that a call reads and writes inside of its arguments, or says where it does not: every output domain lies
//! in its field, every region that is read lies in its field, every row in its table.

use std::collections::HashSet;

use bise_base::{Diagnostic, Diagnostics, Name, Span};
use bise_field::ConnectivityTable;
use bise_iter::analysis::regions::{Reads, reads};
use bise_iter::{Graph, Op, Step};
use bise_lang::plan::{Requirement, Specialization, StatementPlan, SweepRead};
use bise_lang::{Dimension, Extent, ExtentBuilder, ExtentId, Extents, codes};

use crate::arguments::Known;
use crate::bounds::{Evaluator, Interval, Intervals};
use crate::rows::RowUse;

/// The arguments of a call, which fit their parameters.
pub(crate) struct Call<'a> {
    /// The program.
    pub(crate) graph: &'a Graph,
    /// Its arguments.
    pub(crate) known: &'a [Known<'a>],
}

impl Call<'_> {
    /// All that is out of bounds in statement number `statement`.
    pub(crate) fn check(
        &self,
        statement: usize,
        plan: &StatementPlan,
        rows: &[RowUse],
        evaluator: &Evaluator<'_>,
    ) -> Diagnostics {
        let mut found = self.check_outputs(statement, evaluator);
        let is_empty =
            |ranges: &Vec<(Dimension, Interval)>| ranges.iter().any(|(_, interval)| interval.is_empty());
        if evaluator.outputs.iter().all(is_empty) {
            // Nothing is computed, so nothing is read, also by folds whose ranges are their own.
            return found;
        }
        let intervals = evaluator.intervals(&plan.extents);
        if !self.is_covered(plan, &intervals) {
            let extents = ExtentBuilder::hasty();
            let reads = reads(self.graph, statement, &extents);
            let extents = extents.finish();
            found.extend(self.check_reads(&reads, plan.span, &evaluator.intervals(&extents)));
            if found.is_empty() {
                found.extend(self.check_reads(&all_reads(plan), plan.span, &intervals));
            }
        }
        if found.is_empty() {
            found.extend(self.check_rows(plan, rows, &intervals));
        }
        found
    }

    /// Reads of what is not there.
    fn check_reads(&self, reads: &Reads, statement: Span, intervals: &Intervals<'_>) -> Diagnostics {
        let mut found = self.check_inputs(reads, statement, intervals);
        let levels = reads.sweeps.iter();
        found.extend(levels.filter_map(|(read, span)| check_levels(read, *span, intervals)));
        if found.is_empty() {
            found.extend(self.check_images(reads, intervals));
        }
        found
    }

    /// Whether all that a statement reads is there.
    fn is_covered(&self, plan: &StatementPlan, intervals: &Intervals<'_>) -> bool {
        let is_given = |requirement: &Requirement| {
            let given = self.known[requirement.param as usize].interval(&requirement.dim);
            intervals.extent(requirement.extent).is_within(given)
        };
        let has_level = |read: &SweepRead| {
            intervals
                .extent(read.extent)
                .is_within(intervals.extent(read.levels))
        };
        let mut has_rows = true;
        let mut images = Images::default();
        for requirement in &plan.requirements {
            images.visit(&plan.extents, requirement.extent, &mut |table, of| {
                let table = intervals.call.tables[table as usize];
                has_rows &= intervals.extent(of).is_within(rows_of(table));
            });
        }
        has_rows && plan.requirements.iter().all(is_given) && plan.sweep_reads.iter().all(has_level)
    }

    fn check_outputs(&self, statement: usize, evaluator: &Evaluator<'_>) -> Diagnostics {
        let statement = &self.graph.statements[statement];
        let mut found = Diagnostics::new();
        for (output, ranges) in statement.outputs.iter().zip(&evaluator.outputs) {
            for (dim, written) in ranges {
                let given = self.known[output.param as usize].interval(dim);
                if !written.is_within(given) {
                    let name = self.name(output.param);
                    let message = format!("`{name}` is written outside of its domain along `{dim}`");
                    let label = format!("this writes {written}, and `{name}` has {given}");
                    found
                        .push(Diagnostic::error(&codes::OUTPUT_DOMAIN, statement.span, message).label(label));
                }
            }
        }
        found
    }

    /// One diagnostic per field and dimension that is too small; its labels are the reads that go too far.
    fn check_inputs(&self, reads: &Reads, statement: Span, intervals: &Intervals<'_>) -> Diagnostics {
        let mut short: Vec<Shortfall<'_>> = Vec::new();
        for (requirement, span) in &reads.inputs {
            let needed = intervals.extent(requirement.extent);
            let given = self.known[requirement.param as usize].interval(&requirement.dim);
            let shortfall = match short.iter().position(|s| s.is_of(requirement)) {
                Some(at) => &mut short[at],
                None => short.push_mut(Shortfall {
                    requirement,
                    needed,
                    given,
                    reads: Vec::new(),
                }),
            };
            shortfall.needed = shortfall.needed.hull(needed);
            if !needed.is_within(given) {
                shortfall.reads.push((*span, needed));
            }
        }
        short.retain(|shortfall| !shortfall.reads.is_empty());
        short
            .iter()
            .map(|s| s.diagnostic(self.name(s.requirement.param), statement))
            .collect()
    }

    /// Steps through tables whose rows do not exist.
    fn check_images(&self, reads: &Reads, intervals: &Intervals<'_>) -> Diagnostics {
        let mut found = Diagnostics::new();
        let mut images = Images::default();
        for (requirement, span) in &reads.inputs {
            images.visit(intervals.extents(), requirement.extent, &mut |table, of| {
                let rows = intervals.extent(of);
                self.check_table(table, rows, *span, intervals.call, &mut found);
            });
        }
        found
    }

    fn check_rows(&self, plan: &StatementPlan, rows: &[RowUse], intervals: &Intervals<'_>) -> Diagnostics {
        let mut found = Diagnostics::new();
        for used in rows {
            let rows = used.rows(&plan.launches[used.launch], intervals);
            self.check_table(used.table, rows, plan.span, intervals.call, &mut found);
        }
        found
    }

    fn check_table(
        &self,
        table: u32,
        rows: Interval,
        span: Span,
        evaluator: &Evaluator<'_>,
        found: &mut Diagnostics,
    ) {
        let given = rows_of(evaluator.tables[table as usize]);
        if rows.is_within(given) {
            return;
        }
        let table = &self.graph.tables[table as usize];
        let message = format!(
            "the connectivity `{}` has {} rows, and rows {rows} are read",
            table.name, given.stop
        );
        let note = format!("its rows are the indices of `{}`", table.origin);
        let diagnostic = Diagnostic::error(&codes::BAD_TABLE, span, message);
        let diagnostic = diagnostic.label("read here").note(note);
        if !found.contains(&diagnostic) {
            found.push(diagnostic);
        }
    }

    fn name(&self, param: u32) -> &Name {
        &self.graph.params[param as usize].name
    }
}

/// What a statement needs, as if all of it was read in one place.
fn all_reads(plan: &StatementPlan) -> Reads {
    let here = plan.span;
    Reads {
        inputs: plan.requirements.iter().map(|r| (r.clone(), here)).collect(),
        sweeps: plan.sweep_reads.iter().map(|r| (r.clone(), here)).collect(),
    }
}

/// The rows of a table.
fn rows_of(table: &ConnectivityTable) -> Interval {
    Interval::new(0, table.rows() as i64)
}

/// What is read of a field along one dimension, and the reads that go too far.
struct Shortfall<'a> {
    requirement: &'a Requirement,
    needed: Interval,
    given: Interval,
    reads: Vec<(Span, Interval)>,
}

impl Shortfall<'_> {
    fn is_of(&self, other: &Requirement) -> bool {
        self.requirement.param == other.param && self.requirement.dim == other.dim
    }

    fn diagnostic(&self, name: &Name, statement: Span) -> Diagnostic {
        let Self { needed, given, .. } = self;
        let dim = &self.requirement.dim;
        let message = format!("`{name}` is too small along `{dim}`: {needed} is read, and it has {given}");
        let (first, needed_there) = self.reads[0];
        let mut diagnostic = Diagnostic::error(&codes::OUT_OF_BOUNDS, first, message)
            .label(format!("this reads {needed_there}"));
        for &(span, needed) in self.reads[1..].iter().filter(|(span, _)| *span != first) {
            diagnostic = diagnostic.also(span, format!("this reads {needed}"));
        }
        if statement != first {
            diagnostic = diagnostic.also(statement, "in this statement");
        }
        let (below, above) = (
            given.start.saturating_sub(needed.start),
            needed.stop.saturating_sub(given.stop),
        );
        let missing = match (below, above) {
            _ if given.is_empty() => format!("the indices {needed} of `{dim}`"),
            (below, ..=0) => format!("{below} more at the start of `{dim}`"),
            (..=0, above) => format!("{above} more at the end of `{dim}`"),
            (below, above) => format!("{below} more at the start of `{dim}` and {above} more at its end"),
        };
        diagnostic.hint(format!("give `{name}` {missing}, or write a smaller domain"))
    }
}

/// Reads of a neighbour by a number that the rows of its table have not. Found before anything is lowered.
pub(crate) fn check_columns(graph: &Graph, specialization: &Specialization) -> Diagnostics {
    let check = |(id, node): (bise_iter::NodeId, &bise_iter::Node)| {
        let Op::Shift {
            step: Step::Neighbor { table, index },
            ..
        } = &node.op
        else {
            return None;
        };
        let width = specialization.tables[*table as usize].width;
        if *index < width {
            return None;
        }
        let name = &graph.tables[*table as usize].name;
        let message = format!("`{name}[{index}]` is read, but the table has {width} neighbours per row");
        let span = graph.spans.get(id).copied().unwrap_or_default();
        Some(
            Diagnostic::error(&codes::MISSING_NEIGHBOR, span, message).label("this neighbour does not exist"),
        )
    };
    graph.nodes.iter().filter_map(check).collect()
}

/// Results of a sweep are read on its levels only.
fn check_levels(read: &SweepRead, span: Span, intervals: &Intervals<'_>) -> Option<Diagnostic> {
    let (levels, needed) = (intervals.extent(read.levels), intervals.extent(read.extent));
    if needed.is_within(levels) {
        return None;
    }
    let message = format!(
        "a sweep along `{}` has results on {levels}, and {needed} is read of them",
        read.dim
    );
    let hint = if levels.is_empty() {
        "a scan runs over the levels of the outputs that it is for, and these have none: write its result to a field first"
    } else {
        "write a smaller domain, or more levels of the sweep"
    };
    let diagnostic = Diagnostic::error(&codes::OUT_OF_BOUNDS, span, message);
    Some(diagnostic.label("read here").hint(hint))
}

/// The images in extents, each once however many extents share it.
#[derive(Default)]
struct Images {
    seen: HashSet<ExtentId>,
}

impl Images {
    /// Calls `each` with table and rows of every image in an extent that was not seen before.
    fn visit(&mut self, extents: &Extents, extent: ExtentId, each: &mut impl FnMut(u32, ExtentId)) {
        if !self.seen.insert(extent) {
            return;
        }
        match &extents[extent] {
            Extent::Output { .. } | Extent::Neighbors { .. } | Extent::Between { .. } => {}
            Extent::Widen { of, .. } | Extent::Clip { of, .. } | Extent::Given { of, .. } => {
                self.visit(extents, *of, each);
            }
            Extent::Image { table, of, .. } => {
                each(*table, *of);
                self.visit(extents, *of, each);
            }
            Extent::Hull(parts) => parts.iter().for_each(|part| self.visit(extents, *part, each)),
        }
    }
}
