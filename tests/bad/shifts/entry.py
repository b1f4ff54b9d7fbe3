import gt4py.next as gtx
from gt4py.next import Field, float64, int32

I = gtx.Dimension("I")
Vertex = gtx.Dimension("Vertex")
Edge = gtx.Dimension("Edge")
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))


@gtx.field_operator
def entries(a: Field[[I], float64], e: Field[[Edge], float64], n: int32) -> Field[[Vertex], float64]:
    along_a_line = a[I(0)]
    not_taken = e[V2EDim(0)]
    before_the_first = e(V2E)[V2EDim(-1)]
    computed = e(V2E)[V2EDim(n)]
    halves = e(V2E)[V2EDim(0.5)]
    none = e(V2E)[V2EDim()]
    by_number = e(V2E)[0]
    of_a_number = n[V2EDim(0)]
    return e(V2E)[V2EDim(0)][V2EDim(0)]

# ---- expected
# error[B0209]: a field has no entry `I(0)`: `I` is no local dimension
#   --> shifts/entry.py:13:22
#    |
# 13 |     along_a_line = a[I(0)]
#    |                      ^^^^ not along neighbours
#    |
#    = help: read it relative to the point at hand, `f(I + 1)`, or at a computed index, `f(as_offset(Ioff, n))`
#
# error[B0209]: the field has no dimension `V2E`
#   --> shifts/entry.py:14:19
#    |
# 14 |     not_taken = e[V2EDim(0)]
#    |                 - ^^^^^^^^^ along `V2E`
#    |                 |
#    |                 this is `Field[[Edge], float64]`
#
# error[B0209]: the number of a neighbour is counted from zero
#   --> shifts/entry.py:15:38
#    |
# 15 |     before_the_first = e(V2E)[V2EDim(-1)]
#    |                                      ^^
#
# error[B0209]: the number of a neighbour is `int32`, not an integer literal
#   --> shifts/entry.py:16:30
#    |
# 16 |     computed = e(V2E)[V2EDim(n)]
#    |                              ^
#
# error[B0209]: the number of a neighbour is the float `0.5`, not an integer literal
#   --> shifts/entry.py:17:28
#    |
# 17 |     halves = e(V2E)[V2EDim(0.5)]
#    |                            ^^^
#
# error[B0209]: an entry has one number, `V2E(0)`
#   --> shifts/entry.py:18:19
#    |
# 18 |     none = e(V2E)[V2EDim()]
#    |                   ^^^^^^^^
#
# error[B0208]: `Field[[Vertex, V2E], float64]` cannot be indexed
#   --> shifts/entry.py:19:17
#    |
# 19 |     by_number = e(V2E)[0]
#    |                 ^^^^^^^^^ not a tuple
#    |
#    = note: fields are read elsewhere by shifts, `f(I + 1)`, or of their neighbours by one's number, `f[E2CDim(0)]`
#
# error[B0208]: `int32` cannot be indexed
#   --> shifts/entry.py:20:19
#    |
# 20 |     of_a_number = n[V2EDim(0)]
#    |                   ^^^^^^^^^^^^ not a tuple
#    |
#    = note: fields are read elsewhere by shifts, `f(I + 1)`, or of their neighbours by one's number, `f[E2CDim(0)]`
#
# error[B0209]: the field has no dimension `V2E`
#   --> shifts/entry.py:21:30
#    |
# 21 |     return e(V2E)[V2EDim(0)][V2EDim(0)]
#    |            ----------------- ^^^^^^^^^ along `V2E`
#    |            |
#    |            this is `Field[[Vertex], float64]`
