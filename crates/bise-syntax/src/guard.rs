//! Refuses text that nests deeper than Python allows, before the parser sees it.
//!
//! Python itself stops at 200 open brackets and 100 levels of indentation; the same limits hold here. What they
//! do not catch (a million minus signs in a row) is bounded by the number of tokens, which decides how large a
//! stack the parser gets.

use crate::parse::ErrorKind;

/// Open brackets, as in CPython.
const BRACKETS: usize = 200;
/// Levels of indentation, as in CPython.
const INDENTATION: usize = 100;
/// Bytes of text; larger files are data, not programs.
const BYTES: usize = 8 << 20;
/// Words and marks, which bound the depth of any tree of the text.
const TOKENS: usize = 2_000_000;

/// What the scan found out.
pub(crate) struct Measure {
    /// At least the depth of the deepest tree that the text may have.
    pub(crate) tokens: usize,
}

/// The number of tokens, or the place and kind of the first excess.
pub(crate) fn measure(text: &str) -> Result<Measure, (usize, ErrorKind)> {
    if text.len() > BYTES {
        return Err((0, ErrorKind::TooLong));
    }
    let mut scan = Scan {
        bytes: text.as_bytes(),
        at: 0,
        brackets: 0,
        indents: vec![0],
    };
    scan.run()?;
    let tokens = count_tokens(text.as_bytes());
    if tokens > TOKENS {
        return Err((0, ErrorKind::TooLong));
    }
    Ok(Measure { tokens })
}

/// Starts of words plus marks. Strings and comments count too: an estimate may be high, never low.
fn count_tokens(bytes: &[u8]) -> usize {
    let mut count = 0;
    let mut in_word = false;
    for &byte in bytes {
        let word = byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
        count += usize::from(!(byte.is_ascii_whitespace() || (word && in_word)));
        in_word = word;
    }
    count
}

/// A walk over the text that knows strings, comments, brackets and indentation, and nothing else.
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    brackets: usize,
    indents: Vec<usize>,
}

impl Scan<'_> {
    fn run(&mut self) -> Result<(), (usize, ErrorKind)> {
        self.line_start()?;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\'' | b'"' => self.string(byte),
                b'#' => self.comment(),
                b'(' | b'[' | b'{' => {
                    self.brackets += 1;
                    if self.brackets > BRACKETS {
                        return Err((self.at, ErrorKind::TooManyBrackets));
                    }
                    self.at += 1;
                }
                b')' | b']' | b'}' => {
                    self.brackets = self.brackets.saturating_sub(1);
                    self.at += 1;
                }
                b'\\' => self.at += 2,
                b'\n' => {
                    self.at += 1;
                    if self.brackets == 0 {
                        self.line_start()?;
                    }
                }
                _ => self.at += 1,
            }
        }
        Ok(())
    }

    /// Counts the indentation of a line that is neither empty nor a comment.
    fn line_start(&mut self) -> Result<(), (usize, ErrorKind)> {
        let start = self.at;
        while self
            .bytes
            .get(self.at)
            .is_some_and(|b| matches!(b, b' ' | b'\t' | 0x0c))
        {
            self.at += 1;
        }
        if self
            .bytes
            .get(self.at)
            .is_none_or(|b| matches!(b, b'\n' | b'\r' | b'#'))
        {
            return Ok(());
        }
        let width = self.at - start;
        while self.indents.len() > 1 && self.indents.last().is_some_and(|&last| last > width) {
            self.indents.pop();
        }
        if self.indents.last().is_some_and(|&last| last < width) {
            self.indents.push(width);
        }
        if self.indents.len() > INDENTATION {
            return Err((start, ErrorKind::TooManyIndents));
        }
        Ok(())
    }

    fn comment(&mut self) {
        while self.bytes.get(self.at).is_some_and(|&b| b != b'\n') {
            self.at += 1;
        }
    }

    /// Skips a string; one that is not closed ends with its line, or with the text if it has three quotes.
    fn string(&mut self, quote: u8) {
        let triple = self.bytes[self.at..].starts_with(&[quote; 3]);
        self.at += if triple { 3 } else { 1 };
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\\' => self.at += 2,
                b'\n' if !triple => return,
                _ if byte == quote && !triple => {
                    self.at += 1;
                    return;
                }
                _ if triple && self.bytes[self.at..].starts_with(&[quote; 3]) => {
                    self.at += 3;
                    return;
                }
                _ => self.at += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excess(text: &str) -> Option<ErrorKind> {
        measure(text).err().map(|(_, kind)| kind)
    }

    #[test]
    fn limits_are_those_of_python() {
        assert_eq!(excess(&"(".repeat(200)), None);
        assert_eq!(excess(&"(".repeat(201)), Some(ErrorKind::TooManyBrackets));
        let stairs: String = (0..101).map(|i| " ".repeat(i) + "if a:\n").collect();
        assert_eq!(excess(&stairs), Some(ErrorKind::TooManyIndents));
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        let text = format!("x = '{0}'  # {0}\ny = \"\"\"{0}\n{0}\"\"\"\n", "(".repeat(300));
        assert_eq!(excess(&text), None);
    }
}
