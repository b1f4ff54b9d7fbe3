"""`while`, against NumPy and plain Python."""

import math
import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import bise as gtx
from bise import Field, abs, exp, float64, int32, where

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
IJK = Field[[I, J, K], float64]
Line = Field[[I], float64]


@gtx.field_operator
def most(t: IJK, p: IJK) -> IJK:
    return 380.0 * exp(17.27 * (t - 273.16) / (t - 35.86)) / p


@gtx.field_operator
def adjusted(t: IJK, q: IJK, p: IJK) -> tuple[IJK, IJK, Field[[I, J, K], int32]]:
    warm, off, n = t, 1.0, 0
    while (abs(off) > 1.0e-6) & (n < 20):
        off = warm - t - 2490.0 * (q - most(warm, p))
        warm = warm - off / (1.0 + 2490.0 * 4100.0 * most(warm, p) / ((warm - 35.86) * (warm - 35.86)))
        n = n + 1
    wet = q > most(t, p)
    return where(wet, warm, t), where(wet, most(warm, p), q), where(wet, n, 0)


@pytest.mark.parametrize("size", [(1, 1, 1), (7, 5, 3), (64, 33, 40)])
def test_saturation_adjustment(size):
    rng = np.random.default_rng(1)
    t, q, p = rng.uniform(260, 300, size), rng.uniform(0, 0.02, size), rng.uniform(5e4, 1e5, size)
    fields = [gtx.as_field([I, J, K], a) for a in (t, q, p)]
    out = [gtx.zeros({I: size[0], J: size[1], K: size[2]}, dtype=d) for d in (float, float, np.int32)]
    adjusted(*fields, out=tuple(out))
    warm, vapour, rounds = (field.asnumpy() for field in out)
    held = 380.0 * np.exp(17.27 * (warm - 273.16) / (warm - 35.86)) / p
    wet = rounds > 0
    np.testing.assert_allclose(vapour[wet], held[wet], rtol=1e-12)
    np.testing.assert_allclose((warm - t)[wet], 2490.0 * (q - vapour)[wet], atol=1e-5)
    np.testing.assert_array_equal(warm[~wet], t[~wet])
    if size[0] > 9:
        assert len({*rounds[wet]}) > 1
        assert wet.any() and not wet.all()


@gtx.field_operator
def collatz(a: Field[[I], int32]) -> Field[[I], int32]:
    n = 0
    while a != 1:
        a = where(a % 2 == 0, a // 2, 3 * a + 1)
        n = n + 1
    return n


def steps(a):
    n = 0
    while a != 1:
        a = a // 2 if a % 2 == 0 else 3 * a + 1
        n += 1
    return n


@pytest.mark.parametrize("backend", ["native", "reference"])
def test_each_point_goes_its_own_number_of_rounds(backend):
    numbers = np.arange(1, 301, dtype=np.int32)
    out = gtx.zeros({I: 300}, dtype=np.int32)
    collatz.with_backend(backend)(gtx.as_field([I], numbers), out=out)
    assert out.asnumpy().tolist() == [steps(int(a)) for a in numbers]


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def cooled(carry: float64, x: float64) -> float64:
    left = carry + x
    while left > 1.0:
        left = left * 0.5 if left > 4.0 else left - 0.75
    return left


@gtx.field_operator
def cool(a: Field[[I, K], float64]) -> Field[[I, K], float64]:
    return cooled(a)


@pytest.mark.parametrize("order", ["C", "F"])
def test_rounds_in_a_scan(order):
    rng = np.random.default_rng(2)
    a = np.asarray(rng.uniform(0, 9, (70, 20)), order=order)
    out = gtx.as_field([I, K], np.zeros((70, 20), order=order))
    cool(gtx.as_field([I, K], a), out=out)
    expected = np.empty_like(a)
    for i in range(70):
        left = 0.0
        for k in range(20):
            left = left + a[i, k]
            while left > 1.0:
                left = left * 0.5 if left > 4.0 else left - 0.75
            expected[i, k] = left
    np.testing.assert_array_equal(out.asnumpy(), expected)


@gtx.field_operator
def unending(x: Line, n: int32) -> Line:
    while x < 1.0:
        x = x * float64(n)
    return x


@gtx.field_operator
def guarded(x: Line, n: int32) -> Line:
    return unending(x, n) if n > 1 else x


def test_a_branch_that_is_not_taken_has_no_rounds():
    # Without a guard this would never end.
    text = (
        "import numpy as np, bise as gtx\n"
        "from tests.python.test_rounds import I, guarded\n"
        "out = gtx.zeros({I: 5})\n"
        "guarded(gtx.full({I: 5}, 0.5), 0, out=out)\n"
        "print(out.asnumpy().tolist())\n"
        "guarded(gtx.full({I: 5}, 0.25), 2, out=out)\n"
        "print(out.asnumpy().tolist())\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, timeout=120, check=True
    )
    assert run.stdout.splitlines() == [str([0.5] * 5), str([1.0] * 5)]


@gtx.field_operator
def climbs(a: Line, b: Line) -> Line:
    x = a
    while x < b(I + 1):
        x = x + 1.0
    return x(I - 1) - x


def test_results_are_read_elsewhere():
    rng = np.random.default_rng(3)
    a, b = rng.uniform(0, 3, 20_002), rng.uniform(0, 9, 20_003)
    out = gtx.zeros({I: (1, 20_001)})
    climbs(gtx.as_field([I], a), gtx.as_field([I], b), out=out)
    x = a.copy()
    while (goes := x < b[1:]).any():
        x[goes] += 1.0
    np.testing.assert_array_equal(out.asnumpy(), x[:-2] - x[1:-1])


def test_nan_ends_the_rounds():
    a = np.array([0.5, np.nan, np.inf, 3.0])
    out = gtx.zeros({I: 4})

    @gtx.field_operator
    def halved(a: Line) -> Line:
        n = 0
        while (a > 1.0) & (n < 2000):
            a, n = 0.5 * a, n + 1
        return a

    halved(gtx.as_field([I], a), out=out)
    assert out.asnumpy().tolist()[0] == 0.5
    assert math.isnan(out.asnumpy()[1])
    assert out.asnumpy().tolist()[2:] == [math.inf, 0.75]


def test_the_example_of_the_manual(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "rounds.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    dims = 'import bise as gtx\nI = gtx.Dimension("I")\nK = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)\n'
    (tmp_path / "manual.py").write_text(dims + code, encoding="utf-8")
    root = runpy.run_path(str(tmp_path / "manual.py"))["root"]
    a = np.linspace(0.1, 900.0, 60).reshape(12, 5)
    x, n = gtx.zeros({I: 12, K: 5}), gtx.zeros({I: 12, K: 5}, dtype=np.int32)
    root(gtx.as_field([I, K], a), out=(x, n))
    np.testing.assert_allclose(x.asnumpy(), np.sqrt(a), rtol=1e-11)
    assert n.asnumpy().min() < n.asnumpy().max() < 60
