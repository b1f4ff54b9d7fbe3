"""Types of fields with parameters: ``IField = Field[Dims[I], T]``, which ``IField[float64]`` makes a type."""

from __future__ import annotations

from typing import Any, TypeVar, Union

from . import _core
from ._named import Dims


class GenericFieldType:
    """The type of a field in which type variables stand for its data type, its dimensions or some of them.

    ``typing`` knows it by its ``__parameters__``: ``tuple[IField, IField]`` is subscripted likewise.
    """

    __slots__ = ("__parameters__", "__weakref__", "dims", "dtype")

    def __init__(self, dims: Any, dtype: Any) -> None:
        self.dims = dims if isinstance(dims, TypeVar) else tuple(dims)
        self.dtype = dtype
        parts: list[Any] = [dims] if isinstance(dims, TypeVar) else [*dims]
        known = [part for part in parts if not isinstance(part, TypeVar)]
        # What is no variable is what it has to be: said here, not where the alias is used.
        _field(known, "float64" if isinstance(dtype, TypeVar) else dtype)
        params = [part for part in [*parts, dtype] if isinstance(part, TypeVar)]
        self.__parameters__ = tuple(dict.fromkeys(params))

    def __getitem__(self, values: Any) -> Any:
        given = values if isinstance(values, tuple) and not isinstance(values, Dims) else (values,)
        params = self.__parameters__
        if len(given) != len(params):
            names = ", ".join(param.__name__ for param in params)
            raise TypeError(f"{self!r} takes one type for each of {names}, not {len(given)}")
        values_of = dict(zip(params, given, strict=True))

        def value(part: Any) -> Any:
            return values_of[part] if isinstance(part, TypeVar) else part

        dims = value(self.dims) if isinstance(self.dims, TypeVar) else [value(dim) for dim in self.dims]
        return _field(dims, value(self.dtype))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GenericFieldType) and (self.dims, self.dtype) == (other.dims, other.dtype)

    def __hash__(self) -> int:
        return hash((self.dims, self.dtype))

    def __or__(self, other: Any) -> Any:
        return Union[self, other]  # noqa: UP007 - `|` comes here

    def __ror__(self, other: Any) -> Any:
        return Union[other, self]  # noqa: UP007

    def __repr__(self) -> str:
        dims = repr(self.dims) if isinstance(self.dims, TypeVar) else f"[{', '.join(map(_name, self.dims))}]"
        return f"Field[{dims}, {_name(self.dtype)}]"

    def __reduce__(self) -> Any:
        return GenericFieldType, (self.dims, self.dtype)


def _field(dims: Any, dtype: Any) -> Any:
    """``Field[dims, dtype]`` as an object, which is no annotation here."""
    return _core.Field.__class_getitem__((dims, dtype))


def _name(part: Any) -> str:
    return str(part) if isinstance(part, (TypeVar, _core.Dimension)) else getattr(part, "__name__", str(part))


def generic(dims: Any, dtype: Any) -> GenericFieldType | None:
    """The type with parameters for what stands in the brackets of ``Field[...]``, or nothing if there are none."""
    parts = dims if isinstance(dims, (list, tuple)) else [dims]
    if any(isinstance(part, TypeVar) for part in [*parts, dtype]):
        return GenericFieldType(dims, dtype)
    return None
