"""Lets mypy accept ``Field[[I, J], float64]``: put ``plugins = bise.mypy_plugin`` into its settings.

Dimensions are objects, and mypy knows only types in the brackets of a type. With this plugin it takes such an
annotation for the class ``Field``; whether dimensions and data types fit is for Bise to check.
"""

from __future__ import annotations

from collections.abc import Callable

from mypy.plugin import AnalyzeTypeContext, Plugin
from mypy.types import Type


class BisePlugin(Plugin):
    """Takes ``Field[...]`` for ``Field``."""

    def get_type_analyze_hook(self, fullname: str) -> Callable[[AnalyzeTypeContext], Type] | None:
        return _field if fullname == "bise._core.Field" else None


def _field(context: AnalyzeTypeContext) -> Type:
    return context.api.named_type("bise._core.Field", [])


def plugin(version: str) -> type[Plugin]:
    """What mypy asks for."""
    return BisePlugin
