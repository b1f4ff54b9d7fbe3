"""Small things that existing code does: names of parameters, programs that nobody calls, literals, words of errors."""

import gc
import math
import weakref

import numpy as np
import pytest

import bise as gtx
import bise.gt4py
from bise.errors import DSLError, MissingArgumentError

I = gtx.Dimension("I")
J = gtx.Dimension("J")
F = gtx.Field[[I], gtx.float64]
S = gtx.Field[[I], gtx.float32]
N = gtx.Field[[], gtx.float64]
BACKENDS = pytest.mark.parametrize("backend", ["native", "reference"])


@gtx.field_operator
def named_out(a: F, out: F) -> F:
    return a + 2.0 * out


@gtx.field_operator
def named_domain(domain: F, offset_provider: F) -> F:
    return domain - offset_provider


@gtx.field_operator
def through(a: F, b: F) -> F:
    return named_out(a, out=b) + named_out(out=a, a=b)


@gtx.field_operator
def half(a: gtx.float64) -> gtx.float64:
    return 0.5 * a


@gtx.field_operator
def both(a: gtx.float64) -> tuple[gtx.float64, gtx.float64]:
    return a, a


@gtx.program
def programs_too(a: F, b: F, out: F):
    named_out(a, b, out=out)
    named_out(out, b, out=out, domain={I: (1, 2)})


@BACKENDS
def test_parameters_called_out(backend):
    out = np.zeros(2)
    named_out.with_backend(backend)(np.ones(2), np.full(2, 3.0), out=out, offset_provider={})
    assert out.tolist() == [7.0, 7.0]
    part = gtx.zeros({I: 3})
    named_out.with_backend(backend)(
        np.ones(3), np.full(3, 3.0), out=part, domain={I: (1, 2)}, offset_provider={}
    )
    assert part.asnumpy().tolist() == [0.0, 7.0, 0.0]
    through.with_backend(backend)(np.ones(2), np.full(2, 3.0), out=out, offset_provider={})
    assert out.tolist() == [12.0, 12.0]
    programs_too.with_backend(backend)(np.ones(2), np.full(2, 3.0), out, offset_provider={})
    assert out.tolist() == [7.0, 13.0]


def test_parameters_called_as_the_words_of_a_call():
    out = np.zeros(2)
    named_domain(np.ones(2), np.full(2, 3.0), out=out, domain={I: (0, 1)}, offset_provider={})
    assert out.tolist() == [-2.0, 0.0]


def test_an_out_that_is_missing():
    with pytest.raises(
        MissingArgumentError, match=r"misses the argument 'out': named_out\(\.\.\., out=field\)"
    ):
        named_out(np.ones(2), np.ones(2), offset_provider={})
    with pytest.raises(TypeError, match="'out'"):
        named_out(np.ones(2), out=np.ones(2), offset_provider={})


def test_names_that_are_not_interned():
    out, name = np.zeros(2), "xout"[1:]
    named_out(np.ones(2), np.full(2, 3.0), **{name: out, "xdomain"[1:]: {I: 2}}, offset_provider={})
    assert out.tolist() == [7.0, 7.0]


def test_programs_that_write_to_numbers_are_defined():
    @gtx.program
    def run(a: gtx.float64, b: gtx.float64):
        half(a, out=b)

    @gtx.program
    def several(a: gtx.float64, b: gtx.float64, c: gtx.float64):
        half(a, out=b)
        both(a, out=(b, c))

    for program, count in ((run, 2), (several, 3)):
        assert "cannot be called" in repr(program) and program.__name__ in ("run", "several")
        for _ in range(2):
            with pytest.raises(DSLError, match="a number takes no result: it is a scalar, `float64`"):
                program(*[1.0] * count, offset_provider={})
        with pytest.raises(DSLError, match="B0406"):
            program.with_backend("reference")(*[1.0] * count, offset_provider={})
        with pytest.raises(DSLError, match="B0406"):
            _ = program.source


def test_a_refusal_keeps_nothing_alive():
    def refused():
        @gtx.program
        def run(a: gtx.float64, b: gtx.float64):
            half(a, out=b)

        with pytest.raises(DSLError):
            run(1.0, 1.0, offset_provider={})
        run.itself = run
        return weakref.ref(run)

    known = refused()
    gc.collect()
    assert known() is None


def test_what_else_is_wrong_is_said_at_once():
    with pytest.raises(DSLError, match="B0402"):

        @gtx.program
        def run(a: gtx.float64, b: gtx.float64, c: N):
            half(a, out=b)
            half(a, out=1.0)


@BACKENDS
def test_numbers_are_written_as_fields_without_dimensions(backend):
    @gtx.program(backend=backend)
    def run(a: gtx.float64, b: N):
        half(a, out=b)

    out = np.zeros(())
    run(3.0, out, offset_provider={})
    assert out == 1.5


def test_programs_with_the_annotation_of_a_result():
    @gtx.program
    def to_field(a: F, b: F) -> F:
        named_out(a, a, out=b)

    @gtx.program
    def to_none(a: F, b: F) -> None:
        named_out(a, a, out=b)

    for program in (to_field, to_none):
        out = np.zeros(1)
        assert program(np.ones(1), out, offset_provider={}) is None
        assert out[0] == 3.0


@BACKENDS
def test_literals_are_computed_as_fields_are(backend):
    @gtx.field_operator(backend=backend)
    def of_doubles(a: F) -> tuple[F, F, F, F, F, F]:
        return (
            a * (1.0 / 0.0),
            a * (-1.0 / 0),
            a * (0.0 / 0.0),
            a + 5.0 % 0.0,
            a * (0.0**-1.0),
            a + (-8.0) ** 0.5,
        )

    @gtx.field_operator(backend=backend)
    def of_singles(a: S) -> tuple[S, S]:
        return a * (1.0 / 0.0), a + (0.0 // 0.0)

    outs = tuple(np.zeros(1) for _ in range(6))
    of_doubles(np.ones(1), out=outs, offset_provider={})
    expected = [math.inf, -math.inf, math.nan, math.nan, math.inf, math.nan]
    np.testing.assert_array_equal([out[0] for out in outs], expected)
    singles = tuple(np.zeros(1, np.float32) for _ in range(2))
    of_singles(np.ones(1, np.float32), out=singles, offset_provider={})
    np.testing.assert_array_equal([out[0] for out in singles], [math.inf, math.nan])


def whole_division(a: F) -> F:
    return a * (1 / 0)


def floor_division(a: F) -> F:
    return a * (1 // 0)


def remainder(a: F) -> F:
    return a * (1 % 0)


def power(a: F) -> F:
    return a * 0**-1


@pytest.mark.parametrize("function", [whole_division, floor_division, remainder, power])
def test_integer_literals_are_those_of_python(function):
    with pytest.raises(DSLError, match="division by zero"):
        gtx.field_operator(function)


@pytest.mark.parametrize(
    ("index", "words"),
    [
        (slice(-9, 2), "the slice -9:2 is out of range for 4 points"),
        (slice(None, 7), "the slice :7 "),
        (slice(5, None), "the slice 5: "),
        (slice(-2, -8), "the slice -2:-8 "),
        (-5, "index -5 is out of range"),
        (4, "index 4 is out of range"),
    ],
)
def test_errors_say_what_was_written(index, words):
    with pytest.raises(IndexError, match=words):
        gtx.zeros({I: 4})[index]


def test_dimensions_are_themselves():
    field = gtx.zeros({I: 3, J: 2})
    assert field.domain.dims[0] is I and field.domain.dims[1] is J
    assert gtx.Dimension("I") is I and gtx.Dimension("I", kind=gtx.DimensionKind.VERTICAL) is not I


def test_ranges_in_domains():
    domain = gtx.domain({I: 3, J: (1, 4)})
    assert (I, gtx.unit_range((0, 3))) in domain and (J, gtx.unit_range((1, 4))) in domain
    assert (I, gtx.unit_range((0, 2))) not in domain and (
        gtx.Dimension("K"),
        gtx.unit_range((0, 3)),
    ) not in domain
    assert I in domain and gtx.Dimension("K") not in domain and 3 not in domain


def test_names_for_annotations_of_other_code():
    from gt4py.next import typing as gtx_typing
    from gt4py.next.iterator.embedded import MutableLocatedField

    assert MutableLocatedField is gtx.Field and gtx_typing.Program is gtx.Program
    with pytest.raises(ImportError):
        from gt4py.next.iterator.embedded import NothingOfThatName  # noqa: F401


@BACKENDS
def test_names_of_the_body_and_of_annotations(backend):
    @gtx.field_operator(backend=backend)
    def of_result(a: F) -> F:
        F = a * 2.0
        return F

    @gtx.field_operator(backend=backend)
    def of_parameter(F: F, gtx: F) -> F:
        return F + gtx

    out = np.zeros(1)
    of_result(np.ones(1), out=out, offset_provider={})
    assert out[0] == 2.0
    of_parameter(np.ones(1), np.ones(1), out=out, offset_provider={})
    assert out[0] == 2.0
