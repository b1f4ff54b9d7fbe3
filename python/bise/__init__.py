"""Bise: weather and climate stencil programs, compiled to native code."""
