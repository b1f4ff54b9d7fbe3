//! Traversal, written once: operands of nodes, the nodes of a statement, rebuilding a graph through the
//! builder.

use std::collections::{HashMap, HashSet};

use bise_base::Span;
use bise_lang::{Bound, Dimension};
use la_arena::{ArenaMap, RawIdx};

use crate::{
    Builder, Graph, Node, NodeId, NodeMap, Op, Output, Param, Slot, Statement, Step, SweepId, TableId,
};

/// The nodes that a node reads. The result of a sweep reads what the sweep starts from and ends with.
pub fn operands(graph: &Graph, id: NodeId) -> Vec<NodeId> {
    match &graph.nodes[id].op {
        Op::Input(_) | Op::Constant(_) | Op::Position(_) | Op::Carry(..) => Vec::new(),
        Op::Apply(_, operands) => operands.clone(),
        Op::Piecewise { below, above, .. } => vec![*below, *above],
        Op::Gather { value, index, .. } => vec![*value, *index],
        Op::Select {
            condition,
            then,
            otherwise,
        } => vec![*condition, *then, *otherwise],
        Op::Cast(value) | Op::Broadcast(value) | Op::Shift { value, .. } | Op::Fold { value, .. } => {
            vec![*value]
        }
        Op::Reduce { value, present, .. } => [*value].into_iter().chain(*present).collect(),
        Op::Result(sweep, _) => {
            let sweep = &graph.sweeps[*sweep];
            sweep.inits().chain(sweep.ends()).collect()
        }
    }
}

/// The nodes that any of `roots` reads, directly or not, and the roots, in the order of the arena: operands
/// come before their users. Nothing is followed through a carry.
pub fn reachable(graph: &Graph, roots: impl IntoIterator<Item = NodeId>) -> Vec<NodeId> {
    let mut stack: Vec<NodeId> = roots.into_iter().collect();
    // Marks from the last root down, as far as nodes are met: a statement is a small part of a program.
    let last = stack.iter().map(|&id| position(id)).max().unwrap_or(0);
    let mut seen: Vec<bool> = Vec::new();
    while let Some(id) = stack.pop() {
        let at = last.checked_sub(position(id));
        let at = at.unwrap_or_else(|| panic!("compiler bug: an operand comes after its user"));
        if at >= seen.len() {
            seen.resize(at + 1, false);
        }
        if !std::mem::replace(&mut seen[at], true) {
            stack.extend(operands(graph, id));
        }
    }
    let met = seen.iter().enumerate().rev().filter(|(_, seen)| **seen);
    met.map(|(at, _)| NodeId::from_raw(RawIdx::from_u32((last - at) as u32)))
        .collect()
}

/// The nodes of a statement, in the order of the arena.
pub fn statement_nodes(graph: &Graph, statement: &Statement) -> Vec<NodeId> {
    reachable(graph, statement.outputs.iter().map(|output| output.value))
}

/// For each of those nodes, all of a statement: the sweeps under way there, on whose carries it depends, outermost first.
pub fn under_way(graph: &Graph, nodes: &[NodeId]) -> NodeMap<Vec<SweepId>> {
    let mut under_way: NodeMap<Vec<SweepId>> = NodeMap::new(nodes, Vec::new());
    // In how many others each is.
    let mut depths: HashMap<SweepId, usize> = HashMap::new();
    for &id in nodes {
        let mut sweeps: Vec<SweepId> = Vec::new();
        for operand in operands(graph, id) {
            sweeps.extend(&under_way[operand]);
        }
        sweeps.sort_by_key(|sweep| sweep.into_raw());
        sweeps.dedup();
        match graph.nodes[id].op {
            Op::Carry(sweep, _) => sweeps.push(sweep),
            Op::Result(finished, _) => {
                sweeps.retain(|sweep| *sweep != finished);
                depths.insert(finished, sweeps.len());
            }
            _ => {}
        }
        under_way[id] = sweeps;
    }
    for &id in nodes.iter().filter(|_| depths.len() > 1) {
        under_way[id].sort_by_key(|sweep| depths.get(sweep));
    }
    under_way
}

/// The sweeps along levels whose results are among those nodes, in the order of the arena.
pub fn sweeps(graph: &Graph, nodes: &[NodeId]) -> Vec<SweepId> {
    let mut sweeps: Vec<SweepId> = nodes
        .iter()
        .filter_map(|&id| match graph.nodes[id].op {
            Op::Result(sweep, _) => Some(sweep),
            _ => None,
        })
        .filter(|&sweep| graph.sweeps[sweep].levels().is_some())
        .collect();
    sweeps.sort_by_key(|sweep| sweep.into_raw());
    sweeps.dedup();
    sweeps
}

/// The sweeps of a statement along levels, in the order of the arena, each with the outputs that have levels and that it
/// contributes to. There may be none: all that it gives is folded.
pub fn sweep_users(graph: &Graph, statement: &Statement) -> Vec<(SweepId, Vec<u32>)> {
    let mut users: Vec<(SweepId, Vec<u32>)> = Vec::new();
    if sweeps(graph, &statement_nodes(graph, statement)).is_empty() {
        return users;
    }
    for (number, output) in statement.outputs.iter().enumerate() {
        let has = |axis: &Dimension| output.domain.iter().any(|range| range.dim == *axis);
        for sweep in sweeps(graph, &reachable(graph, [output.value])) {
            let at = users.iter().position(|(known, _)| *known == sweep);
            let at = at.unwrap_or_else(|| {
                users.push((sweep, Vec::new()));
                users.len() - 1
            });
            if graph.sweeps[sweep].levels().is_some_and(|(axis, _)| has(axis)) {
                users[at].1.push(number as u32);
            }
        }
    }
    users.sort_by_key(|(sweep, _)| sweep.into_raw());
    users
}

/// A node's position in its arena, for tables with a row per node.
pub fn position(id: NodeId) -> usize {
    id.into_raw().into_u32() as usize
}

/// A node with its operands already rebuilt, as [`map_graph`] gives it to its caller.
#[derive(Debug)]
pub struct Rebuilt<'a> {
    /// The node that is replaced.
    pub old: NodeId,
    /// Its replacement so far: `node.op` names nodes of the new graph.
    pub node: &'a Node,
    /// Where it comes from.
    pub span: Span,
}

/// The graph rebuilt bottom-up, without the nodes that no output needs, equal nodes made one. `rewrite` is
/// asked for each node, operands first, what takes its place: a node it has built, or nothing for the node
/// itself.
pub fn map_graph(graph: &Graph, rewrite: impl FnMut(&mut Builder, &Rebuilt<'_>) -> Option<NodeId>) -> Graph {
    rebuild(graph, &Keep::all(graph), rewrite)
}

/// What remains of a graph that is rebuilt.
pub(crate) struct Keep {
    /// Per node.
    pub nodes: Vec<bool>,
    /// Per sweep: its slots that remain, in order.
    pub slots: ArenaMap<SweepId, Vec<u32>>,
    /// The tables that remain, in order.
    pub tables: Vec<TableId>,
}

impl Keep {
    /// Everything that an output needs.
    pub(crate) fn all(graph: &Graph) -> Self {
        let mut nodes = vec![false; graph.nodes.len()];
        for id in graph
            .statements
            .iter()
            .flat_map(|statement| statement_nodes(graph, statement))
        {
            nodes[position(id)] = true;
        }
        let slots = graph
            .sweeps
            .iter()
            .map(|(id, sweep)| (id, (0..sweep.slots.len() as u32).collect()));
        Self {
            nodes,
            slots: slots.collect(),
            tables: (0..graph.tables.len() as u32).collect(),
        }
    }
}

/// As [`map_graph`], without what is not kept.
pub(crate) fn rebuild(
    graph: &Graph,
    keep: &Keep,
    mut rewrite: impl FnMut(&mut Builder, &Rebuilt<'_>) -> Option<NodeId>,
) -> Graph {
    let mut builder = Builder::new(graph.name.clone(), graph.params.clone());
    for &table in &keep.tables {
        builder.table(graph.tables[table as usize].clone());
    }
    for statement in &graph.statements {
        let nodes = statement_nodes(graph, statement);
        let mut copy = Copy {
            graph,
            keep,
            nodes: NodeMap::new(&nodes, None),
            sweeps: HashMap::new(),
            finished: HashSet::new(),
        };
        for id in nodes {
            if keep.nodes[position(id)] {
                copy.node(&mut builder, id, &mut rewrite);
            }
        }
        let outputs = statement.outputs.iter().map(|output| Output {
            value: copy.replacement(output.value),
            ..output.clone()
        });
        builder.statement(outputs.collect(), statement.span);
    }
    for repeated in &graph.loops {
        builder.repeat(repeated.clone());
    }
    builder.finish()
}

/// The statement that is being rebuilt.
struct Copy<'a> {
    graph: &'a Graph,
    keep: &'a Keep,
    nodes: NodeMap<Option<NodeId>>,
    sweeps: HashMap<SweepId, SweepId>,
    finished: HashSet<SweepId>,
}

impl Copy<'_> {
    fn node(
        &mut self,
        builder: &mut Builder,
        id: NodeId,
        rewrite: &mut impl FnMut(&mut Builder, &Rebuilt<'_>) -> Option<NodeId>,
    ) {
        let old = &self.graph.nodes[id];
        let span = self.graph.spans.get(id).copied().unwrap_or_default();
        let node = Node {
            op: self.op(builder, &old.op),
            ..old.clone()
        };
        let rebuilt = Rebuilt {
            old: id,
            node: &node,
            span,
        };
        let new = rewrite(builder, &rebuilt).unwrap_or_else(|| builder.node(node, span));
        assert_eq!(
            builder.dtype(new),
            old.dtype,
            "compiler bug: a rewrite changed a type"
        );
        assert_eq!(
            builder.dims(new),
            old.dims,
            "compiler bug: a rewrite changed dimensions"
        );
        self.nodes[id] = Some(new);
    }

    /// What took the place of a node.
    fn replacement(&self, old: NodeId) -> NodeId {
        self.nodes[old].unwrap_or_else(|| panic!("compiler bug: a node is read before it was rebuilt"))
    }

    /// The operation with the new names of its operands.
    fn op(&mut self, builder: &mut Builder, op: &Op) -> Op {
        match op {
            Op::Carry(sweep, slot) => Op::Carry(self.begin(builder, *sweep), self.slot(*sweep, *slot)),
            Op::Result(sweep, slot) => {
                let new = self.begin(builder, *sweep);
                if self.finished.insert(*sweep) {
                    let next: Vec<NodeId> = self
                        .slots(*sweep)
                        .map(|slot| self.replacement(slot.next))
                        .collect();
                    let condition = self.graph.sweeps[*sweep].condition();
                    let condition = condition.map(|condition| self.replacement(condition));
                    builder.end_sweep(new, &next, condition);
                }
                Op::Result(new, self.slot(*sweep, *slot))
            }
            _ => {
                let tables = &self.keep.tables;
                let table = |old: TableId| tables.iter().position(|&t| t == old).unwrap_or(0) as TableId;
                map_operands(&map_table(op, table), |operand| self.replacement(operand))
            }
        }
    }

    /// The new sweep, begun where it is first met.
    fn begin(&mut self, builder: &mut Builder, sweep: SweepId) -> SweepId {
        if let Some(&new) = self.sweeps.get(&sweep) {
            return new;
        }
        let old = &self.graph.sweeps[sweep];
        let inits: Vec<NodeId> = self
            .slots(sweep)
            .map(|slot| self.replacement(slot.init))
            .collect();
        let new = builder.begin_like(old, &inits);
        self.sweeps.insert(sweep, new);
        new
    }

    fn slots(&self, sweep: SweepId) -> impl Iterator<Item = &Slot> {
        let slots = &self.graph.sweeps[sweep].slots;
        self.keep.slots[sweep].iter().map(|&slot| &slots[slot as usize])
    }

    fn slot(&self, sweep: SweepId, slot: u32) -> u32 {
        let position = self.keep.slots[sweep].iter().position(|&kept| kept == slot);
        position.unwrap_or_else(|| panic!("compiler bug: a slot that is read was removed")) as u32
    }
}

/// The bounds that an operation speaks of.
pub fn bounds(op: &Op) -> impl Iterator<Item = &Bound> {
    let found = match op {
        Op::Piecewise { at, .. } => [Some(at), None],
        Op::Gather { start, stop, .. } | Op::Fold { start, stop, .. } => [Some(start), Some(stop)],
        Op::Input(_)
        | Op::Constant(_)
        | Op::Apply(..)
        | Op::Select { .. }
        | Op::Cast(_)
        | Op::Broadcast(_)
        | Op::Shift { .. }
        | Op::Position(_)
        | Op::Reduce { .. }
        | Op::Carry(..)
        | Op::Result(..) => [None, None],
    };
    found.into_iter().flatten()
}

/// As [`bounds`], to change.
pub fn bounds_mut(op: &mut Op) -> impl Iterator<Item = &mut Bound> {
    let found = match op {
        Op::Piecewise { at, .. } => [Some(at), None],
        Op::Gather { start, stop, .. } | Op::Fold { start, stop, .. } => [Some(start), Some(stop)],
        Op::Input(_)
        | Op::Constant(_)
        | Op::Apply(..)
        | Op::Select { .. }
        | Op::Cast(_)
        | Op::Broadcast(_)
        | Op::Shift { .. }
        | Op::Position(_)
        | Op::Reduce { .. }
        | Op::Carry(..)
        | Op::Result(..) => [None, None],
    };
    found.into_iter().flatten()
}

/// The graph with more arguments after those it has: the variables of its loops move up.
#[must_use]
pub fn with_arguments(graph: &Graph, more: Vec<Param>) -> Graph {
    let (arity, count) = (graph.arity() as u32, more.len() as u32);
    let moved = |param: u32| if param < arity { param } else { param + count };
    let mut graph = graph.clone();
    graph.params.splice(arity as usize..arity as usize, more);
    renumber(&mut graph, &moved);
    graph
}

/// Gives parameters other positions wherever they are named but as outputs.
pub(crate) fn renumber(graph: &mut Graph, moved: &impl Fn(u32) -> u32) {
    for node in graph.nodes.values_mut() {
        if let Op::Input(param) = &mut node.op {
            *param = moved(*param);
        }
        bounds_mut(&mut node.op).for_each(|bound| bound.renumber(moved));
    }
    let outputs = graph
        .statements
        .iter_mut()
        .flat_map(|statement| &mut statement.outputs);
    for range in outputs.flat_map(|output| &mut output.domain) {
        range.start.renumber(moved);
        range.stop.renumber(moved);
    }
    for repeated in &mut graph.loops {
        repeated.start.renumber(moved);
        repeated.stop.renumber(moved);
    }
}

/// The table that an operation reads.
pub fn table(op: &Op) -> Option<TableId> {
    match op {
        Op::Reduce { table, .. }
        | Op::Shift {
            step: Step::Neighbor { table, .. } | Step::Neighbors { table },
            ..
        } => Some(*table),
        Op::Input(_)
        | Op::Constant(_)
        | Op::Apply(..)
        | Op::Select { .. }
        | Op::Cast(_)
        | Op::Broadcast(_)
        | Op::Shift { .. }
        | Op::Position(_)
        | Op::Piecewise { .. }
        | Op::Gather { .. }
        | Op::Fold { .. }
        | Op::Carry(..)
        | Op::Result(..) => None,
    }
}

/// The operation with another table.
fn map_table(op: &Op, map: impl Fn(TableId) -> TableId) -> Op {
    let mut op = op.clone();
    if let Op::Reduce { table, .. }
    | Op::Shift {
        step: Step::Neighbor { table, .. } | Step::Neighbors { table },
        ..
    } = &mut op
    {
        *table = map(*table);
    }
    op
}

/// The operation with other operands. Carries and results stay.
pub fn map_operands(op: &Op, mut map: impl FnMut(NodeId) -> NodeId) -> Op {
    match op {
        Op::Input(_) | Op::Constant(_) | Op::Position(_) | Op::Carry(..) | Op::Result(..) => op.clone(),
        Op::Piecewise {
            dim,
            at,
            below,
            above,
        } => Op::Piecewise {
            dim: dim.clone(),
            at: at.clone(),
            below: map(*below),
            above: map(*above),
        },
        Op::Gather {
            value,
            dim,
            index,
            start,
            stop,
        } => Op::Gather {
            value: map(*value),
            dim: dim.clone(),
            index: map(*index),
            start: start.clone(),
            stop: stop.clone(),
        },
        Op::Apply(builtin, operands) => {
            Op::Apply(*builtin, operands.iter().map(|&operand| map(operand)).collect())
        }
        Op::Select {
            condition,
            then,
            otherwise,
        } => Op::Select {
            condition: map(*condition),
            then: map(*then),
            otherwise: map(*otherwise),
        },
        Op::Cast(value) => Op::Cast(map(*value)),
        Op::Broadcast(value) => Op::Broadcast(map(*value)),
        Op::Shift { value, step } => Op::Shift {
            value: map(*value),
            step: step.clone(),
        },
        Op::Reduce {
            reduction,
            value,
            table,
            present,
        } => Op::Reduce {
            reduction: *reduction,
            value: map(*value),
            table: *table,
            present: present.map(map),
        },
        Op::Fold {
            reduction,
            value,
            dim,
            start,
            stop,
        } => Op::Fold {
            reduction: *reduction,
            value: map(*value),
            dim: dim.clone(),
            start: start.clone(),
            stop: stop.clone(),
        },
    }
}
