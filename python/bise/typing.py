"""Names for annotations of code around operators: ``def step(program: bise.typing.Program, a: bise.typing.Scalar)``.

Nothing here has a meaning inside of operators and programs; their types are in ``bise``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeAlias

import numpy as np

from . import backend as _backend
from ._core import Connectivity, Field, FieldOperator, Program

#: What runs an operator or a program: ``"native"``, ``"reference"``, or an object that stands for one of them.
Backend: TypeAlias = str | _backend.Backend
#: The tables of a call, by the names of their offsets.
OffsetProvider: TypeAlias = Mapping[str, Connectivity]
#: A number or a truth value.
Scalar: TypeAlias = bool | int | float | np.generic
#: A function that a decorator makes an operator or a program of.
DSLDefinition: TypeAlias = Callable[..., Any]
#: What is called from Python.
GTEntryPoint: TypeAlias = FieldOperator | Program
#: Where memory comes from: Bise has one way only, and takes the argument.
Allocator: TypeAlias = Any
#: What compiled programs are told apart by.
CompiledProgramsKey: TypeAlias = Hashable

__all__ = [
    "Allocator",
    "Backend",
    "CompiledProgramsKey",
    "Connectivity",
    "DSLDefinition",
    "Field",
    "FieldOperator",
    "GTEntryPoint",
    "OffsetProvider",
    "Program",
    "Scalar",
]
