//! One value with its type.

use std::fmt;

use crate::DType;

/// A number or truth value of a known type, as bits. Equality and hashing are of bits, so `-0.0` differs from
/// `0.0` and a NaN equals itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scalar {
    dtype: DType,
    /// Sign-extended for signed integers, zero-extended otherwise.
    bits: u64,
}

impl Scalar {
    /// A truth value.
    pub fn bool(value: bool) -> Self {
        Self {
            dtype: DType::Bool,
            bits: u64::from(value),
        }
    }

    /// An integer, wrapped to `dtype`, which is an integer type or bool.
    pub fn integer(dtype: DType, value: i64) -> Self {
        let bits = match dtype {
            DType::Bool => u64::from(value != 0),
            DType::Int8 => value as i8 as i64 as u64,
            DType::Int16 => value as i16 as i64 as u64,
            DType::Int32 => value as i32 as i64 as u64,
            DType::Int64 | DType::UInt64 => value as u64,
            DType::UInt8 => u64::from(value as u8),
            DType::UInt16 => u64::from(value as u16),
            DType::UInt32 => u64::from(value as u32),
            DType::Float32 | DType::Float64 => return Self::float(dtype, value as f64),
        };
        Self { dtype, bits }
    }

    /// A float, rounded to `dtype`, which is a floating-point type.
    pub fn float(dtype: DType, value: f64) -> Self {
        match dtype {
            DType::Float32 => Self::f32(value as f32),
            _ => Self {
                dtype: DType::Float64,
                bits: value.to_bits(),
            },
        }
    }

    /// A binary64 number.
    pub fn f64(value: f64) -> Self {
        Self {
            dtype: DType::Float64,
            bits: value.to_bits(),
        }
    }

    /// A binary32 number.
    pub fn f32(value: f32) -> Self {
        Self {
            dtype: DType::Float32,
            bits: u64::from(value.to_bits()),
        }
    }

    /// Zero, or `False`.
    pub fn zero(dtype: DType) -> Self {
        Self::integer(dtype, 0)
    }

    /// The value whose first `dtype.size()` bytes in memory are `bytes` (little endian).
    pub fn from_bytes(dtype: DType, bytes: &[u8]) -> Self {
        let mut raw = [0u8; 8];
        raw[..dtype.size()].copy_from_slice(&bytes[..dtype.size()]);
        let raw = u64::from_le_bytes(raw);
        if dtype.is_float() {
            Self { dtype, bits: raw }
        } else {
            Self::integer(dtype, raw as i64)
        }
    }

    /// The type.
    pub fn dtype(self) -> DType {
        self.dtype
    }

    /// The bits: IEEE for floats, sign- or zero-extended for integers, 0 or 1 for truth values. The low
    /// `dtype.size()` bytes are what lies in memory.
    pub fn bits(self) -> u64 {
        self.bits
    }

    /// The truth value; any value but zero is true.
    pub fn as_bool(self) -> bool {
        if self.dtype.is_float() {
            self.as_f64() != 0.0
        } else {
            self.bits != 0
        }
    }

    /// The integer; floats are truncated, NaN is zero.
    pub fn as_i64(self) -> i64 {
        if self.dtype.is_float() {
            self.as_f64() as i64
        } else {
            self.bits as i64
        }
    }

    /// The integer of that type that is the number, if there is one.
    pub fn exact(dtype: DType, value: i128) -> Option<Self> {
        let range = Self::lowest(dtype).as_i128()..=Self::highest(dtype).as_i128();
        range.contains(&value).then(|| Self::integer(dtype, value as i64))
    }

    /// The number that an integer is.
    pub fn as_i128(self) -> i128 {
        match self.dtype {
            DType::UInt64 => i128::from(self.bits),
            _ => i128::from(self.as_i64()),
        }
    }

    /// The value as binary64: exact for all but large 64-bit integers.
    pub fn as_f64(self) -> f64 {
        match self.dtype {
            DType::Float64 => f64::from_bits(self.bits),
            DType::Float32 => f64::from(f32::from_bits(self.bits as u32)),
            DType::UInt64 => self.bits as f64,
            _ => self.bits as i64 as f64,
        }
    }

    /// The value as binary32, rounded once.
    pub fn as_f32(self) -> f32 {
        match self.dtype {
            DType::Float32 => f32::from_bits(self.bits as u32),
            DType::Float64 => f64::from_bits(self.bits) as f32,
            DType::UInt64 => self.bits as f32,
            _ => self.bits as i64 as f32,
        }
    }

    /// The least value of the type that is not infinite.
    pub fn lowest(dtype: DType) -> Self {
        match dtype {
            DType::Float64 => Self::f64(f64::MIN),
            DType::Float32 => Self::f32(f32::MIN),
            DType::Int64 => Self::integer(dtype, i64::MIN),
            _ if dtype.is_signed() => Self::integer(dtype, -(1i64 << (8 * dtype.size() - 1))),
            _ => Self::integer(dtype, 0),
        }
    }

    /// The greatest value of the type that is not infinite.
    pub fn highest(dtype: DType) -> Self {
        match dtype {
            DType::Float64 => Self::f64(f64::MAX),
            DType::Float32 => Self::f32(f32::MAX),
            DType::Int64 => Self::integer(dtype, i64::MAX),
            DType::Bool => Self::bool(true),
            _ if dtype.is_signed() => Self::integer(dtype, (1i64 << (8 * dtype.size() - 1)) - 1),
            _ => Self::integer(dtype, -1),
        }
    }
}

impl fmt::Display for Scalar {
    /// A literal that reads back to the same bits: `1.5`, `-0.0`, `nan` becomes `bits(0x...)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.dtype {
            DType::Bool => f.write_str(if self.bits != 0 { "True" } else { "False" }),
            DType::Float64 if self.as_f64().is_finite() => write!(f, "{:?}", self.as_f64()),
            DType::Float32 if self.as_f64().is_finite() => write!(f, "{:?}", self.as_f32()),
            DType::Float64 | DType::Float32 => write!(f, "bits(0x{:x})", self.bits),
            DType::UInt64 => write!(f, "{}", self.bits),
            _ => write!(f, "{}", self.bits as i64),
        }
    }
}
