//! Runs `tests/`: language-level tests are data, found by a scan of the directory. See `tests/README.md` for the
//! format of the files.
//!
//! [`programs`] runs whole programs on the interpreter and as machine code, in many variants, and compares bits.
//! Random graphs are run the same way.
//! `cargo test -p bise-filetests` runs everything; `BISE_FILTER=scan` only the files whose name contains `scan`.

#[cfg(test)]
mod mutations;
pub mod programs;

use std::path::{Path, PathBuf};

/// The folder `tests/` of this repository.
pub fn root() -> PathBuf {
    // Asked for when it runs: a tree may be moved after it was compiled.
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&here).join("../../tests")
}

/// The files of a folder with that extension whose path contains `filter`, in order of their names.
pub fn files(folder: &Path, extension: &str, filter: &str) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let matches = path.to_string_lossy().contains(filter);
        if matches && path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    fn filter() -> String {
        std::env::var("BISE_FILTER").unwrap_or_default()
    }

    /// `BISE_RANDOM=20000` in the environment runs that many, `BISE_RANDOM_SEED` says from where on.
    #[test]
    fn random_graphs() {
        let number = |name: &str, usual: u64| {
            let text = std::env::var(name).unwrap_or_default();
            text.parse().unwrap_or(usual)
        };
        let folder = super::root().join("../target/random");
        let (first, count) = (number("BISE_RANDOM_SEED", 0), number("BISE_RANDOM", 150));
        let failures = super::programs::run_graphs(first, count as usize, &folder);
        assert!(failures.is_empty(), "\n{}", failures.join("\n"));
    }

    #[test]
    fn programs() {
        let report = super::programs::run_all(&super::root().join("programs"), &filter());
        println!("{}", report.summary());
        assert!(report.failures.is_empty(), "\n{}", report.failures.join("\n"));
    }
}
