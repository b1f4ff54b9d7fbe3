//! Moves broadcasts outwards: what is computed is computed on as few dimensions as possible, and constants
//! meet.
//!
//! ```text
//! %1 = broadcast %0 : <I, K; float64>            %1 = neg %0 : <I; float64>
//! %2 = neg %1 : <I, K; float64>           ->     %2 = broadcast %1 : <I, K; float64>
//! ```
//!
//! A broadcast also disappears where another operand has its dimensions, and a Cartesian shift along a
//! dimension that the value was broadcast to.

use bise_base::Span;

use crate::walk::{Rebuilt, map_graph, map_operands};
use crate::{Builder, Graph, Node, NodeId, Op, Step};

pub(super) fn hoist_broadcasts(graph: &Graph) -> Graph {
    map_graph(graph, |builder, rebuilt| {
        let Rebuilt { node, span, .. } = rebuilt;
        let inner = match &node.op {
            Op::Apply(..) | Op::Select { .. } | Op::Cast(_) | Op::Piecewise { .. } => {
                without_broadcasts(builder, node, *span)?
            }
            Op::Broadcast(value) => broadcasted(builder, *value)?,
            Op::Shift {
                value,
                step: Step::Cartesian { dim, .. },
            } => {
                let inner = broadcasted(builder, *value)?;
                if builder.dims(inner).contains(dim) {
                    with_operands(builder, node, *span, |_| inner)
                } else {
                    inner
                }
            }
            Op::Input(_)
            | Op::Constant(_)
            | Op::Shift { .. }
            | Op::Position(_)
            | Op::Gather { .. }
            | Op::Reduce { .. }
            | Op::Fold { .. }
            | Op::Carry(..)
            | Op::Result(..) => return None,
        };
        Some(builder.broadcast(inner, &node.dims, *span))
    })
}

/// The operation on what its operands broadcast. Nothing where no operand is a broadcast.
fn without_broadcasts(builder: &mut Builder, node: &Node, span: Span) -> Option<NodeId> {
    let mut any = false;
    let op = map_operands(&node.op, |operand| match broadcasted(builder, operand) {
        Some(inner) => {
            any = true;
            inner
        }
        None => operand,
    });
    any.then(|| builder.op(op, node.dtype, span))
}

fn with_operands(
    builder: &mut Builder,
    node: &Node,
    span: Span,
    map: impl FnMut(NodeId) -> NodeId,
) -> NodeId {
    builder.op(map_operands(&node.op, map), node.dtype, span)
}

/// What a broadcast is of.
fn broadcasted(builder: &Builder, id: NodeId) -> Option<NodeId> {
    match builder.graph().nodes[id].op {
        Op::Broadcast(inner) => Some(inner),
        _ => None,
    }
}
