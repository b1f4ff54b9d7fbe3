//! Triangulates the sphere: icosahedron, repeated halving of edges, numbering by first touch.
//!
//! Each level is made from the one before by arithmetic on indices alone (no search, no hashing): an edge
//! becomes two and gives a vertex, a cell becomes four and gives three edges between them. J. R. Baumgardner
//! and P. O. Frederickson, "Icosahedral discretization of the two-sphere", SIAM J. Numer. Anal. 22 (1985)
//! 1107-1115.

use super::sphere::{Vec3, midpoint};

/// Vertices, edges and cells of one level.
pub(super) struct Triangulation {
    /// Unit vectors of the vertices, `[V]`.
    pub positions: Vec<Vec3>,
    /// Ends of each edge, `[E]`; the smaller index first once numbered.
    pub e2v: Vec<[u32; 2]>,
    /// Corners of each cell counterclockwise, `[C]`; from the smallest index once numbered.
    pub c2v: Vec<[u32; 3]>,
    /// Edges of each cell, `[C]`: edge `i` is opposite corner `i`.
    pub c2e: Vec<[u32; 3]>,
}

/// The triangulation of the given level, numbered for locality.
pub(super) fn triangulate(level: u32) -> Triangulation {
    let mut triangulation = icosahedron();
    for _ in 0..level {
        triangulation = refine(triangulation);
    }
    number_by_first_touch(&triangulation)
}

/// The icosahedron with a vertex at each pole: 0 north, `1 + k` upper ring, `6 + k` lower ring, 11 south.
fn icosahedron() -> Triangulation {
    let mut e2v = Vec::with_capacity(30);
    let c2v = icosahedron_faces();
    let c2e = c2v
        .iter()
        .map(|&[a, b, c]| {
            [
                find_or_add(&mut e2v, [b, c]),
                find_or_add(&mut e2v, [c, a]),
                find_or_add(&mut e2v, [a, b]),
            ]
        })
        .collect();
    Triangulation {
        positions: icosahedron_corners(),
        e2v,
        c2v,
        c2e,
    }
}

/// The rings lie at latitude +-atan(1/2); sines and cosines of multiples of 36 degrees are written with
/// roots.
fn icosahedron_corners() -> Vec<Vec3> {
    let root5 = 5.0_f64.sqrt();
    let (cos36, sin36) = ((root5 + 1.0) / 4.0, (10.0 - 2.0 * root5).sqrt() / 4.0);
    let (cos72, sin72) = ((root5 - 1.0) / 4.0, (10.0 + 2.0 * root5).sqrt() / 4.0);
    let upper = [
        (1.0, 0.0),
        (cos72, sin72),
        (-cos36, sin36),
        (-cos36, -sin36),
        (cos72, -sin72),
    ];
    let lower = [
        (cos36, sin36),
        (-cos72, sin72),
        (-1.0, 0.0),
        (-cos72, -sin72),
        (cos36, -sin36),
    ];
    let (height, width) = (1.0 / root5, 2.0 / root5);
    let mut corners = vec![[0.0, 0.0, 1.0]];
    corners.extend(upper.map(|(x, y)| [width * x, width * y, height]));
    corners.extend(lower.map(|(x, y)| [width * x, width * y, -height]));
    corners.push([0.0, 0.0, -1.0]);
    corners
}

/// The faces as one path on which successive faces share an edge: five strips from pole to pole, every other
/// one reversed.
fn icosahedron_faces() -> Vec<[u32; 3]> {
    let mut faces = Vec::with_capacity(20);
    for k in 0..5 {
        let next = (k + 1) % 5;
        let (up, up_next, low, low_next) = (1 + k, 1 + next, 6 + k, 6 + next);
        let mut strip = [
            [0, up, up_next],
            [up, low, up_next],
            [up_next, low, low_next],
            [11, low_next, low],
        ];
        if k % 2 == 1 {
            strip.reverse();
        }
        faces.extend(strip);
    }
    faces
}

fn find_or_add(edges: &mut Vec<[u32; 2]>, [a, b]: [u32; 2]) -> u32 {
    let found = edges.iter().position(|&edge| edge == [a, b] || edge == [b, a]);
    found.unwrap_or_else(|| {
        edges.push([a, b]);
        edges.len() - 1
    }) as u32
}

/// Halves every edge: edge `e` gives vertex `V + e` and edges `2e`, `2e + 1`; cell `c` gives cells `4c..4c +
/// 4` and, between them, edges `2E + 3c..2E + 3c + 3`.
fn refine(coarse: Triangulation) -> Triangulation {
    let cells = coarse.c2v.len();
    let mut fine = Triangulation {
        e2v: Vec::with_capacity(4 * coarse.e2v.len()),
        c2v: Vec::with_capacity(4 * cells),
        c2e: Vec::with_capacity(4 * cells),
        positions: coarse.positions,
    };
    halve_edges(&coarse.e2v, &mut fine);
    let midpoint_of_edge_0 = (fine.positions.len() - coarse.e2v.len()) as u32;
    for (&corners, &edges) in coarse.c2v.iter().zip(&coarse.c2e) {
        let halves = halves_at_corners(&coarse.e2v, corners, edges);
        quarter_cell(
            corners,
            edges.map(|edge| midpoint_of_edge_0 + edge),
            halves,
            &mut fine,
        );
    }
    fine
}

fn halve_edges(edges: &[[u32; 2]], fine: &mut Triangulation) {
    fine.positions.reserve_exact(edges.len());
    for &[a, b] in edges {
        let middle = fine.positions.len() as u32;
        fine.positions
            .push(midpoint(fine.positions[a as usize], fine.positions[b as usize]));
        fine.e2v.extend([[a, middle], [middle, b]]);
    }
}

/// For each corner, the halves that touch it of the two edges that meet there, those opposite the next corner
/// and the one after.
fn halves_at_corners(e2v: &[[u32; 2]], corners: [u32; 3], edges: [u32; 3]) -> [[u32; 2]; 3] {
    let half = |edge: u32, corner: u32| 2 * edge + u32::from(e2v[edge as usize][0] != corner);
    [0, 1, 2].map(|i| {
        [
            half(edges[(i + 1) % 3], corners[i]),
            half(edges[(i + 2) % 3], corners[i]),
        ]
    })
}

/// Cuts off the three corners; inner edge `i` lies between corner cell `i` and the centre.
///
/// The centre comes second, so that two of the three steps between the children cross an edge.
fn quarter_cell(corners: [u32; 3], midpoints: [u32; 3], halves: [[u32; 2]; 3], fine: &mut Triangulation) {
    let first = fine.e2v.len() as u32;
    let inner = [first, first + 1, first + 2];
    let [m0, m1, m2] = midpoints;
    fine.e2v.extend([[m1, m2], [m2, m0], [m0, m1]]);

    let push_corner = |i: usize, fine: &mut Triangulation| {
        fine.c2v
            .push([corners[i], midpoints[(i + 2) % 3], midpoints[(i + 1) % 3]]);
        fine.c2e.push([inner[i], halves[i][0], halves[i][1]]);
    };
    push_corner(0, fine);
    fine.c2v.push(midpoints);
    fine.c2e.push(inner);
    push_corner(1, fine);
    push_corner(2, fine);
}

/// Renumbers vertices and edges in the order in which the cells touch them, and brings rows to their
/// documented order.
fn number_by_first_touch(old: &Triangulation) -> Triangulation {
    let new_vertex = first_touch(&old.c2v, old.positions.len());
    let new_edge = first_touch(&old.c2e, old.e2v.len());

    let mut positions = vec![[0.0; 3]; old.positions.len()];
    for (&position, &vertex) in old.positions.iter().zip(&new_vertex) {
        positions[vertex as usize] = position;
    }
    let mut e2v = vec![[0; 2]; old.e2v.len()];
    for (ends, &edge) in old.e2v.iter().zip(&new_edge) {
        e2v[edge as usize] = ends.map(|vertex| new_vertex[vertex as usize]);
        e2v[edge as usize].sort_unstable();
    }
    let mut c2v: Vec<_> = old
        .c2v
        .iter()
        .map(|row| row.map(|vertex| new_vertex[vertex as usize]))
        .collect();
    let mut c2e: Vec<_> = old
        .c2e
        .iter()
        .map(|row| row.map(|edge| new_edge[edge as usize]))
        .collect();
    for (corners, edges) in c2v.iter_mut().zip(&mut c2e) {
        let start = (0..3).min_by_key(|&i| corners[i]).unwrap_or(0);
        corners.rotate_left(start);
        edges.rotate_left(start);
    }
    Triangulation {
        positions,
        e2v,
        c2v,
        c2e,
    }
}

/// The new number of each of `len` items when they are counted in the order of the rows.
fn first_touch(rows: &[[u32; 3]], len: usize) -> Vec<u32> {
    let mut number = vec![u32::MAX; len];
    let mut next = 0;
    for &item in rows.as_flattened() {
        let slot = &mut number[item as usize];
        if *slot == u32::MAX {
            *slot = next;
            next += 1;
        }
    }
    number
}
