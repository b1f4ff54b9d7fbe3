"""`concat_where`: fields that are defined piece by piece."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from . import context
from .fields import Field, Points, Ranges, spread, typed, united
from .numbers import Array


@dataclasses.dataclass(frozen=True)
class Region:
    """A part of all points: a comparison of a dimension with an integer, or two regions together."""

    operator: str
    operands: tuple[Any, ...]

    def __and__(self, other: Region) -> Region:
        return Region("and", (self, other))

    def __or__(self, other: Region) -> Region:
        return Region("or", (self, other))

    def __invert__(self) -> Region:
        return Region("not", (self,))

    def __bool__(self) -> bool:
        # Python asks in the middle of `0 < K < n`: what comes next is the other half.
        context.current().chained = self
        return True


def compared(dim: Any, operator: str, index: int) -> Region:
    """`dim < index`"""
    found = Region(operator, (dim, index))
    known = context.current()
    first, known.chained = known.chained, None
    return found if first is None else first & found


def concat_where(region: Region, then: Any, otherwise: Any) -> Any:
    """One on the points of the region, the other elsewhere; neither is read beside its part."""
    if isinstance(then, tuple):
        pairs = zip(then, otherwise, strict=True)
        return (
            type(then)(*(concat_where(region, a, b) for a, b in pairs))
            if hasattr(then, "_fields")
            else tuple(concat_where(region, a, b) for a, b in pairs)
        )
    then, otherwise = alike(then, otherwise)
    match region.operator:
        case "and":
            first, second = region.operands
            return concat_where(first, concat_where(second, then, otherwise), otherwise)
        case "or":
            first, second = region.operands
            return concat_where(first, then, concat_where(second, then, otherwise))
        case "not":
            return concat_where(region.operands[0], otherwise, then)
    dim, index = region.operands
    match region.operator:
        case "<":
            return _cut(dim, index, then, otherwise)
        case "<=":
            return _cut(dim, index + 1, then, otherwise)
        case ">":
            return _cut(dim, index + 1, otherwise, then)
        case ">=":
            return _cut(dim, index, otherwise, then)
        case "==":
            return _cut(dim, index, otherwise, _cut(dim, index + 1, then, otherwise))
        case _:
            return _cut(dim, index, then, _cut(dim, index + 1, otherwise, then))


def alike(a: Any, b: Any) -> tuple[Field, Field]:
    """Two fields of one type."""
    dtypes = [value.dtype for value in (a, b) if isinstance(value, Field | np.generic)]
    if not dtypes:
        kinds = {type(a), type(b)}
        dtypes = [np.dtype(bool if kinds == {bool} else float if float in kinds else np.int32)]
    return typed(a, dtypes[0]), typed(b, dtypes[0])


def _cut(dim: Any, at: int, below: Field, above: Field) -> Field:
    """One below an index, the other from it on."""
    level = context.level(dim)
    if level is not None:
        return below if level < at else above
    dims = united(below, above)
    if dim not in dims:
        dims = (*dims, dim)

    def compute(points: Points) -> Array:
        along, axis = points[dim], dims.index(dim)
        array = np.zeros([points[d].size for d in dims], dtype=below.dtype)
        for value, part in ((below, along < at), (above, along >= at)):
            if part.any():
                found = spread(value.at({**points, dim: along[part]}), value.dims, dims)
                shape = [int(part.sum()) if d == dim else points[d].size for d in dims]
                array[(slice(None),) * axis + (part,)] = np.broadcast_to(found, shape)
        return array

    return Field(dims, below.dtype, compute, _ranges(dim, at, below.ranges, above.ranges))


def _ranges(dim: Any, at: int, below: Ranges, above: Ranges) -> Ranges:
    """Where both are given; along the cut where the pieces are, if they meet."""
    ranges: Ranges = {}
    for d in {*below, *above} - {dim}:
        both = [piece[d] for piece in (below, above) if d in piece]
        ranges[d] = (max(low for low, _ in both), min(high for _, high in both))
    if dim in below and dim in above:
        (low, ends), (begins, high) = below[dim], above[dim]
        if low >= at:
            ranges[dim] = (max(begins, at), high)
        elif high <= at:
            ranges[dim] = (low, min(ends, at))
        elif ends >= at >= begins:
            ranges[dim] = (low, high)
    return ranges
