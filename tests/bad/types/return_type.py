import gt4py.next as gtx
from gt4py.next import Field, float64
from gt4py.next import float32

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]


@gtx.field_operator
def declared(f: Field[[I], float64]) -> IJ:
    return f


@gtx.field_operator
def paths(a: float64, b: float32, p: bool):
    if p:
        return a
    return b

# ---- expected
# error[B0212]: the result is `Field[[I], float64]`, not `Field[[I, J], float64]`
#   --> types/return_type.py:12:12
#    |
# 11 | def declared(f: Field[[I], float64]) -> IJ:
#    |                                         -- declared here
# 12 |     return f
#    |            ^ this is `Field[[I], float64]`
#    |
#    = help: add the dimensions it lacks with `broadcast`
#
# error[B0212]: this returns `float32`, another path `float64`
#   --> types/return_type.py:19:12
#    |
# 18 |         return a
#    |                - this is `float64`
# 19 |     return b
#    |            ^ this is `float32`
