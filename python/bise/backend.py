"""Backends as objects, as ``gt4py.next`` has them: for programs that pass them by these names.

In Bise a backend goes by its name: ``"native"`` is machine code and the default, ``"reference"`` the interpreter, and with
``"embedded"`` Python runs operators line by line. The objects here stand for one of them wherever a backend or an allocator is expected, and results are the same
with all of them:

>>> from bise.backend import gtfn_cpu
>>> @bise.program(backend=gtfn_cpu)
... def step(a: IJField, out: IJField):
...     laplacian(a, out=out)
"""

from __future__ import annotations

import dataclasses
from typing import Any

__all__ = [
    "DEFAULT_TRANSFORMS",
    "Backend",
    "gtfn_cpu",
    "gtfn_gpu",
    "itir_python",
    "make_dace_backend",
    "run_dace_cpu",
    "run_dace_gpu",
]

#: Upstream's steps from Python to its intermediate representation. Bise has its own, whatever is given.
DEFAULT_TRANSFORMS = None


@dataclasses.dataclass(frozen=True)
class Backend:
    """What operators and programs run on.

    ``executor`` is the name of Bise's backend, ``"native"``, ``"reference"`` or ``"embedded"``, which ``None`` is too, as it is
    upstream. ``"gpu"`` is refused where it is used.
    """

    name: str
    executor: Any
    allocator: Any = None
    transforms: Any = DEFAULT_TRANSFORMS

    @property
    def __gt_allocator__(self) -> Any:
        return self.allocator


gtfn_cpu = Backend("run_gtfn_cpu", "native")
gtfn_gpu = Backend("run_gtfn_gpu", "gpu")
itir_python = Backend("roundtrip", "reference")
run_dace_cpu = Backend("run_dace_cpu", "native")
run_dace_gpu = Backend("run_dace_gpu", "gpu")


def make_dace_backend(*, gpu: bool = False, **options: Any) -> Backend:
    """One of the two backends of that name; options of upstream's toolchain change nothing."""
    return run_dace_gpu if gpu else run_dace_cpu
