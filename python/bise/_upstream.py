"""Small things that programs for ``gt4py`` import beside the language, under their names there."""

from __future__ import annotations

import dataclasses
import enum
import functools
import itertools
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

import numpy as np

from . import _constructors, _core
from ._kinds import DimensionKind

_T = TypeVar("_T")


class FrozenNamespace(types.SimpleNamespace):
    """A namespace whose names cannot be set again: constants of operators, as ``constants.gravity``."""

    def __setattr__(self, name: str, value: object) -> None:
        raise TypeError(f"a frozen namespace: '{name}' cannot be set")

    def __delattr__(self, name: str) -> None:
        raise TypeError(f"a frozen namespace: '{name}' cannot be deleted")

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self.items()))

    def items(self) -> Iterator[tuple[str, Any]]:
        """Names with what they stand for, in the order in which they were given."""
        return iter(vars(self).items())

    def keys(self) -> Iterator[str]:
        """The names."""
        return iter(vars(self))

    def values(self) -> Iterator[Any]:
        """What they stand for."""
        return iter(vars(self).values())


def flatten_nested_tuple(value: tuple[Any, ...]) -> tuple[Any, ...]:
    """The leaves of nested tuples, left to right.

    >>> flatten_nested_tuple(((1, (2, 3)), 4))
    (1, 2, 3, 4)
    """
    if not isinstance(value, tuple):
        return (value,)
    return tuple(leaf for item in value for leaf in flatten_nested_tuple(item))


def tree_map(function: Callable[..., _T]) -> Callable[..., Any]:
    """``function`` for numbers or fields as a function of nested tuples of them, all of one structure.

    >>> tree_map(lambda a, b: a + b)((1, (2, 3)), (10, (20, 30)))
    (11, (22, 33))
    """

    def mapped(*trees: Any) -> Any:
        if isinstance(trees[0], tuple):
            if not all(isinstance(tree, tuple) and len(tree) == len(trees[0]) for tree in trees):
                raise ValueError("the tuples have different structures")
            return tuple(map(mapped, *trees))
        return function(*trees)

    return mapped


def asnumpy(value: Any) -> Any:
    """The data of a field, or of each field of nested tuples, as NumPy arrays; anything else as it is."""
    if isinstance(value, tuple):
        return tuple(map(asnumpy, value))
    return value.asnumpy() if isinstance(value, _core.Field) else value


def is_scalar_type(kind: object) -> bool:
    """Whether a type is one of numbers or truth values: Python's, or NumPy's with a fixed width."""
    if kind in (bool, int, float):
        return True
    return isinstance(kind, type) and issubclass(kind, np.bool_ | np.integer | np.floating)


def promote_dims(*dims: list[_core.Dimension]) -> list[_core.Dimension]:
    """The dimensions of several fields together, in canonical order: by kind, then by name."""
    kinds = [DimensionKind.HORIZONTAL, DimensionKind.LOCAL, DimensionKind.VERTICAL]
    return sorted({dim for some in dims for dim in some}, key=lambda dim: (kinds.index(dim.kind), dim.value))


class DeviceType(enum.IntEnum):
    """Kinds of memory, by DLPack's numbers. Bise has the first."""

    CPU = 1
    CUDA = 2
    CPU_PINNED = 3
    METAL = 8
    VPI = 9
    ROCM = 10


class Device(NamedTuple):
    """A kind of memory, and which of its devices."""

    device_type: DeviceType
    device_id: int


def gpu_device_count() -> int:
    """None: there is no target for GPUs."""
    return 0


#: What upstream puts before the name of a dimension whose points lie between those of another.
_STAGGERED = "_Staggered"


def is_staggered(dim: _core.Dimension) -> bool:
    """Whether the points of a dimension lie between those of another, by its name."""
    return dim.value.startswith(_STAGGERED)


def flip_staggered(dim: _core.Dimension) -> _core.Dimension:
    """The dimension of the points between those of a dimension, and back."""
    name = dim.value.removeprefix(_STAGGERED) if is_staggered(dim) else _STAGGERED + dim.value
    return _core.Dimension(name, dim.kind)


def as_non_staggered(dim: _core.Dimension) -> _core.Dimension:
    """The dimension whose points are not between others."""
    return flip_staggered(dim) if is_staggered(dim) else dim


class FieldConstructor:
    """The constructors of fields with some of their options given: ``FieldConstructor(allocator=np).zeros(domain)``."""

    def __init__(self, allocator: Any = None, aligned_index: Any = None, device: Any = None):
        self.options = {
            name: value
            for name, value in (
                ("allocator", allocator),
                ("aligned_index", aligned_index),
                ("device", device),
            )
            if value is not None
        }

    def __getattr__(self, name: str) -> Any:
        if name not in ("as_field", "empty", "full", "ones", "zeros"):
            raise AttributeError(f"a FieldConstructor has no '{name}'", name=name, obj=self)
        return functools.partial(getattr(_constructors, name), **self.options)


class IDGeneratorPool:
    """Names with numbers: ``next(pool["tmp"])`` is `tmp_0`, then `tmp_1`."""

    def __init__(self) -> None:
        self.counts: dict[str, Iterator[str]] = {}

    def __getitem__(self, prefix: str) -> Iterator[str]:
        return self.counts.setdefault(prefix, (f"{prefix}_{n}" for n in itertools.count()))


def extract(value: Any) -> Any:
    """A named collection as nested tuples; anything else as it is."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return tuple(extract(getattr(value, field.name)) for field in dataclasses.fields(value))
    return tuple(map(extract, value)) if isinstance(value, tuple) else value


class BuildCacheLifetime(enum.Enum):
    """How long upstream keeps what it built."""

    SESSION = 1
    PERSISTENT = 2


class BuildJobsMode(enum.Enum):
    """How upstream builds several things."""

    SERIAL = "serial"
    THREAD = "thread"
    PROCESS = "process"


#: The module of settings of upstream's toolchain. They are there for programs that set them; Bise has no such toolchain,
#: and none of them changes anything.
CONFIG: Mapping[str, object] = {
    "ADD_GPU_TRACE_MARKERS": False,
    "BUILD_CACHE_DIR": None,
    "BUILD_CACHE_LIFETIME": BuildCacheLifetime.SESSION,
    "BUILD_CACHE_VERSION_ID": "",
    "BUILD_JOBS": 1,
    "BUILD_JOBS_MODE": BuildJobsMode.SERIAL,
    "BuildCacheLifetime": BuildCacheLifetime,
    "BuildJobsMode": BuildJobsMode,
    "CMAKE_BUILD_TYPE": "release",
    "COLLECT_METRICS_LEVEL": 0,
    "DEBUG": False,
    "DUMP_METRICS_AT_EXIT": None,
    "ENABLE_JIT_DEFAULT": True,
    "SKIP_DACE_WARNINGS": True,
    "UNSTRUCTURED_HORIZONTAL_HAS_UNIT_STRIDE": False,
    "VERBOSE_EXCEPTIONS": False,
}
