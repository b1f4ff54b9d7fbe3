"""Variables of which several versions are needed at once, and of which not: what the printer has to tell apart."""

import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)


@gtx.field_operator
def alias(x: Field[[I], float64], p: bool) -> Field[[I], float64]:
    y = x
    if p:
        x = x + 1.0
    else:
        x = x * 2.0
    return x * 100.0 + y


@gtx.field_operator
def swapped(a: Field[[I], float64], b: Field[[I], float64], p: bool) -> Field[[I], float64]:
    if p:
        a, b = b, a
    else:
        c = a
        a = b + 1.0
        b = c
    return a - 2.0 * b


@gtx.field_operator
def versions(x: Field[[I], float64]) -> Field[[I], float64]:
    x_1 = x + 1.0
    x = x_1 * x
    x_2 = x
    x = x + x_2
    x = x * 2.0
    return x + x_1


@gtx.field_operator
def chain(x: Field[[I], float64], n: gtx.int32) -> Field[[I], float64]:
    r = x
    if n == 0:
        r = r + 1.0
    elif n == 1:
        s = r + 2.0
        r = s
    elif n == 2:
        r = x
    else:
        r = r * r
        r = r * r
    return r


@gtx.field_operator
def augmented(x: Field[[I], float64], n: gtx.int32) -> Field[[I], float64]:
    """`x += y` names a new value: what was read before stays."""
    before = x
    x += 1.0
    x *= x + 1.0
    if n > 0:
        x -= before
    n //= 2
    n **= 2
    n %= 5
    return x / 2.0 + before * gtx.astype(n, float64)


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def decayed(total: float64, x: float64) -> float64:
    total *= 0.5
    total += x
    return total


@gtx.field_operator
def decaying(x: Field[[K], float64]) -> Field[[K], float64]:
    return decayed(x)


# ---- run alias
# domain: I 0..9
# p: True
# expect out: 100 * (x + 1) + x

# ---- run swapped
# domain: I 0..9
# p: True
# expect out: b - 2 * a

# ---- run swapped
# domain: I 0..9
# p: False
# expect out: b + 1 - 2 * a

# ---- run versions
# domain: I 0..9
# expect out: 4 * x * (x + 1) + x + 1

# ---- run chain
# domain: I 0..9
# n: 1
# expect out: x + 2

# ---- run chain
# domain: I 0..9
# n: 3
# expect out: x * x * x * x

# ---- run augmented
# domain: I 0..9
# n: 7
# expect out: ((x + 1) * (x + 2) - x) / 2 + x * 4

# ---- run decaying
# domain: K 0..4
# x: values 1 2 4 8
# expect out = 1 2.5 5.25 10.625
