//! One end of a support: the largest of smallests, or the smallest of largests, without what changes nothing.
//!
//! What a value is made of is reached along many ways, most of which say the same. Written out, each use of a value twice
//! would double its ends:
//!
//! ```text
//! v = f(K + 1) + f       starts at max(start(f) - 1, start(f))          = start(f)
//! w = v(K + 1) + v       starts at max(start(v) - 1, start(v))          = start(f)
//! ```

use bise_lang::{Bound, BoundOperator};

/// `outer` of sets, each the `inner` of its terms.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct End {
    side: Side,
    sets: Vec<Vec<Term>>,
}

/// Which end of an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Side {
    /// Its first index: intersections take the largest.
    Start,
    /// One past its last index: intersections take the smallest.
    Stop,
}

/// What varies, if anything, and the number that is added to it.
#[derive(Clone, Debug, PartialEq)]
struct Term {
    of: Option<Bound>,
    more: i64,
}

impl Side {
    fn outer(self) -> BoundOperator {
        match self {
            Self::Start => BoundOperator::Maximum,
            Self::Stop => BoundOperator::Minimum,
        }
    }

    fn inner(self) -> BoundOperator {
        match self {
            Self::Start => BoundOperator::Minimum,
            Self::Stop => BoundOperator::Maximum,
        }
    }

    /// Whether `a` decides where the inner operation has the choice.
    fn reaches(self, a: i64, b: i64) -> bool {
        match self {
            Self::Start => a <= b,
            Self::Stop => a >= b,
        }
    }
}

impl End {
    pub(super) fn new(side: Side, bound: &Bound) -> Self {
        let (of, more) = bound.parts();
        let of = of.cloned();
        Self {
            side,
            sets: vec![vec![Term { of, more }]],
        }
    }

    /// `distance` further.
    pub(super) fn moved(mut self, distance: i64) -> Self {
        for term in self.sets.iter_mut().flatten() {
            term.more = term.more.saturating_add(distance);
        }
        self
    }

    /// Of what lies in both intervals.
    pub(super) fn within(mut self, other: Self) -> Self {
        for set in other.sets {
            self.insert(set);
        }
        self
    }

    /// Of what lies in either interval, or between them.
    pub(super) fn around(self, other: &Self) -> Self {
        let side = self.side;
        let mut both = Self {
            side,
            sets: Vec::new(),
        };
        for set in self.sets {
            for more in &other.sets {
                let mut set = set.clone();
                for term in more {
                    match set.iter_mut().find(|known| known.of == term.of) {
                        Some(known) if side.reaches(known.more, term.more) => {}
                        Some(known) => known.more = term.more,
                        None => set.push(term.clone()),
                    }
                }
                both.insert(set);
            }
        }
        both
    }

    /// Adds a set unless another decides whenever it would; drops those for which it decides.
    fn insert(&mut self, set: Vec<Term>) {
        let side = self.side;
        let decides = |a: &[Term], b: &[Term]| {
            let reached = |term: &Term| {
                b.iter()
                    .any(|other| other.of == term.of && side.reaches(other.more, term.more))
            };
            a.iter().all(reached)
        };
        if self.sets.iter().any(|known| decides(known, &set)) {
            return;
        }
        self.sets.retain(|known| !decides(&set, known));
        self.sets.push(set);
    }

    /// As an expression.
    pub(super) fn bound(self) -> Bound {
        let term = |term: Term| match term.of {
            Some(of) => of.offset(term.more),
            None => Bound::Constant(term.more),
        };
        let fold = |op: BoundOperator, bounds: &mut dyn Iterator<Item = Bound>| {
            bounds
                .reduce(|a, b| Bound::Binary(op, Box::new(a), Box::new(b)))
                .unwrap_or(Bound::Constant(0))
        };
        let side = self.side;
        let sets = self.sets.into_iter();
        fold(
            side.outer(),
            &mut sets.map(|set| fold(side.inner(), &mut set.into_iter().map(term))),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(of: u32) -> End {
        End::new(Side::Start, &Bound::Scalar(of))
    }

    #[test]
    fn what_is_used_twice_stays_as_it_is() {
        let mut end = start(0);
        for _ in 0..100 {
            end = end.clone().moved(-1).within(end);
        }
        assert_eq!(end, start(0));
    }

    #[test]
    fn chains_of_pieces_stay_short() {
        let mut end = start(0);
        for piece in 1..40 {
            let at = End::new(Side::Start, &Bound::Scalar(piece % 3 + 1));
            end = end.clone().moved(-1).around(&at).within(end);
        }
        let terms = end.sets.iter().map(Vec::len).sum::<usize>();
        assert!(terms <= 8, "{terms}: {end:?}");
    }

    /// Against the expression as it is written out, at every point of a small grid.
    #[test]
    fn leaving_out_changes_no_value() {
        let both = |op, a: &Bound, b: &Bound| Bound::Binary(op, Box::new(a.clone()), Box::new(b.clone()));
        for side in [Side::Start, Side::Stop] {
            for seed in 0..200_u64 {
                let mut state = seed;
                let mut draw = |n: u64| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (state >> 33) % n
                };
                let mut known: Vec<_> = (0..3)
                    .map(|of| (End::new(side, &Bound::Scalar(of)), Bound::Scalar(of)))
                    .collect();
                for _ in 0..6 {
                    let (a, a_written) = known[draw(known.len() as u64) as usize].clone();
                    let (b, b_written) = known[draw(known.len() as u64) as usize].clone();
                    let distance = draw(5) as i64 - 2;
                    let (a, a_written) = (a.moved(distance), a_written.offset(distance));
                    known.push(if draw(2) == 0 {
                        (a.within(b), both(side.outer(), &a_written, &b_written))
                    } else {
                        (a.around(&b), both(side.inner(), &a_written, &b_written))
                    });
                }
                let (end, written) = &known[known.len() - 1];
                let bound = end.clone().bound();
                for point in 0..125 {
                    let leaf = |of: &Bound| match of {
                        Bound::Scalar(at) => i128::from(point / 5_i32.pow(*at) % 5),
                        other => unreachable!("{other:?}"),
                    };
                    assert_eq!(bound.evaluate(&leaf), written.evaluate(&leaf), "{written:?}");
                }
            }
        }
    }
}
