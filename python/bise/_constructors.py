"""The functions that make fields and tables, each with ``partial``: the same with some arguments filled in."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, TypeVar, cast

from . import _core

_Params = ParamSpec("_Params")
_Made_co = TypeVar("_Made_co", covariant=True)


class Constructor(Protocol[_Params, _Made_co]):
    """What each of them is, for type checkers."""

    def __call__(self, *args: _Params.args, **options: _Params.kwargs) -> _Made_co: ...

    def partial(self, *args: Any, **options: Any) -> Callable[..., _Made_co]: ...


def _constructor(function: Callable[_Params, _Made_co]) -> Constructor[_Params, _Made_co]:
    @functools.wraps(function)
    def construct(*args: _Params.args, **options: _Params.kwargs) -> _Made_co:
        return function(*args, **options)

    construct.__module__ = "bise"
    construct.__dict__["partial"] = functools.partial(functools.partial, construct)
    return cast("Constructor[_Params, _Made_co]", construct)


as_connectivity = _constructor(_core.as_connectivity)
as_field = _constructor(_core.as_field)
empty = _constructor(_core.empty)
full = _constructor(_core.full)
ones = _constructor(_core.ones)
zeros = _constructor(_core.zeros)
