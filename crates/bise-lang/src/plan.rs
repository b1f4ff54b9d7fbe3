//! What is known when a program is specialised, and the plan of what to run: plain data between lowering, which
//! writes a plan, and the driver, which walks it.
//!
//! Parameters are named by position in the flattened parameter list, tables by position in the program's list.

use bise_base::{Name, Span};

use crate::{Bound, DType, Dimension, ExtentId, Extents};

/// What one variant of a program is compiled for. Two calls with equal specialisations share machine code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Specialization {
    /// One per flattened parameter; empty layouts for scalars.
    pub params: Vec<Layout>,
    /// One per table of the program.
    pub tables: Vec<TableShape>,
    /// What is compiled: statements of the program, by position. One may occur several times, for calls that carry it out
    /// in unlike ways, and not at all, where no call does.
    pub statements: Vec<u32>,
    /// Per entry of `statements` and output: the first output of the statement whose domain is the same in this call.
    /// Outputs with one domain share loops. Where absent, only domains that are written alike count as the same.
    pub domains: Vec<Vec<u32>>,
    /// Per entry of `statements` and dimension that it has pieces along, as `bise_iter::analysis::cuts` lists them: in which order
    /// the ends of the pieces come in this call. Where absent, nothing is known of it.
    pub cuts: Vec<Vec<CutOrder>>,
    /// Bits of a vector register: lanes are `vector_bits / (8 * size of the widest type in a loop)`.
    pub vector_bits: u32,
}

/// In which order the ends of pieces come along a dimension.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CutOrder {
    /// What the ends are at, in ascending order, by position in the list of the statement.
    pub order: Vec<u32>,
    /// How far each of them is from the one before it, from the second on; of far ones, only that they are.
    pub gaps: Vec<i64>,
}

impl CutOrder {
    /// Of ends at those indices, of which it does not matter how far they are from each other if that is `far` or more.
    pub fn new(values: &[i64], far: i64) -> Self {
        let mut order: Vec<u32> = (0..values.len() as u32).collect();
        order.sort_by_key(|&base| values[base as usize]);
        let gap = |pair: &[u32]| {
            let [from, to] = [pair[0], pair[1]].map(|base| values[base as usize]);
            to.saturating_sub(from).min(far)
        };
        Self {
            gaps: order.windows(2).map(gap).collect(),
            order,
        }
    }
}

/// How a field lies in memory, as far as code depends on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Layout {
    /// Axes from the largest stride to the smallest; positions in the field's canonical dimensions.
    pub order: Vec<usize>,
    /// Whether elements along the last axis of `order` are adjacent.
    pub unit: bool,
}

/// What code depends on of a connectivity table. Tables are row-major.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TableShape {
    /// Neighbours per row.
    pub width: u32,
    /// Whether any entry is -1.
    pub skips: bool,
    /// `int32` or `int64`.
    pub index: DType,
}

/// What to run for one call of a program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// One per entry of [`Specialization::statements`].
    pub statements: Vec<StatementPlan>,
}

/// What to run for one statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatementPlan {
    /// What the extents of its parts are.
    pub extents: Extents,
    /// Its outputs: parameter and the extent that is written, one per dimension of the field. An output with an
    /// empty extent is not computed.
    pub outputs: Vec<OutputPlan>,
    /// What inputs must cover. Checked before anything runs.
    pub requirements: Vec<Requirement>,
    /// What is read of the results of sweeps. Checked before anything runs.
    pub sweep_reads: Vec<SweepRead>,
    /// Intermediate fields.
    pub temporaries: Vec<Temporary>,
    /// Kernels, in order.
    pub launches: Vec<Launch>,
    /// Outputs and inputs that may be the very same memory. Where any other pair overlaps in memory, or an output
    /// overlaps one before it, the driver lets the statement write that output to a buffer and copies it afterwards.
    pub in_place: Vec<InPlace>,
    /// The statement in the source.
    pub span: Span,
}

/// An output and an input of the same dimensions that may be the very same memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InPlace {
    /// The output, by position in the statement.
    pub output: u32,
    /// The parameter that is read.
    pub input: u32,
    /// How far from the points that are written it is read, one distance per dimension, but for what is read before the
    /// point itself is written: each read must lead out of what is written.
    pub beside: Vec<Vec<i64>>,
}

impl InPlace {
    /// Whether it may be where so many indices are written along each dimension.
    pub fn holds(&self, lengths: &[usize]) -> bool {
        let leads_out = |distances: &Vec<i64>| {
            let mut along = distances.iter().zip(lengths);
            along.any(|(distance, length)| distance.unsigned_abs() >= *length as u64)
        };
        self.beside.iter().all(leads_out)
    }
}

/// What a statement writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputPlan {
    /// The field.
    pub param: u32,
    /// One per dimension of the field.
    pub extents: Vec<ExtentId>,
}

/// A field must cover `extent` along `dim`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The field.
    pub param: u32,
    /// Which of its dimensions.
    pub dim: Dimension,
    /// What is read.
    pub extent: ExtentId,
}

/// Results of a sweep exist on `levels` only: they must hold `extent`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SweepRead {
    /// The axis of the sweep.
    pub dim: Dimension,
    /// The levels that the sweep runs over.
    pub levels: ExtentId,
    /// What is read.
    pub extent: ExtentId,
}

/// An intermediate field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Temporary {
    /// For people.
    pub name: Name,
    /// Type of its values.
    pub dtype: DType,
    /// In canonical order.
    pub dims: Vec<Dimension>,
    /// One per dimension.
    pub extents: Vec<ExtentId>,
    /// Axes from the largest stride to the smallest.
    pub order: Vec<usize>,
    /// What is stored, in the source.
    pub span: Span,
}

/// One kernel with what its frame is filled with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// Position among the kernels of the program.
    pub kernel: usize,
    /// The outputs of the statement that need it: where the domains of all of them are empty, it is not run.
    pub outputs: Vec<u32>,
    /// One per buffer of the kernel.
    pub buffers: Vec<BufferSource>,
    /// One per bound of the kernel.
    pub bounds: Vec<Limit>,
    /// One per scalar of the kernel: the parameter.
    pub scalars: Vec<u32>,
    /// The bounds, by position, between which the outermost loop runs where the caller gives its range: where it
    /// is of kind `Parallel` or `Vector`. Each thread runs a part of that range.
    pub parallel: Option<(usize, usize)>,
    /// Memory that each thread has for itself; what was in it before is lost.
    pub scratch: Vec<Scratch>,
    /// Extents of the whole iteration space, for estimates: points, bytes.
    pub space: Vec<ExtentId>,
    /// What it computes again instead of keeping it.
    pub repeated: Vec<Repeated>,
}

/// What a kernel computes more than once for a point of its loops, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeated {
    /// What is computed, in the source.
    pub span: Span,
    /// How often.
    pub times: u32,
}

/// What a buffer of a kernel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BufferSource {
    /// A field argument, as input.
    Input(u32),
    /// An output of the statement, by position.
    Output(usize),
    /// A temporary of the statement.
    Temporary(usize),
    /// A connectivity table: axes are row and neighbour.
    Table(u32),
    /// Memory of the thread, by position in [`Launch::scratch`]. Its address differs from thread to thread, so each
    /// has its own copy of the frame.
    Scratch(usize),
}

/// An intermediate field of which only what one thread needs exists at a time. Its last axis has stride 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scratch {
    /// For people.
    pub name: Name,
    /// Type of its values.
    pub dtype: DType,
    /// What it holds along each axis.
    pub axes: Vec<ScratchAxis>,
    /// Of which dimension each axis is.
    pub dims: Vec<Dimension>,
    /// What is kept, in the source; nowhere for copies of arguments.
    pub span: Span,
}

/// What scratch memory holds along an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScratchAxis {
    /// These indices.
    Extent(ExtentId),
    /// The last indices that were written, that many: a power of two. Index `i` is at place `i mod n`.
    Ring(u32),
}

/// An end of an extent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Its first index.
    Start(ExtentId),
    /// One past its last index.
    Stop(ExtentId),
    /// Whatever lies there.
    At(Bound),
}
