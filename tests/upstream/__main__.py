"""`python -m tests.upstream`: the same programs on Bise and on GT4Py itself, compared.

    python -m tests.upstream                             # makes .venv-upstream, with GT4Py from the package index
    python -m tests.upstream --python ../gt4py/bin/python --seeds 50

GT4Py runs them embedded, its own reference. Results are equal to the last bit, but those of mathematical functions, whose
names begin with `near`: these are equal to 1e-14 of their size.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "upstream" / "cases.py"
STORED = ROOT / "tests" / "upstream" / "gt4py.npz"
"""What GT4Py gives for the first seed."""
BACKENDS = {"native": [], "embedded": ["--embedded"]}


def upstream(python: str | None) -> str:
    """A Python that has GT4Py, made if none is given."""
    if python is not None:
        return python
    folder = ROOT / ".venv-upstream"
    found = folder / "bin" / "python"
    if not found.exists():
        print("setting up .venv-upstream")
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        needs = ["-r", str(ROOT / "requirements" / "upstream.txt")]
        subprocess.run([str(found), "-m", "pip", "install", "--quiet", *needs], check=True)
    return str(found)


def run(command: list[str], results: Path, seed: int, *more: str) -> dict[str, np.ndarray]:
    with tempfile.TemporaryDirectory() as cache:
        environment = os.environ | {"GT4PY_BUILD_CACHE_DIR": cache, "PYTHONWARNINGS": "ignore"}
        subprocess.run([*command, str(CASES), str(results), str(seed), *more], check=True, env=environment)
    with np.load(results) as found:
        return dict(found)


def differences(wanted: dict[str, np.ndarray], found: dict[str, np.ndarray]) -> list[str]:
    """What is not equal, in words."""
    told = [f"{name} is missing" for name in wanted.keys() - found.keys()]
    for name, array in wanted.items():
        other = found.get(name, array)
        near = 1e-14 if ".near" in name else 0.0
        if array.dtype != other.dtype or array.shape != other.shape:
            told.append(f"{name}: {array.dtype}{array.shape} by GT4Py, {other.dtype}{other.shape} by Bise")
        elif not np.allclose(array, other, rtol=near, atol=near, equal_nan=array.dtype.kind == "f"):
            at = tuple(int(i) for i in np.argwhere(~np.isclose(array, other, near, near, equal_nan=True))[0])
            told.append(f"{name}{list(at)}: {array[at]!r} by GT4Py, {other[at]!r} by Bise")
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--python", help="a Python that has GT4Py (default: one that is set up)")
    parser.add_argument("--seeds", type=int, default=5, help="random inputs to try (default: 5)")
    parser.add_argument(
        "--store", action="store_true", help="keep what GT4Py gives, for the tests without it"
    )
    given = parser.parse_args()
    judge, failed, count = upstream(given.python), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(1, given.seeds + 1):
            wanted = run([judge], Path(folder) / "gt4py.npz", seed)
            count = len(wanted)
            if given.store and seed == 1:
                np.savez_compressed(STORED, **wanted)  # type: ignore[arg-type]
            for backend, more in BACKENDS.items():
                found = run([sys.executable, "-m", "bise"], Path(folder) / "bise.npz", seed, *more)
                for text in differences(wanted, found):
                    failed += 1
                    print(f"seed {seed}, {backend}: {text}")
    print(f"{count} fields, {given.seeds} seeds, {len(BACKENDS)} backends: {failed} differ")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
