"""The ten-line program of the README: a Laplacian on a structured grid."""

import numpy as np

import bise as gtx

I, J = gtx.Dimension("I"), gtx.Dimension("J")
Plane = gtx.Field[[I, J], gtx.float64]


@gtx.field_operator
def laplacian(a: Plane) -> Plane:
    return a(I + 1) + a(I - 1) + a(J + 1) + a(J - 1) - 4.0 * a


x = np.linspace(0.0, 1.0, 102)
a = gtx.as_field({I: (-1, 101), J: (-1, 101)}, x[:, None] ** 2 + x[None, :] ** 2)
out = gtx.zeros({I: 100, J: 100})
laplacian(a, out=out)
print(out.asnumpy().mean() / (x[1] - x[0]) ** 2)  # 4: the Laplacian of x**2 + y**2
