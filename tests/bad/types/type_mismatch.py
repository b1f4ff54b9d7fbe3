import gt4py.next as gtx
from gt4py.next import Field, float64
from gt4py.next import float32, where

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]


@gtx.field_operator
def mix(a: IJ, b: Field[[I], float32], mask: Field[[I], bool]) -> IJ:
    c = a + b
    d = where(mask, a, b)
    e: IJ = b
    return where(b, c, d) + e


@gtx.field_operator
def branches(a: IJ, b: Field[[I], float32], late: bool) -> IJ:
    if late:
        c = a
    else:
        c = b
    return c

# ---- expected
# error[B0201]: the operands of `+` have different data types
#   --> types/type_mismatch.py:12:9
#    |
# 12 |     c = a + b
#    |         -^^^-
#    |         |   |
#    |         |   this is `Field[[I], float32]`
#    |         this is `Field[[I, J], float64]`
#    |
#    = note: data types are never converted silently
#    = help: convert one of them: `astype(x, float64)`
#
# error[B0201]: the two values of `where` are not alike
#   --> types/type_mismatch.py:13:9
#    |
# 13 |     d = where(mask, a, b)
#    |         ^^^^^^^^^^^^-^^-^
#    |                     |  |
#    |                     |  this is `Field[[I], float32]`
#    |                     this is `Field[[I, J], float64]`
#    |
#    = note: they have one data type, and as tuples one structure
#    = help: convert one of them: `astype(x, float64)`
#
# error[B0201]: the value is `Field[[I], float32]`, not `Field[[I, J], float64]`
#   --> types/type_mismatch.py:14:13
#    |
# 14 |     e: IJ = b
#    |        --   ^ this is `Field[[I], float32]`
#    |        |
#    |        declared here
#
# error[B0201]: `c` has two types
#   --> types/type_mismatch.py:24:12
#    |
# 21 |         c = a
#    |         - `Field[[I, J], float64]` here
# 22 |     else:
# 23 |         c = b
#    |         - `Field[[I], float32]` here
# 24 |     return c
#    |            ^ which one?
#    |
#    = help: convert in one branch with `astype` or `broadcast`, or use two names
