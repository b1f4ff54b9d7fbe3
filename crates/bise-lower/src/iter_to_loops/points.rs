//! Points: where a node is read, as one coordinate per dimension of the node. What a node reads where is said
//! once, in [`reads`], for any kind of coordinate: indices of a kernel when loops are written, symbols when
//! values are only counted.

use std::fmt::Debug;
use std::hash::Hash;

use bise_iter::{Graph, NodeId, Op, Step, TableId, walk};
use bise_lang::plan::TableShape;
use bise_lang::{Bound, Dimension};

use super::pieces::Side;

/// How coordinates are made.
pub(super) trait Space {
    /// Where along one dimension.
    type Coordinate: Copy + Debug + Eq + Hash;

    /// `at`, moved.
    fn moved(&mut self, at: Self::Coordinate, distance: i64) -> Self::Coordinate;

    /// The entry of a table in that row and column.
    fn neighbor(
        &mut self,
        table: TableId,
        row: Self::Coordinate,
        column: Self::Coordinate,
    ) -> Self::Coordinate;

    /// In which piece a coordinate along a dimension is: below `cut` or from there on.
    fn side(&mut self, at: Self::Coordinate, dim: &Dimension, cut: &Bound) -> Side;

    /// A coordinate of a point that is in one of the pieces of `cut` only where `at` is.
    fn in_piece(
        &mut self,
        coordinate: Self::Coordinate,
        at: Self::Coordinate,
        piece: (&Bound, Side),
    ) -> Self::Coordinate;

    /// The index that the node says where it is read, clamped to a range; nothing where its value is not known yet.
    fn gathered(
        &mut self,
        index: &Read<Self::Coordinate>,
        range: (&Bound, &Bound),
    ) -> Option<Self::Coordinate>;

    /// Where a fold reads along its dimension: each point of its range.
    fn folded(&mut self, fold: &Read<Self::Coordinate>) -> Self::Coordinate;

    /// A number.
    fn number(&mut self, number: i64) -> Self::Coordinate;
}

/// A node and where it is read: one coordinate per dimension of the node.
pub(super) type Read<C> = (NodeId, Vec<C>);

/// What `node` reads for its value at `point`, in the order of its operands; of a reduction, one per column of each; of
/// pieces, the one that holds the point, or both where that is not known; of a fold, the value at each of its points; of a
/// gather, the index, and the value once the index is known. Nothing for inputs, constants and carries. The result of a sweep along levels reads what the sweep
/// computes; that of a `while` all that it is made of.
pub(super) fn reads<S: Space>(
    graph: &Graph,
    tables: &[TableShape],
    space: &mut S,
    node: NodeId,
    point: &[S::Coordinate],
) -> Vec<Read<S::Coordinate>> {
    let dims = &graph.nodes[node].dims;
    let same = |value: NodeId| (value, project(dims, point, &graph.nodes[value].dims));
    match &graph.nodes[node].op {
        Op::Input(_) | Op::Constant(_) | Op::Position(_) | Op::Carry(..) => Vec::new(),
        Op::Piecewise {
            dim,
            at,
            below,
            above,
        } => {
            let here = along(dims, point, dim);
            match space.side(here, dim, at) {
                Side::Below => vec![same(*below)],
                Side::Above => vec![same(*above)],
                Side::Either => [(*below, Side::Below), (*above, Side::Above)]
                    .into_iter()
                    .map(|(piece, side)| {
                        let (piece, mut point) = same(piece);
                        for coordinate in &mut point {
                            *coordinate = space.in_piece(*coordinate, here, (at, side));
                        }
                        (piece, point)
                    })
                    .collect(),
            }
        }
        Op::Gather {
            value,
            dim,
            index,
            start,
            stop,
        } => {
            let index = same(*index);
            let to = space.gathered(&index, (start, stop));
            let value = to.map(|to| (*value, replaced(dims, point, &graph.nodes[*value].dims, dim, to)));
            std::iter::once(index).chain(value).collect()
        }
        Op::Apply(_, operands) => operands.iter().map(|&value| same(value)).collect(),
        Op::Select {
            condition,
            then,
            otherwise,
        } => vec![same(*condition), same(*then), same(*otherwise)],
        Op::Cast(value) | Op::Broadcast(value) => vec![same(*value)],
        Op::Result(sweep, slot) => match graph.sweeps[*sweep].levels() {
            Some(_) => vec![same(graph.sweeps[*sweep].slots[*slot as usize].next)],
            None => walk::operands(graph, node).into_iter().map(same).collect(),
        },
        Op::Shift { value, step } => {
            let (dim, to) = match step {
                Step::Cartesian { dim, distance } => {
                    let from = along(dims, point, dim);
                    (dim, space.moved(from, i64::from(*distance)))
                }
                Step::Entry { dim, index } => (dim, space.number(i64::from(*index))),
                Step::Neighbor { table, index } => {
                    let row = along(dims, point, &graph.tables[*table as usize].origin);
                    let column = space.number(i64::from(*index));
                    (
                        &graph.tables[*table as usize].codomain,
                        space.neighbor(*table, row, column),
                    )
                }
                Step::Neighbors { table } => {
                    let shape = &graph.tables[*table as usize];
                    let row = along(dims, point, &shape.origin);
                    let column = along(dims, point, &shape.local);
                    (&shape.codomain, space.neighbor(*table, row, column))
                }
            };
            vec![(*value, replaced(dims, point, &graph.nodes[*value].dims, dim, to))]
        }
        Op::Fold { value, dim, .. } => {
            let each = space.folded(&(node, point.to_vec()));
            vec![(
                *value,
                replaced(dims, point, &graph.nodes[*value].dims, dim, each),
            )]
        }
        Op::Reduce { table, .. } => {
            let local = &graph.tables[*table as usize].local;
            let columns = 0..i64::from(tables[*table as usize].width);
            let mut reads = Vec::new();
            for operand in walk::operands(graph, node) {
                let inner = &graph.nodes[operand].dims;
                reads.extend(columns.clone().map(|column| {
                    let column = space.number(column);
                    (operand, replaced(dims, point, inner, local, column))
                }));
            }
            reads
        }
    }
}

/// The coordinates of `point`, which is over `from`, along `to`: some of those dimensions.
pub(super) fn project<C: Copy>(from: &[Dimension], point: &[C], to: &[Dimension]) -> Vec<C> {
    if from == to {
        return point.to_vec();
    }
    to.iter().map(|dim| along(from, point, dim)).collect()
}

/// The coordinate of `point`, which is over `dims`, along `dim`.
pub(super) fn along<C: Copy>(dims: &[Dimension], point: &[C], dim: &Dimension) -> C {
    match dims.iter().position(|d| d == dim) {
        Some(at) => point[at],
        None => panic!("compiler bug: a point over {dims:?} has no coordinate along {dim}"),
    }
}

/// As [`project`], but with another coordinate along `dim`.
fn replaced<C: Copy>(from: &[Dimension], point: &[C], to: &[Dimension], dim: &Dimension, with: C) -> Vec<C> {
    let at = |d: &Dimension| if d == dim { with } else { along(from, point, d) };
    to.iter().map(at).collect()
}

#[cfg(test)]
mod tests {
    use bise_lang::DimensionKind;

    use super::*;

    #[test]
    fn coordinates_follow_their_dimensions() {
        let [i, j, k] = ["I", "J", "K"].map(|name| Dimension::new(name, DimensionKind::Horizontal));
        let [ij, ji, jk] = [[&i, &j], [&j, &i], [&j, &k]].map(|dims| dims.map(Clone::clone));
        assert_eq!(project(&ij, &[1, 2], &ij), [1, 2]);
        assert_eq!(project(&ij, &[1, 2], &ji), [2, 1]);
        assert_eq!(project(&jk, &[2, 3], &[k]), [3]);
    }
}
