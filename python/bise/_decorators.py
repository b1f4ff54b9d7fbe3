"""The decorators: each reads the source of a function, checks it, and makes an object of it that can be called."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import FunctionType
from typing import Any, Literal, overload

from . import _core
from ._kinds import DimensionKind, GridType
from ._source import source_of
from ._variants import check_options, check_params
from .backend import Backend
from .errors import ArgumentTypeError, ArgumentValueError

_Function = Callable[..., Any]
_Backend = Literal["native", "reference", "embedded"] | Backend | None


@overload
def field_operator(
    definition: _Function,
    *,
    backend: _Backend = ...,
    grid_type: GridType | None = ...,
    **compilation_options: Any,
) -> _core.FieldOperator: ...
@overload
def field_operator(
    definition: None = ...,
    *,
    backend: _Backend = ...,
    grid_type: GridType | None = ...,
    **compilation_options: Any,
) -> Callable[[_Function], _core.FieldOperator]: ...
def field_operator(
    definition: _Function | None = None,
    *,
    backend: _Backend = None,
    grid_type: GridType | None = None,
    **compilation_options: Any,
) -> Any:
    """Make a field operator of a function: a pure function of fields, compiled to machine code.

    Parameters
    ----------
    definition : function
        Every parameter is annotated: ``Field[[I, J], float64]``, ``float``, ``tuple[...]``.
    backend : {"native", "reference", "embedded"} or Backend, optional
        What direct calls run on, by name or as an object of ``bise.backend``. Default: native machine code. With
        ``"embedded"`` Python runs the body line by line, and `print` and `breakpoint` may stand in it.
    grid_type : GridType, optional
        Found out by itself; accepted and checked.
    static_params, static_domains, connectivities, enable_jit : optional
        Checked, and change no result: the first call finds out what to compile for.

    Raises
    ------
    DSLError
        If the function is no operator; the text says what and where, several errors at once.

    Examples
    --------
    >>> @bise.field_operator
    ... def laplacian(a: IJField) -> IJField:
    ...     return a(I + 1) + a(I - 1) + a(J + 1) + a(J - 1) - 4.0 * a
    >>> laplacian(a, out=out)
    """

    def decorate(function: _Function) -> Any:
        source = source_of(_checked(function, "field_operator"))
        made = _core.FieldOperator(function, *source, backend=backend, grid_type=grid_type)
        check_params(made, compilation_options.get("static_params") or ())
        return functools.update_wrapper(made, function)

    check_options(compilation_options)
    return decorate if definition is None else decorate(definition)


@overload
def scan_operator(
    definition: _Function,
    *,
    axis: Any,
    forward: bool = ...,
    init: Any = ...,
    backend: _Backend = ...,
    grid_type: GridType | None = ...,
) -> _core.FieldOperator: ...
@overload
def scan_operator(
    definition: None = ...,
    *,
    axis: Any,
    forward: bool = ...,
    init: Any = ...,
    backend: _Backend = ...,
    grid_type: GridType | None = ...,
) -> Callable[[_Function], _core.FieldOperator]: ...
def scan_operator(
    definition: _Function | None = None,
    *,
    axis: Any,
    forward: bool = True,
    init: Any = 0.0,
    backend: _Backend = None,
    grid_type: GridType | None = None,
) -> Any:
    """Make a scan operator of a function: one step of a recurrence along the vertical.

    The function takes the state of the level before (the carry) and the values of this level, all scalars or
    tuples of scalars, and returns the state of this level. Called with fields it gives the state at every level.

    Parameters
    ----------
    axis : Dimension
        The vertical dimension.
    forward : bool
        From the first level to the last, or from the last to the first.
    init : number or tuple
        The state before the first level, of the type of the carry.
    backend, grid_type
        As for ``field_operator``.

    Examples
    --------
    >>> @bise.scan_operator(axis=K, forward=True, init=0.0)
    ... def cumulative(total: float, a: float) -> float:
    ...     return total + a
    """
    if not isinstance(axis, _core.Dimension) or axis.kind is not DimensionKind.VERTICAL:
        raise ArgumentValueError(f"the axis of a scan operator is a vertical dimension, not {axis!r}")

    def decorate(function: _Function) -> Any:
        source = source_of(_checked(function, "scan_operator"))
        scan = (axis, bool(forward), init)
        made = _core.FieldOperator(function, *source, scan=scan, backend=backend, grid_type=grid_type)
        made.__dict__["_init"] = init
        return functools.update_wrapper(made, function)

    return decorate if definition is None else decorate(definition)


@overload
def program(
    definition: _Function,
    *,
    backend: _Backend = ...,
    grid_type: GridType | None = ...,
    **compilation_options: Any,
) -> _core.Program: ...
@overload
def program(
    definition: None = ...,
    *,
    backend: _Backend = ...,
    grid_type: GridType | None = ...,
    **compilation_options: Any,
) -> Callable[[_Function], _core.Program]: ...
def program(
    definition: _Function | None = None,
    *,
    backend: _Backend = None,
    grid_type: GridType | None = None,
    **compilation_options: Any,
) -> Any:
    """Make a program of a function: calls of operators that say where their results go.

    Each statement is ``operator(a, b, out=c)``, with ``out=c[1:-1, :]`` (relative to the start of ``c``) or
    ``domain={I: (1, n), J: (0, m)}`` (absolute) for a part.

    Parameters
    ----------
    definition : function
        Every parameter is annotated.
    backend, grid_type
        As for ``field_operator``; operators that are called run on the program's backend.

    Raises
    ------
    DSLError
        If the function is no program.

    Examples
    --------
    >>> @bise.program
    ... def smooth(a: IJField, out: IJField):
    ...     laplacian(a, out=out[1:-1, 1:-1])
    >>> smooth(a, out, offset_provider={})
    """

    def decorate(function: _Function) -> Any:
        source = source_of(_checked(function, "program"))
        made = _core.Program(function, *source, backend=backend, grid_type=grid_type)
        check_params(made, compilation_options.get("static_params") or ())
        return functools.update_wrapper(made, function)

    check_options(compilation_options)
    return decorate if definition is None else decorate(definition)


def _checked(function: _Function, decorator: str) -> FunctionType:
    if not isinstance(function, FunctionType):
        raise ArgumentTypeError(f"@{decorator} decorates a function, not {function!r}")
    if function.__code__.co_name == "<lambda>":
        raise ArgumentTypeError(
            f"@{decorator} takes no lambda, whose parameters have no types: write "
            "`def name(a: Field[[I], float64]) -> ...`"
        )
    return function
