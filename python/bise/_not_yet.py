"""What ``gt4py.next`` has and Bise has not, by name, and what there is instead: the one list of it."""

from __future__ import annotations

#: Names of the package.
NAMES = {
    "embedded": "it is chosen by name: backend='embedded', or `with bise.debugging():`",
}

#: Attributes of operators and programs.
ATTRIBUTES = {
    "with_connectivities": "tables are given to the call: offset_provider={'V2E': table}",
}


def explain(name: str, table: dict[str, str]) -> str:
    """What to say where a name of the table is used."""
    return f"`{name}` is not in Bise yet; {table[name]}"


def attribute_error(owner: object, name: str) -> AttributeError:
    """The error for an attribute that an operator or a program does not have."""
    if name in ATTRIBUTES:
        return AttributeError(explain(name, ATTRIBUTES), name=name, obj=owner)
    text = f"'{type(owner).__name__}' object has no attribute '{name}'"
    return AttributeError(text, name=name, obj=owner)
