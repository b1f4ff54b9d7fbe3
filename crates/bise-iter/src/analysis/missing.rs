//! Which reads of a neighbour by its number go where there is none: for each such read the rows of its table, with
//! the tables and output domains of one call.
//!
//! From the outputs back, it follows at which points each node is needed: a set of indices per dimension. A missing
//! neighbour is nothing that could be read, so nothing is needed there. A statement is needed where nothing
//! overwrites it and where later statements, or later rounds, read what it wrote.
//!
//! Whether a value is used may depend on data, which choose a branch. [`Through::Certain`] leaves all branches out:
//! what it finds is used whatever the data are. [`Through::Branches`] looks into all of them: what it does not find
//! is not read at all.

use std::collections::HashSet;
use std::ops::Range;

use bise_lang::{Bound, Dimension};
use la_arena::ArenaMap;

use super::IndexSet;
use crate::walk::{operands, position, statement_nodes, sweeps};
use crate::{Graph, NodeId, Op, ParamKind, Step, Sweep, SweepId, Table, TableId};

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

/// What is needed of the nodes of one statement.
struct Needs<'a> {
    graph: &'a Graph,
    call: &'a dyn Call,
    occasion: usize,
    through: Through,
    /// Per node: whether it or anything below reads a neighbour by its number.
    reads: Vec<bool>,
    levels: ArenaMap<SweepId, (i64, i64)>,
    /// The results of each sweep, in order.
    results: ArenaMap<SweepId, Vec<NodeId>>,
    needed: ArenaMap<NodeId, Points>,
    found: Vec<MissingRead>,
}

impl Needs<'_> {
    /// A node is needed at more points, which have at least its dimensions. Nothing where some dimension has none.
    fn add(&mut self, id: NodeId, dims: &[Dimension], points: &Points) {
        if !self.reads[position(id)] || points.iter().any(IndexSet::is_empty) {
            return;
        }
        let own = self.graph.nodes[id]
            .dims
            .iter()
            .map(|dim| &points[axis(dims, dim)]);
        let joined = match self.needed.get(id) {
            Some(known) => known
                .iter()
                .zip(own)
                .map(|(known, own)| known.union(own))
                .collect(),
            None => own.cloned().collect(),
        };
        self.needed.insert(id, joined);
    }

    /// As [`Needs::add`] with other indices along one dimension, which `dims` may not have.
    fn add_moved(
        &mut self,
        id: NodeId,
        dims: &[Dimension],
        mut points: Points,
        dim: &Dimension,
        along: IndexSet,
    ) {
        if let Some(at) = dims.iter().position(|known| known == dim) {
            points[at] = along;
            return self.add(id, dims, &points);
        }
        points.push(along);
        self.add(id, &[dims, std::slice::from_ref(dim)].concat(), &points);
    }

    /// Passes on what is needed of a node to what it reads. Users come first.
    fn node(&mut self, id: NodeId) {
        let graph = self.graph;
        if let Op::Result(sweep, _) = graph.nodes[id].op
            && let Some((axis, _)) = graph.sweeps[sweep].levels()
        {
            return self.sweep(id, sweep, axis);
        }
        let Some(points) = self.needed.get(id).cloned() else {
            return;
        };
        let dims = &graph.nodes[id].dims;
        match &graph.nodes[id].op {
            Op::Shift {
                value,
                step: Step::Cartesian { dim, distance },
            } => {
                let moved = points[axis(dims, dim)].shifted(i64::from(*distance));
                self.add_moved(*value, dims, points, dim, moved);
            }
            Op::Shift {
                value,
                step: Step::Entry { dim, index },
            } => {
                let one = IndexSet::interval(i64::from(*index), i64::from(*index) + 1);
                self.add_moved(*value, dims, points, dim, one);
            }
            Op::Shift {
                value,
                step: Step::Neighbor { table, index },
            } => {
                let rows = &points[axis(dims, &graph.tables[*table as usize].origin)];
                self.find(id, *table, *index, rows);
                self.neighbors((id, *value), *table, *index..*index + 1, points);
            }
            Op::Shift {
                value,
                step: Step::Neighbors { table },
            } => self.neighbors((id, *value), *table, 0..self.call.size(*table).1, points),
            // What says which neighbours are present is read where the value is, by the same steps.
            Op::Reduce {
                value,
                table,
                present,
                ..
            } => {
                let all = IndexSet::interval(0, i64::from(self.call.size(*table).1));
                let Table { local, origin, .. } = &graph.tables[*table as usize];
                let mut points = points;
                if present.is_none() {
                    let rows = &mut points[axis(dims, origin)];
                    *rows = self.with_neighbors(*table, rows);
                }
                self.add_moved(*value, dims, points, local, all);
            }
            Op::Piecewise {
                dim,
                at,
                below,
                above,
            } => {
                let along = points[axis(dims, dim)].clone();
                let at = self.call.bound(self.occasion, at);
                self.add_moved(*below, dims, points.clone(), dim, along.within((i64::MIN, at)));
                self.add_moved(*above, dims, points, dim, along.within((at, i64::MAX)));
            }
            Op::Gather {
                value,
                dim,
                index,
                start,
                stop,
            } => {
                self.add(*index, dims, &points);
                // Which indices it reads depends on data.
                if self.through == Through::Branches {
                    let all = self.between(start, stop);
                    self.add_moved(*value, dims, points, dim, all);
                }
            }
            Op::Fold {
                value,
                dim,
                start,
                stop,
                ..
            } => {
                let all = self.between(start, stop);
                self.add_moved(*value, dims, points, dim, all);
            }
            Op::Input(_)
            | Op::Constant(_)
            | Op::Position(_)
            | Op::Apply(..)
            | Op::Select { .. }
            | Op::Cast(_)
            | Op::Broadcast(_)
            | Op::Carry(..)
            | Op::Result(..) => {
                for operand in used(graph, id, self.through) {
                    self.add(operand, dims, &points);
                }
            }
        }
    }

    fn between(&self, start: &Bound, stop: &Bound) -> IndexSet {
        let [start, stop] = [start, stop].map(|bound| self.call.bound(self.occasion, bound));
        IndexSet::interval(start, stop)
    }

    /// Notes in which rows a read finds no neighbour.
    fn find(&mut self, node: NodeId, table: TableId, column: u32, rows: &IndexSet) {
        let (count, width) = self.call.size(table);
        if column >= width || !self.call.skips(table, rows.hull(), column) {
            return;
        }
        let missing = |row: &i64| self.call.neighbor(table, *row, column) < 0;
        let rows = IndexSet::of(rows.within((0, count)).iter().filter(missing).collect());
        if !rows.is_empty() {
            self.found.push(MissingRead { node, rows });
        }
    }

    /// A node is needed where some columns of a table lead from the rows among `points`, those of a shift of it.
    fn neighbors(
        &mut self,
        (id, value): (NodeId, NodeId),
        table: TableId,
        columns: Range<u32>,
        points: Points,
    ) {
        if !self.reads[position(value)] {
            return;
        }
        let (dims, names) = (&self.graph.nodes[id].dims, &self.graph.tables[table as usize]);
        let (count, width) = self.call.size(table);
        let columns = columns.start.min(width)..columns.end.min(width);
        let rows = points[axis(dims, &names.origin)].within((0, count));
        let entries = rows
            .iter()
            .flat_map(|row| columns.clone().map(move |column| (row, column)))
            .map(|(row, column)| self.call.neighbor(table, row, column))
            .filter(|&entry| entry >= 0);
        let there = IndexSet::of(entries.collect());
        self.add_moved(value, dims, points, &names.codomain, there);
    }

    /// The rows that have a neighbour at all.
    fn with_neighbors(&self, table: TableId, rows: &IndexSet) -> IndexSet {
        let (count, width) = self.call.size(table);
        if !(0..width).any(|column| self.call.skips(table, rows.hull(), column)) {
            return rows.clone();
        }
        let has_any = |row: &i64| (0..width).any(|column| self.call.neighbor(table, *row, column) >= 0);
        IndexSet::of(rows.within((0, count)).iter().filter(has_any).collect())
    }

    /// Passes on what is needed of all results of a sweep, once it is known: at its first result. A state is needed
    /// where its result is, and where another state that is needed takes it from the level before.
    fn sweep(&mut self, id: NodeId, sweep: SweepId, along: &Dimension) {
        if self.results[sweep].first() != Some(&id) {
            return;
        }
        let Sweep { dims, slots, .. } = &self.graph.sweeps[sweep];
        let (start, stop) = self.levels[sweep];
        let mut states: Vec<Option<Points>> = vec![None; slots.len()];
        for &result in &self.results[sweep] {
            if let (Op::Result(_, slot), Some(points)) =
                (&self.graph.nodes[result].op, self.needed.get(result))
            {
                let mut points = points.clone();
                points[axis(dims, along)] = IndexSet::interval(start, stop);
                join(&mut states[*slot as usize], &points);
            }
        }
        if stop - start > 1 {
            let taken: Vec<Vec<u32>> = slots.iter().map(|slot| self.carries(sweep, slot.next)).collect();
            let mut todo: Vec<usize> = (0..slots.len()).collect();
            while let Some(user) = todo.pop() {
                let Some(points) = states[user].clone() else {
                    continue;
                };
                for &slot in &taken[user] {
                    if join(&mut states[slot as usize], &points) {
                        todo.push(slot as usize);
                    }
                }
            }
        }
        for (slot, points) in slots.iter().zip(states) {
            if let Some(points) = points {
                self.add(slot.next, dims, &points);
            }
        }
    }

    /// The states of a sweep that a node uses.
    fn carries(&self, sweep: SweepId, node: NodeId) -> Vec<u32> {
        let mut seen: HashSet<NodeId> = HashSet::new();
        let (mut stack, mut carries) = (vec![node], Vec::new());
        while let Some(id) = stack.pop() {
            if !seen.insert(id) {
                continue;
            }
            match self.graph.nodes[id].op {
                Op::Carry(of, slot) if of == sweep => carries.push(slot),
                Op::Result(of, _) if self.graph.sweeps[of].levels().is_some() => {}
                _ => stack.extend(used(self.graph, id, self.through)),
            }
        }
        carries
    }
}

/// Adds points to others, and says whether that are more.
fn join(known: &mut Option<Points>, points: &Points) -> bool {
    let joined: Points = match known {
        Some(known) => known.iter().zip(points).map(|(a, b)| a.union(b)).collect(),
        None => points.clone(),
    };
    let more = known.as_ref() != Some(&joined);
    *known = Some(joined);
    more
}

/// The operands whose values the value of a node is made of.
fn used(graph: &Graph, id: NodeId, through: Through) -> Vec<NodeId> {
    match graph.nodes[id].op {
        Op::Select { condition, .. } if through == Through::Certain => vec![condition],
        Op::Gather { index, .. } if through == Through::Certain => vec![index],
        Op::Piecewise { .. } if through == Through::Certain => Vec::new(),
        // There may be no round.
        Op::Result(sweep, _) if through == Through::Certain => {
            graph.sweeps[sweep].condition().into_iter().collect()
        }
        _ => operands(graph, id),
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

/// Per node of the graph: whether it reads a neighbour by its number, or anything below does, which may be what an
/// earlier statement wrote.
fn reads_below(graph: &Graph, nodes: &[NodeId], is_later: bool) -> Vec<bool> {
    let mut reads = vec![false; graph.nodes.len()];
    for &id in nodes {
        reads[position(id)] = match &graph.nodes[id].op {
            Op::Shift {
                step: Step::Neighbor { .. },
                ..
            }
            | Op::Carry(..)
            | Op::Result(..) => true,
            Op::Input(param) => is_later && is_written(graph, *param),
            _ => operands(graph, id)
                .iter()
                .any(|&operand| reads[position(operand)]),
        };
    }
    reads
}

/// The results of each sweep, in the order of the arena.
fn results(graph: &Graph, nodes: &[NodeId]) -> ArenaMap<SweepId, Vec<NodeId>> {
    let mut results: ArenaMap<SweepId, Vec<NodeId>> = ArenaMap::default();
    for &id in nodes {
        if let Op::Result(sweep, _) = graph.nodes[id].op {
            match results.get_mut(sweep) {
                Some(known) => known.push(id),
                None => {
                    results.insert(sweep, vec![id]);
                }
            }
        }
    }
    results
}

/// The levels of the sweeps of a statement: the hull of those of their outputs.
fn levels(
    graph: &Graph,
    call: &dyn Call,
    occasion: usize,
    nodes: &[NodeId],
) -> ArenaMap<SweepId, (i64, i64)> {
    let statement = &graph.statements[call.statement(occasion)];
    let levels = |sweep: &SweepId| {
        let (along, _) = graph.sweeps[*sweep].levels()?;
        let outputs = graph.sweeps[*sweep].outputs.iter();
        let levels = outputs.fold(IndexSet::default(), |levels, &output| {
            let written = boxed(&call.written(occasion, output as usize));
            if written.iter().any(IndexSet::is_empty) {
                return levels;
            }
            let param = statement.outputs[output as usize].param;
            levels.union(&written[axis(field_dims(graph, param), along)])
        });
        Some((*sweep, levels.hull()))
    };
    sweeps(graph, nodes).iter().filter_map(levels).collect()
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
