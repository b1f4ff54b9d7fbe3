"""Operators and programs in other processes: by name where they can be imported, as text where they cannot."""

import copy
import functools
import gc
import linecache
import math
import pickle
import subprocess
import sys
import textwrap
import threading
import types
import weakref

import numpy as np
import pytest

import bise as gtx
from bise import _pickling, astype, errors, float32, float64, int32, maximum, neighbor_sum, where

cloudpickle = pytest.importorskip("cloudpickle")

I, J = gtx.Dimension("I"), gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
V, E = gtx.Dimension("V"), gtx.Dimension("an edge")
L = gtx.Dimension("L", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=E, target=(V, L))
F = gtx.Field[[I], gtx.float64]
IK = gtx.Field[[I, K], gtx.float64]


@gtx.field_operator
def plain(a: F) -> F:
    return a + 1.0


@gtx.program
def plain_program(a: F, out: F):
    plain(a, out=out)


class Model:
    @gtx.field_operator
    def inside(a: F) -> F:
        return a + 2.0


def scaled(factor, name="scale"):
    @gtx.field_operator
    def scale(a: F) -> F:
        return a * factor

    scale.__qualname__ = name
    return scale


def all_kinds():
    """One of each, none of which has a name that can be imported: with what it takes and gives."""
    n, small, single = 3, 5e-324, np.float32(0.1)
    inner = scaled(2.0)

    @gtx.field_operator
    def shifted(a: F) -> F:
        return inner(a(I + 1)) - inner(a(I - 1))

    @gtx.field_operator
    def conditional(a: F, b: gtx.int32) -> tuple[F, tuple[F, F]]:
        x = where(a > 1.0, a, -a) if b > n else maximum(a, 0.0)
        return x, (a + small, a * astype(single, float64))

    @gtx.scan_operator(axis=K, forward=False, init=(0.5, 2))
    def up(carry: tuple[float, int32], x: float) -> tuple[float, int32]:
        return carry[0] * 0.5 + x, carry[1] + 1

    @gtx.field_operator
    def mesh(a: gtx.Field[[E], gtx.float64]) -> gtx.Field[[V], gtx.float64]:
        return neighbor_sum(a(V2E), axis=L) + a(V2E[0])

    @gtx.program
    def steps(a: F, out: F, m: gtx.int32):
        inner(a, out=out[1:])
        shifted(a, out=out, domain={I: (m, 4)})

    @gtx.program
    def columns(a: IK, out: IK, count: gtx.Field[[I, K], gtx.int32]):
        up(a, out=(out, count))

    a, k, e = np.arange(8.0), np.arange(12.0).reshape(3, 4), np.arange(5.0)
    table = np.array([[0, 1], [2, -1], [4, 3]], np.int32)
    ik, iki = (np.zeros((3, 4), dtype) for dtype in (float, np.int32))
    return {
        "inner": (inner, (a,), np.zeros(8), {}),
        "shifted": (shifted, (gtx.as_field({I: (-1, 7)}, a),), np.zeros(6), {}),
        "conditional": (conditional, (a, 7), (np.zeros(8), (np.zeros(8), np.zeros(8))), {}),
        "up": (up, (gtx.as_field([I, K], k),), (gtx.as_field([I, K], ik), gtx.as_field([I, K], iki)), {}),
        "mesh": (mesh, (e,), np.zeros(3), {"V2E": table}),
        "steps": (steps, (a, np.zeros(8), 2), None, {}),
        "columns": (columns, (k, ik.copy(), iki.copy()), None, {}),
    }


def arrays(value):
    if isinstance(value, tuple):
        return [array for item in value for array in arrays(item)]
    return [value.asnumpy() if isinstance(value, gtx.Field) else np.array(value)]


def called(kind):
    """What a call leaves, as bytes."""
    op, args, out, tables = copy.deepcopy(kind)
    keywords = {} if out is None else {"out": out}
    op(*args, offset_provider=tables, **keywords)
    return (
        [array.tobytes() for array in arrays((args, out))]
        if out is None
        else [array.tobytes() for array in arrays(out)]
    )


KINDS = ("inner", "shifted", "conditional", "up", "mesh", "steps", "columns")


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("name", KINDS)
def test_what_has_no_name_is_sent_as_text(name, protocol):
    op, *rest = all_kinds()[name]
    again = pickle.loads(pickle.dumps(op, protocol))
    assert again is not op and type(again) is type(op)
    assert called((again, *rest)) == called((op, *rest))
    assert again.source == op.source and again.__name__ == op.__name__ and again.__module__ == __name__


@pytest.mark.parametrize(
    "dumps", [cloudpickle.dumps, lambda whole: pickle._dumps(whole, 5)], ids=["cloud", "python"]
)
@pytest.mark.parametrize("name", KINDS)
def test_in_a_process_that_knows_nothing(name, dumps, tmp_path):
    kind = all_kinds()[name]
    (tmp_path / "sent").write_bytes(dumps(kind))
    script = textwrap.dedent("""
        import pickle, sys
        import numpy as np
        import bise
        op, args, out, tables = pickle.load(open(sys.argv[1], "rb"))
        op(*args, offset_provider=tables, **({} if out is None else {"out": out}))
        pickle.dump((args, out), open(sys.argv[1], "wb"))
    """)
    subprocess.run([sys.executable, "-c", script, tmp_path / "sent"], check=True, timeout=60, cwd=tmp_path)
    args, out = pickle.loads((tmp_path / "sent").read_bytes())
    found = [array.tobytes() for array in arrays((args, out) if out is None else out)]
    assert found == called(kind)


SCRIPT = """
import functools, multiprocessing, pickle, sys
from concurrent.futures import ProcessPoolExecutor

import cloudpickle
import numpy as np

import bise as gtx

I = gtx.Dimension("I")
F = gtx.Field[[I], gtx.float64]
FACTOR = 3.0


@gtx.field_operator
def times(a: F) -> F:
    return a * FACTOR


@gtx.program
def step(a: F, out: F):
    times(a, out=out)


def made(shift):
    @gtx.field_operator
    def add(a: F) -> F:
        return times(a) + shift

    return add


FACTOR = 5.0


def run(op, n):
    out = np.zeros(n)
    keywords = {"out": out} if isinstance(op, gtx.FieldOperator) else {}
    op(np.ones(n), *([] if keywords else [out]), offset_provider={}, **keywords)
    return out.tolist()


def unpacked(sent):
    return pickle.loads(sent)()


if __name__ == "__main__":
    method = sys.argv[1]
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        for op, value in [(times, 3.0), (step, 3.0), (made(4.0), 7.0), (times.with_backend("reference"), 3.0)]:
            assert list(pool.map(functools.partial(run, op), range(1, 9))) == [[value] * n for n in range(1, 9)], op
        add = made(1.0)
        sent = cloudpickle.dumps(lambda: run(add, 2) + run(times, 1))
        assert pool.submit(unpacked, sent).result() == [4.0, 4.0, 3.0]
    print("well")
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_scripts_with_pools_of_processes(method, tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    line = [sys.executable, tmp_path / "script.py", method]
    done = subprocess.run(line, check=False, capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert done.stdout == "well\n", done.stderr


def test_what_has_a_name_is_sent_by_name():
    for whole in (plain, plain_program, Model.inside):
        for dumps in (pickle.dumps, cloudpickle.dumps):
            sent = dumps(whole)
            assert pickle.loads(sent) is whole and b"field_operator" not in sent


def test_another_backend_has_no_name():
    again = pickle.loads(pickle.dumps(plain.with_backend("reference")))
    assert again is not plain and again.backend == "reference" and again.__name__ == "plain"
    native = pickle.loads(pickle.dumps(scaled(2.0).with_grid_type(gtx.GridType.CARTESIAN)))
    assert native.backend == "native" and native.grid_type is gtx.GridType.CARTESIAN


def test_modules_that_are_sent_by_value():
    here = sys.modules[__name__]
    cloudpickle.register_pickle_by_value(here)
    try:
        sent = cloudpickle.dumps(plain_program)
    finally:
        cloudpickle.unregister_pickle_by_value(here)
    assert b"field_operator" in sent and pickle.loads(sent) is not plain_program


def test_a_name_that_stands_for_something_else():
    module = types.ModuleType("some_module_of_a_test")
    sys.modules[module.__name__] = module
    try:
        op, module.op = scaled(2.0), scaled(3.0)
        op.__module__, op.__qualname__ = module.__name__, "op"
        out = np.zeros(1)
        pickle.loads(pickle.dumps(op))(np.ones(1), out=out, offset_provider={})
        assert out[0] == 2.0
        module.op = op
        assert pickle.loads(pickle.dumps(op)) is op
    finally:
        del sys.modules[module.__name__]


@pytest.mark.parametrize("number", [-0.0, math.inf, -math.inf, math.nan, 5e-324, 0.1, 1e300, np.pi], ids=repr)
def test_constants_keep_their_bits(number):
    op, out, again = scaled(number), np.zeros(1), np.zeros(1)
    op(np.ones(1), out=out, offset_provider={})
    _pickling._known.clear()
    pickle.loads(pickle.dumps(op))(np.ones(1), out=again, offset_provider={})
    assert out.tobytes() == again.tobytes() or math.isnan(number) and np.isnan(again[0])


def test_constants_are_those_of_the_definition():
    factor = 2.0

    @gtx.field_operator
    def op(a: F) -> F:
        return a * factor

    factor = 3.0
    for dumps in (pickle.dumps, cloudpickle.dumps):
        out = np.zeros(1)
        pickle.loads(dumps(op))(np.ones(1), out=out, offset_provider={})
        assert out[0] == 2.0
    assert factor == 3.0


def test_copies_are_the_same():
    for op in (plain, plain_program, scaled(2.0)):
        assert copy.copy(op) is op and copy.deepcopy(op) is op and copy.deepcopy([op])[0] is op


def test_attributes_travel():
    op = scaled(2.0)
    op.unit, op.itself, op.__doc__ = "m", op, "Doubles."
    again = pickle.loads(pickle.dumps(op))
    assert again.unit == "m" and again.itself is again and again.__doc__ == "Doubles."
    assert again.__qualname__ == "scale" and callable(again.definition)


def test_text_in_text():
    op = scaled(2.0)
    for _ in range(3):
        op = pickle.loads(pickle.dumps(op))
    outer = op

    @gtx.field_operator
    def again(a: F) -> F:
        return outer(a) + 1.0

    out = np.zeros(1)
    pickle.loads(pickle.dumps(again))(np.ones(1), out=out, offset_provider={})
    assert out[0] == 3.0
    gtx.field_operator(op.definition)(np.ones(1), out=out, offset_provider={})
    assert out[0] == 2.0


def test_operators_of_one_name():
    ops = [scaled(float(n)) for n in range(20)]
    for n, op in enumerate(pickle.loads(pickle.dumps(ops))):
        out = np.zeros(1)
        op(np.ones(1), out=out, offset_provider={})
        assert out[0] == n


@pytest.mark.parametrize(
    "name", ["class", "a b", "é", "\N{SNOWMAN}", 'q"uote', "back\\slash", "new\nline", "\x7f"]
)
def test_names_of_dimensions(name):
    dim = gtx.Dimension(name)
    G = gtx.Field[[dim], gtx.float64]
    names = {"dim": dim, "G": G, "gtx": gtx}
    op = _made("@gtx.field_operator\ndef op(a: G) -> G:\n    return a(dim + 1)\n", **names)
    sent = pickle.dumps(op)
    _pickling._known.clear()
    out = gtx.zeros({dim: 2})
    pickle.loads(sent)(gtx.as_field([dim], np.arange(3.0)), out=out, offset_provider={})
    assert out.asnumpy().tolist() == [1.0, 2.0]


def _made(text, **names):
    file = f"<of a test: {text} {names}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    exec(compile(text, file, "exec"), names)  # noqa: S102 - names are parameters of the test
    return names["op"]


def test_errors_after_the_way():
    @gtx.field_operator
    def ahead(a: F) -> F:
        return a(I + 1)

    sent = pickle.dumps(ahead)
    _pickling._known.clear()
    out = np.zeros(2)
    with pytest.raises(errors.IndexOutOfBounds, match=r"a\(I \+ 1\)"):
        pickle.loads(sent)(np.ones(2), out=out, offset_provider={})
    assert not out.any()


def test_partial_functions_and_containers():
    table = {"half": functools.partial(scaled(0.5), offset_provider={})}
    out = np.zeros(1)
    pickle.loads(pickle.dumps(table))["half"](np.ones(1), out=out)
    assert out[0] == 0.5


def test_many_threads():
    sent = [pickle.dumps(scaled(float(n))) for n in range(8)]
    _pickling._known.clear()
    wrong = []

    def work():
        for n, text in enumerate(sent):
            out = np.zeros(4)
            pickle.loads(text)(np.ones(4), out=out, offset_provider={})
            if (out != n).any():
                wrong.append(n)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_what_came_is_collected():
    first = weakref.ref(pickle.loads(pickle.dumps(scaled(1000.5))))
    for n in range(80):
        pickle.loads(pickle.dumps(scaled(n + 0.25)))
    gc.collect()
    assert first() is None and len(_pickling._known) <= 70


@pytest.mark.parametrize("dtype", [np.int8, np.uint64, np.float32, np.bool_])
def test_other_types(dtype):
    one = dtype(1)
    name = np.dtype(dtype).name
    T = gtx.Field[[I], dtype]
    body = "where(a, one, False)" if dtype is np.bool_ else "a + one"
    op = _made(
        f"@gtx.field_operator\ndef op(a: T) -> T:\n    return {body}\n", one=one, T=T, gtx=gtx, where=where
    )
    sent = pickle.dumps(op)
    assert name.encode() in sent
    _pickling._known.clear()
    out = np.zeros(1, dtype)
    pickle.loads(sent)(np.ones(1, dtype), out=out, offset_provider={})
    assert out[0] == (True if dtype is np.bool_ else 2)


@pytest.mark.parametrize(
    "thing",
    [I, K, V2E, F, I + 1, gtx.domain({I: (1, 3)}), gtx.GridType.CARTESIAN, gtx.DimensionKind.LOCAL, float32],
    ids=str,
)
def test_what_goes_along(thing):
    for dumps in (pickle.dumps, cloudpickle.dumps):
        again = pickle.loads(dumps(thing))
        assert again == thing and hash(again) == hash(thing)
