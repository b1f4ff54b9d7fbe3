//! Numbers of the command line as values of a type: each is that number, or refused, as in a call from Python.

use bise_lang::{DType, Scalar};

use crate::error::CliError;

/// A scalar of a type, from its text.
pub fn parse(dtype: DType, text: &str) -> Option<Scalar> {
    if dtype.is_float() {
        return float(dtype, text);
    }
    if dtype == DType::Bool {
        let value = matches!(text, "True" | "true" | "1");
        return (value || matches!(text, "False" | "false" | "0")).then(|| Scalar::bool(value));
    }
    Scalar::exact(dtype, text.parse().ok()?)
}

/// A scalar of a type with the value of an integer, if the type has it.
pub fn integer(dtype: DType, value: i64) -> Option<Scalar> {
    if dtype.is_float() {
        return float(dtype, &value.to_string());
    }
    Scalar::exact(dtype, value.into())
}

/// Fractions are rounded; what is too large is no infinity, and integers are exact.
fn float(dtype: DType, text: &str) -> Option<Scalar> {
    let value: f64 = text.parse().ok()?;
    let scalar = Scalar::float(dtype, value);
    let is_word = text.to_ascii_lowercase().contains("inf");
    if scalar.as_f64().is_infinite() && !is_word {
        return None;
    }
    let exact = text
        .parse::<i128>()
        .map_or(true, |integer| scalar.as_f64() as i128 == integer);
    exact.then_some(scalar)
}

/// A value that the type of a parameter has not.
pub fn refuse(value: impl std::fmt::Display, name: &str, dtype: DType) -> CliError {
    let article = if dtype.name().starts_with('i') { "an" } else { "a" };
    CliError::usage(format!("`{value}` is not {article} {dtype}, which `{name}` is"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_themselves_or_refused() {
        let is_fine = |dtype, text| parse(dtype, text).is_some();
        for (dtype, last, beyond) in [
            (DType::Int8, "127", "128"),
            (DType::Int8, "-128", "-129"),
            (DType::Int32, "2147483647", "2147483648"),
            (DType::Int64, "9223372036854775807", "9223372036854775808"),
            (DType::UInt8, "255", "256"),
            (DType::UInt32, "4294967295", "-1"),
            (DType::UInt64, "18446744073709551615", "18446744073709551616"),
            (DType::UInt64, "0", "-1"),
            (DType::Float32, "3e38", "1e39"),
            (DType::Float32, "16777216", "16777217"),
            (DType::Float64, "1e308", "1e309"),
            (DType::Float64, "9007199254740992", "9007199254740993"),
            (DType::Bool, "1", "2"),
        ] {
            assert!(is_fine(dtype, last), "{last} is a {dtype}");
            assert!(!is_fine(dtype, beyond), "{beyond} is no {dtype}");
        }
        assert!(is_fine(DType::Float64, "-inf") && is_fine(DType::Float32, "nan"));
        assert_eq!(integer(DType::UInt64, -1), None);
        assert_eq!(integer(DType::Int32, 1 << 32), None);
    }
}
