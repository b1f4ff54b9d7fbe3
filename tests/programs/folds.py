"""Folds over ranges of points, used in the same operator, in the next statement and over meshes."""

import gt4py.next as gtx
from gt4py.next import (
    Field,
    abs,
    astype,
    float32,
    float64,
    int16,
    int32,
    max_over,
    maximum,
    mean_over,
    min_over,
    minimum,
    neighbor_sum,
    sum_over,
    where,
)
from gt4py.next.experimental import as_offset, concat_where

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
Ioff = gtx.FieldOffset("Ioff", source=I, target=(I,))
Koff = gtx.FieldOffset("Koff", source=K, target=(K,))
Vertex = gtx.Dimension("Vertex")
Edge = gtx.Dimension("Edge")
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))

IJ = Field[[I, J], float64]
IJK = Field[[I, J, K], float64]
Number = Field[[], float64]


@gtx.field_operator
def fastest(u: IJ, v: IJ, nx: int32, ny: int32) -> Number:
    return max_over(maximum(abs(u), abs(v)), domain={I: (0, nx), J: (0, ny)})


@gtx.field_operator
def moved(u: IJ, v: IJ, speed: Number, dx: float64) -> tuple[IJ, IJ]:
    dt = 0.5 * dx / speed
    return u - dt * (u(I + 1) - u), v - dt * (v(J + 1) - v)


@gtx.program
def step(u: IJ, v: IJ, speed: Number, a: IJ, b: IJ, dx: float64, nx: int32, ny: int32):
    """The time step follows from the fastest wind: no host code between."""
    fastest(u, v, nx, ny, out=speed)
    moved(u, v, speed, dx, out=(a, b))


# ---- run step
# domain: I 0..70, J 0..21
# u: I 0..71
# v: J 0..22
# speed: ;0
# dx: 0.1
# nx: 70
# ny: 21


@gtx.field_operator
def normalised(f: IJK, n: int32, m: int32) -> IJK:
    """In one operator: means of layers, and how far from them, by the largest of that in a column."""
    mean = mean_over(f, domain={I: (0, n), J: (0, m)})
    off = f - mean
    return off / max_over(abs(off), domain={K: (0, 9)})


# ---- run normalised
# domain: I 0..33, J 0..5, K 0..9
# f: I 0..40
# n: 33
# m: 5

# ---- run normalised
# domain: I 0..3, J 0..40, K 0..9
# n: 3
# m: 40


@gtx.field_operator
def small(a: Field[[I, J], int16], b: Field[[I, J], float32], n: int32) -> tuple[
    Field[[I], int16], Field[[J], int16], Field[[J], float32], Field[[I], float32]
]:
    """Sums that wrap; ranges with a few points, one, none."""
    return (
        sum_over(a, domain={J: (0, n)}),
        min_over(a, domain={I: (n, n + 1)}),
        max_over(b * 0.5, domain={I: (1, n - 4)}),
        sum_over(b, domain={J: (minimum(n, 3), n % 7)}),
    )


# ---- run small
# domain: I 0..8, J 0..9
# a: ; special
# n: 7

# ---- run small
# domain: I 0..8, J 0..9
# n: 2


@gtx.field_operator
def long(f: Field[[I], float64], n: int32) -> tuple[Field[[I], float64], Number]:
    """Several blocks; a stencil, pieces and a read at a computed distance inside."""
    curved = f(I + 1) - 2.0 * f + f(I - 1)
    edge = concat_where(I < 1000, curved, f(as_offset(Ioff, astype(2.0 * f, int32))))
    total = sum_over(edge, domain={I: (1, n)})
    return f / total, min_over(edge, domain={I: (n // 2, n)})


# ---- run long
# domain: I 0..2200
# f: I -1..2201
# n: 2150


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def running(carry: float64, x: float64) -> float64:
    return 0.5 * carry + x


@gtx.field_operator
def columns(f: IJK) -> IJK:
    """Of what a scan gives, and given to one."""
    s = running(f)
    total = sum_over(s, domain={K: (2, 9), I: (0, 12)})
    return running(f + total)


# ---- run columns
# domain: I 0..12, J 0..4, K 0..9


@gtx.field_operator
def top(f: IJK) -> IJ:
    """No output has the levels that the scan is to run over."""
    return max_over(running(f), domain={K: (0, 3)})


# ---- run top
# domain: I 0..12, J 0..4, K 0..9
# refuse: B0501


@gtx.field_operator
def inside(f: IJ, n: int32) -> IJ:
    """A fold is the same in all rounds, and chooses like any number."""
    x = f
    while x > sum_over(abs(f), domain={J: (0, n)}) / 4.0:
        x = 0.5 * x
    return where(mean_over(f, domain={I: (0, n), J: (0, n)}) > 0.0, x, -x)


# ---- run inside
# domain: I 0..9, J 0..9
# n: 9


@gtx.field_operator
def around(e: Field[[Edge, K], float64], n: int32) -> Field[[Vertex, K], float64]:
    """Of neighbours, and over the rows of a mesh."""
    v = neighbor_sum(e(V2E), axis=V2EDim)
    return v / sum_over(v, domain={Vertex: (0, n)}) + max_over(e, domain={K: (0, 3), Edge: (0, 7)})


# ---- run around
# domain: Vertex 0..30, Edge 0..20, K 0..4
# V2E: random 30x4 of 20; skips 0.2
# n: 30


@gtx.field_operator
def sparse(e: Field[[Edge, K], float64], w: Field[[Vertex, V2EDim, K], float64], n: int32) -> Field[[Vertex], float64]:
    """Of neighbours each by itself; they are folded after, or one is taken."""
    each = sum_over(e(V2E) * w, domain={K: (1, n)})
    return neighbor_sum(each, axis=V2EDim) + max_over(e(V2E), domain={K: (0, n)})[V2EDim(1)]


# ---- run sparse
# domain: Vertex 0..30, Edge 0..20, K 0..4, V2E 0..4
# V2E: random 30x4 of 20
# n: 4


@gtx.field_operator
def beyond(f: IJ, n: int32) -> Field[[I], float64]:
    return sum_over(f, domain={J: (0, n)})


# ---- run beyond
# domain: I 0..4, J 0..5
# n: 6
# refuse: B0501

# ---- run beyond
# domain: I 0..4, J 0..5
# out: I 0..5
# n: 3
# refuse: B0501

# ---- run beyond
# domain: I 0..4, J 0..5
# out: I 0..9
# n: 0
# expect out: 0.0
