//! What a mesh promises: its topology, its geometry, and that operators built on it converge.

mod geometry;
mod operators;
mod topology;

use super::{IcosahedralMesh, MeshError, Table};

/// The radius of the sphere in the tests, in metres.
const RADIUS: f64 = 6_371_229.0;

fn mesh(level: u32) -> IcosahedralMesh {
    IcosahedralMesh::new(level, RADIUS).expect("the level is supported")
}

#[test]
fn bad_arguments_are_refused() {
    for level in [11, u32::MAX] {
        assert_eq!(
            IcosahedralMesh::new(level, RADIUS),
            Err(MeshError::LevelTooHigh { level })
        );
    }
    for radius in [0.0, -1.0, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(
            IcosahedralMesh::new(0, radius),
            Err(MeshError::BadRadius { radius })
        );
    }
    assert!(matches!(
        IcosahedralMesh::new(0, f64::NAN),
        Err(MeshError::BadRadius { .. })
    ));
}

#[test]
fn errors_say_what_is_allowed() {
    let message = |level, radius| {
        IcosahedralMesh::new(level, radius)
            .expect_err("a bad argument")
            .to_string()
    };
    assert_eq!(
        message(11, 1.0),
        "refinement level 11 is too high: levels 0 to 10 are supported"
    );
    assert_eq!(message(0, -2.0), "the radius must be positive and finite, not -2");
}

#[test]
fn the_same_arguments_give_the_same_mesh() {
    assert_eq!(mesh(3), mesh(3));
}
