//! The builder of a kernel with what lowering declares in it: buffers, bounds and scalars, each with what it is in
//! the plan; and how coordinates become indices.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use bise_base::Name;
use bise_iter::{Graph, NodeId, Param, TableId};
use bise_lang::plan::{self, BufferSource, Scratch, Specialization};
use bise_lang::{Bound, Builtin, DType, Dimension, ExtentBuilder, Scalar};
use bise_loops::{Access, Base, Buffer, BufferId, Builder, Index, Limit, Ring, ValueId, VarId};

use super::memory::Rows;
use super::pieces::{Facts, Order, Side};
use super::points::{Read, Space};
use super::rolling::Rolling;
use super::rounds::Scopes;
use super::survey::number;
use super::turn::{Place, Turned};

/// What the kernels of a statement are written from.
pub(super) struct Context<'a> {
    pub(super) graph: &'a Graph,
    pub(super) specialization: &'a Specialization,
    /// Those of the statement.
    pub(super) extents: &'a ExtentBuilder,
    /// Parameters that the outputs of the statement write.
    pub(super) outputs: Vec<u32>,
    /// Where stored nodes are, by position in the arena.
    pub(super) stored: &'a BTreeMap<u32, Stored>,
    /// The same nodes.
    pub(super) stored_nodes: &'a BTreeSet<u32>,
    /// How the ends of pieces lie to each other.
    pub(super) cuts: &'a Rc<Order>,
    /// Which sweeps the nodes are in.
    pub(super) scopes: &'a Scopes,
    /// Memory of each thread.
    pub(super) scratch: &'a [Scratch],
    /// What the kernel keeps for a few rows.
    pub(super) rolling: Option<&'a Rolling>,
    /// What the kernel turns.
    pub(super) turned: Option<&'a Turned>,
    /// Rows of the values that the kernel carries from level to level; absent where these are in registers.
    pub(super) rows: Option<&'a Rows>,
}

/// Memory that holds a node.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) source: BufferSource,
    pub(super) name: Name,
    /// The axes of the memory: positions among the dimensions of the node.
    pub(super) axes: Vec<usize>,
    /// Which of them has stride 1.
    pub(super) unit: Option<usize>,
    /// The axis along which only the last indices are there.
    pub(super) ring: Option<Ring>,
}

/// A coordinate: an index, and whether it is one. Absent: it always is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct At {
    pub(super) index: Index,
    pub(super) valid: Option<ValueId>,
}

impl At {
    pub(super) fn of(base: Base) -> Self {
        let index = Index { base, offset: 0 };
        Self { index, valid: None }
    }
}

/// The builder, and what is declared in it.
pub(super) struct Writer<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) builder: Builder,
    /// In which part of the loops we are.
    pub(super) facts: Facts,
    /// What has been computed, and where.
    pub(super) memo: HashMap<Read<At>, ValueId>,
    /// The point of the fold that is being written.
    pub(super) folding: Option<At>,
    /// Loop variables with what they run along.
    pub(super) vars: Vec<(VarId, Dimension)>,
    pub(super) sources: Vec<(BufferSource, BufferId)>,
    pub(super) bounds: Vec<plan::Limit>,
    pub(super) scalars: Vec<(u32, ValueId)>,
    /// Stored nodes that the kernel writes, and those that it loads.
    pub(super) written: BTreeSet<u32>,
    pub(super) loaded: BTreeSet<u32>,
}

impl Space for Writer<'_> {
    type Coordinate = At;

    fn moved(&mut self, at: At, distance: i64) -> At {
        let index = Index {
            offset: at.index.offset + distance,
            ..at.index
        };
        At { index, ..at }
    }

    fn neighbor(&mut self, table: TableId, row: At, column: At) -> At {
        let shape = self.context.specialization.tables[table as usize];
        let mut guard = self.both(row.valid, column.valid);
        if column.index.base == Base::Zero && column.index.offset >= i64::from(shape.width) {
            // A column that the table has not: nothing is there.
            guard = Some(self.builder.constant(Scalar::bool(false)));
        }
        let buffer = self.buffer(BufferSource::Table(table));
        let entry = self.builder.load(buffer, vec![row.index, column.index], guard);
        let mut valid = guard;
        if shape.skips {
            let skip = self.builder.constant(Scalar::integer(shape.index, -1));
            let present = self.builder.apply(Builtin::NotEqual, vec![entry, skip]);
            valid = self.both(guard, Some(present));
        }
        At {
            valid,
            ..At::of(Base::Value(entry))
        }
    }

    fn side(&mut self, at: At, dim: &Dimension, cut: &Bound) -> Side {
        let Base::Var(var) = at.index.base else {
            return Side::Either;
        };
        let is_along = self
            .vars
            .iter()
            .any(|(known, along)| *known == var && along == dim);
        if is_along {
            self.facts.side(dim, cut, at.index.offset)
        } else {
            Side::Either
        }
    }

    fn in_piece(&mut self, coordinate: At, at: At, (cut, side): (&Bound, Side)) -> At {
        let below = self.is_below(at, cut);
        let inside = if side == Side::Below {
            below
        } else {
            self.builder.apply(Builtin::Not, vec![below])
        };
        let inside = self.both(at.valid, Some(inside));
        At {
            valid: self.both(coordinate.valid, inside),
            ..coordinate
        }
    }

    fn gathered(&mut self, index: &Read<At>, (start, stop): (&Bound, &Bound)) -> Option<At> {
        let at = &index.1;
        let index = self.known(index)?;
        let (start, stop) = (self.bound(start), self.bound(stop));
        let one = self.builder.constant(Scalar::integer(DType::Int64, 1));
        let last = self.builder.apply(Builtin::Subtract, vec![stop, one]);
        let clamped = self.builder.apply(Builtin::Minimum, vec![index, last]);
        let clamped = self.builder.apply(Builtin::Maximum, vec![clamped, start]);
        let any = self.builder.apply(Builtin::Less, vec![start, stop]);
        let mut valid = Some(any);
        for at in at {
            valid = self.both(valid, at.valid);
        }
        Some(At {
            valid,
            ..At::of(Base::Value(clamped))
        })
    }

    fn folded(&mut self, fold: &Read<At>) -> At {
        self.folding
            .unwrap_or_else(|| panic!("compiler bug: {fold:?} is read outside of its loop"))
    }

    fn number(&mut self, number: i64) -> At {
        let index = Index {
            base: Base::Zero,
            offset: number,
        };
        At { index, valid: None }
    }
}

impl Writer<'_> {
    /// What has been computed of a node somewhere, if that can be used here.
    pub(super) fn known(&self, read: &Read<At>) -> Option<ValueId> {
        let known = self.memo.get(read).copied();
        known.filter(|&value| self.builder.is_visible(value))
    }

    /// A coordinate as a value.
    pub(super) fn index(&mut self, at: At) -> ValueId {
        let base = match at.index.base {
            Base::Zero => {
                return self
                    .builder
                    .constant(Scalar::integer(DType::Int64, at.index.offset));
            }
            Base::Var(var) => self.builder.var(var),
            Base::Value(value) => self.builder.cast(value, DType::Int64),
        };
        if at.index.offset == 0 {
            return base;
        }
        let more = self
            .builder
            .constant(Scalar::integer(DType::Int64, at.index.offset));
        self.builder.apply(Builtin::Add, vec![base, more])
    }

    /// Whether a coordinate is below a cut.
    pub(super) fn is_below(&mut self, at: At, cut: &Bound) -> ValueId {
        let (at, cut) = (self.index(at), self.bound(cut));
        self.builder.apply(Builtin::Less, vec![at, cut])
    }

    /// The value of a bound.
    fn bound(&mut self, bound: &Bound) -> ValueId {
        let limit = self.limit_at(bound);
        self.builder.limit(limit)
    }

    /// The end of a loop at a bound.
    pub(super) fn limit_at(&mut self, bound: &Bound) -> Limit {
        match bound {
            Bound::Constant(value) => Limit::Constant(*value),
            bound => self.run_time(plan::Limit::At(bound.clone()), "at"),
        }
    }

    pub(super) fn both(&mut self, a: Option<ValueId>, b: Option<ValueId>) -> Option<ValueId> {
        match (a, b) {
            (Some(a), Some(b)) if a != b => Some(self.builder.apply(Builtin::And, vec![a, b])),
            (a, b) => a.or(b),
        }
    }

    pub(super) fn load(&mut self, buffer: BufferId, point: &[At]) -> ValueId {
        let mut valid = None;
        for at in point {
            valid = self.both(valid, at.valid);
        }
        let index = point.iter().map(|at| at.index).collect();
        self.builder.load(buffer, index, valid)
    }

    /// The buffer of a parameter or a table.
    pub(super) fn buffer(&mut self, source: BufferSource) -> BufferId {
        let Context {
            graph,
            specialization,
            ..
        } = self.context;
        let (param, access) = match source {
            BufferSource::Input(param) => (param, Access::Read),
            BufferSource::Output(at) => (self.context.outputs[at], Access::Write),
            BufferSource::Table(table) => {
                let index = specialization.tables[table as usize].index;
                let name = &graph.tables[table as usize].name;
                let buffer = self.declare(source, (name, index), (2, Some(1), None), Access::Read);
                // All rows of the loops around are checked to be there.
                self.builder.is_readable(buffer);
                return buffer;
            }
            BufferSource::Temporary(_) | BufferSource::Scratch(_) => {
                panic!("compiler bug: {source:?} holds a node")
            }
        };
        let layout = &specialization.params[param as usize];
        let unit = layout.order.last().copied().filter(|_| layout.unit);
        let Param { name, dtype, .. } = &graph.params[param as usize];
        self.declare(source, (name, *dtype), (layout.order.len(), unit, None), access)
    }

    /// The buffer that holds a stored node, and the point there of a point of the node.
    pub(super) fn stored(&mut self, id: NodeId, point: &[At]) -> (BufferId, Vec<At>) {
        let stored = &self.context.stored[&number(id)];
        let node = number(id);
        let access = match (self.loaded.contains(&node), self.written.contains(&node)) {
            (true, true) => Access::ReadWrite,
            (_, false) => Access::Read,
            (false, true) => Access::Write,
        };
        let dtype = self.context.graph.nodes[id].dtype;
        let shape = (stored.axes.len(), stored.unit, stored.ring);
        let buffer = self.declare(stored.source, (&stored.name, dtype), shape, access);
        (buffer, stored.axes.iter().map(|&axis| point[axis]).collect())
    }

    /// The buffer that holds turned columns.
    pub(super) fn turned(&mut self, place: &Place) -> BufferId {
        let shape = (2, Some(1), Some(place.ring));
        self.declare(place.source, (&place.name, place.dtype), shape, Access::ReadWrite)
    }

    /// The buffer that is a row of carried values.
    pub(super) fn row(&mut self, source: BufferSource, name: &str, dtype: DType) -> BufferId {
        self.declare(source, (name, dtype), (1, Some(0), None), Access::ReadWrite)
    }

    /// The kernel's buffer for that source, of that rank, unit-stride axis and ring; declared where it is new.
    fn declare(
        &mut self,
        source: BufferSource,
        (name, dtype): (&str, DType),
        (rank, unit, ring): (usize, Option<usize>, Option<Ring>),
        access: Access,
    ) -> BufferId {
        if let Some((_, buffer)) = self.sources.iter().find(|(known, _)| *known == source) {
            return *buffer;
        }
        let buffer = self.builder.buffer(Buffer {
            name: name.into(),
            dtype,
            rank,
            unit,
            ring,
            access,
        });
        self.sources.push((source, buffer));
        buffer
    }

    /// The run-time end of a loop.
    pub(super) fn limit(&mut self, dim: &Dimension, limit: plan::Limit) -> Limit {
        let end = match limit {
            plan::Limit::Start(_) => "start",
            plan::Limit::Stop(_) => "stop",
            plan::Limit::At(_) => "at",
        };
        self.run_time(limit, &format!("{}_{end}", dim.name))
    }

    fn run_time(&mut self, limit: plan::Limit, name: &str) -> Limit {
        if let Some(known) = self.bounds.iter().position(|l| *l == limit) {
            return Limit::Bound(known);
        }
        self.bounds.push(limit);
        self.builder.bound(name)
    }

    pub(super) fn scalar(&mut self, param: u32) -> ValueId {
        if let Some((_, value)) = self.scalars.iter().find(|(known, _)| *known == param) {
            return *value;
        }
        let Param { name, dtype, .. } = &self.context.graph.params[param as usize];
        let value = self.builder.scalar(name, *dtype);
        self.scalars.push((param, value));
        value
    }
}
