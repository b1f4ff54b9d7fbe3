//! The values of the nodes that a statement needs, one node after the other; sweeps level by level.

use bise_base::has_room;
use bise_iter::walk::{operands, reachable, sweeps};
use bise_iter::{Graph, NodeId, Op, SweepId};
use bise_lang::{DType, Scalar, cast};
use la_arena::ArenaMap;

use crate::Memory;
use crate::array::{Array, Cell, Region, for_each_point, volume};
use crate::boxes::{Boxes, Levels, Needs, field_dims, position};
use crate::error::InterpError;
use crate::nodes::State;
use crate::statement::Written;

/// What is computed of a statement, and the values known so far.
pub(crate) struct Computation<'a> {
    graph: &'a Graph,
    memory: &'a dyn Memory,
    /// What the outputs need, operands first.
    nodes: Vec<NodeId>,
    levels: Levels,
    boxes: Boxes,
    /// The sweep whose carries a node depends on.
    carried: ArenaMap<NodeId, SweepId>,
    arrays: ArenaMap<NodeId, Array>,
    /// The values of the outputs.
    outputs: Vec<NodeId>,
}

impl<'a> Computation<'a> {
    /// Finds out what is to be computed. The domains are not empty.
    pub(crate) fn new(graph: &'a Graph, outputs: &[Written<'_>], memory: &'a dyn Memory) -> Self {
        let nodes = reachable(graph, outputs.iter().map(|written| written.output.value));
        let mut computation = Self {
            graph,
            memory,
            carried: carried(graph, &nodes),
            levels: levels(graph, &nodes, outputs),
            nodes,
            boxes: Boxes::default(),
            arrays: ArenaMap::default(),
            outputs: outputs.iter().map(|written| written.output.value).collect(),
        };
        computation.uniform_nodes();
        let mut needs = Needs {
            graph,
            memory,
            levels: &computation.levels,
            arrays: &computation.arrays,
            boxes: Boxes::default(),
        };
        for Written { output, domain, .. } in outputs {
            needs.add(output.value, field_dims(graph, output.param), domain);
        }
        for &id in computation.nodes.iter().rev() {
            needs.node(id);
        }
        let boxes = needs.boxes;
        computation.nodes.retain(|&id| boxes.contains_idx(id));
        computation.boxes = boxes;
        computation
    }

    /// Whether there is memory for all arrays at once, and for what is written.
    pub(crate) fn check_room(&self) -> Result<(), InterpError> {
        let points = |&id: &NodeId| self.boxes.get(id).map_or(0, volume);
        let all: usize = self.nodes.iter().map(points).sum();
        let largest = self.nodes.iter().map(points).max().unwrap_or(0);
        let written: usize = self.outputs.iter().map(points).sum();
        let bytes = (all + largest + 2 * written).saturating_mul(size_of::<Cell>());
        if !has_room(bytes) {
            return Err(InterpError::OutOfMemory { bytes });
        }
        Ok(())
    }

    /// Computes all nodes: the values of the outputs.
    pub(crate) fn run(mut self) -> ArenaMap<NodeId, Array> {
        let nodes = self.nodes.clone();
        let mut dead = self.dead_after();
        let mut swept: Vec<SweepId> = Vec::new();
        for id in nodes {
            if self.carried.contains_idx(id) || self.arrays.contains_idx(id) {
                continue;
            }
            if let Op::Result(sweep, _) = self.graph.nodes[id].op
                && !swept.contains(&sweep)
            {
                swept.push(sweep);
                self.run_sweep(sweep);
            }
            let region = self.boxes[id].clone();
            self.fill(id, &region);
            for id in dead.remove(id).unwrap_or_default() {
                self.arrays.remove(id);
            }
        }
        self.arrays
    }

    /// Nodes without dimensions that are made of such nodes: they choose what else is needed.
    fn uniform_nodes(&mut self) {
        for id in self.nodes.clone() {
            let mut operands = operands(self.graph, id).into_iter();
            let is_uniform = self.graph.nodes[id].dims.is_empty();
            if is_uniform && operands.all(|operand| self.arrays.contains_idx(operand)) {
                self.fill(id, &Vec::new());
            }
        }
    }

    /// Computes the nexts of a sweep and what depends on carries there.
    fn run_sweep(&mut self, id: SweepId) {
        let sweep = &self.graph.sweeps[id];
        let inside = |&&node: &&NodeId| self.carried.get(node) == Some(&id);
        let inside: Vec<NodeId> = self.nodes.iter().filter(inside).copied().collect();
        let (start, stop) = self.levels[id];
        let mut order: Vec<i64> = (start..stop).collect();
        if !sweep.forward {
            order.reverse();
        }
        // A carry reads the next of its slot, which stands after it.
        for &node in &inside {
            let region = self.boxes[node].clone();
            self.allocate(node, &region);
        }
        for level in order {
            for &node in &inside {
                let mut region = self.boxes[node].clone();
                let (start, stop) = &mut region[position(&self.graph.nodes[node].dims, &sweep.axis)];
                if (*start..*stop).contains(&level) {
                    (*start, *stop) = (level, level + 1);
                    self.fill(node, &region);
                }
            }
        }
    }

    /// Makes room for a node on its box, or on `region` where it has none.
    fn allocate(&mut self, id: NodeId, region: &Region) {
        let node = &self.graph.nodes[id];
        if !self.arrays.contains_idx(id) {
            let bounds = self.boxes.get(id).unwrap_or(region).clone();
            let array = Array::new(node.dims.clone(), bounds, zero(node.dtype));
            self.arrays.insert(id, array);
        }
    }

    /// Computes a node on a part of its box.
    fn fill(&mut self, id: NodeId, region: &Region) {
        self.allocate(id, region);
        let mut cells: Vec<Cell> = Vec::with_capacity(volume(region));
        let state = State {
            graph: self.graph,
            memory: self.memory,
            levels: &self.levels,
            arrays: &self.arrays,
        };
        let mut rule = state.rule(id);
        for_each_point(region, |point| cells.push(rule(point)));
        drop(rule);
        let array = &mut self.arrays[id];
        let mut cells = cells.into_iter();
        for_each_point(region, |point| {
            if let Some(cell) = cells.next() {
                array.write(point, cell);
            }
        });
    }

    /// Which arrays are not read any more once a node is computed. What a sweep reads, it reads at its first
    /// result; what depends on a carry is read by results only.
    fn dead_after(&self) -> ArenaMap<NodeId, Vec<NodeId>> {
        let mut first: ArenaMap<SweepId, NodeId> = ArenaMap::default();
        for &id in self.nodes.iter().rev() {
            if let Op::Result(sweep, _) = self.graph.nodes[id].op {
                first.insert(sweep, id);
            }
        }
        let mut last: ArenaMap<NodeId, NodeId> = ArenaMap::default();
        for &id in &self.nodes {
            let time = self.carried.get(id).map_or(id, |&sweep| first[sweep]);
            for operand in operands(self.graph, id) {
                let known = last.get(operand).copied().unwrap_or(time);
                last.insert(
                    operand,
                    if known.into_raw() > time.into_raw() {
                        known
                    } else {
                        time
                    },
                );
            }
        }
        let mut dead: ArenaMap<NodeId, Vec<NodeId>> = ArenaMap::default();
        for (id, &time) in last.iter() {
            if !self.kept(id) {
                let mut list = dead.remove(time).unwrap_or_default();
                list.push(id);
                dead.insert(time, list);
            }
        }
        dead
    }

    /// Whether an array stays to the end: few and small ones, and results.
    fn kept(&self, id: NodeId) -> bool {
        self.graph.nodes[id].dims.is_empty() || self.outputs.contains(&id)
    }
}

/// The levels of the sweeps: the hull of those of their outputs.
fn levels(graph: &Graph, nodes: &[NodeId], outputs: &[Written<'_>]) -> Levels {
    let mut levels = Levels::default();
    for sweep in sweeps(graph, nodes) {
        for written in outputs {
            if !graph.sweeps[sweep].outputs.contains(&written.number) {
                continue;
            }
            let axis = position(field_dims(graph, written.output.param), &graph.sweeps[sweep].axis);
            let (start, stop) = written.domain[axis];
            let whole = match levels.get(sweep) {
                Some(&(first, last)) => (start.min(first), stop.max(last)),
                None => (start, stop),
            };
            levels.insert(sweep, whole);
        }
    }
    levels
}

/// The nodes that depend on the carries of a sweep, with the sweep.
fn carried(graph: &Graph, nodes: &[NodeId]) -> ArenaMap<NodeId, SweepId> {
    let mut carried = ArenaMap::default();
    for &id in nodes {
        let sweep = match graph.nodes[id].op {
            Op::Carry(sweep, _) => Some(sweep),
            Op::Result(..) => None,
            _ => operands(graph, id)
                .iter()
                .find_map(|&operand| carried.get(operand).copied()),
        };
        if let Some(sweep) = sweep {
            carried.insert(id, sweep);
        }
    }
    carried
}

fn zero(dtype: DType) -> Scalar {
    cast(Scalar::bool(false), dtype)
}
