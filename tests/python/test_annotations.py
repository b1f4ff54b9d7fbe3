"""Annotations mean what they meant where Python evaluated them, whatever the body calls by the same names."""

import importlib.util
import sys
from collections.abc import Callable
from typing import Any, ForwardRef, Literal, Optional, TypeVar, Union

import numpy as np
import pytest

import bise as gtx
from bise.errors import DSLError, InvalidAnnotationError, UndefinedSymbolError

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
F = gtx.Field[[I], gtx.float64]

# Names that factories below hide by their own.
wp = gtx.float32
Points = gtx.Field[[J], gtx.int32]

TENTH = 0.1


def result(operator, *args, like=None):
    out = np.zeros(1, dtype=like or np.float64)
    operator(*args, out=out)
    return out[0]


# Where names are found


def scaling(dtype):
    wp = dtype

    @gtx.field_operator
    def scale(a: F, s: wp) -> F:
        return a * gtx.astype(s, gtx.float64)

    return scale


def test_a_local_name_hides_a_global_one():
    assert result(scaling(gtx.float64), np.ones(1), TENTH) == TENTH
    assert result(scaling(gtx.float32), np.ones(1), TENTH) == np.float32(TENTH)


def test_a_local_name_needs_no_global_one():
    def doubling(dtype):
        Local = gtx.Field[[I], dtype]

        @gtx.field_operator
        def twice(a: Local) -> Local:
            return a + a

        return twice

    for dtype in (np.float64, np.float32, np.int32):
        assert result(doubling(dtype), np.full(1, 3, dtype), like=dtype) == 6


def test_parameters_of_a_factory_are_types():
    def copying(Values, dtype: type):
        @gtx.field_operator
        def copy(a: Values, n: dtype) -> Values:
            return a

        return copy

    assert result(copying(F, int), np.ones(1), 3) == 1.0
    with pytest.raises(gtx.errors.ArgumentTypeError):
        copying(F, int)(np.ones(1), 0.5, out=np.zeros(1))


def test_factories_of_factories():
    def outer(dtype):
        Points = gtx.Field[[I], dtype]

        def inner():
            @gtx.field_operator
            def copy(a: Points) -> Points:
                return a

            return copy

        return inner

    assert result(outer(np.int64)(), np.full(1, 7), like=np.int64) == 7


def test_functions_made_in_loops():
    made = []
    for dtype in (np.float64, np.float32, np.int64):
        Points = gtx.Field[[I], dtype]

        @gtx.field_operator
        def copy(a: Points) -> Points:
            return a

        made.append((copy, dtype))
    for operator, dtype in made:
        assert result(operator, np.full(1, 2, dtype), like=dtype) == 2


def test_the_body_of_a_class():
    class Model:
        Points = gtx.Field[[I], np.int32]

        @gtx.field_operator
        def copy(a: Points) -> Points:
            return a

        @gtx.scan_operator(axis=K, forward=True, init=np.int32(0))
        def total(sum: np.int32, a: np.int32) -> np.int32:
            return sum + a

        class Inner:
            Points = gtx.Field[[I], np.int8]

            @gtx.field_operator
            def copy(a: Points) -> Points:
                return a

    assert result(Model.copy, np.ones(1, np.int32), like=np.int32) == 1
    assert result(Model.Inner.copy, np.ones(1, np.int8), like=np.int8) == 1


def test_programs_and_scans_of_a_factory():
    def model(dtype):
        wp = dtype
        Columns = gtx.Field[[K], wp]

        @gtx.scan_operator(axis=K, forward=True, init=dtype(0))
        def total(sum: wp, a: wp) -> wp:
            return sum + a

        @gtx.field_operator
        def columns(a: Columns) -> Columns:
            return total(a)

        @gtx.program
        def run(a: Columns, out: Columns):
            columns(a, out=out)

        return run

    for dtype in (np.float64, np.int64):
        out = np.zeros(3, dtype)
        model(dtype)(np.arange(3, dtype=dtype), out)
        assert out.tolist() == [0, 1, 3]


def test_what_counts_is_when_the_function_was_defined():
    Now = gtx.Field[[I], np.int64]

    def copy(a: Now) -> Now:
        return a

    Now = F
    operator = gtx.field_operator(copy)
    assert result(operator, np.full(1, 5), like=np.int64) == 5


def test_annotations_that_were_set_count():
    def copy(a: F, n: float) -> F:
        return a

    copy.__annotations__["n"] = np.int8
    with pytest.raises(gtx.errors.ArgumentValueError, match="int8"):
        gtx.field_operator(copy)(np.ones(1), 1000, out=np.zeros(1))


def test_parameters_that_a_class_makes_private():
    class Model:
        Points = gtx.Field[[I], np.int32]

        @gtx.field_operator
        def copy(__a: Points) -> Points:
            return __a

    assert result(Model.copy, np.ones(1, np.int32), like=np.int32) == 1


# Names of the body


def test_a_variable_called_as_the_type():
    @gtx.field_operator
    def twice(a: F) -> F:
        F = a + a
        return F

    assert result(twice, np.ones(1)) == 2.0


def test_a_parameter_called_as_its_type():
    @gtx.field_operator
    def twice(F: F, Points: F) -> F:
        return F + Points

    assert result(twice, np.ones(1), np.ones(1)) == 2.0


def test_a_variable_on_one_path_called_as_the_type():
    @gtx.field_operator
    def choose(a: F, flag: bool) -> F:
        if flag:
            F = a * 2.0
        else:
            F = a * 3.0
        return F

    assert result(choose, np.ones(1), False) == 3.0


def test_variables_of_a_program_and_a_scan():
    @gtx.scan_operator(axis=K, forward=True, init=0.0)
    def total(float: float, a: float) -> float:
        return float + a

    @gtx.field_operator
    def copy(a: F) -> F:
        return a

    @gtx.program
    def run(F: F, out: F):
        copy(F, out=out)

    out = np.zeros(1)
    run(np.ones(1), out)
    assert out[0] == 1.0
    out = gtx.zeros({K: 3})
    total(gtx.ones({K: 3}), out=out)
    assert out.asnumpy().tolist() == [1.0, 2.0, 3.0]


def test_an_annotated_variable_with_the_name_of_a_type():
    @gtx.field_operator
    def twice(a: F) -> F:
        b: F = a + a
        return b

    assert result(twice, np.ones(1)) == 2.0


# Text


TEXT = """
from __future__ import annotations
from typing import TYPE_CHECKING
import numpy as np
import bise as gtx
from bise import Field, float32, float64

I, J = gtx.Dimension("I"), gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
F = Field[[I], float64]
wp = float32

@gtx.field_operator
def twice(a: F, n: float) -> F:
    F = a * n
    return F

def scaling(dtype):
    wp = dtype
    @gtx.field_operator
    def scale(a: Field[[I], float64], s: wp) -> Field[[I], "float"]:
        return a * gtx.astype(s, gtx.float64)
    return scale

def nested(dtype):
    def inner():
        Points = Field[[I], dtype]
        def innermost():
            @gtx.field_operator
            def copy(a: Points) -> Points:
                return a
            return copy
        return innermost()
    Points = None
    return inner()

def later(dtype):
    wp = dtype
    def scale(a: F, s: wp) -> F:
        return a * gtx.astype(s, gtx.float64)
    return decorated(scale)

def decorated(function, wp=np.int8):
    return gtx.field_operator(function)

class Model:
    Points = Field[[I], np.int32]
    wp = np.int8

    @gtx.field_operator
    def copy(a: Points, n: wp) -> Points:
        return a

    class Inner:
        Points = Field[[I], np.int64]

        @gtx.field_operator
        def copy(
            a: tuple[
                Points, "Points"
            ],
        ) -> Points:
            return a[0] + a[1]

def captured(dtype):
    wp = dtype
    @gtx.field_operator
    def scale(a: F, s: wp) -> F:
        return a * gtx.astype(wp(s), gtx.float64)
    return scale

@gtx.program
def run(a: F, out: F) -> None:
    twice(a, 2.0, out=out)

def undefined():
    @gtx.field_operator
    def copy(a: F, b: Missing) -> F:
        return a

def wrong():
    @gtx.field_operator
    def copy(a: F, b: Field[[I, I], float64]) -> F:
        return a
"""


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    path = tmp_path_factory.mktemp("text") / "text_annotations.py"
    path.write_text(TEXT)
    spec = importlib.util.spec_from_file_location("text_annotations", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_text_of_a_module(text):
    out = np.zeros(1)
    text.run(np.ones(1), out)
    assert out[0] == 2.0


@pytest.mark.parametrize("factory", ["scaling", "later", "captured"])
def test_text_of_a_factory(text, factory):
    make = getattr(text, factory)
    assert result(make(np.float64), np.ones(1), TENTH) == TENTH
    assert result(make(np.float32), np.ones(1), TENTH) == np.float32(TENTH)


def test_text_of_a_factory_in_a_factory(text):
    assert result(text.nested(np.int16), np.ones(1, np.int16), like=np.int16) == 1


def test_text_of_classes(text):
    assert result(text.Model.copy, np.ones(1, np.int32), 3, like=np.int32) == 1
    with pytest.raises(gtx.errors.ArgumentValueError, match="int8"):
        text.Model.copy(np.ones(1, np.int32), 1000, out=np.zeros(1, np.int32))
    ones = np.ones(1, np.int64)
    assert result(text.Model.Inner.copy, (ones, ones), like=np.int64) == 2


def test_text_that_names_nothing_is_pointed_at(text):
    with pytest.raises(UndefinedSymbolError) as refused:
        text.undefined()
    lines = str(refused.value).splitlines()
    line = next(line for line in lines if "def copy" in line)
    assert next(line for line in lines if "^" in line).index("^^^^^^^ not found") == line.index("Missing")


def test_text_of_a_wrong_type_is_pointed_at(text):
    with pytest.raises(InvalidAnnotationError, match="the dimension `I` stands twice"):
        text.wrong()


def test_text_inside_of_values():
    @gtx.field_operator
    def total(a: "F", b: tuple["F", "tuple['F', float]"], c: ForwardRef("F")) -> "gtx.Field[[I], 'float64']":  # noqa: F821
        return a + b[0] + b[1][0] * b[1][1] + c

    one = np.ones(1)
    assert result(total, one, (one, (one, 2.0)), one) == 5.0


def test_text_that_stands_for_itself():
    global Again
    Again = "Again"
    with pytest.raises(DSLError):

        @gtx.field_operator
        def copy(a: "Again") -> F:
            return a


@pytest.mark.parametrize(
    ("name", "dtype"),
    [("float", "float64"), ("float64", "float64"), ("f4", "float32"), ("int", "int64"), ("bool", "bool")],
)
def test_data_types_by_name(name, dtype):
    assert gtx.Field[[I], name] == gtx.Field[[I], getattr(np, dtype if dtype != "bool" else "bool_")]


# What is no type


T = TypeVar("T")
REFUSED = {
    "optional": (Optional[F], "Optional"),  # noqa: UP045
    "or none": (F | None, "Optional"),
    "none or": (None | F, "Optional"),
    "union": (Union[F, float], "Union"),  # noqa: UP007
    "union of scalars": (float | int, "float | int"),
    "list": (list[float], "list"),
    "any": (Any, "Any"),
    "none": (None, "None"),
    "array": (np.ndarray, "class `ndarray`"),
    "callable": (Callable[[float], float], "Callable"),
    "literal": (Literal[1], "Literal"),
    "number": (3, "3"),
    "array of a type": (np.ndarray[Any, np.dtype[np.float64]], "ndarray"),
    "complex": (np.complex128, "complex128"),
    "string": (str, "class `str`"),
    "tuple of any length": (tuple[float, ...], r"tuple\[float, \.\.\.\]"),
    "plain tuple": (tuple, "tuple"),
    "dimension": (I, "the dimension `I`"),
    "dimensions": (gtx.Dims[I, J], "Dims"),
    "type variable": (T, "~T"),
    "generic alias": (gtx.Field[[I], T], r"Field\[\[I\], ~T\]"),
    "tuple of a generic alias": (tuple[gtx.Field[[I], T], float], r"~T"),
    "optional in a tuple": (tuple[float | None, float], r"tuple\[float \| None, float\]"),
}


@pytest.mark.parametrize(("annotation", "told"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_type_is_refused(annotation, told):
    with pytest.raises(DSLError, match=told) as refused:

        @gtx.field_operator
        def copy(a: F, what: annotation) -> F:
            return a

    lines = str(refused.value).splitlines()
    line = next(line for line in lines if "def copy" in line)
    marked = next(line for line in lines if "^^^" in line)
    assert marked.index("^") == line.index("annotation)"), "the annotation is pointed at"


def test_a_result_that_is_no_type():
    with pytest.raises(InvalidAnnotationError, match="None"):

        @gtx.field_operator
        def copy(a: F) -> None:
            return a


def test_a_program_may_be_annotated_with_any_result():
    @gtx.field_operator
    def copy(a: F) -> F:
        return a

    for result_of in (None, F, "Nothing", tuple[F, F]):

        @gtx.program
        def run(a: F, b: F) -> result_of:
            copy(a, out=b)

        out = np.zeros(1)
        run(np.ones(1), out)
        assert out[0] == 1.0


def test_what_raises_while_it_is_described_is_refused():
    class Odd:
        def __repr__(self):
            raise RuntimeError("no text")

    with pytest.raises(DSLError, match="Odd"):

        @gtx.field_operator
        def copy(a: F, odd: Odd()) -> F:
            return a


def test_tuples_that_double_without_end_are_refused():
    nested = tuple[float, "float"]
    for _ in range(80):
        nested = tuple[nested, nested]
    with pytest.raises(DSLError, match="B0002|too"):

        @gtx.field_operator
        def copy(a: F, b: nested) -> F:
            return a


@pytest.mark.parametrize("innermost", [float, "float"], ids=["type", "text"])
@pytest.mark.parametrize("container", [tuple, list])
def test_what_is_nested_deeper_than_python_recurses_is_refused(container, innermost):
    nested = container[innermost]
    for _ in range(2 * sys.getrecursionlimit()):
        nested = container[nested]
    with pytest.raises(DSLError):

        @gtx.field_operator
        def copy(a: F, b: nested) -> F:
            return a
