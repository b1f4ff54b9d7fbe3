"""Makes a failing case small: drops statements, replaces expressions by their operands, shrinks domains and tables."""

from __future__ import annotations

import ast
import copy
import dataclasses
import time
from collections.abc import Callable, Iterator

from .case import Case
from .memory import Layout


def shrink(case: Case, fails: Callable[[Case], bool], seconds: float) -> Case:
    """The smallest case found in that time that fails as well."""
    end, shrunk = time.monotonic() + seconds, True
    while shrunk:
        shrunk = False
        for smaller in (*settings(case), *programs(case)):
            if time.monotonic() > end:
                return case
            if fails(smaller):
                case, shrunk = smaller, True
                break
    return case


def settings(case: Case) -> Iterator[Case]:
    """The same program with simpler arguments."""
    for path, raw in case.raw_leaves().items():
        simpler: list[dict[str, object]] = []
        if raw.get("layout") not in (None, dataclasses.asdict(Layout.plain(len(raw["ranges"])))):
            simpler.append({"layout": None})
        simpler += [{key: value} for key, value in (("inside", None), ("pad", 0)) if raw.get(key)]
        if raw["data"] != "index":
            simpler.append({"data": "index"})
        for dim, (low, high) in raw["ranges"].items():
            if raw["written"] and dim not in case.sizes:
                halves = [[low, low + (high - low) // 2], [low, high - 1], [0, high - low] if low else None]
                simpler += [
                    {"ranges": raw["ranges"] | {dim: half}} for half in halves if half and half[0] < half[1]
                ]
        for change in simpler:
            other = dataclasses.replace(case, args=copy.deepcopy(case.args), out=copy.deepcopy(case.out))
            other.raw_leaves()[path].update(change)
            yield other
    for name, spec in case.tables.items():
        for change in ({"skips": 0.0}, {"dtype": "int32"}):
            if spec | change != spec:
                yield dataclasses.replace(case, tables=case.tables | {name: spec | change})


def programs(case: Case) -> Iterator[Case]:
    """Simpler programs with the same arguments."""
    tree = ast.parse(case.source)
    for change in changes(tree):
        other = copy.deepcopy(tree)
        if change(other):
            yield dataclasses.replace(case, source=ast.unparse(ast.fix_missing_locations(other)) + "\n")


def changes(tree: ast.Module) -> Iterator[Callable[[ast.Module], bool]]:
    """Each on a copy of the tree: nodes are named by their number in a walk. Large ones first."""
    nodes = list(ast.walk(tree))
    for number, node in enumerate(nodes):
        for name in ("body", "orelse"):
            body = getattr(node, name, None)
            if isinstance(body, list):
                for index, statement in enumerate(body):
                    yield without(number, name, index)
                    if isinstance(statement, ast.If):
                        yield flattened(number, name, index, "body")
                        yield flattened(number, name, index, "orelse")
    inside = {
        id(part) for f in nodes if isinstance(f, ast.FunctionDef) for s in f.body for part in ast.walk(s)
    }
    for number, node in enumerate(nodes):
        if isinstance(node, ast.expr) and id(node) in inside:
            operands = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
            for index in range(len(operands)):
                yield replaced(number, index)


def without(number: int, name: str, index: int) -> Callable[[ast.Module], bool]:
    def change(tree: ast.Module) -> bool:
        body = getattr(list(ast.walk(tree))[number], name)
        del body[index]
        return bool(body) or name == "orelse"

    return change


def flattened(number: int, name: str, index: int, branch: str) -> Callable[[ast.Module], bool]:
    def change(tree: ast.Module) -> bool:
        body = getattr(list(ast.walk(tree))[number], name)
        body[index : index + 1] = getattr(body[index], branch)
        return bool(body)

    return change


def replaced(number: int, index: int) -> Callable[[ast.Module], bool]:
    """An expression by one of its operands."""

    def change(tree: ast.Module) -> bool:
        wanted = list(ast.walk(tree))[number]
        operands = [child for child in ast.iter_child_nodes(wanted) if isinstance(child, ast.expr)]

        class Replace(ast.NodeTransformer):
            def visit(self, node: ast.AST) -> ast.AST:
                return operands[index] if node is wanted else self.generic_visit(node)

        Replace().visit(tree)
        return True

    return change
