import enum

import gt4py.next as gtx
from gt4py.next import Field, float32, float64

I = gtx.Dimension("I")
double = True
wp = float32
count = 1


class Order(enum.IntEnum):
    FIRST = 1


if double:
    wp, scale = float64, 2.0
    count += 1

try:
    from fast import viscosity
except ImportError:
    viscosity = 0.1


@gtx.field_operator
def limit(a: Field[[I], wp]) -> Field[[I], float64]:
    return scale * a if Order.FIRST == count else viscosity * a

# ---- expected
# error[B0101]: the value of the name `wp` is not known without running the file
#   --> names/unread.py:27:25
#    |
# 17 |     wp, scale = float64, 2.0
#    |     -- bound here, by `if`
# ...
# 27 | def limit(a: Field[[I], wp]) -> Field[[I], float64]:
#    |                         ^^ used here
#    |
#    = note: the file is read and not run: imports, assignments and decorated functions at its top level count
#    = help: bind the name by such a statement, or import the file in Python, which runs it
#
# error[B0101]: the value of the name `scale` is not known without running the file
#   --> names/unread.py:28:12
#    |
# 17 |     wp, scale = float64, 2.0
#    |         ----- bound here, by `if`
# ...
# 28 |     return scale * a if Order.FIRST == count else viscosity * a
#    |            ^^^^^ used here
#    |
#    = note: the file is read and not run: imports, assignments and decorated functions at its top level count
#    = help: bind the name by such a statement, or import the file in Python, which runs it
#
# error[B0101]: the value of the name `Order` is not known without running the file
#   --> names/unread.py:28:25
#    |
# 12 | class Order(enum.IntEnum):
#    |       ----- bound here, by `class`
# ...
# 28 |     return scale * a if Order.FIRST == count else viscosity * a
#    |                         ^^^^^ used here
#    |
#    = note: the file is read and not run: imports, assignments and decorated functions at its top level count
#    = help: bind the name by such a statement, or import the file in Python, which runs it
#
# error[B0101]: the value of the name `count` is not known without running the file
#   --> names/unread.py:28:40
#    |
# 18 |     count += 1
#    |     ----- bound here, by `if`
# ...
# 28 |     return scale * a if Order.FIRST == count else viscosity * a
#    |                                        ^^^^^ used here
#    |
#    = note: the file is read and not run: imports, assignments and decorated functions at its top level count
#    = help: bind the name by such a statement, or import the file in Python, which runs it
#
# error[B0101]: the value of the name `viscosity` is not known without running the file
#   --> names/unread.py:28:51
#    |
# 23 |     viscosity = 0.1
#    |     --------- bound here, by `try`
# ...
# 28 |     return scale * a if Order.FIRST == count else viscosity * a
#    |                                                   ^^^^^^^^^ used here
#    |
#    = note: the file is read and not run: imports, assignments and decorated functions at its top level count
#    = help: bind the name by such a statement, or import the file in Python, which runs it
