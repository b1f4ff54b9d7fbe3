"""Fields over different dimensions: implicit and explicit broadcasts."""

import gt4py.next as gtx
from gt4py.next import Field, broadcast, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)


@gtx.field_operator
def implicit(a: Field[[I], float64], b: Field[[K], float64], c: Field[[J], float64]) -> Field[[I, J, K], float64]:
    return a + b * c


@gtx.field_operator
def explicit(a: Field[[J], float64]) -> Field[[I, J, K], float64]:
    return broadcast(a, (I, J, K))


@gtx.field_operator
def number(n: float64) -> Field[[I, K], float64]:
    return broadcast(n, (I, K))


@gtx.field_operator
def literal() -> Field[[I, K], float64]:
    return broadcast(2.5, (I, K))


@gtx.field_operator
def shifted(a: Field[[I], float64]) -> Field[[I, J], float64]:
    b = broadcast(a, (I, J))
    return b(J + 1) + b(I + 1)


# ---- run implicit
# domain: I 0..5, J 0..7, K 0..9
# expect out: a + b * c

# ---- run explicit
# domain: I 0..5, J -1..7, K 0..9
# expect out: a

# ---- run number
# domain: I 0..5, K 0..9
# n: 4.25
# expect out: 4.25

# ---- run literal
# domain: I 0..5, K 0..9
# expect out: 2.5

# ---- run shifted
# domain: I 0..5, J 0..9
# a: I 0..6
# expect out: a + a(I + 1)
