//! The meaning of iter, written to be obviously right. Oracle of every target and the `reference` backend.
