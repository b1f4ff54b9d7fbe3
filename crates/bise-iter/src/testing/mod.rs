//! Random programs with arguments, for tests that compare two ways to run iter. Start at [`Case::random`].

mod generate;
mod random;
mod shrink;
mod world;

use std::collections::BTreeSet;

use bise_lang::{Bound, Dimension, DomainRange, Extent, ExtentBuilder, ExtentId, Extents, Scalar};

use crate::analysis::regions::{each, regions};
use crate::{Graph, Output, ParamKind};

pub use random::Random;
pub use shrink::shrink;

/// A well-typed program with arguments on which it runs without failure. The same seed gives the same case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Where it comes from; say it when a test fails.
    pub seed: u64,
    /// The program.
    pub graph: Graph,
    /// One per parameter.
    pub arguments: Vec<Argument>,
    /// One per table of the program.
    pub tables: Vec<TableData>,
}

/// What variables of loops are: parameter and value.
pub type Round = Vec<(u32, i64)>;

/// A field argument, or a scalar: a field without dimensions.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// Start and stop per dimension, in canonical order.
    pub domain: Vec<(i64, i64)>,
    /// The values, the last index varying fastest.
    pub values: Vec<Scalar>,
}

/// A connectivity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableData {
    /// Number of rows.
    pub rows: i64,
    /// Neighbours per row.
    pub width: u32,
    /// Row by row; -1 where there is no neighbour.
    pub entries: Vec<i64>,
}

impl Argument {
    /// Where the value of a point of the domain lies in [`Argument::values`].
    pub fn offset(&self, index: &[i64]) -> usize {
        let along = self.domain.iter().zip(index);
        along.fold(0, |offset, (&(start, stop), &at)| {
            offset * (stop - start) as usize + (at - start) as usize
        })
    }
}

impl Case {
    /// The case of a seed: any program.
    pub fn random(seed: u64) -> Self {
        Self::of(seed, generate::program)
    }

    /// The case of a seed: stencils of stencils on a structured grid.
    pub fn stencils(seed: u64) -> Self {
        Self::of(seed, generate::stencils)
    }

    fn of(seed: u64, program: impl Fn(&mut Random) -> (Graph, Vec<TableData>)) -> Self {
        let mut random = Random::new(seed);
        let (graph, tables) = program(&mut random);
        let mut case = Self {
            seed,
            arguments: Vec::new(),
            graph,
            tables,
        };
        case.arguments = case
            .domains()
            .into_iter()
            .enumerate()
            .map(|(param, domain)| {
                let points: i64 = domain.iter().map(|&(start, stop)| stop - start).product();
                let dtype = case.graph.params[param].dtype;
                let values = (0..points).map(|_| match param {
                    // The scalar that domains are made of.
                    0 => Scalar::integer(dtype, generate::SIZE),
                    _ => random.scalar(dtype),
                });
                Argument {
                    domain,
                    values: values.collect(),
                }
            })
            .collect();
        case
    }

    /// The case with another graph that does the same, whose tables are among those of this one.
    pub fn with_graph(&self, graph: Graph) -> Self {
        let position = |table| self.graph.tables.iter().position(|known| known == table);
        let tables = graph.tables.iter().filter_map(position);
        Self {
            tables: tables.map(|position| self.tables[position].clone()).collect(),
            graph,
            ..self.clone()
        }
    }

    /// What each parameter must cover, by the regions of the statements.
    fn domains(&self) -> Vec<Vec<(i64, i64)>> {
        let mut domains: Vec<Vec<Option<(i64, i64)>>> = self
            .graph
            .params
            .iter()
            .map(|param| match &param.kind {
                ParamKind::Scalar => Vec::new(),
                ParamKind::Field(dims) => vec![None; dims.len()],
            })
            .collect();
        for (number, statement) in self.graph.statements.iter().enumerate() {
            let each = each(&self.graph, number);
            let extents = ExtentBuilder::new();
            let regions = regions(&self.graph, number, &each, &BTreeSet::new(), &extents);
            let extents = extents.finish();
            for round in self.rounds(number) {
                for need in &regions.requirements {
                    let interval = self.interval(&statement.outputs, (&extents, need.extent), &round);
                    let axis = self.axis(need.param, &need.dim);
                    let known = &mut domains[need.param as usize][axis];
                    *known = hull(*known, interval);
                }
                for range in statement
                    .outputs
                    .iter()
                    .flat_map(|output| output.domain.iter().map(move |range| (output.param, range)))
                {
                    let (param, range) = range;
                    let axis = self.axis(param, &range.dim);
                    let known = &mut domains[param as usize][axis];
                    let (start, stop) = self.range(range, &round);
                    *known = hull(*known, (start < stop).then_some((start, stop)));
                }
            }
        }
        let whole = |domain: Vec<Option<_>>| domain.into_iter().map(|i| i.unwrap_or((0, 1))).collect();
        domains.into_iter().map(whole).collect()
    }

    fn axis(&self, param: u32, dim: &Dimension) -> usize {
        match &self.graph.params[param as usize].kind {
            ParamKind::Field(dims) => dims.iter().position(|d| d == dim).unwrap_or(0),
            ParamKind::Scalar => 0,
        }
    }

    /// The value of each variable around a statement, each time that it is carried out.
    pub fn rounds(&self, statement: usize) -> Vec<Round> {
        let mut rounds = vec![Vec::new()];
        for at in self.graph.loops_around(statement) {
            let variable = self.graph.variable(at);
            let longer = rounds.iter().flat_map(|round: &Round| {
                let values = self.graph.loops[at].values(&|bound| leaf(bound, round));
                let longer = |value| [&round[..], &[(variable, value)]].concat();
                values.iter().map(longer).collect::<Vec<_>>()
            });
            rounds = longer.collect();
        }
        rounds
    }

    /// A range in numbers: bounds of generated programs are made of numbers, of the first scalar and of variables.
    #[expect(clippy::unused_self, reason = "goes with `interval`")]
    fn range(&self, range: &DomainRange, round: &Round) -> (i64, i64) {
        range.evaluate(&|bound| leaf(bound, round))
    }

    #[expect(clippy::unused_self, reason = "goes with `interval`")]
    fn bound(&self, bound: &Bound, round: &Round) -> i64 {
        bound.index(&|bound| leaf(bound, round))
    }

    /// An extent in numbers; nothing where it is empty.
    pub fn interval(
        &self,
        outputs: &[Output],
        (extents, extent): (&Extents, ExtentId),
        round: &Round,
    ) -> Option<(i64, i64)> {
        let interval = |of: ExtentId| self.interval(outputs, (extents, of), round);
        let interval = match &extents[extent] {
            Extent::Output { output, dim } => {
                let range = outputs[*output as usize]
                    .domain
                    .iter()
                    .find(|range| range.dim == *dim)?;
                self.range(range, round)
            }
            Extent::Widen { of, lower, upper } => {
                let (start, stop) = interval(*of)?;
                (start + lower, stop + upper)
            }
            Extent::Image { table, of, column } => {
                let (start, stop) = interval(*of)?;
                let table = &self.tables[*table as usize];
                let width = table.width as usize;
                let rows = (start..stop).map(|row| &table.entries[row as usize * width..][..width]);
                let entries = rows.flat_map(|row| match column {
                    Some(column) => &row[*column as usize..=*column as usize],
                    None => row,
                });
                let entries = entries
                    .filter(|&&entry| entry >= 0)
                    .map(|&entry| Some((entry, entry + 1)));
                entries.fold(None, hull)?
            }
            Extent::Neighbors { table } => (0, i64::from(self.tables[*table as usize].width)),
            Extent::Hull(parts) => parts.iter().map(|&part| interval(part)).fold(None, hull)?,
            Extent::Between { start, stop } => (self.bound(start, round), self.bound(stop, round)),
            Extent::Clip { of, start, stop } => {
                let of = interval(*of)?;
                (
                    start
                        .as_ref()
                        .map_or(of.0, |start| of.0.max(self.bound(start, round))),
                    stop.as_ref()
                        .map_or(of.1, |stop| of.1.min(self.bound(stop, round))),
                )
            }
            Extent::Given { of, exists, .. } => {
                interval(*exists)?;
                interval(*of)?
            }
        };
        (interval.0 < interval.1).then_some(interval)
    }
}

/// What bounds ask for in a round.
fn leaf(bound: &Bound, round: &Round) -> i128 {
    let known = round
        .iter()
        .find(|(variable, _)| *bound == Bound::Scalar(*variable));
    known.map_or(generate::SIZE, |(_, value)| *value).into()
}

fn hull(a: Option<(i64, i64)>, b: Option<(i64, i64)>) -> Option<(i64, i64)> {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (a, b) => a.or(b),
    }
}
