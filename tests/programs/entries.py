"""One entry of a field over neighbours, by its number."""

import gt4py.next as gtx
from gt4py.next import Field, float64, int32, neighbor_sum, where
from gt4py.next.experimental import concat_where

Vertex = gtx.Dimension("Vertex")
Edge = gtx.Dimension("Edge")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
E2VDim = gtx.Dimension("E2V", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))
E2V = gtx.FieldOffset("E2V", source=Vertex, target=(Edge, E2VDim))

OnVertices = Field[[Vertex], float64]
OnEdges = Field[[Edge], float64]
Weights = Field[[Vertex, V2EDim], float64]


@gtx.field_operator
def given(w: Weights) -> OnVertices:
    return w[V2EDim(0)] - 2.0 * w[V2EDim(3)]


@gtx.field_operator
def taken(a: OnEdges) -> OnVertices:
    return a(V2E)[V2EDim(1)]


@gtx.field_operator
def neighbor(a: OnEdges) -> OnVertices:
    return a(V2E[1])


@gtx.field_operator
def computed(w: Weights, a: OnEdges, q: OnVertices) -> OnVertices:
    flux = where(w > 0.5, w * a(V2E), a(V2E) - q)
    return flux[V2EDim(2)] + flux[V2EDim(0)] * q


@gtx.field_operator
def differences(w: Weights, a: OnEdges) -> Weights:
    flux = w * a(V2E)
    return flux - flux[V2EDim(0)]


@gtx.field_operator
def of_neighbors(w: Weights) -> OnEdges:
    return w(E2V[0])[V2EDim(1)] + w[V2EDim(1)](E2V[1])


@gtx.field_operator
def two(q: OnVertices) -> OnVertices:
    all_of_all = q(E2V)(V2E)
    return all_of_all[V2EDim(1)][E2VDim(0)] + neighbor_sum(all_of_all[V2EDim(0)], axis=E2VDim)


@gtx.field_operator
def folded(q: OnVertices) -> OnVertices:
    return neighbor_sum(q(E2V)(V2E), axis=E2VDim)[V2EDim(2)]


@gtx.field_operator
def in_pieces(w: Field[[Vertex, V2EDim, K], float64], a: OnEdges, n: int32) -> Field[[Vertex, K], float64]:
    return concat_where(K < n, w, a(V2E))[V2EDim(1)]


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def summed(carry: float64, x: float64) -> float64:
    return carry + x


@gtx.field_operator
def of_sums(w: Field[[Vertex, V2EDim, K], float64]) -> Field[[Vertex, K], float64]:
    return summed(w)[V2EDim(0)] + summed(w[V2EDim(1)])


# ---- run given
# domain: Vertex 0..30, V2E 0..4

# ---- run taken
# domain: Vertex 0..30, Edge 0..50
# V2E: random 30x4 of 50

# ---- run taken
# domain: Vertex 0..30, Edge 0..50
# V2E: random 30x4 of 50; skips 0.3

# ---- run neighbor
# domain: Vertex 0..30, Edge 0..50
# V2E: random 30x4 of 50; skips 0.3

# ---- run computed
# domain: Vertex 0..30, Edge 0..50, V2E 0..4
# V2E: random 30x4 of 50

# ---- run computed
# domain: Vertex 0..30, Edge 0..50, V2E 0..4
# V2E: random 30x4 of 50; skips 0.3

# ---- run differences
# domain: Vertex 0..30, Edge 0..50, V2E 0..4
# V2E: random 30x4 of 50

# ---- run of_neighbors
# domain: Vertex 0..30, Edge 0..50, V2E 0..4
# E2V: random 50x2 of 30

# ---- run two
# domain: Vertex 0..30, Edge 0..50
# V2E: random 30x4 of 50
# E2V: random 50x2 of 30

# ---- run folded
# domain: Vertex 0..30, Edge 0..50
# V2E: random 30x4 of 50
# E2V: random 50x2 of 30; skips 0.3

# ---- run in_pieces
# domain: Vertex 0..30, Edge 0..50, V2E 0..4, K 0..7
# V2E: random 30x4 of 50
# n: 3

# ---- run of_sums
# domain: Vertex 0..30, V2E 0..4, K 0..7
