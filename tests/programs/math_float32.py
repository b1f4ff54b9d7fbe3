"""Every function of one float32."""

import gt4py.next as gtx
from gt4py.next import Field, abs, arccos, arccosh, arcsin, arcsinh, arctan, arctanh, cbrt, ceil, cos, cosh, exp, float32, floor, gamma, isfinite, isinf, isnan, log, neg, sin, sinh, sqrt, tan, tanh, trunc

I = gtx.Dimension("I")


@gtx.field_operator
def call_sin(x: Field[[I], float32]) -> Field[[I], float32]:
    return sin(x)


@gtx.field_operator
def call_cos(x: Field[[I], float32]) -> Field[[I], float32]:
    return cos(x)


@gtx.field_operator
def call_tan(x: Field[[I], float32]) -> Field[[I], float32]:
    return tan(x)


@gtx.field_operator
def call_arcsin(x: Field[[I], float32]) -> Field[[I], float32]:
    return arcsin(x)


@gtx.field_operator
def call_arccos(x: Field[[I], float32]) -> Field[[I], float32]:
    return arccos(x)


@gtx.field_operator
def call_arctan(x: Field[[I], float32]) -> Field[[I], float32]:
    return arctan(x)


@gtx.field_operator
def call_sinh(x: Field[[I], float32]) -> Field[[I], float32]:
    return sinh(x)


@gtx.field_operator
def call_cosh(x: Field[[I], float32]) -> Field[[I], float32]:
    return cosh(x)


@gtx.field_operator
def call_tanh(x: Field[[I], float32]) -> Field[[I], float32]:
    return tanh(x)


@gtx.field_operator
def call_arcsinh(x: Field[[I], float32]) -> Field[[I], float32]:
    return arcsinh(x)


@gtx.field_operator
def call_arccosh(x: Field[[I], float32]) -> Field[[I], float32]:
    return arccosh(x)


@gtx.field_operator
def call_arctanh(x: Field[[I], float32]) -> Field[[I], float32]:
    return arctanh(x)


@gtx.field_operator
def call_sqrt(x: Field[[I], float32]) -> Field[[I], float32]:
    return sqrt(x)


@gtx.field_operator
def call_exp(x: Field[[I], float32]) -> Field[[I], float32]:
    return exp(x)


@gtx.field_operator
def call_log(x: Field[[I], float32]) -> Field[[I], float32]:
    return log(x)


@gtx.field_operator
def call_gamma(x: Field[[I], float32]) -> Field[[I], float32]:
    return gamma(x)


@gtx.field_operator
def call_cbrt(x: Field[[I], float32]) -> Field[[I], float32]:
    return cbrt(x)


@gtx.field_operator
def call_floor(x: Field[[I], float32]) -> Field[[I], float32]:
    return floor(x)


@gtx.field_operator
def call_ceil(x: Field[[I], float32]) -> Field[[I], float32]:
    return ceil(x)


@gtx.field_operator
def call_trunc(x: Field[[I], float32]) -> Field[[I], float32]:
    return trunc(x)


@gtx.field_operator
def call_abs(x: Field[[I], float32]) -> Field[[I], float32]:
    return abs(x)


@gtx.field_operator
def call_neg(x: Field[[I], float32]) -> Field[[I], float32]:
    return neg(x)


@gtx.field_operator
def call_isfinite(x: Field[[I], float32]) -> Field[[I], bool]:
    return isfinite(x)


@gtx.field_operator
def call_isinf(x: Field[[I], float32]) -> Field[[I], bool]:
    return isinf(x)


@gtx.field_operator
def call_isnan(x: Field[[I], float32]) -> Field[[I], bool]:
    return isnan(x)


# ---- run call_sin
# domain: I 0..77
# x: random -9..9
# expect out: sin(x)

# ---- run call_sin
# domain: I 0..16
# x: special

# ---- run call_cos
# domain: I 0..77
# x: random -9..9
# expect out: cos(x)

# ---- run call_cos
# domain: I 0..16
# x: special

# ---- run call_tan
# domain: I 0..77
# x: random -1.5..1.5
# expect out: tan(x)

# ---- run call_tan
# domain: I 0..16
# x: special

# ---- run call_arcsin
# domain: I 0..77
# x: random -1..1
# expect out: arcsin(x)

# ---- run call_arcsin
# domain: I 0..16
# x: special

# ---- run call_arccos
# domain: I 0..77
# x: random -1..1
# expect out: arccos(x)

# ---- run call_arccos
# domain: I 0..16
# x: special

# ---- run call_arctan
# domain: I 0..77
# x: random -50..50
# expect out: arctan(x)

# ---- run call_arctan
# domain: I 0..16
# x: special

# ---- run call_sinh
# domain: I 0..77
# x: random -5..5
# expect out: sinh(x)

# ---- run call_sinh
# domain: I 0..16
# x: special

# ---- run call_cosh
# domain: I 0..77
# x: random -5..5
# expect out: cosh(x)

# ---- run call_cosh
# domain: I 0..16
# x: special

# ---- run call_tanh
# domain: I 0..77
# x: random -5..5
# expect out: tanh(x)

# ---- run call_tanh
# domain: I 0..16
# x: special

# ---- run call_arcsinh
# domain: I 0..77
# x: random -9..9
# expect out: arcsinh(x)

# ---- run call_arcsinh
# domain: I 0..16
# x: special

# ---- run call_arccosh
# domain: I 0..77
# x: random 1..9
# expect out: arccosh(x)

# ---- run call_arccosh
# domain: I 0..16
# x: special

# ---- run call_arccosh
# domain: I 0..9
# x: values -8818.85 -788.5 -1e12 -inf -1 -0.0 0.5 1 inf
# expect out = nan nan nan nan nan nan nan 0 inf

# ---- run call_arccosh
# domain: I 0..200
# x: random -1e8..1
# expect out: sqrt(-1.0)

# ---- run call_arctanh
# domain: I 0..77
# x: random -1..1
# expect out: arctanh(x)

# ---- run call_arctanh
# domain: I 0..16
# x: special

# ---- run call_sqrt
# domain: I 0..77
# x: random 0..100
# expect out: sqrt(x)

# ---- run call_sqrt
# domain: I 0..16
# x: special

# ---- run call_exp
# domain: I 0..77
# x: random -20..20
# expect out: exp(x)

# ---- run call_exp
# domain: I 0..16
# x: special

# ---- run call_log
# domain: I 0..77
# x: random 0..100
# expect out: log(x)

# ---- run call_log
# domain: I 0..16
# x: special

# ---- run call_gamma
# domain: I 0..77
# x: random 0.1..9
# expect out: gamma(x)

# ---- run call_gamma
# domain: I 0..16
# x: special

# ---- run call_cbrt
# domain: I 0..77
# x: random -30..30
# expect out: cbrt(x)

# ---- run call_cbrt
# domain: I 0..16
# x: special

# ---- run call_floor
# domain: I 0..77
# x: random -9..9
# expect out: floor(x)

# ---- run call_floor
# domain: I 0..16
# x: special

# ---- run call_ceil
# domain: I 0..77
# x: random -9..9
# expect out: ceil(x)

# ---- run call_ceil
# domain: I 0..16
# x: special

# ---- run call_trunc
# domain: I 0..77
# x: random -9..9
# expect out: trunc(x)

# ---- run call_trunc
# domain: I 0..16
# x: special

# ---- run call_abs
# domain: I 0..77
# x: random -9..9
# expect out: abs(x)

# ---- run call_abs
# domain: I 0..16
# x: special

# ---- run call_neg
# domain: I 0..16
# x: special

# ---- run call_isfinite
# domain: I 0..32
# x: special
# expect out: isfinite(x)

# ---- run call_isinf
# domain: I 0..32
# x: special
# expect out: isinf(x)

# ---- run call_isnan
# domain: I 0..32
# x: special
# expect out: isnan(x)
