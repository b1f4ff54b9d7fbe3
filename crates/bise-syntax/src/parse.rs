//! Runs the third-party parser where no text can harm it.

use std::fmt;

use bise_base::{SourceId, SourceMap, Span};
use ruff_python_ast::Mod;
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::{Ranged, TextRange};

use crate::convert::Converter;
use crate::guard;
use crate::tree::{Expr, Stmt, StmtKind};
use crate::unread::{Unread, unread};

/// Tokens up to which any thread's stack holds the deepest possible tree.
pub(crate) const SHALLOW: usize = 3_000;
/// Errors beyond this number are not collected: they follow from the first ones.
const MOST_ERRORS: usize = 30;
/// Stack per token: more than the deepest recursion of the parser's destructors needs for one level.
const STACK_PER_TOKEN: usize = 384;

/// What a text says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    /// The statements that could be read.
    pub stmts: Vec<Stmt>,
    /// What is wrong, in source order.
    pub errors: Vec<SyntaxError>,
    /// Names of the module that statements bind which no front end evaluates.
    pub unread: Vec<Unread>,
}

/// A place where the text is not Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where.
    pub span: Span,
    /// How.
    pub kind: ErrorKind,
}

/// How a text fails to be Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The grammar does not allow it: what the parser says, in lower case.
    Invalid(String),
    /// More open brackets than Python allows.
    TooManyBrackets,
    /// More levels of indentation than Python allows.
    TooManyIndents,
    /// An expression inside an expression inside ... beyond the limit.
    TooDeep,
    /// Larger than any program.
    TooLong,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(message) => f.write_str(message),
            Self::TooManyBrackets => f.write_str("more than 200 brackets are open"),
            Self::TooManyIndents => f.write_str("more than 100 levels of indentation"),
            Self::TooDeep => f.write_str("the expression is nested more than 200 levels deep"),
            Self::TooLong => f.write_str("the text is too long"),
        }
    }
}

/// Stands before statements that are indented, so that they are Python.
const HEAD: &str = "if True:\n";

/// Reads a module. Never panics.
pub fn parse(sources: &SourceMap, source: SourceId) -> Parsed {
    let place = Place { source, offset: 0 };
    parse_at(&sources.get(source).text, place)
}

/// Reads statements that were cut out of a module, line by line: they may be indented. Never panics.
pub fn parse_block(sources: &SourceMap, source: SourceId) -> Parsed {
    let text = &sources.get(source).text;
    let margin = &text[..text.len() - text.trim_start_matches([' ', '\t', '\x0c']).len()];
    // Python counts columns from the last form feed on.
    if margin.is_empty() || margin.ends_with('\x0c') {
        return parse(sources, source);
    }
    let place = Place {
        source,
        offset: -(HEAD.len() as i64),
    };
    let mut parsed = parse_at(&format!("{HEAD}{text}"), place);
    if let Some(StmtKind::If { branches, .. }) = parsed.stmts.pop().map(|stmt| stmt.kind) {
        parsed.stmts = branches.into_iter().flat_map(|(_, stmts)| stmts).collect();
    }
    parsed
}

/// Where a text begins in its source; before it, if the text has a beginning that the source has not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) source: SourceId,
    pub(crate) offset: i64,
}

impl Place {
    /// The span of a range of the text.
    pub(crate) fn span(self, start: u32, end: u32) -> Span {
        let place = |at: u32| {
            let at = (i64::from(at) + self.offset).max(0);
            u32::try_from(at).unwrap_or(u32::MAX)
        };
        Span::new(self.source, place(start), place(end))
    }
}

fn parse_at(text: &str, place: Place) -> Parsed {
    match guard::measure(text) {
        Err((at, kind)) => refuse(place, at, kind),
        Ok(measure) if measure.tokens <= SHALLOW => parse_here(text, place),
        Ok(measure) => with_stack(&measure, || parse_here(text, place))
            .unwrap_or_else(|| refuse(place, 0, ErrorKind::TooLong)),
    }
}

/// Runs `read` where its recursion has room, if there is any.
pub(crate) fn with_stack<T: Send>(measure: &guard::Measure, read: impl FnOnce() -> T + Send) -> Option<T> {
    let stack = (4 << 20) + STACK_PER_TOKEN * measure.tokens;
    let thread = std::thread::Builder::new().stack_size(stack);
    std::thread::scope(|scope| {
        let handle = thread.spawn_scoped(scope, read);
        handle.ok().and_then(|handle| handle.join().ok())
    })
}

/// Reads one expression: the text of a string whose first character is byte `offset` of a source. Never panics.
pub fn parse_expression(text: &str, source: SourceId, offset: u32) -> Result<Expr, SyntaxError> {
    let place = Place {
        source,
        offset: i64::from(offset),
    };
    let error = |start: u32, end: u32, kind| SyntaxError {
        span: place.span(start, end),
        kind,
    };
    let length = text.len() as u32;
    match guard::measure(text) {
        Err((at, kind)) => return Err(error(at as u32, at as u32 + 1, kind)),
        Ok(measure) if measure.tokens > SHALLOW => return Err(error(0, length, ErrorKind::TooLong)),
        Ok(_) => {}
    }
    let read = || {
        let parsed = parse_unchecked(text, ParseOptions::from(Mode::ParenthesizedExpression));
        if let Some(first) = parsed.errors().first() {
            let span = within_line(text, place, first.range());
            let kind = ErrorKind::Invalid(lower_first(&first.error.to_string()));
            return Err(SyntaxError { span, kind });
        }
        let mut converter = Converter::new(place);
        let Mod::Expression(module) = parsed.syntax() else {
            return Err(error(
                0,
                length,
                ErrorKind::Invalid("not an expression".to_owned()),
            ));
        };
        let expr = converter.expr(&module.body);
        converter.into_errors().into_iter().next().map_or(Ok(expr), Err)
    };
    std::panic::catch_unwind(read).unwrap_or_else(|_| {
        let message = "the parser cannot read this text".to_owned();
        Err(error(0, length, ErrorKind::Invalid(message)))
    })
}

fn refuse(place: Place, at: usize, kind: ErrorKind) -> Parsed {
    let span = place.span(at as u32, at as u32 + 1);
    Parsed {
        errors: vec![SyntaxError { span, kind }],
        ..Parsed::default()
    }
}

/// A panic of the third-party parser is an error of the text.
fn parse_here(text: &str, place: Place) -> Parsed {
    let parsed = std::panic::catch_unwind(|| read(text, place));
    parsed.unwrap_or_else(|_| {
        let message = "the parser cannot read this text".to_owned();
        refuse(place, 0, ErrorKind::Invalid(message))
    })
}

fn read(text: &str, place: Place) -> Parsed {
    let parsed = parse_unchecked(text, ParseOptions::from(Mode::Module));
    let mut errors: Vec<SyntaxError> = parsed
        .errors()
        .iter()
        .take(MOST_ERRORS)
        .map(|error| SyntaxError {
            span: within_line(text, place, error.range()),
            kind: ErrorKind::Invalid(lower_first(&error.error.to_string())),
        })
        .collect();
    let mut converter = Converter::new(place);
    let (stmts, unread) = match parsed.syntax() {
        Mod::Module(module) => (converter.stmts(&module.body), unread(&module.body, place.source)),
        Mod::Expression(_) => (Vec::new(), Vec::new()),
    };
    errors.extend(converter.into_errors());
    errors.sort_by_key(|error| error.span);
    Parsed {
        stmts,
        errors,
        unread,
    }
}

/// The span up to the end of its first line: what is missing is missing there, not on the next line.
fn within_line(text: &str, place: Place, range: TextRange) -> Span {
    let (start, end) = (range.start().to_u32(), range.end().to_u32());
    let rest = text.get(start as usize..end as usize).unwrap_or("");
    let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
    place.span(start, start + length as u32)
}

fn lower_first(message: &str) -> String {
    let mut chars = message.chars();
    chars.next().map_or_else(String::new, |first| {
        // An acronym at the start keeps its case.
        let second_upper = chars.clone().next().is_some_and(char::is_uppercase);
        let first = if second_upper {
            first
        } else {
            first.to_ascii_lowercase()
        };
        first.to_string() + chars.as_str()
    })
}
