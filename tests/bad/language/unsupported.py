import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]


@gtx.field_operator
def loops(a: IJ) -> IJ:
    """Python that has no meaning on fields."""
    for n in range(3):
        a = a + 1.0
    b = [x for x in (a, a)]
    c = lambda x: x
    a[0] = 1.0
    assert a
    import os
    return a @ a

# ---- expected
# error[B0301]: `for` loops are not part of the language
#   --> language/unsupported.py:12:5
#    |
# 12 |     for n in range(3):
#    |     ^^^^^^^^^^^^^^^^^^
#    |
#    = help: computations over points need no loop; a recurrence along a vertical dimension is a scan operator, what is repeated at each point a `while`, and programs repeat calls of operators
#
# error[B0301]: comprehensions are not part of the language
#   --> language/unsupported.py:14:9
#    |
# 14 |     b = [x for x in (a, a)]
#    |         ^^^^^^^^^^^^^^^^^^^
#    |
#    = help: write the elements of the tuple one by one
#
# error[B0301]: `lambda` functions are not part of the language
#   --> language/unsupported.py:15:9
#    |
# 15 |     c = lambda x: x
#    |         ^^^^^^^^^^^
#    |
#    = help: define another field operator and call it
#
# error[B0301]: only names can be assigned
#   --> language/unsupported.py:16:5
#    |
# 16 |     a[0] = 1.0
#    |     ^^^^
#    |
#    = note: fields and tuples are never changed: an operator computes new ones
#
# error[B0301]: assertions are not part of the language
#   --> language/unsupported.py:17:5
#    |
# 17 |     assert a
#    |     ^^^^^^^^
#
# error[B0301]: imports and type aliases belong to the module, not into an operator
#   --> language/unsupported.py:18:5
#    |
# 18 |     import os
#    |     ^^^^^^^^^
#
# error[B0301]: the operator `@` is not part of the language
#   --> language/unsupported.py:19:12
#    |
# 19 |     return a @ a
#    |            ^^^^^
