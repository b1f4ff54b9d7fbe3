//! Lowered programs: their text against files, and their results against the meaning of iter.

mod files;
mod machine;
mod programs;
mod random;
