"""The identity, for every data type."""

import gt4py.next as gtx
from gt4py.next import Field

I = gtx.Dimension("I")
J = gtx.Dimension("J")


@gtx.field_operator
def copy_bool(a: Field[[I, J], bool]) -> Field[[I, J], bool]:
    return a


@gtx.field_operator
def copy_int8(a: Field[[I, J], gtx.int8]) -> Field[[I, J], gtx.int8]:
    return a


@gtx.field_operator
def copy_int16(a: Field[[I, J], gtx.int16]) -> Field[[I, J], gtx.int16]:
    return a


@gtx.field_operator
def copy_int32(a: Field[[I, J], gtx.int32]) -> Field[[I, J], gtx.int32]:
    return a


@gtx.field_operator
def copy_int64(a: Field[[I, J], gtx.int64]) -> Field[[I, J], gtx.int64]:
    return a


@gtx.field_operator
def copy_uint8(a: Field[[I, J], gtx.uint8]) -> Field[[I, J], gtx.uint8]:
    return a


@gtx.field_operator
def copy_uint16(a: Field[[I, J], gtx.uint16]) -> Field[[I, J], gtx.uint16]:
    return a


@gtx.field_operator
def copy_uint32(a: Field[[I, J], gtx.uint32]) -> Field[[I, J], gtx.uint32]:
    return a


@gtx.field_operator
def copy_uint64(a: Field[[I, J], gtx.uint64]) -> Field[[I, J], gtx.uint64]:
    return a


@gtx.field_operator
def copy_float32(a: Field[[I, J], gtx.float32]) -> Field[[I, J], gtx.float32]:
    return a


@gtx.field_operator
def copy_float64(a: Field[[I, J], gtx.float64]) -> Field[[I, J], gtx.float64]:
    return a


# ---- run copy_bool
# domain: I 0..13, J -2..5
# a: special
# expect out: a

# ---- run copy_int8
# domain: I 0..13, J -2..5
# a: special
# expect out: a

# ---- run copy_int16
# domain: I 0..13, J -2..5
# a: special
# expect out: a

# ---- run copy_int32
# domain: I 0..13, J -2..5
# a: special
# expect out: a

# ---- run copy_int64
# domain: I 0..13, J -2..5
# a: special
# expect out: a

# ---- run copy_uint8
# domain: I 0..13, J -2..5
# a: special
# expect out: a

# ---- run copy_uint16
# domain: I 0..13, J -2..5
# a: special
# expect out: a

# ---- run copy_uint32
# domain: I 0..13, J -2..5
# a: special
# expect out: a

# ---- run copy_uint64
# domain: I 0..13, J -2..5
# a: special
# expect out: a

# ---- run copy_float32
# domain: I 0..13, J -2..5
# a: special
# expect out: a

# ---- run copy_float64
# domain: I 0..13, J -2..5
# a: special
# expect out: a

