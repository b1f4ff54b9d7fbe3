"""Runs a program in a process of its own: what may end a process, or sets limits to it."""

import os
import subprocess
import sys
from pathlib import Path


def run(folder: Path, text: str, *args: object, **variables: str) -> subprocess.CompletedProcess:
    """Runs ``text`` as a file in ``folder``, with those arguments, and environment variables beside ours."""
    program = folder / "program.py"
    program.write_text(text)
    command = [sys.executable, str(program), *map(str, args)]
    return subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
        env=os.environ | variables,
        cwd=folder,
    )


def succeed(folder: Path, text: str, *args: object, **variables: str) -> str:
    """Its output; a failure where it fails."""
    done = run(folder, text, *args, **variables)
    assert done.returncode == 0, f"exit status {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout
