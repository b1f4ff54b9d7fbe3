"""What is known while Python runs the body of an operator: neighbour tables, levels of scans, and what was compared last."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import numpy as np

from .. import _core
from ..errors import TableError


@dataclasses.dataclass
class Context:
    """A call."""

    provider: dict[str, Any]
    #: The offsets that the functions under way can name.
    offsets: dict[str, Any] = dataclasses.field(default_factory=dict)
    #: Per dimension, the levels of the outputs of the statement under way.
    levels: dict[Any, tuple[int, int]] = dataclasses.field(default_factory=dict)
    #: In a scan operator, its axis and the level.
    level: tuple[Any, int] | None = None
    #: The first part of a chain of comparisons, `0 < K < n`.
    chained: Any = None


_CURRENT: ContextVar[Context | None] = ContextVar("bise_embedded", default=None)


_DEBUGGING: ContextVar[bool] = ContextVar("bise_debugging", default=False)


@contextlib.contextmanager
def debugging() -> Iterator[None]:
    """Lets all calls be embedded."""
    token = _DEBUGGING.set(True)
    _core._embedded_begins()
    try:
        yield
    finally:
        _core._embedded_ends()
        _DEBUGGING.reset(token)


def takes_calls() -> bool:
    """Whether calls of operators and programs come here, whatever their backend."""
    return is_on() or _DEBUGGING.get()


def is_on() -> bool:
    """Whether Python runs the body of an operator."""
    return _CURRENT.get() is not None


def current() -> Context:
    found = _CURRENT.get()
    if found is None:
        raise RuntimeError("no operator is under way")
    return found


@contextlib.contextmanager
def entered(context: Context | None) -> Iterator[None]:
    """Runs bodies in a context; with none, Python is as it is outside."""
    token = _CURRENT.set(context)
    if context is not None:
        _core._embedded_begins()
    try:
        yield
    finally:
        if context is not None:
            _core._embedded_ends()
        _CURRENT.reset(token)


def table(offset: Any) -> np.ndarray[Any, Any]:
    """The neighbour table of an offset."""
    given = current().provider.get(offset.value)
    if given is None:
        raise TableError(f"the connectivity '{offset.value}' is missing in 'offset_provider'")
    return np.asarray(getattr(given, "ndarray", given))


def offsets() -> list[Any]:
    """Those that the functions under way can name, and whose tables are given."""
    known = _CURRENT.get()
    return [] if known is None else [of for of in known.offsets.values() if of.value in known.provider]


def offset_along(local: Any) -> Any:
    """The offset whose neighbours a local dimension counts."""
    for offset in current().offsets.values():
        if len(offset.target) == 2 and offset.target[1] == local:
            return offset
    raise TableError(f"no offset in scope has the local dimension {local}")


def level(dim: Any) -> int | None:
    """In a scan operator along a dimension, the level."""
    known = current().level
    return known[1] if known is not None and known[0] == dim else None
