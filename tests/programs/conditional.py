"""`if` statements and conditional expressions on scalars: joins, early returns, chains, nesting, tuples."""

import gt4py.next as gtx
from gt4py.next import Field, float64, int32

I = gtx.Dimension("I")


@gtx.field_operator
def ternary(a: Field[[I], float64], b: Field[[I], float64], n: int32) -> Field[[I], float64]:
    return a * 2.0 if n > 3 else b + (1.0 if n < 0 else 2.0)


@gtx.field_operator
def joined(a: Field[[I], float64], n: int32) -> Field[[I], float64]:
    x = a
    if n > 0:
        x = a * 2.0
        y = a + 1.0
    else:
        y = x - 1.0
    return x + y


@gtx.field_operator
def early(a: Field[[I], float64], n: int32) -> Field[[I], float64]:
    b = a * a
    if n == 1:
        return b
    if n == 2:
        b = b + 1.0
    elif n == 3:
        return -b
    else:
        b = b(I + 1)
    return b * 2.0


@gtx.field_operator
def nested(a: Field[[I], float64], p: bool, q: bool) -> Field[[I], float64]:
    if p:
        if q:
            r = a + 1.0
        else:
            r = a + 2.0
        r = r * 10.0
    elif q & ~p:
        r = a + 3.0
    else:
        r = a
        pass
    return r


@gtx.field_operator
def tuples(a: Field[[I], float64], n: int32) -> tuple[Field[[I], float64], float64]:
    if n > 0:
        t = (a, 1.0)
        s = 2.0
    else:
        t = (-a, 4.0)
        s = 8.0
    return t[0] * s, t[1] + s


@gtx.field_operator
def untaken_branches_are_not_read(a: Field[[I], float64], far: bool) -> Field[[I], float64]:
    return a(I + 100) if far else a


# ---- run ternary
# domain: I 0..30
# n: 4
# expect out: 2 * a

# ---- run ternary
# domain: I 0..30
# n: -1
# expect out: b + 1

# ---- run ternary
# domain: I 0..30
# n: 2
# expect out: b + 2

# ---- run joined
# domain: I 0..30
# n: 1
# expect out: 3 * a + 1

# ---- run joined
# domain: I 0..30
# n: 0
# expect out: 2 * a - 1

# ---- run early
# domain: I 0..30
# a: I 0..31
# n: 1
# expect out: a * a

# ---- run early
# domain: I 0..30
# a: I 0..31
# n: 2
# expect out: 2 * a * a + 2

# ---- run early
# domain: I 0..30
# a: I 0..31
# n: 3
# expect out: -a * a

# ---- run early
# domain: I 0..30
# a: I 0..31
# n: 4
# expect out: 2 * a(I + 1) * a(I + 1)

# ---- run nested
# domain: I 0..30
# p: True
# q: True
# expect out: 10 * a + 10

# ---- run nested
# domain: I 0..30
# p: True
# q: False
# expect out: 10 * a + 20

# ---- run nested
# domain: I 0..30
# p: False
# q: True
# expect out: a + 3

# ---- run nested
# domain: I 0..30
# p: False
# q: False
# expect out: a

# ---- run tuples
# domain: I 0..30
# n: 1
# expect out.0: 2 * a
# expect out.1 = 3.0

# ---- run tuples
# domain: I 0..30
# n: -1
# expect out.0: -8 * a
# expect out.1 = 12.0

# ---- run untaken_branches_are_not_read
# domain: I 0..30
# a: I 0..130
# far: False
# expect out: a
