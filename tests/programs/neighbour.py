"""Connectivities: one neighbour, all neighbours, reductions, skip values, columns on a mesh."""

import gt4py.next as gtx
from gt4py.next import Field, float32, float64, int32, max_over, min_over, neighbor_sum, where

Vertex = gtx.Dimension("Vertex")
Edge = gtx.Dimension("Edge")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
E2VDim = gtx.Dimension("E2V", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))
E2V = gtx.FieldOffset("E2V", source=Vertex, target=(Edge, E2VDim))


@gtx.field_operator
def gradient(a: Field[[Vertex], float64]) -> Field[[Edge], float64]:
    return a(E2V[1]) - a(E2V[0])


@gtx.field_operator
def total(a: Field[[Edge], float64]) -> Field[[Vertex], float64]:
    return neighbor_sum(a(V2E), axis=V2EDim)


@gtx.field_operator
def total_k(a: Field[[Edge, K], float64]) -> Field[[Vertex, K], float64]:
    return neighbor_sum(a(V2E) * 2.0, axis=V2EDim)


@gtx.field_operator
def weighted(
    a: Field[[Edge, K], float64], weight: Field[[Vertex, V2EDim], float64]
) -> Field[[Vertex, K], float64]:
    return neighbor_sum(a(V2E) * weight, axis=V2EDim) / neighbor_sum(weight, axis=V2EDim)


@gtx.field_operator
def extremes(a: Field[[Edge], float64]) -> tuple[Field[[Vertex], float64], Field[[Vertex], float64]]:
    return max_over(a(V2E), axis=V2EDim), min_over(a(V2E), axis=V2EDim)


@gtx.field_operator
def integers(a: Field[[Edge], int32]) -> tuple[Field[[Vertex], int32], Field[[Vertex], int32], Field[[Vertex], int32]]:
    there = a(V2E)
    return neighbor_sum(there, axis=V2EDim), max_over(there, axis=V2EDim), min_over(there, axis=V2EDim)


@gtx.field_operator
def single(a: Field[[Edge, K], float32]) -> Field[[Vertex, K], float32]:
    return max_over(where(a(V2E) > 0.5, a(V2E), 0.0), axis=V2EDim)


@gtx.field_operator
def laplacian(a: Field[[Vertex, K], float64]) -> Field[[Vertex, K], float64]:
    edges = a(E2V[1]) - a(E2V[0])
    return neighbor_sum(edges(V2E), axis=V2EDim)


@gtx.field_operator
def vertical(a: Field[[Edge, K], float64]) -> Field[[Vertex, K], float64]:
    return neighbor_sum(a(V2E)(K + 1) - a(V2E), axis=V2EDim)


@gtx.field_operator
def there_and_back(a: Field[[Edge], float64]) -> Field[[Edge], float64]:
    return neighbor_sum(neighbor_sum(a(V2E), axis=V2EDim)(E2V), axis=E2VDim)


@gtx.field_operator
def all_of_one(a: Field[[Vertex], float64], b: Field[[Edge], float64]) -> Field[[Vertex], float64]:
    return neighbor_sum(b(V2E) * a + 1.0, axis=V2EDim)


# ---- run gradient
# domain: Vertex 0..50, Edge 0..100
# E2V: random 100x2 of 50
# expect out: neighbor(a, E2V, 1) - neighbor(a, E2V, 0)

# ---- run gradient
# domain: Vertex 0..50, Edge 0..100
# out: Edge 13..77
# E2V: random 100x2 of 50; int64
# expect out: neighbor(a, E2V, 1) - neighbor(a, E2V, 0)

# ---- run total
# domain: Vertex 0..50, Edge 0..100
# V2E: random 50x6 of 100
# expect out: neighbor_sum(a, V2E)

# ---- run total
# domain: Vertex 0..50, Edge 0..100
# V2E: random 50x6 of 100; skips 0.3; int64
# expect out: neighbor_sum(a, V2E)

# ---- run total
# domain: Vertex 0..3, Edge 0..4
# a: linear
# V2E: rows 0 1, -1 -1, 3 -1
# expect out = 4 0 7

# ---- run total_k
# mesh: icosahedral 1
# domain: K 0..7
# expect out: 2 * neighbor_sum(a, V2E)

# ---- run total_k
# mesh: icosahedral 1
# domain: K 0..35
# out: Vertex 3..40, K 1..34
# expect out: 2 * neighbor_sum(a, V2E)

# ---- run weighted
# domain: Vertex 0..30, Edge 0..50, K 0..9, V2E 0..4
# V2E: random 30x4 of 50
# weight: random 0.5..2
# expect out: neighbor_sum(a * weight, V2E) / neighbor_sum(weight, V2E)

# ---- run weighted
# domain: Vertex 0..30, Edge 0..50, K 0..9, V2E 0..6
# V2E: random 30x6 of 50; skips 0.1
# weight: random 0.5..2
# expect out: neighbor_sum(a * weight, V2E) / neighbor_sum(weight, V2E)

# ---- run extremes
# domain: Vertex 0..50, Edge 0..100
# V2E: random 50x5 of 100
# expect out.0: max_over(a, V2E)
# expect out.1: min_over(a, V2E)

# ---- run extremes
# domain: Vertex 0..50, Edge 0..100
# V2E: random 50x3 of 100; skips 0.6
# expect out.0: max_over(a, V2E)
# expect out.1: min_over(a, V2E)

# ---- run integers
# domain: Vertex 0..50, Edge 0..100
# V2E: random 50x3 of 100; skips 0.2
# expect out.0: neighbor_sum(a, V2E)

# ---- run integers
# domain: Vertex 0..2, Edge 0..3
# a: values 4 -7 2
# V2E: rows 0 1 2, -1 -1 -1
# expect out.0 = -1 0
# expect out.1 = 4 -2147483648
# expect out.2 = -7 2147483647

# ---- run single
# mesh: icosahedral 0
# domain: K 0..33
# a: random 0..1

# ---- run laplacian
# mesh: icosahedral 1
# domain: K 0..5
# expect out: neighbor_sum(neighbor(a, E2V, 1) - neighbor(a, E2V, 0), V2E)

# ---- run vertical
# mesh: icosahedral 1
# domain: K 0..5
# a: K 0..6
# expect out: neighbor_sum(a(K + 1) - a, V2E)

# ---- run there_and_back
# mesh: icosahedral 1
# expect out: neighbor_sum(neighbor_sum(a, V2E), E2V)

# ---- run all_of_one
# domain: Vertex 0..20, Edge 0..30
# V2E: random 20x4 of 30; skips 0.2
# expect out: a * neighbor_sum(b, V2E) + neighbor_sum(1, V2E)
