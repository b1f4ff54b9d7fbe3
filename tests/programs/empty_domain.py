"""Empty output domains: nothing is read, nothing written."""

import gt4py.next as gtx
from gt4py.next import Field, float64, int32

I = gtx.Dimension("I")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)


@gtx.field_operator
def difference(a: Field[[I, K], float64]) -> Field[[I, K], float64]:
    return a(I + 1) - a


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def total(carry: float64, x: float64) -> float64:
    return carry + x


@gtx.field_operator
def column(a: Field[[I, K], float64]) -> Field[[I, K], float64]:
    return total(a)


@gtx.program
def part(a: Field[[I, K], float64], out: Field[[I, K], float64], start: int32, stop: int32):
    difference(a, out=out, domain={I: (start, stop), K: (0, 3)})
    column(a, out=out, domain={I: (start, stop), K: (0, 3)})


# ---- run difference
# domain: I 0..0, K 0..5
# a: I 0..0

# ---- run column
# domain: I 0..5, K 3..3

# ---- run part
# domain: I 0..9, K 0..5
# start: 4
# stop: 4
# expect out: old

# ---- run part
# domain: I 0..9, K 0..5
# start: 7
# stop: 2
# expect out: old
