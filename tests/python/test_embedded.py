"""Embedded execution: Python runs the bodies of operators, with the results of the other backends."""

import subprocess
import sys
import textwrap
from typing import NamedTuple

import numpy as np
import pytest

import bise
import bise as gtx
from bise import (
    Field,
    as_offset,
    astype,
    broadcast,
    concat_where,
    float64,
    index,
    int32,
    max_over,
    minimum,
    neighbor_sum,
    sum_over,
    where,
)

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
Vertex = gtx.Dimension("Vertex")
Edge = gtx.Dimension("Edge")
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
E2VDim = gtx.Dimension("E2V", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))
E2V = gtx.FieldOffset("E2V", source=Vertex, target=(Edge, E2VDim))
Koff = gtx.FieldOffset("Koff", source=K, target=(K,))

IK = Field[[I, K], float64]
WEIGHT = 0.25


class Wind(NamedTuple):
    u: Field[[I, K], float64]
    v: Field[[I, K], float64]


@gtx.field_operator
def laplacian(a: IK) -> IK:
    return a(I + 1) + a(I - 1) - 2.0 * a


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def summed(total: float64, a: float64) -> float64:
    return total + a if a > 0.5 else total - a


@gtx.scan_operator(axis=K, forward=False, init=(0.0, 1))
def counted(state: tuple[float64, int32], a: float64) -> tuple[float64, int32]:
    below = concat_where(K == 0, a, a(K - 1))
    return state[0] * 0.5 + below, state[1] + 1


@gtx.field_operator
def mixed(a: IK, wind: Wind, n: int32) -> tuple[IK, IK]:
    x = where(a > 0.5, laplacian(a), -a) * WEIGHT
    first, second = counted(a)
    y = concat_where((K > 0) & (K < n), x(K - 1), concat_where(0 < K < 2, x, wind.u + wind.v(I + 1)))
    z = a(as_offset(Koff, astype(a * 4.0, int32)))
    return minimum(y, summed(a)) + broadcast(sum_over(a, domain={I: (0, 3), K: (0, 2)}), (I, K)), (
        first + astype(second, float64) + z + astype(index(K), float64) * max_over(a, domain={I: (1, 4)})
    )


@gtx.program
def everything(a: IK, u: IK, v: IK, out: IK, more: IK, n: int32):
    mixed(a, (u, v), n, out=(out[1:-1, :], more[1:-1, :]))
    for k in range(1, n):
        laplacian(out, out=out, domain={I: (3, 5), K: (k, k + 1)})


def fields(count, shape=(9, 6)):
    rng = np.random.default_rng(1)
    return [gtx.as_field([I, K], rng.random(shape)) for _ in range(count)]


def test_results_are_those_of_the_other_backends():
    (a, u, v, *outs), found = fields(5), {}
    for backend in ("native", "reference", "embedded"):
        results = [gtx.as_field([I, K], out.asnumpy().copy()) for out in outs]
        everything.with_backend(backend)(a, u, v, *results, 4, offset_provider={})
        found[backend] = [result.asnumpy() for result in results]
    for other in ("reference", "embedded"):
        for one, two in zip(found["native"], found[other], strict=True):
            np.testing.assert_array_equal(one, two)


@gtx.field_operator
def spread(v: Field[[Vertex], float64], w: Field[[Vertex, V2EDim], float64]) -> Field[[Vertex], float64]:
    e = v(E2V[1]) - v(E2V[0])
    inner = neighbor_sum(e(V2E) * w, axis=V2EDim)
    return inner + e(V2E[2]) + w[V2EDim(0)] + max_over(e(V2E), axis=V2EDim) + neighbor_sum(w, axis=V2EDim)


def test_meshes_with_missing_neighbours():
    rng = np.random.default_rng(2)
    v2e = rng.integers(0, 9, (6, 3)).astype(np.int32)
    v2e[2, 1], v2e[4, 2] = -1, -1
    tables = {"V2E": v2e, "E2V": rng.integers(0, 6, (9, 2)).astype(np.int32)}
    v = gtx.as_field([Vertex], rng.random(6))
    w = gtx.as_field([Vertex, V2EDim], rng.random((6, 3)))
    outs = [gtx.zeros({Vertex: 6}) for _ in range(2)]
    with pytest.warns(bise.errors.MissingNeighbourWarning):
        spread(v, w, out=outs[0], offset_provider=tables)
    spread.with_backend("embedded")(v, w, out=outs[1], offset_provider=tables)
    np.testing.assert_array_equal(outs[0].asnumpy(), outs[1].asnumpy())


@gtx.field_operator(backend="embedded")
def shown(a: IK, n: int32) -> IK:
    b = laplacian(a)
    print("b is", b.array.shape, "at K = 1:", b.array[0, 1], "n =", n)
    return b * 2.0


@gtx.field_operator(backend="embedded")
def too_far(a: IK) -> IK:
    b = a(I + 1)
    return b(I + 1)


def test_print_shows_values(capsys):
    (a, out) = fields(2)
    shown(a, 3, out=out, domain={I: (1, 8), K: (0, 6)})
    x = a.asnumpy()
    assert capsys.readouterr().out == f"b is (7, 6) at K = 1: {x[2, 1] + x[0, 1] - 2.0 * x[1, 1]} n = 3\n"
    np.testing.assert_array_equal(out.asnumpy()[1:8], 2.0 * (x[2:] + x[:-2] - 2.0 * x[1:-1]))


def test_what_is_not_there_is_refused_and_nothing_is_written():
    (a, out) = fields(2)
    before = out.asnumpy().copy()
    with pytest.raises(bise.errors.IndexOutOfBounds, match=r"`a` is too small along `I`: .* it has \[0, 9\)"):
        too_far(a, out=out)
    with pytest.raises(bise.errors.IndexOutOfBounds, match="written outside"):
        too_far(a, out=out, domain={I: (0, 12), K: (0, 6)})
    with pytest.raises(TypeError, match=r"'a' is Field\[\[I, K\], float64\]"):
        too_far(gtx.zeros({I: 9}), out=out)
    with pytest.raises(TypeError, match="missing the argument 'a'"):
        too_far(out=out)
    np.testing.assert_array_equal(out.asnumpy(), before)


def test_debugging_takes_all_calls():
    (a, out) = fields(2)
    seen = []
    with bise.debugging():
        laplacian(a, out=out[1:-1, :])
        # Outside of operators functions are what they are outside.
        seen.append(bise.sin(0.5))
    other = gtx.zeros({I: 9, K: 6})
    laplacian(a, out=other[1:-1, :])
    np.testing.assert_array_equal(out.asnumpy()[1:-1], other.asnumpy()[1:-1])
    assert seen == [np.sin(0.5)]


def test_breakpoints_stop_inside(tmp_path):
    model = tmp_path / "model.py"
    model.write_text(
        textwrap.dedent("""
        import numpy as np
        import bise as gtx
        from bise import Field, float64

        I = gtx.Dimension("I")

        @gtx.field_operator(backend="embedded")
        def op(a: Field[[I], float64]) -> Field[[I], float64]:
            b = a(I + 1)
            breakpoint()
            return b

        out = gtx.zeros({I: 3})
        op(gtx.as_field([I], np.arange(4.0)), out=out)
        print("after", out.asnumpy())
        """)
    )
    ran = subprocess.run(
        [sys.executable, str(model)],
        input="p b\nc\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "<float64 field on I: [-1, 3)>" in ran.stdout and "after [1. 2. 3.]" in ran.stdout, ran.stderr


def test_print_in_compiled_operators_says_where_it_works():
    with pytest.raises(bise.errors.DSLError, match='backend="embedded"'):

        @gtx.field_operator
        def loud(a: IK) -> IK:
            print(a)
            return a


@gtx.field_operator
def rounds(a: IK) -> IK:
    x = a
    while x > 0.1:
        x = x * 0.5
    return x


def test_rounds_of_fields_are_for_the_other_backends():
    (a, out) = fields(2)
    with pytest.raises(TypeError, match="goes on at each point by itself"):
        rounds.with_backend("embedded")(a, out=out)
    rounds(a, out=out)


@gtx.scan_operator(axis=K, forward=True, init=(0.0, 0))
def halved(state: tuple[float64, int32], a: float64) -> tuple[float64, int32]:
    x = a
    n = 0
    while x > 0.1:
        x = x * 0.5
        n = n + 1
    return x + state[0], n


def test_rounds_in_scan_operators_go_column_by_column():
    (a,), found = fields(1), []
    for backend in ("native", "embedded"):
        out = gtx.zeros({I: 9, K: 6}), gtx.zeros({I: 9, K: 6}, dtype=int32)
        halved.with_backend(backend)(a, out=out)
        found.append([field.asnumpy() for field in out])
    for one, two in zip(*found, strict=True):
        np.testing.assert_array_equal(one, two)
