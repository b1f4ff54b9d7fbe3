"""Programs that are larger than most: deep, long, wide."""

import runpy

import numpy as np

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
