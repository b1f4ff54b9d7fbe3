"""The search for a program that Bise and NumPy disagree about."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from .case import Case
from .settings import SETTINGS, Jury, kind
from .shrink import shrink

PROGRESS = 10.0


def search(
    count: int, seed: int, seconds: float, only: str | None, folder: Path, shrink_seconds: float
) -> int:
    """Tries `count` programs from a seed on; the number of those that failed, each written to a file."""
    jury, failed, tried = Jury(), 0, 0
    start = said = time.monotonic()
    try:
        for number in range(seed, seed + count):
            if time.monotonic() - start > seconds:
                break
            request = {"seed": number, "only": only}
            verdict = jury.verdict(request)
            tried += 1
            if verdict:
                failed += 1
                report(jury, number, request, verdict, folder, shrink_seconds)
            if time.monotonic() - said > PROGRESS:
                said = time.monotonic()
                print(f"{tried} programs, {failed} failed, last seed {number}", flush=True)
    finally:
        jury.stop()
    print(
        f"seeds {seed} to {seed + tried - 1}: {tried} programs in {len(SETTINGS)} settings, {failed} failed"
    )
    return failed


def replay(path: Path) -> int:
    """A written case again."""
    jury = Jury()
    try:
        request = {"text": path.read_text()}
        verdict = jury.verdict(request)
        for name, text in verdict.items():
            print(f"{name}: {text.strip()}")
            if text.startswith("wrong values"):
                print(f"  {jury.difference(request, name)}")
    finally:
        jury.stop()
    print("agrees" if not verdict else "fails")
    return bool(verdict)


def report(
    jury: Jury, number: int, request: dict[str, Any], verdict: dict[str, str], folder: Path, seconds: float
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = next(iter(verdict.values()))
    print(f"seed {number} fails ({', '.join(verdict)}): {text.splitlines()[0]}", flush=True)
    whole = jury.text(request)
    if not whole:
        return
    path = folder / f"{number}.py"
    path.write_text(whole)
    wanted = kind(verdict)

    def fails(case: Case) -> bool:
        return kind(jury.verdict({"text": case.to_text(), "complete": True})) == wanted

    small = shrink(Case.from_text(whole), fails, seconds)
    try:
        small = small.completed()
    except Exception as error:  # noqa: BLE001 - it fails in NumPy: written as it is
        print(f"  {error}")
    path.with_suffix(".small.py").write_text(small.to_text())
    request = {"text": small.to_text()}
    verdict = jury.verdict(request)
    for name, text in verdict.items():
        print(f"  {name}: {text.strip()[:1500]}")
        if text.startswith("wrong values"):
            print(f"  {jury.difference(request, name)}")
    print(f"  python -m tests.random {path.with_suffix('.small.py')}", flush=True)
