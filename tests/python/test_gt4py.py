"""Bise in the place of gt4py: files that import ``gt4py.next`` run unmodified."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = sorted((Path(__file__).parent.parent / "programs").glob("*.py"))

MODEL = """
import sys
import numpy as np
import gt4py.next as gtx
from gt4py.next import Field, common, float64
from gt4py.next.ffront.fbuiltins import where

I = gtx.Dimension("I")
assert common.Dimension is gtx.Dimension and gtx.ffront.decorator.program is gtx.program

@gtx.field_operator
def positive_slope(a: Field[[I], float64]) -> Field[[I], float64]:
    slope = a(I + 1) - a
    return where(slope > 0.0, slope, 0.0)

a, out = np.array([0.0, 2.0, 1.0, 4.0]), np.zeros(3)
positive_slope(a, out=out, offset_provider={})
print(__name__, sys.argv[1:], out.tolist())
"""


def python(*arguments):
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)


def test_a_file_of_gt4py_runs_unmodified(tmp_path):
    file = tmp_path / "model.py"
    file.write_text(MODEL)
    ran = python("-m", "bise", str(file), "--steps", "3")
    assert ran.stderr == ""
    assert ran.stdout == "__main__ ['--steps', '3'] [2.0, 0.0, 3.0]\n"


def test_all_programs_of_the_tests_import():
    script = "import sys, runpy, bise.gt4py\nfor file in sys.argv[1:]: runpy.run_path(file)\nprint('all')"
    ran = python("-c", script, *map(str, PROGRAMS))
    assert ran.stdout == "all\n", ran.stderr
    assert len(PROGRAMS) > 30


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ("import bise.gt4py, gt4py.cartesian.gtscript", "`gt4py.cartesian` is not in Bise yet"),
        ("import bise.gt4py; import gt4py.next.embedded", "is not in Bise yet"),
        ("import bise.gt4py; from gt4py.next import gtfn_cpu", "`gtfn_cpu` is not in Bise yet"),
        ("import sys; sys.modules['gt4py'] = sys; import bise.gt4py", "`import bise.gt4py` comes before it"),
    ],
)
def test_what_is_not_there_is_named(script, text):
    ran = python("-c", script)
    assert ran.returncode == 1 and text in ran.stderr
