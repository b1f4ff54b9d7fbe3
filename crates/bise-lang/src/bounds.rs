//! Ends of domains, as expressions of what is known at a call.

use std::fmt;

use crate::Dimension;

/// An end of a range: an integer expression over the scalar arguments and the domains of the field arguments.
/// Arguments are named by their position in the flattened parameter list of the program.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Bound {
    /// A number.
    Constant(i64),
    /// The value of an integer scalar argument.
    Scalar(u32),
    /// Where the domain of a field argument starts along a dimension.
    Start(u32, Dimension),
    /// Where it stops (one past the last index).
    Stop(u32, Dimension),
    /// An operation on two bounds.
    Binary(BoundOperator, Box<Bound>, Box<Bound>),
}

/// Integer arithmetic of [`Bound`]s, with Python's meaning; a division by zero gives zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BoundOperator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `//` (and `/`): rounded towards minus infinity.
    FloorDivide,
    /// `%`: has the sign of the divisor.
    Modulo,
    /// The smaller.
    Minimum,
    /// The larger.
    Maximum,
}

impl BoundOperator {
    /// Every operator with its spelling in IR texts.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::Add, "+"),
        (Self::Subtract, "-"),
        (Self::Multiply, "*"),
        (Self::FloorDivide, "//"),
        (Self::Modulo, "%"),
        (Self::Minimum, "min"),
        (Self::Maximum, "max"),
    ];

    /// The spelling in IR texts.
    pub fn symbol(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(op, _)| *op == self)
            .map_or("", |(_, symbol)| symbol)
    }

    /// Its value: exact, or as large as can be where a product of products does not fit.
    pub fn apply(self, a: i128, b: i128) -> i128 {
        match self {
            Self::Add => a.saturating_add(b),
            Self::Subtract => a.saturating_sub(b),
            Self::Multiply => a.saturating_mul(b),
            Self::FloorDivide | Self::Modulo if b == 0 => 0,
            Self::FloorDivide => {
                let quotient = a.saturating_div(b);
                if a.wrapping_rem(b) != 0 && (a < 0) != (b < 0) {
                    quotient - 1
                } else {
                    quotient
                }
            }
            Self::Modulo => {
                let rest = a.wrapping_rem(b);
                if rest != 0 && (rest < 0) != (b < 0) {
                    rest + b
                } else {
                    rest
                }
            }
            Self::Minimum => a.min(b),
            Self::Maximum => a.max(b),
        }
    }
}

impl Bound {
    /// `self + distance`, folded.
    pub fn offset(self, distance: i64) -> Self {
        match self {
            Self::Constant(value) => Self::Constant(value.saturating_add(distance)),
            bound if distance == 0 => bound,
            Self::Binary(BoundOperator::Add, of, more) if let Self::Constant(more) = *more => {
                of.offset(more.saturating_add(distance))
            }
            bound => Self::Binary(
                BoundOperator::Add,
                Box::new(bound),
                Box::new(Self::Constant(distance)),
            ),
        }
    }

    /// Gives the arguments that it names other positions.
    pub fn renumber(&mut self, position: &impl Fn(u32) -> u32) {
        match self {
            Self::Constant(_) => {}
            Self::Scalar(param) | Self::Start(param, _) | Self::Stop(param, _) => *param = position(*param),
            Self::Binary(_, a, b) => {
                a.renumber(position);
                b.renumber(position);
            }
        }
    }

    /// The arguments that it names, with repetitions.
    pub fn params(&self) -> Vec<u32> {
        match self {
            Self::Constant(_) => Vec::new(),
            Self::Scalar(param) | Self::Start(param, _) | Self::Stop(param, _) => vec![*param],
            Self::Binary(_, a, b) => [a.params(), b.params()].concat(),
        }
    }

    /// How far it is above `other` whatever the arguments are, where the form shows it.
    pub fn minus(&self, other: &Self) -> Option<i64> {
        let ((a, x), (b, y)) = (self.parts(), other.parts());
        (a == b).then(|| x.saturating_sub(y))
    }

    /// What varies, and the number that is added to it.
    pub fn parts(&self) -> (Option<&Self>, i64) {
        let number = |bound: &Self| match bound {
            Self::Constant(value) => Some(*value),
            _ => None,
        };
        match self {
            Self::Constant(value) => (None, *value),
            Self::Binary(op @ (BoundOperator::Add | BoundOperator::Subtract), of, more)
                if let Some(more) = number(more) =>
            {
                let (of, rest) = of.parts();
                let more = if *op == BoundOperator::Add {
                    more
                } else {
                    more.saturating_neg()
                };
                (of, rest.saturating_add(more))
            }
            bound => (Some(bound), 0),
        }
    }

    /// Its value where `leaf` gives the value of the arguments' leaves (all but `Constant` and `Binary`).
    pub fn evaluate(&self, leaf: &impl Fn(&Self) -> i128) -> i128 {
        match self {
            Self::Constant(value) => i128::from(*value),
            Self::Binary(op, a, b) => op.apply(a.evaluate(leaf), b.evaluate(leaf)),
            Self::Scalar(_) | Self::Start(..) | Self::Stop(..) => leaf(self),
        }
    }

    /// Its value as an index, with `leaf` as in [`Bound::evaluate`]: what is too far for any field comes as near as
    /// 2^62.
    pub fn index(&self, leaf: &impl Fn(&Self) -> i128) -> i64 {
        self.evaluate(leaf).clamp((-FAR).into(), FAR.into()) as i64
    }
}

/// No field reaches as far as this, and what is added to an index on the way does not leave 64 bits.
const FAR: i64 = 1 << 62;

/// A half-open range along one dimension of an output domain.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DomainRange {
    /// The dimension.
    pub dim: Dimension,
    /// First index.
    pub start: Bound,
    /// One past the last index.
    pub stop: Bound,
}

impl DomainRange {
    /// Its ends in numbers, with `leaf` as in [`Bound::evaluate`]. Ends that are too far for any field come as near as
    /// 2^62, so that a range of some indices stays one, and is found to be out of bounds.
    pub fn evaluate(&self, leaf: &impl Fn(&Bound) -> i128) -> (i64, i64) {
        let (start, stop) = (self.start.evaluate(leaf), self.stop.evaluate(leaf));
        let unknown = start == i128::MAX || stop == i128::MIN;
        let inner = i128::from(start < stop || unknown);
        let near = |end: i128, low: i128, high: i128| {
            end.clamp(low - i128::from(FAR), high + i128::from(FAR)) as i64
        };
        (near(start, 0, -inner), near(stop, inner, 0))
    }
}

impl fmt::Display for BoundOperator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DimensionKind;

    #[test]
    fn ends_do_not_wrap() {
        let scalar = || Box::new(Bound::Scalar(0));
        let binary = |op, a, b| Bound::Binary(op, a, b);
        let ends = |start: Bound, stop: Bound, value: i128| {
            let dim = Dimension::new("I", DimensionKind::Horizontal);
            DomainRange { dim, start, stop }.evaluate(&|_| value)
        };
        let twice = || binary(BoundOperator::Add, scalar(), scalar());
        let square = || binary(BoundOperator::Multiply, scalar(), scalar());
        let most = i128::from(u64::MAX);
        assert_eq!(ends(Bound::Constant(0), twice(), 5), (0, 10));
        assert_eq!(ends(Bound::Constant(0), twice(), 1 << 62), (0, FAR));
        assert_eq!(ends(twice(), twice().offset(3), most), (FAR - 1, FAR));
        assert_eq!(ends(twice(), twice().offset(3), -most), (-FAR, 1 - FAR));
        assert_eq!(ends(twice().offset(3), twice(), most), (FAR, FAR));
        assert_eq!(ends(Bound::Constant(0), square(), most), (0, FAR));
        let back = binary(BoundOperator::Subtract, Box::new(twice()), scalar());
        assert_eq!(ends(Bound::Constant(7), back, 1 << 40), (7, 1 << 40));
        let fourth = binary(BoundOperator::Multiply, Box::new(square()), Box::new(square()));
        assert_eq!(ends(Bound::Constant(0), fourth, most), (0, FAR));
    }
}
