//! Tokens of IR texts.

use super::ParseError;

/// A token with its line, counted from one, and its bytes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub line: u32,
    pub start: u32,
    pub end: u32,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    /// An identifier or a quoted name.
    Name(String),
    /// `%` and a name.
    Node(String),
    /// A number as it is written, without sign.
    Number(String),
    /// Anything else.
    Symbol(&'static str),
    /// After the last token.
    End,
}

impl TokenKind {
    /// The token as an error message shows it.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Name(text) | Self::Number(text) => format!("`{text}`"),
            Self::Node(text) => format!("`%{text}`"),
            Self::Symbol(text) => format!("`{text}`"),
            Self::End => "the end of the text".into(),
        }
    }
}

/// Longer ones first.
const SYMBOLS: [&str; 21] = [
    "<-", "->", "..", "//", "{", "}", "(", ")", "[", "]", "<", ">", ":", ";", ",", "=", "+", "-", "*", "%",
    "@",
];

/// Whether a name may stand without quotes: a letter or underscore, then those, digits and dots between them.
pub(super) fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(starts_name)
        && chars.all(|c| starts_name(c) || c.is_ascii_digit() || c == '.')
        && !name.contains("..")
        && !name.ends_with('.')
}

fn starts_name(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

/// The tokens of a text, with an `End` at the end.
pub(super) fn lex(text: &str) -> Result<Vec<Token>, ParseError> {
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(c) = text[at..].chars().next() {
        let start = at;
        let rest = &text[at..];
        let kind = match c {
            '\n' => {
                line += 1;
                at += 1;
                continue;
            }
            _ if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '#' => {
                at += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            '"' => {
                let (name, length) = quoted(rest).ok_or_else(|| ParseError {
                    line,
                    message: "a quoted name does not end on its line".into(),
                })?;
                at += length;
                TokenKind::Name(name)
            }
            '%' if rest[1..].starts_with(|c: char| starts_name(c) || c.is_ascii_digit()) => {
                let length = name_length(&rest[1..]);
                at += 1 + length;
                TokenKind::Node(rest[1..=length].into())
            }
            _ if starts_name(c) => {
                at += name_length(rest);
                TokenKind::Name(text[start..at].into())
            }
            _ if c.is_ascii_digit() => {
                at += number_length(rest);
                TokenKind::Number(text[start..at].into())
            }
            _ => {
                let symbol = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol));
                let symbol = symbol.ok_or_else(|| ParseError {
                    line,
                    message: format!("unexpected character {c:?}"),
                })?;
                at += symbol.len();
                TokenKind::Symbol(symbol)
            }
        };
        let (start, end) = (start as u32, at as u32);
        tokens.push(Token {
            kind,
            line,
            start,
            end,
        });
    }
    let end = text.len() as u32;
    tokens.push(Token {
        kind: TokenKind::End,
        line,
        start: end,
        end,
    });
    Ok(tokens)
}

/// A dot belongs to a name where something of the name follows.
fn name_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let inside = |at: usize| {
        bytes
            .get(at)
            .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
    };
    let mut at = 0;
    while inside(at) || (bytes.get(at) == Some(&b'.') && inside(at + 1)) {
        at += 1;
    }
    at
}

/// Digits, also hexadecimal; a fraction and an exponent; `..` ends a number.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let inside = match byte {
            b'.' => digit(at + 1),
            b'+' | b'-' => matches!(bytes[at - 1], b'e' | b'E') && digit(at + 1) && !text.starts_with("0x"),
            _ => byte.is_ascii_alphanumeric(),
        };
        if !inside {
            break;
        }
        at += 1;
    }
    at
}

/// The name in quotes that the text starts with, and the bytes it takes.
fn quoted(text: &str) -> Option<(String, usize)> {
    let mut name = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((name, at + 1)),
            '\n' => return None,
            '\\' => match chars.next()?.1 {
                'n' => name.push('\n'),
                'r' => name.push('\r'),
                c => name.push(c),
            },
            c => name.push(c),
        }
    }
    None
}
