import gt4py.next as gtx
from gt4py.next import Field, float64
from gt4py.next import int32

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)


@gtx.scan_operator(axis=K, forward=True, init=0.5)
def count(carry: int32, x: float64) -> int32:
    return carry + 1


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def total(carry: float64, n: int32) -> float64:
    return n


@gtx.scan_operator(axis=I, forward=True, init=0.0)
def along(carry: float64, x: float64) -> float64:
    return carry + x


@gtx.scan_operator(axis=K, forward=True, init=(0.0, 0.0))
def fields(carry: tuple[float64, float64], x: Field[[I, K], float64]) -> float64:
    return x

# ---- expected
# error[B0214]: `init` does not fit the carry, which is `int32`
#   --> types/carry.py:11:11
#    |
# 11 | def count(carry: int32, x: float64) -> int32:
#    |           ^^^^^ `init` is the float `0.5`
#    |
#    = note: the first parameter, `init` and the result of a scan operator have one type
#
# error[B0214]: the result is `int32`, the carry is `float64`
#   --> types/carry.py:17:12
#    |
# 16 | def total(carry: float64, n: int32) -> float64:
#    |                  ------- the carry
# 17 |     return n
#    |            ^
#    |
#    = note: the first parameter, `init` and the result of a scan operator have one type
#
# error[B0214]: `along` sweeps along `I`, which is not vertical
#   --> types/carry.py:21:5
#    |
# 21 | def along(carry: float64, x: float64) -> float64:
#    |     ^^^^^
#
# error[B0205]: a scan operator works on the numbers of one level
#   --> types/carry.py:26:47
#    |
# 26 | def fields(carry: tuple[float64, float64], x: Field[[I, K], float64]) -> float64:
#    |                                               ^^^^^^^^^^^^^^^^^^^^^^ expected a scalar or a tuple of scalars
#    |
#    = help: write the data type alone; a call takes fields for it
