"""Several outputs of one statement: over different dimensions, domains and types, one of them from another."""

import gt4py.next as gtx
from gt4py.next import Field, astype, float32, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)


@gtx.field_operator
def different(
    a: Field[[I], float64], b: Field[[K], float32]
) -> tuple[Field[[I], float64], tuple[Field[[K], float32], Field[[I, K], bool]]]:
    return a * 2.0, (b + 1.0, astype(b, float64) > a)


@gtx.field_operator
def shared(a: Field[[I, J], float64]) -> tuple[Field[[I, J], float64], Field[[I, J], float64], Field[[I, J], float64]]:
    d = a(I + 1) - a
    return d, d(J + 1) - d, d * a


@gtx.scan_operator(axis=K, forward=False, init=(0.0, 1.0))
def carries(carry: tuple[float64, float64], x: float64) -> tuple[float64, float64]:
    return carry[0] + x, carry[1] * 0.5


@gtx.field_operator
def scan_and_pointwise(
    a: Field[[I, K], float64],
) -> tuple[Field[[I, K], float64], Field[[I, K], float64], Field[[I, K], float64]]:
    s, h = carries(a)
    return s * h, a(I + 1) + s, h


@gtx.program
def parts(a: Field[[I, J], float64], x: Field[[I, J], float64], y: Field[[I, J], float64], z: Field[[I, J], float64]):
    shared(a, out=(x[1:3, :], y[:, :-1], z))
    shared(a, out=(x[4:, :2], y[4:, :2], z[4:, :2]))


# ---- run different
# domain: I 0..19, K 0..23
# expect out.0: 2 * a
# expect out.1.0: b + 1
# expect out.1.1: b > a

# ---- run shared
# domain: I 0..19, J 0..23
# a: I 0..20, J 0..24
# expect out.0: a(I + 1) - a
# expect out.1: a(I + 1, J + 1) - a(J + 1) - (a(I + 1) - a)
# expect out.2: (a(I + 1) - a) * a

# ---- run scan_and_pointwise
# domain: I 0..9, K 0..5
# a: I 0..10; 1.0
# expect out.1: 6 - K
# expect out.0 @ K 4..5: 0.5
# expect out.2 @ K 3..4: 0.25

# ---- run parts
# domain: I 0..7, J 0..9
# a: I 0..8, J 0..10
# expect x @ I 1..3: a(I + 1) - a
# expect x @ I 0..1: old
# expect x @ I 4..7, J 2..9: old
# expect x @ I 4..7, J 0..2: a(I + 1) - a
# expect y @ J 0..8: a(I + 1, J + 1) - a(J + 1) - (a(I + 1) - a)
# expect y @ J 8..9: old
# expect z: (a(I + 1) - a) * a
