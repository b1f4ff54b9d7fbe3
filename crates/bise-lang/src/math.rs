//! The functions that compiled code calls, and that [`crate::evaluate`] uses itself: one implementation, so
//! interpreter and machine code agree bit for bit, on every machine (`libm` is plain Rust: no hardware variants).
//! `libm` is a port of musl's and FreeBSD's library. How far results are from exact ones is said in the builtin table, by
//! measurement: `tests/python/test_math.py`. Outside of its domain a function is NaN; where the port is not, that is put
//! right here.

/// A function of this module: its symbol in compiled code and its address.
pub type Symbol = (&'static str, usize);

macro_rules! functions {
    ($($name:ident: fn($($arg:ident: $ty:ty),*) -> $out:ty = $body:expr;)*) => {
        $(
            #[doc = concat!("`", stringify!($name), "` as compiled code calls it.")]
            pub extern "C" fn $name($($arg: $ty),*) -> $out { $body }
        )*
        /// Every function with its address, for the linker of compiled code.
        pub fn symbols() -> Vec<Symbol> {
            vec![$((stringify!($name), $name as *const () as usize)),*]
        }
    };
}

functions! {
    bise_sin_float64: fn(x: f64) -> f64 = libm::sin(x);
    bise_cos_float64: fn(x: f64) -> f64 = libm::cos(x);
    bise_tan_float64: fn(x: f64) -> f64 = libm::tan(x);
    bise_arcsin_float64: fn(x: f64) -> f64 = libm::asin(x);
    bise_arccos_float64: fn(x: f64) -> f64 = libm::acos(x);
    bise_arctan_float64: fn(x: f64) -> f64 = libm::atan(x);
    bise_sinh_float64: fn(x: f64) -> f64 = libm::sinh(x);
    bise_cosh_float64: fn(x: f64) -> f64 = libm::cosh(x);
    bise_tanh_float64: fn(x: f64) -> f64 = libm::tanh(x);
    bise_arcsinh_float64: fn(x: f64) -> f64 = libm::asinh(x);
    bise_arccosh_float64: fn(x: f64) -> f64 = if x < 1.0 { f64::NAN } else { libm::acosh(x) };
    bise_arctanh_float64: fn(x: f64) -> f64 = libm::atanh(x);
    bise_exp_float64: fn(x: f64) -> f64 = libm::exp(x);
    bise_log_float64: fn(x: f64) -> f64 = libm::log(x);
    bise_gamma_float64: fn(x: f64) -> f64 = libm::tgamma(x);
    bise_cbrt_float64: fn(x: f64) -> f64 = libm::cbrt(x);
    bise_fmod_float64: fn(x: f64, y: f64) -> f64 = libm::fmod(x, y);
    bise_pow_float64: fn(x: f64, y: f64) -> f64 = libm::pow(x, y);
    bise_mod_float64: fn(x: f64, y: f64) -> f64 = floored(x, y).1;
    bise_floordiv_float64: fn(x: f64, y: f64) -> f64 = floored(x, y).0;
    bise_sin_float32: fn(x: f32) -> f32 = libm::sinf(x);
    bise_cos_float32: fn(x: f32) -> f32 = libm::cosf(x);
    bise_tan_float32: fn(x: f32) -> f32 = libm::tanf(x);
    bise_arcsin_float32: fn(x: f32) -> f32 = libm::asinf(x);
    bise_arccos_float32: fn(x: f32) -> f32 = libm::acosf(x);
    bise_arctan_float32: fn(x: f32) -> f32 = libm::atanf(x);
    bise_sinh_float32: fn(x: f32) -> f32 = libm::sinhf(x);
    bise_cosh_float32: fn(x: f32) -> f32 = libm::coshf(x);
    bise_tanh_float32: fn(x: f32) -> f32 = libm::tanhf(x);
    bise_arcsinh_float32: fn(x: f32) -> f32 = libm::asinhf(x);
    bise_arccosh_float32: fn(x: f32) -> f32 = if x < 1.0 { f32::NAN } else { libm::acoshf(x) };
    bise_arctanh_float32: fn(x: f32) -> f32 = libm::atanhf(x);
    bise_exp_float32: fn(x: f32) -> f32 = libm::expf(x);
    bise_log_float32: fn(x: f32) -> f32 = libm::logf(x);
    bise_gamma_float32: fn(x: f32) -> f32 = libm::tgammaf(x);
    bise_cbrt_float32: fn(x: f32) -> f32 = libm::cbrtf(x);
    bise_fmod_float32: fn(x: f32, y: f32) -> f32 = libm::fmodf(x, y);
    bise_pow_float32: fn(x: f32, y: f32) -> f32 = libm::powf(x, y);
    bise_mod_float32: fn(x: f32, y: f32) -> f32 = floored_float32(x, y).1;
    bise_floordiv_float32: fn(x: f32, y: f32) -> f32 = floored_float32(x, y).0;
    bise_pow_int64: fn(x: i64, y: i64) -> i64 = integer_power(x, y);
    bise_mod_int64: fn(x: i64, y: i64) -> i64 = floored_integer(x, y).1;
    bise_floordiv_int64: fn(x: i64, y: i64) -> i64 = floored_integer(x, y).0;
    bise_pow_uint64: fn(x: u64, y: u64) -> u64 = wrapping_power(x, y);
    bise_mod_uint64: fn(x: u64, y: u64) -> u64 = x.checked_rem(y).unwrap_or(0);
    bise_floordiv_uint64: fn(x: u64, y: u64) -> u64 = x.checked_div(y).unwrap_or(0);
}

/// Floored quotient and rest, by the rules of Python's `divmod` of floats (as NumPy's `floor_divide` and
/// `remainder`): the rest is exact but for the addition of the divisor, and has the divisor's sign. Each step is
/// rounded to the type: a quotient of float32 that is computed in float64 and floored there is another number.
macro_rules! floored {
    ($name:ident, $float:ty, $fmod:path, $floor:path) => {
        fn $name(x: $float, y: $float) -> ($float, $float) {
            let mut rest = $fmod(x, y);
            if y == 0.0 {
                return (x / y, rest);
            }
            let mut quotient = (x - rest) / y;
            if rest == 0.0 {
                rest = (0.0 as $float).copysign(y);
            } else if (y < 0.0) != (rest < 0.0) {
                rest += y;
                quotient -= 1.0;
            }
            if quotient == 0.0 {
                return ((0.0 as $float).copysign(x / y), rest);
            }
            let floor = $floor(quotient);
            let is_above = quotient - floor > 0.5;
            (if is_above { floor + 1.0 } else { floor }, rest)
        }
    };
}

floored!(floored, f64, libm::fmod, libm::floor);
floored!(floored_float32, f32, libm::fmodf, libm::floorf);

/// Floored quotient and rest; zero where the divisor is zero; wrapping.
fn floored_integer(x: i64, y: i64) -> (i64, i64) {
    if y == 0 {
        return (0, 0);
    }
    let (quotient, rest) = (x.wrapping_div(y), x.wrapping_rem(y));
    if rest != 0 && (rest < 0) != (y < 0) {
        (quotient - 1, rest + y)
    } else {
        (quotient, rest)
    }
}

/// Wrapping power; a negative exponent gives the quotient `1 / x**-y` truncated (0 for x = 0).
fn integer_power(x: i64, y: i64) -> i64 {
    if y < 0 {
        return match x {
            1 => 1,
            -1 if y % 2 == 0 => 1,
            -1 => -1,
            _ => 0,
        };
    }
    wrapping_power(x as u64, y as u64) as i64
}

/// The low bits of a power, which are those of signed numbers too.
fn wrapping_power(x: u64, y: u64) -> u64 {
    let (mut base, mut exponent, mut power) = (x, y, 1u64);
    while exponent > 0 {
        if exponent & 1 == 1 {
            power = power.wrapping_mul(base);
        }
        base = base.wrapping_mul(base);
        exponent >>= 1;
    }
    power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_have_the_sign_of_the_divisor() {
        assert_eq!(floored(-7.0, 3.0), (-3.0, 2.0));
        assert_eq!(floored(7.0, -3.0), (-3.0, -2.0));
        assert_eq!(floored_integer(-7, 3), (-3, 2));
        assert_eq!(floored_integer(i64::MIN, -1), (i64::MIN, 0));
        assert_eq!(floored_integer(5, 0), (0, 0));
    }

    #[test]
    fn integer_powers_wrap() {
        assert_eq!(integer_power(-3, 3), -27);
        assert_eq!(integer_power(2, 64), 0);
        assert_eq!(integer_power(2, -1), 0);
        assert_eq!(integer_power(-1, -3), -1);
        assert_eq!(wrapping_power(3, 1 << 63), 1);
    }
}
