import gt4py.next as gtx
from gt4py.next import Field, float64
import os

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]
SIZES = [1, 2, 3]


@gtx.field_operator
def mean(a: IJ) -> IJ:
    return a + I + float64


@gtx.field_operator
def sizes(a: IJ) -> IJ:
    return a * SIZES + None

# ---- expected
# error[B0103]: the dimension `I` is not a value
#   --> names/not_a_value.py:13:16
#    |
# 13 |     return a + I + float64
#    |                ^ expected a field or a number
#    |
#    = help: the indices along it are `index(I)`
#
# error[B0103]: the type `float64` is not a value
#   --> names/not_a_value.py:13:20
#    |
# 13 |     return a + I + float64
#    |                    ^^^^^^^ expected a field or a number
#
# error[B0103]: what only Python knows, `[1, 2, 3]`, is not a value
#   --> names/not_a_value.py:18:16
#    |
# 18 |     return a * SIZES + None
#    |                ^^^^^ expected a field or a number
#
# error[B0103]: `None` has no meaning here
#   --> names/not_a_value.py:18:24
#    |
# 18 |     return a * SIZES + None
#    |                        ^^^^ expected a field or a number
