//! What a fold over the points of a range is: the order in which its values meet.
//!
//! It is part of the meaning, so that the result has the same bits on any number of threads, with vectors of any width
//! and in any layout. Points are counted from the first one of the range:
//!
//! ```text
//! block 0: points 0 to 1023        block 1: points 1024 to 2047        ...
//!
//! in a block, 16 lanes:            lane l starts from nothing, then takes points l, l + 16, l + 32, ...
//! the lanes of a block meet:       l with l + 8, then l with l + 4, l + 2, l + 1
//! the blocks meet:                 nothing with block 0, that with block 1, ...
//! ```
//!
//! So rounding errors of a sum of `n` points grow with 64 + `n` / 1024, not with `n`; lanes are those of vectors, and
//! blocks can be given to threads.

use crate::{DType, Reduction, Scalar, evaluate, reduce_nothing, reduce_start};

/// Points of a block.
pub const BLOCK: usize = 1024;

/// Lanes of a block.
pub const LANES: usize = 16;

/// The fold of the values of a range, in the order of their points.
pub fn fold(reduction: Reduction, dtype: DType, values: &[Scalar]) -> Scalar {
    if values.is_empty() {
        return reduce_nothing(reduction, dtype);
    }
    let start = reduce_start(reduction, dtype);
    let meet = |a: Scalar, b: Scalar| evaluate(reduction.builtin(), &[a, b]);
    let block = |values: &[Scalar]| {
        let mut lanes = [start; LANES];
        for (at, &value) in values.iter().enumerate() {
            lanes[at % LANES] = meet(lanes[at % LANES], value);
        }
        let mut half = LANES / 2;
        while half > 0 {
            for lane in 0..half {
                lanes[lane] = meet(lanes[lane], lanes[lane + half]);
            }
            half /= 2;
        }
        lanes[0]
    };
    values.chunks(BLOCK).map(block).fold(start, meet)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_meet_in_lanes_and_blocks() {
        // What is lost of each sum says who met whom: 1e16 + 1 is 1e16, but 1e16 + 2 is not.
        let mut values = vec![Scalar::f64(0.0); 18];
        values[0] = Scalar::f64(1e16);
        values[1] = Scalar::f64(1.0);
        values[17] = Scalar::f64(1.0);
        let sum = fold(Reduction::Sum, DType::Float64, &values);
        assert_eq!(sum, Scalar::f64(1e16 + 2.0), "lane 1 has both ones");
        values.swap(17, 16);
        let sum = fold(Reduction::Sum, DType::Float64, &values);
        assert_eq!(sum, Scalar::f64(1e16), "lanes 0 and 1 have one each");
        let mut values = vec![Scalar::f64(0.0); BLOCK + 2];
        values[0] = Scalar::f64(1e16);
        values[BLOCK] = Scalar::f64(1.0);
        values[BLOCK + 1] = Scalar::f64(1.0);
        let sum = fold(Reduction::Sum, DType::Float64, &values);
        assert_eq!(sum, Scalar::f64(1e16 + 2.0), "the second block by itself");
    }

    #[test]
    fn of_nothing_it_is_what_a_reduction_of_nothing_is() {
        for reduction in Reduction::ALL {
            let nothing = reduce_nothing(reduction, DType::Float32);
            assert_eq!(fold(reduction, DType::Float32, &[]), nothing);
        }
        let only = [Scalar::f64(f64::NEG_INFINITY)];
        assert_eq!(fold(Reduction::Max, DType::Float64, &only), only[0]);
        let nan = [Scalar::f64(1.0), Scalar::f64(f64::NAN), Scalar::f64(2.0)];
        assert!(fold(Reduction::Max, DType::Float64, &nan).as_f64().is_nan());
    }
}
