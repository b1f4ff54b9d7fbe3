"""Dimensions of field types in the order of the user's choice: fields go by names, arrays by the annotation."""

import itertools

import numpy as np
import pytest

import bise as gtx
from bise.errors import ArgumentTypeError, FieldTypeError, InvalidAnnotationError

K = gtx.Dimension("k", kind=gtx.DimensionKind.VERTICAL)
C, D = gtx.Dimension("cell"), gtx.Dimension("depth")
Vertex, Edge = gtx.Dimension("vertex"), gtx.Dimension("edge")
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))

SIZES = {C: 4, D: 3, K: 5}
ORDERS = list(itertools.permutations([C, D, K]))
BACKENDS = ["native", "reference"]

Levels = gtx.Field[[K, C], gtx.float64]
Cells = gtx.Field[[C, K], gtx.float64]


def values(order):
    """100 c + 10 d + k at each point, as an array whose axes stand in that order."""
    axes = np.meshgrid(*(np.arange(float(SIZES[dim])) for dim in order), indexing="ij")
    at = dict(zip(order, axes, strict=True))
    return sum(weight * at[dim] for dim, weight in ((C, 100.0), (D, 10.0), (K, 1.0)) if dim in at)


def transposed(array, order, to):
    return array.transpose([order.index(dim) for dim in to])


def embedded(array):
    """The array at the start of memory that holds NaN: what is read beyond it shows."""
    memory = np.full(array.size + 4096, np.nan)
    memory[: array.size] = array.ravel()
    return memory[: array.size].reshape(array.shape)


def names(order):
    return "".join(dim.value[0] for dim in order)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("order", ORDERS, ids=names)
def test_arrays_stand_as_the_annotation_says(order, backend):
    T = gtx.Field[list(order), gtx.float64]

    @gtx.field_operator(backend=backend)
    def twice(a: T) -> T:
        return a * 2.0

    a, out = embedded(values(order)), np.zeros([SIZES[dim] for dim in order])
    twice(a, out=out)
    assert np.array_equal(out, 2 * values(order))


@pytest.mark.parametrize("given", ORDERS, ids=names)
@pytest.mark.parametrize("order", ORDERS, ids=names)
def test_fields_go_by_their_names(order, given):
    T, R = gtx.Field[list(order), gtx.float64], gtx.Field[list(reversed(order)), gtx.float64]

    @gtx.field_operator
    def twice(a: T) -> R:
        return a * 2.0

    a = gtx.as_field(list(given), embedded(values(given)), copy=False)
    out = gtx.zeros({dim: SIZES[dim] for dim in (K, D, C)})
    twice(a, out=out)
    assert np.array_equal(out.asnumpy(), 2 * values((K, D, C)))


@pytest.mark.parametrize("order", ORDERS, ids=names)
def test_programs_and_calls_inside_of_operators(order):
    T = gtx.Field[list(order), gtx.float64]

    @gtx.field_operator
    def up(a: T) -> T:
        return a(K + 1)

    @gtx.field_operator
    def outer(a: gtx.Field[[C, D, K], gtx.float64]) -> gtx.Field[[D, K, C], gtx.float64]:
        return up(a) + a

    @gtx.program
    def run(a: T, out: T):
        outer(a, out=out, domain={K: (0, 4), C: (0, 4), D: (0, 3)})

    out = np.full([SIZES[dim] for dim in order], -1.0)
    run(embedded(values(order)), out)
    expected = np.full((4, 3, 5), -1.0)
    expected[..., :4] = 2 * values((C, D, K))[..., :4] + 1
    assert np.array_equal(transposed(out, order, (C, D, K)), expected)


@pytest.mark.parametrize("order", ORDERS, ids=names)
def test_slices_stand_as_the_annotation_says(order):
    T = gtx.Field[list(order), gtx.float64]

    @gtx.field_operator
    def copy(a: T) -> T:
        return a

    @gtx.program
    def run(a: T, out: T):
        copy(a, out=out[1:, :2, 1:-1])

    out = np.zeros([SIZES[dim] for dim in order])
    run(values(order), out)
    expected = np.zeros_like(out)
    expected[1:, :2, 1:-1] = values(order)[1:, :2, 1:-1]
    assert np.array_equal(out, expected)


def test_too_few_slices_name_the_dimensions_in_that_order():
    @gtx.field_operator
    def copy(a: Levels) -> Levels:
        return a

    with pytest.raises(gtx.errors.DSLError, match="one slice for each of k, cell"):

        @gtx.program
        def run(a: Levels, out: Levels):
            copy(a, out=out[1:])


@pytest.mark.parametrize("backend", BACKENDS)
def test_tuples_of_different_orders(backend):
    Pair = tuple[Levels, tuple[gtx.Field[[D, C], gtx.float64], Cells]]

    @gtx.field_operator(backend=backend)
    def parts(p: Pair) -> tuple[gtx.Field[[K, D, C], gtx.float64], Cells, Levels]:
        return p[0] + p[1][0], p[1][1], p[1][1] - p[0]

    kc, dc, ck = values((K, C)), values((D, C)), values((C, K)) * 3.0
    outs = np.zeros((5, 3, 4)), np.zeros((4, 5)), np.zeros((5, 4))
    parts((embedded(kc), (embedded(dc), embedded(ck))), out=outs)
    assert np.array_equal(outs[0], kc[:, None, :] + dc[None, :, :])
    assert np.array_equal(outs[1], ck)
    assert np.array_equal(outs[2], ck.T - kc)


def test_the_vertical_first_reads_only_what_is_the_fields():
    @gtx.field_operator
    def mean(a: Levels) -> Levels:
        return (a + a(K + 1)) / 2.0

    a = embedded(values((K, C)))
    out = np.zeros((4, 4))
    mean(a, out=out)
    assert np.array_equal(out, values((K, C))[:4] + 0.5)
    with pytest.raises(gtx.errors.IndexOutOfBounds):
        mean(a, out=np.zeros((5, 4)))
    with pytest.raises(gtx.errors.BiseError):
        mean(values((C, K)), out=out)


def test_what_is_too_small_is_refused_with_names():
    @gtx.field_operator
    def copy(a: Levels) -> Levels:
        return a

    with pytest.raises(ArgumentTypeError, match=r"Field\[\[k, cell\], float64\], not an array with 1 axes"):
        copy(np.zeros(5), out=np.zeros((5, 4)))
    with pytest.raises(ArgumentTypeError, match=r"Field\[\[k, cell\], float64\], not a field on \[k\]"):
        copy(gtx.zeros({K: 5}), out=np.zeros((5, 4)))


def scan():
    @gtx.scan_operator(axis=K, forward=True, init=0.0)
    def total(sum: float, a: float, b: float) -> float:
        return sum + a * b

    return total


def test_scans_of_fields_with_the_vertical_first():
    total = scan()

    @gtx.field_operator
    def columns(a: Levels, b: Cells) -> Levels:
        return total(a, b)

    a, out = embedded(values((K, C))), np.zeros((5, 4))
    columns(a, values((C, K)), out=out)
    assert np.array_equal(out, np.cumsum(values((K, C)) ** 2, axis=0))


def test_direct_calls_of_scans_write_arrays_in_the_order_of_their_arguments():
    total, a = scan(), values((K, C))
    expected = np.cumsum(a * a, axis=0)
    kc, ck = gtx.as_field([K, C], a), gtx.as_field([C, K], a.T)
    out = np.zeros((5, 4))
    total(kc, kc, out=out)
    assert np.array_equal(out, expected)
    out = np.zeros((4, 5))
    total(ck, ck, out=out)
    assert np.array_equal(out, expected.T)
    with pytest.raises(ArgumentTypeError, match="an order that no annotation says"):
        total(kc, ck, out=np.zeros((5, 4)))
    out = gtx.zeros({K: 5, C: 4})
    total(kc, ck, out=out)
    assert np.array_equal(out.asnumpy(), expected)


def test_an_undeclared_result_has_the_order_of_the_parameters():
    @gtx.field_operator
    def product(a: Levels, b: gtx.Field[[C], gtx.float64]):
        return a * b, a

    a, b = values((K, C)), values((C,))
    outs = np.zeros((5, 4)), np.zeros((5, 4))
    product(a, b, out=outs)
    assert np.array_equal(outs[0], a * b)
    assert np.array_equal(outs[1], a)


def test_an_undeclared_result_without_an_order_takes_fields_only():
    @gtx.field_operator
    def product(a: Levels, b: Cells):
        return a * b

    @gtx.field_operator
    def spread(a: Levels, b: gtx.Field[[D], gtx.float64]):
        return a + b

    a = values((K, C))
    with pytest.raises(ArgumentTypeError, match="declare the result"):
        product(a, a.T, out=np.zeros((5, 4)))
    with pytest.raises(ArgumentTypeError, match="whose axes no annotation names"):
        product(a, a.T, out=np.zeros((5, 4)), domain={K: (0, 5), C: (0, 4)})
    with pytest.raises(ArgumentTypeError, match="declare the result"):
        spread(a, np.zeros(3), out=np.zeros((4, 3, 5)))
    out = gtx.zeros({K: 5, C: 4})
    product(a, a.T, out=out)
    assert np.array_equal(out.asnumpy(), a * a)


@pytest.mark.parametrize("order", ORDERS, ids=names)
def test_a_domain_of_an_array(order):
    T = gtx.Field[list(order), gtx.float64]

    @gtx.field_operator
    def copy(a: gtx.Field[[C, D, K], gtx.float64]) -> T:
        return a

    out = np.zeros([SIZES[dim] for dim in order])
    copy(values((C, D, K)), out=out, domain={K: (1, 5), C: (0, 2), D: (2, 3)})
    expected = np.zeros((4, 3, 5))
    expected[:2, 2:3, 1:5] = values((C, D, K))[:2, 2:3, 1:5]
    assert np.array_equal(transposed(out, order, (C, D, K)), expected)


def test_named_axes_go_before_the_annotation():
    xarray = pytest.importorskip("xarray")

    @gtx.field_operator
    def twice(a: Levels) -> Levels:
        return a * 2.0

    a = xarray.DataArray(values((C, K)), dims=["cell", "k"])
    out = np.zeros((5, 4))
    twice(a, out=out)
    assert np.array_equal(out, 2 * values((K, C)))
    out = xarray.DataArray(np.zeros((4, 5)), dims=["cell", "k"])
    twice(a, out=out)
    assert np.array_equal(out.values, 2 * values((C, K)))


@pytest.mark.parametrize("copy", [True, False])
def test_fields_made_in_any_order_and_used_by_aliases_in_any(copy):
    @gtx.field_operator
    def difference(a: Levels, b: Cells) -> Cells:
        return a - b

    a = gtx.as_field([K, C], values((K, C)), copy=copy)
    b = gtx.as_field([K, C], values((K, C)) * 3.0, copy=copy)
    out = np.zeros((4, 5))
    difference(a, b, out=out)
    assert np.array_equal(out, -2 * values((C, K)))


def test_weights_of_neighbours_in_any_order():
    Weights = gtx.Field[[V2EDim, Vertex], gtx.float64]

    @gtx.field_operator
    def weighted(f: gtx.Field[[K, Edge], gtx.float64], w: Weights) -> gtx.Field[[K, Vertex], gtx.float64]:
        return gtx.neighbor_sum(f(V2E) * w, axis=V2EDim)

    table = np.array([[0, 3, 1], [4, 2, 0]], dtype=np.int32)
    f, w = np.arange(10.0).reshape(2, 5), np.arange(6.0).reshape(3, 2)
    out = np.zeros((2, 2))
    v2e = gtx.as_connectivity([Vertex, V2EDim], Edge, table)
    weighted(embedded(f), embedded(w), out=out, offset_provider={"V2E": v2e})
    assert np.array_equal(out, (f[:, table] * w.T).sum(axis=2))


@pytest.mark.parametrize("backend", BACKENDS)
def test_local_variables_may_be_annotated_in_any_order(backend):
    @gtx.field_operator(backend=backend)
    def copy(a: Cells) -> Cells:
        b: gtx.Field[[K, C], gtx.float64] = a
        return b

    out = np.zeros((4, 5))
    copy(values((C, K)), out=out)
    assert np.array_equal(out, values((C, K)))


def test_operators_print_as_they_were_written():
    @gtx.field_operator
    def copy(a: Levels) -> Levels:
        return a

    @gtx.program
    def run(a: Levels, out: Levels):
        copy(a, out=out[1:, :-1])

    assert "Field[[k, cell], float64]" in repr(copy)
    assert "def copy(a: Field[[k, cell], float64]) -> Field[[k, cell], float64]:" in copy.source
    assert "out=out[1:, :-1]" in run.source


def test_types_remember_their_order():
    assert Levels != Cells
    assert Levels.dims == (K, C)
    assert repr(Levels) == "Field[[k, cell], float64]"


def test_types_of_different_orders_are_one_type_for_operators():
    @gtx.field_operator
    def first(a: Levels) -> Cells:
        return a

    @gtx.field_operator
    def second(a: Cells, flag: bool) -> Levels:
        if flag:
            b = first(a)
        else:
            b = a
        return gtx.where(a > 100.0, b, a)

    out = np.zeros((5, 4))
    second(values((C, K)), True, out=out)
    assert np.array_equal(out, values((K, C)))


@pytest.mark.parametrize("dims", [[C, C], [K, C, K], [C, K, gtx.Dimension("cell")]])
def test_a_dimension_stands_once(dims):
    with pytest.raises(FieldTypeError, match="stands twice"):
        gtx.Field[dims, gtx.float64]
    with pytest.raises(TypeError, match="stands twice"):
        tuple[gtx.Field[gtx.Dims[tuple(dims)], gtx.float64], float]


def test_a_dimension_stands_once_in_text_too():
    with pytest.raises(InvalidAnnotationError, match="the dimension `cell` stands twice"):

        @gtx.field_operator
        def copy(a: "tuple[gtx.Field[[C, K, C], float], float]") -> Cells:
            return a
