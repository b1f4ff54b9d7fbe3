//! What is wrong with the user's program, as data.

use crate::Span;

/// A kind of diagnostic, declared once (see `bise_lang::codes`).
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Stable identifier, `B` and four digits.
    pub id: &'static str,
    /// Kebab-case name.
    pub name: &'static str,
    /// One line.
    pub summary: &'static str,
    /// What `bise explain CODE` prints: why this is an error, an example, the remedy.
    pub explanation: &'static str,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; the program is accepted.
    Warning,
    /// The program is refused.
    Error,
}

/// A place and what to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What; may be empty.
    pub text: String,
}

/// One thing that is wrong with the user's program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its kind.
    pub code: &'static Code,
    /// How bad.
    pub severity: Severity,
    /// The headline: lower case, no full stop, names what it is about.
    pub message: String,
    /// The smallest span that is wrong.
    pub primary: Label,
    /// Other places that matter.
    pub secondary: Vec<Label>,
    /// Facts that explain.
    pub notes: Vec<String>,
    /// What to do.
    pub hints: Vec<String>,
}

/// Several diagnostics, in source order.
pub type Diagnostics = Vec<Diagnostic>;

impl Diagnostic {
    /// An error of kind `code` at `span`.
    pub fn error(code: &'static Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            primary: Label {
                span,
                text: String::new(),
            },
            secondary: Vec::new(),
            notes: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// A warning of kind `code` at `span`.
    pub fn warning(code: &'static Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, span, message)
        }
    }

    /// The text beside the primary span.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Another place that matters.
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        // What stands nowhere is not shown.
        if span == Span::default() {
            return self;
        }
        self.secondary.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// A fact that explains.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// What to do.
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        self.hints.push(text.into());
        self
    }

    /// A hint `did you mean ...?` when one of `candidates` is close to `name`.
    pub fn did_you_mean<'a>(self, name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        match closest(name, candidates) {
            Some(best) => self.hint(format!("did you mean `{best}`?")),
            None => self,
        }
    }
}

/// The candidate with the smallest edit distance to `name`, if it is close enough to be meant. Among several those
/// that begin alike come first, then those that end alike.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let length = name.chars().count();
    // Of one letter, only the case can be wrong.
    let limit = (length / 3).max(usize::from(length > 1));
    candidates
        .into_iter()
        .map(|candidate| {
            let lower = candidate.to_lowercase();
            let begins = lower.chars().next() != name.chars().next();
            let ends = lower.chars().next_back() != name.chars().next_back();
            (edit_distance(&name, &lower), begins, ends, candidate)
        })
        .filter(|&(distance, ..)| distance <= limit)
        .min()
        .map(|(.., candidate)| candidate)
}

/// Damerau-Levenshtein distance: letters that are inserted, deleted, substituted, or swapped with the next one, each
/// of them once at most.
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    // The row before the last, and the last.
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &y) in b.iter().enumerate() {
            let mut best = (last[j] + usize::from(x != y))
                .min(last[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && x == b[j - 1] && y == a[i - 1] {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::{closest, edit_distance};

    #[test]
    fn distances_count_edits_and_swaps() {
        assert_eq!(edit_distance("kitten", "sitting"), 3);
        assert_eq!(edit_distance("", "abc"), 3);
        assert_eq!(edit_distance("ipn", "inp"), 1);
        assert_eq!(edit_distance("ca", "abc"), 3);
    }

    #[test]
    fn far_names_are_not_suggested() {
        assert_eq!(
            closest("neighbour_sum", ["neighbor_sum", "max_over"]),
            Some("neighbor_sum")
        );
        assert_eq!(closest("xyz", ["where", "abs"]), None);
        assert_eq!(closest("m", ["F", "M"]), Some("M"));
        assert_eq!(closest("m", ["F"]), None);
    }

    #[test]
    fn swapped_and_missing_letters_are_slips() {
        assert_eq!(closest("ipn", ["inp", "out", "int"]), Some("inp"));
        assert_eq!(closest("ot", ["dt", "inp", "out"]), Some("out"));
    }
}
