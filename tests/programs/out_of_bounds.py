"""Fields that are too small for what is read of them: refused before anything is written."""

import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")


@gtx.field_operator
def inner(a: Field[[I, J], float64]) -> Field[[I, J], float64]:
    return a(I + 1) - a(J - 1)


@gtx.field_operator
def identity(a: Field[[I, J], float64]) -> Field[[I, J], float64]:
    return a


@gtx.program
def two_steps(a: Field[[I, J], float64], b: Field[[I, J], float64], out: Field[[I, J], float64]):
    identity(a, out=b)
    inner(b, out=out)


# ---- run inner
# domain: I 0..10, J 0..10
# a: I 0..10, J -1..10
# refuse: B0501

# ---- run inner
# domain: I 0..10, J 0..10
# a: I 0..11, J 0..10
# refuse: B0501

# ---- run inner
# domain: I 0..10, J 0..10
# a: I 0..11, J -1..10
# expect out: a(I + 1) - a(J - 1)

# ---- run two_steps
# domain: I 0..10, J 0..10
# refuse: B0501

# ---- run two_steps
# domain: I 0..10, J 0..10
# a: I 0..11, J -1..10
# b: I 0..11, J -1..10
# expect out: a(I + 1) - a(J - 1)
# expect b: a
