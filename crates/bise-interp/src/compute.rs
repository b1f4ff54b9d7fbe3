//! The values of the nodes that a statement needs, one node after the other; sweeps level by level, `while` round by
//! round at one point after the other.

use bise_base::has_room;
use bise_iter::walk::{operands, reachable, sweeps, under_way};
use bise_iter::{Graph, NodeId, NodeMap, Op, SweepId};
use bise_lang::{DType, Dimension, Scalar, cast};
use la_arena::ArenaMap;

use crate::Memory;
use crate::array::{Array, Cell, Region, for_each_point, hull, volume};
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
    /// The sweeps whose carries a node depends on, outermost first.
    under_way: NodeMap<Vec<SweepId>>,
    arrays: ArenaMap<NodeId, Array>,
    /// The states that rounds end with.
    states: ArenaMap<SweepId, Vec<Array>>,
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
            under_way: under_way(graph, &nodes),
            levels: levels(graph, &nodes, outputs),
            nodes,
            boxes: Boxes::default(),
            arrays: ArenaMap::default(),
            states: ArenaMap::default(),
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
        let mut finished: Vec<SweepId> = Vec::new();
        for id in nodes {
            if !self.under_way[id].is_empty() || self.arrays.contains_idx(id) {
                continue;
            }
            self.compute(id, Slice::All, &mut finished);
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
            let is_uniform = self.graph.nodes[id].dims.is_empty() && self.under_way[id].is_empty();
            if is_uniform && operands.all(|operand| self.arrays.contains_idx(operand)) {
                self.fill(id, &Vec::new());
            }
        }
    }

    /// Computes a node on a part of its box, and before it the sweep that it is a result of, unless that is `finished`.
    fn compute(&mut self, id: NodeId, slice: Slice<'_>, finished: &mut Vec<SweepId>) {
        if let Op::Result(sweep, _) = self.graph.nodes[id].op
            && !finished.contains(&sweep)
        {
            finished.push(sweep);
            match self.graph.sweeps[sweep].levels() {
                Some((axis, forward)) => self.run_levels(sweep, (axis, forward)),
                None => self.run_rounds(sweep, slice),
            }
        }
        let region = slice.of(&self.graph.nodes[id].dims, &self.boxes[id]);
        self.fill(id, &region);
    }

    /// What depends on the carries of a sweep, and on those of no sweep inside of it.
    fn inside(&self, sweep: SweepId) -> Vec<NodeId> {
        let inside = |node: &&NodeId| self.under_way[**node].last() == Some(&sweep);
        self.nodes.iter().filter(inside).copied().collect()
    }

    /// Computes the nexts of a sweep and what depends on carries there.
    fn run_levels(&mut self, id: SweepId, (axis, forward): (&Dimension, bool)) {
        let inside = self.inside(id);
        let (start, stop) = self.levels[id];
        let mut order: Vec<i64> = (start..stop).collect();
        if !forward {
            order.reverse();
        }
        // A carry reads the next of its slot, which stands after it.
        for &node in &inside {
            let region = self.boxes[node].clone();
            self.allocate(node, &region);
        }
        for level in order {
            let mut finished = Vec::new();
            for &node in &inside {
                self.compute(node, Slice::Level(axis, level), &mut finished);
            }
        }
    }

    /// Computes the states after the last round of a `while`, at each point of its results by itself.
    fn run_rounds(&mut self, id: SweepId, slice: Slice<'_>) {
        let sweep = &self.graph.sweeps[id];
        let inside = self.inside(id);
        let is_carry = |node: &NodeId| matches!(self.graph.nodes[*node].op, Op::Carry(..));
        let (carries, body): (Vec<NodeId>, Vec<NodeId>) = inside.into_iter().partition(is_carry);
        // What the condition is made of comes first: nothing else is computed where it does not hold.
        let condition = sweep
            .condition()
            .map_or_else(Vec::new, |it| reachable(self.graph, [it]));
        let (condition, body): (Vec<NodeId>, Vec<NodeId>) =
            body.into_iter().partition(|node| condition.contains(node));
        let region = slice.of(&sweep.dims, &self.whole(id));
        let mut states: Vec<Array> = Vec::new();
        for init in sweep.inits() {
            let dtype = self.graph.nodes[init].dtype;
            states.push(Array::new(sweep.dims.clone(), region.clone(), zero(dtype)));
        }
        for_each_point(&region, |point| {
            let mut state: Vec<Cell> = sweep.inits().map(|init| self.at(id, init, point)).collect();
            loop {
                for &carry in &carries {
                    if let Op::Carry(_, slot) = self.graph.nodes[carry].op {
                        let here: Region = point.iter().map(|&at| (at, at + 1)).collect();
                        self.allocate(carry, &here);
                        self.arrays[carry].write(point, state[slot as usize]);
                    }
                }
                self.pass(&condition, point);
                let goes_on = sweep.condition().map(|it| self.at(id, it, point));
                match goes_on {
                    Some(Ok(holds)) if holds.as_bool() => {}
                    Some(Err(fault)) => {
                        state.fill(Err(fault));
                        break;
                    }
                    Some(Ok(_)) | None => break,
                }
                self.pass(&body, point);
                state = sweep
                    .slots
                    .iter()
                    .map(|slot| self.at(id, slot.next, point))
                    .collect();
            }
            for (array, state) in states.iter_mut().zip(&state) {
                array.write(point, *state);
            }
        });
        self.states.insert(id, states);
    }

    /// Where the results of a sweep are needed.
    fn whole(&self, id: SweepId) -> Region {
        let is_result = |node: &&NodeId| matches!(self.graph.nodes[**node].op, Op::Result(of, _) if of == id);
        let results = self.nodes.iter().filter(is_result);
        let boxes = results.map(|&result| self.boxes[result].clone());
        boxes.reduce(|a, b| hull(&a, &b)).unwrap_or_default()
    }

    /// Computes some nodes of a sweep at a point of its results.
    fn pass(&mut self, nodes: &[NodeId], point: &[i64]) {
        let mut finished = Vec::new();
        for &node in nodes {
            self.compute(node, Slice::Point(point), &mut finished);
        }
    }

    /// The value of a node at a point of the results of a sweep.
    fn at(&self, sweep: SweepId, node: NodeId, point: &[i64]) -> Cell {
        let dims = &self.graph.sweeps[sweep].dims;
        let own = self.graph.nodes[node].dims.iter();
        let own: Vec<i64> = own.map(|dim| point[position(dims, dim)]).collect();
        self.arrays[node].read(&own)
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
            states: &self.states,
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
    /// result, or at that of the sweep that it is in; what depends on a carry is read by results only.
    fn dead_after(&self) -> ArenaMap<NodeId, Vec<NodeId>> {
        let mut first: ArenaMap<SweepId, NodeId> = ArenaMap::default();
        for &id in self.nodes.iter().rev() {
            if let Op::Result(sweep, _) = self.graph.nodes[id].op {
                first.insert(sweep, id);
            }
        }
        let mut last: ArenaMap<NodeId, NodeId> = ArenaMap::default();
        for &id in &self.nodes {
            let outermost = self.under_way[id].first();
            let time = outermost.map_or(id, |&sweep| first[sweep]);
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

/// A part of all points.
#[derive(Clone, Copy)]
enum Slice<'a> {
    All,
    /// Those with that index along a dimension.
    Level(&'a Dimension, i64),
    /// One, of nodes over the dimensions of a `while`.
    Point(&'a [i64]),
}

impl Slice<'_> {
    /// What it leaves of a box.
    fn of(self, dims: &[Dimension], whole: &Region) -> Region {
        let mut region = whole.clone();
        match self {
            Self::All => {}
            Self::Level(axis, level) => {
                let (start, stop) = &mut region[position(dims, axis)];
                (*start, *stop) = ((*start).max(level), (*stop).min(level + 1));
            }
            Self::Point(point) => {
                for ((start, stop), &at) in region.iter_mut().zip(point) {
                    (*start, *stop) = ((*start).max(at), (*stop).min(at + 1));
                }
            }
        }
        region
    }
}

/// The levels of the sweeps: the hull of those of their outputs.
fn levels(graph: &Graph, nodes: &[NodeId], outputs: &[Written<'_>]) -> Levels {
    let mut levels = Levels::default();
    for sweep in sweeps(graph, nodes) {
        let mut whole: Option<(i64, i64)> = None;
        for written in outputs {
            if !graph.sweeps[sweep].outputs.contains(&written.number) {
                continue;
            }
            let Some((axis, _)) = graph.sweeps[sweep].levels() else {
                continue;
            };
            let axis = position(field_dims(graph, written.output.param), axis);
            let (start, stop) = written.domain[axis];
            whole = Some(whole.map_or((start, stop), |(first, last)| (start.min(first), stop.max(last))));
        }
        levels.insert(sweep, whole.unwrap_or_default());
    }
    levels
}

fn zero(dtype: DType) -> Scalar {
    cast(Scalar::bool(false), dtype)
}
