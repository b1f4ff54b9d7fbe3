import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
IJ = Field[[I, J], float64]

Vertex = gtx.Dimension("Vertex")
Edge = gtx.Dimension("Edge")
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))


@gtx.field_operator
def shifts(a: IJ, s: float64, e: Field[[Edge], float64], v: Field[[Vertex], float64]) -> IJ:
    b = a(K + 1)
    c = a(I)
    d = a(I + s)
    f = s(I + 1)
    g = v(V2E)
    h = e(V2E[-1])
    i = a(I * 2)
    j = a()
    return a(I + 1.5)


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def below(carry: float64, x: float64) -> float64:
    return carry(K - 1) + x

# ---- expected
# error[B0209]: the field has no dimension `K`
#   --> shifts/shift.py:17:11
#    |
# 17 |     b = a(K + 1)
#    |         - ^^^^^ along `K`
#    |         |
#    |         this is `Field[[I, J], float64]`
#
# error[B0209]: the dimension `I` does not say where to read the field
#   --> shifts/shift.py:18:11
#    |
# 18 |     c = a(I)
#    |           ^ expected a shift
#    |
#    = help: write `I + 1` or `I - 1`
#
# error[B0209]: the distance is `float64`, not an integer literal
#   --> shifts/shift.py:19:15
#    |
# 19 |     d = a(I + s)
#    |               ^ expected an integer literal
#
# error[B0209]: `float64` cannot be read elsewhere
#   --> shifts/shift.py:20:9
#    |
# 20 |     f = s(I + 1)
#    |         ^ not a field
#
# error[B0209]: the field has no dimension `Edge`
#   --> shifts/shift.py:21:11
#    |
# 21 |     g = v(V2E)
#    |         - ^^^ along `Edge`
#    |         |
#    |         this is `Field[[Vertex], float64]`
#
# error[B0209]: the number of a neighbour is counted from zero
#   --> shifts/shift.py:22:15
#    |
# 22 |     h = e(V2E[-1])
#    |               ^^
#
# error[B0209]: `*` does not move along a dimension
#   --> shifts/shift.py:23:11
#    |
# 23 |     i = a(I * 2)
#    |           ^^^^^
#    |
#    = help: write `I + 1` or `I - 1`
#
# error[B0209]: the shift says not where to read
#   --> shifts/shift.py:24:9
#    |
# 24 |     j = a()
#    |         ^^^
#    |
#    = help: write `f(I + 1)`, or only `f` to read it here
#
# error[B0301]: staggered dimensions are not supported
#   --> shifts/shift.py:25:18
#    |
# 25 |     return a(I + 1.5)
#    |                  ^^^
#    |
#    = note: the distance of a shift is an integer literal
#
# error[B0209]: `float64` cannot be read elsewhere
#   --> shifts/shift.py:30:12
#    |
# 30 |     return carry(K - 1) + x
#    |            ^^^^^ not an input
#    |
#    = note: in a scan operator, its parameters but the carry are read at other levels; what is computed is known at this level only
#    = help: read what it is computed from there, as in `a(K + 1) * b(K + 1)`, or return it as a part of the carry
