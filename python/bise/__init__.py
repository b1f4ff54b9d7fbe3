"""Bise: weather and climate stencil programs, compiled to native code.

Write pure functions on fields with ``@field_operator``, say in a ``@program`` where results go, and call it on
NumPy arrays. Names and call conventions are those of ``gt4py.next``.

>>> import bise
>>> I, J = bise.Dimension("I"), bise.Dimension("J")
>>> IJField = bise.Field[[I, J], bise.float64]
>>> @bise.field_operator
... def laplacian(a: IJField) -> IJField:
...     return a(I + 1) + a(I - 1) + a(J + 1) + a(J - 1) - 4.0 * a
>>> a = bise.ones({I: (-1, 9), J: (-1, 9)})
>>> out = bise.zeros({I: 8, J: 8})
>>> laplacian(a, out=out)

``python -m bise`` lists what there is.
"""

import builtins as _builtins

from numpy import (
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
)

from . import _core, errors, mesh
from ._core import (
    CartesianConnectivity,
    Connectivity,
    Dimension,
    Domain,
    Field,
    FieldOffset,
    FieldOperator,
    FieldType,
    Program,
    UnitRange,
    as_connectivity,
    as_field,
    domain,
    empty,
    full,
    named_range,
    ones,
    revalidate,
    unit_range,
    zeros,
)
from ._decorators import field_operator, program, scan_operator
from ._kinds import DimensionKind, GridType, Infinity
from ._named import Dims, NamedIndex, NamedRange

__version__ = _core.__version__

bool = _builtins.bool  # noqa: A001: existing programs write gtx.bool
float = _builtins.float  # noqa: A001
int = _builtins.int  # noqa: A001
tuple = _builtins.tuple  # noqa: A001

#: The type of indices in programs.
IndexType = int32

# The functions of the language: where, neighbor_sum, sin, ... One object each, written down once in the compiler.
globals().update({name: getattr(_core, name) for name in _core._BUILTINS})


def wait_for_compilation() -> None:
    """Return at once: Bise compiles at the first call, and the call waits for it."""


__all__ = [
    "CartesianConnectivity",
    "Connectivity",
    "Dimension",
    "DimensionKind",
    "Dims",
    "Domain",
    "Field",
    "FieldOffset",
    "FieldOperator",
    "FieldType",
    "GridType",
    "IndexType",
    "Infinity",
    "NamedIndex",
    "NamedRange",
    "Program",
    "UnitRange",
    "as_connectivity",
    "as_field",
    "bool",
    "domain",
    "empty",
    "errors",
    "field_operator",
    "float",
    "float32",
    "float64",
    "full",
    "int",
    "int8",
    "int16",
    "int32",
    "int64",
    "mesh",
    "named_range",
    "ones",
    "program",
    "revalidate",
    "scan_operator",
    "tuple",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "unit_range",
    "wait_for_compilation",
    "zeros",
    *_core._BUILTINS,
]
