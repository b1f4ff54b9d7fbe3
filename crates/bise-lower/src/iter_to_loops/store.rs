//! Decides which nodes are stored in temporaries; all others are recomputed where they are read. This is the
//! place of a cost model: whatever set [`stored_nodes`] gives, as long as it keeps rules 1, 2 and 4, the
//! program computes the same bits.
//!
//! 1. The results of a sweep are stored where a shift or a fold reads them, where a sweep of another direction, axis or
//!    dimensions does, where they meet such results in one expression, or where outputs of different domains need
//!    them: within one loop over levels there is one sweep direction, at one point, over the levels of the sweep.
//! 2. Nodes without dimensions but folds, inputs, and nodes that depend on a carry are never stored.
//! 3. What would be computed more than once for a point is stored where that costs more than memory does; see
//!    [`Repetition`]. So is a `while` in loops over more dimensions, out of which its rounds do not move. Below that recomputing is faster: operands are in cache and in registers.
//! 4. Folds over ranges are stored: they are loops of their own, and none stands inside of another.
//!
//! What a kernel keeps for a few rows, instead of recomputing it, is decided after that, in [`super::rolling`].

use std::collections::BTreeSet;

use bise_iter::{Graph, NodeId, NodeMap, Op, SweepId, walk};
use bise_lang::DimensionKind;

use super::Costs;
use super::survey::{Surveyor, Symbolic, number};

/// Which of the `nodes` of a statement to store, by position in the arena. The roots are its
/// outputs.
pub(super) fn stored_nodes(
    graph: &Graph,
    surveyor: &mut Surveyor<'_>,
    nodes: &[NodeId],
    roots: &[Root],
    costs: &Costs,
) -> BTreeSet<u32> {
    let shared = shared_sweeps(graph, nodes, roots);
    let mut stored = BTreeSet::new();
    while store_sweeps(graph, nodes, &shared, &mut stored) {}
    let folds = nodes
        .iter()
        .filter(|id| matches!(graph.nodes[**id].op, Op::Fold { .. }));
    stored.extend(folds.map(|&id| number(id)));
    store_repeated(graph, surveyor, (nodes, roots), costs, &mut stored);
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
    let mut along: NodeMap<Vec<SweepId>> = NodeMap::new(nodes, Vec::new());
    for &id in nodes {
        let mut sweeps: Vec<SweepId> = Vec::new();
        for operand in walk::operands(graph, id) {
            sweeps.extend(&along[operand]);
        }
        sweeps.sort_by_key(|sweep| sweep.into_raw());
        sweeps.dedup();
        match graph.nodes[id].op {
            Op::Shift { .. } | Op::Gather { .. } | Op::Reduce { .. } | Op::Fold { .. } => {
                unstored.extend(sweeps.drain(..));
            }
            Op::Result(sweep, _) if graph.sweeps[sweep].levels().is_some() => {
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
            along[id] = sweeps;
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
fn shared_sweeps(graph: &Graph, nodes: &[NodeId], roots: &[Root]) -> BTreeSet<SweepId> {
    let is_shared = |sweep: &SweepId| {
        let outputs = graph.sweeps[*sweep].outputs.iter();
        let domains: BTreeSet<u32> = outputs.map(|&output| roots[output as usize].domain).collect();
        domains.len() > 1
    };
    walk::sweeps(graph, nodes).into_iter().filter(is_shared).collect()
}

/// Whether two sweeps along levels can run in one loop.
fn alike(graph: &Graph, a: SweepId, b: SweepId) -> bool {
    let (a, b) = (&graph.sweeps[a], &graph.sweeps[b]);
    a.levels() == b.levels() && a.dims == b.dims
}

/// Rule 3. Were all stored that can be, each node would be computed for its own readers only: that says, from the
/// inputs up, what comes to be worth storing, and so what computing others takes. With that the outputs are
/// followed down once more, to all positions of all loops.
fn store_repeated(
    graph: &Graph,
    surveyor: &mut Surveyor<'_>,
    (nodes, roots): (&[NodeId], &[Root]),
    costs: &Costs,
    stored: &mut BTreeSet<u32>,
) {
    let under_way = walk::under_way(graph, nodes);
    let is_candidate = |id: NodeId| is_storable(graph, id) && under_way[id].is_empty();
    let sweeps = stored.clone();
    let mut repeated: Vec<(NodeId, Repetition)> = Vec::new();
    descend(graph, surveyor, (nodes, roots), |_, id, repetition| {
        if is_candidate(id) {
            repeated.push((id, repetition));
        }
        is_candidate(id) || sweeps.contains(&number(id))
    });
    let mut worth = sweeps.clone();
    for (id, repetition) in repeated.into_iter().rev() {
        if repetition.is_dear(surveyor, id, &worth, costs) {
            worth.insert(number(id));
        }
    }
    descend(graph, surveyor, (nodes, roots), |surveyor, id, repetition| {
        if is_candidate(id) && repetition.is_dear(surveyor, id, &worth, costs) {
            stored.insert(number(id));
        }
        stored.contains(&number(id))
    });
}

/// Walks from the outputs down. When the walk comes to a node, all that reads it was decided on, so it is known how
/// often the node is computed: `store` decides whether that is to be once only.
fn descend(
    graph: &Graph,
    surveyor: &mut Surveyor<'_>,
    (nodes, roots): (&[NodeId], &[Root]),
    mut store: impl FnMut(&mut Surveyor<'_>, NodeId, Repetition) -> bool,
) {
    let mut positions = Positions(NodeMap::new(nodes, Vec::new()));
    for root in roots {
        let loops = Loops {
            of: Of::Outputs(root.domain),
            rank: root.rank,
        };
        positions.add(root.node, (loops, surveyor.base(root.node)));
    }
    for &id in nodes.iter().rev() {
        let mut at = positions.take(id);
        let readers = |(_, point): &Position| surveyor.readers(point);
        let repetition = Repetition {
            times: at.iter().map(|at| readers(at).unwrap_or(1.0)).sum(),
            is_gathered: at.iter().any(|at| readers(at).is_some()),
            is_in_wider_loops: is_rounds(graph, id)
                && at
                    .iter()
                    .any(|(loops, _)| loops.rank > graph.nodes[id].dims.len()),
        };
        if store(surveyor, id, repetition) {
            at = vec![(Loops::of(graph, id), surveyor.base(id))];
        }
        for (loops, point) in at {
            for (operand, point) in surveyor.reads(id, &point) {
                positions.add(operand, (loops, point));
            }
        }
    }
}

/// How often a node would be computed for a point of it.
#[derive(Clone, Copy, Debug)]
struct Repetition {
    times: f64,
    /// Some of that for neighbours.
    is_gathered: bool,
    /// It is a `while` in loops over more dimensions.
    is_in_wider_loops: bool,
}

impl Repetition {
    /// Whether that takes more than storing it, where what is `worth` it is stored. What is read beside a point is
    /// often in registers already, or rolls; what is read through a table is not.
    fn is_dear(self, surveyor: &mut Surveyor<'_>, id: NodeId, worth: &BTreeSet<u32>, costs: &Costs) -> bool {
        if self.is_in_wider_loops {
            return true;
        }
        let again = self.times - 1.0;
        if again <= 0.0 {
            return false;
        }
        let most = if self.is_gathered {
            costs.gathered
        } else {
            costs.inline
        };
        let limit = (most as f64 / again) as usize;
        // Few values take nothing.
        let survey = surveyor.survey(id, worth, 4 * limit);
        survey.values > 4 * limit || survey.cost > limit
    }
}

/// An output.
pub(super) struct Root {
    /// What is written.
    pub(super) node: NodeId,
    /// A number for its domain.
    pub(super) domain: u32,
    /// How many dimensions that has.
    pub(super) rank: usize,
}

/// Whether a node is the result of a `while`.
fn is_rounds(graph: &Graph, id: NodeId) -> bool {
    matches!(graph.nodes[id].op, Op::Result(sweep, _) if graph.sweeps[sweep].levels().is_none())
}

/// Loops in which nodes are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Loops {
    of: Of,
    /// Over how many dimensions.
    rank: usize,
}

/// What loops are those of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    /// Those of the outputs with that domain.
    Outputs(u32),
    /// Those of a sweep whose results are stored.
    Sweep(u32),
    /// Those of a stored node.
    Node(u32),
}

impl Loops {
    /// Those of a stored node.
    fn of(graph: &Graph, id: NodeId) -> Self {
        let of = match graph.nodes[id].op {
            Op::Result(sweep, _) if graph.sweeps[sweep].levels().is_some() => {
                Of::Sweep(sweep.into_raw().into_u32())
            }
            _ => Of::Node(number(id)),
        };
        Self {
            of,
            rank: graph.nodes[id].dims.len(),
        }
    }
}

/// Where a node is computed.
type Position = (Loops, Vec<Symbolic>);

/// Where nodes are computed that the walk has not come to yet.
struct Positions(NodeMap<Vec<Position>>);

impl Positions {
    fn add(&mut self, id: NodeId, position: Position) {
        self.0[id].push(position);
    }

    /// Without repetition.
    fn take(&mut self, id: NodeId) -> Vec<Position> {
        let mut positions = std::mem::take(&mut self.0[id]);
        positions.sort_unstable();
        positions.dedup();
        positions
    }
}

/// Rule 2; and more than a load or a move, and not over neighbours, whose number varies from row to row.
fn is_storable(graph: &Graph, id: NodeId) -> bool {
    let node = &graph.nodes[id];
    let kind = match node.op {
        Op::Result(..) => is_rounds(graph, id),
        Op::Input(_)
        | Op::Constant(_)
        | Op::Position(_)
        | Op::Carry(..)
        | Op::Broadcast(_)
        | Op::Shift { .. } => false,
        Op::Apply(..)
        | Op::Select { .. }
        | Op::Cast(_)
        | Op::Piecewise { .. }
        | Op::Gather { .. }
        | Op::Reduce { .. }
        | Op::Fold { .. } => true,
    };
    kind && !node.dims.is_empty() && node.dims.iter().all(|dim| dim.kind != DimensionKind::Local)
}
