"""`python -m tests.random.worker native|numpy`: runs cases that come as lines on standard input, one answer a line.

A process of its own per setting (Bise reads its settings once), so that a crash ends the worker and not the search.
"""

from __future__ import annotations

import base64
import contextlib
import faulthandler
import json
import sys
from typing import Any

import numpy as np

from . import generate
from .case import Case, digest
from .meaning import Refused


def answer(side: str, request: dict[str, Any]) -> dict[str, Any]:
    """What a case gives: digests of its fields, or an error and its first line."""
    try:
        if "text" in request:
            case = Case.from_text(request["text"])
            case = case.completed() if request.get("complete") else case
        else:
            case = generate.case(request["seed"], request["only"])
        if request.get("show"):
            return {"text": case.to_text()}
        arrays = case.compiled() if side == "native" else case.expected()
    except Refused as refused:
        return {"error": f"no meaning: {refused}"}
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
        text = [line for line in str(error).splitlines() if line.strip()]
        return {"error": f"{type(error).__name__}: {text[0] if text else ''}", "details": str(error)}
    found: dict[str, Any] = {"digest": digest(arrays)}
    if request.get("values"):
        found["values"] = {path: encoded(array) for path, array in arrays.items()}
    return found


def encoded(array: np.ndarray) -> list[Any]:
    return [array.dtype.name, array.shape, base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()]


def main() -> None:
    faulthandler.enable()
    answers = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):
        for line in sys.stdin:
            answers.write(json.dumps(answer(sys.argv[1], json.loads(line))) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
