//! Counts, inverse tables, and the order within rows.

use std::collections::BTreeSet;

use super::super::sphere::{cross, dot};
use super::{IcosahedralMesh, Table, mesh};

const LEVELS: std::ops::RangeInclusive<u32> = 0..=4;

#[test]
fn counts_follow_from_the_level() {
    for level in LEVELS {
        let (mesh, factor) = (mesh(level), 4_usize.pow(level));
        assert_eq!(mesh.vertices(), 10 * factor + 2);
        assert_eq!(mesh.edges(), 30 * factor);
        assert_eq!(mesh.cells(), 20 * factor);
        assert_eq!(
            mesh.vertices() + mesh.cells(),
            mesh.edges() + 2,
            "Euler's formula"
        );
    }
}

#[test]
fn tables_have_their_shapes_and_ranges() {
    for level in LEVELS {
        let mesh = mesh(level);
        let (v, e, c) = (mesh.vertices(), mesh.edges(), mesh.cells());
        let tables = &mesh.connectivity;
        let expected = [
            (&tables.v2e, v, 6, e),
            (&tables.v2c, v, 6, c),
            (&tables.e2v, e, 2, v),
            (&tables.e2c, e, 2, c),
            (&tables.c2v, c, 3, v),
            (&tables.c2e, c, 3, e),
            (&tables.c2e2c, c, 3, c),
        ];
        for (table, rows, width, targets) in expected {
            assert_eq!(
                (table.rows, table.width, table.entries.len()),
                (rows, width, rows * width)
            );
            let lowest = if width == 6 { Table::SKIP } else { 0 };
            assert!(
                table
                    .entries
                    .iter()
                    .all(|&entry| entry >= lowest && entry < targets as i32)
            );
        }
    }
}

#[test]
fn twelve_vertices_have_five_neighbours_and_skip_the_last() {
    for level in LEVELS {
        let mesh = mesh(level);
        for table in [&mesh.connectivity.v2e, &mesh.connectivity.v2c] {
            let pentagons: Vec<_> = (0..table.rows)
                .filter(|&row| table.neighbours(row).count() == 5)
                .collect();
            assert_eq!(pentagons.len(), 12);
            assert!(pentagons.iter().all(|&row| table.row(row)[5] == Table::SKIP));
            let skipped = table
                .entries
                .iter()
                .filter(|&&entry| entry == Table::SKIP)
                .count();
            assert_eq!(skipped, 12, "no other entry is skipped");
        }
    }
}

fn pairs(table: &Table) -> BTreeSet<(usize, usize)> {
    let pairs: Vec<_> = (0..table.rows)
        .flat_map(|row| table.neighbours(row).map(move |to| (row, to)))
        .collect();
    let set: BTreeSet<_> = pairs.iter().copied().collect();
    assert_eq!(set.len(), pairs.len(), "no neighbour occurs twice in a row");
    set
}

#[test]
fn tables_are_the_inverses_of_their_inverses() {
    for level in LEVELS {
        let mesh = mesh(level);
        let tables = &mesh.connectivity;
        let inverse = |table| {
            pairs(table)
                .into_iter()
                .map(|(from, to)| (to, from))
                .collect::<BTreeSet<_>>()
        };
        assert_eq!(pairs(&tables.v2e), inverse(&tables.e2v));
        assert_eq!(pairs(&tables.v2c), inverse(&tables.c2v));
        assert_eq!(pairs(&tables.e2c), inverse(&tables.c2e));
        assert_eq!(pairs(&tables.c2e2c), inverse(&tables.c2e2c));
    }
}

fn ends(mesh: &IcosahedralMesh, edge: usize) -> BTreeSet<i32> {
    mesh.connectivity.e2v.row(edge).iter().copied().collect()
}

#[test]
fn edges_are_opposite_the_corners_of_their_cells() {
    let mesh = mesh(3);
    let tables = &mesh.connectivity;
    for cell in 0..mesh.cells() {
        let corners = tables.c2v.row(cell);
        for (i, edge) in tables.c2e.neighbours(cell).enumerate() {
            assert_eq!(
                ends(&mesh, edge),
                BTreeSet::from([corners[(i + 1) % 3], corners[(i + 2) % 3]])
            );
            let both: BTreeSet<_> = tables.e2c.row(edge).iter().copied().collect();
            assert_eq!(both, BTreeSet::from([cell as i32, tables.c2e2c.row(cell)[i]]));
        }
    }
}

#[test]
fn rows_start_at_the_smallest_index() {
    let mesh = mesh(3);
    let tables = &mesh.connectivity;
    for table in [&tables.v2e, &tables.v2c, &tables.e2v, &tables.c2v] {
        for row in 0..table.rows {
            assert_eq!(table.neighbours(row).next(), table.neighbours(row).min());
        }
    }
}

/// Successive neighbours turn left around the point, by less than half a turn each.
fn assert_counterclockwise(table: &Table, centres: &[[f64; 3]], neighbours: &[[f64; 3]]) {
    for (row, &centre) in centres.iter().enumerate() {
        let next = table.neighbours(row).cycle().skip(1);
        for (a, b) in table.neighbours(row).zip(next) {
            assert!(
                dot(centre, cross(neighbours[a], neighbours[b])) > 0.0,
                "row {row}"
            );
        }
    }
}

#[test]
fn rings_and_corners_are_counterclockwise() {
    for level in LEVELS {
        let mesh = mesh(level);
        let (tables, geometry) = (&mesh.connectivity, &mesh.geometry);
        assert_counterclockwise(&tables.v2e, &geometry.vertex_position, &geometry.edge_position);
        assert_counterclockwise(&tables.v2c, &geometry.vertex_position, &geometry.cell_position);
        assert_counterclockwise(&tables.c2v, &geometry.cell_position, &geometry.vertex_position);
        assert_counterclockwise(&tables.c2e, &geometry.cell_position, &geometry.edge_position);
    }
}

#[test]
fn numbers_follow_first_touch_in_cell_order() {
    let mesh = mesh(5);
    for table in [&mesh.connectivity.c2v, &mesh.connectivity.c2e] {
        let mut touched = 0;
        for cell in 0..table.rows {
            let mut new: Vec<_> = table.neighbours(cell).filter(|&to| to >= touched).collect();
            new.sort_unstable();
            assert!(
                new.iter().enumerate().all(|(k, &to)| to == touched + k),
                "cell {cell} touches {new:?}"
            );
            touched += new.len();
        }
    }
}

/// Locality: half of the neighbours of a cell are at most three cells away in memory.
#[test]
fn neighbouring_cells_have_near_numbers() {
    let mesh = mesh(6);
    let table = &mesh.connectivity.c2e2c;
    let mut distances: Vec<_> = (0..table.rows)
        .flat_map(|cell| table.neighbours(cell).map(move |to| to.abs_diff(cell)))
        .collect();
    distances.sort_unstable();
    let quantile = |percent: usize| distances[distances.len() * percent / 100];
    assert!(quantile(50) <= 3, "half of the neighbours: {}", quantile(50));
    assert!(quantile(90) <= 128, "nine in ten: {}", quantile(90));
}
