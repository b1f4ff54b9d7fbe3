"""Horizontal diffusion and implicit vertical advection of the COSMO model, and the same in NumPy.

Both are written once as v2 programs and once as NumPy, in the same order of operations, so that the results
are the same bits: only ``+ - * /`` and comparisons occur.
"""

import numpy as np

import bise as gtx
from bise import where

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
IJK = gtx.Field[[I, J, K], gtx.float64]

HALO = 2
"""Points that the diffusion reads beyond its domain, in each horizontal direction."""


@gtx.field_operator
def laplacian(a: IJK) -> IJK:
    return 4.0 * a - (a(I + 1) + a(I - 1) + a(J + 1) + a(J - 1))


@gtx.field_operator
def diffuse(a: IJK, coefficient: IJK) -> IJK:
    """Fourth-order horizontal diffusion whose fluxes never run against the gradient (Xue 2000)."""
    lap = laplacian(a)
    flux_i = lap(I + 1) - lap
    flux_i = where(flux_i * (a(I + 1) - a) > 0.0, 0.0, flux_i)
    flux_j = lap(J + 1) - lap
    flux_j = where(flux_j * (a(J + 1) - a) > 0.0, 0.0, flux_j)
    return a - coefficient * (flux_i - flux_i(I - 1) + flux_j - flux_j(J - 1))


@gtx.program
def horizontal_diffusion(a: IJK, coefficient: IJK, out: IJK, ni: gtx.int32, nj: gtx.int32, nk: gtx.int32):
    diffuse(a, coefficient, out=out, domain={I: (0, ni), J: (0, nj), K: (0, nk)})


@gtx.scan_operator(axis=K, forward=True, init=(0.0, 0.0))
def eliminate(state: tuple[float, float], a: float, b: float, c: float, d: float) -> tuple[float, float]:
    inverse = 1.0 / (b - state[0] * a)
    return c * inverse, (d - state[1] * a) * inverse


@gtx.scan_operator(axis=K, forward=False, init=0.0)
def substitute(x: float, c: float, d: float) -> float:
    return d - c * x


@gtx.field_operator
def advect(u: IJK, w: IJK, u_position: IJK, tendency: IJK, tendency_stage: IJK, inverse_step: float) -> IJK:
    """The tendency of one wind component by implicit (Crank-Nicolson) vertical advection.

    ``w`` stands on the interfaces above and left of ``u``; it is zero at the bottom and at the lid, so the
    columns close there by themselves.
    """
    w_above = -0.25 * (w(I + 1) + w)
    w_below = 0.25 * (w(I + 1, K + 1) + w(K + 1))
    a = 0.5 * w_above
    c = 0.5 * w_below
    b = inverse_step - a - c
    explicit = a * (u(K - 1) - u) + c * (u(K + 1) - u)
    d = inverse_step * u_position + tendency + tendency_stage - explicit
    c_scaled, d_scaled = eliminate(a, b, c, d)
    return inverse_step * (substitute(c_scaled, d_scaled) - u_position)


@gtx.program
def vertical_advection(
    u: IJK,
    w: IJK,
    u_position: IJK,
    tendency: IJK,
    tendency_stage: IJK,
    inverse_step: float,
    out: IJK,
    ni: gtx.int32,
    nj: gtx.int32,
    nk: gtx.int32,
):
    advect(
        u,
        w,
        u_position,
        tendency,
        tendency_stage,
        inverse_step,
        out=out,
        domain={I: (0, ni), J: (0, nj), K: (0, nk)},
    )


def diffusion_arguments(size: tuple[int, int, int]) -> dict:
    """Random inputs of ``horizontal_diffusion`` on ``size`` points, with a halo, and an output of zeros."""
    ni, nj, nk = size
    rng = np.random.default_rng(0)
    wide = {I: (-HALO, ni + HALO), J: (-HALO, nj + HALO), K: (0, nk)}
    shape = (ni + 2 * HALO, nj + 2 * HALO, nk)
    return {
        "a": gtx.as_field(wide, rng.uniform(-1.0, 1.0, shape)),
        "coefficient": gtx.as_field({I: ni, J: nj, K: nk}, rng.uniform(0.01, 0.05, size)),
        "out": gtx.zeros({I: ni, J: nj, K: nk}),
        "ni": ni,
        "nj": nj,
        "nk": nk,
    }


def diffusion_in_numpy(arguments: dict) -> np.ndarray:
    """What ``horizontal_diffusion`` computes, by NumPy."""
    a = arguments["a"].asnumpy()
    lap = 4.0 * a[1:-1, 1:-1] - (a[2:, 1:-1] + a[:-2, 1:-1] + a[1:-1, 2:] + a[1:-1, :-2])
    inner = a[1:-1, 1:-1]
    flux_i = lap[1:, 1:-1] - lap[:-1, 1:-1]
    flux_i = np.where(flux_i * (inner[1:, 1:-1] - inner[:-1, 1:-1]) > 0.0, 0.0, flux_i)
    flux_j = lap[1:-1, 1:] - lap[1:-1, :-1]
    flux_j = np.where(flux_j * (inner[1:-1, 1:] - inner[1:-1, :-1]) > 0.0, 0.0, flux_j)
    change = flux_i[1:] - flux_i[:-1] + flux_j[:, 1:] - flux_j[:, :-1]
    return a[2:-2, 2:-2] - arguments["coefficient"].asnumpy() * change


def advection_arguments(size: tuple[int, int, int]) -> dict:
    """Random inputs of ``vertical_advection`` on ``size`` points, and an output of zeros.

    ``u`` has one level more at the bottom and at the top: they are read, but multiplied by ``w = 0``.
    """
    ni, nj, nk = size
    rng = np.random.default_rng(1)
    w = rng.uniform(-0.1, 0.1, (ni + 1, nj, nk + 1))
    w[:, :, 0] = 0.0
    w[:, :, nk] = 0.0
    domain = {I: ni, J: nj, K: nk}
    return {
        "u": gtx.as_field({I: ni, J: nj, K: (-1, nk + 1)}, rng.uniform(-1.0, 1.0, (ni, nj, nk + 2))),
        "w": gtx.as_field({I: ni + 1, J: nj, K: nk + 1}, w),
        "u_position": gtx.as_field(domain, rng.uniform(-1.0, 1.0, size)),
        "tendency": gtx.as_field(domain, rng.uniform(-0.1, 0.1, size)),
        "tendency_stage": gtx.as_field(domain, rng.uniform(-0.1, 0.1, size)),
        "inverse_step": 3.0 / 20.0,
        "out": gtx.zeros(domain),
        "ni": ni,
        "nj": nj,
        "nk": nk,
    }


def advection_in_numpy(arguments: dict) -> np.ndarray:
    """What ``vertical_advection`` computes, by NumPy."""
    names = ("u", "w", "u_position", "tendency", "tendency_stage")
    u, w, position, tendency, stage = (arguments[name].asnumpy() for name in names)
    step = arguments["inverse_step"]
    a = 0.5 * (-0.25 * (w[1:, :, :-1] + w[:-1, :, :-1]))
    c = 0.5 * (0.25 * (w[1:, :, 1:] + w[:-1, :, 1:]))
    b = step - a - c
    now = u[:, :, 1:-1]
    explicit = a * (u[:, :, :-2] - now) + c * (u[:, :, 2:] - now)
    d = step * position + tendency + stage - explicit
    levels = range(now.shape[2])
    c_scaled, d_scaled, x = np.zeros_like(d), np.zeros_like(d), np.zeros_like(d)
    c_before = d_before = x_after = 0.0
    for k in levels:
        inverse = 1.0 / (b[:, :, k] - c_before * a[:, :, k])
        c_scaled[:, :, k] = c[:, :, k] * inverse
        d_scaled[:, :, k] = (d[:, :, k] - d_before * a[:, :, k]) * inverse
        c_before, d_before = c_scaled[:, :, k], d_scaled[:, :, k]
    for k in reversed(levels):
        x[:, :, k] = d_scaled[:, :, k] - c_scaled[:, :, k] * x_after
        x_after = x[:, :, k]
    return step * (x - position)
