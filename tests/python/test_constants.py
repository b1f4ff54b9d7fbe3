"""Constants of the surroundings: what is a number, which type it has, and when it is taken."""

import enum
import linecache
import math
import types
import typing
from collections import namedtuple
from dataclasses import dataclass

import numpy as np
import pytest
import xarray

import bise as gtx
from bise import astype, float32, float64
from bise.errors import DSLError, FieldTypeError

I = gtx.Dimension("I")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
F = gtx.Field[[I], gtx.float64]
S = gtx.Field[[I], gtx.float32]
FLOATS = (np.float32, np.float64)
INTEGERS = (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64)


class Physics(gtx.float64, enum.Enum):
    GRAV = 9.5
    CP = 1004.5

    @property
    def half(self):
        return 0.5 * self.value


class Single(np.float32, enum.Enum):
    TENTH = 0.1


class Count(enum.IntEnum):
    THREE = 3


class Flag(enum.IntFlag):
    FOUR = 4


class Plain(enum.Enum):
    GRAV = 9.5
    PAIR = (2.0, 3.0)
    NOTE = "text"
    value_of_its_own = np.float64(0.25)


class Metres(float):
    unit = 100.0


class Typed(np.float64):
    unit = 10.0


class Group(float):
    GRAV = 9.5


Numbers = namedtuple("Numbers", ["grav", "count"])


class Annotated(typing.NamedTuple):
    grav: float
    inner: Numbers


@dataclass(frozen=True)
class Config:
    grav: float
    physics: type


numbers = Numbers(9.5, 3)
annotated = Annotated(9.5, numbers)
config = Config(9.5, Physics)
simple = types.SimpleNamespace(grav=9.5, deep=types.SimpleNamespace(grav=np.float64(9.5)))
metres, typed = Metres(9.5), Typed(9.5)
pair, nested = (9.5, 2), ((1.0, (2.0, 9.5)), np.float64(9.5))
zero_d, labelled = np.array(9.5), xarray.DataArray(9.5, name="grav")
read_only = np.broadcast_to(np.float64(9.5), ())
matrix = np.ones((2, 2))
masked = np.ma.masked
swapped = np.array(9.5, dtype=np.dtype(np.float64).newbyteorder())
half, extended = np.float16(9.5), np.longdouble(9.5)
long_tuple = tuple(float(n) for n in range(10**6))
deep_tuple = 1.0
for _ in range(200):
    deep_tuple = (deep_tuple,)
wide_tuple = (1.0,)
for _ in range(60):
    wide_tuple = (wide_tuple, wide_tuple)


def value(op, dtype=np.float64, n=2.0):
    out = np.zeros(1, dtype)
    op(np.full(1, n, dtype), out=out, offset_provider={})
    return out[0]


def operator(param, result, expression, **names):
    """An operator of the text."""
    text = f"def op({param}) -> gtx.Field[[I], gtx.{result}]:\n    return {expression}\n"
    file = f"<an operator: {text}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    names |= {"gtx": gtx, "I": I}
    exec(compile(text, file, "exec"), names)  # noqa: S102 - the types are parameters of the test
    return gtx.field_operator(names["op"])


def of_type(dtype, expression, **names):
    """An operator on fields of that type."""
    name = np.dtype(dtype).name
    return operator(f"a: gtx.Field[[I], gtx.{name}]", name, expression, **names)


def refused(define, match=None):
    with pytest.raises(DSLError, match=match):
        define()


@pytest.mark.parametrize("backend", ["native", "reference"])
def test_members_of_enumerations(backend):
    @gtx.field_operator(backend=backend)
    def op(a: F) -> tuple[F, F, F, F, F, F, F]:
        x, y = Plain.PAIR
        return (
            a * Physics.GRAV,
            a * Physics.GRAV.value + Physics.CP,
            a * Physics.CP.half,
            a + Count.THREE + Flag.FOUR,
            a * Plain.GRAV.value,
            a * x + y,
            a * Plain.PAIR.value[1] * Plain.value_of_its_own,
        )

    out = tuple(np.zeros(1) for _ in range(7))
    op(np.full(1, 2.0), out=out, offset_provider={})
    assert [x[0] for x in out] == [19.0, 1023.5, 1004.5, 9.0, 19.0, 7.0, 1.5]


def test_types_of_members():
    @gtx.field_operator
    def single(a: S) -> S:
        return a * Single.TENTH

    @gtx.field_operator
    def weak(a: S) -> S:
        return a * Plain.GRAV + Count.THREE

    assert value(single, np.float32) == np.float32(2) * np.float32(0.1)
    assert value(weak, np.float32) == 22

    def mixed():
        @gtx.field_operator
        def op(a: S) -> S:
            return a * Physics.GRAV

    refused(mixed, "convert one of them")


def test_what_a_member_has_not():
    def missing():
        @gtx.field_operator
        def op(a: F) -> F:
            return a * Physics.GRAV.valeu

    refused(missing, "has no name `valeu`")

    def number():
        @gtx.field_operator
        def op(a: F) -> F:
            return a * pair[0].value

    refused(number, "a value has no attribute `value`")

    def text():
        @gtx.field_operator
        def op(a: F) -> F:
            return a * Plain.NOTE

    refused(text, "'str' is not a value")


@pytest.mark.parametrize("backend", ["native", "reference"])
def test_instances_of_classes_that_derive_from_numbers(backend):
    @gtx.field_operator(backend=backend)
    def op(a: F) -> tuple[F, F, F]:
        return a * metres * metres.unit, a * typed + typed.unit, a * Group.GRAV

    out = tuple(np.zeros(1) for _ in range(3))
    op(np.full(1, 2.0), out=out, offset_provider={})
    assert [x[0] for x in out] == [1900.0, 29.0, 19.0]


def test_such_classes_are_no_types():
    for annotation in (Typed, Physics, Metres, Group):

        def define(annotation=annotation):
            def op(a: F) -> F:
                return astype(a, annotation)

            gtx.field_operator(op)

        refused(define)


@pytest.mark.parametrize("backend", ["native", "reference"])
def test_named_tuples_data_classes_and_name_spaces(backend):
    @gtx.field_operator(backend=backend)
    def op(a: F) -> tuple[F, F, F, F, F]:
        return (
            a * numbers.grav + numbers[1],
            a * annotated.grav + annotated[1][1],
            a * config.grav,
            a * config.physics.GRAV,
            a * simple.grav + simple.deep.grav,
        )

    out = tuple(np.zeros(1) for _ in range(5))
    op(np.full(1, 2.0), out=out, offset_provider={})
    assert [x[0] for x in out] == [22.0, 22.0, 19.0, 19.0, 28.5]


@pytest.mark.parametrize("backend", ["native", "reference"])
def test_tuples(backend):
    @gtx.field_operator
    def inner(a: F, both: tuple[gtx.float64, gtx.int32]) -> F:
        return a * both[0] + astype(both[1], float64)

    @gtx.field_operator(backend=backend)
    def op(a: F) -> tuple[F, F, F, F]:
        x, y = pair
        (u, (v, w)), z = nested
        return a * pair[0] + pair[1], a * x + y, a * w + u + v + z, inner(a, pair)

    out = tuple(np.zeros(1) for _ in range(4))
    op(np.full(1, 2.0), out=out, offset_provider={})
    assert [x[0] for x in out] == [21.0, 21.0, 31.5, 21.0]


@pytest.mark.parametrize("backend", ["native", "reference"])
def test_arrays_of_one_number(backend):
    @gtx.field_operator(backend=backend)
    def op(a: F) -> tuple[F, F, F]:
        return a * zero_d, a * labelled, a + read_only

    out = tuple(np.zeros(1) for _ in range(3))
    op(np.full(1, 2.0), out=out, offset_provider={})
    assert [x[0] for x in out] == [19.0, 19.0, 11.5]


def define_with(number):
    @gtx.field_operator
    def op(a: F) -> F:
        return a * number

    return op


@pytest.mark.parametrize(
    ("number", "match"),
    [
        (matrix, "an array from outside, which is passed as a parameter"),
        (np.ones(1), "an array from outside"),
        (xarray.DataArray([1.0]), "an array from outside"),
        (masked, "masked"),
        (swapped, "byte order"),
        (half, "float16"),
        (extended, "longdouble|float128"),
        (np.array("text"), "numbers that a field can have"),
        (np.datetime64("2026-01-01"), "of NumPy"),
        (gtx.zeros({I: 1}), "a field from outside"),
        (1j, "is not a value"),
        ("9.5", "'str'"),
        ({"grav": 9.5}, "'dict'"),
        ([9.5], "'list'"),
        (None, "'NoneType'"),
        (10**40, "beyond all data types|does not fit"),
        (pair, "tuple"),
        (long_tuple, "a tuple of more than 1024 numbers"),
        (deep_tuple, "a tuple of more than 1024 numbers"),
        (wide_tuple, "a tuple of more than 1024 numbers"),
    ],
    ids=lambda what: type(what).__name__,
)
def test_what_is_no_number_is_refused_by_name(number, match):
    refused(lambda: define_with(number), match)


@pytest.mark.parametrize("dtype", FLOATS + INTEGERS)
@pytest.mark.parametrize(
    "make", [lambda dtype: dtype(7), lambda dtype: np.array(7, dtype)], ids=["scalar", "array"]
)
def test_numbers_of_numpy_have_their_type(dtype, make):
    number = make(dtype)
    assert value(of_type(dtype, "a + number", number=number), dtype, 3) == 10
    other = np.int64 if dtype is np.int32 else np.int32
    refused(lambda: of_type(other, "a + number", number=number), str(np.dtype(dtype)))


@pytest.mark.parametrize("truth", [True, np.True_, np.array(True)], ids=["bool", "bool_", "array"])
def test_truth_values(truth):
    @gtx.field_operator
    def op(a: F) -> F:
        return a * 3.0 if truth else a

    assert value(op) == 6.0


@pytest.mark.parametrize("dtype", INTEGERS)
def test_the_largest_integers(dtype):
    number = dtype(np.iinfo(dtype).max)
    for given in (number, int(number), np.array(number)):
        assert value(of_type(dtype, "a * number", number=given), dtype, 1) == number
    refused(lambda: of_type(dtype, "a * number", number=int(number) + 1), "out of the range")


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("number", [-0.0, math.inf, 5e-324, 0.1, 1e300])
def test_floats_keep_their_bits(dtype, number):
    with np.errstate(over="ignore"):
        number = dtype(number)
    for given in (number, np.array(number)):
        found = value(of_type(dtype, "a * number", number=given), dtype, 1)
        assert found.tobytes() == number.tobytes()


def member(value):
    return enum.Enum("Member", {"OF": value}).OF


class Endless(enum.Enum):
    ITSELF = 1

    @property
    def value(self):
        return self, self


def test_members_inside_each_other_without_end():
    doubled = 1.0
    for _ in range(60):
        doubled = member((doubled, doubled))
    for number in (doubled, Endless.ITSELF):
        refused(lambda number=number: define_with(number))
        with pytest.raises((FieldTypeError, DSLError)):

            @gtx.scan_operator(axis=K, forward=True, init=number)
            def up(carry: float64, x: float64) -> float64:
                return carry + x


def test_operators_are_those_of_the_definition_too():
    @gtx.field_operator
    def inner(a: F) -> F:
        return a * 2.0

    @gtx.field_operator
    def outer(a: F) -> F:
        return inner(a)

    @gtx.field_operator
    def inner(a: F) -> F:  # noqa: F811
        return a * 3.0

    assert value(outer, n=1.0) == 2.0 and value(inner, n=1.0) == 3.0


def test_constants_are_those_of_the_definition():
    scale, physics = 2.0, types.SimpleNamespace(scale=2.0)
    array = np.array(2.0)

    @gtx.field_operator
    def op(a: F) -> F:
        return a * scale * physics.scale * array

    @gtx.program
    def step(a: F, out: F):
        op(a, out=out)

    scale, physics.scale, array[...] = 5.0, 5.0, 5.0
    out = np.zeros(1)
    step(np.ones(1), out, offset_provider={})
    assert value(op, n=1.0) == out[0] == 8.0
    op_again = gtx.field_operator(op.definition)
    assert value(op_again, n=1.0) == 125.0


def test_operators_of_a_loop_have_their_own_constants():
    ops = []
    for scale in (1.0, 2.0, 3.0):

        @gtx.field_operator
        def op(a: F) -> F:
            return a * scale  # noqa: B023

        ops.append(op)
    assert [value(op, n=1.0) for op in ops] == [1.0, 2.0, 3.0]


def test_a_name_that_has_no_value_yet():
    def define():
        @gtx.field_operator
        def op(a: F) -> F:
            return a * later

        later = 2.0
        return op, later

    refused(define, "the name `later` is not defined")


@pytest.mark.parametrize("init", [Physics.GRAV, zero_d, labelled, np.float64(9.5), metres, 9.5, 9])
def test_initial_values(init):
    @gtx.scan_operator(axis=K, forward=True, init=init)
    def up(carry: float64, x: float64) -> float64:
        return carry + x

    out = gtx.zeros({K: 2})
    up(gtx.ones({K: 2}), out=out, offset_provider={})
    assert out.asnumpy().tolist() == [float(init) + 1, float(init) + 2]


@pytest.mark.parametrize(
    "init", [Plain.PAIR, (2.0, 3.0), Numbers(2.0, 3.0), (Physics(9.5).half - 2.75, Count.THREE)]
)
def test_initial_values_that_are_tuples(init):
    @gtx.scan_operator(axis=K, forward=True, init=init)
    def up(carry: tuple[float64, float64], x: float64) -> tuple[float64, float64]:
        return carry[0] + x, carry[1] * x

    out = gtx.zeros({K: 1}), gtx.zeros({K: 1})
    up(gtx.ones({K: 1}), out=out, offset_provider={})
    assert [x.asnumpy()[0] for x in out] == [3.0, 3.0]


@pytest.mark.parametrize("init", [None, "1.0", matrix, (1.0, None), Plain.NOTE, Physics, masked, half])
def test_initial_values_that_are_no_numbers(init):
    with pytest.raises((FieldTypeError, DSLError), match="a number or a tuple of numbers"):

        @gtx.scan_operator(axis=K, forward=True, init=init)
        def up(carry: float64, x: float64) -> float64:
            return carry + x


def test_types_of_initial_values_count():
    with pytest.raises(DSLError, match="float64"):

        @gtx.scan_operator(axis=K, forward=True, init=np.float64(1.0))
        def up(carry: float32, x: float32) -> float32:
            return carry + x


@pytest.mark.parametrize(
    ("number", "dtype"),
    [
        (Physics.GRAV, np.float64),
        (Plain.GRAV, np.float64),
        (Plain.GRAV, np.float32),
        (metres, np.float32),
        (typed, np.float64),
        (zero_d, np.float64),
        (labelled, np.float64),
        (Count.THREE, np.int8),
        (np.uint64(2**63), np.uint64),
    ],
    ids=str,
)
def test_the_same_objects_are_arguments(number, dtype):
    name = np.dtype(dtype).name
    out = np.zeros(1, dtype)
    operator(f"n: gtx.{name}", name, "gtx.broadcast(n, (I,))")(number, out=out, offset_provider={})
    assert out[0] == dtype(getattr(number, "value", number))


def test_bounds_of_domains():
    @gtx.field_operator
    def copy(a: F) -> F:
        return a

    n = np.array(2, dtype=np.uint8)

    @gtx.program
    def part(a: F, out: F):
        copy(a, out=out, domain={I: (n, Count.THREE)})

    out = np.zeros(4)
    part(np.ones(4), out, offset_provider={})
    assert out.tolist() == [0.0, 0.0, 1.0, 0.0]
