"""Answers as ``gt4py``, for code that is to run unmodified: after ``import bise.gt4py``, ``import gt4py.next`` gives Bise.

``python -m bise model.py`` runs a file that way, and ``python -m pytest -p bise.gt4py`` tests. Modules of ``gt4py`` that are not here, such as ``gt4py.cartesian``,
are a ``ModuleNotFoundError`` that says so, whether ``gt4py`` is installed or not: a program is not to run on two systems.
"""

from __future__ import annotations

import importlib.abc
import sys
import types
import typing
from collections.abc import Sequence

import numpy

import bise
import bise.backend
import bise.errors
import bise.experimental
import bise.typing
from bise import _upstream, _upstream_types

#: Paths that give the names of the package.
_NAMES = (
    "gt4py.next",
    "gt4py.next.common",
    "gt4py.next.constructors",
    "gt4py.next.ffront",
    "gt4py.next.ffront.decorator",
    "gt4py.next.ffront.fbuiltins",
)

#: Paths that give what is experimental there.
_EXPERIMENTAL = ("gt4py.next.experimental", "gt4py.next.ffront.experimental")

#: What programs import of ``gt4py`` beside the language: paths, with the names that each has.
_OTHERS: dict[str, dict[str, object]] = {
    "gt4py._core": {},
    "gt4py._core.definitions": {
        "CUPY_DEVICE_TYPE": None,
        "Device": _upstream.Device,
        "DeviceType": _upstream.DeviceType,
        "DeviceTypeT": _upstream.DeviceType,
        "Scalar": bise.typing.Scalar,
        "gpu_device_count": _upstream.gpu_device_count,
        "is_scalar_type": _upstream.is_scalar_type,
    },
    "gt4py.eve": {},
    "gt4py.eve.extended_typing": {
        "NestedTuple": tuple,
        "Self": typing.Self,
        "get_type_hints": typing.get_type_hints,
    },
    "gt4py.eve.utils": {"FrozenNamespace": _upstream.FrozenNamespace},
    "gt4py.next.backend": {name: getattr(bise.backend, name) for name in ("Backend", "DEFAULT_TRANSFORMS")},
    "gt4py.next.config": dict(_upstream.CONFIG),
    "gt4py.next.errors": {name: getattr(bise.errors, name) for name in bise.errors.__all__}
    | {
        "CompilationError": bise.errors.BackendError,
        "EmbeddedExecutionError": bise.errors.BackendError,
        "GT4PyError": bise.errors.BiseError,
    },
    "gt4py.next.embedded": {},
    "gt4py.next.embedded.exceptions": {
        "IndexOutOfBounds": bise.errors.IndexOutOfBounds,
        "NonContiguousDomain": bise.errors.FieldValueError,
    },
    "gt4py.next.embedded.nd_array_field": {"cp": None, "jnp": None, "np": numpy},
    "gt4py.next.field_utils": {"asnumpy": _upstream.asnumpy},
    "gt4py.next.iterator": {},
    "gt4py.next.iterator.embedded": {"LocatedField": bise.Field, "MutableLocatedField": bise.Field},
    "gt4py.next.otf": {},
    "gt4py.next.otf.arguments": {"extract": _upstream.extract},
    "gt4py.next.program_processors": {},
    "gt4py.next.program_processors.runners": {},
    "gt4py.next.program_processors.runners.dace": {
        name: getattr(bise.backend, name) for name in ("make_dace_backend", "run_dace_cpu", "run_dace_gpu")
    }
    | {"run_dace_cpu_noopt": bise.backend.run_dace_cpu, "run_dace_gpu_noopt": bise.backend.run_dace_gpu},
    "gt4py.next.program_processors.runners.gtfn": {
        "run_gtfn": bise.gtfn_cpu,
        "run_gtfn_cached": bise.gtfn_cpu,
        "run_gtfn_gpu": bise.gtfn_gpu,
        "run_gtfn_gpu_cached": bise.gtfn_gpu,
        "run_gtfn_imperative": bise.gtfn_cpu,
    },
    "gt4py.next.program_processors.runners.roundtrip": {"default": bise.itir_python},
    "gt4py.next.type_system": {},
    "gt4py.next.type_system.type_specifications": {
        name: getattr(_upstream_types, name)
        for name in (
            *("DataType", "FieldType", "NamedCollectionType"),
            *("ScalarKind", "ScalarType", "TupleType", "TypeSpec"),
        )
    },
    "gt4py.next.type_system.type_translation": {
        "from_type_hint": _upstream_types.from_type_hint,
        "from_value": _upstream_types.from_value,
    },
    "gt4py.next.typing": {name: getattr(bise.typing, name) for name in bise.typing.__all__},
    "gt4py.next.utils": {
        "IDGeneratorPool": _upstream.IDGeneratorPool,
        "flatten_nested_tuple": _upstream.flatten_nested_tuple,
        "tree_map": _upstream.tree_map,
    },
}

#: Names of ``gt4py.next.common`` that are no part of the language.
_COMMON = {
    "NumericValue": bise.typing.Scalar,
    "OffsetProvider": bise.typing.OffsetProvider,
    "OffsetProviderType": bise.typing.OffsetProvider,
    "_DEFAULT_SKIP_VALUE": -1,
    "GatherConnectivity": bise.Connectivity,
    "NeighborTable": bise.Connectivity,
    "as_non_staggered": _upstream.as_non_staggered,
    "flip_staggered": _upstream.flip_staggered,
    "is_staggered": _upstream.is_staggered,
    "promote_dims": _upstream.promote_dims,
}

#: Names of ``gt4py.next`` that are no part of the language.
_PACKAGE = {
    "CUPY_DEVICE_TYPE": None,
    "Device": _upstream.Device,
    "DeviceType": _upstream.DeviceType,
    "FieldConstructor": _upstream.FieldConstructor,
    "as_non_staggered": _upstream.as_non_staggered,
    "flip_staggered": _upstream.flip_staggered,
    "is_scalar_type": _upstream.is_scalar_type,
    "is_staggered": _upstream.is_staggered,
}


def _names(path: str) -> types.ModuleType:
    """A module with the names of Bise, and its words about those that it does not have."""
    module = types.ModuleType(path, bise.__doc__)
    names = {name: thing for name, thing in vars(bise).items() if not name.startswith("_")}
    module.__dict__.update(names, __path__=[], __all__=bise.__all__, __getattr__=bise.__getattr__)
    return module


def _others(path: str) -> types.ModuleType:
    """A module with a few names."""

    def missing(name: str) -> object:
        text = f"`{path}.{name}` is not in Bise yet"
        # `from path import name` looks first, and would replace the text of an AttributeError.
        if not name.startswith("__") and sys._getframe(1).f_code.co_name == "_handle_fromlist":
            raise ImportError(text, name=path)
        raise AttributeError(text, name=name, obj=module)

    module = types.ModuleType(path, f"What Bise has of ``{path}``.")
    module.__dict__.update(_OTHERS[path], __path__=[], __getattr__=missing)
    return module


class _NotYet(importlib.abc.MetaPathFinder):
    """Finds nothing below ``gt4py``, and says so before anything else is asked."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> None:
        if fullname.startswith("gt4py."):
            raise ModuleNotFoundError(f"`{fullname}` is not in Bise yet", name=fullname)


def _install() -> None:
    if "gt4py" in sys.modules:
        raise ImportError("gt4py itself has been imported: `import bise.gt4py` comes before it")
    root = types.ModuleType("gt4py", __doc__)
    root.__dict__.update(__path__=[], __version__=bise.__version__)
    modules = {"gt4py": root} | {path: _names(path) for path in _NAMES}
    modules |= dict.fromkeys(_EXPERIMENTAL, bise.experimental)
    modules |= {path: _others(path) for path in _OTHERS}
    modules["gt4py.next.common"].__dict__.update(_COMMON)
    modules["gt4py.next"].__dict__.update(_PACKAGE)
    modules["gt4py.next.constructors"].__dict__.update(
        Allocator=bise.typing.Allocator, FieldConstructor=_upstream.FieldConstructor
    )
    modules["gt4py.next"].__dict__["fbuiltins"] = modules["gt4py.next.ffront.fbuiltins"]
    for path in [*_NAMES, *_EXPERIMENTAL, *_OTHERS]:
        parent, _, name = path.rpartition(".")
        setattr(modules[parent], name, modules[path])
    sys.modules.update(modules)
    sys.meta_path.insert(0, _NotYet())


_install()
