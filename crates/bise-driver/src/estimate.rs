//! What a statement costs: bytes that must move, operations that are done. Counted on the loops as they are, with the
//! domains of a call.

use bise_iter::{Graph, ParamKind};
use bise_lang::plan::{BufferSource, Launch, StatementPlan};
use bise_loops::{Kernel, Limit, Loop, Stmt, ValueKind};
use serde::Serialize;

use crate::bounds::Intervals;
use crate::variant::Variant;

/// What something costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// Points of its outputs.
    pub points: f64,
    /// Bytes of inputs, each read once.
    pub read: f64,
    /// Bytes of outputs, each written once.
    pub written: f64,
    /// Bytes of temporaries, each written and read once.
    pub temporary: f64,
    /// Bytes of connectivity tables, each read once.
    pub tables: f64,
    /// Operations on values: builtins and choices.
    pub operations: f64,
}

impl Estimate {
    /// All bytes that go to or come from memory, where caches work as well as they can.
    pub fn bytes(&self) -> f64 {
        self.read + self.written + self.temporary + self.tables
    }

    /// Bytes for each point of the outputs; zero where there are none.
    pub fn bytes_per_point(&self) -> f64 {
        if self.points > 0.0 {
            self.bytes() / self.points
        } else {
            0.0
        }
    }

    /// Operations for each point of the outputs; zero where there are none.
    pub fn operations_per_point(&self) -> f64 {
        if self.points > 0.0 {
            self.operations / self.points
        } else {
            0.0
        }
    }

    /// Operations for each byte.
    pub fn intensity(&self) -> f64 {
        if self.bytes() > 0.0 {
            self.operations / self.bytes()
        } else {
            0.0
        }
    }
}

/// Both, one after the other.
impl std::ops::Add for Estimate {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            points: self.points + other.points,
            read: self.read + other.read,
            written: self.written + other.written,
            temporary: self.temporary + other.temporary,
            tables: self.tables + other.tables,
            operations: self.operations + other.operations,
        }
    }
}

/// So many times.
impl std::ops::Mul<f64> for Estimate {
    type Output = Self;

    fn mul(self, times: f64) -> Self {
        Self {
            points: self.points * times,
            read: self.read * times,
            written: self.written * times,
            temporary: self.temporary * times,
            tables: self.tables * times,
            operations: self.operations * times,
        }
    }
}

/// The cost of a statement.
pub(crate) fn estimate(
    graph: &Graph,
    plan: &StatementPlan,
    variant: &Variant,
    intervals: &Intervals<'_>,
) -> Estimate {
    let mut total = Estimate::default();
    for (output, ranges) in plan.outputs.iter().zip(&intervals.call.outputs) {
        let points: f64 = ranges
            .iter()
            .map(|(_, interval)| interval.length() as f64)
            .product();
        total.points = total.points.max(points);
        total.written += points * graph.params[output.param as usize].dtype.size() as f64;
    }
    let mut inputs: Vec<u32> = plan.requirements.iter().map(|r| r.param).collect();
    inputs.sort_unstable();
    inputs.dedup();
    total.read = inputs
        .iter()
        .map(|&param| bytes_read(graph, plan, param, intervals))
        .sum();
    for temporary in &plan.temporaries {
        let lengths = temporary
            .extents
            .iter()
            .map(|&e| intervals.extent(e).length() as f64);
        total.temporary += 2.0 * lengths.product::<f64>() * temporary.dtype.size() as f64;
    }
    for launch in plan
        .launches
        .iter()
        .filter(|launch| !intervals.call.is_idle(launch))
    {
        let kernel = &variant.kernels[launch.kernel];
        total.operations += operations(kernel, &kernel.body, launch, intervals);
        total.tables += table_bytes(launch, intervals);
    }
    total
}

/// Bytes of the region that is read of a field.
fn bytes_read(graph: &Graph, plan: &StatementPlan, param: u32, intervals: &Intervals<'_>) -> f64 {
    let field = &graph.params[param as usize];
    let ParamKind::Field(dims) = &field.kind else {
        return 0.0;
    };
    let length = |dim: &bise_lang::Dimension| {
        let reads = plan
            .requirements
            .iter()
            .filter(|r| r.param == param && r.dim == *dim);
        let hull = reads.fold(crate::Interval::default(), |hull, r| {
            hull.hull(intervals.extent(r.extent))
        });
        hull.length() as f64
    };
    dims.iter().map(length).product::<f64>() * field.dtype.size() as f64
}

/// Bytes of the tables of a launch.
fn table_bytes(launch: &Launch, intervals: &Intervals<'_>) -> f64 {
    let mut tables: Vec<u32> = Vec::new();
    for source in &launch.buffers {
        if let BufferSource::Table(table) = source
            && !tables.contains(table)
        {
            tables.push(*table);
        }
    }
    let bytes = |&table: &u32| {
        let table = intervals.call.tables[table as usize];
        (table.rows() * table.width() * table.index().size()) as f64
    };
    tables.iter().map(bytes).sum()
}

/// How many rounds of a `while` are taken for granted: how many there are is in the data.
pub const ROUNDS: f64 = 4.0;

/// Operations of a block of a kernel.
fn operations(kernel: &Kernel, block: &[Stmt], launch: &Launch, intervals: &Intervals<'_>) -> f64 {
    let count = |stmt: &Stmt| match stmt {
        Stmt::Store { .. } => 0.0,
        Stmt::Let(value) => match kernel.values[*value].kind {
            ValueKind::Apply(..) | ValueKind::Select { .. } => 1.0,
            ValueKind::Constant(_)
            | ValueKind::Scalar(_)
            | ValueKind::Bound(_)
            | ValueKind::Var(_)
            | ValueKind::Carry(_)
            | ValueKind::After(_)
            | ValueKind::Load { .. }
            | ValueKind::Cast(_) => 0.0,
        },
        Stmt::Loop(nested) => {
            iterations(nested, launch, intervals) * operations(kernel, &nested.body, launch, intervals)
        }
        Stmt::While(rounds) => {
            let round = [&rounds.head, &rounds.body];
            let round = round.map(|block| operations(kernel, block, launch, intervals));
            ROUNDS * round.iter().sum::<f64>()
        }
    };
    block.iter().map(count).sum()
}

fn iterations(nested: &Loop, launch: &Launch, intervals: &Intervals<'_>) -> f64 {
    let end = |limit: Limit| intervals.end(limit, launch);
    end(nested.stop).saturating_sub(end(nested.start)).max(0) as f64
}
