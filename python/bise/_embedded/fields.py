"""Fields inside of operators that Python runs: arrays where their points are known, and what gives the others.

A field says at given points what it is (:meth:`Field.at`), so that a piece that ends somewhere, an index, or a number that
is broadcast need no ends. Where all ends are known, its values are computed at once, when the line that makes it runs.
"""

# ruff: noqa: B010 - operators are set by their names
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

import numpy as np

from ..errors import IndexOutOfBounds
from . import context, numbers
from .numbers import Array

Points = dict[Any, Array]
Ranges = dict[Any, tuple[int, int]]

#: More points than that are computed where they are asked for only.
_EAGER = 1 << 24


class NotOneNumber(TypeError):
    """A field where one number is asked for."""


class Field:
    """A field, or a number (a field without dimensions), inside of an operator.

    ``dims`` and ``dtype`` are what they say; ``ranges`` are the indices where it is given, of the dimensions along which
    it ends; ``array`` its values there, axes in the order of ``dims``, or ``None`` where it does not end.
    """

    #: Numbers of NumPy leave operations to the other side.
    __array_ufunc__ = None

    def __init__(
        self,
        dims: Iterable[Any],
        dtype: Any,
        compute: Callable[[Points], Array],
        ranges: Ranges | None = None,
        present: dict[Any, Field] | None = None,
    ):
        self.dims = tuple(dims)
        self.dtype = np.dtype(dtype)
        self.ranges = {dim: ends for dim, ends in (ranges or {}).items() if dim in self.dims}
        self.present = {dim: where for dim, where in (present or {}).items() if dim in self.dims}
        self._compute = compute
        self.array: Array | None = None
        if len(self.ranges) == len(self.dims) and self._size() <= _EAGER:
            points = {dim: np.arange(*self.ranges[dim]) for dim in self.dims}
            try:
                self.array = self._at(points)
            except IndexOutOfBounds:
                # Some of it is not there: it is computed where it is asked for.
                self.array = None

    def _size(self) -> int:
        size = 1
        for low, high in self.ranges.values():
            size *= max(high - low, 0)
        return size

    def _at(self, points: Points) -> Array:
        with np.errstate(all="ignore"):
            found = np.asarray(self._compute(points))
        return np.broadcast_to(found, [points[dim].size for dim in self.dims]).astype(self.dtype, copy=False)

    def at(self, points: Points) -> Array:
        """The values at some indices along each of its dimensions: one axis for each, in the order of ``dims``."""
        if self.array is None:
            return self._at(points)
        places = []
        for dim in self.dims:
            low, high = self.ranges[dim]
            along = points[dim]
            if along.size and (along.min() < low or along.max() >= high):
                return self._at(points)
            places.append(along - low)
        return self.array[np.ix_(*places)] if places else self.array

    # ---- what people look at

    def asnumpy(self) -> Array:
        """Its values where it is given."""
        if self.array is None:
            raise IndexOutOfBounds(f"{self!r} has no ends of its own here")
        return self.array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.array(self.asnumpy(), dtype=dtype)

    def __repr__(self) -> str:
        ends = (
            f"{dim}: [{self.ranges[dim][0]}, {self.ranges[dim][1]})" if dim in self.ranges else f"{dim}"
            for dim in self.dims
        )
        values = "" if self.array is None else f"\n{self.array}"
        if not self.dims:
            return f"{self.dtype}({self.array})"
        return f"<{self.dtype} field on {', '.join(ends)}>{values}"

    def __str__(self) -> str:
        return str(self.array) if not self.dims else repr(self)

    def __format__(self, spec: str) -> str:
        return format(self.array[()] if not self.dims and self.array is not None else str(self), spec)

    # ---- numbers

    def _number(self, what: str) -> Any:
        if self.dims:
            raise NotOneNumber(
                f"{what} of a field, not of a number: it is another one at each point. (A `while` over fields goes on "
                "at each point by itself, which Python's cannot: call the operator on another backend.)"
            )
        return self.at({})[()]

    def __bool__(self) -> bool:
        return bool(self._number("the truth value"))

    def __int__(self) -> int:
        return int(self._number("the integer"))

    def __index__(self) -> int:
        return cast(int, self._number("the index").__index__())

    def __float__(self) -> float:
        return float(self._number("the float"))

    # ---- elsewhere

    def __call__(self, *steps: Any) -> Any:
        from .elsewhere import moved

        value: Any = self
        for step in steps:
            value = moved(value, step)
        return value

    def __getitem__(self, index: Any) -> Field:
        from .elsewhere import entry

        return entry(self, index)

    # ---- operations

    def __hash__(self) -> int:
        return id(self)


def number(value: Any, dtype: Any = None) -> Field:
    """A number of a type: a Python number, one of NumPy, or one that is a field already."""
    if isinstance(value, Field):
        return value
    array = np.asarray(value) if dtype is None else np.asarray(value).astype(dtype)
    return Field((), array.dtype, lambda points: array)


def typed(value: Any, like: np.dtype[Any]) -> Field:
    """Python's numbers take the type of what they meet, those of NumPy have their own."""
    if isinstance(value, np.generic):
        return number(value)
    return number(value, like)


def spread(array: Array, dims: tuple[Any, ...], wanted: tuple[Any, ...]) -> Array:
    """With the axes in the order that is wanted, and one of length one for each that it has not."""
    order = [dims.index(dim) for dim in wanted if dim in dims]
    array = array.transpose(order)
    sizes = iter(array.shape)
    return array.reshape([next(sizes) if dim in dims else 1 for dim in wanted])


def meet(*ranges: Ranges) -> Ranges:
    """Where all are given."""
    found: Ranges = {}
    for one in ranges:
        for dim, (low, high) in one.items():
            known = found.get(dim, (low, high))
            low, high = max(low, known[0]), min(high, known[1])
            found[dim] = (low, max(low, high))
    return found


def united(*values: Field) -> tuple[Any, ...]:
    """All dimensions of some fields."""
    return tuple(dict.fromkeys(dim for value in values for dim in value.dims))


def pointwise(function: Callable[..., Array], dtype: Any, *values: Field) -> Field:
    """A function of the values at the same point."""
    dims = united(*values)

    def compute(points: Points) -> Array:
        arrays = [spread(value.at(points), value.dims, dims) for value in values]
        return function(*np.broadcast_arrays(*arrays))

    present: dict[Any, Field] = {}
    for local in {dim: None for value in values for dim in value.present}:
        for value in values:
            row = presence(value).get(local)
            both = present.get(local)
            if row is not None:
                present[local] = row if both is None else pointwise(np.logical_and, bool, both, row)
    return Field(dims, dtype, compute, meet(*(value.ranges for value in values)), present)


def presence(value: Field) -> dict[Any, Field]:
    """By local dimension, which neighbours there are: those of the rows that were read, or of the row of the point."""
    found = dict(value.present)
    for offset in context.offsets():
        if len(offset.target) == 2 and {*offset.target} <= {*value.dims}:
            found.setdefault(offset.target[1], exists(offset))
    return found


def exists(offset: Any) -> Field:
    """Which neighbours there are."""
    table = context.table(offset)
    origin, local = offset.target

    def compute(points: Points) -> Array:
        check_rows(offset, table, points[origin])
        return table[np.ix_(points[origin], points[local])] >= 0

    ranges = {origin: (0, table.shape[0]), local: (0, table.shape[1])}
    return Field((origin, local), bool, compute, ranges)


def check_rows(offset: Any, table: Array, rows: Array) -> None:
    """Rows that a table has not."""
    if rows.size and (rows.min() < 0 or rows.max() >= table.shape[0]):
        raise IndexOutOfBounds(
            f"row {int(rows.max())} of '{offset.value}' is read, and the table has {table.shape[0]} rows"
        )


def operate(name: str, *operands: Any) -> Any:
    """An operation of the language; of Python's numbers alone it is Python's."""
    dtypes = [value.dtype for value in operands if isinstance(value, Field | np.generic)]
    like = dtypes[0] if dtypes else np.dtype(np.float64)
    values = [typed(value, like) for value in operands]
    if name == "pow":
        exponent = operands[1]
        if like.kind == "f" and not isinstance(exponent, Field | np.generic) and exponent in (2, 1, 0.5, -1):
            base = values[0]
            return {
                2: lambda: operate("mul", base, base),
                1: lambda: base,
                0.5: lambda: operate("sqrt", base),
                -1: lambda: operate("truediv", 1.0, base),
            }[exponent]()
    function, dtype = numbers.operation(name, like)
    return pointwise(function, dtype, *values)


def _binary(name: str) -> tuple[Callable[[Field, Any], Any], Callable[[Field, Any], Any]]:
    def forward(self: Field, other: Any) -> Any:
        return operate(name, self, other)

    def reflected(self: Field, other: Any) -> Any:
        return operate(name, other, self)

    return forward, reflected


def _unary(name: str) -> Callable[[Field], Any]:
    return lambda self: operate(name, self)


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor"):
    _forward, _reflected = _binary(_name)
    setattr(Field, f"__{_name}__", _forward)
    setattr(Field, f"__r{_name}__", _reflected)
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Field, f"__{_name}__", _binary(_name)[0])
for _name in ("neg", "abs", "invert"):
    setattr(Field, f"__{_name}__", _unary("not" if _name == "invert" else _name))
setattr(Field, "__pos__", lambda self: self)
