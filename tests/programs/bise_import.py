"""The package under its own name."""

import bise
from bise import Field, float64, where

I = bise.Dimension("I")


@bise.field_operator
def positive(a: Field[[I], float64]) -> Field[[I], float64]:
    return where(a > 0.0, a, 0.0)


@bise.program
def run(a: Field[[I], float64], out: Field[[I], float64]):
    positive(a, out=out)


# ---- run run
# domain: I 0..9
# expect out: maximum(a, 0.0)
