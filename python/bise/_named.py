"""Pairs of a dimension and an index or a range."""

from __future__ import annotations

from typing import Any, NamedTuple, Self


class NamedIndex(NamedTuple):
    """An index along a dimension: what ``I(3)`` is. ``field[I(3)]`` reads at this absolute index."""

    dim: Any
    value: int

    def __repr__(self) -> str:
        return f"{self.dim}({self.value})"


class NamedRange(NamedTuple):
    """A range along a dimension. ``field[named_range]`` is the part of a field on it."""

    dim: Any
    unit_range: Any

    def __repr__(self) -> str:
        return f"{self.dim}: {self.unit_range!r}"


class Dims(tuple[Any, ...]):
    """Dimensions in an annotation: ``Field[Dims[I, J], float64]`` is ``Field[[I, J], float64]``."""

    def __new__(cls, *dims: Any) -> Self:
        return super().__new__(cls, dims)

    def __class_getitem__(cls, dims: Any) -> Any:
        return cls(*dims) if isinstance(dims, tuple) else cls(dims)

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(self)

    def __repr__(self) -> str:
        return f"Dims[{', '.join(map(str, self))}]"
