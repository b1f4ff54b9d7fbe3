"""``python -m bise``: what there is."""

from __future__ import annotations

import argparse

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


def main() -> None:
    """Print the list."""
    parser = argparse.ArgumentParser(
        prog="python -m bise",
        description="Lists the names of the package. Files are checked and run by the shell tool: bise --help.",
    )
    parser.parse_args()
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
