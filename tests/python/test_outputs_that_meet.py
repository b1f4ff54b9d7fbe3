"""Outputs that are views of one buffer, shifted and strided at random: native code leaves what the definition leaves."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

import bise as gtx
from bise import neighbor_sum

I, K = gtx.Dimension("I"), gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
L = gtx.Dimension("L", kind=gtx.DimensionKind.LOCAL)
I2I = gtx.FieldOffset("I2I", source=I, target=(I, L))
F = gtx.Field[[I, K], gtx.float64]


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def up(carry: gtx.float64, x: gtx.float64) -> gtx.float64:
    return carry * 0.5 + x


@gtx.scan_operator(axis=K, forward=False, init=1.0)
def down(carry: gtx.float64, x: gtx.float64) -> gtx.float64:
    return carry * x


@gtx.field_operator
def pointwise_and_scans(a: F, b: F) -> tuple[F, F, F, F]:
    return a * 10.0, up(b), a + b, down(a)


@gtx.field_operator
def scans_of_shifts(a: F, b: F) -> tuple[F, F, F, F]:
    return up(a + b), a * b, up(up(a)), b


@gtx.field_operator
def folds(a: F, b: F) -> tuple[F, F, F, F]:
    return neighbor_sum(a(I2I), axis=L), b + 1.0, b(I2I[0]), up(a)


@gtx.program
def first(a: F, b: F, p: F, q: F, r: F, s: F):
    pointwise_and_scans(a, b, out=(p, q, r, s))


@gtx.program
def second(a: F, b: F, p: F, q: F, r: F, s: F):
    scans_of_shifts(a, b, out=(p[1:, :], q, r[:-2, 1:], s[2:5, :3]))
    scans_of_shifts(a, b, out=(s, r, q[1:3, 2:], p))


@gtx.program
def third(a: F, b: F, p: F, q: F, r: F, s: F):
    folds(a, b, out=(p, q, p[3:, :], p[1:4, 1:]))
    pointwise_and_scans(p, b, out=(p[:, :2], s, p[2:, 1:4], r))


PROGRAMS = {"first": first, "second": second, "third": third}


def view(random, buffer, shape):
    """A view of that shape: somewhere, with steps of one to three, maybe turned round."""
    steps = random.integers(1, 4, 2)
    room = buffer.shape - (np.array(shape) - 1) * steps
    start = [random.integers(0, most) for most in room]
    rows, columns = (
        slice(a, a + (n - 1) * step + 1, step) for a, n, step in zip(start, shape, steps, strict=True)
    )
    part = buffer[rows, columns]
    return [part[::-1], part[:, ::-1], part, part][random.integers(0, 4)]


def run(program, seed, backend, shape=(7, 5)):
    random = np.random.default_rng(seed)
    side = 3 * max(shape) + 2
    buffer = random.uniform(-1.5, 1.5, (side, side))
    given = [view(random, buffer.T if random.integers(0, 4) == 0 else buffer, shape) for _ in range(6)]
    if random.integers(0, 2):
        given[0] = random.uniform(-1.5, 1.5, shape)
    table = random.integers(0, shape[0], (shape[0], 3)).astype(np.int32)
    program.with_backend(backend)(*given, offset_provider={"I2I": table})
    return buffer


@pytest.mark.parametrize("name", PROGRAMS)
def test_random_views_of_one_buffer(name):
    for seed in range(120):
        found, expected = (run(PROGRAMS[name], seed, backend) for backend in ("native", "reference"))
        assert (found == expected).all(), f"seed {seed}"


def test_threads_write_the_same():
    def written(threads):
        environment = {**os.environ, "BISE_NUM_THREADS": str(threads)}
        done = subprocess.run(
            [sys.executable, __file__], env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    one, two = written(1), written(2)
    assert len(one.split()) == 24
    assert one == two


def test_one_field_for_all_outputs():
    a, out = np.arange(12.0).reshape(4, 3), {}
    for backend in ("reference", "native"):
        out[backend] = np.zeros((4, 3))
        pointwise_and_scans.with_backend(backend)(a, a, out=(out[backend],) * 4, offset_provider={})
    assert (out["native"] == out["reference"]).all()
    assert (out["native"] == np.cumprod(a[:, ::-1], axis=1)[:, ::-1]).all()


def test_the_same_binding_serves_outputs_that_meet_and_outputs_that_do_not():
    a, buffer = np.ones((4, 3)), np.zeros((40, 3))
    for start in (0, 2, 4, 1, 10):
        buffer[:] = -1.0
        outputs = tuple(buffer[at : at + 4] for at in (0, start, 2 * start, 3 * start))
        pointwise_and_scans(a, a, out=outputs, offset_provider={})
        expected = np.full((40, 3), -1.0)
        scanned = np.array([1.0, 1.5, 1.75])
        for at, values in enumerate((10.0, scanned, 2.0, 1.0)):
            expected[at * start : at * start + 4] = values
        assert (buffer == expected).all(), start


if __name__ == "__main__":
    for program in PROGRAMS.values():
        for seed in range(8):
            print(hashlib.sha256(run(program, seed, "native", (300, 250))).hexdigest())
