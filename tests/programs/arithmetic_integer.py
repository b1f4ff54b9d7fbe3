"""Integer arithmetic: wrapping, floored and truncated quotients, division by zero."""

import gt4py.next as gtx
from gt4py.next import Field, abs, maximum, minimum

I = gtx.Dimension("I")


@gtx.field_operator
def add_int8(a: Field[[I], gtx.int8], b: Field[[I], gtx.int8]) -> Field[[I], gtx.int8]:
    return a + b


@gtx.field_operator
def subtract_int8(a: Field[[I], gtx.int8], b: Field[[I], gtx.int8]) -> Field[[I], gtx.int8]:
    return a - b


@gtx.field_operator
def multiply_int8(a: Field[[I], gtx.int8], b: Field[[I], gtx.int8]) -> Field[[I], gtx.int8]:
    return a * b


@gtx.field_operator
def divide_int8(a: Field[[I], gtx.int8], b: Field[[I], gtx.int8]) -> Field[[I], gtx.int8]:
    return a / b


@gtx.field_operator
def floor_divide_int8(a: Field[[I], gtx.int8], b: Field[[I], gtx.int8]) -> Field[[I], gtx.int8]:
    return a // b


@gtx.field_operator
def modulo_int8(a: Field[[I], gtx.int8], b: Field[[I], gtx.int8]) -> Field[[I], gtx.int8]:
    return a % b


@gtx.field_operator
def smallest_int8(a: Field[[I], gtx.int8], b: Field[[I], gtx.int8]) -> Field[[I], gtx.int8]:
    return minimum(a, b)


@gtx.field_operator
def largest_int8(a: Field[[I], gtx.int8], b: Field[[I], gtx.int8]) -> Field[[I], gtx.int8]:
    return maximum(a, b)


@gtx.field_operator
def signs_int8(a: Field[[I], gtx.int8]) -> Field[[I], gtx.int8]:
    return abs(a) - (-a)


@gtx.field_operator
def subtract_int16(a: Field[[I], gtx.int16], b: Field[[I], gtx.int16]) -> Field[[I], gtx.int16]:
    return a - b


@gtx.field_operator
def divide_int16(a: Field[[I], gtx.int16], b: Field[[I], gtx.int16]) -> Field[[I], gtx.int16]:
    return a / b


@gtx.field_operator
def floor_divide_int16(a: Field[[I], gtx.int16], b: Field[[I], gtx.int16]) -> Field[[I], gtx.int16]:
    return a // b


@gtx.field_operator
def modulo_int16(a: Field[[I], gtx.int16], b: Field[[I], gtx.int16]) -> Field[[I], gtx.int16]:
    return a % b


@gtx.field_operator
def largest_int16(a: Field[[I], gtx.int16], b: Field[[I], gtx.int16]) -> Field[[I], gtx.int16]:
    return maximum(a, b)


@gtx.field_operator
def signs_int16(a: Field[[I], gtx.int16]) -> Field[[I], gtx.int16]:
    return abs(a) - (-a)


@gtx.field_operator
def add_int32(a: Field[[I], gtx.int32], b: Field[[I], gtx.int32]) -> Field[[I], gtx.int32]:
    return a + b


@gtx.field_operator
def subtract_int32(a: Field[[I], gtx.int32], b: Field[[I], gtx.int32]) -> Field[[I], gtx.int32]:
    return a - b


@gtx.field_operator
def multiply_int32(a: Field[[I], gtx.int32], b: Field[[I], gtx.int32]) -> Field[[I], gtx.int32]:
    return a * b


@gtx.field_operator
def divide_int32(a: Field[[I], gtx.int32], b: Field[[I], gtx.int32]) -> Field[[I], gtx.int32]:
    return a / b


@gtx.field_operator
def floor_divide_int32(a: Field[[I], gtx.int32], b: Field[[I], gtx.int32]) -> Field[[I], gtx.int32]:
    return a // b


@gtx.field_operator
def modulo_int32(a: Field[[I], gtx.int32], b: Field[[I], gtx.int32]) -> Field[[I], gtx.int32]:
    return a % b


@gtx.field_operator
def power_int32(a: Field[[I], gtx.int32], b: Field[[I], gtx.int32]) -> Field[[I], gtx.int32]:
    return a ** b


@gtx.field_operator
def smallest_int32(a: Field[[I], gtx.int32], b: Field[[I], gtx.int32]) -> Field[[I], gtx.int32]:
    return minimum(a, b)


@gtx.field_operator
def largest_int32(a: Field[[I], gtx.int32], b: Field[[I], gtx.int32]) -> Field[[I], gtx.int32]:
    return maximum(a, b)


@gtx.field_operator
def signs_int32(a: Field[[I], gtx.int32]) -> Field[[I], gtx.int32]:
    return abs(a) - (-a)


@gtx.field_operator
def add_int64(a: Field[[I], gtx.int64], b: Field[[I], gtx.int64]) -> Field[[I], gtx.int64]:
    return a + b


@gtx.field_operator
def subtract_int64(a: Field[[I], gtx.int64], b: Field[[I], gtx.int64]) -> Field[[I], gtx.int64]:
    return a - b


@gtx.field_operator
def multiply_int64(a: Field[[I], gtx.int64], b: Field[[I], gtx.int64]) -> Field[[I], gtx.int64]:
    return a * b


@gtx.field_operator
def divide_int64(a: Field[[I], gtx.int64], b: Field[[I], gtx.int64]) -> Field[[I], gtx.int64]:
    return a / b


@gtx.field_operator
def floor_divide_int64(a: Field[[I], gtx.int64], b: Field[[I], gtx.int64]) -> Field[[I], gtx.int64]:
    return a // b


@gtx.field_operator
def modulo_int64(a: Field[[I], gtx.int64], b: Field[[I], gtx.int64]) -> Field[[I], gtx.int64]:
    return a % b


@gtx.field_operator
def power_int64(a: Field[[I], gtx.int64], b: Field[[I], gtx.int64]) -> Field[[I], gtx.int64]:
    return a ** b


@gtx.field_operator
def smallest_int64(a: Field[[I], gtx.int64], b: Field[[I], gtx.int64]) -> Field[[I], gtx.int64]:
    return minimum(a, b)


@gtx.field_operator
def largest_int64(a: Field[[I], gtx.int64], b: Field[[I], gtx.int64]) -> Field[[I], gtx.int64]:
    return maximum(a, b)


@gtx.field_operator
def signs_int64(a: Field[[I], gtx.int64]) -> Field[[I], gtx.int64]:
    return abs(a) - (-a)


@gtx.field_operator
def add_uint8(a: Field[[I], gtx.uint8], b: Field[[I], gtx.uint8]) -> Field[[I], gtx.uint8]:
    return a + b


@gtx.field_operator
def subtract_uint8(a: Field[[I], gtx.uint8], b: Field[[I], gtx.uint8]) -> Field[[I], gtx.uint8]:
    return a - b


@gtx.field_operator
def multiply_uint8(a: Field[[I], gtx.uint8], b: Field[[I], gtx.uint8]) -> Field[[I], gtx.uint8]:
    return a * b


@gtx.field_operator
def divide_uint8(a: Field[[I], gtx.uint8], b: Field[[I], gtx.uint8]) -> Field[[I], gtx.uint8]:
    return a / b


@gtx.field_operator
def floor_divide_uint8(a: Field[[I], gtx.uint8], b: Field[[I], gtx.uint8]) -> Field[[I], gtx.uint8]:
    return a // b


@gtx.field_operator
def modulo_uint8(a: Field[[I], gtx.uint8], b: Field[[I], gtx.uint8]) -> Field[[I], gtx.uint8]:
    return a % b


@gtx.field_operator
def smallest_uint8(a: Field[[I], gtx.uint8], b: Field[[I], gtx.uint8]) -> Field[[I], gtx.uint8]:
    return minimum(a, b)


@gtx.field_operator
def largest_uint8(a: Field[[I], gtx.uint8], b: Field[[I], gtx.uint8]) -> Field[[I], gtx.uint8]:
    return maximum(a, b)


@gtx.field_operator
def subtract_uint16(a: Field[[I], gtx.uint16], b: Field[[I], gtx.uint16]) -> Field[[I], gtx.uint16]:
    return a - b


@gtx.field_operator
def divide_uint16(a: Field[[I], gtx.uint16], b: Field[[I], gtx.uint16]) -> Field[[I], gtx.uint16]:
    return a / b


@gtx.field_operator
def floor_divide_uint16(a: Field[[I], gtx.uint16], b: Field[[I], gtx.uint16]) -> Field[[I], gtx.uint16]:
    return a // b


@gtx.field_operator
def modulo_uint16(a: Field[[I], gtx.uint16], b: Field[[I], gtx.uint16]) -> Field[[I], gtx.uint16]:
    return a % b


@gtx.field_operator
def largest_uint16(a: Field[[I], gtx.uint16], b: Field[[I], gtx.uint16]) -> Field[[I], gtx.uint16]:
    return maximum(a, b)


@gtx.field_operator
def subtract_uint32(a: Field[[I], gtx.uint32], b: Field[[I], gtx.uint32]) -> Field[[I], gtx.uint32]:
    return a - b


@gtx.field_operator
def divide_uint32(a: Field[[I], gtx.uint32], b: Field[[I], gtx.uint32]) -> Field[[I], gtx.uint32]:
    return a / b


@gtx.field_operator
def floor_divide_uint32(a: Field[[I], gtx.uint32], b: Field[[I], gtx.uint32]) -> Field[[I], gtx.uint32]:
    return a // b


@gtx.field_operator
def modulo_uint32(a: Field[[I], gtx.uint32], b: Field[[I], gtx.uint32]) -> Field[[I], gtx.uint32]:
    return a % b


@gtx.field_operator
def largest_uint32(a: Field[[I], gtx.uint32], b: Field[[I], gtx.uint32]) -> Field[[I], gtx.uint32]:
    return maximum(a, b)


@gtx.field_operator
def add_uint64(a: Field[[I], gtx.uint64], b: Field[[I], gtx.uint64]) -> Field[[I], gtx.uint64]:
    return a + b


@gtx.field_operator
def subtract_uint64(a: Field[[I], gtx.uint64], b: Field[[I], gtx.uint64]) -> Field[[I], gtx.uint64]:
    return a - b


@gtx.field_operator
def multiply_uint64(a: Field[[I], gtx.uint64], b: Field[[I], gtx.uint64]) -> Field[[I], gtx.uint64]:
    return a * b


@gtx.field_operator
def divide_uint64(a: Field[[I], gtx.uint64], b: Field[[I], gtx.uint64]) -> Field[[I], gtx.uint64]:
    return a / b


@gtx.field_operator
def floor_divide_uint64(a: Field[[I], gtx.uint64], b: Field[[I], gtx.uint64]) -> Field[[I], gtx.uint64]:
    return a // b


@gtx.field_operator
def modulo_uint64(a: Field[[I], gtx.uint64], b: Field[[I], gtx.uint64]) -> Field[[I], gtx.uint64]:
    return a % b


@gtx.field_operator
def power_uint64(a: Field[[I], gtx.uint64], b: Field[[I], gtx.uint64]) -> Field[[I], gtx.uint64]:
    return a ** b


@gtx.field_operator
def smallest_uint64(a: Field[[I], gtx.uint64], b: Field[[I], gtx.uint64]) -> Field[[I], gtx.uint64]:
    return minimum(a, b)


@gtx.field_operator
def largest_uint64(a: Field[[I], gtx.uint64], b: Field[[I], gtx.uint64]) -> Field[[I], gtx.uint64]:
    return maximum(a, b)


# ---- run add_int8
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run subtract_int8
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run multiply_int8
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run divide_int8
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run floor_divide_int8
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run modulo_int8
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run smallest_int8
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run largest_int8
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run signs_int8
# domain: I 0..40
# a: special

# ---- run subtract_int16
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run divide_int16
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run floor_divide_int16
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run modulo_int16
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run largest_int16
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run signs_int16
# domain: I 0..40
# a: special

# ---- run add_int32
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run subtract_int32
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run multiply_int32
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run divide_int32
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run floor_divide_int32
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run modulo_int32
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run power_int32
# domain: I 0..171
# a: special
# b: values 0 1 3 2 7 5

# ---- run smallest_int32
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run largest_int32
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run signs_int32
# domain: I 0..40
# a: special

# ---- run add_int64
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run subtract_int64
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run multiply_int64
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run divide_int64
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run floor_divide_int64
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run modulo_int64
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run power_int64
# domain: I 0..171
# a: special
# b: values 0 1 3 2 7 5

# ---- run smallest_int64
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run largest_int64
# domain: I 0..171
# a: special
# b: values 3 -3 0 -1 7 1 -100 2

# ---- run signs_int64
# domain: I 0..40
# a: special

# ---- run add_uint8
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run subtract_uint8
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run multiply_uint8
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run divide_uint8
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run floor_divide_uint8
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run modulo_uint8
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run smallest_uint8
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run largest_uint8
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run subtract_uint16
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run divide_uint16
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run floor_divide_uint16
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run modulo_uint16
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run largest_uint16
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run subtract_uint32
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run divide_uint32
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run floor_divide_uint32
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run modulo_uint32
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run largest_uint32
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run add_uint64
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run subtract_uint64
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run multiply_uint64
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run divide_uint64
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run floor_divide_uint64
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run modulo_uint64
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run power_uint64
# domain: I 0..171
# a: special
# b: values 0 1 3 2 7 5

# ---- run smallest_uint64
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run largest_uint64
# domain: I 0..171
# a: special
# b: values 3 0 7 1 100 2 200

# ---- run floor_divide_int32
# domain: I 0..4
# a: values -7 7 -7 7
# b: values 2 2 -2 -2
# expect out = -4 3 3 -4

# ---- run divide_int32
# domain: I 0..4
# a: values -7 7 -7 7
# b: values 2 2 -2 -2
# expect out = -3 3 3 -3

# ---- run modulo_int32
# domain: I 0..4
# a: values -7 7 -7 7
# b: values 3 3 -3 -3
# expect out = 2 1 -1 -2

# ---- run modulo_int64
# domain: I 0..3
# a: values 5 -5 0
# b: values 0 0 0
# expect out = 0 0 0
