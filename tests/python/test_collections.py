"""Named collections: `NamedTuple` and data classes."""

import pickle
from dataclasses import InitVar, dataclass, field
from typing import ClassVar, NamedTuple

import numpy as np
import pytest

import bise as gtx
from bise import Field, float64, int32, where

I = gtx.Dimension("I")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
IK = Field[[I, K], float64]
SIZE = (7, 5)


class State(NamedTuple):
    u: IK
    v: IK


@dataclass
class Model:
    state: State
    weight: Field[[K], float64]
    pair: tuple[State, float64]


class Carry(NamedTuple):
    total: float
    count: int32


class Sums(NamedTuple):
    total: IK
    count: Field[[I, K], int32]


@gtx.field_operator
def turned(s: State) -> State:
    return State(v=s.u, u=-s.v)


@gtx.field_operator
def step(m: Model) -> Model:
    s = turned(m.state)
    other = where(m.pair[0].u > m.pair[1], s, m.pair[0])
    return Model(State(s.u * m.weight, other.v), m.weight + 1.0, pair=(other, m.pair[1]))


@gtx.scan_operator(axis=K, forward=True, init=Carry(0.0, count=0))
def accumulate(c: Carry, x: float) -> Carry:
    return Carry(c.total + x, c.count + 1) if x > 0.5 else c


@gtx.program
def twice(s: State, out: State):
    turned(s, out=out)
    turned(out, out=(out.u, out.v))


def random_state(rng):
    arrays = rng.random((2, *SIZE))
    return arrays, State(*(gtx.as_field([I, K], array) for array in arrays))


def empty():
    return State(gtx.zeros({I: 7, K: 5}), gtx.zeros({I: 7, K: 5}))


def test_arguments_and_results_are_taken_apart_by_name():
    rng = np.random.default_rng(0)
    (u, v), state = random_state(rng)
    (a, b), other = random_state(rng)
    weight = rng.random(5)
    m = Model(state, gtx.as_field([K], weight), (other, 0.5))
    # A field without dimensions takes a number.
    out = Model(empty(), gtx.zeros({K: 5}), (empty(), gtx.zeros({})))
    step(m, out=out)
    mask = a > 0.5
    np.testing.assert_array_equal(out.state.u.asnumpy(), -v * weight)
    np.testing.assert_array_equal(out.state.v.asnumpy(), np.where(mask, u, b))
    np.testing.assert_array_equal(out.weight.asnumpy(), weight + 1.0)
    np.testing.assert_array_equal(out.pair[0].u.asnumpy(), np.where(mask, -v, a))


def test_a_tuple_is_as_good():
    (u, v), state = random_state(np.random.default_rng(1))
    outs = [empty(), tuple(empty())]
    turned(state, out=outs[1])
    turned(tuple(state), out=outs[0])
    for out in outs:
        np.testing.assert_array_equal(out[0].asnumpy(), -v)
        np.testing.assert_array_equal(out[1].asnumpy(), u)


@pytest.mark.parametrize("backend", ["native", "reference"])
def test_what_a_scan_carries(backend):
    x = np.random.default_rng(2).random(SIZE)
    out = Sums(gtx.zeros({I: 7, K: 5}), gtx.zeros({I: 7, K: 5}, dtype=np.int32))
    accumulate.with_backend(backend)(gtx.as_field([I, K], x), out=out)
    kept = np.where(x > 0.5, x, 0.0)
    np.testing.assert_array_equal(out.total.asnumpy(), np.add.accumulate(kept, axis=1))
    np.testing.assert_array_equal(out.count.asnumpy(), np.cumsum(x > 0.5, axis=1))


def test_programs_and_pickles():
    (u, v), state = random_state(np.random.default_rng(3))
    out = empty()
    pickle.loads(pickle.dumps(twice))(state, out)
    np.testing.assert_array_equal(out.u.asnumpy(), -u)
    np.testing.assert_array_equal(out.v.asnumpy(), -v)


@dataclass
class Fluid:
    """What belongs to the class is no element, and is there by its name."""

    u: IK
    GRAVITY: ClassVar[float] = 9.5
    v: IK

    HALF = 0.5

    def energy(self):
        return self.u


@gtx.field_operator
def falls(f: Fluid) -> Fluid:
    return Fluid(f.u - Fluid.GRAVITY, f.v * Fluid.HALF)


def test_classes_may_hold_more_than_elements():
    (u, v), state = random_state(np.random.default_rng(5))
    out = Fluid(*empty())
    falls(Fluid(*state), out=out)
    np.testing.assert_array_equal(out.u.asnumpy(), u - 9.5)
    np.testing.assert_array_equal(out.v.asnumpy(), 0.5 * v)


@dataclass
class Late:
    u: IK
    seed: InitVar[int] = 0


@dataclass
class Hidden:
    u: IK
    v: IK = field(init=False)


@dataclass
class Own:
    u: IK

    def __init__(self, both):
        self.u = both


@dataclass
class After:
    u: IK

    def __post_init__(self):
        self.u = -self.u


class Default(NamedTuple):
    u: IK
    v: IK = None


class Anything(NamedTuple):
    u: list


class Plain:
    u: IK


REFUSED = {
    Late: "which is not made of all of its elements, is not a type",
    Hidden: "which is not made of all of its elements, is not a type",
    Own: "which is not made of all of its elements, is not a type",
    After: "which has a `__post_init__`, is not a type",
    Default: "the class `Default`, whose elements have defaults, is not a type",
    Anything: "not all of whose elements have types of the language, is not a type",
    Plain: "the class `Plain` is not a type",
}


@pytest.mark.parametrize("cls", REFUSED)
def test_classes_that_are_no_collections_are_refused(cls):
    def op(a: cls) -> IK:
        return a.u

    with pytest.raises(gtx.errors.DSLError, match=REFUSED[cls]):
        gtx.field_operator(op)


def test_arguments_that_do_not_fit_are_named():
    (_, _), state = random_state(np.random.default_rng(4))
    with pytest.raises(TypeError, match=r"argument 's' is a tuple of 2 values"):
        turned(gtx.zeros({I: 7, K: 5}), out=empty())
    with pytest.raises(TypeError, match=r"'m\[0\]\[1\]'|'m.0.1'"):
        step(Model(State(state.u, 3), state.u, (state, 0.5)), out=state)
