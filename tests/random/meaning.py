"""What a program means, in NumPy: an evaluator of the language that shares nothing with Bise but its words.

It reads the source text of a module with Python's own parser and follows the rules of the README: a field is a function
from points to numbers (:class:`Value`), a literal takes the type of what it meets, integers wrap, sums run in table
order, a statement reads before it writes. Nothing is compiled or optimised, and nothing is computed but where it is asked
for, so that it can also say which points of every field a program reads (:attr:`Meaning.reads`).

Start at :class:`Meaning`.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import scalar

KINDS = ("horizontal", "local", "vertical")

Points = dict[str, np.ndarray]
"""Indices along each dimension; their product is where something is asked for."""


class Refused(Exception):
    """The program has no meaning for these arguments."""


@dataclass(frozen=True)
class Dimension:
    name: str
    kind: str

    @property
    def place(self) -> tuple[int, str]:
        return KINDS.index(self.kind), self.name


@dataclass(frozen=True)
class Offset:
    name: str
    source: str
    origin: str
    local: str | None


class Value:
    """A field, or a number where there are no dimensions: its values at any points, and the sweeps it is made of."""

    def __init__(
        self,
        dims: tuple[str, ...],
        dtype: np.dtype,
        compute: Callable[[Points], np.ndarray],
        of: tuple[Value, ...] = (),
        is_field: bool = True,
    ):
        self.dims, self.dtype, self.compute, self.is_field = dims, dtype, compute, is_field
        self.sweeps: dict[Sweep, None] = {sweep: None for value in of for sweep in value.sweeps}
        # By local dimension, which neighbours there are, where those are not of the row of the point.
        self.present: dict[str, Value] = {}
        self.known: dict[tuple[bytes, ...], np.ndarray] = {}

    def at(self, points: Points) -> np.ndarray:
        """One axis for each of its dimensions."""
        key = tuple(points[dim].tobytes() for dim in self.dims)
        if key not in self.known:
            self.known[key] = np.asarray(self.compute(points))
        return self.known[key]


Tree = Any
"""A value, a Python number (a literal) or a tuple of trees."""


class Sweep:
    """One call of a scan operator. Its levels are those of the outputs that it contributes to."""

    def __init__(self, meaning: Meaning, scan: Function, args: list[Tree], dims: tuple[str, ...]):
        self.meaning, self.scan, self.args, self.dims = meaning, scan, args, dims
        self.levels: tuple[int, int] | None = None
        self.known: dict[tuple[bytes, ...], list[np.ndarray]] = {}

    def result(self, leaf: int, points: Points) -> np.ndarray:
        axis = self.scan.axis
        low, high = self.levels or (0, 0)
        asked = points[axis] - low
        if asked.size and (asked.min() < 0 or asked.max() >= high - low):
            raise Refused("a level of a scan that is not computed")
        others = [dim for dim in self.dims if dim != axis]
        key = tuple(points[dim].tobytes() for dim in others)
        if key not in self.known:
            self.known[key] = self.run(points, others, np.arange(low, high))
        return np.take(self.known[key][leaf], asked, axis=self.dims.index(axis))

    def run(self, points: Points, others: list[str], levels: np.ndarray) -> list[np.ndarray]:
        """All states at all levels, for the columns at these points."""
        meaning, axis = self.meaning, self.scan.axis
        shape = tuple(points[dim].size for dim in others)

        def column(value: Tree, level: int) -> Tree:
            if isinstance(value, tuple):
                return tuple(column(item, level) for item in value)
            if not isinstance(value, Value):
                return value
            array = value.at({**points, axis: np.array([level])})
            array = meaning.spread(array, value.dims, self.dims)
            array = np.broadcast_to(array.reshape(np.squeeze(array, self.dims.index(axis)).shape), shape)
            return flat(array.ravel())

        order = levels if self.scan.forward else levels[::-1]
        state = meaning.settle(self.scan.init, self.scan.params[0][1])
        size = int(np.prod(shape))
        states: dict[int, list[np.ndarray]] = {}
        for level in order:
            args = [column(arg, int(level)) for arg in self.args]
            state = meaning.apply(self.scan, [state, *args])
            found = [np.broadcast_to(leaf.at({"#": np.zeros(size)}), (size,)) for leaf in leaves(state)]
            states[int(level)] = found
            state = rebuild(state, iter([flat(array) for array in found]))
        position = self.dims.index(axis)
        stacked = []
        for leaf, kind in enumerate(leaf_types(self.scan.params[0][1])):
            columns = [states[int(level)][leaf].reshape(shape) for level in levels]
            empty = np.zeros((*shape[:position], 0, *shape[position:]), dtype=kind)
            stacked.append(np.stack(columns, axis=position) if columns else empty)
        return stacked


class Rounds:
    """A `while`: all points go on together, and what is carried stays as it is where the condition does not hold."""

    def __init__(self, meaning: Meaning, node: ast.While, env: dict[str, Tree]):
        self.meaning, self.node, self.outer = meaning, node, dict(env)
        stored = (part for part in ast.walk(node) if isinstance(part, ast.Name))
        self.assigned = {part.id for part in stored if isinstance(part.ctx, ast.Store)}
        self.carried = [name for name in env if name in self.assigned]
        self.before = [env[name] for name in self.carried]
        self.known: dict[tuple[bytes, ...], list[np.ndarray]] = {}
        self.dims, self.dtypes, self.of = self.types()

    def once(self, states: list[Tree]) -> tuple[Tree, list[Tree]]:
        """The condition at the start of a round, and what is carried after it."""
        env = self.outer | dict(zip(self.carried, states, strict=True))
        condition = self.meaning.expr(self.node.test, env)
        self.meaning.block(self.node.body, env)
        return condition, [env[name] for name in self.carried]

    def types(self) -> tuple[tuple[str, ...], list[np.dtype], tuple[Value, ...]]:
        """The dimensions of all that is carried, the type of each leaf, and what they are made of."""
        of = tuple(leaf for leaf in leaves(self.before) if isinstance(leaf, Value))
        dims = self.meaning.order(dim for leaf in of for dim in leaf.dims)
        dtypes = [self.dtype(leaf, leaf) for leaf in leaves(self.before)]
        while True:
            condition, after = self.once(self.states([None for _ in dtypes], dims, dtypes, of))
            pairs = list(zip(leaves(self.before), leaves(after), strict=True))
            of = tuple(
                leaf for leaf in [condition, *(x for pair in pairs for x in pair)] if isinstance(leaf, Value)
            )
            found = (
                self.meaning.order(dim for leaf in of for dim in leaf.dims),
                [self.dtype(*p) for p in pairs],
            )
            if found == (dims, dtypes):
                return *found, of
            dims, dtypes = found

    def dtype(self, a: Tree, b: Tree) -> np.dtype:
        typed = [leaf.dtype for leaf in (a, b) if isinstance(leaf, Value)]
        if typed:
            if len({*typed}) > 1:
                raise Refused("a type that changes from round to round")
            return typed[0]
        if isinstance(a, bool) and isinstance(b, bool):
            return np.dtype(bool)
        return np.dtype(float) if isinstance(a, float) or isinstance(b, float) else np.dtype(np.int32)

    def states(self, arrays: Any, dims: Any, dtypes: Any, of: Any) -> list[Tree]:
        is_field = any(value.is_field for value in of)
        made = (
            Value(dims, dtype, lambda points, array=array: array, of, is_field)  # type: ignore[misc]
            for array, dtype in zip(arrays, dtypes, strict=True)
        )
        return [rebuild(tree, made) for tree in self.before]

    def at(self, leaf: int, points: Points) -> np.ndarray:
        key = tuple(points[dim].tobytes() for dim in self.dims)
        if key not in self.known:
            self.known[key] = self.last(points)
        return self.known[key][leaf]

    def last(self, points: Points) -> list[np.ndarray]:
        """What is carried after the last round, at those points."""
        shape = tuple(points[dim].size for dim in self.dims)

        def full(value: Tree, dtype: Any) -> np.ndarray:
            value = self.meaning.typed(value, dtype)
            array = self.meaning.spread(value.at(points), value.dims, self.dims)
            return np.broadcast_to(array, shape)

        def all_of(trees: list[Tree]) -> list[np.ndarray]:
            return [full(leaf, dtype) for leaf, dtype in zip(leaves(trees), self.dtypes, strict=True)]

        state = all_of(self.before)
        while True:
            condition, after = self.once(self.states(state, self.dims, self.dtypes, self.of))
            # What a round reads is read, whether there is one or not.
            holds, following = full(condition, np.dtype(bool)), all_of(after)
            if not holds.any():
                return state
            state = [np.where(holds, new, old) for new, old in zip(following, state, strict=True)]

    def run(self, env: dict[str, Tree]) -> None:
        is_field = any(value.is_field for value in self.of)
        results = (
            Value(self.dims, dtype, lambda points, leaf=leaf: self.at(leaf, points), self.of, is_field)  # type: ignore[misc]
            for leaf, dtype in enumerate(self.dtypes)
        )
        for name in self.assigned:
            env.pop(name, None)
        for name, tree in zip(self.carried, self.before, strict=True):
            env[name] = rebuild(tree, results)


def flat(array: np.ndarray) -> Value:
    """One number for each of some columns."""
    return Value(("#",), array.dtype, lambda points: array, is_field=False)


@dataclass
class Function:
    """An operator, a scan operator or a program, as parsed."""

    name: str
    kind: str
    params: list[tuple[str, Any]]
    returns: Any
    body: list[ast.stmt]
    axis: str = ""
    forward: bool = True
    init: Tree = None


@dataclass
class Memory:
    """A field argument: where its indices start, and its numbers (nothing is known of them while reads are traced)."""

    start: tuple[int, ...]
    array: np.ndarray


def both(*rows: np.ndarray) -> np.ndarray:
    return np.logical_and.reduce(rows)


def leaves(tree: Tree) -> list[Any]:
    if isinstance(tree, tuple | list):
        return [leaf for item in tree for leaf in leaves(item)]
    return [tree]


def leaf_types(kind: Any) -> list[np.dtype]:
    return [leaf[1] for leaf in type_leaves(kind)]


def type_leaves(kind: Any) -> list[tuple[Any, np.dtype]]:
    return [leaf for item in kind for leaf in type_leaves(item)] if isinstance(kind, list) else [kind]


def rebuild(tree: Tree, items: Any) -> Tree:
    if isinstance(tree, tuple):
        return tuple(rebuild(item, items) for item in tree)
    return next(items)


def is_literal(value: Tree) -> bool:
    return isinstance(value, bool | int | float)


BINARY = {
    ast.Add: ("add", operator.add),
    ast.Sub: ("sub", operator.sub),
    ast.Mult: ("mul", operator.mul),
    ast.Div: ("div", operator.truediv),
    ast.FloorDiv: ("floordiv", operator.floordiv),
    ast.Mod: ("mod", operator.mod),
    ast.Pow: ("pow", operator.pow),
    ast.BitAnd: ("and", operator.and_),
    ast.BitOr: ("or", operator.or_),
    ast.BitXor: ("xor", operator.xor),
}
COMPARE = {
    ast.Eq: ("eq", operator.eq),
    ast.NotEq: ("ne", operator.ne),
    ast.Lt: ("lt", operator.lt),
    ast.LtE: ("le", operator.le),
    ast.Gt: ("gt", operator.gt),
    ast.GtE: ("ge", operator.ge),
}
DTYPES = {np.dtype(name).name: np.dtype(name) for name in scalar.NUMBERS} | {"bool": np.dtype(bool)}
DTYPES |= {"int": np.dtype(np.int32), "float": np.dtype(float)}


@dataclass
class Meaning:
    """A module and the tables that its offsets use."""

    source: str
    tables: dict[str, np.ndarray]
    names: dict[str, Any] = field(default_factory=dict)
    dims: dict[str, Dimension] = field(default_factory=dict)
    reads: dict[str, dict[str, tuple[int, int]]] | None = None
    """By parameter and dimension, the first index that is read and one past the last; nothing where memory is real."""

    def __post_init__(self) -> None:
        for statement in ast.parse(self.source).body:
            if isinstance(statement, ast.FunctionDef):
                self.names[statement.name] = self.function(statement)
            elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                self.names[statement.targets[0].id] = self.constant(statement.value)

    # ---- the module

    def constant(self, expr: ast.expr) -> Any:
        if isinstance(expr, ast.Call):
            called = expr.func.attr if isinstance(expr.func, ast.Attribute) else expr.func.id  # type: ignore[attr-defined]
            if called == "Dimension":
                name = ast.literal_eval(expr.args[0])
                kinds = [keyword.value.attr.lower() for keyword in expr.keywords]  # type: ignore[attr-defined]
                self.dims[name] = Dimension(name, kinds[0] if kinds else "horizontal")
                return self.dims[name]
            if called == "FieldOffset":
                options = {keyword.arg: keyword.value for keyword in expr.keywords}
                target = [self.expr(item, {}).name for item in options["target"].elts]  # type: ignore[attr-defined, union-attr]
                local = target[1] if len(target) == 2 else None
                source = self.expr(options["source"], {}).name
                return Offset(ast.literal_eval(expr.args[0]), source, target[0], local)
        return self.expr(expr, {})

    def function(self, node: ast.FunctionDef) -> Function:
        decorator = node.decorator_list[0]
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        kind = called.attr  # type: ignore[attr-defined]
        params = [(arg.arg, self.annotation(arg.annotation)) for arg in node.args.args]
        returns = self.annotation(node.returns) if node.returns else None
        function = Function(node.name, kind, params, returns, node.body)
        if isinstance(decorator, ast.Call):
            options = {keyword.arg: keyword.value for keyword in decorator.keywords}
            function.axis = self.expr(options["axis"], {}).name
            function.forward = "forward" not in options or ast.literal_eval(options["forward"])
            function.init = self.expr(options["init"], {})
        return function

    def annotation(self, expr: ast.expr | None) -> Any:
        """A pair of dimensions (None for a number) and data type, or a list of such."""
        if isinstance(expr, ast.Name):
            return None, DTYPES[expr.id]
        if isinstance(expr, ast.Subscript):
            items = expr.slice.elts if isinstance(expr.slice, ast.Tuple) else [expr.slice]
            if isinstance(expr.value, ast.Name) and expr.value.id == "tuple":
                return [self.annotation(item) for item in items]
            dims = [self.expr(item, {}).name for item in items[0].elts]  # type: ignore[attr-defined]
            return tuple(dims), DTYPES[items[1].id]  # type: ignore[attr-defined]
        raise Refused(f"an annotation: {ast.dump(expr) if expr else None}")

    # ---- fields

    def order(self, dims: Any) -> tuple[str, ...]:
        """The canonical order of dimensions."""
        return tuple(sorted(set(dims), key=lambda dim: self.dims[dim].place if dim != "#" else (9, dim)))

    def spread(self, array: np.ndarray, dims: tuple[str, ...], wanted: tuple[str, ...]) -> np.ndarray:
        """With an axis of length one for each dimension that it has not."""
        return array.reshape([array.shape[dims.index(dim)] if dim in dims else 1 for dim in wanted])

    def number(self, value: Any, dtype: np.dtype) -> Value:
        array = scalar.literal(value, dtype)
        return Value((), dtype, lambda points: array, is_field=False)

    def pointwise(self, function: Callable[..., np.ndarray], dtype: np.dtype, *operands: Value) -> Value:
        dims = self.order(dim for value in operands for dim in value.dims)

        def compute(points: Points) -> np.ndarray:
            arrays = [self.spread(value.at(points), value.dims, dims) for value in operands]
            found = np.broadcast_arrays(*arrays)
            with np.errstate(all="ignore"):
                return function(*found)

        found = Value(dims, dtype, compute, operands, any(value.is_field for value in operands))
        for local in {dim for value in operands for dim in value.present}:
            rows = [self.presence(value)[local] for value in operands if local in self.presence(value)]
            found.present[local] = rows[0] if len(rows) == 1 else self.pointwise(both, np.dtype(bool), *rows)
        return found

    def presence(self, value: Value) -> dict[str, Value]:
        """By local dimension, which neighbours there are: of the rows that were read, or of the row of the point."""
        found = dict(value.present)
        for offset in self.names.values():
            if isinstance(offset, Offset) and {offset.origin, offset.local} <= {*value.dims}:
                found.setdefault(offset.local, self.exists(offset))  # type: ignore[arg-type]
        return found

    def exists(self, offset: Offset) -> Value:
        def compute(points: Points) -> np.ndarray:
            rows, columns = points[offset.origin], points[offset.local]  # type: ignore[index]
            if rows.size and rows.max() >= self.tables[offset.name].shape[0]:
                raise Refused("a row beyond the table")
            there = self.tables[offset.name][np.ix_(rows, columns)] >= 0
            return there if dims[0] == offset.origin else there.T

        dims = self.order((offset.origin, offset.local))
        return Value(dims, np.dtype(bool), compute)

    def builtin(self, name: str, *operands: Tree) -> Tree:
        if isinstance(operands[0], tuple):
            raise Refused(f"{name} of a tuple")
        if name == "pow" and len(operands) == 2:
            return self.power(*operands)
        dtypes = [value.dtype for value in operands if isinstance(value, Value)]
        if not dtypes:
            operands = tuple(self.number(value, np.dtype(float)) for value in operands)
            dtypes = [np.dtype(float)]
        values = [self.typed(value, dtypes[0]) for value in operands]
        if any(value.dtype != dtypes[0] for value in values):
            raise Refused(f"{name} of {[value.dtype for value in values]}")
        function, result = scalar.builtin(name, dtypes[0])
        return self.pointwise(function, result, *values)

    def power(self, base: Tree, exponent: Tree) -> Tree:
        """A literal exponent 2, 1, 0.5 or -1 of a float is what NumPy makes of it."""
        if is_literal(base):
            base = self.typed(base, exponent.dtype)
        if is_literal(exponent):
            if base.dtype.kind == "f" and exponent in (2, 1, 0.5, -1):
                one = self.number(1, base.dtype)
                return {
                    2: lambda: self.builtin("mul", base, base),
                    1: lambda: base,
                    0.5: lambda: self.builtin("sqrt", base),
                    -1: lambda: self.builtin("div", one, base),
                }[exponent]()
            exponent = self.typed(exponent, base.dtype)
        function, _ = scalar.builtin("pow", base.dtype)
        return self.pointwise(function, base.dtype, base, self.cast(exponent, base.dtype))

    def typed(self, value: Tree, dtype: np.dtype) -> Value:
        return value if isinstance(value, Value) else self.number(value, dtype)

    def cast(self, value: Tree, dtype: np.dtype) -> Tree:
        if isinstance(value, tuple):
            return tuple(self.cast(item, dtype) for item in value)
        if is_literal(value):
            if isinstance(value, int) and not isinstance(value, bool):
                return self.number(value, dtype)
            value = self.number(value, np.dtype(type(value)))
        return self.pointwise(lambda array: scalar.cast(array, dtype), dtype, value)

    def settle(self, value: Tree, kind: Any) -> Tree:
        """Literals get the types that `kind` has in their places."""
        if isinstance(value, tuple):
            if not isinstance(kind, list) or len(kind) != len(value):
                raise Refused("a tuple of another length")
            return tuple(self.settle(item, part) for item, part in zip(value, kind, strict=True))
        return value if isinstance(value, Value) else self.number(value, kind[1])

    def select(self, condition: Tree, then: Tree, otherwise: Tree) -> Tree:
        if isinstance(then, tuple):
            pairs = zip(then, otherwise, strict=True)
            return tuple(self.select(condition, a, b) for a, b in pairs)
        dtypes = [value.dtype for value in (then, otherwise) if isinstance(value, Value)]
        if not dtypes:
            dtypes = [np.dtype(float if float in (type(then), type(otherwise)) else np.int32)]
            dtypes = [np.dtype(bool)] if type(then) is bool else dtypes
        values = self.typed(condition, np.dtype(bool)), self.typed(then, dtypes[0])
        return self.pointwise(np.where, dtypes[0], *values, self.typed(otherwise, dtypes[0]))

    def broadcast(self, value: Tree, dims: tuple[str, ...]) -> Value:
        if is_literal(value):
            value = self.cast(value, np.dtype(type(value) if not isinstance(value, int) else np.int32))
        dims = self.order((*dims, *value.dims))

        def compute(points: Points) -> np.ndarray:
            array = self.spread(value.at(points), value.dims, dims)
            return np.broadcast_to(array, [points[dim].size for dim in dims])

        found = Value(dims, value.dtype, compute, (value,))
        found.present = self.presence(value)
        return found

    def shift(self, value: Value, dim: str, distance: int, present: dict[str, Value] | None = None) -> Value:
        if dim not in value.dims:
            raise Refused(f"no dimension {dim}")

        def compute(points: Points) -> np.ndarray:
            return value.at({**points, dim: points[dim] + distance})

        found = Value(value.dims, value.dtype, compute, (value,))
        for local, rows in (self.presence(value) if present is None else present).items():
            found.present[local] = self.shift(rows, dim, distance, {}) if dim in rows.dims else rows
        return found

    def neighbours(
        self, value: Value, offset: Offset, index: int | None, present: dict[str, Value] | None = None
    ) -> Value:
        """At one neighbour, or at all; zero where there is none."""
        table, source = self.tables[offset.name], offset.source
        kept = [dim for dim in value.dims if dim != source]
        new = [offset.origin] if index is not None else [offset.origin, offset.local]
        if source not in value.dims or set(kept) & set(new):
            raise Refused("dimensions of a shift")
        dims = self.order((*kept, *new))
        axis = value.dims.index(source)

        def compute(points: Points) -> np.ndarray:
            rows = points[offset.origin]
            columns = np.array([index]) if index is not None else points[offset.local]
            if columns.size and columns.max() >= table.shape[1]:
                raise Refused("a neighbour beyond the table")
            if rows.size and rows.max() >= table.shape[0]:
                raise Refused("a row beyond the table")
            entries = table[rows][:, columns].ravel()
            there = entries >= 0
            found = value.at({**points, source: entries[there].astype(np.int64)})
            shape = list(found.shape)
            shape[axis] = entries.size
            array = np.zeros(shape, dtype=value.dtype)
            array[(slice(None),) * axis + (there,)] = found
            shape[axis : axis + 1] = [rows.size] if index is not None else [rows.size, columns.size]
            named = [*value.dims[:axis], *new, *value.dims[axis + 1 :]]
            return array.reshape(shape).transpose([named.index(dim) for dim in dims])

        result = Value(dims, value.dtype, compute, (value,))
        for local, there in (self.presence(value) if present is None else present).items():
            moved = source in there.dims
            result.present[local] = self.neighbours(there, offset, index, {}) if moved else there
        if index is None and present is None:
            result.present[offset.local] = self.exists(offset)  # type: ignore[index]
        return result

    def entry(self, value: Any, local: str, number: int) -> Value:
        """One entry along a local dimension."""
        if not isinstance(value, Value) or local not in value.dims:
            raise Refused(f"no entries along {local}")
        axis = value.dims.index(local)

        def compute(points: Points) -> np.ndarray:
            return np.squeeze(value.at({**points, local: np.array([number])}), axis)

        return Value(tuple(dim for dim in value.dims if dim != local), value.dtype, compute, (value,))

    def reduce(self, name: str, value: Value, offset: Offset) -> Value:
        table, local = self.tables[offset.name], offset.local
        row = value.present.get(local) or self.exists(offset)  # type: ignore[arg-type]
        dims = self.order({*value.dims, *row.dims} - {local})

        def compute(points: Points) -> np.ndarray:
            shape = [points[dim].size for dim in dims]
            total = np.full(shape, scalar.identity(name, value.dtype), dtype=value.dtype)
            started = np.zeros(shape, dtype=bool)
            for column in range(table.shape[1]):
                one = value.at({**points, local: np.array([column])})  # type: ignore[dict-item]
                one = self.spread(
                    np.squeeze(one, value.dims.index(local)), tuple(d for d in value.dims if d != local), dims
                )
                there = row.at({**points, local: np.array([column])})  # type: ignore[dict-item]
                there = np.squeeze(there, row.dims.index(local))
                there = self.spread(there, tuple(d for d in row.dims if d != local), dims)
                there = np.broadcast_to(there, shape)
                with np.errstate(all="ignore"):
                    folded = scalar.fold(name, total, np.broadcast_to(one, shape), started)
                total = np.where(there, folded, total).astype(value.dtype)
                started = started | there
            return total

        return Value(dims, value.dtype, compute, (value,))

    def fold(self, name: str, value: Value, ranges: dict[str, tuple[int, int]]) -> Tree:
        """Over ranges of points: the last dimension first."""
        if name == "mean_over":
            points = math.prod(max(stop - start, 0) for start, stop in ranges.values())
            return self.builtin("div", self.fold("sum_over", value, ranges), self.number(points, value.dtype))
        along = [dim for dim in value.dims if dim in ranges]
        dims = tuple(dim for dim in value.dims if dim not in ranges)

        def compute(points: Points) -> np.ndarray:
            there = {dim: np.arange(*ranges[dim]) for dim in along}
            shape = [{**points, **there}[dim].size for dim in value.dims]
            if all(shape):
                values = np.broadcast_to(value.at({**points, **there}), shape)
            else:
                values = np.zeros(shape, dtype=value.dtype)
            left = list(value.dims)
            for dim in reversed(along):
                values = scalar.fold_range(name, np.moveaxis(values, left.index(dim), -1))
                left.remove(dim)
            return values

        return Value(dims, value.dtype, compute, (value,))

    def sweep(self, scan: Function, args: list[Tree]) -> Tree:
        dims = self.order(
            [scan.axis, *(dim for leaf in leaves(args) if isinstance(leaf, Value) for dim in leaf.dims)]
        )
        settled = [self.settle(arg, kind) for arg, (_, kind) in zip(args, scan.params[1:], strict=True)]
        sweep = Sweep(self, scan, settled, dims)
        operands = tuple(leaves(settled))

        def result(kind: Any, number: Any) -> Tree:
            if isinstance(kind, list):
                return tuple(result(item, number) for item in kind)
            leaf = next(number)
            value = Value(dims, kind[1], lambda points: sweep.result(leaf, points), operands)
            value.sweeps[sweep] = None
            return value

        return result(scan.params[0][1], iter(range(1000)))

    # ---- statements and expressions

    def apply(self, function: Function, args: list[Tree]) -> Tree:
        names = [name for name, _ in function.params]
        settled = [self.settle(arg, kind) for arg, (_, kind) in zip(args, function.params, strict=True)]
        value = self.block(function.body, dict(zip(names, settled, strict=True)))
        returns = function.returns or function.params[0][1]
        return self.settle(value, returns)

    def block(self, statements: list[ast.stmt], env: dict[str, Tree]) -> Tree:
        """What is returned; `None` where the end is reached."""
        for index, statement in enumerate(statements):
            if isinstance(statement, ast.Return):
                return self.expr(statement.value, env)  # type: ignore[arg-type]
            if isinstance(statement, ast.Assign):
                self.assign(statement.targets[0], self.expr(statement.value, env), env)
            elif isinstance(statement, ast.AnnAssign):
                value = self.settle(self.expr(statement.value, env), self.annotation(statement.annotation))  # type: ignore[arg-type]
                self.assign(statement.target, value, env)
            elif isinstance(statement, ast.If):
                condition, rest = self.expr(statement.test, env), statements[index + 1 :]
                if any(isinstance(node, ast.Return) for node in ast.walk(statement)):
                    then = self.block([*statement.body, *rest], dict(env))
                    return self.select(condition, then, self.block([*statement.orelse, *rest], dict(env)))
                then, otherwise = dict(env), dict(env)
                self.block(statement.body, then)
                self.block(statement.orelse, otherwise)
                env.clear()
                for name in then.keys() & otherwise.keys():
                    same = then[name] is otherwise[name]
                    env[name] = then[name] if same else self.select(condition, then[name], otherwise[name])
            elif isinstance(statement, ast.While):
                Rounds(self, statement, env).run(env)
        return None

    def assign(self, target: ast.expr, value: Tree, env: dict[str, Tree]) -> None:
        if isinstance(target, ast.Name):
            env[target.id] = value
            return
        if not isinstance(target, ast.Tuple) or not isinstance(value, tuple):
            raise Refused("an assignment")
        stars = [i for i, item in enumerate(target.elts) if isinstance(item, ast.Starred)]
        parts = list(value)
        if stars:
            after = len(target.elts) - stars[0] - 1
            middle = tuple(parts[stars[0] : len(parts) - after])
            parts[stars[0] : len(parts) - after] = [middle]
        for item, part in zip(target.elts, parts, strict=True):
            self.assign(item.value if isinstance(item, ast.Starred) else item, part, env)

    def expr(self, node: ast.expr, env: dict[str, Tree]) -> Any:
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return env[name] if name in env else self.names.get(name, name)
            case ast.Attribute(attr=name):
                return name
            case ast.Tuple(elts=items):
                return tuple(self.expr(item, env) for item in items)
            case ast.UnaryOp(op=op, operand=operand):
                return self.unary(op, self.expr(operand, env))
            case ast.BinOp(left=left, op=op, right=right):
                return self.binary(BINARY[type(op)], self.expr(left, env), self.expr(right, env))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self.binary(COMPARE[type(op)], self.expr(left, env), self.expr(right, env))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.select(self.expr(test, env), self.expr(body, env), self.expr(orelse, env))
            case ast.Subscript(value=value, slice=ast.Call(func=ast.Name(id=local), args=[number])):
                return self.entry(self.expr(value, env), local, ast.literal_eval(number))
            case ast.Subscript(value=value, slice=index):
                found, at = self.expr(value, env), self.expr(index, env)
                return (found, at) if isinstance(found, Offset) else found[at]
            case ast.Call():
                return self.call(node, env)
        raise Refused(ast.dump(node))

    def unary(self, op: ast.unaryop, value: Tree) -> Tree:
        if isinstance(op, ast.UAdd):
            return value
        if is_literal(value):
            return -value if isinstance(op, ast.USub) else not value
        return self.builtin("neg" if isinstance(op, ast.USub) else "not", value)

    def binary(self, row: tuple[str, Callable[..., Any]], a: Any, b: Any) -> Any:
        name, python = row
        if isinstance(a, Dimension):
            return a, python(0, b)
        if isinstance(a, tuple) and a and isinstance(a[0], Dimension):
            return a[0], python(a[1], b)
        if is_literal(a) and is_literal(b):
            return python(a, b)
        return self.builtin(name, a, b)

    def call(self, node: ast.Call, env: dict[str, Tree]) -> Any:
        called = self.expr(node.func, env)
        args = [self.expr(arg, env) for arg in node.args]
        if called in ("sum_over", "max_over", "min_over", "mean_over") and node.keywords[0].arg == "domain":
            ranges = node.keywords[0].value
            assert isinstance(ranges, ast.Dict)
            ends = {
                self.expr(dim, env).name: tuple(self.expr(end, env) for end in pair.elts)  # type: ignore
                for dim, pair in zip(ranges.keys, ranges.values, strict=True)
            }
            return self.fold(called, args[0], ends)
        options = {keyword.arg: self.expr(keyword.value, env) for keyword in node.keywords}
        if isinstance(called, Function):
            names = [name for name, _ in called.params][called.kind == "scan_operator" :]
            args += [options[name] for name in names[len(args) :]]
            return self.sweep(called, args) if called.kind == "scan_operator" else self.apply(called, args)
        if isinstance(called, Value):
            for step in args:
                called = self.step(called, step)
            return called
        if called in DTYPES:
            number = float(args[0]) if isinstance(args[0], str) else args[0]
            return self.cast(number, DTYPES[called])
        match called:
            case "where":
                return self.select(*args)
            case "astype":
                return self.cast(args[0], DTYPES[args[1] if isinstance(args[1], str) else "bool"])
            case "broadcast":
                return self.broadcast(args[0], tuple(dim.name for dim in args[1]))
            case "neighbor_sum" | "max_over" | "min_over":
                axis = options["axis"].name
                offsets = [o for o in self.names.values() if isinstance(o, Offset) and o.local == axis]
                return self.reduce(called, args[0], offsets[0])
        return self.builtin(scalar.SPELLED.get(called, called), *args)

    def step(self, value: Value, step: Any) -> Value:
        if isinstance(step, Offset):
            return self.neighbours(value, step, None)
        way, index = step
        if isinstance(way, Dimension):
            return self.shift(value, way.name, index)
        return self.neighbours(value, way, index) if way.local else self.shift(value, way.source, index)

    # ---- programs

    def run(
        self, name: str, args: list[Any], out: Any = None, domain: dict[str, tuple[int, int]] | None = None
    ) -> None:
        """Calls a program, or an operator with `out`. Fields are :class:`Memory`, and are written."""
        function = self.names[name]
        env = {
            param: self.argument(arg, kind, param)
            for arg, (param, kind) in zip(
                args, function.params[function.kind == "scan_operator" :], strict=True
            )
        }
        if function.kind == "program":
            places = {param: arg for arg, (param, _) in zip(args, function.params, strict=True)}
            self.statements(function.body, env, places)
        else:
            values = (
                self.sweep(function, list(env.values()))
                if function.axis
                else self.apply(function, list(env.values()))
            )
            self.write(values, self.places(out, domain, "out"))

    def argument(self, arg: Any, kind: Any, name: str) -> Tree:
        if isinstance(kind, list):
            return tuple(
                self.argument(a, k, f"{name}.{i}") for i, (a, k) in enumerate(zip(arg, kind, strict=True))
            )
        dims, dtype = kind
        if dims is None:
            return self.number(arg, dtype)

        def compute(points: Points) -> np.ndarray:
            asked = [points[dim] for dim in dims]
            if self.reads is not None:
                return self.trace(name, dict(zip(dims, asked, strict=True)), dtype)
            for indices, start, size in zip(asked, arg.start, arg.array.shape, strict=True):
                if all(i.size for i in asked) and (indices.min() < start or indices.max() >= start + size):
                    raise Refused(f"`{name}` is too small")
            if not all(i.size for i in asked):
                return np.zeros([i.size for i in asked], dtype=dtype)
            return arg.array[np.ix_(*(i - start for i, start in zip(asked, arg.start, strict=True)))]

        # Never remembered: the memory changes between statements.
        value = Value(dims, dtype, compute)
        value.at = compute  # type: ignore[method-assign]
        return value

    def trace(self, name: str, asked: dict[str, np.ndarray], dtype: np.dtype) -> np.ndarray:
        if all(indices.size for indices in asked.values()):
            hulls = self.reads.setdefault(name, {})  # type: ignore[union-attr]
            for dim, indices in asked.items():
                low, high = hulls.get(dim, (2**60, -(2**60)))
                hulls[dim] = min(low, int(indices.min())), max(high, int(indices.max()) + 1)
        return np.zeros([indices.size for indices in asked.values()], dtype=dtype)

    def statements(self, body: list[ast.stmt], env: dict[str, Tree], arguments: dict[str, Any]) -> None:
        """Calls in order, and loops around them."""
        for statement in body:
            match statement:
                case ast.For(target=ast.Name(id=name), iter=ast.Call(args=ends), body=repeated):
                    for value in range(*(self.bound(end, env) for end in ends)):
                        inner = {**env, name: self.number(value, np.dtype("int32"))}
                        self.statements(repeated, inner, arguments)
                case ast.Expr(value=ast.Call() as call):
                    self.statement(call, env, arguments)

    def statement(self, call: ast.Call, env: dict[str, Tree], arguments: dict[str, Any]) -> None:
        options = {keyword.arg: keyword.value for keyword in call.keywords}
        out, domain = options.pop("out"), options.pop("domain", None)
        inner = ast.Call(call.func, call.args, [ast.keyword(name, value) for name, value in options.items()])
        values = self.call(inner, env)
        self.write(values, self.target(out, domain, env, arguments))

    def target(
        self, out: ast.expr, domain: ast.expr | None, env: dict[str, Tree], arguments: dict[str, Any]
    ) -> list[Any]:
        """The places that a result goes to: field and ranges."""
        if isinstance(out, ast.Tuple):
            parts = domain.elts if isinstance(domain, ast.Tuple) else [domain] * len(out.elts)
            return [
                place
                for o, d in zip(out.elts, parts, strict=True)
                for place in self.target(o, d, env, arguments)
            ]
        ranges, slices = None, None
        if domain is not None:
            ranges = {
                self.expr(key, {}).name: tuple(self.bound(end, env) for end in pair.elts)  # type: ignore[arg-type, attr-defined]
                for key, pair in zip(domain.keys, domain.values, strict=True)  # type: ignore[attr-defined]
            }
        if isinstance(out, ast.Subscript) and not isinstance(out.slice, ast.Constant):
            slices = out.slice.elts if isinstance(out.slice, ast.Tuple) else [out.slice]
            out = out.value
        if isinstance(out, ast.Subscript):
            place, name = arguments[out.value.id][out.slice.value], f"{out.value.id}.{out.slice.value}"  # type: ignore[attr-defined]
        else:
            place, name = arguments[out.id], out.id  # type: ignore[attr-defined]
        places = self.places(place, ranges, name)
        if slices is not None:
            memory, whole, name = places[0]
            ends = []
            for part, (low, high) in zip(slices, whole, strict=True):
                lower, upper = (ast.literal_eval(end) if end else None for end in (part.lower, part.upper))  # type: ignore[attr-defined]
                ends.append(
                    tuple(
                        default if end is None else end + (high if end < 0 else low)
                        for end, default in ((lower, low), (upper, high))
                    )
                )
            places = [(memory, ends, name)]
        return places

    def places(self, out: Any, domain: Any, name: str) -> list[Any]:
        if isinstance(out, tuple | list):
            parts = [(item, f"{name}.{index}") for index, item in enumerate(out)]
            return [place for item, part in parts for place in self.places(item, domain, part)]
        whole = [(start, start + size) for start, size in zip(out.start, out.array.shape, strict=True)]
        if domain is None:
            return [(out, whole, name)]
        return [(out, [domain[dim] for dim in self.order(domain)], name)]

    def bound(self, node: ast.expr, env: dict[str, Tree]) -> int:
        match node:
            case ast.BinOp(left=left, op=op, right=right):
                python = operator.floordiv if isinstance(op, ast.Div) else BINARY[type(op)][1]
                return python(self.bound(left, env), self.bound(right, env))
            case ast.UnaryOp(operand=operand):
                return -self.bound(operand, env)
            case ast.Call(func=ast.Name(id=name), args=args):
                return {"minimum": min, "maximum": max}[name](self.bound(arg, env) for arg in args)
        value = self.expr(node, env)
        return int(value.at({})) if isinstance(value, Value) else int(value)

    def write(self, values: Tree, places: list[Any]) -> None:
        """Everything is computed, then it is written, in order."""
        found = leaves(values)
        for value, (_, ranges, _) in zip(found, places, strict=True):
            for sweep in value.sweeps:
                axis = value.dims.index(sweep.scan.axis)
                if all(low < high for low, high in ranges):
                    low, high = ranges[axis]
                    known = sweep.levels or (low, high)
                    sweep.levels = min(known[0], low), max(known[1], high)
        computed = []
        for value, (memory, ranges, name) in zip(found, places, strict=True):
            for (low, high), start, size in zip(ranges, memory.start, memory.array.shape, strict=True):
                if (low < start or high > start + size) and all(a < b for a, b in ranges):
                    raise Refused(f"`{name}` is written outside")
            if not all(low < high for low, high in ranges):
                continue
            points = {dim: np.arange(*ends) for dim, ends in zip(value.dims, ranges, strict=True)}
            computed.append((memory, ranges, np.array(value.at(points))))
        if self.reads is None:
            for memory, ranges, array in computed:
                index = tuple(
                    slice(low - s, high - s) for (low, high), s in zip(ranges, memory.start, strict=True)
                )
                memory.array[index] = array
