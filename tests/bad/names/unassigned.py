import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]


@gtx.field_operator
def step(a: IJ, implicit: bool) -> IJ:
    b = c + 1.0
    c = a
    if implicit:
        d = a + 1.0
    return c * d

# ---- expected
# error[B0102]: `c` is used before it is assigned
#   --> names/unassigned.py:11:9
#    |
# 11 |     b = c + 1.0
#    |         ^ has no value yet
#    |
#    = note: a name that a function assigns anywhere is a variable of that function everywhere
#
# error[B0102]: `d` is not assigned where the condition is false
#   --> names/unassigned.py:15:16
#    |
# 13 |     if implicit:
#    |        -------- no value where this is false
# 14 |         d = a + 1.0
#    |         - assigned on this path only
# 15 |     return c * d
#    |                ^ may have no value
#    |
#    = help: assign `d` in the other branch too, or before the `if`
