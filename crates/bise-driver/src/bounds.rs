//! Ends and intervals of domains, as numbers: what is symbolic in a plan meets the arguments of a call.

use std::cell::RefCell;
use std::sync::Arc;

use bise_field::{Axis, ConnectivityTable};
use bise_iter::Output;
use bise_lang::plan::{Launch, Limit};
use bise_lang::{Bound, Dimension, DomainRange, Extent, ExtentId, Extents};

/// A half-open range of indices. Empty where `stop <= start`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Interval {
    /// First index.
    pub start: i64,
    /// One past the last index.
    pub stop: i64,
}

impl Interval {
    /// `[start, stop)`
    pub fn new(start: i64, stop: i64) -> Self {
        Self { start, stop }
    }

    /// Where a field lies along an axis.
    pub fn of(axis: &Axis) -> Self {
        Self::new(axis.start, axis.stop())
    }

    /// Whether it has no indices.
    pub fn is_empty(self) -> bool {
        self.stop <= self.start
    }

    /// Number of indices.
    pub fn length(self) -> usize {
        usize::try_from(self.stop.saturating_sub(self.start)).unwrap_or(0)
    }

    /// Whether all its indices are in `other`.
    pub fn is_within(self, other: Self) -> bool {
        self.is_empty() || (other.start <= self.start && self.stop <= other.stop)
    }

    /// The smallest interval that holds both; empty ones do not count.
    pub fn hull(self, other: Self) -> Self {
        if self.is_empty() {
            other
        } else if other.is_empty() {
            self
        } else {
            Self::new(self.start.min(other.start), self.stop.max(other.stop))
        }
    }
}

impl std::fmt::Display for Interval {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_empty() {
            f.write_str("nothing")
        } else {
            write!(f, "[{}, {})", self.start, self.stop)
        }
    }
}

/// What bounds may ask of an argument that has been checked.
#[derive(Clone, Debug)]
pub(crate) enum Leaf {
    Scalar(i128),
    Field(Vec<(Dimension, Interval)>),
}

impl Leaf {
    /// The value of an integer scalar.
    fn integer(&self) -> i128 {
        match self {
            Self::Scalar(value) => *value,
            Self::Field(_) => unreachable!("compiler bug: a bound takes the value of a field"),
        }
    }

    /// Where a field lies along one of its dimensions.
    fn interval(&self, dim: &Dimension) -> Interval {
        let Self::Field(axes) = self else {
            unreachable!("compiler bug: a bound takes the domain of a scalar");
        };
        let axis = axes.iter().find(|(known, _)| known == dim);
        axis.unwrap_or_else(|| unreachable!("compiler bug: a bound takes a dimension that a field has not"))
            .1
    }
}

/// What is known at a call, to evaluate the bounds of one statement, and its extents.
pub(crate) struct Evaluator<'a> {
    /// Of the program's tables.
    pub(crate) tables: &'a [&'a ConnectivityTable],
    /// Per output of the statement, the ranges it is written on.
    pub(crate) outputs: Vec<Vec<(Dimension, Interval)>>,
    /// What bounds are made of.
    leaves: Arc<[Leaf]>,
    /// The variables of loops around, where they are known: parameter and value.
    pub(crate) variables: Vec<(u32, i64)>,
}

impl<'a> Evaluator<'a> {
    /// For a statement with those outputs. An output that is empty along one dimension is empty along all, because
    /// nothing of it is computed.
    pub(crate) fn new(
        outputs: &[Output],
        (leaves, variables): (&Arc<[Leaf]>, &[(u32, i64)]),
        tables: &'a [&'a ConnectivityTable],
    ) -> Self {
        let outputs = outputs.iter().map(|output| written(output, leaves, variables));
        Self {
            tables,
            outputs: outputs.collect(),
            leaves: leaves.clone(),
            variables: variables.to_vec(),
        }
    }

    /// The value of a bound.
    pub(crate) fn bound(&self, of: &Bound) -> i64 {
        of.index(&|of| leaf(of, &self.leaves, &self.variables))
    }

    /// What the extents of the statement come to.
    pub(crate) fn intervals<'b>(&'b self, extents: &'b Extents) -> Intervals<'b> {
        Intervals {
            call: self,
            extents,
            known: RefCell::new(vec![None; extents.len()]),
        }
    }

    /// What some rows of a table lead to.
    pub(crate) fn image(&self, table: u32, rows: Interval, column: Option<u32>) -> Interval {
        let row = |index: i64| usize::try_from(index).unwrap_or(0);
        let image = self.tables[table as usize].image(row(rows.start)..row(rows.stop), column);
        image
            .range
            .map_or(Interval::default(), |(start, stop)| Interval::new(start, stop))
    }

    /// Whether a launch has nothing to do, because what it is for is empty.
    pub(crate) fn is_idle(&self, launch: &Launch) -> bool {
        let is_empty = |output: &u32| {
            let ranges = &self.outputs[*output as usize];
            ranges.iter().any(|(_, interval)| interval.is_empty())
        };
        !launch.outputs.is_empty() && launch.outputs.iter().all(is_empty)
    }
}

/// The extents of a statement in a call.
pub(crate) struct Intervals<'a> {
    /// What is known at the call.
    pub(crate) call: &'a Evaluator<'a>,
    extents: &'a Extents,
    /// By position.
    known: RefCell<Vec<Option<Interval>>>,
}

impl Intervals<'_> {
    /// The indices of an extent.
    pub(crate) fn extent(&self, id: ExtentId) -> Interval {
        let at = Extents::position(id);
        if let Some(known) = self.known.borrow()[at] {
            return known;
        }
        let interval = self.evaluate(&self.extents[id]);
        self.known.borrow_mut()[at] = Some(interval);
        interval
    }

    fn evaluate(&self, extent: &Extent) -> Interval {
        match extent {
            Extent::Output { output, dim } => {
                let ranges = self.call.outputs.get(*output as usize);
                let range = ranges.and_then(|ranges| ranges.iter().find(|(d, _)| d == dim));
                range.map_or(Interval::default(), |(_, interval)| *interval)
            }
            Extent::Widen { of, lower, upper } => {
                let of = self.extent(*of);
                if of.is_empty() {
                    return of;
                }
                Interval::new(of.start.saturating_add(*lower), of.stop.saturating_add(*upper))
            }
            Extent::Image { table, of, column } => self.call.image(*table, self.extent(*of), *column),
            Extent::Neighbors { table } => Interval::new(0, self.call.tables[*table as usize].width() as i64),
            Extent::Hull(parts) => parts
                .iter()
                .fold(Interval::default(), |hull, part| hull.hull(self.extent(*part))),
            Extent::Between { start, stop } => Interval::new(self.call.bound(start), self.call.bound(stop)),
            Extent::Clip { of, start, stop } => {
                let of = self.extent(*of);
                let start = start
                    .as_ref()
                    .map_or(of.start, |start| of.start.max(self.call.bound(start)));
                let stop = stop
                    .as_ref()
                    .map_or(of.stop, |stop| of.stop.min(self.call.bound(stop)));
                // A loop from its start to its stop has no iterations.
                Interval::new(start, stop.max(start))
            }
            Extent::Given { of, exists, .. } => {
                if self.extent(*exists).is_empty() {
                    return Interval::default();
                }
                self.extent(*of)
            }
        }
    }

    /// What an extent is made of.
    pub(crate) fn extents(&self) -> &Extents {
        self.extents
    }

    /// An end of an extent.
    pub(crate) fn limit(&self, limit: &Limit) -> i64 {
        match limit {
            Limit::Start(extent) => self.extent(*extent).start,
            Limit::Stop(extent) => self.extent(*extent).stop,
            Limit::At(at) => self.call.bound(at),
        }
    }

    /// An end of a loop of a launch, whose range is given as one part.
    pub(crate) fn end(&self, limit: bise_loops::Limit, launch: &Launch) -> i64 {
        let bound = |at: usize| self.limit(&launch.bounds[at]);
        let given =
            |which: fn((usize, usize)) -> usize| launch.parallel.map_or(0, |range| bound(which(range)));
        match limit {
            bise_loops::Limit::Constant(value) => value,
            bise_loops::Limit::Bound(at) => bound(at),
            bise_loops::Limit::Start(offset) => given(|(start, _)| start).saturating_add(offset),
            bise_loops::Limit::Stop(offset) => given(|(_, stop)| stop).saturating_add(offset),
        }
    }
}

/// A range in numbers.
fn interval(range: &DomainRange, leaves: &[Leaf], variables: &[(u32, i64)]) -> Interval {
    let (start, stop) = range.evaluate(&|of| leaf(of, leaves, variables));
    Interval::new(start, stop)
}

/// What a bound asks for. A field that has not the dimension it is asked for cannot be in a verified program.
pub(crate) fn leaf(bound: &Bound, leaves: &[Leaf], variables: &[(u32, i64)]) -> i128 {
    match bound {
        Bound::Scalar(param) => match variables.iter().find(|(known, _)| known == param) {
            Some((_, value)) => (*value).into(),
            None => leaves[*param as usize].integer(),
        },
        Bound::Start(param, dim) => leaves[*param as usize].interval(dim).start.into(),
        Bound::Stop(param, dim) => leaves[*param as usize].interval(dim).stop.into(),
        Bound::Constant(_) | Bound::Binary(..) => unreachable!("compiler bug: not a leaf of a bound"),
    }
}

fn written(output: &Output, leaves: &[Leaf], variables: &[(u32, i64)]) -> Vec<(Dimension, Interval)> {
    let ranges = output.domain.iter();
    let mut ranges: Vec<_> = ranges
        .map(|range| (range.dim.clone(), interval(range, leaves, variables)))
        .collect();
    if ranges.iter().any(|(_, interval)| interval.is_empty()) {
        for (_, interval) in &mut ranges {
            interval.stop = interval.start;
        }
    }
    ranges
}
