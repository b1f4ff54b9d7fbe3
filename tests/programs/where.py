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
