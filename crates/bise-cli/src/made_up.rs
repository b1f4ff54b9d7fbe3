//! Made-up fields, for programs that are run without data.

use bise_field::{AllocationError, Buffer};
use bise_lang::{DType, Scalar};

/// Made-up values, the same for the same parameter and element: numbers between 0.5 and 1.5, integers from 1 to 9.
pub fn field(
    dtype: DType,
    domain: &[(i64, usize)],
    order: &[usize],
    parameter: u64,
) -> Result<Buffer, AllocationError> {
    // Asking first tells whether so many bytes can be addressed at all.
    drop(Buffer::new(dtype, domain, order)?);
    let rows: Vec<usize> = (0..domain.len()).collect();
    let size: usize = domain.iter().map(|&(_, length)| length).product();
    let mut bytes = bise_field::reserve(dtype, domain, size * dtype.size())?;
    for element in 0..size as u64 {
        let random = mix(parameter << 48 ^ element);
        let value = if dtype.is_float() {
            Scalar::float(dtype, 0.5 + (random >> 11) as f64 / (1u64 << 53) as f64)
        } else if dtype == DType::Bool {
            Scalar::bool(random & 1 == 1)
        } else {
            Scalar::integer(dtype, (1 + random % 9) as i64)
        };
        bytes.extend_from_slice(&value.bits().to_le_bytes()[..dtype.size()]);
    }
    Buffer::from_packed(dtype, domain, order, &bytes, &rows)
}

/// The finaliser of splitmix64 (Steele, Lea, Flood 2014): every bit of the result depends on every bit of the argument.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ value >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ value >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ value >> 31
}
