import gt4py.next as gtx
from gt4py.next import Field, float64
from gt4py.next import neighbor_sum, max_over

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)

Vertex = gtx.Dimension("Vertex")
Edge = gtx.Dimension("Edge")
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))
C2EDim = gtx.Dimension("C2E", kind=gtx.DimensionKind.LOCAL)


@gtx.field_operator
def sums(e: Field[[Edge], float64], w: Field[[Vertex, C2EDim], float64]) -> Field[[Vertex], float64]:
    a = neighbor_sum(e(V2E))
    b = neighbor_sum(e, axis=V2EDim)
    c = neighbor_sum(e(V2E), axis=V2E)
    d = neighbor_sum(e(V2E), axis=K)
    f = neighbor_sum(w, axis=C2EDim)
    g = max_over(e(V2E) > 0.0, axis=V2EDim)
    return neighbor_sum(e(V2E), V2EDim, 1)

# ---- expected
# error[B0210]: `neighbor_sum` is not told along which dimension to fold
#   --> shifts/reduction.py:18:9
#    |
# 18 |     a = neighbor_sum(e(V2E))
#    |         ^^^^^^^^^^^^^^^^^^^^
#    |
#    = help: add `axis=V2EDim`
#
# error[B0210]: the field has no dimension `V2E` to fold
#   --> shifts/reduction.py:19:30
#    |
# 19 |     b = neighbor_sum(e, axis=V2EDim)
#    |                      -       ^^^^^^
#    |                      |
#    |                      this is `Field[[Edge], float64]`
#    |
#    = help: read the neighbours first: `neighbor_sum(f(V2E), axis=V2EDim)`
#
# error[B0210]: `V2E` is an offset, not a dimension
#   --> shifts/reduction.py:20:35
#    |
# 20 |     c = neighbor_sum(e(V2E), axis=V2E)
#    |                                   ^^^
#    |
#    = help: its local dimension is `V2EDim`
#
# error[B0210]: the dimension `K` is vertical, not local
#   --> shifts/reduction.py:21:35
#    |
# 21 |     d = neighbor_sum(e(V2E), axis=K)
#    |                                   ^ expected a local dimension
#
# error[B0210]: no offset in scope has the local dimension `C2E`
#   --> shifts/reduction.py:22:30
#    |
# 22 |     f = neighbor_sum(w, axis=C2EDim)
#    |                              ^^^^^^
#    |
#    = note: the table of an offset says how many neighbours there are and which are skipped
#    = help: define `FieldOffset("...", source=..., target=(..., C2EDim))` in the module
#
# error[B0203]: `max_over` folds numbers, not truth values
#   --> shifts/reduction.py:23:18
#    |
# 23 |     g = max_over(e(V2E) > 0.0, axis=V2EDim)
#    |                  ^^^^^^^^^^^^ this is `Field[[Vertex, V2E], bool]`
#    |
#    = help: convert first: `astype(mask, int32)`
#
# error[B0211]: `neighbor_sum` takes a field and the keyword `axis`
#   --> shifts/reduction.py:24:12
#    |
# 24 |     return neighbor_sum(e(V2E), V2EDim, 1)
#    |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
#    |
#    = help: write `neighbor_sum(f(V2E), axis=V2EDim)`
