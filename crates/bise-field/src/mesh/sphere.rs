//! Points, arcs and triangles on the unit sphere.
//!
//! Formulas are chosen to keep their digits when points are close together, which on a fine mesh they all
//! are: differences of positions are taken first, and no arc is measured by an inverse cosine.

/// A vector in three dimensions: x towards longitude 0 on the equator, z towards the north pole.
pub(super) type Vec3 = [f64; 3];

pub(super) fn dot(a: Vec3, b: Vec3) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(super) fn cross(a: Vec3, b: Vec3) -> Vec3 {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

fn add(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

fn sub(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn norm(a: Vec3) -> f64 {
    dot(a, a).sqrt()
}

fn normalise(a: Vec3) -> Vec3 {
    let length = norm(a);
    [a[0] / length, a[1] / length, a[2] / length]
}

/// The midpoint of the shorter great-circle arc between two points.
pub(super) fn midpoint(a: Vec3, b: Vec3) -> Vec3 {
    normalise(add(a, b))
}

/// The direction at the midpoint of the arc from `a` to `b`: a unit vector parallel to the chord.
pub(super) fn direction_at_midpoint(a: Vec3, b: Vec3) -> Vec3 {
    normalise(sub(b, a))
}

/// The point of the sphere at equal distance from the corners of a counterclockwise triangle.
///
/// It is the direction of the normal of the plane through the corners.
pub(super) fn circumcentre(a: Vec3, b: Vec3, c: Vec3) -> Vec3 {
    normalise(cross(sub(b, a), sub(c, a)))
}

/// The angle between two points in radians: `2 atan2(|a - b|, |a + b|)`.
///
/// W. Kahan, "How futile are mindless assessments of roundoff in floating-point computation?", 2006, section
/// 12.
pub(super) fn arc(a: Vec3, b: Vec3) -> f64 {
    2.0 * norm(sub(a, b)).atan2(norm(add(a, b)))
}

/// The area of a spherical triangle on the unit sphere (its solid angle), positive if it is counterclockwise.
///
/// `tan(area / 2) = a . (b x c) / (1 + a.b + b.c + c.a)`: A. Van Oosterom and J. Strackee, "The solid angle
/// of a plane triangle", IEEE Trans. Biomed. Eng. 30 (1983) 125-126. The triple product is formed from
/// differences.
pub(super) fn triangle_area(a: Vec3, b: Vec3, c: Vec3) -> f64 {
    let triple = dot(a, cross(sub(b, a), sub(c, a)));
    2.0 * triple.atan2(1.0 + dot(a, b) + dot(b, c) + dot(c, a))
}

/// Longitude in (-pi, pi] and latitude in radians. At the poles the longitude is 0.
pub(super) fn longitude_latitude(p: Vec3) -> (f64, f64) {
    let from_axis = (p[0] * p[0] + p[1] * p[1]).sqrt();
    (p[1].atan2(p[0]), p[2].atan2(from_axis))
}

/// The unit vectors that point east and north at a point that is not a pole.
pub(super) fn east_north(p: Vec3) -> (Vec3, Vec3) {
    let east = normalise([-p[1], p[0], 0.0]);
    (east, cross(p, east))
}
