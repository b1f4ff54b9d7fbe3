import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]


@gtx.field_operator
def inside(a: IJ, b: IJ) -> Field[[I, J], bool]:
    return 0.0 < a < b

# ---- expected
# error[B0303]: a chain of comparisons does not work point by point
#   --> language/comparison_chain.py:11:12
#    |
# 11 |     return 0.0 < a < b
#    |            ^^^^^^^^^^^
#    |
#    = help: write `(0.0 < a) & (a < b)`
