"""Scans: forward and backward, tuples as carry, conditions, called operators, inputs without some dimension."""

import gt4py.next as gtx
from gt4py.next import Field, float32, float64, int32, int64, where

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def total(carry: float64, x: float64) -> float64:
    return carry + x


@gtx.scan_operator(axis=K, forward=False, init=0)
def count_down(carry: int32, keep: bool) -> int32:
    return carry + 1 if keep else carry


@gtx.scan_operator(axis=K, init=float32(1.0))
def product(carry: float32, x: float32, y: float32) -> float32:
    return carry * (x + y)


@gtx.field_operator
def mean(a: float64, b: float64) -> float64:
    return (a + b) * 0.5


@gtx.scan_operator(axis=K, forward=True, init=(0.0, 1.0, True))
def tuple_carry(carry: tuple[float64, float64, bool], x: float64) -> tuple[float64, float64, bool]:
    a, b, first = carry
    if first:
        a = x
    else:
        a = mean(a, x)
    return a, b * 1.5 + a, False


@gtx.scan_operator(axis=K, forward=True, init=(0, (1.0, 0)))
def nested_carry(
    carry: tuple[int64, tuple[float64, int32]], x: tuple[float64, float64]
) -> tuple[int64, tuple[float64, int32]]:
    n = carry[0] + 1
    big = x[0] if x[0] > x[1] else x[1]
    return n, (big, carry[1][1] + (1 if big > carry[1][0] else 0))


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def constant(carry: float64) -> float64:
    return carry + 0.25


@gtx.scan_operator(axis=K, forward=True, init=7.0)
def untouched(carry: float64, x: float64) -> float64:
    return carry


@gtx.field_operator
def sums(a: Field[[I, K], float64]) -> Field[[I, K], float64]:
    return total(a)


@gtx.field_operator
def shifted(a: Field[[I, K], float64]) -> Field[[I, K], float64]:
    return total(a(K + 1)) + total(a)(I + 1)


@gtx.field_operator
def of_scan(a: Field[[I, K], float64]) -> Field[[I, K], float64]:
    return total(total(a) * 2.0) - a


@gtx.field_operator
def union(a: Field[[I], float64], b: Field[[J, K], float64]) -> Field[[I, J, K], float64]:
    return total(a * b)


@gtx.field_operator
def counts(a: Field[[I, K], float64]) -> Field[[I, K], int32]:
    return count_down(a > 0.0)


@gtx.field_operator
def parts(a: Field[[I, K], float64]) -> tuple[Field[[I, K], float64], Field[[I, K], float64]]:
    x, y, _ = tuple_carry(a)
    return where(x > 0.0, x, 0.0), y


@gtx.field_operator
def flat(a: Field[[I], float64]) -> Field[[I, K], float64]:
    return total(a)


@gtx.field_operator
def pairs(
    a: Field[[I, K], float64], b: Field[[K], float64]
) -> tuple[Field[[I, K], int64], tuple[Field[[I, K], float64], Field[[I, K], int32]]]:
    return nested_carry((a, b))


@gtx.program
def direct(a: Field[[I, K], float64], b: Field[[I, K], float64], c: Field[[K], float64], s: float64):
    total(a, out=b)
    total(s, out=c[1:])


@gtx.program
def columns(c: Field[[K], float64], d: Field[[I, K], float64]):
    constant(out=c)
    untouched(d, out=d)


@gtx.program
def some_levels(a: Field[[I, K], float64], b: Field[[I, K], float64], bottom: int32):
    total(a, out=b, domain={I: (0, 5), K: (bottom, bottom + 3)})


@gtx.program
def products(x: Field[[I, K], float32], y: Field[[I], float32], out: Field[[I, K], float32]):
    product(x, y, out=out)


# ---- run sums
# domain: I 0..37, K 0..6
# a: index K
# expect out: K * (K + 1) / 2

# ---- run sums
# domain: I -2..3, K -4..33

# ---- run shifted
# domain: I 0..9, K 0..5
# a: I 0..10, K 0..6; 2.0
# expect out: 4 * (K + 1)

# ---- run of_scan
# domain: I 0..9, K 0..7
# a: 1.0
# expect out: (K + 1) * (K + 2) - 1

# ---- run union
# domain: I 0..4, J 0..5, K 0..9
# b: J 0..5, K 0..9; 1.0
# expect out: a * (K + 1)

# ---- run counts
# domain: I 0..9, K 0..7
# a: values 1 -1 1 1 -1 -1 1
# expect out @ I 0..1, K 0..1: 4
# expect out @ K 6..7: 1

# ---- run parts
# domain: I 0..19, K 0..8

# ---- run flat
# domain: I 0..9, K 0..7
# expect out: a * (K + 1)

# ---- run pairs
# domain: I 0..9, K 0..7
# expect out.0: K + 1
# expect out.1.0: maximum(a, b)

# ---- run direct
# domain: I 0..9, K 0..7
# a: 1.0
# s: 0.5
# expect b: K + 1
# expect c @ K 1..7: 0.5 * K
# expect c @ K 0..1: old

# ---- run columns
# domain: I 0..9, K 0..7
# expect c: 0.25 * (K + 1)
# expect d: 7

# ---- run some_levels
# domain: I 0..7, K 0..9
# a: 1.0
# bottom: 4
# expect b @ I 0..5, K 4..7: K - 3
# expect b @ I 5..7: old
# expect b @ K 0..4: old

# ---- run products
# domain: I 0..19, K 0..6
