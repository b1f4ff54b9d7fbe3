"""The functions of the language on arrays, by the rules of the README: one data type in, wrapping, floored, saturating."""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np

INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
FLOATS = ("float32", "float64")
NUMBERS = INTEGERS + FLOATS
MATH = (
    *(
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
    ),
    *("exp", "log", "gamma", "cbrt"),
)
SPELLED = {"minimum": "min", "maximum": "max", "power": "pow"}

Array = np.ndarray


def literal(value: bool | float, dtype: np.dtype) -> Array:
    """A literal in the type of what it meets."""
    return np.array(value).astype(dtype) if isinstance(value, float) else np.array(value, dtype=dtype)


def cast(array: Array, dtype: np.dtype) -> Array:
    """Floats to integers truncate and saturate, NaN is zero; integers wrap; to a truth value is `!= 0`."""
    if dtype == bool:
        return array != 0
    if array.dtype.kind != "f" or dtype.kind == "f":
        return array.astype(dtype)
    limits, wide = np.iinfo(dtype), np.trunc(array.astype(float))
    low, high = wide <= float(limits.min), wide >= float(limits.max)
    inside = np.where(low | high | np.isnan(wide), 0.0, wide).astype(dtype)
    return np.where(low, limits.min, np.where(high, limits.max, inside)).astype(dtype)


def divide(a: Array, b: Array) -> Array:
    """Of integers truncated towards zero; 0 where the divisor is 0."""
    if a.dtype.kind == "f":
        return a / b
    floor = np.floor_divide(a, np.where(b == 0, 1, b).astype(a.dtype))
    up = (floor * b != a) & ((a < 0) != (b < 0))
    return np.where(b == 0, 0, floor + up.astype(a.dtype)).astype(a.dtype)


def floor_divide(a: Array, b: Array) -> Array:
    if a.dtype.kind == "f":
        return np.floor_divide(a, b)
    return np.where(b == 0, 0, np.floor_divide(a, np.where(b == 0, 1, b).astype(a.dtype))).astype(a.dtype)


def modulo(a: Array, b: Array) -> Array:
    if a.dtype.kind == "f":
        return np.remainder(a, b)
    return np.where(b == 0, 0, np.remainder(a, np.where(b == 0, 1, b).astype(a.dtype))).astype(a.dtype)


def power(a: Array, b: Array) -> Array:
    """Of integers by squares, wrapping; to a negative power the truncated quotient."""
    if a.dtype.kind == "f":
        return library("pow", a.dtype)(a, b)
    result, base = np.ones_like(a), a.copy()
    exponent = b.astype(np.uint64)
    for bit in range(64):
        odd = (exponent >> np.uint64(bit)) & np.uint64(1) == 1
        result = np.where(odd, result * base, result).astype(a.dtype)
        base = base * base
    if a.dtype.kind == "i":
        sign = np.where(b % 2 == 0, 1, -1)
        small = np.where(a == 1, 1, np.where(a == -1, sign, 0))
        result = np.where(b < 0, small, result).astype(a.dtype)
    return result


def minimum(a: Array, b: Array) -> Array:
    return np.where((a < b) | np.isnan(a), a, b)


def maximum(a: Array, b: Array) -> Array:
    return np.where((a > b) | np.isnan(a), a, b)


def identity(name: str, dtype: np.dtype) -> Array:
    """What nothing gives."""
    if name == "neighbor_sum":
        return np.zeros((), dtype=dtype)
    limits = np.finfo(dtype) if dtype.kind == "f" else np.iinfo(dtype)
    return np.array(limits.min if name == "max_over" else limits.max, dtype=dtype)


def fold(name: str, total: Array, one: Array, started: Array) -> Array:
    if name == "neighbor_sum":
        return total + one
    return np.where(started, (maximum if name == "max_over" else minimum)(total, one), one)


def fold_range(name: str, values: Array) -> Array:
    """Along the last axis, in the order of docs/numbers.md."""
    dtype = values.dtype
    meet = {"sum_over": np.add, "max_over": maximum, "min_over": minimum}[name]
    infinities = {"max_over": -np.inf, "min_over": np.inf}
    nothing = identity("neighbor_sum" if name == "sum_over" else name, dtype)
    if values.shape[-1] == 0:
        return np.full(values.shape[:-1], nothing, dtype=dtype)
    start = infinities.get(name, 0) if dtype.kind == "f" else nothing
    total = np.full(values.shape[:-1], start, dtype=dtype)
    with np.errstate(all="ignore"):
        for first in range(0, values.shape[-1], 1024):
            lanes = np.full((*values.shape[:-1], 16), start, dtype=dtype)
            for at in range(first, min(first + 1024, values.shape[-1]), 16):
                points = values[..., at : min(at + 16, first + 1024)]
                lanes[..., : points.shape[-1]] = meet(lanes[..., : points.shape[-1]], points)
            while lanes.shape[-1] > 1:
                half = lanes.shape[-1] // 2
                lanes = meet(lanes[..., :half], lanes[..., half:])
            total = meet(total, lanes[..., 0])
    return total


PLAIN: dict[str, Callable[..., Array]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": divide,
    "floordiv": floor_divide,
    "mod": modulo,
    "pow": power,
    "and": np.logical_and,
    "or": np.logical_or,
    "xor": np.logical_xor,
    "not": np.logical_not,
    "neg": np.negative,
    "abs": np.abs,
    "min": minimum,
    "max": maximum,
    "fmod": np.fmod,
    "sqrt": np.sqrt,
    "floor": np.floor,
    "ceil": np.ceil,
    "trunc": np.trunc,
}
PREDICATES: dict[str, Callable[..., Array]] = {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "isfinite": np.isfinite,
    "isinf": np.isinf,
    "isnan": np.isnan,
}


def builtin(name: str, dtype: np.dtype) -> tuple[Callable[..., Array], np.dtype]:
    """A function by its name, and the type of its result."""
    if name in PREDICATES:
        return PREDICATES[name], np.dtype(bool)
    return PLAIN.get(name) or library(name, dtype), dtype


TEXT = """
import bise as gtx
from bise import Field, {dtype}
I = gtx.Dimension("I")

@gtx.field_operator
def function(a: Field[[I], {dtype}], b: Field[[I], {dtype}]) -> Field[[I], {dtype}]:
    return {text}
"""


@functools.cache
def library(name: str, dtype: np.dtype) -> Callable[..., Array]:
    """A mathematical function of Bise's own library, which no other has to the last bit, held against NumPy's."""
    from . import modules

    text = "a ** b" if name == "pow" else f"gtx.{name}(a)"
    operator = modules.load(TEXT.format(dtype=dtype.name, text=text)).function
    numpy = np.power if name == "pow" else getattr(np, name, None)

    def function(a: Array, b: Array | None = None) -> Array:
        x, out = np.ascontiguousarray(a).ravel(), np.zeros(a.size, dtype=dtype)
        y = x if b is None else np.ascontiguousarray(b).ravel()
        operator(x, y, out=out)
        if numpy is not None:
            wanted = numpy(x, y) if name == "pow" else numpy(x)
            agree(name, out, wanted, x)
        return out.reshape(a.shape)

    return function


def agree(name: str, found: Array, wanted: Array, x: Array) -> None:
    """A few units in the last place; infinities and NaN alike."""
    near = np.abs(found - wanted) <= 8 * np.spacing(np.abs(wanted))
    alike = near | (found == wanted) | (np.isnan(found) & np.isnan(wanted))
    if not alike.all():
        at = np.argmin(alike)
        raise AssertionError(f"{name}({x[at]!r}) is {found[at]!r}, NumPy says {wanted[at]!r}")
