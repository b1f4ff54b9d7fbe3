"""`python -m tests.random.mutations`: mutated sources through the shell tool, which must say what is wrong and end well.

    python -m tests.random.mutations -n 5000            # 5000 mutants of all programs in the tree
    python -m tests.random.mutations -n 200 --seed 9    # others
    python -m tests.random.mutations target/mutations/17.py

Every mutant is checked, explained and run, within limits of memory and time. What ends by a signal, by a panic, by an internal
error ("compiler bug") or not at all is written to `target/mutations`.
"""

from __future__ import annotations

import argparse
import random
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("examples/*.py", "tests/programs/*.py", "tests/bad/**/*.py", "tests/python/model_*.py")
TOKENS = re.compile(r"\w+|[^\w\s]|\s+")
WORDS = (
    *[
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        ".",
        "=",
        "==",
        "-",
        "+",
        "*",
        "**",
        "/",
        "//",
        "%",
        "<",
        ">=",
        "and",
        "or",
        "not",
        "if",
        "else",
        "for",
        "in",
        "return",
        "lambda",
        "None",
        "True",
        "0",
        "1",
        "-1",
        "0.5",
        "1e400",
        "9999999999999999999",
    ],
    *[
        "I",
        "J",
        "K",
        "Field",
        "Dims",
        "float64",
        "int32",
        "bool",
        "tuple",
        "where",
        "astype",
        "broadcast",
        "neighbor_sum",
        "concat_where",
        "index",
        "as_offset",
        "out",
        "domain",
        "\\",
        "'",
        '"',
        "#",
        "\x00",
        "é",
    ],
    "\n",
    "    ",
    "(" * 300,
    "a + " * 500,
)
SECONDS, MEMORY = 20, 4 << 30
PROGRESS = 10.0


def mutant(text: str, draw: random.Random) -> str:
    """The text with some of its tokens deleted, doubled, swapped, replaced or put elsewhere."""
    tokens = TOKENS.findall(text)
    for _ in range(draw.choice((1, 1, 1, 2, 3, 8))):
        if not tokens:
            break
        at, other = draw.randrange(len(tokens)), draw.randrange(len(tokens))
        change = draw.randrange(6)
        if change == 0:
            del tokens[at : at + draw.choice((1, 1, 2, 10))]
        elif change == 1:
            tokens[at:at] = tokens[at : at + draw.choice((1, 3, 20))] * draw.choice((1, 2, 30))
        elif change == 2:
            tokens[at], tokens[other] = tokens[other], tokens[at]
        elif change == 3:
            tokens[at] = draw.choice(WORDS)
        elif change == 4:
            tokens.insert(at, draw.choice(WORDS))
        else:
            tokens[at:at] = tokens[other : other + draw.choice((1, 5, 40))]
    return "".join(tokens)


def tool() -> Path:
    return Path(sys.executable).with_name("bise")


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def failure(command: list[str]) -> str | None:
    """What is wrong with how the tool ends; nothing if it ends well."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=SECONDS,
            preexec_fn=limited,
            check=False,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return f"no end in {SECONDS} s"
    told = (done.stdout + done.stderr).decode(errors="replace")
    if done.returncode not in (0, 1, 2):
        return f"exit status {done.returncode}: {told[-2000:]}"
    if "panicked" in told or "compiler bug" in told:
        return told[-2000:]
    return None


def verdict(path: Path) -> str | None:
    """What is wrong with checking, explaining and running the programs of a file."""
    text = path.read_text(errors="replace")
    commands = [["check", str(path)]]
    for name in re.findall(r"@[\w.]*(?:operator|program)\b[^\n]*\n\s*def (\w+)", text)[:3]:
        target = f"{path}::{name}"
        sizes = ",".join(
            f"{dim}=5" for dim in dict.fromkeys(re.findall(r"^(\w+) = [\w.]*Dimension\(", text, re.MULTILINE))
        )
        size = ["--size", sizes] if sizes else []
        commands += [["explain", target, *size], ["run", target, *size]]
    for command in commands:
        found = failure([str(tool()), *command])
        if found:
            return f"bise {' '.join(command)}: {found}"
    return None


def search(count: int, seed: int, folder: Path) -> int:
    """Tries `count` mutants; the number of those that failed, each written to a file."""
    sources = sorted(path for pattern in SOURCES for path in ROOT.glob(pattern))
    folder.mkdir(parents=True, exist_ok=True)
    failed, said = 0, time.monotonic()
    for number in range(seed, seed + count):
        draw = random.Random(number)
        path = folder / f"{number}.py"
        path.write_text(mutant(draw.choice(sources).read_text(), draw))
        found = verdict(path)
        if found:
            failed += 1
            print(f"mutant {number} fails: {found}\n  python -m tests.random.mutations {path}", flush=True)
        else:
            path.unlink()
        if time.monotonic() - said > PROGRESS:
            said = time.monotonic()
            print(f"{number - seed + 1} mutants, {failed} failed", flush=True)
    print(f"{count} mutants of {len(sources)} files: {failed} failed")
    return failed


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.random.mutations",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("mutant", nargs="?", type=Path, help="a written mutant to try again")
    parser.add_argument("-n", "--number", type=int, default=200, help="mutants to try (default: 200)")
    parser.add_argument("--seed", type=int, default=0, help="where to start (default: 0)")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "target" / "mutations", help="where failures go"
    )
    given = parser.parse_args()
    if given.mutant:
        found = verdict(given.mutant)
        print(found or "ends well")
        return bool(found)
    return min(search(given.number, given.seed, given.folder), 1)


if __name__ == "__main__":
    sys.exit(main())
