//! How long files and functions are, and that each file says what it is.

use crate::findings::Findings;
use crate::source::Source;

/// Past this many lines, look for the seam of a file; past the second, cut it.
const FILE_LINES: (usize, usize) = (500, 900);
/// The same for a function.
const FUNCTION_LINES: (usize, usize) = (60, 150);
/// Files that are tables: path, reason. A long one is no worse than a short one.
const TABLES: &[(&str, &str)] = &[];
/// Above a function that is one table, followed by the reason.
const MARKER: &str = "// tidy: table:";
/// How many of the longest functions a report names.
const NAMED: usize = 10;

/// Checks and counts all sources together.
pub fn check(sources: &[Source], findings: &mut Findings) {
    let mut file_lengths = Vec::new();
    let mut functions = Vec::new();
    for source in sources {
        check_opening(source, findings);
        let length = source.text.lines().count();
        file_lengths.push(length);
        check_file(source, length, findings);
        functions.extend(source.functions().into_iter().map(|function| (source, function)));
    }
    let mut function_lengths: Vec<usize> = functions.iter().map(|(_, function)| function.length).collect();
    functions
        .retain(|(source, function)| function.length > FUNCTION_LINES.0 && !is_table(source, function.line));
    functions.sort_by_key(|(_, function)| std::cmp::Reverse(function.length));

    findings.fact(format!(
        "files: {}, median {} lines",
        sources.len(),
        median(&mut file_lengths)
    ));
    findings.fact(format!(
        "functions: {}, median {} lines, {} over {}",
        function_lengths.len(),
        median(&mut function_lengths),
        functions.len(),
        FUNCTION_LINES.0
    ));
    for (rank, (source, function)) in functions.iter().enumerate() {
        let sentence = format!(
            "{}: `{}` has {} lines",
            source.place(function.line),
            function.name,
            function.length
        );
        if function.length > FUNCTION_LINES.1 {
            findings.error(format!("{sentence}, the most is {}", FUNCTION_LINES.1));
        } else if rank < NAMED {
            findings.warning(sentence);
        }
    }
}

fn check_opening(source: &Source, findings: &mut Findings) {
    if !source.text.starts_with("//!") {
        findings.error(format!(
            "{}: the file does not open with `//!`: what it is, and why",
            source.path
        ));
    }
}

fn check_file(source: &Source, length: usize, findings: &mut Findings) {
    if TABLES.iter().any(|(path, _)| *path == source.path) || length <= FILE_LINES.0 {
        return;
    }
    let sentence = format!("{}: {length} lines", source.path);
    if length > FILE_LINES.1 {
        findings.error(format!("{sentence}, the most is {}", FILE_LINES.1));
    } else {
        findings.warning(format!("{sentence}: look for the seam"));
    }
}

/// Whether the comments and attributes just above `line` say, with a reason, that the function is a table.
fn is_table(source: &Source, line: usize) -> bool {
    let lines: Vec<&str> = source.text.lines().map(str::trim).collect();
    lines[..line]
        .iter()
        .rev()
        .take_while(|above| above.starts_with("//") || above.starts_with('#'))
        .any(|above| {
            above
                .strip_prefix(MARKER)
                .is_some_and(|reason| !reason.trim().is_empty())
        })
}

fn median(lengths: &mut [usize]) -> usize {
    lengths.sort_unstable();
    lengths.get(lengths.len() / 2).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn errors_of(text: &str) -> usize {
        let mut findings = Findings::default();
        check(&[Source::new("f.rs", text)], &mut findings);
        findings.errors().len()
    }

    fn function(above: &str, lines: usize) -> String {
        format!(
            "//! A file.\n{above}fn f() {{\n{}}}\n",
            "    g();\n".repeat(lines - 2)
        )
    }

    #[test]
    fn a_file_opens_with_its_purpose() {
        assert_eq!(errors_of("//! A file.\n"), 0);
        assert_eq!(errors_of("// A file.\n"), 1);
    }

    #[test]
    fn functions_have_a_greatest_length() {
        assert_eq!(errors_of(&function("", 150)), 0);
        assert_eq!(errors_of(&function("", 151)), 1);
    }

    #[test]
    fn tables_are_exempt_with_a_reason() {
        assert_eq!(
            errors_of(&function("// tidy: table: one row per builtin\n#[test]\n", 151)),
            0
        );
        assert_eq!(errors_of(&function("// tidy: table:\n", 151)), 1);
    }

    #[test]
    fn files_have_a_greatest_length() {
        assert_eq!(errors_of(&format!("//! A file.\n{}", "\n".repeat(899))), 0);
        assert_eq!(errors_of(&format!("//! A file.\n{}", "\n".repeat(900))), 1);
    }
}
