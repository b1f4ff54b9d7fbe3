"""Statements of operators: docstrings, annotated assignments, reassignment, `pass`, plain Python type names."""

import gt4py.next as gtx
from gt4py.next import Field, astype, float64, int64, power

I = gtx.Dimension("I")


@gtx.field_operator
def annotated(a: Field[[I], float64], n: int) -> Field[[I], float]:
    """Squares, with a docstring."""
    b: Field[[I], float64] = a * a
    b = b + 1.0
    pass
    # A comment.
    (c) = b
    return (
        c
        - b  # inside of parentheses
        + b * 2.0
    )


@gtx.field_operator
def powers(a: Field[[I], float64], n: Field[[I], int64]) -> tuple[Field[[I], float64], Field[[I], int64]]:
    return a**2 + a**-1 - power(a, 0.5), n**3 - (-n) ** 2


@gtx.field_operator
def precedence(a: Field[[I], float64], p: Field[[I], bool]) -> tuple[Field[[I], float64], Field[[I], bool]]:
    x = -(a**2) - (a - (a - 1.0)) / a * 2.0 + -a * -a
    return x // 0.5 % 3.0, p & (a > 0.5) | ~p ^ (x < -1.0)


@gtx.field_operator
def long_sum(a: Field[[I], float64]) -> Field[[I], float64]:
    return (
        a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + a
        + 1.0
    )


@gtx.field_operator
def scalars(n: int64, x: float64, flag: bool) -> float64:
    m = n // 2 + n % 3
    y = x * 2.0 if flag else -x
    return y + astype(m, float64)


# ---- run annotated
# domain: I 0..21
# expect out: 2 * (a * a + 1)

# ---- run powers
# domain: I 0..21
# a: random 0.5..3
# expect out.0: a * a + 1 / a - sqrt(a)
# expect out.1: n * n * n - n * n

# ---- run precedence
# domain: I 0..21
# a: random 0.1..1
# expect out.0: (-(a * a) - 2 / a + a * a) // 0.5 % 3

# ---- run long_sum
# domain: I 0..21
# expect out: 200 * a + 1

# ---- run scalars
# n: 7
# x: 1.5
# flag: True
# expect out = 7.0

# ---- run scalars
# n: -7
# x: 1.5
# flag: False
# expect out = -3.5
