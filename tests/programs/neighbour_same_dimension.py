"""A connectivity that leads back to its own dimension, several connectivities at once, names that differ."""

import gt4py.next as gtx
from gt4py.next import Field, float64, neighbor_sum

Cell = gtx.Dimension("Cell")
Edge = gtx.Dimension("Edge")
Vertex = gtx.Dimension("Vertex")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
C2E2CDim = gtx.Dimension("C2E2C", kind=gtx.DimensionKind.LOCAL)
Corners = gtx.Dimension("Corners", kind=gtx.DimensionKind.LOCAL)
C2EDim = gtx.Dimension("C2E", kind=gtx.DimensionKind.LOCAL)
C2E2C = gtx.FieldOffset("C2E2C", source=Cell, target=(Cell, C2E2CDim))
to_corners = gtx.FieldOffset("C2V", source=Vertex, target=(Cell, Corners))
C2E = gtx.FieldOffset("C2E", source=Edge, target=(Cell, C2EDim))


@gtx.field_operator
def smooth(a: Field[[Cell, K], float64]) -> Field[[Cell, K], float64]:
    return 0.5 * a + neighbor_sum(a(C2E2C), axis=C2E2CDim) / 6.0


@gtx.field_operator
def smooth_twice(a: Field[[Cell, K], float64]) -> Field[[Cell, K], float64]:
    return smooth(smooth(a))


@gtx.field_operator
def mixed(
    a: Field[[Cell], float64], e: Field[[Edge], float64], v: Field[[Vertex], float64]
) -> Field[[Cell], float64]:
    corners = neighbor_sum(v(to_corners), axis=Corners)
    return a(C2E2C[2]) * corners - neighbor_sum(e(C2E), axis=C2EDim)


# ---- run smooth
# mesh: icosahedral 1
# domain: K 0..3
# expect out: 0.5 * a + neighbor_sum(a, C2E2C) / 6

# ---- run smooth_twice
# mesh: icosahedral 1
# domain: K 0..3
# expect out: 0.5 * (0.5 * a + neighbor_sum(a, C2E2C) / 6) + neighbor_sum(0.5 * a + neighbor_sum(a, C2E2C) / 6, C2E2C) / 6

# ---- run smooth_twice
# mesh: icosahedral 1
# domain: K 0..3
# out: Cell 17..29, K 1..2
# expect out: 0.5 * (0.5 * a + neighbor_sum(a, C2E2C) / 6) + neighbor_sum(0.5 * a + neighbor_sum(a, C2E2C) / 6, C2E2C) / 6

# ---- run mixed
# mesh: icosahedral 1
# expect out: neighbor(a, C2E2C, 2) * neighbor_sum(v, C2V) - neighbor_sum(e, C2E)
