//! Rust source, read just closely enough: what is code, what is a comment or a literal, where functions end.
//!
//! Not a parser. [`blank`] knows the tokens that can hide a brace or a keyword (comments, strings, characters)
//! and everything else works on the text that it leaves.

use std::path::Path;

/// A source file, twice.
pub struct Source {
    /// The path from the root of the workspace, with `/` between its parts.
    pub path: String,
    /// The text as it is.
    pub text: String,
    /// The same text, byte for byte as long and with the same lines, comments and literals blanked.
    pub code: String,
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The line of its `fn`, from 0.
    pub line: usize,
    /// How many lines it has, from `fn` to the closing brace.
    pub length: usize,
}

impl Source {
    /// Reads the file at `path` below `root`.
    pub fn read(root: &Path, path: &str) -> Result<Self, String> {
        let text = std::fs::read_to_string(root.join(path)).map_err(|error| format!("{path}: {error}"))?;
        Ok(Self::new(path, text))
    }

    /// The source `text` of the file `path`.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            path: path.into(),
            code: blank(&text),
            text,
        }
    }

    /// The line, from 0, of the byte at `offset`.
    pub fn line_of(&self, offset: usize) -> usize {
        self.code[..offset].matches('\n').count()
    }

    /// `path:line`, as editors understand it, for a line from 0.
    pub fn place(&self, line: usize) -> String {
        format!("{}:{}", self.path, line + 1)
    }

    /// Where each occurrence of `word` in the code begins; part of a longer name is not an occurrence.
    pub fn words<'a>(&'a self, word: &'a str) -> impl Iterator<Item = usize> + 'a {
        self.code
            .match_indices(word)
            .map(|(at, _)| at)
            .filter(move |&at| {
                let before = self.code[..at].chars().next_back();
                let after = self.code[at + word.len()..].chars().next();
                !before.is_some_and(is_name) && !after.is_some_and(is_name)
            })
    }

    /// The attributes `#[..]` and `#![..]`: where each begins, and its text with its literals.
    pub fn attributes(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.match_indices('#').filter_map(|(at, _)| {
            let bracket = at + 1 + usize::from(self.code[at + 1..].starts_with('!'));
            let end = closing(&self.code, bracket, b'[', b']')?;
            Some((at, &self.text[at..=end]))
        })
    }

    /// The functions that have a body, in order; one inside another counts for both.
    pub fn functions(&self) -> Vec<Function> {
        self.words("fn").filter_map(|at| self.function_at(at)).collect()
    }

    fn function_at(&self, at: usize) -> Option<Function> {
        let rest = self.code[at + 2..].trim_start();
        let name: String = rest.chars().take_while(|c| is_name(*c)).collect();
        if name.is_empty() {
            return None; // the type of a function pointer
        }
        let end = body_end(&self.code, at)?;
        let line = self.line_of(at);
        Some(Function {
            name,
            line,
            length: self.line_of(end) + 1 - line,
        })
    }
}

/// The end of the body of the function whose signature starts at `at`; nothing if it has none.
fn body_end(code: &str, at: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for (offset, byte) in code.bytes().enumerate().skip(at) {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b';' if depth == 0 => return None,
            b'{' if depth == 0 => return closing(code, offset, b'{', b'}'),
            _ => {}
        }
    }
    None
}

/// Where the bracket that opens at `start` closes; nothing if none opens there.
fn closing(code: &str, start: usize, open: u8, close: u8) -> Option<usize> {
    if code.as_bytes().get(start) != Some(&open) {
        return None;
    }
    let mut depth = 0_usize;
    for (offset, byte) in code.bytes().enumerate().skip(start) {
        if byte == open {
            depth += 1;
        } else if byte == close {
            depth -= 1;
            if depth == 0 {
                return Some(offset);
            }
        }
    }
    None
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// `text` with every comment, and the inside of every string and character, turned into spaces.
///
/// Line ends stay, so offsets and lines are those of `text`.
pub fn blank(text: &str) -> String {
    let mut out = text.as_bytes().to_vec();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let (hidden, length) = token(rest, text[..at].chars().next_back().is_some_and(is_name));
        for byte in &mut out[at + hidden.start..at + hidden.end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at += length;
    }
    String::from_utf8(out).expect("whole characters were replaced by spaces")
}

/// The token that `rest` starts with: which of its bytes to hide, and how long it is.
///
/// `in_name` says that a name ends just before, so that its last letter is not the prefix of a literal.
fn token(rest: &str, in_name: bool) -> (std::ops::Range<usize>, usize) {
    let whole = |length: usize| (0..length, length);
    let first = rest.chars().next().map_or(1, char::len_utf8);
    if rest.starts_with("//") {
        return whole(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return whole(block_comment(rest));
    }
    if rest.starts_with('"') || is_character(rest) {
        // Unclosed, which no compiler would take: everything to the end is the literal.
        return quoted(rest).map_or(whole(rest.len()), |length| (1..length - 1, length));
    }
    if !in_name && let Some((start, length)) = raw_string(rest) {
        return (start..length, length);
    }
    (0..0, first)
}

/// The length of the block comment, which may hold others.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// The length of the literal between two of the quote that `rest` starts with; nothing if it is not closed.
fn quoted(rest: &str) -> Option<usize> {
    let quote = rest.chars().next()?;
    let mut escaped = false;
    for (offset, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return Some(offset + c.len_utf8()),
            _ => {}
        }
    }
    None
}

/// Whether `rest` starts with a character, and not with a lifetime.
fn is_character(rest: &str) -> bool {
    let mut chars = rest.chars();
    match (chars.next(), chars.next(), chars.next()) {
        (Some('\''), Some('\\'), _) => true,
        (Some('\''), Some(_), Some(after)) => after == '\'',
        _ => false,
    }
}

/// `r".."`, `br#".."#` and their like: where the inside begins, and the whole length.
fn raw_string(rest: &str) -> Option<(usize, usize)> {
    let after = rest
        .strip_prefix("br")
        .or_else(|| rest.strip_prefix("cr"))
        .or_else(|| rest.strip_prefix('r'))?;
    let hashes = after.bytes().take_while(|byte| *byte == b'#').count();
    let body = after[hashes..].strip_prefix('"')?;
    let start = rest.len() - body.len();
    let end = format!("\"{}", "#".repeat(hashes));
    let length = body.find(&end).map_or(rest.len(), |at| start + at + end.len());
    Some((start, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn blanks_to(text: &str, code: &str) {
        assert_eq!(blank(text), code);
    }

    #[test]
    fn comments_are_hidden() {
        blanks_to("a // } b\nc", "a       \nc");
        blanks_to("a /* { /* \n */ } */ b", "a         \n         b");
    }

    #[test]
    fn literals_are_hidden() {
        blanks_to(r#"f("}\"{")"#, r#"f("    ")"#);
        blanks_to("'{' '\\'' 'a", "' ' '  ' 'a");
        blanks_to("&'a str, 'é'", "&'a str, '  '");
        assert!(!blank("r#\"fn x() { \" }\"# b").contains(['{', '}', 'x']));
        assert!(blank("for\"}\" {").ends_with('{'));
        blanks_to("a \"é", "a    ");
    }

    #[test]
    fn offsets_and_lines_stay() {
        let text = "/* é */ \"\n\" fn f() {}";
        assert_eq!(blank(text).len(), text.len());
        assert_eq!(Source::new("f.rs", text).functions()[0].line, 1);
    }

    #[test]
    fn functions_are_measured_from_fn_to_brace() {
        let source = Source::new(
            "f.rs",
            "type F = fn(u8);\ntrait T { fn a(&self, x: [u8; 2]); }\nfn b(\n) {\n  \"}\";\n}\n",
        );
        assert_eq!(
            source.functions(),
            [Function {
                name: "b".into(),
                line: 2,
                length: 4
            }]
        );
    }

    #[test]
    fn words_are_whole() {
        let source = Source::new("f.rs", "unsafe_code unsafe // unsafe\n \"unsafe\"");
        assert_eq!(source.words("unsafe").collect::<Vec<_>>(), [12]);
    }

    #[test]
    fn attributes_keep_their_literals() {
        let source = Source::new("f.rs", "#![allow(x, reason = \"]\")]\n#[test] // #[no]\n");
        let texts: Vec<&str> = source.attributes().map(|(_, text)| text).collect();
        assert_eq!(texts, ["#![allow(x, reason = \"]\")]", "#[test]"]);
    }
}
