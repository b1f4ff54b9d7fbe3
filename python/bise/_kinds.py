"""Enumerations of the language."""

from __future__ import annotations

from enum import Enum, StrEnum


class DimensionKind(StrEnum):
    """What kind of direction a dimension is. The order is the canonical order of dimensions in types."""

    HORIZONTAL = "horizontal"  #: along the surface: Cartesian directions, and the elements of a mesh
    LOCAL = "local"  #: the neighbours of one element
    VERTICAL = "vertical"  #: along a column; scan operators run here


class GridType(StrEnum):
    """What kind of grid an operator works on. Bise finds out by itself; the argument is checked, no more."""

    CARTESIAN = "cartesian"
    UNSTRUCTURED = "unstructured"


class Infinity(Enum):
    """The end of a range that has none."""

    NEGATIVE = -1
    POSITIVE = 1
