import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]


@gtx.field_operator
def negate(a: IJ) -> IJ:
    return ------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------a

# ---- expected
# error[B0002]: the expression is nested more than 200 levels deep
#   --> text/too_complex.py:11:211
#    |
# 11 | ...---------------------------------------------------------------------a
#    |                                                              ^^^^^^^^^^^^
#    |
#    = help: name parts of the computation by assignments, or split the operator
