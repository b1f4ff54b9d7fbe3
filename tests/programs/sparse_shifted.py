"""Neighbours taken first and read elsewhere after: the dimension that is moved is replaced, the local one stays, and
the neighbours that there are, are those of the row that is read."""

import gt4py.next as gtx
from gt4py.next import Field, broadcast, float64, int32, max_over, min_over, neighbor_sum, where

Vertex = gtx.Dimension("Vertex")
Edge = gtx.Dimension("Edge")
Cell = gtx.Dimension("Cell")
I = gtx.Dimension("I")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
E2VDim = gtx.Dimension("E2V", kind=gtx.DimensionKind.LOCAL)
C2CDim = gtx.Dimension("C2C", kind=gtx.DimensionKind.LOCAL)
I2CDim = gtx.Dimension("I2C", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))
E2V = gtx.FieldOffset("E2V", source=Vertex, target=(Edge, E2VDim))
C2C = gtx.FieldOffset("C2C", source=Cell, target=(Cell, C2CDim))
I2C = gtx.FieldOffset("I2C", source=Cell, target=(I, I2CDim))


@gtx.field_operator
def ends(v: Field[[Vertex], float64]) -> Field[[Vertex], float64]:
    w = v(E2V)
    return neighbor_sum(w(V2E[0]), axis=E2VDim)


@gtx.field_operator
def highest(v: Field[[Vertex], float64]) -> tuple[Field[[Vertex], float64], Field[[Vertex], float64]]:
    w = v(E2V)
    there = w(V2E[1])
    return max_over(there, axis=E2VDim), min_over(there, axis=E2VDim)


@gtx.field_operator
def reduced_first(v: Field[[Vertex], float64]) -> Field[[Vertex], float64]:
    w = neighbor_sum(v(E2V), axis=E2VDim)
    return w(V2E[0])


@gtx.field_operator
def moved(v: Field[[Vertex], float64]) -> Field[[Vertex, E2VDim], float64]:
    return v(E2V)(V2E[0])


@gtx.field_operator
def by_call(v: Field[[Vertex], float64]) -> Field[[Vertex], float64]:
    return max_over(moved(v), axis=E2VDim)


@gtx.field_operator
def weighted(v: Field[[Vertex, K], float64], f: Field[[Vertex], float64]) -> Field[[Vertex, K], float64]:
    return neighbor_sum(v(E2V)(V2E[0])(K + 1) * f, axis=E2VDim)


@gtx.field_operator
def two_rows(v: Field[[Vertex], float64]) -> Field[[Vertex], float64]:
    w = v(E2V)
    return neighbor_sum(w(V2E[0]) + w(V2E[1]), axis=E2VDim)


@gtx.field_operator
def other_cell(c: Field[[Cell], float64]) -> tuple[Field[[Cell], float64], Field[[Cell], float64]]:
    w = c(C2C)
    return max_over(w(C2C[0]), axis=C2CDim), neighbor_sum(w(C2C[0]) * w, axis=C2CDim)


@gtx.field_operator
def cartesian(c: Field[[Cell], float64]) -> tuple[Field[[I], float64], Field[[I], float64]]:
    w = c(I2C)
    return max_over(w(I + 1), axis=I2CDim), neighbor_sum(w(I + 1), axis=I2CDim)


@gtx.field_operator
def given(w: Field[[Edge, E2VDim], float64]) -> Field[[Vertex], float64]:
    return max_over(w(V2E[0]), axis=E2VDim)


@gtx.field_operator
def given_moved(w: Field[[Vertex, E2VDim], float64]) -> Field[[Vertex], float64]:
    return max_over(w, axis=E2VDim)


@gtx.field_operator
def twice(v: Field[[Vertex], float64]) -> tuple[Field[[Vertex], float64], Field[[Vertex], float64]]:
    w = v(E2V)
    there = w(V2E)
    inner = max_over(there, axis=E2VDim)
    outer = neighbor_sum(there, axis=V2EDim)
    return neighbor_sum(inner, axis=V2EDim), max_over(outer, axis=E2VDim)


@gtx.field_operator
def chosen(v: Field[[Vertex], float64], n: Field[[Vertex], int32]) -> Field[[Vertex], float64]:
    w = v(E2V)(V2E[0])
    return min_over(where(n > 1, w, broadcast(v, (Vertex, E2VDim))), axis=E2VDim)


@gtx.field_operator
def unmoved(e: Field[[Edge, K], float64]) -> Field[[Vertex, K], float64]:
    w = e(V2E)
    return max_over(w(K + 1), axis=V2EDim)


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def total(carry: float64, x: float64) -> float64:
    return carry + x


@gtx.field_operator
def scanned(v: Field[[Vertex, K], float64]) -> Field[[Vertex, K], float64]:
    w = total(v(E2V)(V2E[0]))
    return max_over(w, axis=E2VDim)


# ---- run ends
# domain: Vertex 0..2
# V2E: rows 0 1, 2 -1
# E2V: rows 0 1, 1 1, 0 -1
# v: values 10 20
# expect out = 30 10

# ---- run ends
# domain: Vertex 0..30
# V2E: random 30x3 of 40
# E2V: random 40x2 of 30; skips 0.4
# expect out: neighbor(neighbor_sum(v, E2V), V2E, 0)

# ---- run ends
# domain: Vertex 0..30
# V2E: random 30x3 of 40
# E2V: random 40x2 of 30
# expect out: neighbor(neighbor_sum(v, E2V), V2E, 0)

# ---- run highest
# domain: Vertex 0..4
# V2E: rows 1 0, 0 1, 0 -1, 1 2
# E2V: rows 1 -1, -1 -1, 2 3
# v: values 5 -inf 7 -3
# expect out.0 = -inf -1.7976931348623157e308 -1.7976931348623157e308 7
# expect out.1 = -inf 1.7976931348623157e308 1.7976931348623157e308 -3

# ---- run highest
# domain: Vertex 0..50
# V2E: random 50x3 of 40
# E2V: random 40x3 of 50; skips 0.5
# expect out.0: neighbor(max_over(v, E2V), V2E, 1)
# expect out.1: neighbor(min_over(v, E2V), V2E, 1)

# ---- run reduced_first
# domain: Vertex 0..30
# V2E: random 30x3 of 40; skips 0.3
# E2V: random 40x2 of 30; skips 0.4

# ---- run moved
# domain: Vertex 0..2, E2V 0..2
# V2E: rows 0 1, 2 -1
# E2V: rows 0 1, 1 1, 0 -1
# v: values 10 20
# expect out = 10 20 10 0

# ---- run by_call
# domain: Vertex 0..30
# V2E: random 30x3 of 40
# E2V: random 40x2 of 30; skips 0.4
# expect out: neighbor(max_over(v, E2V), V2E, 0)

# ---- run weighted
# domain: Vertex 0..30, K 0..5
# v: K 0..6
# V2E: random 30x3 of 40
# E2V: random 40x4 of 30; skips 0.4
# expect out: f * neighbor(neighbor_sum(v(K + 1), E2V), V2E, 0)

# ---- run two_rows
# domain: Vertex 0..3
# V2E: rows 0 1, 2 1, 2 2
# E2V: rows 0 1, 1 1, 0 -1
# v: values 10 20 40
# expect out = 70 30 20

# ---- run other_cell
# domain: Cell 0..3
# C2C: rows 1 2, 2 -1, -1 0
# c: values 1 2 4
# expect out.0 = 4 1 -1.7976931348623157e308
# expect out.1 = 8 0 0

# ---- run other_cell
# domain: Cell 0..60
# C2C: random 60x3 of 60
# expect out.0: neighbor(max_over(c, C2C), C2C, 0)

# ---- run cartesian
# domain: I 0..3, Cell 0..3
# I2C: rows 0 1, -1 2, -1 -1, 0 -1
# c: values 1 -2 -4
# expect out.0 = -4 -1.7976931348623157e308 1
# expect out.1 = -4 0 1

# ---- run given
# domain: Vertex 0..3, Edge 0..3, E2V 0..2
# V2E: rows 0 1, 2 -1, -1 1
# E2V: rows 0 1, 1 1, -1 0
# w: values -1 -2 -3 -4 5 -6
# expect out = -1 -6 -1.7976931348623157e308

# ---- run given_moved
# domain: Vertex 0..2, E2V 0..2
# E2V: rows 0 1, 1 1, 0 -1
# w: values -1 -2 -3 -4
# expect out = -1 -3

# ---- run twice
# domain: Vertex 0..3
# V2E: rows 0 1, 2 -1, -1 -1
# E2V: rows 0 1, 1 2, 0 -1
# v: values -1 -2 -4
# expect out.0 = -3 -1 0
# expect out.1 = -3 -1 -1.7976931348623157e308

# ---- run twice
# domain: Vertex 0..40
# V2E: random 40x3 of 40; skips 0.3
# E2V: random 40x2 of 40; skips 0.3
# expect out.0: neighbor_sum(max_over(v, E2V), V2E)

# ---- run twice
# domain: Vertex 0..40
# V2E: random 40x3 of 40
# E2V: random 40x2 of 40

# ---- run chosen
# domain: Vertex 0..3
# V2E: rows 0 1, 2 -1, -1 1
# E2V: rows 0 1, 1 1, -1 0
# v: values 3 2 1
# n: values 2 0 2
# expect out = 2 2 1.7976931348623157e308

# ---- run unmoved
# domain: Vertex 0..30, K 0..4, Edge 0..20
# e: K 0..5
# V2E: random 30x3 of 20; skips 0.4
# expect out: max_over(e(K + 1), V2E)

# ---- run scanned
# domain: Vertex 0..30, K 0..4
# V2E: random 30x3 of 40
# E2V: random 40x2 of 30; skips 0.4
# v: -1
# expect out @ K 0..1: neighbor(max_over(v, E2V), V2E, 0)
