//! `cargo xtask layers`: dependencies point down the list of crates, and only along edges that are written here.
//!
//! Cargo refuses cycles; it does not refuse a code generator that reaches for the front end. The table is the
//! architecture: a new edge is a decision, made here and explained in `ARCHITECTURE.md`.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::findings::Findings;

/// Each crate, lowest first, and those that it may name; both without their `bise-`.
///
/// Tests may look at more: a dev-dependency may name any crate above its own line.
const CRATES: &[(&str, &str)] = &[
    ("base", ""),
    ("lang", "base"),
    ("syntax", "base"),
    ("hir", "base lang"),
    ("iter", "base lang"),
    ("loops", "base lang"),
    ("front", "base lang syntax hir"),
    ("interp", "base lang iter"),
    ("lower", "base lang hir iter loops"),
    ("codegen", "base lang loops"),
    ("field", "base lang"),
    ("jit", "base lang"),
    (
        "driver",
        "base lang syntax hir iter loops front lower interp codegen field jit",
    ),
    ("cli", "base lang hir front interp field driver"),
    ("py", "base lang hir front interp field driver"),
    (
        "filetests",
        "base lang syntax hir iter loops front lower interp codegen field jit driver",
    ),
    ("xtask", ""),
];

/// Third-party crates with one door each. A trailing `*` stands for any ending.
const DOORS: &[(&str, &str)] = &[
    ("annotate-snippets", "bise-base"),
    ("clap", "bise-cli"),
    ("inkwell", "bise-jit"),
    ("llvm-sys", "bise-jit"),
    ("npyz", "bise-cli"),
    ("numpy", "bise-py"),
    ("pyo3*", "bise-py"),
    ("ruff_*", "bise-syntax"),
];

/// One line of some crate's `Cargo.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Edge<'a> {
    from: &'a str,
    to: &'a str,
    for_tests: bool,
}

/// Checks what `cargo metadata` says of the workspace at `root`.
pub fn check(root: &Path, findings: &mut Findings) -> Result<(), String> {
    let metadata = metadata(root)?;
    let (crates, edges) = graph(&metadata)?;
    check_rows(&crates, findings);
    for edge in &edges {
        check_edge(*edge, &crates, findings);
    }
    findings.fact(format!(
        "layers: {} crates, {} dependencies",
        crates.len(),
        edges.len()
    ));
    Ok(())
}

fn metadata(root: &Path) -> Result<Value, String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root)
        .output()
        .map_err(|error| format!("cargo metadata does not start: {error}"))?;
    if !output.status.success() {
        return Err(format!(
            "cargo metadata failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("cargo metadata is not JSON: {error}"))
}

/// The names of the workspace's crates and every dependency that they declare.
fn graph(metadata: &Value) -> Result<(Vec<&str>, Vec<Edge<'_>>), String> {
    let packages = metadata["packages"]
        .as_array()
        .ok_or("cargo metadata lists no packages")?;
    let mut crates = Vec::new();
    let mut edges = Vec::new();
    for package in packages {
        let from = package["name"].as_str().ok_or("a package without a name")?;
        crates.push(from);
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let to = dependency["name"].as_str().ok_or("a dependency without a name")?;
            edges.push(Edge {
                from,
                to,
                for_tests: dependency["kind"] == "dev",
            });
        }
    }
    Ok((crates, edges))
}

/// The table and the workspace name the same crates.
fn check_rows(crates: &[&str], findings: &mut Findings) {
    for name in crates {
        if height(name).is_none() {
            findings.error(format!("{name} has no row in CRATES of xtask/src/layers.rs"));
        }
    }
    for (row, _) in CRATES {
        if !crates.iter().any(|name| short(name) == *row) {
            findings.error(format!(
                "`{row}` has a row in CRATES of xtask/src/layers.rs, and does not exist"
            ));
        }
    }
}

fn check_edge(edge: Edge<'_>, crates: &[&str], findings: &mut Findings) {
    let Edge { from, to, for_tests } = edge;
    if crates.contains(&to) {
        if !(may_name(from, to) || for_tests && height(to) < height(from)) {
            findings.error(format!(
                "{from} must not depend on {to}: no such edge in CRATES of xtask/src/layers.rs"
            ));
        }
    } else if let Some((_, door)) = DOORS.iter().find(|(pattern, _)| matches(pattern, to))
        && *door != from
    {
        findings.error(format!("{from} must not name {to}: only {door} does"));
    }
}

fn may_name(from: &str, to: &str) -> bool {
    height(from).is_some_and(|row| CRATES[row].1.split(' ').any(|name| name == short(to)))
}

/// The number of a crate's row.
fn height(name: &str) -> Option<usize> {
    CRATES.iter().position(|(row, _)| *row == short(name))
}

fn short(name: &str) -> &str {
    name.strip_prefix("bise-").unwrap_or(name)
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern
        .strip_suffix('*')
        .map_or(pattern == name, |start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors_of(from: &str, to: &str, for_tests: bool) -> usize {
        let crates: Vec<String> = CRATES.iter().map(|(row, _)| format!("bise-{row}")).collect();
        let crates: Vec<&str> = crates.iter().map(String::as_str).collect();
        let mut findings = Findings::default();
        check_edge(Edge { from, to, for_tests }, &crates, &mut findings);
        findings.errors().len()
    }

    #[test]
    fn rows_name_only_rows_above_them() {
        for (height, (row, names)) in CRATES.iter().enumerate() {
            for name in names.split_whitespace() {
                assert!(
                    super::height(name).is_some_and(|other| other < height),
                    "{row} -> {name}"
                );
            }
        }
    }

    #[test]
    fn edges_are_allowed_by_the_table_alone() {
        assert_eq!(errors_of("bise-lower", "bise-iter", false), 0);
        assert_eq!(errors_of("bise-iter", "bise-lower", false), 1);
        assert_eq!(errors_of("bise-codegen", "bise-front", false), 1);
    }

    #[test]
    fn tests_may_look_at_anything_above_them_in_the_list() {
        assert_eq!(errors_of("bise-codegen", "bise-interp", true), 0);
        assert_eq!(errors_of("bise-hir", "bise-front", true), 1);
    }

    #[test]
    fn heavy_dependencies_have_one_door() {
        assert_eq!(errors_of("bise-jit", "llvm-sys", false), 0);
        assert_eq!(errors_of("bise-driver", "llvm-sys", false), 1);
        assert_eq!(errors_of("bise-front", "ruff_python_ast", false), 1);
        assert_eq!(errors_of("bise-front", "serde", false), 0);
    }

    #[test]
    fn graph_reads_names_and_kinds() {
        let metadata = serde_json::json!({"packages": [
            {"name": "a", "dependencies": [{"name": "b", "kind": null}, {"name": "c", "kind": "dev"}]},
        ]});
        let (crates, edges) = graph(&metadata).expect("well formed");
        assert_eq!(crates, ["a"]);
        assert_eq!(
            edges,
            [
                Edge {
                    from: "a",
                    to: "b",
                    for_tests: false
                },
                Edge {
                    from: "a",
                    to: "c",
                    for_tests: true
                }
            ]
        );
    }
}
