//! Choices: `where` point by point, `a if c else b` and `if` once.

use bise_base::{Diagnostic, Span};
use bise_hir::ExprId;
use bise_lang::{DType, Type, codes};
use bise_syntax::Expr;

use super::{Check, Checker, Reported, Value};
use crate::Literal;

impl Checker<'_> {
    /// A scalar truth value.
    pub(super) fn condition(&mut self, expr: &Expr) -> Check<ExprId> {
        let value = self.value(expr)?;
        let scalar = match &value {
            Value::Literal(literal) => matches!(literal, Literal::Bool(_)),
            Value::Expr(expr) => *self.ty(*expr) == Type::Scalar(DType::Bool),
            Value::Tuple(_) => false,
        };
        if scalar {
            return self.settle(&value, expr.span);
        }
        let message = format!(
            "the condition is {}, not a scalar truth value",
            self.describe(&value)
        );
        let mut diagnostic =
            Diagnostic::error(&codes::CONDITION, expr.span, message).label("expected a scalar of type bool");
        diagnostic = match &value {
            Value::Expr(expr) if matches!(self.ty(*expr), Type::Field(_)) => {
                diagnostic.hint("to choose point by point, write `where(mask, a, b)`")
            }
            Value::Expr(_) | Value::Literal(_) => diagnostic.hint("compare it: `x != 0`"),
            Value::Tuple(_) => diagnostic,
        };
        Err(self.report(diagnostic))
    }

    /// `then if condition else otherwise`
    pub(super) fn conditional(
        &mut self,
        condition: &Expr,
        then: &Expr,
        otherwise: &Expr,
        span: Span,
    ) -> Check<Value> {
        let condition = self.condition(condition);
        let (a, b) = (self.value(then), self.value(otherwise));
        let (a, b) = self.unify((a?, then.span), (b?, otherwise.span))?;
        let condition = condition?;
        let (a, b) = (self.settle(&a, then.span)?, self.settle(&b, otherwise.span)?);
        self.choose(condition, (a, then.span), (b, otherwise.span), span)
    }

    fn choose(
        &mut self,
        condition: ExprId,
        (a, a_span): (ExprId, Span),
        (b, b_span): (ExprId, Span),
        span: Span,
    ) -> Check<Value> {
        if let Ok(expr) = self.builder.conditional(condition, a, b, span) {
            return Ok(Value::Expr(expr));
        }
        let diagnostic =
            Diagnostic::error(&codes::TYPE_MISMATCH, span, "the two values have different types")
                .also(a_span, format!("this is `{}`", self.ty(a)))
                .also(b_span, format!("this is `{}`", self.ty(b)))
                .hint("convert with `astype`, or add dimensions with `broadcast`");
        Err(self.report(diagnostic))
    }

    /// `where(mask, then, otherwise)`
    pub(super) fn select(&mut self, operands: [(Value, Span); 3], span: Span) -> Check<Value> {
        let [(mask, mask_span), (a, a_span), (b, b_span)] = operands;
        let (a, b) = self.unify((a, a_span), (b, b_span))?;
        let is_mask = match &mask {
            Value::Literal(literal) => matches!(literal, Literal::Bool(_)),
            Value::Expr(expr) => self.ty(*expr).dtype() == Some(DType::Bool),
            Value::Tuple(_) => false,
        };
        if !is_mask {
            let message = format!(
                "the mask of `where` is {}, not of truth values",
                self.describe(&mask)
            );
            let diagnostic = Diagnostic::error(&codes::TYPE_MISMATCH, mask_span, message)
                .label("expected a field of type bool")
                .hint("compare it: `x != 0`");
            return Err(self.report(diagnostic));
        }
        let mask = self.settle(&mask, mask_span)?;
        let (then, otherwise) = (self.settle(&a, a_span)?, self.settle(&b, b_span)?);
        let scalar = |ty: &Type| ty.leaves().iter().all(|leaf| matches!(leaf, Type::Scalar(_)));
        if scalar(self.ty(mask)) && scalar(self.ty(then)) && self.ty(then) == self.ty(otherwise) {
            return self.choose(mask, (then, a_span), (otherwise, b_span), span);
        }
        match self.builder.select(mask, then, otherwise, span) {
            Ok(expr) => Ok(Value::Expr(expr)),
            Err(_) => Err(self.unlike_branches("where", (then, a_span), (otherwise, b_span), span)),
        }
    }

    pub(super) fn unlike_branches(
        &mut self,
        function: &str,
        (a, a_span): (ExprId, Span),
        (b, b_span): (ExprId, Span),
        span: Span,
    ) -> Reported {
        let diagnostic = Diagnostic::error(
            &codes::TYPE_MISMATCH,
            span,
            format!("the two values of `{function}` are not alike"),
        )
        .also(a_span, format!("this is `{}`", self.ty(a)))
        .also(b_span, format!("this is `{}`", self.ty(b)))
        .note("they have one data type, and as tuples one structure")
        .hint("convert one of them: `astype(x, float64)`");
        self.report(diagnostic)
    }
}
