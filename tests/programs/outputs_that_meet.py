"""Several outputs of one statement in one field: all is computed from what was there before, and where two write the same
element the later one wins, whatever loops make them."""

import gt4py.next as gtx
from gt4py.next import Field, float64, int32, neighbor_sum

I = gtx.Dimension("I")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
Vertex = gtx.Dimension("Vertex")
V2VDim = gtx.Dimension("V2V", kind=gtx.DimensionKind.LOCAL)
V2V = gtx.FieldOffset("V2V", source=Vertex, target=(Vertex, V2VDim))

IK = Field[[I, K], float64]


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def up(carry: float64, x: float64) -> float64:
    return carry + x


@gtx.scan_operator(axis=K, forward=False, init=0.0)
def down(carry: float64, x: float64) -> float64:
    return carry + x


@gtx.field_operator
def between(a: IK) -> tuple[IK, IK, IK]:
    return a * 10.0, up(a), a + 100.0


@gtx.field_operator
def scan_last(a: IK) -> tuple[IK, IK, IK]:
    return a * 10.0, a + 100.0, up(a)


@gtx.field_operator
def two_scans(a: IK) -> tuple[IK, tuple[IK, IK]]:
    return up(a), (a + 1.0, down(a))


@gtx.field_operator
def neighbours(a: IK) -> tuple[IK, IK, IK]:
    return a(I + 1), a(I - 1), up(a)


@gtx.field_operator
def steps(a: Field[[I], float64]) -> tuple[Field[[I], float64], Field[[I], float64], Field[[I], float64]]:
    return a + 1.0, a + 2.0, a + 3.0


@gtx.field_operator
def folded(a: Field[[Vertex], float64]) -> tuple[Field[[Vertex], float64], Field[[Vertex], float64]]:
    return neighbor_sum(a(V2V), axis=V2VDim), a(V2V[0])


@gtx.field_operator
def number(a: Field[[], float64]) -> tuple[Field[[], float64], Field[[], float64]]:
    return a + 1.0, a * 3.0


@gtx.program
def middle_scan(a: IK, out: IK):
    between(a, out=(out, out, out))


@gtx.program
def last_scan(a: IK, out: IK):
    scan_last(a, out=(out, out, out))


@gtx.program
def scans(a: IK, out: IK):
    two_scans(a, out=(out, (out, out)))


@gtx.program
def scans_in_place(a: IK):
    two_scans(a, out=(a, (a, a)))


@gtx.program
def parts(a: Field[[I], float64], out: Field[[I], float64]):
    steps(a, out=(out[0:8], out[4:12], out[2:6]))


@gtx.program
def parts_in_place(a: Field[[I], float64]):
    steps(a, out=(a[0:8], a[4:12], a[2:6]))


@gtx.program
def apart(a: Field[[I], float64], out: Field[[I], float64]):
    steps(a, out=(out[8:12], out[0:4], out[4:8]))


@gtx.program
def levels(a: IK, out: IK):
    between(a, out=(out[:, 0:3], out[:, 1:4], out[2:5, 2:5]))


@gtx.program
def neighbours_in_place(a: IK):
    neighbours(a, out=(a[1:4, :], a[3:7, :], a[5:9, :]))


@gtx.program
def far_parts_in_place(a: IK):
    neighbours(a, out=(a[1:3, :], a[7:9, :], a[4:6, :]))


@gtx.program
def by_number(a: Field[[I], float64], out: Field[[I], float64], n: int32):
    steps(a, out=(out[0:6], out[2:8], out[2:4]))
    steps(a, out=(out[8:12], out[10:14], out[4:10]))


@gtx.program
def fold_between(a: Field[[Vertex], float64], out: Field[[Vertex], float64]):
    folded(a, out=(out, out[2:]))


@gtx.program
def fold_in_place(a: Field[[Vertex], float64]):
    folded(a, out=(a, a[2:]))


@gtx.program
def numbers(a: Field[[], float64], out: Field[[], float64]):
    number(a, out=(out, out))


@gtx.program
def several(a: IK, x: IK, y: IK):
    between(a, out=(x, y, x))
    between(a, out=(y[1:3, :], x, y[2:5, :]))


# ---- run middle_scan
# domain: I 0..9, K 0..5
# expect out: a + 100

# ---- run last_scan
# domain: I 0..9, K 0..5
# a: index K
# expect out: K * (K + 1) / 2

# ---- run scans
# domain: I 0..9, K 0..5
# a: 1.0
# expect out: 5 - K

# ---- run scans_in_place
# domain: I 0..9, K 0..5
# a: 1.0
# expect a: 5 - K

# ---- run parts
# domain: I 0..13
# expect out @ I 0..2: a + 1
# expect out @ I 2..6: a + 3
# expect out @ I 6..12: a + 2
# expect out @ I 12..13: old

# ---- run parts_in_place
# domain: I 0..13
# expect a @ I 0..2: a + 1
# expect a @ I 2..6: a + 3
# expect a @ I 6..12: a + 2
# expect a @ I 12..13: a

# ---- run apart
# domain: I 0..12
# expect out @ I 0..4: a + 2
# expect out @ I 4..8: a + 3
# expect out @ I 8..12: a + 1

# ---- run apart
# domain: I 0..12
# out: alias a
# expect out @ I 0..4: a + 2
# expect out @ I 4..8: a + 3
# expect out @ I 8..12: a + 1

# ---- run levels
# domain: I 0..6, K 0..6
# a: index K
# expect out @ K 0..1: 10 * K
# expect out @ I 0..2, K 1..4: K * (K + 1) / 2
# expect out @ I 2..5, K 1..2: 1
# expect out @ I 2..5, K 2..5: K + 100
# expect out @ I 5..6, K 1..4: K * (K + 1) / 2
# expect out @ I 0..2, K 4..6: old
# expect out @ K 5..6: old

# ---- run neighbours_in_place
# domain: I 0..10, K 0..3
# expect a @ I 0..1: a
# expect a @ I 1..3: a(I + 1)
# expect a @ I 3..5: a(I - 1)
# expect a @ I 5..9, K 0..1: a
# expect a @ I 5..9, K 1..2: a + a(K - 1)
# expect a @ I 9..10: a

# ---- run far_parts_in_place
# domain: I 0..10, K 0..3
# expect a @ I 1..3: a(I + 1)
# expect a @ I 3..4: a
# expect a @ I 4..6, K 1..2: a + a(K - 1)
# expect a @ I 6..7: a
# expect a @ I 7..9: a(I - 1)
# expect a @ I 9..10: a

# ---- run by_number
# domain: I 0..14
# expect out @ I 0..2: a + 1
# expect out @ I 2..4: a + 3
# expect out @ I 4..10: a + 3
# expect out @ I 10..14: a + 2

# ---- run fold_between
# domain: Vertex 0..30
# V2V: random 30x3 of 30
# expect out @ Vertex 0..2: neighbor_sum(a, V2V)
# expect out @ Vertex 2..30: neighbor(a, V2V, 0)

# ---- run fold_in_place
# domain: Vertex 0..30
# V2V: random 30x3 of 30
# expect a @ Vertex 0..2: neighbor_sum(a, V2V)
# expect a @ Vertex 2..30: neighbor(a, V2V, 0)

# ---- run numbers
# expect out: a * 3

# ---- run numbers
# out: alias a
# expect out: a * 3

# ---- run several
# domain: I 0..6, K 0..4
# a: index K
# expect x: K * (K + 1) / 2
# expect y @ I 0..1: K * (K + 1) / 2
# expect y @ I 1..2: 10 * K
# expect y @ I 2..5: K + 100
# expect y @ I 5..6: K * (K + 1) / 2

# ---- run several
# domain: I 0..6, K 0..4
# a: index K
# y: alias x
# expect x @ I 0..1: K * (K + 1) / 2
# expect x @ I 1..2: K * (K + 1) / 2
# expect x @ I 2..5: K + 100
# expect x @ I 5..6: K * (K + 1) / 2

# ---- run between
# domain: I 0..6, K 0..4
# out.1: alias out.0
# out.2: alias out.0
# expect out.0: a + 100

# ---- run between
# domain: I 0..6, K 0..4
# out.1: alias out.0
# expect out.0 @ K 0..1: a
# expect out.0 @ K 1..2: a + a(K - 1)
# expect out.2: a + 100

# ---- run scan_last
# domain: I 0..6, K 0..4
# out.1: I 1..4, K 0..4; alias out.0
# out.2: I 3..6, K 0..4; alias out.0
