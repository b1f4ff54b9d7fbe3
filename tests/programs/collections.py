"""Named collections: tuples whose elements have names."""

from dataclasses import dataclass
from typing import NamedTuple

import gt4py.next as gtx
from gt4py.next import Field, astype, float64, int32, where
from gt4py.next.experimental import concat_where

I = gtx.Dimension("I")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)

IK = Field[[I, K], float64]


class State(NamedTuple):
    """Winds."""

    u: IK
    v: IK


@dataclass(frozen=True)
class Model:
    state: State
    weight: Field[[K], float64]

    def winds(self):
        return self.state


class Carry(NamedTuple):
    total: float
    count: int32


@gtx.field_operator
def turned(s: State) -> State:
    return State(v=s.u, u=-s.v)


@gtx.field_operator
def chosen(s: State, mask: IK, n: int32) -> State:
    """Names go along with what is made of them."""
    other = turned(turned(s))
    if n > 0:
        both = where(mask > 0.0, turned(s), other)
    else:
        both = concat_where(K < 2, s, other)
    u, v = both
    return State(both.u + turned(both).u, v - s[1] + both.v)


@gtx.field_operator
def weighted(m: Model) -> Model:
    state, weight = m.state, m.weight
    doubled = astype(state, float64)
    return Model(State(state.u * weight, doubled.v), weight=2.0 * weight)


@gtx.field_operator
def inferred(m: Model):
    """The result has the names of what is returned."""
    return weighted(weighted(m))


@gtx.field_operator
def of_inferred(m: Model) -> IK:
    return inferred(m).state.u


@gtx.scan_operator(axis=K, forward=True, init=Carry(0.0, count=0))
def accumulate(c: Carry, x: float) -> Carry:
    if x > 0.0:
        following = Carry(total=c.total + x, count=c.count + 1)
    else:
        following = c
    return following


@gtx.field_operator
def sums(x: IK) -> tuple[IK, Field[[I, K], int32]]:
    a = accumulate(x)
    return a.total, a.count


@gtx.field_operator
def grown(s: State) -> State:
    """Carried from round to round."""
    while s.u < 4.0:
        s = State(s.u + 1.0, 2.0 * s.v)
    return s


# ---- run turned
# domain: I 0..9, K 0..4

# ---- run chosen
# domain: I 0..9, K 0..4
# n: 1

# ---- run chosen
# domain: I 0..9, K 0..4
# n: 0

# ---- run weighted
# domain: I 0..9, K 0..4

# ---- run of_inferred
# domain: I 0..9, K 0..4

# ---- run sums
# domain: I 0..9, K 0..4

# ---- run grown
# domain: I 0..9, K 0..4
# s.0: random -3..9
