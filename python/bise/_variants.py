"""What ``gt4py.next`` has for choosing what is compiled ahead: bound arguments, static parameters, ``compile``.

Bise finds out by itself, at the first call, what code for a call may depend on, and that takes milliseconds. So options of
compilation are checked and change no result; arguments that are bound are a convenience of calls.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from . import _core
from .errors import ArgumentTypeError, ArgumentValueError

#: Options of compilation, with what each is.
OPTIONS = {
    "connectivities": "tables by the names of their offsets",
    "enable_jit": "True or False",
    "static_domains": "True or False",
    "static_params": "names of parameters",
}


class ProgramWithBoundArgs:
    """A program with some of its arguments given already: ``program.with_bound_args(dt=0.1)``."""

    def __init__(self, program: _core.Program, bound: Mapping[str, Any]) -> None:
        check_params(program, bound)
        self.program = program
        self.bound_args = dict(bound)

    def __call__(self, *args: Any, **options: Any) -> None:
        """Call the program; arguments are those that are not bound, in order or by name."""
        again = next((name for name in self.bound_args if name in options), None)
        if again is not None:
            raise ArgumentTypeError(f"'{again}' is given in the call, and it is bound already")
        given = iter(args)
        named = dict(self.bound_args)
        for name in parameters(self.program):
            if name not in named and name not in options:
                try:
                    named[name] = next(given)
                except StopIteration:
                    break
        if rest := len(list(given)):
            count = len(args) - rest
            raise ArgumentTypeError(
                f"{count} arguments are not bound or given by name, and {len(args)} are given"
            )
        self.program(**named, **options)

    def with_bound_args(self, **bound: Any) -> ProgramWithBoundArgs:
        """The program with more arguments given."""
        again = next((name for name in bound if name in self.bound_args), None)
        if again is not None:
            raise ArgumentTypeError(f"'{again}' is bound already")
        return ProgramWithBoundArgs(self.program, self.bound_args | bound)

    def with_backend(self, backend: Any) -> ProgramWithBoundArgs:
        """The same on another backend."""
        return ProgramWithBoundArgs(self.program.with_backend(backend), self.bound_args)

    def with_grid_type(self, grid_type: Any) -> ProgramWithBoundArgs:
        """The same for another grid type, which changes nothing."""
        return ProgramWithBoundArgs(self.program.with_grid_type(grid_type), self.bound_args)

    def __repr__(self) -> str:
        bound = ", ".join(f"{name}={value!r}" for name, value in self.bound_args.items())
        return f"{self.program!r} with {bound}"


def parameters(whole: Any) -> list[str]:
    """The names of the parameters of an operator or a program."""
    return list(inspect.signature(whole.definition).parameters)


def check_params(whole: Any, names: Iterable[str]) -> None:
    """Refuse names that are no parameters."""
    known = parameters(whole)
    for name in names:
        if name not in known:
            raise ArgumentTypeError(f"'{name}' is no parameter of `{whole.definition.__name__}`: {known} are")


def check_options(options: Mapping[str, Any]) -> None:
    """Refuse options of compilation that do not exist or are of another kind."""
    for name, value in options.items():
        if name not in OPTIONS:
            raise ArgumentTypeError(
                f"unknown option '{name}': there are 'backend', 'grid_type' and {list(OPTIONS)}"
            )
        if value is None:
            continue
        if not _fits(name, value):
            raise ArgumentTypeError(f"'{name}' is {OPTIONS[name]}, not {value!r}")


def _fits(name: str, value: Any) -> bool:
    if name == "connectivities":
        return is_offset_provider(value)
    if name == "static_params":
        is_collection = isinstance(value, Iterable) and not isinstance(value, str)
        return is_collection and all(isinstance(one, str) for one in value)
    return isinstance(value, bool)


def is_offset_provider(value: object) -> bool:
    """Whether it is a mapping from names."""
    return isinstance(value, Mapping) and all(isinstance(name, str) for name in value)


def with_compilation_options(whole: Any, options: Mapping[str, Any]) -> Any:
    """The same operator or program: the options are checked."""
    check_options(options)
    check_params(whole, options.get("static_params") or ())
    return whole


def compiled(whole: Any, offset_provider: Any, values: Mapping[str, Any]) -> Any:
    """The same operator or program, which compiles at its first call; the arguments are checked."""
    providers = offset_provider if isinstance(offset_provider, list) else [offset_provider]
    for provider in providers:
        if provider is not None and not is_offset_provider(provider):
            raise ArgumentValueError(f"'offset_provider' is {OPTIONS['connectivities']}, not {provider!r}")
    check_params(whole, values)
    for name, some in values.items():
        if not isinstance(some, list):
            raise ArgumentTypeError(f"'{name}' is a list of the values that it will have, not {some!r}")
        if any(one in some[:at] for at, one in enumerate(some)):
            raise ArgumentValueError(f"'{name}' has a value twice: {some}")
    return whole
