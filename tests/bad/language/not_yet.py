import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")


@gtx.field_operator
def counted(a: Field[[I], float64]) -> Field[[I], float64]:
    n = range(3)
    return a * 10.0 ** 10 ** 10 + 10.0 ** 400 * a

# ---- expected
# error[B0105]: `range` stands in the head of a loop
#  --> language/not_yet.py:9:9
#   |
# 9 |     n = range(3)
#   |         ^^^^^^^^
#   |
#   = note: programs repeat calls of operators: `for k in range(n):`
#   = help: computations over points need no loop
#
# error[B0215]: the result is too large
#   --> language/not_yet.py:10:16
#    |
# 10 |     return a * 10.0 ** 10 ** 10 + 10.0 ** 400 * a
#    |                ^^^^^^^^^^^^^^^^
#    |
#    = note: literals are computed when the operator is compiled, with Python's meaning
#
# error[B0215]: the result is too large
#   --> language/not_yet.py:10:35
#    |
# 10 |     return a * 10.0 ** 10 ** 10 + 10.0 ** 400 * a
#    |                                   ^^^^^^^^^^^
#    |
#    = note: literals are computed when the operator is compiled, with Python's meaning
