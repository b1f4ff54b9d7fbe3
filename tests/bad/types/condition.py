import gt4py.next as gtx
from gt4py.next import Field, float64
from gt4py.next import int32

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]


@gtx.field_operator
def choose(a: IJ, n: int32) -> IJ:
    if a > 0.0:
        b = a
    else:
        b = 2.0 * a
    return a if n else b

# ---- expected
# error[B0207]: the condition is `Field[[I, J], bool]`, not a scalar truth value
#   --> types/condition.py:12:8
#    |
# 12 |     if a > 0.0:
#    |        ^^^^^^^ expected a scalar of type bool
#    |
#    = help: to choose point by point, write `where(mask, a, b)`
#
# error[B0207]: the condition is `int32`, not a scalar truth value
#   --> types/condition.py:16:17
#    |
# 16 |     return a if n else b
#    |                 ^ expected a scalar of type bool
#    |
#    = help: compare it: `x != 0`
