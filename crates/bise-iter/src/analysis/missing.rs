//! Which reads of a neighbour by its number go where there is none: for each such read the rows of its table, with
//! the tables and output domains of one call.
//!
//! From the outputs back, it follows at which points each node is needed: a set of indices per dimension. A missing
//! neighbour is nothing that could be read, so nothing is needed there. A statement is needed where nothing
//! overwrites it and where later statements, or later rounds, read what it wrote. `needs` does so in one statement.
//!
//! Whether a value is used may depend on data, which choose a branch. [`Through::Certain`] leaves all branches out:
//! what it finds is used whatever the data are. [`Through::Branches`] looks into all of them: what it does not find
//! is not read at all.

mod needs;

use bise_lang::{Bound, Dimension};
use la_arena::ArenaMap;

use super::IndexSet;
use crate::walk::statement_nodes;
use crate::{Graph, NodeId, Op, ParamKind, TableId};
use needs::{Needs, levels, reads_below, results};

/// What is known of a call.
pub trait Call {
    /// The domain of a field argument: start and stop per dimension.
    fn domain(&self, param: u32) -> Vec<(i64, i64)>;
    /// What it carries out, in order.
    fn runs(&self) -> Vec<Run>;
    /// The statement that is carried out on an occasion.
    fn statement(&self, occasion: usize) -> usize;
    /// Where an output of the statement is written on an occasion: start and stop per dimension.
    fn written(&self, occasion: usize, output: usize) -> Vec<(i64, i64)>;
    /// The value of a bound on an occasion.
    fn bound(&self, occasion: usize, bound: &Bound) -> i64;
    /// The number of rows and of neighbours per row.
    fn size(&self, table: TableId) -> (i64, u32);
    /// An entry within the size; negative where there is no neighbour.
    fn neighbor(&self, table: TableId, row: i64, column: u32) -> i64;
    /// Whether an entry of that column is negative in some row of an interval.
    fn skips(&self, table: TableId, rows: (i64, i64), column: u32) -> bool;
}

/// What a call carries out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    /// A statement, on an occasion that the call knows by number.
    Statement(usize),
    /// The same again and again, at least twice.
    Repeat(Vec<Run>),
}

/// What counts as a use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Through {
    /// What is needed whatever the branches of choices are worth.
    Certain,
    /// What some choice may need.
    Branches,
}

/// A read of neighbours that are not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingRead {
    /// The shift.
    pub node: NodeId,
    /// The rows of its table in which the neighbour is missing.
    pub rows: IndexSet,
}

/// The indices that are needed, per dimension of a node or a field.
type Points = Vec<IndexSet>;

/// All reads of a call that go where no neighbour is, in the order of the arena.
pub fn missing_reads(graph: &Graph, call: &dyn Call, through: Through) -> Vec<MissingRead> {
    let live = graph
        .params
        .iter()
        .enumerate()
        .map(|(param, declared)| match declared.kind {
            ParamKind::Field(_) if is_written(graph, param as u32) => {
                vec![boxed(&call.domain(param as u32))]
            }
            ParamKind::Field(_) | ParamKind::Scalar => Vec::new(),
        });
    let mut program = Reads {
        graph,
        call,
        through,
        live: live.collect(),
        found: Vec::new(),
    };
    program.all(&call.runs(), Repeated::No);
    let mut found = program.found;
    found.sort_by_key(|read| read.node.into_raw());
    found.dedup_by(|read, first| {
        let same = read.node == first.node;
        if same {
            first.rows = first.rows.union(&read.rows);
        }
        same
    });
    found
}

/// Of how many parts what is needed of a field is made before it is simplified.
const PARTS: usize = 64;

/// Whether rounds come before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repeated {
    No,
    /// Whatever is read may be needed: `live` says so already.
    Yes,
}

struct Reads<'a> {
    graph: &'a Graph,
    call: &'a dyn Call,
    through: Through,
    /// Per parameter: what is needed of it after the statements that have been looked at, last ones first.
    live: Vec<Vec<Points>>,
    found: Vec<MissingRead>,
}

impl Reads<'_> {
    /// Last ones first.
    fn all(&mut self, runs: &[Run], repeated: Repeated) {
        for run in runs.iter().rev() {
            match run {
                Run::Statement(occasion) => self.statement(*occasion, repeated),
                Run::Repeat(body) if self.through == Through::Certain => {
                    // The last round is certain; what those before it left to it may be overwritten.
                    self.all(body, repeated);
                    self.forget(body);
                }
                Run::Repeat(body) => {
                    self.need_all(body);
                    self.all(body, Repeated::Yes);
                }
            }
        }
    }

    /// Nothing that these write is known to be needed before them.
    fn forget(&mut self, runs: &[Run]) {
        for statement in statements(self.call, runs) {
            for output in &self.graph.statements[statement].outputs {
                self.live[output.param as usize].clear();
            }
        }
    }

    /// All may be needed of what these write and read.
    fn need_all(&mut self, runs: &[Run]) {
        for statement in statements(self.call, runs) {
            let statement = &self.graph.statements[statement];
            let nodes = statement_nodes(self.graph, statement);
            let read = nodes.iter().filter_map(|&id| match self.graph.nodes[id].op {
                Op::Input(param) => Some(param),
                _ => None,
            });
            let written = statement.outputs.iter().map(|output| output.param);
            for param in read.chain(written) {
                if let ParamKind::Field(_) = self.graph.params[param as usize].kind {
                    self.live[param as usize] = vec![boxed(&self.call.domain(param))];
                }
            }
        }
    }

    fn statement(&mut self, occasion: usize, repeated: Repeated) {
        let number = self.call.statement(occasion);
        let statement = &self.graph.statements[number];
        let nodes = statement_nodes(self.graph, statement);
        let is_later = number > 0 || self.graph.loops_around(number).next().is_some();
        let mut needs = Needs {
            graph: self.graph,
            call: self.call,
            occasion,
            through: self.through,
            reads: reads_below(self.graph, &nodes, is_later),
            levels: levels(self.graph, self.call, occasion, &nodes),
            results: results(self.graph, &nodes),
            needed: ArenaMap::default(),
            found: Vec::new(),
        };
        for (at, output) in statement.outputs.iter().enumerate().rev() {
            let written = self.call.written(occasion, at);
            let live = &mut self.live[output.param as usize];
            for points in &*live {
                let points: Points = points
                    .iter()
                    .zip(&written)
                    .map(|(set, &range)| set.within(range))
                    .collect();
                needs.add(output.value, field_dims(self.graph, output.param), &points);
            }
            // What may be needed may be read by another name of the same memory too.
            if self.through == Through::Certain {
                *live = std::mem::take(live)
                    .into_iter()
                    .flat_map(|points| rest(points, &written))
                    .collect();
            }
        }
        for &id in nodes.iter().rev() {
            needs.node(id);
        }
        for &id in nodes.iter().filter(|_| is_later && repeated == Repeated::No) {
            if let (Op::Input(param), Some(points)) = (&self.graph.nodes[id].op, needs.needed.get(id)) {
                let live = &mut self.live[*param as usize];
                live.push(points.clone());
                if live.len() > PARTS && self.through == Through::Certain {
                    live.clear();
                } else if live.len() > PARTS {
                    *live = vec![boxed(&self.call.domain(*param))];
                }
            }
        }
        self.found.append(&mut needs.found);
    }
}

/// What is left of points where a box is overwritten: those beside it along each dimension in turn.
fn rest(mut points: Points, written: &[(i64, i64)]) -> Vec<Points> {
    let mut rests = Vec::new();
    for (at, &range) in written.iter().enumerate() {
        let mut beside = points.clone();
        beside[at] = points[at].without(range);
        if beside.iter().all(|set| !set.is_empty()) {
            rests.push(beside);
        }
        points[at] = points[at].within(range);
    }
    rests
}

/// The statements that are carried out, with repetitions.
fn statements(call: &dyn Call, runs: &[Run]) -> Vec<usize> {
    let each = runs.iter().flat_map(|run| match run {
        Run::Statement(occasion) => vec![call.statement(*occasion)],
        Run::Repeat(body) => statements(call, body),
    });
    each.collect()
}

/// Whether some statement writes a parameter.
fn is_written(graph: &Graph, param: u32) -> bool {
    let mut outputs = graph.statements.iter().flat_map(|statement| &statement.outputs);
    outputs.any(|output| output.param == param)
}

fn boxed(ranges: &[(i64, i64)]) -> Points {
    ranges
        .iter()
        .map(|&(start, stop)| IndexSet::interval(start, stop))
        .collect()
}

/// The position of a dimension that is there.
fn axis(dims: &[Dimension], dim: &Dimension) -> usize {
    let position = dims.iter().position(|known| known == dim);
    position.unwrap_or_else(|| panic!("compiler bug: no dimension {dim}"))
}

fn field_dims(graph: &Graph, param: u32) -> &[Dimension] {
    match &graph.params[param as usize].kind {
        ParamKind::Field(dims) => dims,
        ParamKind::Scalar => panic!("compiler bug: a scalar has no dimensions"),
    }
}
