//! Code made and run.
