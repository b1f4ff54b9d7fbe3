import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]


@gtx.field_operator
def copy(a: IJ) -> IJ:
    return a


@gtx.program
def run(a: IJ, b: IJ):
    copy(a + 1.0, out=b)
    copy(a(I + 1), out=b)
    copy(copy(a), out=b)

# ---- expected
# error[B0405]: a program cannot compute with fields
#   --> programs/argument.py:16:10
#    |
# 16 |     copy(a + 1.0, out=b)
#    |          ^^^^^^^ expected the name of a parameter
#    |
#    = help: move the computation into a field operator
#
# error[B0405]: a program cannot compute with fields
#   --> programs/argument.py:17:10
#    |
# 17 |     copy(a(I + 1), out=b)
#    |          ^^^^^^^^ expected the name of a parameter
#    |
#    = help: move the computation into a field operator
#
# error[B0405]: a program cannot compute with fields
#   --> programs/argument.py:18:10
#    |
# 18 |     copy(copy(a), out=b)
#    |          ^^^^^^^ expected the name of a parameter
#    |
#    = help: move the computation into a field operator
