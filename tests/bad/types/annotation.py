import gt4py.next as gtx
from gt4py.next import Field, float64

I = gtx.Dimension("I")
J = gtx.Dimension("J")


@gtx.field_operator
def untyped(a, b: Field[I, float64], c: Field[[I]], d: list[float64], e: "IJ", f: Field[[I], gtx]) -> Field[[I, I], float64]:
    return a


@gtx.field_operator
def quoted(a: "Field[[J, I], float64]", b: "Feld[[I], float64]", c: "Field[[I]", d: "fl" "oat64") -> "list[float64]":
    return a

# ---- expected
# error[B0204]: the parameter `a` has no type
#  --> types/annotation.py:9:13
#   |
# 9 | def untyped(a, b: Field[I, float64], c: Field[[I]], d: list[float64], e: "IJ", f: Field[[I], gtx]) -> Field[[I, I], float64]:
#   |             ^
#   |
#   = help: write `a: Field[[I, J], float64]`
#
# error[B0205]: this is not a list of dimensions
#  --> types/annotation.py:9:25
#   |
# 9 | def untyped(a, b: Field[I, float64], c: Field[[I]], d: list[float64], e: "IJ", f: Field[[I], gtx]) -> Field[[I, I], float64]:
#   |                         ^
#   |
#   = help: write `Field[[I, J], float64]`
#
# error[B0205]: a field type takes its dimensions and its data type
#  --> types/annotation.py:9:41
#   |
# 9 | def untyped(a, b: Field[I, float64], c: Field[[I]], d: list[float64], e: "IJ", f: Field[[I], gtx]) -> Field[[I, I], float64]:
#   |                                         ^^^^^^^^^^
#   |
#   = help: write `Field[[I, J], float64]`
#
# error[B0205]: Python's `list` is not a type
#  --> types/annotation.py:9:56
#   |
# 9 | def untyped(a, b: Field[I, float64], c: Field[[I]], d: list[float64], e: "IJ", f: Field[[I], gtx]) -> Field[[I, I], float64]:
#   |                                                        ^^^^^^^^^^^^^
#   |
#   = note: types are `Field[[I, J], float64]`, scalars as `float64` or `int32`, and `tuple[...]` of types
#
# error[B0101]: the name `IJ` is not defined
#  --> types/annotation.py:9:75
#   |
# 9 | def untyped(a, b: Field[I, float64], c: Field[[I]], d: list[float64], e: "IJ", f: Field[[I], gtx]) -> Field[[I, I], float64]:
#   |                                                                           ^^ not found
#   |
#   = help: did you mean `I`?
#
# error[B0205]: a module or namespace is not a type
#  --> types/annotation.py:9:94
#   |
# 9 | def untyped(a, b: Field[I, float64], c: Field[[I]], d: list[float64], e: "IJ", f: Field[[I], gtx]) -> Field[[I, I], float64]:
#   |                                                                                              ^^^
#   |
#   = note: types are `Field[[I, J], float64]`, scalars as `float64` or `int32`, and `tuple[...]` of types
#
# error[B0205]: the dimension `I` stands twice
#  --> types/annotation.py:9:113
#   |
# 9 | def untyped(a, b: Field[I, float64], c: Field[[I]], d: list[float64], e: "IJ", f: Field[[I], gtx]) -> Field[[I, I], float64]:
#   |                                                                                                                 ^
#
# error[B0101]: the name `Feld` is not defined
#   --> types/annotation.py:14:45
#    |
# 14 | def quoted(a: "Field[[J, I], float64]", b: "Feld[[I], float64]", c: "Field[[I]", d: "fl" "oat64") -> "list[float64]":
#    |                                             ^^^^ not found
#    |
#    = help: did you mean `Field`?
#
# error[B0001]: the text is not Python
#   --> types/annotation.py:14:79
#    |
# 14 | def quoted(a: "Field[[J, I], float64]", b: "Feld[[I], float64]", c: "Field[[I]", d: "fl" "oat64") -> "list[float64]":
#    |                                                                               ^ unexpected EOF while parsing
#
# error[B0205]: a type is given as text that is not written out
#   --> types/annotation.py:14:85
#    |
# 14 | def quoted(a: "Field[[J, I], float64]", b: "Feld[[I], float64]", c: "Field[[I]", d: "fl" "oat64") -> "list[float64]":
#    |                                                                                     ^^^^^^^^^^^^
#    |
#    = help: write the type without quotes, or as one string without prefix and escapes
#
# error[B0205]: Python's `list` is not a type
#   --> types/annotation.py:14:103
#    |
# 14 | def quoted(a: "Field[[J, I], float64]", b: "Feld[[I], float64]", c: "Field[[I]", d: "fl" "oat64") -> "list[float64]":
#    |                                                                                                       ^^^^^^^^^^^^^
#    |
#    = note: types are `Field[[I, J], float64]`, scalars as `float64` or `int32`, and `tuple[...]` of types
