//! Source texts and places in them.

use std::sync::{Arc, RwLock};

/// A source text of a [`SourceMap`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// A range of bytes in a source text. The default span is empty and stands for "nowhere".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The text.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end` of `source`.
    pub fn new(source: SourceId, start: u32, end: u32) -> Self {
        Self { source, start, end }
    }

    /// The smallest span that covers both; `other` is ignored when it lies in another text.
    pub fn to(self, other: Self) -> Self {
        if self.source != other.source {
            return self;
        }
        Self {
            source: self.source,
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// One text: a file, or the lines of one function of a file.
#[derive(Debug)]
pub struct Source {
    /// File name as shown to the user.
    pub name: String,
    /// The text that was parsed.
    pub text: String,
    /// Line number, counted from one, that the first line of `text` has in its file.
    pub first_line: u32,
}

impl Source {
    /// Line (in the file) and column of a byte, both counted from one.
    pub fn line_column(&self, byte: u32) -> (u32, u32) {
        let mut end = (byte as usize).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &self.text[..end];
        let line = before.bytes().filter(|&b| b == b'\n').count() as u32;
        let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) as u32;
        (self.first_line + line, column + 1)
    }
}

/// All texts of a session. Grows only; shared by every thread.
#[derive(Debug, Default)]
pub struct SourceMap {
    sources: RwLock<Vec<Arc<Source>>>,
}

impl SourceMap {
    /// A map whose text 0 is empty, so that the default [`Span`] is valid.
    pub fn new() -> Self {
        let map = Self::default();
        map.add("<unknown>", "", 1);
        map
    }

    /// Adds a text whose first line is line `first_line` of the file `name`.
    pub fn add(&self, name: impl Into<String>, text: impl Into<String>, first_line: u32) -> SourceId {
        let source = Source {
            name: name.into(),
            text: text.into(),
            first_line,
        };
        let mut sources = self
            .sources
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        sources.push(Arc::new(source));
        SourceId(sources.len() as u32 - 1)
    }

    /// The text with that handle; text 0 for a handle of another map.
    pub fn get(&self, id: SourceId) -> Arc<Source> {
        let sources = self
            .sources
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let source = sources.get(id.0 as usize).or_else(|| sources.first());
        source.cloned().unwrap_or_else(|| {
            Arc::new(Source {
                name: String::new(),
                text: String::new(),
                first_line: 1,
            })
        })
    }

    /// `file:line` of the start of a span.
    pub fn locate(&self, span: Span) -> String {
        let source = self.get(span.source);
        format!("{}:{}", source.name, source.line_column(span.start).0)
    }
}
