//! Proves that a call reads and writes inside of its arguments, or says where it does not: every output domain lies
//! in its field, every region that is read lies in its field, every row in its table.

use std::collections::HashSet;

use bise_base::{Diagnostic, Diagnostics, Name, Span};
use bise_iter::{Graph, Op, Step};
use bise_lang::plan::{Requirement, Specialization, StatementPlan, SweepRead};
use bise_lang::{Extent, codes};

use crate::arguments::Known;
use crate::bounds::{Evaluator, Interval};
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
        found.extend(self.check_requirements(plan, evaluator));
        found.extend(
            plan.sweep_reads
                .iter()
                .filter_map(|read| check_levels(read, evaluator)),
        );
        if found.is_empty() {
            found.extend(self.check_rows(plan, rows, evaluator));
        }
        found
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
    fn check_requirements(&self, plan: &StatementPlan, evaluator: &Evaluator<'_>) -> Diagnostics {
        let mut short: Vec<Shortfall<'_>> = Vec::new();
        for requirement in &plan.requirements {
            let needed = evaluator.extent(&requirement.extent);
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
                shortfall.reads.push((requirement.span, needed));
            }
        }
        short.retain(|shortfall| !shortfall.reads.is_empty());
        let statement = plan.span;
        short
            .iter()
            .map(|s| s.diagnostic(self.name(s.requirement.param), statement))
            .collect()
    }

    fn check_rows(&self, plan: &StatementPlan, rows: &[RowUse], evaluator: &Evaluator<'_>) -> Diagnostics {
        let mut found = Diagnostics::new();
        let mut refuse = |diagnostic: Diagnostic| {
            if !found.contains(&diagnostic) {
                found.push(diagnostic);
            }
        };
        let mut images = Images::default();
        for requirement in &plan.requirements {
            images.visit(&requirement.extent, &mut |table, of| {
                let rows = evaluator.extent(of);
                self.check_table(table, rows, requirement.span, evaluator)
                    .map(&mut refuse);
            });
        }
        for used in rows {
            let rows = used.rows(&plan.launches[used.launch], evaluator);
            self.check_table(used.table, rows, plan.span, evaluator)
                .map(&mut refuse);
        }
        found
    }

    fn check_table(
        &self,
        table: u32,
        rows: Interval,
        span: Span,
        evaluator: &Evaluator<'_>,
    ) -> Option<Diagnostic> {
        let given = Interval::new(0, evaluator.tables[table as usize].rows() as i64);
        if rows.is_within(given) {
            return None;
        }
        let table = &self.graph.tables[table as usize];
        let message = format!(
            "the connectivity `{}` has {} rows, and rows {rows} are read",
            table.name, given.stop
        );
        let note = format!("its rows are the indices of `{}`", table.origin);
        Some(
            Diagnostic::error(&codes::BAD_TABLE, span, message)
                .label("read here")
                .note(note),
        )
    }

    fn name(&self, param: u32) -> &Name {
        &self.graph.params[param as usize].name
    }
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
fn check_levels(read: &SweepRead, evaluator: &Evaluator<'_>) -> Option<Diagnostic> {
    let (levels, needed) = (evaluator.extent(&read.levels), evaluator.extent(&read.extent));
    if needed.is_within(levels) {
        return None;
    }
    let message = format!(
        "a sweep along `{}` has results on {levels}, and {needed} is read of them",
        read.dim
    );
    let diagnostic = Diagnostic::error(&codes::OUT_OF_BOUNDS, read.span, message);
    Some(
        diagnostic
            .label("read here")
            .hint("write a smaller domain, or more levels of the sweep"),
    )
}

/// The images in extents, each once however many extents share it.
#[derive(Default)]
struct Images {
    /// By address: the plan holds them while its call is checked.
    seen: HashSet<*const Extent>,
}

impl Images {
    /// Calls `each` with table and rows of every image in an extent that was not seen before.
    fn visit(&mut self, extent: &Extent, each: &mut impl FnMut(u32, &Extent)) {
        if !self.seen.insert(extent) {
            return;
        }
        match extent {
            Extent::Output { .. } | Extent::Neighbors { .. } | Extent::Between { .. } => {}
            Extent::Widen { of, .. } | Extent::Clip { of, .. } | Extent::Given { of, .. } => {
                self.visit(of, each);
            }
            Extent::Image { table, of, .. } => {
                each(*table, of);
                self.visit(of, each);
            }
            Extent::Hull(parts) => parts.iter().for_each(|part| self.visit(part, each)),
        }
    }
}
