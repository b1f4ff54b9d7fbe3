//! Python numbers: weak values that take the type of what they meet, and arithmetic among them.
//!
//! Arithmetic of literals means what it means in Python: integers do not wrap, `/` is exact division, `//` and `%`
//! round down.

use std::fmt;

use bise_lang::{Builtin, DType, Scalar, builtins::Signature, evaluate};
use bise_syntax::{BinaryOperator, Comparison, UnaryOperator};

/// A Python number or truth value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Literal {
    /// `True`
    Bool(bool),
    /// `1`
    Int(i128),
    /// `1.5`
    Float(f64),
}

/// Why an operation on literals has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LiteralError {
    /// Python fails too: what it would say.
    Value(&'static str),
    /// The operation does not take such operands.
    Operand,
}

use Literal::{Bool, Float, Int};
use LiteralError::{Operand, Value};

type Folded = Result<Literal, LiteralError>;

const TOO_LARGE: LiteralError = Value("the result is too large");

impl Literal {
    /// "truth value", "integer" or "float".
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Bool(_) => "truth value",
            Int(_) => "integer",
            Float(_) => "float",
        }
    }

    /// The value in that type, if nothing of its kind is lost.
    pub(crate) fn adapt(self, dtype: DType) -> Option<Scalar> {
        match self {
            Bool(value) => (dtype == DType::Bool).then(|| Scalar::bool(value)),
            Int(value) if dtype.is_float() => Some(Scalar::float(dtype, value as f64)),
            Int(value) if dtype.is_integer() => Scalar::exact(dtype, value),
            Float(value) if dtype.is_float() => {
                let scalar = Scalar::float(dtype, value);
                (scalar.as_f64().is_finite() || !value.is_finite()).then_some(scalar)
            }
            Int(_) | Float(_) => None,
        }
    }

    /// The value in a type as a conversion gives it, whatever is lost: `int32(1.7)` is 1.
    pub(crate) fn convert(self, dtype: DType) -> Option<Scalar> {
        if let Some(scalar) = self.adapt(dtype) {
            return Some(scalar);
        }
        match self {
            Bool(value) => Some(bise_lang::cast(Scalar::bool(value), dtype)),
            Int(value) if dtype == DType::Bool => Some(Scalar::bool(value != 0)),
            Int(_) => None,
            Float(value) => Some(bise_lang::cast(Scalar::f64(value), dtype)),
        }
    }

    /// The type where nothing else decides: bool, int32 if it fits, else int64, float64.
    pub(crate) fn default_dtype(self) -> Option<DType> {
        match self {
            Bool(_) => Some(DType::Bool),
            Int(value) if i32::try_from(value).is_ok() => Some(DType::Int32),
            Int(value) if i64::try_from(value).is_ok() => Some(DType::Int64),
            Int(_) => None,
            Float(_) => Some(DType::Float64),
        }
    }

    fn number(self) -> Option<f64> {
        match self {
            Bool(_) => None,
            Int(value) => Some(value as f64),
            Float(value) => Some(value),
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bool(value) => f.write_str(if *value { "True" } else { "False" }),
            Int(value) => write!(f, "{value}"),
            Float(value) => write!(f, "{value:?}"),
        }
    }
}

/// `operator operand`
pub(crate) fn unary(operator: UnaryOperator, operand: Literal) -> Folded {
    match (operator, operand) {
        (UnaryOperator::Plus, Int(_) | Float(_)) => Ok(operand),
        (UnaryOperator::Minus, Int(value)) => value.checked_neg().map(Int).ok_or(TOO_LARGE),
        (UnaryOperator::Minus, Float(value)) => Ok(Float(-value)),
        (UnaryOperator::Not | UnaryOperator::Invert, Bool(value)) => Ok(Bool(!value)),
        (UnaryOperator::Invert, Int(value)) => Ok(Int(!value)),
        (UnaryOperator::Plus | UnaryOperator::Minus, Bool(_))
        | (UnaryOperator::Not, Int(_) | Float(_))
        | (UnaryOperator::Invert, Float(_)) => Err(Operand),
    }
}

/// `a operator b`
pub(crate) fn binary(operator: BinaryOperator, a: Literal, b: Literal) -> Folded {
    match (a, b) {
        (Bool(a), Bool(b)) => match operator {
            BinaryOperator::And => Ok(Bool(a & b)),
            BinaryOperator::Or => Ok(Bool(a | b)),
            BinaryOperator::Xor => Ok(Bool(a ^ b)),
            _ => Err(Operand),
        },
        (Int(a), Int(b)) => integers(operator, a, b),
        _ => match (a.number(), b.number()) {
            (Some(a), Some(b)) => floats(operator, a, b),
            _ => Err(Operand),
        },
    }
}

fn integers(operator: BinaryOperator, a: i128, b: i128) -> Folded {
    let value = match operator {
        BinaryOperator::Add => a.checked_add(b),
        BinaryOperator::Subtract => a.checked_sub(b),
        BinaryOperator::Multiply => a.checked_mul(b),
        BinaryOperator::Divide | BinaryOperator::FloorDivide | BinaryOperator::Modulo if b == 0 => {
            return Err(Value("division by zero"));
        }
        BinaryOperator::Divide => return floats(operator, a as f64, b as f64),
        BinaryOperator::FloorDivide => a.checked_rem(b).and_then(|rest| {
            let down = i128::from(rest != 0 && (a < 0) != (b < 0));
            a.checked_div(b).map(|quotient| quotient - down)
        }),
        BinaryOperator::Modulo => a.checked_rem(b).map(|rest| {
            let negative = rest != 0 && (a < 0) != (b < 0);
            if negative { rest + b } else { rest }
        }),
        BinaryOperator::Power if a == 0 && b < 0 => return Err(Value("division by zero")),
        BinaryOperator::Power if b < 0 => return floats(operator, a as f64, b as f64),
        BinaryOperator::Power => u32::try_from(b).ok().and_then(|b| a.checked_pow(b)),
        BinaryOperator::And => Some(a & b),
        BinaryOperator::Or => Some(a | b),
        BinaryOperator::Xor => Some(a ^ b),
        BinaryOperator::MatrixMultiply | BinaryOperator::ShiftLeft | BinaryOperator::ShiftRight => {
            return Err(Operand);
        }
    };
    value.map(Int).ok_or(TOO_LARGE)
}

/// As fields of `float64`: infinite where that is the limit, NaN outside of the domain. Powers that no type can hold are
/// a mistake.
fn floats(operator: BinaryOperator, a: f64, b: f64) -> Folded {
    let apply = |builtin| {
        Ok(Float(
            evaluate(builtin, &[Scalar::f64(a), Scalar::f64(b)]).as_f64(),
        ))
    };
    match operator {
        BinaryOperator::Add => Ok(Float(a + b)),
        BinaryOperator::Subtract => Ok(Float(a - b)),
        BinaryOperator::Multiply => Ok(Float(a * b)),
        BinaryOperator::Divide => Ok(Float(a / b)),
        BinaryOperator::FloorDivide => apply(Builtin::FloorDivide),
        BinaryOperator::Modulo => apply(Builtin::Modulo),
        BinaryOperator::Power => match apply(Builtin::Power)? {
            Float(power) if power.is_infinite() && a != 0.0 && a.is_finite() && b.is_finite() => {
                Err(TOO_LARGE)
            }
            power => Ok(power),
        },
        BinaryOperator::And
        | BinaryOperator::Or
        | BinaryOperator::Xor
        | BinaryOperator::MatrixMultiply
        | BinaryOperator::ShiftLeft
        | BinaryOperator::ShiftRight => Err(Operand),
    }
}

/// `a comparison b`
pub(crate) fn compare(comparison: Comparison, a: Literal, b: Literal) -> Folded {
    let order = match (a, b) {
        (Int(a), Int(b)) => Some(a.cmp(&b)),
        _ => match (a.number(), b.number()) {
            (Some(a), Some(b)) => a.partial_cmp(&b),
            _ => return Err(Operand),
        },
    };
    Ok(Bool(match comparison {
        Comparison::Equal => order.is_some_and(std::cmp::Ordering::is_eq),
        Comparison::NotEqual => order.is_none_or(std::cmp::Ordering::is_ne),
        Comparison::Less => order.is_some_and(std::cmp::Ordering::is_lt),
        Comparison::LessEqual => order.is_some_and(std::cmp::Ordering::is_le),
        Comparison::Greater => order.is_some_and(std::cmp::Ordering::is_gt),
        Comparison::GreaterEqual => order.is_some_and(std::cmp::Ordering::is_ge),
        Comparison::Is | Comparison::IsNot | Comparison::In | Comparison::NotIn => return Err(Operand),
    }))
}

/// A function of the builtin table on literals.
pub(crate) fn function(builtin: Builtin, operands: &[Literal]) -> Folded {
    if let (Builtin::Power, [a, b]) = (builtin, operands) {
        return binary(BinaryOperator::Power, *a, *b);
    }
    if let (Signature::Number, Some(operands)) = (builtin.row().signature, integers_of(operands)) {
        let value = match (builtin, operands.as_slice()) {
            (Builtin::Absolute, [a]) => a.checked_abs(),
            (Builtin::Negate, [a]) => a.checked_neg(),
            (Builtin::Minimum, [a, b]) => Some(*a.min(b)),
            (Builtin::Maximum, [a, b]) => Some(*a.max(b)),
            _ => return Err(Operand),
        };
        return value.map(Int).ok_or(TOO_LARGE);
    }
    let numbers: Option<Vec<Scalar>> = operands
        .iter()
        .map(|literal| literal.number().map(Scalar::f64))
        .collect();
    let numbers = numbers.ok_or(Operand)?;
    let dtypes = vec![DType::Float64; numbers.len()];
    match builtin.result_type(&dtypes) {
        Some(DType::Bool) => Ok(Bool(evaluate(builtin, &numbers).as_bool())),
        Some(_) => Ok(Float(evaluate(builtin, &numbers).as_f64())),
        None => Err(Operand),
    }
}

fn integers_of(operands: &[Literal]) -> Option<Vec<i128>> {
    let integer = |literal: &Literal| match literal {
        Int(value) => Some(*value),
        Bool(_) | Float(_) => None,
    };
    operands.iter().map(integer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_is_that_of_python() {
        let fold = |operator, a, b| binary(operator, a, b).unwrap();
        assert_eq!(fold(BinaryOperator::Divide, Int(1), Int(2)), Float(0.5));
        assert_eq!(fold(BinaryOperator::FloorDivide, Int(-7), Int(2)), Int(-4));
        assert_eq!(fold(BinaryOperator::Modulo, Int(-7), Int(3)), Int(2));
        assert_eq!(fold(BinaryOperator::Power, Int(2), Int(-1)), Float(0.5));
        assert_eq!(
            binary(BinaryOperator::Divide, Int(1), Int(0)),
            Err(Value("division by zero"))
        );
        assert_eq!(binary(BinaryOperator::Add, Bool(true), Int(0)), Err(Operand));
        assert_eq!(
            binary(BinaryOperator::Power, Float(10.0), Int(400)),
            Err(TOO_LARGE)
        );
        assert_eq!(
            fold(BinaryOperator::Power, Float(0.0), Int(-1)),
            Float(f64::INFINITY)
        );
        assert_eq!(
            fold(BinaryOperator::Divide, Float(-1.0), Int(0)),
            Float(f64::NEG_INFINITY)
        );
        assert_eq!(
            fold(BinaryOperator::Multiply, Float(1e308), Int(10)),
            Float(f64::INFINITY)
        );
    }

    #[test]
    fn literals_keep_their_kind() {
        assert_eq!(Int(1).adapt(DType::Float32), Some(Scalar::f32(1.0)));
        assert_eq!(Float(1.0).adapt(DType::Int32), None);
        assert_eq!(Int(300).adapt(DType::UInt8), None);
        assert_eq!(Float(1e300).adapt(DType::Float32), None);
        assert_eq!(
            Float(1.7).convert(DType::Int32),
            Some(Scalar::integer(DType::Int32, 1))
        );
        assert_eq!(Int(1 << 40).default_dtype(), Some(DType::Int64));
    }
}
