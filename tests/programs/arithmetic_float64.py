"""Arithmetic of float64, special values included."""

import gt4py.next as gtx
from gt4py.next import Field, abs, float64, fmod, maximum, minimum

I = gtx.Dimension("I")


@gtx.field_operator
def add(a: Field[[I], float64], b: Field[[I], float64]) -> Field[[I], float64]:
    return a + b


@gtx.field_operator
def subtract(a: Field[[I], float64], b: Field[[I], float64]) -> Field[[I], float64]:
    return a - b


@gtx.field_operator
def multiply(a: Field[[I], float64], b: Field[[I], float64]) -> Field[[I], float64]:
    return a * b


@gtx.field_operator
def divide(a: Field[[I], float64], b: Field[[I], float64]) -> Field[[I], float64]:
    return a / b


@gtx.field_operator
def floor_divide(a: Field[[I], float64], b: Field[[I], float64]) -> Field[[I], float64]:
    return a // b


@gtx.field_operator
def modulo(a: Field[[I], float64], b: Field[[I], float64]) -> Field[[I], float64]:
    return a % b


@gtx.field_operator
def power(a: Field[[I], float64], b: Field[[I], float64]) -> Field[[I], float64]:
    return a ** b


@gtx.field_operator
def signs(a: Field[[I], float64]) -> Field[[I], float64]:
    return -a + +a * abs(-a)


@gtx.field_operator
def smallest(a: Field[[I], float64], b: Field[[I], float64]) -> Field[[I], float64]:
    return minimum(a, b)


@gtx.field_operator
def largest(a: Field[[I], float64], b: Field[[I], float64]) -> Field[[I], float64]:
    return maximum(a, b)


@gtx.field_operator
def rest(a: Field[[I], float64], b: Field[[I], float64]) -> Field[[I], float64]:
    return fmod(a, b)


# ---- run add
# domain: I 0..203
# a: special
# b: values 3.0 -2.0 0.5 inf nan 0.0 -0.0 1e10 -7.5 1.0 2.0

# ---- run add
# domain: I -3..130
# a: random 0.5..9
# b: random 0.5..3
# expect out: a + b

# ---- run subtract
# domain: I 0..203
# a: special
# b: values 3.0 -2.0 0.5 inf nan 0.0 -0.0 1e10 -7.5 1.0 2.0

# ---- run subtract
# domain: I -3..130
# a: random 0.5..9
# b: random 0.5..3
# expect out: a - b

# ---- run multiply
# domain: I 0..203
# a: special
# b: values 3.0 -2.0 0.5 inf nan 0.0 -0.0 1e10 -7.5 1.0 2.0

# ---- run multiply
# domain: I -3..130
# a: random 0.5..9
# b: random 0.5..3
# expect out: a * b

# ---- run divide
# domain: I 0..203
# a: special
# b: values 3.0 -2.0 0.5 inf nan 0.0 -0.0 1e10 -7.5 1.0 2.0

# ---- run divide
# domain: I -3..130
# a: random 0.5..9
# b: random 0.5..3
# expect out: a / b

# ---- run floor_divide
# domain: I 0..203
# a: special
# b: values 3.0 -2.0 0.5 inf nan 0.0 -0.0 1e10 -7.5 1.0 2.0

# ---- run floor_divide
# domain: I -3..130
# a: random 0.5..9
# b: random 0.5..3
# expect out: a // b

# ---- run modulo
# domain: I 0..203
# a: special
# b: values 3.0 -2.0 0.5 inf nan 0.0 -0.0 1e10 -7.5 1.0 2.0

# ---- run modulo
# domain: I -3..130
# a: random 0.5..9
# b: random 0.5..3
# expect out: a % b

# ---- run power
# domain: I 0..203
# a: special
# b: values 3.0 -2.0 0.5 inf nan 0.0 -0.0 1e10 -7.5 1.0 2.0

# ---- run power
# domain: I -3..130
# a: random 0.5..9
# b: random 0.5..3
# expect out: a ** b

# ---- run signs
# domain: I 0..50
# a: random -3..3
# expect out: a * abs(a) - a

# ---- run smallest
# domain: I 0..181
# a: special
# b: values 3.0 -2.0 0.5 inf nan 0.0 -0.0 1e10 -7.5 1.0 2.0
# expect out: minimum(a, b)

# ---- run largest
# domain: I 0..181
# a: special
# b: values 3.0 -2.0 0.5 inf nan 0.0 -0.0 1e10 -7.5 1.0 2.0
# expect out: maximum(a, b)

# ---- run rest
# domain: I 0..181
# a: special
# b: values 3.0 -2.0 0.5 inf nan 0.0 -0.0 1e10 -7.5 1.0 2.0
# expect out: fmod(a, b)
