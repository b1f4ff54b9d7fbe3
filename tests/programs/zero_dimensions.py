"""Fields without dimensions, scalars that are taken for such, scalar results."""

import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")


@gtx.field_operator
def square(a: Field[[], float64]) -> Field[[], float64]:
    return a * a


@gtx.field_operator
def scaled(a: Field[[I], float64], s: Field[[], float64], n: float64) -> Field[[I], float64]:
    return a * s + n


@gtx.field_operator
def from_scalar(n: float64) -> Field[[], float64]:
    return square(n + 1.0)


@gtx.program
def run_scaled(a: Field[[I], float64], s: Field[[], float64], n: float64, out: Field[[I], float64]):
    scaled(a, s, n, out=out)
    scaled(out, n * 2.0, n + 1.0, out=out)


# ---- run square
# a: 3.0
# expect out = 9.0

# ---- run from_scalar
# n: 2.0
# expect out = 9.0

# ---- run run_scaled
# domain: I 0..21
# n: 0.5
# expect out: (a * s + 0.5) * 1.0 + 1.5
