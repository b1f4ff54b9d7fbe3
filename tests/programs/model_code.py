"""Model code as it is written: operators that call operators across tables and levels, three outputs with three
domains, a scan among them. What it should give is tested in Python; here, that every target gives the same."""

import gt4py.next as gtx
from gt4py.next import Field, float64, int32, max_over, maximum, min_over, minimum, neighbor_sum, where

K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
Cell = gtx.Dimension("Cell")
Edge = gtx.Dimension("Edge")
C2EDim = gtx.Dimension("C2E", kind=gtx.DimensionKind.LOCAL)
E2CDim = gtx.Dimension("E2C", kind=gtx.DimensionKind.LOCAL)
C2E2CDim = gtx.Dimension("C2E2C", kind=gtx.DimensionKind.LOCAL)
C2E = gtx.FieldOffset("C2E", source=Edge, target=(Cell, C2EDim))
E2C = gtx.FieldOffset("E2C", source=Cell, target=(Edge, E2CDim))
C2E2C = gtx.FieldOffset("C2E2C", source=Cell, target=(Cell, C2E2CDim))
CK = Field[[Cell, K], float64]
EK = Field[[Edge, K], float64]


@gtx.scan_operator(axis=K, forward=False, init=(0.0, True))
def column(state: tuple[float64, bool], mass: float64, fall: float64) -> tuple[float64, bool]:
    flux = mass * 0.5 if state[1] else state[0] * fall + mass
    return flux, flux > 0.5


@gtx.field_operator
def kinetic_energy(vn: EK, vt: EK, w: CK) -> tuple[EK, CK]:
    e_kin = 0.5 * (vn * vn + vt * vt)
    return e_kin, neighbor_sum(e_kin(C2E) * e_kin(C2E), axis=C2EDim) + w(K + 1) * w


@gtx.field_operator
def laplacian(psi: CK, geofac: Field[[Cell, C2EDim], float64], length: Field[[Edge], float64]) -> CK:
    gradient = (psi(E2C[1]) - psi(E2C[0])) / length
    return neighbor_sum(gradient(C2E) * geofac, axis=C2EDim)


@gtx.field_operator
def transport(
    psi: CK,
    vn: EK,
    w: CK,
    geofac: Field[[Cell, C2EDim], float64],
    length: Field[[Edge], float64],
    dt: float64,
    smooth: bool,
) -> tuple[CK, tuple[CK, EK]]:
    e_kin, z = kinetic_energy(vn, vn(K + 1), w)
    flux = where(vn > 0.0, psi(E2C[0]), psi(E2C[1])) * vn
    new = psi - dt * neighbor_sum(flux(C2E) * geofac, axis=C2EDim)
    new = minimum(maximum(new, min_over(psi(C2E2C), axis=C2E2CDim)), max_over(psi(C2E2C), axis=C2E2CDim))
    rain, _ = column(psi, w)
    if smooth:
        new = new - laplacian(laplacian(psi, geofac, length), geofac, length) * 0.15
    return new, (z + rain, e_kin)


@gtx.program
def step(
    psi: CK,
    vn: EK,
    w: CK,
    geofac: Field[[Cell, C2EDim], float64],
    length: Field[[Edge], float64],
    dt: float64,
    smooth: bool,
    new: CK,
    energy: CK,
    kinetic: EK,
    nlev: int32,
):
    transport(
        psi,
        vn,
        w,
        geofac,
        length,
        dt * 2.0,
        smooth,
        out=(new, (energy, kinetic)),
        domain=(
            {Cell: (2, 70), K: (1, nlev)},
            ({Cell: (0, 80), K: (0, nlev - 1)}, {Edge: (5, 100), K: (nlev // 3, nlev - 1)}),
        ),
    )
    laplacian(new, geofac, length, out=energy)
    kinetic_energy(kinetic, vn, w, out=(kinetic[3:-2, 1:3], new[:50, 0:-1]))


# ---- run step
# mesh: icosahedral 1
# domain: K 0..11, C2E 0..3
# length: ; random 1..2
# dt: 0.125
# smooth: True
# nlev: 11

# ---- run step
# mesh: icosahedral 1
# domain: K 0..11, C2E 0..3
# psi: ; special
# length: ; random 1..2
# dt: 0.125
# smooth: False
# nlev: 7
