"""How operators and programs travel to other processes: by name, as functions do, or as text.

What is found by its name in a module that can be imported is pickled as that name. What is not (a notebook, a script,
inside of a function, on another backend) is pickled as its ``source``: a module that defines it and all that it calls,
with constants as they were at the definition. It has no references to anything else, so every pickler can write it.
"""

from __future__ import annotations

import hashlib
import linecache
import sys
from collections import deque
from typing import Any
from weakref import WeakValueDictionary

#: Modules that run as scripts have other contents, or none, in another process.
_SCRIPTS = ("__main__", "__mp_main__")
#: Where cloudpickle is, and copies of it; each has a list of modules that are sent by value.
_CLOUDPICKLES = ("cloudpickle", "joblib.externals.cloudpickle", "ray.cloudpickle", "pyspark.cloudpickle")
#: What the decorator sets from the function, and what is made again from the text.
_REMADE = ("__wrapped__", "__annotations__", "__annotate__", "__type_params__")

#: What is known by its text: all copies of it share what was compiled.
_known: WeakValueDictionary[str, Any] = WeakValueDictionary()
#: Keeps alive what came last: tasks of one job bring the same operators again and again.
_latest: deque[Any] = deque(maxlen=64)


def reduced(whole: Any) -> str | tuple[Any, ...]:
    """What ``__reduce__`` gives for an operator or a program."""
    if _is_found_by_name(whole):
        return str(whole.__qualname__)
    text = whole.source
    _known.setdefault(text, whole)
    attributes = {name: value for name, value in vars(whole).items() if name not in _REMADE}
    return restored, (text, whole.backend, whole.grid_type), attributes


def restored(text: str, backend: str, grid_type: Any) -> Any:
    """The operator or program that the last definition of a text makes."""
    known = _known.get(text)
    if known is None:
        known = _known[text] = _made(text)
    _latest.append(known)
    copy = known.with_backend(backend)
    return copy if grid_type is None else copy.with_grid_type(grid_type)


def _made(text: str) -> Any:
    file = f"<pickled operator {hashlib.sha256(text.encode()).hexdigest()[:16]}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    names: dict[str, Any] = {"__name__": "bise._pickled"}
    exec(compile(text, file, "exec"), names)  # noqa: S102 - printed by Bise; unpickling runs code anyway
    return list(names.values())[-1]


def _is_found_by_name(whole: Any) -> bool:
    module, path = getattr(whole, "__module__", None), getattr(whole, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(path, str) or module in _SCRIPTS:
        return False
    found: Any = sys.modules.get(module)
    for name in path.split("."):
        found = getattr(found, name, None)
    return found is whole and not _is_sent_by_value(module)


def _is_sent_by_value(module: str) -> bool:
    """Whether ``cloudpickle.register_pickle_by_value`` was told so of the module, or of a package around it."""
    for name in _CLOUDPICKLES:
        registry = getattr(sys.modules.get(name), "list_registry_pickle_by_value", None)
        if registry is not None and any(
            module == sent or module.startswith(f"{sent}.") for sent in registry()
        ):
            return True
    return False
