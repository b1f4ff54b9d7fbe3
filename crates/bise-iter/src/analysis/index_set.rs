//! Sets of indices along one dimension, as few intervals as can be.

/// A set of indices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexSet {
    /// Half-open, not empty, in order, none next to another.
    intervals: Vec<(i64, i64)>,
}

impl IndexSet {
    /// `[start, stop)`
    pub fn interval(start: i64, stop: i64) -> Self {
        let intervals = if start < stop {
            vec![(start, stop)]
        } else {
            Vec::new()
        };
        Self { intervals }
    }

    /// Those indices, in any order.
    pub fn of(mut indices: Vec<i64>) -> Self {
        indices.sort_unstable();
        Self::joined(indices.into_iter().map(|index| (index, index.saturating_add(1))))
    }

    /// Intervals in the order of their starts, which may meet.
    fn joined(sorted: impl Iterator<Item = (i64, i64)>) -> Self {
        let mut intervals: Vec<(i64, i64)> = Vec::new();
        for (start, stop) in sorted {
            match intervals.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(stop),
                _ => intervals.push((start, stop)),
            }
        }
        Self { intervals }
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.intervals.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.intervals
            .iter()
            .map(|(start, stop)| start.abs_diff(*stop) as usize)
            .sum()
    }

    /// The indices, in order.
    pub fn iter(&self) -> impl Iterator<Item = i64> {
        self.intervals.iter().flat_map(|&(start, stop)| start..stop)
    }

    /// The smallest interval that holds all; empty where there are none.
    pub fn hull(&self) -> (i64, i64) {
        match (self.intervals.first(), self.intervals.last()) {
            (Some(first), Some(last)) => (first.0, last.1),
            _ => (0, 0),
        }
    }

    /// The indices of either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        if self.is_empty() || self == other {
            return other.clone();
        }
        let mut both = [&self.intervals[..], &other.intervals[..]].concat();
        both.sort_unstable();
        Self::joined(both.into_iter())
    }

    /// Those within `[start, stop)`.
    #[must_use]
    pub fn within(&self, (start, stop): (i64, i64)) -> Self {
        let cut = self
            .intervals
            .iter()
            .map(|interval| (interval.0.max(start), interval.1.min(stop)));
        Self {
            intervals: cut.filter(|(start, stop)| start < stop).collect(),
        }
    }

    /// Those outside of `[start, stop)`.
    #[must_use]
    pub fn without(&self, (start, stop): (i64, i64)) -> Self {
        if start >= stop {
            return self.clone();
        }
        self.within((i64::MIN, start))
            .union(&self.within((stop, i64::MAX)))
    }

    /// Each moved by `distance`.
    #[must_use]
    pub fn shifted(&self, distance: i64) -> Self {
        let moved = self
            .intervals
            .iter()
            .map(|(start, stop)| (start.saturating_add(distance), stop.saturating_add(distance)));
        Self {
            intervals: moved.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::IndexSet;

    #[test]
    fn intervals_that_meet_are_one() {
        let set = IndexSet::of(vec![5, 1, 2, 2, 4, 9]);
        assert_eq!(set.intervals, [(1, 3), (4, 6), (9, 10)]);
        assert_eq!((set.len(), set.hull()), (5, (1, 10)));
        assert_eq!(set.union(&IndexSet::interval(3, 4)).intervals, [(1, 6), (9, 10)]);
        assert_eq!(IndexSet::interval(3, 3), IndexSet::default());
    }

    #[test]
    fn parts_and_rests() {
        let set = IndexSet::interval(0, 10);
        assert_eq!(set.without((3, 5)).intervals, [(0, 3), (5, 10)]);
        assert_eq!(set.without((5, 3)), set);
        assert_eq!(set.within((8, 20)).intervals, [(8, 10)]);
        assert_eq!(set.without((-5, 20)), IndexSet::default());
        assert_eq!(set.shifted(-4).iter().next(), Some(-4));
    }
}
