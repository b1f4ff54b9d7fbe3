import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")


@gtx.field_operator
def loud(a: Field[[I], float64]) -> Field[[I], float64]:
    print("a is", a)
    breakpoint()
    return a


@gtx.field_operator(backend="embedded")
def fine(a: Field[[I], float64]) -> Field[[I], float64]:
    print("a is", a)
    return a

# ---- expected
# error[B0301]: `print` and `breakpoint` look into operators that Python runs
#  --> language/looking.py:9:5
#   |
# 9 |     print("a is", a)
#   |     ^^^^^^^^^^^^^^^^ machine code has nothing to show here
#   |
#   = help: decorate the operator with `backend="embedded"` while you look: `@field_operator(backend="embedded")`
#
# error[B0301]: `print` and `breakpoint` look into operators that Python runs
#   --> language/looking.py:10:5
#    |
# 10 |     breakpoint()
#    |     ^^^^^^^^^^^^ machine code has nothing to show here
#    |
#    = help: decorate the operator with `backend="embedded"` while you look: `@field_operator(backend="embedded")`
