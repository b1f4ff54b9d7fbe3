//! What an expression gives, and the rules for Python numbers.
//!
//! A literal stays a literal through names, tuples and arithmetic with other literals. Where it meets a typed
//! value it takes its type, if nothing of its kind is lost; where nothing decides, it becomes bool, int32 (int64
//! if it does not fit) or float64.

use bise_base::{Diagnostic, Span};
use bise_hir::{ExprId, ExprKind};
use bise_lang::{DType, Dimension, Type, codes};

use super::{Check, Checker};
use crate::Literal;

/// What an expression gives.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// Something typed.
    Expr(ExprId),
    /// A Python number.
    Literal(Literal),
    /// A tuple, as it was written.
    Tuple(Vec<Value>),
}

impl Value {
    /// Whether it holds a literal.
    pub(super) fn has_literal(&self) -> bool {
        match self {
            Self::Expr(_) => false,
            Self::Literal(_) => true,
            Self::Tuple(items) => items.iter().any(Self::has_literal),
        }
    }
}

/// Says why two types differ that look the same.
pub(super) fn note_namesakes(diagnostic: Diagnostic, a: &Type, b: &Type) -> Diagnostic {
    if a == b || a.to_string() != b.to_string() {
        return diagnostic;
    }
    let dims = |ty: &Type| -> Vec<Dimension> {
        let leaves = ty.leaves();
        leaves.into_iter().flat_map(Type::dims).cloned().collect()
    };
    let (a, b) = (dims(a), dims(b));
    let pair = a.iter().zip(&b).find(|(a, b)| a != b);
    let Some((a, b)) = pair else { return diagnostic };
    diagnostic.note(format!(
        "one `{a}` is {}, the other {}: dimensions are the same if name and kind are",
        a.kind.name(),
        b.kind.name()
    ))
}

impl Checker<'_> {
    /// What a value is, for messages: `` `Field[[I], float64]` `` or "the literal 1".
    pub(super) fn describe(&self, value: &Value) -> String {
        match value {
            Value::Literal(literal) => format!("the {} `{literal}`", literal.kind()),
            Value::Expr(_) | Value::Tuple(_) => format!("`{}`", self.type_text(value)),
        }
    }

    fn type_text(&self, value: &Value) -> String {
        match value {
            Value::Expr(expr) => self.ty(*expr).to_string(),
            Value::Literal(literal) => match literal {
                Literal::Bool(_) => "bool".to_owned(),
                Literal::Int(_) => "int".to_owned(),
                Literal::Float(_) => "float".to_owned(),
            },
            Value::Tuple(items) => {
                let items: Vec<String> = items.iter().map(|item| self.type_text(item)).collect();
                format!("tuple[{}]", items.join(", "))
            }
        }
    }

    /// The elements of a tuple.
    pub(super) fn elements_of(&mut self, value: &Value, span: Span) -> Option<Vec<Value>> {
        match value {
            Value::Tuple(items) => Some(items.clone()),
            Value::Literal(_) => None,
            Value::Expr(expr) => {
                let Type::Tuple(types) = self.ty(*expr) else {
                    return None;
                };
                let count = types.len();
                let items =
                    (0..count).map(|index| self.builder.item(*expr, index, span).ok().map(Value::Expr));
                items.collect()
            }
        }
    }

    /// The value as an expression; literals get the types that they have where nothing else decides.
    pub(super) fn settle(&mut self, value: &Value, span: Span) -> Check<ExprId> {
        match value {
            Value::Expr(expr) => Ok(*expr),
            Value::Literal(literal) => match literal.default_dtype() {
                Some(dtype) => self.adapt(*literal, span, dtype, None),
                None => Err(self.too_large(span)),
            },
            Value::Tuple(items) if items.is_empty() => {
                let message = "an empty tuple has no meaning here";
                Err(self.report(Diagnostic::error(&codes::UNPACK, span, message)))
            }
            Value::Tuple(items) => {
                let items: Check<Vec<ExprId>> = items.iter().map(|item| self.settle(item, span)).collect();
                Ok(self.builder.tuple(items?, span))
            }
        }
    }

    /// The value as an expression; literals get the types that `ty` has in their places. The result may still
    /// have another type than `ty`.
    pub(super) fn settle_as(
        &mut self,
        value: &Value,
        ty: &Type,
        span: Span,
        why: Option<Span>,
    ) -> Check<ExprId> {
        match (value, ty) {
            (Value::Literal(literal), Type::Scalar(dtype)) => self.adapt(*literal, span, *dtype, why),
            (Value::Literal(literal), Type::Field(field)) if field.dims().is_empty() => {
                self.adapt(*literal, span, field.dtype, why)
            }
            (Value::Tuple(items), Type::Tuple(types)) if !items.is_empty() && items.len() == types.len() => {
                let pairs = items.iter().zip(types);
                let items: Check<Vec<ExprId>> = pairs
                    .map(|(item, ty)| self.settle_as(item, ty, span, why))
                    .collect();
                Ok(self.builder.tuple(items?, span))
            }
            _ => self.settle(value, span),
        }
    }

    /// A literal as a constant of that type; `why` is where the type comes from.
    pub(super) fn adapt(
        &mut self,
        literal: Literal,
        span: Span,
        dtype: DType,
        why: Option<Span>,
    ) -> Check<ExprId> {
        if let Some(scalar) = literal.adapt(dtype) {
            return Ok(self.builder.constant(scalar, span));
        }
        let mut diagnostic = Diagnostic::error(
            &codes::LITERAL,
            span,
            format!("the {} `{literal}` does not fit {dtype}", literal.kind()),
        )
        .label(match literal {
            Literal::Int(_) if dtype.is_integer() => format!("out of the range of {dtype}"),
            Literal::Float(_) if dtype.is_float() => format!("out of the range of {dtype}"),
            _ => format!("expected {dtype}"),
        });
        if let Some(why) = why.filter(|why| *why != span) {
            diagnostic = diagnostic.also(why, format!("this is {dtype}"));
        }
        if matches!(literal, Literal::Float(_)) && dtype.is_integer() {
            diagnostic =
                diagnostic.hint("convert the other operand: `astype(x, float64)`, or write an integer");
        }
        Err(self.report(diagnostic))
    }

    pub(super) fn too_large(&mut self, span: Span) -> super::Reported {
        let diagnostic = Diagnostic::error(&codes::LITERAL, span, "the integer does not fit into 64 bits");
        self.report(diagnostic)
    }

    /// Two values with the literals of each in the type of the other, leaf by leaf. What differs still differs.
    pub(super) fn unify(
        &mut self,
        (a, a_span): (Value, Span),
        (b, b_span): (Value, Span),
    ) -> Check<(Value, Value)> {
        match (&a, &b) {
            (Value::Literal(x), Value::Literal(y)) => Ok(match (x, y) {
                (Literal::Int(x), Literal::Float(_)) => (Value::Literal(Literal::Float(*x as f64)), b),
                (Literal::Float(_), Literal::Int(y)) => (a, Value::Literal(Literal::Float(*y as f64))),
                _ => self.widen(a, b),
            }),
            (Value::Literal(literal), Value::Expr(expr)) => match self.ty(*expr).dtype() {
                Some(dtype) => Ok((Value::Expr(self.adapt(*literal, a_span, dtype, Some(b_span))?), b)),
                None => Ok((a, b)),
            },
            (Value::Expr(expr), Value::Literal(literal)) => match self.ty(*expr).dtype() {
                Some(dtype) => {
                    let other = self.adapt(*literal, b_span, dtype, Some(a_span))?;
                    Ok((a, Value::Expr(other)))
                }
                None => Ok((a, b)),
            },
            (Value::Expr(_), Value::Expr(_)) => Ok((a, b)),
            _ => {
                let (xs, ys) = (self.elements_of(&a, a_span), self.elements_of(&b, b_span));
                match (xs, ys) {
                    (Some(xs), Some(ys)) if xs.len() == ys.len() => {
                        let pairs = xs.into_iter().zip(ys);
                        let pairs = pairs.map(|(x, y)| self.unify((x, a_span), (y, b_span)));
                        let (xs, ys) = pairs.collect::<Check<Vec<_>>>()?.into_iter().unzip();
                        Ok((Value::Tuple(xs), Value::Tuple(ys)))
                    }
                    _ => Ok((a, b)),
                }
            }
        }
    }

    /// Two integer literals of which one needs 64 bits both get them.
    fn widen(&mut self, a: Value, b: Value) -> (Value, Value) {
        let dtype = |value: &Value| match value {
            Value::Literal(literal) => literal.default_dtype(),
            Value::Expr(_) | Value::Tuple(_) => None,
        };
        let pair = (dtype(&a), dtype(&b));
        if !matches!(
            pair,
            (Some(DType::Int32), Some(DType::Int64)) | (Some(DType::Int64), Some(DType::Int32))
        ) {
            return (a, b);
        }
        let mut wide = |value: Value| match &value {
            Value::Literal(literal) => match literal.adapt(DType::Int64) {
                Some(scalar) => Value::Expr(self.builder.constant(scalar, Span::default())),
                None => value,
            },
            Value::Expr(_) | Value::Tuple(_) => value,
        };
        (wide(a), wide(b))
    }

    /// The variable that an expression reads, if it is nothing more.
    pub(super) fn as_local(&self, expr: ExprId) -> Option<bise_hir::LocalId> {
        match self.builder.body().exprs[expr].kind {
            ExprKind::Local(local) => Some(local),
            _ => None,
        }
    }
}
