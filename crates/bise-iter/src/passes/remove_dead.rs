//! Removes nodes that no output needs, states of sweeps that nothing reads, and tables that are not used.
//!
//! ```text
//! sweep s0 forward along K over <K> from %0, %0 next %4, %5
//! %2 = carry s0.0 : <K; float64>
//! %3 = carry s0.1 : <K; float64>
//! %4 = add %2 %1 : <K; float64>
//! %5 = mul %2 %3 : <K; float64>
//! %6 = result s0.0 : <K; float64>
//! ->
//! sweep s0 forward along K over <K> from %0 next %3
//! %2 = carry s0.0 : <K; float64>
//! %3 = add %2 %1 : <K; float64>
//! %4 = result s0.0 : <K; float64>
//! ```

use std::collections::HashSet;

use crate::walk::{Keep, operands, position, rebuild, table};
use crate::{Graph, NodeId, Op, SweepId, TableId};

pub(super) fn remove_dead(graph: &Graph) -> Graph {
    let nodes = needed(graph);
    let mut slots: HashSet<(SweepId, u32)> = HashSet::new();
    let mut tables: Vec<TableId> = Vec::new();
    for (id, node) in graph.nodes.iter().filter(|(id, _)| nodes[position(*id)]) {
        match node.op {
            Op::Carry(sweep, slot) | Op::Result(sweep, slot) => {
                slots.insert((sweep, slot));
            }
            _ => tables.extend(table(&graph.nodes[id].op)),
        }
    }
    tables.sort_unstable();
    tables.dedup();
    let kept = graph.sweeps.iter().map(|(id, sweep)| {
        let all = 0..sweep.slots.len() as u32;
        (id, all.filter(|&slot| slots.contains(&(id, slot))).collect())
    });
    let keep = Keep {
        nodes,
        slots: kept.collect(),
        tables,
    };
    rebuild(graph, &keep, |_, _| None)
}

/// The nodes that outputs need, where a result or a carry needs its own slot of the sweep only.
fn needed(graph: &Graph) -> Vec<bool> {
    let mut needed = vec![false; graph.nodes.len()];
    let outputs = graph.statements.iter().flat_map(|statement| &statement.outputs);
    let mut stack: Vec<NodeId> = outputs.map(|output| output.value).collect();
    while let Some(id) = stack.pop() {
        if std::mem::replace(&mut needed[position(id)], true) {
            continue;
        }
        match graph.nodes[id].op {
            Op::Carry(sweep, slot) | Op::Result(sweep, slot) => {
                let slot = &graph.sweeps[sweep].slots[slot as usize];
                stack.extend([slot.init, slot.next]);
                stack.extend(graph.sweeps[sweep].condition());
            }
            _ => stack.extend(operands(graph, id)),
        }
    }
    needed
}
