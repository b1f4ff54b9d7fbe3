//! Loops of programs.

use std::ops::Range;

use bise_base::Span;

use crate::{Bound, DType, Scalar};

/// A loop of a program: statements that are carried out once for each value of a variable, one round after the other.
///
/// Each loop of a program has a variable of its own, an integer. Bounds and nodes know it as a parameter: variables come
/// after the parameters of the program, in the order in which the loops begin.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProgramLoop {
    /// The first value of the variable.
    pub start: Bound,
    /// What no value reaches.
    pub stop: Bound,
    /// From a value to the next, not zero; below zero they go down.
    pub step: i64,
    /// Its statements, by position in the program: some.
    pub statements: Range<u32>,
    /// The first line.
    pub span: Span,
}

/// The values of the variable of a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Values {
    /// The first one.
    pub first: i64,
    /// From one to the next.
    pub step: i64,
    /// How many there are.
    pub count: u64,
}

/// What a program does, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A statement, by position.
    Statement(usize),
    /// A loop, by position, and what it repeats.
    Loop(usize, Vec<Action>),
}

impl ProgramLoop {
    /// The values of its variable, with `leaf` as in [`Bound::evaluate`].
    pub fn values(&self, leaf: &impl Fn(&Bound) -> i128) -> Values {
        let (first, stop) = (self.start.index(leaf), self.stop.index(leaf));
        let distance = (i128::from(stop) - i128::from(first)) * i128::from(self.step.signum());
        let count = distance.max(0).unsigned_abs();
        Values {
            first,
            step: self.step,
            count: count.div_ceil(self.step.unsigned_abs().max(1).into()) as u64,
        }
    }
}

impl Values {
    /// All of them, in order.
    pub fn iter(self) -> impl Iterator<Item = i64> {
        (0..self.count).map(move |round| self.at(round))
    }

    /// The value in a round, counted from zero.
    pub fn at(self, round: u64) -> i64 {
        self.first
            .saturating_add(self.step.saturating_mul(i64::try_from(round).unwrap_or(i64::MAX)))
    }

    /// The first one that is not a number of a type.
    pub fn beyond(self, dtype: DType) -> Option<i64> {
        let ends = [0, self.count.saturating_sub(1)].map(|round| self.at(round));
        let fits = |value: i64| Scalar::integer(dtype, value).as_i128() == i128::from(value);
        ends.into_iter().find(|&value| self.count > 0 && !fits(value))
    }
}

impl Action {
    /// What a program of that many statements does, with its loops.
    pub fn all(statements: usize, loops: &[ProgramLoop]) -> Vec<Self> {
        let mut next = 0;
        Self::within(0..statements, loops, &mut next)
    }

    fn within(statements: Range<usize>, loops: &[ProgramLoop], next: &mut usize) -> Vec<Self> {
        let mut actions = Vec::new();
        let mut at = statements.start;
        while at < statements.end {
            let inner = loops
                .get(*next)
                .map(|inner| inner.statements.start as usize..inner.statements.end as usize);
            match inner {
                Some(inner) if inner.start == at && inner.end <= statements.end => {
                    let position = *next;
                    *next += 1;
                    at = inner.end;
                    actions.push(Self::Loop(position, Self::within(inner, loops, next)));
                }
                _ => {
                    actions.push(Self::Statement(at));
                    at += 1;
                }
            }
        }
        actions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(statements: Range<u32>, (start, stop, step): (i64, i64, i64)) -> ProgramLoop {
        ProgramLoop {
            start: Bound::Constant(start),
            stop: Bound::Constant(stop),
            step,
            statements,
            span: Span::default(),
        }
    }

    #[test]
    fn values_are_those_of_python() {
        let values = |ends| over(0..1, ends).values(&|_| 0).iter().collect::<Vec<_>>();
        assert_eq!(values((0, 3, 1)), [0, 1, 2]);
        assert_eq!(values((3, -1, -1)), [3, 2, 1, 0]);
        assert_eq!(values((0, 7, 3)), [0, 3, 6]);
        assert_eq!(values((5, 0, -2)), [5, 3, 1]);
        assert!(
            values((3, 3, 1)).is_empty() && values((3, 0, 1)).is_empty() && values((0, 3, -1)).is_empty()
        );
        let beyond = |ends| over(0..1, ends).values(&|_| 0).beyond(DType::Int8);
        assert_eq!(beyond((0, 128, 1)), None);
        assert_eq!(beyond((0, 129, 1)), Some(128));
        assert_eq!(beyond((-129, -129, 1)), None);
    }

    #[test]
    fn loops_nest() {
        let once = (0, 1, 1);
        let loops = [
            over(1..5, once),
            over(1..2, once),
            over(3..5, once),
            over(6..7, once),
        ];
        let text = format!("{:?}", Action::all(8, &loops)).replace("Statement", "");
        assert_eq!(
            text,
            "[(0), Loop(0, [Loop(1, [(1)]), (2), Loop(2, [(3), (4)])]), (5), Loop(3, [(6)]), (7)]"
        );
        let same = [over(0..2, once), over(0..2, once)];
        let text = format!("{:?}", Action::all(2, &same)).replace("Statement", "");
        assert_eq!(text, "[Loop(0, [Loop(1, [(0), (1)])])]");
    }
}
