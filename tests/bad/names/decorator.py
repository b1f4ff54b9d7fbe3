import gt4py.next as gtx
from gt4py.next import Field, float64, field_operator as operator

I = gtx.Dimension("I")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
F = Field[[I], float64]
initial = 0.0


@gtx.field_operator(bakend="native")
def misspelt(inp: F) -> F:
    return inp


@operator("native")
def positional(inp: F) -> F:
    return inp


@gtx.program(backend="native", grid_typ=gtx.GridType.CARTESIAN, enable_jit=True)
def run(inp: F, out: F):
    misspelt(inp, out=out)


@gtx.scan_operator(axis=K, forward=True, init=inital)
def start(carry: float64, x: float64) -> float64:
    return carry + x


@gtx.scan_operator(axis=KK, forwards=True, init=(0.0, initial))
def along(carry: tuple[float64, float64], x: float64) -> tuple[float64, float64]:
    return carry


@gtx.scan_operator(axis=K, forward=True, init=(initial, inital))
def pair(carry: tuple[float64, float64], x: float64) -> tuple[float64, float64]:
    return carry


@field_operator
def unimported(inp: F) -> F:
    return inp


@gtx.scan_operator(forward=True)
def nowhere(carry: float64, x: float64) -> float64:
    return carry + x


@gtx.field_operator
def waves(inp: F, out: F) -> F:
    return sin(ipn) + maximun(inp, 0.0) + m + abs(float(1.0) * inp)

# ---- expected
# error[B0211]: `field_operator` has no argument `bakend`
#   --> names/decorator.py:10:21
#    |
# 10 | @gtx.field_operator(bakend="native")
#    |                     ^^^^^^
#    |
#    = note: there are `backend`, `grid_type`
#    = help: did you mean `backend`?
#
# error[B0211]: the arguments of `field_operator` are given by name
#   --> names/decorator.py:15:11
#    |
# 15 | @operator("native")
#    |           ^^^^^^^^
#
# error[B0211]: `program` has no argument `grid_typ`
#   --> names/decorator.py:20:32
#    |
# 20 | @gtx.program(backend="native", grid_typ=gtx.GridType.CARTESIAN, enable_jit=True)
#    |                                ^^^^^^^^
#    |
#    = note: there are `backend`, `grid_type`
#    = help: did you mean `grid_type`?
#
# error[B0101]: the name `inital` is not defined
#   --> names/decorator.py:25:47
#    |
# 25 | @gtx.scan_operator(axis=K, forward=True, init=inital)
#    |                                               ^^^^^^ not found
#    |
#    = help: did you mean `initial`?
#
# error[B0101]: the name `KK` is not defined
#   --> names/decorator.py:30:25
#    |
# 30 | @gtx.scan_operator(axis=KK, forwards=True, init=(0.0, initial))
#    |                         ^^ not found
#    |
#    = help: did you mean `K`?
#
# error[B0211]: `scan_operator` has no argument `forwards`
#   --> names/decorator.py:30:29
#    |
# 30 | @gtx.scan_operator(axis=KK, forwards=True, init=(0.0, initial))
#    |                             ^^^^^^^^
#    |
#    = note: there are `axis`, `forward`, `init`, `backend`, `grid_type`
#    = help: did you mean `forward`?
#
# error[B0101]: the name `inital` is not defined
#   --> names/decorator.py:35:57
#    |
# 35 | @gtx.scan_operator(axis=K, forward=True, init=(initial, inital))
#    |                                                         ^^^^^^ not found
#    |
#    = help: did you mean `initial`?
#
# error[B0101]: the name `field_operator` is not defined
#   --> names/decorator.py:40:2
#    |
# 40 | @field_operator
#    |  ^^^^^^^^^^^^^^ not found
#    |
#    = help: import it: `from gt4py.next import field_operator`
#
# error[B0214]: the scan operator is not told along which dimension to sweep
#   --> names/decorator.py:45:2
#    |
# 45 | @gtx.scan_operator(forward=True)
#    |  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
#
# error[B0101]: the name `sin` is not defined
#   --> names/decorator.py:52:12
#    |
# 52 |     return sin(ipn) + maximun(inp, 0.0) + m + abs(float(1.0) * inp)
#    |            ^^^ not found
#    |
#    = help: import it: `from gt4py.next import sin`
#
# error[B0101]: the name `ipn` is not defined
#   --> names/decorator.py:52:16
#    |
# 52 |     return sin(ipn) + maximun(inp, 0.0) + m + abs(float(1.0) * inp)
#    |                ^^^ not found
#    |
#    = help: did you mean `inp`?
#
# error[B0101]: the name `maximun` is not defined
#   --> names/decorator.py:52:23
#    |
# 52 |     return sin(ipn) + maximun(inp, 0.0) + m + abs(float(1.0) * inp)
#    |                       ^^^^^^^ not found
#    |
#    = help: did you mean `maximum`?
#
# error[B0101]: the name `m` is not defined
#   --> names/decorator.py:52:43
#    |
# 52 |     return sin(ipn) + maximun(inp, 0.0) + m + abs(float(1.0) * inp)
#    |                                           ^ not found
