import gt4py.next as gtx
from gt4py.next import Field, float64
from gt4py.next import int32

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
IJ = Field[[I, J], float64]


@gtx.field_operator
def copy(a: IJ) -> IJ:
    return a


@gtx.program
def run(a: IJ, b: IJ, n: int32, x: float64):
    copy(a, out=b, domain={I: (0, n)})
    copy(a, out=b, domain={I: (0, n), J: (0, n), K: (0, n)})
    copy(a, out=b, domain={I: (0, n), J: (0, x)})
    copy(a, out=b, domain={I: (0, n), J: n})
    copy(a, out=b, domain=(0, n))
    copy(a, out=b, domain=({I: (0, n), J: (0, n)},))
    copy(a, out=b, domain={I: (0, n // 0), J: (0, n ** 2)})

# ---- expected
# error[B0403]: the domain says nothing of `J`
#   --> programs/domain.py:18:27
#    |
# 18 |     copy(a, out=b, domain={I: (0, n)})
#    |                 -         ^^^^^^^^^^^
#    |                 |
#    |                 this is `Field[[I, J], float64]`
#
# error[B0403]: the output has no dimension `K`
#   --> programs/domain.py:19:27
#    |
# 19 |     copy(a, out=b, domain={I: (0, n), J: (0, n), K: (0, n)})
#    |                 -         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
#    |                 |
#    |                 this is `Field[[I, J], float64]`
#
# error[B0403]: `float64` is not an integer
#   --> programs/domain.py:20:46
#    |
# 20 |     copy(a, out=b, domain={I: (0, n), J: (0, x)})
#    |                                              ^ expected an integer expression
#    |
#    = note: bounds are made of integer literals and integer parameters by `+ - * // %`, `minimum` and `maximum`
#
# error[B0403]: the range is not a pair of first index and one past the last
#   --> programs/domain.py:21:42
#    |
# 21 |     copy(a, out=b, domain={I: (0, n), J: n})
#    |                                          ^
#    |
#    = help: write `(0, nx)`
#
# error[B0403]: the domain is not a dictionary of ranges
#   --> programs/domain.py:22:28
#    |
# 22 |     copy(a, out=b, domain=(0, n))
#    |                            ^
#    |
#    = help: write `domain={I: (0, nx)}`
#
# error[B0403]: the domain is not a dictionary of ranges
#   --> programs/domain.py:22:31
#    |
# 22 |     copy(a, out=b, domain=(0, n))
#    |                               ^
#    |
#    = help: write `domain={I: (0, nx)}`
#
# error[B0403]: a tuple of domains for one field
#   --> programs/domain.py:23:27
#    |
# 23 |     copy(a, out=b, domain=({I: (0, n), J: (0, n)},))
#    |                           ^^^^^^^^^^^^^^^^^^^^^^^^^
#
# error[B0403]: division by zero
#   --> programs/domain.py:24:35
#    |
# 24 |     copy(a, out=b, domain={I: (0, n // 0), J: (0, n ** 2)})
#    |                                   ^^^^^^ expected an integer expression
#    |
#    = note: bounds are made of integer literals and integer parameters by `+ - * // %`, `minimum` and `maximum`
#
# error[B0403]: `**` cannot stand in a domain
#   --> programs/domain.py:24:51
#    |
# 24 |     copy(a, out=b, domain={I: (0, n // 0), J: (0, n ** 2)})
#    |                                                   ^^^^^^ expected an integer expression
#    |
#    = note: bounds are made of integer literals and integer parameters by `+ - * // %`, `minimum` and `maximum`
