//! The nodes of iter. Built by [`crate::build`], checked by [`crate::verify()`].

use bise_base::{Name, Span};
use bise_lang::{Bound, Builtin, DType, Dimension, DomainRange, ProgramLoop, Reduction, Scalar};
use la_arena::{Arena, ArenaMap, Idx};

/// Handle of a [`Node`].
pub type NodeId = Idx<Node>;
/// Handle of a [`Sweep`].
pub type SweepId = Idx<Sweep>;
/// Position of a [`Table`] in [`Graph::tables`]; also `table` of `bise_lang::Extent`.
pub type TableId = u32;

/// A program.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// The program's name.
    pub name: Name,
    /// Flattened parameters, in order, and then the variables of the loops; `bise_lang::Bound` names them by position.
    pub params: Vec<Param>,
    /// Connectivities that are used.
    pub tables: Vec<Table>,
    /// Operands come before their users, but for the `next` of a sweep.
    pub nodes: Arena<Node>,
    /// Recurrences.
    pub sweeps: Arena<Sweep>,
    /// What is computed, in order.
    pub statements: Vec<Statement>,
    /// Which statements are repeated, in the order in which the loops begin, outer ones first.
    pub loops: Vec<ProgramLoop>,
    /// Where nodes come from.
    pub spans: ArenaMap<NodeId, Span>,
}

impl Graph {
    /// How many of the parameters are arguments: all but the variables of loops.
    pub fn arity(&self) -> usize {
        self.params.len() - self.loops.len()
    }

    /// The parameters that are arguments.
    pub fn arguments(&self) -> &[Param] {
        &self.params[..self.arity()]
    }

    /// The variable of a loop, as a parameter.
    pub fn variable(&self, of: usize) -> u32 {
        (self.arity() + of) as u32
    }

    /// The loops around a statement, outermost first.
    pub fn loops_around(&self, statement: usize) -> impl Iterator<Item = usize> {
        let around = move |of: &ProgramLoop| of.statements.contains(&(statement as u32));
        let loops = self.loops.iter().enumerate();
        loops.filter(move |(_, of)| around(of)).map(|(at, _)| at)
    }
}

/// A field or scalar argument, or the variable of a loop.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Param {
    /// Its name; a leaf of a tuple is `name.0`, `name.1.0`.
    pub name: Name,
    /// Field or scalar.
    pub kind: ParamKind,
    /// Type of its values.
    pub dtype: DType,
}

/// What a parameter is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ParamKind {
    /// One value.
    Scalar,
    /// A field over those dimensions, in canonical order.
    Field(Vec<Dimension>),
}

/// A connectivity: for each index of `origin`, up to `width` indices of `codomain`. The width and whether
/// there are skip values are known at specialisation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Table {
    /// Key among the connectivities of a call.
    pub name: Name,
    /// Whose rows.
    pub origin: Dimension,
    /// The dimension of the neighbours.
    pub local: Dimension,
    /// What the entries are indices of.
    pub codomain: Dimension,
}

/// A field-valued node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Node {
    /// What it is.
    pub op: Op,
    /// Dimensions of its points, in canonical order.
    pub dims: Vec<Dimension>,
    /// Type of its values.
    pub dtype: DType,
}

/// What a node is; see the crate's documentation for what each means. Each variant says how it is typed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// A parameter (by position): its dimensions and type.
    Input(u32),
    /// A number: no dimensions.
    Constant(Scalar),
    /// A builtin: union of the operands' dimensions, type by `Builtin::result_type`.
    Apply(Builtin, Vec<NodeId>),
    /// A truth value and two values of one type; union of all dimensions.
    Select {
        /// Chooses.
        condition: NodeId,
        /// Where true.
        then: NodeId,
        /// Where false.
        otherwise: NodeId,
    },
    /// To the type of this node.
    Cast(NodeId),
    /// Over more dimensions, those of this node.
    Broadcast(NodeId),
    /// Read elsewhere. `Cartesian`: same dimensions. `Neighbor`: codomain replaced by origin. `Neighbors`:
    /// codomain replaced by origin and local. `Entry`: without the local dimension; of an input, of a state of a
    /// sweep, or of an entry of those.
    Shift {
        /// What is read; has the dimension that is shifted along.
        value: NodeId,
        /// Where.
        step: Step,
    },
    /// The index of a point along a dimension, which is not local: that dimension only, int64.
    Position(Dimension),
    /// A field defined in two pieces, below and from an index on; more pieces nest. Two values of one type; union of
    /// their dimensions and `dim`, which is not local. Neither is read outside of its piece.
    Piecewise {
        /// Along which dimension.
        dim: Dimension,
        /// The first index of the piece above.
        at: Bound,
        /// The piece below.
        below: NodeId,
        /// The piece from `at` on.
        above: NodeId,
    },
    /// The value read at a computed index, clamped to `start..stop`. The index is int64; the dimensions of the value
    /// but `dim`, which it has and which is not local, and those of the index.
    Gather {
        /// What is read.
        value: NodeId,
        /// Along which dimension.
        dim: Dimension,
        /// Where.
        index: NodeId,
        /// The first index that is read.
        start: Bound,
        /// One past the last index that is read.
        stop: Bound,
    },
    /// A fold over the local dimension of the table, which the result has not. The result has the origin of the
    /// table, or else the dimensions of what says which are present.
    Reduce {
        /// Which fold.
        reduction: Reduction,
        /// Has the local dimension.
        value: NodeId,
        /// How many neighbours, and which are skipped.
        table: TableId,
        /// Truth values that say which are there instead of the row of the point: where neighbours were taken first
        /// and read elsewhere after, they are those of another row.
        present: Option<NodeId>,
    },
    /// A fold over the points of a range along a dimension, in the order that `bise_lang::fold` says. The dimensions of
    /// the value but `dim`, which it has and which is not local.
    Fold {
        /// Which fold.
        reduction: Reduction,
        /// What is folded.
        value: NodeId,
        /// Along which dimension.
        dim: Dimension,
        /// The first index.
        start: Bound,
        /// One past the last index.
        stop: Bound,
    },
    /// State number `slot` of a sweep before this level or round. Only below a `next` or the condition of that sweep,
    /// and never below a shift or a fold there: columns, and points, are independent. Dimensions of the sweep.
    Carry(SweepId, u32),
    /// State number `slot` of a sweep after this level, or after the last round. Dimensions of the sweep.
    Result(SweepId, u32),
}

/// A step of a shift.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Along a Cartesian dimension.
    Cartesian {
        /// Which.
        dim: Dimension,
        /// How far.
        distance: i32,
    },
    /// To neighbour number `index`.
    Neighbor {
        /// Which table.
        table: TableId,
        /// Which column.
        index: u32,
    },
    /// To the neighbour that the local dimension says.
    Neighbors {
        /// Which table.
        table: TableId,
    },
    /// To an index along a local dimension.
    Entry {
        /// Which.
        dim: Dimension,
        /// Which index.
        index: u32,
    },
}

/// A recurrence: states, each computed from those before.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// What the states follow one another along.
    pub course: Course,
    /// Dimensions of carries and results: at least those of all `next`; along levels, the axis; of a `while`, those of
    /// the inits and of the condition.
    pub dims: Vec<Dimension>,
    /// Along levels: the outputs of its statement, in order, over whose levels it runs: all that it contributes to as
    /// the program was written. Rewrites may leave it fewer users, but not fewer levels: where a sweep starts
    /// shows in its results.
    pub outputs: Vec<u32>,
    /// The carried state.
    pub slots: Vec<Slot>,
}

/// What the states of a sweep follow one another along.
#[derive(Clone, Debug, PartialEq)]
pub enum Course {
    /// The levels of one dimension.
    Levels {
        /// Which dimension.
        axis: Dimension,
        /// From the first level to the last, or back.
        forward: bool,
    },
    /// Rounds, at each point for as long as a truth value of its states holds there.
    While {
        /// In terms of `Carry` nodes and of anything outside the sweep.
        condition: NodeId,
    },
}

impl Sweep {
    /// The axis along whose levels it runs, and whether from the first to the last; nothing for a `while`.
    pub fn levels(&self) -> Option<(&Dimension, bool)> {
        match &self.course {
            Course::Levels { axis, forward } => Some((axis, *forward)),
            Course::While { .. } => None,
        }
    }

    /// For how long a `while` goes on.
    pub fn condition(&self) -> Option<NodeId> {
        match self.course {
            Course::While { condition } => Some(condition),
            Course::Levels { .. } => None,
        }
    }

    /// The nodes that it starts from.
    pub fn inits(&self) -> impl Iterator<Item = NodeId> {
        self.slots.iter().map(|slot| slot.init)
    }

    /// The nodes that a level or a round ends with: the condition, if there is one, and the next states.
    pub fn ends(&self) -> impl Iterator<Item = NodeId> {
        let next = self.slots.iter().map(|slot| slot.next);
        self.condition().into_iter().chain(next)
    }
}

/// One carried value of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// Its value before the first level, a node without dimensions, or before the first round.
    pub init: NodeId,
    /// Its value after a level or a round, in terms of `Carry` nodes and of anything outside the sweep. Same type.
    pub next: NodeId,
}

/// Outputs that are computed from the same state of the inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What is written; a parameter may occur twice: the later output wins.
    pub outputs: Vec<Output>,
    /// The call it comes from.
    pub span: Span,
}

/// `param @ domain <- value`
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// The field argument that is written.
    pub param: u32,
    /// One range per dimension of the field, in canonical order.
    pub domain: Vec<DomainRange>,
    /// What is written; its dimensions are among those of the field.
    pub value: NodeId,
}
