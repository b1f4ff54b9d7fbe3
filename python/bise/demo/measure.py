"""Times of calls and of compilation, and the memory bandwidth they are compared with."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

import bise as gtx

Index = gtx.Dimension("Index")
Line = gtx.Field[[Index], gtx.float64]


@gtx.field_operator
def same(a: Line) -> Line:
    return a


@gtx.program
def copy(a: Line, out: Line):
    same(a, out=out)


@gtx.field_operator
def twice(a: Line) -> Line:
    return a + a


def bandwidth(size: int = 1 << 24, repeat: int = 9) -> float:
    """Bytes per second of a memory copy: the better of NumPy's and of Bise's own, read and written bytes counted.

    The arrays of ``size`` numbers of 8 bytes are to be larger than the caches.
    """
    source, target = gtx.ones({Index: size}), gtx.zeros({Index: size})
    copies = (
        lambda: np.copyto(target.ndarray, source.ndarray),
        lambda: copy(source, target, offset_provider={}),
    )
    return 2 * 8 * size / min(median_time(call, repeat) for call in copies)


def median_time(call, repeat: int = 11) -> float:
    """Seconds that a call takes: the median of ``repeat``, after two that do not count."""
    times = []
    for _ in range(repeat + 2):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return statistics.median(times[2:])


def ideal_bytes(arguments: dict) -> int:
    """Bytes that must move for one call: every field and table once."""
    tables = arguments.get("offset_provider", {}).values()
    fields = (value.ndarray for value in arguments.values() if hasattr(value, "ndarray"))
    return sum(array.nbytes for array in (*fields, *tables))


def compile_times(names: list[str]) -> dict[str, tuple[float, float]]:
    """CPU seconds to compile each program, from an empty cache and from a full one, in warm processes.

    Two fresh processes share a cache on disk that is empty at first.
    """
    with tempfile.TemporaryDirectory() as cache:
        environment = os.environ | {"BISE_CACHE_DIR": cache, "BISE_NUM_THREADS": "1"}
        command = [sys.executable, "-m", "bise.demo", "--compile-times"]
        runs = [
            json.loads(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)
            for _ in ("cold", "cached")
        ]
    return {name: (runs[0][name], runs[1][name]) for name in names}


def first_call_cost(call) -> float:
    """CPU seconds that the first call takes longer than the second: what compiling costs."""
    begin = time.process_time()
    call()
    middle = time.process_time()
    call()
    return 2 * middle - begin - time.process_time()


def warm_up() -> None:
    """Compiles something else, so that the compiler's own pages are in memory."""
    a, out = gtx.ones({Index: 8}), gtx.zeros({Index: 8})
    twice(a, out=out, offset_provider={})
