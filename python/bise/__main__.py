"""``python -m bise``: what there is."""

from __future__ import annotations

import bise

from ._shell import run


def _first_line(thing: object) -> str:
    """What an object says about itself in one line."""
    if isinstance(thing, bise._core.BuiltinFunction):
        return thing.doc
    lines = (thing.__doc__ or "").strip().splitlines()
    return lines[0] if lines else ""


def main() -> None:
    """Print the list."""
    print(f"Bise {bise.__version__}: weather and climate stencil programs, compiled to native code.\n")
    groups = {
        "Write programs": ("field_operator", "scan_operator", "program"),
        "Name directions": ("Dimension", "DimensionKind", "FieldOffset"),
        "Make fields": ("as_field", "zeros", "ones", "full", "empty", "as_connectivity", "domain"),
        "Functions in operators": bise._core._BUILTINS,
    }
    for title, names in groups.items():
        print(f"{title}:")
        for name in names:
            print(f"  {name:<17} {_first_line(getattr(bise, name))}")
        print()
    print("Meshes:             bise.mesh.icosahedral(level)")
    print("Exceptions:         bise.errors")
    print("More about a name:  python -c 'import bise; help(bise.as_field)'")
    print("Demonstration:      python -m bise.demo")
    print("In the shell:       bise --help")


if __name__ == "__main__":
    run(main)
