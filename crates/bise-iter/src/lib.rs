//! The functional core: a graph of field-valued nodes. `bise-interp` defines what it means.
