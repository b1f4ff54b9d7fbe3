"""Diffusion of a tracer on an icosahedral mesh: the Laplacian as divergence of a gradient, several steps."""

import numpy as np

import bise as gtx
from bise import neighbor_sum

Cell, Edge = gtx.Dimension("Cell"), gtx.Dimension("Edge")
C2EDim = gtx.Dimension("C2E", kind=gtx.DimensionKind.LOCAL)
E2CDim = gtx.Dimension("E2C", kind=gtx.DimensionKind.LOCAL)
C2E = gtx.FieldOffset("C2E", source=Edge, target=(Cell, C2EDim))
E2C = gtx.FieldOffset("E2C", source=Cell, target=(Edge, E2CDim))
CellField = gtx.Field[[Cell], gtx.float64]
EdgeField = gtx.Field[[Edge], gtx.float64]


@gtx.field_operator
def gradient(q: CellField, dual_length: EdgeField) -> EdgeField:
    return (q(E2C[1]) - q(E2C[0])) / dual_length


@gtx.field_operator
def laplacian(
    q: CellField,
    dual_length: EdgeField,
    length: EdgeField,
    outward: gtx.Field[[Cell, C2EDim], gtx.float64],
    area: CellField,
) -> CellField:
    flux = gradient(q, dual_length) * length
    return neighbor_sum(flux(C2E) * outward, axis=C2EDim) / area


@gtx.field_operator
def diffuse(
    q: CellField,
    dual_length: EdgeField,
    length: EdgeField,
    outward: gtx.Field[[Cell, C2EDim], gtx.float64],
    area: CellField,
    amount: float,
) -> CellField:
    return q + amount * laplacian(q, dual_length, length, outward, area)


mesh = gtx.mesh.icosahedral(5)
geometry = (
    gtx.as_field([Edge], np.asarray(mesh.dual_edge_length)),
    gtx.as_field([Edge], np.asarray(mesh.edge_length)),
    gtx.as_field([Cell, C2EDim], np.asarray(mesh.edge_orientation_of_cells)),
    gtx.as_field([Cell], np.asarray(mesh.cell_area)),
)
tables = {"C2E": np.asarray(mesh.c2e), "E2C": np.asarray(mesh.e2c)}
area = np.asarray(mesh.cell_area)
q = gtx.as_field([Cell], np.exp(-((np.asarray(mesh.cell_latitude) / 0.2) ** 2)))
amount = 0.1 * area.min()
before = np.sum(q.asnumpy() * area)
for _ in range(50):
    diffuse(q, *geometry, amount, out=q, offset_provider=tables)  # in place: reads happen before writes
after = np.sum(q.asnumpy() * area)
print(
    f"{mesh.cells} cells: largest value {q.asnumpy().max():.4f}, mass changed by {abs(after / before - 1):.1e}"
)
assert abs(after / before - 1) < 1e-13
