//! Computes what is known, and leaves out operations that change nothing.
//!
//! ```text
//! %1 = constant 2.0 : <float64>
//! %2 = sqrt %1 : <float64>                ->     %1 = constant 1.4142135623730951 : <float64>
//! %3 = mul %0 %2 : <I; float64>                  %2 = mul %0 %1 : <I; float64>
//! ```
//!
//! No rule changes a bit of any value, whatever the operands: `x * 1.0` stays, because it makes a signalling
//! NaN a quiet one; `x + 0.0` stays, because of `-0.0`. Operations whose result is NaN stay too: which NaN it
//! is, is the machine's business. Nothing is reassociated.

use bise_base::Span;
use bise_lang::{Bound, Builtin, DType, Dimension, Scalar, cast, evaluate};

use crate::walk::map_graph;
use crate::{Builder, Graph, Node, NodeId, Op};

pub(super) fn fold(graph: &Graph) -> Graph {
    map_graph(graph, |builder, rebuilt| {
        let folded = folded(builder, rebuilt.node, rebuilt.span)?;
        Some(builder.broadcast(folded, &rebuilt.node.dims, rebuilt.span))
    })
}

/// A simpler node with the same values, which may have fewer dimensions.
fn folded(builder: &mut Builder, node: &Node, span: Span) -> Option<NodeId> {
    match &node.op {
        Op::Apply(builtin, operands) => {
            let constants: Option<Vec<Scalar>> = operands.iter().map(|&id| constant(builder, id)).collect();
            match constants {
                Some(values) => known(builder, evaluate(*builtin, &values), span),
                None => identity(builder, *builtin, operands, span),
            }
        }
        Op::Select {
            condition,
            then,
            otherwise,
        } => match constant(builder, *condition) {
            Some(value) => Some(if value.as_bool() { *then } else { *otherwise }),
            None => (then == otherwise).then_some(*then),
        },
        Op::Piecewise {
            dim,
            at,
            below,
            above,
        } => {
            let pieces = (
                piece(builder, *below, (dim, at), true),
                piece(builder, *above, (dim, at), false),
            );
            if pieces.0 == pieces.1 {
                return Some(pieces.0);
            }
            let changed = pieces != (*below, *above);
            changed.then(|| builder.piecewise(dim.clone(), at.clone(), pieces, span))
        }
        Op::Cast(value) => match constant(builder, *value) {
            Some(value) => known(builder, cast(value, node.dtype), span),
            None => cast_of_cast(builder, *value, node.dtype, span),
        },
        Op::Input(_)
        | Op::Constant(_)
        | Op::Broadcast(_)
        | Op::Shift { .. }
        | Op::Position(_)
        | Op::Gather { .. }
        | Op::Reduce { .. }
        | Op::Fold { .. }
        | Op::Carry(..)
        | Op::Result(..) => None,
    }
}

/// What a value is in a piece that lies below an index or from there on: without what plainly lies elsewhere.
fn piece(builder: &Builder, mut id: NodeId, (dim, at): (&Dimension, &Bound), is_below: bool) -> NodeId {
    while let Op::Piecewise {
        dim: along,
        at: inner,
        below,
        above,
    } = &builder.graph().nodes[id].op
        && along == dim
        && let Some(distance) = inner.minus(at)
        && (if is_below { distance >= 0 } else { distance <= 0 })
    {
        id = if is_below { *below } else { *above };
    }
    id
}

fn constant(builder: &Builder, id: NodeId) -> Option<Scalar> {
    match builder.graph().nodes[id].op {
        Op::Constant(value) => Some(value),
        // Where an operand has dimensions of its own, `hoist_broadcasts` leaves a broadcast for its
        // dimensions only.
        Op::Broadcast(inner) => constant(builder, inner),
        _ => None,
    }
}

fn known(builder: &mut Builder, value: Scalar, span: Span) -> Option<NodeId> {
    let nan = value.dtype().is_float() && value.as_f64().is_nan();
    (!nan).then(|| builder.constant(value, span))
}

/// Operations that give one of their operands, or a constant.
fn identity(builder: &mut Builder, builtin: Builtin, operands: &[NodeId], span: Span) -> Option<NodeId> {
    use Builtin as B;
    let (first, last) = (*operands.first()?, *operands.last()?);
    let nested = match &builder.graph().nodes[first].op {
        Op::Apply(builtin, operands) => Some((*builtin, *operands.first()?)),
        _ => None,
    };
    match (builtin, nested) {
        (B::Negate, Some((B::Negate, inner))) | (B::Not, Some((B::Not, inner))) => return Some(inner),
        (B::Absolute, Some((B::Absolute, _))) => return Some(first),
        // The opposite of an unsigned number is positive too.
        (B::Absolute, Some((B::Negate, inner))) if signed(builder.dtype(inner)) => {
            return Some(builder.apply(B::Absolute, vec![inner], span));
        }
        (B::And | B::Or | B::Minimum | B::Maximum, _) if first == last => return Some(first),
        _ => {}
    }
    if builder.dtype(first).is_float() {
        return None;
    }
    let value = |id| constant(builder, id).map(Scalar::as_i64);
    match (builtin, value(first), value(last)) {
        (B::Add | B::Or | B::Xor, Some(0), _)
        | (B::Multiply | B::And, Some(1), _)
        | (B::Or, _, Some(1))
        | (B::And | B::Multiply, _, Some(0)) => Some(last),
        (B::Add | B::Subtract | B::Or | B::Xor, _, Some(0))
        | (B::Multiply | B::Divide | B::FloorDivide | B::And, _, Some(1))
        | (B::Or, Some(1), _)
        | (B::And | B::Multiply, Some(0), _) => Some(first),
        _ => None,
    }
}

fn signed(dtype: DType) -> bool {
    dtype.is_float() || dtype.is_signed()
}

/// A cast from integers through integers that hold them all goes there at once.
fn cast_of_cast(builder: &mut Builder, value: NodeId, to: DType, span: Span) -> Option<NodeId> {
    let Op::Cast(inner) = builder.graph().nodes[value].op else {
        return None;
    };
    let (from, through) = (builder.dtype(inner), builder.dtype(value));
    holds(from, through).then(|| builder.cast(inner, to, span))
}

/// Whether `wide` holds every value of `narrow`. Neither is a float.
fn holds(narrow: DType, wide: DType) -> bool {
    if narrow.is_float() || !wide.is_integer() {
        return false;
    }
    match (narrow, narrow.is_signed(), wide.is_signed()) {
        (DType::Bool, ..) => true,
        (_, true, true) | (_, false, false) => narrow.size() <= wide.size(),
        (_, false, true) => narrow.size() < wide.size(),
        (_, true, false) => false,
    }
}
