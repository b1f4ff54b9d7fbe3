"""Scan operators: the body runs level by level, for all columns at once; or column by column, where it asks for the truth of
a number.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from .._annotations import annotations_of
from ..errors import IndexOutOfBounds
from . import context
from .elsewhere import AsOffset
from .fields import Field, NotOneNumber, Points, number, spread, typed
from .numbers import Array
from .trees import collected, inside, kinds_of, leaves, map_leaves, settle

#: The dimension of columns inside of a body, where it runs for several.
COLUMN = "column"


class Scan:
    """One call of a scan operator. Its levels are those of the outputs of the statement."""

    def __init__(self, operator: Any, args: list[Any]):
        params, _, (axis, forward) = operator._signature
        declared = annotations_of(operator.definition)
        carry, *names = [declared.get(name) for name, _ in params]
        self.axis, self.forward = axis, forward
        self.args = [collected(arg, of) for arg, of in zip(args, names, strict=True)]
        self.kinds = [kind for _, kind in params]
        self.init = collected(operator.__dict__["_init"], carry)
        self.body = inside(operator.definition)
        self.inputs = [leaf for arg in args for leaf in leaves(arg) if isinstance(leaf, Field)]
        named = dict.fromkeys(dim for field in self.inputs for dim in field.dims)
        self.others = tuple(dim for dim in named if dim != axis)
        self.low, self.high = context.current().levels.get(axis, (0, 0))
        self.done: dict[tuple[bytes, ...], list[Array]] = {}

    def results(self) -> Any:
        """The states after each level, as the carry is made."""
        ranges: dict[Any, tuple[int, int]] = {self.axis: (self.low, self.high)}
        for field in self.inputs:
            for dim, ends in field.ranges.items():
                if dim != self.axis:
                    before = ranges.get(dim, ends)
                    ranges[dim] = (max(ends[0], before[0]), min(ends[1], before[1]))
        kinds = kinds_of(self.kinds[0])
        numbered = iter(range(len(kinds)))

        def result(_: Any) -> Field:
            at = next(numbered)
            dims = (*self.others, self.axis)
            return Field(dims, kinds[at][1], lambda points: self.at(at, points), ranges)

        return map_leaves(self.init, result)

    def at(self, leaf: int, points: Points) -> Array:
        along = points[self.axis]
        if along.size and (along.min() < self.low or along.max() >= self.high):
            raise IndexOutOfBounds(f"a scan along {self.axis} has results on [{self.low}, {self.high})")
        key = tuple(points[dim].tobytes() for dim in self.others)
        if key not in self.done:
            self.done[key] = Columns(self, points).states()
        return self.done[key][leaf][..., along - self.low]


class Columns:
    """The columns at some points."""

    def __init__(self, scan: Scan, points: Points):
        self.scan, self.points = scan, points
        self.shape = [points[dim].size for dim in scan.others]
        self.count = int(np.prod(self.shape, dtype=np.int64))
        self.known: dict[tuple[int, int], Array] = {}

    def states(self) -> list[Array]:
        """One array for each leaf of the carry; the last axis are the levels."""
        kinds = kinds_of(self.scan.kinds[0])
        levels = self.scan.high - self.scan.low
        states = [np.zeros((self.count, levels), dtype=dtype) for _, dtype in kinds]
        if self.count:
            try:
                self.run(np.arange(self.count), states)
            except NotOneNumber:
                for column in range(self.count):
                    self.run(np.array([column]), states)
        return [array.reshape([*self.shape, levels]) for array in states]

    def run(self, columns: Array, states: list[Array]) -> None:
        scan, known = self.scan, context.current()
        levels = range(scan.low, scan.high)
        state = settle(scan.init, scan.kinds[0])
        outer = known.level
        try:
            for level in levels if scan.forward else reversed(levels):
                known.level = (scan.axis, level)
                pick = functools.partial(self.input, columns=columns, level=level)
                pairs = zip(scan.args, scan.kinds[1:], strict=True)
                given = [settle(map_leaves(arg, pick), kind) for arg, kind in pairs]
                state = settle(scan.body(state, *given), scan.kinds[0])
                for array, leaf in zip(states, leaves(state), strict=True):
                    array[columns, level - scan.low] = leaf.array
        finally:
            known.level = outer

    def input(self, leaf: Any, columns: Array, level: int) -> Any:
        return AtLevel(self, leaf, columns, level) if isinstance(leaf, Field) else leaf

    def values(self, field: Field, level: int) -> Array:
        """Of a field at a level, in all columns."""
        key = (id(field), level)
        if key not in self.known:
            array = field.at({**self.points, self.scan.axis: np.array([level])})
            array = spread(array, field.dims, (*self.scan.others, self.scan.axis))
            self.known[key] = np.broadcast_to(array, [*self.shape, 1]).reshape(self.count)
        return self.known[key]


class AtLevel(Field):
    """An input at a level, which can be read at others."""

    def __init__(self, all_columns: Columns, of: Field, columns: Array, level: int):
        self.all_columns, self.of, self.columns, self.level = all_columns, of, columns, level
        one = columns.size == 1

        def compute(points: Points) -> Array:
            values = all_columns.values(of, level)[columns]
            return values[0] if one else values

        super().__init__(
            () if one else (COLUMN,), of.dtype, compute, {} if one else {COLUMN: (0, columns.size)}
        )

    def at(self, points: Points) -> Array:
        # All of the columns go on together.
        return self.array if self.array is not None else self._at(self.everywhere())

    def everywhere(self) -> Points:
        return {dim: np.arange(*self.ranges[dim]) for dim in self.dims}

    def __call__(self, *steps: Any) -> Any:
        level: Any = self.level
        for step in steps:
            if isinstance(step, AsOffset):
                return self.gathered(level, step.distance)
            level += step.offset
        return AtLevel(self.all_columns, self.of, self.columns, level)

    def gathered(self, level: int, distance: Any) -> Field:
        """At a computed distance, no further than the field is given."""
        low, high = self.of.ranges[self.all_columns.scan.axis]
        far = typed(distance, np.dtype(np.int32)).array
        assert far is not None
        levels = np.broadcast_to(np.clip(level + far.astype(np.int64), low, high - 1), self.columns.shape)
        each = zip(levels, self.columns, strict=True)
        values = np.array(
            [self.all_columns.values(self.of, int(at))[column] for at, column in each], self.dtype
        )
        if not self.dims:
            return number(values[0])
        return Field(self.dims, self.dtype, lambda points: values, self.ranges)
