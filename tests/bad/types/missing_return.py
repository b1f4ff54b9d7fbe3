import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]


@gtx.field_operator
def sometimes(a: IJ, p: bool) -> IJ:
    if p:
        return a
    b = a


@gtx.field_operator
def nothing(a: IJ) -> IJ:
    return

# ---- expected
# error[B0213]: a path through `sometimes` ends without `return`
#   --> types/missing_return.py:10:5
#    |
# 10 | def sometimes(a: IJ, p: bool) -> IJ:
#    |     ^^^^^^^^^
#    |
#    = help: end every path with `return value`
#
# error[B0213]: `return` without a value
#   --> types/missing_return.py:18:5
#    |
# 18 |     return
#    |     ^^^^^^
#    |
#    = help: write `return value`
