"""Fields, domains and dimensions as Python objects: construction, indexing, arithmetic, interchange, pickling."""

import gc
import pickle
import weakref

import numpy as np
import pytest

import bise as gtx
from bise.errors import BiseError, FieldTypeError, FieldValueError, IndexOutOfBounds

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)


@pytest.fixture
def field():
    """Values 0 to 11 on I: [-1, 3), J: [0, 3)."""
    return gtx.as_field({I: (-1, 3), J: 3}, np.arange(12.0).reshape(4, 3))


def test_dimensions_are_values():
    assert I == gtx.Dimension("I") and hash(I) == hash(gtx.Dimension("I"))
    assert I != gtx.Dimension("I", kind=gtx.DimensionKind.VERTICAL)
    assert K.kind is gtx.DimensionKind.VERTICAL and K.kind == "vertical"
    assert (I + 1) - 1 == I - 0
    assert tuple(I(3)) == (I, 3)


def test_domains():
    domain = gtx.domain({I: 4, J: (1, 3)})
    assert domain.shape == (4, 2) and domain.dims == (I, J) and domain.size == 8
    assert domain[J].unit_range == gtx.UnitRange(1, 3) and domain[-1].dim == J
    assert domain & gtx.domain({K: 2, I: (2, 9)}) == gtx.domain({I: (2, 4), J: (1, 3), K: 2})
    assert domain.slice_at[1:3, 0:1] == gtx.domain({I: (1, 3), J: (1, 2)})
    assert domain.pop(I) == gtx.domain({J: (1, 3)}) and domain.replace(J, (K, (0, 5)))[K].unit_range.stop == 5
    assert gtx.UnitRange(5, 3) == gtx.UnitRange(0, 0) and not gtx.domain({I: None}).is_finite()
    assert [r.dim for r in domain] == [I, J]
    with pytest.raises(NotImplementedError, match="twice"):
        gtx.domain([(I, 1), (I, 2)])


def test_memory_is_aligned_padded_and_zero():
    field = gtx.zeros({I: 5, K: 7, J: 3}, dtype=gtx.float32)
    array = field.ndarray
    assert array.ctypes.data % 64 == 0 and not array.any()
    rows = sorted(array.strides)
    assert rows[0] == 4 and rows[1] % 64 == 0 and rows[2] >= 3 * rows[1]
    assert gtx.ones({I: 2}, dtype=bool).asnumpy().tolist() == [True, True]
    assert gtx.full({I: 2}, 3).dtype == np.int64 and gtx.full({I: 2}, 2.5).dtype == np.float64


def test_memory_outlives_the_field():
    field = gtx.full({I: 1000}, 7.0)
    part, known = field.ndarray[10:20], weakref.ref(field)
    del field
    gc.collect()
    assert known() is None and (part == 7.0).all()


def test_relative_indices(field):
    assert field[0].domain == gtx.domain({J: 3}) and field[-1, -1].as_scalar() == 11.0
    assert field[1:3].domain == gtx.domain({I: (0, 2), J: 3}) and field[..., 1].asnumpy().tolist() == [
        1,
        4,
        7,
        10,
    ]
    for bad in (4, -5, slice(0, 9), (0, 0, 0)):
        with pytest.raises(IndexOutOfBounds):
            field[bad]
    with pytest.raises(FieldTypeError, match="step"):
        field[::2]


def test_absolute_indices(field):
    assert field[I(-1), J(0)].as_scalar() == 0.0 and field[I(0)].asnumpy().tolist() == [3, 4, 5]
    assert field[I(0) : I(2)].domain == gtx.domain({I: (0, 2), J: 3})
    assert field[gtx.domain({J: (1, 2)})].shape == (4, 1)
    assert field[gtx.NamedRange(I, gtx.UnitRange(1, 3))].asnumpy()[0, 0] == 6.0
    with pytest.raises(IndexError, match="not inside"):
        field[I(3)]


def test_assignment(field):
    field[I(0)] = 1.5
    assert (field.asnumpy()[1] == 1.5).all()
    field[0:2] = field[0:2] * 2.0
    assert field[I(0), J(2)].as_scalar() == 3.0
    with pytest.raises(FieldValueError, match="domains must be the same"):
        field[0:2] = field[1:3]


def test_arithmetic_is_on_the_common_domain(field):
    total = field + field(I + 1)
    assert total.domain == gtx.domain({I: (-1, 2), J: 3})
    assert (total.asnumpy() == field.asnumpy()[:-1] + field.asnumpy()[1:]).all()
    column = gtx.as_field([K], np.array([1.0, 2.0]))
    product = column * field
    assert product.domain.dims == (I, J, K) and product[I(0), J(1), K(1)].as_scalar() == 8.0
    assert (2.0**field).dtype == np.float64 and (field > 3.0).dtype == bool
    assert (field + gtx.zeros({I: (50, 60)})).domain.is_empty()
    assert np.sqrt(field).domain == field.domain and np.sum(field) == 66.0
    assert gtx.where(field > 3.0, field, 0.0).asnumpy().min() == 0.0 and gtx.sin(0.0) == 0.0
    with pytest.raises(FieldTypeError, match="only fields say where"):
        np.ones(3) + field
    with pytest.raises(TypeError, match="no truth value"):
        bool(field == 0.0)


class Lender:
    """Lends an array by one protocol only."""

    def __init__(self, array, protocol):
        self.array = array
        setattr(type(self), protocol, property(lambda self: getattr(self.array, protocol)))


@pytest.mark.parametrize("protocol", ["__array_interface__", "__array__", "__dlpack__", "buffer"])
def test_memory_of_others_is_shared(protocol):
    array = np.arange(6.0)
    if protocol == "buffer":
        lender = memoryview(array)
    else:
        lender = type("Lender", (Lender,), {})(array, protocol)
        if protocol == "__dlpack__":
            type(lender).__dlpack_device__ = lambda self: self.array.__dlpack_device__()
    field = gtx.as_field([I], lender, copy=False)
    array[2] = 42.0
    assert field[2].as_scalar() == 42.0
    assert gtx.as_field([I], lender).ndarray is not array


def test_fields_lend_their_memory(field):
    for view in (np.asarray(field), np.from_dlpack(field), np.asarray(memoryview(field.ndarray))):
        assert np.shares_memory(view, field.ndarray)
    assert (
        np.array(field, copy=True) is not field.ndarray
        and np.asarray(field, dtype="float32").dtype == "float32"
    )
    assert np.allclose(field, field.asnumpy())


def test_data_that_does_not_fit_is_refused():
    for make in (
        lambda: gtx.as_field({I: 3}, np.zeros(4)),
        lambda: gtx.as_field([I, J], np.zeros(4)),
        lambda: gtx.as_field([I], np.zeros(4, dtype=complex)),
        lambda: gtx.as_field([I], ["a", "b"]),
        lambda: gtx.as_field([I], np.zeros(4), dtype=gtx.float32, copy=False),
        lambda: gtx.as_field([I], np.zeros(4, dtype=">f8"), copy=False),
    ):
        with pytest.raises((BiseError, TypeError, ValueError)):
            make()
    with pytest.raises(MemoryError):
        gtx.zeros({I: 10**12, J: 10**12})
    assert gtx.as_field([I], [1, 2], origin={I: 1}).domain == gtx.domain({I: (-1, 1)})


def test_types_are_values():
    assert gtx.Field[[I, J], gtx.float64] == gtx.Field[gtx.Dims[I, J], float]
    assert len({gtx.Field[[I], gtx.int32], gtx.Field[[I], "int32"], gtx.Field[[I], gtx.int64]}) == 2
    assert repr(gtx.Field[[I, K], gtx.float32]) == "Field[[I, K], float32]"
    with pytest.raises(TypeError):
        gtx.Field[I]


def test_everything_pickles(field):
    again = pickle.loads(pickle.dumps(field[1:, 0:2]))
    assert again.domain == gtx.domain({I: (0, 3), J: 2}) and (again == field[1:, 0:2]).asnumpy().all()
    offset = gtx.FieldOffset("Ioff", source=I, target=(I,))
    for value in (I, K, I + 1, field.domain, field.domain[I], gtx.Field[[I], gtx.int32], offset):
        assert pickle.loads(pickle.dumps(value)) == value
    assert pickle.loads(pickle.dumps(gtx.neighbor_sum)) is gtx.neighbor_sum


def test_connectivities():
    Edge, V2EDim = gtx.Dimension("Edge"), gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
    table = gtx.as_connectivity([I, V2EDim], Edge, np.array([[0, 1], [2, -1]], dtype=np.int32))
    assert table.skip_value == -1 and table.codomain == Edge and table.shape == (2, 2)
    assert not table.ndarray.flags.writeable and np.asarray(table)[1, 0] == 2
    assert pickle.loads(pickle.dumps(table)).ndarray.tolist() == [[0, 1], [2, -1]]
    with pytest.raises(ValueError, match=r"\[1, 0\] is -7"):
        gtx.as_connectivity([I, V2EDim], Edge, np.array([[0], [-7]]))
    with pytest.raises(TypeError, match="local"):
        gtx.as_connectivity([I, J], Edge, np.array([[0], [1]]))


def test_texts(field):
    assert repr(field).startswith("Field({I: [-1, 3), J: [0, 3)}, float64)\n[[ 0.  1.  2.]")
    assert len(repr(gtx.zeros({I: 1000, J: 1000})).splitlines()) < 8
    html = field._repr_html_()
    assert "<b>I</b>" in html and "[-1, 3)" in html and "float64" in html


def test_the_mesh():
    mesh = gtx.mesh.icosahedral(1, radius=1.0)
    assert (mesh.vertices, mesh.edges, mesh.cells) == (42, 120, 80)
    assert mesh.V2E.source == mesh.Edge and mesh.v2e.shape == (42, 6) and mesh.v2e.skip_value == -1
    assert mesh.edge_normal.shape == (120, 2) and mesh.edge_length.domain.dims == (mesh.Edge,)
    assert np.isclose(mesh.cell_area.asnumpy().sum(), 4 * np.pi)
    assert "42 vertices" in repr(mesh) and set(mesh.offset_provider) >= {"V2E", "C2E2C"}
    with pytest.raises(ValueError, match="level 11"):
        gtx.mesh.icosahedral(11)


def test_names_are_complete():
    from bise import _core

    missing = [name for name in (*_core._BUILTINS, *gtx.__all__) if not hasattr(gtx, name)]
    assert not missing and set(_core._BUILTINS) <= set(gtx.__all__)
