"""The exceptions of Bise. All are ``BiseError``; each that Python has a name for is also of that class.

A program that is wrong raises a ``DSLError``: its text is what ``bise check`` prints, with code, place, label,
notes and hints, and ``diagnostics`` lists the same as data. A call that is refused has written nothing.
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
    "InvalidParameterAnnotationError",
    "MissingArgumentError",
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


class DSLError(BiseError):
    """A program that is wrong."""

    #: What is wrong, in source order.
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def code(self) -> str | None:
        """The code of the first diagnostic."""
        return self.diagnostics[0].code if self.diagnostics else None


class UnsupportedPythonFeatureError(DSLError):
    """A construct of Python that the language does not have."""


class UndefinedSymbolError(DSLError):
    """A name that nothing defines."""


class DSLTypeError(DSLError):
    """Types that do not go together."""


class MissingParameterAnnotationError(DSLTypeError):
    """A parameter without a type."""


class InvalidParameterAnnotationError(DSLTypeError):
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


class FieldTypeError(BiseError, TypeError):
    """An operation on fields, outside of programs, with operands that have no meaning there."""


class FieldValueError(BiseError, ValueError):
    """An operation on fields, outside of programs, with values that do not fit."""


class BackendError(BiseError, RuntimeError):
    """The machine, or the backend asked for, cannot run this."""


class CompilerBug(BiseError, RuntimeError):
    """Bise is wrong, not your program. Please report it."""


_CLASSES = {
    "undefined-name": UndefinedSymbolError,
    "unsupported-syntax": UnsupportedPythonFeatureError,
    "type-mismatch": DSLTypeError,
    "missing-out": MissingArgumentError,
    "missing-annotation": MissingParameterAnnotationError,
    "invalid-annotation": InvalidParameterAnnotationError,
}


def from_diagnostics(text: str, facts: list[tuple[str, str, str, str]]) -> DSLError:
    """The exception for rendered diagnostics; its class goes by the first one."""
    diagnostics = tuple(Diagnostic(*fact) for fact in facts)
    name = diagnostics[0].name if diagnostics else ""
    fallback = DSLTypeError if diagnostics and diagnostics[0].code.startswith("B02") else DSLError
    error = _CLASSES.get(name, fallback)("\n" + text)
    error.diagnostics = diagnostics
    return error
