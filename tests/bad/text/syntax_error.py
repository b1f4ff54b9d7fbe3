import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]


@gtx.field_operator
def lap(a: IJ) -> IJ:
    b = 4.0 * a -
    return a(I + 1 + b


@gtx.field_operator
def other(a: IJ) -> IJ:
    return a + c

# ---- expected
# error[B0001]: the text is not Python
#   --> text/syntax_error.py:11:18
#    |
# 11 |     b = 4.0 * a -
#    |                  ^ expected an expression
#
# error[B0001]: the text is not Python
#   --> text/syntax_error.py:15:20
#    |
# 15 | @gtx.field_operator
#    |                    ^ expected `)`, found newline
