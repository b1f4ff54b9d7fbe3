//! Which region of each input and of each stored node a statement needs: domain inference, from the outputs
//! back.
//!
//! Regions are boxes: one symbolic interval per dimension, independent of each other but through tables. A
//! shift along a Cartesian dimension moves an interval; a shift through a table makes the interval of the
//! origin that of the entries of its rows; a reduction needs all neighbours; a sweep needs all of its levels.
//! Each interval remembers the read that caused it, the shift next to the input, so that a diagnostic can
//! point there.
//!
//! A box may be larger than the set of points that are needed, never smaller; whether nodes are stored on
//! their boxes or recomputed makes no difference to what inputs must cover.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use bise_base::Span;
use bise_lang::plan::{Requirement, SweepRead};
use bise_lang::{Dimension, Extent};

use crate::walk::{operands, position, statement_nodes};
use crate::{Graph, NodeId, NodeMap, Op, Step, Sweep, SweepId};

/// What a statement needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Regions {
    /// What inputs must cover: one per parameter, dimension and reading span.
    pub requirements: Vec<Requirement>,
    /// The box of each stored node that is needed, in the order of the arena: one extent per dimension.
    /// Results of a sweep have one box: they are stored together, on all levels.
    pub stored: Vec<(NodeId, Vec<Extent>)>,
    /// What must lie within the levels of sweeps, where that is not plain.
    pub sweep_reads: Vec<SweepRead>,
}

/// What statement number `statement` needs where the nodes `stored`, by position in the arena, are stored. Extents are in terms of the outputs
/// `domains`: for each output, the first that is known to have the same domain, or [`each`] for itself.
pub fn regions(graph: &Graph, statement: usize, domains: &[u32], stored: &BTreeSet<u32>) -> Regions {
    let statement = &graph.statements[statement];
    let nodes = statement_nodes(graph, statement);
    let mut inference = Inference {
        graph,
        domains,
        demands: NodeMap::new(&nodes, None),
        results: results(graph, &nodes),
        regions: Regions::default(),
    };
    for (number, output) in statement.outputs.iter().enumerate() {
        let dims = &graph.nodes[output.value].dims;
        let extents = dims.iter().map(|dim| {
            let extent = Extent::Output {
                output: domains[number],
                dim: dim.clone(),
            };
            (dim.clone(), Needs::of(None, extent))
        });
        inference.demand(output.value, &extents.collect::<Demand>());
    }
    for &id in nodes.iter().rev() {
        inference.node(id);
    }
    for &id in &nodes {
        if stored.contains(&(position(id) as u32))
            && let Some(demand) = &inference.demands[id]
        {
            let extents = demand.iter().map(|(_, needs)| needs.hull()).collect();
            inference.regions.stored.push((id, extents));
        }
    }
    inference.regions.requirements.reverse();
    inference.regions.sweep_reads.reverse();
    inference.regions
}

/// The outputs of a statement, each for itself.
pub fn each(graph: &Graph, statement: usize) -> Vec<u32> {
    (0..graph.statements[statement].outputs.len() as u32).collect()
}

/// What is needed along one dimension, and because of which reads: each interval with the span of its shift,
/// nothing where the read is not shifted along this dimension.
#[derive(Clone, Debug, Default)]
struct Needs(Vec<(Option<Span>, Extent)>);

/// What is needed of a node, per dimension in canonical order.
type Demand = Vec<(Dimension, Needs)>;

impl Needs {
    fn of(cause: Option<Span>, extent: Extent) -> Self {
        Self(vec![(cause, extent)])
    }

    fn add(&mut self, cause: Option<Span>, extent: &Extent) {
        match self.0.iter_mut().find(|(other, _)| *other == cause) {
            Some((_, known)) => {
                let whole = std::mem::replace(known, Extent::Hull(Vec::new()));
                *known = whole.hull(extent.clone());
            }
            None => self.0.push((cause, extent.clone())),
        }
    }

    /// Adds all of `more`. Most nodes are read once, or by nodes of which the same is needed.
    fn extend(&mut self, more: &Self) {
        if self.0.is_empty() {
            self.0.clone_from(&more.0);
        } else if self.0 != more.0 {
            more.0.iter().for_each(|(cause, extent)| self.add(*cause, extent));
        }
    }

    fn map(self, map: impl Fn(Extent) -> Extent) -> Self {
        let needs = self.0.into_iter();
        Self(needs.map(|(cause, extent)| (cause, map(extent))).collect())
    }

    fn hull(&self) -> Extent {
        let extents = self.0.iter().map(|(_, extent)| extent.clone());
        extents.reduce(Extent::hull).unwrap_or(Extent::Hull(Vec::new()))
    }
}

struct Inference<'a> {
    graph: &'a Graph,
    domains: &'a [u32],
    demands: NodeMap<Option<Demand>>,
    /// The results of each sweep. When the walk, which goes backwards, comes to the first one, everything that is
    /// needed of the sweep is known.
    results: HashMap<SweepId, Vec<NodeId>>,
    regions: Regions,
}

impl Inference<'_> {
    /// Adds to what is needed of a node; other dimensions than its own are ignored.
    fn demand(&mut self, id: NodeId, demand: &Demand) {
        let dims = &self.graph.nodes[id].dims;
        let known = self.demands[id].get_or_insert_with(|| {
            let empty = dims.iter().map(|dim| (dim.clone(), Needs::default()));
            empty.collect()
        });
        for (dim, needs) in known {
            if let Some((_, more)) = demand.iter().find(|(other, _)| other == dim) {
                needs.extend(more);
            }
        }
    }

    /// Passes on what is needed of a node to what it reads.
    fn node(&mut self, id: NodeId) {
        let Some(demand) = self.demands[id].clone() else {
            return;
        };
        let span = self.graph.spans.get(id).copied().unwrap_or_default();
        match &self.graph.nodes[id].op {
            Op::Input(param) => self.require(*param, &demand, span),
            Op::Constant(_) | Op::Position(_) | Op::Carry(..) => {}
            Op::Piecewise {
                dim,
                at,
                below,
                above,
            } => {
                self.demand(*below, &clipped(&demand, dim, &|extent| extent.below(at)));
                self.demand(*above, &clipped(&demand, dim, &|extent| extent.from(at)));
            }
            Op::Gather {
                value,
                dim,
                index,
                start,
                stop,
            } => {
                self.demand(*index, &demand);
                let all = Extent::Between {
                    start: start.clone(),
                    stop: stop.clone(),
                };
                self.demand(*value, &replaced(demand, dim, Needs::of(Some(span), all)));
            }
            Op::Apply(..) | Op::Select { .. } | Op::Cast(_) | Op::Broadcast(_) => {
                for operand in operands(self.graph, id) {
                    self.demand(operand, &demand);
                }
            }
            Op::Shift { value, step } => {
                let demand = self.shifted(demand, step, span);
                self.demand(*value, &demand);
            }
            Op::Reduce { table, .. } => {
                let local = self.graph.tables[*table as usize].local.clone();
                let all = Extent::Neighbors { table: *table };
                let demand = replaced(demand, &local, Needs::of(Some(span), all));
                for operand in operands(self.graph, id) {
                    self.demand(operand, &demand);
                }
            }
            Op::Result(sweep, _) => self.sweep(id, *sweep),
        }
    }

    /// What a shift needs of its value.
    fn shifted(&self, demand: Demand, step: &Step, span: Span) -> Demand {
        match step {
            Step::Cartesian { dim, distance } => {
                let shift = |(along, needs): (Dimension, Needs)| {
                    if along != *dim {
                        return (along, needs);
                    }
                    let extent = needs.hull().shifted(i64::from(*distance));
                    (along, Needs::of(Some(span), extent))
                };
                demand.into_iter().map(shift).collect()
            }
            Step::Neighbor { table, .. } | Step::Neighbors { table } => {
                let column = match step {
                    Step::Neighbor { index, .. } => Some(*index),
                    Step::Neighbors { .. } | Step::Cartesian { .. } => None,
                };
                let (table, position) = (&self.graph.tables[*table as usize], *table);
                let rows = demand.iter().find(|(dim, _)| *dim == table.origin);
                let rows = rows.map_or(Extent::Hull(Vec::new()), |(_, needs)| needs.hull());
                let image = Extent::Image {
                    table: position,
                    of: Arc::new(rows),
                    column,
                };
                replaced(demand, &table.codomain, Needs::of(Some(span), image))
            }
        }
    }

    /// Passes on what is needed of all results of a sweep, once it is known.
    fn sweep(&mut self, id: NodeId, sweep: SweepId) {
        let results = self.results[&sweep].clone();
        if results[0] != id {
            return;
        }
        let levels = self.levels(sweep);
        let axis = &self.graph.sweeps[sweep].axis;
        let mut whole: Demand = Vec::new();
        for &result in &results {
            let Some(demand) = self.demands[result].clone() else {
                continue;
            };
            let span = self.graph.spans.get(result).copied().unwrap_or_default();
            for (dim, needs) in demand {
                if dim == *axis {
                    self.read_levels(axis, &levels, &needs, span);
                    continue;
                }
                // It runs over all of its levels, even if those are none that are read.
                let needs = needs.map(|extent| extent.regardless(axis));
                match whole.iter_mut().find(|(known, _)| *known == dim) {
                    Some((_, known)) => known.extend(&needs),
                    None => whole.push((dim, needs)),
                }
            }
        }
        let mut whole = replaced(whole, axis, Needs::of(None, levels));
        whole.sort_by(|(a, _), (b, _)| a.cmp(b));
        for result in results {
            self.demands[result] = Some(whole.clone());
        }
        for slot in &self.graph.sweeps[sweep].slots {
            self.demand(slot.init, &whole);
            self.demand(slot.next, &whole);
        }
    }

    /// The levels of a sweep.
    fn levels(&self, sweep: SweepId) -> Extent {
        let Sweep { axis, outputs, .. } = &self.graph.sweeps[sweep];
        let extents = outputs.iter().map(|&output| Extent::Output {
            output: self.domains[output as usize],
            dim: axis.clone(),
        });
        extents.reduce(Extent::hull).unwrap_or(Extent::Hull(Vec::new()))
    }

    /// Notes what is read of results beside their levels.
    fn read_levels(&mut self, axis: &Dimension, levels: &Extent, needs: &Needs, span: Span) {
        for (cause, extent) in &needs.0 {
            let within = match levels {
                Extent::Hull(parts) => parts.contains(extent),
                _ => false,
            };
            if within || extent == levels {
                continue;
            }
            let read = SweepRead {
                dim: axis.clone(),
                levels: levels.clone(),
                extent: extent.clone(),
                span: cause.unwrap_or(span),
            };
            if !self.regions.sweep_reads.contains(&read) {
                self.regions.sweep_reads.push(read);
            }
        }
    }

    /// What is needed of an input becomes a requirement. Last ones first, as the walk goes backwards.
    fn require(&mut self, param: u32, demand: &Demand, span: Span) {
        for (dim, needs) in demand.iter().rev() {
            for (cause, extent) in &needs.0 {
                let span = cause.unwrap_or(span);
                let same = |r: &&mut Requirement| r.param == param && r.dim == *dim && r.span == span;
                match self.regions.requirements.iter_mut().find(same) {
                    Some(known) => known.extent = known.extent.clone().hull(extent.clone()),
                    None => self.regions.requirements.push(Requirement {
                        param,
                        dim: dim.clone(),
                        extent: extent.clone(),
                        span,
                    }),
                }
            }
        }
    }
}

/// What is needed of a value in a piece: its interval along `dim` is cut, and where nothing is left of it, nothing is
/// needed along the others.
fn clipped(demand: &Demand, dim: &Dimension, cut: &dyn Fn(Extent) -> Extent) -> Demand {
    let along = demand.iter().find(|(known, _)| known == dim);
    let left = cut(along.map_or(Extent::Hull(Vec::new()), |(_, needs)| needs.hull()));
    let clip = |(known, needs): &(Dimension, Needs)| {
        let needs = needs.0.iter().map(|(cause, extent)| {
            let extent = extent.clone();
            (
                *cause,
                if known == dim {
                    cut(extent)
                } else {
                    extent.given(dim, &left)
                },
            )
        });
        (known.clone(), Needs(needs.collect()))
    };
    demand.iter().map(clip).collect()
}

/// A demand with other needs along a dimension, or needs along a dimension more. They are of one box: where that may be
/// empty, they are too.
fn replaced(mut demand: Demand, dim: &Dimension, needs: Needs) -> Demand {
    let sides = demand.iter().map(|(dim, needs)| (dim, needs.hull()));
    let mut conditional = sides.filter(|(_, side)| side.is_conditional());
    let needs = match conditional.next() {
        Some((along, side)) => needs.map(|extent| extent.given(along, &side)),
        None => needs,
    };
    drop(conditional);
    demand.retain(|(known, _)| known != dim);
    demand.push((dim.clone(), needs));
    demand
}

/// The results of each sweep, in the order of the arena.
fn results(graph: &Graph, nodes: &[NodeId]) -> HashMap<SweepId, Vec<NodeId>> {
    let mut results: HashMap<SweepId, Vec<NodeId>> = HashMap::new();
    for &id in nodes {
        if let Op::Result(sweep, _) = graph.nodes[id].op {
            results.entry(sweep).or_default().push(id);
        }
    }
    results
}
