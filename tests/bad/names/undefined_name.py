import gt4py.next as gtx
from gt4py.next import Field, float64
from gt4py.next import minimum, neighbor_sum

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]


@gtx.field_operator
def limit(flux: IJ, gradient: IJ) -> IJ:
    limited = minimun(flux, 0.0)
    return limitd * gradint


@gtx.field_operator
def again(flux: IJ) -> IJ:
    return again(flux)

# ---- expected
# error[B0101]: the name `minimun` is not defined
#   --> names/undefined_name.py:12:15
#    |
# 12 |     limited = minimun(flux, 0.0)
#    |               ^^^^^^^ not found
#    |
#    = help: did you mean `minimum`?
#
# error[B0101]: the name `limitd` is not defined
#   --> names/undefined_name.py:13:12
#    |
# 13 |     return limitd * gradint
#    |            ^^^^^^ not found
#    |
#    = help: did you mean `limited`?
#
# error[B0101]: the name `gradint` is not defined
#   --> names/undefined_name.py:13:21
#    |
# 13 |     return limitd * gradint
#    |                     ^^^^^^^ not found
#    |
#    = help: did you mean `gradient`?
#
# error[B0101]: the name `again` is not defined
#   --> names/undefined_name.py:18:12
#    |
# 18 |     return again(flux)
#    |            ^^^^^ not found
#    |
#    = note: an operator cannot call itself: its value would have no end
