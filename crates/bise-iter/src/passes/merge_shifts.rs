//! Makes equal reads equal nodes: one shift per Cartesian dimension, in canonical order, before any
//! neighbour.
//!
//! ```text
//! %1 = shift %0 J + 1 : <I, J; float64>
//! %2 = shift %1 I + 1 : <I, J; float64>           %1 = shift %0 I + 3 : <I, J; float64>
//! %3 = shift %2 I + 2 : <I, J; float64>    ->     %2 = shift %1 J + 1 : <I, J; float64>
//! ```

use bise_base::Span;

use crate::walk::map_graph;
use crate::{Builder, Graph, NodeId, Op, Step};

pub(super) fn merge_shifts(graph: &Graph) -> Graph {
    map_graph(graph, |builder, rebuilt| match &rebuilt.node.op {
        Op::Shift { value, step } => Some(shift(builder, *value, step, rebuilt.span)),
        _ => None,
    })
}

/// How many shifts a step goes below at most.
const MAX_CHAIN: usize = 64;

/// `value` shifted, where the shifts of `value` itself are in order.
fn shift(builder: &mut Builder, value: NodeId, step: &Step, span: Span) -> NodeId {
    let Step::Cartesian { dim, distance } = step else {
        return builder.shift(value, step.clone(), span);
    };
    // What the new step goes below, outermost first.
    let mut above = Vec::new();
    let (mut inner, mut distance, mut inner_span) = (value, *distance, span);
    while let Op::Shift { value, step } = builder.graph().nodes[inner].op.clone() {
        let span = builder.graph().spans.get(inner).copied().unwrap_or_default();
        match &step {
            Step::Cartesian {
                dim: other,
                distance: more,
            } if other == dim => {
                // Distances that do not add up in 32 bits stay apart.
                if let Some(sum) = distance.checked_add(*more) {
                    (inner, distance, inner_span) = (value, sum, span);
                }
                break;
            }
            Step::Cartesian { dim: other, .. } if other < dim => break,
            Step::Neighbor { table, .. } | Step::Neighbors { table }
                if builder.graph().tables[*table as usize].origin == *dim =>
            {
                break;
            }
            // Entries are next to what is given.
            Step::Entry { .. } => break,
            _ if above.len() == MAX_CHAIN => break,
            Step::Cartesian { .. } | Step::Neighbor { .. } | Step::Neighbors { .. } => {
                above.push((step, span));
                inner = value;
            }
        }
    }
    let step = Step::Cartesian {
        dim: dim.clone(),
        distance,
    };
    let mut shifted = builder.shift(inner, step, inner_span);
    for (step, span) in above.into_iter().rev() {
        shifted = builder.shift(shifted, step, span);
    }
    shifted
}
