//! Areas, lengths, directions and signs.

use std::f64::consts::PI;

use super::super::sphere::{Vec3, cross, dot, east_north};
use super::{IcosahedralMesh, RADIUS, mesh};

fn assert_near(actual: f64, expected: f64, relative: f64) {
    assert!(
        (actual - expected).abs() <= relative * expected.abs(),
        "{actual} is not {expected}"
    );
}

#[test]
fn areas_tile_the_sphere() {
    let sphere = 4.0 * PI * RADIUS * RADIUS;
    for level in 0..=6 {
        let geometry = mesh(level).geometry;
        assert_near(geometry.cell_area.iter().sum(), sphere, 1e-12);
        assert_near(geometry.vertex_dual_area.iter().sum(), sphere, 1e-12);
        assert!(
            geometry
                .cell_area
                .iter()
                .chain(&geometry.vertex_dual_area)
                .all(|&area| area > 0.0)
        );
    }
}

/// Closed forms for the icosahedron: edges subtend atan(2), dual edges acos(sqrt(5) / 3), a cell a twentieth
/// of the sphere.
#[test]
fn the_icosahedron_is_regular() {
    let geometry = mesh(0).geometry;
    for &length in &geometry.edge_length {
        assert_near(length, RADIUS * 2.0_f64.atan(), 1e-14);
    }
    for &length in &geometry.dual_edge_length {
        assert_near(length, RADIUS * (5.0_f64.sqrt() / 3.0).acos(), 1e-14);
    }
    for &area in &geometry.cell_area {
        assert_near(area, PI * RADIUS * RADIUS / 5.0, 1e-14);
    }
    for &area in &geometry.vertex_dual_area {
        assert_near(area, PI * RADIUS * RADIUS / 3.0, 1e-14);
    }
}

#[test]
fn lengths_and_areas_scale_with_the_radius() {
    let unit = IcosahedralMesh::new(3, 1.0)
        .expect("the level is supported")
        .geometry;
    let earth = mesh(3).geometry;
    for (&of_unit, &of_earth) in unit.edge_length.iter().zip(&earth.edge_length) {
        assert_near(of_earth, RADIUS * of_unit, 1e-15);
    }
    for (&of_unit, &of_earth) in unit.cell_area.iter().zip(&earth.cell_area) {
        assert_near(of_earth, RADIUS * RADIUS * of_unit, 1e-15);
    }
}

fn from_longitude_latitude(longitude: f64, latitude: f64) -> Vec3 {
    [
        latitude.cos() * longitude.cos(),
        latitude.cos() * longitude.sin(),
        latitude.sin(),
    ]
}

#[test]
fn angles_and_unit_vectors_are_the_same_points() {
    let geometry = mesh(4).geometry;
    let kinds = [
        (
            &geometry.vertex_position,
            &geometry.vertex_longitude,
            &geometry.vertex_latitude,
        ),
        (
            &geometry.edge_position,
            &geometry.edge_longitude,
            &geometry.edge_latitude,
        ),
        (
            &geometry.cell_position,
            &geometry.cell_longitude,
            &geometry.cell_latitude,
        ),
    ];
    for (positions, longitudes, latitudes) in kinds {
        assert_eq!(
            (positions.len(), positions.len()),
            (longitudes.len(), latitudes.len())
        );
        for ((&position, &longitude), &latitude) in positions.iter().zip(longitudes).zip(latitudes) {
            let again = from_longitude_latitude(longitude, latitude);
            assert!((0..3).all(|axis| (position[axis] - again[axis]).abs() < 4e-15));
        }
    }
}

/// Cells see their corners, and edge points the ends of their edge, at equal distance: the dual mesh is
/// orthogonal.
#[test]
fn points_are_circumcentres_and_midpoints() {
    let mesh = mesh(4);
    let (tables, geometry) = (&mesh.connectivity, &mesh.geometry);
    let kinds = [
        (&tables.c2v, &geometry.cell_position),
        (&tables.e2v, &geometry.edge_position),
    ];
    for (table, points) in kinds {
        for (row, &point) in points.iter().enumerate() {
            let cosines: Vec<_> = table
                .neighbours(row)
                .map(|to| dot(point, geometry.vertex_position[to]))
                .collect();
            assert!(cosines.iter().all(|cosine| (cosine - cosines[0]).abs() < 4e-15));
        }
    }
}

fn in_three_dimensions([along_east, along_north]: [f64; 2], position: Vec3) -> Vec3 {
    let (east, north) = east_north(position);
    [0, 1, 2].map(|axis| along_east * east[axis] + along_north * north[axis])
}

#[test]
fn tangent_and_normal_point_along_the_edge_and_the_dual_edge() {
    let mesh = mesh(4);
    let (tables, geometry) = (&mesh.connectivity, &mesh.geometry);
    for edge in 0..mesh.edges() {
        let position = geometry.edge_position[edge];
        let tangent = in_three_dimensions(geometry.edge_tangent[edge], position);
        let normal = in_three_dimensions(geometry.edge_normal[edge], position);
        let along = |direction: Vec3, points: &[Vec3], row: &[i32]| {
            let step = [0, 1, 2].map(|axis| points[row[1] as usize][axis] - points[row[0] as usize][axis]);
            dot(direction, step) / dot(step, step).sqrt()
        };
        let row = tables.e2v.row(edge);
        assert_near(along(tangent, &geometry.vertex_position, row), 1.0, 1e-12);
        assert!(along(normal, &geometry.vertex_position, row).abs() < 1e-12);
        // The dual edge's chord is not quite parallel to the sphere at the edge point, but it has no
        // tangential part.
        let row = tables.e2c.row(edge);
        assert!(along(normal, &geometry.cell_position, row) > 0.99);
        assert!(along(tangent, &geometry.cell_position, row).abs() < 1e-12);
        assert_near(dot(cross(normal, tangent), position), 1.0, 1e-12);
    }
}

#[test]
fn each_edge_counts_once_with_each_sign() {
    for level in 0..=4 {
        let mesh = mesh(level);
        let (tables, geometry) = (&mesh.connectivity, &mesh.geometry);
        let of_cells = (&tables.c2e, geometry.edge_orientation_of_cells.as_flattened());
        let of_vertices = (&tables.v2e, geometry.edge_orientation_of_vertices.as_flattened());
        for (table, signs) in [of_cells, of_vertices] {
            let mut seen = vec![(0, 0); mesh.edges()];
            for (&edge, &sign) in table.entries.iter().zip(signs) {
                match sign {
                    1.0 => seen[edge as usize].0 += 1,
                    -1.0 => seen[edge as usize].1 += 1,
                    _ => assert_eq!((edge, sign), (-1, 0.0), "only skipped entries have no sign"),
                }
            }
            assert!(seen.iter().all(|&counts| counts == (1, 1)));
        }
    }
}

#[test]
fn signs_agree_with_directions() {
    let mesh = mesh(3);
    let (tables, geometry) = (&mesh.connectivity, &mesh.geometry);
    let normal = |edge: usize| in_three_dimensions(geometry.edge_normal[edge], geometry.edge_position[edge]);
    for cell in 0..mesh.cells() {
        for (i, edge) in tables.c2e.neighbours(cell).enumerate() {
            let inwards = dot(normal(edge), geometry.cell_position[cell]);
            assert!(
                geometry.edge_orientation_of_cells[cell][i] * inwards < 0.0,
                "the normal points out where +1"
            );
        }
    }
    for vertex in 0..mesh.vertices() {
        for (i, edge) in tables.v2e.neighbours(vertex).enumerate() {
            let counterclockwise = cross(geometry.vertex_position[vertex], geometry.edge_position[edge]);
            let turn = dot(normal(edge), counterclockwise);
            assert!(
                geometry.edge_orientation_of_vertices[vertex][i] * turn > 0.0,
                "counterclockwise where +1"
            );
        }
    }
}
