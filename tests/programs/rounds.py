"""`while`: rounds at each point for as long as a condition holds there."""

import gt4py.next as gtx
from gt4py.next import (
    Field,
    abs,
    broadcast,
    exp,
    float32,
    float64,
    int32,
    max_over,
    minimum,
    neighbor_sum,
    where,
)
from gt4py.next.experimental import as_offset, concat_where

I = gtx.Dimension("I")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
Koff = gtx.FieldOffset("Koff", source=K, target=(K,))
Vertex = gtx.Dimension("Vertex")
Edge = gtx.Dimension("Edge")
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))

Line = Field[[I], float64]
IK = Field[[I, K], float64]
Count = Field[[I], int32]


@gtx.field_operator
def halvings(a: Line) -> tuple[Line, Count]:
    """Numbers become fields: each point has its own."""
    x, n = a, 0
    while x >= 1.0:
        x, n = 0.5 * x, n + 1
    return x, n


@gtx.field_operator
def saturated(t: IK) -> IK:
    return 611.2 * exp(17.67 * (t - 273.15) / (t - 29.65))


@gtx.field_operator
def adjust(t: IK, q: IK, p: IK) -> tuple[IK, IK, Field[[I, K], int32]]:
    """Saturation adjustment: what is too much of the vapour condenses, and warms, by Newton's method."""
    heat = 2.5e6 / 1004.0
    warm = t
    n = 0
    off = broadcast(1.0, (I, K))
    while (abs(off) > 1.0e-9) & (n < 20):
        most = 0.622 * saturated(warm) / p
        slope = most * 17.67 * 243.5 / ((warm - 29.65) * (warm - 29.65))
        off = where(q > most, (warm - t - heat * (q - most)) / (1.0 + heat * slope), 0.0)
        warm = warm - off
        n = n + 1
    return warm, q - (warm - t) / heat, n


@gtx.field_operator
def collatz(a: Count, most: int32) -> tuple[Count, Count]:
    """A `while` in a `while`: odd numbers are tripled, then halved as often as that goes."""
    x, odd = a, broadcast(0, (I,))
    while (x > 1) & (odd < most):
        x, odd = where(x % 2 == 1, 3 * x + 1, x), odd + 1
        while x % 2 == 0:
            x = x // 2
    return x, odd


@gtx.field_operator
def smoothed(a: Line) -> Line:
    return 0.5 * (a(I - 1) + a(I + 1))


@gtx.field_operator
def up_to_neighbours(a: Line, step: float64) -> Line:
    """What is read elsewhere is the same in all rounds; the result is read elsewhere too."""
    x = a
    while x < smoothed(a):
        x = x + step
    return x(I + 1) - x


@gtx.field_operator
def pieces(a: Line, n: int32) -> Line:
    x = a
    while x < 10.0:
        x = concat_where(I < n, 2.0 * x + 1.0, x + 5.0)
    return x


@gtx.field_operator
def never(x: float64, n: int32) -> float64:
    """Does not end where `n` is negative."""
    while n != 0:
        x, n = x + 1.0, n - 1
    return x


@gtx.field_operator
def in_branches(a: Line, n: int32) -> Line:
    """What is in a branch that is not taken does not go on for ever."""
    m = 7.0
    if n > 0:
        k = n
        while k != 0:
            k = k - 2 if k > 1 else k - 1
            m = m + 1.0
    else:
        m = never(m, n) if n >= 0 else -1.0
    return a * m


@gtx.field_operator
def swaps(a: Line, b: Line) -> tuple[Line, Line]:
    """Euclid's algorithm."""
    while b != 0.0:
        a, b = b, a % b
    return a, b


@gtx.field_operator
def columns(a: Line, b: IK) -> tuple[IK, IK]:
    """Over all dimensions of what is carried and of the condition."""
    x, total = a, (0.0, 1.0)
    while x < b:
        x = x + 1.0
        total = total[0] + x, total[1] * 0.5
    return x, total[0] + total[1]


@gtx.field_operator
def of_columns(a: Line, b: IK) -> tuple[IK, Line]:
    """Rounds of columns, in loops over levels too."""
    x = a
    while x < 4.0:
        x = x + 1.5
    return x * b + x(I + 1), x


@gtx.scan_operator(axis=K, forward=True, init=(0.0, 0))
def melts(carry: tuple[float64, int32], x: float64) -> tuple[float64, int32]:
    """In a scan, of the numbers of a level."""
    left, n = carry[0] + x, 0
    while left > 1.0:
        if left > 3.0:
            left = left - 2.0
        else:
            left = left - 0.75
        n = n + 1
    return left, n


@gtx.field_operator
def melted(a: IK) -> tuple[IK, Field[[I, K], int32]]:
    return melts(a)


@gtx.scan_operator(axis=K, forward=False, init=0.0)
def looks_down(carry: float64, x: float64, n: int32) -> float64:
    """A search along the column, in a scan: the first level below that holds more."""
    steps, found = int32(0), x
    while (steps < n) & (found <= carry):
        steps = steps + 1
        found = x(as_offset(Koff, minimum(steps, 2)))
    return found


@gtx.field_operator
def looked(a: IK, n: int32) -> IK:
    return looks_down(a, n)


@gtx.field_operator
def mesh_rounds(e: Field[[Edge], float64], v: Field[[Vertex], float64]) -> Field[[Vertex], float64]:
    """Sums over neighbours are computed before the first round."""
    x = v
    while x < neighbor_sum(e(V2E), axis=V2EDim):
        x = x + max_over(e(V2E), axis=V2EDim) + 0.25
    return x


@gtx.field_operator
def in_float32(a: Field[[I], float32]) -> Field[[I], float32]:
    """A literal takes the type of what it becomes."""
    x = 1.0
    while x < a:
        x = x + 0.25 * a
    return x


# ---- run halvings
# domain: I 0..37
# a: random 0..4000
# ---- run halvings
# domain: I 0..9
# a: values 0.5 1 2 3 4 1024 -1 0 7
# expect out.0 = 0.5 0.5 0.5 0.75 0.5 0.5 -1 0 0.875
# expect out.1 = 0 1 2 2 3 11 0 0 3

# ---- run adjust
# domain: I 0..13, K 0..5
# t: random 270..305
# q: random 0.0..0.03
# p: 90000.0

# ---- run collatz
# domain: I 0..12
# a: values 1 2 3 4 5 6 7 27 9 1 0 -3
# most: 1000
# expect out.0 = 1 1 1 1 1 1 1 1 1 1 0 -3
# expect out.1 = 0 1 2 1 1 3 5 41 6 0 0 0

# ---- run up_to_neighbours
# domain: I 0..21
# a: I -1..23; random 0..9
# step: 0.125

# ---- run pieces
# domain: I 0..21
# n: 11
# a: random 0..9

# ---- run pieces
# domain: I 0..5
# n: -3
# a: 1.0
# expect out: 11.0

# ---- run in_branches
# domain: I 0..5
# n: 5
# expect out: a * 10.0

# ---- run in_branches
# domain: I 0..5
# n: -3
# expect out: -a

# ---- run in_branches
# domain: I 0..5
# n: 0
# expect out: a * 7.0

# ---- run swaps
# domain: I 0..5
# a: values 12 18 7 0 1071
# b: values 18 12 5 9 462
# expect out.0 = 6 6 1 9 21
# expect out.1: 0.0

# ---- run columns
# domain: I 0..9, K 0..6
# a: I 0..9; random 0..9
# b: random 0..9

# ---- run of_columns
# domain: I 0..9, K 0..6
# a: I 0..10; random 0..9

# ---- run melted
# domain: I 0..17, K 0..9
# a: random 0..7

# ---- run looked
# domain: I 0..9, K 0..5
# a: K 0..7
# n: 3

# ---- run mesh_rounds
# domain: Vertex 0..20
# e: Edge 0..50; random 0..1
# v: random 0..1
# V2E: random 20x6 of 50; skips 0.2

# ---- run in_float32
# domain: I 0..11
# a: random 0..30
