"""Connectivities that do not fit: refused before anything is written."""

import gt4py.next as gtx
from gt4py.next import Field, float64, neighbor_sum

Vertex = gtx.Dimension("Vertex")
Edge = gtx.Dimension("Edge")
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))


@gtx.field_operator
def total(a: Field[[Edge], float64]) -> Field[[Vertex], float64]:
    return neighbor_sum(a(V2E), axis=V2EDim)


@gtx.field_operator
def fourth(a: Field[[Edge], float64]) -> Field[[Vertex], float64]:
    return a(V2E[3])


# ---- run total
# domain: Vertex 0..4, Edge 0..9
# V2E: rows 0 1, 2 3, 4 9, 5 6
# refuse: B0501

# ---- run total
# domain: Vertex 0..3, Edge 0..9
# V2E: rows 0 1, 2 3, 4 8, 5 9
# expect out: neighbor_sum(a, V2E)

# ---- run total
# domain: Vertex 0..5, Edge 0..9
# V2E: rows 0 1, 2 3, 4 8, 5 8
# refuse: B0503

# ---- run fourth
# domain: Vertex 0..2, Edge 0..9
# V2E: rows 0 1, 2 3
# refuse: B0508
