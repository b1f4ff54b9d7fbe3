//! Pages that describe the tree, held to it: a path in backticks exists.

use std::path::Path;

use crate::findings::Findings;

/// The pages, and the most lines that each may have.
const PAGES: &[(&str, usize)] = &[("ARCHITECTURE.md", 300), ("CONTRIBUTING.md", 300)];
/// Endings that make a word without `/` a path.
const ENDINGS: &[&str] = &[".rs", ".toml", ".md", ".sh"];
/// Folders that exist only once something was built.
const BUILT: &[&str] = &["target", ".venv"];

/// Checks the pages in `root` against `tree`, the path of every file and folder.
pub fn check(root: &Path, tree: &[String], findings: &mut Findings) -> Result<(), String> {
    for (page, most) in PAGES {
        if !tree.iter().any(|path| path == page) {
            findings.warning(format!("{page} is not written yet"));
            continue;
        }
        let text = std::fs::read_to_string(root.join(page)).map_err(|error| format!("{page}: {error}"))?;
        let length = text.lines().count();
        if length > *most {
            findings.error(format!("{page}: {length} lines, the most is {most}"));
        }
        for (line, path) in paths(&text).filter(|(_, path)| !exists(path, tree)) {
            findings.error(format!("{page}:{}: there is no `{path}`", line + 1));
        }
    }
    Ok(())
}

/// What stands in backticks outside fenced blocks and looks like a path, with its line from 0.
fn paths(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().flat_map(move |(number, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        let line = if fenced || fence { "" } else { line };
        line.split('`')
            .skip(1)
            .step_by(2)
            .filter(|word| is_path(word))
            .map(move |word| (number, word))
    })
}

fn is_path(word: &str) -> bool {
    let plain = word
        .chars()
        .all(|c| c.is_alphanumeric() || "_-./{},*".contains(c));
    plain
        && !word.starts_with('/')
        && (word.contains('/') || ENDINGS.iter().any(|ending| word.ends_with(ending)))
}

/// Whether some path of `tree` is `path`, or ends with it: `passes/fuse.rs` may be short for a longer one.
/// `{a,b}` stands for each of its parts and `*` for any text without `/`.
fn exists(path: &str, tree: &[String]) -> bool {
    if let Some((before, rest)) = path.split_once('{')
        && let Some((parts, after)) = rest.split_once('}')
    {
        return parts
            .split(',')
            .all(|part| exists(&format!("{before}{part}{after}"), tree));
    }
    let path = path.trim_end_matches('/');
    let wanted: Vec<&str> = path.split('/').collect();
    BUILT.contains(&wanted[0])
        || tree.iter().any(|there| {
            let there: Vec<&str> = there.split('/').collect();
            there.len() >= wanted.len()
                && there
                    .iter()
                    .rev()
                    .zip(wanted.iter().rev())
                    .all(|(name, pattern)| fits(pattern, name))
        })
}

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, end)) => {
            name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_what_looks_like_one() {
        let text =
            "`a/b.rs` and `lib.rs`, not `x + y`, `gt4py.next` or `// SAFETY:`\n```\n`c/d`\n```\n`e/`\n";
        let found: Vec<_> = paths(text).collect();
        assert_eq!(found, [(0, "a/b.rs"), (0, "lib.rs"), (4, "e/")]);
    }

    #[test]
    fn a_path_may_leave_out_its_beginning() {
        let tree = [
            "crates",
            "crates/a",
            "crates/a/src/passes/fuse.rs",
            "crates/b/src/passes",
        ]
        .map(String::from);
        for path in [
            "crates/a/",
            "passes/fuse.rs",
            "fuse.rs",
            "crates/*/src/passes",
            "crates/{a,b}/src/passes",
            "target/x",
        ] {
            assert_eq!(exists(path, &tree), path != "crates/{a,b}/src/passes", "{path}");
        }
        assert!(!exists("asses/fuse.rs", &tree));
        assert!(!exists("passes/split.rs", &tree));
    }
}
