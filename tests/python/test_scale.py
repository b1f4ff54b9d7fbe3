"""Programs that are larger than most: deep, long, wide."""

import runpy

import numpy as np
import pytest

import bise as gtx
from bise import neighbor_sum

I = gtx.Dimension("I")
Cell, Edge = gtx.Dimension("Cell"), gtx.Dimension("Edge")
C2EDim = gtx.Dimension("C2E", kind=gtx.DimensionKind.LOCAL)
E2CDim = gtx.Dimension("E2C", kind=gtx.DimensionKind.LOCAL)
C2E = gtx.FieldOffset("C2E", source=Edge, target=(Cell, C2EDim))
E2C = gtx.FieldOffset("E2C", source=Cell, target=(Edge, E2CDim))
CellField = gtx.Field[[Cell], gtx.float64]
Line = gtx.Field[[I], gtx.float64]


@gtx.field_operator
def mean_of_neighbors(q: CellField) -> CellField:
    return neighbor_sum((q(E2C[1]) + q(E2C[0]))(C2E), axis=C2EDim) / 6.0


@gtx.field_operator
def four_times(q: CellField) -> CellField:
    return mean_of_neighbors(mean_of_neighbors(mean_of_neighbors(mean_of_neighbors(q))))


@gtx.field_operator
def many_times(q: CellField) -> CellField:
    return four_times(four_times(four_times(four_times(four_times(four_times(q))))))


def test_operators_on_a_mesh_may_be_nested_deeply():
    mesh = gtx.mesh.icosahedral(2)
    c2e, e2c = np.asarray(mesh.c2e), np.asarray(mesh.e2c)
    values = np.random.default_rng(0).random(mesh.cells)
    out = gtx.zeros({Cell: mesh.cells})
    many_times(gtx.as_field([Cell], values), out=out, offset_provider=mesh.offset_provider)
    for _ in range(24):
        edges = values[e2c[:, 1]] + values[e2c[:, 0]]
        values = (edges[c2e[:, 0]] + edges[c2e[:, 1]] + edges[c2e[:, 2]]) / 6.0
    assert np.array_equal(out.asnumpy(), values)


def test_many_outputs_of_one_statement(tmp_path):
    count = 40
    outputs = ", ".join(["Line"] * count)
    values = ", ".join(f"a(I + 1) * {n}.5" for n in range(count))
    path = tmp_path / "many_outputs.py"
    path.write_text(
        "import bise as gtx\n"
        'I = gtx.Dimension("I")\n'
        "Line = gtx.Field[[I], gtx.float64]\n"
        "@gtx.field_operator\n"
        f"def op(a: Line) -> tuple[{outputs}]:\n"
        f"    return {values}\n"
    )
    operator = runpy.run_path(str(path))["op"]
    a = np.random.default_rng(1).random(9)
    outs = tuple(gtx.zeros({I: 8}) for _ in range(count))
    operator(gtx.as_field([I], a), out=outs, offset_provider={})
    for n, out in enumerate(outs):
        assert np.array_equal(out.asnumpy(), a[1:] * (n + 0.5))


def repeated(tmp_path, line, times, result="v"):
    """An operator of `v = LINE`, time after time."""
    path = tmp_path / "repeated.py"
    path.write_text(
        "import bise as gtx\n"
        "from bise import as_offset, concat_where\n"
        'K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)\n'
        'Koff = gtx.FieldOffset("Koff", source=K, target=(K,))\n'
        "Column, Levels = gtx.Field[[K], gtx.float64], gtx.Field[[K], gtx.int32]\n"
        "@gtx.field_operator\n"
        "def op(v: Column, b: Column, d: Levels, n: gtx.int32) -> Column:\n"
        + f"    v = {line}\n" * times
        + f"    return {result}\n"
    )
    return runpy.run_path(str(path))["op"]


def column(values):
    return gtx.as_field([gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)], values)


def test_a_chain_of_pieces_says_each_part_once(tmp_path):
    operator = repeated(tmp_path, "concat_where(K < n, v(K + 1), v * b)", 200)
    a, b = np.random.default_rng(0).random((2, 64))
    out = column(np.zeros(64))
    operator(column(a), column(b), column(np.zeros(64, dtype=np.int32)), 40, out=out)
    for _ in range(200):
        a = np.where(np.arange(64) < 40, np.append(a[1:], 0.0), a * b)
    assert np.array_equal(out.asnumpy(), a)


def test_a_chain_of_pieces_that_reads_too_far_names_its_lines(tmp_path):
    operator = repeated(tmp_path, "concat_where(K < n, v(K + 1), v * b)", 100)
    out = column(np.full(64, 7.0))
    with pytest.raises(gtx.errors.BiseError) as refused:
        operator(column(np.ones(64)), column(np.ones(64)), column(np.zeros(64, dtype=np.int32)), 65, out=out)
    assert "`v` is too small along `K`" in str(refused.value)
    assert "concat_where(K < n, v(K + 1), v * b)" in str(refused.value)
    assert np.all(out.asnumpy() == 7.0)


def test_a_lookup_of_a_chain_that_uses_each_line_twice_knows_its_ends(tmp_path):
    operator = repeated(tmp_path, "v(K + 1) * 0.5 + v * 0.25", 40, "v(as_offset(Koff, d))")
    a, b = np.random.default_rng(0).random((2, 64))
    distance = np.random.default_rng(1).integers(-70, 70, 64).astype(np.int32)
    out = column(np.zeros(64))
    operator(column(a), column(b), column(distance), 40, out=out)
    for _ in range(40):
        a = a[1:] * 0.5 + a[:-1] * 0.25
    assert np.array_equal(out.asnumpy(), a[np.clip(np.arange(64) + distance, 0, len(a) - 1)])
