"""Horizontal diffusion of fourth order with a flux limiter, as in the COSMO model."""

import gt4py.next as gtx
from gt4py.next import Field, float64, where

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)

IJK = gtx.Field[gtx.Dims[I, J, K], gtx.float64]


@gtx.field_operator
def laplacian(a: IJK) -> IJK:
    return 4.0 * a - (a(I + 1) + a(I - 1) + a(J + 1) + a(J - 1))


@gtx.field_operator
def diffusion(a: IJK, coeff: IJK) -> IJK:
    lap = laplacian(a)
    flux_i = lap(I + 1) - lap
    flux_i = where(flux_i * (a(I + 1) - a) > 0.0, 0.0, flux_i)
    flux_j = lap(J + 1) - lap
    flux_j = where(flux_j * (a(J + 1) - a) > 0.0, 0.0, flux_j)
    return a - coeff * (flux_i - flux_i(I - 1) + flux_j - flux_j(J - 1))


@gtx.program
def run(a: IJK, coeff: IJK, out: IJK):
    diffusion(a, coeff, out=out[2:-2, 2:-2, :])


@gtx.program
def twice(a: IJK, coeff: IJK, b: IJK, out: IJK):
    diffusion(a, coeff, out=b[2:-2, 2:-2, :])
    diffusion(b, coeff, out=out[4:-4, 4:-4, :])


# ---- run run
# domain: I 0..19, J 0..37, K 0..5
# expect out @ I 0..2: old
# expect out @ J 35..37: old

# ---- run run
# domain: I -3..14, J 0..9, K 0..33

# ---- run twice
# domain: I 0..17, J 0..23, K 0..3
# b: 0.25
