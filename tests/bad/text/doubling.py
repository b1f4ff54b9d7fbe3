import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]


@gtx.field_operator
def pairs(a: IJ) -> IJ:
    x = a
    x = (x, x)
    x = (x, x)
    x = (x, x)
    x = (x, x)
    x = (x, x)
    x = (x, x)
    x = (x, x)
    x = (x, x)
    x = (x, x)
    x = (x, x)
    x = (x, x)
    return x[0][0][0][0][0][0][0][0][0][0][0]


@gtx.field_operator
def smooth0(a: IJ) -> IJ:
    return a(I + 1) - a


@gtx.field_operator
def smooth1(a: IJ) -> IJ:
    return smooth0(a(I + 1)) + smooth0(a(I - 1))


@gtx.field_operator
def smooth2(a: IJ) -> IJ:
    return smooth1(a(I + 1)) + smooth1(a(I - 1))


@gtx.field_operator
def smooth3(a: IJ) -> IJ:
    return smooth2(a(I + 1)) + smooth2(a(I - 1))


@gtx.field_operator
def smooth4(a: IJ) -> IJ:
    return smooth3(a(I + 1)) + smooth3(a(I - 1))


@gtx.field_operator
def smooth5(a: IJ) -> IJ:
    return smooth4(a(I + 1)) + smooth4(a(I - 1))


@gtx.field_operator
def smooth6(a: IJ) -> IJ:
    return smooth5(a(I + 1)) + smooth5(a(I - 1))


@gtx.field_operator
def smooth7(a: IJ) -> IJ:
    return smooth6(a(I + 1)) + smooth6(a(I - 1))


@gtx.field_operator
def smooth8(a: IJ) -> IJ:
    return smooth7(a(I + 1)) + smooth7(a(I - 1))


@gtx.field_operator
def smooth9(a: IJ) -> IJ:
    return smooth8(a(I + 1)) + smooth8(a(I - 1))


@gtx.field_operator
def smooth10(a: IJ) -> IJ:
    return smooth9(a(I + 1)) + smooth9(a(I - 1))


@gtx.field_operator
def smooth11(a: IJ) -> IJ:
    return smooth10(a(I + 1)) + smooth10(a(I - 1))


@gtx.field_operator
def smooth12(a: IJ) -> IJ:
    return smooth11(a(I + 1)) + smooth11(a(I - 1))


@gtx.field_operator
def smooth13(a: IJ) -> IJ:
    return smooth12(a(I + 1)) + smooth12(a(I - 1))


@gtx.field_operator
def smooth14(a: IJ) -> IJ:
    return smooth13(a(I + 1)) + smooth13(a(I - 1))


@gtx.field_operator
def smooth15(a: IJ) -> IJ:
    return smooth14(a(I + 1)) + smooth14(a(I - 1))


@gtx.field_operator
def smooth16(a: IJ) -> IJ:
    return smooth15(a(I + 1)) + smooth15(a(I - 1))


@gtx.field_operator
def smooth17(a: IJ) -> IJ:
    return smooth16(a(I + 1)) + smooth16(a(I - 1))

# ---- expected
# error[B0002]: a tuple of more than 1024 numbers and fields, or of more than 32 tuples inside each other
#   --> text/doubling.py:22:9
#    |
# 22 |     x = (x, x)
#    |         ^^^^^^
#    |
#    = note: each mention of a tuple inside a tuple counts all of its elements
#    = help: keep values that do not belong together under names of their own
#
# error[B0002]: `smooth14` stands for more than 200000 operations once calls are replaced by what they compute
#   --> text/doubling.py:97:5
#    |
# 97 | def smooth14(a: IJ) -> IJ:
#    |     ^^^^^^^^
# 98 |     return smooth13(a(I + 1)) + smooth13(a(I - 1))
#    |            ------------------ this call stands for 106488 of them
#    |
#    = note: an operator that calls another one twice stands for twice as much, and so on with every level
#    = help: assign what is needed several times to a name, or write it to a field in a program
