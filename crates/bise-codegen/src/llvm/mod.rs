//! How LLVM writes types, constants and names. Shared by the targets.
//!
//! A truth value is `i1` in a register and `i8` in memory. A [`Shape`] is the number of lanes, one for a scalar.

use std::fmt::Write;

use bise_lang::{DType, Scalar};

/// Number of lanes of a value in registers; 1 is a scalar.
pub type Shape = u32;

/// The type of one element in memory.
pub fn memory_type(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool => "i8",
        _ => register_type(dtype),
    }
}

/// The type of one element in a register.
pub fn register_type(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool => "i1",
        DType::Int8 | DType::UInt8 => "i8",
        DType::Int16 | DType::UInt16 => "i16",
        DType::Int32 | DType::UInt32 => "i32",
        DType::Int64 | DType::UInt64 => "i64",
        DType::Float32 => "float",
        DType::Float64 => "double",
    }
}

/// `element` that many times: `double`, `<8 x double>`.
pub fn shaped(element: &str, lanes: Shape) -> String {
    match lanes {
        1 => element.to_owned(),
        _ => format!("<{lanes} x {element}>"),
    }
}

/// The suffix of overloaded intrinsics: `f64`, `v8f64`.
pub fn mangled(element: &str, lanes: Shape) -> String {
    let scalar = match element {
        "double" => "f64",
        "float" => "f32",
        "ptr" => "p0",
        other => other,
    };
    match lanes {
        1 => scalar.to_owned(),
        _ => format!("v{lanes}{scalar}"),
    }
}

/// A number as LLVM writes it. Floats are given by their bits, as those of a double.
pub fn constant(value: Scalar) -> String {
    match value.dtype() {
        DType::Bool => value.as_bool().to_string(),
        DType::Float64 => format!("0x{:016X}", value.bits()),
        DType::Float32 => format!("0x{:016X}", value.as_f64().to_bits()),
        _ => (value.bits() as i64).to_string(),
    }
}

/// Zero of a type that may be a vector.
pub fn zero(element: &str, lanes: Shape) -> &'static str {
    match (lanes, element) {
        (1, "double" | "float") => "0x0000000000000000",
        (1, "ptr") => "null",
        (1, _) => "0",
        _ => "zeroinitializer",
    }
}

/// `splat (double 0x...)`: a constant in every lane.
pub fn splat(element: &str, literal: &str, lanes: Shape) -> String {
    match lanes {
        1 => literal.to_owned(),
        _ => format!("splat ({element} {literal})"),
    }
}

/// `<0, 1, 2, ...>` of 64-bit integers.
pub fn iota(lanes: Shape) -> String {
    let items: Vec<String> = (0..lanes).map(|lane| format!("i64 {lane}")).collect();
    format!("<{}>", items.join(", "))
}

/// A mask of `shufflevector`: `<8 x i32> <i32 0, i32 8, ...>`.
pub fn shuffle_mask(lanes: &[usize]) -> String {
    let items: Vec<String> = lanes.iter().map(|lane| format!("i32 {lane}")).collect();
    format!("<{} x i32> <{}>", lanes.len(), items.join(", "))
}

/// The name of a function or global, whatever characters it has.
pub fn global(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._$-".contains(&byte);
    let mut text = String::from("@\"");
    for byte in name.bytes() {
        if plain(byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(text, "\\{byte:02X}");
        }
    }
    text.push('"');
    text
}

/// What of a name may stand in the name of a register, for those who read the text.
pub fn hint(name: &str) -> String {
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(24)
        .collect();
    match plain.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => plain,
        _ => format!("x{plain}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_bits() {
        assert_eq!(constant(Scalar::f64(1.0)), "0x3FF0000000000000");
        assert_eq!(constant(Scalar::f32(0.1)), "0x3FB99999A0000000");
        assert_eq!(constant(Scalar::integer(DType::UInt8, 255)), "255");
        assert_eq!(constant(Scalar::integer(DType::Int8, -1)), "-1");
        assert_eq!(constant(Scalar::bool(true)), "true");
    }

    #[test]
    fn names_are_quoted() {
        assert_eq!(global("a b\""), "@\"a\\20b\\22\"");
        assert_eq!(hint("ᐞ1k"), "x1k");
    }
}
