import gt4py.next as gtx
from gt4py.next import Field, astype, float64, int32, max_over, mean_over, sum_over

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
F = Field[[I], float64]
N = Field[[], float64]


@gtx.field_operator
def everything(a: F) -> N:
    return sum_over(a)


@gtx.field_operator
def along(a: F) -> N:
    return sum_over(a, axis=I)


@gtx.field_operator
def a_number(a: float64) -> N:
    return max_over(a, domain={I: (0, 3)})


@gtx.field_operator
def elsewhere(a: F) -> F:
    return sum_over(a, domain={J: (0, 3)})


@gtx.field_operator
def twice(a: F) -> N:
    return sum_over(a, domain={I: (0, 3), I: (0, 4)})


@gtx.field_operator
def neighbours(a: Field[[I, V2EDim], float64]) -> F:
    return sum_over(a, domain={V2EDim: (0, 3)})


@gtx.field_operator
def pair(a: F) -> N:
    return sum_over(a, domain={I: 3})


@gtx.field_operator
def ranges(a: F) -> N:
    return sum_over(a, domain=(0, 3))


@gtx.field_operator
def end(a: F, x: float64) -> N:
    return sum_over(a, domain={I: (0, x)})


@gtx.field_operator
def truth(a: F) -> N:
    return sum_over(a > 0.0, domain={I: (0, 3)})


@gtx.field_operator
def whole(a: Field[[I], int32]) -> N:
    return mean_over(a, domain={I: (0, 3)})


@gtx.field_operator
def rounds(a: F) -> F:
    x = a
    while x > 0.0:
        x = x - sum_over(x, domain={I: (0, 3)})
    return x


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def level(carry: float64, x: float64) -> float64:
    return carry + sum_over(x, domain={K: (0, 3)})

# ---- expected
# error[B0211]: `sum_over` takes a field and the keyword `domain`
#   --> folds/folds.py:14:12
#    |
# 14 |     return sum_over(a)
#    |            ^^^^^^^^^^^
#    |
#    = help: write `sum_over(f, domain={I: (0, nx)})`
#
# error[B0211]: `sum_over` takes a field and the keyword `domain`
#   --> folds/folds.py:19:24
#    |
# 19 |     return sum_over(a, axis=I)
#    |                        ^^^^^^
#    |
#    = help: write `sum_over(f, domain={I: (0, nx)})`
#
# error[B0218]: `max_over` folds a field, not `float64`
#   --> folds/folds.py:24:21
#    |
# 24 |     return max_over(a, domain={I: (0, 3)})
#    |                     ^
#
# error[B0218]: the field has no dimension `J` to fold
#   --> folds/folds.py:29:32
#    |
# 29 |     return sum_over(a, domain={J: (0, 3)})
#    |                     -          ^
#    |                     |
#    |                     this is `Field[[I], float64]`
#
# error[B0403]: the dimension `I` stands twice
#   --> folds/folds.py:34:31
#    |
# 34 |     return sum_over(a, domain={I: (0, 3), I: (0, 4)})
#    |                               ^^^^^^^^^^^^^^^^^^^^^^
#
# error[B0207]: `V2E` is a local dimension: there is no order along it
#   --> folds/folds.py:39:32
#    |
# 39 |     return sum_over(a, domain={V2EDim: (0, 3)})
#    |                                ^^^^^^
#
# error[B0403]: the domain is not a dictionary of ranges
#   --> folds/folds.py:44:35
#    |
# 44 |     return sum_over(a, domain={I: 3})
#    |                                   ^
#    |
#    = help: write `domain={I: (0, nx)}`: the first index and one past the last
#
# error[B0403]: the domain is not a dictionary of ranges
#   --> folds/folds.py:49:31
#    |
# 49 |     return sum_over(a, domain=(0, 3))
#    |                               ^^^^^^
#    |
#    = help: write `domain={I: (0, nx)}`: the first index and one past the last
#
# error[B0218]: an end of a range is `float64`, not an integer
#   --> folds/folds.py:54:39
#    |
# 54 |     return sum_over(a, domain={I: (0, x)})
#    |                                       ^ expected a scalar integer
#
# error[B0203]: `sum_over` folds numbers, not `bool`
#   --> folds/folds.py:59:21
#    |
# 59 |     return sum_over(a > 0.0, domain={I: (0, 3)})
#    |                     ^^^^^^^ this is `Field[[I], bool]`
#    |
#    = help: convert first: `astype(a > 0.0, int32)`
#
# error[B0203]: `mean_over` folds floats, not `int32`
#   --> folds/folds.py:64:22
#    |
# 64 |     return mean_over(a, domain={I: (0, 3)})
#    |                      ^ this is `Field[[I], int32]`
#    |
#    = help: convert first: `astype(a, float64)`
#
# error[B0203]: what a `while` changes is read at another point
#   --> folds/folds.py:71:17
#    |
# 70 |     while x > 0.0:
#    |           ------- each point goes on for as long as this holds there
# 71 |         x = x - sum_over(x, domain={I: (0, 3)})
#    |                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
#    |
#    = note: the points go their own numbers of rounds: another one is not known in the middle of them
#    = help: read elsewhere what does not change, or after the loop
#
# error[B0218]: `sum_over` folds a field, not `float64`
#   --> folds/folds.py:77:29
#    |
# 77 |     return carry + sum_over(x, domain={K: (0, 3)})
#    |                             ^
