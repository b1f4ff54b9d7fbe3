"""What is read in neighbouring rows is kept for a few rows, whatever it is made of and wherever it goes."""

import gt4py.next as gtx
from gt4py.next import Field, exp, float32, float64, int32, maximum, where

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
IJK = Field[[I, J, K], float64]


@gtx.field_operator
def laplacian(a: IJK) -> IJK:
    return 4.0 * a - (a(I + 1) + a(I - 1) + a(J + 1) + a(J - 1))


@gtx.field_operator
def sixth_order(a: IJK) -> IJK:
    return a + 0.01 * laplacian(laplacian(laplacian(a)))


@gtx.field_operator
def costly_rows(a: IJK) -> IJK:
    e = exp(a)
    return e(J + 3) - e(J - 2) + e(I + 1)


@gtx.field_operator
def along_the_row(a: IJK) -> IJK:
    e = exp(a)
    f = e(I + 1) / e(I - 1)
    return f(I + 2) - f(I - 2) + f


@gtx.field_operator
def whole_numbers(a: Field[[I, J, K], int32], b: Field[[I, J, K], float32]) -> Field[[I, J, K], int32]:
    c = a(J + 1) * a(J - 1) * a(I + 1) * a(I - 1) * a
    d = where(b > float32("0.0"), c(J + 1) - c(I - 1), c(J - 1) - c(I + 1))
    return d(I + 1) * d(J + 1) * d(I - 1) * d(J - 1)


@gtx.field_operator
def other_dimensions(a: IJK, b: Field[[J, K], float64], c: Field[[I], float64]) -> IJK:
    d = exp(a * b) + c
    e = exp(b)
    return d(J + 1) * d(J - 1) + d(I + 1) * e(J + 1) - e(J - 1) * d


@gtx.field_operator
def two_results(a: IJK) -> tuple[IJK, IJK]:
    lap = laplacian(a)
    grad = exp(lap(I + 1) - lap(I - 1))
    return lap(J + 1) * lap(J - 1), grad(J + 1) + maximum(lap, grad)


@gtx.field_operator
def result_and_rows(a: IJK) -> tuple[IJK, IJK, IJK]:
    lap = laplacian(a)
    e = exp(lap)
    return lap, lap(J + 1) - lap(J - 1) + e(J + 2), e


@gtx.field_operator
def between_levels(a: IJK) -> IJK:
    lap = laplacian(a)
    e = exp(a)
    return lap(J + 1) * lap(K + 1) + lap(J - 1) + e(J + 1) - e(J - 1)


@gtx.field_operator
def far_away(a: IJK) -> IJK:
    e = exp(a)
    return e(J + 40) - e(J - 30) + e(I + 50) * e(I - 1)


@gtx.field_operator
def plane(a: Field[[I, J], float64]) -> Field[[I, J], float64]:
    lap = 4.0 * a - (a(I + 1) + a(I - 1) + a(J + 1) + a(J - 1))
    e = exp(lap)
    return lap(I + 1) * lap(I - 2) + e(J + 2) * e(I - 1) - lap


@gtx.program
def both(a: IJK, b: IJK, c: IJK):
    two_results(a, out=(b, c))


@gtx.program
def three(a: IJK, b: IJK, c: IJK, d: IJK):
    result_and_rows(a, out=(b, c, d))


@gtx.program
def over_itself(a: IJK):
    costly_rows(a, out=a[3:-3, 3:-4, :])


# ---- run sixth_order
# domain: I -3..37, J -7..12, K 0..3
# a: I -6..40, J -10..15

# ---- run sixth_order
# domain: I 0..1, J 0..1, K 0..1
# a: I -3..4, J -3..4

# ---- run costly_rows
# domain: I 0..21, J -5..19, K 0..3
# a: I 0..22, J -7..22
# expect out: exp(a(J + 3)) - exp(a(J - 2)) + exp(a(I + 1))

# ---- run along_the_row
# domain: I 0..35, J 0..5, K 0..3
# a: I -3..38
# expect out: exp(a(I + 3)) / exp(a(I + 1)) - exp(a(I - 1)) / exp(a(I - 3)) + exp(a(I + 1)) / exp(a(I - 1))

# ---- run whole_numbers
# domain: I 0..19, J 0..17, K 0..2
# a: I -3..22, J -3..20; random -3..3
# b: I -1..20, J -1..18

# ---- run other_dimensions
# domain: I 0..19, J 0..17, K 0..2
# a: I 0..20, J -1..18
# b: J -1..18
# c: I 0..20

# ---- run far_away
# domain: I 0..11, J 0..13, K 0..2
# a: I -1..61, J -30..53

# ---- run plane
# domain: I -2..53, J 1..47
# a: I -6..56, J -1..51

# ---- run plane
# domain: I 0..1, J 0..1
# a: I -4..4, J -2..5

# ---- run plane
# domain: I 0..257, J 0..301
# a: I -4..260, J -2..305

# ---- run both
# domain: I 1..18, J 1..17, K 0..3
# a: I -1..20, J -1..19

# ---- run three
# domain: I 1..18, J 1..17, K 0..3
# a: I 0..19, J -1..20
# expect b: 4.0 * a - (a(I + 1) + a(I - 1) + a(J + 1) + a(J - 1))

# ---- run between_levels
# domain: I 1..18, J 1..17, K 0..3
# a: I 0..19, J -1..19, K 0..4

# ---- run over_itself
# domain: I 0..29, J 0..21, K 0..3
