import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]


@gtx.field_operator
def pair(a: IJ) -> tuple[IJ, IJ]:
    return a, 2.0 * a


@gtx.field_operator
def unpack(a: IJ) -> IJ:
    b, c, d = pair(a)
    e, *f, g, h = pair(a)
    i, j = a
    k = pair(a)
    return k[2] + a[0]

# ---- expected
# error[B0208]: not enough values to unpack: 2 for 3 names
#   --> types/unpack.py:16:5
#    |
# 16 |     b, c, d = pair(a)
#    |     ^^^^^^^   ------- this is `tuple[Field[[I, J], float64], Field[[I, J], float64]]`
#
# error[B0208]: not enough values to unpack: 2 for 4 names
#   --> types/unpack.py:17:5
#    |
# 17 |     e, *f, g, h = pair(a)
#    |     ^^^^^^^^^^^   ------- this is `tuple[Field[[I, J], float64], Field[[I, J], float64]]`
#
# error[B0208]: `Field[[I, J], float64]` cannot be unpacked
#   --> types/unpack.py:18:12
#    |
# 18 |     i, j = a
#    |            ^ not a tuple
#
# error[B0208]: the tuple has 2 elements, not one with index 2
#   --> types/unpack.py:20:14
#    |
# 20 |     return k[2] + a[0]
#    |              ^
#
# error[B0208]: `Field[[I, J], float64]` cannot be indexed
#   --> types/unpack.py:20:19
#    |
# 20 |     return k[2] + a[0]
#    |                   ^^^^ not a tuple
#    |
#    = note: fields are read elsewhere by shifts, `f(I + 1)`, or of their neighbours by one's number, `f[E2CDim(0)]`
