import gt4py.next as gtx
from gt4py.next import Dims, Field, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
Again = gtx.Dimension("I")


@gtx.field_operator
def copy(
    a: Field[[K, I, K], float64], b: tuple[Field[Dims[J, J], float64], float64], c: Field[[I, J, Again], float64]
) -> Field[[J, K, J], float64]:
    return a


@gtx.program
def run(a: Field[[I, I], float64], out: "Field[[J, I, J], float64]"):
    pass

# ---- expected
# error[B0205]: the dimension `K` stands twice
#   --> types/repeated_dimension.py:12:21
#    |
# 12 |     a: Field[[K, I, K], float64], b: tuple[Field[Dims[J, J], float64], float64], c: Field[[I, J, Again], float64]
#    |                     ^
#
# error[B0205]: the dimension `J` stands twice
#   --> types/repeated_dimension.py:12:58
#    |
# 12 |     a: Field[[K, I, K], float64], b: tuple[Field[Dims[J, J], float64], float64], c: Field[[I, J, Again], float64]
#    |                                                          ^
#
# error[B0205]: the dimension `I` stands twice
#   --> types/repeated_dimension.py:12:98
#    |
# 12 |     a: Field[[K, I, K], float64], b: tuple[Field[Dims[J, J], float64], float64], c: Field[[I, J, Again], float64]
#    |                                                                                                  ^^^^^
#
# error[B0205]: the dimension `J` stands twice
#   --> types/repeated_dimension.py:13:19
#    |
# 13 | ) -> Field[[J, K, J], float64]:
#    |                   ^
#
# error[B0205]: the dimension `I` stands twice
#   --> types/repeated_dimension.py:18:22
#    |
# 18 | def run(a: Field[[I, I], float64], out: "Field[[J, I, J], float64]"):
#    |                      ^
#
# error[B0205]: the dimension `J` stands twice
#   --> types/repeated_dimension.py:18:55
#    |
# 18 | def run(a: Field[[I, I], float64], out: "Field[[J, I, J], float64]"):
#    |                                                       ^
