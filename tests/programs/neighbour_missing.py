"""A neighbour that is not there reads as zero, whatever is read of it: computed values, reductions, results of scans."""

import gt4py.next as gtx
from gt4py.next import Field, float64, int32, neighbor_sum

Vertex = gtx.Dimension("Vertex")
Edge = gtx.Dimension("Edge")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
E2VDim = gtx.Dimension("E2V", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))
E2V = gtx.FieldOffset("E2V", source=Vertex, target=(Edge, E2VDim))


@gtx.field_operator
def computed(a: Field[[Edge], float64]) -> Field[[Vertex], float64]:
    more = a + 1.0
    return more(V2E[1]) + 10.0


@gtx.field_operator
def plain(a: Field[[Edge, K], float64]) -> Field[[Vertex, K], float64]:
    return a(K + 1)(V2E[1]) + 10.0


@gtx.field_operator
def chained(a: Field[[Vertex], int32]) -> Field[[Vertex], int32]:
    there = a(E2V[0]) + 1
    return there(V2E[1]) + 10


@gtx.field_operator
def reduced(a: Field[[Vertex], float64]) -> Field[[Vertex], float64]:
    sums = neighbor_sum(a(E2V), axis=E2VDim) + 1.0
    return sums(V2E[1])


@gtx.field_operator
def all_of_them(a: Field[[Edge], float64]) -> Field[[Vertex], float64]:
    more = a + 1.0
    return neighbor_sum(more(V2E) + 1.0, axis=V2EDim)


# ---- run computed
# domain: Vertex 0..4, Edge 0..5
# V2E: rows 0 1, 2 -1, -1 3, 4 -1
# a: values 1 2 3 4 5
# expect out = 13 10 15 10

# ---- run plain
# domain: Vertex 0..4, Edge 0..5, K 0..9
# V2E: rows 0 1, 2 -1, -1 3, 4 -1
# a: Edge 0..5, K 0..10
# expect out @ Vertex 1..2: 10.0
# expect out @ Vertex 2..3: neighbor(a(K + 1), V2E, 1) + 10.0

# ---- run chained
# domain: Vertex 0..4, Edge 0..5
# V2E: rows 0 1, 2 -1, -1 3, 4 -1
# E2V: rows 0 1, 1 2, 2 3, -1 0, 3 -1
# a: values 5 6 7 8
# expect out = 17 10 11 10

# ---- run reduced
# domain: Vertex 0..4, Edge 0..5
# V2E: rows 0 1, 2 -1, -1 3, 4 -1
# E2V: rows 0 1, 1 2, 2 3, -1 0, 3 -1
# a: values 5 6 7 8
# expect out = 14 0 6 0

# ---- run all_of_them
# domain: Vertex 0..4, Edge 0..5
# V2E: rows 0 1, 2 -1, -1 3, 4 -1
# a: values 1 2 3 4 5
# expect out = 7 5 6 7
