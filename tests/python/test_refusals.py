"""What Bise does not have, and what makes no sense around programs: options, environment, commands. Each says so."""

import os
import pydoc
import subprocess
import sys

import numpy as np
import pytest

import bise as gtx
from bise import errors

I = gtx.Dimension("I")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
IF = gtx.Field[[I], gtx.float64]


@gtx.field_operator
def twice(a: IF) -> IF:
    return a + a


@gtx.program
def doubling(a: IF, out: IF):
    twice(a, out=out)


def undecorated(a: IF, out: IF):
    twice(a, out=out)


# ---- options and attributes


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"static_params": ["n"]}, "'n' is no parameter of"),
        ({"static_params": 5}, "'static_params' is names of parameters, not 5"),
        ({"static_params": "a"}, "'static_params' is names of parameters, not 'a'"),
        ({"static_domains": 1}, "'static_domains' is True or False, not 1"),
        ({"connectivities": 5}, "'connectivities' is tables by the names of their offsets, not 5"),
        ({"enable_jit": 7}, "'enable_jit'"),
        ({"jit": True}, "unknown option 'jit'"),
        ({"grid_type": 5}, "5 is no GridType"),
    ],
)
def test_options_of_decorators_are_refused(options, text):
    with pytest.raises(errors.BiseError, match=text):
        gtx.program(**options)(undecorated)
    with pytest.raises(errors.BiseError, match=text):
        gtx.field_operator(**options)(twice.definition)


def test_options_without_a_meaning_are_accepted():
    options = {"static_params": ["a"], "static_domains": True, "connectivities": {}}
    program = gtx.program(enable_jit=False, grid_type="cartesian", **options)(undecorated)
    assert program.grid_type is gtx.GridType.CARTESIAN
    out = np.zeros(3)
    program(np.ones(3), out, enable_jit=True, offset_provider={"Ioff": I})
    assert out.tolist() == [2.0, 2.0, 2.0]


def test_attributes_that_are_missing():
    for made in (twice, doubling, doubling.with_backend("reference")):
        with pytest.raises(AttributeError, match="`with_connectivities` is not in Bise yet; "):
            _ = made.with_connectivities
        assert not hasattr(made, "with_connectivities")
    with pytest.raises(AttributeError, match="'Program' object has no attribute 'complie'"):
        _ = doubling.complie


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"offset_provider": 5}, "'offset_provider' is a mapping"),
        ({"offset_provider": [("V2E", 5)]}, "'offset_provider' is a mapping"),
        ({"enable_jit": 7}, "'enable_jit'"),
    ],
)
def test_options_of_calls_are_refused(options, text):
    out = np.zeros(3)
    with pytest.raises(TypeError, match=text):
        doubling(np.ones(3), out, **options)
    with pytest.raises(errors.ArgumentValueError, match="5 is no GridType"):
        doubling.with_grid_type(5)
    assert not out.any()


# ---- fields


def test_fields_as_data_keep_their_place():
    field = gtx.as_field({I: (5, 8)}, [1.0, 2.0, 3.0])
    assert gtx.as_field([I], field).domain == field.domain
    assert gtx.as_field({I: 3}, field).domain == gtx.domain({I: 3})
    for domain in ([K], {K: 3}):
        with pytest.raises(ValueError, match=r"a field on \[I\], not on \[K\]"):
            gtx.as_field(domain, field)
    with pytest.raises(ValueError, match="`origin`"):
        gtx.as_field([I], field, origin={I: 1})


@pytest.mark.parametrize("make", ["zeros", "ones", "empty"])
def test_there_is_one_kind_of_memory(make):
    make = getattr(gtx, make)
    for fine in ({"allocator": np}, {"allocator": doubling.backend}, {"device": "cpu"}):
        assert make({I: 2}, **fine).shape == (2,)
    with pytest.raises(ValueError, match="`device` is None or 'cpu', not 'gpu'"):
        make({I: 2}, device="gpu")
    with pytest.raises(ValueError, match="`allocator`"):
        gtx.as_field.partial(allocator="cupy")([I], [1.0])


def test_conversions_are_those_of_operators():
    @gtx.field_operator
    def whole(a: IF) -> gtx.Field[[I], gtx.int32]:
        return gtx.astype(a, gtx.int32)

    values = np.array([1e30, -1e30, np.inf, np.nan, -2.7, 2.0**31])
    out = np.zeros(6, dtype=np.int32)
    whole(values, out=out)
    assert gtx.astype(gtx.as_field([I], values), gtx.int32).asnumpy().tolist() == out.tolist()
    assert out.tolist() == [2**31 - 1, -(2**31), 2**31 - 1, 0, -2, 2**31 - 1]
    assert gtx.astype(np.nan, int) == 0 and gtx.astype(300.5, gtx.uint8) == 255


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: gtx.UnitRange(0, 2**70), f"{2**70} does not fit in 64 bits"),
        (lambda: gtx.domain({I: 2**70}), f"{2**70} does not fit in 64 bits"),
        (lambda: gtx.mesh.icosahedral(-1), "`level` is from 0 to 10, not -1"),
    ],
)
def test_integers_out_of_range(make, text):
    with pytest.raises(ValueError, match=text):
        make()


# ---- commands and help


def python(*arguments, **environment):
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)


def test_the_package_lists_all_its_names():
    ran = python("-m", "bise")
    assert ran.returncode == 0
    words = set(ran.stdout.split())
    assert not [name for name in gtx.__all__ if name not in words]
    assert "Sine of an angle in radians;" in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["bise", "nowhere.py"], "there is no file nowhere.py"),
        (["bise.demo", "--level", "99"], "argument --level: from 0 to 10"),
        (["bise.demo", "--size", "0", "1", "1"], "argument --size"),
        (["bise.demo", "--output", "nowhere/demo.png"], "argument --output: there is no folder nowhere"),
        (["bise.demo", "--output", "demo.txt"], "argument --output: the name ends in"),
    ],
)
def test_commands_refuse_what_they_do_not_take(arguments, text):
    ran = python("-m", *arguments)
    assert ran.returncode == 2 and text in ran.stderr and "Traceback" not in ran.stderr


@pytest.mark.parametrize(("name", "value"), [("BISE_NUM_THREADS", "abc"), ("BISE_VECTOR_BITS", "99")])
def test_the_environment_is_checked(name, value):
    ran = python("-c", "import bise.demo.structured", **{name: value})
    assert f"ArgumentValueError: the environment variable {name} is `{value}`: it takes" in ran.stderr


def test_help_is_about_the_function():
    assert gtx.power.__doc__ == gtx.power.doc
    assert gtx.power.doc in pydoc.render_doc(gtx.power)
    assert "One axis per dimension." in pydoc.render_doc(gtx.as_field)


def test_tuples_that_hold_themselves_many_times_are_refused_before_memory_ends():
    doubled, zeros = tuple[float, float], (0.0, 0.0)
    nested, nested_zeros = float, 0.0
    for _ in range(60):
        doubled, zeros = tuple[doubled, doubled], (zeros, zeros)
    for _ in range(5000):
        nested_zeros = (nested_zeros,)
    for _ in range(60):
        nested = tuple[nested]
    for ty, init in ((doubled, zeros), (nested, nested_zeros), (float, zeros), (float, nested_zeros)):
        with pytest.raises(gtx.errors.DSLError):

            @gtx.scan_operator(axis=K, forward=True, init=init)
            def scan(carry: ty, a: float) -> ty:
                return carry
