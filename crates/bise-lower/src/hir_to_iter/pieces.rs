//! Regions as cuts: a region of comparisons becomes a tree of two-way choices by index.
//!
//! ```text
//! concat_where((1 <= K) & (K < n), a, b)  ->   %2 = piecewise %a %b along K at n
//!                                              %3 = piecewise %b %2 along K at 1
//! ```

use bise_base::Span;
use bise_hir::{ExprId, Region};
use bise_iter::{Builder, Graph, NodeId, Op, ParamKind};
use bise_lang::{Bound, BoundOperator, Builtin, DType, Dimension};
use la_arena::ArenaMap;

use super::value::Value;

/// `inside` within a region, `outside` elsewhere. `bounds`: the values of what the region compares with.
pub(super) fn choose(
    builder: &mut Builder,
    (region, bounds): (&Region, &ArenaMap<ExprId, Value>),
    (inside, outside): (NodeId, NodeId),
    span: Span,
) -> NodeId {
    match region {
        Region::Compare {
            dim,
            comparison,
            bound,
        } => {
            let bound = bounds[*bound].leaf();
            compare(builder, dim, (*comparison, bound), (inside, outside), span)
        }
        Region::And(a, b) => {
            let inside = choose(builder, (b, bounds), (inside, outside), span);
            choose(builder, (a, bounds), (inside, outside), span)
        }
        Region::Or(a, b) => {
            let outside = choose(builder, (b, bounds), (inside, outside), span);
            choose(builder, (a, bounds), (inside, outside), span)
        }
        Region::Not(of) => choose(builder, (of, bounds), (outside, inside), span),
    }
}

fn compare(
    builder: &mut Builder,
    dim: &Dimension,
    (comparison, node): (Builtin, NodeId),
    (inside, outside): (NodeId, NodeId),
    span: Span,
) -> NodeId {
    let Some(at) = bound(builder.graph(), node) else {
        // What is computed from more than integers chooses point by point.
        let position = builder.position(dim.clone(), span);
        let node = builder.cast(node, DType::Int64, span);
        let mask = builder.apply(comparison, vec![position, node], span);
        return builder.select(mask, inside, outside, span);
    };
    let after = at.clone().offset(1);
    let mut cut = |at: Bound, below, above| builder.piecewise(dim.clone(), at, (below, above), span);
    match comparison {
        Builtin::Less => cut(at, inside, outside),
        Builtin::LessEqual => cut(after, inside, outside),
        Builtin::Greater => cut(after, outside, inside),
        Builtin::GreaterEqual => cut(at, outside, inside),
        Builtin::Equal => {
            let from = cut(after, inside, outside);
            cut(at, outside, from)
        }
        Builtin::NotEqual => {
            let from = cut(after, outside, inside);
            cut(at, inside, from)
        }
        other => panic!("compiler bug: `{other:?}` compares no indices"),
    }
}

/// A scalar of the program as a bound, if it is made of integers.
pub(super) fn bound(graph: &Graph, node: NodeId) -> Option<Bound> {
    let of = &graph.nodes[node];
    if !of.dtype.is_integer() || of.dtype == DType::UInt64 {
        return None;
    }
    let binary = |op, a: &NodeId, b: &NodeId| {
        let (a, b) = (bound(graph, *a)?, bound(graph, *b)?);
        Some(Bound::Binary(op, Box::new(a), Box::new(b)))
    };
    match &of.op {
        Op::Constant(value) => Some(Bound::Constant(value.as_i64())),
        Op::Input(param) => {
            let is_scalar = graph.params[*param as usize].kind == ParamKind::Scalar;
            is_scalar.then_some(Bound::Scalar(*param))
        }
        Op::Cast(value) => {
            let from = graph.nodes[*value].dtype;
            let widens = from.is_integer() && of.dtype == DType::Int64;
            if widens { bound(graph, *value) } else { None }
        }
        Op::Apply(builtin, operands) => match (builtin, operands.as_slice()) {
            (Builtin::Add, [a, b]) => binary(BoundOperator::Add, a, b),
            (Builtin::Subtract, [a, b]) => binary(BoundOperator::Subtract, a, b),
            (Builtin::Multiply, [a, b]) => binary(BoundOperator::Multiply, a, b),
            (Builtin::FloorDivide, [a, b]) => binary(BoundOperator::FloorDivide, a, b),
            (Builtin::Modulo, [a, b]) => binary(BoundOperator::Modulo, a, b),
            (Builtin::Minimum, [a, b]) => binary(BoundOperator::Minimum, a, b),
            (Builtin::Maximum, [a, b]) => binary(BoundOperator::Maximum, a, b),
            (Builtin::Negate, [a]) => Some(Bound::Binary(
                BoundOperator::Subtract,
                Box::new(Bound::Constant(0)),
                Box::new(bound(graph, *a)?),
            )),
            _ => None,
        },
        _ => None,
    }
}
