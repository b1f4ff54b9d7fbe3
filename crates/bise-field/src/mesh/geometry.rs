//! Where the points of a mesh are, how long, how large and how oriented its parts.

use super::connectivity::{Connectivity, Table};
use super::sphere::{
    Vec3, arc, circumcentre, direction_at_midpoint, dot, east_north, longitude_latitude, midpoint,
    triangle_area,
};

/// The geometry of an icosahedral mesh with `V` vertices, `E` edges and `C` cells. Shapes in brackets.
///
/// Positions are unit vectors: x towards longitude 0 on the equator, z towards the north pole. Longitudes lie
/// in (-pi, pi]. At each edge point `(normal, tangent, up)` is right-handed, as `(east, north, up)` is: the
/// normal is the tangent turned clockwise by 90 degrees, `normal = tangent x up`.
#[derive(Clone, Debug, PartialEq)]
pub struct Geometry {
    /// `[V, 3]` unit vectors of the vertices.
    pub vertex_position: Vec<[f64; 3]>,
    /// `[V]` radians. Two vertices are the poles; their longitude is 0.
    pub vertex_longitude: Vec<f64>,
    /// `[V]` radians.
    pub vertex_latitude: Vec<f64>,
    /// `[V]` area in square metres of the Voronoi cell around a vertex, bounded by the great-circle arcs
    /// between the circumcentres of the cells around it. Sums to `4 pi radius^2`.
    pub vertex_dual_area: Vec<f64>,

    /// `[E, 3]` unit vectors of the edge points: midpoints of the great-circle arcs.
    pub edge_position: Vec<[f64; 3]>,
    /// `[E]` radians.
    pub edge_longitude: Vec<f64>,
    /// `[E]` radians.
    pub edge_latitude: Vec<f64>,
    /// `[E]` great-circle length in metres.
    pub edge_length: Vec<f64>,
    /// `[E]` great-circle distance in metres between the circumcentres of the two cells beside an edge.
    pub dual_edge_length: Vec<f64>,
    /// `[E, 2]` unit vector (east, north) at the edge point, from `E2C[0]` to `E2C[1]`, along the dual edge.
    pub edge_normal: Vec<[f64; 2]>,
    /// `[E, 2]` unit vector (east, north) at the edge point, from `E2V[0]` to `E2V[1]`.
    pub edge_tangent: Vec<[f64; 2]>,

    /// `[C, 3]` unit vectors of the cell points: circumcentres, which are the corners of the Voronoi cells.
    pub cell_position: Vec<[f64; 3]>,
    /// `[C]` radians.
    pub cell_longitude: Vec<f64>,
    /// `[C]` radians.
    pub cell_latitude: Vec<f64>,
    /// `[C]` area in square metres of the spherical triangle. Sums to `4 pi radius^2`.
    pub cell_area: Vec<f64>,

    /// `[V, 6]` in the order of `V2E`: +1 where the edge's normal runs counterclockwise around the vertex
    /// (the vertex is `E2V[1]`, the tangent points to it), -1 where clockwise (`E2V[0]`), 0 where there is no
    /// edge.
    pub edge_orientation_of_vertices: Vec<[f64; 6]>,
    /// `[C, 3]` in the order of `C2E`: +1 where the edge's normal points out of the cell (the cell is
    /// `E2C[0]`), else -1.
    pub edge_orientation_of_cells: Vec<[f64; 3]>,
}

impl Geometry {
    pub(super) fn new(vertex_position: Vec<Vec3>, tables: &Connectivity, radius: f64) -> Self {
        let edge_position = map_rows(&tables.e2v, |_, [a, b]| {
            midpoint(vertex_position[a], vertex_position[b])
        });
        let cell_position = map_rows(&tables.c2v, |_, [a, b, c]| {
            circumcentre(vertex_position[a], vertex_position[b], vertex_position[c])
        });
        let (vertex_longitude, vertex_latitude) = longitudes_latitudes(&vertex_position);
        let (edge_longitude, edge_latitude) = longitudes_latitudes(&edge_position);
        let (cell_longitude, cell_latitude) = longitudes_latitudes(&cell_position);
        let edge_tangent = tangents(&tables.e2v, &vertex_position, &edge_position);
        Self {
            vertex_dual_area: dual_areas(&tables.v2c, &vertex_position, &cell_position, radius),
            edge_length: arc_lengths(&tables.e2v, &vertex_position, radius),
            dual_edge_length: arc_lengths(&tables.e2c, &cell_position, radius),
            edge_normal: edge_tangent.iter().map(|&[east, north]| [north, -east]).collect(),
            cell_area: cell_areas(&tables.c2v, &vertex_position, radius),
            edge_orientation_of_vertices: orientations_of_vertices(tables),
            edge_orientation_of_cells: orientations_of_cells(tables),
            vertex_position,
            vertex_longitude,
            vertex_latitude,
            edge_position,
            edge_longitude,
            edge_latitude,
            edge_tangent,
            cell_position,
            cell_longitude,
            cell_latitude,
        }
    }
}

/// Applies a function to each row of a table without skip values.
fn map_rows<const WIDTH: usize, T>(table: &Table, f: impl Fn(usize, [usize; WIDTH]) -> T) -> Vec<T> {
    let (rows, rest) = table.entries.as_chunks::<WIDTH>();
    debug_assert!(
        rest.is_empty() && table.width == WIDTH,
        "the table's width is the pattern's"
    );
    rows.iter()
        .enumerate()
        .map(|(row, entries)| f(row, entries.map(|entry| entry as usize)))
        .collect()
}

fn longitudes_latitudes(points: &[Vec3]) -> (Vec<f64>, Vec<f64>) {
    points.iter().copied().map(longitude_latitude).unzip()
}

fn arc_lengths(ends: &Table, points: &[Vec3], radius: f64) -> Vec<f64> {
    map_rows(ends, |_, [a, b]| radius * arc(points[a], points[b]))
}

fn tangents(e2v: &Table, vertices: &[Vec3], edges: &[Vec3]) -> Vec<[f64; 2]> {
    map_rows(e2v, |edge, [a, b]| {
        let direction = direction_at_midpoint(vertices[a], vertices[b]);
        let (east, north) = east_north(edges[edge]);
        let (x, y) = (dot(direction, east), dot(direction, north));
        let length = (x * x + y * y).sqrt();
        [x / length, y / length]
    })
}

fn cell_areas(c2v: &Table, vertices: &[Vec3], radius: f64) -> Vec<f64> {
    map_rows(c2v, |_, [a, b, c]| {
        radius * radius * triangle_area(vertices[a], vertices[b], vertices[c])
    })
}

/// A Voronoi cell is a fan of triangles from its vertex to successive circumcentres.
fn dual_areas(v2c: &Table, vertices: &[Vec3], cells: &[Vec3], radius: f64) -> Vec<f64> {
    let fan = |vertex: usize| {
        let next = v2c.neighbours(vertex).cycle().skip(1);
        let triangles = v2c.neighbours(vertex).zip(next);
        triangles
            .map(|(a, b)| triangle_area(vertices[vertex], cells[a], cells[b]))
            .sum::<f64>()
    };
    (0..v2c.rows)
        .map(|vertex| radius * radius * fan(vertex))
        .collect()
}

fn orientations_of_vertices(tables: &Connectivity) -> Vec<[f64; 6]> {
    let sign = |vertex: usize, edge: i32| match edge {
        Table::SKIP => 0.0,
        edge if tables.e2v.row(edge as usize)[1] == vertex as i32 => 1.0,
        _ => -1.0,
    };
    let (rows, _) = tables.v2e.entries.as_chunks::<6>();
    rows.iter()
        .enumerate()
        .map(|(vertex, edges)| edges.map(|edge| sign(vertex, edge)))
        .collect()
}

fn orientations_of_cells(tables: &Connectivity) -> Vec<[f64; 3]> {
    let is_left = |cell: usize, edge: usize| tables.e2c.row(edge)[0] == cell as i32;
    map_rows(&tables.c2e, |cell, edges: [usize; 3]| {
        edges.map(|edge| if is_left(cell, edge) { 1.0 } else { -1.0 })
    })
}
