import gt4py.next as gtx
from gt4py.next import Field, float64
from gt4py.next import minimum

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]


@gtx.field_operator
def scale(a: IJ, factor: float64) -> IJ:
    return factor * a


@gtx.field_operator
def call(a: IJ, f: Field[[I], float64]) -> IJ:
    b = scale(a)
    c = scale(a, 1.0, 2.0)
    d = scale(a, factr=1.0)
    e = scale(a, a=a, factor=1.0)
    g = scale(f, 1.0)
    h = minimum(a)
    return scale(a, True)

# ---- expected
# error[B0211]: the call of `scale` lacks `factor`
#   --> types/arguments.py:17:9
#    |
# 11 | def scale(a: IJ, factor: float64) -> IJ:
#    |     ----- defined here
# ...
# 17 |     b = scale(a)
#    |         ^^^^^^^^ takes 2 arguments
#
# error[B0211]: `scale` takes 2 arguments, not 3
#   --> types/arguments.py:18:23
#    |
# 11 | def scale(a: IJ, factor: float64) -> IJ:
#    |     ----- defined here
# ...
# 18 |     c = scale(a, 1.0, 2.0)
#    |                       ^^^ one too many
#
# error[B0211]: `scale` has no parameter `factr`
#   --> types/arguments.py:19:18
#    |
# 19 |     d = scale(a, factr=1.0)
#    |                  ^^^^^
#    |
#    = help: did you mean `factor`?
#
# error[B0211]: the parameter `a` of `scale` is given twice
#   --> types/arguments.py:20:18
#    |
# 20 |     e = scale(a, a=a, factor=1.0)
#    |                  ^^^
#
# error[B0201]: the parameter `a` of `scale` takes `Field[[I, J], float64]`, not `Field[[I], float64]`
#   --> types/arguments.py:21:15
#    |
# 11 | def scale(a: IJ, factor: float64) -> IJ:
#    |     ----- defined here
# ...
# 21 |     g = scale(f, 1.0)
#    |               ^ this is `Field[[I], float64]`
#    |
#    = help: add the dimensions it lacks with `broadcast`
#
# error[B0211]: `minimum` takes 2 arguments, not 1
#   --> types/arguments.py:22:9
#    |
# 22 |     h = minimum(a)
#    |         ^^^^^^^^^^
#
# error[B0202]: the truth value `True` does not fit float64
#   --> types/arguments.py:23:21
#    |
# 11 | def scale(a: IJ, factor: float64) -> IJ:
#    |     ----- the operator is defined here
# ...
# 23 |     return scale(a, True)
#    |                     ^^^^ expected float64
