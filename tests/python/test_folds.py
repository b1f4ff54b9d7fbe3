"""Folds over ranges of points, against NumPy in the documented order."""

import numpy as np
import pytest

import bise as gtx
from bise import (
    Field,
    abs,
    astype,
    broadcast,
    float32,
    float64,
    int32,
    max_over,
    maximum,
    mean_over,
    min_over,
    sum_over,
)

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]
Number = Field[[], float64]


def summed(values: np.ndarray) -> np.ndarray:
    """The sum along the last axis: lanes of blocks, as docs/numbers.md has it."""
    total = np.zeros(values.shape[:-1], values.dtype)
    for first in range(0, values.shape[-1], 1024):
        block = values[..., first : first + 1024]
        lanes = np.zeros((*values.shape[:-1], 16), values.dtype)
        for at in range(0, block.shape[-1], 16):
            points = block[..., at : at + 16]
            lanes[..., : points.shape[-1]] += points
        while lanes.shape[-1] > 1:
            half = lanes.shape[-1] // 2
            lanes = lanes[..., :half] + lanes[..., half:]
        total = total + lanes[..., 0]
    return total


@gtx.field_operator
def total(f: IJ, n: int32, m: int32) -> Number:
    return sum_over(f, domain={I: (0, n), J: (0, m)})


@gtx.field_operator
def rows(f: IJ, m: int32) -> Field[[I], float64]:
    return sum_over(f, domain={J: (1, m)})


@gtx.field_operator
def columns(f: IJ, n: int32) -> Field[[J], float64]:
    return mean_over(f, domain={I: (0, n)})


@gtx.field_operator
def ends(f: IJ, n: int32, m: int32) -> tuple[Number, Number]:
    return max_over(abs(f), domain={I: (0, n), J: (0, m)}), min_over(f, domain={J: (0, m), I: (0, n)})


@gtx.field_operator
def fastest(u: IJ, v: IJ, n: int32, m: int32) -> Number:
    return max_over(maximum(abs(u), abs(v)), domain={I: (0, n), J: (0, m)})


@gtx.field_operator
def scaled(u: IJ, by: Number) -> IJ:
    return u / by


@gtx.program
def step(u: IJ, v: IJ, speed: Number, out: IJ, n: int32, m: int32):
    fastest(u, v, n, m, out=speed)
    scaled(u, speed, out=out)


SIZES = [(1, 1), (5, 17), (40, 1024), (33, 2065), (1500, 3)]


def random(n: int, m: int) -> np.ndarray:
    return np.random.default_rng(n * m).standard_normal((n, m))


@pytest.mark.parametrize("backend", ["native", "reference"])
@pytest.mark.parametrize("order", "CF")
@pytest.mark.parametrize(("n", "m"), SIZES)
def test_sums_have_an_order_of_their_own(n, m, order, backend):
    a = random(n, m)
    f = gtx.as_field([I, J], np.array(a, order=order))
    out = gtx.as_field([], np.zeros(()))
    total.with_backend(backend)(f, int32(n), int32(m), out=out)
    assert out.asnumpy() == summed(summed(a))
    row, column = gtx.zeros({I: n}, dtype=float), gtx.zeros({J: m}, dtype=float)
    rows.with_backend(backend)(f, int32(m), out=row)
    np.testing.assert_array_equal(row.asnumpy(), summed(a[:, 1:]))
    columns.with_backend(backend)(f, int32(n), out=column)
    np.testing.assert_array_equal(column.asnumpy(), summed(np.ascontiguousarray(a.T)) / n)


@pytest.mark.parametrize(("n", "m"), SIZES)
def test_the_next_statement_uses_a_maximum(n, m):
    u, v = random(n, m), random(n, m) * 2
    speed, out = gtx.as_field([], np.zeros(())), gtx.zeros({I: n, J: m}, dtype=float)
    step(gtx.as_field([I, J], u), gtx.as_field([I, J], v), speed, out, int32(n), int32(m))
    assert speed.asnumpy() == max(np.abs(u).max(), np.abs(v).max())
    np.testing.assert_array_equal(out.asnumpy(), u / speed.asnumpy())


def test_extremes_know_infinities_and_nan():
    a = np.array([[-np.inf, -np.inf], [-np.inf, 1.0]])
    least, most = gtx.as_field([], np.zeros(())), gtx.as_field([], np.zeros(()))

    def found(n: int) -> tuple[float, float]:
        ends(gtx.as_field([I, J], a), int32(n), int32(2), out=(most, least))
        return float(most.asnumpy()), float(least.asnumpy())

    assert found(1) == (np.inf, -np.inf)
    assert found(0) == (-np.finfo(float).max, np.finfo(float).max)
    a[1, 0] = np.nan
    assert np.isnan(found(2)).all()


def test_what_is_folded_must_be_there():
    f = gtx.as_field([I, J], random(4, 5))
    row = gtx.as_field([I], np.full(4, 7.0))
    with pytest.raises(IndexError, match="J"):
        rows(f, int32(6), out=row)
    assert (row.asnumpy() == 7.0).all()
    # Of no points nothing is read.
    wide = gtx.as_field([I], np.full(9, 7.0))
    rows(f, int32(1), out=wide)
    assert (wide.asnumpy() == 0.0).all()


def test_an_end_must_be_known_at_the_call():
    @gtx.field_operator
    def half(f: Field[[I], float32], x: float32) -> Field[[], float32]:
        return sum_over(f, domain={I: (0, astype(x, int32))})

    out = gtx.as_field([], np.zeros((), np.float32))
    with pytest.raises(gtx.errors.DSLError) as raised:
        half(gtx.as_field([I], np.zeros(4, np.float32)), np.float32(2.0), out=out)
    assert "B0218" in str(raised.value)
    assert "astype(x, int32)" in str(raised.value)


@gtx.field_operator
def over_all(f: IJ, n: int32) -> Field[[J], float64]:
    return broadcast(sum_over(f, domain={I: (0, n), J: (0, n)}), (J,))


@gtx.program
def nowhere(f: IJ, out: Field[[J], float64], n: int32, first: int32):
    over_all(f, n, out=out, domain={J: (first, 3)})


@pytest.mark.parametrize("backend", ["native", "reference"])
def test_where_nothing_is_written_nothing_is_folded(backend):
    """The ranges of folds are their own: they are not read for an output without points."""
    f, out = gtx.as_field([I, J], np.ones((2, 2))), gtx.zeros({J: 3})
    call = nowhere.with_backend(backend)
    call(f, out, 5, 3, offset_provider={})
    with pytest.raises(gtx.errors.IndexOutOfBounds):
        call(f, out, 5, 2, offset_provider={})
    assert (out.asnumpy() == 0.0).all()
