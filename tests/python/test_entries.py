"""One entry of a field over neighbours, by its number."""

import numpy as np
import pytest

import bise as gtx
from bise import neighbor_sum

Vertex, Edge = gtx.Dimension("Vertex"), gtx.Dimension("Edge")
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))
OnVertices, OnEdges = gtx.Field[[Vertex], gtx.float64], gtx.Field[[Edge], gtx.float64]
Weights = gtx.Field[[Vertex, V2EDim], gtx.float64]

TABLE = np.array([[0, 1, 2], [3, 4, 0], [2, 3, 1]], dtype=np.int32)
W, E = np.random.default_rng(0).random((3, 3)), np.random.default_rng(1).random(5)


@gtx.field_operator
def given(w: Weights) -> OnVertices:
    return w[V2EDim(0)] - 2.0 * w[V2EDim(2)]


@gtx.field_operator
def computed(w: Weights, e: OnEdges) -> OnVertices:
    flux = w * e(V2E)
    return flux[V2EDim(1)] / neighbor_sum(flux, axis=V2EDim)


@gtx.field_operator
def fourth(w: Weights) -> OnVertices:
    return w[V2EDim(3)]


@gtx.field_operator
def fourth_neighbor(e: OnEdges) -> OnVertices:
    return e(V2E)[V2EDim(3)]


@gtx.field_operator
def second(e: OnEdges) -> OnVertices:
    return (e(V2E) + 1.0)[V2EDim(1)]


def neighbors(table=TABLE, **options):
    return {"V2E": gtx.as_connectivity([Vertex, V2EDim], Edge, table, **options)}


def call(operator, *args, table=TABLE):
    out = gtx.as_field([Vertex], np.full(3, 7.0))
    try:
        operator(*args, out=out, offset_provider=neighbors(table))
    except gtx.errors.BiseError:
        assert np.all(out.asnumpy() == 7.0)
        raise
    return out.asnumpy()


def weights():
    return gtx.as_field([Vertex, V2EDim], W)


def test_entries_of_a_field_that_is_given():
    assert np.array_equal(call(given, weights()), W[:, 0] - 2.0 * W[:, 2])


def test_entries_of_what_is_computed_of_neighbors():
    flux = W * E[TABLE]
    expected = flux[:, 1] / (flux[:, 0] + flux[:, 1] + flux[:, 2])
    assert np.array_equal(call(computed, weights(), gtx.as_field([Edge], E)), expected)


def test_an_entry_that_the_field_has_not():
    with pytest.raises(gtx.errors.BiseError, match=r"`w` is too small along `V2E`: \[3, 4\) is read"):
        call(fourth, weights())


def test_an_entry_that_the_table_has_not():
    with pytest.raises(gtx.errors.BiseError, match="the table has 3 neighbours per row"):
        call(fourth_neighbor, gtx.as_field([Edge], E))


def test_an_entry_of_a_neighbor_that_is_missing_is_a_read_of_it():
    table = np.where(TABLE == 4, -1, TABLE)
    with pytest.warns(gtx.errors.MissingNeighbourWarning, match="second|e\\(V2E\\)"):
        assert call(second, gtx.as_field([Edge], E), table=table)[1] == 1.0
