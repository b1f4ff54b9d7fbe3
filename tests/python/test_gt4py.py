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

BACKENDS = """
import numpy as np
import gt4py
import gt4py.next as gtx
from gt4py._core import definitions
from gt4py.eve.utils import FrozenNamespace
from gt4py.next import backend, common, errors, field_utils, utils
from gt4py.next.program_processors.runners import dace, roundtrip
from gt4py.next.program_processors.runners.gtfn import run_gtfn_cached

I = gtx.Dimension("I")
IF = gtx.Field[[I], gtx.float64]
constants = FrozenNamespace(gravity=9.81, two=2.0)


@gtx.field_operator(backend=run_gtfn_cached)
def weight(mass: IF) -> IF:
    return mass * constants.gravity * constants.two


@gtx.program(backend=gtx.gtfn_cpu, grid_type=common.GridType.CARTESIAN)
def weigh(mass: IF, out: IF):
    weight(mass, out=out)


class NoBackend(backend.Backend):
    pass


mass = gtx.as_field([I], np.arange(4.0), allocator=gtx.gtfn_cpu)
nothing = NoBackend(name="no", executor=None, allocator=None, transforms=backend.DEFAULT_TRANSFORMS)
for chosen in [nothing, gtx.gtfn_cpu, gtx.itir_python, roundtrip.default, dace.run_dace_cpu, dace.make_dace_backend(gpu=False)]:
    for runs in [weigh.with_backend(chosen), weight.with_backend(chosen)]:
        out = gtx.zeros({I: 4}, allocator=nothing)
        runs(mass, out=out, offset_provider={})
        assert np.array_equal(field_utils.asnumpy(out), np.arange(4.0) * 9.81 * 2.0)
print(weigh.with_backend(gtx.itir_python).backend, weigh.with_backend(nothing).backend, weigh.backend)

for refused in [
    lambda: gtx.zeros({I: 4}, allocator=gtx.gtfn_gpu),
    lambda: weigh.with_backend(dace.run_dace_gpu),
    lambda: weigh.with_backend(3),
]:
    try:
        refused()
        raise AssertionError
    except errors.GT4PyError as error:
        print(error)
try:
    constants.gravity = 1.6
except TypeError as error:
    print(error)
assert hash(constants) == hash(FrozenNamespace(gravity=9.81, two=2.0)) and dict(constants.items())["two"] == 2.0
assert utils.tree_map(lambda a, b: a + b)((1, (2, 3)), (10, (20, 30))) == (11, (22, 33))
assert utils.flatten_nested_tuple(((1, (2, 3)), 4)) == (1, 2, 3, 4)
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
assert common.promote_dims([K], [I, K]) == [I, K]
assert definitions.is_scalar_type(np.float32) and not definitions.is_scalar_type(str)
assert gt4py.__version__
"""

SAID = """\
reference embedded native
there is no backend for GPUs yet: 'native' is machine code for the processor, and the default
there is no backend for GPUs yet: 'native' is machine code for the processor, and the default
a backend is 'native', 'reference' or 'embedded', or an object of `bise.backend`, not an 'int'
a frozen namespace: 'gravity' cannot be set
"""

TESTS = """
import gt4py.next as gtx
from gt4py.next import float64

I = gtx.Dimension("I")


@gtx.field_operator(backend=gtx.gtfn_cpu)
def twice(a: gtx.Field[[I], float64]) -> gtx.Field[[I], float64]:
    return a * 2.0


def test_twice():
    out = gtx.zeros({I: 3})
    twice(gtx.ones({I: 3}), out=out, offset_provider={})
    assert out.asnumpy().tolist() == [2.0, 2.0, 2.0]
"""


def python(*arguments):
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)


def test_a_file_of_gt4py_runs_unmodified(tmp_path):
    file = tmp_path / "model.py"
    file.write_text(MODEL)
    ran = python("-m", "bise", str(file), "--steps", "3")
    assert ran.stderr == ""
    assert ran.stdout == "__main__ ['--steps', '3'] [2.0, 0.0, 3.0]\n"


def test_backends_are_objects_and_what_else_programs_import(tmp_path):
    file = tmp_path / "model.py"
    file.write_text(BACKENDS)
    ran = python("-m", "bise", str(file))
    assert (ran.stderr, ran.stdout) == ("", SAID)


def test_pytest_runs_tests_of_gt4py_unmodified(tmp_path):
    file = tmp_path / "test_model.py"
    file.write_text(TESTS)
    ran = python("-m", "pytest", "-q", "-p", "bise.gt4py", "-p", "no:cacheprovider", str(file))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 passed" in ran.stdout


def test_all_programs_of_the_tests_import():
    script = "import sys, runpy, bise.gt4py\nfor file in sys.argv[1:]: runpy.run_path(file)\nprint('all')"
    ran = python("-c", script, *map(str, PROGRAMS))
    assert ran.stdout == "all\n", ran.stderr
    assert len(PROGRAMS) > 30


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ("import bise.gt4py, gt4py.cartesian.gtscript", "`gt4py.cartesian` is not in Bise yet"),
        ("import bise.gt4py; import gt4py.next.instrumentation", "is not in Bise yet"),
        (
            "import bise.gt4py; from gt4py.next.otf import options",
            "`gt4py.next.otf.options` is not in Bise yet",
        ),
        ("import sys; sys.modules['gt4py'] = sys; import bise.gt4py", "`import bise.gt4py` comes before it"),
    ],
)
def test_what_is_not_there_is_named(script, text):
    ran = python("-c", script)
    assert ran.returncode == 1 and text in ran.stderr
