//! Boxes of points, and values on them.

use bise_lang::{Dimension, Scalar};

use crate::error::Fault;

/// A half-open interval per dimension. Without dimensions: one point.
pub(crate) type Region = Vec<(i64, i64)>;

/// A value, or why there is none.
pub(crate) type Cell = Result<Scalar, Fault>;

/// The smallest box that holds both; an empty box holds nothing.
pub(crate) fn hull(a: &Region, b: &Region) -> Region {
    if volume(a) == 0 {
        return b.clone();
    }
    if volume(b) == 0 {
        return a.clone();
    }
    a.iter()
        .zip(b)
        .map(|(a, b)| (a.0.min(b.0), a.1.max(b.1)))
        .collect()
}

/// The number of points.
pub(crate) fn volume(bounds: &Region) -> usize {
    bounds
        .iter()
        .map(|&(start, stop)| stop.saturating_sub(start).max(0) as usize)
        .product()
}

/// Calls `visit` for each point, the last index varying fastest.
pub(crate) fn for_each_point(bounds: &Region, mut visit: impl FnMut(&[i64])) {
    if volume(bounds) == 0 {
        return;
    }
    let mut point: Vec<i64> = bounds.iter().map(|&(start, _)| start).collect();
    loop {
        visit(&point);
        let mut axis = bounds.len();
        loop {
            if axis == 0 {
                return;
            }
            axis -= 1;
            point[axis] += 1;
            if point[axis] < bounds[axis].1 {
                break;
            }
            point[axis] = bounds[axis].0;
        }
    }
}

/// Values on a box.
#[derive(Clone, Debug)]
pub(crate) struct Array {
    pub dims: Vec<Dimension>,
    pub bounds: Region,
    cells: Vec<Cell>,
}

impl Array {
    /// An array that holds `fill` everywhere.
    pub(crate) fn new(dims: Vec<Dimension>, bounds: Region, fill: Scalar) -> Self {
        let cells = vec![Ok(fill); volume(&bounds)];
        Self { dims, bounds, cells }
    }

    pub(crate) fn read(&self, point: &[i64]) -> Cell {
        self.cells[self.offset(point)]
    }

    pub(crate) fn write(&mut self, point: &[i64], cell: Cell) {
        let at = self.offset(point);
        self.cells[at] = cell;
    }

    /// Where a point lies, the last index varying fastest.
    fn offset(&self, point: &[i64]) -> usize {
        let mut offset = 0;
        for (&index, &(start, stop)) in point.iter().zip(&self.bounds) {
            assert!(
                (start..stop).contains(&index),
                "compiler bug: {point:?} outside of {:?}",
                self.bounds
            );
            offset = offset * (stop - start) as usize + (index - start) as usize;
        }
        offset
    }
}
