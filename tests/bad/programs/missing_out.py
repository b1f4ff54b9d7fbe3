import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]


@gtx.field_operator
def copy(a: IJ) -> IJ:
    return a


@gtx.program
def run(a: IJ, b: IJ):
    copy(a)
    copy(a, b)

# ---- expected
# error[B0401]: the call of `copy` writes nowhere
#   --> programs/missing_out.py:16:5
#    |
# 16 |     copy(a)
#    |     ^^^^^^^ no `out=`
#    |
#    = help: name the field that takes the result: `out=...`
#
# error[B0401]: the call of `copy` writes nowhere
#   --> programs/missing_out.py:17:5
#    |
# 17 |     copy(a, b)
#    |     ^^^^^^^^^^ no `out=`
#    |
#    = help: name the field that takes the result: `out=...`
#
# error[B0211]: `copy` takes one argument, not 2
#   --> programs/missing_out.py:17:13
#    |
# 10 | def copy(a: IJ) -> IJ:
#    |     ---- defined here
# ...
# 17 |     copy(a, b)
#    |             ^ one too many
