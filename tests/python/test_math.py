"""Functions and integer operations on all of their range, against NumPy in more bits and Python's integers."""

import importlib.util
import math
import re

import numpy as np
import pytest

import bise
import bise as gtx

I = gtx.Dimension("I")

# Where NumPy has 64-bit mantissas. Elsewhere its own results are half a unit or more from exact.
WIDE = {np.float64: np.longdouble, np.float32: np.float64}
HAS_WIDE = np.finfo(np.longdouble).nmant >= 63

UNARY = (
    *(
        [
            "sin",
            "cos",
            "tan",
            "arcsin",
            "arccos",
            "arctan",
            "sinh",
            "cosh",
            "tanh",
            "arcsinh",
            "arccosh",
            "arctanh",
            "sqrt",
            "exp",
            "log",
            "cbrt",
        ]
    ),
    *(["floor", "ceil", "trunc"]),
)
INTEGERS = (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64)
FLOATS = (np.float32, np.float64)

HEAD = """import bise as gtx
from bise import *

I = gtx.Dimension("I")
"""


@pytest.fixture(scope="module")
def operator(tmp_path_factory):
    """Operators that return an expression, or several, of that type."""
    folder, made = tmp_path_factory.mktemp("operators"), {}

    def make(expressions, result, **params):
        expressions = [expressions] if isinstance(expressions, str) else expressions
        key = (*expressions, result, *params.items())
        if key not in made:
            types = [f"{name}: gtx.Field[[I], gtx.{np.dtype(dtype)}]" for name, dtype in params.items()]
            results = ", ".join([f"gtx.Field[[I], gtx.{result}]"] * len(expressions))
            result = results if len(expressions) == 1 else f"tuple[{results}]"
            path = folder / f"operator_{len(made)}.py"
            lines = f"@gtx.field_operator\ndef op({', '.join(types)}) -> {result}:\n    return {', '.join(expressions)}\n"
            path.write_text(f"{HEAD}\n\n{lines}")
            spec = importlib.util.spec_from_file_location(path.stem, path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            made[key] = module.op
        return made[key]

    return make


def call(op, dtype, *args):
    out = np.zeros(args[0].shape, dtype)
    op(*args, out=out, offset_provider={})
    return out


def samples(dtype, count=20_000, seed=1):
    """All magnitudes, those that programs have, the surroundings of where functions change, special numbers."""
    random, info = np.random.default_rng(seed), np.finfo(dtype)
    bits = {np.float64: np.uint64, np.float32: np.uint32}[dtype]
    parts = [
        random.integers(0, np.iinfo(bits).max, count, dtype=bits, endpoint=True).view(dtype),
        random.standard_normal(count),
        random.standard_normal(count) * 10.0 ** random.uniform(-3, 3, count),
        -(10.0 ** np.linspace(0, 12, 2000)),
        np.arange(-200.0, 200.0),
        [0.0, -0.0, np.inf, -np.inf, np.nan, info.max, -info.max, info.tiny, -info.tiny],
        [info.smallest_subnormal, -info.smallest_subnormal],
    ]
    for edge in (
        0.25,
        0.5,
        1,
        2,
        math.pi / 2,
        math.pi,
        -1,
        88.7,
        -87.3,
        -103.9,
        709.78,
        710.4,
        -708.4,
        -745.1,
    ):
        parts.append(edge + np.arange(-200, 200) * np.spacing(dtype(edge)))
    with np.errstate(over="ignore"):
        return np.concatenate([np.asarray(part, dtype) for part in parts])


def bound(name):
    """What the documentation of a function promises, in units in the last place."""
    found = re.search(r"within (\d+) ulp", getattr(bise, name).doc)
    return float(found[1]) if found else 0.5 if name == "sqrt" else 0.0


def compare(found, exact, most):
    """Against results in more bits: NaN where they are, infinite and zero where they round to that, else close."""
    dtype = found.dtype.type
    with np.errstate(all="ignore"):
        rounded = exact.astype(dtype)
        assert (np.isnan(found) == np.isnan(rounded)).all()
        finite = np.isfinite(found) & np.isfinite(rounded)
        overflow = ~finite & ~np.isnan(found)
        # Within the bound of the largest number either is right.
        assert (found == rounded)[
            overflow & ((abs(found) < 1) | (abs(exact) > np.finfo(dtype).max * 1.0001))
        ].all()
        zeros = (found == 0) & (rounded == 0)
        assert (np.signbit(found) == np.signbit(rounded))[zeros].all()
        error = abs(found.astype(exact.dtype) - exact) / np.spacing(abs(rounded)).astype(exact.dtype)
        assert (error[finite] <= most + 1e-3).all(), error[finite].max()


def allowed(name, dtype):
    return bound(name) + (0 if dtype is np.float32 or HAS_WIDE or bound(name) == 0 else 1)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", UNARY)
def test_functions_on_all_of_their_range(operator, name, dtype):
    x = samples(dtype)
    found = call(operator(f"{name}(x)", np.dtype(dtype).name, x=dtype), dtype, x)
    with np.errstate(all="ignore"):
        compare(found, getattr(np, name)(x.astype(WIDE[dtype])), allowed(name, dtype))


@pytest.mark.parametrize("dtype", FLOATS)
def test_gamma_on_all_of_its_range(operator, dtype):
    x = np.concatenate([np.random.default_rng(2).uniform(-30, 34, 5000), np.arange(1.0, 30.0)]).astype(dtype)
    found = call(operator("gamma(x)", np.dtype(dtype).name, x=dtype), dtype, x)
    exact = np.array([math.gamma(value) for value in x.tolist()])
    # Python's own is within some units of exact.
    compare(found, exact, bound("gamma") + 10 if dtype is np.float64 else 1.0)


@pytest.mark.parametrize("dtype", FLOATS)
def test_gamma_outside_of_its_domain(operator, dtype):
    x = np.array(
        [0.0, -0.0, -1.0, -2.0, -200.0, np.inf, -np.inf, np.nan, 200.0, -1e20, 1e-40, 171.75, 36.0], dtype
    )
    found = call(operator("gamma(x)", np.dtype(dtype).name, x=dtype), dtype, x)
    large = math.gamma(36.0) if dtype is np.float64 else np.inf
    nan, inf = np.nan, np.inf
    expected = [inf, -inf, nan, nan, nan, inf, nan, nan, inf, nan, 1e40 if dtype is np.float64 else inf, inf]
    assert np.allclose(found[:12].astype(np.float64), expected, rtol=1e-7, equal_nan=True)
    assert np.isclose(found[12], large, rtol=1e-6)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize(
    ("expression", "exact"),
    [
        ("x ** y", np.power),
        ("x % y", np.remainder),
        ("fmod(x, y)", np.fmod),
        ("x / y", np.divide),
        ("x // y", None),
    ],
)
def test_functions_of_two_numbers(operator, expression, exact, dtype):
    random = np.random.default_rng(3)
    x = samples(dtype, 5000)
    y = random.permutation(x)
    small = random.integers(-50, 50, x.size).astype(dtype)
    with np.errstate(all="ignore"):
        x, y = np.concatenate([x, x, small * y]), np.concatenate([y, small, y])
        found = call(operator(expression, np.dtype(dtype).name, x=dtype, y=dtype), dtype, x, y)
        if expression == "x // y":
            # As NumPy does: each step rounded to the type.
            compare(found, np.floor_divide(x, y), 0.0)
        elif expression in ("x % y", "fmod(x, y)"):
            compare(found, exact(x, y), 0.0)
        else:
            most = 0.5 if expression == "x / y" else 1.0
            compare(found, exact(x.astype(WIDE[dtype]), y.astype(WIDE[dtype])), most + (not HAS_WIDE))


@pytest.mark.parametrize("dtype", FLOATS)
def test_minima_and_maxima_of_two(operator, dtype):
    values = [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan]
    x, y = (part.ravel().astype(dtype) for part in np.meshgrid(values, values))
    name = np.dtype(dtype).name
    for function in ("minimum", "maximum"):
        found = call(operator(f"{function}(x, y)", name, x=dtype, y=dtype), dtype, x, y)
        assert np.array_equal(found, getattr(np, function)(x, y), equal_nan=True)
        # The second where they are equal.
        equal = x == y
        assert (np.signbit(found) == np.signbit(y))[equal].all()


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", UNARY)
def test_constants_are_computed_as_fields_are(operator, name, dtype):
    numbers = (
        "0.0",
        "-0.0",
        "0.3",
        "-0.3",
        "1.0",
        "-1.0",
        "1.0625",
        "-8818.85",
        "-788.5",
        "1e-310",
        "7e22",
        "-3e30",
    )
    dtype_name = np.dtype(dtype).name
    constants = [f"broadcast({name}({dtype_name}('{number}')), (I,))" for number in numbers]
    op = operator(constants, dtype_name, x=dtype)
    x = np.array([float(number) for number in numbers]).astype(dtype)
    found = call(operator(f"{name}(x)", dtype_name, x=dtype), dtype, x)
    folded = tuple(np.zeros(1, dtype) for _ in numbers)
    op(np.zeros(1, dtype), out=folded, offset_provider={})
    folded = np.concatenate(folded)
    both_nan = np.isnan(found) & np.isnan(folded)
    assert ((found.view(f"u{x.itemsize}") == folded.view(f"u{x.itemsize}")) | both_nan).all()


def integers(dtype, seed=4):
    info, random = np.iinfo(dtype), np.random.default_rng(seed)
    ends = [info.min, info.min + 1, info.max, info.max - 1, info.max // 2, 0, 1, 2, 3, 7, 10, 63, 64]
    ends += [value for value in (-1, -2, -3, -7) if info.min < 0]
    anything = random.integers(info.min, info.max, 200, dtype=dtype, endpoint=True)
    few = random.integers(0 if info.min == 0 else -9, 9, 200)
    return np.concatenate([np.array(ends, dtype), anything, few.astype(dtype)])


def wrapped(value, dtype):
    info = np.iinfo(dtype)
    return (value - info.min) % (1 << info.bits) + info.min


def truncated(a, b):
    return 0 if b == 0 else abs(a) // abs(b) * (-1 if (a < 0) != (b < 0) else 1)


def power(a, b, bits):
    if b >= 0:
        return pow(a, b, 1 << bits)
    return {1: 1, -1: 1 if b % 2 == 0 else -1}.get(a, 0)


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize(
    ("expression", "exact"),
    [
        ("x + y", lambda a, b, bits: a + b),
        ("x - y", lambda a, b, bits: a - b),
        ("x * y", lambda a, b, bits: a * b),
        ("x / y", lambda a, b, bits: truncated(a, b)),
        ("x // y", lambda a, b, bits: a // b if b else 0),
        ("x % y", lambda a, b, bits: a % b if b else 0),
        ("x ** y", power),
        ("minimum(x, y)", lambda a, b, bits: min(a, b)),
        ("maximum(x, y)", lambda a, b, bits: max(a, b)),
    ],
)
def test_integers_are_exact_and_wrap(operator, expression, exact, dtype):
    values = integers(dtype)
    x, y = (part.ravel() for part in np.meshgrid(values[:120], values[:120]))
    found = call(operator(expression, np.dtype(dtype).name, x=dtype, y=dtype), dtype, x, y)
    bits = np.iinfo(dtype).bits
    expected = [wrapped(exact(a, b, bits), dtype) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    assert found.tolist() == expected


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_of_one(operator, dtype):
    x = integers(dtype)
    for expression, exact in (("-x", lambda a: -a), ("abs(x)", abs)):
        found = call(operator(expression, np.dtype(dtype).name, x=dtype), dtype, x)
        assert found.tolist() == [wrapped(exact(a), dtype) for a in x.tolist()]


@pytest.mark.parametrize("source", FLOATS)
@pytest.mark.parametrize("target", INTEGERS)
def test_floats_become_integers_that_are_nearest_towards_zero(operator, source, target):
    info = np.iinfo(target)
    ends = [float(info.min), float(info.max), 2.0**31, 2.0**63, 2.0**64, -(2.0**63), -0.5, 0.99, -0.99, -1.0]
    near = [edge + step for edge in ends[:2] for step in (-1.5, -0.5, 0.5, 1.5)]
    x = np.concatenate([samples(source, 500), np.array([*ends, *near], source)])
    name = np.dtype(target).name
    found = call(operator(f"astype(x, {name})", name, x=source), target, x)

    def exact(value):
        if math.isnan(value):
            return 0
        whole = info.max if value == math.inf else info.min if value == -math.inf else math.trunc(value)
        return min(max(whole, info.min), info.max)

    assert found.tolist() == [exact(value) for value in x.tolist()]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (source, target)
        for source in INTEGERS
        for target in (*INTEGERS, *FLOATS, np.bool_)
        if source is not target
    ],
)
def test_integers_become_other_numbers(operator, source, target):
    x, name = integers(source), np.dtype(target).name
    found = call(operator(f"astype(x, {name})", name, x=source), target, x)
    assert (found == x.astype(target)).all()


@pytest.mark.parametrize(("source", "target"), [(np.float64, np.float32), (np.float32, np.float64)])
def test_floats_become_other_floats(operator, source, target):
    x, name = samples(source, 2000), np.dtype(target).name
    found = call(operator(f"astype(x, {name})", name, x=source), target, x)
    with np.errstate(all="ignore"):
        assert np.array_equal(found, x.astype(target), equal_nan=True)
    assert (np.signbit(found) == np.signbit(x))[~np.isnan(x)].all()


@pytest.mark.parametrize("source", FLOATS)
def test_floats_become_truth_values(operator, source):
    x = samples(source, 200)
    found = call(operator("astype(x, bool)", "bool", x=source), np.bool_, x)
    assert (found == (x != 0)).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floored_quotients_and_rests_are_those_of_numpy(dtype):
    """Also where a quotient is halfway between two numbers of float32, which it is not in more bits."""
    field = gtx.Field[[I], dtype]

    @gtx.field_operator
    def floored(a: field, b: field) -> tuple[field, field]:
        return a // b, a % b

    rng = np.random.default_rng(0)
    size = 50_000
    a = (rng.uniform(-1, 1, size) * 10 ** rng.uniform(-3, 9, size)).astype(dtype)
    b = (rng.choice([-1, 1], size) * 10 ** rng.uniform(-4, 4, size)).astype(dtype)
    b[: size // 2] = 1e-3
    out = tuple(gtx.zeros({I: size}, dtype=dtype) for _ in range(2))
    floored(gtx.as_field([I], a), gtx.as_field([I], b), out=out)
    np.testing.assert_array_equal(out[0].asnumpy(), a // b)
    np.testing.assert_array_equal(out[1].asnumpy(), a % b)
