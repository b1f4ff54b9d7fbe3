//! `cargo xtask`: checks of the house itself.

fn main() {}
