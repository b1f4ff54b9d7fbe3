"""Neighbours that do not exist, read by their number: said where nothing keeps them out, refused in checked mode.

Every case is called on both backends, as it is (warnings are expected by line) and in a process with ``BISE_CHECKED=1``
(refusals are expected by line, field and point). Values are NumPy's, where a missing neighbour is zero.
"""

import multiprocessing
import os
import threading
import warnings
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import bise as gtx
from bise import broadcast, float32, float64, int32, max_over, neighbor_sum, where
from bise.errors import MissingNeighbourWarning, TableError

C, E = gtx.Dimension("C"), gtx.Dimension("E")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
E2CDim = gtx.Dimension("E2CDim", kind=gtx.DimensionKind.LOCAL)
C2EDim = gtx.Dimension("C2EDim", kind=gtx.DimensionKind.LOCAL)
E2C = gtx.FieldOffset("E2C", source=C, target=(E, E2CDim))
C2E = gtx.FieldOffset("C2E", source=E, target=(C, C2EDim))
CF, EF, EB = gtx.Field[[C], float64], gtx.Field[[E], float64], gtx.Field[[E], bool]
CK, EK, EKB = gtx.Field[[C, K], float64], gtx.Field[[E, K], float64], gtx.Field[[E, K], bool]

# A limited area: a row of four cells. Edges 3 and 4 are its ends; cell 3 has one edge only.
EDGES = np.array([[0, 1], [1, 2], [2, 3], [3, -1], [-1, 0]], np.int32)
CELLS = np.array([[4, 0], [0, 1], [1, 2], [2, -1]], np.int32)
INSIDE = (EDGES >= 0).all(axis=1)
CS, ES = np.array([1.0, 2.0, 4.0, 8.0]), np.array([1.0, 3.0, 5.0, 7.0, 9.0])


def at(table, column, values):
    """``values(Table[column])``, zero where there is no such neighbour."""
    entries = table[:, column]
    there = (entries >= 0).reshape([-1] + [1] * (values.ndim - 1))
    return np.where(there, values[entries], values.dtype.type(0))


def sums(table, values):
    return at(table, 0, values) + at(table, 1, values)


A, B = at(EDGES, 0, CS), at(EDGES, 1, CS)


@gtx.field_operator
def plain(c: CF) -> EF:
    return c(E2C[1])


@gtx.field_operator
def centred(c: CF) -> EF:
    return 0.5 * (c(E2C[0]) + c(E2C[1]))


@gtx.field_operator
def two_lines(c: CF) -> EF:
    left = c(E2C[0])
    right = c(E2C[1])
    return left + right


@gtx.field_operator
def guarded(c: CF, mask: EB) -> EF:
    return where(mask, c(E2C[1]) - c(E2C[0]), 0.0)


@gtx.field_operator
def guarded_and_not(c: CF, mask: EB) -> EF:
    kept = where(mask, c(E2C[1]), 0.0)
    return kept + c(E2C[1])


@gtx.field_operator
def nested(c: CF, mask: EB, other: EB) -> EF:
    return where(mask, where(other, c(E2C[1]), 2.0), 1.0)


@gtx.field_operator
def upwind(c: CF, u: EF) -> EF:
    return u * where(u > 0.0, c(E2C[0]), c(E2C[1]))


@gtx.field_operator
def both_branches(c: CF, mask: EB) -> EF:
    return where(mask, c(E2C[1]), c(E2C[1]) * 2.0)


@gtx.field_operator
def in_the_mask(c: CF) -> EF:
    return where(c(E2C[1]) > 0.0, 1.0, 2.0)


@gtx.field_operator
def times_zero(c: CF) -> EF:
    return c(E2C[1]) * 0.0


@gtx.field_operator
def by_scalar(c: CF, limited: bool) -> EF:
    return c(E2C[0]) if limited else c(E2C[1])


@gtx.field_operator
def by_if(c: CF, limited: bool) -> EF:
    if limited:
        result = c(E2C[0])
    else:
        result = c(E2C[1])
    return result


@gtx.field_operator
def unused(c: CF) -> EF:
    ignored = c(E2C[1])
    pair = (c(E2C[0]), ignored)
    return pair[0]


@gtx.field_operator
def pair(c: CF, mask: EB) -> tuple[EF, EF]:
    return where(mask, (c(E2C[1]), 3.0 * c(E2C[1])), (broadcast(0.0, (E,)), broadcast(1.0, (E,))))


@gtx.field_operator
def calls(c: CF, mask: EB) -> EF:
    return where(mask, plain(c), 0.0)


@gtx.field_operator
def calls_twice(c: CF, mask: EB) -> EF:
    return where(mask, plain(c), 0.0) + plain(c + 1.0)


@gtx.field_operator
def total(f: EF) -> CF:
    return neighbor_sum(f(C2E), axis=C2EDim)


@gtx.field_operator
def divergence(c: CF) -> CF:
    flux = c(E2C[1])
    return neighbor_sum(flux(C2E), axis=C2EDim)


@gtx.field_operator
def guarded_divergence(c: CF, mask: EB) -> CF:
    flux = where(mask, c(E2C[1]), 0.0)
    return neighbor_sum(flux(C2E), axis=C2EDim)


@gtx.field_operator
def highest(f: EF, mask: gtx.Field[[C], bool]) -> CF:
    return where(mask, max_over(f(C2E), axis=C2EDim), 0.0)


@gtx.field_operator
def neighbour_of_neighbour(c: CF) -> CF:
    return c(E2C[0])(C2E[0])


@gtx.field_operator
def single(c: gtx.Field[[C], float32]) -> gtx.Field[[E], float32]:
    return c(E2C[1])


@gtx.field_operator
def integer(c: gtx.Field[[C], int32]) -> gtx.Field[[E], int32]:
    return c(E2C[1]) + 1


@gtx.field_operator
def zeroed(c: gtx.Field[[C], int32]) -> gtx.Field[[E], int32]:
    return c(E2C[1]) * 0 + c(E2C[0])


@gtx.field_operator
def truth(c: gtx.Field[[C], bool]) -> gtx.Field[[E], bool]:
    return ~c(E2C[1])


@gtx.field_operator
def computed(c: CF) -> EF:
    more = c + 1.0
    return more(E2C[1])


@gtx.field_operator
def constant(mask: EB) -> EF:
    one = broadcast(1.0, (C,))
    return one(E2C[1])


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def running(carry: float64, x: float64, use: bool) -> float64:
    return carry + (x if use else 0.0)


@gtx.scan_operator(axis=K, forward=True, init=(0.0, 0.0))
def delayed(carry: tuple[float64, float64], x: float64) -> tuple[float64, float64]:
    return x, carry[0]


@gtx.field_operator
def column(c: CK, use: EKB) -> EK:
    return running(c(E2C[1]), use)


@gtx.field_operator
def column_before(c: CK) -> EK:
    both = delayed(c(E2C[1]))
    return both[1]


@gtx.field_operator
def sparse(f: EF) -> gtx.Field[[C, C2EDim], float64]:
    return f(C2E)


@gtx.field_operator
def update(c: CF, f: EF) -> CF:
    return c + neighbor_sum(f(C2E), axis=C2EDim)


@gtx.field_operator
def fill(value: EF) -> EF:
    return value


@gtx.field_operator
def positive(f: EF, limit: EF) -> EF:
    return where(limit > 0.0, f, 0.0)


@gtx.field_operator
def by_written_mask(c: CF, f: EF) -> EF:
    return where(f > 4.0, c(E2C[0]), c(E2C[1]))


@gtx.program
def two_statements(c: CF, f: EF, out: CF):
    plain(c, out=f)
    total(f, out=out)


@gtx.program
def overwritten(c: CF, given: EF, f: EF, out: CF):
    plain(c, out=f)
    fill(given, out=f, domain={E: (3, 5)})
    total(f, out=out)


@gtx.program
def overwritten_too_late(c: CF, given: EF, f: EF, out: CF):
    plain(c, out=f)
    total(f, out=out)
    fill(given, out=f, domain={E: (3, 5)})


@gtx.program
def mask_of_an_earlier_statement(c: CF, given: EF, f: EF, out: EF):
    fill(given, out=f)
    by_written_mask(c, f, out=out)


@gtx.program
def inner(c: CF, out: EF):
    centred(c, out=out, domain={E: (0, 3)})


@gtx.program
def inner_scalar(c: CF, out: EF, stop: int32):
    plain(c, out=out, domain={E: (0, stop)})


@dataclass
class Case:
    """A call."""

    operator: object
    arguments: tuple
    result: object  #: expected, or several; ``None`` where the outputs are among the arguments
    warns: tuple = ()  #: texts of the lines that are warned of
    refuses: tuple = ()  #: what the refusal says; nothing where it is not refused
    options: dict = None


BOTH = np.array([1.0, 1.0, 1.0, 0.0, 0.0])
LEFT = INSIDE | (EDGES[:, 0] >= 0)
KS = np.stack([CS, 10 * CS, 100 * CS], axis=1)
ALL = np.ones(5, bool)
USE = np.repeat(INSIDE[:, None], 3, axis=1)
LATE = USE.copy()
LATE[3] = [False, True, True]

CASES = {
    "plain": Case(plain, (CS,), B, ("return c(E2C[1])",), ("`E2C[1]` of `c`", "`out` at E = 3 depends")),
    "centred": Case(centred, (CS,), 0.5 * (A + B), ("c(E2C[0]) + c(E2C[1])",), ("at E = 3", "at E = 4")),
    "two lines": Case(
        two_lines,
        (CS,),
        A + B,
        ("left = c(E2C[0])", "right = c(E2C[1])"),
        ("left = c(E2C[0])", "right = c(E2C[1])", "at E = 3", "at E = 4"),
    ),
    "guarded": Case(guarded, (CS, INSIDE), np.where(INSIDE, B - A, 0.0)),
    "badly guarded": Case(
        guarded,
        (CS, LEFT),
        np.where(LEFT, B - A, 0.0),
        ("where(mask, c(E2C[1]) - c(E2C[0]), 0.0)",),
        ("c(E2C[1]) - ", "at E = 3"),
    ),
    "guarded and not": Case(
        guarded_and_not,
        (CS, INSIDE),
        B + np.where(INSIDE, B, 0.0),
        ("return kept + c(E2C[1])",),
        ("return kept", "at E = 3"),
    ),
    "nested, outer": Case(nested, (CS, INSIDE, ALL), np.where(INSIDE, B, 1.0)),
    "nested, inner": Case(nested, (CS, ALL, INSIDE), np.where(INSIDE, B, 2.0)),
    "nested, neither": Case(
        nested, (CS, ALL, ALL), B, ("where(other, c(E2C[1]), 2.0)",), ("where(other, c(E2C[1])", "at E = 3")
    ),
    "upwind, outflow": Case(upwind, (CS, np.array([1, -1, 1, 1, -1.0])), np.array([1, -4, 4, 8, -1.0])),
    "upwind, inflow": Case(
        upwind,
        (CS, np.array([1, -1, 1, -1, -1.0])),
        np.array([1, -4, 4, 0, -1.0]),
        ("c(E2C[0]), c(E2C[1])",),
        ("at E = 3",),
    ),
    "both branches": Case(
        both_branches,
        (CS, INSIDE),
        np.where(INSIDE, B, 2 * B),
        ("c(E2C[1]) * 2.0",),
        ("c(E2C[1]) * 2.0", "at E = 3"),
    ),
    "in the mask": Case(
        in_the_mask, (CS,), np.where(B > 0, 1.0, 2.0), ("where(c(E2C[1]) > 0.0",), ("at E = 3",)
    ),
    "times zero": Case(times_zero, (CS,), 0 * B, ("c(E2C[1]) * 0.0",), ("at E = 3",)),
    "by scalar": Case(by_scalar, (CS[:3], False), B[:2], (), (), {"domain": {E: (0, 2)}}),
    "by scalar, left": Case(by_scalar, (CS, True), A[:4], (), (), {"domain": {E: (0, 4)}}),
    "by scalar, right": Case(
        by_scalar,
        (CS, False),
        B[:4],
        ("else c(E2C[1])",),
        ("else c(E2C[1])", "at E = 3"),
        {"domain": {E: (0, 4)}},
    ),
    "by if, left": Case(by_if, (CS, True), A[:4], (), (), {"domain": {E: (0, 4)}}),
    "by if, right": Case(
        by_if, (CS, False), B[:4], ("result = c(E2C[1])",), ("result = c(E2C[1])",), {"domain": {E: (0, 4)}}
    ),
    "unused": Case(unused, (CS,), A[:4], (), (), {"domain": {E: (0, 4)}}),
    "pair": Case(pair, (CS, INSIDE), (np.where(INSIDE, B, 0.0), np.where(INSIDE, 3 * B, 1.0))),
    "bad pair": Case(
        pair,
        (CS, ALL),
        (B, 3 * B),
        ("3.0 * c(E2C[1])",),
        ("(c(E2C[1]), 3.0 * c(E2C[1]))", "`out.0`", "`out.1`"),
    ),
    "calls": Case(calls, (CS, INSIDE), np.where(INSIDE, B, 0.0)),
    "calls twice": Case(
        calls_twice,
        (CS, INSIDE),
        np.where(INSIDE, B, 0.0) + at(EDGES, 1, CS + 1),
        ("return c(E2C[1])",),
        ("at E = 3",),
    ),
    "reductions": Case(total, (ES,), sums(CELLS, ES)),
    "guarded reduction": Case(highest, (ES, np.ones(4, bool)), np.array([9.0, 3.0, 5.0, 5.0])),
    "inner read": Case(divergence, (CS,), sums(CELLS, B)),
    "inner read, missing": Case(
        divergence,
        (CS,),
        sums(np.array([[4, 0], [3, 1]]), B),
        ("flux = c(E2C[1])",),
        ("flux = c(E2C[1])", "at C = 1"),
        {"cells": np.array([[4, 0], [3, 1]])},
    ),
    "inner read, guarded": Case(
        guarded_divergence,
        (CS, INSIDE),
        sums(np.array([[4, 0], [3, 1]]), np.where(INSIDE, B, 0.0)),
        (),
        (),
        {"cells": np.array([[4, 0], [3, 1]])},
    ),
    "neighbour of a neighbour": Case(
        neighbour_of_neighbour,
        (CS,),
        at(CELLS, 0, A),
        ("return c(E2C[0])(C2E[0])",),
        ("`E2C[0]`", "at C = 0"),
    ),
    "float32": Case(single, (CS.astype("f4"),), B.astype("f4"), ("return c(E2C[1])",), ("at E = 3",)),
    "int32": Case(integer, (CS.astype("i4"),), B.astype("i4") + 1, ("c(E2C[1]) + 1",), ("at E = 3",)),
    "int32 times zero": Case(
        zeroed,
        (CS.astype("i4"),),
        A[:4].astype("i4"),
        ("c(E2C[1]) * 0",),
        ("c(E2C[1]) * 0", "at E = 3"),
        {"domain": {E: (0, 4)}},
    ),
    "bool": Case(truth, (CS > 2,), ~at(EDGES, 1, CS > 2), ("~c(E2C[1])",), ("at E = 3",)),
    "computed": Case(computed, (CS,), at(EDGES, 1, CS + 1), ("more(E2C[1])",), ("`E2C[1]`\n", "at E = 3")),
    "constant": Case(constant, (INSIDE,), BOTH + [0, 0, 0, 0, 1], ("one(E2C[1])",), ("at E = 3",)),
    "column": Case(column, (KS, USE), np.cumsum(np.where(USE, at(EDGES, 1, KS), 0), axis=1)),
    "column, carried": Case(
        column,
        (KS, LATE),
        np.cumsum(np.where(LATE, at(EDGES, 1, KS), 0), axis=1),
        ("running(c(E2C[1]), use)",),
        ("2 points", "E = 3, K = 1"),
    ),
    "column before": Case(
        column_before,
        (KS,),
        np.pad(at(EDGES, 1, KS), ((0, 0), (1, 0)))[:, :3],
        ("both = delayed(c(E2C[1]))",),
        ("2 points", "E = 3, K = 1"),
    ),
    "one level before": Case(column_before, (KS[:, :1],), np.zeros((5, 1)), (), ()),
    "sparse": Case(sparse, (ES,), np.where(CELLS >= 0, ES[CELLS], 0.0)),
    "two statements": Case(
        two_statements,
        (CS, np.zeros(5), np.zeros(4)),
        None,
        ("return c(E2C[1])",),
        ("`f` at E = 3 depends",),
    ),
    "overwritten": Case(overwritten, (CS, ES, np.zeros(5), np.zeros(4)), None),
    "overwritten too late": Case(
        overwritten_too_late,
        (CS, ES, np.zeros(5), np.zeros(2)),
        None,
        ("return c(E2C[1])",),
        ("`out` at C = 1 depends",),
        {"cells": np.array([[4, 0], [3, 1]])},
    ),
    "mask of an earlier statement": Case(
        mask_of_an_earlier_statement, (CS, np.array([5, 1, 1, 5, 1.0]), np.zeros(5), np.zeros(5)), None
    ),
    "mask of an earlier statement, bad": Case(
        mask_of_an_earlier_statement,
        (CS, ES - 5.0, np.zeros(5), np.zeros(5)),
        None,
        ("c(E2C[0]), c(E2C[1])",),
        ("`out`", "at E = 3"),
    ),
    "part": Case(inner, (CS, np.zeros(5)), None),
    "part by scalar": Case(inner_scalar, (CS, np.zeros(5), 3), None),
    "part by scalar, large": Case(
        inner_scalar, (CS, np.zeros(5), 4), None, ("return c(E2C[1])",), ("`out` at E = 3 depends",)
    ),
    "part by domain": Case(centred, (CS,), 0.5 * (A + B)[:3], (), (), {"domain": {E: (0, 3)}}),
}


def call(name, backend):
    """Runs a case; gives the outputs, those before, what was warned of, and the text of a refusal."""
    case = CASES[name]
    options = dict(case.options or {})
    tables = {"E2C": EDGES.copy(), "C2E": options.pop("cells", CELLS).astype("i4")}
    operator = case.operator.with_backend(backend)
    arguments = [arg.copy() if isinstance(arg, np.ndarray) else arg for arg in case.arguments]
    results = case.result if isinstance(case.result, tuple) else (case.result,)
    if case.result is None:
        outputs = [arg for arg in arguments[1:] if isinstance(arg, np.ndarray)]
    else:
        outputs = [np.full(result.shape, 77).astype(result.dtype) for result in results]
        options["out"] = tuple(outputs) if len(outputs) > 1 else outputs[0]
    before = [output.copy() for output in outputs]
    text = ""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(2):
            try:
                operator(*arguments, offset_provider=tables, **options)
            except TableError as error:
                text = str(error)
    assert all(warning.category is MissingNeighbourWarning for warning in caught)
    return outputs, before, [(str(warning.message), warning.lineno) for warning in caught], text


@pytest.fixture(scope="module")
def checked():
    """A process in which calls are checked."""
    os.environ["BISE_CHECKED"] = "1"
    try:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            yield pool
    finally:
        del os.environ["BISE_CHECKED"]


def expected(case):
    return case.result if isinstance(case.result, tuple) else (case.result,)


@pytest.mark.parametrize("backend", ["native", "reference"])
@pytest.mark.parametrize("name", CASES)
def test_warnings(name, backend):
    case = CASES[name]
    outputs, _, warned, text = call(name, backend)
    assert not text
    if case.result is not None:
        for output, result in zip(outputs, expected(case), strict=True):
            np.testing.assert_array_equal(output, result)
    assert len(warned) == len(case.warns), warned
    source = Path(__file__).read_text().splitlines()
    for (message, number), wanted in zip(warned, case.warns, strict=True):
        assert wanted in message and wanted in source[number - 1]


@pytest.mark.parametrize("backend", ["native", "reference"])
@pytest.mark.parametrize("name", CASES)
def test_checked(checked, name, backend):
    case = CASES[name]
    outputs, before, warned, text = checked.submit(call, name, backend).result()
    assert not warned
    if case.refuses:
        assert "error[B0508]" in text
        for wanted in case.refuses:
            assert wanted in text
        for output, old in zip(outputs, before, strict=True):
            np.testing.assert_array_equal(output, old)
        return
    assert not text
    unchecked = call(name, backend)[0]
    for output, result in zip(outputs, unchecked, strict=True):
        np.testing.assert_array_equal(output, result)


@gtx.program
def overwritten_elsewhere(c: CF, given: EF, a: EF, b: EF):
    plain(c, out=a)
    fill(given, out=b, domain={E: (3, 5)})


@gtx.program
def read_elsewhere(c: CF, a: EF, b: EF, mask: EB, out: EF):
    plain(c, out=a, domain={E: (0, 4)})
    positive(b, b, out=out)
    fill(out, out=a)


def aliased(name, backend):
    """Two parameters that are one array, or its two ends."""
    table = {"E2C": EDGES.copy()}
    memory = np.full(7, 7.0)
    same = name != "apart"
    a, b = memory[:5], memory[:5] if same else np.full(5, 7.0)
    out = np.full(5, 7.0)
    if name == "shifted":
        b = memory[2:]
    try:
        if name == "read":
            read_elsewhere.with_backend(backend)(CS, a, b, INSIDE, out, offset_provider=table)
        else:
            overwritten_elsewhere.with_backend(backend)(CS, ES, a, b, offset_provider=table)
    except TableError as error:
        return str(error), memory.tolist(), b.tolist(), out.tolist()
    return "", memory.tolist(), b.tolist(), out.tolist()


@pytest.mark.parametrize("backend", ["native", "reference"])
def test_checked_mode_follows_memory(checked, backend):
    """What one name writes is what another name of the same memory overwrites and reads."""

    def run(name):
        return checked.submit(aliased, name, backend).result()

    text, memory, _, _ = run("together")
    assert not text and memory == [2, 4, 8, 7, 9, 7, 7]
    text, memory, b, _ = run("apart")
    assert "`a` at E = 3 depends" in text and memory == [7] * 7 and b == [7] * 5
    # `b` starts two elements later: its elements 3 and 4 are beyond those of `a`.
    text, memory, _, _ = run("shifted")
    assert "`a` at E = 3 depends" in text and memory == [7] * 7
    text, memory, _, out = run("read")
    assert "depends on a neighbour" in text and memory == [7] * 7 and out == [7] * 5


def sees(operator, *arguments, tables, **options):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        operator(*arguments, offset_provider=tables, **options)
    return [warning.lineno for warning in caught]


def test_a_line_is_said_once_for_each_table():
    tables = {"E2C": EDGES.copy()}
    (number,) = sees(plain, CS, out=np.ones(5), tables=tables)
    # Other shapes, domains, types of indices and operators that call it: new bindings, the same line.
    assert not sees(plain, CS, out=np.ones(4), tables=tables)
    assert not sees(plain, CS, out=np.ones(10)[::2], tables=tables)
    assert not sees(plain.with_backend("reference"), CS, out=np.ones(5), tables=tables)
    assert not sees(two_statements, CS, np.ones(5), np.ones(4), tables=tables | {"C2E": CELLS})
    assert sees(plain, CS, out=np.ones(5), tables={"E2C": EDGES.copy()}) == [number]
    assert sees(plain, CS, out=np.ones(5), tables={"E2C": EDGES.astype("i8")}) == [number]


def test_a_smaller_domain_is_not_said_and_does_not_hide_a_larger_one():
    tables = {"E2C": EDGES.copy()}
    out = np.ones(5)
    assert not sees(plain, CS, out=out, domain={E: (0, 3)}, tables=tables)
    assert sees(plain, CS, out=out, domain={E: (1, 4)}, tables=tables)


def test_tables_without_missing_neighbours_are_silent():
    assert not sees(centred, CS, out=np.ones(3), tables={"E2C": EDGES[:3].copy()})


def test_data_of_the_first_call_are_looked_at_where_that_is_quick():
    bad, good = EDGES[:, 0] > -2, INSIDE
    tables = {"E2C": EDGES.copy()}
    assert not sees(guarded, CS, good, out=np.ones(5), tables=tables)
    assert not sees(guarded, CS, bad, out=np.ones(5), tables=tables)
    assert sees(guarded, CS, bad, out=np.ones(5), tables={"E2C": EDGES.copy()})
    many = {"E2C": np.tile(EDGES, (20000, 1))}
    assert not sees(guarded, CS, np.tile(bad, 20000), out=np.ones(100000), tables=many)
    # What is certain is said of any number of points.
    assert sees(plain, CS, out=np.ones(100000), tables=many)


def test_a_warning_may_be_an_error():
    tables, out = {"E2C": EDGES.copy()}, np.ones(5)
    for _ in range(2):
        with warnings.catch_warnings():
            warnings.simplefilter("error", MissingNeighbourWarning)
            with pytest.raises(MissingNeighbourWarning, match=r"E2C\[1\]"):
                plain(CS, out=out, offset_provider=tables)
        np.testing.assert_array_equal(out, 1.0)
    assert len(sees(plain, CS, out=out, tables=tables)) == 1
    np.testing.assert_array_equal(out, B)


def test_the_category_can_be_filtered():
    assert issubclass(MissingNeighbourWarning, UserWarning)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", MissingNeighbourWarning)
        plain(CS, out=np.ones(5), offset_provider={"E2C": EDGES.copy()})


def test_rows_are_named():
    table = np.full((1000, 2), -1, np.int32)
    table[:900] = 0
    with pytest.warns(MissingNeighbourWarning) as caught:
        centred(CS, out=np.ones(1000), offset_provider={"E2C": table})
    (text,) = [str(warning.message) for warning in caught]
    assert text.count("100 rows: E = 900, 901, 902, 903, 904, ...") == 2
    assert Path(__file__).name in text and "0.5 * (c(E2C[0]) + c(E2C[1]))" in text


def test_threads_say_it_once():
    tables, threads = {"E2C": EDGES.copy()}, 8
    barrier, errors = threading.Barrier(threads), []

    def work():
        out = np.ones(5)
        barrier.wait()
        try:
            plain(CS, out=out, offset_provider=tables)
        except MissingNeighbourWarning as error:
            errors.append(error)

    def run():
        workers = [threading.Thread(target=work) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run()
    assert len(errors) == threads
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run()
    assert len(caught) == 1


def test_what_is_called_while_it_is_said_may_call_the_same_line():
    tables, seen = {"E2C": EDGES.copy()}, []

    def show(*_, **__):
        seen.append(plain(CS, out=np.ones(5), offset_provider=tables))

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = show
        plain(CS, out=np.ones(5), offset_provider=tables)
    assert len(seen) == 1


def area(side):
    """Squares of a limited area: the cells of each edge, the edges of each cell, and on which side of it a cell is."""
    cells = np.arange(side * side).reshape(side, side)
    edges, lookup = [], {}
    for axis in (0, 1):
        for index in np.ndindex(*(side + (np.arange(2) == axis))):
            after, before = np.array(index), np.array(index)
            before[axis] -= 1
            ends = [cells[tuple(i)] if 0 <= i[axis] < side else -1 for i in (before, after)]
            lookup[axis, index] = len(edges)
            edges.append(ends)
    around = []
    for x, y in np.ndindex(side, side):
        around.append([lookup[0, (x, y)], lookup[0, (x + 1, y)], lookup[1, (x, y)], lookup[1, (x, y + 1)]])
    return np.array(edges, np.int32), np.array(around, np.int32), np.array([1.0, -1.0, 1.0, -1.0])


@gtx.field_operator
def transport(c: CF, u: EF, sign: gtx.Field[[C, C2EDim], float64]) -> CF:
    flux = u * 0.5 * (c(E2C[0]) + c(E2C[1]))
    return c + neighbor_sum(flux(C2E) * sign, axis=C2EDim)


@gtx.field_operator
def closed_transport(c: CF, u: EF, sign: gtx.Field[[C, C2EDim], float64], open: EB) -> CF:
    flux = where(open, u * 0.5 * (c(E2C[0]) + c(E2C[1])), 0.0)
    return c + neighbor_sum(flux(C2E) * sign, axis=C2EDim)


def test_transport_on_a_limited_area():
    edges, around, sign = area(12)
    u = 0.1 * np.random.default_rng(5).standard_normal(len(edges))
    c, sign = np.random.default_rng(6).random(144), np.tile(sign, (144, 1))
    tables, out = {"E2C": edges, "C2E": around}, np.ones(144)
    assert len(sees(transport, c, u, sign, out=out, tables=tables)) == 1
    open_edges = (edges >= 0).all(axis=1)
    assert not sees(
        closed_transport, c, u, sign, open_edges, out=out, tables={"E2C": edges.copy(), "C2E": around}
    )
    flux = np.where(open_edges, u * 0.5 * (c[edges[:, 0]] + c[edges[:, 1]]), 0.0)
    np.testing.assert_allclose(out, c + (flux[around] * sign).sum(axis=1), rtol=1e-13)
    assert abs(out.sum() - c.sum()) < 1e-12
    # Where the domain leaves out the cells at the rim, nothing is missing.
    rim = {"E2C": edges.copy(), "C2E": around[13:20].copy()}
    assert not sees(transport, c, u, sign, out=np.ones(7), tables=rim)
