"""Scan operators that know their level: boundary levels as sections, inputs at other levels, lookups along the column."""

import gt4py.next as gtx
from gt4py.next import Field, astype, float64, int32, minimum
from gt4py.next.experimental import as_offset, concat_where
from bise import index

I = gtx.Dimension("I")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
Koff = gtx.FieldOffset("Koff", source=K, target=(K,))

IK = Field[[I, K], float64]
Column = Field[[K], float64]


@gtx.scan_operator(axis=K, forward=True, init=(0.0, 0.0))
def eliminate(carry: tuple[float64, float64], t: float64, d: float64, n: int32) -> tuple[float64, float64]:
    """The first, the inner and the last level of an implicit diffusion; `d` is given between levels, from 1 on."""
    above = concat_where(K > 0, d, 0.0)
    below = concat_where(K < n - 1, d(K + 1), 0.0)
    factor = 1.0 / (1.0 + above + below + above * carry[0])
    return -below * factor, (t + above * carry[1]) * factor


@gtx.scan_operator(axis=K, forward=False, init=0.0)
def substitute(solution: float64, upper: float64, right: float64, n: int32) -> float64:
    return concat_where(K == n - 1, right, right - upper * solution)


@gtx.field_operator
def diffuse(t: IK, d: IK, n: int32) -> IK:
    u, r = eliminate(t, d, n)
    return substitute(u, r, n)


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def differences(total: float64, x: float64, weights: tuple[float64, float64]) -> float64:
    return total + weights[0](K + 1) * (x(K + 1) - x(K - 1)) + weights[1](Koff[-1])


@gtx.field_operator
def weighted(a: IK, w: Column, s: float64) -> IK:
    """Weights of a column, and a number, which is the same on all levels."""
    return differences(a, (w, s))


@gtx.scan_operator(axis=K, forward=False, init=0)
def last_level_above(found: int32, x: float64, threshold: float64) -> int32:
    return index(K) if x > threshold else found


@gtx.field_operator
def levels_of(a: IK, threshold: float64) -> Field[[I, K], int32]:
    return last_level_above(a, threshold)


@gtx.scan_operator(axis=K, forward=True, init=(0.0, int32(0)))
def climb(carry: tuple[float64, int32], x: float64, limit: int32) -> tuple[float64, int32]:
    """How far a lookup goes depends on what is carried."""
    distance = minimum(carry[1], limit)
    return carry[0] * 0.5 + x(as_offset(Koff, -distance)), distance + 1


@gtx.field_operator
def climbed(a: IK, limit: int32) -> IK:
    return climb(a, limit)[0]


@gtx.scan_operator(axis=K, forward=True, init=(0, 0.0))
def sections(carry: tuple[int32, float64], x: float64, n: int32) -> tuple[int32, float64]:
    pair = concat_where((K >= 2) & (K < n), (carry[0] + 1, x), carry)
    return pair[0], pair[1] + astype(pair[0], float64)


@gtx.field_operator
def in_sections(a: IK, n: int32) -> tuple[Field[[I, K], int32], IK]:
    return sections(a, n)


# ---- run diffuse
# domain: I 0..17, K 0..9
# t: K 0..9
# d: K 1..9
# n: 9

# ---- run diffuse
# domain: I 0..3, K 0..1
# t: K 0..1
# d: K 1..1
# n: 1
# expect out: t

# ---- run weighted
# domain: I 0..17, K 0..9
# a: K -1..10
# w: K 1..10

# ---- run weighted
# domain: I 0..5, K 2..4
# a: K 1..5
# w: K 3..5

# ---- run levels_of
# domain: I 0..4, K 0..3
# a: values 1 5 2 7 1 0 2 2 2 9 8 9
# threshold: 4.0
# expect out = 1 1 0 0 0 0 0 0 0 0 1 2

# ---- run climbed
# domain: I 0..17, K 0..9
# limit: 4

# ---- run in_sections
# domain: I 0..9, K 0..9
# n: 6
# expect out.0 @ K 0..2: 0
# expect out.0 @ K 6..9: 4
