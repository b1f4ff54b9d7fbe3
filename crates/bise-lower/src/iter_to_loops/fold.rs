//! Writes folds over ranges. Each is stored, so its loop is at the point of a nest:
//!
//! ```text
//! %1 = fold sum_over %0 along J in 0 .. n        sum_over(f * f, domain={J: (0, n)})
//! ->
//! for i in start..stop vector 1 {
//!   for j in 0..n fold add carry sum = %0 {
//!     %1 = carry sum
//!     %2 = load f[i, j]          %3 = mul %2, %2          %4 = add %1, %3
//!     next %4
//!   }
//!   %5 = after sum
//!   store out[i] = %5
//! }
//! ```
//!
//! The loop is by lanes of its own where no vector loop is around it; so a nest that folds along adjacent elements has
//! none, and one that folds along others has its own points in lanes.

use std::collections::{BTreeSet, HashSet};

use bise_iter::{Graph, NodeId, Op, ParamKind, walk};
use bise_lang::plan::Specialization;
use bise_lang::{Builtin, Dimension, reduce_nothing, reduce_start};
use bise_loops::{Base, LoopKind, ValueId};

use super::emit::Emitter;
use super::points::Read;
use super::survey::{LOOP, number};
use super::writer::At;

/// How a nest folds over ranges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Folds {
    /// Not at all, or in a way that asks for nothing.
    Not,
    /// Along adjacent elements: these are in lanes, not the points of the nest.
    Adjacent,
    /// Across adjacent elements, a few operations for each point. Several registers of points go along together: each
    /// step of the fold is to another page, and is to take whole lines there.
    Across,
}

/// What a fold takes for a point, at most, where registers of points go along together, in operations.
const FEW: usize = 12;

/// How a node folds, if it does, which takes that much.
pub(super) fn folds(
    (graph, specialization): (&Graph, &Specialization),
    stored: &BTreeSet<u32>,
    (id, cost): (NodeId, usize),
) -> Folds {
    let Op::Fold { value, dim, .. } = &graph.nodes[id].op else {
        return Folds::Not;
    };
    if is_along_adjacent((graph, specialization), stored, (*value, dim)) {
        Folds::Adjacent
    } else if cost <= LOOP + FEW {
        Folds::Across
    } else {
        Folds::Not
    }
}

/// Whether a fold of a value along a dimension is along adjacent elements: of the first field that has the dimension.
fn is_along_adjacent(
    (graph, specialization): (&Graph, &Specialization),
    stored: &BTreeSet<u32>,
    (value, dim): (NodeId, &Dimension),
) -> bool {
    let has = |dims: &[Dimension]| dims.contains(dim);
    let (mut stack, mut seen) = (vec![value], HashSet::new());
    while let Some(id) = stack.pop() {
        let node = &graph.nodes[id];
        if !has(&node.dims) || !seen.insert(id) {
            continue;
        }
        if stored.contains(&number(id)) {
            return node.dims.last() == Some(dim);
        }
        if let Op::Input(param) = node.op
            && let ParamKind::Field(dims) = &graph.params[param as usize].kind
        {
            let layout = &specialization.params[param as usize];
            let last = layout.order.last().filter(|_| layout.unit);
            return last.is_some_and(|&last| dims[last] == *dim);
        }
        stack.extend(walk::operands(graph, id));
    }
    false
}

impl Emitter<'_, '_> {
    /// The value of a fold at a point.
    pub(super) fn fold(&mut self, read: &Read<At>) -> ValueId {
        let node = &self.context.graph.nodes[read.0];
        let Op::Fold {
            reduction,
            dim,
            start,
            stop,
            ..
        } = &node.op
        else {
            panic!("compiler bug: no fold");
        };
        let (nothing, init) = (
            reduce_nothing(*reduction, node.dtype),
            reduce_start(*reduction, node.dtype),
        );
        let has_points = stop.minus(start).is_some_and(|points| points > 0);
        let [start, stop] = [start, stop].map(|end| self.writer.limit_at(end));
        let initial = self.writer.builder.constant(init);
        let kind = LoopKind::Fold(reduction.builtin());
        let var = self.writer.builder.open(&dim.name, start, stop, kind);
        if !has_points {
            self.writer.builder.may_be_empty();
        }
        let carry = self.writer.builder.carry("folded", initial);
        let outer = self.writer.folding.replace(At::of(Base::Var(var)));
        let (value, point) = self.reads(read).remove(0);
        self.writer.folding = outer;
        let value = self.value(value, point);
        let builder = &mut self.writer.builder;
        let before = builder.carried(carry);
        let next = builder.apply(reduction.builtin(), vec![before, value]);
        builder.close(vec![next]);
        let folded = builder.after(carry);
        if has_points || nothing == init {
            return folded;
        }
        let [start, stop] = [start, stop].map(|end| builder.limit(end));
        let any = builder.apply(Builtin::Less, vec![start, stop]);
        let nothing = builder.constant(nothing);
        builder.select(any, folded, nothing)
    }
}
