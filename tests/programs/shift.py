"""Cartesian shifts: by dimension, by offset, several at once, of expressions, of calls."""

import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
Ioff = gtx.FieldOffset("Ioff", source=I, target=(I,))
Koff = gtx.FieldOffset("Koff", source=K, target=(K,))


@gtx.field_operator
def right(a: Field[[I], float64]) -> Field[[I], float64]:
    return a(I + 1)


@gtx.field_operator
def left_by_offset(a: Field[[I], float64]) -> Field[[I], float64]:
    return a(Ioff[-2])


@gtx.field_operator
def diagonal(a: Field[[I, J, K], float64]) -> Field[[I, J, K], float64]:
    return a(I + 1, J - 2, K + 1)


@gtx.field_operator
def nested(a: Field[[I, J], float64]) -> Field[[I, J], float64]:
    b = a(I + 1) - a
    c = b(I - 1) + b(J + 1)
    return c(J - 1)


@gtx.field_operator
def of_call(a: Field[[I, J], float64]) -> Field[[I, J], float64]:
    return nested(a)(I - 1)


@gtx.field_operator
def vertical(a: Field[[I, K], float64]) -> Field[[I, K], float64]:
    return (a(Koff[1]) - a(Koff[-1])) * 0.5


# ---- run right
# domain: I 0..41
# a: I 0..42; linear
# expect out: a(I + 1)

# ---- run right
# domain: I -7..12
# a: I -100..300
# expect out: a(I + 1)

# ---- run left_by_offset
# domain: I 0..41
# a: I -2..41
# expect out: a(I - 2)

# ---- run diagonal
# domain: I 0..5, J 0..6, K 0..19
# a: I 1..7, J -2..5, K 1..20
# expect out: a(I + 1, J - 2, K + 1)

# ---- run nested
# domain: I 0..9, J 0..23
# a: I -1..11, J -1..24
# expect out: a(J - 1) - a(I - 1, J - 1) + a(I + 1) - a

# ---- run of_call
# domain: I 0..9, J 0..23
# a: I -2..11, J -1..24
# expect out: a(I - 1, J - 1) - a(I - 2, J - 1) + a - a(I - 1)

# ---- run vertical
# domain: I 0..9, K 1..23
# a: K 0..24
# expect out: (a(K + 1) - a(K - 1)) * 0.5
