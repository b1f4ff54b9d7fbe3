"""Python numbers take the type of what they meet; typed constants and closure numbers."""

import gt4py.next as gtx
from gt4py.next import Field, float32, float64, int32, int64, where

I = gtx.Dimension("I")

SCALE = 0.1
COUNT = 3
TYPED = gtx.float32(0.25)


@gtx.field_operator
def single(a: Field[[I], float32]) -> Field[[I], float32]:
    return (a + 1.0) * 0.1 - 2


@gtx.field_operator
def double(a: Field[[I], float64]) -> Field[[I], float64]:
    return -1.0 + a * 3 / 7.5 - (-2.5) * a


@gtx.field_operator
def long(a: Field[[I], int64]) -> Field[[I], int64]:
    return 2 * a + 10_000_000_000


@gtx.field_operator
def closure(a: Field[[I], float32], b: Field[[I], int64]) -> tuple[Field[[I], float32], Field[[I], int64]]:
    return a * SCALE + TYPED, b + COUNT


@gtx.field_operator
def typed(a: Field[[I], int32]) -> tuple[Field[[I], int32], float64]:
    n = int32(7)
    x = float64(1.5) + 2.0
    return a * n, x


@gtx.field_operator
def named(a: Field[[I], float32]) -> Field[[I], float32]:
    half = 0.5
    pair = (half, 2)
    return where(a > 0.0, a * pair[0], a + pair[1])


# ---- run single
# domain: I 0..33
# expect out: (a + 1) * 0.1 - 2

# ---- run double
# domain: I 0..33
# expect out: -1 + a * 3 / 7.5 + 2.5 * a

# ---- run long
# domain: I 0..33
# expect out: 2 * a + 10000000000

# ---- run closure
# domain: I 0..33
# expect out.0: a * 0.1 + 0.25
# expect out.1: b + 3

# ---- run typed
# domain: I 0..33
# expect out.0: a * 7
# expect out.1 = 3.5

# ---- run named
# domain: I 0..33
# expect out: where(a > 0, a * 0.5, a + 2)
