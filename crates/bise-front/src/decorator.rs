//! The decorators that make operators and programs, and the arguments that they take.

use bise_base::{Diagnostic, Diagnostics};
use bise_lang::codes;
use bise_syntax::{Expr, ExprKind, Keyword};

use crate::language::Function;

/// Arguments of all decorators.
const COMMON: &[&str] = &["backend", "grid_type"];

/// Arguments of `gt4py.next` that say how to compile, which Bise takes and does not need.
const IGNORED: &[&str] = &["connectivities", "enable_jit", "static_domains", "static_params"];

/// Arguments that say how to sweep.
const SWEEP: &[&str] = &["axis", "forward", "init"];

/// Whether a function of the language makes operators or programs.
pub(crate) fn is_one(function: Function) -> bool {
    matches!(
        function,
        Function::FieldOperator | Function::ScanOperator | Function::Program
    )
}

/// Whether a name that nothing defines can only mean a decorator.
pub(crate) fn is_meant(callee: &Expr) -> bool {
    match &callee.kind {
        ExprKind::Name(name) => Function::from_name(name).is_some_and(is_one),
        _ => false,
    }
}

/// What is wrong with the arguments of a decorator.
pub(crate) fn problems(function: Function, args: &[Expr], keywords: &[Keyword]) -> Diagnostics {
    let (name, own) = match function {
        Function::ScanOperator => ("scan_operator", SWEEP),
        Function::Program => ("program", IGNORED),
        _ => ("field_operator", IGNORED),
    };
    let mut problems = Diagnostics::new();
    if let Some(first) = args.first() {
        let message = format!("the arguments of `{name}` are given by name");
        problems.push(Diagnostic::error(&codes::ARGUMENTS, first.span, message));
    }
    for given in keywords.iter().filter_map(|keyword| keyword.name.as_ref()) {
        let mut known = COMMON.iter().chain(own).copied();
        if !known.clone().any(|known| given.name == known) {
            let message = format!("`{name}` has no argument `{}`", given.name);
            let shown: Vec<String> = own
                .iter()
                .filter(|_| function == Function::ScanOperator)
                .chain(COMMON)
                .map(|known| format!("`{known}`"))
                .collect();
            let diagnostic = Diagnostic::error(&codes::ARGUMENTS, given.span, message)
                .note(format!("there are {}", shown.join(", ")))
                .did_you_mean(&given.name, &mut known);
            problems.push(diagnostic);
        }
    }
    problems
}
