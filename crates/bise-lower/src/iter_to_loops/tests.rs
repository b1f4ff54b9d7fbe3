//! Lowered programs, run by the interpreter of loops, against the meaning of iter.
