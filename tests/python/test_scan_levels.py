"""Random scan operators that know their level, against plain Python, column by column."""

import random
import runpy

import numpy as np
import pytest

import bise as gtx

I = gtx.Dimension("I")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
PAD = 4  # inputs reach as far beyond the levels that are written

HEADER = """
import bise as gtx
from bise import Field, as_offset, astype, concat_where, float64, index, int32, maximum, minimum

I = gtx.Dimension("I")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
Koff = gtx.FieldOffset("Koff", source=K, target=(K,))
IK, Distances = Field[[I, K], float64], Field[[I, K], int32]


@gtx.scan_operator(axis=K, forward={forward}, init=0.25)
def scan(c: float64, a: float64, b: float64, d: int32, n: int32, m: int32) -> float64:
    e = a + b
    e += c * 0.5
    r = {body}
    return r * 0.125 + e * 0.25


@gtx.field_operator
def op(a: IK, b: IK, d: Distances, n: int32, m: int32) -> IK:
    return scan(a, b, d, n, m)
"""


def number(draw, depth):
    """A number of a level, as Bise has it and as Python has it of columns `a`, `b`, `d` at level `k`."""
    below = lambda count: zip(*(number(draw, depth - 1) for _ in range(count)), strict=True)
    leaves = ["carry", "here", "there", "literal", "lookup", "far lookup"]
    inner = [
        "binary",
        "binary",
        "piece",
        "piece",
        "section",
        "choice",
        "chain",
        "index",
        "there",
        "far lookup",
    ]
    kind = draw.choice(inner if depth > 0 else leaves)
    name = draw.choice("ab")
    if kind == "carry":
        return "c", "c"
    if kind == "here":
        return name, f"{name}[k]"
    if kind == "there":
        distance = draw.choice([-3, -2, -1, 1, 2, 3])
        return f"{name}(K + {distance})".replace("+ -", "- "), f"{name}[k + {distance}]"
    if kind == "literal":
        return "1.25", "1.25"
    if kind == "index":
        return "astype(index(K), float64)", "float(k)"
    if kind == "lookup":
        return f"{name}(as_offset(Koff, d))", f"{name}[clip(k + d[k])]"
    if kind == "far lookup":
        (x,), (p,) = below(1) if depth > 0 else (("c",), ("c",))
        return (
            f"{name}(as_offset(Koff, astype(minimum(maximum({x}, -9.0), 9.0), int32)))",
            f"{name}[clip(k + int(min(max({p}, -9.0), 9.0)))]",
        )
    if kind == "binary":
        (x, y), (p, q) = below(2)
        operator = draw.choice("+-*")
        return f"({x} {operator} {y})", f"({p} {operator} {q})"
    (x, y, z), (p, q, r) = below(3)
    if kind == "choice":
        return f"({x} if {y} > {z} else {z})", f"({p} if {q} > {r} else {r})"
    if kind == "chain":
        return f"({x} if {y} < {z} <= {x} else 1.5)", f"({p} if {q} < {r} <= {p} else 1.5)"
    low, high = draw.randint(0, 3), draw.choice(["n", "n - 2", "3", "m", "n + m"])
    region = f"{low} <= K < {high}" if kind == "section" else f"K {draw.choice(COMPARISONS)} {high}"
    return f"concat_where({region}, {x}, {y})", f"({p} if {region.replace('K', 'k')} else {q})"


COMPARISONS = ["<", "<=", ">", ">=", "==", "!="]


@pytest.mark.parametrize("seed", range(60))
def test_a_scan_is_what_a_loop_over_levels_gives(seed, tmp_path):
    draw = random.Random(seed)
    body, python = number(draw, 4)
    forward = draw.random() < 0.5
    path = tmp_path / "model.py"
    path.write_text(HEADER.format(forward=forward, body=body))
    columns, levels = draw.choice([1, 3, 17]), draw.choice([1, 2, 9, 21])
    n, m = draw.randint(-2, levels + 2), draw.randint(0, levels)
    low, high = -PAD, levels + PAD
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, columns, high - low))
    d = rng.integers(-6, 7, (columns, levels)).astype(np.int32)

    step = eval(f"lambda c, a, b, d, k, n, m: {python}", {"clip": lambda k: max(low, min(k, high - 1))})
    expected = np.zeros((columns, levels))
    for i in range(columns):
        of = [dict(zip(range(low, high), values[i], strict=True)) for values in (a, b)]
        c = 0.25
        for k in range(levels) if forward else reversed(range(levels)):
            e = of[0][k] + of[1][k] + c * 0.5
            c = step(c, *of, d[i], k, n, m) * 0.125 + e * 0.25
            expected[i, k] = c

    operator = runpy.run_path(str(path))["op"]
    order, out_order = draw.choice("CF"), draw.choice("CF")
    fields = [gtx.as_field({I: (0, columns), K: (low, high)}, np.array(x, order=order)) for x in (a, b)]
    for backend in ("native", "reference"):
        out = np.zeros((columns, levels), order=out_order)
        target = gtx.as_field((I, K), out, copy=False)
        operator.with_backend(backend)(*fields, gtx.as_field((I, K), d), n, m, out=target)
        assert np.array_equal(out, expected), (backend, body)
