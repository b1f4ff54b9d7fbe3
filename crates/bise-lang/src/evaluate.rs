//! What a builtin means: the definition that every target agrees with bit for bit.

use crate::builtins::Builtin;
use crate::{DType, Reduction, Scalar, math};

/// The value of a builtin. The operands have types that [`Builtin::result_type`] accepts.
///
/// # Panics
/// When they have not: a compiler bug.
pub fn evaluate(builtin: Builtin, operands: &[Scalar]) -> Scalar {
    let types: Vec<DType> = operands.iter().map(|s| s.dtype()).collect();
    let Some(result) = builtin.result_type(&types) else {
        panic!("compiler bug: {} of {types:?}", builtin.name());
    };
    let first = operands[0];
    let second = match builtin {
        // The exponent is taken in the type of the base.
        Builtin::Power => cast(operands[1], result),
        _ => *operands.last().unwrap_or(&first),
    };
    match types[0] {
        DType::Float64 => float64(builtin, first.as_f64(), second.as_f64()),
        DType::Float32 => float32(builtin, first.as_f32(), second.as_f32()),
        DType::UInt64 => unsigned(builtin, first.bits(), second.bits()),
        DType::Bool => logical(builtin, first.as_bool(), second.as_bool()),
        dtype => integer(builtin, dtype, first.as_i64(), second.as_i64()),
    }
}

/// The value in another type: floats to integers truncate and saturate, NaN becomes zero; integers wrap;
/// to `bool` is `!= 0`.
pub fn cast(value: Scalar, to: DType) -> Scalar {
    let from = value.dtype();
    match to {
        _ if from == to => value,
        DType::Bool => Scalar::bool(value.as_bool()),
        DType::Float64 => Scalar::f64(value.as_f64()),
        DType::Float32 => Scalar::f32(value.as_f32()),
        _ if !from.is_float() => Scalar::integer(to, value.as_i64()),
        DType::UInt64 => Scalar::integer(to, value.as_f64() as u64 as i64),
        _ => {
            let (low, high) = (Scalar::lowest(to).as_i64(), Scalar::highest(to).as_i64());
            Scalar::integer(to, (value.as_f64() as i64).clamp(low, high))
        }
    }
}

/// The value a reduction of one or more neighbours starts from: no value lies beyond it.
pub fn reduce_start(reduction: Reduction, dtype: DType) -> Scalar {
    match reduction {
        Reduction::Max if dtype.is_float() => Scalar::float(dtype, f64::NEG_INFINITY),
        Reduction::Min if dtype.is_float() => Scalar::float(dtype, f64::INFINITY),
        Reduction::Sum | Reduction::Max | Reduction::Min => reduce_nothing(reduction, dtype),
    }
}

/// The value of a reduction where there is no neighbour: zero, or the lowest or highest number of the type that is
/// not infinite.
pub fn reduce_nothing(reduction: Reduction, dtype: DType) -> Scalar {
    match reduction {
        Reduction::Sum => Scalar::zero(dtype),
        Reduction::Max => Scalar::lowest(dtype),
        Reduction::Min => Scalar::highest(dtype),
    }
}

macro_rules! float_rules {
    ($name:ident, $ty:ident, $sqrt:path, $floor:path, $ceil:path, $trunc:path, {$($builtin:ident => $function:ident),*}) => {
        fn $name(builtin: Builtin, a: $ty, b: $ty) -> Scalar {
            use Builtin as B;
            let value = match builtin {
                B::Equal => return Scalar::bool(a == b),
                B::NotEqual => return Scalar::bool(a != b),
                B::Less => return Scalar::bool(a < b),
                B::LessEqual => return Scalar::bool(a <= b),
                B::Greater => return Scalar::bool(a > b),
                B::GreaterEqual => return Scalar::bool(a >= b),
                B::IsFinite => return Scalar::bool(a.is_finite()),
                B::IsInfinite => return Scalar::bool(a.is_infinite()),
                B::IsNan => return Scalar::bool(a.is_nan()),
                B::Add => a + b,
                B::Subtract => a - b,
                B::Multiply => a * b,
                B::Divide => a / b,
                B::Negate => -a,
                B::Absolute => a.abs(),
                B::Minimum => if a < b || a.is_nan() { a } else { b },
                B::Maximum => if a > b || a.is_nan() { a } else { b },
                B::Sqrt => $sqrt(a),
                B::Floor => $floor(a),
                B::Ceil => $ceil(a),
                B::Truncate => $trunc(a),
                B::FloorDivide | B::Modulo | B::Power | B::FloatModulo => binary::$name(builtin, a, b),
                $(B::$builtin => math::$function(a),)*
                B::And | B::Or | B::Xor | B::Not => panic!("compiler bug: {} of floats", builtin.name()),
            };
            Scalar::$ty(value)
        }
    };
}

/// The float functions of two operands that compiled code calls too.
mod binary {
    use crate::{Builtin, math};

    pub(super) fn float64(builtin: Builtin, a: f64, b: f64) -> f64 {
        match builtin {
            Builtin::FloorDivide => math::bise_floordiv_float64(a, b),
            Builtin::Modulo => math::bise_mod_float64(a, b),
            Builtin::FloatModulo => math::bise_fmod_float64(a, b),
            _ => math::bise_pow_float64(a, b),
        }
    }

    pub(super) fn float32(builtin: Builtin, a: f32, b: f32) -> f32 {
        match builtin {
            Builtin::FloorDivide => math::bise_floordiv_float32(a, b),
            Builtin::Modulo => math::bise_mod_float32(a, b),
            Builtin::FloatModulo => math::bise_fmod_float32(a, b),
            _ => math::bise_pow_float32(a, b),
        }
    }
}

float_rules!(float64, f64, libm::sqrt, libm::floor, libm::ceil, libm::trunc, {
    Sin => bise_sin_float64, Cos => bise_cos_float64, Tan => bise_tan_float64, Arcsin => bise_arcsin_float64,
    Arccos => bise_arccos_float64, Arctan => bise_arctan_float64, Sinh => bise_sinh_float64,
    Cosh => bise_cosh_float64, Tanh => bise_tanh_float64, Arcsinh => bise_arcsinh_float64,
    Arccosh => bise_arccosh_float64, Arctanh => bise_arctanh_float64, Exp => bise_exp_float64,
    Log => bise_log_float64, Gamma => bise_gamma_float64, Cbrt => bise_cbrt_float64
});

float_rules!(float32, f32, libm::sqrtf, libm::floorf, libm::ceilf, libm::truncf, {
    Sin => bise_sin_float32, Cos => bise_cos_float32, Tan => bise_tan_float32, Arcsin => bise_arcsin_float32,
    Arccos => bise_arccos_float32, Arctan => bise_arctan_float32, Sinh => bise_sinh_float32,
    Cosh => bise_cosh_float32, Tanh => bise_tanh_float32, Arcsinh => bise_arcsinh_float32,
    Arccosh => bise_arccosh_float32, Arctanh => bise_arctanh_float32, Exp => bise_exp_float32,
    Log => bise_log_float32, Gamma => bise_gamma_float32, Cbrt => bise_cbrt_float32
});

/// Integers of up to 64 bits, but for `uint64`; the operands are extended to 64 bits, the result is wrapped.
fn integer(builtin: Builtin, dtype: DType, a: i64, b: i64) -> Scalar {
    use Builtin as B;
    let value = match builtin {
        B::Equal => return Scalar::bool(a == b),
        B::NotEqual => return Scalar::bool(a != b),
        B::Less => return Scalar::bool(a < b),
        B::LessEqual => return Scalar::bool(a <= b),
        B::Greater => return Scalar::bool(a > b),
        B::GreaterEqual => return Scalar::bool(a >= b),
        B::Add => a.wrapping_add(b),
        B::Subtract => a.wrapping_sub(b),
        B::Multiply => a.wrapping_mul(b),
        B::Divide => a.checked_div(b).unwrap_or(if b == 0 { 0 } else { a }),
        B::FloorDivide => math::bise_floordiv_int64(a, b),
        B::Modulo => math::bise_mod_int64(a, b),
        B::Power => math::bise_pow_int64(a, b),
        B::Negate => a.wrapping_neg(),
        B::Absolute => a.wrapping_abs(),
        B::Minimum => a.min(b),
        B::Maximum => a.max(b),
        _ => panic!("compiler bug: {} of integers", builtin.name()),
    };
    Scalar::integer(dtype, value)
}

/// `uint64`, whose order and quotients differ from those of `i64`.
fn unsigned(builtin: Builtin, a: u64, b: u64) -> Scalar {
    use Builtin as B;
    let value = match builtin {
        B::Less => return Scalar::bool(a < b),
        B::LessEqual => return Scalar::bool(a <= b),
        B::Greater => return Scalar::bool(a > b),
        B::GreaterEqual => return Scalar::bool(a >= b),
        B::Divide => a.checked_div(b).unwrap_or(0),
        B::FloorDivide => math::bise_floordiv_uint64(a, b),
        B::Modulo => math::bise_mod_uint64(a, b),
        B::Power => math::bise_pow_uint64(a, b),
        B::Absolute => a,
        B::Minimum => a.min(b),
        B::Maximum => a.max(b),
        _ => return integer(builtin, DType::UInt64, a as i64, b as i64),
    };
    Scalar::integer(DType::UInt64, value as i64)
}

fn logical(builtin: Builtin, a: bool, b: bool) -> Scalar {
    Scalar::bool(match builtin {
        Builtin::And => a & b,
        Builtin::Or => a | b,
        Builtin::Xor => a ^ b,
        Builtin::Not => !a,
        _ => panic!("compiler bug: {} of truth values", builtin.name()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_builtin_evaluates_on_every_type_it_takes() {
        for row in crate::builtins::TABLE {
            for dtype in DType::ALL {
                let one = if dtype.is_float() {
                    Scalar::float(dtype, 1.0)
                } else {
                    Scalar::integer(dtype, 1)
                };
                let operands = vec![one; row.arity];
                if let Some(result) = row.builtin.result_type(&vec![dtype; row.arity]) {
                    assert_eq!(evaluate(row.builtin, &operands).dtype(), result, "{}", row.name);
                }
            }
        }
    }

    #[test]
    fn minima_propagate_nan() {
        let (nan, one) = (Scalar::f64(f64::NAN), Scalar::f64(1.0));
        assert!(evaluate(Builtin::Minimum, &[nan, one]).as_f64().is_nan());
        assert!(evaluate(Builtin::Minimum, &[one, nan]).as_f64().is_nan());
    }

    #[test]
    fn casts_truncate_and_saturate() {
        assert_eq!(cast(Scalar::f64(-1.9), DType::Int32).as_i64(), -1);
        assert_eq!(
            cast(Scalar::f64(1e20), DType::Int32).as_i64(),
            i64::from(i32::MAX)
        );
        assert_eq!(cast(Scalar::f64(f64::NAN), DType::Int8).as_i64(), 0);
        assert_eq!(
            cast(Scalar::integer(DType::Int32, 300), DType::UInt8).as_i64(),
            44
        );
        assert_eq!(cast(Scalar::f64(-1.0), DType::UInt64).bits(), 0);
    }
}
