//! Writes `while`: rounds at one point. What does not depend on its states comes before the first round, so that a
//! round computes only what changes.
//!
//! ```text
//! sweep s0 while %5 over <I> from %1 next %7        x = 1.0
//!                                                   while x < a * a:
//!                                                       x = x * b(I + 1)
//! ->
//! %0 = load a[i]          %1 = mul %0, %0           before: of the condition
//! %2 = load b[i + 1]                                and of what is next
//! while carry s0_0 = %3 {
//!   %4 = carry s0_0
//!   %5 = lt %4, %1
//!   test %5
//!   %6 = mul %4, %2
//!   next %6
//! }
//! ```

use std::collections::{HashMap, HashSet};

use bise_iter::{Graph, NodeId, NodeMap, Op, SweepId, walk};
use bise_loops::ValueId;

use super::emit::Emitter;
use super::points::{Read, project};
use super::writer::At;

/// Which sweeps the nodes of a statement are in.
pub(super) struct Scopes {
    /// On whose carries each depends.
    under_way: NodeMap<Vec<SweepId>>,
    /// The results of each `while`, with their slots.
    results: HashMap<SweepId, Vec<(u32, NodeId)>>,
}

impl Scopes {
    pub(super) fn new(graph: &Graph, nodes: &[NodeId]) -> Self {
        let mut results: HashMap<SweepId, Vec<(u32, NodeId)>> = HashMap::new();
        for &id in nodes {
            if let Op::Result(sweep, slot) = graph.nodes[id].op
                && graph.sweeps[sweep].levels().is_none()
            {
                results.entry(sweep).or_default().push((slot, id));
            }
        }
        Self {
            under_way: walk::under_way(graph, nodes),
            results,
        }
    }

    /// Whether a node is part of a sweep, so that it is computed nowhere else.
    pub(super) fn is_inside(&self, id: NodeId) -> bool {
        !self.under_way[id].is_empty()
    }
}

impl Emitter<'_, '_> {
    /// The `while` that a node is a result of.
    pub(super) fn rounds_of(&self, id: NodeId) -> Option<SweepId> {
        let graph = self.context.graph;
        match graph.nodes[id].op {
            Op::Result(sweep, _) if graph.sweeps[sweep].levels().is_none() => Some(sweep),
            _ => None,
        }
    }

    /// What is read before the first round: where the states start, then what rounds read that is the same in all.
    pub(super) fn before_rounds(&mut self, sweep: SweepId, point: &[At]) -> Vec<Read<At>> {
        let ends = self.at_point(sweep, point, self.context.graph.sweeps[sweep].ends());
        let mut before = self.at_point(sweep, point, self.context.graph.sweeps[sweep].inits());
        let (mut stack, mut seen) = (ends, HashSet::new());
        while let Some(read) = stack.pop() {
            if !seen.insert(read.clone()) {
                continue;
            }
            let graph = self.context.graph;
            let is_open = |on: &SweepId| graph.sweeps[*on].levels().is_some() || self.open.contains(on);
            if self.context.scopes.under_way[read.0].iter().all(is_open) {
                before.push(read);
            } else {
                stack.extend(self.reads(&read));
            }
        }
        before
    }

    /// The value of a result of a `while` at a point; so are its other results known there from then on. `inits`: where
    /// the states start.
    pub(super) fn rounds(&mut self, (sweep, read): (SweepId, &Read<At>), inits: &[ValueId]) -> ValueId {
        let (graph, point) = (self.context.graph, &read.1);
        self.writer.builder.open_while();
        self.open.push(sweep);
        let mut carries = Vec::new();
        for (slot, &init) in inits.iter().enumerate() {
            let name = format!("s{}_{slot}", sweep.into_raw().into_u32());
            let carry = self.writer.builder.carry(&name, init);
            self.carries.insert((sweep, slot as u32), carry);
            carries.push(carry);
        }
        let mut ends = Vec::new();
        for (end, point) in self.at_point(sweep, point, graph.sweeps[sweep].ends()) {
            let value = self.value(end, point);
            if ends.is_empty() {
                self.writer.builder.test(value);
            }
            ends.push(value);
        }
        self.writer.builder.close(ends.split_off(1));
        self.open.pop();
        let mut own = None;
        for (slot, result) in &self.context.scopes.results[&sweep] {
            let value = self.writer.builder.after(carries[*slot as usize]);
            self.writer.memo.insert((*result, point.clone()), value);
            own = own.or((*result == read.0).then_some(value));
        }
        own.unwrap_or_else(|| panic!("compiler bug: a result of another statement"))
    }

    /// Nodes that a sweep is made of, at a point of its results.
    fn at_point(&self, sweep: SweepId, point: &[At], nodes: impl Iterator<Item = NodeId>) -> Vec<Read<At>> {
        let graph = self.context.graph;
        let dims = &graph.sweeps[sweep].dims;
        nodes
            .map(|node| (node, project(dims, point, &graph.nodes[node].dims)))
            .collect()
    }
}
