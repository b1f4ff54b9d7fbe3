"""Implicit vertical advection: the Thomas algorithm, a scan forward and one back."""

import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)

IJK = Field[[I, J, K], float64]


@gtx.scan_operator(axis=K, forward=True, init=(0.0, 0.0))
def eliminate(
    carry: tuple[float64, float64], lower: float64, diagonal: float64, upper: float64, right: float64
) -> tuple[float64, float64]:
    factor = 1.0 / (diagonal - lower * carry[0])
    return upper * factor, (right - lower * carry[1]) * factor


@gtx.scan_operator(axis=K, forward=False, init=0.0)
def substitute(solution: float64, upper: float64, right: float64) -> float64:
    return right - upper * solution


@gtx.field_operator
def solve(lower: IJK, diagonal: IJK, upper: IJK, right: IJK) -> IJK:
    u, r = eliminate(lower, diagonal, upper, right)
    return substitute(u, r)


@gtx.program
def run(lower: IJK, diagonal: IJK, upper: IJK, right: IJK, out: IJK):
    solve(lower, diagonal, upper, right, out=out)


@gtx.program
def in_place(lower: IJK, diagonal: IJK, upper: IJK, right: IJK):
    solve(lower, diagonal, upper, right, out=right)


# ---- run run
# domain: I 0..11, J 0..5, K 0..17
# diagonal: random 3..4

# ---- run run
# domain: I 0..3, J 0..4, K 0..6
# lower: 0.0
# upper: 0.0
# diagonal: 2.0
# expect out: right / 2

# ---- run in_place
# domain: I 0..11, J 0..5, K 0..17
# diagonal: random 3..4
