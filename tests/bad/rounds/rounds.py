import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
Ioff = gtx.FieldOffset("Ioff", source=I, target=(I,))
F = Field[[I], float64]


@gtx.field_operator
def forever(a: F) -> F:
    x = a
    while a > 0.0:
        x = x + 1.0
    return x


@gtx.field_operator
def moved(a: F) -> F:
    x = a
    while x > 0.0:
        x = x(Ioff[1]) - 1.0
    return x


@gtx.field_operator
def returns(a: F) -> F:
    x = a
    while x > 0.0:
        return x
    return x


@gtx.field_operator
def types(a: F) -> F:
    x = a > 0.0
    while x:
        x = x + 0.5 * a
    return a


@gtx.field_operator
def after(a: F) -> F:
    x = a
    while x < 10.0:
        y = x + 1.0
        x = y
    return y


@gtx.field_operator
def otherwise(a: F) -> F:
    x = a
    while x < 10.0:
        x = x + 1.0
    else:
        x = x + 2.0
    return x


@gtx.field_operator
def breaks(a: F) -> F:
    x = a
    while x < 10.0:
        x = x + 1.0
        break
    return x


@gtx.field_operator
def number(a: F) -> F:
    x = a
    while x:
        x = x + 1.0
    return x


@gtx.field_operator
def shifted(a: F) -> F:
    return a(Ioff[1]) + a


@gtx.field_operator
def called(a: F) -> F:
    x = a
    while x > 0.0:
        x = shifted(x) - 3.0
    return x


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def summed(c: float, a: float) -> float:
    return c + a


@gtx.field_operator
def scans(a: Field[[K], float64]) -> Field[[K], float64]:
    x = a
    while x < 3.0:
        x = summed(x)
    return x


@gtx.field_operator
def literals(a: F) -> F:
    n = 0.5
    while n < a:
        n = 1 if True else 2
    return a


@gtx.field_operator
def nothing(a: F) -> F:
    while True:
        b = a
    return a


@gtx.field_operator
def nested(a: F) -> F:
    x = a
    while x > 0.0:
        y = x - 2.0
        while y > 1.0:
            y = y(Ioff[1]) - 1.0
        x = y
    return x

# ---- expected
# error[B0207]: the condition is the same in every round
#   --> rounds/rounds.py:13:11
#    |
# 13 |     while a > 0.0:
#    |           ^^^^^^^ where it holds once it always does
#    |
#    = help: let it depend on a name that has a value before the loop and that the loop assigns
#
# error[B0203]: what a `while` changes is read at another point
#   --> rounds/rounds.py:22:13
#    |
# 21 |     while x > 0.0:
#    |           ------- each point goes on for as long as this holds there
# 22 |         x = x(Ioff[1]) - 1.0
#    |             ^^^^^^^^^^
#    |
#    = note: the points go their own numbers of rounds: another one is not known in the middle of them
#    = help: read elsewhere what does not change, or after the loop
#
# error[B0301]: a `return` inside a `while`
#   --> rounds/rounds.py:30:9
#    |
# 30 |         return x
#    |         ^^^^^^^^
#    |
#    = note: each point goes its own number of rounds; the operator returns once, for all of them
#    = help: say in the condition when the rounds end, and return after the loop
#
# error[B0201]: the operands of `+` have different data types
#   --> rounds/rounds.py:38:13
#    |
# 38 |         x = x + 0.5 * a
#    |             -^^^-------
#    |             |   |
#    |             |   this is `Field[[I], float64]`
#    |             this is `Field[[I], bool]`
#    |
#    = note: data types are never converted silently
#    = help: convert one of them: `astype(x, float64)`
#
# error[B0102]: `y` is not assigned where the condition never holds
#   --> rounds/rounds.py:48:12
#    |
# 45 |     while x < 10.0:
#    |           -------- no value where this does not hold at first
# 46 |         y = x + 1.0
#    |         - assigned in a round
# 47 |         x = y
# 48 |     return y
#    |            ^ may have no value
#    |
#    = help: assign `y` before the loop too
#
# error[B0301]: a `while` has no `else`
#   --> rounds/rounds.py:57:9
#    |
# 57 |         x = x + 2.0
#    |         ^^^^^^^^^^^
#    |
#    = note: there is no `break`, so what stands there always follows the loop
#    = help: write it after the loop
#
# error[B0301]: `break` statements are not part of the language
#   --> rounds/rounds.py:66:9
#    |
# 66 |         break
#    |         ^^^^^
#    |
#    = help: say in the condition of the `while` when it ends, and choose by `where` what a round changes
#
# error[B0207]: the condition is `Field[[I], float64]`, not a truth value
#   --> rounds/rounds.py:73:11
#    |
# 73 |     while x:
#    |           ^ expected a scalar or a field of type bool
#    |
#    = help: compare it: `x > 0`
#
# error[B0203]: what a `while` changes is read at another point
#   --> rounds/rounds.py:87:13
#    |
# 86 |     while x > 0.0:
#    |           ------- each point goes on for as long as this holds there
# 87 |         x = shifted(x) - 3.0
#    |             ^^^^^^^^^^
#    |
#    = note: the points go their own numbers of rounds: another one is not known in the middle of them
#    = help: read elsewhere what does not change, or after the loop
#
# error[B0203]: a scan inside a `while`
#    --> rounds/rounds.py:100:13
#     |
#  99 |     while x < 3.0:
#     |           ------- each point goes on for as long as this holds there
# 100 |         x = summed(x)
#     |             ^^^^^^^^^
#     |
#     = note: a scan computes whole columns, and the points of a column go their own numbers of rounds
#     = help: call it before the loop, or write the `while` into the scan operator
#
# error[B0201]: `n` changes its type from round to round
#    --> rounds/rounds.py:108:9
#     |
# 106 |     n = 0.5
#     |     - float before the first
# 107 |     while n < a:
#     |           ----- for as long as this holds
# 108 |         n = 1 if True else 2
#     |         ^ int32 after a round
#     |
#     = help: convert with `astype`, or use another name in the loop
#
# error[B0207]: the condition is the same in every round
#    --> rounds/rounds.py:114:11
#     |
# 114 |     while True:
#     |           ^^^^ where it holds once it always does
#     |
#     = help: let it depend on a name that has a value before the loop and that the loop assigns
#
# error[B0203]: what a `while` changes is read at another point
#    --> rounds/rounds.py:125:17
#     |
# 124 |         while y > 1.0:
#     |               ------- each point goes on for as long as this holds there
# 125 |             y = y(Ioff[1]) - 1.0
#     |                 ^^^^^^^^^^
#     |
#     = note: the points go their own numbers of rounds: another one is not known in the middle of them
#     = help: read elsewhere what does not change, or after the loop
