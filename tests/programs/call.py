"""Calls of operators: positions and names, chains, the same operator on different things, recursion of structure."""

import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")


@gtx.field_operator
def difference(a: Field[[I, J], float64], b: Field[[I, J], float64]) -> Field[[I, J], float64]:
    return a - b


@gtx.field_operator
def along_i(a: Field[[I, J], float64]) -> Field[[I, J], float64]:
    return difference(b=a, a=a(I + 1))


@gtx.field_operator
def along_j(a: Field[[I, J], float64]) -> Field[[I, J], float64]:
    return difference(a(J + 1), b=a)


@gtx.field_operator
def cross(a: Field[[I, J], float64]) -> Field[[I, J], float64]:
    return difference(along_i(along_j(a)), along_j(along_i(a)))


@gtx.field_operator
def fourth(a: Field[[I, J], float64]) -> Field[[I, J], float64]:
    d = along_i(a)
    d = along_i(d)
    d = along_i(d)
    d = along_i(d)
    return d


@gtx.field_operator
def polynomial(x: float64, a: Field[[I, J], float64]) -> Field[[I, J], float64]:
    return ((a * x + 1.0) * x + 2.0) * x


@gtx.program
def everything(a: Field[[I, J], float64], out: Field[[I, J], float64], x: float64):
    fourth(a, out=out)
    polynomial(x * 2.0 - 1.0, out, out=out)


# ---- run cross
# domain: I 0..9, J 0..11
# a: I 0..10, J 0..12
# expect out: a(I + 1, J + 1) - a(J + 1) - (a(I + 1) - a) - (a(I + 1, J + 1) - a(I + 1) - (a(J + 1) - a))

# ---- run fourth
# domain: I 0..9, J 0..11
# a: I 0..13
# expect out: a(I + 4) - 4 * a(I + 3) + 6 * a(I + 2) - 4 * a(I + 1) + a

# ---- run everything
# domain: I 0..9, J 0..11
# a: I 0..13
# x: 0.75
