"""Fields read elsewhere: at a distance, at neighbours, at computed indices; and folds over what is there."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from .. import _core
from .._kinds import DimensionKind
from ..errors import IndexOutOfBounds
from . import context, numbers
from .fields import Field, Points, check_rows, exists, operate, pointwise, presence, spread, typed, united
from .numbers import Array


@dataclasses.dataclass(frozen=True)
class Neighbor:
    """`V2E[0]`: one neighbour."""

    offset: Any
    index: int


@dataclasses.dataclass(frozen=True)
class AsOffset:
    """`as_offset(Koff, distance)`: a computed distance."""

    offset: Any
    distance: Any


def moved(value: Any, step: Any) -> Any:
    """`value(step)`"""
    if isinstance(step, _core.CartesianConnectivity):
        return shifted(value, step.domain_dim, step.offset)
    if isinstance(step, AsOffset):
        return gathered(value, step.offset.source, step.distance)
    if isinstance(step, Neighbor):
        return neighbours(value, step.offset, step.index)
    if len(step.target) == 2:
        return neighbours(value, step, None)
    return shifted(value, step.source, 1)


def shifted(value: Field, dim: Any, distance: int, rows: dict[Any, Field] | None = None) -> Field:
    """At a distance along a dimension."""

    def compute(points: Points) -> Array:
        return value.at({**points, dim: points[dim] + distance})

    ranges = dict(value.ranges)
    if dim in ranges:
        low, high = ranges[dim]
        ranges[dim] = (low - distance, high - distance)
    present = {
        local: shifted(where, dim, distance, {}) if dim in where.dims else where
        for local, where in (presence(value) if rows is None else rows).items()
    }
    return Field(value.dims, value.dtype, compute, ranges, present)


def gathered(value: Field, dim: Any, distance: Any) -> Field:
    """At a computed distance along a dimension, no further than where it is given."""
    far = typed(distance, np.dtype(np.int32))
    if dim not in value.ranges:
        raise IndexOutOfBounds(f"what is read at a computed distance along {dim} has no ends along it")
    low, high = value.ranges[dim]
    dims = united(value, far)
    if dim not in dims:
        dims = (*dims, dim)

    def compute(points: Points) -> Array:
        shape = [points[d].size for d in dims]
        here = spread(points[dim], (dim,), dims)
        there = here + spread(far.at(points), far.dims, dims).astype(np.int64)
        places = np.broadcast_to(np.clip(there, low, high - 1) - low, shape)
        column = spread(value.at({**points, dim: np.arange(low, high)}), value.dims, dims)
        column = np.broadcast_to(
            column, [high - low if d == dim else n for d, n in zip(dims, shape, strict=True)]
        )
        return np.take_along_axis(column, places, axis=dims.index(dim))

    ranges = {d: ends for d, ends in value.ranges.items() if d != dim}
    for d, ends in far.ranges.items():
        known = ranges.get(d, ends)
        ranges[d] = (max(ends[0], known[0]), min(ends[1], known[1]))
    return Field(dims, value.dtype, compute, {dim: (low, high), **ranges})


def neighbours(value: Field, offset: Any, index: int | None, rows: dict[Any, Field] | None = None) -> Field:
    """At one neighbour, or at all of them along the local dimension; zero where there is none."""
    table = context.table(offset)
    source, origin = offset.source, offset.target[0]
    local = offset.target[1]
    new = (origin,) if index is not None else (origin, local)
    axis = value.dims.index(source)
    dims = (*value.dims[:axis], *new, *value.dims[axis + 1 :])

    def compute(points: Points) -> Array:
        rows = points[origin]
        columns = points[local] if index is None else np.array([index])
        check_rows(offset, table, rows)
        entries = table[np.ix_(rows, columns)].ravel()
        there = entries >= 0
        found = value.at({**points, source: entries[there].astype(np.int64)})
        shape = list(found.shape)
        shape[axis] = entries.size
        array = np.zeros(shape, dtype=value.dtype)
        array[(slice(None),) * axis + (there,)] = found
        shape[axis : axis + 1] = [rows.size] if index is not None else [rows.size, columns.size]
        return array.reshape(shape)

    ranges = {dim: ends for dim, ends in value.ranges.items() if dim != source}
    ranges |= {origin: (0, table.shape[0]), local: (0, table.shape[1])}
    present = {
        dim: neighbours(where, offset, index, {}) if source in where.dims else where
        for dim, where in (presence(value) if rows is None else rows).items()
    }
    if index is None and rows is None:
        present[local] = exists(offset)
    return Field(dims, value.dtype, compute, ranges, present)


def entry(value: Field, index: Any) -> Field:
    """`f[V2EDim(0)]`: one entry along a local dimension."""
    dim, number = index.dim, index.value
    axis = value.dims.index(dim)

    def compute(points: Points) -> Array:
        return np.squeeze(value.at({**points, dim: np.array([number])}), axis)

    dims = tuple(d for d in value.dims if d != dim)
    present = {local: where for local, where in value.present.items() if dim not in where.dims}
    return Field(dims, value.dtype, compute, value.ranges, present)


def reduced(name: str, value: Field, axis: Any) -> Field:
    """The neighbours along a local dimension, one after the other; those that do not exist left out."""
    offset = context.offset_along(axis)
    table = context.table(offset)
    origin = offset.target[0]
    dims = tuple(dim for dim in value.dims if dim != axis)
    where = value.present.get(axis)
    if where is None and (origin in value.dims or not any(d.kind is DimensionKind.HORIZONTAL for d in dims)):
        where = exists(offset)
    if where is not None:
        dims = tuple(dict.fromkeys((*dims, *(dim for dim in where.dims if dim != axis))))

    def compute(points: Points) -> Array:
        shape = [points[dim].size for dim in dims]
        total = np.full(shape, numbers.nothing(name, value.dtype), dtype=value.dtype)
        started = np.zeros(shape, dtype=bool)

        def column(of: Field, number: int) -> Array:
            one = np.squeeze(of.at({**points, axis: np.array([number])}), of.dims.index(axis))
            return np.broadcast_to(spread(one, tuple(d for d in of.dims if d != axis), dims), shape)

        joins: dict[str, numbers.Operation] = {
            "neighbor_sum": np.add,
            "max_over": numbers.maximum,
            "min_over": numbers.minimum,
        }
        join = joins[name]
        for number in range(table.shape[1]):
            one = column(value, number)
            there = np.ones(shape, dtype=bool) if where is None else column(where, number)
            first = one if name != "neighbor_sum" else total + one
            total = np.where(there, np.where(started, join(total, one), first), total)
            started = started | there
        return total

    ranges = dict(value.ranges)
    if where is not None:
        for dim, (low, high) in where.ranges.items():
            known = ranges.get(dim, (low, high))
            ranges[dim] = (max(low, known[0]), min(high, known[1]))
    present = {dim: of for dim, of in value.present.items() if dim != axis}
    return Field(dims, value.dtype, compute, ranges, present)


def folded(name: str, value: Field, domain: dict[Any, tuple[Any, Any]]) -> Field:
    """Over ranges of points, the last dimension first."""
    ends = {dim: (int(start), int(stop)) for dim, (start, stop) in domain.items()}
    if name == "mean_over":
        count = math.prod(max(stop - start, 0) for start, stop in ends.values())
        points = np.asarray(count).astype(value.dtype)[()]
        return operate("truediv", folded("sum_over", value, domain), points)
    along = sorted(ends, key=lambda dim: (dim.kind is DimensionKind.VERTICAL, dim.value))
    dims = tuple(dim for dim in value.dims if dim not in ends)

    def compute(points: Points) -> Array:
        there = {**points, **{dim: np.arange(*ends[dim]) for dim in along}}
        shape = [there[dim].size for dim in value.dims]
        values = value.at(there) if all(shape) else np.zeros(shape, dtype=value.dtype)
        left = list(value.dims)
        for dim in reversed(along):
            values = numbers.fold_range(name, np.moveaxis(values, left.index(dim), -1))
            left.remove(dim)
        return values

    return Field(dims, value.dtype, compute, value.ranges)


def broadcast(value: Field, dims: Any) -> Field:
    """Over more dimensions."""
    wanted = tuple(dict.fromkeys((*value.dims, *dims)))

    def compute(points: Points) -> Array:
        return spread(value.at(points), value.dims, wanted)

    return Field(wanted, value.dtype, compute, value.ranges, presence(value))


def index(dim: Any) -> Field:
    """The index of each point."""
    level = context.level(dim)
    if level is not None:
        return typed(level, np.dtype(np.int32))
    return Field((dim,), np.int32, lambda points: points[dim])


def chosen(condition: Field, then: Field, otherwise: Field) -> Field:
    """`where`"""
    return pointwise(np.where, then.dtype, condition, then, otherwise)
