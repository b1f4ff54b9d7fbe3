"""Trees of values (tuples and named collections), and what becomes of the leaves on their way into a body."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from . import numbers
from .fields import Field, number, pointwise

Type = Any
"""What a parameter is: a list for a tuple, or a pair of dimensions (`None` for a number) and the name of the data type."""


def map_leaves(value: Any, function: Callable[[Any], Any]) -> Any:
    """The same tree, of tuples and named collections, with other leaves."""
    if isinstance(value, tuple):
        items = [map_leaves(item, function) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        return dataclasses.replace(
            value, **{name: map_leaves(getattr(value, name), function) for name in names}
        )
    return function(value)


def collected(value: Any, declared: Any) -> Any:
    """A tuple that is given for a named collection, as that."""
    names = _names(declared)
    if names is None or not isinstance(value, tuple) or isinstance(value, declared):
        return value
    of = getattr(declared, "__annotations__", {})
    return declared(*(collected(item, of.get(name)) for item, name in zip(value, names, strict=True)))


def _names(declared: Any) -> list[str] | None:
    if not isinstance(declared, type):
        return None
    if issubclass(declared, tuple) and hasattr(declared, "_fields"):
        return list(declared._fields)
    return (
        [field.name for field in dataclasses.fields(declared)] if dataclasses.is_dataclass(declared) else None
    )


def leaves(value: Any) -> list[Any]:
    found: list[Any] = []
    map_leaves(value, found.append)
    return found


def kinds_of(kind: Type) -> list[Any]:
    return [leaf for item in kind for leaf in kinds_of(item)] if isinstance(kind, list) else [kind]


def settle(value: Any, kind: Type) -> Any:
    """Python's numbers with the types that are declared in their places."""
    kinds = iter(kinds_of(kind))

    def one(leaf: Any) -> Any:
        _, dtype = next(kinds)
        return leaf if isinstance(leaf, Field) else number(leaf, dtype)

    return map_leaves(value, one)


def plain(value: Any) -> Field:
    """A Python number as a field: integers are int32."""
    if isinstance(value, int) and not isinstance(value, bool):
        return number(value, np.int32)
    return number(value)


def cast(leaf: Any, dtype: np.dtype[Any]) -> Field:
    if isinstance(leaf, int) and not isinstance(leaf, bool):
        return number(leaf, dtype)
    return pointwise(lambda array: numbers.cast(array, dtype), dtype, plain(leaf))


class _Converter:
    """A data type inside of an operator: `int32(n)` is a number by the rules of the language."""

    def __init__(self, dtype: Any):
        self.dtype = np.dtype(dtype)

    def __call__(self, value: Any) -> Field:
        return cast(self.dtype.type(value), self.dtype) if isinstance(value, str) else cast(value, self.dtype)


def inside(definition: Any) -> Any:
    """The function with data types that convert by the rules of the language. Its code is the same for debuggers."""
    names = definition.__code__.co_names
    found = {name: definition.__globals__[name] for name in names if name in definition.__globals__}
    converters = {
        name: _Converter(value)
        for name, value in found.items()
        if isinstance(value, type) and issubclass(value, np.generic)
    }
    if not converters:
        return definition
    surroundings = {**definition.__globals__, **converters}
    return types.FunctionType(
        definition.__code__,
        surroundings,
        definition.__name__,
        definition.__defaults__,
        definition.__closure__,
    )
