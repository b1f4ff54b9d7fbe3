//! `cargo xtask`: checks of the house itself, the ones that no compiler or linter makes.
//!
//! - `tidy`: each file, on its own: [`tidy`].
//! - `layers`: which crate may depend on which: [`layers`].
//!
//! A check prints what it found and fails the process if any finding is an error. Nothing is written.
#![forbid(unsafe_code)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "printing is what a task does"
)]

mod findings;
mod layers;
mod source;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use findings::Findings;

const USAGE: &str = "usage: cargo xtask tidy | layers";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let check: fn(&Path, &mut Findings) -> Result<(), String> = match arguments.as_slice() {
        [name] if name == "tidy" => tidy::check,
        [name] if name == "layers" => layers::check,
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    let mut findings = Findings::default();
    if let Err(error) = check(&root(), &mut findings) {
        eprintln!("error: cannot check: {error}");
        return ExitCode::from(2);
    }
    print!("{findings}");
    if findings.has_errors() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// The root of the workspace: the parent of this crate.
fn root() -> PathBuf {
    // Asked for when it runs: a tree may be moved after it was compiled.
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let mut root = PathBuf::from(here);
    root.pop();
    root
}
