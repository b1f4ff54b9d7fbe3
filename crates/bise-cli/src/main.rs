//! The shell tool `bise`.

fn main() {}
