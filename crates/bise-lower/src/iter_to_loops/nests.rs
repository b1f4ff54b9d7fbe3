//! Groups what is computed into loop nests, and nests into kernels.
//!
//! What is stored or written over the same domain shares a nest, as far as what it reads of temporaries was
//! computed in an earlier nest or in this one at the same point. A nest has one sweep direction at most. A nest
//! that reads what a sweep before it left in the same column joins its kernel: both loops over the levels run
//! column by column, and what one leaves to the other stays in cache.

use std::collections::{BTreeMap, BTreeSet};

use bise_iter::{Graph, NodeId, Op, SweepId};
use bise_lang::plan::Specialization;
use bise_lang::{Dimension, ExtentId};
use la_arena::RawIdx;

use super::fold::{self, Folds};
use super::survey::{Survey, Surveyor, number};

/// Where a node goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// An output, by position in the statement.
    Output(usize),
    /// The temporary that holds the node.
    Temporary,
}

/// A node that a nest computes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    pub(super) node: NodeId,
    pub(super) destination: Destination,
}

/// Loops over one domain.
#[derive(Clone, Debug)]
pub(super) struct Nest {
    /// In canonical order.
    pub(super) dims: Vec<Dimension>,
    /// One per dimension.
    pub(super) extents: Vec<ExtentId>,
    /// Axis and direction of the sweeps that run along.
    pub(super) sweep: Option<(Dimension, bool)>,
    /// How it folds over ranges.
    pub(super) folds: Folds,
    /// All those sweeps.
    pub(super) sweeps: BTreeSet<u32>,
    /// What is computed.
    pub(super) targets: Vec<Target>,
    /// Stored nodes that are loaded from their temporaries, by position in the arena.
    pub(super) loads: BTreeSet<u32>,
    /// Bytes of the widest value.
    pub(super) widest: usize,
    /// Whether what is loaded is at the same horizontal point, per stored node.
    columns: BTreeMap<u32, bool>,
}

impl Nest {
    pub(super) fn extent(&self, dim: &Dimension) -> ExtentId {
        match self.dims.iter().position(|d| d == dim) {
            Some(at) => self.extents[at],
            None => panic!("compiler bug: a nest has no dimension {dim}"),
        }
    }
}

/// What is to be computed: a target with its domain.
pub(super) struct Demand {
    pub(super) target: Target,
    pub(super) dims: Vec<Dimension>,
    pub(super) extents: Vec<ExtentId>,
}

/// The nests for `demands`, which are in an order in which they can be computed, by kernel. What nothing loads
/// is not stored.
pub(super) fn nests(
    graph: &Graph,
    specialization: &Specialization,
    surveyor: &mut Surveyor<'_>,
    demands: Vec<Demand>,
    stored: &BTreeSet<u32>,
) -> Vec<Vec<Nest>> {
    let mut nests: Vec<Nest> = Vec::new();
    // Per stored node: the nest that computes it.
    let mut placed: BTreeMap<u32, usize> = BTreeMap::new();
    for demand in demands {
        let Target { node, destination } = demand.target;
        let survey = if destination != Destination::Temporary && stored.contains(&number(node)) {
            surveyor.survey_stored(node)
        } else {
            surveyor.survey(node, stored, usize::MAX)
        };
        let folds = match destination {
            Destination::Temporary => fold::folds((graph, specialization), stored, (node, survey.cost)),
            Destination::Output(_) => Folds::Not,
        };
        let at = place(graph, surveyor, &mut nests, &placed, (&demand, folds), &survey);
        if destination == Destination::Temporary {
            placed.insert(number(node), at);
        }
    }
    let loads: BTreeSet<u32> = nests.iter().flat_map(|nest| nest.loads.iter().copied()).collect();
    for nest in &mut nests {
        let is_needed = |target: &Target| {
            target.destination != Destination::Temporary || loads.contains(&number(target.node))
        };
        nest.targets.retain(is_needed);
    }
    nests.retain(|nest| !nest.targets.is_empty());
    kernels(nests)
}

/// Puts a demand into the first nest that it can share, or into a new one; the position of that nest.
fn place(
    graph: &Graph,
    surveyor: &Surveyor<'_>,
    nests: &mut Vec<Nest>,
    placed: &BTreeMap<u32, usize>,
    (demand, folds): (&Demand, Folds),
    survey: &Survey,
) -> usize {
    let sweep = survey.sweeps.first().and_then(|&first| {
        let (axis, forward) = graph.sweeps[SweepId::from_raw(RawIdx::from_u32(first))].levels()?;
        Some((axis.clone(), forward))
    });
    // A fold reads at each of its points, wherever.
    let is_fold = matches!(graph.nodes[demand.target.node].op, Op::Fold { .. });
    let here = |read: &(NodeId, Vec<_>)| !is_fold && read.1 == surveyor.base(read.0);
    let earliest = survey.stored.iter().map(|read| {
        let computed = placed[&number(read.0)];
        if here(read) { computed } else { computed + 1 }
    });
    let earliest = earliest.max().unwrap_or(0);
    let shares = |at: &usize| {
        let nest = &nests[*at];
        let reads = survey.stored.iter().any(|read| placed[&number(read.0)] == *at);
        nest.dims == demand.dims
            && nest.extents == demand.extents
            && (nest.sweep == sweep && nest.folds == folds || sweep.is_none() && reads)
    };
    let at = (earliest..nests.len()).find(shares).unwrap_or(nests.len());
    if at == nests.len() {
        nests.push(Nest {
            dims: demand.dims.clone(),
            extents: demand.extents.clone(),
            sweep,
            folds,
            sweeps: BTreeSet::new(),
            targets: Vec::new(),
            loads: BTreeSet::new(),
            widest: 1,
            columns: BTreeMap::new(),
        });
    }
    let nest = &mut nests[at];
    nest.targets.push(demand.target);
    nest.sweeps.extend(&survey.sweeps);
    nest.widest = nest.widest.max(survey.widest);
    for read in &survey.stored {
        let stored = number(read.0);
        if placed[&stored] == at {
            continue;
        }
        nest.loads.insert(stored);
        let above = in_column(graph, surveyor, read, nest.sweep.as_ref());
        *nest.columns.entry(stored).or_insert(true) &= above;
    }
    at
}

/// Whether a read is at the point that is computed, but for the axis of the sweep.
fn in_column(
    graph: &Graph,
    surveyor: &Surveyor<'_>,
    read: &(NodeId, Vec<(u32, i64)>),
    sweep: Option<&(Dimension, bool)>,
) -> bool {
    let base = surveyor.base(read.0);
    let dims = graph.nodes[read.0].dims.iter();
    dims.zip(read.1.iter().zip(&base))
        .all(|(dim, (at, base))| at == base || sweep.is_some_and(|(axis, _)| axis == dim))
}

/// Consecutive nests that run column by column, together.
fn kernels(nests: Vec<Nest>) -> Vec<Vec<Nest>> {
    let mut kernels: Vec<Vec<Nest>> = Vec::new();
    for nest in nests {
        match kernels.last_mut() {
            Some(kernel) if joins(&nest, kernel) => kernel.push(nest),
            _ => kernels.push(vec![nest]),
        }
    }
    kernels
}

fn joins(nest: &Nest, kernel: &[Nest]) -> bool {
    let first = &kernel[0];
    let Some((axis, _)) = &first.sweep else {
        return false;
    };
    if nest.dims != first.dims || nest.sweep.as_ref().is_none_or(|(other, _)| other != axis) {
        return false;
    }
    let horizontal = nest.dims.iter().zip(nest.extents.iter().zip(&first.extents));
    let mut horizontal = horizontal.filter(|(dim, _)| *dim != axis);
    let computed: BTreeSet<u32> = kernel
        .iter()
        .flat_map(|n| n.targets.iter().map(|t| number(t.node)))
        .collect();
    let mut shared = nest
        .columns
        .iter()
        .filter(|(stored, _)| computed.contains(stored));
    horizontal.all(|(_, (a, b))| a == b)
        && !nest.loads.is_disjoint(&computed)
        && shared.all(|(_, in_column)| *in_column)
}

/// Points that go along together in a fold across adjacent elements.
const ACROSS: u32 = 32;

/// Lanes of the vectors of a kernel: a register of its widest type, but where it folds.
pub(super) fn lanes(kernel: &[Nest], specialization: &Specialization) -> u32 {
    let widest = kernel.iter().map(|nest| nest.widest).max().unwrap_or(1);
    let register = (specialization.vector_bits / (8 * widest as u32)).max(1);
    let folds = |how: Folds| kernel.iter().any(|nest| nest.folds == how);
    if folds(Folds::Adjacent) {
        1
    } else if folds(Folds::Across) {
        register.max(ACROSS)
    } else {
        register
    }
}

/// The stored nodes that a kernel computes.
pub(super) fn stores(kernel: &[Nest]) -> impl Iterator<Item = NodeId> {
    let targets = kernel.iter().flat_map(|nest| &nest.targets);
    let temporaries = targets.filter(|t| t.destination == Destination::Temporary);
    temporaries.map(|t| t.node)
}
