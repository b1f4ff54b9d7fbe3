//! Words that may not stand in the code, or not without a reason next to them.

use crate::findings::Findings;
use crate::source::Source;

/// The crates that may be unsafe.
const UNSAFE_CRATES: &[&str] = &["bise-driver", "bise-field", "bise-jit", "bise-py"];
/// The crates that compute their results from their arguments: no files, no environment, no clock.
const PURE_CRATES: &[&str] = &[
    "bise-base",
    "bise-lang",
    "bise-syntax",
    "bise-hir",
    "bise-iter",
    "bise-loops",
    "bise-front",
    "bise-lower",
    "bise-interp",
    "bise-codegen",
];
/// What a pure crate does not name.
const OUTSIDE: &[&str] = &[
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "Instant",
    "SystemTime",
];
/// Macros that say that something is not finished.
const UNFINISHED: &[&str] = &["todo", "unimplemented", "dbg"];

/// Checks one file.
pub fn check(source: &Source, findings: &mut Findings) {
    check_unsafe(source, findings);
    check_attributes(source, findings);
    check_unfinished(source, findings);
    check_pure(source, findings);
}

fn check_unsafe(source: &Source, findings: &mut Findings) {
    let allowed = UNSAFE_CRATES.contains(&crate_of(&source.path));
    for at in source
        .words("unsafe")
        .filter(|at| !is_pointer_type(&source.code[at + "unsafe".len()..]))
    {
        let line = source.line_of(at);
        if !allowed {
            findings.error(format!(
                "{}: `unsafe` outside {}",
                source.place(line),
                UNSAFE_CRATES.join(", ")
            ));
        } else if !is_argued(source, line) {
            findings.error(format!(
                "{}: `unsafe` without `// SAFETY:` above it",
                source.place(line)
            ));
        }
    }
}

/// Whether what follows `unsafe` makes it the type of a function: `extern "C" fn(`, a name missing.
fn is_pointer_type(rest: &str) -> bool {
    let rest = rest.trim_start();
    let rest = rest
        .strip_prefix("extern")
        .map_or(rest, |abi| abi.trim_start_matches([' ', '\n', '"']));
    rest.strip_prefix("fn")
        .is_some_and(|rest| rest.trim_start().starts_with('('))
}

/// Whether the statement or item that holds `line` has a safety comment, on it or above it.
fn is_argued(source: &Source, line: usize) -> bool {
    let says = |text: &str| text.contains("SAFETY:") || text.contains("# Safety");
    let lines: Vec<&str> = source.text.lines().map(str::trim).collect();
    if says(lines[line]) {
        return true;
    }
    for above in lines[..line].iter().rev() {
        let is_comment = above.starts_with("//");
        if is_comment && says(above) {
            return true;
        }
        if above.is_empty() || !is_comment && above.ends_with([';', '{', '}']) {
            return false;
        }
    }
    false
}

fn check_attributes(source: &Source, findings: &mut Findings) {
    for (at, attribute) in source.attributes() {
        let place = || source.place(source.line_of(at));
        let inside = attribute.trim_start_matches(['#', '!', '[', ' ']);
        let is = |name: &str| {
            inside.starts_with(&format!("{name}("))
                || inside.starts_with("cfg_attr") && inside.contains(&format!(" {name}("))
        };
        if (is("allow") || is("expect")) && !inside.contains("reason") {
            findings.error(format!("{}: a lint silenced without `reason = \"..\"`", place()));
        }
        if is("ignore") || inside.starts_with("ignore") {
            findings.error(format!(
                "{}: an ignored test; a test that cannot run here says so and returns",
                place()
            ));
        }
    }
}

fn check_unfinished(source: &Source, findings: &mut Findings) {
    for name in UNFINISHED {
        for at in source.words(name) {
            if source.code[at + name.len()..].starts_with('!') {
                findings.error(format!(
                    "{}: `{name}!` is left over",
                    source.place(source.line_of(at))
                ));
            }
        }
    }
}

fn check_pure(source: &Source, findings: &mut Findings) {
    let name = crate_of(&source.path);
    if !PURE_CRATES.contains(&name) || is_test(&source.path) {
        return;
    }
    let tests = source.code.find("#[cfg(test)]").unwrap_or(source.code.len());
    for word in OUTSIDE {
        for at in source.words(word).filter(|at| *at < tests) {
            let place = source.place(source.line_of(at));
            findings.error(format!(
                "{place}: `{word}` in {name}, which reads no files, environment or clock"
            ));
        }
    }
}

/// The crate whose folder holds `path`; empty outside `crates/`.
fn crate_of(path: &str) -> &str {
    path.strip_prefix("crates/")
        .and_then(|rest| rest.split('/').next())
        .unwrap_or("")
}

fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn finds(path: &str, text: &str, errors: usize) {
        let mut findings = Findings::default();
        check(&Source::new(path, text), &mut findings);
        assert_eq!(findings.errors().len(), errors, "{:?}", findings.errors());
    }

    const JIT: &str = "crates/bise-jit/src/lib.rs";
    const HIR: &str = "crates/bise-hir/src/lib.rs";

    #[test]
    fn unsafe_stays_in_its_crates() {
        finds(HIR, "// SAFETY: none\nunsafe { f() }", 1);
        finds(HIR, "#![forbid(unsafe_code)] // unsafe", 0);
    }

    #[test]
    fn unsafe_is_argued_for() {
        finds(JIT, "let x = unsafe { f() };", 1);
        finds(JIT, "// SAFETY: `f` is total.\nlet x = unsafe { f() };", 0);
        finds(
            JIT,
            "// SAFETY: `f` is total.\nlet x = g(\n    unsafe { f() },\n);",
            0,
        );
        finds(JIT, "// SAFETY: `f` is total.\nf();\nunsafe { f() }", 1);
        finds(
            JIT,
            "/// Frees.\n///\n/// # Safety\n/// Once.\n#[inline]\npub unsafe fn free() {}",
            0,
        );
        finds(JIT, "unsafe impl Send for X {}", 1);
    }

    #[test]
    fn types_of_unsafe_functions_need_no_argument() {
        finds(
            JIT,
            "type F = unsafe extern \"C\" fn(*mut u8);\ntype G = unsafe fn();",
            0,
        );
    }

    #[test]
    fn silenced_lints_have_reasons() {
        finds(HIR, "#[allow(dead_code)]", 1);
        finds(HIR, "#![expect(dead_code)]", 1);
        finds(HIR, "#[cfg_attr(test, allow(dead_code))]", 1);
        finds(HIR, "#[expect(\n    dead_code,\n    reason = \"soon\"\n)]", 0);
        finds(HIR, "#[should_panic(expected = \"x\")]", 0);
    }

    #[test]
    fn nothing_is_left_to_be_done() {
        finds(HIR, "fn f() { todo!() }", 1);
        finds(HIR, "#[test]\n#[ignore = \"slow\"]\nfn f() {}", 1);
        finds(HIR, "let todo = 1; // todo!()", 0);
    }

    #[test]
    fn the_core_is_pure_outside_its_tests() {
        finds(HIR, "let x = std::env::var(\"X\");", 1);
        finds(HIR, "#[cfg(test)]\nmod tests { use std::fs; }", 0);
        finds("crates/bise-hir/tests/all.rs", "use std::fs;", 0);
        finds(JIT, "use std::fs;", 0);
    }
}
