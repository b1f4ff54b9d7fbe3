import gt4py.next as gtx
from gt4py.next import Field, float64
from gt4py.next import int32, uint8, float32

I = gtx.Dimension("I")
J = gtx.Dimension("J")


@gtx.field_operator
def levels(k: Field[[I], int32], small: Field[[I], uint8], x: Field[[I], float32]) -> Field[[I], int32]:
    a = k + 0.5
    b = small * 300
    c = x * 1e300
    d = 99999999999999999999999999
    return k ** -1

# ---- expected
# error[B0202]: the float `0.5` does not fit int32
#   --> types/literal.py:11:13
#    |
# 11 |     a = k + 0.5
#    |         -   ^^^ expected int32
#    |         |
#    |         this is int32
#    |
#    = help: convert the other operand: `astype(x, float64)`, or write an integer
#
# error[B0202]: the integer `300` does not fit uint8
#   --> types/literal.py:12:17
#    |
# 12 |     b = small * 300
#    |         -----   ^^^ out of the range of uint8
#    |         |
#    |         this is uint8
#
# error[B0202]: the float `1e300` does not fit float32
#   --> types/literal.py:13:13
#    |
# 13 |     c = x * 1e300
#    |         -   ^^^^^ out of the range of float32
#    |         |
#    |         this is float32
#
# error[B0202]: the integer does not fit into 64 bits
#   --> types/literal.py:14:9
#    |
# 14 |     d = 99999999999999999999999999
#    |         ^^^^^^^^^^^^^^^^^^^^^^^^^^
#
# error[B0202]: an integer to a negative power is no integer
#   --> types/literal.py:15:17
#    |
# 15 |     return k ** -1
#    |            -    ^^
#    |            |
#    |            this is int32
#    |
#    = help: convert the base first: `astype(x, float64)`
