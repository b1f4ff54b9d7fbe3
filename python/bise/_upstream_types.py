"""Upstream's type specifications (``gt4py.next.type_system``), for code that looks at the types of arguments."""

from __future__ import annotations

import dataclasses
import enum
from typing import Any

import numpy as np

from . import _core


class TypeSpec:
    """What all types have in common."""


class DataType(TypeSpec):
    """A type of values."""


class ScalarKind(enum.IntEnum):
    """Data types by upstream's names."""

    BOOL = 1
    INT8 = 2
    UINT8 = 3
    INT16 = 4
    UINT16 = 5
    INT32 = 32
    UINT32 = 33
    INT64 = 64
    UINT64 = 65
    FLOAT32 = 1032
    FLOAT64 = 1064
    STRING = 3001


@dataclasses.dataclass(frozen=True)
class ScalarType(DataType):
    """A number or truth value."""

    kind: ScalarKind
    shape: list[int] | None = None

    def __str__(self) -> str:
        return self.kind.name.lower()


@dataclasses.dataclass(frozen=True)
class FieldType(DataType):
    """A field: ``dims`` in the order in which they are written, and the type of its values."""

    dims: list[Any]
    dtype: ScalarType

    def __str__(self) -> str:
        return f"Field[[{', '.join(dim.value for dim in self.dims)}], {self.dtype}]"


@dataclasses.dataclass(frozen=True)
class TupleType(DataType):
    """A tuple."""

    types: list[DataType]

    def __str__(self) -> str:
        return f"tuple[{', '.join(map(str, self.types))}]"


@dataclasses.dataclass(frozen=True)
class NamedCollectionType(TupleType):
    """A ``NamedTuple`` or data class whose elements have those names."""

    keys: list[str] = dataclasses.field(default_factory=list)
    original_python_type: str = ""


def _spec(tree: Any) -> DataType:
    if isinstance(tree, list):
        return TupleType([_spec(item) for item in tree])
    dims, name = tree
    scalar = ScalarType(ScalarKind[name.upper()])
    return scalar if dims is None else FieldType(list(dims), scalar)


def from_type_hint(hint: Any, **_: Any) -> DataType:
    """The type that an annotation stands for.

    Raises
    ------
    ValueError
        If it is none of the language.
    """
    found = _spec(_core._type_tree(hint))
    names = [field.name for field in dataclasses.fields(hint)] if dataclasses.is_dataclass(hint) else None
    names = list(hint._fields) if hasattr(hint, "_fields") else names
    if names is not None and isinstance(found, TupleType):
        return NamedCollectionType(found.types, names, f"{hint.__module__}:{hint.__qualname__}")
    return found


def from_value(value: Any) -> DataType:
    """The type of an argument: a field, a number, or a tuple of such."""
    if isinstance(value, tuple):
        return TupleType([from_value(item) for item in value])
    if isinstance(value, _core.Field):
        scalar = ScalarType(ScalarKind[np.dtype(value.dtype).name.upper()])
        return FieldType(list(value.domain.dims), scalar) if value.domain.dims else scalar
    if isinstance(value, bool):
        return ScalarType(ScalarKind.BOOL)
    if isinstance(value, int):
        return ScalarType(ScalarKind.INT32 if -(2**31) <= value < 2**31 else ScalarKind.INT64)
    return ScalarType(ScalarKind[np.asarray(value).dtype.name.upper()])
