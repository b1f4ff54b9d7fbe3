"""Sweeps over columns that lie along their levels, of all sizes: whole squares of levels and columns, and what is left."""

import gt4py.next as gtx
from gt4py.next import Field, bool as boolean, float32, float64, int8, int32, where

Cell = gtx.Dimension("Cell")
I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
CK = Field[[Cell, K], float64]
IJK = Field[[I, J, K], float64]


@gtx.scan_operator(axis=K, forward=True, init=(0.0, 0.0))
def up(carry: tuple[float64, float64], a: float64, b: float64, c: float64, d: float64) -> tuple[float64, float64]:
    v = 1.0 / (b - carry[0] * a)
    return c * v, (d - carry[1] * a) * v


@gtx.scan_operator(axis=K, forward=False, init=0.0)
def down(x: float64, c: float64, d: float64) -> float64:
    return d - c * x


@gtx.field_operator
def solve(a: CK, b: CK, d: CK) -> CK:
    c, e = up(a, 3.0 + b, a, d)
    return down(c, e)


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def total(carry: float64, x: float64) -> float64:
    return carry + x


@gtx.field_operator
def of_differences(a: IJK, b: Field[[K], float64], c: Field[[I, J], float64]) -> IJK:
    return total((a(K + 1) - a(K - 1)) * b + c)


@gtx.field_operator
def beside(a: IJK) -> IJK:
    return total(a + a(J + 1) * a(I - 1))


@gtx.scan_operator(axis=K, forward=True, init=float32("0.0"))
def narrow(carry: float32, x: float32, m: boolean) -> float32:
    return where(m, carry + x, x)


@gtx.field_operator
def masked(a: Field[[Cell, K], float32], m: Field[[Cell, K], boolean]) -> Field[[Cell, K], float32]:
    return narrow(a, m)


@gtx.scan_operator(axis=K, forward=False, init=(int32("0"), int8("0"), False))
def kinds(carry: tuple[int32, int8, boolean], x: int32, y: int8) -> tuple[int32, int8, boolean]:
    return carry[0] + x, carry[1] + y, carry[0] > x


@gtx.field_operator
def three_kinds(
    a: Field[[Cell, K], int32], b: Field[[Cell, K], int8]
) -> tuple[Field[[Cell, K], int32], Field[[Cell, K], int8], Field[[Cell, K], boolean]]:
    return kinds(a, b)


@gtx.program
def in_place(a: CK, b: CK, d: CK):
    solve(a, b, d, out=d)


@gtx.program
def part(a: CK, b: CK, d: CK, out: CK):
    solve(a, b, d, out=out[3:-2, 1:-3])


# ---- run solve
# domain: Cell 0..37, K 0..21

# ---- run solve
# domain: Cell -3..29, K -8..8

# ---- run solve
# domain: Cell 0..3, K 0..17

# ---- run solve
# domain: Cell 0..70, K 0..1

# ---- run of_differences
# domain: I 0..5, J 0..19, K 0..26
# a: K -1..27

# ---- run beside
# domain: I 0..5, J 0..19, K 0..26
# a: I -1..5, J 0..20

# ---- run masked
# domain: Cell 0..41, K 0..37

# ---- run three_kinds
# domain: Cell 0..67, K 0..35

# ---- run in_place
# domain: Cell 0..37, K 0..21

# ---- run part
# domain: Cell 0..43, K 0..30
# expect out @ Cell 0..3: old
# expect out @ K 27..30: old
