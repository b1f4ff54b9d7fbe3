import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]


@gtx.field_operator
def unused(a: IJ) -> IJ:
    a + 1.0
    b: IJ
    return a

# ---- expected
# error[B0305]: the value is not used
#   --> language/no_effect.py:11:5
#    |
# 11 |     a + 1.0
#    |     ^^^^^^^
#    |
#    = help: assign it to a name or return it
#
# error[B0305]: a type is declared, but no value is assigned
#   --> language/no_effect.py:12:5
#    |
# 12 |     b: IJ
#    |     ^^^^^
