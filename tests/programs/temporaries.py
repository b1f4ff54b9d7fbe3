"""Intermediates that are read at many places: stored or recomputed, the result is the same."""

import gt4py.next as gtx
from gt4py.next import Field, exp, float64, sqrt

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)


@gtx.field_operator
def costly(a: Field[[I, J], float64]) -> Field[[I, J], float64]:
    return exp(a) / sqrt(1.0 + a * a)


@gtx.field_operator
def box_sum(a: Field[[I, J], float64]) -> Field[[I, J], float64]:
    row = a(I - 1) + a + a(I + 1)
    return row(J - 1) + row + row(J + 1)


@gtx.field_operator
def three_times(a: Field[[I, J], float64]) -> Field[[I, J], float64]:
    b = box_sum(costly(a))
    c = box_sum(costly(b * 0.1))
    return box_sum(c) - b


@gtx.field_operator
def lower_dimension(a: Field[[I], float64], b: Field[[I, J, K], float64]) -> Field[[I, J, K], float64]:
    s = exp(a) * a
    return b * s(I + 1) + b(J + 1) * s + s(I - 1)


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def total(carry: float64, x: float64) -> float64:
    return carry + x


@gtx.field_operator
def of_sweep(a: Field[[I, J, K], float64]) -> Field[[I, J, K], float64]:
    s = total(a(I + 1) - a)
    return s(I + 1) + s(J - 1) - s


# ---- run three_times
# domain: I 0..13, J 0..17
# a: I -3..16, J -3..20

# ---- run lower_dimension
# domain: I 0..9, J 0..5, K 0..11
# a: I -1..10
# b: J 0..6
# expect out: b * exp(a(I + 1)) * a(I + 1) + b(J + 1) * exp(a) * a + exp(a(I - 1)) * a(I - 1)

# ---- run of_sweep
# domain: I 0..9, J 0..7, K 0..6
# a: I 0..11, J -1..7
# expect out @ K 0..1: a(I + 2) - a(I + 1) + a(I + 1, J - 1) - a(J - 1) - a(I + 1) + a
