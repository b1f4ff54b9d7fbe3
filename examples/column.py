"""A sweep: hydrostatic pressure by integration from the top of the atmosphere down.

dp/dz = -rho g with rho = p / (R T); layer by layer, p_below = p_above * exp(g dz / (R T)).
"""

import numpy as np

import bise as gtx
from bise import exp

Cell = gtx.Dimension("Cell")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
CellK = gtx.Field[[Cell, K], gtx.float64]

GRAVITY = 9.80665  # m/s2
GAS_CONSTANT = 287.05  # J/(kg K), of dry air
TOP = 10.0  # Pa


@gtx.scan_operator(axis=K, forward=True, init=TOP)
def integrate(pressure: float, growth: float) -> float:
    return pressure * growth


@gtx.field_operator
def hydrostatic(temperature: CellK, thickness: CellK) -> CellK:
    return integrate(exp(GRAVITY * thickness / (GAS_CONSTANT * temperature)))


@gtx.program
def pressure_of(temperature: CellK, thickness: CellK, pressure: CellK):
    hydrostatic(temperature, thickness, out=pressure)


cells, levels = 1000, 60
temperature = gtx.full({Cell: cells, K: levels}, 250.0)
thickness = gtx.full({Cell: cells, K: levels}, 1000.0)
pressure = gtx.zeros({Cell: cells, K: levels})
pressure_of(temperature, thickness, pressure, offset_provider={})
exact = TOP * np.exp(GRAVITY * 60e3 / (GAS_CONSTANT * 250.0))
print(f"pressure at the ground: {pressure.asnumpy()[0, -1]:.2f} Pa, exact {exact:.2f} Pa")
assert np.allclose(pressure.asnumpy()[:, -1], exact)
