//! The nodes of loops. Built by [`crate::build`], checked by [`mod@crate::verify`].

use bise_base::{Name, Span};
use bise_lang::{Builtin, DType, Scalar};
use la_arena::{Arena, Idx};

/// Handle of a [`Buffer`].
pub type BufferId = Idx<Buffer>;
/// Handle of a loop variable.
pub type VarId = Idx<Var>;
/// Handle of a [`Value`].
pub type ValueId = Idx<Value>;
/// Handle of a [`Carry`].
pub type CarryId = Idx<Carry>;

/// A loop nest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Kernel {
    /// For people; unique in its program.
    pub name: Name,
    /// What is read and written.
    pub buffers: Arena<Buffer>,
    /// Names of the run-time bounds of loops, by position.
    pub bounds: Vec<Name>,
    /// Run-time scalars, by position.
    pub scalars: Vec<Scalars>,
    /// Loop variables.
    pub vars: Arena<Var>,
    /// Loop-carried values.
    pub carries: Arena<Carry>,
    /// Values; operands come before their users.
    pub values: Arena<Value>,
    /// What runs.
    pub body: Vec<Stmt>,
}

/// A strided array in memory.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Buffer {
    /// For people; unique in its kernel.
    pub name: Name,
    /// Type of the elements.
    pub dtype: DType,
    /// Number of axes.
    pub rank: usize,
    /// The axis along which elements are adjacent (stride 1), if one is known.
    pub unit: Option<usize>,
    /// The axis of which only so many places are kept, if there is one.
    pub ring: Option<Ring>,
    /// Read, written or both.
    pub access: Access,
}

/// An axis along which an index means the place `index mod places`: what is kept are the last indices that were
/// written. Along the variable of a vector loop that is a place for each lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Ring {
    /// Which axis.
    pub axis: usize,
    /// How many places; a power of two.
    pub places: u32,
}

/// What a kernel does with a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Loads only.
    Read,
    /// Stores only.
    Write,
    /// Both.
    ReadWrite,
}

/// A run-time scalar.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scalars {
    /// For people.
    pub name: Name,
    /// Its type.
    pub dtype: DType,
}

/// A loop variable: a 64-bit index.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Var {
    /// For people; unique in its kernel.
    pub name: Name,
}

/// A value carried from one iteration of a sequential loop or of a lane of a fold, or from one round of a `while`, to the next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Carry {
    /// For people; unique in its kernel.
    pub name: Name,
    /// Its type.
    pub dtype: DType,
}

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Stmt {
    /// A nested loop.
    Loop(Loop),
    /// Rounds for as long as a condition holds.
    While(While),
    /// Evaluates a value here.
    Let(ValueId),
    /// Writes an element.
    Store {
        /// Where.
        buffer: BufferId,
        /// One per axis.
        index: Vec<Index>,
        /// Of the buffer's type.
        value: ValueId,
    },
}

/// A loop.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Loop {
    /// Its variable.
    pub var: VarId,
    /// First value of the variable, in ascending order.
    pub start: Limit,
    /// One past the last value.
    pub stop: Limit,
    /// How the iterations run.
    pub kind: LoopKind,
    /// Sequential loops and folds only: carried values with what they are before the first iteration.
    pub carries: Vec<(CarryId, ValueId)>,
    /// What runs in each iteration.
    pub body: Vec<Stmt>,
    /// Sequential loops and folds only: the carried values after an iteration, in the order of `carries`.
    pub next: Vec<ValueId>,
}

/// Rounds for as long as a condition holds. In a vector loop each lane has its own: what is carried stays as it is in
/// the lanes that are done.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct While {
    /// Carried values with what they are before the first round.
    pub carries: Vec<(CarryId, ValueId)>,
    /// What comes first in each round. No loops, no stores; nor in `body`.
    pub head: Vec<Stmt>,
    /// A truth value. Where it does not hold the round ends, and was the last one.
    pub condition: ValueId,
    /// The rest of a round.
    pub body: Vec<Stmt>,
    /// The carried values after a round, in the order of `carries`.
    pub next: Vec<ValueId>,
}

/// An end of a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// A number.
    Constant(i64),
    /// A run-time bound, by position in [`Kernel::bounds`].
    Bound(usize),
    /// The start of the range that the caller gives, plus that much.
    Start(i64),
    /// The stop of the range that the caller gives, plus that much.
    Stop(i64),
}

/// How the iterations of a loop run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LoopKind {
    /// In any order, on any thread. Outermost only; the thread is given its part of the range.
    Parallel,
    /// One after the other, ascending.
    Forward,
    /// One after the other, descending.
    Backward,
    /// That many at a time; the last group may be partial.
    Vector(u32),
    /// In the order of `bise_lang::fold`: each lane of a block carries values of its own, which start as they do before
    /// the loop; after it what is carried are those of all lanes and blocks, met by the builtin. In vector loops too. No
    /// loops, no stores inside.
    Fold(Builtin),
}

/// A typed value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// Its type.
    pub dtype: DType,
    /// Where it comes from, for those who read the generated code.
    pub span: Span,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ValueKind {
    /// A number.
    Constant(Scalar),
    /// A run-time scalar, by position in [`Kernel::scalars`].
    Scalar(usize),
    /// A run-time bound, by position in [`Kernel::bounds`], as an int64.
    Bound(usize),
    /// A loop variable as an int64.
    Var(VarId),
    /// A carried value, as it is at the start of the iteration or round.
    Carry(CarryId),
    /// A carried value, as it is after its loop or `while`.
    After(CarryId),
    /// An element of a buffer. Where `valid` is false nothing is read and the value is zero.
    Load {
        /// From where.
        buffer: BufferId,
        /// One per axis.
        index: Vec<Index>,
        /// A truth value; absent means true.
        valid: Option<ValueId>,
    },
    /// A builtin.
    Apply(Builtin, Vec<ValueId>),
    /// A choice between two values of one type.
    Select {
        /// Chooses.
        condition: ValueId,
        /// Where true.
        then: ValueId,
        /// Where false.
        otherwise: ValueId,
    },
    /// To the type of this value.
    Cast(ValueId),
}

/// An index along one axis: `base + offset`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Index {
    /// What varies.
    pub base: Base,
    /// Added.
    pub offset: i64,
}

/// What varies in an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Base {
    /// Nothing.
    Zero,
    /// A loop variable.
    Var(VarId),
    /// An integer value: an entry of a table.
    Value(ValueId),
}

/// Where things stand in the frame, in words.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FrameLayout {
    /// Per buffer: position of its address; its strides follow.
    pub buffers: Vec<usize>,
    /// Position of the first bound.
    pub bounds: usize,
    /// Position of the first scalar.
    pub scalars: usize,
    /// Number of words.
    pub words: usize,
}

impl Kernel {
    /// The kernel without what is there for people only: names, and where values come from. Kernels do the same where
    /// this is the same.
    #[must_use]
    pub fn without_names(&self) -> Self {
        let mut kernel = self.clone();
        kernel.name = Name::default();
        kernel.bounds.fill(Name::default());
        kernel
            .buffers
            .values_mut()
            .for_each(|buffer| buffer.name = Name::default());
        kernel
            .scalars
            .iter_mut()
            .for_each(|scalar| scalar.name = Name::default());
        kernel
            .vars
            .values_mut()
            .for_each(|var| var.name = Name::default());
        kernel
            .carries
            .values_mut()
            .for_each(|carry| carry.name = Name::default());
        kernel
            .values
            .values_mut()
            .for_each(|value| value.span = Span::default());
        kernel
    }

    /// The layout of the frame: buffers with their strides, then bounds, then scalars.
    pub fn frame(&self) -> FrameLayout {
        let mut at = 0;
        let buffers = self.buffers.values().map(|buffer| {
            let position = at;
            at += 1 + buffer.rank;
            position
        });
        let buffers: Vec<usize> = buffers.collect();
        let scalars = at + self.bounds.len();
        FrameLayout {
            buffers,
            bounds: at,
            scalars,
            words: scalars + self.scalars.len(),
        }
    }
}
