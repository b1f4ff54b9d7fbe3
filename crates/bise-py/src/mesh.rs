//! `Mesh`: the icosahedral mesh with its dimensions, offsets, tables and geometry as Python objects.

use std::sync::Arc;

use bise_base::has_room;
use bise_driver::standard_floats;
use bise_field::mesh::{Geometry, IcosahedralMesh, Table};
use bise_lang::{Dimension as Inner, DimensionKind, Offset};
use pyo3::exceptions::{PyMemoryError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt, PyString};

use crate::connectivity::Connectivity;
use crate::dimension;
use crate::field::Field;
use crate::intern::intern;
use crate::offset::FieldOffset;

/// The icosahedral triangle mesh of the sphere, refined ``level`` times. Made by ``bise.mesh.icosahedral``.
///
/// Dimensions ``Vertex``, ``Edge``, ``Cell`` and, for the neighbours, ``V2EDim`` and so on; offsets ``V2E``, ...;
/// tables ``v2e``, ... and all of them in ``offset_provider``; numbers of elements ``vertices``, ``edges``,
/// ``cells``; the geometry as fields, in metres and radians:
///
/// - ``vertex_position``, ``edge_position``, ``cell_position``: unit vectors, [., 3]
/// - ``vertex_longitude``, ``vertex_latitude`` and the same for edges and cells: radians
/// - ``vertex_dual_area``, ``cell_area``: square metres
/// - ``edge_length``, ``dual_edge_length``: metres
/// - ``edge_normal``, ``edge_tangent``: unit vectors (east, north), [Edge, 2]; the normal points from ``E2C[0]`` to
///   ``E2C[1]``, the tangent from ``E2V[0]`` to ``E2V[1]``
/// - ``edge_orientation_of_vertices``: [Vertex, V2E], +1 where the normal runs counterclockwise around the vertex
/// - ``edge_orientation_of_cells``: [Cell, C2E], +1 where the normal points out of the cell
#[pyclass(frozen, dict, weakref, module = "bise", name = "Mesh")]
pub struct Mesh {
    /// How often the icosahedron's edges were halved.
    #[pyo3(get)]
    level: u32,
    /// Radius of the sphere in metres.
    #[pyo3(get)]
    radius: f64,
    /// Number of vertices.
    #[pyo3(get)]
    vertices: usize,
    /// Number of edges.
    #[pyo3(get)]
    edges: usize,
    /// Number of triangles.
    #[pyo3(get)]
    cells: usize,
}

#[pymethods]
impl Mesh {
    fn __repr__(&self) -> String {
        format!(
            "<icosahedral mesh, level {}: {} vertices, {} edges, {} cells, radius {} m>",
            self.level, self.vertices, self.edges, self.cells, self.radius
        )
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (u32, f64))> {
        let make = slf.py().import("bise.mesh")?.getattr("icosahedral")?;
        Ok((make, (slf.get().level, slf.get().radius)))
    }
}

/// The icosahedral mesh of a refinement level (0 to 10) on a sphere of a radius in metres (the Earth's).
///
/// It has ``10 * 4**level + 2`` vertices, ``30 * 4**level`` edges and ``20 * 4**level`` triangles. The same arguments
/// give the same mesh.
///
/// >>> bise.mesh.icosahedral(2).cells
/// 320
#[pyfunction]
#[pyo3(signature = (level, radius=6.371_229e6))]
pub fn icosahedral<'py>(level: &Bound<'py, PyAny>, radius: f64) -> PyResult<Bound<'py, Mesh>> {
    let py = level.py();
    let level = level
        .extract::<u32>()
        .map_err(|error| match level.cast::<PyInt>() {
            Ok(level) => PyValueError::new_err(format!(
                "`level` is from 0 to {}, not {level}",
                IcosahedralMesh::MAX_LEVEL
            )),
            Err(_) => error,
        })?;
    check_room(level)?;
    let made = py
        .detach(|| standard_floats(|| IcosahedralMesh::new(level, radius)))
        .map_err(|error| PyValueError::new_err(error.to_string()))?;
    let mesh = Mesh {
        level,
        radius,
        vertices: made.vertices(),
        edges: made.edges(),
        cells: made.cells(),
    };
    let mesh = Bound::new(py, mesh)?;
    let names = mesh.getattr("__dict__")?.cast_into::<PyDict>()?;
    let horizontal = |name: &str| Inner::new(name, DimensionKind::Horizontal);
    let elements = [horizontal("Vertex"), horizontal("Edge"), horizontal("Cell")];
    for dim in &elements {
        names.set_item(dim.name.as_str(), dimension::to_python(py, dim)?)?;
    }
    add_tables(py, &names, &made, &elements)?;
    add_geometry(py, &names, &made.geometry, &elements)?;
    Ok(mesh)
}

/// `V2E`, `V2EDim`, `v2e` and the same for all tables, and `offset_provider`.
fn add_tables(
    py: Python<'_>,
    names: &Bound<'_, PyDict>,
    mesh: &IcosahedralMesh,
    [vertex, edge, cell]: &[Inner; 3],
) -> PyResult<()> {
    let tables = &mesh.connectivity;
    let all: [(&str, &Table, &Inner, &Inner); 7] = [
        ("V2E", &tables.v2e, vertex, edge),
        ("V2C", &tables.v2c, vertex, cell),
        ("E2V", &tables.e2v, edge, vertex),
        ("E2C", &tables.e2c, edge, cell),
        ("C2V", &tables.c2v, cell, vertex),
        ("C2E", &tables.c2e, cell, edge),
        ("C2E2C", &tables.c2e2c, cell, cell),
    ];
    let provider = PyDict::new(py);
    for (name, table, origin, codomain) in all {
        let local = Inner::new(name, DimensionKind::Local);
        let offset = Offset {
            name: name.into(),
            source: codomain.clone(),
            target: vec![origin.clone(), local.clone()],
        };
        let entries = numpy::PyArray1::from_slice(py, &table.entries);
        let entries = entries.call_method1("reshape", (table.rows, table.width))?;
        let skip_value = table.entries.contains(&Table::SKIP).then_some(-1);
        let dims = vec![origin.clone(), local.clone()];
        let connectivity = Connectivity::new(py, dims, codomain.clone(), &entries, skip_value)?;
        let connectivity = Bound::new(py, connectivity)?;
        names.set_item(name, Bound::new(py, FieldOffset { inner: offset })?)?;
        names.set_item(format!("{name}Dim"), dimension::to_python(py, &local)?)?;
        names.set_item(name.to_lowercase(), &connectivity)?;
        provider.set_item(PyString::intern(py, name), connectivity)?;
    }
    names.set_item("offset_provider", provider)
}

/// Every member of [`Geometry`] as a field.
fn add_geometry(
    py: Python<'_>,
    names: &Bound<'_, PyDict>,
    geometry: &Geometry,
    [vertex, edge, cell]: &[Inner; 3],
) -> PyResult<()> {
    let component = Inner::new("Component", DimensionKind::Local);
    let numbers: [(&str, &[f64], &Inner); 10] = [
        ("vertex_longitude", &geometry.vertex_longitude, vertex),
        ("vertex_latitude", &geometry.vertex_latitude, vertex),
        ("vertex_dual_area", &geometry.vertex_dual_area, vertex),
        ("edge_longitude", &geometry.edge_longitude, edge),
        ("edge_latitude", &geometry.edge_latitude, edge),
        ("edge_length", &geometry.edge_length, edge),
        ("dual_edge_length", &geometry.dual_edge_length, edge),
        ("cell_longitude", &geometry.cell_longitude, cell),
        ("cell_latitude", &geometry.cell_latitude, cell),
        ("cell_area", &geometry.cell_area, cell),
    ];
    for (name, values, dim) in numbers {
        names.set_item(name, field(py, values, 1, std::slice::from_ref(dim))?)?;
    }
    let v2e = Inner::new("V2E", DimensionKind::Local);
    let c2e = Inner::new("C2E", DimensionKind::Local);
    let vectors: [(&str, &[f64], usize, &Inner, &Inner); 7] = [
        (
            "vertex_position",
            geometry.vertex_position.as_flattened(),
            3,
            vertex,
            &component,
        ),
        (
            "edge_position",
            geometry.edge_position.as_flattened(),
            3,
            edge,
            &component,
        ),
        (
            "cell_position",
            geometry.cell_position.as_flattened(),
            3,
            cell,
            &component,
        ),
        (
            "edge_normal",
            geometry.edge_normal.as_flattened(),
            2,
            edge,
            &component,
        ),
        (
            "edge_tangent",
            geometry.edge_tangent.as_flattened(),
            2,
            edge,
            &component,
        ),
        (
            "edge_orientation_of_vertices",
            geometry.edge_orientation_of_vertices.as_flattened(),
            6,
            vertex,
            &v2e,
        ),
        (
            "edge_orientation_of_cells",
            geometry.edge_orientation_of_cells.as_flattened(),
            3,
            cell,
            &c2e,
        ),
    ];
    for (name, values, width, dim, local) in vectors {
        names.set_item(name, field(py, values, width, &[dim.clone(), local.clone()])?)?;
    }
    Ok(())
}

/// Whether there is memory for a mesh of that level. Levels that are too high are refused by others.
fn check_room(level: u32) -> PyResult<()> {
    /// Measured at the peak: the tables and what they are made from, geometry, and their copies as arrays.
    const BYTES_PER_CELL: usize = 800;
    let cells = 4_usize
        .checked_pow(level.min(IcosahedralMesh::MAX_LEVEL))
        .and_then(|parts| parts.checked_mul(20));
    let bytes = cells.map_or(usize::MAX, |cells| cells.saturating_mul(BYTES_PER_CELL));
    if has_room(bytes) {
        return Ok(());
    }
    Err(PyMemoryError::new_err(format!(
        "out of memory: about {bytes} bytes for an icosahedral mesh of level {level}"
    )))
}

/// Values, row by row, as a field that starts at 0.
fn field<'py>(py: Python<'py>, values: &[f64], width: usize, dims: &[Inner]) -> PyResult<Bound<'py, Field>> {
    let array = numpy::PyArray1::from_slice(py, values).into_any();
    let array = match dims {
        [_] => array,
        _ => array.call_method1("reshape", (values.len() / width, width))?,
    };
    let dims: Arc<[Inner]> = intern(dims);
    Bound::new(py, Field::new(dims.clone(), vec![0; dims.len()], array))
}
