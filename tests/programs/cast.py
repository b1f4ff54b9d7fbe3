"""Conversions between all data types."""

import gt4py.next as gtx
from gt4py.next import Field, astype

I = gtx.Dimension("I")


@gtx.field_operator
def from_bool(
    x: Field[[I], bool],
) -> tuple[
    Field[[I], bool],
    Field[[I], gtx.int8],
    Field[[I], gtx.int16],
    Field[[I], gtx.int32],
    Field[[I], gtx.int64],
    Field[[I], gtx.uint8],
    Field[[I], gtx.uint16],
    Field[[I], gtx.uint32],
    Field[[I], gtx.uint64],
    Field[[I], gtx.float32],
    Field[[I], gtx.float64],
]:
    return (
        astype(x, bool),
        astype(x, gtx.int8),
        astype(x, gtx.int16),
        astype(x, gtx.int32),
        astype(x, gtx.int64),
        astype(x, gtx.uint8),
        astype(x, gtx.uint16),
        astype(x, gtx.uint32),
        astype(x, gtx.uint64),
        astype(x, gtx.float32),
        astype(x, gtx.float64),
    )


@gtx.field_operator
def from_int8(
    x: Field[[I], gtx.int8],
) -> tuple[
    Field[[I], bool],
    Field[[I], gtx.int8],
    Field[[I], gtx.int16],
    Field[[I], gtx.int32],
    Field[[I], gtx.int64],
    Field[[I], gtx.uint8],
    Field[[I], gtx.uint16],
    Field[[I], gtx.uint32],
    Field[[I], gtx.uint64],
    Field[[I], gtx.float32],
    Field[[I], gtx.float64],
]:
    return (
        astype(x, bool),
        astype(x, gtx.int8),
        astype(x, gtx.int16),
        astype(x, gtx.int32),
        astype(x, gtx.int64),
        astype(x, gtx.uint8),
        astype(x, gtx.uint16),
        astype(x, gtx.uint32),
        astype(x, gtx.uint64),
        astype(x, gtx.float32),
        astype(x, gtx.float64),
    )


@gtx.field_operator
def from_int16(
    x: Field[[I], gtx.int16],
) -> tuple[
    Field[[I], bool],
    Field[[I], gtx.int8],
    Field[[I], gtx.int16],
    Field[[I], gtx.int32],
    Field[[I], gtx.int64],
    Field[[I], gtx.uint8],
    Field[[I], gtx.uint16],
    Field[[I], gtx.uint32],
    Field[[I], gtx.uint64],
    Field[[I], gtx.float32],
    Field[[I], gtx.float64],
]:
    return (
        astype(x, bool),
        astype(x, gtx.int8),
        astype(x, gtx.int16),
        astype(x, gtx.int32),
        astype(x, gtx.int64),
        astype(x, gtx.uint8),
        astype(x, gtx.uint16),
        astype(x, gtx.uint32),
        astype(x, gtx.uint64),
        astype(x, gtx.float32),
        astype(x, gtx.float64),
    )


@gtx.field_operator
def from_int32(
    x: Field[[I], gtx.int32],
) -> tuple[
    Field[[I], bool],
    Field[[I], gtx.int8],
    Field[[I], gtx.int16],
    Field[[I], gtx.int32],
    Field[[I], gtx.int64],
    Field[[I], gtx.uint8],
    Field[[I], gtx.uint16],
    Field[[I], gtx.uint32],
    Field[[I], gtx.uint64],
    Field[[I], gtx.float32],
    Field[[I], gtx.float64],
]:
    return (
        astype(x, bool),
        astype(x, gtx.int8),
        astype(x, gtx.int16),
        astype(x, gtx.int32),
        astype(x, gtx.int64),
        astype(x, gtx.uint8),
        astype(x, gtx.uint16),
        astype(x, gtx.uint32),
        astype(x, gtx.uint64),
        astype(x, gtx.float32),
        astype(x, gtx.float64),
    )


@gtx.field_operator
def from_int64(
    x: Field[[I], gtx.int64],
) -> tuple[
    Field[[I], bool],
    Field[[I], gtx.int8],
    Field[[I], gtx.int16],
    Field[[I], gtx.int32],
    Field[[I], gtx.int64],
    Field[[I], gtx.uint8],
    Field[[I], gtx.uint16],
    Field[[I], gtx.uint32],
    Field[[I], gtx.uint64],
    Field[[I], gtx.float32],
    Field[[I], gtx.float64],
]:
    return (
        astype(x, bool),
        astype(x, gtx.int8),
        astype(x, gtx.int16),
        astype(x, gtx.int32),
        astype(x, gtx.int64),
        astype(x, gtx.uint8),
        astype(x, gtx.uint16),
        astype(x, gtx.uint32),
        astype(x, gtx.uint64),
        astype(x, gtx.float32),
        astype(x, gtx.float64),
    )


@gtx.field_operator
def from_uint8(
    x: Field[[I], gtx.uint8],
) -> tuple[
    Field[[I], bool],
    Field[[I], gtx.int8],
    Field[[I], gtx.int16],
    Field[[I], gtx.int32],
    Field[[I], gtx.int64],
    Field[[I], gtx.uint8],
    Field[[I], gtx.uint16],
    Field[[I], gtx.uint32],
    Field[[I], gtx.uint64],
    Field[[I], gtx.float32],
    Field[[I], gtx.float64],
]:
    return (
        astype(x, bool),
        astype(x, gtx.int8),
        astype(x, gtx.int16),
        astype(x, gtx.int32),
        astype(x, gtx.int64),
        astype(x, gtx.uint8),
        astype(x, gtx.uint16),
        astype(x, gtx.uint32),
        astype(x, gtx.uint64),
        astype(x, gtx.float32),
        astype(x, gtx.float64),
    )


@gtx.field_operator
def from_uint16(
    x: Field[[I], gtx.uint16],
) -> tuple[
    Field[[I], bool],
    Field[[I], gtx.int8],
    Field[[I], gtx.int16],
    Field[[I], gtx.int32],
    Field[[I], gtx.int64],
    Field[[I], gtx.uint8],
    Field[[I], gtx.uint16],
    Field[[I], gtx.uint32],
    Field[[I], gtx.uint64],
    Field[[I], gtx.float32],
    Field[[I], gtx.float64],
]:
    return (
        astype(x, bool),
        astype(x, gtx.int8),
        astype(x, gtx.int16),
        astype(x, gtx.int32),
        astype(x, gtx.int64),
        astype(x, gtx.uint8),
        astype(x, gtx.uint16),
        astype(x, gtx.uint32),
        astype(x, gtx.uint64),
        astype(x, gtx.float32),
        astype(x, gtx.float64),
    )


@gtx.field_operator
def from_uint32(
    x: Field[[I], gtx.uint32],
) -> tuple[
    Field[[I], bool],
    Field[[I], gtx.int8],
    Field[[I], gtx.int16],
    Field[[I], gtx.int32],
    Field[[I], gtx.int64],
    Field[[I], gtx.uint8],
    Field[[I], gtx.uint16],
    Field[[I], gtx.uint32],
    Field[[I], gtx.uint64],
    Field[[I], gtx.float32],
    Field[[I], gtx.float64],
]:
    return (
        astype(x, bool),
        astype(x, gtx.int8),
        astype(x, gtx.int16),
        astype(x, gtx.int32),
        astype(x, gtx.int64),
        astype(x, gtx.uint8),
        astype(x, gtx.uint16),
        astype(x, gtx.uint32),
        astype(x, gtx.uint64),
        astype(x, gtx.float32),
        astype(x, gtx.float64),
    )


@gtx.field_operator
def from_uint64(
    x: Field[[I], gtx.uint64],
) -> tuple[
    Field[[I], bool],
    Field[[I], gtx.int8],
    Field[[I], gtx.int16],
    Field[[I], gtx.int32],
    Field[[I], gtx.int64],
    Field[[I], gtx.uint8],
    Field[[I], gtx.uint16],
    Field[[I], gtx.uint32],
    Field[[I], gtx.uint64],
    Field[[I], gtx.float32],
    Field[[I], gtx.float64],
]:
    return (
        astype(x, bool),
        astype(x, gtx.int8),
        astype(x, gtx.int16),
        astype(x, gtx.int32),
        astype(x, gtx.int64),
        astype(x, gtx.uint8),
        astype(x, gtx.uint16),
        astype(x, gtx.uint32),
        astype(x, gtx.uint64),
        astype(x, gtx.float32),
        astype(x, gtx.float64),
    )


@gtx.field_operator
def from_float32(
    x: Field[[I], gtx.float32],
) -> tuple[
    Field[[I], bool],
    Field[[I], gtx.int8],
    Field[[I], gtx.int16],
    Field[[I], gtx.int32],
    Field[[I], gtx.int64],
    Field[[I], gtx.uint8],
    Field[[I], gtx.uint16],
    Field[[I], gtx.uint32],
    Field[[I], gtx.uint64],
    Field[[I], gtx.float32],
    Field[[I], gtx.float64],
]:
    return (
        astype(x, bool),
        astype(x, gtx.int8),
        astype(x, gtx.int16),
        astype(x, gtx.int32),
        astype(x, gtx.int64),
        astype(x, gtx.uint8),
        astype(x, gtx.uint16),
        astype(x, gtx.uint32),
        astype(x, gtx.uint64),
        astype(x, gtx.float32),
        astype(x, gtx.float64),
    )


@gtx.field_operator
def from_float64(
    x: Field[[I], gtx.float64],
) -> tuple[
    Field[[I], bool],
    Field[[I], gtx.int8],
    Field[[I], gtx.int16],
    Field[[I], gtx.int32],
    Field[[I], gtx.int64],
    Field[[I], gtx.uint8],
    Field[[I], gtx.uint16],
    Field[[I], gtx.uint32],
    Field[[I], gtx.uint64],
    Field[[I], gtx.float32],
    Field[[I], gtx.float64],
]:
    return (
        astype(x, bool),
        astype(x, gtx.int8),
        astype(x, gtx.int16),
        astype(x, gtx.int32),
        astype(x, gtx.int64),
        astype(x, gtx.uint8),
        astype(x, gtx.uint16),
        astype(x, gtx.uint32),
        astype(x, gtx.uint64),
        astype(x, gtx.float32),
        astype(x, gtx.float64),
    )


# ---- run from_bool
# domain: I 0..45
# x: special

# ---- run from_bool
# domain: I 0..45
# x: random
# expect out.0: x != 0
# expect out.1: x
# expect out.2: x
# expect out.3: x
# expect out.4: x
# expect out.5: x
# expect out.6: x
# expect out.7: x
# expect out.8: x
# expect out.9: x
# expect out.10: x

# ---- run from_int8
# domain: I 0..45
# x: special

# ---- run from_int8
# domain: I 0..45
# x: random 0..100
# expect out.0: x != 0
# expect out.1: x
# expect out.2: x
# expect out.3: x
# expect out.4: x
# expect out.5: x
# expect out.6: x
# expect out.7: x
# expect out.8: x
# expect out.9: x
# expect out.10: x

# ---- run from_int16
# domain: I 0..45
# x: special

# ---- run from_int16
# domain: I 0..45
# x: random 0..100
# expect out.0: x != 0
# expect out.1: x
# expect out.2: x
# expect out.3: x
# expect out.4: x
# expect out.5: x
# expect out.6: x
# expect out.7: x
# expect out.8: x
# expect out.9: x
# expect out.10: x

# ---- run from_int32
# domain: I 0..45
# x: special

# ---- run from_int32
# domain: I 0..45
# x: random 0..100
# expect out.0: x != 0
# expect out.1: x
# expect out.2: x
# expect out.3: x
# expect out.4: x
# expect out.5: x
# expect out.6: x
# expect out.7: x
# expect out.8: x
# expect out.9: x
# expect out.10: x

# ---- run from_int64
# domain: I 0..45
# x: special

# ---- run from_int64
# domain: I 0..45
# x: random 0..100
# expect out.0: x != 0
# expect out.1: x
# expect out.2: x
# expect out.3: x
# expect out.4: x
# expect out.5: x
# expect out.6: x
# expect out.7: x
# expect out.8: x
# expect out.9: x
# expect out.10: x

# ---- run from_uint8
# domain: I 0..45
# x: special

# ---- run from_uint8
# domain: I 0..45
# x: random 0..100
# expect out.0: x != 0
# expect out.1: x
# expect out.2: x
# expect out.3: x
# expect out.4: x
# expect out.5: x
# expect out.6: x
# expect out.7: x
# expect out.8: x
# expect out.9: x
# expect out.10: x

# ---- run from_uint16
# domain: I 0..45
# x: special

# ---- run from_uint16
# domain: I 0..45
# x: random 0..100
# expect out.0: x != 0
# expect out.1: x
# expect out.2: x
# expect out.3: x
# expect out.4: x
# expect out.5: x
# expect out.6: x
# expect out.7: x
# expect out.8: x
# expect out.9: x
# expect out.10: x

# ---- run from_uint32
# domain: I 0..45
# x: special

# ---- run from_uint32
# domain: I 0..45
# x: random 0..100
# expect out.0: x != 0
# expect out.1: x
# expect out.2: x
# expect out.3: x
# expect out.4: x
# expect out.5: x
# expect out.6: x
# expect out.7: x
# expect out.8: x
# expect out.9: x
# expect out.10: x

# ---- run from_uint64
# domain: I 0..45
# x: special

# ---- run from_uint64
# domain: I 0..45
# x: random 0..100
# expect out.0: x != 0
# expect out.1: x
# expect out.2: x
# expect out.3: x
# expect out.4: x
# expect out.5: x
# expect out.6: x
# expect out.7: x
# expect out.8: x
# expect out.9: x
# expect out.10: x

# ---- run from_float32
# domain: I 0..45
# x: special

# ---- run from_float32
# domain: I 0..45
# x: random 0..100
# expect out.0: x != 0
# expect out.1: trunc(x)
# expect out.2: trunc(x)
# expect out.3: trunc(x)
# expect out.4: trunc(x)
# expect out.5: trunc(x)
# expect out.6: trunc(x)
# expect out.7: trunc(x)
# expect out.8: trunc(x)
# expect out.9: x
# expect out.10: x

# ---- run from_float64
# domain: I 0..45
# x: special

# ---- run from_float64
# domain: I 0..45
# x: random 0..100
# expect out.0: x != 0
# expect out.1: trunc(x)
# expect out.2: trunc(x)
# expect out.3: trunc(x)
# expect out.4: trunc(x)
# expect out.5: trunc(x)
# expect out.6: trunc(x)
# expect out.7: trunc(x)
# expect out.8: trunc(x)
# expect out.9: x
# expect out.10: x
