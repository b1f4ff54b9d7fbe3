import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
level = gtx.Dimension("I", kind=gtx.DimensionKind.VERTICAL)


@gtx.field_operator
def up(a: Field[[I], float64]) -> Field[[I], float64]:
    return a(level + 1)

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
