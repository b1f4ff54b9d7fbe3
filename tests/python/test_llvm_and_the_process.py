"""No program ends the process: what LLVM gives up on is an exception."""

import linecache
import os
import sys
import threading

import children
import numpy as np
import pytest

import bise as gtx
from bise import abs, astype, bool, float64, int32, neg

K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)


@gtx.scan_operator(axis=K, forward=False, init=(float64(0.0), int32(0), float64(1.0)))
def nested(c: tuple[float64, int32, float64], m: int32, n: int32) -> tuple[float64, int32, float64]:
    p, q, r = c
    t = (
        (True if astype(q, bool) else astype(n, bool))
        if (astype(n, bool) if astype(m, bool) else astype(m, bool))
        else (False if astype(n, bool) else astype(r, bool))
    )
    return p if t else r, neg(astype(astype(n, bool), int32) * 100), p


@gtx.field_operator
def conditions(a: gtx.Field[[K], int32]) -> gtx.Field[[K], float64]:
    return nested(a * a, abs(a))[0]


def test_conditions_that_llvm_does_not_simplify_in_one_go():
    a = np.array([1, 0, 2, 0, 0, -3, 1, 1, 0, 5, 0, 2], np.int32)
    out, want = np.zeros(12), np.zeros(12)
    conditions(a, out=out)
    p, q, r = 0.0, 0, 1.0
    for k in reversed(range(12)):
        m, n = a[k] * a[k], np.abs(a[k])
        t = (q != 0 or n != 0) if (n != 0 if m else False) else (False if n else r != 0)
        p, q, r = (p if t else r), -int(n != 0) * 100, p
        want[k] = p
    assert out.tolist() == want.tolist()


linux = pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are those of Linux")

#: Fresh operators, each compiled with as many megabytes of room as the argument says.
SHORT_OF_MEMORY = """
import linecache, resource, sys
import numpy as np, bise as gtx

I = gtx.Dimension("I")
F = gtx.Field[[I], gtx.float64]

def make(number):
    text = f'''
@gtx.field_operator
def op(a: F, b: F) -> tuple[F, F]:
    c = gtx.sin(a) * b + {number}.0
    d = gtx.where(c > 0.0, c, a * a) + gtx.exp(b)
    return c * d - a / (b * b + 1.0), d
'''
    name = f"<operator {number}>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    scope = {"gtx": gtx, "F": F}
    exec(compile(text, name, "exec"), scope)
    return scope["op"]

def used():
    return int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()

def check(number, a, b, out):
    c = np.sin(a) * b + number
    d = np.where(c > 0.0, c, a * a) + np.exp(b)
    assert np.allclose(out[0], c * d - a / (b * b + 1.0)) and np.allclose(out[1], d)

a, b = np.linspace(-1, 1, 50), np.linspace(0, 2, 50)
refused = 0
for number, room in enumerate(eval(sys.argv[1]), 1):
    op, out = make(number), (np.full(50, 7.0), np.full(50, 7.0))
    resource.setrlimit(resource.RLIMIT_AS, (used() + int(room * 2**20), -1))
    try:
        op(a, b, out=out)
    except MemoryError as error:
        refused += 1
        assert "op" in str(error)
        resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
        assert (out[0] == 7.0).all() and (out[1] == 7.0).all()
        op(a, b, out=out)
    resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
    check(number, a, b, out)
print(refused)
"""


@linux
@pytest.mark.parametrize("rooms", ["[1, 2, 4, 7]", "[8.5, 9, 9.5, 10, 11]", "[12, 14, 16, 18, 20, 24, 28]"])
def test_where_there_is_no_memory_to_compile(tmp_path, rooms):
    refused = children.succeed(tmp_path, SHORT_OF_MEMORY, rooms, BISE_CACHE_DIR="")
    assert int(refused) > 0


@linux
def test_where_there_is_no_memory_to_load(tmp_path):
    cache = str(tmp_path / "cache")
    children.succeed(tmp_path, SHORT_OF_MEMORY, "[100, 100, 100, 100, 100]", BISE_CACHE_DIR=cache)
    children.succeed(tmp_path, SHORT_OF_MEMORY, "[0.5, 1, 2, 4, 8]", BISE_CACHE_DIR=cache)


def fresh(number: int):
    """An operator that was not compiled before."""
    text = f"""
@gtx.field_operator
def op(a: F) -> F:
    return a * {number}.25 + gtx.sqrt(a + {number + 1}.0)
"""
    name = f"<fresh {number}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    scope = {"gtx": gtx, "F": gtx.Field[[K], float64]}
    exec(compile(text, name, "exec"), scope)  # noqa: S102 - as notebooks do
    return scope["op"]


def is_right(number: int) -> bool:
    a, out = np.arange(9.0), np.zeros(9)
    fresh(number)(a, out=out)
    return np.array_equal(out, a * (number + 0.25) + np.sqrt(a + (number + 1.0)))


def test_threads_that_compile_at_once():
    results = {}
    threads = [
        threading.Thread(target=lambda number=number: results.update({number: is_right(number)}))
        for number in range(100, 116)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == dict.fromkeys(range(100, 116), True)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_a_child_of_a_fork_compiles():
    assert is_right(200)
    child = os.fork()
    if child == 0:
        os._exit(0 if is_right(201) and is_right(202) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert is_right(203)
