//! A small random number generator: the same numbers on every machine.

use bise_lang::{DType, Scalar};

/// SplitMix64 (Steele, Lea and Flood, 2014).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The sequence of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0..end`; zero where `end` is zero.
    pub fn below(&mut self, end: usize) -> usize {
        (self.bits() % end.max(1) as u64) as usize
    }

    /// A number in `start..end`.
    pub fn range(&mut self, start: i64, end: i64) -> i64 {
        start + self.below((end - start) as usize) as i64
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of several; there must be one.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// A value: mostly of ordinary size, sometimes zero, negative zero, infinite, or the end of the range.
    pub fn scalar(&mut self, dtype: DType) -> Scalar {
        if dtype.is_float() {
            let value = match self.below(40) {
                0 => 0.0,
                1 => -0.0,
                2 => f64::INFINITY,
                3 => 1e-310,
                4 => f64::NAN,
                5..10 => self.range(-4, 5) as f64,
                _ => (self.bits() >> 11) as f64 / (1u64 << 53) as f64 * 4.0 - 2.0,
            };
            return Scalar::float(dtype, value);
        }
        match self.below(16) {
            0 => Scalar::lowest(dtype),
            1 => Scalar::highest(dtype),
            2 => Scalar::integer(dtype, 0),
            _ => Scalar::integer(dtype, self.range(-20, 100)),
        }
    }
}
