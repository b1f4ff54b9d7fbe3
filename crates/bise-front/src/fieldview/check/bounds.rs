//! Integer expressions of programs: the ends of output domains.

use bise_base::{Diagnostic, Span};
use bise_hir::ExprKind as HirKind;
use bise_lang::{Bound, BoundOperator, Builtin, codes};
use bise_syntax::{BinaryOperator, Expr, ExprKind, UnaryOperator};

use super::super::resolve::Entity;
use super::{Check, Checker, Reported, Value};
use crate::Literal;
use crate::language::Function;

impl Checker<'_> {
    /// An end of a domain, over the program's integer parameters.
    pub(super) fn bound(&mut self, expr: &Expr) -> Check<Bound> {
        match &expr.kind {
            ExprKind::Binary { first, rest } => {
                let mut left = self.bound(first)?;
                for step in rest {
                    let right = self.bound(&step.operand)?;
                    let operator = match step.operator {
                        BinaryOperator::Add => BoundOperator::Add,
                        BinaryOperator::Subtract => BoundOperator::Subtract,
                        BinaryOperator::Multiply => BoundOperator::Multiply,
                        BinaryOperator::Divide | BinaryOperator::FloorDivide => BoundOperator::FloorDivide,
                        BinaryOperator::Modulo => BoundOperator::Modulo,
                        other => {
                            let message = format!("`{}` cannot stand in a domain", other.symbol());
                            return Err(self.not_a_bound(message, step.span));
                        }
                    };
                    left = self.combine(operator, left, right, step.span)?;
                }
                Ok(left)
            }
            ExprKind::Unary {
                operator: UnaryOperator::Minus,
                operand,
            } => {
                let value = self.bound(operand)?;
                self.combine(BoundOperator::Subtract, Bound::Constant(0), value, expr.span)
            }
            ExprKind::Unary {
                operator: UnaryOperator::Plus,
                operand,
            } => self.bound(operand),
            ExprKind::Call {
                function,
                args,
                keywords,
            } => match (self.entity(function)?, args.as_slice(), keywords.as_slice()) {
                (Entity::Function(Function::Builtin(Builtin::Minimum), _), [a, b], []) => {
                    let (a, b) = (self.bound(a)?, self.bound(b)?);
                    self.combine(BoundOperator::Minimum, a, b, expr.span)
                }
                (Entity::Function(Function::Builtin(Builtin::Maximum), _), [a, b], []) => {
                    let (a, b) = (self.bound(a)?, self.bound(b)?);
                    self.combine(BoundOperator::Maximum, a, b, expr.span)
                }
                (other, ..) => {
                    let message = format!("{} cannot be called in a domain", other.describe());
                    Err(self.not_a_bound(message, expr.span))
                }
            },
            _ => self.bound_leaf(expr),
        }
    }

    fn bound_leaf(&mut self, expr: &Expr) -> Check<Bound> {
        let value = self.value(expr)?;
        let found = self.describe(&value);
        let bound = match value {
            Value::Literal(Literal::Int(value)) => Some(Bound::Constant(self.index(value, expr.span)?)),
            Value::Expr(id)
                if self.ty(id).dims().is_empty()
                    && self.ty(id).dtype().is_some_and(bise_lang::DType::is_integer) =>
            {
                match self.builder.body().exprs[id].kind {
                    HirKind::Constant(scalar) => {
                        Some(Bound::Constant(self.index(scalar.as_i128(), expr.span)?))
                    }
                    _ if !matches!(self.ty(id), bise_lang::Type::Scalar(_)) => None,
                    _ => self.leaf_of(id).map(Bound::Scalar),
                }
            }
            _ => None,
        };
        bound.ok_or_else(|| self.not_a_bound(format!("{found} is not an integer"), expr.span))
    }

    /// An index that stays in range when shifts are added to it.
    fn index(&mut self, value: i128, span: Span) -> Check<i64> {
        match i64::try_from(value) {
            Ok(index) if index.unsigned_abs() <= 1 << 40 => Ok(index),
            _ => Err(self.not_a_bound(format!("{value} is too large for an index"), span)),
        }
    }

    fn combine(&mut self, operator: BoundOperator, a: Bound, b: Bound, span: Span) -> Check<Bound> {
        let divides = matches!(operator, BoundOperator::FloorDivide | BoundOperator::Modulo);
        if divides && b == Bound::Constant(0) {
            return Err(self.not_a_bound("division by zero".to_owned(), span));
        }
        if let (Bound::Constant(a), Bound::Constant(b)) = (&a, &b) {
            let value = self.index(operator.apply((*a).into(), (*b).into()), span)?;
            return Ok(Bound::Constant(value));
        }
        Ok(Bound::Binary(operator, Box::new(a), Box::new(b)))
    }

    fn not_a_bound(&mut self, message: String, span: Span) -> Reported {
        let diagnostic = Diagnostic::error(&codes::DOMAIN, span, message)
            .label("expected an integer expression")
            .note("bounds are made of integer literals and integer parameters by `+ - * // %`, `minimum` and `maximum`");
        self.report(diagnostic)
    }
}
