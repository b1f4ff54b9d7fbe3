"""Meshes: who neighbours whom, and where everything is."""

from ._core import Mesh, icosahedral

__all__ = ["Mesh", "icosahedral"]
