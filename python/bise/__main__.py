"""``python -m bise``: what there is; ``python -m bise model.py``: a file of ``gt4py``, unmodified."""

from __future__ import annotations

import argparse
import importlib
import runpy
import sys
from pathlib import Path

import bise

from ._shell import run

GROUPS = {
    "Write programs": ("field_operator", "scan_operator", "program", "FieldOperator", "Program"),
    "Name directions": (
        "Dimension",
        "DimensionKind",
        "Dims",
        "FieldOffset",
        "CartesianConnectivity",
        "GridType",
    ),
    "Say where": (
        "Domain",
        "domain",
        "UnitRange",
        "unit_range",
        "NamedRange",
        "named_range",
        "NamedIndex",
        "Infinity",
    ),
    "Make fields": ("Field", "FieldType", "as_field", "zeros", "ones", "full", "empty"),
    "Neighbour tables": ("as_connectivity", "Connectivity", "revalidate"),
    "Functions in operators": bise._core._BUILTINS,
    "Other": ("mesh", "errors", "wait_for_compilation"),
}
"""The names that are listed with what they are."""


def first_sentence(thing: object) -> str:
    """What an object says about itself first."""
    paragraph = " ".join((thing.__doc__ or "").strip().split("\n\n")[0].split())
    sentence, dot, _ = paragraph.partition(". ")
    return sentence + dot.strip()


def run_file(file: Path, arguments: list[str]) -> None:
    """Run a file as ``python file`` does, but with Bise in the place of gt4py."""
    importlib.import_module("bise.gt4py")
    sys.argv = [str(file), *arguments]
    sys.path[0] = str(file.resolve().parent)
    runpy.run_path(str(file), run_name="__main__")


def main() -> None:
    """Run a file, or print the list."""
    parser = argparse.ArgumentParser(
        prog="python -m bise",
        description="Lists the names of the package; with a file, runs it with Bise in the place of gt4py. "
        "Programs are checked and run without Python by the shell tool: bise --help.",
    )
    parser.add_argument("file", nargs="?", type=Path, help="a Python file that imports gt4py.next")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="its own arguments")
    given = parser.parse_args()
    if given.file is not None:
        if not given.file.is_file():
            parser.error(f"there is no file {given.file}")
        run_file(given.file, given.arguments)
        return
    print(f"Bise {bise.__version__}: weather and climate stencil programs, compiled to native code.\n")
    listed: set[str] = set()
    for title, names in GROUPS.items():
        print(f"{title}:")
        for name in names:
            print(f"  {name:<21} {first_sentence(getattr(bise, name))}")
        listed.update(names)
        print()
    types = [name for name in bise.__all__ if name not in listed]
    print(f"Types of numbers:     {' '.join(types)}")
    print("Meshes:               bise.mesh.icosahedral(level)")
    print("More about a name:    python -c 'import bise; help(bise.as_field)'")
    print("Demonstration:        python -m bise.demo")
    print("In the shell:         bise --help")


if __name__ == "__main__":
    run(main)
