"""Fields by index: `concat_where`, `index` and `as_offset`, called from Python.

What they mean on every target is in ``tests/programs/pieces*.py``; here is what calls say and refuse.
"""

import os
import subprocess
import sys

import numpy as np
import pytest

import bise as gtx
from bise import Field, as_offset, concat_where, errors, float64, index, int32, where

I = gtx.Dimension("I")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
Koff = gtx.FieldOffset("Koff", source=K, target=(K,))
IK = Field[[I, K], float64]
Number = Field[[I, K], int32]

BACKENDS = pytest.mark.parametrize("backend", ["native", "reference"])


@gtx.field_operator
def edges(a: IK, b: IK, n: int32) -> IK:
    return concat_where((K > 0) & (K < n - 1), a(K + 1) - a(K - 1), b)


@gtx.field_operator
def lookup(a: IK, d: Number) -> IK:
    return a(as_offset(Koff, d))


@gtx.field_operator
def guarded(a: IK, d: Number) -> IK:
    there = index(K) + d
    return where((there >= 0) & (there < 6), a(as_offset(Koff, d)), 0.0)


@gtx.field_operator
def own(a: IK, d: Number) -> IK:
    twice = a + a
    return twice(as_offset(Koff, d))


def field(array):
    return gtx.as_field((I, K), array)


def numbers(seed, shape=(4, 6)):
    return np.random.default_rng(seed).normal(size=shape)


@BACKENDS
@pytest.mark.parametrize("n", [-3, 0, 1, 2, 3, 6])
def test_bounds_are_those_of_each_call(n, backend):
    a, b = numbers(1), numbers(2)
    out = gtx.zeros({I: 4, K: 6})
    edges.with_backend(backend)(field(a), field(b), n, out=out)
    expected = b.copy()
    for k in range(1, n - 1):
        expected[:, k] = a[:, k + 1] - a[:, k - 1]
    np.testing.assert_array_equal(out.asnumpy(), expected)


@BACKENDS
def test_what_a_piece_reads_is_needed_in_its_part_only(backend):
    a, b = numbers(1), numbers(2)
    out = gtx.zeros({I: 4, K: 6})
    call = edges.with_backend(backend)
    with pytest.raises(errors.IndexOutOfBounds, match="`a`"):
        call(field(a), field(b), 7, out=out)
    assert not out.asnumpy().any()
    ends = gtx.as_field({I: (0, 4), K: (5, 6)}, b[:, 5:])
    with pytest.raises(errors.IndexOutOfBounds, match="`b`"):
        call(field(a), ends, 6, out=out)
    call(field(a), ends, 6, out=out[:, 1:])
    np.testing.assert_array_equal(out.asnumpy()[:, 1:5], a[:, 2:] - a[:, :-2])


@BACKENDS
def test_many_bounds_share_machine_code_where_they_are_far_from_each_other(backend):
    a, b = numbers(3, (2, 400)), numbers(4, (2, 400))
    for n in range(20, 401, 20):
        out = gtx.zeros({I: 2, K: 400})
        edges.with_backend(backend)(field(a), field(b), n, out=out)
        expected = b.copy()
        expected[:, 1 : n - 1] = (a[:, 2:] - a[:, :-2])[:, : n - 2]
        np.testing.assert_array_equal(out.asnumpy(), expected)


@BACKENDS
def test_lookups_stop_at_the_ends(backend):
    a = numbers(5)
    d = np.random.default_rng(6).integers(-9, 9, (4, 6), dtype=np.int32)
    out = gtx.zeros({I: 4, K: 6})
    lookup.with_backend(backend)(field(a), field(d), out=out)
    there = np.clip(np.arange(6) + d, 0, 5)
    np.testing.assert_array_equal(out.asnumpy(), np.take_along_axis(a, there, 1))


@BACKENDS
def test_lookups_in_a_field_that_is_written(backend):
    a = numbers(7)
    d = np.random.default_rng(8).integers(-9, 9, (4, 6), dtype=np.int32)
    out = field(a.copy())
    lookup.with_backend(backend)(out, field(d), out=out)
    there = np.clip(np.arange(6) + d, 0, 5)
    np.testing.assert_array_equal(out.asnumpy(), np.take_along_axis(a, there, 1))


def test_values_of_larger_fields_are_found():
    a = numbers(9, (4, 10))
    d = np.full((4, 6), 4, np.int32)
    out = gtx.zeros({I: 4, K: 6})
    lookup(field(a), field(d), out=out)
    np.testing.assert_array_equal(out.asnumpy(), a[:, 4:])


CHECKED = """
import warnings
import numpy as np, pytest
warnings.simplefilter("error")
from test_pieces import *

a, out = numbers(5), gtx.zeros({I: 4, K: 6})
inside = -np.tile(np.arange(6, dtype=np.int32), (4, 1))
outside = inside.copy()
outside[2, 3] = -4
outside[3, 5] = 1
for backend in ("native", "reference"):
    for operator in (lookup, own):
        operator.with_backend(backend)(field(a), field(inside), out=out)
        np.testing.assert_array_equal(out.asnumpy(), a[:, :1] * (1 + (operator is own)) + np.zeros(6))
    guarded.with_backend(backend)(field(a), field(outside), out=out)
    before = out.asnumpy().copy()
    for operator, of in ((lookup, "`a`"), (own, "what is read there")):
        with pytest.raises(errors.IndexOutOfBounds) as refused:
            operator.with_backend(backend)(field(a), field(outside), out=out)
        text = str(refused.value)
        assert f"`out` at I = 2, K = 3 depends on a point beyond the ends of {of} along `K`" in text, text
        assert "as_offset(Koff, d)" in text and "for 2 points of `out`" in text, text
    np.testing.assert_array_equal(out.asnumpy(), before)
print("all")
"""


def test_checked_calls_refuse_what_lies_beyond_the_ends():
    environment = {**os.environ, "BISE_CHECKED": "1"}
    ran = subprocess.run(
        [sys.executable, "-c", CHECKED],
        env=environment,
        cwd=os.path.dirname(__file__),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout == "all\n", ran.stderr


@pytest.mark.parametrize("function", [concat_where, index, as_offset])
def test_outside_of_operators_they_have_no_meaning(function):
    with pytest.raises(errors.FieldTypeError, match="only inside of operators"):
        function(K)
    assert function.__name__ in repr(function)


def test_gt4py_names():
    script = (
        "import bise.gt4py, bise\n"
        "from gt4py.next.experimental import as_offset, concat_where\n"
        "from gt4py.next.ffront.experimental import concat_where as same\n"
        "import gt4py.next as gtx\n"
        "assert same is concat_where is bise.concat_where and as_offset is bise.as_offset\n"
        "assert gtx.experimental.concat_where is same\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
