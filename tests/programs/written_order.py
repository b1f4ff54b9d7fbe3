"""Dimensions in the order of the user's choice: in annotations, aliases and tuples, of operators, scans and programs."""

import gt4py.next as gtx
from gt4py.next import Dims, Field, float64, int32

K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
Y = gtx.Dimension("Y")
X = gtx.Dimension("X")

Edge = gtx.Dimension("Edge")
Vertex = gtx.Dimension("Vertex")
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))

KYX = Field[[K, Y, X], float64]
YX = Field[Dims[Y, X], float64]
Pair = tuple[KYX, YX]


@gtx.field_operator
def difference(a: KYX, b: YX) -> KYX:
    return a(K + 1) - b(Y - 1) + a(X + 1)


@gtx.field_operator
def undeclared(a: KYX, b: YX):
    return a * b


@gtx.field_operator
def pairs(p: Pair) -> tuple[YX, Field[[Y, K, X], float64]]:
    return p[1] * 2.0, undeclared(p[0], p[1])


@gtx.field_operator
def pairs_of(a: KYX, b: YX) -> tuple[YX, Field[[Y, K, X], float64]]:
    return pairs((a, b))


@gtx.field_operator
def spread(a: Field[[K], float64], b: YX) -> Field[[X, K, Y], float64]:
    c: Field[[Y, X, K], float64] = a + b
    return c


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def running(total: float64, a: float64) -> float64:
    return total + a


@gtx.field_operator
def columns(a: KYX) -> KYX:
    return running(a)


@gtx.field_operator
def around(f: Field[[K, Edge], float64], w: Field[[V2EDim, Vertex], float64]) -> Field[[K, Vertex], float64]:
    return gtx.neighbor_sum(f(V2E) * w, axis=V2EDim)


@gtx.program
def inner(a: KYX, b: YX, out: KYX, n: int32):
    difference(a, b, out=out[1:-1, :-1, 2:])
    difference(a, b, out=out, domain={X: (0, 1), K: (0, n), Y: (0, 2)})


# ---- run difference
# domain: K 0..4, Y 0..3, X 0..5
# a: K 0..5, X 0..6
# b: Y -1..2
# expect out: a(K + 1) - b(Y - 1) + a(X + 1)

# ---- run undeclared
# domain: K 0..4, Y 0..3, X 0..5
# expect out: a * b

# ---- run pairs
# domain: K 0..4, Y 0..3, X 0..5

# ---- run pairs_of
# domain: K 0..4, Y 0..3, X 0..5
# expect out.0: 2 * b
# expect out.1: a * b

# ---- run spread
# domain: K 0..4, Y 0..3, X 0..5
# expect out: a + b

# ---- run columns
# domain: K 0..3, Y 0..3, X 0..5
# a: index K
# expect out: K * (K + 1) / 2

# ---- run around
# domain: K 0..4, Vertex 0..9, Edge 0..30
# V2E: random 9x3 of 30
# w: V2E 0..3
# expect out: neighbor_sum(f * w, V2E)

# ---- run inner
# domain: K 0..4, Y 0..3, X 0..5
# a: K 0..5, X 0..6
# b: Y -1..3
# n: 2
# expect out @ K 1..3, Y 0..2, X 2..5: a(K + 1) - b(Y - 1) + a(X + 1)
# expect out @ K 0..2, Y 0..2, X 0..1: a(K + 1) - b(Y - 1) + a(X + 1)
# expect out @ K 3..4: old
