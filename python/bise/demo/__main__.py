"""``python -m bise.demo``: runs the demonstration and prints what it found."""

import argparse
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import bise as gtx

from .._shell import run
from . import figures, measure, structured, wind

FORMATS = (".png", ".jpg", ".pdf", ".svg")
"""Of the map, by the end of its name."""


@dataclass
class Case:
    """One program, what it is called with, and what its output is to be."""

    name: str
    program: gtx.Program
    arguments: dict
    expected: np.ndarray

    def call(self) -> None:
        self.program(**({"offset_provider": {}} | self.arguments))

    def check(self) -> str:
        """Runs the program and compares with NumPy, bit for bit."""
        self.call()
        found = self.arguments["out"].asnumpy()
        if found.tobytes() != np.ascontiguousarray(self.expected).tobytes():
            worst = np.max(np.abs(found - self.expected))
            raise SystemExit(f"{self.name}: differs from NumPy by up to {worst:g}")
        return "same bits as NumPy"


class Progress:
    """A bar on the terminal; nothing where the output is not one."""

    def __init__(self, steps: int):
        self.steps, self.done = steps, 0

    def __call__(self, what: str) -> None:
        self.done += 1
        if sys.stderr.isatty():
            filled = 30 * self.done // self.steps
            bar = "#" * filled + "." * (30 - filled)
            end = "\n" if self.done == self.steps else ""
            print(f"\r[{bar}] {what:<42}", end=end, file=sys.stderr, flush=True)


def main() -> None:
    options = parse()
    if options.compile_times:
        print(json.dumps(measure_compile_times()))
        return
    size = tuple(options.size) if not options.quick else (32, 32, 16)
    level = options.level if not options.quick else 3
    progress = Progress(10)
    progress("horizontal diffusion in NumPy")
    diffusion = structured.diffusion_arguments(size)
    cases = [
        Case(
            "horizontal diffusion",
            structured.horizontal_diffusion,
            diffusion,
            structured.diffusion_in_numpy(diffusion),
        )
    ]
    progress("vertical advection in NumPy")
    advection = structured.advection_arguments(size)
    cases.append(
        Case(
            "vertical advection",
            structured.vertical_advection,
            advection,
            structured.advection_in_numpy(advection),
        )
    )
    progress(f"icosahedral mesh, level {level}")
    mesh = gtx.mesh.icosahedral(level)
    progress("observed wind onto the edges")
    cases += wind_cases(mesh)
    verdicts = []
    for case in cases:
        progress(f"checking {case.name}")
        verdicts.append(case.check())
    progress("memory bandwidth and times")
    limit = measure.bandwidth(size=1 << 20 if options.quick else 1 << 24)
    times = measure.compile_times([case.name for case in cases])
    seconds = [measure.median_time(case.call) for case in cases]
    progress("map")
    report(cases, verdicts, times, seconds, limit)
    finish(options.output, mesh, cases)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bise.demo", description=__doc__)
    parser.add_argument("--size", nargs=3, type=int, default=(128, 128, 80), metavar=("I", "J", "K"))
    parser.add_argument("--level", type=int, default=5, help="refinements of the icosahedron (0 to 10)")
    parser.add_argument("--output", default="demo.png", help="where the map goes")
    parser.add_argument("--quick", action="store_true", help="small sizes, for a first look")
    parser.add_argument("--compile-times", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not 0 <= options.level <= 10:
        parser.error(f"argument --level: from 0 to 10, not {options.level}")
    if min(options.size) < 1:
        parser.error("argument --size: each is 1 or more")
    if reason := unwritable(Path(options.output)):
        parser.error(f"argument --output: {reason}")
    return options


def unwritable(path: Path) -> str | None:
    """Why the map cannot be written there: better said before all the work than after it."""
    if path.suffix.lower() not in FORMATS:
        return f"the name ends in {', '.join(FORMATS)}, not in '{path.suffix}'"
    if path.is_dir():
        return f"{path} is a folder"
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}"
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        return f"{path} may not be written"
    return None


def wind_cases(mesh) -> list[Case]:
    """The two programs on the mesh with the observed wind."""
    latitude, longitude, *components = wind.observed_wind()
    at = (latitude, longitude, np.asarray(mesh.edge_latitude), np.asarray(mesh.edge_longitude))
    of_cells, of_vertices = wind.arguments(mesh, *(wind.interpolate(part, *at) for part in components))
    return [
        Case("divergence at cells", wind.wind_divergence, of_cells, wind.divergence_in_numpy(of_cells)),
        Case("vorticity at vertices", wind.wind_vorticity, of_vertices, wind.vorticity_in_numpy(of_vertices)),
    ]


def measure_compile_times() -> dict[str, float]:
    """What compiling each program costs in this process, with the cache that it finds."""
    measure.warm_up()
    diffusion = structured.diffusion_arguments((16, 16, 8))
    advection = structured.advection_arguments((16, 16, 8))
    empty = np.zeros(0)
    cases = [
        Case("horizontal diffusion", structured.horizontal_diffusion, diffusion, empty),
        Case("vertical advection", structured.vertical_advection, advection, empty),
        *wind_cases(gtx.mesh.icosahedral(1)),
    ]
    return {case.name: measure.first_call_cost(case.call) for case in cases}


def report(cases, verdicts, times, seconds, limit) -> None:
    """The table of what was found."""
    print(f"\nmemory bandwidth (copy): {limit / 1e9:.1f} GB/s\n")
    head = ("program", "result", "compile", "cached", "call", "bytes", "of bandwidth")
    print("{:<22} {:<19} {:>9} {:>9} {:>10} {:>9} {:>13}".format(*head))
    for case, verdict, spent in zip(cases, verdicts, seconds, strict=True):
        cold, cached = times[case.name]
        moved = measure.ideal_bytes(case.arguments)
        print(
            f"{case.name:<22} {verdict:<19} {1e3 * cold:6.1f} ms {1e3 * cached:6.1f} ms "
            f"{1e6 * spent:7.1f} us {moved / 1e6:6.1f} MB {moved / spent / limit:12.0%}"
        )
    print("\ncompile, cached: CPU time of the first call, without and with machine code on disk")
    print("of bandwidth: above 100 % where the data stay in the caches")


def finish(path: str, mesh, cases: list[Case]) -> None:
    """The integral of the divergence, and the map."""
    found = {case.name: case.arguments["out"].asnumpy() for case in cases}
    area = np.asarray(mesh.cell_area)
    flux = found["divergence at cells"] * area[:, None]
    total, scale = np.abs(flux.sum(axis=0)).max(), np.abs(flux).sum(axis=0).max()
    print(f"\nglobal integral of the divergence: {total:.2e} m2/s, {total / scale:.1e} of its absolute value")
    figures.draw(path, mesh, found["vorticity at vertices"], found["divergence at cells"])
    print(f"map of both: {path}")


if __name__ == "__main__":
    run(main)
