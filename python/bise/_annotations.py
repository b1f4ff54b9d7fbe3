"""What annotations stand for: the values that Python made of them, where it did.

An annotation is evaluated where the function is defined, so its names may be those of a factory or of a class, which
nothing else finds afterwards. What is text (``from __future__ import annotations``) is evaluated here, as
``typing.get_type_hints`` would, while the functions around are still running.
"""

from __future__ import annotations

import dataclasses
import inspect
import sys
import typing
from collections import ChainMap
from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any

#: Text in text in text: no program means more than this.
_DEEPEST = 32
#: Parts of an annotation that an error shows.
_SHOWN = 64


def annotations_of(function: FunctionType) -> dict[str, Any]:
    """The annotations of a function, with ``return`` for its result.

    Text that cannot be evaluated is left out: who reads the source says what is wrong with it.
    """
    found: dict[str, Any] = {}
    names: Mapping[str, Any] | None = None
    for name, annotation in _raw(function).items():
        if names is None and _has_text(annotation):
            names = ChainMap(*_surroundings(function))
        try:
            found[name] = annotation if names is None else _Evaluation(function, names).of(annotation)
        except Exception:  # noqa: BLE001 - whatever a user's text raises: it is then shown where it is used
            if not isinstance(annotation, (str, typing.ForwardRef)):
                found[name] = annotation
    return found


def peeled(annotation: Any) -> Any:
    """The type itself, without what only type checkers and readers are told: aliases, new names, remarks."""
    for _ in range(_DEEPEST):
        origin: Any = getattr(annotation, "__origin__", None)
        if typing.get_origin(annotation) is typing.Annotated or hasattr(annotation, "__supertype__"):
            annotation = origin if origin is not None else annotation.__supertype__
        elif hasattr(origin, "__type_params__") and hasattr(origin, "__value__"):
            # type Alias[T] = ...
            given = dict(zip(origin.__type_params__, annotation.__args__, strict=True))
            value = origin.__value__
            params = getattr(value, "__parameters__", ())
            annotation = value[tuple(given[param] for param in params)] if params else given.get(value, value)
        elif origin is None and hasattr(annotation, "__value__") and hasattr(annotation, "__type_params__"):
            annotation = annotation.__value__
        else:
            return annotation
    return annotation


def elements_of(cls: type) -> list[tuple[str, Any]]:
    """The elements of a named collection with their types; empty for other classes."""
    if _names(cls) is None or _unfit(cls):
        return []
    hints = typing.get_type_hints(cls)
    return [(name, hints[name]) for name in _names(cls) or ()]


def _names(cls: type) -> list[str] | None:
    """The elements of a ``NamedTuple`` or a data class."""
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return list(cls._fields)
    return [field.name for field in dataclasses.fields(cls)] if dataclasses.is_dataclass(cls) else None


def _unfit(cls: type) -> str:
    """Why such a class is no named collection: a call with a value for each element has to do what it does in Python."""
    if not dataclasses.is_dataclass(cls):
        return "whose elements have defaults" if cls._field_defaults else ""  # type: ignore[attr-defined]
    fields, missing = dataclasses.fields(cls), dataclasses.MISSING
    if any(field.default is not missing or field.default_factory is not missing for field in fields):
        return "whose elements have defaults"
    if hasattr(cls, "__post_init__"):
        return "which has a `__post_init__`"
    # Written by hand, or with arguments that are no elements, or without some of them.
    makes = list(inspect.signature(cls).parameters) == [f.name for f in fields if not f.kw_only]
    return "" if makes and all(field.init for field in fields) else "which is not made of all of its elements"


def described(annotation: Any) -> str:
    """What stands where a type should be, in the words of an error."""
    if isinstance(annotation, type) and not hasattr(annotation, "__origin__"):
        name = f"the class `{annotation.__name__}`"
        if _names(annotation) is None:
            return name
        return f"{name}, {_unfit(annotation) or 'not all of whose elements have types of the language'},"
    left, parts = _SHOWN, [annotation]
    while parts:
        part = parts.pop()
        items = part if isinstance(part, (tuple, list)) else getattr(part, "__args__", ())
        left -= 1
        # Parts may be shared, so that the text would be longer than any memory.
        if left < 0 or isinstance(part, (dict, set)):
            return f"a '{type(annotation).__name__}'"
        if isinstance(items, (tuple, list)):
            parts.extend(items[: left + 1])
    return f"`{annotation!r}`"


def _raw(function: FunctionType) -> dict[str, Any]:
    """The annotations as Python has them. Since 3.14 they are evaluated at the first look."""
    if sys.version_info >= (3, 14):
        from annotationlib import Format, get_annotations

        return get_annotations(function, format=Format.FORWARDREF)
    return function.__annotations__


def _has_text(annotation: Any) -> bool:
    seen: set[int] = set()
    parts = [annotation]
    while parts:
        part = parts.pop()
        if isinstance(part, (str, typing.ForwardRef)):
            return True
        if id(part) not in seen:
            seen.add(id(part))
            args = getattr(part, "__args__", ())
            parts.extend(args if isinstance(args, tuple) else ())
    return False


class _Evaluation:
    """Evaluates the text in an annotation, every part once: parts may be shared more often than can be counted."""

    def __init__(self, function: FunctionType, names: Mapping[str, Any]) -> None:
        self.globals = function.__globals__
        self.names = names
        self.known: dict[int, tuple[Any, Any]] = {}

    def of(self, annotation: Any, level: int = 0) -> Any:
        if level > _DEEPEST:
            raise RecursionError("text that stands for text without end")
        if isinstance(annotation, typing.ForwardRef):
            annotation = annotation.__forward_arg__
        if isinstance(annotation, str):
            # In parentheses a type may go over several lines.
            return self.of(eval(f"({annotation}\n)", self.globals, self.names), level + 1)  # type: ignore[arg-type]
        annotation = peeled(annotation)
        if typing.get_origin(annotation) is not tuple or not _has_text(annotation):
            return annotation
        if id(annotation) not in self.known:
            items = tuple(self.of(item, level + 1) for item in annotation.__args__)
            # What is known stays alive, or its address would be given to another.
            self.known[id(annotation)] = annotation, tuple.__class_getitem__(items)
        return self.known[id(annotation)][1]


def _surroundings(function: FunctionType) -> Iterator[dict[str, Any]]:
    """Names that annotations of a function see before the global ones, innermost first."""
    yield {param.__name__: param for param in getattr(function, "__type_params__", ())}
    yield from _enclosing(function.__code__)
    cells: dict[str, Any] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            cells[name] = cell.cell_contents
        except ValueError:  # not assigned yet
            continue
    yield cells


def _enclosing(code: CodeType) -> Iterator[dict[str, Any]]:
    """The variables of the functions around, and of the class that a function is directly in, where they still run."""
    frame = inspect.currentframe()
    is_directly_around = True
    while frame is not None and frame.f_locals is not frame.f_globals:
        if _defines(frame.f_code, code):
            if is_directly_around or frame.f_code.co_flags & inspect.CO_OPTIMIZED:
                yield dict(frame.f_locals)
            code, is_directly_around = frame.f_code, False
        frame = frame.f_back


def _defines(outer: CodeType, inner: CodeType) -> bool:
    """Whether a function is defined right in another. Type parameters have a scope of their own between the two."""
    codes = [const for const in outer.co_consts if isinstance(const, CodeType)]
    return any(
        code is inner or (code.co_name.startswith("<generic parameters of") and _defines(code, inner))
        for code in codes
    )
