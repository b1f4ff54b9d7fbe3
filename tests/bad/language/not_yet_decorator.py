import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")


@gtx.field_operator(enable_jit=False)
def same(a: Field[[I], float64]) -> Field[[I], float64]:
    return a


@gtx.program(static_params=["n"])
def copy(a: Field[[I], float64], out: Field[[I], float64]):
    same(a, out=out)

# ---- expected
# error[B0301]: the argument `static_params` of `program` is not supported by Bise yet
#   --> language/not_yet_decorator.py:12:14
#    |
# 12 | @gtx.program(static_params=["n"])
#    |              ^^^^^^^^^^^^^
