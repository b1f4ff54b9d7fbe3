# Tuples of numbers around an operator are constants as numbers are: taken apart, indexed, passed on, returned.

import bise as gtx
from bise import Field, float64

I = gtx.Dimension("I")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
F = Field[[I], float64]

PAIR = (9.5, 2)
NESTED = ((1.0, (2.0, 9.5)), float64(0.25))
SCALE, OFFSET = PAIR
ALIAS = PAIR


@gtx.field_operator
def both(a: F, numbers: tuple[float64, float64]) -> F:
    return a * numbers[0] + numbers[1]


@gtx.field_operator
def apart(a: F) -> tuple[F, F, F]:
    x, y = ALIAS
    (u, (v, w)), z = NESTED
    return a * x + y, a * w + u + v + z, a * SCALE + OFFSET


@gtx.field_operator
def indexed(a: F) -> tuple[F, F, F]:
    return a * PAIR[0] + PAIR[-1], a * NESTED[0][1][1] + NESTED[1], both(a, PAIR)


@gtx.scan_operator(axis=K, forward=True, init=PAIR)
def up(carry: tuple[float64, float64], x: float64) -> tuple[float64, float64]:
    return carry[0] + x, carry[1] * x


@gtx.field_operator
def column(a: Field[[K], float64]) -> tuple[Field[[K], float64], Field[[K], float64]]:
    return up(a)


# ---- run apart
# domain: I 0..9
# expect out.0: a * 9.5 + 2
# expect out.1: a * 9.5 + 1 + 2 + 0.25
# expect out.2: a * 9.5 + 2

# ---- run indexed
# domain: I 0..9
# expect out.0: a * 9.5 + 2
# expect out.1: a * 9.5 + 0.25
# expect out.2: a * 9.5 + 2

# ---- run column
# domain: K 0..2
# expect out.0 @ K 0..1: a + 9.5
# expect out.1 @ K 0..1: a * 2
# expect out.1 @ K 1..2: a * 2 * a(K - 1)
