"""Answers as ``gt4py``, for code that is to run unmodified: after ``import bise.gt4py``, ``import gt4py.next`` gives Bise.

``python -m bise model.py`` runs a file that way. Modules of ``gt4py`` that are not here, such as ``gt4py.cartesian``,
are a ``ModuleNotFoundError`` that says so, whether ``gt4py`` is installed or not: a program is not to run on two systems.
"""

from __future__ import annotations

import importlib.abc
import sys
import types
from collections.abc import Sequence

import bise
import bise.experimental
import bise.typing

#: Paths that give the names of the package.
_NAMES = (
    "gt4py.next",
    "gt4py.next.common",
    "gt4py.next.constructors",
    "gt4py.next.ffront",
    "gt4py.next.ffront.decorator",
    "gt4py.next.ffront.fbuiltins",
)

#: Paths that give what is experimental there.
_EXPERIMENTAL = ("gt4py.next.experimental", "gt4py.next.ffront.experimental")

#: Paths that existing code imports for what it writes into annotations only.
_ANNOTATIONS: dict[str, dict[str, object]] = {
    "gt4py.next.typing": {name: getattr(bise.typing, name) for name in bise.typing.__all__},
    "gt4py.next.iterator": {},
    "gt4py.next.iterator.embedded": {"LocatedField": bise.Field, "MutableLocatedField": bise.Field},
}


def _names(path: str) -> types.ModuleType:
    """A module with the names of Bise, and its words about those that it does not have."""
    module = types.ModuleType(path, bise.__doc__)
    names = {name: thing for name, thing in vars(bise).items() if not name.startswith("_")}
    module.__dict__.update(names, __path__=[], __all__=bise.__all__, __getattr__=bise.__getattr__)
    return module


def _annotations(path: str) -> types.ModuleType:
    """A module with a few names for annotations."""
    module = types.ModuleType(path, f"Names of ``{path}`` that stand in annotations.")
    module.__dict__.update(_ANNOTATIONS[path], __path__=[])
    return module


class _NotYet(importlib.abc.MetaPathFinder):
    """Finds nothing below ``gt4py``, and says so before anything else is asked."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> None:
        if fullname.startswith("gt4py."):
            raise ModuleNotFoundError(f"`{fullname}` is not in Bise yet", name=fullname)


def _install() -> None:
    if "gt4py" in sys.modules:
        raise ImportError("gt4py itself has been imported: `import bise.gt4py` comes before it")
    root = types.ModuleType("gt4py", __doc__)
    root.__path__ = []
    modules = {"gt4py": root} | {path: _names(path) for path in _NAMES}
    modules |= dict.fromkeys(_EXPERIMENTAL, bise.experimental)
    modules |= {path: _annotations(path) for path in _ANNOTATIONS}
    for path in [*_NAMES, *_EXPERIMENTAL, *_ANNOTATIONS]:
        parent, _, name = path.rpartition(".")
        setattr(modules[parent], name, modules[path])
    sys.modules.update(modules)
    sys.meta_path.insert(0, _NotYet())


_install()
