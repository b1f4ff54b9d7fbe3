//! `astype`, `broadcast` and type constructors.

use bise_base::{Diagnostic, Span};
use bise_lang::{DType, Dimension, codes};
use bise_syntax::{Expr, ExprKind, Keyword};

use super::super::resolve::Entity;
use super::{Check, Checker, Value};
use crate::Literal;

impl Checker<'_> {
    /// `float64(1.5)`, `int32(n)`, `float64("1e-3")`
    pub(super) fn constructor(
        &mut self,
        dtype: DType,
        args: &[Expr],
        keywords: &[Keyword],
        span: Span,
    ) -> Check<Value> {
        let ([arg], []) = (args, keywords) else {
            let message = format!("`{dtype}` takes one argument");
            return Err(self.report(Diagnostic::error(&codes::ARGUMENTS, span, message)));
        };
        let value = match &arg.kind {
            ExprKind::String(text) => {
                if let Ok(value) = text.trim().parse::<f64>() {
                    Value::Literal(Literal::Float(value))
                } else {
                    let message = "the text is not a number";
                    return Err(self.report(Diagnostic::error(&codes::LITERAL, arg.span, message)));
                }
            }
            _ => self.value(arg)?,
        };
        self.convert(&value, dtype, arg.span, span)
    }

    /// `astype(value, dtype)`
    pub(super) fn astype(&mut self, args: &[Expr], keywords: &[Keyword], span: Span) -> Check<Value> {
        let ([value, dtype], []) = (args, keywords) else {
            let diagnostic = Diagnostic::error(&codes::ARGUMENTS, span, "`astype` takes a value and a type")
                .hint("write `astype(x, float64)`");
            return Err(self.report(diagnostic));
        };
        let converted = self.value(value);
        let named = self.entity(dtype)?;
        let scalar = match &named {
            Entity::Type(annotation) => annotation.as_scalar(),
            _ => None,
        };
        let Some(dtype) = scalar else {
            let message = format!("{} is not a scalar type", named.describe());
            let diagnostic = Diagnostic::error(&codes::ANNOTATION, dtype.span, message)
                .label("expected a type as `float64`");
            return Err(self.report(diagnostic));
        };
        self.convert(&converted?, dtype, value.span, span)
    }

    /// The value in another type, leaf by leaf.
    fn convert(&mut self, value: &Value, dtype: DType, at: Span, span: Span) -> Check<Value> {
        match value {
            Value::Literal(literal) => {
                if let Some(scalar) = literal.convert(dtype) {
                    Ok(Value::Expr(self.builder.constant(scalar, span)))
                } else {
                    let message = format!("the {} `{literal}` does not fit {dtype}", literal.kind());
                    Err(self.report(Diagnostic::error(&codes::LITERAL, at, message)))
                }
            }
            Value::Tuple(items) => {
                let items: Check<Vec<Value>> = items
                    .iter()
                    .map(|item| self.convert(item, dtype, at, span))
                    .collect();
                Ok(Value::Tuple(items?))
            }
            Value::Expr(expr) if self.ty(*expr).dtype() == Some(dtype) => Ok(value.clone()),
            Value::Expr(expr) => match self.builder.cast(*expr, dtype, span) {
                Ok(expr) => Ok(Value::Expr(expr)),
                Err(error) => Err(self.report(Diagnostic::error(&codes::OPERAND, at, error.to_string()))),
            },
        }
    }

    /// `broadcast(value, (I, K))`
    pub(super) fn broadcast(&mut self, args: &[Expr], keywords: &[Keyword], span: Span) -> Check<Value> {
        let ([arg, dims], []) = (args, keywords) else {
            let diagnostic = Diagnostic::error(
                &codes::ARGUMENTS,
                span,
                "`broadcast` takes a value and dimensions",
            )
            .hint("write `broadcast(x, (I, K))`");
            return Err(self.report(diagnostic));
        };
        let value = self.value(arg);
        let items = match &dims.kind {
            ExprKind::Tuple(items) | ExprKind::List(items) => items.as_slice(),
            _ => std::slice::from_ref(dims),
        };
        let wanted: Vec<Check<Dimension>> = items.iter().map(|item| self.dimension(item)).collect();
        let value = value?;
        let wanted: Vec<Dimension> = wanted.into_iter().collect::<Check<_>>()?;
        let expr = self.settle(&value, arg.span)?;
        if let Ok(expr) = self.builder.broadcast(expr, &wanted, span) {
            Ok(Value::Expr(expr))
        } else {
            let missing = self.ty(expr).dims().iter().find(|dim| !wanted.contains(dim));
            let message = match missing {
                Some(dim) => format!("the value has the dimension `{dim}`, which is not listed"),
                None => format!("{} cannot be broadcast", self.describe(&value)),
            };
            let diagnostic = Diagnostic::error(&codes::BROADCAST, dims.span, message)
                .also(arg.span, format!("this is `{}`", self.ty(expr)));
            Err(self.report(diagnostic))
        }
    }
}
