"""A program with its arguments: what a seed stands for, what a failure is written as, and how it is run."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import scalar
from .meaning import Function, Meaning, Memory, Refused
from .memory import Guarded, Layout, numbers, table

MARK = "# case: "
MOST_POINTS = 60_000


@dataclass
class Leaf:
    """A field argument."""

    dtype: str
    ranges: dict[str, list[int]]
    """Indices per dimension. Those of fields that are only read follow from what is read."""
    written: bool = False
    pad: int = 0
    """Points more than are read, on every side."""
    layout: dict[str, list[int]] | None = None
    at_end: bool = True
    data: str = "plain"
    seed: int = 0
    bare: bool = False
    """As an array, where indices start at 0; else as a field."""
    inside: list[Any] | None = None
    """Shares memory: the path of another leaf, and where in it this one starts."""


@dataclass
class Case:
    source: str
    entry: str
    args: list[Any]
    """For each parameter a `Leaf` as a dictionary, a number, or a list of those for a tuple."""
    out: Any = None
    domain: dict[str, list[int]] | None = None
    sizes: dict[str, int] = field(default_factory=dict)
    """Of the dimensions whose fields are always whole: those of meshes."""
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    seed: int = 0

    def to_text(self) -> str:
        values = {key: value for key, value in dataclasses.asdict(self).items() if key != "source"}
        lines = json.dumps(values, indent=1).splitlines()
        return self.source.rstrip() + "\n\n\n" + "".join(f"{MARK}{line}\n" for line in lines)

    @staticmethod
    def from_text(text: str) -> Case:
        lines = text.splitlines()
        values = json.loads("".join(line.removeprefix(MARK) for line in lines if line.startswith(MARK)))
        return Case(source="\n".join(line for line in lines if not line.startswith(MARK)) + "\n", **values)

    def leaves(self) -> dict[str, Leaf]:
        """Field arguments by path, as `t.0`."""
        found: dict[str, Leaf] = {}
        names = [name for name, _ in self.function().params]
        for name, arg in [*zip(names, self.args, strict=True), ("out", self.out)]:
            collect(name, arg, found)
        return found

    def function(self) -> Function:
        function: Function = self.meaning().names[self.entry]
        if function.kind == "scan_operator":
            function = dataclasses.replace(function, params=function.params[1:])
        return function

    def meaning(self) -> Meaning:
        return Meaning(self.source, {name: table(**spec) for name, spec in self.tables.items()})

    def completed(self) -> Case:
        """With ranges of what is read that just suffice."""
        case = dataclasses.replace(
            self, args=json.loads(json.dumps(self.args)), out=json.loads(json.dumps(self.out))
        )
        for _ in range(4):
            meaning = case.meaning()
            meaning.reads = {}
            case.execute(meaning, {path: memory(leaf, None) for path, leaf in case.leaves().items()})
            if not case.widen(meaning.reads):
                case.check_size()
                return case
        raise Refused("fields that grow without end")

    def check_size(self) -> None:
        for leaf in self.leaves().values():
            if np.prod([float(high - low) for low, high in leaf.ranges.values()]) > MOST_POINTS:
                raise Refused("too large")

    def widen(self, reads: dict[str, Any]) -> bool:
        """Gives fields the ranges that are read; whether one that is written has grown."""
        grown = False
        for path, raw in self.raw_leaves().items():
            for dim, (low, high) in reads.get(path, {}).items():
                old = raw["ranges"][dim]
                if dim in self.sizes:
                    if low < 0 or high > self.sizes[dim]:
                        raise Refused("more elements than the mesh has")
                    continue
                if raw["written"]:
                    new = [min(low, old[0]), max(high, old[1])]
                    grown = grown or new != old
                else:
                    new = [low - raw["pad"], high + raw["pad"]]
                raw["ranges"][dim] = new
        return grown

    def raw_leaves(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        names = [name for name, _ in self.function().params]
        for name, arg in [*zip(names, self.args, strict=True), ("out", self.out)]:
            collect(name, arg, found, raw=True)
        return found

    def execute(self, meaning: Meaning, memories: dict[str, Memory]) -> None:
        """As NumPy."""
        names = [name for name, _ in self.function().params]
        args = [filled(name, arg, memories) for name, arg in zip(names, self.args, strict=True)]
        domain = {dim: tuple(ends) for dim, ends in self.domain.items()} if self.domain else None
        meaning.run(self.entry, args, filled("out", self.out, memories) if self.out else None, domain)  # type: ignore[arg-type]

    def arrays(self, guarded: bool) -> tuple[dict[str, np.ndarray], list[Guarded]]:
        """All fields by path, filled; and the memory of those that have their own."""
        arrays: dict[str, np.ndarray] = {}
        owned: list[Guarded] = []
        leaves = self.leaves()
        for path, leaf in leaves.items():
            if leaf.inside:
                continue
            shape = tuple(max(high - low, 0) for low, high in leaf.ranges.values())
            layout = (
                Layout(**{k: tuple(v) for k, v in leaf.layout.items()})
                if leaf.layout
                else Layout.plain(len(shape))
            )
            if guarded:
                own = Guarded(shape, np.dtype(leaf.dtype), layout, leaf.at_end)
                owned.append(own)
                arrays[path] = own.array
            else:
                arrays[path] = np.zeros(shape, dtype=leaf.dtype)
            arrays[path][...] = numbers(shape, np.dtype(leaf.dtype), leaf.data, leaf.seed)
        for path, leaf in leaves.items():
            if leaf.inside:
                other, starts = leaf.inside
                sizes = [max(high - low, 0) for low, high in leaf.ranges.values()]
                arrays[path] = arrays[other][
                    tuple(slice(s, s + n) for s, n in zip(starts, sizes, strict=True))
                ]
                if list(arrays[path].shape) != sizes:
                    raise Refused("a view outside of its array")
        return arrays, owned

    def expected(self) -> dict[str, np.ndarray]:
        """What all fields hold afterwards, by NumPy."""
        arrays, _ = self.arrays(guarded=False)
        leaves = self.leaves()
        memories = {path: memory(leaves[path], array) for path, array in arrays.items()}
        self.execute(self.meaning(), memories)
        return arrays

    def compiled(self) -> dict[str, np.ndarray]:
        """What all fields hold afterwards, by Bise."""
        import bise

        from . import modules

        module = modules.load(self.source)
        dims = {name: getattr(module, name) for name in self.meaning().dims if hasattr(module, name)}
        dims |= {d.value: d for d in vars(module).values() if isinstance(d, bise.Dimension)}
        arrays, owned = self.arrays(guarded=True)
        leaves = self.leaves()

        def given(path: str) -> Any:
            leaf, array = leaves[path], arrays[path]
            if leaf.bare and all(low == 0 for low, _ in leaf.ranges.values()):
                return array
            domain = {dims[dim]: (low, max(low, high)) for dim, (low, high) in leaf.ranges.items()}
            return bise.as_field(domain, array, copy=False)

        fields = {path: given(path) for path in arrays}
        names = [name for name, _ in self.function().params]
        args = [filled(name, arg, fields) for name, arg in zip(names, self.args, strict=True)]
        options: dict[str, Any] = {}
        if self.out:
            options["out"] = filled("out", self.out, fields)
        if self.domain:
            options["domain"] = {dims[dim]: tuple(ends) for dim, ends in self.domain.items()}
        if self.tables:
            provider = {}
            for name, spec in self.tables.items():
                entries = table(**spec)
                own = Guarded(entries.shape, entries.dtype, Layout.plain(2), at_end=spec["seed"] % 2 == 0)
                own.array[...] = entries
                provider[name] = own.array
            options["offset_provider"] = provider
        called = getattr(module, self.entry)
        if os.environ.get("RANDOM_BACKEND") == "embedded":
            embedded(self.source)
            called = called.with_backend("embedded")
        called(*args, **options)
        if not all(own.gaps() for own in owned):
            raise AssertionError("written between the elements of an array")
        return arrays


def embedded(source: str) -> None:
    """Python runs what can be run so, with mathematical functions that are the same to the last bit."""
    if "while " in source or re.search(r"~\(*(True|False)", source):
        # Each point has rounds of its own, and numbers of Python alone are Python's.
        raise Refused("what Python itself computes")
    from bise._embedded import context, numbers

    def exact(name: str) -> Any:
        def function(a: np.ndarray, b: np.ndarray | None = None) -> np.ndarray:
            with context.entered(None):
                found = scalar.library(name, a.dtype)
                return found(a) if b is None else found(a, b)

        return function

    numbers._OWN.update({name: exact(name) for name in scalar.MATH})
    integers = numbers.power
    floats = exact("pow")
    numbers._OWN["pow"] = numbers._OWN["power"] = lambda a, b: (floats if a.dtype.kind == "f" else integers)(
        a, b
    )


def memory(leaf: Leaf, array: np.ndarray | None) -> Memory:
    shape = [max(high - low, 0) for low, high in leaf.ranges.values()]
    known = array if array is not None else np.broadcast_to(np.zeros((), dtype=leaf.dtype), shape)
    return Memory(tuple(low for low, _ in leaf.ranges.values()), known)


def collect(path: str, arg: Any, found: dict[str, Any], raw: bool = False) -> None:
    if isinstance(arg, dict) and "ranges" in arg:
        found[path] = arg if raw else Leaf(**arg)
    elif isinstance(arg, list):
        for index, item in enumerate(arg):
            collect(f"{path}.{index}", item, found, raw)


def filled(path: str, arg: Any, leaves: dict[str, Any]) -> Any:
    """An argument with what its leaves stand for; numbers come with their types."""
    if isinstance(arg, list):
        return tuple(filled(f"{path}.{index}", item, leaves) for index, item in enumerate(arg))
    if isinstance(arg, dict) and "ranges" in arg:
        return leaves[path]
    if isinstance(arg, dict):
        return np.dtype(arg["dtype"]).type(arg["value"]) if arg["typed"] else arg["value"]
    return arg


def digest(arrays: dict[str, np.ndarray]) -> dict[str, str]:
    """What identifies the bits of arrays; one NaN is as good as another."""

    def bits(array: np.ndarray) -> bytes:
        if array.dtype.kind == "f":
            array = np.where(np.isnan(array), np.array(np.nan, dtype=array.dtype), array)
        return np.ascontiguousarray(array).tobytes()

    return {path: hashlib.sha1(bits(array)).hexdigest()[:16] for path, array in arrays.items()}
