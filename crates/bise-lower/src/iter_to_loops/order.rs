//! In which order the dimensions of a nest are looped over, and how temporaries lie in memory: as the first
//! output does, so that the innermost loop runs along adjacent elements of most fields.

use bise_iter::{Graph, ParamKind};
use bise_lang::plan::Specialization;
use bise_lang::{Dimension, DimensionKind};

/// The dimensions of a field argument in canonical order.
pub(super) fn field_dims(graph: &Graph, param: u32) -> &[Dimension] {
    match &graph.params[param as usize].kind {
        ParamKind::Field(dims) => dims,
        ParamKind::Scalar => &[],
    }
}

/// The dimensions of a field argument from the largest stride to the smallest.
pub(super) fn memory_order(graph: &Graph, specialization: &Specialization, param: u32) -> Vec<Dimension> {
    let dims = field_dims(graph, param);
    let order = &specialization.params[param as usize].order;
    assert_eq!(
        order.len(),
        dims.len(),
        "compiler bug: layout of parameter {param}"
    );
    order.iter().map(|&axis| dims[axis].clone()).collect()
}

/// Those dimensions from the largest stride to the smallest, as positions in `dims`, where `like` is the order
/// of another field. A horizontal dimension that the other field has not takes the place of its first one.
pub(super) fn order_like(dims: &[Dimension], like: &[Dimension]) -> Vec<usize> {
    let horizontal = like.iter().position(|d| d.kind == DimensionKind::Horizontal);
    let rank = |dim: &Dimension| match like.iter().position(|d| d == dim) {
        Some(at) => at,
        None if dim.kind == DimensionKind::Horizontal => horizontal.unwrap_or(0),
        None => like.len(),
    };
    let mut order: Vec<usize> = (0..dims.len()).collect();
    order.sort_by_key(|&axis| rank(&dims[axis]));
    order
}

/// The dimension along which sweeps walk row by row, if they do: the innermost one, if that is not the axis of the
/// sweeps and elements along it are `adjacent`. A loop is left around the levels for threads to share.
pub(super) fn row<'a>(
    order: &'a [Dimension],
    axis: &Dimension,
    adjacent: Option<&Dimension>,
) -> Option<&'a Dimension> {
    let last = order.last().filter(|_| order.len() > 2);
    last.filter(|dim| *dim != axis && Some(*dim) == adjacent)
}
