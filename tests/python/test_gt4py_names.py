"""The table of names in docs/gt4py-next.md is true: what it says is there is, and what not, not."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def rows():
    text = (ROOT / "docs" / "gt4py-next.md").read_text()
    table = text.split("## Names", 1)[1].split("## The language", 1)[0]
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[0].startswith("`"):
            modules = re.findall(r"`([\w.]+)`", cells[0])
            yield modules, re.findall(r"`(\w+)`", cells[1]), re.findall(r"`(\w+)`", cells[2].split("(")[0])


CODE = """
import bise.gt4py, importlib
def has(module, name):
    try:
        return hasattr(importlib.import_module(module), name) or bool(importlib.import_module(f"{module}.{name}"))
    except ImportError:
        return False
for module, name, wanted in ASKED:
    if has(module, name) != wanted:
        print(module, name, "is not there" if wanted else "is there")
"""


def test_names_are_where_the_documentation_says():
    asked = [
        (module, name, wanted)
        for modules, there, absent in rows()
        for module in modules
        for names, wanted in ((there, True), (absent, False))
        for name in names
    ]
    assert len(asked) > 230
    ran = subprocess.run(
        [sys.executable, "-c", f"ASKED = {asked!r}\n{CODE}"], capture_output=True, text=True, check=False
    )
    assert (ran.stdout, ran.stderr) == ("", "")


TYPES = """
import bise.gt4py
from typing import NamedTuple
import numpy as np
import gt4py.next as gtx
from gt4py.next.otf.arguments import extract
from gt4py.next.type_system import type_specifications as ts, type_translation as tt
from gt4py.next.utils import IDGeneratorPool

I, K = gtx.Dimension("I"), gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)

class Wind(NamedTuple):
    u: gtx.Field[[I], gtx.float64]
    n: gtx.int32

match tt.from_type_hint(gtx.Field[[K, I], gtx.float32]):
    case ts.FieldType(dims=[a, b], dtype=ts.ScalarType(kind=kind)):
        assert (a, b, kind.name.lower()) == (K, I, "float32")
wind = tt.from_type_hint(Wind)
assert isinstance(wind, ts.NamedCollectionType) and wind.keys == ["u", "n"], wind
assert str(tt.from_type_hint(tuple[gtx.int32, bool])) == "tuple[int32, bool]"
assert tt.from_value(gtx.zeros({I: 3})) == ts.FieldType([I], ts.ScalarType(ts.ScalarKind.FLOAT64))
assert tt.from_value((1, np.float32(2.0))).types[1].kind is ts.ScalarKind.FLOAT32
assert extract(Wind((1, 2), 3)) == ((1, 2), 3)
names = IDGeneratorPool()["tmp"]
assert [next(names), next(names)] == ["tmp_0", "tmp_1"]
made = gtx.FieldConstructor(allocator=np).full({I: 2}, 1.5)
assert made.asnumpy().tolist() == [1.5, 1.5]
half = gtx.flip_staggered(I)
assert gtx.is_staggered(half) and gtx.flip_staggered(half) == I == gtx.as_non_staggered(half)
try:
    tt.from_type_hint(list)
except ValueError as error:
    print(error)
"""


def test_types_as_upstream_describes_them():
    ran = subprocess.run([sys.executable, "-c", TYPES], capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("<class 'list'> is no type of the language\n", "")


@pytest.mark.parametrize("module", ["gt4py.next.instrumentation", "gt4py.next.custom_layout_allocators"])
def test_modules_that_are_not_there_say_so(module):
    ran = subprocess.run(
        [sys.executable, "-c", f"import bise.gt4py, {module}"], capture_output=True, text=True, check=False
    )
    assert f"`{module}` is not in Bise yet" in ran.stderr
