"""Fields large enough for threads, whole vectors and their tails."""

import gt4py.next as gtx
from gt4py.next import Field, astype, float32, float64, int32, where

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)


@gtx.field_operator
def line(a: Field[[I], float32], b: Field[[I], float32]) -> Field[[I], float32]:
    return a * b(I + 1) - b


@gtx.field_operator
def box(a: Field[[I, J, K], float64]) -> Field[[I, J, K], float64]:
    b = a(I + 1) + a(I - 1) + a(J + 1) + a(J - 1) + a(K + 1) + a(K - 1) - 6.0 * a
    return where(b > 0.0, b, a)


@gtx.field_operator
def mixed_types(a: Field[[I, J], float64], n: Field[[I, J], int32], m: Field[[I, J], bool]) -> Field[[I, J], float64]:
    return where(m & (n > 0), a, astype(n, float64))


# ---- run line
# domain: I 0..100003
# b: I 0..100004
# expect out: a * b(I + 1) - b

# ---- run box
# domain: I 0..37, J 0..29, K 0..21
# a: I -1..38, J -1..30, K -1..22

# ---- run box
# domain: I 0..1, J 0..67, K 0..64
# a: I -1..2, J -1..68, K -1..65

# ---- run mixed_types
# domain: I 0..61, J 0..43
# expect out: where(m & (n > 0), a, n)
