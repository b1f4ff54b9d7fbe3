import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)

Vertex = gtx.Dimension("Vertex")
Edge = gtx.Dimension("Edge")
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))


@gtx.field_operator
def copy(a: Field[[K, J, I], float64], b: Field[[K, V2EDim, Vertex], float64]) -> Field[[I, J, K], float64]:
    return a

# ---- expected
# error[B0206]: the dimensions are not in canonical order
#   --> types/dimension_order.py:15:19
#    |
# 15 | def copy(a: Field[[K, J, I], float64], b: Field[[K, V2EDim, Vertex], float64]) -> Field[[I, J, K], float64]:
#    |                   ^^^^^^^^^
#    |
#    = note: horizontal dimensions come first, then local ones, then vertical ones, each by name
#    = help: write `[I, J, K]`; the order in memory is free
#
# error[B0206]: the dimensions are not in canonical order
#   --> types/dimension_order.py:15:49
#    |
# 15 | def copy(a: Field[[K, J, I], float64], b: Field[[K, V2EDim, Vertex], float64]) -> Field[[I, J, K], float64]:
#    |                                                 ^^^^^^^^^^^^^^^^^^^
#    |
#    = note: horizontal dimensions come first, then local ones, then vertical ones, each by name
#    = help: write `[Vertex, V2EDim, K]`; the order in memory is free
