import gt4py.next as gtx
from gt4py.next import Field, float64, int32

I = gtx.Dimension("I")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
F = Field[[I], float64]


@gtx.field_operator
def bad(inp: F) -> F:
    return inp * missing


@gtx.field_operator
def undeclared(inp: F):
    return inp * missing


@gtx.field_operator
def untyped(inp) -> F:
    return inp


@gtx.scan_operator(axis=K, forward=True, init=0.0)
def broken_sum(carry: float64, x: float64) -> float64:
    return carry + y


@gtx.field_operator
def caller(inp: F, column: Field[[K], float64], n: Field[[I], int32]) -> F:
    a = bad(inp, inp)
    b = bad(n)
    c = undeclared(ipn)
    d = broken_sum(column, column)
    return bad(inp) + n


@gtx.program
def run(inp: F, out: F, n: Field[[I], int32]):
    bad(inp)
    bad(inp, out=outt)
    bad(ipn, out=out)
    bad(inp, out=n)
    bad(out=out)
    undeclared(inp, out=ot)
    untyped(ipn, out=ot)
    unknown(ipn, out=ot[1:m])
    bad(inp, out=out)

# ---- expected
# error[B0101]: the name `missing` is not defined
#   --> names/broken_operator.py:11:18
#    |
# 11 |     return inp * missing
#    |                  ^^^^^^^ not found
#
# error[B0101]: the name `missing` is not defined
#   --> names/broken_operator.py:16:18
#    |
# 16 |     return inp * missing
#    |                  ^^^^^^^ not found
#
# error[B0204]: the parameter `inp` has no type
#   --> names/broken_operator.py:20:13
#    |
# 20 | def untyped(inp) -> F:
#    |             ^^^
#    |
#    = help: write `inp: Field[[I, J], float64]`
#
# error[B0101]: the name `y` is not defined
#   --> names/broken_operator.py:26:20
#    |
# 26 |     return carry + y
#    |                    ^ not found
#
# error[B0211]: `bad` takes one argument, not 2
#   --> names/broken_operator.py:31:18
#    |
# 10 | def bad(inp: F) -> F:
#    |     --- defined here
# ...
# 31 |     a = bad(inp, inp)
#    |                  ^^^ one too many
#
# error[B0201]: the parameter `inp` of `bad` takes `Field[[I], float64]`, not `Field[[I], int32]`
#   --> names/broken_operator.py:32:13
#    |
# 10 | def bad(inp: F) -> F:
#    |     --- defined here
# ...
# 32 |     b = bad(n)
#    |             ^ this is `Field[[I], int32]`
#    |
#    = help: convert it: `astype(n, float64)`
#
# error[B0101]: the name `ipn` is not defined
#   --> names/broken_operator.py:33:20
#    |
# 33 |     c = undeclared(ipn)
#    |                    ^^^ not found
#    |
#    = help: did you mean `inp`?
#
# error[B0211]: `broken_sum` takes one argument, not 2
#   --> names/broken_operator.py:34:28
#    |
# 25 | def broken_sum(carry: float64, x: float64) -> float64:
#    |     ---------- defined here
# ...
# 34 |     d = broken_sum(column, column)
#    |                            ^^^^^^ one too many
#
# error[B0201]: the operands of `+` have different data types
#   --> names/broken_operator.py:35:12
#    |
# 35 |     return bad(inp) + n
#    |            --------^^^-
#    |            |          |
#    |            |          this is `Field[[I], int32]`
#    |            this is `Field[[I], float64]`
#    |
#    = note: data types are never converted silently
#    = help: convert one of them: `astype(x, float64)`
#
# error[B0401]: the call of `bad` writes nowhere
#   --> names/broken_operator.py:40:5
#    |
# 40 |     bad(inp)
#    |     ^^^^^^^^ no `out=`
#    |
#    = help: name the field that takes the result: `out=...`
#
# error[B0101]: the name `outt` is not defined
#   --> names/broken_operator.py:41:18
#    |
# 41 |     bad(inp, out=outt)
#    |                  ^^^^ not found
#    |
#    = help: did you mean `out`?
#
# error[B0101]: the name `ipn` is not defined
#   --> names/broken_operator.py:42:9
#    |
# 42 |     bad(ipn, out=out)
#    |         ^^^ not found
#    |
#    = help: did you mean `inp`?
#
# error[B0402]: the result is `Field[[I], float64]`, the output is `Field[[I], int32]`
#   --> names/broken_operator.py:43:18
#    |
# 43 |     bad(inp, out=n)
#    |                  ^ this is `Field[[I], int32]`
#
# error[B0211]: the call of `bad` lacks `inp`
#   --> names/broken_operator.py:44:5
#    |
# 10 | def bad(inp: F) -> F:
#    |     --- defined here
# ...
# 44 |     bad(out=out)
#    |     ^^^^^^^^^^^^ takes one argument
#
# error[B0101]: the name `ot` is not defined
#   --> names/broken_operator.py:45:25
#    |
# 45 |     undeclared(inp, out=ot)
#    |                         ^^ not found
#    |
#    = help: did you mean `out`?
#
# error[B0101]: the name `ipn` is not defined
#   --> names/broken_operator.py:46:13
#    |
# 46 |     untyped(ipn, out=ot)
#    |             ^^^ not found
#    |
#    = help: did you mean `inp`?
#
# error[B0101]: the name `ot` is not defined
#   --> names/broken_operator.py:46:22
#    |
# 46 |     untyped(ipn, out=ot)
#    |                      ^^ not found
#    |
#    = help: did you mean `out`?
#
# error[B0101]: the name `unknown` is not defined
#   --> names/broken_operator.py:47:5
#    |
# 47 |     unknown(ipn, out=ot[1:m])
#    |     ^^^^^^^ not found
#
# error[B0101]: the name `ipn` is not defined
#   --> names/broken_operator.py:47:13
#    |
# 47 |     unknown(ipn, out=ot[1:m])
#    |             ^^^ not found
#    |
#    = help: did you mean `inp`?
#
# error[B0101]: the name `ot` is not defined
#   --> names/broken_operator.py:47:22
#    |
# 47 |     unknown(ipn, out=ot[1:m])
#    |                      ^^ not found
#    |
#    = help: did you mean `out`?
#
# error[B0101]: the name `m` is not defined
#   --> names/broken_operator.py:47:27
#    |
# 47 |     unknown(ipn, out=ot[1:m])
#    |                           ^ not found
