"""What text is compiled: that of the code which runs, however it stands in its file; everything else is refused."""

import doctest
import functools
import importlib.util
import itertools
import linecache
import sys

import numpy as np
import pytest

import bise as gtx
from bise import errors

I = gtx.Dimension("I")
F = gtx.Field[[I], gtx.float64]

HEAD = """\
import numpy as np
import bise as gtx
I = gtx.Dimension("I")
F = gtx.Field[[I], gtx.float64]
"""
COUNT = itertools.count()


def execute(text, file, names):
    exec(compile(text, file, "exec"), names)  # noqa: S102 - what notebooks and doctests do is tested here


def value(operator):
    """What an operator makes of 3.0."""
    out = np.zeros(1)
    operator(np.full(1, 3.0), out=out, offset_provider={})
    return out[0]


def write(path, text):
    path.write_bytes(text.encode())
    return path


@pytest.fixture
def load(tmp_path):
    """A function that writes a text to a new file and imports it."""

    def load(text):
        path = write(tmp_path / f"model_{next(COUNT)}.py", HEAD + text)
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.path = path
        return module

    return load


# ---- the text is that of the function


def doubled(function):
    @functools.wraps(function)
    def inner(*args):
        return 2.0 * function(*args)

    return inner


def registered(function):
    function.is_registered = True
    return function


def test_a_function_in_the_place_of_another_is_refused():
    for decorator in (
        gtx.field_operator,
        gtx.scan_operator(axis=gtx.Dimension("K", kind="vertical")),
        gtx.program,
    ):
        with pytest.raises(errors.SourceError, match="a decorator has put 'inner' of .*test_source.py"):

            @decorator
            @doubled
            def plus(a: F) -> F:
                return a + 1.0


def test_a_decorator_that_returns_its_function_is_none():
    @gtx.field_operator
    @registered
    def plus(a: F) -> F:
        return a + 1.0

    assert plus.definition.is_registered and value(plus) == 4.0


def test_a_decorator_without_wraps_is_what_it_is():
    def doubled(function):
        def inner(*args):
            return 2.0 * function(*args)

        return inner

    with pytest.raises(errors.DSLError, match="variable"):

        @gtx.field_operator
        @doubled
        def plus(a: F) -> F:
            return a + 1.0


FACTORY = """
def make():
    @gtx.field_operator
    def f(a: F) -> F:
        return a * 2.0
    return f
"""


@pytest.mark.parametrize(
    "edited",
    [
        FACTORY.replace("2.0", "3.0"),
        FACTORY.replace("a * 2.0", "a + 2.0"),
        FACTORY.replace("a * 2.0", "np.float64(2.0) * a"),
        FACTORY.replace("def f", "def g").replace("return f", "return g"),
        "def make():\n    return 2.0\n",
        "",
        "def (:\n",
    ],
)
def test_a_file_that_was_edited_is_refused(load, edited):
    model = load(FACTORY)
    write(model.path, HEAD + edited)
    with pytest.raises(errors.SourceError, match="the file has changed since it was imported"):
        model.make()


@pytest.mark.parametrize(
    "edited",
    [
        "# one\n# two\n" + FACTORY,
        "def f(a):\n    return a * 3.0\n" + FACTORY,
        FACTORY.replace(
            "return a * 2.0", "# the double\n        return (\n            a\n            * 2.0\n        )"
        ),
        FACTORY + FACTORY.replace("make", "other").replace("2.0", "3.0"),
    ],
)
def test_an_edit_that_leaves_the_code_alone_is_none(load, edited):
    model = load(FACTORY)
    write(model.path, HEAD + edited)
    assert value(model.make()) == 6.0


def test_what_was_read_before_an_edit_stays_known(load):
    model = load(FACTORY + "first = make()\n")
    write(model.path, HEAD + FACTORY.replace("2.0", "3.0"))
    assert value(model.first) == value(model.make()) == 6.0


def test_functions_of_one_name_are_told_apart(load):
    model = load("""
made = []
for n in (1, 2):
    if n == 1:
        @gtx.field_operator
        def f(a: F) -> F:
            return a + 1.0
    else:
        @gtx.field_operator
        def f(a: F) -> F:
            return a + 2.0
    made.append(f)
@gtx.field_operator
def f(a: F) -> F:
    return a + 3.0
made.append(f)
class Upper:
    @gtx.field_operator
    def f(a: F) -> F:
        return a + 4.0
made.append(Upper.f)
""")
    assert [value(f) for f in model.made] == [4.0, 5.0, 6.0, 7.0]


def test_functions_of_a_loop_have_their_own_names(load):
    model = load("""
def make(n):
    @gtx.field_operator
    def f(a: F) -> F:
        return a + n
    return f
made = [make(float(n)) for n in range(5)]
""")
    assert [value(f) for f in model.made] == [3.0, 4.0, 5.0, 6.0, 7.0]


def test_texts_of_one_file_name_are_told_apart():
    for n in (1.0, 2.0, 3.0):
        text = HEAD + f"@gtx.field_operator\ndef f(a: F) -> F:\n    return a + {n}\n"
        linecache.cache["<made>"] = (len(text), None, text.splitlines(True), "<made>")
        names = {}
        execute(text, "<made>", names)
        assert value(names["f"]) == 3.0 + n
    with pytest.raises(errors.SourceError, match="compiles to other code"):
        execute(text.replace("3.0", "4.0"), "<made>", {})


def test_text_without_a_file_is_refused():
    with pytest.raises(errors.SourceError, match="'f' .<nowhere>. is not to be had.*linecache.cache"):
        execute(HEAD + "@gtx.field_operator\ndef f(a: F) -> F:\n    return a\n", "<nowhere>", {})


def test_lambdas_are_refused_by_name():
    named = lambda a: a + 1.0
    named.__name__ = named.__qualname__ = "named"
    for function in (named, lambda a: a):
        with pytest.raises(TypeError, match="@field_operator takes no lambda.*write `def"):
            gtx.field_operator(function)


def test_names_that_were_set_do_not_matter():
    made = []
    for n in (1.0, 2.0):

        def f(a: F) -> F:
            return a + n  # noqa: B023

        f.__name__ = f"plus_{n:.0f}"
        f.__qualname__ = f"made.plus_{n:.0f}"
        made.append(gtx.field_operator(f))
    assert [value(f) for f in made] == [4.0, 5.0]
    assert made[1].__name__ == "plus_2" and made[1].__qualname__ == "made.plus_2"


def test_code_in_the_place_of_code_is_what_runs():
    def one(a: F) -> F:
        return a + 1.0

    def two(a: F) -> F:
        return a + 2.0

    one.__code__ = two.__code__
    assert value(gtx.field_operator(one)) == 5.0


def test_tracing_changes_nothing():
    sys.settrace(lambda *_: None)
    try:

        @gtx.field_operator
        def f(a: F) -> F:
            return a + 1.0
    finally:
        sys.settrace(None)
    assert value(f) == 4.0


# ---- cutting it out


FORMS = {
    "a comment at the margin": """
def make():
    @gtx.field_operator
    def f(a: F) -> F:
#       return a
        return a * 2.0
# the end
    return f
f = make()
""",
    "a comment at the margin at the end": """
if True:
    @gtx.field_operator
    def f(a: F) -> F:
        return a * 2.0
#       return a
""",
    "text at the margin": '''
def make():
    @gtx.field_operator
    def f(a: F) -> F:
        """Twice.

Line at the margin.
\tTab.
        """
        return a * 2.0
    return f
f = make()
''',
    "brackets at the margin": """
def make():
    @gtx.field_operator
    def f(
a: F
) -> F:
        return (
a
* 2.0
)
    return f
f = make()
""",
    "a continued line at the margin": """
def make():
    @gtx.field_operator
    def f(a: F) \\
-> F:
        return a \\
* 2.0
    return f
f = make()
""",
    "tabs": """
def make():
\t@gtx.field_operator
\tdef f(a: F) -> F:
\t\tb = a * 2.0
\t\treturn b
\treturn f
f = make()
""",
    "tabs and spaces": """
def make():
        @gtx.field_operator
        def f(a: F) -> F:
        \tb = a * 2.0
        \treturn b
        return f
f = make()
""",
    "form feeds": """
\f
@gtx.field_operator
\fdef f(a: F) -> F:
\f    b = a * 2.0
\f
    return b
""",
    "one line": """
@gtx.field_operator
def f(a: F) -> F: return a * 2.0
""",
    "one line of several statements": """
if True:
    @gtx.field_operator
    def f(a: F) -> F: b = a; c = b * 2.0; return c;
""",
    "decorators with comments below": """
def make():
    @registered
    # one

# two
    @gtx.field_operator(
    backend=None
    )  # three
    # four

    def f(a: F) -> F:
        return a * 2.0
    return f
def registered(f): return f
f = make()
""",
    "a decorator of several lines": """
@(lambda g:
    gtx.field_operator(g))
def f(a: F) -> F:
    return a * 2.0
""",
    "def on a line of its own": """
@gtx.field_operator
def \\
    f(a: F) -> F:
    return a * 2.0
""",
    "a decorator called later": """
def g(a: F) -> F:
    return a * 2.0
f = gtx.field_operator(g)
""",
    "a class": """
class Steps:
    class Inner:
        @staticmethod
        @gtx.field_operator
        def f(a: F) -> F:
            return a * 2.0
f = Steps.Inner.f
""",
    "try, with, for, while, match": """
import contextlib
try:
    with contextlib.nullcontext():
        for _ in range(1):
            while True:
                match 1:
                    case 1:
                        @gtx.field_operator
                        def f(a: F) -> F:
                            return a * 2.0
                break
finally:
    pass
""",
    "a factory in a class": """
class Model:
    scale = 2.0
    def step(self):
        scale = self.scale
        @gtx.field_operator
        def f(a: F) -> F:
            return a * scale
        return f
f = Model().step()
""",
    "private names": """
__scale = 5.0
_Model__scale = 2.0
class Model:
    def step(self):
        @gtx.field_operator
        def f(a: F) -> F:
            __b = a * __scale
            return __b
        return f
f = Model().step()
""",
    "private names of closures": """
__scale = 5.0
class __Model:
    def step(self, __scale):
        @gtx.field_operator
        def f(a: F) -> F:
            return a * __scale
        return f
f = __Model().step(2.0)
""",
    "quotes and hashes in text": r"""
def make():
    @gtx.field_operator
    def f(a: F) -> F:
        '''def f(a: F) -> F: # " \"''' "#'" '"'
        return a * 2.0  # "
    return f
f = make()
""",
    "postponed annotations": """
from bise import where
@gtx.field_operator
def f(a: "F") -> "F":
    return where(a > 0.0, a, -a) * 2.0
""",
    "letters of the world": """
def make():
    "äöü € 😀"
    β = 2.0
    @gtx.field_operator
    def f(α: F) -> F:
        "😀 äöü"
        return α * β
    return f
f = make()
""",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_text_is_cut_out_of_its_surroundings(load, form, ending):
    assert value(load(FORMS[form].replace("\n", ending)).f) == 6.0


def test_a_file_without_a_last_line_end(load):
    assert value(load("@gtx.field_operator\ndef f(a: F) -> F:\n    return a * 2.0").f) == 6.0


@pytest.mark.parametrize("flags", [[], ["-O"], ["-OO"], ["-X", "no_debug_ranges"]])
def test_options_of_python_change_nothing(tmp_path, flags):
    import subprocess

    text = (
        HEAD
        + '''
def make():
    assert I
    @gtx.field_operator
    def f(a: F) -> F:
        """Twice."""
        return a * 2.0
    return f
out = np.zeros(1)
make()(np.ones(1), out=out, offset_provider={})
print(out[0])
'''
    )
    path = write(tmp_path / "model.py", text)
    ran = subprocess.run([sys.executable, *flags, path], capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("2.0\n", "")


def test_modules_with_postponed_annotations(tmp_path, load):
    text = f"from __future__ import annotations\n{HEAD}@gtx.field_operator\ndef f(a: F) -> F:\n    return a * 2.0\n"
    path = write(tmp_path / "postponed.py", text)
    spec = importlib.util.spec_from_file_location("postponed", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert value(module.f) == 6.0


def test_doctests():
    text = HEAD + "@gtx.field_operator\ndef f(a: F) -> F:\n    return a * 2.0\nout = np.zeros(1)\n"
    text += "f(np.ones(1), out=out, offset_provider={})\nprint(out[0])"
    lines = [f">>> {line}" if line[:1] not in (" ",) else f"... {line}" for line in text.split("\n")]
    lines = [line.replace(">>> def", "... def") for line in lines]
    test = doctest.DocTestParser().get_doctest("\n".join([*lines, "2.0", ""]), {}, "margin", None, 0)
    assert doctest.DocTestRunner().run(test).failed == 0


def test_cells_of_a_notebook():
    names = {}
    for n, cell in enumerate(
        [HEAD, "@gtx.field_operator\ndef f(a: F) -> F:\n    return a * np.float64(2.0)\n"]
    ):
        file = f"/tmp/ipykernel_4711/{n}.py"
        linecache.cache[file] = (len(cell), None, cell.splitlines(True), file)
        execute(cell, file, names)
    assert value(names["f"]) == 6.0


@pytest.mark.parametrize("indent", ["", "    ", "\t"])
def test_diagnostics_point_into_the_file(load, indent):
    body = f"""@gtx.field_operator
def f(a: F) -> F:
{indent}# 😀
{indent}"é"; return a + nowhere
"""
    text = (
        "if True:\n" + "".join(f"{indent}{line}\n" for line in body.splitlines())
        if indent
        else body.replace("\n#", "\n #").replace('\n"', '\n "')
    )
    with pytest.raises(errors.UndefinedSymbolError) as raised:
        load(text)
    written = (HEAD + text).splitlines()
    line = next(n for n, line in enumerate(written, 1) if "nowhere" in line)
    column = written[line - 1].index("nowhere") + 1
    assert f".py:{line}:{column}\n" in str(raised.value)
    assert raised.value.diagnostics[0].place.endswith(f".py:{line}")
