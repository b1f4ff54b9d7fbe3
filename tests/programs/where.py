"""`where`: masks, dimensions of mask and branches, tuples, scalars, literals."""

import gt4py.next as gtx
from gt4py.next import Field, float64, int32, where

I = gtx.Dimension("I")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)


@gtx.field_operator
def pick(mask: Field[[I], bool], a: Field[[I, K], float64], b: Field[[K], float64]) -> Field[[I, K], float64]:
    return where(mask, a, b)


@gtx.field_operator
def clip(a: Field[[I, K], float64], low: float64) -> Field[[I, K], float64]:
    return where(a < low, low, where(a > 0.75, 0.75, a))


@gtx.field_operator
def pair(
    mask: Field[[I], bool], a: Field[[I], float64], b: Field[[I], int32]
) -> tuple[Field[[I], float64], tuple[Field[[I], int32], Field[[I], float64]]]:
    return where(mask, (a, (b, 1.0)), (-a, (b + 1, a)))


@gtx.field_operator
def conditions(a: Field[[I], float64], n: Field[[I], int32]) -> Field[[I], int32]:
    return where((a > 0.0) & (n != 3) | (n < -5), n, 0)


@gtx.field_operator
def within(a: Field[[I], gtx.float64], n: gtx.int32) -> Field[[I], gtx.float64]:
    """A chain is what it is for numbers: each is compared with the next."""
    inside = where(0.0 < a + 1.0 <= 4.0 != a, a, -1.0)
    return inside if 0 <= n < 5 else a


# ---- run pick
# domain: I 0..9, K 0..21
# expect out: where(mask, a, b)

# ---- run clip
# domain: I 0..9, K 0..21
# low: -0.5
# expect out: maximum(minimum(a, 0.75), -0.5)

# ---- run pair
# domain: I 0..70
# expect out.0: where(mask, a, -a)
# expect out.1.0: where(mask, b, b + 1)
# expect out.1.1: where(mask, 1, a)

# ---- run conditions
# domain: I 0..70
# expect out: where(((a > 0) & (n != 3)) | (n < -5), n, 0)

# ---- run within
# domain: I 0..5
# a: values -2 -0.5 1 3 4
# n: 4
# expect out = -1 -0.5 1 3 -1

# ---- run within
# domain: I 0..5
# a: values -2 -0.5 1 3 4
# n: 5
# expect out: a
