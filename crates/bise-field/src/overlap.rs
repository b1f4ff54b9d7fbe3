//! Whether two strided arrays have a byte in common.
//!
//! Start at [`overlap`]. The bounds of the bytes settle most cases in a few comparisons. The others ask for a
//! solution of a bounded linear equation over the indices of both arrays, which is searched for axis by axis,
//! largest stride first; arrays that come from slicing one allocation need no more than two tries per axis.

use crate::Axis;

/// The bytes that a strided array occupies.
#[derive(Clone, Copy, Debug)]
pub struct Span<'a> {
    pointer: usize,
    size: usize,
    axes: &'a [Axis],
    /// First byte.
    low: usize,
    /// One past the last byte; equal to `low` where there are no elements.
    high: usize,
}

impl<'a> Span<'a> {
    /// Elements of `size` bytes, the first at `pointer`.
    pub fn new(pointer: usize, size: usize, axes: &'a [Axis]) -> Self {
        let (below, above) = reach(size, axes);
        Self {
            pointer,
            size,
            axes,
            low: pointer.wrapping_sub(below),
            high: pointer.wrapping_add(above),
        }
    }

    /// The first byte, and one past the last; equal where there are no elements.
    pub(crate) fn bounds(&self) -> (usize, usize) {
        (self.low, self.high)
    }

    /// No byte is within the bounds of both. The quick test: where it says `false`, ask [`overlap`].
    pub fn is_apart(&self, other: &Span<'_>) -> bool {
        self.high <= other.low || other.high <= self.low
    }

    /// Whether every index means the same place in both, as it does for parts of one field.
    pub fn is_aligned(&self, other: &Span<'_>) -> bool {
        self.size == other.size
            && self.axes.len() == other.axes.len()
            && self
                .axes
                .iter()
                .zip(other.axes)
                .all(|(a, b)| a.stride == b.stride)
            && self.origin() == other.origin()
    }

    /// Where index 0 along every axis would be.
    fn origin(&self) -> usize {
        self.axes.iter().fold(self.pointer, |at, axis| {
            at.wrapping_sub((axis.start as usize).wrapping_mul(axis.stride as usize))
        })
    }
}

/// How many bytes lie before and after the first byte of an array; both zero where it is empty.
pub(crate) fn reach(size: usize, axes: &[Axis]) -> (usize, usize) {
    if axes.iter().any(|axis| axis.length == 0) {
        return (0, 0);
    }
    let (mut below, mut above) = (0usize, size);
    for axis in axes {
        let bytes = axis.stride.unsigned_abs().saturating_mul(axis.length - 1);
        let side = if axis.stride < 0 { &mut below } else { &mut above };
        *side = side.saturating_add(bytes);
    }
    (below, above)
}

/// How many branches the search may try before it gives up and says that the arrays overlap.
const PATIENCE: u32 = 4096;

/// Whether two arrays have a byte in common. Never wrongly `false`; `true` without proof only where the strides
/// are so irregular that the search was given up.
pub fn overlap(a: &Span<'_>, b: &Span<'_>) -> bool {
    if a.low == a.high || b.low == b.high || a.is_apart(b) {
        return false;
    }
    // Byte `x` of `a` counted from its lowest and byte `y` of `b` counted from its highest meet where
    // `x + y = (b.high - 1) - a.low`; each is a sum of steps of positive size.
    let target = (b.high - 1).wrapping_sub(a.low) as i128;
    let mut terms: Vec<(i128, i128)> = vec![(1, (a.size + b.size - 2) as i128)];
    for axis in a.axes.iter().chain(b.axes) {
        let (step, count) = (axis.stride.unsigned_abs() as i128, axis.length as i128 - 1);
        match terms.iter_mut().find(|(other, _)| *other == step) {
            _ if step == 0 || count == 0 => {}
            Some((_, total)) => *total += count,
            None => terms.push((step, count)),
        }
    }
    terms.sort_unstable_by(|x, y| y.cmp(x));
    solvable(target, &terms, &mut { PATIENCE })
}

/// Whether `target` is a sum of steps, each taken between zero and its number of times.
fn solvable(target: i128, terms: &[(i128, i128)], patience: &mut u32) -> bool {
    let Some(((step, count), rest)) = terms.split_first() else {
        return target == 0;
    };
    let smaller: i128 = rest.iter().map(|(step, count)| step * count).sum();
    let first = ((target - smaller).max(0) + step - 1) / step;
    let last = (target / step).min(*count);
    let mut times = first;
    while target >= 0 && times <= last {
        if *patience == 0 || solvable(target - times * step, rest, patience) {
            return true;
        }
        *patience -= 1;
        times += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(length: usize, stride: isize) -> Axis {
        Axis {
            start: 0,
            length,
            stride,
        }
    }

    fn meet(a: (usize, &[Axis]), b: (usize, &[Axis])) -> bool {
        let (a, b) = (Span::new(a.0, 8, a.1), Span::new(b.0, 8, b.1));
        assert_eq!(overlap(&a, &b), overlap(&b, &a));
        overlap(&a, &b)
    }

    #[test]
    fn halves_of_one_array_do_not_overlap() {
        let half = [axis(10, 160), axis(10, 8)];
        assert!(!meet((1000, &half), (1080, &half)));
        assert!(meet((1000, &half), (1072, &half)));
        assert!(!meet((1000, &half), (1000 + 1600, &half)));
    }

    #[test]
    fn even_and_odd_elements_do_not_overlap() {
        let every_second = [axis(10, 16)];
        assert!(!meet((1000, &every_second), (1008, &every_second)));
        assert!(meet((1000, &every_second), (1032, &every_second)));
        assert!(meet((1000, &every_second), (1004, &every_second)));
    }

    #[test]
    fn negative_strides_count_downwards() {
        let (up, down) = ([axis(10, 8)], [axis(10, -8)]);
        assert!(meet((1000, &up), (1072, &down)));
        assert!(!meet((1000, &up), (992, &down)));
        assert!(meet((1000, &[]), (1072, &down)));
    }

    #[test]
    fn parts_of_one_field_are_aligned() {
        let part = |start, pointer| {
            let axes = [Axis {
                start,
                length: 5,
                stride: 8,
            }];
            let whole = [axis(9, 8)];
            Span::new(1000, 8, &whole).is_aligned(&Span::new(pointer, 8, &axes))
        };
        assert!(part(2, 1016));
        assert!(!part(2, 1008));
        assert!(!part(0, 1016));
    }

    #[test]
    fn empty_arrays_overlap_with_nothing() {
        assert!(!meet((1000, &[axis(0, 8)]), (1000, &[axis(4, 8)])));
    }

    #[test]
    fn agrees_with_counting_every_byte() {
        let bytes = |pointer: usize, axes: [Axis; 2]| -> std::collections::BTreeSet<usize> {
            let elements =
                (0..axes[0].length as isize).flat_map(|i| (0..axes[1].length as isize).map(move |j| (i, j)));
            elements
                .flat_map(|(i, j)| {
                    let at = pointer.wrapping_add_signed(i * axes[0].stride + j * axes[1].stride);
                    at..at + 8
                })
                .collect()
        };
        for shift in 0..60 {
            for (s, t) in [(24, 8), (40, -16), (12, 20), (0, 24)] {
                let (a, b) = ([axis(3, 24), axis(2, 8)], [axis(3, s), axis(4, t)]);
                let (p, q) = (1000, 1000 + 4 * shift - 40);
                let expected = !bytes(p, a).is_disjoint(&bytes(q, b));
                assert_eq!(meet((p, &a), (q, &b)), expected, "{shift} {s} {t}");
            }
        }
    }
}
