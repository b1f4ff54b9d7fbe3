"""Programs: several statements, slices, domains with expressions, scalar arguments, keywords."""

import gt4py.next as gtx
from gt4py.next import Field, float64, int32, maximum, minimum

I = gtx.Dimension("I")
J = gtx.Dimension("J")


@gtx.field_operator
def scale(a: Field[[I, J], float64], s: float64) -> Field[[I, J], float64]:
    return a * s


@gtx.field_operator
def both(a: Field[[I, J], float64]) -> tuple[Field[[I, J], float64], Field[[I, J], float64]]:
    return a + 1.0, a(I + 1) + 2.0


@gtx.program
def sequence(a: Field[[I, J], float64], b: Field[[I, J], float64], out: Field[[I, J], float64], s: float64):
    """The docstring of a program."""
    scale(a, s, out=b)
    scale(b, s=s + 1.0, out=out)
    scale(a=out, s=-2.0 * s, out=out)


@gtx.program
def slices(a: Field[[I, J], float64], out: Field[[I, J], float64]):
    scale(a, 2.0, out=out[1:-1, 2:4])
    scale(a, 3.0, out=out[:1, :])
    scale(a, 4.0, out=out[-1:, -3:-1])


@gtx.program
def domains(a: Field[[I, J], float64], out: Field[[I, J], float64], n: int32, m: int32):
    scale(a, 2.0, out=out, domain={I: (n - 1, 2 * n + m // 2), J: (minimum(n, m), maximum(n, m) + 1)})


@gtx.program
def two_domains(a: Field[[I, J], float64], b: Field[[I, J], float64], c: Field[[I, J], float64], n: int32):
    both(a, out=(b[1:-1, :], c[:, 1:2]))
    both(a, out=(b, c), domain=({I: (0, 1), J: (0, n)}, {I: (2, 4), J: (n, n + 1)}))


# ---- run sequence
# domain: I 0..7, J 0..13
# s: 0.5
# expect b: a * 0.5
# expect out: a * 0.5 * 1.5 * -1

# ---- run slices
# domain: I 0..7, J 0..13
# expect out @ I 1..6, J 2..4: 2 * a
# expect out @ I 0..1: 3 * a
# expect out @ I 6..7, J 10..12: 4 * a
# expect out @ I 1..6, J 4..13: old
# expect out @ I 6..7, J 12..13: old

# ---- run slices
# domain: I -5..3, J 10..23
# expect out @ I -4..2, J 12..14: 2 * a
# expect out @ I 2..3, J 20..22: 4 * a

# ---- run domains
# domain: I 0..20, J 0..20
# n: 4
# m: 3
# expect out @ I 3..9, J 3..5: 2 * a
# expect out @ I 9..20: old
# expect out @ J 5..20: old

# ---- run two_domains
# domain: I 0..7, J 0..13
# a: I 0..8
# n: 5
# expect b @ I 1..6: a + 1
# expect b @ I 0..1, J 0..5: a + 1
# expect b @ I 0..1, J 5..13: old
# expect c @ J 1..2: a(I + 1) + 2
# expect c @ I 2..4, J 5..6: a(I + 1) + 2
# expect c @ I 4..7, J 5..6: old
