"""What the commands ``python -m ...`` have in common."""

import os
import sys
from collections.abc import Callable


def run(main: Callable[[], None]) -> None:
    """Call ``main``, and end without a word if whoever reads the output has gone, as in ``| head``."""
    try:
        try:
            main()
        except SystemExit:
            # As after `--help`.
            sys.stdout.flush()
            raise
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still buffered goes nowhere: Python writes it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
