//! Divergence and vorticity of analytic winds: exact structure, and convergence under refinement.
//!
//! What theory supports, in the root mean square. Divergence: the midpoint rule errs by the length cubed on
//! each edge of a triangle, three directions do not cancel, and dividing by the area leaves first order.
//! Vorticity: halving leaves seams at which dual edges cross their edges off their own midpoints, which again
//! leaves first order. In a solid-body rotation the wind along a dual edge is constant on it, so the sum is
//! exact and only the distance between a vertex and the centroid of its Voronoi cell remains: first order on
//! the icosahedron's edges, second elsewhere, order 3/2 over all. (R. Heikes and D. A. Randall, Mon. Wea.
//! Rev. 123 (1995) 1881-1887, discuss the same grid and how to optimise it.)

use super::super::sphere::{Vec3, cross, dot};
use super::{IcosahedralMesh, RADIUS, Table, mesh};

/// A wind on the sphere with its exact divergence and vorticity, as functions of the unit vector of the
/// point.
struct Wind {
    velocity: fn(Vec3) -> Vec3,
    divergence: fn(Vec3) -> f64,
    vorticity: fn(Vec3) -> f64,
}

/// Angular velocity of the rotation, about an axis aligned with nothing in the mesh, 1/s.
const OMEGA: Vec3 = [2e-5, -3e-5, 6e-5];

/// `u = omega x r`: no divergence; vorticity `2 omega . r / R`.
const ROTATION: Wind = Wind {
    velocity: |p| cross(OMEGA, p).map(|component| RADIUS * component),
    divergence: |_| 0.0,
    vorticity: |p| 2.0 * dot(OMEGA, p),
};

/// Rotation about the earth's axis: the vorticity is `2 Omega sin(latitude)`.
const EARTH: Wind = Wind {
    velocity: |p| cross([0.0, 0.0, 7.292e-5], p).map(|component| RADIUS * component),
    divergence: |_| 0.0,
    vorticity: |p| 2.0 * 7.292e-5 * p[2],
};

/// `u = grad f + up x grad f` with `f = R xyz`, a spherical harmonic of degree 3: both are `laplace f = -12
/// xyz / R`.
const WAVE: Wind = Wind {
    velocity: |p| {
        let [x, y, z] = p;
        let gradient = [y * z, x * z, x * y];
        let radial = dot(gradient, p);
        let gradient = [0, 1, 2].map(|axis| gradient[axis] - radial * p[axis]);
        let turned = cross(p, gradient);
        [0, 1, 2].map(|axis| gradient[axis] + turned[axis])
    },
    divergence: |[x, y, z]| -12.0 * x * y * z / RADIUS,
    vorticity: |[x, y, z]| -12.0 * x * y * z / RADIUS,
};

fn normal_wind(mesh: &IcosahedralMesh, wind: &Wind) -> Vec<f64> {
    let geometry = &mesh.geometry;
    let component = |edge: usize| {
        let (longitude, latitude) = (geometry.edge_longitude[edge], geometry.edge_latitude[edge]);
        let east = [-longitude.sin(), longitude.cos(), 0.0];
        let north = [
            -latitude.sin() * longitude.cos(),
            -latitude.sin() * longitude.sin(),
            latitude.cos(),
        ];
        let velocity = (wind.velocity)(geometry.edge_position[edge]);
        let [along_east, along_north] = geometry.edge_normal[edge];
        along_east * dot(velocity, east) + along_north * dot(velocity, north)
    };
    (0..mesh.edges()).map(component).collect()
}

/// For each row: the signed sum over its edges of wind times length, divided by the row's area.
fn signed_sum_per_area(
    edges: &Table,
    signs: &[f64],
    lengths: &[f64],
    wind: &[f64],
    areas: &[f64],
) -> Vec<f64> {
    let sum = |row: usize| {
        let signs = &signs[row * edges.width..];
        edges
            .neighbours(row)
            .zip(signs)
            .map(|(edge, sign)| sign * lengths[edge] * wind[edge])
            .sum::<f64>()
    };
    (0..edges.rows).map(|row| sum(row) / areas[row]).collect()
}

fn divergence(mesh: &IcosahedralMesh, wind: &[f64]) -> Vec<f64> {
    let geometry = &mesh.geometry;
    let signs = geometry.edge_orientation_of_cells.as_flattened();
    signed_sum_per_area(
        &mesh.connectivity.c2e,
        signs,
        &geometry.edge_length,
        wind,
        &geometry.cell_area,
    )
}

fn vorticity(mesh: &IcosahedralMesh, wind: &[f64]) -> Vec<f64> {
    let geometry = &mesh.geometry;
    let signs = geometry.edge_orientation_of_vertices.as_flattened();
    signed_sum_per_area(
        &mesh.connectivity.v2e,
        signs,
        &geometry.dual_edge_length,
        wind,
        &geometry.vertex_dual_area,
    )
}

/// The root of the area-weighted mean square difference.
fn error(actual: &[f64], exact: fn(Vec3) -> f64, points: &[Vec3], areas: &[f64]) -> f64 {
    let squares = actual
        .iter()
        .zip(points)
        .map(|(value, &point)| (value - exact(point)).powi(2));
    let weighted: f64 = squares.zip(areas).map(|(square, area)| square * area).sum();
    (weighted / areas.iter().sum::<f64>()).sqrt()
}

fn errors(level: u32, wind: &Wind) -> [f64; 2] {
    let mesh = mesh(level);
    let (geometry, normal_wind) = (&mesh.geometry, normal_wind(&mesh, wind));
    let divergence = divergence(&mesh, &normal_wind);
    let vorticity = vorticity(&mesh, &normal_wind);
    [
        error(
            &divergence,
            wind.divergence,
            &geometry.cell_position,
            &geometry.cell_area,
        ),
        error(
            &vorticity,
            wind.vorticity,
            &geometry.vertex_position,
            &geometry.vertex_dual_area,
        ),
    ]
}

/// The observed orders of [divergence, vorticity] at each refinement from level 3 to level 6.
fn orders(wind: &Wind) -> Vec<[f64; 2]> {
    let errors: Vec<_> = (3..=6).map(|level| errors(level, wind)).collect();
    errors
        .windows(2)
        .map(|pair| [0, 1].map(|k| (pair[0][k] / pair[1][k]).log2()))
        .collect()
}

#[test]
fn solid_body_rotation_converges() {
    for wind in [ROTATION, EARTH] {
        for [divergence, vorticity] in orders(&wind) {
            assert!(
                (0.95..1.05).contains(&divergence),
                "order of divergence: {divergence}"
            );
            assert!((1.4..1.6).contains(&vorticity), "order of vorticity: {vorticity}");
        }
        let [divergence, vorticity] = errors(6, &wind);
        assert!(
            divergence < 2e-8 && vorticity < 2e-8,
            "of 1e-4: {divergence} {vorticity}"
        );
    }
}

#[test]
fn a_wind_with_divergence_and_vorticity_converges() {
    for [divergence, vorticity] in orders(&WAVE) {
        assert!(
            (0.95..1.05).contains(&divergence),
            "order of divergence: {divergence}"
        );
        assert!(
            (0.95..1.3).contains(&vorticity),
            "order of vorticity: {vorticity}"
        );
    }
    let [divergence, vorticity] = errors(6, &WAVE);
    assert!(
        divergence < 1e-9 && vorticity < 1e-9,
        "of 2e-7: {divergence} {vorticity}"
    );
}

/// Whatever flows out of one cell flows into another: the integral over the sphere is zero to rounding.
#[test]
fn global_integrals_vanish() {
    let mesh = mesh(5);
    let geometry = &mesh.geometry;
    let wind: Vec<_> = (0..mesh.edges())
        .map(|edge| ((edge * 7919) % 1000) as f64 - 499.5)
        .collect();
    let kinds = [
        (divergence(&mesh, &wind), &geometry.cell_area),
        (vorticity(&mesh, &wind), &geometry.vertex_dual_area),
    ];
    for (field, areas) in kinds {
        let terms = || field.iter().zip(areas).map(|(value, area)| value * area);
        let scale: f64 = terms().map(f64::abs).sum();
        assert!(terms().sum::<f64>().abs() < 1e-13 * scale);
    }
}

fn exact_sums(edges: &Table, signs: &[f64], differences: &[f64]) -> Vec<f64> {
    let ones = (vec![1.0; differences.len()], vec![1.0; edges.rows]);
    signed_sum_per_area(edges, signs, &ones.0, differences, &ones.1)
}

/// The curl of a gradient and the divergence of a curl are zero without rounding: differences along a closed
/// path cancel.
#[test]
fn gradients_have_no_curl_and_curls_no_divergence() {
    let mesh = mesh(4);
    let (tables, geometry) = (&mesh.connectivity, &mesh.geometry);
    let value = |point: i32| f64::from((i64::from(point) * 7919 % 1000) as i32);
    let along = |table: &Table| -> Vec<f64> {
        (0..table.rows)
            .map(|edge| value(table.row(edge)[1]) - value(table.row(edge)[0]))
            .collect()
    };
    let curls = exact_sums(
        &tables.v2e,
        geometry.edge_orientation_of_vertices.as_flattened(),
        &along(&tables.e2c),
    );
    let divergences = exact_sums(
        &tables.c2e,
        geometry.edge_orientation_of_cells.as_flattened(),
        &along(&tables.e2v),
    );
    assert!(curls.iter().chain(&divergences).all(|&sum| sum == 0.0));
}
