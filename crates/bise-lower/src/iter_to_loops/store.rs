//! Decides which nodes are stored in temporaries; all others are recomputed where they are read. This is the
//! place of a cost model: whatever set [`stored_nodes`] gives, as long as it keeps the first two rules, the
//! program computes the same bits.
//!
//! 1. The results of a sweep are stored where a shift reads them, where a sweep of another direction, axis or
//!    dimensions does, where they meet such results in one expression, or where outputs of different domains need
//!    them: within one loop over levels there is one sweep direction, at one point, over the levels of the sweep.
//! 2. Nodes without dimensions, inputs, and nodes that depend on a carry are never stored.
//! 3. Where inlining would compute more values than a limit, and more than twice the nodes there are,
//!    for an output, a state of a sweep or what a shift reads, some of what is read at a distance is stored, the
//!    largest first. Below that limit recomputing is faster than storing: operands are in cache and in registers.
//!
//! What a kernel keeps for a few rows, instead of recomputing it, is decided after that, in [`super::rolling`].

use std::collections::BTreeSet;

use bise_iter::{Graph, NodeId, Op, SweepId, walk};
use bise_lang::DimensionKind;
use bise_lang::plan::TableShape;

use super::survey::{Surveyor, node, number};

/// The nodes to store of those that `roots` need, by position in the arena. The roots are the outputs of a
/// statement, each with a number for its domain.
pub(super) fn stored_nodes(
    graph: &Graph,
    tables: &[TableShape],
    roots: &[(NodeId, u32)],
    limit: usize,
) -> BTreeSet<u32> {
    let values: Vec<NodeId> = roots.iter().map(|(value, _)| *value).collect();
    let nodes = walk::reachable(graph, values.iter().copied());
    let shared = shared_sweeps(graph, &nodes, roots);
    let mut stored = BTreeSet::new();
    while store_sweeps(graph, &nodes, &shared, &mut stored) {}
    bound_inlining(graph, tables, &heads(graph, &nodes, &values), limit, &mut stored);
    stored
}

/// Rule 1, for what is not stored yet. True where something was added, which may change what the rest needs.
fn store_sweeps(
    graph: &Graph,
    nodes: &[NodeId],
    shared: &BTreeSet<SweepId>,
    stored: &mut BTreeSet<u32>,
) -> bool {
    let before = stored.len();
    let mut unstored = shared.clone();
    // Per node: the sweeps that run along when it is computed inline.
    let mut along: Vec<Vec<SweepId>> = vec![Vec::new(); graph.nodes.len()];
    for &id in nodes {
        let mut sweeps: Vec<SweepId> = Vec::new();
        for operand in walk::operands(graph, id) {
            sweeps.extend(&along[walk::position(operand)]);
        }
        sweeps.sort_by_key(|sweep| sweep.into_raw());
        sweeps.dedup();
        match graph.nodes[id].op {
            Op::Shift { .. } => unstored.extend(sweeps.drain(..)),
            Op::Result(sweep, _) => {
                let apart = |other: &SweepId| !alike(graph, sweep, *other);
                unstored.extend(sweeps.iter().copied().filter(apart));
                sweeps.retain(|other| alike(graph, sweep, *other));
                sweeps.push(sweep);
            }
            _ => {
                if let Some(&last) = sweeps.last() {
                    unstored.extend(sweeps.iter().copied().filter(|s| !alike(graph, last, *s)));
                    sweeps.retain(|other| alike(graph, last, *other));
                }
            }
        }
        if !stored.contains(&number(id)) {
            along[walk::position(id)] = sweeps;
        }
    }
    for &id in nodes {
        if matches!(graph.nodes[id].op, Op::Result(sweep, _) if unstored.contains(&sweep)) {
            stored.insert(number(id));
        }
    }
    stored.len() > before
}

/// The sweeps that run over the levels of outputs of different domains.
fn shared_sweeps(graph: &Graph, nodes: &[NodeId], roots: &[(NodeId, u32)]) -> BTreeSet<SweepId> {
    let is_shared = |sweep: &SweepId| {
        let outputs = graph.sweeps[*sweep].outputs.iter();
        let domains: BTreeSet<u32> = outputs.map(|&output| roots[output as usize].1).collect();
        domains.len() > 1
    };
    walk::sweeps(graph, nodes).into_iter().filter(is_shared).collect()
}

/// Whether two sweeps can run in one loop.
fn alike(graph: &Graph, a: SweepId, b: SweepId) -> bool {
    let (a, b) = (&graph.sweeps[a], &graph.sweeps[b]);
    a.axis == b.axis && a.forward == b.forward && a.dims == b.dims
}

/// Rule 3.
fn bound_inlining(
    graph: &Graph,
    tables: &[TableShape],
    heads: &[NodeId],
    limit: usize,
    stored: &mut BTreeSet<u32>,
) {
    let mut surveyor = Surveyor::new(graph, tables);
    for &id in heads {
        loop {
            let survey = surveyor.survey(id, stored, 4 * limit);
            if survey.values <= limit.max(2 * survey.nodes) {
                break;
            }
            let mut candidates: Vec<(usize, u32)> = Vec::new();
            for (&at, &times) in &survey.shifted {
                if at != number(id) && is_storable(graph, node(at)) && !stored.contains(&at) {
                    candidates.push((times * surveyor.survey(node(at), stored, limit).values, at));
                }
            }
            // Ties go to the node that comes last: it holds the most of the others.
            match candidates.into_iter().max() {
                Some((_, largest)) => stored.insert(largest),
                None => break,
            };
        }
    }
}

/// The nodes whose inlining is bounded: what is read by shifts and reductions, what is written, and states of
/// sweeps. All else is part of one of them.
fn heads(graph: &Graph, nodes: &[NodeId], roots: &[NodeId]) -> Vec<NodeId> {
    let mut heads: BTreeSet<u32> = roots.iter().map(|&root| number(root)).collect();
    for &id in nodes {
        match &graph.nodes[id].op {
            Op::Shift { value, .. } | Op::Reduce { value, .. } => {
                heads.insert(number(*value));
            }
            Op::Result(sweep, _) => {
                heads.extend(graph.sweeps[*sweep].slots.iter().map(|slot| number(slot.next)));
            }
            _ => {}
        }
    }
    heads.into_iter().map(node).collect()
}

/// Rule 2; and more than a load, and not over neighbours, whose number varies from row to row.
fn is_storable(graph: &Graph, id: NodeId) -> bool {
    let node = &graph.nodes[id];
    let kind = match node.op {
        Op::Input(_) | Op::Constant(_) | Op::Carry(..) | Op::Result(..) | Op::Broadcast(_) => false,
        Op::Apply(..) | Op::Select { .. } | Op::Cast(_) | Op::Shift { .. } | Op::Reduce { .. } => true,
    };
    kind && !node.dims.is_empty() && node.dims.iter().all(|dim| dim.kind != DimensionKind::Local)
}
