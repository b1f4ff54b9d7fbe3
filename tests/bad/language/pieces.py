import gt4py.next as gtx
from bise import index
from gt4py.next import Field, float64, int32, where
from gt4py.next.experimental import as_offset, concat_where

I = gtx.Dimension("I")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
E = gtx.Dimension("E")
V = gtx.Dimension("V")
E2VDim = gtx.Dimension("E2V", kind=gtx.DimensionKind.LOCAL)
E2V = gtx.FieldOffset("E2V", source=V, target=(E, E2VDim))
Koff = gtx.FieldOffset("Koff", source=K, target=(K,))
IK = Field[[I, K], float64]


@gtx.field_operator
def by_value(a: IK, b: IK) -> IK:
    return concat_where(a > 0.0, a, b)


@gtx.field_operator
def by_chain(a: IK, b: IK) -> IK:
    return concat_where(0 < K < a, a, b)


@gtx.field_operator
def by_words(a: IK, b: IK) -> IK:
    return concat_where(0 < K and K < 3, a, b)


@gtx.field_operator
def by_float(a: IK, b: IK, x: float64) -> IK:
    return concat_where(K < x, a, b) + concat_where(K < 1.5, a, b)


@gtx.field_operator
def by_field(a: IK, b: IK, n: Field[[I], int32]) -> IK:
    return concat_where(K < n, a, b)


@gtx.field_operator
def by_neighbour(v: Field[[V], float64]) -> Field[[E, E2VDim], float64]:
    return concat_where(E2VDim < 1, v(E2V), v(E2V))


@gtx.field_operator
def by_dimension(a: IK, b: IK) -> IK:
    return concat_where(K, a, b) + concat_where(I < K, a, b)


@gtx.field_operator
def unlike(a: IK, n: Field[[I, K], int32]) -> IK:
    return concat_where(K < 2, a, n)


@gtx.field_operator
def two(a: IK) -> IK:
    return concat_where(K < 2, a)


@gtx.field_operator
def indices(a: IK) -> Field[[I, K], int32]:
    return index(a) + index(E2VDim) + index(I, K)


@gtx.field_operator
def far(a: IK, d: Field[[I, K], int32], v: Field[[V], float64]) -> IK:
    x = a(as_offset(K, d)) + a(as_offset(Koff, a)) + as_offset(Koff, d)
    return x + a(as_offset(E2V, d)) + v(as_offset(Koff, d))


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def in_a_scan(carry: float64, x: float64) -> float64:
    below = x(K - 1)
    mixed = (x * 2.0)(K + 1) + carry(K - 1)
    along = x(I + 1)
    edge = concat_where(I < 1, x, carry + x)
    return below + index(I) + x(as_offset(Koff, x))


@gtx.field_operator
def masked(a: IK) -> IK:
    return where(K < 2, a, 0.0)

# ---- expected
# error[B0207]: `a > 0.0` does not compare a dimension with an integer
#   --> language/pieces.py:18:25
#    |
# 18 |     return concat_where(a > 0.0, a, b)
#    |                         ^^^^^^^ expected a part of the points, such as `K < n`
#    |
#    = help: join comparisons by `&`, `|` and `~`; to choose by values of fields, write `where(mask, a, b)`
#
# error[B0207]: an index along `K` is compared with `Field[[I, K], float64]`, not with an integer
#   --> language/pieces.py:23:33
#    |
# 23 |     return concat_where(0 < K < a, a, b)
#    |                                 ^ expected a scalar integer
#    |
#    = help: to choose by values of fields, write `where(mask, a, b)`
#
# error[B0302]: `and` does not work point by point
#   --> language/pieces.py:28:25
#    |
# 28 |     return concat_where(0 < K and K < 3, a, b)
#    |                         ^^^^^^^^^^^^^^^
#    |
#    = help: write `(0 < K) & (K < 3)`
#
# error[B0207]: an index along `K` is compared with `float64`, not with an integer
#   --> language/pieces.py:33:29
#    |
# 33 |     return concat_where(K < x, a, b) + concat_where(K < 1.5, a, b)
#    |                             ^ expected a scalar integer
#    |
#    = help: to choose by values of fields, write `where(mask, a, b)`
#
# error[B0207]: an index along `K` is compared with the float `1.5`, not with an integer
#   --> language/pieces.py:33:57
#    |
# 33 |     return concat_where(K < x, a, b) + concat_where(K < 1.5, a, b)
#    |                                                         ^^^ expected a scalar integer
#    |
#    = help: to choose by values of fields, write `where(mask, a, b)`
#
# error[B0207]: an index along `K` is compared with `Field[[I], int32]`, not with an integer
#   --> language/pieces.py:38:29
#    |
# 38 |     return concat_where(K < n, a, b)
#    |                             ^ expected a scalar integer
#    |
#    = help: to choose by values of fields, write `where(mask, a, b)`
#
# error[B0207]: `E2V` is a local dimension: there is no order along it
#   --> language/pieces.py:43:25
#    |
# 43 |     return concat_where(E2VDim < 1, v(E2V), v(E2V))
#    |                         ^^^^^^^^^^
#
# error[B0207]: `K` does not compare a dimension with an integer
#   --> language/pieces.py:48:25
#    |
# 48 |     return concat_where(K, a, b) + concat_where(I < K, a, b)
#    |                         ^ expected a part of the points, such as `K < n`
#    |
#    = help: join comparisons by `&`, `|` and `~`; to choose by values of fields, write `where(mask, a, b)`
#
# error[B0207]: `I < K` does not compare a dimension with an integer
#   --> language/pieces.py:48:49
#    |
# 48 |     return concat_where(K, a, b) + concat_where(I < K, a, b)
#    |                                                 ^^^^^ expected a part of the points, such as `K < n`
#    |
#    = help: join comparisons by `&`, `|` and `~`; to choose by values of fields, write `where(mask, a, b)`
#
# error[B0201]: the two values of `concat_where` are not alike
#   --> language/pieces.py:53:12
#    |
# 53 |     return concat_where(K < 2, a, n)
#    |            ^^^^^^^^^^^^^^^^^^^^-^^-^
#    |                                |  |
#    |                                |  this is `Field[[I, K], int32]`
#    |                                this is `Field[[I, K], float64]`
#    |
#    = note: they have one data type, and as tuples one structure
#    = help: convert one of them: `astype(x, float64)`
#
# error[B0211]: `concat_where` takes 3 arguments, not 2
#   --> language/pieces.py:58:12
#    |
# 58 |     return concat_where(K < 2, a)
#    |            ^^^^^^^^^^^^^^^^^^^^^^
#
# error[B0103]: a value is not a dimension
#   --> language/pieces.py:63:18
#    |
# 63 |     return index(a) + index(E2VDim) + index(I, K)
#    |                  ^ expected a dimension
#    |
#    = help: write `index(K)`: the index of each point along `K`, an int32
#
# error[B0207]: `E2V` is a local dimension: there is no order along it
#   --> language/pieces.py:63:29
#    |
# 63 |     return index(a) + index(E2VDim) + index(I, K)
#    |                             ^^^^^^
#
# error[B0211]: `index` takes one argument, not 2
#   --> language/pieces.py:63:39
#    |
# 63 |     return index(a) + index(E2VDim) + index(I, K)
#    |                                       ^^^^^^^^^^^
#
# error[B0209]: the dimension `K` is not an offset
#   --> language/pieces.py:68:21
#    |
# 68 |     x = a(as_offset(K, d)) + a(as_offset(Koff, a)) + as_offset(Koff, d)
#    |                     ^ expected an offset along one dimension
#    |
#    = help: define one: `Koff = FieldOffset("Koff", source=K, target=(K,))`
#
# error[B0209]: the distance is `Field[[I, K], float64]`, not of integers
#   --> language/pieces.py:68:48
#    |
# 68 |     x = a(as_offset(K, d)) + a(as_offset(Koff, a)) + as_offset(Koff, d)
#    |                                                ^ expected a field of integers
#    |
#    = help: convert it: `astype(a, int32)`
#
# error[B0103]: `as_offset` says where a field is read
#   --> language/pieces.py:68:54
#    |
# 68 |     x = a(as_offset(K, d)) + a(as_offset(Koff, a)) + as_offset(Koff, d)
#    |                                                      ^^^^^^^^^
#    |
#    = help: write `f(as_offset(Koff, distance))`
#
# error[B0209]: `E2V` does not move along one dimension
#   --> language/pieces.py:69:28
#    |
# 69 |     return x + a(as_offset(E2V, d)) + v(as_offset(Koff, d))
#    |                            ^^^ expected an offset whose source is its only target
#    |
#    = note: there is an order, and with it a distance, along Cartesian dimensions only
#
# error[B0209]: the field has no dimension `K`
#   --> language/pieces.py:69:41
#    |
# 69 |     return x + a(as_offset(E2V, d)) + v(as_offset(Koff, d))
#    |                                       - ^^^^^^^^^^^^^^^^^^ along `K`
#    |                                       |
#    |                                       this is `Field[[V], float64]`
#
# error[B0209]: `float64` cannot be read elsewhere
#   --> language/pieces.py:75:14
#    |
# 75 |     mixed = (x * 2.0)(K + 1) + carry(K - 1)
#    |              ^^^^^^^ not an input
#    |
#    = note: in a scan operator, its parameters but the carry are read at other levels; what is computed is known at this level only
#    = help: read what it is computed from there, as in `a(K + 1) * b(K + 1)`, or return it as a part of the carry
#
# error[B0209]: `float64` cannot be read elsewhere
#   --> language/pieces.py:75:32
#    |
# 75 |     mixed = (x * 2.0)(K + 1) + carry(K - 1)
#    |                                ^^^^^ not an input
#    |
#    = note: in a scan operator, its parameters but the carry are read at other levels; what is computed is known at this level only
#    = help: read what it is computed from there, as in `a(K + 1) * b(K + 1)`, or return it as a part of the carry
#
# error[B0203]: a scan operator along `K` knows nothing of `I`
#   --> language/pieces.py:76:15
#    |
# 76 |     along = x(I + 1)
#    |               ^^^^^
#    |
#    = note: a scan operator works on the numbers of one level; it knows which, and reads its inputs at other levels
#    = help: compute it where the scan operator is called, and give it the result
#
# error[B0203]: a scan operator along `K` knows nothing of `I`
#   --> language/pieces.py:77:25
#    |
# 77 |     edge = concat_where(I < 1, x, carry + x)
#    |                         ^^^^^
#    |
#    = note: a scan operator works on the numbers of one level; it knows which, and reads its inputs at other levels
#    = help: compute it where the scan operator is called, and give it the result
#
# error[B0203]: a scan operator along `K` knows nothing of `I`
#   --> language/pieces.py:78:26
#    |
# 78 |     return below + index(I) + x(as_offset(Koff, x))
#    |                          ^
#    |
#    = note: a scan operator works on the numbers of one level; it knows which, and reads its inputs at other levels
#    = help: compute it where the scan operator is called, and give it the result
#
# error[B0209]: the distance is `float64`, not of integers
#   --> language/pieces.py:78:49
#    |
# 78 |     return below + index(I) + x(as_offset(Koff, x))
#    |                                                 ^ expected a field of integers
#    |
#    = help: convert it: `astype(x, int32)`
#
# error[B0103]: the dimension `K` is not a value
#   --> language/pieces.py:83:18
#    |
# 83 |     return where(K < 2, a, 0.0)
#    |                  ^ expected a field or a number
#    |
#    = help: the indices along it are `index(K)`
