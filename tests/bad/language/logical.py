import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]


@gtx.field_operator
def inside(a: IJ, b: IJ) -> Field[[I, J], bool]:
    return a > 0.0 and not b > 0.0 or a == b

# ---- expected
# error[B0302]: `or` does not work point by point
#   --> language/logical.py:11:12
#    |
# 11 |     return a > 0.0 and not b > 0.0 or a == b
#    |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
#    |
#    = help: write `(a > 0.0 and not b > 0.0) | (a == b)`
