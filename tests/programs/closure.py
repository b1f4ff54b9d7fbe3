"""Names of the module: dimensions, offsets, operators, numbers, types, modules, in every way to import them."""

import math

import gt4py.next as gtx
import numpy as np
from gt4py.next import Dimension, DimensionKind, Dims, Field, FieldOffset, broadcast, field_operator, float64
from gt4py.next import program as gt_program

I = Dimension("I", kind=DimensionKind.HORIZONTAL)
K = Dimension("K", DimensionKind.VERTICAL)
Koff = FieldOffset("Koff", source=K, target=(K,))

wpfloat = gtx.float64
Column = Field[Dims[I, K], wpfloat]
OFFSET = 3
GRAVITY = wpfloat(9.80665)
HALF = 1.0 / 2.0
TWICE = 2 * HALF


@field_operator
def weight(a: Column) -> Column:
    return a * GRAVITY


@gtx.field_operator
def all_of_them(a: gtx.Field[gtx.Dims[I, K], gtx.float64]) -> Column:
    b = weight(a) * HALF + OFFSET
    return b * math.pi + np.pi * TWICE + wpfloat(1.0) + a(Koff[1])


@gt_program(grid_type=gtx.GridType.CARTESIAN)
def run(a: Column, out: Column):
    all_of_them(a, out=out)


# ---- run run
# domain: I 0..9, K 0..5
# a: K 0..6
# expect out: (a * 9.80665 * 0.5 + 3) * 3.141592653589793 + 3.141592653589793 + 1 + a(K + 1)
