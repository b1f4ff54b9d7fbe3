//! How large a value may be. A tuple of a tuple twice holds each number four times, so lines like `x = (x, x)` would
//! ask for more memory than there is; what calls stand for doubles likewise.

use std::cmp::Reverse;

use bise_base::{Diagnostic, Span};
use bise_hir::{ExprKind, ProgramCall};
use bise_lang::{Type, codes};
use bise_syntax::Identifier;

use super::variables::Held;
use super::{Check, Checker, Reported, Value};
use crate::Binding;

/// Numbers and fields in one tuple.
const MOST_LEAVES: usize = 1024;

/// Tuples inside tuples.
const MOST_LEVELS: usize = 32;

/// Numbers and fields in all tuples that a function mentions, each as often as it is mentioned.
pub(super) const MOST_TOGETHER: usize = 1 << 20;

/// Operations that an operator or a program stands for, once calls are replaced by what they compute.
const MOST_OPERATIONS: u64 = 200_000;

/// What a value holds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Size {
    leaves: usize,
    /// 0 for a single field or number.
    levels: usize,
}

impl Size {
    const SINGLE: Self = Self { leaves: 1, levels: 0 };

    /// Of a tuple of those elements; looks at no more of them than are allowed.
    fn of_tuple(sizes: impl Iterator<Item = Self>) -> Self {
        let mut tuple = Self { leaves: 0, levels: 1 };
        for size in sizes {
            tuple.add(size);
            if tuple.is_excessive() {
                break;
            }
        }
        tuple
    }

    pub(crate) fn of_type(ty: &Type) -> Self {
        match ty {
            Type::Scalar(_) | Type::Field(_) => Self::SINGLE,
            Type::Tuple(items) => Self::of_tuple(items.iter().map(Self::of_type)),
        }
    }

    /// Of what stands around an operator.
    pub(crate) fn of_binding(binding: &Binding) -> Self {
        match binding {
            Binding::Tuple(items) => Self::of_tuple(items.iter().map(Self::of_binding)),
            _ => Self::SINGLE,
        }
    }

    /// One more element of a tuple.
    pub(crate) fn add(&mut self, item: Self) {
        self.leaves += item.leaves.max(1);
        self.levels = self.levels.max(item.levels + 1);
    }

    pub(crate) fn is_excessive(self) -> bool {
        self.leaves > MOST_LEAVES || self.levels > MOST_LEVELS
    }
}

/// Numbers and fields of what a variable holds.
pub(super) fn held_leaves(held: &Held) -> usize {
    match held {
        Held::Tuple(items) => items.iter().map(held_leaves).sum(),
        _ => 1,
    }
}

impl Checker<'_> {
    pub(crate) fn size_of(&self, value: &Value) -> Size {
        match value {
            Value::Literal(_) => Size::SINGLE,
            Value::Expr(expr) => Size::of_type(self.ty(*expr)),
            Value::Tuple(items) => Size::of_tuple(items.iter().map(|item| self.size_of(item))),
        }
    }

    /// Takes a tuple into account.
    pub(crate) fn bounded(&mut self, size: Size, span: Span) -> Check<()> {
        if size.is_excessive() {
            return Err(self.excessive(span));
        }
        if size.levels == 0 {
            return Ok(());
        }
        if self.leaves_left < size.leaves {
            let message = format!("tuples are mentioned that hold more than {MOST_TOGETHER} values together");
            let diagnostic =
                Diagnostic::error(&codes::TOO_COMPLEX, super::first_line(self.source, span), message)
                    .note("a tuple counts as often as it is mentioned")
                    .hint("unpack a tuple once, `a, b = t`, and go on with its elements");
            return Err(self.report(diagnostic));
        }
        self.leaves_left -= size.leaves;
        Ok(())
    }

    /// Refuses an operator or a program that stands for too much, at the call that stands for most of it.
    pub(super) fn inlined_within_reason(&mut self, name: &Identifier, calls: &[ProgramCall]) -> Check<()> {
        let callees = &self.builder.body().callees;
        let cost = |callee: usize| callees[callee].inlined.operations;
        let total = calls
            .iter()
            .fold(self.builder.inlined().operations, |total, call| {
                total.saturating_add(cost(call.callee))
            });
        if total <= MOST_OPERATIONS {
            return Ok(());
        }
        let exprs = self.builder.body().exprs.iter();
        let inside = exprs.filter_map(|(_, expr)| match &expr.kind {
            ExprKind::Call { callee, .. } => Some((*callee, expr.span)),
            _ => None,
        });
        let inside = inside.chain(calls.iter().map(|call| (call.callee, call.span)));
        let dearest = inside.max_by_key(|(callee, span)| (cost(*callee), Reverse(*span)));
        let message = format!(
            "`{}` stands for more than {MOST_OPERATIONS} operations once calls are replaced by what they compute",
            name.name
        );
        let mut diagnostic = Diagnostic::error(&codes::TOO_COMPLEX, name.span, message);
        if let Some((callee, span)) = dearest {
            let text = format!("this call stands for {} of them", cost(callee));
            diagnostic = diagnostic.also(span, text);
        }
        let diagnostic = diagnostic
            .note("an operator that calls another one twice stands for twice as much, and so on with every level")
            .hint("assign what is needed several times to a name, or write it to a field in a program");
        Err(self.report(diagnostic))
    }

    pub(crate) fn excessive(&mut self, span: Span) -> Reported {
        let message = format!(
            "a tuple of more than {MOST_LEAVES} numbers and fields, or of more than {MOST_LEVELS} tuples inside each other"
        );
        let diagnostic =
            Diagnostic::error(&codes::TOO_COMPLEX, super::first_line(self.source, span), message)
                .note("each mention of a tuple inside a tuple counts all of its elements")
                .hint("keep values that do not belong together under names of their own");
        self.report(diagnostic)
    }
}
