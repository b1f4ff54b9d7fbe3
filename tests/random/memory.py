"""Arrays in every layout, flush against pages that nobody may touch: a read past either end is a fault, not luck."""

from __future__ import annotations

import ctypes
import math
import mmap
from dataclasses import dataclass

import numpy as np

PAGE = mmap.PAGESIZE
_libc = ctypes.CDLL(None, use_errno=True)
_libc.mprotect.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
GAP = 0xA5
"""Between the elements."""


@dataclass(frozen=True)
class Layout:
    """How an array lies in memory."""

    order: tuple[int, ...]
    """Axes from the one with the largest stride to that with the smallest."""
    steps: tuple[int, ...]
    """Elements from one to the next, along an axis whose neighbours are dense otherwise; negative: mirrored."""
    pads: tuple[int, ...]
    """Elements left free after each run along an axis."""

    @staticmethod
    def plain(rank: int) -> Layout:
        return Layout(tuple(range(rank)), (1,) * rank, (0,) * rank)


def bare(size: int, at_end: bool) -> np.ndarray:
    """Bytes between two forbidden pages, flush against one of them."""
    pages = max(1, math.ceil(size / PAGE))
    area = mmap.mmap(-1, (pages + 2) * PAGE)
    start = ctypes.addressof(ctypes.c_char.from_buffer(area))
    for page in (start, start + (pages + 1) * PAGE):
        if _libc.mprotect(page, PAGE, 0):
            raise OSError(ctypes.get_errno(), "mprotect")
    inside = np.frombuffer(area, dtype=np.uint8, offset=PAGE, count=pages * PAGE)
    inside[:] = GAP
    return inside[pages * PAGE - size :] if at_end else inside[:size]


class Guarded:
    """An array, and the bytes that it lies in."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype, layout: Layout, at_end: bool):
        strides, stride = [0] * len(shape), dtype.itemsize
        for axis in reversed(layout.order):
            strides[axis] = stride * layout.steps[axis]
            stride = (
                stride * abs(layout.steps[axis]) * max(shape[axis], 1) + layout.pads[axis] * dtype.itemsize
            )
        empty = 0 in shape
        extents = [(size - 1) * step for size, step in zip(shape, strides, strict=True)]
        span = 0 if empty else sum(abs(extent) for extent in extents) + dtype.itemsize
        self.bytes = bare(span, at_end)
        first = 0 if empty else -sum(min(extent, 0) for extent in extents)
        self.array = np.ndarray(shape, dtype, self.bytes.data, first, strides)

    def gaps(self) -> bool:
        """Whether nothing has been written between the elements."""
        used = np.zeros(self.bytes.size, dtype=bool)
        array = self.array
        if array.size:
            first = array.__array_interface__["data"][0] - self.bytes.__array_interface__["data"][0]
            for byte in range(array.dtype.itemsize):
                np.ndarray(array.shape, bool, used.data, first + byte, array.strides)[...] = True
        return bool((self.bytes[~used] == GAP).all())


SPECIAL = (0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 0.5, -2.5, 1e-310, 1e-40, 3e38, -1e300)


def numbers(shape: tuple[int, ...], dtype: np.dtype, kind: str, seed: int) -> np.ndarray:
    """What fills an array: "plain", "special", "small" or "index"."""
    random = np.random.default_rng(seed)
    if kind == "index":
        return (np.arange(math.prod(shape)).reshape(shape) % 100).astype(dtype)
    if dtype == bool:
        return random.integers(0, 2, shape).astype(bool)
    if dtype.kind == "f":
        plain = random.uniform(-2.0, 2.0, shape)
        if kind == "small":
            plain = random.integers(-3, 4, shape).astype(float)
        if kind == "special":
            plain = np.where(random.uniform(size=shape) < 0.4, random.choice(SPECIAL, shape), plain)
        with np.errstate(over="ignore"):
            return plain.astype(dtype)
    limits = np.iinfo(dtype)
    if kind == "special":
        ends = np.array([limits.min, limits.max, limits.max - 1, 0, 1], dtype=dtype)
        wide = random.integers(limits.min, limits.max, shape, dtype=dtype, endpoint=True)
        return np.where(random.uniform(size=shape) < 0.5, random.choice(ends, shape), wide).astype(dtype)
    return random.integers(-9 if dtype.kind == "i" else 0, 10, shape).astype(dtype)


def table(rows: int, width: int, of: int, skips: float, seed: int, dtype: str) -> np.ndarray:
    """Neighbour numbers, -1 where there is none."""
    random = np.random.default_rng(seed)
    entries = random.integers(0, max(of, 1), (rows, width))
    missing = random.uniform(size=entries.shape) < skips
    # Bounds speak of boxes: what is needed along other dimensions does not depend on whether there is any neighbour.
    missing[: of > 0] = False
    missing |= of == 0
    return np.where(missing, -1, entries).astype(dtype)
