"""Programs that GT4Py runs too: what it gave is kept, `python -m tests.upstream` asks it again, on more inputs."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.upstream.__main__ import BACKENDS, CASES, STORED, differences


@pytest.mark.parametrize("backend", BACKENDS)
def test_results_are_those_of_gt4py(tmp_path, backend):
    results = tmp_path / "results.npz"
    command = [sys.executable, "-m", "bise", str(CASES), str(results), "1", *BACKENDS[backend]]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr
    with np.load(STORED) as wanted, np.load(results) as found:
        assert len(wanted.files) > 50
        assert differences(dict(wanted), dict(found)) == []
