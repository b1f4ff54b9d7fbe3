import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]


@gtx.field_operator
def parameters(a: IJ, /, b: IJ = 1.0, *rest, c: IJ, **more) -> IJ:
    return b

# ---- expected
# error[B0304]: a parameter that is given by position only
#   --> language/parameter.py:10:16
#    |
# 10 | def parameters(a: IJ, /, b: IJ = 1.0, *rest, c: IJ, **more) -> IJ:
#    |                ^
#    |
#    = note: operators and programs have a fixed list of parameters
#
# error[B0304]: the parameter `b` has a default value
#   --> language/parameter.py:10:34
#    |
# 10 | def parameters(a: IJ, /, b: IJ = 1.0, *rest, c: IJ, **more) -> IJ:
#    |                                  ^^^
#    |
#    = help: give it in every call
#
# error[B0304]: a variable number of parameters
#   --> language/parameter.py:10:40
#    |
# 10 | def parameters(a: IJ, /, b: IJ = 1.0, *rest, c: IJ, **more) -> IJ:
#    |                                        ^^^^
#    |
#    = note: operators and programs have a fixed list of parameters
#
# error[B0304]: a parameter that is given by name only
#   --> language/parameter.py:10:46
#    |
# 10 | def parameters(a: IJ, /, b: IJ = 1.0, *rest, c: IJ, **more) -> IJ:
#    |                                              ^
#    |
#    = note: operators and programs have a fixed list of parameters
#
# error[B0304]: a variable number of parameters
#   --> language/parameter.py:10:55
#    |
# 10 | def parameters(a: IJ, /, b: IJ = 1.0, *rest, c: IJ, **more) -> IJ:
#    |                                                       ^^^^
#    |
#    = note: operators and programs have a fixed list of parameters
