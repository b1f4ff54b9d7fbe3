"""Workers for NumPy and for Bise at several numbers of threads and widths of vectors, and what they disagree about."""

from __future__ import annotations

import base64
import json
import os
import select
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
SETTINGS: dict[str, dict[str, str]] = {
    "1 thread, 128 bits": {"BISE_NUM_THREADS": "1", "BISE_VECTOR_BITS": "128", "BISE_VERIFY": "1"},
    "1 thread, 512 bits": {"BISE_NUM_THREADS": "1", "BISE_VECTOR_BITS": "512"},
    "2 threads, 256 bits": {"BISE_NUM_THREADS": "2", "BISE_VECTOR_BITS": "256"},
    "3 threads, 512 bits": {"BISE_NUM_THREADS": "3", "BISE_VECTOR_BITS": "512"},
    "embedded": {"BISE_NUM_THREADS": "1", "RANDOM_BACKEND": "embedded"},
}
SECONDS = 60.0
"""That one program may take."""


class Worker:
    """A process that answers; started again after a crash."""

    def __init__(self, side: str, setting: dict[str, str]):
        self.side, self.setting = side, setting
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        if self.process is None:
            # Code that would be loaded from a cache is not compiled, and so not tested. Sets have one order in all processes:
            # each makes the programs of a seed by itself.
            environment = (
                os.environ
                | {"BISE_CACHE_DIR": "", "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)}
                | self.setting
            )
            self.errors = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the worker
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.random.worker", self.side],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.errors,
            )
        return self.process

    def ask(self, request: dict[str, Any]) -> None:
        process = self.start()
        assert process.stdin
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            pass  # It has died, which `answer` says.

    def answer(self) -> dict[str, Any]:
        process = self.start()
        assert process.stdout
        if not select.select([process.stdout], [], [], SECONDS)[0]:
            self.stop()
            return {"error": f"hang: no answer in {SECONDS:.0f} s"}
        line = process.stdout.readline()
        if line:
            found: dict[str, Any] = json.loads(line)
            return found
        status = process.wait()
        self.errors.seek(0)
        details = self.errors.read().decode(errors="replace")
        self.stop()
        return {"error": f"crash: exit status {status}", "details": details[-4000:]}

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                if pipe:
                    pipe.close()
            self.errors.close()
            self.process = None


class Jury:
    """NumPy, and Bise in all settings, on the same cases."""

    def __init__(self, settings: dict[str, dict[str, str]] = SETTINGS):
        self.numpy = Worker("numpy", {"BISE_NUM_THREADS": "1"})
        self.native = {name: Worker("native", setting) for name, setting in settings.items()}

    def stop(self) -> None:
        for worker in (self.numpy, *self.native.values()):
            worker.stop()

    def text(self, request: dict[str, Any]) -> str:
        self.numpy.ask(request | {"show": True})
        found: str = self.numpy.answer().get("text", "")
        return found

    def verdict(self, request: dict[str, Any]) -> dict[str, str]:
        """What is wrong, by setting; empty where all agree."""
        workers = [self.numpy, *self.native.values()]
        for worker in workers:
            worker.ask(request)
        wanted, *found = [worker.answer() for worker in workers]
        if "error" in wanted:
            return {"NumPy": wanted["error"] + "\n" + wanted.get("details", "")}
        wrong = {}
        for name, answer in zip(self.native, found, strict=True):
            if answer.get("error", "").startswith("no meaning"):
                continue
            if "error" in answer:
                wrong[name] = answer["error"] + "\n" + answer.get("details", "")
            elif answer["digest"] != wanted["digest"]:
                paths = [
                    path for path, bits in wanted["digest"].items() if answer["digest"].get(path) != bits
                ]
                wrong[name] = f"wrong values of {', '.join(paths)}"
        return wrong

    def difference(self, request: dict[str, Any], setting: str) -> str:
        """The first number that differs, in words."""
        pair = []
        for worker in (self.numpy, self.native[setting]):
            worker.ask(request | {"values": True})
            pair.append(worker.answer().get("values", {}))
        for path, raw in pair[0].items():
            wanted, found = decoded(raw), decoded(pair[1].get(path, raw))
            differ = wanted != found
            if wanted.dtype.kind == "f":
                differ |= np.signbit(wanted) != np.signbit(found)
                differ &= ~(np.isnan(wanted) & np.isnan(found))
            if differ.any():
                at = tuple(int(i) for i in np.argwhere(differ)[0])
                return f"{path}{list(at)}: {wanted[at]!r} by NumPy, {found[at]!r} here ({int(differ.sum())} differ)"
        return "no number differs"


def decoded(raw: list[Any]) -> np.ndarray:
    dtype, shape, text = raw
    return np.frombuffer(base64.b64decode(text), dtype=dtype).reshape(shape)


def kind(verdict: dict[str, str]) -> str:
    """What sort of failure it is: what stays the same while a program shrinks."""
    for text in verdict.values():
        return " ".join(text.split("\n")[0].split(" ")[:2])
    return ""
