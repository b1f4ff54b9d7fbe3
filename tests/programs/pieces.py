"""Fields given piece by piece: `concat_where` by levels, boxes and run-time bounds. A piece is not read beside its part."""

import gt4py.next as gtx
from gt4py.next import Field, astype, bool as boolean, float32, float64, int32, int64, maximum, minimum, where
from gt4py.next.experimental import concat_where

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
Cell = gtx.Dimension("Cell")
Edge = gtx.Dimension("Edge")
C2EDim = gtx.Dimension("C2E", kind=gtx.DimensionKind.LOCAL)
C2E = gtx.FieldOffset("C2E", source=Edge, target=(Cell, C2EDim))

IK = Field[[I, K], float64]
IJ = Field[[I, J], float64]
IJK = Field[[I, J, K], float64]


@gtx.field_operator
def levels(a: IK, b: IK) -> IK:
    return concat_where(K < 3, a, b)


@gtx.field_operator
def differences(a: IK, n: int32) -> IK:
    """One-sided at the ends, centred between: nothing is read beyond the ends."""
    inside = 0.5 * (a(K + 1) - a(K - 1))
    return concat_where(K == 0, a(K + 1) - a, concat_where(K == n - 1, a - a(K - 1), inside))


@gtx.field_operator
def compared(a: IK, b: IK, n: int32) -> tuple[IK, IK, IK, IK, IK, IK, IK]:
    return (
        concat_where(K < n, a, b),
        concat_where(K <= n, a, b),
        concat_where(n < K, a, b),
        concat_where(n <= K, a, b),
        concat_where(K == n, a, b),
        concat_where(K != n, a, b),
        concat_where(~((K < n) | (K == 5)), a, b),
    )


@gtx.field_operator
def limited(a: IJ, low: int32, high: int32) -> IJ:
    """A monotone limiter on a box; elsewhere the field as it is."""
    least = minimum(minimum(a(I - 1), a(I + 1)), minimum(a(J - 1), a(J + 1)))
    most = maximum(maximum(a(I - 1), a(I + 1)), maximum(a(J - 1), a(J + 1)))
    box = minimum(maximum(a, least), most)
    return concat_where((I >= low) & (I < high) & (J >= low) & (J < high), box, a)


@gtx.field_operator
def frame(a: IJK, n: int32, m: int32) -> IJK:
    """Other values at the four sides, at the corners those along I first."""
    sides = concat_where(J == 0, -1.0, concat_where(J == m - 1, -2.0, a * a))
    return concat_where(I == 0, a, concat_where(I == n - 1, 2.0 * a, sides))


@gtx.field_operator
def smooth(a: IJK) -> IJK:
    return 0.25 * (a(I + 1) + a(I - 1) + a(J + 1) + a(J - 1))


@gtx.field_operator
def smoothed_twice(a: IJK, n: int32, m: int32) -> IJK:
    once = concat_where((0 < I) & (I < n - 1) & (0 < J) & (J < m - 1), smooth(a), a)
    return concat_where((0 < I) & (I < n - 1) & (0 < J) & (J < m - 1), smooth(once), once)


@gtx.field_operator
def of_one_level(a: Field[[I], float64], b: IK) -> IK:
    return concat_where(K < 1, a, b(K - 1))


@gtx.field_operator
def of_numbers(n: int64) -> Field[[K], float64]:
    return concat_where(K < n, 1.0, concat_where(K < n + 2, 2.0, 3.0))


@gtx.field_operator
def of_tuples(a: IK, b: Field[[K], float32], m: IK) -> tuple[IK, tuple[Field[[I, K], float32], Field[[K], boolean]]]:
    return concat_where(K >= 2, (a, (b, True)), (m, (astype(a, float32), False)))


@gtx.field_operator
def chosen(a: IK, b: IK, n: int32, m: int32) -> IK:
    """A bound that is chosen: by points, on all of the domain."""
    return concat_where(K < (n if n < m else m), a, b)


@gtx.field_operator
def masked(a: IK, m: Field[[I, K], boolean]) -> IK:
    return where(m, concat_where(K > 2, a(K - 3), 0.0), concat_where(K > 4, a(K - 5), 1.0))


@gtx.field_operator
def cells(e: Field[[Edge, K], float64], n: int32) -> Field[[Cell, K], float64]:
    """Rows that have a missing neighbour are left out."""
    return concat_where(Cell < n, e(C2E[0]) + e(C2E[1]), 7.0)


@gtx.program
def in_place(a: IK, b: IK):
    levels(a, b, out=b)


@gtx.program
def part(a: IK, b: IK, out: IK):
    levels(a, b, out=out, domain={I: (2, 5), K: (1, 6)})


@gtx.program
def one_side(a: IK, b: IK, out: IK):
    levels(a, b, out=out, domain={I: (2, 5), K: (4, 6)})


# ---- run levels
# domain: I 0..6, K 0..9
# expect out @ K 0..3: a
# expect out @ K 3..9: b

# ---- run levels
# domain: I 0..6, K 0..9
# a: K 0..3
# b: K 3..9
# expect out @ K 0..3: a
# expect out @ K 3..9: b

# ---- run levels
# domain: I 0..6, K 0..9
# a: K 0..2
# refuse: B0501

# ---- run levels
# domain: I 0..3, K 0..2
# b: K 7..7
# expect out: a

# ---- run differences
# domain: I 0..19, K 0..12
# n: 12
# expect out @ K 0..1: a(K + 1) - a
# expect out @ K 11..12: a - a(K - 1)
# expect out @ K 1..11: 0.5 * (a(K + 1) - a(K - 1))

# ---- run differences
# domain: I 0..3, K 0..2
# n: 2
# expect out @ K 0..1: a(K + 1) - a
# expect out @ K 1..2: a - a(K - 1)

# ---- run differences
# domain: I 0..3, K 0..12
# n: 11
# refuse: B0501

# ---- run compared
# domain: I 0..3, K 0..9
# n: 3
# expect out.0: where(K < 3, a, b)
# expect out.1: where(K <= 3, a, b)
# expect out.2: where(K > 3, a, b)
# expect out.3: where(K >= 3, a, b)
# expect out.4: where(K == 3, a, b)
# expect out.5: where(K != 3, a, b)
# expect out.6: where((K < 3) | (K == 5), b, a)

# ---- run compared
# domain: I 0..3, K 0..9
# n: 2147483647
# expect out.0: a
# expect out.1: a
# expect out.2: b
# expect out.3: b
# expect out.4: b
# expect out.5: a
# expect out.6: b

# ---- run compared
# domain: I 0..3, K -4..2
# n: -2147483648
# expect out.0: b
# expect out.3: a
# expect out.5: a

# ---- run limited
# domain: I 0..23, J 0..17
# low: 1
# high: 16
# expect out @ I 1..16, J 1..16: minimum(maximum(a, minimum(minimum(a(I - 1), a(I + 1)), minimum(a(J - 1), a(J + 1)))), maximum(maximum(a(I - 1), a(I + 1)), maximum(a(J - 1), a(J + 1))))
# expect out @ I 16..23: a
# expect out @ J 0..1: a

# ---- run limited
# domain: I 0..5, J 0..5
# low: 4
# high: 2
# expect out: a

# ---- run limited
# domain: I 0..5, J 0..5
# low: 0
# high: 3
# refuse: B0501

# ---- run frame
# domain: I 0..9, J 0..8, K 0..5
# n: 9
# m: 8
# expect out @ I 0..1: a
# expect out @ I 8..9: 2.0 * a
# expect out @ I 1..8, J 0..1: -1.0
# expect out @ I 1..8, J 7..8: -2.0
# expect out @ I 1..8, J 1..7: a * a

# ---- run smoothed_twice
# domain: I 0..19, J 0..13, K 0..3
# n: 19
# m: 13
# expect out @ I 0..1: a
# expect out @ I 2..17, J 2..11: 0.0625 * (a(I + 2) + a(I - 2) + a(J + 2) + a(J - 2) + 4.0 * a + 2.0 * (a(I + 1, J + 1) + a(I + 1, J - 1) + a(I - 1, J + 1) + a(I - 1, J - 1)))

# ---- run of_one_level
# domain: I 0..6, K 0..9
# b: K 0..8
# expect out @ K 0..1: a
# expect out @ K 1..9: b(K - 1)

# ---- run of_numbers
# domain: K 0..9
# n: 4
# expect out = 1 1 1 1 2 2 3 3 3

# ---- run of_numbers
# domain: K 0..4
# n: 9223372036854775807
# expect out: 1.0

# ---- run of_tuples
# domain: I 0..6, K 0..9
# a: K 0..9
# expect out.0 @ K 0..2: m
# expect out.0 @ K 2..9: a
# expect out.1.0 @ K 0..2: a
# expect out.1.0 @ K 2..9: b
# expect out.1.1: K >= 2

# ---- run chosen
# domain: I 0..6, K 0..9
# n: 7
# m: 4
# expect out @ K 0..4: a
# expect out @ K 4..9: b

# ---- run masked
# domain: I 0..6, K 0..9
# expect out @ K 5..9: where(m, a(K - 3), a(K - 5))
# expect out @ K 3..5: where(m, a(K - 3), 1.0)
# expect out @ K 0..3: where(m, 0.0, 1.0)

# ---- run cells
# domain: Cell 0..8, Edge 0..6, K 0..5
# C2E: rows 0 1, 1 2, 3 4, 5 0, 2 2, 1 -1, -1 -1, 0 -1
# n: 5
# expect out @ Cell 5..8: 7.0
# expect out @ Cell 0..5: neighbor(e, C2E, 0) + neighbor(e, C2E, 1)

# ---- run in_place
# domain: I 0..6, K 0..9
# expect b @ K 0..3: a
# expect b @ K 3..9: old

# ---- run part
# domain: I 0..6, K 0..9
# expect out @ I 2..5, K 1..3: a
# expect out @ I 2..5, K 3..6: b
# expect out @ I 0..2: old

# ---- run one_side
# domain: I 0..6, K 0..9
# a: I 0..0, K 0..0
# expect out @ I 2..5, K 4..6: b
