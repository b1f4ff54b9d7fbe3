import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")
IJ = Field[[I, J], float64]


@gtx.field_operator
def copy(a: IJ) -> IJ:
    return a


@gtx.program
def inner(a: IJ, b: IJ):
    copy(a, out=b)


@gtx.program
def run(a: IJ, b: IJ, p: bool):
    c = a
    if p:
        copy(a, out=b)
    for i in a:
        copy(a, out=b)
    inner(a, b)

# ---- expected
# error[B0404]: assignments cannot stand in a program
#   --> programs/statement.py:21:5
#    |
# 21 |     c = a
#    |     ^^^^^
#    |
#    = note: a program is a list of calls `operator(a, b, out=c)`, and of loops around them, `for k in range(n):`
#    = help: compute in a field operator, and call that
#
# error[B0404]: `if` statements cannot stand in a program
#   --> programs/statement.py:22:5
#    |
# 22 |     if p:
#    |     ^^^^^
#    |
#    = note: a program is a list of calls `operator(a, b, out=c)`, and of loops around them, `for k in range(n):`
#    = help: compute in a field operator, and call that
#
# error[B0407]: a program loops over a range of integers only
#   --> programs/statement.py:24:14
#    |
# 24 |     for i in a:
#    |              ^
#    |
#    = help: write `range(n)`, `range(1, n)` or `range(n - 2, -1, -1)`
#
# error[B0105]: the program `inner` cannot be called in a program
#   --> programs/statement.py:26:5
#    |
# 26 |     inner(a, b)
#    |     ^^^^^ not an operator
#    |
#    = note: programs are called from Python only
