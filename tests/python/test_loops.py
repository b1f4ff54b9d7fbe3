"""Loops of programs: against NumPy, which loops in Python, with both backends."""

import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import bise
import bise as gtx
from bise import Field, float64, int32, int64, neighbor_sum

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
Vertex = gtx.Dimension("Vertex")
V2VDim = gtx.Dimension("V2V", kind=gtx.DimensionKind.LOCAL)
V2V = gtx.FieldOffset("V2V", source=Vertex, target=(Vertex, V2VDim))

IJ = Field[[I, J], float64]
IJK = Field[[I, J, K], float64]

BACKENDS = ["native", "reference"]


@gtx.field_operator
def inflow(a: IJK, b: IJK) -> IJK:
    return a + 0.5 * b(K - 1)


@gtx.field_operator
def slope(t: IJK) -> IJK:
    return t(I + 1) - t(I - 1)


@gtx.field_operator
def handed_on(s: IJK) -> IJK:
    return 0.5 * s(K - 1)


@gtx.field_operator
def balance(b: IJK, c: IJK, s: IJK) -> IJK:
    return b(K - 1) + 0.25 * c + s


@gtx.field_operator
def copied(b: IJK) -> IJK:
    return b


@gtx.program
def forward(a: IJK, b: IJK, c: IJK, t: IJK, s: IJK, r: IJK, nx: int32, ny: int32, nz: int32):
    for k in range(1, nz):
        inflow(a, b, out=t, domain={I: (0, nx), J: (0, ny), K: (k, k + 1)})
        slope(t, out=s, domain={I: (1, nx - 1), J: (0, ny), K: (k, k + 1)})
        handed_on(s, out=c, domain={I: (1, nx - 1), J: (0, ny), K: (k + 1, k + 2)})
        balance(b, c, s, out=b, domain={I: (1, nx - 1), J: (0, ny), K: (k, k + 1)})
        copied(b, out=r, domain={I: (0, nx), J: (0, ny), K: (nz - 1 - k, nz - k)})


def fields(rng, dims, shape, count):
    arrays = [rng.random(shape) for _ in range(count)]
    return [gtx.as_field(dims, array.copy()) for array in arrays], arrays


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("shape", [(23, 4, 8), (3, 1, 1), (64, 33, 5)])
def test_statements_go_level_by_level(backend, shape):
    """As a FORWARD computation of five statements: one reads its neighbours on this level, one writes the level above."""
    nx, ny, nz = shape
    given, (a, b, c, t, s, r) = fields(np.random.default_rng(1), [I, J, K], (nx, ny, nz + 1), 6)
    forward.with_backend(backend)(*given, nx, ny, nz, offset_provider={})
    for k in range(1, nz):
        t[:, :, k] = a[:, :, k] + 0.5 * b[:, :, k - 1]
        s[1:-1, :, k] = t[2:, :, k] - t[:-2, :, k]
        c[1:-1, :, k + 1] = 0.5 * s[1:-1, :, k]
        b[1:-1, :, k] = b[1:-1, :, k - 1] + 0.25 * c[1:-1, :, k] + s[1:-1, :, k]
        r[:, :, nz - 1 - k] = b[:, :, nz - 1 - k]
    for field, expected in zip(given, (a, b, c, t, s, r), strict=True):
        np.testing.assert_array_equal(field.asnumpy(), expected)


@gtx.field_operator
def beside(x: IJK) -> IJK:
    return 0.5 * (x(I - 1) + x(K + 1)) + x


@gtx.program
def backward(x: IJK, nx: int32, ny: int32, nz: int64):
    for k in range(nz - 2, -1, -1):
        beside(x, out=x, domain={I: (1, nx), J: (0, ny), K: (k, k + 1)})


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_level_that_reads_itself_reads_what_was_there(backend):
    (field,), (x,) = fields(np.random.default_rng(2), [I, J, K], (17, 5, 6), 1)
    backward.with_backend(backend)(field, 17, 5, 6, offset_provider={})
    for k in range(4, -1, -1):
        x[1:, :, k] = 0.5 * (x[:-1, :, k] + x[1:, :, k + 1]) + x[1:, :, k]
    np.testing.assert_array_equal(field.asnumpy(), x)


@gtx.field_operator
def half(a: IJ, dt: float64, t: int32) -> IJ:
    return a + dt * (a(I + 1) - a) + float64(t)


@gtx.program
def time(a: IJ, b: IJ, steps: int32, dt: float64, nx: int32, ny: int32):
    for t in range(steps):
        half(a, dt, t, out=b, domain={I: (0, nx - 1), J: (0, ny)})
        half(b, 0.5 * dt, t, out=a, domain={I: (0, nx - 1), J: (0, ny)})


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("steps", [0, 1, 2, 7, -3])
def test_time_steps(backend, steps):
    given, (a, b) = fields(np.random.default_rng(3), [I, J], (31, 9), 2)
    call = time.with_backend(backend)
    for _ in range(2):  # the second call is a warm one
        call(*given, steps, 0.25, 31, 9, offset_provider={})
        for t in range(steps):
            b[:-1] = a[:-1] + 0.25 * (a[1:] - a[:-1]) + float(t)
            a[:-1] = b[:-1] + 0.125 * (b[1:] - b[:-1]) + float(t)
    for field, expected in zip(given, (a, b), strict=True):
        np.testing.assert_array_equal(field.asnumpy(), expected)


@gtx.field_operator
def grown(x: Field[[I], float64]) -> Field[[I], float64]:
    return x(I + 1) + 1.0


@gtx.program
def many(x: Field[[I], float64], n: int64):
    for i in range(n):
        grown(x, out=x, domain={I: (0, 3)})


@gtx.program
def moving(x: Field[[I], float64], n: int64):
    for i in range(n):
        grown(x, out=x, domain={I: (i, i + 1)})


@gtx.program
def narrow(x: Field[[I], float64], n: int32):
    for i in range(n * n):
        grown(x, out=x, domain={I: (0, 3)})


def test_rounds_that_are_alike_cost_no_memory():
    x = gtx.as_field([I], np.zeros(4))
    many(x, 3_000_000, offset_provider={})
    np.testing.assert_array_equal(x.asnumpy(), [3.0, 2.0, 1.0, 0.0])


def test_too_many_rounds_of_a_moving_domain_are_refused():
    x = gtx.as_field([I], np.arange(100_001.0))
    before = x.asnumpy().copy()
    with pytest.raises(bise.errors.BiseError, match="has 100000 values here: that is too many"):
        moving(x, 100_000, offset_provider={})
    np.testing.assert_array_equal(x.asnumpy(), before)
    moving(x, 60_000, offset_provider={})
    np.testing.assert_array_equal(x.asnumpy()[:60_000], before[:60_000] + 2.0)


def test_variables_stay_within_their_type():
    x = gtx.as_field([I], np.zeros(4))
    with pytest.raises(bise.errors.BiseError, match=r"`i` would be 2147488280, and it is int32"):
        narrow(x, 46341, offset_provider={})
    np.testing.assert_array_equal(x.asnumpy(), np.zeros(4))


@pytest.mark.parametrize("backend", BACKENDS)
def test_all_rounds_are_checked_before_the_first(backend):
    x = gtx.as_field([I], np.zeros(10))
    with pytest.raises(bise.errors.BiseError) as caught:
        moving.with_backend(backend)(x, 10, offset_provider={})
    text = str(caught.value)
    assert "this reads [10, 11)" in text and "where `i` is 9" in text
    np.testing.assert_array_equal(x.asnumpy(), np.zeros(10))


@gtx.field_operator
def spread(v: Field[[Vertex], float64]) -> Field[[Vertex], float64]:
    return 0.5 * v + 0.25 * v(V2V[0]) + 0.125 * neighbor_sum(v(V2V), axis=V2VDim)


@gtx.program
def spreads(v: Field[[Vertex], float64], steps: int32, last: int32):
    for _ in range(steps):
        spread(v, out=v, domain={Vertex: (0, last)})


@pytest.mark.parametrize("backend", BACKENDS)
def test_missing_neighbours_are_said_in_loops_too(backend):
    table = np.array([[1, 2], [0, -1], [-1, 1], [2, 0]], dtype=np.int32)
    provider = {"V2V": gtx.as_connectivity([Vertex, V2VDim], Vertex, table)}
    v = gtx.as_field([Vertex], np.array([1.0, 2.0, 4.0, 8.0]))
    with pytest.warns(bise.errors.MissingNeighbourWarning, match=r"there is none for Vertex = 2"):
        spreads.with_backend(backend)(v, 2, 4, offset_provider=provider)
    x = np.array([1.0, 2.0, 4.0, 8.0, 0.0])
    for _ in range(2):
        x[:4] = 0.5 * x[:4] + 0.25 * x[table[:, 0]] + 0.125 * x[table].sum(axis=1)
    np.testing.assert_array_equal(v.asnumpy(), x[:4])


def test_a_long_loop_can_be_interrupted(tmp_path):
    """Ctrl-C ends a call between two rounds; the rounds before have been carried out."""
    model = tmp_path / "model.py"
    model.write_text(
        textwrap.dedent("""
        import os, signal, threading
        import numpy as np
        import bise as gtx
        from bise import Field, float64, int64

        I = gtx.Dimension("I")

        @gtx.field_operator
        def more(x: Field[[I], float64]) -> Field[[I], float64]:
            return x + 1.0

        @gtx.program
        def forever(x: Field[[I], float64], n: int64):
            for i in range(n):
                more(x, out=x)

        x = gtx.as_field([I], np.zeros(10))
        forever(x, 3, offset_provider={})
        threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        try:
            forever(x, 1 << 60, offset_provider={})
        except KeyboardInterrupt:
            values = x.asnumpy()
            print("stopped", values[0] > 1000, (values == values[0]).all())
        """)
    )
    out = subprocess.run(
        [sys.executable, str(model)], check=False, capture_output=True, text=True, timeout=60
    )
    assert out.stdout.split() == ["stopped", "True", "True"], out.stderr


@gtx.field_operator
def doubled(x: Field[[I], float64]) -> Field[[I], float64]:
    return 2.0 * x


@gtx.program
def after_loops(x: Field[[I], float64], y: Field[[I], float64], n: int32):
    for k in range(n):
        doubled(x, out=x)
    doubled(x, out=y)
    for k in range(2):
        doubled(y, out=y)


def test_statements_around_loops():
    x, y = (gtx.as_field([I], np.full(5, value)) for value in (1.0, -1.0))
    after_loops(x, y, 3, offset_provider={})
    assert (x.asnumpy() == 8.0).all() and (y.asnumpy() == 64.0).all()
    after_loops(x, y, 0, offset_provider={})
    assert (x.asnumpy() == 8.0).all() and (y.asnumpy() == 64.0).all()


CHECKED = """
import numpy as np, bise as gtx
from bise import Field, bool, float64, int32, where

Vertex = gtx.Dimension("Vertex")
V2VDim = gtx.Dimension("V2V", kind=gtx.DimensionKind.LOCAL)
V2V = gtx.FieldOffset("V2V", source=Vertex, target=(Vertex, V2VDim))
F = Field[[Vertex], float64]

@gtx.field_operator
def chosen(v: F, m: Field[[Vertex], bool]) -> F:
    return where(m, v(V2V[0]), v)

@gtx.field_operator
def copied(v: F) -> F:
    return 1.0 * v

@gtx.program
def run(v: F, w: F, m: Field[[Vertex], bool], n: int32):
    for k in range(n):
        copied(v, out=w, domain={Vertex: (k, k + 1)})
        chosen(w, m, out=v, domain={Vertex: (0, 4)})
    for _ in range(3):
        copied(v, out=w)

table = np.array([[1, 2], [0, -1], [-1, 1], [2, 0]], dtype=np.int32)
tables = {"V2V": gtx.as_connectivity([Vertex, V2VDim], Vertex, table)}
for backend in ("native", "reference"):
    for mask, n in (([1, 1, 0, 1], 4), ([1, 1, 1, 1], 4), ([1, 1, 1, 1], 0)):
        v, w = gtx.as_field([Vertex], np.arange(1.0, 5)), gtx.as_field([Vertex], np.zeros(4))
        m = gtx.as_field([Vertex], np.array(mask, np.bool_))
        try:
            run.with_backend(backend)(v, w, m, n, offset_provider=tables)
            print("ok", w.asnumpy().tolist())
        except gtx.errors.TableError as error:
            print("Vertex = 2 depends on a neighbour that does not exist" in str(error), w.asnumpy().tolist())
"""


def test_checked_sessions_follow_what_rounds_leave_to_each_other(tmp_path):
    """The marks of missing neighbours go from round to round; a call that depends on one writes nothing."""
    model, environment = tmp_path / "model.py", {**os.environ, "BISE_CHECKED": "1"}
    model.write_text(CHECKED)
    ran = subprocess.run(
        [sys.executable, str(model)], env=environment, check=False, capture_output=True, text=True
    )
    said = ["ok [1.0, 1.0, 0.0, 0.0]", "True [0.0, 0.0, 0.0, 0.0]", "ok [1.0, 2.0, 3.0, 4.0]"]
    assert ran.stdout.splitlines() == 2 * said, ran.stderr
