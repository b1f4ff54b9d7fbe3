"""Outputs that share memory with inputs: every statement reads before it writes."""

import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)


@gtx.field_operator
def left(a: Field[[I], float64]) -> Field[[I], float64]:
    return a(I - 1)


@gtx.field_operator
def smooth(a: Field[[I, K], float64]) -> Field[[I, K], float64]:
    return (a(I - 1) + a(I + 1)) * 0.5 - a(K + 1)


@gtx.field_operator
def swap(a: Field[[I], float64], b: Field[[I], float64]) -> tuple[Field[[I], float64], Field[[I], float64]]:
    return b, a


@gtx.field_operator
def pair(a: Field[[I], float64]) -> tuple[Field[[I], float64], Field[[I], float64]]:
    return a + 1.0, a + 2.0


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def total(carry: float64, x: float64) -> float64:
    return carry + x


@gtx.program
def in_place(a: Field[[I], float64]):
    left(a, out=a[1:])


@gtx.program
def in_place_smooth(a: Field[[I, K], float64]):
    smooth(a, out=a[1:-1, :-1])


@gtx.program
def swapped(a: Field[[I], float64], b: Field[[I], float64]):
    swap(a, b, out=(b, a))
    swap(a, b, out=(a, b))


@gtx.program
def same_output(a: Field[[I], float64], out: Field[[I], float64]):
    pair(a, out=(out, out))


@gtx.program
def scan_in_place(a: Field[[I, K], float64]):
    total(a, out=a)
    total(a, out=a)


# ---- run left
# domain: I 1..40
# a: I 0..40; linear
# out: alias a
# expect out: a(I - 1)

# ---- run in_place
# domain: I 0..40
# a: linear
# expect a @ I 1..40: a(I - 1)
# expect a @ I 0..1: 1

# ---- run in_place_smooth
# domain: I 0..12, K 0..19
# expect a @ I 1..11, K 0..18: (a(I - 1) + a(I + 1)) * 0.5 - a(K + 1)

# ---- run swapped
# domain: I 0..40
# expect a: b
# expect b: a

# ---- run swapped
# domain: I 0..40
# b: alias a
# expect a: a

# ---- run same_output
# domain: I 0..40
# expect out: a + 2

# ---- run scan_in_place
# domain: I 0..6, K 0..4
# a: 1.0
# expect a @ K 3..4: 10

# ---- run smooth
# domain: I 1..12, K 0..9
# a: I 0..13, K 0..10
# out: alias a
# expect out: (a(I - 1) + a(I + 1)) * 0.5 - a(K + 1)
