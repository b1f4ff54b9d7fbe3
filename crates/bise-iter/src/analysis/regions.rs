//! Which region of each input and of each stored node a statement needs: domain inference, from the outputs
//! back.
//!
//! Regions are boxes: one symbolic interval per dimension, independent of each other but through tables. A
//! shift along a Cartesian dimension moves an interval; a shift through a table makes the interval of the
//! origin that of the entries of its rows; a reduction needs all neighbours; a sweep needs all of its levels.
//! Read by read, each interval remembers the one that caused it, the shift next to the input, so that a diagnostic
//! can point there; that takes a while in long operators, and is left to when something is not there.
//!
//! A box may be larger than the set of points that are needed, never smaller; whether nodes are stored on
//! their boxes or recomputed makes no difference to what inputs must cover.

use std::collections::{BTreeSet, HashMap};

use bise_base::Span;
use bise_lang::plan::{Requirement, SweepRead};
use bise_lang::{Bound, Dimension, Extent, ExtentBuilder, ExtentId};

use crate::walk::{operands, position, statement_nodes};
use crate::{Graph, NodeId, NodeMap, Op, Step, SweepId};

/// What a statement needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Regions {
    /// What inputs must cover: one per parameter and dimension.
    pub requirements: Vec<Requirement>,
    /// The box of each stored node that is needed, in the order of the arena: one extent per dimension.
    /// Results of a sweep have one box: they are stored together, on all levels.
    pub stored: Vec<(NodeId, Vec<ExtentId>)>,
    /// What must lie within the levels of sweeps, where that is not plain.
    pub sweep_reads: Vec<SweepRead>,
}

/// What a statement needs, read by read: for who is told that it is not there. The reads are the shifts next to an input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// What inputs must cover: one per parameter, dimension and place of a read.
    pub inputs: Vec<(Requirement, Span)>,
    /// What must lie within the levels of sweeps, where that is not plain.
    pub sweeps: Vec<(SweepRead, Span)>,
}

/// What statement number `statement` needs where the nodes `stored`, by position in the arena, are stored. The `extents`
/// are in terms of the outputs `domains`: for each output, the first that is known to have the same domain, or [`each`]
/// for itself.
pub fn regions(
    graph: &Graph,
    statement: usize,
    domains: &[u32],
    stored: &BTreeSet<u32>,
    extents: &ExtentBuilder,
) -> Regions {
    let (inference, nodes) = infer(graph, statement, domains, extents, false);
    let side = |(_, needs): &(Dimension, Needs)| needs.hull(extents);
    let is_stored = |id: &&NodeId| stored.contains(&(position(**id) as u32));
    let needed = nodes.iter().filter(is_stored).filter_map(|&id| {
        let demand = inference.demands[id].as_ref()?;
        Some((id, demand.iter().map(side).collect()))
    });
    Regions {
        stored: needed.collect(),
        requirements: without_spans(inference.reads.inputs),
        sweep_reads: without_spans(inference.reads.sweeps),
    }
}

/// What statement number `statement` needs, and where it is read.
pub fn reads(graph: &Graph, statement: usize, extents: &ExtentBuilder) -> Reads {
    let domains = each(graph, statement);
    infer(graph, statement, &domains, extents, true).0.reads
}

fn without_spans<T>(reads: Vec<(T, Span)>) -> Vec<T> {
    reads.into_iter().map(|(read, _)| read).collect()
}

/// What is needed of all nodes of a statement.
fn infer<'a>(
    graph: &'a Graph,
    statement: usize,
    domains: &'a [u32],
    extents: &'a ExtentBuilder,
    read_by_read: bool,
) -> (Inference<'a>, Vec<NodeId>) {
    let statement = &graph.statements[statement];
    let nodes = statement_nodes(graph, statement);
    let mut inference = Inference {
        graph,
        domains,
        extents,
        read_by_read,
        demands: NodeMap::new(&nodes, None),
        results: results(graph, &nodes),
        reads: Reads::default(),
    };
    for (number, output) in statement.outputs.iter().enumerate() {
        let dims = &graph.nodes[output.value].dims;
        let whole = dims.iter().map(|dim| {
            let extent = extents.add(Extent::Output {
                output: domains[number],
                dim: dim.clone(),
            });
            (dim.clone(), Needs::of(None, extent))
        });
        inference.demand(output.value, &whole.collect::<Demand>());
    }
    for &id in nodes.iter().rev() {
        inference.node(id);
    }
    inference.reads.inputs.reverse();
    inference.reads.sweeps.reverse();
    (inference, nodes)
}

/// The outputs of a statement, each for itself.
pub fn each(graph: &Graph, statement: usize) -> Vec<u32> {
    (0..graph.statements[statement].outputs.len() as u32).collect()
}

/// What is needed along one dimension; read by read, each interval with the span of its shift, nothing where the read is
/// not shifted along this dimension.
#[derive(Clone, Debug, Default, PartialEq)]
struct Needs(Vec<(Option<Span>, ExtentId)>);

/// What is needed of a node, per dimension in canonical order.
type Demand = Vec<(Dimension, Needs)>;

impl Needs {
    fn of(cause: Option<Span>, extent: ExtentId) -> Self {
        Self(vec![(cause, extent)])
    }

    fn add(&mut self, cause: Option<Span>, extent: ExtentId, extents: &ExtentBuilder) {
        match self.0.iter_mut().find(|(other, _)| *other == cause) {
            Some((_, known)) => *known = extents.hull(*known, extent),
            None => self.0.push((cause, extent)),
        }
    }

    /// Adds all of `more`. Most nodes are read once, or by nodes of which the same is needed.
    fn extend(&mut self, more: &Self, extents: &ExtentBuilder) {
        if self.0.is_empty() {
            self.0.clone_from(&more.0);
        } else if self != more {
            more.0
                .iter()
                .for_each(|(cause, extent)| self.add(*cause, *extent, extents));
        }
    }

    fn map(self, map: impl Fn(ExtentId) -> ExtentId) -> Self {
        let needs = self.0.into_iter();
        Self(needs.map(|(cause, extent)| (cause, map(extent))).collect())
    }

    fn hull(&self, extents: &ExtentBuilder) -> ExtentId {
        extents.hull_of(self.0.iter().map(|(_, extent)| *extent))
    }
}

struct Inference<'a> {
    graph: &'a Graph,
    domains: &'a [u32],
    extents: &'a ExtentBuilder,
    /// Keeps apart what is needed because of different reads.
    read_by_read: bool,
    demands: NodeMap<Option<Demand>>,
    /// The results of each sweep along levels. When the walk, which goes backwards, comes to the first one, everything that is
    /// needed of the sweep is known.
    results: HashMap<SweepId, Vec<NodeId>>,
    reads: Reads,
}

impl Inference<'_> {
    /// What is needed because of the read there.
    fn needs(&self, span: Span, extent: ExtentId) -> Needs {
        Needs::of(self.read_by_read.then_some(span), extent)
    }

    /// Adds to what is needed of a node; other dimensions than its own are ignored.
    fn demand(&mut self, id: NodeId, demand: &Demand) {
        let dims = &self.graph.nodes[id].dims;
        let known = self.demands[id].get_or_insert_with(|| {
            let empty = dims.iter().map(|dim| (dim.clone(), Needs::default()));
            empty.collect()
        });
        for (dim, needs) in known {
            if let Some((_, more)) = demand.iter().find(|(other, _)| other == dim) {
                needs.extend(more, self.extents);
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
                let [below_at, from_at] = [(None, Some(at)), (Some(at), None)].map(|(start, stop)| {
                    self.clipped(&demand, dim, &|of| self.extents.clip(of, start, stop))
                });
                self.demand(*below, &below_at);
                self.demand(*above, &from_at);
            }
            Op::Gather {
                value,
                dim,
                index,
                start,
                stop,
            } => {
                self.demand(*index, &demand);
                let all = self.extents.add(Extent::Between {
                    start: start.clone(),
                    stop: stop.clone(),
                });
                self.demand(*value, &self.replaced(demand, dim, self.needs(span, all)));
            }
            Op::Result(sweep, _) if self.graph.sweeps[*sweep].levels().is_some() => self.sweep(id, *sweep),
            Op::Apply(..) | Op::Select { .. } | Op::Cast(_) | Op::Broadcast(_) | Op::Result(..) => {
                for operand in operands(self.graph, id) {
                    self.demand(operand, &demand);
                }
            }
            Op::Shift { value, step } => {
                let demand = self.shifted(demand, step, span);
                self.demand(*value, &demand);
            }
            Op::Fold {
                value,
                dim,
                start,
                stop,
                ..
            } => {
                let all = self.extents.add(Extent::Between {
                    start: start.clone(),
                    stop: stop.clone(),
                });
                // Nothing is read for a range without points.
                let is_some = stop.minus(start).is_some_and(|points| points > 0);
                let given = |(along, needs): (Dimension, Needs)| {
                    let given = needs.map(|of| self.extents.given(of, dim, all));
                    (along, given)
                };
                let demand = if is_some {
                    demand
                } else {
                    demand.into_iter().map(given).collect()
                };
                self.demand(*value, &self.replaced(demand, dim, self.needs(span, all)));
            }
            Op::Reduce { table, .. } => {
                let local = self.graph.tables[*table as usize].local.clone();
                let all = self.extents.add(Extent::Neighbors { table: *table });
                let demand = self.replaced(demand, &local, self.needs(span, all));
                for operand in operands(self.graph, id) {
                    self.demand(operand, &demand);
                }
            }
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
                    let extent = self
                        .extents
                        .shifted(needs.hull(self.extents), i64::from(*distance));
                    (along, self.needs(span, extent))
                };
                demand.into_iter().map(shift).collect()
            }
            Step::Entry { dim, index } => {
                let [start, stop] = [0, 1].map(|more| Bound::Constant(i64::from(*index) + more));
                let one = self.extents.add(Extent::Between { start, stop });
                self.replaced(demand, dim, self.needs(span, one))
            }
            Step::Neighbor { table, .. } | Step::Neighbors { table } => {
                let column = match step {
                    Step::Neighbor { index, .. } => Some(*index),
                    Step::Neighbors { .. } | Step::Cartesian { .. } | Step::Entry { .. } => None,
                };
                let (table, position) = (&self.graph.tables[*table as usize], *table);
                let rows = demand.iter().find(|(dim, _)| *dim == table.origin);
                let of = rows.map_or_else(|| self.extents.nothing(), |(_, needs)| needs.hull(self.extents));
                let image = self.extents.add(Extent::Image {
                    table: position,
                    of,
                    column,
                });
                self.replaced(demand, &table.codomain, self.needs(span, image))
            }
        }
    }

    /// Passes on what is needed of all results of a sweep, once it is known.
    fn sweep(&mut self, id: NodeId, sweep: SweepId) {
        let results = self.results[&sweep].clone();
        if results[0] != id {
            return;
        }
        let Some((axis, _)) = self.graph.sweeps[sweep].levels() else {
            return;
        };
        let levels = self.levels(axis, &self.graph.sweeps[sweep].outputs);
        let mut whole: Demand = Vec::new();
        for &result in &results {
            let Some(demand) = self.demands[result].clone() else {
                continue;
            };
            let span = self.graph.spans.get(result).copied().unwrap_or_default();
            for (dim, needs) in demand {
                if dim == *axis {
                    self.read_levels(axis, levels, &needs, span);
                    continue;
                }
                // It runs over all of its levels, even if those are none that are read.
                let needs = needs.map(|extent| self.extents.regardless(extent, axis));
                match whole.iter_mut().find(|(known, _)| *known == dim) {
                    Some((_, known)) => known.extend(&needs, self.extents),
                    None => whole.push((dim, needs)),
                }
            }
        }
        let mut whole = self.replaced(whole, axis, Needs::of(None, levels));
        whole.sort_by(|(a, _), (b, _)| a.cmp(b));
        for result in results {
            self.demands[result] = Some(whole.clone());
        }
        for slot in &self.graph.sweeps[sweep].slots {
            self.demand(slot.init, &whole);
            self.demand(slot.next, &whole);
        }
    }

    /// The levels of a sweep over those outputs.
    fn levels(&self, axis: &Dimension, outputs: &[u32]) -> ExtentId {
        let levels = outputs.iter().map(|&output| {
            self.extents.add(Extent::Output {
                output: self.domains[output as usize],
                dim: axis.clone(),
            })
        });
        self.extents.hull_of(levels)
    }

    /// Notes what is read of results beside their levels.
    fn read_levels(&mut self, axis: &Dimension, levels: ExtentId, needs: &Needs, span: Span) {
        for &(cause, extent) in &needs.0 {
            let within = match self.extents.get(levels) {
                Extent::Hull(parts) => parts.contains(&extent),
                _ => false,
            };
            if within || extent == levels {
                continue;
            }
            let read = SweepRead {
                dim: axis.clone(),
                levels,
                extent,
            };
            let read = (read, cause.unwrap_or(span));
            if !self.reads.sweeps.contains(&read) {
                self.reads.sweeps.push(read);
            }
        }
    }

    /// What is needed of an input becomes a requirement. Last ones first, as the walk goes backwards.
    fn require(&mut self, param: u32, demand: &Demand, span: Span) {
        for (dim, needs) in demand.iter().rev() {
            for &(cause, extent) in &needs.0 {
                let span = cause.unwrap_or(span);
                let by_read = self.read_by_read;
                let same = |(known, at): &&mut (Requirement, Span)| {
                    known.param == param && known.dim == *dim && (!by_read || *at == span)
                };
                if let Some((known, _)) = self.reads.inputs.iter_mut().find(same) {
                    known.extent = self.extents.hull(known.extent, extent);
                } else {
                    let dim = dim.clone();
                    self.reads.inputs.push((Requirement { param, dim, extent }, span));
                }
            }
        }
    }

    /// What is needed of a value in a piece: its interval along `dim` is cut, and where nothing is left of it, nothing is
    /// needed along the others.
    fn clipped(&self, demand: &Demand, dim: &Dimension, cut: &dyn Fn(ExtentId) -> ExtentId) -> Demand {
        let along = demand.iter().find(|(known, _)| known == dim);
        let whole = along.map_or_else(|| self.extents.nothing(), |(_, needs)| needs.hull(self.extents));
        let left = cut(whole);
        let clip = |(known, needs): &(Dimension, Needs)| {
            let needs = needs.clone().map(|extent| {
                if known == dim {
                    cut(extent)
                } else {
                    self.extents.given(extent, dim, left)
                }
            });
            (known.clone(), needs)
        };
        demand.iter().map(clip).collect()
    }

    /// A demand with other needs along a dimension, or needs along a dimension more. They are of one box: where that may be
    /// empty, they are too.
    fn replaced(&self, mut demand: Demand, dim: &Dimension, needs: Needs) -> Demand {
        let sides = demand.iter().map(|(dim, needs)| (dim, needs.hull(self.extents)));
        let mut conditional = sides.filter(|(_, side)| self.extents.is_conditional(*side));
        let needs = match conditional.next() {
            Some((along, side)) => needs.map(|extent| self.extents.given(extent, along, side)),
            None => needs,
        };
        drop(conditional);
        demand.retain(|(known, _)| known != dim);
        demand.push((dim.clone(), needs));
        demand
    }
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
