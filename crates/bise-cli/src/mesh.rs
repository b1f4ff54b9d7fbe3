//! Meshes by name: their connectivities, their geometry and the sizes of their dimensions.

use bise_field::mesh::{IcosahedralMesh, Table};
use bise_field::{Buffer, ConnectivityTable, Entries};
use bise_lang::DType;

use crate::args::MeshName;
use crate::error::CliError;

/// Mean radius of the earth in metres (WGS 84).
const RADIUS: f64 = 6_371_229.0;

/// A mesh, as far as programs ask for it by name.
pub struct Mesh {
    mesh: IcosahedralMesh,
}

impl Mesh {
    /// Makes a mesh.
    pub fn new(name: MeshName) -> Result<Self, CliError> {
        let mesh = IcosahedralMesh::new(name.level, RADIUS);
        let mesh = mesh.map_err(|error| CliError::usage(error.to_string()))?;
        Ok(Self { mesh })
    }

    /// The connectivity of that name.
    pub fn table(&self, name: &str) -> Option<ConnectivityTable> {
        let tables = &self.mesh.connectivity;
        let (table, codomain) = match name {
            "V2E" => (&tables.v2e, 'E'),
            "V2C" => (&tables.v2c, 'C'),
            "E2V" => (&tables.e2v, 'V'),
            "E2C" => (&tables.e2c, 'C'),
            "C2V" => (&tables.c2v, 'V'),
            "C2E" => (&tables.c2e, 'E'),
            "C2E2C" => (&tables.c2e2c, 'C'),
            _ => return None,
        };
        let Table { rows, width, entries } = table.clone();
        let codomain = self.elements(codomain);
        let made = ConnectivityTable::new(Entries::Int32(entries), rows, width, codomain);
        Some(made.unwrap_or_else(|error| panic!("compiler bug: the table {name} of a mesh: {error}")))
    }

    /// How many vertices, edges or cells there are, for a dimension that starts with that letter.
    pub fn size(&self, dim: &str) -> Option<usize> {
        self.elements(dim.chars().next()?)
    }

    fn elements(&self, letter: char) -> Option<usize> {
        match letter {
            'V' => Some(self.mesh.vertices()),
            'E' => Some(self.mesh.edges()),
            'C' => Some(self.mesh.cells()),
            _ => None,
        }
    }

    /// The geometry of that name, as `bise_field::mesh::Geometry` names it.
    pub fn geometry(&self, name: &str, dtype: DType) -> Option<Buffer> {
        let geometry = &self.mesh.geometry;
        let columns = |columns: usize, values: &[f64]| field(dtype, columns, values);
        match name {
            "vertex_longitude" => columns(1, &geometry.vertex_longitude),
            "vertex_latitude" => columns(1, &geometry.vertex_latitude),
            "vertex_dual_area" => columns(1, &geometry.vertex_dual_area),
            "edge_longitude" => columns(1, &geometry.edge_longitude),
            "edge_latitude" => columns(1, &geometry.edge_latitude),
            "edge_length" => columns(1, &geometry.edge_length),
            "dual_edge_length" => columns(1, &geometry.dual_edge_length),
            "cell_longitude" => columns(1, &geometry.cell_longitude),
            "cell_latitude" => columns(1, &geometry.cell_latitude),
            "cell_area" => columns(1, &geometry.cell_area),
            "edge_orientation_of_vertices" => {
                columns(6, geometry.edge_orientation_of_vertices.as_flattened())
            }
            "edge_orientation_of_cells" => columns(3, geometry.edge_orientation_of_cells.as_flattened()),
            _ => None,
        }
    }
}

/// Values as a field of one dimension, or of two where there are several columns.
fn field(dtype: DType, columns: usize, values: &[f64]) -> Option<Buffer> {
    let bytes: Vec<u8> = match dtype {
        DType::Float64 => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        DType::Float32 => values.iter().flat_map(|&v| (v as f32).to_le_bytes()).collect(),
        _ => return None,
    };
    let rows = (0, values.len() / columns);
    let packed = match columns {
        1 => Buffer::from_packed(dtype, &[rows], &[0], &bytes, &[0]),
        _ => Buffer::from_packed(dtype, &[rows, (0, columns)], &[0, 1], &bytes, &[0, 1]),
    };
    packed.ok()
}
