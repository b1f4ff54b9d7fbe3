//! Makes equal nodes one, and equal sweeps.
//!
//! ```text
//! sweep s0 forward along K over <K> from %0 next %3
//! sweep s1 forward along K over <K> from %0 next %5
//! %2 = carry s0.0 : <K; float64>
//! %3 = add %2 %1 : <K; float64>
//! %4 = carry s1.0 : <K; float64>
//! %5 = add %4 %1 : <K; float64>
//! %6 = result s0.0 : <K; float64>
//! %7 = result s1.0 : <K; float64>
//! %8 = mul %6 %7 : <K; float64>
//! ->
//! sweep s0 forward along K over <K> from %0 next %3
//! %2 = carry s0.0 : <K; float64>
//! %3 = add %2 %1 : <K; float64>
//! %4 = result s0.0 : <K; float64>
//! %5 = mul %4 %4 : <K; float64>
//! ```
//!
//! The builder shares equal nodes; what is left to do here is to find equal sweeps.

use std::collections::HashMap;

use bise_lang::{Dimension, DomainRange};
use la_arena::ArenaMap;

use crate::walk::{map_graph, map_operands, statement_nodes};
use crate::{Graph, Node, NodeId, NodeMap, Op, Statement, SweepId};

pub(super) fn deduplicate(graph: &Graph) -> Graph {
    let mut equals: ArenaMap<SweepId, SweepId> = ArenaMap::default();
    for statement in &graph.statements {
        equal_sweeps(graph, statement, &mut equals);
    }
    let mut rebuilt_sweeps: ArenaMap<SweepId, SweepId> = ArenaMap::default();
    let shared = map_graph(graph, |builder, rebuilt| {
        let Op::Result(old, slot) = graph.nodes[rebuilt.old].op else {
            return None;
        };
        let Op::Result(new, _) = rebuilt.node.op else {
            return None;
        };
        rebuilt_sweeps.insert(old, new);
        let first = rebuilt_sweeps[*equals.get(old)?];
        builder.run_over(first, &graph.sweeps[old].outputs);
        Some(builder.result(first, slot, rebuilt.span))
    });
    // Once more, without the sweeps that have been replaced.
    map_graph(&shared, |_, _| None)
}

/// What sweeps must have in common to be compared: axis and direction, dimensions, inits, and the domains over
/// whose levels they run.
type Header<'a> = (
    Option<(&'a Dimension, bool)>,
    &'a [Dimension],
    Vec<NodeId>,
    Vec<&'a [DomainRange]>,
);

/// For each sweep of a statement that an earlier one is equal to: the earlier one.
fn equal_sweeps(graph: &Graph, statement: &Statement, equals: &mut ArenaMap<SweepId, SweepId>) {
    // Nodes that are equal where carries of sweeps with one header are taken for the same. A node is
    // represented by the first one that is equal to it.
    let mut known: HashMap<Node, NodeId> = HashMap::new();
    let nodes = statement_nodes(graph, statement);
    let mut same: NodeMap<Option<NodeId>> = NodeMap::new(&nodes, None);
    let mut headers: HashMap<Header<'_>, SweepId> = HashMap::new();
    let mut sweeps: HashMap<(SweepId, Vec<NodeId>), SweepId> = HashMap::new();
    for id in nodes {
        let node = &graph.nodes[id];
        let op = match &node.op {
            Op::Carry(sweep, slot) => {
                Op::Carry(header_of((graph, statement), &same, &mut headers, *sweep), *slot)
            }
            Op::Result(sweep, slot) => {
                let header = header_of((graph, statement), &same, &mut headers, *sweep);
                let ends = graph.sweeps[*sweep].ends().map(|end| first_of(&same, end));
                let first = *sweeps.entry((header, ends.collect())).or_insert(*sweep);
                if first != *sweep {
                    equals.insert(*sweep, first);
                }
                Op::Result(first, *slot)
            }
            op => map_operands(op, |operand| first_of(&same, operand)),
        };
        let key = Node { op, ..node.clone() };
        same[id] = Some(*known.entry(key).or_insert(id));
    }
}

/// The first node that is equal to a node that was looked at.
fn first_of(same: &NodeMap<Option<NodeId>>, id: NodeId) -> NodeId {
    same[id].unwrap_or_else(|| panic!("compiler bug: an operand comes after its user"))
}

/// The first sweep with the same header.
fn header_of<'a>(
    (graph, statement): (&'a Graph, &'a Statement),
    same: &NodeMap<Option<NodeId>>,
    headers: &mut HashMap<Header<'a>, SweepId>,
    id: SweepId,
) -> SweepId {
    let sweep = &graph.sweeps[id];
    let inits = sweep.inits().map(|init| first_of(same, init)).collect();
    let mut domains: Vec<&[DomainRange]> = Vec::new();
    for &output in &sweep.outputs {
        let domain = &statement.outputs[output as usize].domain[..];
        if !domains.contains(&domain) {
            domains.push(domain);
        }
    }
    let header = (sweep.levels(), &sweep.dims[..], inits, domains);
    *headers.entry(header).or_insert(id)
}
