"""Fields with a local dimension: as inputs, as outputs, and reduced."""

import gt4py.next as gtx
from gt4py.next import Field, broadcast, float64, max_over, neighbor_sum

Vertex = gtx.Dimension("Vertex")
Edge = gtx.Dimension("Edge")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))


@gtx.field_operator
def only_sparse(w: Field[[Vertex, V2EDim], float64]) -> Field[[Vertex], float64]:
    return neighbor_sum(w * w, axis=V2EDim)


@gtx.field_operator
def written(w: Field[[Vertex, V2EDim, K], float64], a: Field[[Edge], float64]) -> Field[[Vertex, V2EDim, K], float64]:
    return w + a(V2E)


@gtx.field_operator
def constant(a: Field[[Vertex], float64]) -> Field[[Vertex], float64]:
    return max_over(broadcast(a, (Vertex, V2EDim)), axis=V2EDim)


# ---- run only_sparse
# domain: Vertex 0..30, Edge 0..50, V2E 0..4
# V2E: random 30x4 of 50
# expect out: neighbor_sum(w * w, V2E)

# ---- run only_sparse
# domain: Vertex 0..30, Edge 0..50, V2E 0..4
# V2E: random 30x4 of 50; skips 0.4
# expect out: neighbor_sum(w * w, V2E)

# ---- run written
# domain: Vertex 0..30, Edge 0..50, V2E 0..4, K 0..5
# V2E: random 30x4 of 50

# ---- run constant
# domain: Vertex 0..30, V2E 0..4
# V2E: random 30x4 of 50
# expect out: a
