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
import sys as _sys

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

from . import _not_yet, errors, mesh
from ._constructors import as_connectivity, as_field, empty, full, ones, zeros
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
    abs,
    arccos,
    arccosh,
    arcsin,
    arcsinh,
    arctan,
    arctanh,
    as_offset,
    astype,
    broadcast,
    cbrt,
    ceil,
    concat_where,
    cos,
    cosh,
    domain,
    exp,
    floor,
    fmod,
    gamma,
    index,
    isfinite,
    isinf,
    isnan,
    log,
    max_over,
    maximum,
    mean_over,
    min_over,
    minimum,
    named_range,
    neg,
    neighbor_sum,
    power,
    revalidate,
    sin,
    sinh,
    sqrt,
    sum_over,
    tan,
    tanh,
    trunc,
    unit_range,
    where,
)
from ._core import __version__ as __version__
from ._debugging import debugging
from ._decorators import field_operator, program, scan_operator
from ._kinds import DimensionKind, GridType, Infinity
from ._named import Dims, NamedIndex, NamedRange
from .backend import gtfn_cpu, gtfn_gpu, itir_python

# Existing programs write `gtx.float` for Python's own.
bool = _builtins.bool
float = _builtins.float
int = _builtins.int
tuple = _builtins.tuple

#: The type of indices in programs.
IndexType = int32


def __getattr__(name: str) -> object:
    if name not in _not_yet.NAMES:
        raise AttributeError(
            f"module 'bise' has no attribute '{name}'", name=name, obj=_sys.modules[__name__]
        )
    text = _not_yet.explain(name, _not_yet.NAMES)
    # `from bise import name` looks with hasattr() first, and would replace the text of an AttributeError.
    if _sys._getframe(1).f_code.co_name == "_handle_fromlist":
        raise ImportError(text, name=__name__)
    raise AttributeError(text, name=name, obj=_sys.modules[__name__])


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
    "abs",
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctanh",
    "as_connectivity",
    "as_field",
    "as_offset",
    "astype",
    "bool",
    "broadcast",
    "cbrt",
    "ceil",
    "concat_where",
    "cos",
    "cosh",
    "debugging",
    "domain",
    "empty",
    "errors",
    "exp",
    "field_operator",
    "float",
    "float32",
    "float64",
    "floor",
    "fmod",
    "full",
    "gamma",
    "gtfn_cpu",
    "gtfn_gpu",
    "index",
    "int",
    "int8",
    "int16",
    "int32",
    "int64",
    "isfinite",
    "isinf",
    "isnan",
    "itir_python",
    "log",
    "max_over",
    "maximum",
    "mean_over",
    "mesh",
    "min_over",
    "minimum",
    "named_range",
    "neg",
    "neighbor_sum",
    "ones",
    "power",
    "program",
    "revalidate",
    "scan_operator",
    "sin",
    "sinh",
    "sqrt",
    "sum_over",
    "tan",
    "tanh",
    "trunc",
    "tuple",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "unit_range",
    "wait_for_compilation",
    "where",
    "zeros",
]
