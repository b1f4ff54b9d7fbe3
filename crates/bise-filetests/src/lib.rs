//! Runs `tests/`: programs on every target against the interpreter, IR files, bad programs.
