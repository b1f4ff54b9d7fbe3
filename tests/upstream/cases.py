"""Programs for `gt4py.next` that run on both systems, each on random inputs: results by name, in one file.

    python cases.py RESULTS.npz [SEED]              # by upstream's own Python
    python -m bise cases.py RESULTS.npz [SEED]      # by Bise; with --embedded, run by Python there too

Only what upstream's embedded execution has, so that it can be the judge.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import gt4py.next as gtx
import numpy as np
from gt4py.next import (
    Dims,
    Field,
    abs,
    arctan,
    astype,
    broadcast,
    cos,
    exp,
    float32,
    float64,
    floor,
    fmod,
    int32,
    isinf,
    isnan,
    log,
    max_over,
    maximum,
    min_over,
    minimum,
    neighbor_sum,
    sin,
    sqrt,
    tanh,
    where,
)
from gt4py.next.experimental import as_offset, concat_where

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
Cell = gtx.Dimension("Cell")
Edge = gtx.Dimension("Edge")
E2CDim = gtx.Dimension("E2C", kind=gtx.DimensionKind.LOCAL)
C2EDim = gtx.Dimension("C2E", kind=gtx.DimensionKind.LOCAL)
E2C = gtx.FieldOffset("E2C", source=Cell, target=(Edge, E2CDim))
C2E = gtx.FieldOffset("C2E", source=Edge, target=(Cell, C2EDim))
Koff = gtx.FieldOffset("Koff", source=K, target=(K,))

IJ = Field[Dims[I, J], float64]
IK = Field[Dims[I, K], float64]
IJ32 = Field[Dims[I, J], float32]
Count = Field[Dims[I, J], int32]
CellK = Field[Dims[Cell, K], float64]
EdgeK = Field[Dims[Edge, K], float64]


@gtx.field_operator
def laplacian(a: IJ) -> IJ:
    return a(I + 1) + a(I - 1) + a(J + 1) + a(J - 1) - 4.0 * a


@gtx.field_operator
def flux(a: IJ, q: IJ) -> tuple[IJ, IJ]:
    x = laplacian(a)
    fx = x(I + 1) - x
    fy = x(I + 1)(J + 1) - x
    return where(fx * (q(I + 1) - q) > 0.0, 0.0, fx), where(fy < 0.25, fy, q)


@gtx.field_operator
def integers(a: Count, b: Count) -> tuple[Count, Count, Count, Count]:
    return a // b, a % b, minimum(a, b) * maximum(a, b), (a + b) * 3 - a


@gtx.field_operator
def truth(a: Count, b: Count) -> tuple[Field[Dims[I, J], bool], Field[Dims[I, J], bool]]:
    return (a < b) & ~(a == 3) | (b != 2), (a >= b) ^ (b <= 4)


@gtx.field_operator
def single(a: IJ32, b: IJ32) -> tuple[IJ32, IJ]:
    x = a * float32(0.1) + b / a
    return x, astype(x, float64) * 0.1


@gtx.field_operator
def floors(a: IJ, b: IJ) -> tuple[IJ, IJ, Count, IJ]:
    return a // b, fmod(a, b), astype(a * 10.0, int32), floor(a)


@gtx.field_operator
def functions(a: IJ, b: IJ) -> tuple[IJ, IJ, IJ, IJ]:
    x = sqrt(abs(a)) + exp(b)
    y = sin(a) * cos(b) + tanh(a)
    return x, y, log(abs(a) + 1.0) + arctan(b), abs(a) ** b


@gtx.field_operator
def extremes(a: IJ, b: IJ) -> tuple[IJ, IJ, Field[Dims[I, J], bool]]:
    return minimum(a, b), maximum(a, b), isnan(a) | isinf(b)


@gtx.field_operator
def branches(a: IJ, n: int32, flag: bool) -> IJ:
    if flag:
        b = a * 2.0
        c = a + 1.0
    else:
        b = -a
        c = a
    if n > 3:
        return b + c
    return b - c if n == 2 else b


@gtx.field_operator
def spread(a: Field[Dims[I], float64], b: Field[Dims[K], float64], s: float64) -> IK:
    return broadcast(a, (I, K)) * b + broadcast(s, (I, K))


@gtx.field_operator
def gradient(c: CellK, w: Field[Dims[Edge, E2CDim], float64]) -> tuple[EdgeK, EdgeK]:
    return c(E2C[1]) - c(E2C[0]), neighbor_sum(c(E2C) * w, axis=E2CDim)


@gtx.field_operator
def divergence(e: EdgeK) -> tuple[CellK, CellK, CellK]:
    return (
        neighbor_sum(e(C2E), axis=C2EDim),
        max_over(e(C2E), axis=C2EDim),
        min_over(e(C2E), axis=C2EDim),
    )


@gtx.field_operator
def looked_up(a: IK, d: Field[Dims[I, K], int32]) -> IK:
    return a(as_offset(Koff, d)) + a(K + 1)


@gtx.field_operator
def layers(a: IK, b: IK) -> IK:
    return concat_where(K < 2, a, concat_where(K == 3, a + b, b))


@gtx.scan_operator(axis=K, forward=True, init=(0.0, 1))
def upward(state: tuple[float64, int32], a: float64) -> tuple[float64, int32]:
    total = state[0] * 0.5 + a
    if total > 0.8:
        total = total - a
    return total, state[1] + 2


@gtx.scan_operator(axis=K, forward=False, init=1.0)
def downward(state: float64, a: float64, b: float64) -> float64:
    return a / (b + state) if b > 0.5 else state


@gtx.field_operator
def both_ways(a: IK, b: IK) -> IK:
    up, n = upward(a)
    return up + downward(a, b) * astype(n, float64)


class Wind(NamedTuple):
    u: IJ
    v: IJ


@gtx.field_operator
def turned(wind: Wind, s: float64) -> Wind:
    return Wind(u=-wind.v * s, v=wind.u(I + 1))


@gtx.field_operator
def entries(w: Field[Dims[Edge, E2CDim], float64], c: CellK) -> EdgeK:
    return w[E2CDim(1)] * c(E2C[0]) - w[E2CDim(0)]


@gtx.field_operator
def second_neighbours(c: CellK) -> CellK:
    return neighbor_sum((c(E2C[0]) + c(E2C[1]))(C2E), axis=C2EDim) * 0.5


@gtx.field_operator
def converted(a: IJ, n: Count) -> tuple[Count, Field[Dims[I, J], bool], IJ32, IJ]:
    return astype(a, int32), astype(n, bool), astype(a, float32), astype(n, float64)


@gtx.program
def windows(a: IJ, b: IJ, c: IJ, n: int32):
    laplacian(a, out=b[1:-1, 1:-1])
    laplacian(b, out=c, domain={I: (2, n - 2), J: (2, n + 1)})
    laplacian(c, out=b, domain={I: (minimum(3, n), n - 3), J: (3, 6)})


@gtx.program
def diffusion(a: IJ, q: IJ, fx: IJ, fy: IJ, out: IJ):
    flux(a, q, out=(fx[2:-2, 2:-2], fy[2:-2, 2:-2]))
    laplacian(fx, out=out, domain={I: (3, 7), J: (3, 6)})


CASES: dict[str, Callable[[np.random.Generator], dict[str, Any]]] = {}


def case(function: Callable[[np.random.Generator], dict[str, Any]]) -> Any:
    CASES[function.__name__] = function
    return function


def given(rng: np.random.Generator, dims: list[Any], shape: tuple[int, ...], dtype: Any = float64) -> Any:
    if np.dtype(dtype).kind == "f":
        return gtx.as_field(dims, (rng.random(shape) * 4.0 - 2.0).astype(dtype))
    return gtx.as_field(dims, rng.integers(-7, 8, shape).astype(dtype))


@case
def stencils(rng: np.random.Generator) -> dict[str, Any]:
    a, q, fx, fy, out = (given(rng, [I, J], (11, 9)) for _ in range(5))
    diffusion(a, q, fx, fy, out, offset_provider={})
    return {"fx": fx, "fy": fy, "out": out}


@case
def whole_numbers(rng: np.random.Generator) -> dict[str, Any]:
    a, b = given(rng, [I, J], (5, 7), int32), given(rng, [I, J], (5, 7), int32)
    b = gtx.as_field([I, J], np.where(b.asnumpy() == 0, 3, b.asnumpy()).astype(np.int32))
    outs = [gtx.zeros({I: 5, J: 7}, dtype=int32) for _ in range(4)]
    integers(a, b, out=tuple(outs), offset_provider={})
    bools = [gtx.zeros({I: 5, J: 7}, dtype=bool) for _ in range(2)]
    truth(a, b, out=tuple(bools), offset_provider={})
    return {f"i{n}": out for n, out in enumerate(outs)} | {f"b{n}": out for n, out in enumerate(bools)}


@case
def floats(rng: np.random.Generator) -> dict[str, Any]:
    a, b = given(rng, [I, J], (5, 7)), given(rng, [I, J], (5, 7))
    x, y = given(rng, [I, J], (5, 7), float32), given(rng, [I, J], (5, 7), float32)
    singles = gtx.zeros({I: 5, J: 7}, dtype=float32), gtx.zeros({I: 5, J: 7})
    single(x, y, out=singles, offset_provider={})
    parts = [gtx.zeros({I: 5, J: 7}) for _ in range(2)]
    whole, last = gtx.zeros({I: 5, J: 7}, dtype=int32), gtx.zeros({I: 5, J: 7})
    floors(a, b, out=(*parts, whole, last), offset_provider={})
    return {"f32": singles[0], "f64": singles[1], "q": parts[0], "r": parts[1], "i": whole, "l": last}


@case
def math_functions(rng: np.random.Generator) -> dict[str, Any]:
    a, b = given(rng, [I, J], (5, 7)), given(rng, [I, J], (5, 7))
    outs = [gtx.zeros({I: 5, J: 7}) for _ in range(4)]
    functions(a, b, out=tuple(outs), offset_provider={})
    return {f"near{n}": out for n, out in enumerate(outs)}


@case
def special_values(rng: np.random.Generator) -> dict[str, Any]:
    values = np.array([np.nan, np.inf, -np.inf, 1.0, -2.0, 0.0, 3.5])
    a = gtx.as_field([I, J], np.tile(values, (7, 1)))
    b = gtx.as_field([I, J], np.tile(values, (7, 1)).T.copy())
    outs = gtx.zeros({I: 7, J: 7}), gtx.zeros({I: 7, J: 7}), gtx.zeros({I: 7, J: 7}, dtype=bool)
    extremes(a, b, out=outs, offset_provider={})
    return {"min": outs[0], "max": outs[1], "odd": outs[2]}


@case
def choices(rng: np.random.Generator) -> dict[str, Any]:
    a, found = given(rng, [I, J], (5, 7)), {}
    for n, flag in ((1, True), (2, False), (5, True), (4, False)):
        found[f"n{n}"] = gtx.zeros({I: 5, J: 7})
        branches(a, int32(n), flag, out=found[f"n{n}"], offset_provider={})
    return found


@case
def dimensions(rng: np.random.Generator) -> dict[str, Any]:
    out = gtx.zeros({I: 5, K: 4})
    spread(given(rng, [I], (5,)), given(rng, [K], (4,)), 0.25, out=out, offset_provider={})
    return {"out": out}


@case
def meshes(rng: np.random.Generator) -> dict[str, Any]:
    e2c = rng.integers(0, 8, (13, 2)).astype(np.int32)
    c2e = rng.integers(0, 13, (8, 3)).astype(np.int32)
    full = gtx.as_connectivity([Cell, C2EDim], Edge, c2e.copy())
    c2e[2, 2], c2e[5, 1], c2e[7, :2] = -1, -1, -1
    tables = {
        "E2C": gtx.as_connectivity([Edge, E2CDim], Cell, e2c),
        "C2E": gtx.as_connectivity([Cell, C2EDim], Edge, c2e, skip_value=-1),
    }
    c, w = given(rng, [Cell, K], (8, 3)), given(rng, [Edge, E2CDim], (13, 2))
    edges = gtx.zeros({Edge: 13, K: 3}), gtx.zeros({Edge: 13, K: 3})
    gradient(c, w, out=edges, offset_provider=tables)
    found = {"e0": edges[0], "e1": edges[1]}
    for name, table in (("full", full), ("part", tables["C2E"])):
        cells = [gtx.zeros({Cell: 8, K: 3}) for _ in range(3)]
        divergence(edges[0], out=tuple(cells), offset_provider=tables | {"C2E": table})
        found |= {f"{name}{n}": cell for n, cell in enumerate(cells)}
    return found


@case
def columns(rng: np.random.Generator) -> dict[str, Any]:
    a, b = given(rng, [I, K], (6, 5)), given(rng, [I, K], (6, 5))
    up, n = gtx.zeros({I: 6, K: 5}), gtx.zeros({I: 6, K: 5}, dtype=int32)
    upward(a, out=(up, n), offset_provider={})
    down, together = gtx.zeros({I: 6, K: 5}), gtx.zeros({I: 6, K: 5})
    downward(a, b, out=down, offset_provider={})
    both_ways(a, b, out=together, offset_provider={})
    return {"up": up, "n": n, "down": down, "together": together}


@case
def computed_places(rng: np.random.Generator) -> dict[str, Any]:
    a, b = given(rng, [I, K], (6, 7)), given(rng, [I, K], (6, 7))
    to = rng.integers(0, 7, (6, 7)) - np.arange(7)
    d = gtx.as_field([I, K], to.astype(np.int32))
    looked, layered = gtx.zeros({I: 6, K: 7}), gtx.zeros({I: 6, K: 7})
    looked_up(a, d, out=looked[:, :-1], offset_provider={"Koff": K})
    layers(a, b, out=layered, offset_provider={})
    return {"looked": looked, "layered": layered}


@case
def collections(rng: np.random.Generator) -> dict[str, Any]:
    u, v, x, y = (given(rng, [I, J], (6, 4)) for _ in range(4))
    turned(Wind(u, v), 0.5, out=Wind(x[:-1], y[:-1]), offset_provider={})
    return {"u": x, "v": y}


@case
def sparse_fields(rng: np.random.Generator) -> dict[str, Any]:
    e2c = gtx.as_connectivity([Edge, E2CDim], Cell, rng.integers(0, 8, (13, 2)).astype(np.int32))
    c2e = gtx.as_connectivity([Cell, C2EDim], Edge, rng.integers(0, 13, (8, 3)).astype(np.int32))
    w, c = given(rng, [Edge, E2CDim], (13, 2)), given(rng, [Cell, K], (8, 3))
    edges, cells = gtx.zeros({Edge: 13, K: 3}), gtx.zeros({Cell: 8, K: 3})
    entries(w, c, out=edges, offset_provider={"E2C": e2c})
    second_neighbours(c, out=cells, offset_provider={"E2C": e2c, "C2E": c2e})
    return {"edges": edges, "cells": cells}


@case
def conversions(rng: np.random.Generator) -> dict[str, Any]:
    a, n = given(rng, [I, J], (6, 4)), given(rng, [I, J], (6, 4), int32)
    outs = [gtx.zeros({I: 6, J: 4}, dtype=dtype) for dtype in (int32, bool, float32, float64)]
    converted(a, n, out=tuple(outs), offset_provider={})
    return {f"out{at}": out for at, out in enumerate(outs)}


@case
def parts(rng: np.random.Generator) -> dict[str, Any]:
    a, b, c = (given(rng, [I, J], (9, 11)) for _ in range(3))
    windows(a, b, c, int32(9), offset_provider={})
    return {"b": b, "c": c}


@case
def fields_outside(rng: np.random.Generator) -> dict[str, Any]:
    a = gtx.as_field(gtx.domain({I: (-1, 5), J: (2, 6)}), rng.random((6, 4)))
    b = gtx.as_field(gtx.domain({I: (0, 7), J: (0, 5)}), rng.random((7, 5)))
    both = a * 2.0 + b
    part = both[1:3, :-1]
    ends = [int(end) for of in (both, part) for r in of.domain.ranges for end in (r.start, r.stop)]
    return {"both": both, "part": part, "row": both[I(2)], "ends": np.array(ends)}


def main() -> None:
    results, seed = sys.argv[1], int(sys.argv[2])
    if "--embedded" in sys.argv:
        import bise

        with bise.debugging():
            return save(results, seed)
    return save(results, seed)


def save(results: str, seed: int) -> None:
    found: dict[str, np.ndarray[Any, Any]] = {}
    for name, run in CASES.items():
        for key, value in run(np.random.default_rng(seed)).items():
            found[f"{name}.{key}"] = value if isinstance(value, np.ndarray) else value.asnumpy()
    np.savez(results, **found)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
