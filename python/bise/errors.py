"""The exceptions of Bise. All are ``BiseError``; each that Python has a name for is also of that class.

A program that is wrong raises a ``DSLError``: its text is what ``bise check`` prints, with code, place, label,
notes and hints, and ``diagnostics`` lists the same as data. A call that is refused has written nothing.

``MissingNeighbourWarning`` is a category of warnings: ``warnings.simplefilter("error", MissingNeighbourWarning)``
makes exceptions of them.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = [
    "ArgumentTypeError",
    "ArgumentValueError",
    "BackendError",
    "BiseError",
    "CompilerBug",
    "DSLError",
    "DSLTypeError",
    "Diagnostic",
    "FieldTypeError",
    "FieldValueError",
    "IndexOutOfBounds",
    "InvalidAnnotationError",
    "InvalidParameterAnnotationError",
    "MissingArgumentError",
    "MissingAttributeError",
    "MissingNeighbourWarning",
    "MissingParameterAnnotationError",
    "SourceError",
    "TableError",
    "UndefinedSymbolError",
    "UnsupportedPythonFeatureError",
]


class Diagnostic(NamedTuple):
    """One thing that is wrong with a program."""

    code: str  #: stable, ``B`` and four digits: ``bise explain CODE`` prints its page
    name: str  #: the code in words
    message: str  #: the headline
    place: str  #: ``file:line``


class BiseError(Exception):
    """Everything that Bise refuses."""

    #: What is wrong, in source order; empty where the text says it all.
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def code(self) -> str | None:
        """The code of the first diagnostic."""
        return self.diagnostics[0].code if self.diagnostics else None


class DSLError(BiseError):
    """A program that is wrong."""


class UnsupportedPythonFeatureError(DSLError):
    """A construct of Python that the language does not have."""


class UndefinedSymbolError(DSLError):
    """A name that nothing defines."""


class MissingAttributeError(DSLError):
    """A namespace has no such name."""


class DSLTypeError(DSLError):
    """Types that do not go together."""


class MissingParameterAnnotationError(DSLTypeError):
    """A parameter without a type."""


class InvalidAnnotationError(DSLTypeError):
    """An annotation that is no type of the language."""


class InvalidParameterAnnotationError(InvalidAnnotationError):
    """An annotation that is no type of the language."""


class MissingArgumentError(DSLError, TypeError):
    """An argument, often ``out``, is not given."""


class SourceError(DSLError):
    """The source text of a function is not to be had, so it cannot be compiled."""


class ArgumentTypeError(DSLTypeError, TypeError):
    """An argument of a call has another type than its parameter, or there are too many or too few."""


class ArgumentValueError(BiseError, ValueError):
    """An argument of a call has a value that does not fit."""


class IndexOutOfBounds(BiseError, IndexError):
    """An index outside of a field's domain, or a field too small for what a program reads of it."""


class TableError(BiseError, ValueError):
    """A connectivity table that is missing or does not fit."""


class MissingNeighbourWarning(UserWarning):
    """A line reads a neighbour that does not exist, as zero, and a result depends on it.

    Given once for each line and table, before anything is written. See ``docs/missing-neighbours.md``.
    """


class FieldTypeError(BiseError, TypeError):
    """An operation on fields, outside of programs, with operands that have no meaning there."""


class FieldValueError(BiseError, ValueError):
    """An operation on fields, outside of programs, with values that do not fit."""


class BackendError(BiseError, RuntimeError):
    """The machine, or the backend asked for, cannot run this."""


class CompilerBug(BiseError, RuntimeError):
    """Bise is wrong, not your program. Please report it."""


_PROGRAM_ERRORS = {
    "invalid-annotation": InvalidParameterAnnotationError,
    "missing-annotation": MissingParameterAnnotationError,
    "missing-out": MissingArgumentError,
    "unassigned-variable": UndefinedSymbolError,
    "undefined-name": UndefinedSymbolError,
    "unknown-attribute": MissingAttributeError,
}

_PROGRAM_ERRORS_BY_GROUP = {
    "B00": UnsupportedPythonFeatureError,
    "B02": DSLTypeError,
    "B03": UnsupportedPythonFeatureError,
}

_CALL_ERRORS = {
    "argument-count": ArgumentTypeError,
    "argument-type": ArgumentTypeError,
    "bad-table": TableError,
    "missing-neighbor": TableError,
    "out-of-bounds": IndexOutOfBounds,
    "output-domain": IndexOutOfBounds,
}


def from_diagnostics(text: str, facts: list[tuple[str, str, str, str]]) -> BiseError:
    """The exception for rendered diagnostics of a program; its class goes by the first one."""
    code, name = facts[0][:2] if facts else ("", "")
    group = _PROGRAM_ERRORS_BY_GROUP.get(code[:3], DSLError)
    return _with(_PROGRAM_ERRORS.get(name, group), text, facts)


def from_call(text: str, facts: list[tuple[str, str, str, str]]) -> BiseError:
    """The exception for rendered diagnostics of a call; its class goes by the first one."""
    name = facts[0][1] if facts else ""
    return _with(_CALL_ERRORS.get(name, ArgumentValueError), text, facts)


def _with(error: type[BiseError], text: str, facts: list[tuple[str, str, str, str]]) -> BiseError:
    made = error("\n" + text)
    made.diagnostics = tuple(Diagnostic(*fact) for fact in facts)
    return made
