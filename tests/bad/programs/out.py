import gt4py.next as gtx
from gt4py.next import Field, float64
from gt4py.next import int32

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]


@gtx.field_operator
def copy(a: IJ) -> IJ:
    return a


@gtx.field_operator
def both(a: IJ) -> tuple[IJ, IJ]:
    return a, a


@gtx.program
def run(a: IJ, b: IJ, f: Field[[I], float64], n: int32):
    copy(a, out=f)
    copy(a, out=n)
    copy(a, out=1.0)
    copy(a, out=b[1:-1])
    copy(a, out=b[n:, :])
    copy(a, out=b[0, ::2])
    copy(a, out=b[1:, :], domain={I: (0, n), J: (0, n)})
    both(a, out=b)
    both(a, out=(a, b, b))

# ---- expected
# error[B0402]: the result is `Field[[I, J], float64]`, the output is `Field[[I], float64]`
#   --> programs/out.py:22:17
#    |
# 22 |     copy(a, out=f)
#    |                 ^ this is `Field[[I], float64]`
#
# error[B0406]: a number takes no result: it is a scalar, `int32`
#   --> programs/out.py:23:17
#    |
# 23 |     copy(a, out=n)
#    |                 ^ cannot take the result
#    |
#    = help: declare it as `Field[[], int32]`
#
# error[B0402]: this is not a parameter of the program
#   --> programs/out.py:24:17
#    |
# 24 |     copy(a, out=1.0)
#    |                 ^^^ cannot take the result
#    |
#    = note: `out=` names a field parameter, a slice of one, or a tuple of those
#
# error[B0402]: 1 slices for 2 dimensions
#   --> programs/out.py:25:19
#    |
# 25 |     copy(a, out=b[1:-1])
#    |                   ^^^^
#    |
#    = help: write one slice for each of I, J
#
# error[B0402]: the bound of a slice is not an integer literal
#   --> programs/out.py:26:19
#    |
# 26 |     copy(a, out=b[n:, :])
#    |                   ^
#    |
#    = help: computed bounds stand in `domain=`: `domain={I: (1, n - 1)}`
#
# error[B0402]: an index where a slice is needed
#   --> programs/out.py:27:19
#    |
# 27 |     copy(a, out=b[0, ::2])
#    |                   ^
#    |
#    = help: write `k:k + 1` with literals to write one layer
#
# error[B0402]: slices have no step
#   --> programs/out.py:27:24
#    |
# 27 |     copy(a, out=b[0, ::2])
#    |                        ^
#
# error[B0402]: both slices and `domain=`
#   --> programs/out.py:28:17
#    |
# 28 |     copy(a, out=b[1:, :], domain={I: (0, n), J: (0, n)})
#    |                 ^^^^^^^^
#    |
#    = help: give the one or the other; `domain=` counts absolute indices
#
# error[B0402]: the result is `tuple[Field[[I, J], float64], Field[[I, J], float64]]`, the output is `Field[[I, J], float64]`
#   --> programs/out.py:29:17
#    |
# 29 |     both(a, out=b)
#    |                 ^ this is `Field[[I, J], float64]`
#
# error[B0402]: the result is `tuple[Field[[I, J], float64], Field[[I, J], float64]]`, the output is a tuple of 3
#   --> programs/out.py:30:17
#    |
# 30 |     both(a, out=(a, b, b))
#    |                 ^^^^^^^^^ this is a tuple of 3
