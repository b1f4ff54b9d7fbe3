//! Front ends: source text to hir, with all diagnostics about the user's program.
