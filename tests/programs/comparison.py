"""Comparisons of numbers of every type, NaN included."""

import gt4py.next as gtx
from gt4py.next import Field

I = gtx.Dimension("I")


@gtx.field_operator
def equal_float64(a: Field[[I], gtx.float64], b: Field[[I], gtx.float64]) -> Field[[I], bool]:
    return a == b


@gtx.field_operator
def not_equal_float64(a: Field[[I], gtx.float64], b: Field[[I], gtx.float64]) -> Field[[I], bool]:
    return a != b


@gtx.field_operator
def less_float64(a: Field[[I], gtx.float64], b: Field[[I], gtx.float64]) -> Field[[I], bool]:
    return a < b


@gtx.field_operator
def less_equal_float64(a: Field[[I], gtx.float64], b: Field[[I], gtx.float64]) -> Field[[I], bool]:
    return a <= b


@gtx.field_operator
def greater_float64(a: Field[[I], gtx.float64], b: Field[[I], gtx.float64]) -> Field[[I], bool]:
    return a > b


@gtx.field_operator
def greater_equal_float64(a: Field[[I], gtx.float64], b: Field[[I], gtx.float64]) -> Field[[I], bool]:
    return a >= b


@gtx.field_operator
def not_equal_float32(a: Field[[I], gtx.float32], b: Field[[I], gtx.float32]) -> Field[[I], bool]:
    return a != b


@gtx.field_operator
def less_float32(a: Field[[I], gtx.float32], b: Field[[I], gtx.float32]) -> Field[[I], bool]:
    return a < b


@gtx.field_operator
def equal_int32(a: Field[[I], gtx.int32], b: Field[[I], gtx.int32]) -> Field[[I], bool]:
    return a == b


@gtx.field_operator
def not_equal_int32(a: Field[[I], gtx.int32], b: Field[[I], gtx.int32]) -> Field[[I], bool]:
    return a != b


@gtx.field_operator
def less_int32(a: Field[[I], gtx.int32], b: Field[[I], gtx.int32]) -> Field[[I], bool]:
    return a < b


@gtx.field_operator
def less_equal_int32(a: Field[[I], gtx.int32], b: Field[[I], gtx.int32]) -> Field[[I], bool]:
    return a <= b


@gtx.field_operator
def greater_int32(a: Field[[I], gtx.int32], b: Field[[I], gtx.int32]) -> Field[[I], bool]:
    return a > b


@gtx.field_operator
def greater_equal_int32(a: Field[[I], gtx.int32], b: Field[[I], gtx.int32]) -> Field[[I], bool]:
    return a >= b


@gtx.field_operator
def not_equal_int8(a: Field[[I], gtx.int8], b: Field[[I], gtx.int8]) -> Field[[I], bool]:
    return a != b


@gtx.field_operator
def less_int8(a: Field[[I], gtx.int8], b: Field[[I], gtx.int8]) -> Field[[I], bool]:
    return a < b


@gtx.field_operator
def equal_uint64(a: Field[[I], gtx.uint64], b: Field[[I], gtx.uint64]) -> Field[[I], bool]:
    return a == b


@gtx.field_operator
def not_equal_uint64(a: Field[[I], gtx.uint64], b: Field[[I], gtx.uint64]) -> Field[[I], bool]:
    return a != b


@gtx.field_operator
def less_uint64(a: Field[[I], gtx.uint64], b: Field[[I], gtx.uint64]) -> Field[[I], bool]:
    return a < b


@gtx.field_operator
def less_equal_uint64(a: Field[[I], gtx.uint64], b: Field[[I], gtx.uint64]) -> Field[[I], bool]:
    return a <= b


@gtx.field_operator
def greater_uint64(a: Field[[I], gtx.uint64], b: Field[[I], gtx.uint64]) -> Field[[I], bool]:
    return a > b


@gtx.field_operator
def greater_equal_uint64(a: Field[[I], gtx.uint64], b: Field[[I], gtx.uint64]) -> Field[[I], bool]:
    return a >= b


@gtx.field_operator
def not_equal_uint8(a: Field[[I], gtx.uint8], b: Field[[I], gtx.uint8]) -> Field[[I], bool]:
    return a != b


@gtx.field_operator
def less_uint8(a: Field[[I], gtx.uint8], b: Field[[I], gtx.uint8]) -> Field[[I], bool]:
    return a < b


# ---- run equal_float64
# domain: I 0..100
# a: special
# b: values 3 -2 1 inf nan 0 -0.0
# expect out: a == b

# ---- run not_equal_float64
# domain: I 0..100
# a: special
# b: values 3 -2 1 inf nan 0 -0.0
# expect out: a != b

# ---- run less_float64
# domain: I 0..100
# a: special
# b: values 3 -2 1 inf nan 0 -0.0
# expect out: a < b

# ---- run less_equal_float64
# domain: I 0..100
# a: special
# b: values 3 -2 1 inf nan 0 -0.0
# expect out: a <= b

# ---- run greater_float64
# domain: I 0..100
# a: special
# b: values 3 -2 1 inf nan 0 -0.0
# expect out: a > b

# ---- run greater_equal_float64
# domain: I 0..100
# a: special
# b: values 3 -2 1 inf nan 0 -0.0
# expect out: a >= b

# ---- run not_equal_float32
# domain: I 0..100
# a: special
# b: values 3 -2 1 inf nan 0 -0.0
# expect out: a != b

# ---- run less_float32
# domain: I 0..100
# a: special
# b: values 3 -2 1 inf nan 0 -0.0
# expect out: a < b

# ---- run equal_int32
# domain: I 0..100
# a: special
# b: values 3 -3 0 -1 7
# expect out: a == b

# ---- run not_equal_int32
# domain: I 0..100
# a: special
# b: values 3 -3 0 -1 7
# expect out: a != b

# ---- run less_int32
# domain: I 0..100
# a: special
# b: values 3 -3 0 -1 7
# expect out: a < b

# ---- run less_equal_int32
# domain: I 0..100
# a: special
# b: values 3 -3 0 -1 7
# expect out: a <= b

# ---- run greater_int32
# domain: I 0..100
# a: special
# b: values 3 -3 0 -1 7
# expect out: a > b

# ---- run greater_equal_int32
# domain: I 0..100
# a: special
# b: values 3 -3 0 -1 7
# expect out: a >= b

# ---- run not_equal_int8
# domain: I 0..100
# a: special
# b: values 3 -3 0 -1 7
# expect out: a != b

# ---- run less_int8
# domain: I 0..100
# a: special
# b: values 3 -3 0 -1 7
# expect out: a < b

# ---- run equal_uint64
# domain: I 0..100
# a: special
# b: values 3 0 200 1 7

# ---- run not_equal_uint64
# domain: I 0..100
# a: special
# b: values 3 0 200 1 7

# ---- run less_uint64
# domain: I 0..100
# a: special
# b: values 3 0 200 1 7

# ---- run less_equal_uint64
# domain: I 0..100
# a: special
# b: values 3 0 200 1 7

# ---- run greater_uint64
# domain: I 0..100
# a: special
# b: values 3 0 200 1 7

# ---- run greater_equal_uint64
# domain: I 0..100
# a: special
# b: values 3 0 200 1 7

# ---- run not_equal_uint8
# domain: I 0..100
# a: special
# b: values 3 0 200 1 7
# expect out: a != b

# ---- run less_uint8
# domain: I 0..100
# a: special
# b: values 3 0 200 1 7
# expect out: a < b
