"""`python -m tests.random`: random programs, compiled in several settings, against NumPy bit for bit.

    python -m tests.random -n 1000 --seed 7          # 1000 programs from seed 7 on
    python -m tests.random --seconds 600 --only mesh # ten minutes of meshes
    python -m tests.random target/random/42.small.py # one that failed, again

Every array lies between pages that fault. What fails is written to `target/random`, whole and shrunk.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .generate import KINDS
from .search import replay, search
from .settings import ROOT


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.random",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("case", nargs="?", type=Path, help="a written case to run again")
    parser.add_argument("-n", "--number", type=int, default=200, help="programs to try (default: 200)")
    parser.add_argument("--seed", type=int, default=0, help="where to start (default: 0)")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="when to stop")
    parser.add_argument("--only", choices=KINDS, help="programs of one kind")
    parser.add_argument(
        "--shrink",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="to make one failure small (default: 60)",
    )
    parser.add_argument("--folder", type=Path, default=ROOT / "target" / "random", help="where failures go")
    given = parser.parse_args()
    if given.case:
        return replay(given.case)
    return min(search(given.number, given.seed, given.seconds, given.only, given.folder, given.shrink), 1)


if __name__ == "__main__":
    sys.exit(main())
