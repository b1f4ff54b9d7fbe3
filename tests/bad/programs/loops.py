import gt4py.next as gtx
from gt4py.next import Dims, Field, float64, int32

I = gtx.Dimension("I")


@gtx.field_operator
def twice(a: Field[[I], float64]) -> Field[[I], float64]:
    return a + a


@gtx.program
def over_a_list(a: Field[[I], float64], n: int32):
    for k in [1, 2, 3]:
        twice(a, out=a)


@gtx.program
def no_number(a: Field[[I], float64], x: float64):
    for k in range(x):
        twice(a, out=a)


@gtx.program
def steps(a: Field[[I], float64], n: int32):
    for k in range(0, n, 0):
        twice(a, out=a)
    for k in range(0, n, n):
        twice(a, out=a)


@gtx.program
def variables(a: Field[[I], float64], n: int32):
    for n in range(3):
        twice(a, out=a)
    for i, j in range(3):
        twice(a, out=a)
    for k in range(3):
        for k in range(4):
            twice(a, out=a)
    twice(a, out=a, domain={I: (0, k)})


@gtx.program
def nothing(a: Field[[I], float64], n: int32):
    for k in range(n):
        pass


@gtx.program
def otherwise(a: Field[[I], float64], n: int32):
    for k in range(n):
        twice(a, out=a)
    else:
        twice(a, out=a)


@gtx.program
def jumps(a: Field[[I], float64], n: int32):
    for k in range(n):
        twice(a, out=a)
        if k > 3:
            break
        b = k + 1
        a[k] = 0.0


@gtx.field_operator
def in_an_operator(a: Field[[I], float64]) -> Field[[I], float64]:
    for k in range(3):
        a = a + a
    return a

# ---- expected
# error[B0407]: a program loops over a range of integers only
#   --> programs/loops.py:14:14
#    |
# 14 |     for k in [1, 2, 3]:
#    |              ^^^^^^^^^
#    |
#    = help: write `range(n)`, `range(1, n)` or `range(n - 2, -1, -1)`
#
# error[B0403]: `float64` is not an integer
#   --> programs/loops.py:20:20
#    |
# 20 |     for k in range(x):
#    |                    ^ expected an integer expression
#    |
#    = note: bounds are made of integer literals and integer parameters by `+ - * // %`, `minimum` and `maximum`
#
# error[B0407]: the step of a loop is zero
#   --> programs/loops.py:26:26
#    |
# 26 |     for k in range(0, n, 0):
#    |                          ^
#    |
#    = help: write an integer literal
#
# error[B0407]: the step of a loop is not known when the program is compiled
#   --> programs/loops.py:28:26
#    |
# 28 |     for k in range(0, n, n):
#    |                          ^
#    |
#    = help: write an integer literal
#
# error[B0407]: the name `n` is taken
#   --> programs/loops.py:34:9
#    |
# 33 | def variables(a: Field[[I], float64], n: int32):
#    |                                       - by this
# 34 |     for n in range(3):
#    |         ^
#    |
#    = help: choose another name for the variable of the loop
#
# error[B0407]: the variable of a loop is one name
#   --> programs/loops.py:36:9
#    |
# 36 |     for i, j in range(3):
#    |         ^^^^
#
# error[B0407]: the name `k` is taken
#   --> programs/loops.py:39:13
#    |
# 38 |     for k in range(3):
#    |         - by this
# 39 |         for k in range(4):
#    |             ^
#    |
#    = help: choose another name for the variable of the loop
#
# error[B0102]: `k` has a value inside of its loop only
#   --> programs/loops.py:41:36
#    |
# 38 |     for k in range(3):
#    |         - the variable of this loop
# ...
# 41 |     twice(a, out=a, domain={I: (0, k)})
#    |                                    ^ has no value here
#
# error[B0407]: the loop repeats nothing
#   --> programs/loops.py:46:5
#    |
# 46 |     for k in range(n):
#    |     ^^^^^^^^^^^^^^^^^^
#    |
#    = help: call operators in it, or leave it out
#
# error[B0407]: a loop of a program has no `else`
#   --> programs/loops.py:55:9
#    |
# 55 |         twice(a, out=a)
#    |         ^^^^^^^^^^^^^^^
#    |
#    = help: it would always be carried out: write it after the loop
#
# error[B0404]: `if` statements cannot stand in a program
#   --> programs/loops.py:62:9
#    |
# 62 |         if k > 3:
#    |         ^^^^^^^^^
#    |
#    = note: a program is a list of calls `operator(a, b, out=c)`, and of loops around them, `for k in range(n):`
#    = help: compute in a field operator, and call that
#
# error[B0404]: assignments cannot stand in a program
#   --> programs/loops.py:64:9
#    |
# 64 |         b = k + 1
#    |         ^^^^^^^^^
#    |
#    = note: a program is a list of calls `operator(a, b, out=c)`, and of loops around them, `for k in range(n):`
#    = help: compute in a field operator, and call that
#
# error[B0404]: assignments cannot stand in a program
#   --> programs/loops.py:65:9
#    |
# 65 |         a[k] = 0.0
#    |         ^^^^^^^^^^
#    |
#    = note: a program is a list of calls `operator(a, b, out=c)`, and of loops around them, `for k in range(n):`
#    = help: compute in a field operator, and call that
#
# error[B0301]: `for` loops are not part of the language
#   --> programs/loops.py:70:5
#    |
# 70 |     for k in range(3):
#    |     ^^^^^^^^^^^^^^^^^^
#    |
#    = help: computations over points need no loop; a recurrence along a vertical dimension is a scan operator, what is repeated at each point a `while`, and programs repeat calls of operators
