//! Small programs and their graphs.
