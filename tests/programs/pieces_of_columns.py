"""Sweeps and gathers over pieces: boundary levels of an implicit solver, lookups along a column."""

import gt4py.next as gtx
from gt4py.next import Field, astype, float32, float64, int8, int32, int64, minimum, where
from gt4py.next.experimental import as_offset, concat_where
from bise import index

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
Ioff = gtx.FieldOffset("Ioff", source=I, target=(I,))
Koff = gtx.FieldOffset("Koff", source=K, target=(K,))

IJ = Field[[I, J], float64]
IK = Field[[I, K], float64]
IJK = Field[[I, J, K], float64]


@gtx.scan_operator(axis=K, forward=True, init=(0.0, 0.0))
def eliminate(
    carry: tuple[float64, float64], lower: float64, diagonal: float64, upper: float64, right: float64
) -> tuple[float64, float64]:
    factor = 1.0 / (diagonal - lower * carry[0])
    return upper * factor, (right - lower * carry[1]) * factor


@gtx.scan_operator(axis=K, forward=False, init=0.0)
def substitute(solution: float64, upper: float64, right: float64) -> float64:
    return right - upper * solution


@gtx.field_operator
def diffuse(t: IJK, d: IJK, top: IJ, bottom: IJ, dt: float64, n: int32) -> IJK:
    """Implicit vertical diffusion with fluxes given at the ends: `d` is given between levels, from 1 to n - 1."""
    above = concat_where(K > 0, dt * d, 0.0)
    below = concat_where(K < n - 1, dt * d(K + 1), 0.0)
    right = concat_where(K == 0, t + dt * top, concat_where(K == n - 1, t - dt * bottom, t))
    u, r = eliminate(-above, 1.0 + above + below, -below, right)
    return substitute(u, r)


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def total(carry: float64, x: float64) -> float64:
    return carry + x


@gtx.field_operator
def of_parts(a: IK, b: IK, n: int32) -> IK:
    return concat_where(K < n, total(concat_where(0 <= K < 2, a, b)), -1.0)


@gtx.field_operator
def numbered(a: IK) -> IK:
    return a * astype(index(K), float64) + astype(index(I) * 2, float64)


@gtx.field_operator
def moved_index(n: int32) -> Field[[I, K], int32]:
    return concat_where(K < n, index(K) - index(I), index(K) + index(I))


@gtx.field_operator
def looked_up(a: IK, d: Field[[I, K], int32]) -> IK:
    return a(as_offset(Koff, d))


@gtx.field_operator
def narrow(a: Field[[I, K], float32], d: Field[[I, K], int8]) -> Field[[I, K], float32]:
    return a(as_offset(Koff, d))


@gtx.field_operator
def by_column(a: IK, d: Field[[I], int64]) -> IK:
    return a(as_offset(Koff, d))


@gtx.field_operator
def constant(a: IK, d: int32) -> IK:
    return a(as_offset(Koff, d))


@gtx.field_operator
def across(a: IK, d: Field[[I, K], int32]) -> IK:
    return a(as_offset(Ioff, d))


@gtx.field_operator
def computed(a: IK, b: IK, d: Field[[I, K], int32]) -> IK:
    """What is looked up is computed, and so is the place."""
    x = a(K + 1) * b + a
    return x(as_offset(Koff, d + 1)) - x


@gtx.field_operator
def twice(a: IK, d: Field[[I, K], int32]) -> IK:
    """The level that a lookup leads to says where to look next."""
    there = d(as_offset(Koff, d))
    return a(as_offset(Koff, d + there))


@gtx.field_operator
def remapped(mass: IK, k: Field[[I, K], int32], w: IK) -> IK:
    """Totals from the top at places between levels: a gather of a sweep, as in a remapping to other levels."""
    above = total(mass)
    here = above(as_offset(Koff, k - index(K)))
    return total((1.0 - w) * here + w * mass)


@gtx.scan_operator(axis=K, forward=True, init=(0.0, 0.0))
def rain(carry: tuple[float64, float64], q: float64, from_above: float64) -> tuple[float64, float64]:
    flux = carry[0] + minimum(q, 0.5)
    return flux, carry[1] + from_above * flux


@gtx.field_operator
def sedimentation(q: IK, d: Field[[I, K], int32]) -> tuple[IK, IK]:
    return rain(q, q(as_offset(Koff, d)))


@gtx.field_operator
def looked_up_in_part(a: IK, d: Field[[I, K], int32], n: int32) -> IK:
    return concat_where(K < n, 0.0, a(as_offset(Koff, -d)))


# ---- run diffuse
# domain: I 0..7, J 0..5, K 0..11
# d: K 1..11; random 0.5..1.5
# dt: 0.1
# n: 11

# ---- run diffuse
# domain: I 0..7, J 0..5, K 0..11
# d: 0.0
# top: 0.0
# bottom: 0.0
# dt: 0.1
# n: 11
# expect out: t

# ---- run diffuse
# domain: I 0..3, J 0..2, K 0..1
# d: K 1..1
# bottom: 0.0
# dt: 0.25
# n: 1
# expect out: t + 0.25 * top

# ---- run of_parts
# domain: I 0..9, K 0..4
# a: K 0..2
# b: K 2..4
# n: 3
# expect out @ K 0..1: a
# expect out @ K 1..2: a(K - 1) + a
# expect out @ K 2..3: a(K - 2) + a(K - 1) + b
# expect out @ K 3..4: -1.0

# ---- run numbered
# domain: I 3..20, K -2..7
# expect out: a * K + 2 * I

# ---- run moved_index
# domain: I 0..9, K 0..7
# n: 4
# expect out @ K 0..4: K - I
# expect out @ K 4..7: K + I

# ---- run looked_up
# domain: I 0..9, K 0..4
# d: values 0 1 -1 2 -2 9 -9
# a: linear

# ---- run looked_up
# domain: I 0..2, K 0..4
# d: values 3 1 -1 -9 0 0 9 -1
# a: index K
# expect out = 3 2 1 0 0 1 3 2

# ---- run looked_up
# domain: I 0..2, K 0..3
# a: K -4..9; index K
# d: values 9 7 -7 2 -2 1
# expect out = 8 8 -4 2 -1 3

# ---- run looked_up
# domain: I 0..40, K 0..13

# ---- run narrow
# domain: I 0..2, K 0..4
# d: values 3 1 -1 -9 127 127 -128 -1
# a: index K
# expect out = 3 2 1 0 3 3 0 2

# ---- run by_column
# domain: I 0..3, K 0..4
# a: K 0..6; index K
# d: values 1 -1 2
# expect out = 1 2 3 4 0 0 1 2 2 3 4 5

# ---- run constant
# domain: I 0..3, K 0..4
# a: K 0..6
# d: 2
# expect out: a(K + 2)

# ---- run across
# domain: I 0..3, K 0..4
# a: index I
# d: values 0 1 2 3 -1 1 0 0 -2 -1 -9 9
# expect out = 0 1 2 2 0 2 1 1 0 1 0 2

# ---- run computed
# domain: I 0..17, K 0..9
# a: K 0..10

# ---- run twice
# domain: I 0..17, K 0..9

# ---- run remapped
# domain: I 0..17, K 0..9
# k: random 0..9

# ---- run sedimentation
# domain: I 0..17, K 0..9

# ---- run looked_up_in_part
# domain: I 0..5, K 0..9
# a: K 2..9
# n: 3
# d: random 0..1
# expect out @ K 0..3: 0.0
# expect out @ K 3..9: where(d == 0, a, a(K - 1))
