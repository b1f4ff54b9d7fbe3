"""The source text of a function: what the compiler reads."""

from __future__ import annotations

from types import FunctionType
from typing import NamedTuple

from .errors import SourceError


class Source(NamedTuple):
    """The text of one function with its decorators, moved to the left margin."""

    file: str
    first_line: int
    text: str


def source_of(function: FunctionType) -> Source:
    """Where a function is written, in a file, a notebook cell or a doctest.

    Raises
    ------
    SourceError
        If the text is not to be had, as for functions made by ``exec`` of a string, or is not that of the function.
    """
    # Imported at the first decorator: `import bise` shall not wait for it.
    import inspect
    import textwrap

    name = function.__name__
    file = function.__code__.co_filename
    try:
        lines, first_line = inspect.getsourcelines(function)
    except (OSError, TypeError, SyntaxError, IndexError) as error:
        raise SourceError(
            f"the source of '{name}' ({file}) is not to be had, and Bise compiles source text. Write the operator "
            "in a file or a notebook cell; text run by exec() needs an entry in linecache.cache"
        ) from error
    text = textwrap.dedent("".join(lines))
    # A file that changed since it was imported gives the text of something else.
    if f"def {name}" not in " ".join(text.split()):
        raise SourceError(
            f"the source of '{name}' was expected at {file}:{first_line}, but there is something else: "
            "the file has changed since it was imported"
        )
    return Source(file, first_line, text)
