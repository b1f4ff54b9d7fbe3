import gt4py.next as gtx
from gt4py.next import Field, float64
import os

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]


def helper(a):
    return a


@gtx.field_operator
def call(a: IJ) -> IJ:
    b = max(a, 0.0)
    return helper(a) + os.getpid() + I(a)

# ---- expected
# error[B0105]: Python's function `max` is not part of the language
#   --> names/not_callable.py:16:9
#    |
# 16 |     b = max(a, 0.0)
#    |         ^^^
#    |
#    = help: write `maximum(a, b)`
#
# error[B0105]: the Python function `helper` cannot be called here
#   --> names/not_callable.py:17:12
#    |
# 17 |     return helper(a) + os.getpid() + I(a)
#    |            ^^^^^^
#    |
#    = note: one calls operators, functions of the language, types, and fields to shift them
#
# error[B0104]: the module `os` has no attribute `getpid`
#   --> names/not_callable.py:17:27
#    |
# 17 |     return helper(a) + os.getpid() + I(a)
#    |                           ^^^^^^
#
# error[B0105]: the dimension `I` cannot be called here
#   --> names/not_callable.py:17:38
#    |
# 17 |     return helper(a) + os.getpid() + I(a)
#    |                                      ^
#    |
#    = note: one calls operators, functions of the language, types, and fields to shift them
