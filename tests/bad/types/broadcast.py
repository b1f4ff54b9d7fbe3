import gt4py.next as gtx
from gt4py.next import Field, float64
from gt4py.next import broadcast

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
IJ = Field[[I, J], float64]


@gtx.field_operator
def spread(a: IJ) -> Field[[I, K], float64]:
    return broadcast(a, (I, K)) + broadcast(a, 3) + broadcast(a)

# ---- expected
# error[B0216]: the value has the dimension `J`, which is not listed
#   --> types/broadcast.py:13:25
#    |
# 13 |     return broadcast(a, (I, K)) + broadcast(a, 3) + broadcast(a)
#    |                      -  ^^^^^^
#    |                      |
#    |                      this is `Field[[I, J], float64]`
#
# error[B0205]: expected a dimension, found a value
#   --> types/broadcast.py:13:48
#    |
# 13 |     return broadcast(a, (I, K)) + broadcast(a, 3) + broadcast(a)
#    |                                                ^ not a dimension
#
# error[B0211]: `broadcast` takes a value and dimensions
#   --> types/broadcast.py:13:53
#    |
# 13 |     return broadcast(a, (I, K)) + broadcast(a, 3) + broadcast(a)
#    |                                                     ^^^^^^^^^^^^
#    |
#    = help: write `broadcast(x, (I, K))`
