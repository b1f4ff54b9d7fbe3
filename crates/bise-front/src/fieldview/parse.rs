//! Text to the one function it holds.

use bise_base::{Diagnostic, Diagnostics, SourceId, SourceMap, Span};
use bise_lang::codes;
use bise_syntax::{ErrorKind, Function, StmtKind, SyntaxError, parse_block};

/// A function and where it stands, with its decorators.
pub(crate) struct Definition {
    pub(crate) function: Function,
    pub(crate) span: Span,
}

/// The function that a text holds.
pub(super) fn single_function(sources: &SourceMap, source: SourceId) -> Result<Definition, Diagnostics> {
    let parsed = parse_block(sources, source);
    if !parsed.errors.is_empty() {
        return Err(parsed.errors.iter().map(syntax_diagnostic).collect());
    }
    let mut stmts = parsed.stmts.into_iter();
    match (stmts.next(), stmts.next()) {
        (Some(stmt), None) => match stmt.kind {
            StmtKind::Function(function) => Ok(Definition {
                function: *function,
                span: stmt.span,
            }),
            _ => Err(not_a_function(stmt.span)),
        },
        (Some(_), Some(second)) => Err(not_a_function(second.span)),
        (None, _) => Err(not_a_function(Span::new(source, 0, 0))),
    }
}

fn not_a_function(span: Span) -> Diagnostics {
    let diagnostic = Diagnostic::error(&codes::NOT_A_FUNCTION, span, "the text is not one function")
        .label("expected a single `def`")
        .hint("decorate a function that is defined with `def`; lambdas cannot be compiled");
    vec![diagnostic]
}

/// A syntax error as a diagnostic.
pub(crate) fn syntax_diagnostic(error: &SyntaxError) -> Diagnostic {
    match &error.kind {
        ErrorKind::Invalid(message) => {
            Diagnostic::error(&codes::SYNTAX, error.span, "the text is not Python").label(message)
        }
        ErrorKind::TooManyBrackets | ErrorKind::TooManyIndents | ErrorKind::TooDeep | ErrorKind::TooLong => {
            Diagnostic::error(&codes::TOO_COMPLEX, error.span, error.kind.to_string())
                .hint("name parts of the computation by assignments, or split the operator")
        }
    }
}
