"""Times Bise beside C and NumPy on the same fields, in one run, and prints ratios.

    python benches/run.py [--threads 1] [--size I J K] [--rounds 15] [--only hdiff,vadv]

Every round calls every variant once after the other, so that all see the same machine; medians are reported.
NumPy has rounds of its own: its temporaries would leave no cache to whoever comes next, which was always Bise.
`C` is the best variant of `kernels.c`, compiled by clang with `-O3 -march=native` (and once more with
`-ffast-math`); `limit` is the time that the bytes of the problem take at the measured bandwidth of the best copy.
"""

import argparse
import ctypes
import functools
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--size", nargs=3, type=int, default=(128, 128, 80), metavar=("I", "J", "K"))
    parser.add_argument("--level", type=int, default=5, help="refinements of the icosahedral mesh")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="copy,hdiff,vadv,div,column,fold,nested,compile,call")
    parser.add_argument("--cc", default="clang-19")
    return parser.parse_args()


OPTIONS = parse()
# Both thread pools are sized when they start, so this comes before the imports.
os.environ["OMP_NUM_THREADS"] = os.environ["BISE_NUM_THREADS"] = str(OPTIONS.threads)
# A pool that spins while it waits would take the processor from whoever is timed next.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numpy as np

import bise as gtx
from bise.demo import measure, structured

HERE = Path(__file__).parent
I, J, K = structured.I, structured.J, structured.K
Cell, Edge = gtx.Dimension("Cell"), gtx.Dimension("Edge")
C2EDim = gtx.Dimension("C2E", kind=gtx.DimensionKind.LOCAL)
C2E = gtx.FieldOffset("C2E", source=Edge, target=(Cell, C2EDim))
E2CDim = gtx.Dimension("E2C", kind=gtx.DimensionKind.LOCAL)
E2C = gtx.FieldOffset("E2C", source=Cell, target=(Edge, E2CDim))
C2E2CDim = gtx.Dimension("C2E2C", kind=gtx.DimensionKind.LOCAL)
C2E2C = gtx.FieldOffset("C2E2C", source=Cell, target=(Cell, C2E2CDim))


Plane = gtx.Field[[I, J], gtx.float64]
Number = gtx.Field[[], gtx.float64]


@gtx.field_operator
def same(a: structured.IJK) -> structured.IJK:
    return a


@gtx.field_operator
def outflow(
    vn: gtx.Field[[Edge, K], float], factor: gtx.Field[[Cell, C2EDim], float]
) -> gtx.Field[[Cell, K], float]:
    return gtx.neighbor_sum(vn(C2E) * factor, axis=C2EDim)


CellK = gtx.Field[[Cell, K], float]


@gtx.field_operator
def tridiagonal(a: CellK, b: CellK, d: CellK) -> CellK:
    c, e = structured.eliminate(a, 3.0 + b, a, d)
    return structured.substitute(c, e)


def libraries(folder: str) -> dict[str, ctypes.CDLL]:
    """`kernels.c`, compiled strictly and with `-ffast-math`."""
    built = {}
    for name, extra in (("strict", []), ("fast", ["-ffast-math"])):
        path = f"{folder}/{name}.so"
        flags = ["-O3", "-march=native", "-fopenmp", "-fPIC", "-shared", "-Wno-psabi", *extra]
        subprocess.run([OPTIONS.cc, *flags, str(HERE / "kernels.c"), "-o", path], check=True)
        built[name] = ctypes.CDLL(path)
    return built


def pointer(field, *index) -> ctypes.c_void_p:
    """Address of a point, by absolute indices."""
    starts = [r.start for r in field.domain.ranges]
    at = zip(index, starts, field.ndarray.strides, strict=True)
    return ctypes.c_void_p(field.ndarray.ctypes.data + sum((i - s) * stride for i, s, stride in at))


def strides(field, *axes) -> list[ctypes.c_long]:
    """Strides of axes, in elements."""
    return [ctypes.c_long(field.ndarray.strides[axis] // field.ndarray.itemsize) for axis in axes]


def c_variants(libs, names, *arguments) -> dict:
    """Each function of `names` in each library, ready to call."""
    converted = [a if isinstance(a, ctypes._SimpleCData) else ctypes.c_long(a) for a in arguments]
    return {
        f"C {name} {flavour}": functools.partial(getattr(lib, name), *converted)
        for flavour, lib in libs.items()
        for name in names
    }


def copy_case(libs):
    ni, nj, nk = OPTIONS.size
    a, out = gtx.ones({I: ni, J: nj, K: nk}), gtx.zeros({I: ni, J: nj, K: nk})
    size = (ni, nj, nk, *strides(a, 1, 2), *strides(out, 1, 2))
    cs = c_variants(libs, ["copy_plain", "copy_plain_nt"], pointer(out, 0, 0, 0), pointer(a, 0, 0, 0), *size)
    peers = {"NumPy": lambda: np.copyto(out.ndarray, a.ndarray)}
    return lambda: same(a, out=out, offset_provider={}), cs, peers, 2 * a.ndarray.nbytes


def hdiff_case(libs):
    ni, nj, nk = OPTIONS.size
    given = structured.diffusion_arguments(OPTIONS.size)
    a, c, out = given["a"], given["coefficient"], given["out"]
    at = (pointer(out, 0, 0, 0), pointer(a, 0, 0, 0), pointer(c, 0, 0, 0))
    assert c.ndarray.strides == out.ndarray.strides
    size = (ni, nj, nk, *strides(a, 1, 2), *strides(out, 1, 2))
    # What a variant of `kernels.c` takes: rows that its buffers hold, whole vectors.
    fits = {"hdiff_inline": True, "hdiff_rows": ni <= 2048, "hdiff_inline_nt": ni % 8 == 0}
    names = [name for name, does in fits.items() if does]
    cs = c_variants(libs, names, *at, *size)
    expected = structured.diffusion_in_numpy(given)
    check(out, cs, expected)
    peers = {"NumPy": lambda: structured.diffusion_in_numpy(given)}
    arguments = tuple(given.values())
    call = lambda: structured.horizontal_diffusion(*arguments, offset_provider={})
    return call, cs, peers, 3 * 8 * ni * nj * nk


def vadv_case(libs):
    ni, nj, nk = OPTIONS.size
    given = structured.advection_arguments(OPTIONS.size)
    u, w, pos, ten, stage, out = (
        given[n] for n in ("u", "w", "u_position", "tendency", "tendency_stage", "out")
    )
    at = [pointer(field, 0, 0, 0) for field in (out, u, w, pos, ten, stage)]
    step = ctypes.c_double(given["inverse_step"])
    size = (ni, nj, nk, *strides(u, 1, 2), *strides(w, 1, 2), *strides(out, 1, 2))
    cs = c_variants(libs, ["vadv_columns"], *at, step, *size)
    check(out, cs, structured.advection_in_numpy(given))
    peers = {"NumPy": lambda: structured.advection_in_numpy(given)}
    arguments = tuple(given.values())
    call = lambda: structured.vertical_advection(*arguments, offset_provider={})
    return call, cs, peers, 6 * 8 * ni * nj * nk


def div_case(libs):
    mesh, levels = gtx.mesh.icosahedral(OPTIONS.level), OPTIONS.size[2]
    rng = np.random.default_rng(0)
    vn = gtx.as_field({Edge: mesh.edges, K: levels}, rng.random((mesh.edges, levels)))
    factor = gtx.as_field({Cell: mesh.cells, C2EDim: 3}, rng.random((mesh.cells, 3)))
    out = gtx.zeros({Cell: mesh.cells, K: levels})
    table = np.ascontiguousarray(mesh.c2e, dtype=np.int32)
    where = ctypes.c_void_p(table.ctypes.data)
    size = (mesh.cells, levels, *strides(vn, 0), *strides(out, 0), *strides(factor, 0))
    cs = c_variants(
        libs, ["div_columns"], pointer(out, 0, 0), pointer(vn, 0, 0), pointer(factor, 0, 0), where, *size
    )
    expected = sum(vn.asnumpy()[table[:, n]] * factor.asnumpy()[:, n, None] for n in range(3))
    check(out, cs, expected)
    moved = 8 * levels * (mesh.edges + mesh.cells) + 3 * 12 * mesh.cells
    call = lambda: outflow(vn, factor, out=out, offset_provider={"C2E": table})
    return call, cs, {}, moved


def columns_case(libs):
    cells, levels = 20 * 4**OPTIONS.level, min(OPTIONS.size[2], 512)  # as many as `kernels.c` takes
    rng = np.random.default_rng(0)
    a, b, d = (gtx.as_field({Cell: cells, K: levels}, rng.random((cells, levels))) for _ in range(3))
    out = gtx.zeros({Cell: cells, K: levels})
    at = [pointer(field, 0, 0) for field in (out, a, b, d)]
    cs = c_variants(libs, ["solve_column", "solve_lanes"], *at, cells, levels, *strides(out, 0))
    call = lambda: tridiagonal(a, b, d, out=out, offset_provider={})
    call()
    check(out, cs, out.asnumpy().copy())
    return call, cs, {}, 4 * 8 * cells * levels


Cells, Edges = gtx.Field[[Cell, K], float], gtx.Field[[Edge, K], float]
Around, Sides = gtx.Field[[Cell, C2E2CDim], float], gtx.Field[[Cell, C2EDim], float]


@gtx.field_operator
def laplacian(q: Cells) -> Cells:
    return gtx.neighbor_sum(q(C2E2C), axis=C2E2CDim) - 3.0 * q


@gtx.field_operator
def slope(q: Cells, w: Around) -> Cells:
    return gtx.neighbor_sum(w * q(C2E2C), axis=C2E2CDim)


@gtx.field_operator
def upwind(q: Cells, s: Cells, v: Edges) -> Edges:
    return v * gtx.where(v > 0.0, q(E2C[0]) + 0.5 * s(E2C[0]), q(E2C[1]) - 0.5 * s(E2C[1]))


@gtx.field_operator
def divergence(f: Edges, factor: Sides) -> Cells:
    return gtx.neighbor_sum(f(C2E) * factor, axis=C2EDim)


@gtx.field_operator
def biharmonic(q: Cells) -> Cells:
    return laplacian(laplacian(q))


@gtx.program
def biharmonic_stored(q: Cells, between: Cells, out: Cells):
    laplacian(q, out=between)
    laplacian(between, out=out)


@gtx.field_operator
def transport(q: Cells, v: Edges, w: Around, factor: Sides) -> Cells:
    return divergence(upwind(q, slope(q, w), v), factor)


@gtx.program
def transport_stored(q: Cells, v: Edges, w: Around, factor: Sides, s: Cells, f: Edges, out: Cells):
    slope(q, w, out=s)
    upwind(q, s, v, out=f)
    divergence(f, factor, out=out)


def nested_case(levels: int) -> dict:
    """By name: a call of operators inside each other, the same with everything in between stored by hand, and outputs."""
    mesh = gtx.mesh.icosahedral(OPTIONS.level)
    on = {"offset_provider": {"C2E": mesh.c2e, "E2C": mesh.e2c, "C2E2C": mesh.c2e2c}}
    rng = np.random.default_rng(0)
    cells, edges = {Cell: mesh.cells, K: levels}, {Edge: mesh.edges, K: levels}
    q = gtx.as_field(cells, rng.random((mesh.cells, levels)))
    v = gtx.as_field(edges, rng.random((mesh.edges, levels)) - 0.5)
    w = gtx.as_field({Cell: mesh.cells, C2E2CDim: 3}, rng.random((mesh.cells, 3)))
    factor = gtx.as_field({Cell: mesh.cells, C2EDim: 3}, rng.random((mesh.cells, 3)))
    s, f, out, stored = gtx.zeros(cells), gtx.zeros(edges), gtx.zeros(cells), gtx.zeros(cells)
    outputs = out, stored
    return {
        "lap(lap(q))": (
            lambda: biharmonic(q, out=out, **on),
            lambda: biharmonic_stored(q, s, stored, **on),
            outputs,
        ),
        "div(upwind(grad(q)))": (
            lambda: transport(q, v, w, factor, out=out, **on),
            lambda: transport_stored(q, v, w, factor, s, f, stored, **on),
            outputs,
        ),
    }


def nested_rows() -> None:
    for levels in (1, 60):
        for name, (nested, by_hand, (out, stored)) in nested_case(levels).items():
            nested()
            by_hand()
            np.testing.assert_array_equal(out.asnumpy(), stored.asnumpy(), err_msg=name)
            times = interleaved({"nested": nested, "stored": by_hand})
            print(
                f"nested {name:<22} {levels:3} levels {1e3 * times['nested']:8.3f} ms   stored by hand "
                f"{1e3 * times['stored']:8.3f} ms   {times['nested'] / times['stored']:5.2f}"
            )


@gtx.field_operator
def total(f: Plane, nx: gtx.int32, ny: gtx.int32) -> Number:
    return gtx.sum_over(f, domain={I: (0, nx), J: (0, ny)})


@gtx.field_operator
def across(f: Plane, nx: gtx.int32) -> gtx.Field[[J], gtx.float64]:
    return gtx.sum_over(f, domain={I: (0, nx)})


@gtx.field_operator
def along(f: Plane, ny: gtx.int32) -> gtx.Field[[I], gtx.float64]:
    return gtx.max_over(f, domain={J: (0, ny)})


@gtx.field_operator
def line(f: gtx.Field[[Cell], gtx.float64], n: gtx.int32) -> Number:
    return gtx.max_over(f, domain={Cell: (0, n)})


def fold_rows(bandwidth: float) -> None:
    """Folds over 2000 x 2000 points in both orders of memory, and over as many in one dimension, beside NumPy."""
    n = 2000
    number, rows, columns = gtx.zeros({}), gtx.zeros({I: n}), gtx.zeros({J: n})
    values = np.random.default_rng(0).standard_normal((n, n))
    for order in "CF":
        a = np.array(values, order=order)
        flat = values.reshape(-1)
        cases = {
            "sum": (lambda a=a: total(a, n, n, out=number), a.sum),
            "sum along I": (lambda a=a: across(a, n, out=columns), lambda a=a: a.sum(0)),
            "maximum along J": (lambda a=a: along(a, n, out=rows), lambda a=a: a.max(1)),
        }
        if order == "C":
            cases["maximum of a line"] = (lambda flat=flat: line(flat, n * n, out=number), values.max)
        for name, (bise, numpy) in cases.items():
            times = interleaved({"Bise": bise, "NumPy": numpy})
            print(
                f"fold {order} {name:<18} Bise {1e3 * times['Bise']:7.3f} ms   limit {1e3 * a.nbytes / bandwidth:7.3f} "
                f"ms   NumPy {1e3 * times['NumPy']:7.3f} ms   Bise/NumPy {times['Bise'] / times['NumPy']:5.2f}"
            )


def check(out, calls, expected) -> None:
    """Every variant gives the result, but for rounding where it was compiled to allow that."""
    for name, call in calls.items():
        out.ndarray[...] = 0
        call()
        np.testing.assert_allclose(out.asnumpy(), expected, rtol=1e-9, atol=1e-9, err_msg=name)


def interleaved(calls: dict) -> dict[str, float]:
    """Median seconds of each call, called in turn."""
    times = {name: [] for name in calls}
    for turn in range(OPTIONS.rounds + 2):
        for name, call in calls.items():
            begin = time.perf_counter()
            call()
            if turn >= 2:
                times[name].append(time.perf_counter() - begin)
    return {name: statistics.median(samples) for name, samples in times.items()}


def structured_row(name: str, case, bandwidth: float) -> None:
    call, cs, peers, moved = case
    times = interleaved({"Bise": call} | cs) | interleaved(peers)
    best = min(cs, key=times.get)
    line = f"{name:<6} Bise {1e3 * times['Bise']:8.3f} ms   limit {1e3 * moved / bandwidth:8.3f} ms"
    line += f"   {moved / times['Bise'] / 1e9:6.1f} GB/s   C {1e3 * times[best]:8.3f} ms ({best[2:]})"
    print(line + f"   Bise/C {times['Bise'] / times[best]:5.2f}")
    for other in sorted(times.keys() - {"Bise", best}, key=times.get):
        print(
            f"         {other:<26} {1e3 * times[other]:9.3f} ms   {times[other] / times['Bise']:6.2f} x Bise"
        )


@gtx.field_operator
def plus(a: structured.IJK, b: structured.IJK) -> structured.IJK:
    return a + b


@gtx.program
def add(a: structured.IJK, b: structured.IJK, out: structured.IJK):
    plus(a, b, out=out)


def call_overhead() -> None:
    """Time of a warm call with three array fields on an empty domain, beside calls of NumPy and of plain Python."""
    fields = tuple(gtx.zeros({I: 10, J: 10, K: 0}) for _ in range(3))
    arrays = tuple(np.zeros((10, 10, 0)) for _ in range(3))
    count = 5000

    def bise(a, b, out):
        for _ in range(count):
            add(a, b, out, offset_provider={})

    def numpy(a, b, out):
        for _ in range(count):
            np.add(a, b, out=out)

    for name, loop, given in (
        ("Bise, three Bise fields", bise, fields),
        ("Bise, three NumPy arrays", bise, arrays),
        ("np.add(a, b, out=out)", numpy, arrays),
    ):
        seconds = measure.median_time(functools.partial(loop, *given), 25) / count
        print(f"call   {name:<26} {1e6 * seconds:6.3f} us")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        libs = libraries(folder)
        bandwidth = measure.bandwidth()
        print(f"{OPTIONS.threads} thread(s); bandwidth of a large copy {bandwidth / 1e9:.1f} GB/s; medians\n")
        cases = {
            "copy": copy_case,
            "hdiff": hdiff_case,
            "vadv": vadv_case,
            "div": div_case,
            "column": columns_case,
        }
        chosen = OPTIONS.only.split(",")
        for name, case in cases.items():
            if name in chosen:
                structured_row(name, case(libs), bandwidth)
    if "fold" in chosen:
        fold_rows(bandwidth)
    if "nested" in chosen:
        nested_rows()
    if "compile" in chosen:
        for name, (cold, cached) in measure.compile_times(
            ["horizontal diffusion", "vertical advection"]
        ).items():
            print(
                f"compile {name:<22} empty cache {1e3 * cold:6.1f} ms CPU   from cache {1e3 * cached:6.1f} ms CPU"
            )
    if "call" in chosen:
        call_overhead()


if __name__ == "__main__":
    main()
