"""The floating-point state of the calling thread: it changes no result, and it is the same after a call.

What a call computes is compared with the same call in the standard state and, where that is possible, with NumPy in the
standard state. The state is set by the C library, as a model's other libraries would do it.
"""

import contextlib
import ctypes
import platform
import threading

import children
import numpy as np
import pytest

import bise as gtx
from bise import astype, float32, float64, int64, neighbor_sum, where

pytestmark = pytest.mark.skipif(
    platform.machine() != "x86_64" or platform.libc_ver()[0] != "glibc",
    reason="sets MXCSR by way of glibc's fenv_t for x86-64",
)

I = gtx.Dimension("I")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
Vertex = gtx.Dimension("Vertex")
Edge = gtx.Dimension("Edge")
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))
F = gtx.Field[[I], float64]
F32 = gtx.Field[[I], float32]

STANDARD = 0x1F80
UPWARD, DOWNWARD, TO_ZERO, FLUSH, DENORMALS_ARE_ZERO = 0x4000, 0x2000, 0x6000, 0x8000, 0x0040
STATES = {
    "upward": STANDARD | UPWARD,
    "downward": STANDARD | DOWNWARD,
    "to zero": STANDARD | TO_ZERO,
    "flush": STANDARD | FLUSH,
    "denormals are zero": STANDARD | DENORMALS_ARE_ZERO,
    "both": STANDARD | FLUSH | DENORMALS_ARE_ZERO,
    # Division by zero, overflow, invalid operation.
    "traps": STANDARD & ~(0x0200 | 0x0400 | 0x0080),
    "all at once": (STANDARD & ~(0x0200 | 0x0400 | 0x0080)) | UPWARD | FLUSH | DENORMALS_ARE_ZERO,
}
states = pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
backends = pytest.mark.parametrize("backend", ["native", "reference"])


class Environment(ctypes.Structure):
    """``fenv_t``: 28 bytes of the x87, then MXCSR."""

    _fields_ = [("x87", ctypes.c_uint8 * 28), ("mxcsr", ctypes.c_uint32)]


libm = ctypes.CDLL("libm.so.6")


def get_state() -> int:
    environment = Environment()
    libm.fegetenv(ctypes.byref(environment))
    return environment.mxcsr


def set_state(state: int) -> None:
    environment = Environment()
    libm.fegetenv(ctypes.byref(environment))
    environment.mxcsr = state
    libm.fesetenv(ctypes.byref(environment))


@contextlib.contextmanager
def floating(state: int):
    """Runs the block in a state, and expects to find it again at the end."""
    before = get_state()
    set_state(state)
    try:
        yield
        after = get_state()
    finally:
        set_state(before)
    assert after & ~0x3F == state, f"{after:#x}"


def test_the_states_are_what_they_say():
    a, small = np.array([1.0]), np.array([5e-324])
    with floating(STATES["upward"]):
        up = a / 3.0
    with floating(STATES["denormals are zero"]):
        zero = small * 1e300
    assert up[0] > 1 / 3 and zero[0] == 0.0


@gtx.field_operator
def third(a: F) -> F:
    return a / 3.0


@backends
@states
def test_division_rounds_to_nearest(state, backend):
    # Large enough for several threads, where there are.
    n = 1 << 18 if backend == "native" else 64
    a, out = np.ones(n), np.zeros(n)
    with floating(state):
        third.with_backend(backend)(a, out=out)
    assert set(out.tolist()) == {1 / 3}


@gtx.field_operator
def halves(a: F, b: F32) -> tuple[F, F32]:
    return a * 0.5, b * astype(0.5, float32)


@backends
@states
def test_subnormal_numbers_are_numbers(state, backend):
    a = np.array([5e-324, 2e-308, 3e-310, -4e-320, 1.0] * 20)
    b = np.array([1e-45, 1.2e-38, 3e-40, -2e-44, 1.0] * 20, np.float32)
    want, want32 = a * 0.5, b * np.float32(0.5)
    out, out32 = np.ones(100), np.ones(100, np.float32)
    with floating(state):
        halves.with_backend(backend)(a, b, out=(out, out32))
    assert out.tobytes() == want.tobytes() and out32.tobytes() == want32.tobytes()


@gtx.field_operator
def quotients(a: F, b: F) -> F:
    return a / b


@backends
@states
def test_nothing_traps(state, backend):
    a, b = np.array([1.0, -1.0, 0.0, 1e308] * 16), np.array([0.0, 0.0, 0.0, 1e-10] * 16)
    out = np.zeros(64)
    with floating(state):
        quotients.with_backend(backend)(a, b, out=out)
    assert np.isinf(out[[0, 1, 3]]).all() and np.isnan(out[2])
    assert out[1] < 0 < out[0]


def test_a_trap_of_the_caller_does_not_end_the_process(tmp_path):
    program = """
import ctypes, numpy as np, bise as gtx
I = gtx.Dimension("I")
F = gtx.Field[[I], gtx.float64]
@gtx.field_operator
def over(a: F, b: F) -> F:
    return a / b
libm = ctypes.CDLL("libm.so.6")
for n in 10, 1 << 20:
    for backend in ("native", "reference")[: 2 if n == 10 else 1]:
        a, b, out = np.ones(n), np.zeros(n), np.zeros(n)
        libm.feenableexcept(0x04)  # FE_DIVBYZERO
        over.with_backend(backend)(a, b, out=out)
        assert libm.fegetexcept() == 0x04
        libm.fedisableexcept(0x04)
        assert np.isinf(out).all()
"""
    children.succeed(tmp_path, program, BISE_NUM_THREADS="2")


@pytest.mark.parametrize("threads", [1, 2])
def test_threads_that_start_in_a_call_do_not_inherit(tmp_path, threads):
    program = """
import ctypes, numpy as np, bise as gtx
I = gtx.Dimension("I")
F = gtx.Field[[I], gtx.float64]
@gtx.field_operator
def third(a: F) -> F:
    return a / 3.0
libm = ctypes.CDLL("libm.so.6")
n = 1 << 21
a, out = np.ones(n), np.zeros(n)
libm.fesetround(0x800)  # upward
for _ in range(20):
    third(a, out=out)
    assert libm.fegetround() == 0x800
libm.fesetround(0)
assert set(np.unique(out).tolist()) == {1 / 3}, np.unique(out)
"""
    children.succeed(tmp_path, program, BISE_NUM_THREADS=str(threads))


@states
def test_a_thread_of_python_in_a_state_of_its_own(state):
    out, found = np.zeros(64), []

    def work():
        set_state(state)
        third(np.ones(64), out=out)
        found.append(get_state() & ~0x3F)
        set_state(STANDARD)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert set(out.tolist()) == {1 / 3} and found == [state]


@states
def test_constants_are_folded_in_the_standard_state(state):
    with floating(state):

        @gtx.field_operator
        def constants(a: F) -> F:
            return a + 1.0 / 3.0 + 0.1 * 3.0

        out = np.zeros(4)
        constants(np.zeros(4), out=out)
    assert set(out.tolist()) == {1.0 / 3.0 + 0.1 * 3.0}


@states
def test_literals_and_scalars_become_the_nearest_numbers(state):
    with floating(state):

        @gtx.field_operator
        def scaled(a: F32, s: float32) -> F32:
            return a * s + float32("0.1")

        out = np.zeros(4, np.float32)
        scaled(np.ones(4, np.float32), 0.1, out=out)
    assert set(out.tolist()) == {float(np.float32(0.1) + np.float32(0.1))}


@backends
@states
def test_a_sweep_and_a_reduction(state, backend):
    @gtx.scan_operator(axis=K, forward=True, init=0.0)
    def mean(carry: float64, x: float64) -> float64:
        return (carry + x) / 3.0

    @gtx.field_operator
    def sweep(a: gtx.Field[[K], float64]) -> gtx.Field[[K], float64]:
        return mean(a)

    @gtx.field_operator
    def total(e: gtx.Field[[Edge], float64]) -> gtx.Field[[Vertex], float64]:
        return neighbor_sum(e(V2E), axis=V2EDim) / 3.0

    a = np.array([1.0, 0.1, 5e-324, 0.7, 1e16])
    table = np.array([[0, 1, 2], [3, 4, -1]], np.int32)
    swept, totals = np.zeros(5), np.zeros(2)
    with floating(state):
        sweep.with_backend(backend)(a, out=swept)
        total.with_backend(backend)(a, out=totals, offset_provider={"V2E": table})
    carry, want = 0.0, []
    for x in a.tolist():
        carry = (carry + x) / 3.0
        want.append(carry)
    assert swept.tolist() == want
    assert totals.tolist() == [(1.0 + 0.1 + 5e-324) / 3.0, (0.7 + 1e16) / 3.0]


@states
def test_conversions_and_functions(state):
    @gtx.field_operator
    def convert(a: F, n: gtx.Field[[I], int64]) -> tuple[F32, F, F]:
        return astype(a, float32), astype(n, float64), where(a > 0.0, gtx.exp(a), gtx.sqrt(a + 2.0))

    a = np.array([0.1, 1e-40, -0.3, 0.7])
    n = np.array([2**53 + 1, -(2**62) - 3, 7, 0])
    narrow, wide, values = np.zeros(4, np.float32), np.zeros(4), np.zeros(4)
    convert(a, n, out=(narrow, wide, values))
    assert narrow.tobytes() == a.astype(np.float32).tobytes() and wide.tolist() == n.astype(float).tolist()
    got = np.zeros(4, np.float32), np.zeros(4), np.zeros(4)
    with floating(state):
        convert(a, n, out=got)
    assert [x.tobytes() for x in got] == [x.tobytes() for x in (narrow, wide, values)]


@pytest.mark.parametrize("state", [STANDARD | UPWARD, STANDARD, STANDARD | FLUSH | 0x10])
def test_the_state_survives_a_refusal(state):
    out = np.zeros(4)
    before = get_state()
    set_state(state)
    try:
        with pytest.raises(gtx.errors.BiseError):
            third(np.zeros(3), out=out)
        with pytest.raises(gtx.errors.BiseError):
            third(np.zeros(4, np.float32), out=out)
        after = get_state()
    finally:
        set_state(before)
    assert after & ~0x3F == state & ~0x3F


def test_flags_that_a_kernel_raises_are_not_the_callers():
    a, out = np.ones(64), np.zeros(64)
    third(a, out=out)
    libm.feclearexcept(0x3D)
    third(a, out=out)
    assert libm.fetestexcept(0x3D) == 0, "1/3 is inexact, but that is the kernel's affair"
    libm.feraiseexcept(0x04)
    third(a, out=out)
    assert libm.fetestexcept(0x04) == 0x04, "what was raised before is still raised"
    libm.feclearexcept(0x3D)


@states
def test_meshes_have_the_same_bits(state):
    want = gtx.mesh.icosahedral(2)
    with floating(state):
        got = gtx.mesh.icosahedral(2)
    for name in ("vertex_position", "edge_normal", "cell_area", "vertex_dual_area", "edge_length"):
        assert getattr(got, name).asnumpy().tobytes() == getattr(want, name).asnumpy().tobytes(), name


@states
def test_data_of_fields_become_the_nearest_numbers(state):
    data = np.array([0.1, 1e-40, 0.7])
    want = data.astype(np.float32)
    with floating(state):
        copied = gtx.as_field([I], data, dtype=np.float32)
        listed = gtx.as_field([I], [0.1, 1e-40, 0.7], dtype=np.float32)
        filled = gtx.full({I: 1}, 0.1, dtype=np.float32)
        assigned = gtx.zeros({I: 3}, dtype=np.float32)
        assigned[:] = data
        of_number = gtx.astype(0.1, np.float32)
    assert [f.asnumpy().tobytes() for f in (copied, listed, assigned)] == [want.tobytes()] * 3
    assert filled.asnumpy()[0] == np.float32(0.1) == of_number


@states
def test_fields_outside_of_operators(state):
    a = gtx.as_field([I], np.array([1.0, 5e-324, 3e-310]))
    with floating(state):
        thirds, doubled, rooted = a / 3.0, a * 2.0, np.sqrt(a + 1.0)
    assert thirds.asnumpy().tolist() == [1.0 / 3.0, 5e-324 / 3.0, 3e-310 / 3.0]
    assert doubled.asnumpy().tolist() == [2.0, 1e-323, 6e-310]
    assert rooted.asnumpy().tolist() == np.sqrt(a.asnumpy() + 1.0).tolist()
