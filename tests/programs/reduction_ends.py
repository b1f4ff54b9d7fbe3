"""Reductions of infinities, of NaN, of the ends of integer types, and of no neighbour at all."""

import gt4py.next as gtx
from gt4py.next import Field, float32, float64, int8, int64, max_over, min_over, neighbor_sum, uint8, uint64

Vertex = gtx.Dimension("Vertex")
Edge = gtx.Dimension("Edge")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))


@gtx.field_operator
def double(a: Field[[Edge], float64]) -> tuple[Field[[Vertex], float64], Field[[Vertex], float64]]:
    return max_over(a(V2E), axis=V2EDim), min_over(a(V2E), axis=V2EDim)


@gtx.field_operator
def single(a: Field[[Edge], float32]) -> tuple[Field[[Vertex], float32], Field[[Vertex], float32]]:
    return max_over(a(V2E), axis=V2EDim), min_over(a(V2E), axis=V2EDim)


@gtx.field_operator
def columns(a: Field[[Edge, K], float64]) -> tuple[Field[[Vertex, K], float64], Field[[Vertex, K], float64]]:
    return max_over(a(V2E), axis=V2EDim), min_over(-a(V2E), axis=V2EDim)


@gtx.field_operator
def given(w: Field[[Vertex, V2EDim], float64]) -> tuple[Field[[Vertex], float64], Field[[Vertex], float64]]:
    return max_over(w, axis=V2EDim), min_over(w, axis=V2EDim)


@gtx.field_operator
def reciprocals(a: Field[[Edge], float64]) -> tuple[Field[[Vertex], float64], Field[[Vertex], float64]]:
    return max_over(-1.0 / a(V2E), axis=V2EDim), min_over(1.0 / a(V2E), axis=V2EDim)


@gtx.field_operator
def sums(a: Field[[Edge], float64]) -> tuple[Field[[Vertex], float64], Field[[Vertex], float64]]:
    s = neighbor_sum(a(V2E), axis=V2EDim)
    return s, 1.0 / s


@gtx.field_operator
def signed(a: Field[[Edge], int8]) -> tuple[Field[[Vertex], int8], Field[[Vertex], int8]]:
    return max_over(a(V2E), axis=V2EDim), min_over(a(V2E), axis=V2EDim)


@gtx.field_operator
def signed_wide(a: Field[[Edge], int64]) -> tuple[Field[[Vertex], int64], Field[[Vertex], int64]]:
    return max_over(a(V2E), axis=V2EDim), min_over(a(V2E), axis=V2EDim)


@gtx.field_operator
def unsigned(a: Field[[Edge], uint8]) -> tuple[Field[[Vertex], uint8], Field[[Vertex], uint8]]:
    return max_over(a(V2E), axis=V2EDim), min_over(a(V2E), axis=V2EDim)


@gtx.field_operator
def unsigned_wide(a: Field[[Edge], uint64]) -> tuple[Field[[Vertex], uint64], Field[[Vertex], uint64]]:
    return max_over(a(V2E), axis=V2EDim), min_over(a(V2E), axis=V2EDim)


# ---- run double
# domain: Vertex 0..3, Edge 0..2
# V2E: rows 0 0, 1 1, 0 1
# a: values -inf inf
# expect out.0 = -inf inf inf
# expect out.1 = -inf inf -inf

# ---- run double
# domain: Vertex 0..6, Edge 0..3
# V2E: rows 0 -1, -1 1, -1 -1, -1 0, 0 0, 2 0
# a: values -inf inf 5
# expect out.0 = -inf inf -1.7976931348623157e308 -inf -inf 5
# expect out.1 = -inf inf 1.7976931348623157e308 -inf -inf -inf

# ---- run double
# domain: Vertex 0..77, Edge 0..30
# V2E: random 77x3 of 30; skips 0.4
# a: values -inf -inf -inf 2 inf inf
# expect out.0: max_over(a, V2E)
# expect out.1: min_over(a, V2E)

# ---- run double
# domain: Vertex 0..4, Edge 0..3
# V2E: rows 0 1 -1, 1 -1 0, 2 0 1, -1 -1 0
# a: values nan -inf inf
# expect out.0 = nan nan nan nan
# expect out.1 = nan nan nan nan

# ---- run double
# domain: Vertex 0..50, Edge 0..16
# V2E: random 50x4 of 16; skips 0.3
# a: special

# ---- run single
# domain: Vertex 0..6, Edge 0..3
# V2E: rows 0 -1, -1 1, -1 -1, -1 0, 0 0, 2 0; int64
# a: values -inf inf 5
# expect out.0 = -inf inf -3.4028234663852886e38 -inf -inf 5
# expect out.1 = -inf inf 3.4028234663852886e38 -inf -inf -inf

# ---- run single
# domain: Vertex 0..3, Edge 0..2
# V2E: rows 0 0, 1 1, 0 1
# a: values -inf inf
# expect out.0 = -inf inf inf
# expect out.1 = -inf inf -inf

# ---- run columns
# domain: Vertex 0..19, Edge 0..9, K 0..5
# V2E: random 19x4 of 9; skips 0.5
# a: -inf
# expect out.0: max_over(a, V2E)
# expect out.1: min_over(-a, V2E)

# ---- run given
# domain: Vertex 0..3, Edge 0..3, V2E 0..2
# V2E: rows 0 -1, -1 -1, 1 2
# w: values -inf -7 3 4 inf inf
# expect out.0 = -inf -1.7976931348623157e308 inf
# expect out.1 = -inf 1.7976931348623157e308 inf

# ---- run reciprocals
# domain: Vertex 0..3, Edge 0..2
# V2E: rows 0 0, 1 0, 1 1
# a: values 0 -0.0
# expect out.0 = -inf inf inf
# expect out.1 = inf -inf -inf

# ---- run sums
# domain: Vertex 0..3, Edge 0..2
# V2E: rows 0 0, 0 1, -1 -1
# a: values -0.0 0.0
# expect out.0 = 0 0 0
# expect out.1 = inf inf inf

# ---- run sums
# domain: Vertex 0..3, Edge 0..3
# V2E: rows 0 0, 0 1, 2 -1
# a: values -inf inf nan
# expect out.0 = -inf nan nan
# expect out.1 = -0.0 nan nan

# ---- run signed
# domain: Vertex 0..4, Edge 0..2
# V2E: rows 0 0, 1 1, -1 0, -1 -1
# a: values -128 127
# expect out.0 = -128 127 -128 -128
# expect out.1 = -128 127 -128 127

# ---- run signed_wide
# domain: Vertex 0..4, Edge 0..2
# V2E: rows 0 0, 1 1, -1 0, -1 -1
# a: values -9223372036854775808 9223372036854775807
# expect out.0 = -9223372036854775808 9223372036854775807 -9223372036854775808 -9223372036854775808
# expect out.1 = -9223372036854775808 9223372036854775807 -9223372036854775808 9223372036854775807

# ---- run unsigned
# domain: Vertex 0..4, Edge 0..2
# V2E: rows 0 0, 1 1, -1 0, -1 -1
# a: values 0 255
# expect out.0 = 0 255 0 0
# expect out.1 = 0 255 0 255

# ---- run unsigned_wide
# domain: Vertex 0..4, Edge 0..2
# V2E: rows 0 0, 1 1, -1 0, -1 -1
# a: values 0 18446744073709551615
# expect out.0 = 0 18446744073709551615 0 0
# expect out.1 = 0 18446744073709551615 0 18446744073709551615
