"""Embedded execution: the Python body of an operator runs line by line, on fields backed by NumPy arrays.

`print`, breakpoints and debuggers work inside of it. Nothing of the compiler takes part, so it is a second opinion of what
an operator means, too.
"""

from __future__ import annotations

import dataclasses
import types
from typing import Any

import numpy as np

from .. import _core
from .._annotations import annotations_of
from ..errors import ArgumentTypeError, IndexOutOfBounds, MissingArgumentError
from . import context, elsewhere, pieces
from .context import Context, is_on, takes_calls
from .elsewhere import AsOffset, Neighbor
from .fields import Field, Points, number, operate, spread, typed
from .numbers import Array
from .pieces import compared
from .scans import Scan
from .trees import Type, cast, collected, inside, kinds_of, leaves, map_leaves, plain, settle

__all__ = ["Field", "Neighbor", "builtin", "call", "compared", "is_on", "takes_calls"]


def call(callable_: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """A call of an operator or a program."""
    provider = options.pop("offset_provider", None)
    options.pop("enable_jit", None)
    if isinstance(callable_, _core.Program):
        known = Context(dict(provider or {}))
        return _run_program(callable_, args, options, known)
    outer = context.current() if is_on() else None
    known = Context(dict(outer.provider if provider is None and outer else provider or {}))
    if outer is not None:
        known.offsets, known.levels, known.level = dict(outer.offsets), outer.levels, outer.level
    out, domain = options.pop("out", None), options.pop("domain", None)
    params, result, scan = callable_._signature
    names = [name for name, _ in params][scan is not None :]
    given = _bound(callable_.__name__, names, args, options)
    if out is None:
        if outer is None:
            raise MissingArgumentError(f"{callable_.__name__}() needs a field to write to: 'out'")
        with context.entered(known):
            return _apply(callable_, given)
    kinds = [kind for _, kind in params][scan is not None :]
    if scan is None:
        given = [_argument(name, value, kind) for name, value, kind in zip(names, given, kinds, strict=True)]
    else:
        given = [_loose(name, value, kind) for name, value, kind in zip(names, given, kinds, strict=True)]
    places = _places(out, domain, result)
    for _, ranges in places:
        there = all(low < high for low, high in ranges.values())
        for dim, (low, high) in ranges.items() if there else ():
            ends = known.levels.get(dim, (low, high))
            known.levels = {**known.levels, dim: (min(low, ends[0]), max(high, ends[1]))}
    with context.entered(known):
        values = leaves(_apply(callable_, given))
        _write(values, places)
    return None


def _run_program(program: Any, args: tuple[Any, ...], options: dict[str, Any], known: Context) -> None:
    params = program._signature
    given = _bound(program.__name__, [name for name, _ in params], args, options)
    given = [_as_field(value, kind) for value, (_, kind) in zip(given, params, strict=True)]
    # Its calls of operators are embedded, and take the tables from here; its slices are those of fields outside.
    with context.entered(known):
        program.definition(*given)


def _bound(name: str, names: list[str], args: tuple[Any, ...], options: dict[str, Any]) -> list[Any]:
    if len(args) > len(names):
        raise ArgumentTypeError(
            f"{name}() takes {len(names)} positional arguments but {len(args)} were given"
        )
    values = dict(zip(names, args, strict=False))
    for key, value in options.items():
        if key not in names:
            raise ArgumentTypeError(f"{name}() got an unexpected keyword argument '{key}'")
        if key in values:
            raise ArgumentTypeError(f"{name}() got multiple values for argument '{key}'")
        values[key] = value
    missing = [key for key in names if key not in values]
    if missing:
        raise MissingArgumentError(f"{name}() is missing the argument '{missing[0]}'")
    return [values[key] for key in names]


# ---- arguments


def _as_field(value: Any, kind: Type) -> Any:
    """A field for an array; all else stays."""
    kinds = iter(kinds_of(kind))

    def one(leaf: Any) -> Any:
        dims, _ = next(kinds)
        if dims is None or isinstance(leaf, _core.Field):
            return leaf
        return _core.as_field(list(dims), leaf, copy=False)

    return map_leaves(value, one)


def _argument(name: str, value: Any, kind: Type) -> Any:
    """What a parameter of that type holds inside."""
    kinds = iter(kinds_of(kind))

    def one(leaf: Any) -> Any:
        dims, dtype = next(kinds)
        if dims is None:
            return number(leaf, dtype)
        field = leaf if isinstance(leaf, _core.Field) else _core.as_field(list(dims), leaf, copy=False)
        if field.dtype != dtype or {*field.domain.dims} != {*dims}:
            found = f"Field[[{', '.join(map(str, field.domain.dims))}], {field.dtype}]"
            raise ArgumentTypeError(
                f"'{name}' is Field[[{', '.join(map(str, dims))}], {dtype}], and {found} was given"
            )
        return given(name, field)

    return map_leaves(value, one)


def _loose(name: str, value: Any, kind: Type) -> Any:
    """As `_argument`, for a scan operator, which takes fields over any dimensions."""
    kinds = iter(kinds_of(kind))

    def one(leaf: Any) -> Any:
        _, dtype = next(kinds)
        return given(name, leaf) if isinstance(leaf, _core.Field) else number(leaf, dtype)

    return map_leaves(value, one)


def given(name: str, field: Any) -> Field:
    """An argument inside of an operator."""
    ends = _ends(field.domain)
    array = field.ndarray

    def compute(points: Points) -> Array:
        for dim, (low, high) in ends.items():
            along = points[dim]
            if along.size and (along.min() < low or along.max() >= high):
                raise IndexOutOfBounds(
                    f"`{name}` is too small along `{dim}`: [{along.min()}, {along.max() + 1}) is read, and it has "
                    f"[{low}, {high})"
                )
        places = [points[dim] - low for dim, (low, _) in ends.items()]
        return array[np.ix_(*places)] if places else array

    return Field(ends, field.dtype, compute, ends)


# ---- operators


def _apply(operator: Any, args: list[Any]) -> Any:
    """The result of an operator, in the context of its call."""
    definition = operator.definition
    known = context.current()
    for found in _named(definition):
        if isinstance(found, _core.FieldOffset):
            known.offsets.setdefault(found.value, found)
    params, result, scan = operator._signature
    if scan is not None:
        return Scan(operator, args).results()
    declared = annotations_of(definition)
    settled = [
        settle(collected(value, declared.get(name)), kind)
        for value, (name, kind) in zip(args, params, strict=True)
    ]
    return settle(inside(definition)(*settled), result)


def _named(definition: Any) -> list[Any]:
    """What the names of a function stand for: globals, what its closure holds, and members of modules."""
    names = [*definition.__code__.co_names, *definition.__code__.co_freevars]
    found = [definition.__globals__[name] for name in names if name in definition.__globals__]
    found += [cell.cell_contents for cell in definition.__closure__ or ()]
    modules = [value for value in definition.__globals__.values() if isinstance(value, types.ModuleType)]
    members = [vars(module)[name] for module in modules for name in names if name in vars(module)]
    return found + members


# ---- functions of the language


def builtin(name: str, args: tuple[Any, ...], options: dict[str, Any] | None) -> Any:
    """A function of the language, called inside of an operator."""
    given_options = dict(options or {})
    match name:
        case "where":
            return _where(*args)
        case "concat_where":
            return pieces.concat_where(*args)
        case "astype":
            dtype = np.dtype(getattr(args[1], "dtype", args[1]))
            return map_leaves(args[0], lambda leaf: cast(leaf, dtype))
        case "broadcast":
            return elsewhere.broadcast(plain(args[0]), args[1])
        case "index":
            return elsewhere.index(args[0])
        case "as_offset":
            return AsOffset(*args)
        case "neighbor_sum" | "max_over" | "min_over" | "sum_over" | "mean_over":
            if "axis" in given_options:
                return elsewhere.reduced(name, args[0], given_options["axis"])
            return elsewhere.folded(name, args[0], given_options.get("domain", *args[1:]))
    return operate(name, *args)


def _where(mask: Any, then: Any, otherwise: Any) -> Any:
    if isinstance(then, tuple) or dataclasses.is_dataclass(then):
        other = iter(leaves(otherwise))
        return map_leaves(then, lambda leaf: _where(mask, leaf, next(other)))
    a, b = pieces.alike(then, otherwise)
    if not isinstance(mask, Field) or not mask.dims:
        # A number chooses for all points, and what is not chosen is not read.
        taken, left = (a, b) if mask else (b, a)
        return elsewhere.broadcast(taken, left.dims)
    return elsewhere.chosen(typed(mask, np.dtype(bool)), a, b)


# ---- results


def _places(out: Any, domain: Any, result: Type) -> list[tuple[Any, dict[Any, tuple[int, int]]]]:
    """The fields that results go to, each with its ranges."""
    places: list[tuple[Any, dict[Any, tuple[int, int]]]] = []

    def one(leaf: Any, kind: Type, on: Any) -> None:
        if isinstance(kind, list):
            items = (
                list(leaf)
                if isinstance(leaf, tuple | list)
                else [getattr(leaf, f.name) for f in dataclasses.fields(leaf)]
            )
            parts = (
                on
                if isinstance(on, tuple) and len(on) == len(kind) and not _is_pair(on)
                else [on] * len(kind)
            )
            for item, part, of in zip(items, kind, parts, strict=True):
                one(item, part, of)
            return
        field = (
            leaf if isinstance(leaf, _core.Field) else _core.as_field(list(kind[0] or ()), leaf, copy=False)
        )
        ends = _ends(field.domain)
        if on is None:
            places.append((field, ends))
            return
        ranges = _ends(_core.domain(on))
        for dim, (low, high) in ranges.items():
            if low < high and (dim not in ends or low < ends[dim][0] or high > ends[dim][1]):
                raise IndexOutOfBounds(f"`out` is written outside of its domain along `{dim}`")
        places.append((field, ranges))

    one(out, result, domain)
    return places


def _ends(domain: Any) -> dict[Any, tuple[int, int]]:
    """The first index and one past the last, by dimension."""
    ranges = zip(domain.dims, domain.ranges, strict=True)
    return {dim: (int(along.start), int(along.stop)) for dim, along in ranges}


def _is_pair(domain: tuple[Any, ...]) -> bool:
    return len(domain) == 2 and isinstance(domain[0], _core.Dimension)


def _write(values: list[Field], places: list[tuple[Any, dict[Any, tuple[int, int]]]]) -> None:
    """Everything is computed, then it is written, in order."""
    computed = []
    for value, (field, ranges) in zip(values, places, strict=True):
        if any(low >= high for low, high in ranges.values()):
            continue
        dims = field.domain.dims
        points = {dim: np.arange(*ranges[dim]) for dim in dims}
        array = spread(value.at(points), value.dims, dims)
        starts = {dim: start for dim, (start, _) in _ends(field.domain).items()}
        place = tuple(slice(ranges[dim][0] - starts[dim], ranges[dim][1] - starts[dim]) for dim in dims)
        shape = [points[dim].size for dim in dims]
        computed.append((field.ndarray, place, np.array(np.broadcast_to(array, shape))))
    for target, place, array in computed:
        target[place] = array
