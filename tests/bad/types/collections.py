import gt4py.next as gtx
from gt4py.next import Field, float64
from typing import NamedTuple
from dataclasses import dataclass

I = gtx.Dimension("I")
F = Field[[I], float64]


class S(NamedTuple):
    u: F
    v: F


class D(NamedTuple):
    u: F
    v: F = 1


class L(NamedTuple):
    u: list


@gtx.field_operator
def a(s: S) -> F:
    return s.w


@gtx.field_operator
def b(s: S) -> S:
    return S(s.u)


@gtx.field_operator
def c(s: S) -> S:
    return S(s.u, w=s.v)


@gtx.field_operator
def d(s: S) -> S:
    return S(s.u, 1.0)


@gtx.field_operator
def e(s: D) -> F:
    return s.u


@gtx.field_operator
def f(s: L) -> F:
    return s.u


@gtx.field_operator
def inside(a: F) -> F:
    class T(NamedTuple):
        u: F

    return a


@gtx.field_operator
def plain(a: tuple[F, F]) -> F:
    return a.u


@gtx.field_operator
def twice(s: S) -> S:
    return S(s.u, s.v, v=s.v)


@gtx.field_operator
def misspelt(s: S, speed_of_wind: F) -> F:
    return S(u=speed_of_wind, v=s.u).vv

# ---- expected
# error[B0104]: `S` has no element `w`
#   --> types/collections.py:26:14
#    |
# 26 |     return s.w
#    |              ^ not an element
#
# error[B0211]: the call of `S` lacks `v`
#   --> types/collections.py:31:12
#    |
# 31 |     return S(s.u)
#    |            ^^^^^^ takes 2 arguments
#
# error[B0211]: `S` has no parameter `w`
#   --> types/collections.py:36:19
#    |
# 36 |     return S(s.u, w=s.v)
#    |                   ^
#
# error[B0201]: the parameter `v` of `S` takes `Field[[I], float64]`, not `float64`
#   --> types/collections.py:41:19
#    |
# 41 |     return S(s.u, 1.0)
#    |                   ^^^ this is `float64`
#    |
#    = help: add the dimensions it lacks with `broadcast`
#
# error[B0205]: this class is not a type of the language, as far as its text tells
#   --> types/collections.py:45:10
#    |
# 15 | class D(NamedTuple):
#    |       - defined here
# ...
# 45 | def e(s: D) -> F:
#    |          ^ not a type
#    |
#    = note: named collections are classes made by `NamedTuple` or `@dataclass`, whose elements have types of the language and no defaults
#    = help: import the file in Python, which knows what else makes a class
#
# error[B0205]: this class is not a type of the language, as far as its text tells
#   --> types/collections.py:50:10
#    |
# 20 | class L(NamedTuple):
#    |       - defined here
# ...
# 50 | def f(s: L) -> F:
#    |          ^ not a type
#    |
#    = note: named collections are classes made by `NamedTuple` or `@dataclass`, whose elements have types of the language and no defaults
#    = help: import the file in Python, which knows what else makes a class
#
# error[B0301]: class definitions are not part of the language
#   --> types/collections.py:56:5
#    |
# 56 |     class T(NamedTuple):
#    |     ^^^^^^^^^^^^^^^^^^^^
#
# error[B0104]: a value has no attribute `u`
#   --> types/collections.py:64:14
#    |
# 64 |     return a.u
#    |              ^
#    |
#    = note: fields, scalars and tuples have no attributes inside an operator
#
# error[B0211]: the parameter `v` of `S` is given twice
#   --> types/collections.py:69:24
#    |
# 69 |     return S(s.u, s.v, v=s.v)
#    |                        ^^^^^
#
# error[B0104]: `S` has no element `vv`
#   --> types/collections.py:74:38
#    |
# 74 |     return S(u=speed_of_wind, v=s.u).vv
#    |                                      ^^ not an element
#    |
#    = help: did you mean `v`?
