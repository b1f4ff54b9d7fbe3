"""Random programs of the language, well typed, with arguments: one number in, one :class:`Case` out.

Expressions are made from the type that is wanted down to variables and literals. What has no meaning all the same, as a
level of a scan that is not computed, the evaluator finds out, and the next variant of the seed is taken.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import scalar
from .case import Case
from .meaning import Refused

Type = Any
"""`(dims, dtype)`, where dims is None for a number; a list of types for a tuple."""

HEAD = '''"""Written by tests/random, seed {seed}."""

import bise as gtx
from bise import Field, abs, astype, broadcast, float32, float64, fmod, int8, int16, int32, int64
from bise import max_over, maximum, mean_over, min_over, minimum, neighbor_sum, sum_over, uint8, uint16, uint32, uint64, where

'''
GRID = """I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
Koff = gtx.FieldOffset("Koff", source=K, target=(K,))
"""
MESH = """Edge = gtx.Dimension("Edge")
Vertex = gtx.Dimension("Vertex")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
V2EDim = gtx.Dimension("V2EDim", kind=gtx.DimensionKind.LOCAL)
E2VDim = gtx.Dimension("E2VDim", kind=gtx.DimensionKind.LOCAL)
V2VDim = gtx.Dimension("V2VDim", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))
E2V = gtx.FieldOffset("E2V", source=Vertex, target=(Edge, E2VDim))
V2V = gtx.FieldOffset("V2V", source=Vertex, target=(Vertex, V2VDim))
Koff = gtx.FieldOffset("Koff", source=K, target=(K,))
"""
ORDER = {"Edge": 0, "I": 0.1, "J": 0.2, "Vertex": 0.3, "E2VDim": 1, "V2EDim": 1.1, "V2VDim": 1.2, "K": 2}
OFFSETS = {
    "V2E": ("Edge", "Vertex", "V2EDim"),
    "E2V": ("Vertex", "Edge", "E2VDim"),
    "V2V": ("Vertex", "Vertex", "V2VDim"),
}
KINDS = ("grid", "mesh", "scan")


def ordered(dims: Any) -> tuple[str, ...]:
    return tuple(sorted(set(dims), key=lambda dim: ORDER[dim]))


def annotation(kind: Type) -> str:
    if isinstance(kind, list):
        return f"tuple[{', '.join(annotation(item) for item in kind)}]"
    dims, dtype = kind
    return dtype if dims is None else f"Field[[{', '.join(dims)}], {dtype}]"


@dataclass(frozen=True)
class Expr:
    text: str
    dims: tuple[str, ...] | None
    """None for a number."""


@dataclass(frozen=True)
class Operator:
    name: str
    params: list[tuple[str, Type]]
    result: Type
    scan: bool = False
    sweeps: bool = False
    """Whether it calls a scan operator."""


@dataclass
class Generator:
    seed: int
    only: str | None = None
    random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.world = self.only or self.random.choice(KINDS)
        self.mesh = self.world == "mesh" or (self.world == "scan" and self.chance(0.3))
        self.base = ("Edge", "Vertex", "K") if self.mesh else ("I", "J", "K")
        floats = self.random.choice([["float64"], ["float32"], ["float64", "float32"]])
        self.dtypes = floats + self.random.sample(scalar.INTEGERS, self.random.choice([0, 1, 1, 2]))
        self.operators: list[Operator] = []
        self.lines: list[str] = []
        self.constants: dict[str, str | None] = {}
        self.vars: dict[str, Type] = {}
        self.fixed: set[str] | None = None
        """In a `while`, the names that are the same in all rounds: only they are read at other points."""
        self.kept: set[str] = set()
        """In a `while`, the names that it does not assign."""
        self.growing = False
        """In a `while` whose types are not known yet."""
        self.names = 0

    # ---- choices

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def dtype(self) -> str:
        return "bool" if self.chance(0.15) else self.random.choice(self.dtypes)

    def name(self, prefix: str) -> str:
        self.names += 1
        return f"{prefix}{self.names}"

    def subset(self, dims: Any) -> tuple[str, ...]:
        kept = [dim for dim in dims if self.chance(0.75)]
        return ordered(kept or [self.random.choice(list(dims))])

    def space(self) -> tuple[str, ...]:
        """Dimensions that results may have."""
        if not self.mesh:
            return ("I", "J", "K")
        return ("Vertex", "K") if self.chance(0.6) else ("Edge", "K")

    # ---- literals and leaves

    def literal(self, dtype: str, plain: bool) -> str:
        """Typed, or as Python writes it."""
        if dtype == "bool":
            return self.random.choice(["True", "False"])
        if dtype.startswith("float"):
            text = self.random.choice(["0.5", "1.0", "-2.5", "3", "0.1", "1e-3", "-0.0", "2", "1e30", "7.25"])
        else:
            limits = np.iinfo(dtype)
            text = str(
                self.random.choice([0, 1, 2, 3, 5, 7, limits.max, limits.min if self.chance(0.3) else 4])
            )
        return (
            text
            if plain
            else f"{dtype}({text})"
            if not dtype.startswith("float")
            else f'{dtype}("{float(text)}")'
        )

    def leaf(self, dtype: str, allowed: Any) -> Expr:
        found = [Expr(text, dims) for text, dims in self.readable(dtype, allowed)]
        fields = [expr for expr in found if expr.dims]
        if fields and self.chance(0.9):
            return self.random.choice(fields)
        if found and self.chance(0.8):
            return self.random.choice(found)
        constants = [name for name, kind in self.constants.items() if kind == dtype]
        if constants and self.chance(0.5):
            return Expr(self.random.choice(constants), None)
        return (
            Expr(f"({self.literal('bool', True)})", None)
            if dtype == "bool"
            else Expr(self.literal(dtype, False), None)
        )

    def readable(self, dtype: str, allowed: Any) -> list[tuple[str, tuple[str, ...] | None]]:
        found: list[tuple[str, tuple[str, ...] | None]] = []

        def visit(text: str, kind: Type) -> None:
            if isinstance(kind, list):
                for index, item in enumerate(kind):
                    visit(f"{text}[{index}]", item)
            elif kind[1] == dtype and set(kind[0] or ()) <= set(allowed):
                found.append((text, kind[0]))

        for name, kind in self.vars.items():
            visit(name, kind)
        return found

    # ---- expressions

    def expr(self, dtype: str, allowed: Any, depth: int) -> Expr:
        """A value of that type over some of the dimensions."""
        if depth <= 0 or self.chance(0.12):
            return self.leaf(dtype, allowed)
        makers = (
            [self.arithmetic] * 6
            + [self.unary] * 2
            + [self.chosen, self.conditional, self.converted, self.called]
        )
        fields = bool(allowed) or self.in_fields
        if dtype == "bool":
            makers = [self.compared] * 4 + [self.logical] * 2 + [self.chosen, self.converted, self.called]
        if fields and allowed:
            makers += [self.shifted] * 4 + [self.folded] * (dtype != "bool")
            if self.mesh and {"Vertex", "Edge"} & set(allowed):
                makers += [self.neighbour] * 3 + [self.reduced] * 4 * (dtype != "bool")
            if "K" in allowed and not {"E2VDim", "V2EDim", "V2VDim"} & set(allowed):
                makers += [self.scanned] * (4 if self.world == "scan" else 1)
        makers = [maker for maker in makers if maker != self.conditional or not self.growing]
        maker = self.random.choice(makers)
        elsewhere = (self.shifted, self.neighbour, self.reduced, self.folded, self.called)
        if self.fixed is None or maker not in (*elsewhere, self.scanned):
            return maker(dtype, allowed, depth - 1) or self.leaf(dtype, allowed)
        before = self.vars
        self.vars = {name: kind for name, kind in before.items() if name in self.fixed}
        found = maker(dtype, allowed, depth - 1) if maker in elsewhere else None
        self.vars = before
        return found or self.leaf(dtype, allowed)

    in_fields = True

    def joined(self, *exprs: Expr) -> tuple[str, ...] | None:
        if all(expr.dims is None for expr in exprs):
            return None
        return ordered(dim for expr in exprs for dim in expr.dims or ())

    def operands(self, dtype: str, allowed: Any, depth: int) -> tuple[Expr, Expr]:
        a = self.expr(dtype, allowed, depth)
        if self.chance(0.25):
            plain = [
                name for name, kind in self.constants.items() if kind is None and dtype.startswith("float")
            ]
            text = self.random.choice(plain) if plain and self.chance(0.3) else self.literal(dtype, True)
            pair = a, Expr(f"({text})" if text.startswith("-") else text, None)
        else:
            pair = a, self.expr(dtype, allowed, depth)
        return pair if self.chance(0.6) else (pair[1], pair[0])

    def arithmetic(self, dtype: str, allowed: Any, depth: int) -> Expr:
        a, b = self.operands(dtype, allowed, depth)
        operator = self.random.choice(
            ["+", "+", "-", "-", "*", "*", "/", "//", "%", "minimum", "maximum", "fmod", "**"]
        )
        if operator == "fmod" and not dtype.startswith("float"):
            operator = "+"
        if operator == "**":
            if dtype.startswith("float") and self.chance(0.8):
                return self.squared(dtype, allowed, depth)
            operator = "*"
        text = (
            f"{operator}({a.text}, {b.text})" if operator[0].isalpha() else f"({a.text} {operator} {b.text})"
        )
        return Expr(text, self.joined(a, b))

    def squared(self, dtype: str, allowed: Any, depth: int) -> Expr:
        a = self.expr(dtype, allowed, depth)
        exponents = ["2", "1", "0.5", "3", "-1"] if dtype.startswith("float") else ["2", "3", "0"]
        return Expr(f"({a.text} ** {self.random.choice(exponents)})", a.dims)

    def unary(self, dtype: str, allowed: Any, depth: int) -> Expr:
        a = self.expr(dtype, allowed, depth)
        functions = ["-", "-", "abs"]
        if dtype.startswith("float"):
            functions += [
                f"gtx.{name}" for name in ("sqrt", "floor", "ceil", "trunc", self.random.choice(scalar.MATH))
            ]
        elif self.chance(0.3):
            return self.squared(dtype, allowed, depth)
        function = self.random.choice(functions)
        return Expr(f"(-{a.text})" if function == "-" else f"{function}({a.text})", a.dims)

    def compared(self, dtype: str, allowed: Any, depth: int) -> Expr:
        number = self.random.choice(self.dtypes)
        if number.startswith("float") and self.chance(0.1):
            a = self.expr(number, allowed, depth)
            return Expr(f"gtx.{self.random.choice(['isfinite', 'isinf', 'isnan'])}({a.text})", a.dims)
        a, b = self.operands(number, allowed, depth)
        return Expr(
            f"({a.text} {self.random.choice(['<', '<=', '>', '>=', '==', '!='])} {b.text})", self.joined(a, b)
        )

    def logical(self, dtype: str, allowed: Any, depth: int) -> Expr:
        a, b = self.expr("bool", allowed, depth), self.expr("bool", allowed, depth)
        if self.chance(0.3) and a.text not in ("(True)", "(False)"):
            return Expr(f"(~{a.text})", a.dims)
        return Expr(f"({a.text} {self.random.choice('&|^')} {b.text})", self.joined(a, b))

    def chosen(self, dtype: str, allowed: Any, depth: int) -> Expr:
        mask = self.expr("bool", allowed, depth)
        a, b = self.operands(dtype, allowed, depth)
        dims = self.joined(mask, a, b)
        return Expr(f"where({mask.text}, {a.text}, {b.text})", dims)

    def conditional(self, dtype: str, allowed: Any, depth: int) -> Expr | None:
        """Both branches have one type."""
        condition = self.expr("bool", (), 1)
        if condition.dims is not None:
            return None
        dims = self.subset(allowed) if allowed else None
        a, b = (self.exact((dims, dtype), depth) for _ in range(2))
        return Expr(f"({a} if {condition.text} else {b})", dims)

    def converted(self, dtype: str, allowed: Any, depth: int) -> Expr:
        a = self.expr(self.random.choice(self.dtypes), allowed, depth)
        return Expr(f"astype({a.text}, {dtype})", a.dims)

    def field_over(self, dtype: str, allowed: Any, depth: int, dim: str) -> Expr:
        """A field that has a dimension for sure."""
        a = self.expr(dtype, allowed, depth)
        if dim in (a.dims or ()):
            return a
        found = [Expr(text, dims) for text, dims in self.readable(dtype, allowed) if dim in (dims or ())]
        if found:
            b = self.random.choice(found)
            return (
                Expr(
                    f"where({self.expr('bool', (), 0).text}, {a.text}, {b.text})",
                    ordered((*(a.dims or ()), *b.dims)),
                )
                if self.chance(0.3)
                else b
            )
        dims = ordered((*(a.dims or ()), dim))
        return Expr(f"broadcast({a.text}, ({', '.join(dims)},))", dims)

    def shifted(self, dtype: str, allowed: Any, depth: int) -> Expr | None:
        a = self.expr(dtype, allowed, depth)
        ways = [dim for dim in a.dims or () if dim in ("I", "J", "K")]
        if not ways:
            return None
        steps = []
        for dim in self.random.sample(ways, self.random.randint(1, len(ways))):
            distance = self.random.choice([-1, 1, -1, 1, 2, -2, 3, 0])
            text = (
                f"Koff[{distance}]"
                if dim == "K" and self.chance(0.5)
                else f"{dim} {'-' if distance < 0 else '+'} {abs(distance)}"
            )
            steps.append(text)
        return Expr(f"{a.text}({', '.join(steps)})", a.dims)

    def neighbour(self, dtype: str, allowed: Any, depth: int) -> Expr | None:
        name, (source, origin, _) = self.random.choice(
            [row for row in OFFSETS.items() if row[1][1] in allowed] or [("", ("", "", ""))]
        )
        if not name:
            return None
        a = self.field_over(dtype, {*allowed} - {origin} | {source}, depth, source)
        dims = ordered({*a.dims} - {source} | {origin})  # type: ignore[misc]
        return Expr(f"{a.text}({name}[{self.random.randrange(2)}])", dims)

    def reduced(self, dtype: str, allowed: Any, depth: int) -> Expr | None:
        rows = [row for row in OFFSETS.items() if row[1][1] in allowed and row[1][2] not in allowed]
        if not rows:
            return None
        name, (source, origin, local) = self.random.choice(rows)
        outer = {*allowed} - {origin} | {source}
        a = self.field_over(dtype, outer - {local}, depth, source)
        dims = ordered({*a.dims} - {source} | {origin, local})  # type: ignore[misc]
        there = Expr(f"{a.text}({name})", dims)
        if self.chance(0.6):
            b = self.expr(dtype, {*allowed, local}, depth - 1)
            shape = self.random.choice(
                ["({} * {})", "({} + {})", "({} - {})", "maximum({}, {})", "where({} < {}, {}, {})"]
            )
            pair = [there.text, b.text] if self.chance(0.5) else [b.text, there.text]
            pair *= shape.count("{}") // 2
            there = Expr(shape.format(*pair), self.joined(there, b))
        if self.chance(0.25):
            rest = ordered({*there.dims} - {local})  # type: ignore[misc]
            return Expr(f"{there.text}[{local}({self.random.randrange(2)})]", rest)
        fold = self.random.choice(["neighbor_sum", "neighbor_sum", "max_over", "min_over"])
        kept = ordered({*there.dims} - {local} | {origin})  # type: ignore[misc]
        return Expr(f"{fold}({there.text}, axis={local})", kept)

    def folded(self, dtype: str, allowed: Any, depth: int) -> Expr | None:
        """Over a few points of one dimension or two. Levels only where no scan may be among them."""
        scans = any(operator.scan or operator.sweeps for operator in self.operators)
        dims = [dim for dim in allowed if not dim.endswith("Dim") and (dim != "K" or not scans)]
        if not dims:
            return None
        along = self.random.sample(dims, min(len(dims), self.random.choice([1, 1, 2])))
        a = self.field_over(dtype, allowed, depth, along[0])
        along = [dim for dim in along if dim in (a.dims or ())]
        ranges = []
        for dim in along:
            start = self.random.choice([0, 0, 1, 2])
            ranges.append(f"{dim}: ({start}, {start + self.random.choice([1, 2, 3, 5, 8, 0])})")
        means = ["mean_over"] if dtype.startswith("float") else []
        fold = self.random.choice(["sum_over", "sum_over", "max_over", "min_over", *means])
        return Expr(
            f"{fold}({a.text}, domain={{{', '.join(ranges)}}})", ordered({*(a.dims or ())} - {*along})
        )

    def called(self, dtype: str, allowed: Any, depth: int) -> Expr | None:
        """An operator whose result, or a part of it, fits."""
        fits = []
        for operator in self.operators:
            parts = (
                enumerate(operator.result) if isinstance(operator.result, list) else [(None, operator.result)]
            )
            for index, part in parts:
                if (
                    not operator.scan
                    and not (operator.sweeps and self.fixed is not None)
                    and not isinstance(part, list)
                    and part[1] == dtype
                    and set(part[0] or ()) <= set(allowed)
                    and (part[0] is None or self.in_fields)
                ):
                    fits.append((operator, index, part))
        if not fits:
            return None
        operator, index, part = self.random.choice(fits)
        args = [self.exact(kind, depth - 1) for _, kind in operator.params]
        names = [name for name, _ in operator.params]
        split = self.random.randint(0, len(args))
        listed = args[:split] + [
            f"{name}={arg}" for name, arg in zip(names[split:], args[split:], strict=True)
        ]
        return Expr(
            f"{operator.name}({', '.join(listed)})" + ("" if index is None else f"[{index}]"), part[0]
        )

    def scanned(self, dtype: str, allowed: Any, depth: int) -> Expr | None:
        fits = []
        for operator in self.operators:
            parts = (
                enumerate(operator.result) if isinstance(operator.result, list) else [(None, operator.result)]
            )
            fits += [
                (operator, i, p)
                for i, p in parts
                if operator.scan and not isinstance(p, list) and p[1] == dtype
            ]
        if not fits:
            return None
        operator, index, _ = self.random.choice(fits)
        dims = {"K"}

        def argument(kind: Type) -> str:
            if isinstance(kind, list):
                return f"({', '.join(argument(item) for item in kind)},)"
            a = self.expr(kind[1], allowed, depth - 1)
            dims.update(a.dims or ())
            return a.text

        args = [argument(kind) for _, kind in operator.params]
        return Expr(
            f"{operator.name}({', '.join(args)})" + ("" if index is None else f"[{index}]"), ordered(dims)
        )

    def exact(self, kind: Type, depth: int) -> str:
        """Of exactly that type."""
        if isinstance(kind, list):
            whole = [name for name, held in self.vars.items() if held == kind]
            if whole and self.chance(0.5):
                return self.random.choice(whole)
            return f"({', '.join(self.exact(item, depth) for item in kind)},)"
        dims, dtype = kind
        if dims is None:
            fields, self.in_fields = self.in_fields, False
            text = self.expr(dtype, (), depth).text
            self.in_fields = fields
            return text
        a = self.expr(dtype, dims, depth)
        return a.text if a.dims == dims else f"broadcast({a.text}, ({''.join(dim + ', ' for dim in dims)}))"

    # ---- operators

    def param(self, space: Any) -> Type:
        if self.chance(0.12):
            return [self.param(space) for _ in range(self.random.randint(1, 2))]
        if self.chance(0.15):
            return None, self.dtype()
        if self.mesh:
            way = self.random.choice([("Vertex", "K"), ("Edge", "K"), ("Vertex",), ("Edge",), ("K",)])
            if self.chance(0.2):
                offset = self.random.choice([*OFFSETS.values()])
                way = (offset[1], offset[2], *(["K"] if self.chance(0.3) else []))
            return ordered(way), self.dtype()
        return self.subset(self.base), self.dtype()

    def statements(self, space: Any, depth: int, indent: str) -> None:
        for _ in range(self.random.choice([0, 0, 1, 1, 2, 3])):
            self.statement(space, depth, indent)

    def fresh(self, space: Any) -> Type:
        if space is None:
            return None, self.dtype()
        dims = self.subset(
            space
            if self.chance(0.7) or not self.mesh
            else ("Edge", "K")
            if "Vertex" in space
            else ("Vertex", "K")
        )
        return dims, self.dtype()

    def statement(self, space: Any, depth: int, indent: str) -> None:
        choice = self.random.random()
        if choice < 0.55:
            kind = self.fresh(space)
            text = self.exact(kind, depth)
            same = [name for name, held in self.vars.items() if held == kind and name not in self.kept]
            name = self.random.choice(same) if same and self.chance(0.3) else self.name("v")
            declared = f": {annotation(kind)}" if name not in self.vars and self.chance(0.1) else ""
            self.lines.append(f"{indent}{name}{declared} = {text}")
            self.vars[name] = kind
        elif choice < 0.75:
            kinds = [self.fresh(space) for _ in range(self.random.randint(1, 3))]
            text = self.exact(kinds, depth - 1)
            if self.chance(0.5):
                name = self.name("t")
                self.lines.append(f"{indent}{name} = {text}")
                self.vars[name] = kinds
            else:
                names = [self.name("v") for _ in kinds]
                self.lines.append(f"{indent}{', '.join(names)}, = {text}")
                self.vars.update(zip(names, kinds, strict=True))
        elif choice < 0.9 or len(indent) > 8:
            self.branch(space, depth, indent)
        else:
            self.loop(space, depth, indent)

    def loop(self, space: Any, depth: int, indent: str) -> None:
        """A `while` that counts, so that it ends."""
        dims, _ = self.fresh(space)
        count = self.name("n")
        kinds: dict[str, Type] = {
            self.name("w"): (dims, self.dtype()) for _ in range(self.random.randint(1, 2))
        }
        self.lines.append(f"{indent}{count} = {self.random.choice(['0', '0', 'gtx.int32(0)'])}")
        # From fewer dimensions to all, which are known once the rounds are: nothing in them may ask for the type before.
        grows = self.chance(0.4)
        starts: dict[str, Type] = {}
        for name, (_, dtype) in kinds.items():  # type: ignore[misc]
            start = self.subset(dims) if dims and grows else dims
            # Python's own types: a literal that meets literals only has them.
            plain = dtype in ("bool", "int32", "float64") and grows and self.chance(0.5)
            text = (
                f"{self.literal(dtype, dtype != 'float64')}"
                if plain
                else self.exact((start, dtype), depth - 1)
            )
            text = text.removeprefix('float64("').removesuffix('")') if plain else text
            starts[name] = (None if plain else start), dtype
            self.lines.append(f"{indent}{name} = {text}")
        before, fixed, kept = dict(self.vars), self.fixed, self.kept
        # What an inner loop assigns is carried over all that it goes on for.
        self.kept = set(before)
        if self.fixed is None:
            self.fixed = set(before)
        inside: dict[str, Type] = {count: (dims, "int32")} | kinds
        self.vars |= {count: (None, "int32")} | starts if grows else inside
        self.growing = grows or self.growing
        holds = f" & {self.expr('bool', dims or (), 2).text}" if self.chance(0.6) else ""
        self.lines.append(f"{indent}while ({count} < {self.random.randint(1, 4)}){holds}:")
        if not grows:
            self.statement(space, depth - 1, indent + "    ")
        for name, kind in kinds.items():
            self.lines.append(f"{indent}    {name} = {self.exact(kind, depth - 1)}")
        self.growing = False
        self.lines.append(f"{indent}    {count} = {count} + 1")
        self.vars, self.fixed, self.kept = before | inside, fixed, kept

    def branch(self, space: Any, depth: int, indent: str) -> None:
        fields, self.in_fields = self.in_fields, False
        condition = self.expr("bool", (), 2).text
        self.in_fields = fields
        kinds = {self.name("v"): self.fresh(space) for _ in range(self.random.randint(1, 2))}
        before = dict(self.vars)
        kinds |= {
            name: kind
            for name, kind in before.items()
            if self.chance(0.15) and not isinstance(kind, list) and name not in self.kept
        }
        self.lines.append(f"{indent}if {condition}:")
        for word in ("", "else"):
            if word:
                self.lines.append(f"{indent}else:")
            self.vars = dict(before)
            if self.chance(0.2) and len(indent) < 12:
                self.statement(space, depth - 1, indent + "    ")
            for name, kind in kinds.items():
                self.lines.append(f"{indent}    {name} = {self.exact(kind, depth - 1)}")
        self.vars = before | kinds

    def result(self, space: Any) -> Type:
        if self.chance(0.3):
            return [
                self.result(space) if self.chance(0.2) else self.fresh(space)
                for _ in range(self.random.randint(1, 3))
            ]
        return self.fresh(space)

    def body(self, result: Type, space: Any, depth: int) -> None:
        self.statements(space, depth, "    ")
        if self.chance(0.12):
            fields, self.in_fields = self.in_fields, False
            condition = self.expr("bool", (), 2).text
            self.in_fields = fields
            self.lines += [f"    if {condition}:", f"        return {self.exact(result, depth - 1)}"]
            self.statements(space, depth - 1, "    ")
        self.lines.append(f"    return {self.exact(result, depth)}")

    def operator(self) -> None:
        name, space = self.name("op"), self.space()
        numbers, first = self.chance(0.1), len(self.lines)
        self.vars = {}
        for _ in range(self.random.randint(1, 4)):
            self.vars[self.name("a")] = (None, self.dtype()) if numbers else self.param(space)
        params = list(self.vars.items())
        result = self.result(None if numbers else space)
        self.in_fields = not numbers
        self.head("@gtx.field_operator", name, params, result)
        self.body(result, None if numbers else space, self.random.choice([2, 3, 3, 4]))
        text = "\n".join(self.lines[first:])
        sweeps = any(other.name in text for other in self.operators if other.scan or other.sweeps)
        self.operators.append(Operator(name, params, result, sweeps=sweeps))

    def head(self, decorator: str, name: str, params: list[tuple[str, Type]], result: Type) -> None:
        listed = ", ".join(f"{param}: {annotation(kind)}" for param, kind in params)
        self.lines += ["", "", decorator, f"def {name}({listed}) -> {annotation(result)}:"]

    def scan(self) -> None:
        name = self.name("scan")
        kinds: Type = (None, self.dtype())
        if self.chance(0.5):
            kinds = [(None, self.dtype()) for _ in range(self.random.randint(1, 3))]
        self.vars = {self.name("s"): kinds}
        for _ in range(self.random.randint(0, 3)):
            pair = self.chance(0.15)
            self.vars[self.name("x")] = (
                [(None, self.dtype()) for _ in range(2)] if pair else (None, self.dtype())
            )
        params = list(self.vars.items())
        self.in_fields = False
        init = self.init(kinds)
        forward = self.random.choice(["", ", forward=True", ", forward=False"])
        self.head(f"@gtx.scan_operator(axis=K{forward}, init={init})", name, params, kinds)
        self.body(kinds, None, self.random.choice([2, 3]))
        self.operators.append(Operator(name, params[1:], kinds, scan=True))

    def init(self, kind: Type) -> str:
        if isinstance(kind, list):
            return f"({', '.join(self.init(item) for item in kind)},)"
        return (
            self.literal(kind[1], plain=kind[1] == "bool" or not kind[1].startswith("float"))
            if kind[1] != "float32"
            else self.literal("float32", False)
        )

    # ---- programs and their arguments

    def module(self) -> Case:
        self.lines = [HEAD.format(seed=self.seed) + (MESH if self.mesh else GRID).rstrip()]
        for dtype in self.dtypes:
            if self.chance(0.4):
                name = self.name("C")
                self.constants[name] = dtype
                self.lines.append(f"{name} = gtx.{dtype}({'0.75' if dtype.startswith('float') else '3'})")
        if self.chance(0.3):
            self.constants["PLAIN"] = None
            self.lines.append("PLAIN = 1.5")
        if self.world == "scan" or self.chance(0.3):
            for _ in range(self.random.randint(1, 2)):
                self.scan()
        for _ in range(self.random.choice([1, 1, 2, 2, 3])):
            self.operator()
        return Arguments(self).case()


class Arguments:
    """The entry of a module and what it is called with."""

    def __init__(self, generator: Generator):
        self.generator, self.random = generator, generator.random
        self.sizes, self.tables = {}, {}
        # The loops around a call: variable, and the dimension whose indices it is.
        self.loops: list[tuple[str, str | None]] = []
        if generator.mesh:
            self.mesh()
        self.ranges = {dim: self.range() for dim in ("I", "J", "K")}

    def range(self) -> list[int]:
        size = (
            self.random.choice([0, 1, 2, 3, 5, 8, 9, 13, 16, 17, 31, 33, 40, 66])
            if self.random.random() < 0.9
            else 150
        )
        if self.random.random() < 0.85 and size == 0:
            size = 4
        low = self.random.choice([0, 0, 0, self.random.randint(-9, 9)])
        return [low, low + size]

    def mesh(self) -> None:
        few = [0, 1, 2] if self.random.random() < 0.05 else [3, 7, 16, 20, 33, 70, 130]
        self.sizes = {"Vertex": self.random.choice(few), "Edge": self.random.choice(few)}
        for name, (source, origin, local) in OFFSETS.items():
            width = self.random.choice([2, 2, 3, 4, 6])
            self.sizes[local] = width
            self.tables[name] = {
                "rows": self.sizes[origin],
                "width": width,
                "of": self.sizes[source],
                "skips": self.random.choice([0.0, 0.0, 0.2, 0.7]),
                "seed": self.random.randrange(10**6),
                "dtype": self.random.choice(["int32", "int32", "int64"]),
            }

    def leaf(self, kind: Type, written: bool) -> dict[str, Any]:
        dims, dtype = kind
        ranges = {}
        for dim in dims:
            if dim in self.sizes:
                ranges[dim] = [0, self.sizes[dim]]
                continue
            low, high = self.ranges[dim]
            if self.random.random() < 0.2:
                low, high = low - self.random.randint(0, 2), high + self.random.randint(0, 2)
            ranges[dim] = [low, high]
        layout = None
        if self.random.random() < 0.5:
            rank = len(dims)
            order = list(range(rank))
            self.random.shuffle(order)
            layout = {
                "order": order if self.random.random() < 0.7 else list(range(rank))[::-1],
                "steps": [self.random.choice([1, 1, 1, -1, 2, -2, 3]) for _ in dims],
                "pads": [self.random.choice([0, 0, 0, 1, 3]) for _ in dims],
            }
        return {
            "dtype": dtype,
            "ranges": ranges,
            "written": written,
            "pad": self.random.choice([0, 0, 0, 0, 1]),
            "layout": layout,
            "at_end": self.random.random() < 0.6,
            "data": self.random.choice(["plain", "plain", "special", "small", "index"]),
            "seed": self.random.randrange(10**6),
            "bare": self.random.random() < 0.5,
        }

    def argument(self, kind: Type, written: bool = False) -> Any:
        if isinstance(kind, list):
            return [self.argument(item, written) for item in kind]
        if kind[0] is not None:
            return self.leaf(kind, written)
        dtype = np.dtype(kind[1])
        if dtype == bool:
            return self.random.random() < 0.5
        value = (
            self.random.choice([0, 1, 2, 3, 7])
            if dtype.kind != "f"
            else self.random.choice([0.5, -1.5, 2.0, 0.25, -0.0])
        )
        return {"dtype": kind[1], "value": value, "typed": self.random.random() < 0.5}

    def case(self) -> Case:
        generator = self.generator
        entries = [op for op in generator.operators if op.scan or has_fields(op.result)]
        if self.random.random() < 0.25:
            fields = [op for op in entries if not op.scan]
            if fields:
                case = self.operator_case(self.random.choice(fields))
                return self.shared(case)
        return self.shared(self.program_case(entries))

    def finish(self, entry: str, args: list[Any], **more: Any) -> Case:
        source = "\n".join(self.generator.lines) + "\n"
        return Case(
            source, entry, args, sizes=self.sizes, tables=self.tables, seed=self.generator.seed, **more
        )

    def operator_case(self, operator: Operator) -> Case:
        if has_numbers(operator.result):
            raise Refused("a result that is no field")
        args = [self.argument(kind) for _, kind in operator.params]
        out = self.argument(operator.result, written=True)
        return self.finish(operator.name, args, out=out)

    def program_case(self, entries: list[Operator]) -> Case:
        entries = [op for op in entries if op.scan or not has_numbers(op.result)]
        if not entries:
            raise Refused("nothing to call")
        self.params: dict[str, Type] = {}
        self.written: set[str] = set()
        self.calls: list[str] = []
        for _ in range(self.random.choice([1, 1, 2, 3])):
            if self.random.random() < 0.3:
                self.repeated(entries)
            else:
                self.call(self.random.choice(entries))
        lines = self.generator.lines
        listed = ", ".join(f"{name}: {annotation(kind)}" for name, kind in self.params.items())
        lines += ["", "", "@gtx.program", f"def main({listed}):", *self.calls]
        args = [self.argument(kind, name in self.written) for name, kind in self.params.items()]
        return self.finish("main", args)

    def repeated(self, entries: list[Operator]) -> None:
        """A loop around some calls, or around another loop: over indices of a dimension, or just some rounds."""
        dim = self.random.choice(["I", "J", "K", None])
        low, high = self.ranges[dim] if dim else (0, 4)
        high = min(high, low + 5)
        ends = self.random.choice(
            [f"{low}, {high}", f"{high - 1}, {low - 1}, -1", f"{low}, {high}, 2", f"{low}, {low}"]
        )
        name = self.generator.name("k")
        self.calls.append(f"{'    ' * (1 + len(self.loops))}for {name} in range({ends}):")
        self.loops.append((name, dim))
        for _ in range(self.random.choice([1, 1, 2])):
            if len(self.loops) < 2 and self.random.random() < 0.2:
                self.repeated(entries)
            else:
                self.call(self.random.choice(entries))
        self.loops.pop()

    def parameter(self, kind: Type, prefix: str) -> str:
        if kind == (None, "int32") and self.loops and prefix == "p" and self.random.random() < 0.4:
            return self.random.choice(self.loops)[0]

        same = [name for name, held in self.params.items() if held == kind]
        if same and self.random.random() < 0.5:
            return self.random.choice(same)
        name = self.generator.name(prefix)
        self.params[name] = kind
        return name

    def call(self, operator: Operator) -> None:
        args, result = [], operator.result
        dims = {"K"}
        for _, kind in operator.params:
            if operator.scan:
                kind = self.over_fields(kind, dims)
            args.append(self.parameter(kind, "p"))
        if operator.scan:
            result = self.retyped(result, ordered(dims))
        options = self.target(result)
        indent = "    " * (1 + len(self.loops))
        self.calls.append(f"{indent}{operator.name}({', '.join([*args, *options])})")

    def over_fields(self, kind: Type, dims: set[str]) -> Type:
        if isinstance(kind, list):
            return [self.over_fields(item, dims) for item in kind]
        if self.random.random() < 0.15:
            return kind
        wide = self.generator.subset(("Vertex", "K") if self.generator.mesh else ("I", "J", "K"))
        dims.update(wide)
        return wide, kind[1]

    def retyped(self, kind: Type, dims: tuple[str, ...]) -> Type:
        return [self.retyped(item, dims) for item in kind] if isinstance(kind, list) else (dims, kind[1])

    def target(self, result: Type) -> list[str]:
        if isinstance(result, list) and (
            self.random.random() < 0.5 or any(isinstance(item, list) for item in result)
        ):
            name = self.parameter(result, "q")
            self.written.add(name)
            return [f"out={name}"]
        if isinstance(result, list):
            names = [self.parameter(item, "q") for item in result]
            self.written.update(names)
            return [f"out=({', '.join(names)},)"]
        name = self.parameter(result, "q")
        self.written.add(name)
        way = self.random.random()
        structured = [dim for dim in result[0] if dim not in self.sizes]
        if way < 0.25 and all(self.ranges[dim][1] - self.ranges[dim][0] >= 2 for dim in structured):
            cuts = [
                self.random.choice([":", "1:", ":-1", "1:-1", ":1", "-1:"]) if dim in structured else ":"
                for dim in result[0]
            ]
            return [f"out={name}[{', '.join(cuts)}]"]
        if way < (0.85 if self.loops else 0.6):
            return [f"out={name}", f"domain={{{', '.join(self.ends(dim) for dim in result[0])}}}"]
        return [f"out={name}"]

    def ends(self, dim: str) -> str:
        along = [name for name, over in self.loops if over == dim]
        if along and self.random.random() < 0.7:
            name = self.random.choice(along)
            return f"{dim}: ({name}, {name} + 1)"
        low, high = [0, self.sizes[dim]] if dim in self.sizes else self.ranges[dim]
        if not dim.endswith("Dim") and self.random.random() < 0.5:
            low = low + self.random.randint(0, min(2, max(0, high - low)))
            high = max(low, high - self.random.choice([0, 1, 2, 3]))
        return f"{dim}: ({low}, {high})"

    def shared(self, case: Case) -> Case:
        """Complete, with some arrays that share memory."""
        case = case.completed()
        leaves = case.leaves()
        raw = case.raw_leaves()
        for path, leaf in leaves.items():
            if not leaf.written or self.random.random() > 0.3 or leaf.inside:
                continue
            shape = [high - low for low, high in leaf.ranges.values()]
            fits = []
            for other, large in leaves.items():
                room = [high - low for low, high in large.ranges.values()]
                if (
                    other == path
                    or raw[other].get("inside")
                    or large.dtype != leaf.dtype
                    or list(large.ranges) != list(leaf.ranges)
                ):
                    continue
                # Two outputs of one statement that overlap have no defined order of writing.
                if not large.written and all(a >= b >= 0 for a, b in zip(room, shape, strict=True)):
                    fits.append((other, room))
            if fits and not any(r.get("inside") and r["inside"][0] == path for r in raw.values()):
                other, room = self.random.choice(fits)
                raw[path]["inside"] = [
                    other,
                    [self.random.randint(0, a - b) for a, b in zip(room, shape, strict=True)],
                ]
        return case


def has_fields(kind: Type) -> bool:
    return any(has_fields(item) for item in kind) if isinstance(kind, list) else kind[0] is not None


def has_numbers(kind: Type) -> bool:
    return any(has_numbers(item) for item in kind) if isinstance(kind, list) else kind[0] is None


def case(seed: int, only: str | None = None) -> Case:
    """The program of a seed: of its variants the first with a meaning."""
    for variant in range(200):
        try:
            return Generator(seed * 1000 + variant, only).module()
        except Refused:
            continue
    raise RuntimeError(f"seed {seed} has no program")
