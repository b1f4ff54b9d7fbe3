"""The names of ``gt4py.next.experimental``. In Bise they are part of the language: import them from ``bise``."""

from bise import as_offset, concat_where

__all__ = ["as_offset", "concat_where"]
