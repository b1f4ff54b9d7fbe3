from dataclasses import dataclass
from typing import NamedTuple

import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")


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
def counted(a: Field[[I], float64]) -> Field[[I], float64]:
    n = range(3)
    return a * 10.0 ** 10 ** 10 + 10.0 ** 400 * a

# ---- expected
# error[B0301]: named collections are not supported by Bise yet
#   --> language/not_yet.py:22:18
#    |
# 10 | class State(NamedTuple):
#    |       ----- defined here
# ...
# 22 | def total(state: State, pair: Pair) -> Field[[I], float64]:
#    |                  ^^^^^ a class, not a type of the language
#    |
#    = note: `NamedTuple`s and data classes of fields are part of `gt4py.next`
#    = help: take the fields one by one, or as a `tuple[...]`
#
# error[B0301]: named collections are not supported by Bise yet
#   --> language/not_yet.py:22:31
#    |
# 16 | class Pair:
#    |       ---- defined here
# ...
# 22 | def total(state: State, pair: Pair) -> Field[[I], float64]:
#    |                               ^^^^ a class, not a type of the language
#    |
#    = note: `NamedTuple`s and data classes of fields are part of `gt4py.next`
#    = help: take the fields one by one, or as a `tuple[...]`
#
# error[B0105]: Python's function `range` is not part of the language
#   --> language/not_yet.py:28:9
#    |
# 28 |     n = range(3)
#    |         ^^^^^
#    |
#    = help: computations over points need no loop
#
# error[B0215]: the result is too large
#   --> language/not_yet.py:29:16
#    |
# 29 |     return a * 10.0 ** 10 ** 10 + 10.0 ** 400 * a
#    |                ^^^^^^^^^^^^^^^^
#    |
#    = note: literals are computed when the operator is compiled, with Python's meaning
#
# error[B0215]: the result is too large
#   --> language/not_yet.py:29:35
#    |
# 29 |     return a * 10.0 ** 10 ** 10 + 10.0 ** 400 * a
#    |                                   ^^^^^^^^^^^
#    |
#    = note: literals are computed when the operator is compiled, with Python's meaning
