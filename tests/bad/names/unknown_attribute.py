import gt4py.next as gtx
from gt4py.next import Field, float64
import numpy as np

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]


@gtx.field_operator
def circle(a: IJ) -> IJ:
    return a.ndarray * np.pie

# ---- expected
# error[B0104]: a value has no attribute `ndarray`
#   --> names/unknown_attribute.py:12:14
#    |
# 12 |     return a.ndarray * np.pie
#    |              ^^^^^^^
#    |
#    = note: fields, scalars and tuples have no attributes inside an operator
#
# error[B0104]: `np` has no name `pie`
#   --> names/unknown_attribute.py:12:27
#    |
# 12 |     return a.ndarray * np.pie
#    |                           ^^^ not found in `np`
#    |
#    = help: did you mean `pi`?
