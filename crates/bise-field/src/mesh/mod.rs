//! The icosahedral triangle mesh of the sphere: who neighbours whom, and where everything is.
//!
//! The icosahedron's edges are halved `level` times and every new vertex is pushed out to the sphere, so a
//! mesh has `10 * 4^level + 2` vertices, `30 * 4^level` edges and `20 * 4^level` triangular cells. Twelve
//! vertices keep the icosahedron's five edges; all others have six. The dual mesh (pentagons and hexagons
//! around the vertices) is the Voronoi diagram: cell points are circumcentres, and each dual edge crosses its
//! edge at a right angle, at the edge's midpoint (not, in general, at its own).
//!
//! Start with [`IcosahedralMesh::new`]. The order of neighbours is documented in [`Connectivity`], signs,
//! units and formulas in [`Geometry`]. Two discrete operators, exact in their global sums, show how the
//! pieces fit, for an edge field `u_n = u . normal`:
//!
//! ```text
//! divergence[c] =
//!     sum(edge_orientation_of_cells[c] * (edge_length * u_n)[C2E[c]]) / cell_area[c]
//! vorticity[v] =
//!     sum(edge_orientation_of_vertices[v] * (dual_edge_length * u_n)[V2E[v]]) / vertex_dual_area[v]
//! ```
//!
//! Both are of first order in the root mean square on this grid, which is not optimised.
//!
//! Numbers follow a space-filling order (cells descend from the same triangle: contiguous; vertices and
//! edges: in the order in which the cells touch them), because stencils gather over them. The mesh is a pure
//! function of its arguments. Tables, positions, normals and tangents use only `+ - * / sqrt`, so they have
//! the same bits on every machine; angles, lengths and areas also use the platform's `atan2`.

mod connectivity;
mod geometry;
mod refine;
mod sphere;
#[cfg(test)]
mod tests;

pub use connectivity::{Connectivity, Table};
pub use geometry::Geometry;

/// Why a mesh cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum MeshError {
    /// The level is beyond [`IcosahedralMesh::MAX_LEVEL`].
    #[error(
        "refinement level {level} is too high: levels 0 to {max} are supported",
        max = IcosahedralMesh::MAX_LEVEL
    )]
    LevelTooHigh {
        /// The level asked for.
        level: u32,
    },
    /// The radius is not a positive finite number.
    #[error("the radius must be positive and finite, not {radius}")]
    BadRadius {
        /// The radius asked for, in metres.
        radius: f64,
    },
}

/// A triangle mesh of the sphere, refined from the icosahedron.
///
/// ```
/// use bise_field::mesh::IcosahedralMesh;
///
/// let mesh = IcosahedralMesh::new(2, 6_371_229.0)?;
/// assert_eq!((mesh.vertices(), mesh.edges(), mesh.cells()), (162, 480, 320));
/// assert_eq!(mesh.connectivity.c2e.row(0).len(), 3);
/// # Ok::<(), bise_field::mesh::MeshError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct IcosahedralMesh {
    /// How often the icosahedron's edges were halved.
    pub level: u32,
    /// Radius of the sphere in metres.
    pub radius: f64,
    /// Neighbour tables.
    pub connectivity: Connectivity,
    /// Positions, lengths, areas, directions and signs.
    pub geometry: Geometry,
}

impl IcosahedralMesh {
    /// The finest level: 21 million cells; the mesh takes about seven gigabytes.
    pub const MAX_LEVEL: u32 = 10;

    /// Makes the mesh of the given refinement level on a sphere of the given radius in metres.
    pub fn new(level: u32, radius: f64) -> Result<Self, MeshError> {
        if level > Self::MAX_LEVEL {
            return Err(MeshError::LevelTooHigh { level });
        }
        if !(radius.is_finite() && radius > 0.0) {
            return Err(MeshError::BadRadius { radius });
        }
        let triangulation = refine::triangulate(level);
        let connectivity = Connectivity::new(&triangulation);
        let geometry = Geometry::new(triangulation.positions, &connectivity, radius);
        Ok(Self {
            level,
            radius,
            connectivity,
            geometry,
        })
    }

    /// Number of vertices, `10 * 4^level + 2`.
    pub fn vertices(&self) -> usize {
        self.connectivity.v2e.rows
    }

    /// Number of edges, `30 * 4^level`.
    pub fn edges(&self) -> usize {
        self.connectivity.e2v.rows
    }

    /// Number of cells, `20 * 4^level`.
    pub fn cells(&self) -> usize {
        self.connectivity.c2v.rows
    }
}
