//! Bad programs: `tests/bad/<area>/<name>.py` holds a program, a line `# ---- expected`, and the diagnostics that
//! it gets, each line behind `# `. `BISE_BLESS=1` writes what it gets now.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bise_base::{SourceMap, Style, render_all};

const MARKER: &str = "# ---- expected\n";

pub(super) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The Python files below a folder, in order.
pub(super) fn python_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "py") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

#[test]
fn bad_programs_get_their_diagnostics() {
    let folder = repository().join("tests/bad");
    let bless = std::env::var_os("BISE_BLESS").is_some();
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for path in python_files(&folder) {
        let text = std::fs::read_to_string(&path).unwrap();
        let (program, expected) = text.split_once(MARKER).unwrap_or((text.as_str(), ""));
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        let sources = SourceMap::new();
        let source = sources.add(name.as_str(), program, 1);
        let module = crate::module(&sources, source);
        seen.extend(module.diagnostics.iter().map(|diagnostic| diagnostic.code.id));
        let rendered = render_all(&module.diagnostics, &sources, Style::Plain);
        let comment = |line: &str| {
            if line.is_empty() {
                "#\n".to_owned()
            } else {
                format!("# {line}\n")
            }
        };
        let found: String = rendered.lines().map(comment).collect();
        if found == expected {
            continue;
        }
        if bless {
            std::fs::write(
                &path,
                format!("{}\n{MARKER}{found}", program.trim_end().to_owned() + "\n"),
            )
            .unwrap();
        } else {
            wrong.push(format!("{name}:\n{found}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "these differ (BISE_BLESS=1 rewrites):\n{}",
        wrong.join("\n")
    );
    let mine = bise_lang::codes::ALL
        .iter()
        .map(|code| code.id)
        .filter(|id| *id < "B0500");
    let unseen: Vec<&str> = mine
        .filter(|id| !seen.contains(id))
        .filter(|id| !ELSEWHERE.contains(id))
        .collect();
    assert!(unseen.is_empty(), "no bad program for {unseen:?}");
}

/// Codes that no whole file can cause: the text is not one function.
const ELSEWHERE: &[&str] = &["B0003"];

#[test]
fn a_text_that_is_no_function_is_refused() {
    let sources = SourceMap::new();
    let source = sources.add("test.py", "f = lambda a: a\n", 1);
    let diagnostics = crate::field_operator(&sources, source, &crate::Language).unwrap_err();
    assert_eq!(diagnostics[0].code.id, "B0003");
}
