//! Operators and builtins of the table: literals fold, a literal takes the type of what it meets, nothing else
//! converts.

use bise_base::{Diagnostic, Span};
use bise_hir::ExprId;
use bise_lang::{Builtin, DType, builtins::Signature, codes};
use bise_syntax::{BinaryOperator, Comparison, Expr, UnaryOperator};

use super::{Check, Checker, Level, Reported, Value};
use crate::Literal;
use crate::literal::{self, LiteralError};

impl Checker<'_> {
    /// `operator operand`
    pub(super) fn unary(
        &mut self,
        operator: UnaryOperator,
        value: Value,
        at: Span,
        span: Span,
    ) -> Check<Value> {
        if let Value::Literal(operand) = value {
            return match literal::unary(operator, operand) {
                Ok(folded) => Ok(Value::Literal(folded)),
                Err(error) => Err(self.not_foldable(error, operator.symbol(), &[(value, at)], span)),
            };
        }
        let builtin = match operator {
            UnaryOperator::Minus => Builtin::Negate,
            UnaryOperator::Not | UnaryOperator::Invert => Builtin::Not,
            UnaryOperator::Plus => {
                let number = matches!(&value, Value::Expr(expr) if self.ty(*expr).dtype().is_some_and(|t| t != DType::Bool));
                return if number {
                    Ok(value)
                } else {
                    Err(self.bad_operands(Builtin::Add, "+", &[(value, at)], span))
                };
            }
        };
        self.typed(builtin, operator.symbol(), &[(value, at)], span)
    }

    /// `a operator b`
    pub(super) fn binary(
        &mut self,
        operator: BinaryOperator,
        operands: &[(Value, Span); 2],
        span: Span,
    ) -> Check<Value> {
        if let [(Value::Literal(a), _), (Value::Literal(b), _)] = operands {
            return match literal::binary(operator, *a, *b) {
                Ok(folded) => Ok(Value::Literal(folded)),
                Err(error) => Err(self.not_foldable(error, operator.symbol(), operands, span)),
            };
        }
        let builtin = match operator {
            BinaryOperator::Add => Builtin::Add,
            BinaryOperator::Subtract => Builtin::Subtract,
            BinaryOperator::Multiply => Builtin::Multiply,
            BinaryOperator::Divide => Builtin::Divide,
            BinaryOperator::FloorDivide => Builtin::FloorDivide,
            BinaryOperator::Modulo => Builtin::Modulo,
            BinaryOperator::Power => return self.power(operands, span),
            BinaryOperator::And => Builtin::And,
            BinaryOperator::Or => Builtin::Or,
            BinaryOperator::Xor => Builtin::Xor,
            BinaryOperator::MatrixMultiply | BinaryOperator::ShiftLeft | BinaryOperator::ShiftRight => {
                let message = format!("the operator `{}` is not part of the language", operator.symbol());
                return Err(self.report(Diagnostic::error(&codes::UNSUPPORTED, span, message)));
            }
        };
        self.typed(builtin, operator.symbol(), operands, span)
    }

    /// `first comparison operand`. A chain `a < b < c` is `(a < b) & (b < c)`, as Python has it for numbers.
    pub(super) fn compare(&mut self, first: &Expr, rest: &[(Comparison, Expr)], span: Span) -> Check<Value> {
        let mut left = (self.value(first), first.span);
        let mut all: Option<(Check<Value>, Span)> = None;
        for (at, (comparison, operand)) in rest.iter().enumerate() {
            let mut right = self.value(operand);
            if at + 1 < rest.len() && self.level != Level::Program {
                right = right.map(|right| self.named_once(&right, operand.span));
            }
            let pair = match rest.len() {
                1 => span,
                _ => Span::new(span.source, left.1.start, operand.span.end),
            };
            let again = right
                .as_ref()
                .map_or(Err(Reported), |right| Ok(self.again(right, operand.span)));
            let holds = match (left.0, right) {
                (Ok(a), Ok(b)) => self.compare_two(*comparison, &[(a, left.1), (b, operand.span)], pair),
                _ => Err(Reported),
            };
            all = Some(match (all, holds) {
                (None, holds) => (holds, pair),
                (Some((Ok(all), whole)), Ok(holds)) => {
                    let operands = [(all, whole), (holds, pair)];
                    (self.binary(BinaryOperator::And, &operands, span), span)
                }
                (Some((_, whole)), _) => (Err(Reported), whole),
            });
            left = (again, operand.span);
        }
        all.map_or(Err(Reported), |(all, _)| all)
    }

    /// A value that is read once more.
    fn again(&mut self, value: &Value, span: Span) -> Value {
        match value {
            Value::Expr(expr) => match self.as_local(*expr) {
                Some(local) => Value::Expr(self.builder.read(local, span)),
                None => value.clone(),
            },
            Value::Literal(_) | Value::Tuple(_) => value.clone(),
        }
    }

    fn compare_two(
        &mut self,
        comparison: Comparison,
        operands: &[(Value, Span); 2],
        span: Span,
    ) -> Check<Value> {
        let builtin = match comparison {
            Comparison::Equal => Builtin::Equal,
            Comparison::NotEqual => Builtin::NotEqual,
            Comparison::Less => Builtin::Less,
            Comparison::LessEqual => Builtin::LessEqual,
            Comparison::Greater => Builtin::Greater,
            Comparison::GreaterEqual => Builtin::GreaterEqual,
            Comparison::Is | Comparison::IsNot | Comparison::In | Comparison::NotIn => {
                let message = format!(
                    "the operator `{}` is not part of the language",
                    comparison.symbol()
                );
                return Err(self.report(Diagnostic::error(&codes::UNSUPPORTED, span, message)));
            }
        };
        if let [(Value::Literal(a), _), (Value::Literal(b), _)] = operands {
            return match literal::compare(comparison, *a, *b) {
                Ok(folded) => Ok(Value::Literal(folded)),
                Err(error) => Err(self.not_foldable(error, comparison.symbol(), operands, span)),
            };
        }
        self.typed(builtin, comparison.symbol(), operands, span)
    }

    /// A function of the builtin table.
    pub(super) fn function(
        &mut self,
        builtin: Builtin,
        name: &str,
        operands: &[(Value, Span)],
        span: Span,
    ) -> Check<Value> {
        let literals: Option<Vec<Literal>> = operands
            .iter()
            .map(|(value, _)| match value {
                Value::Literal(literal) => Some(*literal),
                Value::Expr(_) | Value::Tuple(_) => None,
            })
            .collect();
        if let Some(literals) = literals {
            return match literal::function(builtin, &literals) {
                Ok(folded) => Ok(Value::Literal(folded)),
                Err(error) => Err(self.not_foldable(error, name, operands, span)),
            };
        }
        match <&[(Value, Span); 2]>::try_from(operands) {
            Ok(pair) if builtin == Builtin::Power => self.power(pair, span),
            _ => self.typed(builtin, name, operands, span),
        }
    }

    /// A builtin of which one operand at least is typed.
    fn typed(
        &mut self,
        builtin: Builtin,
        name: &str,
        operands: &[(Value, Span)],
        span: Span,
    ) -> Check<Value> {
        let typed = operands.iter().find_map(|(value, at)| match value {
            Value::Expr(expr) => self.ty(*expr).dtype().map(|dtype| (dtype, *at)),
            Value::Literal(_) | Value::Tuple(_) => None,
        });
        let Some((dtype, why)) = typed else {
            return Err(self.bad_operands(builtin, name, operands, span));
        };
        let mut exprs = Vec::new();
        for (value, at) in operands {
            let expr = match value {
                Value::Expr(expr) => *expr,
                Value::Literal(literal) => self.adapt(*literal, *at, dtype, Some(why))?,
                Value::Tuple(_) => return Err(self.bad_operands(builtin, name, operands, span)),
            };
            let found = self.ty(expr).dtype();
            if found.is_some_and(|found| found != dtype) {
                return Err(self.mixed(name, operands, span));
            }
            exprs.push(expr);
        }
        match self.builder.builtin(builtin, exprs, span) {
            Ok(expr) => Ok(Value::Expr(expr)),
            Err(_) => Err(self.bad_operands(builtin, name, operands, span)),
        }
    }

    /// `base ** exponent`. Literal exponents 2, 1, 0.5 and -1 of floats become what NumPy makes of them: `x * x`,
    /// `x`, `sqrt(x)` and `1 / x`.
    fn power(&mut self, operands: &[(Value, Span); 2], span: Span) -> Check<Value> {
        let [(base, base_span), (exponent, exponent_span)] = operands;
        let (base_span, exponent_span) = (*base_span, *exponent_span);
        match (base, exponent) {
            (Value::Expr(base), Value::Literal(exponent)) => {
                let (base, exponent) = (*base, *exponent);
                match self.ty(base).dtype() {
                    Some(dtype) if dtype.is_float() => {
                        self.float_power(base, exponent, (base_span, exponent_span), span)
                    }
                    Some(dtype) if dtype.is_integer() => {
                        self.integer_power(base, exponent, dtype, (base_span, exponent_span), span)
                    }
                    _ => Err(self.bad_operands(Builtin::Power, "**", operands, span)),
                }
            }
            (Value::Literal(base), Value::Expr(exponent)) => {
                let (base, exponent) = (*base, *exponent);
                match self.ty(exponent).dtype() {
                    Some(dtype) if dtype != DType::Bool => {
                        let base = self.adapt(base, base_span, dtype, Some(exponent_span))?;
                        self.built(Builtin::Power, vec![base, exponent], operands, span)
                    }
                    _ => Err(self.bad_operands(Builtin::Power, "**", operands, span)),
                }
            }
            (Value::Expr(base), Value::Expr(exponent)) => {
                let (base, exponent) = (*base, *exponent);
                let dtypes = [self.ty(base).dtype(), self.ty(exponent).dtype()];
                if let [Some(base), Some(exponent)] = dtypes
                    && base.is_integer()
                    && exponent.is_float()
                {
                    return Err(self.mixed("**", operands, span));
                }
                self.built(Builtin::Power, vec![base, exponent], operands, span)
            }
            _ => Err(self.bad_operands(Builtin::Power, "**", operands, span)),
        }
    }

    fn float_power(&mut self, base: ExprId, exponent: Literal, at: (Span, Span), span: Span) -> Check<Value> {
        let dtype = self.ty(base).dtype().unwrap_or(DType::Float64);
        let exact = match exponent {
            Literal::Int(value) => Some(value as f64),
            Literal::Float(value) => Some(value),
            Literal::Bool(_) => None,
        };
        let operands = [(Value::Expr(base), at.0), (Value::Literal(exponent), at.1)];
        if exact == Some(2.0) {
            return self.built(Builtin::Multiply, vec![base, base], &operands, span);
        }
        if exact == Some(1.0) {
            return Ok(Value::Expr(base));
        }
        if exact == Some(0.5) {
            return self.built(Builtin::Sqrt, vec![base], &operands, span);
        }
        if exact == Some(-1.0) {
            let one = self.builder.constant(bise_lang::Scalar::float(dtype, 1.0), span);
            return self.built(Builtin::Divide, vec![one, base], &operands, span);
        }
        let exponent = self.adapt(exponent, at.1, dtype, Some(at.0))?;
        self.built(Builtin::Power, vec![base, exponent], &operands, span)
    }

    fn integer_power(
        &mut self,
        base: ExprId,
        exponent: Literal,
        dtype: DType,
        at: (Span, Span),
        span: Span,
    ) -> Check<Value> {
        let operands = [(Value::Expr(base), at.0), (Value::Literal(exponent), at.1)];
        if matches!(exponent, Literal::Int(value) if value < 0) {
            let diagnostic = Diagnostic::error(
                &codes::LITERAL,
                at.1,
                "an integer to a negative power is no integer",
            )
            .also(at.0, format!("this is {dtype}"))
            .hint("convert the base first: `astype(x, float64)`");
            return Err(self.report(diagnostic));
        }
        let exponent = self.adapt(exponent, at.1, dtype, Some(at.0))?;
        self.built(Builtin::Power, vec![base, exponent], &operands, span)
    }

    fn built(
        &mut self,
        builtin: Builtin,
        exprs: Vec<ExprId>,
        operands: &[(Value, Span)],
        span: Span,
    ) -> Check<Value> {
        match self.builder.builtin(builtin, exprs, span) {
            Ok(expr) => Ok(Value::Expr(expr)),
            Err(_) => Err(self.bad_operands(Builtin::Power, "**", operands, span)),
        }
    }

    fn not_foldable(
        &mut self,
        error: LiteralError,
        name: &str,
        operands: &[(Value, Span)],
        span: Span,
    ) -> Reported {
        match error {
            LiteralError::Value(message) => {
                let diagnostic = Diagnostic::error(&codes::LITERAL_ARITHMETIC, span, message)
                    .note("literals are computed when the operator is compiled, with Python's meaning");
                self.report(diagnostic)
            }
            LiteralError::Operand => self.operand_error(name, operands, span, None),
        }
    }

    /// Operands of different data types.
    fn mixed(&mut self, name: &str, operands: &[(Value, Span)], span: Span) -> Reported {
        let mut diagnostic = Diagnostic::error(
            &codes::TYPE_MISMATCH,
            span,
            format!("the operands of `{name}` have different data types"),
        );
        for (value, at) in operands {
            diagnostic = diagnostic.also(*at, format!("this is {}", self.describe(value)));
        }
        let diagnostic = diagnostic
            .note("data types are never converted silently")
            .hint("convert one of them: `astype(x, float64)`");
        self.report(diagnostic)
    }

    /// Operands that a builtin does not take.
    fn bad_operands(
        &mut self,
        builtin: Builtin,
        name: &str,
        operands: &[(Value, Span)],
        span: Span,
    ) -> Reported {
        let takes = match builtin.row().signature {
            Signature::Number | Signature::Power | Signature::Comparison => "numbers",
            Signature::Logical => "truth values",
            Signature::Float | Signature::Predicate => "floats",
        };
        let hint = match builtin.row().signature {
            Signature::Float | Signature::Predicate => Some("convert first: `astype(x, float64)`"),
            Signature::Logical => Some("compare first: `(a > 0) & (b > 0)`"),
            Signature::Number | Signature::Power | Signature::Comparison => None,
        };
        self.operand_error(name, operands, span, Some((takes, hint)))
    }

    fn operand_error(
        &mut self,
        name: &str,
        operands: &[(Value, Span)],
        span: Span,
        takes: Option<(&str, Option<&str>)>,
    ) -> Reported {
        let found: Vec<String> = operands.iter().map(|(value, _)| self.describe(value)).collect();
        let message = format!("`{name}` does not take {}", found.join(" and "));
        let mut diagnostic = Diagnostic::error(&codes::OPERAND, span, message);
        if let Some((takes, hint)) = takes {
            diagnostic = diagnostic.label(format!("takes {takes}"));
            if let Some(hint) = hint {
                diagnostic = diagnostic.hint(hint);
            }
        }
        self.report(diagnostic)
    }
}
