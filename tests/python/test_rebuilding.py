"""What an edit of a program compiles anew: machine code is kept by what it is made of."""

import os

import children
import pytest

PROGRAM = """
import sys
import numpy as np
import bise as gtx

I, J = gtx.Dimension("I"), gtx.Dimension("J")
F = gtx.Field[[I, J], gtx.float64]
{operators}
@gtx.program
def p({params}):
{calls}

fields = [gtx.as_field([I, J], np.arange(36.0).reshape(6, 6)) for _ in range(2)]
p(*fields, offset_provider={{}})
print(fields[0].asnumpy().sum())
"""

OPERATOR = """
@gtx.field_operator
def op{n}({a}: F) -> F:
{comment}    return {a}(I + 1) * {number} + {a}(J - 1) - {a} / ({n}.5 + 1.0)
"""


def program(*, a="a", first="q", number="37.25", comment="", statements=40):
    """A program of many small statements; the arguments are how one of them, and the program, are written."""

    def operator(n):
        if n == 37:
            return OPERATOR.format(n=n, a=a, number=number, comment=comment)
        return OPERATOR.format(n=n, a="a", number=f"{n}.25", comment="")

    pairs = [(first, "r"), ("r", first)]
    calls = [
        f"    op{n}({source}, out={target}[1:-1, 1:-1])"
        for n in range(statements)
        for source, target in [pairs[n % 2]]
    ]
    return PROGRAM.format(
        operators="".join(operator(n) for n in range(statements)),
        params=f"{first}: F, r: F",
        calls="\n".join(calls),
    )


def objects(cache):
    return {name for name in os.listdir(cache) if name.endswith(".o")}


@pytest.fixture
def build(tmp_path):
    """Runs a program; the objects that were made for it, and what it prints."""
    cache = tmp_path / "cache"

    def run(text):
        before = objects(cache) if cache.exists() else set()
        printed = children.succeed(tmp_path, text, BISE_CACHE_DIR=str(cache))
        return objects(cache) - before, printed

    run(program())
    return run


def test_the_same_program_is_not_built_again(build):
    assert build(program())[0] == set()


@pytest.mark.parametrize(
    "edit", [{"a": "renamed"}, {"first": "temperature"}, {"comment": "    # one line\n    # another one\n"}]
)
def test_names_comments_and_places_build_nothing(build, edit):
    assert build(program(**edit))[0] == set()


def test_a_number_builds_the_kernels_beside_it(build):
    made, printed = build(program(number="8.5"))
    assert len(made) == 1
    assert printed != build(program())[1]


def test_a_statement_more_builds_the_kernels_beside_it(build):
    assert 1 <= len(build(program(statements=41))[0]) <= 2
