"""What ``gt4py.next`` has and Bise has not, by name, and what there is instead: the one list of it."""

from __future__ import annotations

#: Names of the package.
NAMES = {
    "embedded": "operators run compiled, or in the interpreter with backend='reference'",
}

_STATIC = "Bise finds out by itself, at the first call, what is worth compiling for"

#: Options of the decorators.
OPTIONS = {
    "connectivities": "tables are given to the call: offset_provider={'V2E': table}",
    "static_domains": _STATIC,
    "static_params": _STATIC,
}

#: Attributes of operators and programs.
ATTRIBUTES = {
    "compile": "the first call compiles, and machine code is kept on disk",
    "with_bound_args": "functools.partial(program, a=a) binds arguments",
    "with_compilation_options": _STATIC,
    "with_connectivities": OPTIONS["connectivities"],
    "with_static_params": _STATIC,
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
