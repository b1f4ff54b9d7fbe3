from dataclasses import dataclass
from typing import NamedTuple

import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
Vertex = gtx.Dimension("Vertex")
Edge = gtx.Dimension("Edge")
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))


class State(NamedTuple):
    u: Field[[I], float64]
    v: Field[[I], float64]


@dataclass
class Pair:
    a: Field[[I], float64]
    b: Field[[I], float64]


@gtx.field_operator
def total(state: State, pair: Pair) -> Field[[I], float64]:
    return state.u + pair.a


@gtx.field_operator
def first(e: Field[[Edge], float64]) -> Field[[Vertex], float64]:
    all_edges = e(V2E)
    return all_edges[V2EDim(0)] + e(V2E)[V2EDim(1)]


@gtx.field_operator
def at(a: Field[[I], float64]) -> Field[[I], float64]:
    return a[I(0)]


@gtx.field_operator
def counted(a: Field[[I], float64]) -> Field[[I], float64]:
    n = range(3)
    return a * 10.0 ** 10 ** 10 + 10.0 ** 400 * a

# ---- expected
# error[B0301]: named collections are not supported by Bise yet
#   --> language/not_yet.py:26:18
#    |
# 14 | class State(NamedTuple):
#    |       ----- defined here
# ...
# 26 | def total(state: State, pair: Pair) -> Field[[I], float64]:
#    |                  ^^^^^ a class, not a type of the language
#    |
#    = note: `NamedTuple`s and data classes of fields are part of `gt4py.next`
#    = help: take the fields one by one, or as a `tuple[...]`
#
# error[B0301]: named collections are not supported by Bise yet
#   --> language/not_yet.py:26:31
#    |
# 20 | class Pair:
#    |       ---- defined here
# ...
# 26 | def total(state: State, pair: Pair) -> Field[[I], float64]:
#    |                               ^^^^ a class, not a type of the language
#    |
#    = note: `NamedTuple`s and data classes of fields are part of `gt4py.next`
#    = help: take the fields one by one, or as a `tuple[...]`
#
# error[B0301]: to index the neighbours of a field by `V2EDim(0)` is not supported by Bise yet
#   --> language/not_yet.py:33:22
#    |
# 33 |     return all_edges[V2EDim(0)] + e(V2E)[V2EDim(1)]
#    |                      ^^^^^^^^^
#    |
#    = help: read one neighbour of the field itself: `f(V2E[0])`
#
# error[B0301]: to index the neighbours of a field by `V2EDim(1)` is not supported by Bise yet
#   --> language/not_yet.py:33:42
#    |
# 33 |     return all_edges[V2EDim(0)] + e(V2E)[V2EDim(1)]
#    |                                          ^^^^^^^^^
#    |
#    = help: read one neighbour of the field itself: `f(V2E[1])`
#
# error[B0301]: to index a field by `I(0)` is not supported by Bise yet
#   --> language/not_yet.py:38:14
#    |
# 38 |     return a[I(0)]
#    |              ^^^^
#    |
#    = help: read it relative to the point at hand: `f(I + 1)`
#
# error[B0105]: Python's function `range` is not part of the language
#   --> language/not_yet.py:43:9
#    |
# 43 |     n = range(3)
#    |         ^^^^^
#    |
#    = help: computations over points need no loop
#
# error[B0215]: the result is too large
#   --> language/not_yet.py:44:16
#    |
# 44 |     return a * 10.0 ** 10 ** 10 + 10.0 ** 400 * a
#    |                ^^^^^^^^^^^^^^^^
#    |
#    = note: literals are computed when the operator is compiled, with Python's meaning
#
# error[B0215]: the result is too large
#   --> language/not_yet.py:44:35
#    |
# 44 |     return a * 10.0 ** 10 ** 10 + 10.0 ** 400 * a
#    |                                   ^^^^^^^^^^^
#    |
#    = note: literals are computed when the operator is compiled, with Python's meaning
