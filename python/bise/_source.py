"""The source text of a function: what the compiler reads, once it is shown to be the text of the code that runs.

A function knows the file and the line that it came from, and the file may have been written anew since. So the statement
of the module that holds the text is compiled again, and the code that comes out is compared with the function's.
"""

from __future__ import annotations
import __future__

import linecache
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import NamedTuple

from ._core import _definitions, _with_standard_floats
from .errors import SourceError

#: Flags of code that change what a text means: ``from __future__ import ...``
_FUTURE = 0
for _name in __future__.all_feature_names:
    _FUTURE |= getattr(__future__, _name).compiler_flag

#: Files that are kept: those of one import come one after the other.
_MOST_FILES = 32


class Source(NamedTuple):
    """The lines of one function, from ``def`` on, as they stand in the file."""

    file: str
    first_line: int
    text: str


def source_of(function: FunctionType) -> Source:
    """Where a function is written, in a file, a notebook cell or a doctest, and its text there.

    Raises
    ------
    SourceError
        If the text is not to be had, as for functions made by ``exec`` of a string, or is not that of the function.
    """
    wrapped = getattr(function, "__wrapped__", None)
    if wrapped is not None:
        raise SourceError(_explain_wrapped(function))
    code = function.__code__
    text = None
    for text in _texts(function):
        source = text.find(code)
        if source is not None:
            return source
    if text is None:
        raise SourceError(
            f"the source of '{code.co_name}' ({code.co_filename}) is not to be had, and Bise compiles source text. "
            "Write the operator in a file or a notebook cell; text run by exec() needs an entry in linecache.cache. "
            "Functions that came from another process have no text: send the operators that they make"
        )
    raise SourceError(_explain_other(code, text))


class _Definition(NamedTuple):
    """Where a function stands; lines are counted from one, and ends are inside."""

    name: str
    line: int  #: of its first decorator
    lines: tuple[int, int]  #: from ``def`` on
    statement: tuple[int, int]  #: of the statement of the module that holds it


class _Text:
    """A file as it was read: its functions, and the code that its statements compile to."""

    def __init__(self, file: str, lines: list[str]) -> None:
        self.file = file
        self.lines = lines
        text = "".join(lines)
        self.rows = text.split("\n")
        self.definitions: dict[str, list[_Definition]] = {}
        found_all, imports = _definitions(text)
        #: Python compiles calls of what the module imports in a way of their own.
        self.head = f"import {', '.join(imports)}\n" if imports else "\n"
        for found in found_all:
            definition = _Definition(*found)
            self.definitions.setdefault(definition.name, []).append(definition)
        self.compiled: dict[tuple[int, int], list[CodeType]] = {}

    def find(self, code: CodeType) -> Source | None:
        """The text that compiles to ``code``: at its line, or wherever it was moved to."""
        same = self.definitions.get(code.co_name, [])
        bare = None
        for definition in sorted(same, key=lambda found: abs(found.line - code.co_firstlineno)):
            bare = bare or _bare(code)
            if any(bare == other for other in self.codes_of(definition, code)):
                first, last = definition.lines
                text = "\n".join(self.rows[first - 1 : last]) + "\n"
                return Source(self.file, first, text)
        return None

    def codes_of(self, definition: _Definition, like: CodeType) -> Iterator[CodeType]:
        """What a definition compiles to, under the flags of ``like``."""
        first, last = definition.statement
        flags = like.co_flags & _FUTURE
        codes = self.compiled.get((first, flags))
        if codes is None:
            text = self.head + "\n".join(self.rows[first - 1 : last]) + "\n"
            codes = self.compiled[first, flags] = _codes(text, self.file, flags)
        for code in codes:
            line = code.co_firstlineno + first - 2
            if code.co_name == definition.name and definition.line <= line <= definition.lines[0]:
                yield _bare(code)


_known: dict[str, _Text] = {}


def _texts(function: FunctionType) -> Iterator[_Text]:
    """The text of a function's file as it was when it was first read, then as it is now if that is another one."""
    file = function.__code__.co_filename
    known = _read(function)
    if known is not None:
        yield known
    linecache.checkcache(file)
    now = _read(function)
    if now is not None and now is not known:
        yield now


def _read(function: FunctionType) -> _Text | None:
    file = function.__code__.co_filename
    lines = linecache.getlines(file, function.__globals__) or _lines_elsewhere(function)
    if not lines:
        return None
    known = _known.get(file)
    if known is None or (known.lines is not lines and known.lines != lines):
        if len(_known) >= _MOST_FILES:
            _known.clear()
        known = _known[file] = _Text(file, lines)
    return known


def _lines_elsewhere(function: FunctionType) -> list[str]:
    """The lines of what has no file of its own, as far as this version of Python keeps them."""
    # Imported where it is needed: `import bise` shall not wait for it.
    import inspect

    try:
        return inspect.findsource(function)[0]
    except (OSError, TypeError, SyntaxError, IndexError):
        return []


def _codes(text: str, file: str, flags: int) -> list[CodeType]:
    """All code objects of a statement: those of its functions, of the functions inside of them, and so on."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python has said it before.
            outer: CodeType = _with_standard_floats(_compile, text, file, flags)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return []
    codes = [outer]
    for code in codes:
        codes.extend(inner for inner in code.co_consts if isinstance(inner, CodeType))
    return codes


def _compile(text: str, file: str, flags: int) -> CodeType:
    return compile(text, file, "exec", flags, dont_inherit=True)


def _bare(code: CodeType) -> CodeType:
    """Code without the places of its text, so that equal code is equal wherever it stands."""
    consts = tuple(_bare(const) if isinstance(const, CodeType) else const for const in code.co_consts)
    return code.replace(co_filename="", co_firstlineno=1, co_linetable=b"", co_consts=consts)


def _explain_wrapped(function: FunctionType) -> str:
    code = function.__code__
    return (
        f"'{function.__name__}' is no longer the function that was written: a decorator has put '{code.co_name}' of "
        f"{code.co_filename}:{code.co_firstlineno} in its place (functools.wraps). Bise compiles the text of a "
        "function, and would leave out what the decorator adds: write the decorators of Bise right above `def`"
    )


def _explain_other(code: CodeType, text: _Text) -> str:
    same = text.definitions.get(code.co_name)
    if same:
        nearest = min(same, key=lambda found: abs(found.line - code.co_firstlineno))
        what = f"the text at line {nearest.lines[0]} compiles to other code than that which runs"
    else:
        what = "there is no function of that name"
    return (
        f"the source of '{code.co_name}' was expected at {code.co_filename}:{code.co_firstlineno}, but {what}: "
        "the file has changed since it was imported, or a tool rewrites functions while they are imported. "
        "Import it again, or turn the tool off for this module"
    )
