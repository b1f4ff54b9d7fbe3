import gt4py.next as gtx
from gt4py.next import Field, float64
from gt4py.next import int32, sqrt, sin

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]


@gtx.field_operator
def roots(k: Field[[I], int32], a: IJ) -> IJ:
    b = sqrt(k)
    c = (a > 0.0) + (a < 1.0)
    d = a & a
    e = ~k
    f = (a, a) * 2.0
    return a == (a > 1.0)

# ---- expected
# error[B0203]: `sqrt` does not take `Field[[I], int32]`
#   --> types/operand.py:12:9
#    |
# 12 |     b = sqrt(k)
#    |         ^^^^^^^ takes floats
#    |
#    = help: convert first: `astype(x, float64)`
#
# error[B0203]: `+` does not take `Field[[I, J], bool]` and `Field[[I, J], bool]`
#   --> types/operand.py:13:9
#    |
# 13 |     c = (a > 0.0) + (a < 1.0)
#    |         ^^^^^^^^^^^^^^^^^^^^^ takes numbers
#
# error[B0203]: `&` does not take `Field[[I, J], float64]` and `Field[[I, J], float64]`
#   --> types/operand.py:14:9
#    |
# 14 |     d = a & a
#    |         ^^^^^ takes truth values
#    |
#    = help: compare first: `(a > 0) & (b > 0)`
#
# error[B0203]: `~` does not take `Field[[I], int32]`
#   --> types/operand.py:15:9
#    |
# 15 |     e = ~k
#    |         ^^ takes truth values
#    |
#    = help: compare first: `(a > 0) & (b > 0)`
#
# error[B0203]: `*` does not take `tuple[Field[[I, J], float64], Field[[I, J], float64]]` and the float `2.0`
#   --> types/operand.py:16:9
#    |
# 16 |     f = (a, a) * 2.0
#    |         ^^^^^^^^^^^^ takes numbers
#
# error[B0201]: the operands of `==` have different data types
#   --> types/operand.py:17:12
#    |
# 17 |     return a == (a > 1.0)
#    |            -^^^^^-------^
#    |            |     |
#    |            |     this is `Field[[I, J], bool]`
#    |            this is `Field[[I, J], float64]`
#    |
#    = note: data types are never converted silently
#    = help: convert one of them: `astype(x, float64)`
