//! Results that are made of neighbours that do not exist: said where it is certain, refused where that is asked for.
//!
//! A read of a neighbour by its number gives zero where there is none. Which rows of a table that happens in follows
//! from the table and the domains: `analysis::missing` finds it when a call is bound, so that warm calls cost nothing
//! more. What no choice can keep out is said ([`Notice`]), and what the
//! data of the first call let through, where the interpreter finds that out at once. In a checked session the program is run before, on memory
//! of its own, with the marks of `bise_iter::mark` instead of its last results: they tell what the data let through.
//! Where no missing neighbour can be reached, that is left out, and calls are as fast as any. Reads at computed indices
//! that lie beyond the ends of a field are refused there in the same way.

mod marking;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bise_base::{Diagnostic, Name, Severity};
use bise_field::ConnectivityTable;
use bise_iter::analysis::missing::{self, MissingRead, Through, missing_reads};
use bise_iter::{Graph, NodeId, Op, Step, TableId};
use bise_lang::{Bound, Dimension, codes};

use marking::Marking;

use crate::arguments::Known;
use crate::bounds::Interval;
use crate::host::Host;
use crate::runs::{Run, Runs};
use crate::{Argument, Backend, CallError, Program, pipeline};

/// Something worth knowing about a call: all that one line reads of one table where nothing is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What there is to say.
    pub diagnostic: Diagnostic,
    /// The name of the table.
    pub table: Name,
}

/// Whether what was found of a call holds of all that are bound alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lasting {
    Always,
    /// It depends on the data.
    Once,
}

/// A call that has been checked but for missing neighbours.
pub(crate) struct Call<'a> {
    pub(crate) args: &'a [Argument<'a>],
    pub(crate) known: &'a [Known<'a>],
    /// The tables that the program uses, in its order.
    pub(crate) tables: &'a [&'a ConnectivityTable],
    /// The tables that were given.
    pub(crate) given: &'a [(Name, &'a ConnectivityTable)],
    /// What it carries out.
    pub(crate) runs: &'a Runs<'a>,
    pub(crate) backend: Backend,
}

/// What a program keeps for this.
#[derive(Debug, Default)]
pub(crate) struct Missing {
    /// The graph that is looked at.
    graph: OnceLock<Graph>,
    /// By the parameters that marks come in by.
    marking: Mutex<Vec<(Vec<bool>, Arc<Marking>)>>,
    /// By their numbers, the tables of calls whose data have been looked at.
    looked_at: Mutex<Vec<Vec<u64>>>,
}

/// How many calls are remembered whose data have been looked at.
const LOOKED_AT: usize = 64;

/// How many values are computed to look at the data of a first call: some milliseconds of the interpreter.
const QUICK: usize = 100_000;

impl Program {
    /// Says or refuses what is made of missing neighbours, as the session is told. Nothing where nobody listens.
    pub(crate) fn check_missing(&self, call: &Call<'_>, host: &mut dyn Host) -> Result<Lasting, CallError> {
        let gathers = self.session().options().checked && has_gathers(self.graph());
        if !host.listens() || !(gathers || self.may_miss(call.tables)) {
            return Ok(Lasting::Always);
        }
        let graph = self.missing.graph.get_or_init(|| self.graph_by_place());
        let reads = |through| missing_reads(graph, &Reads::new(graph, self.graph(), call), through);
        if self.session().options().checked {
            if !gathers && reads(Through::Branches).is_empty() {
                return Ok(Lasting::Always);
            }
            self.refuse_missing(graph, call)?;
            return Ok(Lasting::Once);
        }
        let mut notices = self.notices(graph, &reads(Through::Certain));
        if self.is_new(call.tables) {
            let is_said = |place: &String| notices.iter().any(|(known, _)| known == place);
            let possible = self.notices(graph, &reads(Through::Branches));
            if !possible.iter().all(|(place, _)| is_said(place)) {
                self.add_uses(graph, call, &mut notices);
            }
        }
        let stopped = notices.iter().any(|(_, notice)| !host.heed(notice));
        if stopped {
            Err(CallError::Stopped)
        } else {
            Ok(Lasting::Always)
        }
    }

    /// Whether there is a -1 in a table of which neighbours are read by number.
    fn may_miss(&self, tables: &[&ConnectivityTable]) -> bool {
        let mut used = self.tables().iter().zip(tables);
        used.any(|(used, table)| used.columns > 0 && table.skips())
    }

    /// The program as it was written: what simplifying leaves out was read there, and each read has its place. As it is
    /// where there is no more than its graph, or where simplifying left out all reads of a table.
    fn graph_by_place(&self) -> Graph {
        let written = self.hir().and_then(|hir| pipeline::lower_by_place(hir));
        let is_known = |graph: &Graph| {
            graph
                .tables
                .iter()
                .all(|table| self.graph().tables.contains(table))
        };
        written.filter(is_known).unwrap_or_else(|| self.graph().clone())
    }

    /// One notice for each line and table.
    fn notices(&self, graph: &Graph, reads: &[MissingRead]) -> Vec<(String, Notice)> {
        let mut notices: Vec<(String, Notice)> = Vec::new();
        for read in reads {
            let Some((table, index)) = neighbor(graph, read.node) else {
                continue;
            };
            let (name, origin) = (
                &graph.tables[table as usize].name,
                &graph.tables[table as usize].origin,
            );
            let span = graph.spans.get(read.node).copied().unwrap_or_default();
            let place = self.session().sources().locate(span);
            let label = format!("there is none for {}", rows(origin, read));
            let known = notices
                .iter_mut()
                .find(|(known, notice)| *known == place && notice.table == *name);
            if let Some((_, notice)) = known {
                let diagnostic = notice.diagnostic.clone();
                if diagnostic.primary.span != span {
                    notice.diagnostic = diagnostic.also(span, label);
                }
                continue;
            }
            let message = format!("`{name}[{index}]` is read where there is no such neighbour, as zero");
            let diagnostic = Diagnostic::warning(&codes::MISSING_NEIGHBOR, span, message)
                .label(label)
                .hint("choose another value there, `where(mask, ..., ...)`, or write a smaller domain");
            let table = name.clone();
            notices.push((place, Notice { diagnostic, table }));
        }
        notices
    }

    /// Whether no call with those tables has been looked at.
    fn is_new(&self, tables: &[&ConnectivityTable]) -> bool {
        let tables: Vec<u64> = tables.iter().map(|table| table.id()).collect();
        let mut looked_at = self
            .missing
            .looked_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if looked_at.contains(&tables) {
            return false;
        }
        if looked_at.len() >= LOOKED_AT {
            looked_at.remove(0);
        }
        looked_at.push(tables);
        true
    }

    /// Adds what the data of a call let through, if that is soon known.
    fn add_uses(&self, graph: &Graph, call: &Call<'_>, notices: &mut Vec<(String, Notice)>) {
        // Where there is no memory for it, the call itself may do without.
        for used in self.quick_uses(graph, call, QUICK).unwrap_or_default() {
            let Some((table, _)) = neighbor(graph, used.read) else {
                continue;
            };
            let table = graph.tables[table as usize].name.clone();
            let diagnostic = Diagnostic {
                severity: Severity::Warning,
                ..used.diagnostic(graph).note("it reads as zero")
            };
            let place = self.session().sources().locate(diagnostic.primary.span);
            if !notices
                .iter()
                .any(|(known, notice)| *known == place && notice.table == table)
            {
                notices.push((place, Notice { diagnostic, table }));
            }
        }
    }
}

/// What the analysis asks of a call.
struct Reads<'a> {
    call: &'a Call<'a>,
    /// In the order of the graph that is looked at.
    tables: Vec<&'a ConnectivityTable>,
}

impl<'a> Reads<'a> {
    /// `graph` has the tables of `program`, in another order.
    fn new(graph: &Graph, program: &Graph, call: &'a Call<'a>) -> Self {
        let position = |table| program.tables.iter().position(|known| known == table);
        let tables = graph
            .tables
            .iter()
            .filter_map(|table| Some(call.tables[position(table)?]));
        Self {
            call,
            tables: tables.collect(),
        }
    }
}

impl missing::Call for Reads<'_> {
    fn domain(&self, param: u32) -> Vec<(i64, i64)> {
        match &self.call.known[param as usize] {
            Known::Field { axes, .. } => axes.iter().map(|axis| (axis.start, axis.stop())).collect(),
            Known::Scalar(_) => Vec::new(),
        }
    }

    fn runs(&self) -> Vec<missing::Run> {
        as_seen(&self.call.runs.order)
    }

    fn statement(&self, occasion: usize) -> usize {
        self.call.runs.occasions[occasion].statement
    }

    fn written(&self, occasion: usize, output: usize) -> Vec<(i64, i64)> {
        let ranges = &self.call.runs.occasions[occasion].evaluator.outputs[output];
        let ends = ranges.iter().map(|(_, Interval { start, stop })| (*start, *stop));
        ends.collect()
    }

    fn bound(&self, occasion: usize, bound: &Bound) -> i64 {
        self.call.runs.occasions[occasion].evaluator.bound(bound)
    }

    fn size(&self, table: TableId) -> (i64, u32) {
        let table = self.tables[table as usize];
        (table.rows() as i64, table.width() as u32)
    }

    fn neighbor(&self, table: TableId, row: i64, column: u32) -> i64 {
        let row = usize::try_from(row).unwrap_or(usize::MAX);
        self.tables[table as usize].entry(row, column as usize)
    }

    fn skips(&self, table: TableId, (start, stop): (i64, i64), column: u32) -> bool {
        let row = |index: i64| usize::try_from(index).unwrap_or(0);
        self.tables[table as usize]
            .image(row(start)..row(stop), Some(column))
            .skips
    }
}

/// What is carried out, as the analysis sees it.
fn as_seen(runs: &[Run]) -> Vec<missing::Run> {
    let seen = runs.iter().map(|run| match run {
        Run::Statement(occasion) => missing::Run::Statement(*occasion),
        Run::Repeat { body, .. } => missing::Run::Repeat(as_seen(body)),
    });
    seen.collect()
}

/// Whether fields are read at computed indices.
fn has_gathers(graph: &Graph) -> bool {
    let mut nodes = graph.nodes.iter();
    nodes.any(|(_, node)| matches!(node.op, Op::Gather { .. }))
}

/// Table and column of a read of one neighbour.
fn neighbor(graph: &Graph, read: NodeId) -> Option<(TableId, u32)> {
    match graph.nodes[read].op {
        Op::Shift {
            step: Step::Neighbor { table, index },
            ..
        } => Some((table, index)),
        _ => None,
    }
}

/// `E = 3`, or `600 rows: E = 0, 1, 2, ...`
fn rows(origin: &Dimension, read: &MissingRead) -> String {
    const SHOWN: usize = 5;
    let first: Vec<String> = read.rows.iter().take(SHOWN).map(|row| row.to_string()).collect();
    let (first, count) = (first.join(", "), read.rows.len());
    match count {
        1 => format!("{origin} = {first}"),
        2..=SHOWN => format!("{count} rows: {origin} = {first}"),
        _ => format!("{count} rows: {origin} = {first}, ..."),
    }
}
