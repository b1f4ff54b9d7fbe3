//! Diagnostics drawn as text, the way rustc draws them.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::{Diagnostic, Severity, SourceMap, Span};

/// Plain text or terminal colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// No escape sequences.
    Plain,
    /// ANSI colours.
    Coloured,
}

/// One diagnostic as text, without a final newline.
pub fn render(diagnostic: &Diagnostic, sources: &SourceMap, style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let level = match diagnostic.severity {
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let source = sources.get(diagnostic.primary.span.source);
    let mut group = Group::with_title(level.primary_title(&diagnostic.message).id(diagnostic.code.id));
    if !source.text.is_empty() {
        let mut snippet = Snippet::source(source.text.as_str())
            .path(source.name.as_str())
            .line_start(source.first_line as usize)
            .annotation(
                AnnotationKind::Primary
                    .span(clip(&source.text, diagnostic.primary.span))
                    .label(non_empty(&diagnostic.primary.text)),
            );
        for label in diagnostic
            .secondary
            .iter()
            .filter(|l| l.span.source == diagnostic.primary.span.source)
        {
            let range = clip(&source.text, label.span);
            snippet = snippet.annotation(AnnotationKind::Context.span(range).label(non_empty(&label.text)));
        }
        group = group.element(snippet);
    }
    let others = diagnostic
        .secondary
        .iter()
        .filter(|l| l.span.source != diagnostic.primary.span.source);
    let elsewhere: Vec<String> = others
        .map(|l| format!("{}: {}", sources.locate(l.span), l.text))
        .collect();
    for note in elsewhere.iter().chain(&diagnostic.notes) {
        group = group.element(Level::NOTE.message(note));
    }
    for hint in &diagnostic.hints {
        group = group.element(Level::HELP.message(hint));
    }
    renderer.render(&[group]).clone()
}

/// All diagnostics, separated by empty lines.
pub fn render_all<'a>(
    diagnostics: impl IntoIterator<Item = &'a Diagnostic>,
    sources: &SourceMap,
    style: Style,
) -> String {
    let texts: Vec<String> = diagnostics
        .into_iter()
        .map(|d| render(d, sources, style))
        .collect();
    texts.join("\n\n")
}

fn non_empty(text: &str) -> Option<&str> {
    Some(text).filter(|t| !t.is_empty())
}

/// The span as a byte range of `text` that starts and ends between characters.
fn clip(text: &str, span: Span) -> std::ops::Range<usize> {
    let floor = |byte: u32| {
        let mut at = (byte as usize).min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (start, end) = (floor(span.start), floor(span.end));
    start..end.max(start)
}
