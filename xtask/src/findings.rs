//! What a check found, in the order found.

use std::fmt;

/// One sentence, and whether it fails the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Severity {
    /// Counts and medians: never wrong.
    Fact,
    /// To be looked at.
    Warning,
    /// Fails the check.
    Error,
}

/// The findings of one check. Its [`fmt::Display`] is the report: facts, then warnings, then errors.
#[derive(Debug, Default)]
pub struct Findings {
    lines: Vec<(Severity, String)>,
}

impl Findings {
    /// Says something that is neither right nor wrong.
    pub fn fact(&mut self, sentence: impl Into<String>) {
        self.lines.push((Severity::Fact, sentence.into()));
    }

    /// Says what should be looked at.
    pub fn warning(&mut self, sentence: impl Into<String>) {
        self.lines.push((Severity::Warning, sentence.into()));
    }

    /// Says what must be changed.
    pub fn error(&mut self, sentence: impl Into<String>) {
        self.lines.push((Severity::Error, sentence.into()));
    }

    /// Whether anything must be changed.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    fn count(&self, severity: Severity) -> usize {
        self.lines.iter().filter(|(s, _)| *s == severity).count()
    }

    /// The errors' sentences, for tests.
    #[cfg(test)]
    pub fn errors(&self) -> Vec<&str> {
        self.lines
            .iter()
            .filter(|(s, _)| *s == Severity::Error)
            .map(|(_, line)| line.as_str())
            .collect()
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefixes = [
            (Severity::Fact, ""),
            (Severity::Warning, "warning: "),
            (Severity::Error, "error: "),
        ];
        for (severity, prefix) in prefixes {
            for (_, line) in self.lines.iter().filter(|(s, _)| *s == severity) {
                writeln!(f, "{prefix}{line}")?;
            }
        }
        writeln!(
            f,
            "{} errors, {} warnings",
            self.count(Severity::Error),
            self.count(Severity::Warning)
        )
    }
}
