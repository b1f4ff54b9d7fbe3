//! `cargo xtask tidy`: what a reader of the tree may rely on, checked file by file.
//!
//! - Every Rust file opens with `//!`; files and functions stay within their sizes: [`sizes`].
//! - `unsafe` only where it is allowed and argued for, no silenced lint without a reason, nothing left to
//!   be done, no skipped test, a core without environment and clock: [`words`].
//! - The pages that describe the tree name only what is in it: [`pages`].

mod pages;
mod sizes;
mod words;

use std::path::Path;

use crate::findings::Findings;
use crate::source::Source;

/// Folders, at any depth, that hold nothing of ours.
const SKIPPED: &[&str] = &["target", "__pycache__", "node_modules"];

/// Checks the tree at `root`.
pub fn check(root: &Path, findings: &mut Findings) -> Result<(), String> {
    let mut tree = Vec::new();
    list(root, "", &mut tree)?;
    tree.sort();
    let sources: Vec<Source> = tree
        .iter()
        .filter(|path| {
            Path::new(path)
                .extension()
                .is_some_and(|extension| extension == "rs")
        })
        .map(|path| Source::read(root, path))
        .collect::<Result<_, _>>()?;
    for source in &sources {
        words::check(source, findings);
    }
    sizes::check(&sources, findings);
    pages::check(root, &tree, findings)
}

/// Appends to `tree` the path from the root of every file and folder below `folder`; hidden ones are left
/// out, but for `.ci` and `.cargo`.
fn list(root: &Path, folder: &str, tree: &mut Vec<String>) -> Result<(), String> {
    let entries = std::fs::read_dir(root.join(folder)).map_err(|error| format!("{folder}: {error}"))?;
    for entry in entries {
        let entry = entry.map_err(|error| format!("{folder}: {error}"))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let hidden = name.starts_with('.') && name != ".ci" && name != ".cargo";
        if hidden || SKIPPED.contains(&name.as_str()) {
            continue;
        }
        let path = if folder.is_empty() {
            name
        } else {
            format!("{folder}/{name}")
        };
        let kind = entry.file_type().map_err(|error| format!("{path}: {error}"))?;
        if kind.is_dir() {
            list(root, &path, tree)?;
        }
        tree.push(path);
    }
    Ok(())
}
