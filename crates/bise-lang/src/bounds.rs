//! Ends and intervals of domains, as expressions of what is known at a call.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

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

/// A half-open interval of indices that a statement needs, as an expression of its output domains. Expressions share what
/// they have in common: written out, steps through tables that follow each other grow beyond all measure.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Extent {
    /// The range of output number `output` of the statement along `dim`.
    Output {
        /// Which output of the statement.
        output: u32,
        /// Along which dimension.
        dim: Dimension,
    },
    /// `[start + lower, stop + upper)`.
    Widen {
        /// The interval.
        of: Arc<Extent>,
        /// Added to its start.
        lower: i64,
        /// Added to its stop.
        upper: i64,
    },
    /// The smallest interval that holds every valid entry of the rows `of` of a table.
    Image {
        /// Position of the table in the program's list.
        table: u32,
        /// Rows.
        of: Arc<Extent>,
        /// Only this column; all columns where absent.
        column: Option<u32>,
    },
    /// `[0, width)` of a table.
    Neighbors {
        /// Position of the table in the program's list.
        table: u32,
    },
    /// The smallest interval that holds them all; empty intervals do not count.
    Hull(Vec<Extent>),
    /// `[start, stop)` itself, whatever is written.
    Between {
        /// First index.
        start: Bound,
        /// One past the last index.
        stop: Bound,
    },
    /// What of an interval lies in a piece: at or above `start`, below `stop`.
    Clip {
        /// The interval.
        of: Arc<Extent>,
        /// Nothing below this.
        start: Option<Bound>,
        /// Nothing from this on.
        stop: Option<Bound>,
    },
    /// An interval of a box that is empty where another of its intervals is.
    Given {
        /// The interval.
        of: Arc<Extent>,
        /// Along this dimension of the box.
        dim: Dimension,
        /// Nothing is needed where this is empty.
        exists: Arc<Extent>,
    },
}

impl Extent {
    /// The interval shifted by `distance`.
    pub fn shifted(self, distance: i64) -> Self {
        match self {
            extent if distance == 0 => extent,
            Self::Widen { of, lower, upper } => Self::Widen {
                of,
                lower: lower + distance,
                upper: upper + distance,
            },
            extent => Self::Widen {
                of: Arc::new(extent),
                lower: distance,
                upper: distance,
            },
        }
    }

    /// What of the interval lies below `stop`.
    pub fn below(self, stop: &Bound) -> Self {
        Self::Clip {
            of: Arc::new(self),
            start: None,
            stop: Some(stop.clone()),
        }
    }

    /// What of the interval lies at or above `start`.
    pub fn from(self, start: &Bound) -> Self {
        Self::Clip {
            of: Arc::new(self),
            start: Some(start.clone()),
            stop: None,
        }
    }

    /// The interval where `exists` is not empty, else nothing.
    pub fn given(self, dim: &Dimension, exists: &Self) -> Self {
        Self::Given {
            of: Arc::new(self),
            dim: dim.clone(),
            exists: Arc::new(exists.clone()),
        }
    }

    /// The interval whatever is empty along `dim`.
    pub fn regardless(&self, dim: &Dimension) -> Self {
        self.without(dim, &mut HashMap::new())
    }

    /// As [`Extent::regardless`]. `known`: what became of parts, by their address, so that what is shared stays shared.
    fn without(&self, dim: &Dimension, known: &mut HashMap<*const Self, Arc<Self>>) -> Self {
        let mut inner = |of: &Arc<Self>| {
            if let Some(known) = known.get(&Arc::as_ptr(of)) {
                return known.clone();
            }
            let part = Arc::new(of.without(dim, known));
            known.insert(Arc::as_ptr(of), part.clone());
            part
        };
        match self {
            Self::Given { of, dim: along, .. } if along == dim => of.without(dim, known),
            Self::Given {
                of,
                dim: along,
                exists,
            } => Self::Given {
                of: inner(of),
                dim: along.clone(),
                exists: inner(exists),
            },
            Self::Clip { of, start, stop } => Self::Clip {
                of: inner(of),
                start: start.clone(),
                stop: stop.clone(),
            },
            Self::Widen { of, lower, upper } => Self::Widen {
                of: inner(of),
                lower: *lower,
                upper: *upper,
            },
            Self::Image { table, of, column } => Self::Image {
                table: *table,
                of: inner(of),
                column: *column,
            },
            Self::Hull(parts) => Self::Hull(parts.iter().map(|part| part.without(dim, known)).collect()),
            Self::Output { .. } | Self::Neighbors { .. } | Self::Between { .. } => self.clone(),
        }
    }

    /// Whether it may be empty though what is written is not: it lies in a piece.
    pub fn is_conditional(&self) -> bool {
        match self {
            Self::Clip { .. } | Self::Given { .. } => true,
            Self::Output { .. } | Self::Neighbors { .. } | Self::Between { .. } => false,
            Self::Widen { of, .. } | Self::Image { of, .. } => of.is_conditional(),
            Self::Hull(parts) => parts.iter().all(Self::is_conditional),
        }
    }

    /// The smallest interval that holds both, written as simply as can be seen: widenings of one interval merge,
    /// and what plainly lies within the rest is left out, so that repeated steps through tables stay short.
    pub fn hull(self, other: Self) -> Self {
        if self.covers(&other) {
            return self;
        }
        if other.covers(&self) {
            return other;
        }
        if let Self::Hull(parts) = other {
            return parts.into_iter().fold(self, Self::hull);
        }
        let ((a, al, au), (b, bl, bu)) = (self.parts(), other.parts());
        if a == b {
            return Self::Widen {
                of: Arc::new(a.clone()),
                lower: al.min(bl),
                upper: au.max(bu),
            };
        }
        let mut parts = match self {
            Self::Hull(parts) => parts,
            part => vec![part],
        };
        parts.retain(|part| !other.covers(part));
        match parts.iter().position(|part| part.parts().0 == other.parts().0) {
            Some(at) => parts[at] = parts[at].clone().hull(other),
            None => parts.push(other),
        }
        if parts.len() == 1 {
            parts.remove(0)
        } else {
            Self::Hull(parts)
        }
    }

    /// Whether `other` lies within `self` whatever the arguments are, as far as the form shows it. Widening and
    /// images preserve "within"; what is widened of an empty interval is empty.
    pub fn covers(&self, other: &Self) -> bool {
        self.covers_within(other, &mut 10_000)
    }

    /// As [`Extent::covers`]; gives up after `budget` steps.
    fn covers_within(&self, other: &Self, budget: &mut u32) -> bool {
        let Some(rest) = budget.checked_sub(1) else {
            return false;
        };
        *budget = rest;
        if self == other {
            return true;
        }
        if let Self::Hull(parts) = other {
            return parts.iter().all(|part| self.covers_within(part, budget));
        }
        if let Self::Clip { of, .. } | Self::Given { of, .. } = other
            && self.covers_within(of, budget)
        {
            return true;
        }
        if let Self::Hull(parts) = self {
            return parts.iter().any(|part| part.covers_within(other, budget));
        }
        let ((a, al, au), (b, bl, bu)) = (self.parts(), other.parts());
        if (al, au) != (0, 0) || (bl, bu) != (0, 0) {
            return al <= bl && au >= bu && a.covers_within(b, budget);
        }
        match (self, other) {
            (
                Self::Image { table, of, column },
                Self::Image {
                    table: other_table,
                    of: other_of,
                    column: other_column,
                },
            ) => {
                let columns = column.is_none() || column == other_column;
                table == other_table && columns && of.covers_within(other_of, budget)
            }
            _ => false,
        }
    }

    /// What is widened, and by how much.
    fn parts(&self) -> (&Self, i64, i64) {
        match self {
            Self::Widen { of, lower, upper } => (of, *lower, *upper),
            extent => (extent, 0, 0),
        }
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

    fn output() -> Extent {
        Extent::Output {
            output: 0,
            dim: Dimension::new("Cell", DimensionKind::Horizontal),
        }
    }

    fn image(of: Extent) -> Extent {
        Extent::Image {
            table: 0,
            of: Arc::new(of),
            column: None,
        }
    }

    fn size(extent: &Extent) -> usize {
        match extent {
            Extent::Output { .. } | Extent::Neighbors { .. } | Extent::Between { .. } => 1,
            Extent::Widen { of, .. } | Extent::Image { of, .. } | Extent::Clip { of, .. } => 1 + size(of),
            Extent::Given { of, exists, .. } => 1 + size(of) + size(exists),
            Extent::Hull(parts) => 1 + parts.iter().map(size).sum::<usize>(),
        }
    }

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

    #[test]
    fn widenings_merge() {
        let (left, right) = (output().shifted(-1), output().shifted(2));
        let whole = Extent::Widen {
            of: Arc::new(output()),
            lower: -1,
            upper: 2,
        };
        assert_eq!(left.clone().hull(right.clone()), whole);
        assert_eq!(right.hull(left.clone()), whole);
        assert_eq!(whole.clone().hull(left), whole);
        assert!(whole.covers(&output()));
    }

    #[test]
    fn repeated_steps_through_a_table_stay_short() {
        let mut extent = output();
        for _ in 0..100 {
            extent = image(extent.clone()).hull(extent);
        }
        assert!(size(&extent) < 400, "{}", size(&extent));
    }
}
