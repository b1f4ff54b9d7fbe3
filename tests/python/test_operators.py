"""Operators and programs from Python: what decorators accept, what calls do, what is refused and how."""

import doctest
import enum
import gc
import linecache
import math
import os
import pickle
import subprocess
import sys
import threading
import types
import weakref

import numpy as np
import pytest

import bise as gtx
from bise import errors, maximum, neighbor_sum, where

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
IField = gtx.Field[[I], gtx.float64]
IJField = gtx.Field[gtx.Dims[I, J], float]
IKField = gtx.Field[[I, K], gtx.float64]

FACTOR = 2.0
HALF = np.float64(0.5)
CONSTANTS = types.SimpleNamespace(shift=3.0)


class Mode(enum.IntEnum):
    OFFSET = 10


@gtx.field_operator
def add(a: IField, b: IField) -> IField:
    return a + b


@gtx.program
def sums(a: IField, b: IField, out: IField):
    add(a, b, out=out)


@gtx.field_operator
def names(a: IField) -> IField:
    return maximum(FACTOR * a + HALF + CONSTANTS.shift + Mode.OFFSET + math.pi, np.float64(0.0))


@gtx.field_operator
def laplacian(a: IJField) -> IJField:
    return a(I + 1) + a(I - 1) + a(J + 1) + a(J - 1) - 4.0 * a


@gtx.program(backend="reference", grid_type=gtx.GridType.CARTESIAN)
def inner(a: IJField, out: IJField):
    laplacian(a, out=out[1:-1, 1:-1])


@gtx.program
def part(a: IField, b: IField, out: IField, lo: gtx.int32, hi: gtx.int32):
    add(a, b, out=out, domain={I: (lo, hi)})


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def cumulative(total: float, a: float) -> float:
    return total + a


@gtx.field_operator
def swap(a: IField, b: IField) -> tuple[IField, IField]:
    return b, a


@gtx.field_operator
def swap_pair(pair: tuple[IField, IField]) -> tuple[IField, IField]:
    return pair[1], pair[0]


@gtx.program
def swapped(pair: tuple[IField, IField], out: tuple[IField, IField]):
    swap_pair(pair, out=out)


@gtx.field_operator
def scaled(a: IField, factor: float, times: gtx.int32, on: bool) -> IField:
    return a * factor if on else a * 0.0


def fields(*values, start=0):
    return [gtx.as_field({I: (start, start + len(v))}, np.array(v, dtype=float)) for v in values]


def test_programs_take_fields_arrays_and_what_lends_memory():
    a, b, out = fields([1, 2, 3], [10, 20, 30], [0, 0, 0])
    sums(a, b, out, offset_provider={})
    assert out.asnumpy().tolist() == [11, 22, 33]
    array = np.zeros(3)
    sums(a.asnumpy(), b=b, out=array)
    assert array.tolist() == [11, 22, 33]
    strided = np.zeros(6)
    sums(memoryview(array), np.ascontiguousarray([1.0, 1.0, 1.0])[::-1], strided[::2])
    assert strided.tolist() == [12, 0, 23, 0, 34, 0]
    add(a, b=b, out=out, domain={I: (0, 1)})
    positional, named = (a, b), {"out": out}
    add(*positional, **named)
    assert out.asnumpy().tolist() == [11, 22, 33]


def test_names_around_an_operator():
    (a, out) = fields([1, -100], [0, 0])
    names(a, out=out)
    assert out.asnumpy().tolist() == [2.0 + 0.5 + 3.0 + 10.0 + math.pi, 0.0]


def test_closures():
    def make(distance, scale):
        J = I  # a name of the closure, not the global one

        @gtx.field_operator
        def moved(a: IField) -> IField:
            return scale * a(J + 1)

        return moved

    (a, out) = fields([1, 2, 3], [0, 0])
    make(1, 3.0)(a, out=out)
    assert out.asnumpy().tolist() == [6, 9]


def test_reference_and_native_agree():
    values = np.random.default_rng(1).random((6, 7))
    results = []
    for backend in ("native", "reference"):
        out = gtx.zeros({I: 6, J: 7})
        inner.with_backend(backend)(gtx.as_field([I, J], values), out)
        results.append(out.asnumpy())
    expected = (
        values[2:, 1:-1] + values[:-2, 1:-1] + values[1:-1, 2:] + values[1:-1, :-2] - 4.0 * values[1:-1, 1:-1]
    )
    assert (results[0] == results[1]).all() and (results[0][1:-1, 1:-1] == expected).all()
    assert not results[0][0].any() and inner.backend == "reference"


def test_scans_called_directly():
    values = np.arange(12.0).reshape(3, 4)
    out = gtx.zeros({I: 3, K: 4})
    cumulative(gtx.as_field([I, K], values), out=out)
    assert (out.asnumpy() == np.cumsum(values, axis=1)).all()


def test_dimension_order_and_layout_are_free():
    a = gtx.as_field([K, I], np.arange(6.0).reshape(2, 3))

    @gtx.field_operator
    def twice(a: IKField) -> IKField:
        return a + a

    out = gtx.zeros({I: 3, K: 2})
    twice(a, out=out)
    assert (out.asnumpy() == 2 * a.asnumpy().T).all()


def test_tuples():
    a, b, x, y = fields([1, 2], [3, 4], [0, 0], [0, 0])
    swap(a, b, out=(x, y))
    assert x.asnumpy().tolist() == [3, 4] and y.asnumpy().tolist() == [1, 2]
    with pytest.raises(TypeError, match="tuple of 2 values"):
        swap(a, b, out=x)
    swap(a, b, out=(y, x), domain={I: (0, 1)})
    assert x.asnumpy().tolist() == [1, 4]
    swapped((a, b.asnumpy()), (x, y))
    assert x.asnumpy().tolist() == [3, 4] and y.asnumpy().tolist() == [1, 2]
    with pytest.raises(TypeError, match="argument 'pair' is a tuple of 2 values"):
        swapped((a, b, a), (x, y))


def test_scalars_are_weak_from_python_and_exact_from_numpy():
    (a, out) = fields([1, 2], [0, 0])
    for factor in (3.0, 3, np.float64(3.0), np.array(3.0)):
        scaled(a, factor, np.int32(1), np.bool_(True), out=out)
        assert out.asnumpy().tolist() == [3, 6]
    for bad, error in (
        ((np.float32(3.0), 1, True), TypeError),
        ((3.0, 1.5, True), TypeError),
        ((3.0, 2**31, True), ValueError),
        ((3.0, np.int64(1), True), TypeError),
        ((3.0, 1, 1), TypeError),
        (("3", 1, True), TypeError),
    ):
        with pytest.raises(error, match="argument '(factor|times|on)'"):
            scaled(a, *bad, out=out)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda a, out: sums(a, a), errors.MissingArgumentError, "'out'"),
        (lambda a, out: add(a, a), TypeError, "misses the argument 'out'"),
        (lambda a, out: sums(a, a, out, out), TypeError, "takes 3 positional arguments but 4"),
        (lambda a, out: sums(a, a, out, b=a), TypeError, "multiple values for argument 'b'"),
        (lambda a, out: sums(a, a, out, c=a), TypeError, "unexpected keyword argument 'c'"),
        (lambda a, out: sums(a, None, out), errors.DSLTypeError, "'b' is of type Field"),
        (lambda a, out: sums(a, [1.0, 2.0], out), TypeError, "not a 'list'"),
        (lambda a, out: sums(a, np.zeros((2, 2)), out), TypeError, "2 axes"),
        (lambda a, out: sums(a, gtx.zeros({J: 2}), out), TypeError, r"a field on \[J\]"),
        (lambda a, out: sums(a, np.zeros(2, dtype=np.float32), out), TypeError, "float32"),
        (lambda a, out: sums(a, np.zeros(2, dtype=">f8"), out), TypeError, ">f8"),
        (lambda a, out: sums(a, np.zeros(1), out), IndexError, r"`b` is too small along `I`"),
        (lambda a, out: sums(a, a, gtx.zeros({I: (5, 7)})), errors.IndexOutOfBounds, "too small"),
        (lambda a, out: add(a, a, out=out, domain={I: (0, 9)}), IndexError, "not inside"),
        (lambda a, out: part(a, a, out, 0, 3), IndexError, "out"),
    ],
)
def test_calls_that_do_not_fit_write_nothing(call, error, text):
    a, out = fields([1, 2], [7, 7])
    with pytest.raises(error, match=text) as caught:
        call(a, out)
    assert isinstance(caught.value, errors.BiseError) and out.asnumpy().tolist() == [7, 7]


def test_read_only_outputs_are_refused():
    out = np.zeros(2)
    out.flags.writeable = False
    with pytest.raises(ValueError, match="out"):
        sums(np.ones(2), np.ones(2), out)


def test_unaligned_data():
    raw = np.zeros(3 * 8 + 1, dtype=np.uint8)[1:].view(np.float64)
    raw[:] = [1, 2, 3]
    out = np.zeros(3)
    sums(raw, raw, out)
    assert out.tolist() == [2, 4, 6]
    with pytest.raises(ValueError, match="unaligned"):
        sums(out, out, raw)


Vertex, Edge = gtx.Dimension("Vertex"), gtx.Dimension("Edge")
V2EDim = gtx.Dimension("V2EDim", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))


@gtx.field_operator
def around(e: gtx.Field[[Edge], gtx.float64]) -> gtx.Field[[Vertex], gtx.float64]:
    return neighbor_sum(e(V2E), axis=V2EDim)


def test_tables():
    e, out = np.array([1.0, 10.0, 100.0]), np.zeros(2)
    table = np.array([[0, 1], [2, -1]], dtype=np.int32)
    around(e, out=out, offset_provider={"V2E": table})
    assert out.tolist() == [11, 100]
    around(
        e,
        out=out,
        offset_provider={"V2E": gtx.as_connectivity([Vertex, V2EDim], Edge, table.astype(np.int64))},
    )
    assert out.tolist() == [11, 100]
    # An array is known by identity: changes show only after `revalidate`.
    table[0, 1] = 2
    around(e, out=out, offset_provider={"V2E": table})
    assert out.tolist() == [11, 100]
    gtx.revalidate(table)
    around(e, out=out, offset_provider={"V2E": table})
    assert out.tolist() == [101, 100]
    known = weakref.ref(table)
    del table
    gc.collect()
    assert known() is None


@pytest.mark.parametrize(
    ("provider", "text"),
    [
        (None, "V2E"),
        ({}, "V2E"),
        ({"V2E": np.array([[0, -5], [0, 0]])}, "-5"),
        ({"V2E": np.array([[0, 3], [0, 0]])}, "too small|3"),
        ({"V2E": np.array([[0, 1]])}, "row"),
        ({"V2E": np.array([0, 1])}, "two axes"),
        ({"V2E": np.array([[0.0, 1.0]])}, "integers"),
        ({"V2E": "table"}, "V2E"),
    ],
)
def test_tables_that_do_not_fit(provider, text):
    out = np.full(2, 7.0)
    with pytest.raises(errors.BiseError, match=text):
        around(np.zeros(3), out=out, offset_provider=provider)
    assert out.tolist() == [7, 7]


def test_wrong_programs():
    with pytest.raises(errors.UndefinedSymbolError, match=r"bb[\s\S]*test_operators.py") as caught:

        @gtx.field_operator
        def misspelt(a: IField, b: IField) -> IField:
            return a + bb  # noqa: F821

    diagnostic = caught.value.diagnostics[0]
    assert caught.value.code == diagnostic.code == "B0101"
    file, line = diagnostic.place.rsplit(":", 1)
    assert "a + bb" in linecache.getline(file, int(line))
    with pytest.raises(errors.DSLTypeError):

        @gtx.field_operator
        def mixed(a: IField, b: gtx.Field[[I], gtx.float32]) -> IField:
            return a + b

    with pytest.raises(errors.UnsupportedPythonFeatureError):

        @gtx.field_operator
        def loops(a: IField) -> IField:
            for _ in range(3):
                a = a + a
            return a

    with pytest.raises(errors.MissingArgumentError):

        @gtx.program
        def nowhere(a: IField):
            add(a, a)


def test_options_are_checked():
    with pytest.raises(ValueError, match="'native'.*'reference'"):
        add.with_backend("imbedded")
    with pytest.raises(TypeError, match="unknown option 'speed'"):
        gtx.field_operator(speed=11)
    with pytest.raises(ValueError, match="vertical"):
        gtx.scan_operator(axis=I)
    with pytest.raises(TypeError, match="lambda"):
        gtx.field_operator(lambda a: a)


def test_sources_that_are_not_in_files():
    text = "@gtx.field_operator\ndef made(a: IField) -> IField:\n    return a + a\n"
    space = dict(globals())
    with pytest.raises(errors.SourceError, match="linecache"):
        exec(compile(text, "<nowhere>", "exec"), space)  # noqa: S102
    # As a notebook does it.
    linecache.cache["<cell 1>"] = (len(text), None, text.splitlines(keepends=True), "<cell 1>")
    exec(compile(text, "<cell 1>", "exec"), space)  # noqa: S102
    (a, out) = fields([1, 2], [0, 0])
    space["made"](a, out=out)
    assert out.asnumpy().tolist() == [2, 4]


def test_the_examples_in_the_documentation_run():
    names = dict(
        globals(), bise=gtx, V2EDim=V2EDim, a=gtx.ones({I: (-1, 9), J: (-1, 9)}), out=gtx.zeros({I: 8, J: 8})
    )
    parser, runner, tried = doctest.DocTestParser(), doctest.DocTestRunner(), 0
    for name in (None, "mesh.icosahedral", *gtx.__all__):
        thing = gtx if name is None else eval(f"bise.{name}", names)
        examples = parser.get_doctest(thing.__doc__ or "", dict(names), f"bise.{name}", None, None)
        failed, attempted = runner.run(examples)
        tried += attempted
        assert failed == 0, name
    assert tried > 15


def test_operators_are_like_functions():
    assert add.__name__ == "add" and add.__module__ == __name__ and callable(add.definition)
    assert "a + b" in add.source and repr(sums).startswith("<program sums(a: Field[[I], float64]")
    assert pickle.loads(pickle.dumps(add)) is add and pickle.loads(pickle.dumps(sums)) is sums
    assert isinstance(add, gtx.FieldOperator) and isinstance(sums.with_backend("reference"), gtx.Program)


def test_threads():
    values = [np.full(100_000, float(i)) for i in range(4)]
    outs = [np.zeros(100_000) for _ in range(4)]

    def work(i):
        for _ in range(20):
            sums(values[i], values[i], outs[i])

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all((out == 2.0 * i).all() for i, out in enumerate(outs))


def test_operators_are_collected():
    def make():
        @gtx.field_operator
        def local(a: IField) -> IField:
            return where(a > 0.0, a, 0.0)

        local.self = local
        return weakref.ref(local)

    known = make()
    gc.collect()
    assert known() is None


def test_the_package_helps_and_loads_little():
    run = [sys.executable, "-m", "bise"]
    text = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    assert "neighbor_sum" in text and "bise.mesh.icosahedral" in text
    script = (
        "import numpy, sys; known = set(sys.modules); import bise; print(*sorted(set(sys.modules) - known))"
    )
    run = [sys.executable, "-c", script]
    loaded = subprocess.run(run, capture_output=True, text=True, check=True).stdout.split()
    assert len(loaded) < 20 and "matplotlib" not in loaded


def test_annotations_in_quotes():
    @gtx.field_operator
    def doubled(a: "IField") -> "gtx.Field[[I], gtx.float64]":
        return a + a

    (a, out) = fields([1, 2], [0, 0])
    doubled(a, out=out)
    assert out.asnumpy().tolist() == [2, 4]


@pytest.mark.parametrize("module", ["bise", "bise.demo"])
def test_output_that_nobody_reads_ends_commands_quietly(module, tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    run = [sys.executable, "-m", module, *(["--help"] if module == "bise.demo" else [])]
    done = subprocess.run(run, stdout=writer, stderr=subprocess.PIPE, text=True, cwd=tmp_path, check=False)
    os.close(writer)
    assert done.returncode in (0, 1) and done.stderr == ""


def test_interrupts_are_no_diagnostics():
    class Interrupted:
        def __getattr__(self, name):
            raise KeyboardInterrupt

    class Late:
        @property
        def scale(self):
            raise KeyboardInterrupt

    for constants in (Interrupted(), Late()):
        with pytest.raises(KeyboardInterrupt):

            @gtx.field_operator
            def scaled(a: IField) -> IField:
                return constants.scale * a  # noqa: B023


@pytest.mark.parametrize("name", ["embedded"])
def test_names_of_the_language_that_are_not_here(name):
    with pytest.raises(AttributeError, match=f"`{name}` is not in Bise yet"):
        getattr(gtx, name)
    with pytest.raises(ImportError, match=f"`{name}` is not in Bise yet"):
        exec(f"from bise import {name}")  # noqa: S102
    assert not hasattr(gtx, name) and not hasattr(gtx, "conct_where")
    with pytest.raises(ImportError, match="cannot import name"):
        exec("from bise import conct_where")  # noqa: S102
