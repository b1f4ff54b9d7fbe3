"""Source text as a module: Bise reads the files that functions come from."""

from __future__ import annotations

import importlib.util
import itertools
import tempfile
from pathlib import Path
from types import ModuleType

_numbers = itertools.count()
_folder = tempfile.TemporaryDirectory(prefix="bise-random-")


def load(source: str) -> ModuleType:
    path = Path(_folder.name) / f"case_{next(_numbers)}.py"
    path.write_text(source)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
