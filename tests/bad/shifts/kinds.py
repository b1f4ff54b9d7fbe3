import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
level = gtx.Dimension("I", kind=gtx.DimensionKind.VERTICAL)


@gtx.field_operator
def up(a: Field[[I], float64]) -> Field[[I], float64]:
    return a(level + 1)


@gtx.field_operator
def twice(a: Field[[level], float64]) -> Field[[I], float64]:
    return 2.0 * a


@gtx.field_operator
def caller(a: Field[[I], float64]) -> Field[[I], float64]:
    return twice(a)


@gtx.program
def run(a: Field[[level], float64], out: Field[[level], float64]):
    twice(a, out=out)

# ---- expected
# error[B0209]: the dimension `I` of the field is horizontal, this `I` is vertical
#   --> shifts/kinds.py:10:14
#    |
# 10 |     return a(level + 1)
#    |            - ^^^^^^^^^ moves along the vertical `I`
#    |            |
#    |            this is `Field[[I], float64]`
#    |
#    = note: dimensions are the same if name and kind are
#
# error[B0212]: the result is `Field[[I], float64]`, not `Field[[I], float64]`
#   --> shifts/kinds.py:15:12
#    |
# 14 | def twice(a: Field[[level], float64]) -> Field[[I], float64]:
#    |                                          ------------------- declared here
# 15 |     return 2.0 * a
#    |            ^^^^^^^ this is `Field[[I], float64]`
#    |
#    = note: one `I` is vertical, the other horizontal: dimensions are the same if name and kind are
#
# error[B0201]: the parameter `a` of `twice` takes `Field[[I], float64]`, not `Field[[I], float64]`
#   --> shifts/kinds.py:20:18
#    |
# 14 | def twice(a: Field[[level], float64]) -> Field[[I], float64]:
#    |     ----- defined here
# ...
# 20 |     return twice(a)
#    |                  ^ this is `Field[[I], float64]`
#    |
#    = note: one `I` is vertical, the other horizontal: dimensions are the same if name and kind are
#
# error[B0402]: the result is `Field[[I], float64]`, the output is `Field[[I], float64]`
#   --> shifts/kinds.py:25:18
#    |
# 25 |     twice(a, out=out)
#    |                  ^^^ this is `Field[[I], float64]`
#    |
#    = note: one `I` is vertical, the other horizontal: dimensions are the same if name and kind are
