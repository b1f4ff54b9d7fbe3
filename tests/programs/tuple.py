"""Tuples: of parameters, results, variables; nested, unpacked, starred, indexed."""

import gt4py.next as gtx
from gt4py.next import Field, astype, float32, float64

I = gtx.Dimension("I")
Pair = tuple[Field[[I], float64], Field[[I], float64]]


@gtx.field_operator
def swap(t: tuple[Field[[I], float64], Field[[I], float64]]) -> tuple[Field[[I], float64], Field[[I], float64]]:
    a, b = t
    return b, a


@gtx.field_operator
def nest(a: Field[[I], float64], n: float64) -> tuple[Field[[I], float64], tuple[Field[[I], float64], float64]]:
    return a, (a * n, n + 1.0)


@gtx.field_operator
def unpack(a: Field[[I], float64], n: float64) -> Field[[I], float64]:
    first, rest = nest(a, n)
    second, third = rest
    t = (first, second, first + second, second)
    head, *middle, last = t
    x, y = middle
    return head + x * y + last * third + t[-1] + t[1]


@gtx.field_operator
def single(a: Field[[I], float64]) -> tuple[Field[[I], float64]]:
    t = (a,)
    return (t[0] + 1.0,)


@gtx.field_operator
def converted(t: tuple[Field[[I], float64], tuple[Field[[I], float64], float64]]) -> Field[[I], float32]:
    u = astype(t, float32)
    return u[0] + u[1][0] * u[1][1]


@gtx.field_operator
def reassigned(a: Field[[I], float64], b: Field[[I], float64]) -> Field[[I], float64]:
    a, b = b, a
    a, b = a + b, a - b
    return a * b


@gtx.program
def program_with_tuples(
    t: tuple[Field[[I], float64], Field[[I], float64]],
    u: tuple[Field[[I], float64], Field[[I], float64]],
    v: Field[[I], float64],
):
    swap(t, out=u)
    swap((v, v), out=(v, u[0]))
    swap(u, out=(v, u[1]))


# ---- run swap
# domain: I 0..17
# t.0: linear
# t.1: 3.0
# expect out.0: 3
# expect out.1: 1 + 2 * I

# ---- run unpack
# domain: I 0..17
# expect out: a + a * n * (a + a * n) + a * n * (n + 1) + a * n + a * n

# ---- run single
# domain: I 0..17
# expect out.0: a + 1

# ---- run converted
# domain: I 0..17
# t.0: linear
# t.1.0: index I
# t.1.1: 2.0
# expect out: 1 + 4 * I

# ---- run reassigned
# domain: I 0..17
# expect out: (a + b) * (b - a)

# ---- run program_with_tuples
# domain: I 0..17
# t.0: 1.0
# t.1: 2.0
# v: 3.0
# expect u.0: 3
# expect v: 1
# expect u.1: 3
