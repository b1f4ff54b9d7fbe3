"""Which objects are taken as arrays, and what they bring along: memory or a copy of it, masks, names of axes, numbers."""

import dataclasses
import enum
import io

import h5py
import numpy as np
import pandas
import pytest
import xarray

import bise as gtx
from bise.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    BiseError,
    FieldTypeError,
    FieldValueError,
    TableError,
)

I, J = gtx.Dimension("I"), gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
Vertex, Edge = gtx.Dimension("Vertex"), gtx.Dimension("Edge")
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))
IField = gtx.Field[[I], gtx.float64]
IJField = gtx.Field[[I, J], gtx.float64]
IJKField = gtx.Field[[I, J, K], gtx.float64]
Bytes = gtx.Field[[I], gtx.uint8]


@gtx.field_operator
def plus(a: IField) -> IField:
    return a + 1.0


@gtx.field_operator
def difference(a: IJField) -> IJField:
    return a(I + 1) - a


@gtx.field_operator
def both(a: IField) -> tuple[IField, IField]:
    return a + 1.0, a * 2.0


@gtx.field_operator
def up(a: IJKField) -> IJKField:
    return a(I + 1) + 10.0 * a(K + 1)


@gtx.field_operator
def scaled(a: IField, factor: gtx.float64, times: gtx.int32) -> IField:
    return a * factor if times > 0 else a


@gtx.field_operator
def constant(a: IField, c: gtx.Field[[], gtx.float64]) -> IField:
    return a + c


@gtx.field_operator
def same(a: Bytes) -> Bytes:
    return a


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def running(total: float, a: float) -> float:
    return total + a


@gtx.field_operator
def sums(a: gtx.Field[[K], gtx.float64]) -> gtx.Field[[K], gtx.float64]:
    return running(a)


@gtx.field_operator
def around(e: gtx.Field[[Edge], gtx.float64]) -> gtx.Field[[Vertex], gtx.float64]:
    return gtx.neighbor_sum(e(V2E), axis=V2EDim)


@gtx.program
def program(a: IField, out: IField):
    plus(a, out=out)


@gtx.program
def in_place(a: IField):
    plus(a, out=a)


@gtx.program
def part(a: IField, out: IField, n: gtx.int32):
    plus(a, out=out, domain={I: (1, n)})


@gtx.program
def pair(a: IField, out: tuple[IField, IField]):
    both(a, out=out)


# ---- memory, or a copy


class Copying:
    """Its `__array__` gives a copy, whatever is asked."""

    def __init__(self, data):
        self.data = data

    def __array__(self, dtype=None, copy=None):
        return self.data.copy()


class Older(Copying):
    """Does not know of `copy`."""

    def __array__(self, dtype=None):
        return self.data.copy()


class Honest(Copying):
    """Says that it has to copy, and counts how often it is read."""

    def __array__(self, dtype=None, copy=None):
        if copy is False:
            raise ValueError("a copy is needed")
        return self.data.copy()


class Interface(Copying):
    """Makes a copy for each look at its memory."""

    __array__ = None

    @property
    def __array_interface__(self):
        self.last = self.data.copy()
        return self.last.__array_interface__


class Capsules:
    """Lends a copy by DLPack."""

    def __init__(self, data):
        self.data = data

    def __dlpack__(self, **options):
        return self.data.copy().__dlpack__(**options)

    def __dlpack_device__(self):
        return self.data.__dlpack_device__()


def dataset(data):
    """A data set of an HDF5 file, in memory."""
    file = h5py.File(io.BytesIO(), "w")
    return file.create_dataset("data", data=data)


def content(lender):
    return lender[...] if isinstance(lender, h5py.Dataset) else lender.data


COPYING = [Copying, Older, Honest, Capsules, dataset]
WRITES = {
    "operator": lambda out: plus(np.ones(4), out=out),
    "part": lambda out: plus(np.ones(4), out=out, domain={I: (1, 3)}),
    "program": lambda out: program(np.ones(4), out),
    "in place": lambda out: in_place(out),
    "domain in a program": lambda out: part(np.ones(4), out, 3),
    "tuple": lambda out: both(np.ones(4), out=(np.zeros(4), out)),
    "part of a tuple": lambda out: both(np.ones(4), out=(out, np.zeros(4)), domain={I: (1, 3)}),
    "tuple of a program": lambda out: pair(np.ones(4), (out, np.zeros(4))),
    "scan": lambda out: running(gtx.ones({K: 4}), out=out),
    "scan within": lambda out: sums(np.ones(4), out=out),
    "interpreter": lambda out: plus.with_backend("reference")(np.ones(4), out=out),
}


@pytest.mark.parametrize("make", COPYING)
@pytest.mark.parametrize("case", WRITES)
def test_outputs_that_are_copies_are_refused(make, case):
    out = make(np.full(4, 7.0))
    with pytest.raises(ArgumentTypeError, match=r"argument '(out|a)(\.\d)?'.* does not lend its memory"):
        WRITES[case](out)
    assert (content(out) == 7.0).all()


def test_nothing_is_written_where_one_output_is_refused():
    first = np.full(4, 7.0)
    with pytest.raises(ArgumentTypeError, match=r"'out\.1'"):
        both(np.ones(4), out=(first, Copying(np.zeros(4))))
    assert (first == 7.0).all()


@pytest.mark.parametrize("make", COPYING)
def test_copies_are_read(make):
    out = np.zeros(4)
    plus(make(np.arange(4.0)), out=out)
    assert out.tolist() == [1, 2, 3, 4]
    assert gtx.as_field([I], make(np.arange(4.0))).asnumpy().tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "make", [*COPYING, lambda data: data.tolist(), lambda data: memoryview(data).tolist()]
)
def test_a_field_shares_memory_or_is_refused(make):
    with pytest.raises(FieldTypeError, match="does not lend its memory"):
        gtx.as_field([I], make(np.zeros(4)), copy=False)


def test_an_interface_to_a_new_copy_each_time_is_refused():
    lender = Interface(np.zeros(4))
    kept = []
    type(lender).last = property(lambda self: kept[-1], lambda self, array: kept.append(array))
    with pytest.raises(ArgumentTypeError, match="does not lend its memory"):
        plus(np.ones(4), out=lender)


def lend_array(data):
    return type("Lender", (), {"__array__": lambda self, dtype=None, copy=None: data})()


def lend_interface(data):
    return type("Lender", (), {"__array_interface__": data.__array_interface__, "data": data})()


LENDING = {
    "array": lambda data: data,
    "subclass": lambda data: data.view(type("Sub", (np.ndarray,), {})),
    "buffer": memoryview,
    "__array__": lend_array,
    "__array_interface__": lend_interface,
    "field": lambda data: gtx.as_field([I], data, copy=False),
    "DataArray": lambda data: xarray.DataArray(data, dims="I"),
    "DataArray without names": xarray.DataArray,
    "nothing masked": lambda data: np.ma.masked_array(data, mask=np.zeros(data.shape, bool)),
    "no mask": np.ma.masked_array,
}


@pytest.mark.parametrize("case", LENDING)
@pytest.mark.parametrize("write", ["operator", "part", "program", "domain in a program"])
def test_what_lends_memory_is_written(case, write):
    data = np.full(4, 7.0)
    WRITES[write](LENDING[case](data))
    assert data.tolist() == ([7, 2, 2, 7] if write in ("part", "domain in a program") else [2, 2, 2, 2])


@pytest.mark.parametrize("case", [case for case in LENDING if case != "field"])
def test_fields_share_what_is_lent(case):
    data = np.zeros(4)
    field = gtx.as_field([I], LENDING[case](data), copy=False)
    data[2] = 5.0
    assert field[2].as_scalar() == 5.0 and type(field.ndarray) is np.ndarray


def test_read_only_memory_is_not_written():
    frozen = np.zeros(4)
    frozen.setflags(write=False)
    for out in (lend_array(frozen), memoryview(bytes(8)).cast("d"), xarray.DataArray(frozen)):
        with pytest.raises(ArgumentValueError, match="read-only"):
            plus(np.ones(np.asarray(out).size), out=out)


def test_series_of_pandas():
    out = np.zeros(3)
    plus(pandas.Series([1.0, 2.0, 3.0]), out=out)
    assert out.tolist() == [2, 3, 4]
    with pytest.raises(ArgumentTypeError, match=r"\[J\].*\[I\]"):
        plus(pandas.Series([1.0, 2.0, 3.0], index=pandas.Index([0, 1, 2], name="J")), out=out)
    table = pandas.DataFrame(np.arange(6.0).reshape(2, 3)).rename_axis(index="J", columns="I")
    assert (gtx.as_field([I, J], table).asnumpy() == np.arange(6.0).reshape(2, 3).T).all()
    missing = pandas.Series(pandas.array([1, None, 3], dtype="Int64"))
    with pytest.raises(ArgumentTypeError, match="object|float64"):
        same(missing.astype("UInt8"), out=np.zeros(3, "u1"))


# ---- masks


def masked():
    return np.ma.masked_greater(np.array([1.0, 2.0, 1e37, 4.0]), 1e30)


def hidden():
    return type("Variable", (), {"__array__": lambda self, dtype=None, copy=None: masked()})()


@pytest.mark.parametrize("make", [masked, hidden])
@pytest.mark.parametrize(
    "use",
    [
        lambda a: plus(a, out=np.zeros(4)),
        lambda a: plus(np.zeros(4), out=a),
        lambda a: plus(np.zeros(4), out=a, domain={I: (0, 2)}),
        lambda a: program(a, np.zeros(4)),
        lambda a: both(np.zeros(4), out=(a, np.zeros(4))),
        lambda a: running(a, out=np.zeros(4)),
        lambda a: gtx.as_field([I], a),
        lambda a: gtx.as_field([I], a, copy=False),
        lambda a: gtx.as_field([I], a, dtype=gtx.float32),
        lambda a: gtx.zeros({I: 4}).__setitem__(..., a),
        lambda a: np.add(gtx.zeros({I: 4}), a),
        lambda a: gtx.where(gtx.zeros({I: 4}) < 1.0, a, 0.0),
    ],
)
def test_masked_elements_are_refused(make, use):
    with pytest.raises((BiseError, TypeError), match="masked|do not combine|does not lend"):
        use(make())


def test_nothing_masked_behind_an_object():
    variable = lend_array(np.ma.masked_array(np.arange(4.0), mask=False))
    out = np.zeros(4)
    plus(variable, out=out)
    assert out.tolist() == [1, 2, 3, 4]
    assert gtx.as_field([I], variable).asnumpy().tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("number", [np.ma.masked, np.ma.masked_array(3.0, mask=True)])
def test_masked_numbers_are_refused(number):
    with pytest.raises(ArgumentValueError, match="'factor'.*masked"):
        scaled(np.ones(3), number, 1, out=np.zeros(3))
    with pytest.raises((BiseError, TypeError)):
        np.add(gtx.ones({I: 3}), number)


def test_tables_with_masks_and_names():
    entries = np.array([[0, 1], [1, 2], [2, 0]], dtype=np.int32)
    e, out = np.array([1.0, 10.0, 100.0]), np.zeros(3)
    hole = np.ma.masked_equal(entries, 2)
    with pytest.raises(TableError, match="masked"):
        around(e, out=out, offset_provider={"V2E": hole})
    with pytest.raises(FieldValueError, match="masked"):
        gtx.as_connectivity([Vertex, V2EDim], Edge, lend_array(hole))
    wanted = [11.0, 110.0, 101.0]
    turned = xarray.DataArray(entries.T, dims=("V2E", "Vertex"))
    around(e, out=out, offset_provider={"V2E": turned})
    assert out.tolist() == wanted
    made = gtx.as_connectivity([Vertex, V2EDim], Edge, turned)
    assert (made.ndarray == entries).all()
    strange = xarray.DataArray(entries.T, dims=("nv", "cell"))
    with pytest.raises(TableError, match=r"\[nv, cell\].*\[Vertex, V2E\]"):
        around(e, out=out, offset_provider={"V2E": strange})


# ---- types of elements


@pytest.mark.parametrize(
    "dtype", ["O", "f2", "g", "c8", "c16", "M8[s]", "m8[s]", "S3", "U3", "i4,f8", ">f8", "V8"]
)
def test_types_without_a_place_are_refused_by_name(dtype):
    data = np.zeros(3, dtype=dtype)
    for given in (data, lend_array(data), Copying(data)):
        with pytest.raises(ArgumentTypeError, match=r"argument 'a'.*dtype"):
            plus(given, out=np.zeros(3))
        with pytest.raises(ArgumentTypeError, match="argument 'out'"):
            plus(np.zeros(3), out=given)
        if dtype != ">f8":
            with pytest.raises(FieldTypeError, match="dtype"):
                gtx.as_field([I], given)
        with pytest.raises(FieldTypeError):
            gtx.as_field([I], given, copy=False)


def test_foreign_byte_order_is_converted_where_data_is_copied():
    for given in (np.arange(3, dtype=">f8"), dataset(np.arange(3, dtype=">f8"))):
        assert gtx.as_field([I], given).asnumpy().tolist() == [0, 1, 2]


# ---- names of axes


@pytest.fixture
def numbers():
    return np.random.default_rng(0).random((5, 4))


def named(data, *dims):
    return xarray.DataArray(data, dims=dims)


def test_axes_are_found_by_name(numbers):
    wanted = numbers[1:] - numbers[:-1]
    for given in (named(numbers, "I", "J"), named(numbers, "I", "J").T, named(numbers.T.copy(), "J", "I")):
        for make in (lambda: np.zeros((4, 4)), lambda: np.zeros((4, 4), order="F")):
            out = make()
            difference(given, out=out)
            assert (out == wanted).all()
        out = named(np.zeros((4, 4)), "J", "I")
        difference(given, out=out)
        assert (out.values == wanted.T).all()
        field = gtx.as_field([I, J], given)
        assert field.domain == gtx.domain({I: 5, J: 4}) and (field.asnumpy() == numbers).all()


def test_axes_of_three_dimensions_in_every_order():
    a = np.random.default_rng(1).random((3, 4, 5))
    wanted = a[1:, :, :-1] + 10.0 * a[:-1, :, 1:]
    names = {"I": 0, "J": 1, "K": 2}
    for order in (
        ["I", "J", "K"],
        ["J", "I", "K"],
        ["K", "J", "I"],
        ["J", "K", "I"],
        ["K", "I", "J"],
        ["I", "K", "J"],
    ):
        given = named(a.transpose([names[name] for name in order]), *order)
        out = named(np.zeros([wanted.shape[names[name]] for name in order]), *order)
        up(given, out=out)
        assert (out.transpose("I", "J", "K").values == wanted).all()


def test_names_with_domain_and_in_tuples(numbers):
    out = named(np.zeros((4, 5)), "J", "I")
    difference(named(numbers, "I", "J"), out=out, domain={I: (0, 2), J: (1, 3)})
    wanted = np.zeros((5, 4))
    wanted[0:2, 1:3] = (numbers[1:] - numbers[:-1])[0:2, 1:3]
    assert (out.values == wanted.T).all()
    first, second = named(np.zeros(3), "I"), named(np.zeros(3), "I")
    both(named(np.arange(3.0), "I"), out=(first, second))
    assert first.values.tolist() == [1, 2, 3] and second.values.tolist() == [0, 2, 4]
    pair(named(np.arange(3.0), "I"), (second, first))
    assert second.values.tolist() == [1, 2, 3]


def test_axes_are_shared_by_name(numbers):
    given = named(numbers, "I", "J").T
    field = gtx.as_field({J: 4, I: (2, 7)}, given, copy=False)
    assert field.domain.dims == (J, I) and np.shares_memory(field.ndarray, numbers)
    field = gtx.as_field([I, J], given, copy=False, origin={I: 1})
    field[I(0), J(3)] = 42.0
    assert numbers[1, 3] == 42.0


@pytest.mark.parametrize(
    ("dims", "text"),
    [
        (("x", "y"), r"\[x, y\].*\[I, J\]"),
        (("I", "K"), r"\[I, K\].*\[I, J\]"),
        (("dim_1", "dim_0"), r"\[dim_1, dim_0\].*\[I, J\]"),
        (("I", "dim_1"), r"\[I, dim_1\].*\[I, J\]"),
        (("i", "j"), r"\[i, j\].*\[I, J\]"),
    ],
)
def test_other_names_are_refused(dims, text):
    given, out = named(np.zeros((4, 4)), *dims), np.full((4, 4), 7.0)
    for use in (lambda: difference(given, out=out), lambda: difference(out, out=given)):
        with pytest.raises(ArgumentTypeError, match="argument '(a|out)'.*" + text):
            use()
    for copy in (True, False):
        with pytest.raises(FieldTypeError, match=text):
            gtx.as_field([I, J], given, copy=copy)
    with pytest.raises(FieldTypeError, match=text):
        gtx.zeros({I: 4, J: 4})[...] = given
    assert (out == 7.0).all()


def test_names_that_say_nothing_count_by_position(numbers):
    out = np.zeros((4, 4))
    difference(xarray.DataArray(numbers), out=out)
    assert (out == numbers[1:] - numbers[:-1]).all()
    with pytest.raises(ArgumentTypeError, match="dim_1, dim_0"):
        difference(xarray.DataArray(numbers).T, out=np.zeros((3, 5)))


def test_coordinates_are_not_looked_at():
    given = xarray.DataArray(np.arange(3.0), dims="I", coords={"I": [10, 20, 30]})
    assert gtx.as_field([I], given).domain == gtx.domain({I: 3})


def test_too_few_and_too_many_named_axes(numbers):
    with pytest.raises(ArgumentTypeError, match=r"\[I\].*\[I, J\]"):
        difference(named(numbers[:, 0], "I"), out=np.zeros((4, 4)))
    with pytest.raises(ArgumentTypeError, match=r"\[I, J, K\].*\[I, J\]"):
        difference(named(numbers[..., None], "I", "J", "K"), out=np.zeros((4, 4)))


def test_dimensions_as_names(numbers):
    out = np.zeros((4, 4))
    difference(xarray.DataArray(numbers.T, dims=(J, I)), out=out)
    assert (out == numbers[1:] - numbers[:-1]).all()


def test_labels_of_hdf5(numbers):
    stored = dataset(numbers.T.copy())
    stored.dims[0].label, stored.dims[1].label = "J", "I"
    assert (gtx.as_field([I, J], stored).asnumpy() == numbers).all()
    stored.dims[0].label = ""
    with pytest.raises(FieldTypeError, match=r"\[\?, I\]"):
        gtx.as_field([I, J], stored)


def test_variables_of_netcdf(numbers):
    @dataclasses.dataclass
    class Variable(Copying):
        data: np.ndarray
        dimensions: tuple

    assert (gtx.as_field([I, J], Variable(numbers.T, ("J", "I"))).asnumpy() == numbers).all()
    with pytest.raises(FieldTypeError, match=r"\[time, lat\]"):
        gtx.as_field([I, J], Variable(numbers, ("time", "lat")))


def test_scans_by_name():
    a = np.arange(4.0)
    out = named(np.zeros(4), "K")
    running(named(a, "K"), out=out)
    assert out.values.tolist() == [0, 1, 3, 6]
    with pytest.raises(ArgumentTypeError, match=r"\[I\].*\[K\]"):
        running(named(a, "I"), out=out)
    with pytest.raises(ValueError, match="2 axes"):
        running(named(np.ones((3, 4)), "I", "K"), out=named(np.ones((3, 4)), "I", "K"))


def test_fields_of_other_packages_are_refused(numbers):
    class Foreign(Copying):
        domain = gtx.domain({I: (3, 8), J: 4})

    with pytest.raises(ArgumentTypeError, match="domain"):
        difference(Foreign(numbers), out=np.zeros((4, 4)))


def test_assignments_by_name(numbers):
    field = gtx.zeros({I: 5, J: 4})
    field[...] = named(numbers, "I", "J").T
    assert (field.asnumpy() == numbers).all()
    field[I(1) : I(3)] = named(np.ones((4, 2)), "J", "I")
    assert (field.asnumpy()[1:3] == 1.0).all()
    with pytest.raises(FieldTypeError, match=r"\[I\].*\[I, J\]"):
        field[...] = named(np.ones(5), "I")


# ---- numbers


class Plain(enum.Enum):
    ONE = 1
    TWO = 2.0
    NUMPY = np.float64(2.0)
    TEXT = "two"


class Whole(enum.IntEnum):
    ONE = 1


class Mixed(float, enum.Enum):
    TWO = 2.0


class Wide(np.float64, enum.Enum):
    TWO = 2.0


class Real(float):
    pass


@pytest.mark.parametrize(
    "factor",
    [
        2, 2.0, np.float64(2), np.array(2.0), np.array([2.0])[0], Plain.TWO, Plain.NUMPY, Mixed.TWO, Wide.TWO, Real(2.0),
        xarray.DataArray(2.0), dataset(2.0), gtx.full({}, 2.0), np.ma.masked_array(2.0), lend_array(np.array(2.0)),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "times", [1, np.int32(1), np.array(1, "i4"), Plain.ONE, Whole.ONE, xarray.DataArray(np.int32(1))]
)
def test_numbers(factor, times):
    out = np.zeros(3)
    scaled(np.arange(3.0), factor, times, out=out)
    assert out.tolist() == [0, 2, 4]


NUMBERS = {
    gtx.bool: [np.bool_, np.bool],
    gtx.int8: [np.int8, np.byte],
    gtx.int16: [np.int16, np.short],
    gtx.int32: [np.int32, np.intc],
    gtx.int64: [np.int64, np.longlong, np.int_, np.intp],
    gtx.uint8: [np.uint8],
    gtx.uint16: [np.uint16],
    gtx.uint32: [np.uint32],
    gtx.uint64: [np.uint64, np.ulonglong, np.uintp],
    gtx.float32: [np.float32, np.single],
    gtx.float64: [np.float64, np.double],
}


@pytest.mark.parametrize("dtype", NUMBERS, ids=lambda dtype: dtype.__name__)
def test_numbers_of_numpy_in_every_width(dtype):
    @gtx.field_operator
    def chosen(on: gtx.Field[[I], bool], a: gtx.Field[[I], dtype], x: dtype) -> gtx.Field[[I], dtype]:
        return gtx.where(on, dtype(x), a)

    def second(a, x, out):
        chosen(np.ones(len(a), bool), a, x, out=out)

    limits = [0, 1]
    if np.issubdtype(dtype, np.integer):
        limits += [np.iinfo(dtype).min, np.iinfo(dtype).max]
    for number in limits:
        for make in NUMBERS[dtype]:
            for given in (make(number), np.array(make(number)), np.array([make(number)])[0]):
                out = np.zeros(2, dtype)
                second(np.ones(2, dtype), given, out=out)
                assert (out == dtype(number)).all()
    others = [other for makers in NUMBERS.values() for other in makers if np.dtype(other) != np.dtype(dtype)]
    for other in [*others, np.float16, np.longdouble, np.complex64, np.complex128]:
        for given in (other(1), np.array(1, other)):
            with pytest.raises(ArgumentTypeError, match="argument 'x'"):
                second(np.ones(2, dtype), given, out=np.zeros(2, dtype))
    if np.issubdtype(dtype, np.integer):
        info = np.iinfo(dtype)
        for beyond in (int(info.min) - 1, int(info.max) + 1, 10**30, -(10**5000)):
            with pytest.raises(ArgumentValueError, match="argument 'x'.*is not a value of"):
                second(np.ones(2, dtype), beyond, out=np.zeros(2, dtype))


@pytest.mark.parametrize(
    "wrong",
    [
        Plain.TEXT, Plain, "1", None, 1j, np.str_("1"), np.datetime64("2000-01-01"), np.timedelta64(1, "s"), np.void(b"1"),
        np.array([1], "i4"), np.array(1, ">i4"), np.array(1, "O"), xarray.DataArray([1]), [1], np.float64(1), 1.0,
        np.int64(1), True, np.True_, object(),
    ],
)  # fmt: skip
def test_other_things_are_no_numbers(wrong):
    out = np.full(3, 7.0)
    with pytest.raises(ArgumentTypeError, match="argument 'times'"):
        scaled(np.ones(3), 1.0, wrong, out=out)
    assert (out == 7.0).all()


@pytest.mark.parametrize(
    "number", [2, 2.0, np.float64(2), np.array(2.0), Plain.TWO, xarray.DataArray(2.0), gtx.full({}, 2.0)]
)
def test_numbers_for_fields_without_dimensions(number):
    out = np.zeros(2)
    constant(np.ones(2), number, out=out)
    assert out.tolist() == [3, 3]
    with pytest.raises((ArgumentTypeError, ArgumentValueError), match="argument 'c'"):
        constant(np.ones(2), 2**53 + 1, out=out)


def test_python_numbers_have_the_type_that_is_asked_for():
    for wrong in ([300], [-129], [[2**70]]):
        with pytest.raises((OverflowError, BiseError)):
            gtx.as_field([I] if not isinstance(wrong[0], list) else [I, J], wrong, dtype=gtx.int8)
    assert gtx.as_field([I], [1, 2], dtype=gtx.int8).dtype == np.int8
    assert gtx.as_field([I], [1, 2], dtype=gtx.float32).dtype == np.float32


@pytest.mark.parametrize(
    ("entries", "dtype"),
    [
        (np.array([[2**32 + 1]]), gtx.int32),
        (np.array([[2**64 - 1]], dtype=np.uint64), None),
        (np.array([[2**63]], dtype=np.uint64), gtx.int64),
        (np.array([[1.5]]), gtx.int32),
        (np.array([[1]]), float),
    ],
)
def test_entries_of_tables_do_not_wrap(entries, dtype):
    with pytest.raises(TableError, match="no values of int|are integers"):
        gtx.as_connectivity([Vertex, V2EDim], Edge, entries, dtype=dtype)


def test_ends_of_ranges_do_not_wrap():
    last = 2**63 - 1
    for wrong in (
        lambda: gtx.UnitRange(0, last),
        lambda: gtx.domain({I: last}),
        lambda: gtx.domain({I: (-(2**63), 0)}),
    ):
        with pytest.raises(ValueError, match="too large"):
            wrong()
    for wrong in (range(last), range(2**70)):
        with pytest.raises(ValueError, match="too large"):
            gtx.domain({I: wrong})
    with pytest.raises(ValueError, match="too large"):
        gtx.zeros({I: 3})[I(0) : I(last)]
    with pytest.raises(ValueError, match="infinite"):
        gtx.domain({I: None}).slice_at[0:5]
    wide = gtx.UnitRange(-last, last - 1)
    with pytest.raises(OverflowError):
        len(wide)
    assert wide[0] == -last and wide[-1] == last - 2
    assert gtx.domain({I: wide}).size == 2 * last - 1
