//! Neighbour tables of a triangulation.

use super::refine::Triangulation;

/// A neighbour table: `rows x width` indices, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Number of rows: the points one starts from.
    pub rows: usize,
    /// Entries per row: the most neighbours that a point has.
    pub width: usize,
    /// `rows * width` indices; [`Table::SKIP`] where a row has fewer neighbours, always at its end.
    pub entries: Vec<i32>,
}

impl Table {
    /// Stands where there is no neighbour.
    pub const SKIP: i32 = -1;

    fn new<const WIDTH: usize>(rows: &[[u32; WIDTH]]) -> Self {
        let entries = rows.as_flattened().iter().map(|&entry| entry as i32).collect();
        Self {
            rows: rows.len(),
            width: WIDTH,
            entries,
        }
    }

    /// One row, skip values included.
    pub fn row(&self, row: usize) -> &[i32] {
        &self.entries[row * self.width..(row + 1) * self.width]
    }

    /// One row as indices, skip values left out.
    pub fn neighbours(&self, row: usize) -> impl Iterator<Item = usize> + Clone + '_ {
        self.row(row)
            .iter()
            .filter(|&&entry| entry != Self::SKIP)
            .map(|&entry| entry as usize)
    }
}

/// The tables of an icosahedral mesh with `V` vertices, `E` edges and `C` cells.
///
/// The order within a row is part of the meaning (reductions run in it). "Counterclockwise" is as seen from
/// outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connectivity {
    /// `[V, 6]` the edges that meet at a vertex, counterclockwise from the smallest index. Pentagons: last
    /// entry skipped.
    pub v2e: Table,
    /// `[V, 6]` the cells around a vertex, counterclockwise from the smallest index. Pentagons: last entry
    /// skipped.
    pub v2c: Table,
    /// `[E, 2]` the ends of an edge, the smaller index first. The edge's direction (tangent) is from the
    /// first to the second.
    pub e2v: Table,
    /// `[E, 2]` the cells beside an edge: left and right of its direction. The edge's normal points from the
    /// first to the second.
    pub e2c: Table,
    /// `[C, 3]` the corners of a cell, counterclockwise from the smallest index.
    pub c2v: Table,
    /// `[C, 3]` the edges of a cell: entry `i` is opposite corner `i` of `c2v`, so it joins corners `i + 1`
    /// and `i + 2` (mod 3).
    pub c2e: Table,
    /// `[C, 3]` the cells across the edges of a cell, in the order of `c2e`.
    pub c2e2c: Table,
}

impl Connectivity {
    pub(super) fn new(triangulation: &Triangulation) -> Self {
        let Triangulation {
            positions,
            e2v,
            c2v,
            c2e,
        } = triangulation;
        let e2c = cells_beside_edges(e2v, c2v, c2e);
        let c2e2c = cells_across_edges(c2e, &e2c);
        let (v2e, v2c) = rings(positions.len(), c2v, c2e, &c2e2c);
        Self {
            v2e,
            v2c,
            e2v: Table::new(e2v),
            e2c: Table::new(&e2c),
            c2v: Table::new(c2v),
            c2e: Table::new(c2e),
            c2e2c: Table::new(&c2e2c),
        }
    }
}

/// A cell is left of those of its edges whose direction follows its counterclockwise boundary.
fn cells_beside_edges(e2v: &[[u32; 2]], c2v: &[[u32; 3]], c2e: &[[u32; 3]]) -> Vec<[u32; 2]> {
    let mut e2c = vec![[u32::MAX; 2]; e2v.len()];
    for (cell, (corners, edges)) in c2v.iter().zip(c2e).enumerate() {
        for (i, &edge) in edges.iter().enumerate() {
            let is_right = e2v[edge as usize][0] != corners[(i + 1) % 3];
            e2c[edge as usize][usize::from(is_right)] = cell as u32;
        }
    }
    e2c
}

fn cells_across_edges(c2e: &[[u32; 3]], e2c: &[[u32; 2]]) -> Vec<[u32; 3]> {
    let across = |cell: u32, edge: u32| {
        let [left, right] = e2c[edge as usize];
        if left == cell { right } else { left }
    };
    c2e.iter()
        .enumerate()
        .map(|(cell, edges)| edges.map(|edge| across(cell as u32, edge)))
        .collect()
}

/// V2E and V2C: each vertex is walked around once, from the first cell that has it as a corner.
fn rings(vertices: usize, c2v: &[[u32; 3]], c2e: &[[u32; 3]], c2e2c: &[[u32; 3]]) -> (Table, Table) {
    let mut v2e = vec![[Table::SKIP; 6]; vertices];
    let mut v2c = v2e.clone();
    for (start, corners) in c2v.iter().enumerate() {
        for &vertex in corners {
            let (edges, cells) = (&mut v2e[vertex as usize], &mut v2c[vertex as usize]);
            if cells[0] != Table::SKIP {
                continue;
            }
            for (k, (edge, cell)) in ring(vertex, start as u32, c2v, c2e, c2e2c).enumerate() {
                edges[k] = edge as i32;
                cells[k] = cell as i32;
            }
            start_at_smallest(edges);
            start_at_smallest(cells);
        }
    }
    let table = |rows: Vec<[i32; 6]>| Table {
        rows: vertices,
        width: 6,
        entries: rows.into_flattened(),
    };
    (table(v2e), table(v2c))
}

/// Walks counterclockwise around a vertex: each cell with the edge by which the walk leaves it.
fn ring<'a>(
    vertex: u32,
    start: u32,
    c2v: &'a [[u32; 3]],
    c2e: &'a [[u32; 3]],
    c2e2c: &'a [[u32; 3]],
) -> impl Iterator<Item = (u32, u32)> + 'a {
    let mut next = Some(start);
    std::iter::from_fn(move || {
        let cell = next?;
        let corner = c2v[cell as usize].iter().position(|&corner| corner == vertex)?;
        let leave_by = (corner + 1) % 3;
        next = Some(c2e2c[cell as usize][leave_by]).filter(|&cell| cell != start);
        Some((c2e[cell as usize][leave_by], cell))
    })
}

/// Rotates the entries of a row, leaving the skip values at its end.
fn start_at_smallest(row: &mut [i32; 6]) {
    let len = row.iter().take_while(|&&entry| entry != Table::SKIP).count();
    let start = (0..len).min_by_key(|&k| row[k]).unwrap_or(0);
    row[..len].rotate_left(start);
}
