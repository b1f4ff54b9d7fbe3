//! Which rows of its tables a kernel reads, found in the kernel itself: the proof that a table is long enough does
//! not depend on what earlier stages say about it.

use bise_lang::Builtin;
use bise_lang::plan::{BufferSource, Launch};
use bise_loops::walk::statements;
use bise_loops::{Base, Index, Kernel, Limit, Loop, Stmt, ValueId, ValueKind, VarId};

use crate::bounds::{Interval, Intervals};

/// The rows of one table that one load of a launch reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RowUse {
    /// Position of the launch in its statement.
    pub(crate) launch: usize,
    /// Position of the table in the program.
    pub(crate) table: u32,
    rows: Rows,
}

/// A set of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Rows {
    /// Between two ends of a loop, shifted.
    Loop { start: Limit, stop: Limit, offset: i64 },
    /// One row.
    Fixed(i64),
    /// What another table's rows lead to, by one column or all, shifted.
    Image {
        table: u32,
        of: Box<Rows>,
        column: Option<u32>,
        offset: i64,
    },
    /// What a builtin makes of sets, shifted: those of computed indices.
    Apply {
        builtin: Builtin,
        of: Vec<Rows>,
        offset: i64,
    },
    /// Any row.
    Any,
}

impl RowUse {
    /// All that `kernel` reads of tables, run by launch number `launch`, which is `plan`. Each once.
    pub(crate) fn find(kernel: &Kernel, launch: usize, plan: &Launch) -> Vec<Self> {
        let ranges = loop_ranges(kernel);
        let reader = Reader { kernel, plan, ranges };
        let mut found: Vec<Self> = Vec::new();
        for value in kernel.values.iter().map(|(id, _)| id) {
            if let Some((table, rows)) = reader.table_load(value) {
                let used = Self { launch, table, rows };
                if !found.contains(&used) {
                    found.push(used);
                }
            }
        }
        found
    }

    /// The rows, in a call.
    pub(crate) fn rows(&self, launch: &Launch, intervals: &Intervals<'_>) -> Interval {
        if intervals.call.is_idle(launch) {
            return Interval::default();
        }
        self.rows.evaluate(launch, intervals)
    }
}

impl Rows {
    fn evaluate(&self, launch: &Launch, intervals: &Intervals<'_>) -> Interval {
        let shifted = |interval: Interval, offset: i64| {
            if interval.is_empty() {
                return interval;
            }
            Interval::new(
                interval.start.saturating_add(offset),
                interval.stop.saturating_add(offset),
            )
        };
        match self {
            Self::Fixed(row) => Interval::new(*row, row.saturating_add(1)),
            Self::Any => ANY,
            Self::Apply { builtin, of, offset } => {
                let of: Vec<Interval> = of.iter().map(|rows| rows.evaluate(launch, intervals)).collect();
                shifted(apply(*builtin, &of), *offset)
            }
            Self::Loop { start, stop, offset } => {
                let [start, stop] = [start, stop].map(|end| intervals.end(*end, launch));
                shifted(Interval::new(start, stop), *offset)
            }
            Self::Image {
                table,
                of,
                column,
                offset,
            } => {
                let rows = of.evaluate(launch, intervals);
                shifted(intervals.call.image(*table, rows, *column), *offset)
            }
        }
    }
}

/// All indices.
const ANY: Interval = Interval {
    start: i64::MIN,
    stop: i64::MAX,
};

/// All that a builtin on indices may give; anything for one that is not clamped with.
fn apply(builtin: Builtin, of: &[Interval]) -> Interval {
    match (builtin, of) {
        (_, of) if of.iter().any(|interval| interval.is_empty()) => Interval::default(),
        (Builtin::Minimum, [a, b]) => Interval::new(a.start.min(b.start), a.stop.min(b.stop)),
        (Builtin::Maximum, [a, b]) => Interval::new(a.start.max(b.start), a.stop.max(b.stop)),
        (Builtin::Add, [a, b]) => Interval::new(
            a.start.saturating_add(b.start),
            a.stop.saturating_add(b.stop).saturating_sub(1),
        ),
        _ => ANY,
    }
}

struct Reader<'a> {
    kernel: &'a Kernel,
    plan: &'a Launch,
    ranges: Vec<(VarId, Limit, Limit)>,
}

impl Reader<'_> {
    /// Table and rows, if that value is loaded from a table.
    fn table_load(&self, value: ValueId) -> Option<(u32, Rows)> {
        let ValueKind::Load { buffer, index, .. } = &self.kernel.values[value].kind else {
            return None;
        };
        let position = buffer.into_raw().into_u32() as usize;
        let BufferSource::Table(table) = self.plan.buffers[position] else {
            return None;
        };
        Some((table, self.rows(index[0])))
    }

    fn rows(&self, Index { base, offset }: Index) -> Rows {
        match base {
            Base::Zero => Rows::Fixed(offset),
            Base::Var(var) => {
                let range = self.ranges.iter().find(|(v, ..)| *v == var);
                let (_, start, stop) =
                    range.unwrap_or_else(|| panic!("compiler bug: a variable without a loop"));
                Rows::Loop {
                    start: *start,
                    stop: *stop,
                    offset,
                }
            }
            Base::Value(value) => self.image(value, offset),
        }
    }

    /// Rows that are entries of a table, perhaps widened.
    fn image(&self, value: ValueId, offset: i64) -> Rows {
        match &self.kernel.values[value].kind {
            ValueKind::Cast(inner) => self.image(*inner, offset),
            ValueKind::Load { index, .. } => {
                let Some((table, of)) = self.table_load(value) else {
                    return Rows::Any;
                };
                let column = match index[1] {
                    Index {
                        base: Base::Zero,
                        offset,
                    } => u32::try_from(offset).ok(),
                    Index { .. } => None,
                };
                Rows::Image {
                    table,
                    of: Box::new(of),
                    column,
                    offset,
                }
            }
            ValueKind::Constant(value) => Rows::Fixed(value.as_i64().saturating_add(offset)),
            ValueKind::Bound(at) => Rows::Loop {
                start: Limit::Bound(*at),
                stop: Limit::Bound(*at),
                offset,
            },
            ValueKind::Var(var) => self.rows(Index {
                base: Base::Var(*var),
                offset,
            }),
            ValueKind::Apply(builtin, operands) => Rows::Apply {
                builtin: *builtin,
                of: operands.iter().map(|&operand| self.image(operand, 0)).collect(),
                offset,
            },
            // Where the entry is valid; where it is not, the row is not read.
            ValueKind::Select { then, .. } => self.image(*then, offset),
            ValueKind::Scalar(_) | ValueKind::Carry(_) | ValueKind::After(_) => Rows::Any,
        }
    }
}

fn loop_ranges(kernel: &Kernel) -> Vec<(VarId, Limit, Limit)> {
    let mut ranges = Vec::new();
    statements(&kernel.body, &mut |stmt, _: &[&Loop]| {
        if let Stmt::Loop(nested) = stmt {
            ranges.push((nested.var, nested.start, nested.stop));
        }
    });
    ranges
}
