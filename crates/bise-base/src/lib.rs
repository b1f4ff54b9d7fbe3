//! Spans, the source map, diagnostics and names: what every stage shares, and nothing of the language.
