"""Looking inside of operators."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator


@contextlib.contextmanager
def debugging() -> Iterator[None]:
    """Let Python run operators line by line, whatever backend they have: for breakpoints and debuggers.

    In their bodies, fields are backed by NumPy arrays and show their values where they are printed; numbers are fields without
    dimensions. Results are those of other backends, but for the last digits of mathematical functions. For `print` in a
    body, decorate it with ``backend="embedded"``.

    Examples
    --------
    >>> @bise.field_operator
    ... def twice(a: IJField) -> IJField:
    ...     b = 2.0 * a
    ...     return b
    >>> with bise.debugging():  # a breakpoint in `twice` stops there
    ...     twice(a, out=out)
    """
    # Not needed by programs that run compiled.
    from ._embedded import context

    with context.debugging():
        yield
