"""Bound arguments, static parameters and ``compile``, as ``gt4py.next`` has them."""

import functools

import numpy as np
import pytest

import bise as gtx
from bise import errors, float64, int32

I = gtx.Dimension("I")
IF = gtx.Field[[I], float64]


@gtx.field_operator(static_params=["n"])
def scaled(a: IF, n: int32) -> IF:
    return a if n > 1 else a * 0.5


@gtx.program(static_params=["n"], static_domains=True)
def scale(a: IF, n: int32, out: IF):
    scaled(a, n, out=out)


def written(program, *args, **named):
    out = np.zeros(3)
    program(*args, out=out, offset_provider={}, **named)
    return out.tolist()


def test_static_parameters_change_no_result():
    for program in (
        scale,
        scale.with_static_params("n"),
        scale.with_static_params(None),
        scale.with_static_params(),
    ):
        assert written(program, np.ones(3), 2) == [1.0] * 3
        assert written(program, np.ones(3), 1) == [0.5] * 3


def test_compile_gives_what_is_called():
    assert written(scale.compile(offset_provider={}, n=[1, 2]), np.ones(3), 1) == [0.5] * 3
    assert written(scaled.compile(offset_provider=[{}, {}]), np.ones(3), 1) == [0.5] * 3
    assert written(scale.with_compilation_options(enable_jit=False), np.ones(3), 2) == [1.0] * 3


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: scale.compile(m=[1]), "'m' is no parameter of `scale`"),
        (lambda: scale.compile(n=1), "'n' is a list of the values"),
        (lambda: scale.compile(n=[1, 1]), "'n' has a value twice"),
        (lambda: scale.compile(5), "'offset_provider' is tables by the names"),
        (lambda: scale.with_static_params("m"), "'m' is no parameter of `scale`"),
        (lambda: scale.with_compilation_options(opt_level=3), "unknown option 'opt_level'"),
        (lambda: scale.with_bound_args(m=1), "'m' is no parameter of `scale`"),
        (lambda: scale.with_bound_args(n=1).with_bound_args(n=2), "'n' is bound already"),
        (lambda: written(scale.with_bound_args(n=1), np.ones(3), n=2), "'n' is given in the call"),
        (lambda: written(scale.with_bound_args(n=1), np.ones(3), 2), "1 arguments are not bound"),
        (lambda: written(scale.with_bound_args(n=1)), "misses the argument 'a'"),
    ],
)
def test_what_does_not_fit_is_refused(make, text):
    with pytest.raises(errors.BiseError, match=text):
        make()


def test_bound_arguments():
    half = scale.with_bound_args(n=1)
    assert written(half, np.ones(3)) == [0.5] * 3
    assert written(half, a=np.ones(3)) == [0.5] * 3
    out = np.zeros(3)
    half(np.ones(3), out, offset_provider={})
    assert out.tolist() == [0.5] * 3
    assert written(half.with_bound_args(a=np.ones(3))) == [0.5] * 3
    assert written(half.with_backend("reference"), np.ones(3)) == [0.5] * 3
    assert written(functools.partial(half, np.ones(3))) == [0.5] * 3
    assert (
        repr(half) == "<program scale(a: Field[[I], float64], n: int32, out: Field[[I], float64])> with n=1"
    )
