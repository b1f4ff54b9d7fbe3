"""Pairs of a dimension and an index or a range."""

from __future__ import annotations

from typing import Any, NamedTuple


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


class Dims:
    """Dimensions in an annotation: ``Field[Dims[I, J], float64]`` is ``Field[[I, J], float64]``."""

    def __new__(cls, *dims: Any) -> Any:
        return dims

    def __class_getitem__(cls, dims: Any) -> tuple[Any, ...]:
        return dims if isinstance(dims, tuple) else (dims,)
