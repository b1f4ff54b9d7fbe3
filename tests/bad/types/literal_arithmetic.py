import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]
N = 0


@gtx.field_operator
def mean(a: IJ) -> IJ:
    return a / (1 / N) + a * (2 ** 4000)

# ---- expected
# error[B0215]: division by zero
#   --> types/literal_arithmetic.py:12:17
#    |
# 12 |     return a / (1 / N) + a * (2 ** 4000)
#    |                 ^^^^^
#    |
#    = note: literals are computed when the operator is compiled, with Python's meaning
#
# error[B0215]: the result is too large
#   --> types/literal_arithmetic.py:12:31
#    |
# 12 |     return a / (1 / N) + a * (2 ** 4000)
#    |                               ^^^^^^^^^
#    |
#    = note: literals are computed when the operator is compiled, with Python's meaning
