//! What is needed of the nodes of one statement, from its outputs back.

use std::collections::HashSet;
use std::ops::Range;

use bise_lang::{Bound, Dimension};
use la_arena::ArenaMap;

use super::{Call, MissingRead, Points, Through, axis, boxed, field_dims, is_written};
use crate::analysis::IndexSet;
use crate::walk::{operands, position, sweeps};
use crate::{Graph, NodeId, Op, Step, Sweep, SweepId, Table, TableId};

/// What is needed of the nodes of one statement.
pub(super) struct Needs<'a> {
    pub(super) graph: &'a Graph,
    pub(super) call: &'a dyn Call,
    pub(super) occasion: usize,
    pub(super) through: Through,
    /// Per node: whether it or anything below reads a neighbour by its number.
    pub(super) reads: Vec<bool>,
    pub(super) levels: ArenaMap<SweepId, (i64, i64)>,
    /// The results of each sweep, in order.
    pub(super) results: ArenaMap<SweepId, Vec<NodeId>>,
    pub(super) needed: ArenaMap<NodeId, Points>,
    pub(super) found: Vec<MissingRead>,
}

impl Needs<'_> {
    /// A node is needed at more points, which have at least its dimensions. Nothing where some dimension has none.
    pub(super) fn add(&mut self, id: NodeId, dims: &[Dimension], points: &Points) {
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
    pub(super) fn node(&mut self, id: NodeId) {
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

/// Per node of the graph: whether it reads a neighbour by its number, or anything below does, which may be what an
/// earlier statement wrote.
pub(super) fn reads_below(graph: &Graph, nodes: &[NodeId], is_later: bool) -> Vec<bool> {
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
pub(super) fn results(graph: &Graph, nodes: &[NodeId]) -> ArenaMap<SweepId, Vec<NodeId>> {
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
pub(super) fn levels(
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
