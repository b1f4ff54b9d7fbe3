"""Operations on arrays by the rules of the language (docs/numbers.md), where NumPy has others.

One data type goes in and mostly comes out: integers wrap, `/` of them truncates towards zero, a division by zero gives
zero, and floats to integers saturate.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Operation = Callable[..., Array]


def cast(array: Array, dtype: np.dtype[Any]) -> Array:
    """`astype`: floats to integers truncate and saturate, NaN is zero; to a truth value is `!= 0`."""
    if dtype.kind == "b":
        return array != 0
    if array.dtype.kind != "f" or dtype.kind == "f":
        return array.astype(dtype)
    limits, whole = np.iinfo(dtype), np.trunc(array.astype(np.float64))
    low, high = whole <= float(limits.min), whole >= float(limits.max)
    inside = np.where(low | high | np.isnan(whole), 0.0, whole).astype(dtype)
    return np.where(low, limits.min, np.where(high, limits.max, inside)).astype(dtype)


def _by_not_zero(a: Array, b: Array, operation: Operation) -> Array:
    quotient = operation(a, np.where(b == 0, 1, b).astype(a.dtype))
    return np.where(b == 0, 0, quotient).astype(a.dtype)


def divide(a: Array, b: Array) -> Array:
    if a.dtype.kind == "f":
        return a / b

    def truncated(a: Array, b: Array) -> Array:
        floor = np.floor_divide(a, b)
        return floor + ((floor * b != a) & ((a < 0) != (b < 0))).astype(a.dtype)

    return _by_not_zero(a, b, truncated)


def floor_divide(a: Array, b: Array) -> Array:
    return np.floor_divide(a, b) if a.dtype.kind == "f" else _by_not_zero(a, b, np.floor_divide)


def modulo(a: Array, b: Array) -> Array:
    return np.remainder(a, b) if a.dtype.kind == "f" else _by_not_zero(a, b, np.remainder)


def power(a: Array, b: Array) -> Array:
    """Of integers by squares, wrapping; to a negative power the truncated quotient."""
    if a.dtype.kind == "f":
        return np.power(a, b)
    result, base = np.ones_like(a), a.copy()
    for bit in range(b.dtype.itemsize * 8):
        odd = (b.astype(np.uint64) >> np.uint64(bit)) & np.uint64(1) == 1
        result = np.where(odd, result * base, result).astype(a.dtype)
        base = base * base
    if a.dtype.kind == "i":
        ends = np.where(a == 1, 1, np.where(a == -1, np.where(b % 2 == 0, 1, -1), 0))
        result = np.where(b < 0, ends, result).astype(a.dtype)
    return result


def minimum(a: Array, b: Array) -> Array:
    return np.where((a < b) | np.isnan(a), a, b)


def maximum(a: Array, b: Array) -> Array:
    return np.where((a > b) | np.isnan(a), a, b)


def _gamma(x: float) -> float:
    try:
        return math.gamma(x)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.copysign(math.inf, x) if x == 0.0 else math.nan


def gamma(a: Array) -> Array:
    return np.vectorize(_gamma, otypes=[np.float64])(a).astype(a.dtype)


_OWN: dict[str, Operation] = {
    "truediv": divide,
    "floordiv": floor_divide,
    "mod": modulo,
    "pow": power,
    "power": power,
    "minimum": minimum,
    "maximum": maximum,
    "gamma": gamma,
    "and": np.logical_and,
    "or": np.logical_or,
    "xor": np.logical_xor,
    "not": np.logical_not,
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "neg": np.negative,
    "abs": np.absolute,
}
_TRUTH = {
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "eq": np.equal,
    "ne": np.not_equal,
    "isfinite": np.isfinite,
    "isinf": np.isinf,
    "isnan": np.isnan,
}


def operation(name: str, dtype: np.dtype[Any]) -> tuple[Operation, np.dtype[Any]]:
    """An operation on values of a type, and the type of its result."""
    if name in _TRUTH:
        return _TRUTH[name], np.dtype(bool)
    return _OWN.get(name) or getattr(np, name), dtype


def nothing(name: str, dtype: np.dtype[Any]) -> Any:
    """What a fold of nothing gives."""
    if name not in ("max_over", "min_over"):
        return dtype.type(0)
    limits = np.finfo(dtype) if dtype.kind == "f" else np.iinfo(dtype)
    return dtype.type(limits.min if name == "max_over" else limits.max)


def fold_range(name: str, values: Array) -> Array:
    """Along the last axis, in the order of docs/numbers.md: blocks of 1024 points, in each of them 16 lanes."""
    meets: dict[str, Operation] = {"sum_over": np.add, "max_over": maximum, "min_over": minimum}
    meet = meets[name]
    if values.shape[-1] == 0:
        return np.full(values.shape[:-1], nothing(name, values.dtype))
    infinite = {"max_over": -np.inf, "min_over": np.inf}
    start = infinite.get(name, 0) if values.dtype.kind == "f" else nothing(name, values.dtype)
    total = np.full(values.shape[:-1], start, dtype=values.dtype)
    for first in range(0, values.shape[-1], 1024):
        lanes = np.full((*values.shape[:-1], 16), start, dtype=values.dtype)
        for at in range(first, min(first + 1024, values.shape[-1]), 16):
            points = values[..., at : at + 16]
            lanes[..., : points.shape[-1]] = meet(lanes[..., : points.shape[-1]], points)
        while lanes.shape[-1] > 1:
            half = lanes.shape[-1] // 2
            lanes = meet(lanes[..., :half], lanes[..., half:])
        total = meet(total, lanes[..., 0])
    return total
