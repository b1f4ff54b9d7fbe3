"""A fixed selection of what `python -m tests.random` and `python -m tests.random.mutations` try."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

linux = pytest.mark.skipif(
    sys.platform != "linux", reason="guard pages and limits of memory are those of Linux"
)


def run(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


@linux
@pytest.mark.parametrize("kind", ["grid", "mesh", "scan"])
def test_programs_agree_with_numpy_bit_for_bit(tmp_path, kind):
    told = run("tests.random", "-n", "25", "--seed", "8000", "--only", kind, "--folder", str(tmp_path))
    assert "25 programs in 5 settings, 0 failed" in told


@linux
def test_mutated_sources_end_well(tmp_path):
    if not Path(sys.executable).with_name("bise").exists():
        pytest.skip("the shell tool is not built")
    assert "40 mutants" in run(
        "tests.random.mutations", "-n", "40", "--seed", "100", "--folder", str(tmp_path)
    )
