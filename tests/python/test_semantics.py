"""What programs mean: model code as it is written, against NumPy that was written beside it, bit for bit.

The expected values follow the words of the language, not what Bise computes: sums run in table order, nothing is
contracted, an output is written after everything has been read.
"""

import enum
import math
import types

import numpy as np
import pytest

import bise as gtx
from bise import (
    Dims,
    Field,
    abs,
    astype,
    broadcast,
    exp,
    float32,
    float64,
    fmod,
    int32,
    log,
    max_over,
    maximum,
    min_over,
    minimum,
    neighbor_sum,
    power,
    sin,
    sqrt,
    tanh,
    where,
)

wpfloat = gtx.float64
vpfloat = gtx.float32

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
Koff = gtx.FieldOffset("Koff", source=K, target=(K,))
Cell = gtx.Dimension("Cell")
Edge = gtx.Dimension("Edge")
Vertex = gtx.Dimension("Vertex")
C2EDim = gtx.Dimension("C2E", kind=gtx.DimensionKind.LOCAL)
E2CDim = gtx.Dimension("E2C", kind=gtx.DimensionKind.LOCAL)
E2VDim = gtx.Dimension("E2V", kind=gtx.DimensionKind.LOCAL)
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
C2E = gtx.FieldOffset("C2E", source=Edge, target=(Cell, C2EDim))
E2C = gtx.FieldOffset("E2C", source=Cell, target=(Edge, E2CDim))
E2V = gtx.FieldOffset("E2V", source=Vertex, target=(Edge, E2VDim))
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))

SIZES = {I: 9, J: 7, K: 6, Cell: 21, Edge: 37, Vertex: 14, C2EDim: 3, E2CDim: 2, E2VDim: 2, V2EDim: 6}
CK = Field[Dims[Cell, K], wpfloat]
EK = Field[Dims[Edge, K], wpfloat]
IJ = Field[[I, J], wpfloat]
IK = Field[[I, K], wpfloat]
IF = Field[[I], wpfloat]

PHYSICS = types.SimpleNamespace(grav=9.80665, cpd=wpfloat(1004.64))
C_SMAG = 0.15


class Order(enum.IntEnum):
    SECOND = 2


def table(rows, width, size, skips=0.0, seed=7):
    numbers = np.random.default_rng(seed)
    entries = numbers.integers(0, size, (rows, width)).astype(np.int32)
    return np.where(numbers.uniform(size=entries.shape) < skips, -1, entries).astype(np.int32)


C2E_TABLE = table(SIZES[Cell], 3, SIZES[Edge])
E2C_TABLE = table(SIZES[Edge], 2, SIZES[Cell])
E2V_TABLE = table(SIZES[Edge], 2, SIZES[Vertex])
V2E_TABLE = table(SIZES[Vertex], 6, SIZES[Edge], skips=0.25)
V2E_TABLE[3] = -1
PROVIDER = {
    "C2E": gtx.as_connectivity([Cell, C2EDim], Edge, C2E_TABLE),
    "E2C": gtx.as_connectivity([Edge, E2CDim], Cell, E2C_TABLE.astype(np.int64)),
    "E2V": E2V_TABLE,
    "V2E": gtx.as_connectivity([Vertex, V2EDim], Edge, V2E_TABLE),
}


@pytest.fixture
def draw():
    """Random arrays over dimensions; the same ones for every test."""
    numbers = np.random.default_rng(11)

    def draw(*dims, dtype=float):
        shape = tuple(SIZES[dim] for dim in dims)
        if np.dtype(dtype).kind in "iu":
            return numbers.integers(-9, 10, shape).astype(dtype)
        if dtype is bool:
            return numbers.integers(0, 2, shape).astype(bool)
        return numbers.uniform(-1.0, 1.0, shape).astype(dtype)

    return draw


def same(got, expected):
    np.testing.assert_array_equal(np.asarray(got), expected, strict=True)


def folded(values, entries, start=0.0):
    """The sum over neighbours in table order; `values` has the neighbours on axis 1."""
    total = np.full(values.shape[:1] + values.shape[2:], start)
    for column in range(entries.shape[1]):
        mask = (entries[:, column] >= 0).reshape((-1,) + (1,) * (total.ndim - 1))
        total = np.where(mask, total + values[:, column], total)
    return total


# ---- model code


@gtx.field_operator
def kinetic_energy(vn: EK, vt: EK, w: CK) -> tuple[EK, CK]:
    """Horizontal kinetic energy.

    Docstrings may (say anything: like this
    """
    e_kin = wpfloat("0.5") * (vn * vn + vt * vt)
    z = neighbor_sum(e_kin(C2E) * e_kin(C2E), axis=C2EDim)
    return e_kin, z + w(Koff[1]) * w


@gtx.field_operator
def laplacian(psi: CK, geofac: Field[[Cell, C2EDim], wpfloat], length: Field[[Edge], wpfloat]) -> CK:
    gradient = (psi(E2C[1]) - psi(E2C[0])) / length
    return neighbor_sum(gradient(C2E) * geofac, axis=C2EDim)


@gtx.field_operator
def transport(
    psi: CK,
    vn: EK,
    w: CK,
    geofac: Field[[Cell, C2EDim], wpfloat],
    length: Field[[Edge], wpfloat],
    dt: wpfloat,
    smooth: bool,
) -> tuple[CK, tuple[CK, EK]]:
    e_kin, z = kinetic_energy(vn, vt=vn(K + 1), w=w)
    upwind: EK = where(vn > 0.0, psi(E2C[0]), psi(E2C[1]))
    flux = upwind * vn
    new = psi - dt * neighbor_sum(flux(C2E) * geofac, axis=C2EDim)
    if smooth:
        new = new - laplacian(laplacian(psi, geofac, length), geofac, length) * C_SMAG
        energy = z * PHYSICS.grav
    else:
        energy = -z / PHYSICS.cpd
    return new, (energy, e_kin)


@gtx.program(grid_type=gtx.GridType.UNSTRUCTURED)
def step(
    psi: CK,
    vn: EK,
    w: CK,
    geofac: Field[[Cell, C2EDim], wpfloat],
    length: Field[[Edge], wpfloat],
    dt: wpfloat,
    smooth: bool,
    out: tuple[CK, tuple[CK, EK]],
    nlev: int32,
):
    transport(
        psi,
        vn,
        w,
        geofac,
        length,
        dt * 2.0,
        smooth,
        out=out,
        domain=(
            {Cell: (2, 20), K: (1, nlev - 1)},
            ({Cell: (0, 21), K: (0, nlev - 1)}, {Edge: (5, 30), K: (nlev // 3, nlev - 1)}),
        ),
    )


@pytest.mark.parametrize("smooth", [True, False])
def test_transport(draw, smooth):
    psi, vn, w = draw(Cell, K), draw(Edge, K), draw(Cell, K)
    geofac, length = draw(Cell, C2EDim), draw(Edge) + 2.0
    new, energy, kinetic = draw(Cell, K), draw(Cell, K), draw(Edge, K)
    expected = new.copy(), energy.copy(), kinetic.copy()
    step(
        psi, vn, w, geofac, length, 0.125, smooth, (new, (energy, kinetic)), nlev=6, offset_provider=PROVIDER
    )

    e_kin = 0.5 * (vn[:, :-1] * vn[:, :-1] + vn[:, 1:] * vn[:, 1:])
    z = folded(e_kin[C2E_TABLE] * e_kin[C2E_TABLE], C2E_TABLE) + w[:, 1:] * w[:, :-1]
    flux = np.where(vn > 0.0, psi[E2C_TABLE[:, 0]], psi[E2C_TABLE[:, 1]]) * vn
    value = psi - 0.25 * folded(flux[C2E_TABLE] * geofac[:, :, None], C2E_TABLE)

    def lap(a):
        gradient = (a[E2C_TABLE[:, 1]] - a[E2C_TABLE[:, 0]]) / length[:, None]
        return folded(gradient[C2E_TABLE] * geofac[:, :, None], C2E_TABLE)

    if smooth:
        value = value - lap(lap(psi)) * 0.15
    expected[0][2:20, 1:5] = value[2:20, 1:5]
    expected[1][:, 0:5] = z * 9.80665 if smooth else -z / 1004.64
    expected[2][5:30, 2:5] = e_kin[5:30, 2:5]
    for got, wanted in zip((new, energy, kinetic), expected, strict=True):
        same(got, wanted)


@gtx.field_operator
def around(
    e: EK, n: Field[[Edge], int32], weight: Field[[Vertex, V2EDim], wpfloat]
) -> tuple[
    Field[[Vertex, K], wpfloat],
    Field[[Vertex, K], wpfloat],
    Field[[Vertex], int32],
    Field[[Vertex], wpfloat],
    Field[[Vertex], int32],
]:
    return (
        neighbor_sum(where(e(V2E) > 0.0, e(V2E) * weight, weight), axis=V2EDim),
        max_over(e(V2E) + weight, axis=V2EDim),
        neighbor_sum(n(V2E), axis=V2EDim),
        neighbor_sum(weight * weight, axis=V2EDim),
        min_over(n(V2E), axis=V2EDim),
    )


def test_reductions_leave_out_missing_neighbours(draw):
    e, n, weight = draw(Edge, K), draw(Edge, dtype=np.int32), draw(Vertex, V2EDim)
    out = (
        draw(Vertex, K),
        draw(Vertex, K),
        draw(Vertex, dtype=np.int32),
        draw(Vertex),
        draw(Vertex, dtype=np.int32),
    )
    around(e, n, weight, out=out, offset_provider=PROVIDER)
    near, wide = e[V2E_TABLE], weight[:, :, None]
    there = (V2E_TABLE >= 0)[:, :, None]
    same(out[0], folded(np.where(near > 0.0, near * wide, wide), V2E_TABLE))
    # Nobody has no neighbours: the lowest and the highest value of the type.
    lowest = np.finfo(float).min
    same(out[1], np.where(there, near + wide, lowest).max(axis=1))
    same(out[2], np.where(there[:, :, 0], n[V2E_TABLE], 0).sum(axis=1, dtype=np.int32))
    same(out[3], folded(weight * weight, V2E_TABLE))
    same(out[4], np.where(there[:, :, 0], n[V2E_TABLE], np.iinfo(np.int32).max).min(axis=1))
    assert out[0][3].any() == 0 and (out[1][3] == lowest).all()


@gtx.field_operator
def far(c: CK) -> Field[[Vertex, K], wpfloat]:
    folded_twice = neighbor_sum(neighbor_sum(c(E2C), axis=E2CDim)(V2E), axis=V2EDim)
    return folded_twice(Koff[1]) - neighbor_sum(c(E2C[1])(V2E), axis=V2EDim)


def test_shifts_follow_each_other_across_tables(draw):
    c, out = draw(Cell, K), draw(Vertex, K)
    wanted = out.copy()
    far(c, out=gtx.as_field([Vertex, K], out, copy=False)[2:, 1:-1], offset_provider=PROVIDER)
    edges = (0.0 + c[E2C_TABLE[:, 0]]) + c[E2C_TABLE[:, 1]]
    value = folded(edges[V2E_TABLE], V2E_TABLE)[:, 1:]
    value = value - folded(c[E2C_TABLE[:, 1]][V2E_TABLE], V2E_TABLE)[:, :-1]
    wanted[2:, 1:-1] = value[2:, 1:]
    same(out, wanted)


# ---- structured code


@gtx.field_operator
def diagonal(a: IJ) -> IJ:
    b = a(I + 1)(J - 1) + a(I + 2, J - 1) - a(I - 2)(J + 1)
    return b * b(I - 1)


@pytest.mark.parametrize("start", [(0, 0), (-5, -4), (3, 100)])
def test_indices_are_absolute(start):
    i0, j0 = start
    data = np.random.default_rng(4).uniform(-1.0, 1.0, (14, 10))
    a = gtx.as_field({I: (i0, i0 + 14), J: (j0, j0 + 10)}, data)
    out = gtx.zeros({I: (i0, i0 + 14), J: (j0, j0 + 10)})
    diagonal(a, out=out, domain={I: (i0 + 3, i0 + 11), J: (j0 + 1, j0 + 9)})
    b = data[3:13, 0:8] + data[4:14, 0:8] - data[0:10, 2:10]  # b at I 2..12, J 1..9
    wanted = np.zeros((14, 10))
    wanted[3:11, 1:9] = b[1:9] * b[:8]
    same(out.asnumpy(), wanted)
    with pytest.raises(gtx.errors.IndexOutOfBounds, match="`a`.*`I`"):
        diagonal(a, out=out)


@gtx.field_operator
def left(a: IF) -> IF:
    return a(I - 1) + 0.5 * a


@gtx.field_operator
def flipped(a: IF, b: IF) -> tuple[IF, IF]:
    return b, a


@gtx.program
def aliased(a: IF, b: IF, lo: int32, hi: int32):
    left(a, out=a[1:])
    flipped(a, b, out=(b, a))
    flipped(a, b, out=(a[2:4], b[2:4]))
    left(b, out=a, domain={I: (lo + 1, hi * 2 - lo)})
    left(a, out=b[-3:-1])


def test_statements_read_before_they_write(draw):
    a, b = draw(I), draw(I)
    wanted = [a.copy(), b.copy()]
    aliased(a, b, 1, 3)

    def shifted(x):
        return x[:-1] + 0.5 * x[1:]

    x, y = wanted
    x[1:] = shifted(x.copy())
    x[:], y[:] = x.copy(), y.copy()  # flipped twice: `out=(b, a)`
    x[2:4], y[2:4] = y[2:4].copy(), x[2:4].copy()
    x[2:5] = shifted(y)[1:4]
    y[-3:-1] = shifted(x)[-3:-1]
    same(a, x)
    same(b, y)


def test_views_of_one_array(draw):
    data = draw(I, J)
    wanted = data.copy()
    wanted[1:] = data[:-1]
    identity(data[:-1], out=data[1:])
    same(data, wanted)
    wanted = data[::-1].copy()
    identity(data[::-1], out=data)
    same(data, wanted)


@gtx.field_operator
def identity(a: IJ) -> IJ:
    return a


@gtx.scan_operator(axis=K, forward=True, init=(0.0, (True, 1)))
def ladder(
    state: tuple[float, tuple[bool, int32]], a: float, b: float, limit: int32
) -> tuple[float, tuple[bool, int32]]:
    total = state[0]
    first, n = state[1]
    x = total * b + a
    if first:
        y = a
    elif x > 0.25:
        y = x if n < limit else -x
    else:
        y = x * 0.5
    return y, (False, n + 1 if x > 0.0 else n)


@gtx.field_operator
def climbing(a: IK, b: IF, limit: int32) -> tuple[IK, Field[[I, K], int32]]:
    y, rest = ladder(a(Koff[1]), b, limit)
    return y(I + 1) * 2.0, rest[1]


def test_scans_carry_tuples(draw):
    a, b = draw(I, K), draw(I)
    out, count = draw(I, K), draw(I, K, dtype=np.int32)
    before = out.copy(), count.copy()
    climbing(a, b, 3, out=(out, count), domain=({I: (0, 8), K: (1, 5)}, {I: (1, 9), K: (1, 5)}))
    y, n = np.zeros((9, 6)), np.zeros((9, 6), dtype=np.int32)
    for i in range(9):
        total, first, k_n = 0.0, True, 1
        for k in range(1, 5):  # the levels of the output, not those of the input
            x = total * b[i] + a[i, k + 1]
            if first:
                total = a[i, k + 1]
            elif x > 0.25:
                total = x if k_n < 3 else -x
            else:
                total = x * 0.5
            first, k_n = False, k_n + 1 if x > 0.0 else k_n
            y[i, k], n[i, k] = total, k_n
    before[0][0:8, 1:5] = y[1:9, 1:5] * 2.0
    before[1][1:9, 1:5] = n[1:9, 1:5]
    same(out, before[0])
    same(count, before[1])


@gtx.scan_operator(axis=K, forward=False, init=float32(1.0))
def descend(state: vpfloat, a: vpfloat, keep: bool) -> vpfloat:
    return state * a if keep else a


def test_scans_go_back_in_single_precision(draw):
    a, keep = draw(I, K, dtype=np.float32), draw(I, K, dtype=bool)
    out = np.zeros_like(a)
    descend(gtx.as_field([I, K], a), gtx.as_field([I, K], keep), out=gtx.as_field([I, K], out, copy=False))
    state = np.ones(9, dtype=np.float32)
    for k in reversed(range(6)):
        state = np.where(keep[:, k], state * a[:, k], a[:, k])
        same(out[:, k], state)


# ---- types, values, control flow


@gtx.field_operator
def precise(a: IF, b: Field[[I], vpfloat], n: Field[[I], int32]) -> tuple[IF, Field[[I], vpfloat], IF]:
    mixed = astype(b, wpfloat) * a
    return mixed + astype(n, wpfloat), astype(mixed, vpfloat) / 3.0, astype(astype(a * 9.0, int32), float64)


def test_no_conversion_is_silent(draw):
    a, b, n = draw(I), draw(I, dtype=np.float32), draw(I, dtype=np.int32)
    out = np.zeros(9), np.zeros(9, dtype=np.float32), np.zeros(9)
    precise(a, b, n, out=out)
    mixed = b.astype(float) * a
    same(out[0], mixed + n)
    same(out[1], mixed.astype(np.float32) / np.float32(3.0))
    same(out[2], np.trunc(a * 9.0))


SPECIAL = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -2.5, 1e308, 5e-324])


@gtx.field_operator
def ieee(a: IF, b: IF) -> tuple[IF, IF, IF, IF, IF, IF, IF]:
    return a + b, a - b, a * b, a / b, minimum(a, b), maximum(a, b), where(a < b, -a, abs(b))


@gtx.field_operator
def ordered(a: IF, b: IF) -> tuple[Field[[I], bool], Field[[I], bool], Field[[I], bool]]:
    return (a <= b) & ~(a == b), (a != b) | (a > b), (a >= b) ^ (a < b)


def test_floats_are_those_of_ieee():
    a, b = (x.ravel() for x in np.meshgrid(SPECIAL, SPECIAL))
    out = tuple(np.zeros(a.size) for _ in range(7))
    ieee(a, b, out=out)
    with np.errstate(all="ignore"):
        wanted = (a + b, a - b, a * b, a / b, np.minimum(a, b), np.maximum(a, b))
        wanted += (np.where(a < b, -a, np.abs(b)),)
    for got, value in zip(out, wanted, strict=True):
        same(got, value)
    truth = tuple(np.zeros(a.size, dtype=bool) for _ in range(3))
    ordered(a, b, out=truth)
    same(truth[0], (a <= b) & ~(a == b))
    same(truth[1], (a != b) | (a > b))
    same(truth[2], (a >= b) ^ (a < b))


INTEGERS = Field[[I], int32]


@gtx.field_operator
def whole(a: INTEGERS, b: INTEGERS) -> tuple[INTEGERS, INTEGERS, INTEGERS, INTEGERS]:
    return a % b, a // b, a * b + Order.SECOND, a**2


def test_integers_floor_and_wrap():
    values = np.array([7, -7, 3, -3, 1, -1, 2**31 - 1, -(2**31)], dtype=np.int32)
    a, b = (x.ravel() for x in np.meshgrid(values, values))
    out = tuple(np.zeros(a.size, dtype=np.int32) for _ in range(4))
    whole(a, b, out=out)
    with np.errstate(all="ignore"):
        for got, value in zip(out, (a % b, a // b, a * b + np.int32(2), a * a), strict=True):
            same(got, value)


@gtx.field_operator
def functions(a: IF, b: IF) -> tuple[IF, IF, IF, IF, IF, IF, IF]:
    return exp(a), log(b), sin(a), tanh(a), power(b, a), sqrt(b), fmod(a, b)


def test_functions_are_within_few_units_of_the_last_place(draw):
    a, b = draw(I) * 20.0, np.abs(draw(I)) + 0.1
    out = tuple(np.zeros(9) for _ in range(7))
    functions(a, b, out=out)
    wanted = np.exp(a), np.log(b), np.sin(a), np.tanh(a), np.power(b, a), np.sqrt(b), np.fmod(a, b)
    for got, value in zip(out, wanted, strict=True):
        np.testing.assert_array_max_ulp(got, value, maxulp=4)
    same(out[5], wanted[5])
    same(out[6], wanted[6])


@gtx.field_operator
def branches(a: IF, n: int32, on: bool) -> IF:
    t = (a, a * 2.0)
    if n > 3:
        if on:
            return t[0]
        t = (t[1], t[0])
    elif n == 2:
        t = (a + 10.0, t[-1])
    (x, y) = t
    z, *rest = x, y, x - y
    return z + rest[0] * (1.0 if on else -1.0) + rest[-1]


@pytest.mark.parametrize("n", [1, 2, 5])
@pytest.mark.parametrize("on", [True, False])
def test_branches_on_scalars(draw, n, on):
    a, out = draw(I), np.zeros(9)
    branches(a, n, on, out=out)
    x, y = a, a * 2.0
    if n > 3 and on:
        return same(out, a)
    if n > 3:
        x, y = y, x
    elif n == 2:
        x = a + 10.0
    same(out, x + y * (1.0 if on else -1.0) + (x - y))


@gtx.field_operator
def wide(
    i: IF, jk: Field[[J, K], wpfloat], s: float, z: Field[[], wpfloat]
) -> tuple[Field[[I, J, K], wpfloat], Field[[], wpfloat]]:
    b = broadcast(i, (I, J, K))
    return where(i > 0.0, jk * s, b(J + 2)) - z, z + s * math.pi


def test_fields_are_broadcast_by_name(draw):
    i, jk, z = draw(I), draw(J, K), np.array(0.25)
    out, scalar = draw(I, J, K), np.zeros(())
    wide(i, jk, 3.0, z, out=(out, scalar))
    same(out, np.where(i[:, None, None] > 0.0, jk[None] * 3.0, i[:, None, None]) - 0.25)
    same(scalar, np.asarray(0.25 + 3.0 * math.pi))


@gtx.field_operator
def shadowed(I_: IF, where: IF) -> IF:
    wpfloat = I_ + where
    J = wpfloat * 2.0
    where = J - where
    return where(I + 1)


def test_names_may_be_shadowed(draw):
    a, b = draw(I), draw(I)
    out = np.zeros(8)
    shadowed(a, b, out=out)
    same(out, ((a + b) * 2.0 - b)[1:])


@gtx.field_operator
def half(a: IF) -> IF:
    return 0.5 * a


@gtx.field_operator
def tower1(a: IF) -> IF:
    return half(a) + half(a(I + 1))


@gtx.field_operator
def tower2(a: IF) -> IF:
    return tower1(a) - tower1(tower1(a))


def test_operators_call_operators(draw):
    a, out = draw(I), np.zeros(7)
    tower2(a, out=out)
    once = 0.5 * a[:-1] + 0.5 * a[1:]
    same(out, once[:-1] - (0.5 * once[:-1] + 0.5 * once[1:]))


@pytest.mark.parametrize(("lo", "hi"), [(3, 3), (5, 2), (100, 50)])
def test_empty_ranges_do_nothing(draw, lo, hi):
    a, out = draw(I), draw(I)
    before = out.copy()
    moved(a, out, lo, hi)
    same(out, before)


@gtx.field_operator
def two_left(a: IF) -> IF:
    return a(I - 2) + a(I + 40)


@gtx.program
def moved(a: IF, out: IF, lo: int32, hi: int32):
    two_left(a, out=out, domain={I: (lo, hi)})
