"""What must not work, and must say so: no argument, table, source or file may crash, hang or quietly give nonsense.

Every refusal names the culprit and leaves the outputs as they were.
"""

import functools
import importlib.util
import itertools
import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import bise as gtx
from bise import errors, neighbor_sum

I = gtx.Dimension("I")
J = gtx.Dimension("J")
Vertex = gtx.Dimension("Vertex")
Edge = gtx.Dimension("Edge")
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))
IJ = gtx.Field[[I, J], gtx.float64]


@gtx.field_operator
def add(a: IJ, b: IJ) -> IJ:
    return a + b


@gtx.program
def sums(a: IJ, b: IJ, out: IJ):
    add(a, b, out=out)


@gtx.field_operator
def across(a: IJ) -> IJ:
    return a(I + 1) + a(I - 1)


@gtx.field_operator
def around(e: gtx.Field[[Edge], gtx.float64]) -> gtx.Field[[Vertex], gtx.float64]:
    return neighbor_sum(e(V2E), axis=V2EDim)


@gtx.field_operator
def eighth(e: gtx.Field[[Edge], gtx.float64]) -> gtx.Field[[Vertex], gtx.float64]:
    return e(V2E[7])


@gtx.field_operator
def scalars(a: IJ, n: gtx.int32, x: float, on: bool) -> IJ:
    return a * x if on else a * x + 1.0 if n > 0 else a


def numbers(*shape, seed=3):
    return np.random.default_rng(seed).uniform(-1.0, 1.0, shape)


# ---- arguments

LAYOUTS = {
    "C": lambda a: a.copy(),
    "Fortran": np.asfortranarray,
    "backwards": lambda a: a[::-1, ::-1].copy()[::-1, ::-1],
    "transposed": lambda a: a.T.copy().T,
    "stepped": lambda a: np.repeat(np.repeat(a, 2, axis=0), 3, axis=1)[::2, ::3],
    "inside": lambda a: np.pad(a, 3)[3:-3, 3:-3],
    "packed": lambda a: np.array(list(map(tuple, zip(a.flat, a.flat))), dtype="i1,f8")["f1"].reshape(a.shape),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_layout_will_do(layout):
    a, b = numbers(8, 6), numbers(8, 6, seed=4)
    given = LAYOUTS[layout](a)
    wanted, out = np.asarray(given) + b, np.zeros((8, 6))
    sums(given, b, out)
    assert (out == wanted).all()
    sums(np.broadcast_to(given[:, :1], (8, 6)), b, out)
    assert (out == given[:, :1] + b).all()
    if layout != "packed":
        target = LAYOUTS[layout](out)
        sums(a, b, target)
        assert (target == a + b).all()


@pytest.mark.parametrize("shift", range(-3, 4))
def test_overlapping_views_are_as_copies(shift):
    operations = itertools.product([1, -1], [1, -1], [add, across])
    for back, turn, operation in operations:
        data = numbers(12, 12)
        wanted = data.copy()

        def source(data, back=back, turn=turn):
            return data[3:9, 3:9][::back, ::turn]

        def target(data, turn=turn):
            return data[3 + shift : 9 + shift, 3:9][:, ::-turn]

        read = source(data).copy()
        if operation is add:
            target(wanted)[:] = read + read
            add(source(data), source(data), out=target(data))
        else:
            target(wanted)[1:-1] = read[2:] + read[:-2]
            across(source(data), out=gtx.as_field([I, J], target(data), copy=False)[1:-1])
        assert (data == wanted).all()


def stride_zero(shape):
    return np.lib.stride_tricks.as_strided(np.zeros(1), shape, (0,) * len(shape))


A, B = numbers(8, 6), numbers(8, 6, seed=4)
FROZEN = A.copy()
FROZEN.setflags(write=False)
PACKED = np.zeros((8, 6), dtype="i1,f8")["f1"]

WRONG_CALLS = {
    "dtype": (lambda o: sums(A.astype("f4"), B, o), "`a`"),
    "dtype of out": (lambda o: sums(A, B, o.astype("i8")), "`out`"),
    "complex": (lambda o: sums(A.astype(complex), B, o), "'a'"),
    "objects": (lambda o: sums(A.astype(object), B, o), "'a'"),
    "bytes": (lambda o: sums(A.astype("S8"), B, o), "'a'"),
    "half": (lambda o: sums(A, B.astype("f2"), o), "'b'"),
    "foreign byte order": (lambda o: sums(A.astype(">f8"), B, o), "'a'"),
    "too few axes": (lambda o: sums(A[0], B, o), "'a'"),
    "too many axes": (lambda o: sums(A[None], B, o), "'a'"),
    "number": (lambda o: sums(1.0, B, o), "'a'"),
    "nothing": (lambda o: sums(A, None, o), "'b'"),
    "text": (lambda o: sums(A, "b", o), "'b'"),
    "list": (lambda o: sums(A.tolist(), B, o), "'a'"),
    "masked": (lambda o: sums(np.ma.masked_less(A, 0.0), B, o), "mask"),
    "dimensions": (lambda o: sums(gtx.as_field([I, Edge], A), B, o), "'a'"),
    "too small": (lambda o: sums(A[:-1], B, o), "`a`.*`I`"),
    "starts late": (lambda o: sums(A, gtx.as_field({I: (1, 9), J: 6}, B), o), "`b`.*`I`"),
    "no room for shifts": (lambda o: across(A, out=o), "`a`.*`I`"),
    "read-only": (lambda o: sums(A, B, FROZEN), "`out`"),
    "elements share memory": (lambda o: sums(A, B, stride_zero((8, 6))), "`out`"),
    "unaligned output": (lambda o: sums(A, B, PACKED), "'out'"),
    "argument missing": (lambda o: sums(A, B), "'out'"),
    "argument too many": (lambda o: sums(A, B, o, o), "3 positional"),
    "argument twice": (lambda o: sums(A, B, o, a=A), "'a'"),
    "argument unknown": (lambda o: sums(A, B, out=o, c=A), "'c'"),
    "out missing": (lambda o: add(A, B), "'out'"),
    "out is a tuple": (lambda o: add(A, B, out=(o,)), "'out'"),
    "domain too large": (lambda o: add(A, B, out=o, domain={I: (0, 9), J: 6}), "'I'"),
    "domain too low": (lambda o: add(A, B, out=o, domain={I: (-1, 8), J: 6}), "'I'"),
    "domain of others": (lambda o: add(A, B, out=o, domain={Edge: 3}), "'Edge'"),
    "domain far away": (lambda o: add(A, B, out=o, domain={I: (2**62, 2**63 - 1), J: 6}), "'I'"),
    "domain is text": (lambda o: add(A, B, out=o, domain="all"), "domain"),
    "domain beyond 64 bits": (lambda o: add(A, B, out=o, domain={I: (0, 2**70), J: 6}), "'I'"),
    "integer too large": (lambda o: scalars(A, 2**31, 1.0, True, out=o), "'n'"),
    "float for integer": (lambda o: scalars(A, 1.0, 1.0, True, out=o), "'n'"),
    "other width": (lambda o: scalars(A, np.int64(1), 1.0, True, out=o), "'n'"),
    "truth for integer": (lambda o: scalars(A, True, 1.0, True, out=o), "'n'"),
    "float32 for float64": (lambda o: scalars(A, 1, np.float32(1), True, out=o), "'x'"),
    "beyond floats": (lambda o: scalars(A, 1, 10**400, True, out=o), "'x'"),
    "integer for truth": (lambda o: scalars(A, 1, 1.0, 1, out=o), "'on'"),
    "array for scalar": (lambda o: scalars(A, 1, A, True, out=o), "'x'"),
}


@pytest.mark.parametrize("case", WRONG_CALLS)
@pytest.mark.parametrize("warm", [False, True])
def test_wrong_calls_are_refused(case, warm):
    call, text = WRONG_CALLS[case]
    if warm:
        sums(A, B, np.zeros((8, 6)))
        add(A, B, out=np.zeros((8, 6)))
        scalars(A, 1, 1.0, True, out=np.zeros((8, 6)))
    out = np.full((8, 6), 7.0)
    with pytest.raises((TypeError, ValueError, IndexError, errors.BiseError), match=text):
        call(out)
    assert (out == 7.0).all()
    assert not PACKED.any()


def test_objects_that_lie():
    class Raises:
        @property
        def __array_interface__(self):
            raise RuntimeError("no")

    class Null:
        @property
        def __array_interface__(self):
            return {"shape": (8, 6), "typestr": "<f8", "data": (0, False), "version": 3}

    class Nonsense:
        def __array__(self, *args, **options):
            return "text"

    released = memoryview(A.copy())
    released.release()
    for liar in (Raises(), Null(), Nonsense(), released, np, np.ndarray):
        out = np.full((8, 6), 7.0)
        with pytest.raises((TypeError, ValueError, RuntimeError)):
            sums(liar, B, out)
        assert (out == 7.0).all()


def test_references_are_given_back():
    a, out = A.copy(), np.zeros((8, 6))
    before = sys.getrefcount(a), sys.getrefcount(out)
    for _ in range(50):
        sums(a, a, out)
        for wrong in (lambda: sums(a, a[:2], out), lambda: sums(a, None, out), lambda: sums(a, a)):
            with pytest.raises((TypeError, IndexError, errors.BiseError)):
                wrong()
    assert (sys.getrefcount(a), sys.getrefcount(out)) == before


# ---- tables

TABLE = np.array([[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, -1, 0]], dtype=np.int32)
E = np.arange(10.0)
SUMS = [3.0, 12.0, 21.0, 9.0]

GOOD_TABLES = {
    "64 bits": lambda: TABLE.astype(np.int64),
    "16 bits": lambda: TABLE.astype(np.int16),
    "Fortran": lambda: np.asfortranarray(TABLE),
    "backwards": lambda: TABLE[::-1].copy()[::-1],
    "stepped": lambda: np.repeat(TABLE, 2, axis=1)[:, ::2],
    "more rows": lambda: np.vstack([TABLE, TABLE]),
    "foreign byte order": lambda: gtx.as_connectivity([Vertex, V2EDim], Edge, TABLE.astype(">i4")),
    "list": TABLE.tolist,
}


@pytest.mark.parametrize("case", GOOD_TABLES)
def test_any_integers_will_do(case):
    out = np.zeros(4)
    around(E, out=out, offset_provider={"V2E": GOOD_TABLES[case]()})
    assert out.tolist() == SUMS


def connect(dims, codomain, data=TABLE, **options):
    return {"V2E": gtx.as_connectivity(dims, codomain, data, **options)}


WRONG_TABLES = {
    "none at all": (lambda: None, "'V2E'"),
    "other name": (lambda: {"E2V": TABLE}, "'V2E'"),
    "not a table": (lambda: {"V2E": None}, "V2E"),
    "index too large": (lambda: {"V2E": np.where(TABLE == 9, 10, TABLE)}, "`e`.*`Edge`"),
    "index far too large": (
        lambda: {"V2E": np.where(TABLE == 9, 2**40, TABLE.astype(np.int64))},
        "`e`.*`Edge`",
    ),
    "index negative": (lambda: {"V2E": np.where(TABLE == -1, -2, TABLE)}, "'V2E'.* -2"),
    "wrapped around": (lambda: {"V2E": TABLE.astype(np.uint32)}, "`e`.*`Edge`"),
    "floats": (lambda: {"V2E": TABLE.astype(float)}, "float64"),
    "truth values": (lambda: {"V2E": TABLE > 0}, "bool"),
    "one axis": (lambda: {"V2E": TABLE[:, 0]}, "'V2E'.*two axes"),
    "three axes": (lambda: {"V2E": TABLE[None]}, "'V2E'.*two axes"),
    "too few rows": (lambda: {"V2E": TABLE[:3]}, "`V2E` has 3 rows"),
    "leads elsewhere": (lambda: connect([Vertex, V2EDim], Vertex), "'V2E'.*'Vertex'.*'Edge'"),
    "starts elsewhere": (lambda: connect([Edge, V2EDim], Edge), "'V2E'.*'Edge'.*'Vertex'"),
    "axes swapped": (lambda: connect([V2EDim, Vertex], Edge), "local dimension"),
    "moved": (lambda: connect({Vertex: (1, 5), V2EDim: 3}, Edge), "counted from 0"),
    "other skip value": (lambda: connect([Vertex, V2EDim], Edge, skip_value=99), "skip value"),
    "skips denied": (lambda: connect([Vertex, V2EDim], Edge, skip_value=None), "skip_value"),
}


@pytest.mark.parametrize("case", WRONG_TABLES)
def test_wrong_tables_are_refused(case):
    provider, text = WRONG_TABLES[case]
    out = np.full(4, 7.0)
    with pytest.raises((TypeError, ValueError, IndexError, errors.BiseError), match=text):
        around(E, out=out, offset_provider=provider())
    assert (out == 7.0).all()
    with pytest.raises(errors.BiseError, match=r"V2E\[7\]"):
        eighth(E, out=out, offset_provider={"V2E": TABLE})


def test_tables_are_known_by_identity():
    for k in range(300):
        # Arrays are born at addresses where others have died.
        entries, out = np.full((4, 3), k % 10, dtype=np.int32), np.zeros(4)
        around(E, out=out, offset_provider={"V2E": entries[::1]})
        assert (out == 3 * (k % 10)).all()
    checked, out = TABLE.copy(), np.zeros(4)
    around(E, out=out, offset_provider={"V2E": checked})
    checked[:] = 10**6
    around(E, out=out, offset_provider={"V2E": checked})
    assert out.tolist() == SUMS
    gtx.revalidate(checked)
    with pytest.raises(errors.BiseError, match="Edge"):
        around(E, out=out, offset_provider={"V2E": checked})
    made = gtx.as_connectivity([Vertex, V2EDim], Edge, TABLE)
    with pytest.raises(ValueError, match="read-only"):
        made.ndarray[0, 0] = 10**6


# ---- fields


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: gtx.zeros({I: 2**62}), "too large"),
        (lambda: gtx.zeros({I: 2**40, J: 2**20}), "too large|out of memory"),
        (lambda: gtx.zeros({I: -3}), "negative"),
        (lambda: gtx.zeros({I: None}), "inf"),
        (lambda: gtx.zeros({"I": 3}), "str"),
        (lambda: gtx.zeros({I: 2}, dtype=complex), "complex128"),
        (lambda: gtx.zeros({I: 2}, dtype=object), "object"),
        (lambda: gtx.full({I: 2}, "x"), "str"),
        (lambda: gtx.as_field([I, J], np.ones(3)), "axes"),
        (lambda: gtx.as_field({I: 4}, np.ones(3)), "shape"),
        (lambda: gtx.as_field([I, I], np.ones((2, 2))), "twice"),
        (lambda: gtx.as_field([I], np.ones(3), origin={J: 1}), "'J'"),
        (lambda: gtx.as_field([I], np.ma.masked_equal(np.ones(3), 1.0)), "masked"),
        (lambda: gtx.as_field([I], np.ones(3))[True], "bool"),
        (lambda: gtx.as_field([I], np.ones(3))[4], "index 4"),
        (lambda: gtx.as_field([I], np.ones(3))[1:9], "1:9"),
        (lambda: gtx.as_field([I], np.ones(3))[I(7)], "7"),
        (lambda: gtx.as_field([I], np.ones(3))[::2], "step"),
        (lambda: bool(gtx.as_field([I], np.ones(3))), "truth|bool"),
        (lambda: gtx.UnitRange(0, 2**70), "integer"),
    ],
)
def test_fields_are_refused(make, text):
    with pytest.raises((TypeError, ValueError, IndexError, MemoryError, NotImplementedError), match=text):
        make()


def test_points_are_counted_without_overflow():
    assert gtx.domain({I: 2**62, J: 2**62}).size == 2**124
    assert gtx.domain({I: 2**62, J: 0}).size == 0


@pytest.mark.parametrize(
    "move",
    [
        lambda: gtx.UnitRange(2**62, 2**63 - 2) + 2**62,
        lambda: gtx.UnitRange(0, 2**63 - 2) + 1,
        lambda: gtx.UnitRange(-(2**62), 0) - (2**63 - 1),
        lambda: gtx.ones({I: 3})(I + (2**63 - 1))(I + 2),
        lambda: gtx.ones({I: 3})(I - (2**63 - 3)),
        lambda: (I + (2**63 - 1)) + 1,
        lambda: gtx.as_field([I], np.zeros(3), origin={I: -(2**63) + 1}),
    ],
)
def test_nothing_moves_beyond_all_indices(move):
    with pytest.raises(OverflowError, match="beyond all indices|too large"):
        move()
    assert gtx.UnitRange(0, gtx.Infinity.POSITIVE) + 5 == gtx.UnitRange(5, gtx.Infinity.POSITIVE)


def test_data_of_files_is_converted():
    data = np.arange(3).astype(">f8")
    field = gtx.as_field([I], data)
    assert field.dtype == np.float64 and field.asnumpy().tolist() == [0.0, 1.0, 2.0]
    unmasked = np.ma.masked_array(np.ones(3), mask=[False] * 3)
    assert gtx.as_field([I], unmasked).asnumpy().tolist() == [1.0, 1.0, 1.0]


# ---- sources

HEAD = """import bise as gtx
from bise import Field, float64
I = gtx.Dimension("I")
IF = Field[[I], float64]
"""


@pytest.fixture
def load(tmp_path):
    """Imports a module with that text."""
    count = itertools.count()

    def load(text, head=HEAD):
        path = tmp_path / f"source{next(count)}.py"
        path.write_bytes(text if isinstance(text, bytes) else (head + text).encode())
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


OPERATOR = "@gtx.field_operator\ndef f(a: IF) -> IF:\n"


@pytest.mark.parametrize(
    "text",
    [
        (HEAD + OPERATOR + "    '''a\n    b'''\n    b = a\n    return b\n").replace("\n", "\r\n").encode(),
        (HEAD + OPERATOR + "    return a\n").replace("\n", "\r").encode(),
        b"\xef\xbb\xbf" + (HEAD + OPERATOR + "    return a\n").encode(),
        b"# coding: latin-1\n" + (HEAD + OPERATOR + "    # \xe9\n    return a\n").encode("latin-1"),
        OPERATOR + "\tb = a\n        \n\treturn b\n",
        OPERATOR + "    \u0394\u03b8 = a; return \\\n \u0394\u03b8\n",
        "@gtx.field_operator\ndef f(\ufb01: IF) -> IF: return fi\n",
        "@gtx.field_operator(\n    backend=None,\n)\ndef f(a: IF,  # (\n    ) -> IF:\n    return (\na\n)\n",
        "def other(g):\n    return g\n@other\n@gtx.field_operator\n@other\ndef f(a: IF) -> IF:\n    return a\n",
        "class C:\n    @gtx.field_operator\n    def f(a: IF) -> IF:\n        return a\nf = C.f\n",
        "def make(c):\n    @gtx.field_operator\n    def f(a: IF) -> IF:\n        return a * c\n    return f\nf = make(1.0)\n",
    ],
)
def test_sources_are_read_as_python_reads_them(load, text):
    out = np.zeros(3)
    load(text).f(np.arange(3.0), out=out)
    assert out.tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("text", "error", "match"),
    [
        (
            "@gtx.field_operator\n@gtx.field_operator\ndef f(a: IF) -> IF:\n    return a\n",
            TypeError,
            "decorates",
        ),
        ("f = gtx.field_operator(lambda a: a)\n", TypeError, "lambda"),
        ("f = gtx.field_operator(len)\n", TypeError, "len"),
        ("@gtx.field_operator\nclass f: pass\n", TypeError, "decorates"),
        ("@gtx.field_operator\nasync def f(a: IF) -> IF:\n    return a\n", errors.DSLError, "asynchronous"),
        (OPERATOR + "    yield a\n", errors.DSLError, "yield|return"),
        (OPERATOR + "    return f(a)\n", errors.DSLError, "call itself"),
        (
            OPERATOR + "    def g(x):\n        return x\n    return g(a)\n",
            errors.DSLError,
            "functions inside",
        ),
        (OPERATOR + "    return " + "-" * 2000 + "a\n", errors.DSLError, "nested"),
        (OPERATOR + "    return a * c.x\nclass C: pass\n", errors.DSLError, "`c`"),
        (OPERATOR + "    return a(I + 99999999999)\n", errors.DSLError, "distance"),
        (OPERATOR + "    return a * 123456789012345678901234567890\n", errors.DSLError, "64 bits"),
        ("def g(x): return x\n" + OPERATOR + "    return g(a)\n", errors.DSLError, "'g'.*field_operator"),
        (
            "class C:\n    @property\n    def x(self): raise ValueError('boom')\nc = C()\n"
            + OPERATOR
            + "    return a * c.x\n",
            errors.DSLError,
            "boom",
        ),
    ],
)
def test_sources_that_are_no_operators(load, text, error, match):
    with pytest.raises(error, match=match):
        load(text)


def test_redefinition_changes_nothing_that_was_made_before(load):
    module = load(
        "c = 2.0\n@gtx.field_operator\ndef g(a: IF) -> IF:\n    return a * c\n"
        + OPERATOR
        + "    return g(a)\nc = 5.0\n@gtx.field_operator\ndef g(a: IF) -> IF:\n    return a + 100.0\n"
        + OPERATOR.replace("f(", "again(")
        + "    return f(a) + g(a)\n"
    )
    out = np.zeros(2)
    module.f(np.ones(2), out=out)
    assert out.tolist() == [2.0, 2.0]
    module.again(np.ones(2), out=out)
    assert out.tolist() == [103.0, 103.0]


@pytest.mark.parametrize("body", ["g{0}(a) + g{0}(a)", "g{0}(a(I + 1)) - g{0}(a)"])
def test_towers_of_calls_are_compiled_in_no_time(load, body):
    floors = 60 if "-" not in body else 9
    text = OPERATOR.replace("f(", "g0(") + "    return a * 0.5\n"
    for k in range(floors):
        text += OPERATOR.replace("f(", f"g{k + 1}(") + f"    return {body.format(k)}\n"
    module = load(text)
    out = np.zeros(1)
    a = np.linspace(0.0, 1.0, 80)
    start = time.monotonic()
    getattr(module, f"g{floors}")(a, out=out)
    assert time.monotonic() - start < 5.0
    assert out[0] == a[0] * 0.5 * 2.0**floors if "-" not in body else abs(out[0]) < 1e-12


# ---- threads, processes, files


def test_threads_call_and_define_at_once(load):
    right = []

    def work(seed):
        module = load(OPERATOR + f"    return a(I + 1) * {seed}.0\n")
        draw = np.random.default_rng(seed)
        for _ in range(20):
            n, m = draw.integers(3, 90, 2)
            a, out = draw.uniform(size=(n, m)), np.zeros((n, m))
            sums(a if seed % 2 else np.asfortranarray(a), a, out)
            line = np.zeros(n - 1)
            module.f(a[:, 0], out=line)
            right.append((out == a + a).all() and (line == a[1:, 0] * seed).all())

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(right) == 120 and all(right)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_process_computes():
    a, out = np.ones((600, 600)), np.zeros((600, 600))
    sums(a, a, out)
    child = os.fork()
    if child == 0:
        out[:] = 0.0
        sums(a, a, out)
        os._exit(0 if (out == 2.0).all() else 3)
    for _ in range(200):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        time.sleep(0.05)
    else:
        os.kill(child, 9)
        os.waitpid(child, 0)
        pytest.fail("the child hangs")
    assert status == 0


def spoil_empty(path):
    path.write_bytes(b"")


def spoil_half(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def spoil_bit(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def spoil_folder(path):
    path.unlink()
    path.mkdir()


@functools.cache
def script():
    return (
        "import sys; sys.path.insert(0, sys.argv[1]); import numpy as np, test_abuse as t\n"
        "out = np.zeros((8, 6)); t.sums(t.A, t.B, out); assert (out == t.A + t.B).all()"
    )


def test_many_processes_may_start_on_one_empty_cache(tmp_path):
    environment = dict(os.environ, BISE_CACHE_DIR=str(tmp_path / "cache"))
    command = [sys.executable, "-c", script(), os.path.dirname(__file__)]
    processes = [subprocess.Popen(command, env=environment) for _ in range(6)]
    assert [process.wait(timeout=120) for process in processes] == [0] * 6
    entries = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert len(entries) == 1, "one program, one entry, and nothing half-written beside it"
    subprocess.run(command, env=environment, check=True)


@pytest.mark.parametrize("spoil", [spoil_empty, spoil_half, spoil_bit, spoil_folder])
def test_spoilt_caches_are_left_alone(tmp_path, spoil):
    environment = dict(os.environ, BISE_CACHE_DIR=str(tmp_path / "cache"))
    command = [sys.executable, "-c", script(), os.path.dirname(__file__)]
    subprocess.run(command, env=environment, check=True)
    files = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert files
    for path in files:
        spoil(path)
    subprocess.run(command, env=environment, check=True)
