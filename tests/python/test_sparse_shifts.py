"""Neighbours that are taken first and read elsewhere after: types, values, and what is said of missing rows."""

import warnings

import numpy as np
import pytest

import bise as gtx
from bise import broadcast, max_over, neighbor_sum
from bise.errors import DSLError, MissingNeighbourWarning

V, E, K = gtx.Dimension("V"), gtx.Dimension("E"), gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
V2EDim, E2VDim = (gtx.Dimension(name, kind=gtx.DimensionKind.LOCAL) for name in ("V2E", "E2V"))
V2E = gtx.FieldOffset("V2E", source=E, target=(V, V2EDim))
E2V = gtx.FieldOffset("E2V", source=V, target=(E, E2VDim))
VF, EF, VKF = gtx.Field[[V], gtx.float64], gtx.Field[[E], gtx.float64], gtx.Field[[V, K], gtx.float64]
SPARSE = gtx.Field[[V, E2VDim], gtx.float64]
BACKENDS = ("reference", "native")


@gtx.field_operator
def ends(v: VF):
    w = v(E2V)
    return neighbor_sum(w(V2E[0]), axis=E2VDim)


@gtx.field_operator
def moved(v: VF) -> SPARSE:
    return v(E2V)(V2E[0])


@gtx.field_operator
def highest_moved(v: VF) -> VF:
    return max_over(moved(v), axis=E2VDim)


@gtx.field_operator
def highest_after(v: VF) -> VF:
    w = max_over(v(E2V), axis=E2VDim)
    return w(V2E[0])


@gtx.field_operator
def all_ends(v: VKF) -> VKF:
    return neighbor_sum(neighbor_sum(v(E2V)(V2E), axis=E2VDim), axis=V2EDim)


@gtx.field_operator
def weights(w: gtx.Field[[V2EDim], gtx.float64]) -> VF:
    return neighbor_sum(w, axis=V2EDim)


@gtx.field_operator
def one_each(v: VF) -> VF:
    return neighbor_sum(broadcast(v, (V, V2EDim)), axis=V2EDim)


@gtx.program
def by_way_of_memory(v: VF, between: SPARSE, out: VF):
    moved(v, out=between)
    ends(v, out=out)


def tables(random, skips=0.4):
    e2v = random.integers(0, 30, (40, 3)).astype(np.int32)
    e2v[random.random(e2v.shape) < skips] = -1
    v2e = random.integers(0, 40, (30, 4)).astype(np.int32)
    return {"V2E": v2e, "E2V": e2v}


def at_rows(v, e2v, rows, fold, nothing):
    return np.array([fold(v[e2v[row][e2v[row] >= 0]]) if (e2v[row] >= 0).any() else nothing for row in rows])


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_element_dimension_is_replaced(backend):
    random = np.random.default_rng(1)
    given, v, out = tables(random), random.standard_normal(30), np.zeros(30)
    ends.with_backend(backend)(v, out=out, offset_provider=given)
    assert np.allclose(out, at_rows(v, given["E2V"], given["V2E"][:, 0], np.sum, 0.0), rtol=1e-14, atol=0)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("operator", [highest_moved, highest_after])
def test_extremes_are_of_the_row_that_is_read(backend, operator):
    random = np.random.default_rng(2)
    given, v, out = tables(random), -1 - random.random(30), np.zeros(30)
    operator.with_backend(backend)(v, out=out, offset_provider=given)
    lowest = np.finfo(np.float64).min
    assert (out == at_rows(v, given["E2V"], given["V2E"][:, 0], np.max, lowest)).all()


@pytest.mark.parametrize("backend", BACKENDS)
def test_neighbours_of_neighbours_without_a_sum_between(backend):
    random = np.random.default_rng(3)
    given, v, out = tables(random), random.standard_normal((30, 4)), np.zeros((30, 4))
    given["V2E"][random.random((30, 4)) < 0.3] = -1
    all_ends.with_backend(backend)(v, out=out, offset_provider=given)
    inner = np.where((given["E2V"] >= 0)[..., None], v[given["E2V"]], 0.0).sum(axis=1)
    expected = np.where((given["V2E"] >= 0)[..., None], inner[given["V2E"]], 0.0).sum(axis=1)
    assert np.allclose(out, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_moved_field_is_an_output(backend):
    random = np.random.default_rng(4)
    given, v = tables(random), random.standard_normal(30)
    between, out = np.ones((30, 3)), np.zeros(30)
    by_way_of_memory.with_backend(backend)(v, between, out, offset_provider=given)
    rows = given["E2V"][given["V2E"][:, 0]]
    assert (between == np.where(rows >= 0, v[rows], 0.0)).all()


@pytest.mark.parametrize("backend", BACKENDS)
def test_weights_without_rows_are_of_all_rows(backend):
    given, out = {"V2E": np.array([[0, 1, -1], [2, -1, -1]], np.int32)}, np.zeros(2)
    weights.with_backend(backend)(np.array([1.0, 10.0, 100.0]), out=out, offset_provider=given)
    assert out.tolist() == [11.0, 1.0]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_broadcast_has_the_neighbours_of_its_rows(backend):
    given, out = {"V2E": np.array([[0, 1, -1], [2, -1, -1]], np.int32)}, np.zeros(2)
    one_each.with_backend(backend)(np.array([3.0, 5.0]), out=out, offset_provider=given)
    assert out.tolist() == [6.0, 5.0]


def test_a_missing_row_is_said():
    given = {"V2E": np.array([[0], [-1]], np.int32), "E2V": np.array([[0, -1]], np.int32)}
    out = np.ones(2)
    with pytest.warns(MissingNeighbourWarning, match=r"V2E\[0\]"):
        ends(np.array([4.0, 2.0]), out=out, offset_provider=given)
    assert out.tolist() == [4.0, 0.0]


def test_missing_neighbours_of_a_row_are_left_out_without_a_word():
    given = {"V2E": np.array([[0], [0]], np.int32), "E2V": np.array([[0, -1]], np.int32)}
    out = np.ones(2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ends(np.array([4.0, 2.0]), out=out, offset_provider=given)
    assert out.tolist() == [4.0, 4.0]


def test_the_declared_type_is_that_of_the_row():
    with pytest.raises(DSLError, match="Field"):

        @gtx.field_operator
        def wrong(v: VF) -> gtx.Field[[E, V], gtx.float64]:
            return neighbor_sum(v(E2V)(V2E[0]), axis=E2VDim)

        wrong(np.zeros(2), out=np.zeros((2, 2)), offset_provider={})


def test_one_local_dimension_is_not_taken_twice():
    with pytest.raises(DSLError, match="has the dimension `V2E` already"):

        @gtx.field_operator
        def wrong(e: EF) -> EF:
            return e(V2E)(E2V[0])(V2E)

        wrong(np.zeros(2), out=np.zeros(2), offset_provider={})


def test_a_dimension_that_is_not_there_is_not_replaced():
    with pytest.raises(DSLError, match="has no dimension `E`"):

        @gtx.field_operator
        def wrong(v: VF) -> VF:
            return neighbor_sum(v(E2V)(V2E[0])(V2E[0]), axis=E2VDim)

        wrong(np.zeros(2), out=np.zeros(2), offset_provider={})
