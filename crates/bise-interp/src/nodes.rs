//! The value of a node at a point: the rules of the documentation of `bise_iter`, one after the other.

use bise_iter::walk::operands;
use bise_iter::{Graph, NodeId, Op, ParamKind, Step, SweepId};
use bise_lang::fold::fold;
use bise_lang::{Bound, DType, Dimension, Reduction, Scalar, cast, evaluate, reduce_nothing, reduce_start};
use la_arena::ArenaMap;

use crate::Memory;
use crate::array::{Array, Cell};
use crate::boxes::{Levels, bound, position};
use crate::error::{Fault, FaultKind};

/// What is known when a node is computed: all of its operands where it needs them.
pub(crate) struct State<'a> {
    pub graph: &'a Graph,
    pub memory: &'a dyn Memory,
    pub levels: &'a Levels,
    pub arrays: &'a ArenaMap<NodeId, Array>,
    /// The states that rounds end with, of each `while` that is done.
    pub states: &'a ArenaMap<SweepId, Vec<Array>>,
}

/// Gives the value of a node at a point: an index per dimension of the node.
pub(crate) type Rule<'a> = Box<dyn FnMut(&[i64]) -> Cell + 'a>;

/// The value of a node without dimensions, if it is computed already. Nothing for other nodes.
pub(crate) fn uniform(graph: &Graph, arrays: &ArenaMap<NodeId, Array>, id: NodeId) -> Option<Scalar> {
    let uniform = graph.nodes[id].dims.is_empty();
    arrays.get(id).filter(|_| uniform)?.read(&[]).ok()
}

/// An operand that is read at points of another node: for each dimension of the operand, its position among
/// the dimensions of those points.
struct Reader<'a> {
    array: &'a Array,
    axes: Vec<usize>,
}

impl Reader<'_> {
    fn read(&self, point: &[i64], index: &mut Vec<i64>) -> Cell {
        index.clear();
        index.extend(self.axes.iter().map(|&axis| point[axis]));
        self.array.read(index)
    }
}

impl<'a> State<'a> {
    /// How the value of a node follows from its operands.
    pub(crate) fn rule(&self, id: NodeId) -> Rule<'a> {
        let node = &self.graph.nodes[id];
        match &node.op {
            Op::Input(param) => self.input(id, *param),
            Op::Constant(value) => {
                let value = *value;
                Box::new(move |_| Ok(value))
            }
            Op::Apply(builtin, _) => {
                let (builtin, readers) = (*builtin, self.readers(id));
                let (mut values, mut index) = (Vec::new(), Vec::new());
                Box::new(move |point| {
                    values.clear();
                    for reader in &readers {
                        values.push(reader.read(point, &mut index)?);
                    }
                    Ok(evaluate(builtin, &values))
                })
            }
            Op::Select {
                condition,
                then,
                otherwise,
            } => match uniform(self.graph, self.arrays, *condition) {
                Some(chosen) => self.copy(id, if chosen.as_bool() { *then } else { *otherwise }),
                None => self.select(id),
            },
            Op::Cast(value) => {
                let (reader, dtype, mut index) = (self.reader(id, *value), node.dtype, Vec::new());
                Box::new(move |point| Ok(cast(reader.read(point, &mut index)?, dtype)))
            }
            Op::Broadcast(value) => self.copy(id, *value),
            Op::Shift { value, step } => self.shift(id, *value, step),
            Op::Position(_) => Box::new(|point| Ok(Scalar::integer(DType::Int64, point[0]))),
            Op::Piecewise {
                dim,
                at,
                below,
                above,
            } => self.piecewise(id, (dim, at), (*below, *above)),
            Op::Gather {
                value,
                dim,
                index,
                start,
                stop,
            } => self.gather(id, (*value, dim), *index, (start, stop)),
            Op::Reduce {
                reduction,
                value,
                table,
                present,
            } => self.reduce(id, *reduction, *value, (*table, *present)),
            Op::Fold {
                reduction,
                value,
                dim,
                start,
                stop,
            } => self.fold(id, *reduction, (*value, dim), (start, stop)),
            Op::Carry(..) => self.carry(id),
            Op::Result(..) => self.result(id),
        }
    }

    fn reader(&self, id: NodeId, operand: NodeId) -> Reader<'a> {
        self.reader_with(&self.graph.nodes[id].dims, operand)
    }

    /// Reads `operand` at points that have `dims`.
    fn reader_with(&self, dims: &[Dimension], operand: NodeId) -> Reader<'a> {
        let array = &self.arrays[operand];
        let axes = array.dims.iter().map(|dim| position(dims, dim)).collect();
        Reader { array, axes }
    }

    fn readers(&self, id: NodeId) -> Vec<Reader<'a>> {
        operands(self.graph, id)
            .into_iter()
            .map(|operand| self.reader(id, operand))
            .collect()
    }

    /// The value of an operand at the same point.
    fn copy(&self, id: NodeId, operand: NodeId) -> Rule<'a> {
        let (reader, mut index) = (self.reader(id, operand), Vec::new());
        Box::new(move |point| reader.read(point, &mut index))
    }

    fn input(&self, id: NodeId, param: u32) -> Rule<'a> {
        let memory = self.memory;
        if self.graph.params[param as usize].kind == ParamKind::Scalar {
            return Box::new(move |_| Ok(memory.scalar(param)));
        }
        let domain = memory.domain(param);
        Box::new(move |point| {
            for (axis, (&index, &(start, stop))) in point.iter().zip(&domain).enumerate() {
                if !(start..stop).contains(&index) {
                    let kind = FaultKind::Outside { axis, index };
                    return Err(Fault { node: id, kind });
                }
            }
            Ok(memory.load(param, point))
        })
    }

    /// A choice point by point: all three are read.
    fn select(&self, id: NodeId) -> Rule<'a> {
        let (readers, mut index) = (self.readers(id), Vec::new());
        Box::new(move |point| {
            let condition = readers[0].read(point, &mut index)?;
            let then = readers[1].read(point, &mut index)?;
            let otherwise = readers[2].read(point, &mut index)?;
            Ok(if condition.as_bool() { then } else { otherwise })
        })
    }

    /// The piece that holds the point; the other one is not read, and may be needed nowhere.
    fn piecewise(&self, id: NodeId, (dim, at): (&Dimension, &Bound), pieces: (NodeId, NodeId)) -> Rule<'a> {
        let dims = &self.graph.nodes[id].dims;
        let (axis, at) = (position(dims, dim), bound(self.graph, self.memory, at));
        let needed = |piece: NodeId| self.arrays.contains_idx(piece).then(|| self.reader(id, piece));
        let (below, above) = (needed(pieces.0), needed(pieces.1));
        let mut index = Vec::new();
        Box::new(move |point| {
            let piece = if point[axis] < at { &below } else { &above };
            match piece {
                Some(reader) => reader.read(point, &mut index),
                None => panic!("compiler bug: a piece was not computed"),
            }
        })
    }

    /// The value at a computed index, clamped to a range; zero where that is empty.
    fn gather(
        &self,
        id: NodeId,
        (value, dim): (NodeId, &Dimension),
        at: NodeId,
        (start, stop): (&Bound, &Bound),
    ) -> Rule<'a> {
        let dims = &self.graph.nodes[id].dims;
        let [start, stop] = [start, stop].map(|end| bound(self.graph, self.memory, end));
        let mut value_dims = dims.clone();
        let axis = dims.iter().position(|known| known == dim).unwrap_or_else(|| {
            value_dims.push(dim.clone());
            dims.len()
        });
        let (reader, at) = (self.reader_with(&value_dims, value), self.reader(id, at));
        let zero = Scalar::zero(self.graph.nodes[id].dtype);
        let (mut index, mut moved) = (Vec::new(), Vec::new());
        Box::new(move |point| {
            let at = at.read(point, &mut index)?.as_i64();
            if start >= stop {
                return Ok(zero);
            }
            moved.clear();
            moved.extend_from_slice(point);
            moved.resize(value_dims.len(), 0);
            moved[axis] = at.clamp(start, stop - 1);
            reader.read(&moved, &mut index)
        })
    }

    fn shift(&self, id: NodeId, value: NodeId, step: &Step) -> Rule<'a> {
        let dims = &self.graph.nodes[id].dims;
        let (mut index, mut moved) = (Vec::new(), Vec::new());
        let (table, column) = match step {
            Step::Cartesian { dim, distance } => {
                let (reader, axis, distance) =
                    (self.reader(id, value), position(dims, dim), i64::from(*distance));
                return Box::new(move |point| {
                    moved.clear();
                    moved.extend_from_slice(point);
                    moved[axis] += distance;
                    reader.read(&moved, &mut index)
                });
            }
            Step::Entry { dim, index: entry } => {
                let mut value_dims = dims.clone();
                value_dims.push(dim.clone());
                let (reader, entry) = (self.reader_with(&value_dims, value), i64::from(*entry));
                return Box::new(move |point| {
                    moved.clear();
                    moved.extend_from_slice(point);
                    moved.push(entry);
                    reader.read(&moved, &mut index)
                });
            }
            Step::Neighbor { table, index } => (*table, Some(*index)),
            Step::Neighbors { table } => (*table, None),
        };
        // Points of the value: those of this node, where the codomain has the index of the neighbour.
        let names = &self.graph.tables[table as usize];
        let origin = position(dims, &names.origin);
        let local = column.is_none().then(|| position(dims, &names.local));
        let mut value_dims = dims.clone();
        let codomain = dims
            .iter()
            .position(|dim| *dim == names.codomain)
            .unwrap_or_else(|| {
                value_dims.push(names.codomain.clone());
                dims.len()
            });
        let (reader, memory) = (self.reader_with(&value_dims, value), self.memory);
        let zero = Scalar::zero(self.graph.nodes[id].dtype);
        Box::new(move |point| {
            let column = column.map_or_else(|| local.map_or(0, |local| point[local]), i64::from);
            let Some(neighbor) = neighbor(memory, id, table, (point[origin], column))? else {
                return Ok(zero);
            };
            moved.clear();
            moved.extend_from_slice(point);
            moved.resize(point.len().max(codomain + 1), 0);
            moved[codomain] = neighbor;
            reader.read(&moved, &mut index)
        })
    }

    fn reduce(
        &self,
        id: NodeId,
        reduction: Reduction,
        value: NodeId,
        (table, present): (u32, Option<NodeId>),
    ) -> Rule<'a> {
        let node = &self.graph.nodes[id];
        let names = &self.graph.tables[table as usize];
        let (dtype, memory) = (node.dtype, self.memory);
        // Points of the value: those of this node with the local index behind.
        let mut value_dims = node.dims.clone();
        value_dims.push(names.local.clone());
        let reader = self.reader_with(&value_dims, value);
        let present = match present {
            Some(present) => Ok(self.reader_with(&value_dims, present)),
            None => Err(position(&node.dims, &names.origin)),
        };
        let (mut index, mut moved) = (Vec::new(), Vec::new());
        Box::new(move |point| {
            let mut folded = None;
            moved.clear();
            moved.extend_from_slice(point);
            moved.push(0);
            for column in 0..i64::from(memory.table(table).width) {
                moved[point.len()] = column;
                let is_there = match &present {
                    Ok(present) => present.read(&moved, &mut index)?.as_bool(),
                    Err(origin) => neighbor(memory, id, table, (point[*origin], column))?.is_some(),
                };
                if !is_there {
                    continue;
                }
                let value = reader.read(&moved, &mut index)?;
                let before = folded.unwrap_or(reduce_start(reduction, dtype));
                folded = Some(evaluate(reduction.builtin(), &[before, value]));
            }
            Ok(folded.unwrap_or(reduce_nothing(reduction, dtype)))
        })
    }

    /// All values of a range, in the order of `bise_lang::fold`; they are not read where there is none.
    fn fold(
        &self,
        id: NodeId,
        reduction: Reduction,
        (value, dim): (NodeId, &Dimension),
        (start, stop): (&Bound, &Bound),
    ) -> Rule<'a> {
        let node = &self.graph.nodes[id];
        let dtype = node.dtype;
        let [start, stop] = [start, stop].map(|end| bound(self.graph, self.memory, end));
        if start >= stop {
            return Box::new(move |_| Ok(reduce_nothing(reduction, dtype)));
        }
        // Points of the value: those of this node with the index along the dimension behind.
        let mut value_dims = node.dims.clone();
        value_dims.push(dim.clone());
        let reader = self.reader_with(&value_dims, value);
        let (mut values, mut index, mut moved) = (Vec::new(), Vec::new(), Vec::new());
        Box::new(move |point| {
            values.clear();
            moved.clear();
            moved.extend_from_slice(point);
            moved.push(start);
            for at in start..stop {
                moved[point.len()] = at;
                values.push(reader.read(&moved, &mut index)?);
            }
            Ok(fold(reduction, dtype, &values))
        })
    }

    /// Along levels: the init on the first one, elsewhere the result one level back.
    fn carry(&self, id: NodeId) -> Rule<'a> {
        let node = &self.graph.nodes[id];
        let Op::Carry(sweep_id, slot) = node.op else {
            panic!("compiler bug: not a carry");
        };
        let sweep = &self.graph.sweeps[sweep_id];
        let Some((axis, forward)) = sweep.levels() else {
            panic!("compiler bug: what a round starts from is written, not computed");
        };
        let axis = position(&node.dims, axis);
        let (start, stop) = self.levels[sweep_id];
        let (first, back) = if forward { (start, -1) } else { (stop - 1, 1) };
        let slot = &sweep.slots[slot as usize];
        let init = self.arrays[slot.init].read(&[]);
        let (reader, mut index, mut moved) = (self.reader(id, slot.next), Vec::new(), Vec::new());
        Box::new(move |point| {
            if point[axis] == first {
                return init;
            }
            moved.clear();
            moved.extend_from_slice(point);
            moved[axis] += back;
            reader.read(&moved, &mut index)
        })
    }

    /// The next of the slot, on the levels of the sweep; of a `while`, the state after the last round.
    fn result(&self, id: NodeId) -> Rule<'a> {
        let node = &self.graph.nodes[id];
        let Op::Result(sweep, slot) = node.op else {
            panic!("compiler bug: not a result");
        };
        let Some((axis, _)) = self.graph.sweeps[sweep].levels() else {
            let states = &self.states[sweep][slot as usize];
            return Box::new(move |point| states.read(point));
        };
        let axis = position(&node.dims, axis);
        let levels = self.levels[sweep];
        let next = self.graph.sweeps[sweep].slots[slot as usize].next;
        let (reader, mut index) = (self.reader(id, next), Vec::new());
        Box::new(move |point| {
            let level = point[axis];
            if !(levels.0..levels.1).contains(&level) {
                let kind = FaultKind::Level { sweep, level, levels };
                return Err(Fault { node: id, kind });
            }
            reader.read(point, &mut index)
        })
    }
}

/// An entry of a table, read for node `id`; nothing where it is a skip value.
fn neighbor(
    memory: &dyn Memory,
    id: NodeId,
    table: u32,
    (row, column): (i64, i64),
) -> Result<Option<i64>, Fault> {
    let info = memory.table(table);
    let fault = |kind| Err(Fault { node: id, kind });
    if !(0..info.rows).contains(&row) {
        return fault(FaultKind::Row { table, row });
    }
    if !(0..i64::from(info.width)).contains(&column) {
        return fault(FaultKind::Column { table, column });
    }
    let entry = memory.neighbor(table, row, column as u32);
    Ok(Some(entry).filter(|&entry| entry >= 0))
}
