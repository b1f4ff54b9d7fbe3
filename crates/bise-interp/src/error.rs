//! What can go wrong in a run: a read or a write where nothing is.

use bise_base::{Name, Span};
use bise_iter::{Graph, NodeId, Op, SweepId};
use bise_lang::Dimension;

/// A point that cannot be computed or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InterpError {
    /// A field is read or written outside of its domain.
    #[error("`{field}` is {access} at {dim} = {index}; it covers {start} <= {dim} < {stop}")]
    OutOfBounds {
        /// The parameter.
        field: Name,
        /// `read` or `written`.
        access: &'static str,
        /// Along which dimension.
        dim: Dimension,
        /// Where.
        index: i64,
        /// First index of the field.
        start: i64,
        /// One past its last index.
        stop: i64,
        /// The read, or the statement.
        span: Span,
    },
    /// There is no memory for the values of a statement.
    #[error("out of memory: {bytes} bytes for the values of a statement")]
    OutOfMemory {
        /// How many are needed.
        bytes: usize,
    },
    /// The neighbours are read of an element that the table does not have.
    #[error("neighbours of {origin} = {row} are read; table `{table}` has {rows} rows")]
    NoRow {
        /// The connectivity.
        table: Name,
        /// The dimension of its rows.
        origin: Dimension,
        /// The row.
        row: i64,
        /// How many rows there are.
        rows: i64,
        /// The read.
        span: Span,
    },
    /// A neighbour is read that no element has.
    #[error("neighbour {column} is read; table `{table}` has {width} per row")]
    NoColumn {
        /// The connectivity.
        table: Name,
        /// The column.
        column: i64,
        /// How many columns there are.
        width: u32,
        /// The read.
        span: Span,
    },
    /// A result of a sweep is read on a level that the sweep does not compute.
    #[error("a result of a sweep is read at {axis} = {level}; it is computed for {start} <= {axis} < {stop}")]
    OutsideLevels {
        /// The axis of the sweep.
        axis: Dimension,
        /// Where.
        level: i64,
        /// The first level.
        start: i64,
        /// One past the last level.
        stop: i64,
        /// The read.
        span: Span,
    },
}

/// Why a point has no value, small enough to be kept per point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The node that could not be read there.
    pub node: NodeId,
    pub kind: FaultKind,
}

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    /// The field does not cover this index along its axis number `axis`.
    Outside { axis: usize, index: i64 },
    /// No such row.
    Row { table: u32, row: i64 },
    /// No such column.
    Column { table: u32, column: i64 },
    /// No such level.
    Level {
        sweep: SweepId,
        level: i64,
        levels: (i64, i64),
    },
}

impl Fault {
    /// The fault for people.
    pub(crate) fn error(self, graph: &Graph, memory: &dyn crate::Memory) -> InterpError {
        let span = graph.spans.get(self.node).copied().unwrap_or_default();
        let table_of = |table: u32| &graph.tables[table as usize];
        match self.kind {
            FaultKind::Outside { axis, index } => {
                let Op::Input(param) = graph.nodes[self.node].op else {
                    panic!("compiler bug: a field that is no input");
                };
                outside(graph, memory, param, ("read", span), (axis, index))
            }
            FaultKind::Row { table, row } => InterpError::NoRow {
                table: table_of(table).name.clone(),
                origin: table_of(table).origin.clone(),
                row,
                rows: memory.table(table).rows,
                span,
            },
            FaultKind::Column { table, column } => InterpError::NoColumn {
                table: table_of(table).name.clone(),
                column,
                width: memory.table(table).width,
                span,
            },
            FaultKind::Level { sweep, level, levels } => InterpError::OutsideLevels {
                axis: graph.sweeps[sweep].levels().map_or_else(
                    || panic!("compiler bug: a `while` has no levels"),
                    |(axis, _)| axis.clone(),
                ),
                level,
                start: levels.0,
                stop: levels.1,
                span,
            },
        }
    }
}

/// Field argument `param` is read or written at `index` of its axis number `axis`.
pub(crate) fn outside(
    graph: &Graph,
    memory: &dyn crate::Memory,
    param: u32,
    (access, span): (&'static str, Span),
    (axis, index): (usize, i64),
) -> InterpError {
    let (start, stop) = memory.domain(param)[axis];
    let field = &graph.params[param as usize];
    let bise_iter::ParamKind::Field(dims) = &field.kind else {
        panic!("compiler bug: `{}` is no field", field.name);
    };
    InterpError::OutOfBounds {
        field: field.name.clone(),
        access,
        dim: dims[axis].clone(),
        index,
        start,
        stop,
        span,
    }
}
