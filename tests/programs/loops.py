"""Loops of programs: levels whose results are read beside them, time steps, strips, loops in loops."""

import gt4py.next as gtx
from gt4py.next import Field, float64, int32, int64, maximum, minimum, neighbor_sum
from gt4py.next.experimental import concat_where

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
Vertex = gtx.Dimension("Vertex")
Edge = gtx.Dimension("Edge")
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))
E2VDim = gtx.Dimension("E2V", kind=gtx.DimensionKind.LOCAL)
E2V = gtx.FieldOffset("E2V", source=Vertex, target=(Edge, E2VDim))

IJ = Field[[I, J], float64]
IJK = Field[[I, J, K], float64]
IK = Field[[I, K], float64]


@gtx.field_operator
def inflow(a: IJK, b: IJK) -> IJK:
    return a + 0.5 * b(K - 1)


@gtx.field_operator
def slope(t: IJK) -> IJK:
    return t(I + 1) - t(I - 1)


@gtx.field_operator
def handed_on(s: IJK) -> IJK:
    return 0.5 * s(K - 1)


@gtx.field_operator
def balance(b: IJK, c: IJK, s: IJK) -> IJK:
    return b(K - 1) + 0.25 * c + s


@gtx.field_operator
def added(total: IJ, b: IJK) -> IJK:
    return total + b


@gtx.field_operator
def same(b: IJK) -> IJK:
    return b


@gtx.program
def forward(a: IJK, b: IJK, c: IJK, t: IJK, s: IJK, r: IJK, nx: int32, ny: int32, nz: int32):
    """Statement by statement, level by level: one reads its neighbours on this level, one writes the level above."""
    for k in range(1, nz):
        inflow(a, b, out=t, domain={I: (0, nx), J: (0, ny), K: (k, k + 1)})
        slope(t, out=s, domain={I: (1, nx - 1), J: (0, ny), K: (k, k + 1)})
        handed_on(s, out=c, domain={I: (1, nx - 1), J: (0, ny), K: (k + 1, k + 2)})
        balance(b, c, s, out=b, domain={I: (1, nx - 1), J: (0, ny), K: (k, k + 1)})
        same(b, out=r, domain={I: (0, nx), J: (0, ny), K: (nz - 1 - k, nz - k)})


# ---- run forward
# domain: I 0..23, J 0..4, K 0..8
# c: K 0..9
# nx: 23
# ny: 4
# nz: 8
# expect t @ K 1..2: a + 0.5 * b(K - 1)


@gtx.field_operator
def below(x: IK) -> IK:
    return x(K + 1) + x


@gtx.program
def backward(x: IK, n: int64):
    for k in range(n - 2, -1, -1):
        below(x, out=x, domain={I: (0, 9), K: (k, k + 1)})


# ---- run backward
# domain: I 0..9, K 0..4
# n: 4
# expect x @ K 3..4: old
# expect x @ K 2..3: old(K + 1) + old
# expect x @ K 1..2: old(K + 2) + old(K + 1) + old
# expect x @ K 0..1: old(K + 3) + old(K + 2) + old(K + 1) + old

# ---- run backward
# domain: I 0..9, K 0..4
# n: 1
# expect x: old

# ---- run backward
# domain: I 0..9, K 0..4
# n: 6
# refuse: B0507


@gtx.field_operator
def stepped(x: IK, t: int32, dt: float64) -> IK:
    return x + dt * float64(t)


@gtx.program
def time(x: IK, y: IK, steps: int32, dt: float64):
    """Rounds that differ in a number only."""
    for t in range(1, steps + 1):
        stepped(x, t, dt, out=y)
        stepped(y, t, 1.0, out=x)


# ---- run time
# domain: I 0..40, K 0..3
# x: linear
# steps: 5
# dt: 0.5
# expect x: old + 15 * 1.5
# expect y: x + 10 * 1.5 + 2.5

# ---- run time
# domain: I 0..40, K 0..3
# steps: 0
# expect x: old
# expect y: old


@gtx.field_operator
def smoothed(x: Field[[I], float64]) -> Field[[I], float64]:
    return 0.5 * (x(I - 1) + x(I + 1))


@gtx.program
def red_and_black(x: Field[[I], float64], n: int32, sweeps: int32):
    """Loops in loops: strips of one point, every other one at a time."""
    for _ in range(sweeps):
        for i in range(1, n - 1, 2):
            smoothed(x, out=x, domain={I: (i, i + 1)})
        for i in range(2, n - 1, 2):
            smoothed(x, out=x, domain={I: (i, i + 1)})


# ---- run red_and_black
# domain: I 0..30
# n: 30
# sweeps: 3
# expect x @ I 0..1: old

# ---- run red_and_black
# domain: I 0..30
# n: 30
# sweeps: 1
# expect x @ I 1..2: 0.5 * (old(I - 1) + old(I + 1))
# expect x @ I 28..29: 0.5 * (0.5 * (old(I - 2) + old) + old(I + 1))


@gtx.field_operator
def above_and_below(x: IK, k: int32, n: int32) -> IK:
    return concat_where(K < k, x(I + 1), concat_where((k <= K) & (K < n - k), 2.0 * x, -x))


@gtx.program
def pieces(x: IK, y: IK, n: int32):
    """The ends of pieces come in another order in every round."""
    for k in range(n):
        above_and_below(x, k, n, out=y, domain={I: (0, 9), K: (0, n)})
        above_and_below(y, k, n, out=x, domain={I: (0, 8), K: (maximum(0, k - 2), minimum(n, k + 3))})


# ---- run pieces
# domain: I 0..10, K 0..12
# n: 12


@gtx.field_operator
def to_edges(v: Field[[Vertex], float64]) -> Field[[Edge], float64]:
    return v(E2V[1]) - v(E2V[0])


@gtx.field_operator
def to_vertices(e: Field[[Edge], float64], v: Field[[Vertex], float64]) -> Field[[Vertex], float64]:
    return v + 0.1 * neighbor_sum(e(V2E), axis=V2EDim)


@gtx.program
def diffusion(v: Field[[Vertex], float64], e: Field[[Edge], float64], steps: int32):
    for _ in range(steps):
        to_edges(v, out=e)
        to_vertices(e, v, out=v)


# ---- run diffusion
# mesh: icosahedral 1
# steps: 4
