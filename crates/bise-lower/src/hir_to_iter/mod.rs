//! Lowers a program of typed field views to the functional core.
