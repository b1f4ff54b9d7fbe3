"""Ends of domains are the numbers that they say, however large: what no field holds is refused, not wrapped to what one does."""

import pathlib
import subprocess
import sys

import numpy as np
import pytest

import bise as gtx
from bise import maximum, minimum
from bise.errors import DSLError, IndexOutOfBounds

I = gtx.Dimension("I")
F = gtx.Field[[I], gtx.float64]
MANY = np.uint64(2**64 - 2)


@gtx.field_operator
def twice(a: F) -> F:
    return a * 2.0


@gtx.program
def by_int8(a: F, out: F, n: gtx.int8):
    twice(a, out=out, domain={I: (n, n + 100)})


@gtx.program
def by_sum(a: F, out: F, n: gtx.int64):
    twice(a, out=out, domain={I: (0, n + n)})


@gtx.program
def by_difference(a: F, out: F, n: gtx.int64):
    twice(a, out=out, domain={I: (n - 1, 3)})


@gtx.program
def by_product(a: F, out: F, n: gtx.int64):
    twice(a, out=out, domain={I: (0, n * n * n * n)})


@gtx.program
def by_uint64(a: F, out: F, n: gtx.uint64):
    twice(a, out=out, domain={I: (0, n)})


@gtx.program
def far_away(a: F, out: F, n: gtx.uint64):
    twice(a, out=out, domain={I: (n * n, n * n + 3)})


@gtx.program
def there_and_back(a: F, out: F, n: gtx.int64):
    twice(a, out=out, domain={I: ((n + n) - (n + n), (n + n + n) - (n + n) - n + 4)})


@gtx.program
def clipped(a: F, out: F, n: gtx.uint64):
    twice(a, out=out, domain={I: (maximum(0, 2 - n), minimum(n + n, 4))})


@gtx.program
def turned(a: F, out: F, n: gtx.int64):
    twice(a, out=out, domain={I: (n + n, 0)})


BACKENDS = pytest.mark.parametrize("backend", ["native", "reference"])


def result(program, n, backend, length=4):
    out = np.zeros(length)
    program.with_backend(backend)(np.ones(length), out, n, offset_provider={})
    return out.tolist()


@BACKENDS
@pytest.mark.parametrize(
    ("program", "n"),
    [
        (by_sum, 2**62),
        (by_sum, 2**63 - 1),
        (by_difference, -(2**63)),
        (by_product, 2**16),
        (by_product, -(2**63)),
        (by_uint64, 2**63),
        (by_uint64, 2**64 - 1),
        (by_uint64, MANY),
        (far_away, 2**32),
        (far_away, 2**64 - 1),
    ],
)
def test_what_no_field_holds_is_refused(program, n, backend):
    out = np.zeros(4)
    with pytest.raises(IndexOutOfBounds):
        program.with_backend(backend)(np.ones(4), out, n, offset_provider={})
    assert not out.any()


@BACKENDS
def test_sums_are_not_of_the_type_of_the_parameter(backend):
    out = gtx.zeros({I: (100, 200)})
    by_int8.with_backend(backend)(gtx.ones({I: (100, 200)}), out, 100, offset_provider={})
    assert out.asnumpy().tolist() == [2.0] * 100


@BACKENDS
@pytest.mark.parametrize("n", [2**62, -(2**63), 2**63 - 1])
def test_what_is_exact_in_the_end_is_exact(n, backend):
    assert result(there_and_back, n, backend) == [2.0] * 4


@BACKENDS
@pytest.mark.parametrize("n", [2**63, 2**64 - 1])
def test_ends_that_are_clipped(n, backend):
    assert result(clipped, n, backend) == [2.0] * 4


@BACKENDS
@pytest.mark.parametrize("n", [2**62, 0])
def test_ends_in_the_wrong_order_are_nothing(n, backend):
    assert result(turned, n, backend) == [0.0] * 4


@BACKENDS
def test_constants_of_64_bits_do_not_wrap(backend):
    with pytest.raises(DSLError, match="18446744073709551614 is too large for an index"):

        @gtx.program(backend=backend)
        def constant(a: F, out: F):
            twice(a, out=out, domain={I: (MANY, 4)})


TOOL = pathlib.Path(sys.executable).parent / "bise"
MODEL = """
import bise as gtx

I = gtx.Dimension("I")
F = gtx.Field[[I], gtx.float64]

@gtx.field_operator
def twice(a: F) -> F:
    return a * 2.0

@gtx.program
def of_int8(a: F, out: F, n: gtx.int8):
    twice(a, out=out, domain={I: (0, n)})

@gtx.program
def of_int32(a: F, out: F, n: gtx.int32):
    twice(a, out=out, domain={I: (0, n)})

@gtx.program
def of_uint64(a: F, out: F, n: gtx.uint64):
    twice(a, out=out, domain={I: (0, n)})

@gtx.program
def twofold(a: F, out: F, n: gtx.int64):
    twice(a, out=out, domain={I: (0, n + n)})

@gtx.field_operator
def numbers(a: F, x: gtx.float32, u: gtx.uint8) -> F:
    return a * gtx.astype(x, gtx.float64) + gtx.astype(u, gtx.float64)
"""


# What follows a name and `::`, and the exit status: 2 where the command is refused, 1 where the call is.
COMMANDS = [
    ("of_int8 --size I=127", 0),
    ("of_int8 --size I=128", 2),
    ("of_int8 --size I=256", 2),
    ("of_int32 --size I=2147483648", 2),
    ("of_int32 --size I=4294967304", 2),
    ("of_int32 --domain I=0:4294967304", 2),
    ("of_int32 --size I=8 --set n=4294967304", 2),
    ("of_uint64 --size I=8 --set n=18446744073709551615", 1),
    ("of_uint64 --size I=8 --set n=-1", 2),
    ("of_uint64 --size I=8 --set n=18446744073709551616", 2),
    ("twofold --size I=8 --set n=4611686018427387904", 1),
    ("twice --size I=99999999999999999999", 2),
    ("twice --size I=9223372036854775807", 1),
    ("twice --domain I=9223372036854775800:9223372036854775807", 1),
    ("numbers --size I=8 --set x=1e39 --set u=1", 2),
    ("numbers --size I=8 --set x=16777217 --set u=1", 2),
    ("numbers --size I=8 --set x=0.1 --set u=256", 2),
    ("numbers --size I=8 --set x=0.1 --set u=-1", 2),
    ("numbers --size I=8 --set x=0.1 --set u=255", 0),
]


@pytest.mark.skipif(not TOOL.exists(), reason="the shell tool is not built")
@pytest.mark.parametrize(
    ("command", "arguments", "status"),
    [("run", *case) for case in COMMANDS] + [("explain", *case) for case in COMMANDS if case[1] != 1],
)
def test_numbers_of_the_shell_tool(command, arguments, status, tmp_path):
    (tmp_path / "model.py").write_text(MODEL)
    name, *options = arguments.split()
    line = [TOOL, "--quiet", command, f"{tmp_path}/model.py::{name}", *options]
    done = subprocess.run(line, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == status, done.stdout + done.stderr
    assert "panicked" not in done.stderr
