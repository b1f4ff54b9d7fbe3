//! At which points nodes are needed: a box per node, from the outputs back.

use bise_iter::walk::operands;
use bise_iter::{Graph, NodeId, Op, ParamKind, Step, SweepId};
use bise_lang::{Bound, Dimension};
use la_arena::ArenaMap;

use crate::Memory;
use crate::array::{Array, Region, hull};
use crate::nodes::uniform;

/// Per node: at which points it is needed. Absent where it is not needed at all.
pub(crate) type Boxes = ArenaMap<NodeId, Region>;

/// The levels of the sweeps of a statement.
pub(crate) type Levels = ArenaMap<SweepId, (i64, i64)>;

/// Needs of one statement.
pub(crate) struct Needs<'a> {
    pub graph: &'a Graph,
    pub memory: &'a dyn Memory,
    pub levels: &'a Levels,
    /// The nodes without dimensions, which are computed already.
    pub arrays: &'a ArenaMap<NodeId, Array>,
    pub boxes: Boxes,
}

impl Needs<'_> {
    /// A node is needed on `region`, whose dimensions are `dims`: at least those of the node.
    pub(crate) fn add(&mut self, id: NodeId, dims: &[Dimension], region: &Region) {
        let own = &self.graph.nodes[id].dims;
        let own: Region = own.iter().map(|dim| region[position(dims, dim)]).collect();
        let joined = match self.boxes.get(id) {
            Some(known) => hull(known, &own),
            None => own,
        };
        self.boxes.insert(id, joined);
    }

    /// Passes on what is needed of a node to what it reads. Users come first.
    pub(crate) fn node(&mut self, id: NodeId) {
        let Some(region) = self.boxes.get(id).cloned() else {
            return;
        };
        let graph = self.graph;
        let node = &graph.nodes[id];
        match &node.op {
            Op::Input(_) | Op::Constant(_) | Op::Position(_) | Op::Carry(..) => {}
            Op::Piecewise {
                dim,
                at,
                below,
                above,
            } => {
                let (at, axis) = (bound(graph, self.memory, at), position(&node.dims, dim));
                let (start, stop) = region[axis];
                let pieces = [(*below, (start, stop.min(at))), (*above, (start.max(at), stop))];
                for (piece, interval) in pieces.into_iter().filter(|(_, (start, stop))| start < stop) {
                    self.add_replaced(piece, (&node.dims, region.clone()), dim, interval);
                }
            }
            Op::Gather {
                value,
                dim,
                index,
                start,
                stop,
            } => {
                self.add(*index, &node.dims, &region);
                let all = [start, stop].map(|end| bound(graph, self.memory, end));
                self.add_replaced(*value, (&node.dims, region), dim, all.into());
            }
            Op::Fold {
                value,
                dim,
                start,
                stop,
                ..
            } => {
                let [start, stop] = [start, stop].map(|end| bound(graph, self.memory, end));
                if start < stop {
                    self.add_replaced(*value, (&node.dims, region), dim, (start, stop));
                }
            }
            Op::Select {
                condition,
                then,
                otherwise,
            } if let Some(chosen) = uniform(graph, self.arrays, *condition) => {
                let branch = if chosen.as_bool() { *then } else { *otherwise };
                self.add(branch, &node.dims, &region);
            }
            Op::Result(sweep, _) if let Some((axis, _)) = graph.sweeps[*sweep].levels() => {
                let levels = self.levels[*sweep];
                for slot in &graph.sweeps[*sweep].slots {
                    self.add(slot.init, &[], &Region::new());
                    self.add_replaced(slot.next, (&node.dims, region.clone()), axis, levels);
                }
            }
            Op::Apply(..) | Op::Select { .. } | Op::Cast(_) | Op::Broadcast(_) | Op::Result(..) => {
                for operand in operands(graph, id) {
                    self.add(operand, &node.dims, &region);
                }
            }
            Op::Shift { value, step } => self.shift(*value, step, (&node.dims, region)),
            Op::Reduce { table, .. } => {
                let local = &graph.tables[*table as usize].local;
                let all = (0, i64::from(self.memory.table(*table).width));
                for operand in operands(graph, id) {
                    self.add_replaced(operand, (&node.dims, region.clone()), local, all);
                }
            }
        }
    }

    fn shift(&mut self, value: NodeId, step: &Step, (dims, region): (&[Dimension], Region)) {
        let graph = self.graph;
        match step {
            Step::Cartesian { dim, distance } => {
                let (start, stop) = region[position(dims, dim)];
                let moved = (start + i64::from(*distance), stop + i64::from(*distance));
                self.add_replaced(value, (dims, region), dim, moved);
            }
            Step::Entry { dim, index } => {
                let one = (i64::from(*index), i64::from(*index) + 1);
                self.add_replaced(value, (dims, region), dim, one);
            }
            Step::Neighbor { table, .. } | Step::Neighbors { table } => {
                let rows = region[position(dims, &graph.tables[*table as usize].origin)];
                let column = match step {
                    Step::Neighbor { index, .. } => Some(*index),
                    Step::Neighbors { .. } | Step::Cartesian { .. } | Step::Entry { .. } => None,
                };
                let entries = self.image(*table, rows, column);
                let codomain = &graph.tables[*table as usize].codomain;
                self.add_replaced(value, (dims, region), codomain, entries);
            }
        }
    }

    /// Adds a need that has another interval, or an interval more, along `dim`.
    fn add_replaced(
        &mut self,
        id: NodeId,
        (dims, region): (&[Dimension], Region),
        dim: &Dimension,
        interval: (i64, i64),
    ) {
        let (mut dims, mut region) = (dims.to_vec(), region);
        if let Some(at) = dims.iter().position(|d| d == dim) {
            region[at] = interval;
        } else {
            dims.push(dim.clone());
            region.push(interval);
        }
        self.add(id, &dims, &region);
    }

    /// The smallest interval that holds the entries of those rows that are neighbours.
    fn image(&self, table: u32, rows: (i64, i64), column: Option<u32>) -> (i64, i64) {
        let info = self.memory.table(table);
        let columns = match column {
            Some(column) => column..(column + 1).min(info.width),
            None => 0..info.width,
        };
        let rows = rows.0.max(0)..rows.1.min(info.rows);
        let entries = rows.flat_map(|row| columns.clone().map(move |column| (row, column)));
        let entries = entries.map(|(row, column)| self.memory.neighbor(table, row, column));
        let whole = entries
            .filter(|&entry| entry >= 0)
            .fold(None, |whole, entry| match whole {
                None => Some((entry, entry + 1)),
                Some((start, stop)) => Some((entry.min(start), stop.max(entry + 1))),
            });
        whole.unwrap_or((0, 0))
    }
}

/// The value of a bound as an index.
pub(crate) fn bound(graph: &Graph, memory: &dyn Memory, bound: &Bound) -> i64 {
    bound.index(&|of| leaf(graph, memory, of))
}

/// What a bound asks of an argument.
pub(crate) fn leaf(graph: &Graph, memory: &dyn Memory, bound: &Bound) -> i128 {
    let end = |param: u32, dim| memory.domain(param)[position(field_dims(graph, param), dim)];
    match bound {
        Bound::Scalar(param) => memory.scalar(*param).as_i128(),
        Bound::Start(param, dim) => end(*param, dim).0.into(),
        Bound::Stop(param, dim) => end(*param, dim).1.into(),
        Bound::Constant(_) | Bound::Binary(..) => panic!("compiler bug: no leaf"),
    }
}

/// The position of a dimension that is there.
pub(crate) fn position(dims: &[Dimension], dim: &Dimension) -> usize {
    let position = dims.iter().position(|d| d == dim);
    position.unwrap_or_else(|| panic!("compiler bug: no dimension {dim}"))
}

/// The dimensions of a field argument.
pub(crate) fn field_dims(graph: &Graph, param: u32) -> &[Dimension] {
    match &graph.params[param as usize].kind {
        ParamKind::Field(dims) => dims,
        ParamKind::Scalar => panic!("compiler bug: a scalar has no domain"),
    }
}
