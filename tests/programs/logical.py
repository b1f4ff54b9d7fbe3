"""Truth values: and, or, xor, not."""

import gt4py.next as gtx
from gt4py.next import Field

I = gtx.Dimension("I")


@gtx.field_operator
def both(a: Field[[I], bool], b: Field[[I], bool]) -> Field[[I], bool]:
    return a & b


@gtx.field_operator
def either(a: Field[[I], bool], b: Field[[I], bool]) -> Field[[I], bool]:
    return a | b


@gtx.field_operator
def one(a: Field[[I], bool], b: Field[[I], bool]) -> Field[[I], bool]:
    return a ^ b


@gtx.field_operator
def neither(a: Field[[I], bool], b: Field[[I], bool]) -> Field[[I], bool]:
    return ~(a | b)


@gtx.field_operator
def mixed(a: Field[[I], bool], b: Field[[I], bool]) -> Field[[I], bool]:
    return (a & ~b) | (b ^ True)


# ---- run both
# domain: I 0..67
# a: random
# b: random
# expect out: a & b

# ---- run either
# domain: I 0..67
# a: random
# b: random
# expect out: a | b

# ---- run one
# domain: I 0..67
# a: random
# b: random
# expect out: a ^ b

# ---- run neither
# domain: I 0..67
# a: random
# b: random
# expect out: ~(a | b)

# ---- run mixed
# domain: I 0..67
# a: random
# b: random
# expect out: (a & ~b) | (b ^ 1)
