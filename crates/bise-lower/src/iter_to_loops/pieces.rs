//! Pieces: a loop over a field that is defined piece by piece is split where the pieces end, so that in each part it is
//! known which piece is computed, and no point is tested.
//!
//! ```text
//! for k in 0..n: if k < 2: a else if k < n - 1: b else: c    ->    for k in 0..2: a
//!                                                                  for k in 2..n-1: b
//!                                                                  for k in n-1..n: c
//! ```
//!
//! In which order the cuts come is known at a call, and part of what code is compiled for: [`Order`]. What is known of
//! the part that is computed are [`Facts`]. Where they say nothing, of a point that a table or a computed index leads to, both
//! pieces are computed under a mask.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::rc::Rc;

use bise_iter::analysis::cuts::cuts;
use bise_iter::{Graph, NodeId};
use bise_lang::plan::Specialization;
use bise_lang::{Bound, Dimension, ExtentBuilder, ExtentId};

use super::nests::Nest;
use super::survey::Surveyor;

/// How the ends of pieces lie to each other in a statement.
#[derive(Debug, Default)]
pub(super) struct Order {
    dims: Vec<DimensionOrder>,
}

/// Along one dimension.
#[derive(Debug)]
struct DimensionOrder {
    dim: Dimension,
    /// What the ends are at, in ascending order.
    bases: Vec<Option<Bound>>,
    /// How far each of them is from the one before it; of far ones, far enough.
    gaps: Vec<i64>,
}

impl Order {
    /// Of a statement as it is compiled as a part.
    pub(super) fn new(
        graph: &Graph,
        specialization: &Specialization,
        (part, statement): (usize, usize),
    ) -> Self {
        let cuts = cuts(graph, &graph.statements[statement]);
        let known = specialization.cuts.get(part).map_or(&[][..], |known| &known[..]);
        assert_eq!(
            cuts.len(),
            known.len(),
            "compiler bug: the order of pieces is not known"
        );
        let dims = cuts.into_iter().zip(known).map(|(along, known)| DimensionOrder {
            dim: along.dim,
            bases: known
                .order
                .iter()
                .map(|&base| along.bases[base as usize].clone())
                .collect(),
            gaps: known.gaps.clone(),
        });
        Self { dims: dims.collect() }
    }

    /// How `a` lies to `b` along a dimension: cuts of the statement, read from wherever it reads them.
    fn compare(&self, dim: &Dimension, a: &Bound, b: &Bound) -> Ordering {
        if let Some(difference) = a.minus(b) {
            return difference.cmp(&0);
        }
        let Some(along) = self.dims.iter().find(|known| known.dim == *dim) else {
            panic!("compiler bug: nothing is cut along {dim}");
        };
        let ((a, more_a), (b, more_b)) = (along.place(a), along.place(b));
        let between = |lower: usize, upper: usize| along.gaps[lower..upper].iter().sum::<i64>();
        let distance = if a < b { between(a, b) } else { -between(b, a) };
        (more_a - more_b).cmp(&distance)
    }
}

impl DimensionOrder {
    /// Where a cut stands in the order, and the number that is added there.
    fn place(&self, cut: &Bound) -> (usize, i64) {
        let (base, more) = cut.parts();
        match self.bases.iter().position(|known| known.as_ref() == base) {
            Some(at) => (at, more),
            None => panic!("compiler bug: nothing is cut at {cut:?}"),
        }
    }
}

/// A part of a loop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// It is from here on.
    pub(super) start: Option<Bound>,
    /// It is below this.
    pub(super) stop: Option<Bound>,
}

impl Part {
    /// What of an interval lies in the part.
    pub(super) fn of(&self, extent: ExtentId, extents: &ExtentBuilder) -> ExtentId {
        extents.clip(extent, self.start.as_ref(), self.stop.as_ref())
    }
}

/// In which piece a point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// In the one below the cut.
    Below,
    /// In the one from the cut on.
    Above,
    /// Not known.
    Either,
}

/// In which part of the loops we are.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    order: Rc<Order>,
    parts: Vec<(Dimension, Part)>,
}

impl Facts {
    /// Nothing is known yet.
    pub(super) fn new(order: &Rc<Order>) -> Self {
        Self {
            order: order.clone(),
            parts: Vec::new(),
        }
    }

    /// Whether there are pieces at all.
    pub(super) fn any(&self) -> bool {
        !self.order.dims.is_empty()
    }

    /// With the part of one more loop.
    pub(super) fn with(&self, dim: &Dimension, part: &Part) -> Self {
        let mut facts = self.clone();
        facts.parts.push((dim.clone(), part.clone()));
        facts
    }

    /// The part of the loop along a dimension.
    pub(super) fn part(&self, dim: &Dimension) -> Part {
        let part = self.parts.iter().rev().find(|(known, _)| known == dim);
        part.map_or_else(Part::default, |(_, part)| part.clone())
    }

    /// In which piece the point is that lies at `distance` from the one that is computed.
    pub(super) fn side(&self, dim: &Dimension, at: &Bound, distance: i64) -> Side {
        let part = self.part(dim);
        let cut = at.clone().offset(-distance);
        if part
            .stop
            .as_ref()
            .is_some_and(|stop| self.order.compare(dim, stop, &cut).is_le())
        {
            Side::Below
        } else if part
            .start
            .as_ref()
            .is_some_and(|start| self.order.compare(dim, &cut, start).is_le())
        {
            Side::Above
        } else {
            Side::Either
        }
    }
}

/// The parts of the loop along a dimension in which it is known which pieces the nests compute, in ascending order.
pub(super) fn parts(
    surveyor: &mut Surveyor<'_>,
    stored: &BTreeSet<u32>,
    facts: &Facts,
    nests: &[&Nest],
    dim: &Dimension,
) -> Vec<Part> {
    if facts.order.dims.is_empty() {
        return vec![Part::default()];
    }
    surveyor.assume(facts);
    let nodes: Vec<NodeId> = nests
        .iter()
        .flat_map(|nest| nest.targets.iter().map(|target| target.node))
        .collect();
    let survey = surveyor.survey_all(&nodes, stored, usize::MAX);
    let cuts = survey.cuts.into_iter().filter(|(along, _)| along == dim);
    let mut cuts: Vec<Bound> = cuts.map(|(_, cut)| cut).collect();
    cuts.sort_by(|a, b| facts.order.compare(dim, a, b));
    cuts.dedup_by(|a, b| facts.order.compare(dim, a, b).is_eq());
    let starts = std::iter::once(None).chain(cuts.iter().cloned().map(Some));
    let stops = cuts.iter().cloned().map(Some).chain([None]);
    starts
        .zip(stops)
        .map(|(start, stop)| Part { start, stop })
        .collect()
}
