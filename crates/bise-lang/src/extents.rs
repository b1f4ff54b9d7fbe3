//! Intervals of indices that a statement needs, as expressions of its output domains.
//!
//! Those of a statement are in one arena, each there once: what is written alike is one [`ExtentId`], however much of it
//! is shared, and comparing two takes no time.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Index;
use std::sync::Arc;

use crate::{Bound, Dimension};

/// Handle of an [`Extent`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExtentId(u32);

/// A half-open interval of indices.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Extent {
    /// The range of output number `output` of the statement along `dim`.
    Output {
        /// Which output of the statement.
        output: u32,
        /// Along which dimension.
        dim: Dimension,
    },
    /// `[start + lower, stop + upper)`; empty where the interval is.
    Widen {
        /// The interval.
        of: ExtentId,
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
        of: ExtentId,
        /// Only this column; all columns where absent.
        column: Option<u32>,
    },
    /// `[0, width)` of a table.
    Neighbors {
        /// Position of the table in the program's list.
        table: u32,
    },
    /// The smallest interval that holds them all; empty intervals do not count.
    Hull(Arc<[ExtentId]>),
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
        of: ExtentId,
        /// Nothing below this.
        start: Option<Bound>,
        /// Nothing from this on.
        stop: Option<Bound>,
    },
    /// An interval of a box that is empty where another of its intervals is.
    Given {
        /// The interval.
        of: ExtentId,
        /// Along this dimension of the box.
        dim: Dimension,
        /// Nothing is needed where this is empty.
        exists: ExtentId,
    },
}

/// The extents of a statement. Operands come before their users.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extents(Vec<Extent>);

impl Extents {
    /// Number of extents.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The position of an extent.
    pub fn position(id: ExtentId) -> usize {
        id.0 as usize
    }
}

impl Index<ExtentId> for Extents {
    type Output = Extent;

    fn index(&self, id: ExtentId) -> &Extent {
        &self.0[id.0 as usize]
    }
}

/// Builds the extents of a statement.
#[derive(Debug)]
pub struct ExtentBuilder(RefCell<Interner>);

#[derive(Debug, Default)]
struct Interner {
    all: Extents,
    ids: HashMap<Extent, ExtentId>,
    /// Per extent, whether it lies in a piece.
    conditional: Vec<bool>,
    /// Hulls are as simple as can be seen.
    simplifies: bool,
    /// Answers that were given.
    covers: HashMap<(ExtentId, ExtentId), bool>,
    hulls: HashMap<(ExtentId, ExtentId), ExtentId>,
}

/// A builder that knows those.
impl From<&Extents> for ExtentBuilder {
    fn from(all: &Extents) -> Self {
        let builder = Self::new();
        all.0.iter().for_each(|extent| {
            builder.add(extent.clone());
        });
        builder
    }
}

impl Default for ExtentBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl ExtentBuilder {
    /// A builder without extents.
    pub fn new() -> Self {
        Self(RefCell::new(Interner {
            simplifies: true,
            ..Interner::default()
        }))
    }

    /// A builder that takes no time to make hulls simple: for many extents that are looked at once.
    pub fn hasty() -> Self {
        Self(RefCell::default())
    }

    /// All that were made.
    pub fn finish(self) -> Extents {
        self.0.into_inner().all
    }

    /// What an extent is.
    pub fn get(&self, id: ExtentId) -> Extent {
        self.0.borrow().all[id].clone()
    }

    /// The extent that is written like that.
    pub fn add(&self, extent: Extent) -> ExtentId {
        self.0.borrow_mut().add(extent)
    }

    /// The extent without indices.
    pub fn nothing(&self) -> ExtentId {
        self.add(Extent::Hull(Arc::from([])))
    }

    /// The extent moved by `distance`.
    pub fn shifted(&self, of: ExtentId, distance: i64) -> ExtentId {
        self.widened(of, distance, distance)
    }

    /// The extent with numbers added to its start and its stop.
    pub fn widened(&self, of: ExtentId, lower: i64, upper: i64) -> ExtentId {
        let mut interner = self.0.borrow_mut();
        let (of, below, above) = interner.parts(of);
        interner.widen(of, below + lower, above + upper)
    }

    /// What of the extent lies between two ends, which are absent where nothing is cut.
    pub fn clip(&self, of: ExtentId, start: Option<&Bound>, stop: Option<&Bound>) -> ExtentId {
        if start.is_none() && stop.is_none() {
            return of;
        }
        self.add(Extent::Clip {
            of,
            start: start.cloned(),
            stop: stop.cloned(),
        })
    }

    /// The extent where `exists` is not empty, else nothing.
    pub fn given(&self, of: ExtentId, dim: &Dimension, exists: ExtentId) -> ExtentId {
        self.add(Extent::Given {
            of,
            dim: dim.clone(),
            exists,
        })
    }

    /// The extent whatever is empty along `dim`.
    pub fn regardless(&self, of: ExtentId, dim: &Dimension) -> ExtentId {
        self.0.borrow_mut().without(of, dim, &mut HashMap::new())
    }

    /// Whether it may be empty though what is written is not: it lies in a piece.
    pub fn is_conditional(&self, id: ExtentId) -> bool {
        self.0.borrow().conditional[id.0 as usize]
    }

    /// The smallest interval that holds both, written as simply as can be seen: widenings of one interval merge,
    /// and what plainly lies within the rest is left out, so that repeated steps through tables stay short.
    pub fn hull(&self, a: ExtentId, b: ExtentId) -> ExtentId {
        self.0.borrow_mut().hull(a, b)
    }

    /// The hull of some extents.
    pub fn hull_of(&self, extents: impl IntoIterator<Item = ExtentId>) -> ExtentId {
        let hull = extents.into_iter().reduce(|a, b| self.hull(a, b));
        hull.unwrap_or_else(|| self.nothing())
    }

    /// Whether `inner` lies within `outer` whatever the arguments are, as far as the form shows it. Widening and
    /// images preserve "within"; what is widened of an empty interval is empty.
    pub fn covers(&self, outer: ExtentId, inner: ExtentId) -> bool {
        self.0.borrow_mut().covers(outer, inner)
    }
}

impl Interner {
    fn add(&mut self, extent: Extent) -> ExtentId {
        if let Some(&known) = self.ids.get(&extent) {
            return known;
        }
        let id = ExtentId(self.all.0.len() as u32);
        let conditional = self.is_conditional(&extent);
        self.conditional.push(conditional);
        self.all.0.push(extent.clone());
        self.ids.insert(extent, id);
        id
    }

    fn is_conditional(&self, extent: &Extent) -> bool {
        let known = |of: &ExtentId| self.conditional[of.0 as usize];
        match extent {
            Extent::Clip { .. } | Extent::Given { .. } => true,
            Extent::Output { .. } | Extent::Neighbors { .. } | Extent::Between { .. } => false,
            Extent::Widen { of, .. } | Extent::Image { of, .. } => known(of),
            Extent::Hull(parts) => parts.iter().all(known),
        }
    }

    fn widen(&mut self, of: ExtentId, lower: i64, upper: i64) -> ExtentId {
        if (lower, upper) == (0, 0) {
            return of;
        }
        self.add(Extent::Widen { of, lower, upper })
    }

    /// What is widened, and by how much.
    fn parts(&self, id: ExtentId) -> (ExtentId, i64, i64) {
        match self.all[id] {
            Extent::Widen { of, lower, upper } => (of, lower, upper),
            Extent::Output { .. }
            | Extent::Image { .. }
            | Extent::Neighbors { .. }
            | Extent::Hull(_)
            | Extent::Between { .. }
            | Extent::Clip { .. }
            | Extent::Given { .. } => (id, 0, 0),
        }
    }

    /// See [`ExtentBuilder::regardless`]. `known`: what became of parts.
    fn without(
        &mut self,
        id: ExtentId,
        dim: &Dimension,
        known: &mut HashMap<ExtentId, ExtentId>,
    ) -> ExtentId {
        if let Some(&known) = known.get(&id) {
            return known;
        }
        let extent = self.all[id].clone();
        let mut inner = |of: ExtentId| self.without(of, dim, known);
        let extent = match extent {
            Extent::Given { of, dim: along, .. } if along == *dim => Err(inner(of)),
            Extent::Given {
                of,
                dim: along,
                exists,
            } => Ok(Extent::Given {
                of: inner(of),
                dim: along,
                exists: inner(exists),
            }),
            Extent::Clip { of, start, stop } => Ok(Extent::Clip {
                of: inner(of),
                start,
                stop,
            }),
            Extent::Widen { of, lower, upper } => Ok(Extent::Widen {
                of: inner(of),
                lower,
                upper,
            }),
            Extent::Image { table, of, column } => Ok(Extent::Image {
                table,
                of: inner(of),
                column,
            }),
            Extent::Hull(parts) => Ok(Extent::Hull(parts.iter().map(|&part| inner(part)).collect())),
            Extent::Output { .. } | Extent::Neighbors { .. } | Extent::Between { .. } => Err(id),
        };
        let without = extent.map_or_else(|known| known, |extent| self.add(extent));
        known.insert(id, without);
        without
    }

    fn hull(&mut self, a: ExtentId, b: ExtentId) -> ExtentId {
        if let Some(&known) = self.hulls.get(&(a, b)) {
            return known;
        }
        let hull = if a == b {
            a
        } else if self.simplifies {
            self.simplest_hull(a, b)
        } else {
            self.add(Extent::Hull(Arc::from([a, b])))
        };
        self.hulls.insert((a, b), hull);
        hull
    }

    fn simplest_hull(&mut self, a: ExtentId, b: ExtentId) -> ExtentId {
        if self.covers(a, b) {
            return a;
        }
        if self.covers(b, a) {
            return b;
        }
        if let Extent::Hull(parts) = self.all[b].clone() {
            return parts.iter().fold(a, |hull, &part| self.hull(hull, part));
        }
        let ((base, lower, upper), (other, below, above)) = (self.parts(a), self.parts(b));
        if base == other {
            return self.widen(base, lower.min(below), upper.max(above));
        }
        let mut parts = match &self.all[a] {
            Extent::Hull(parts) => parts.to_vec(),
            Extent::Output { .. }
            | Extent::Widen { .. }
            | Extent::Image { .. }
            | Extent::Neighbors { .. }
            | Extent::Between { .. }
            | Extent::Clip { .. }
            | Extent::Given { .. } => vec![a],
        };
        parts.retain(|&part| !self.covers(b, part));
        match parts.iter().position(|&part| self.parts(part).0 == other) {
            Some(at) => parts[at] = self.hull(parts[at], b),
            None => parts.push(b),
        }
        if let [part] = parts[..] {
            return part;
        }
        self.add(Extent::Hull(parts.into()))
    }

    fn covers(&mut self, outer: ExtentId, inner: ExtentId) -> bool {
        if outer == inner {
            return true;
        }
        if let Some(&known) = self.covers.get(&(outer, inner)) {
            return known;
        }
        let covers = self.shows(outer, inner);
        self.covers.insert((outer, inner), covers);
        covers
    }

    /// Whether the form of two different extents shows that one covers the other.
    fn shows(&mut self, outer: ExtentId, inner: ExtentId) -> bool {
        if let Extent::Hull(parts) = self.all[inner].clone() {
            return parts.iter().all(|&part| self.covers(outer, part));
        }
        if let Extent::Clip { of, .. } | Extent::Given { of, .. } = self.all[inner]
            && self.covers(outer, of)
        {
            return true;
        }
        if let Extent::Hull(parts) = self.all[outer].clone() {
            return parts.iter().any(|&part| self.covers(part, inner));
        }
        let ((a, lower, upper), (b, below, above)) = (self.parts(outer), self.parts(inner));
        if (a, b) != (outer, inner) {
            return lower <= below && upper >= above && self.covers(a, b);
        }
        match (&self.all[outer], &self.all[inner]) {
            (
                &Extent::Image { table, of, column },
                &Extent::Image {
                    table: other_table,
                    of: other_of,
                    column: other_column,
                },
            ) => {
                let columns = column.is_none() || column == other_column;
                table == other_table && columns && self.covers(of, other_of)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DimensionKind;

    fn output(extents: &ExtentBuilder) -> ExtentId {
        extents.add(Extent::Output {
            output: 0,
            dim: Dimension::new("Cell", DimensionKind::Horizontal),
        })
    }

    #[test]
    fn widenings_merge() {
        let extents = ExtentBuilder::new();
        let output = output(&extents);
        let (left, right) = (extents.shifted(output, -1), extents.shifted(output, 2));
        let whole = extents.widened(output, -1, 2);
        assert_eq!(extents.hull(left, right), whole);
        assert_eq!(extents.hull(right, left), whole);
        assert_eq!(extents.hull(whole, left), whole);
        assert!(extents.covers(whole, output));
        assert!(!extents.covers(left, output));
        assert_eq!(extents.shifted(left, 1), output);
    }

    #[test]
    fn repeated_steps_through_a_table_stay_short() {
        let extents = ExtentBuilder::new();
        let mut extent = output(&extents);
        for _ in 0..1000 {
            let image = extents.add(Extent::Image {
                table: 0,
                of: extent,
                column: None,
            });
            extent = extents.hull(image, extent);
        }
        assert!(extents.finish().len() < 4000);
    }

    #[test]
    fn what_is_written_alike_is_one_extent() {
        let extents = ExtentBuilder::default();
        let dim = Dimension::new("K", DimensionKind::Vertical);
        let output = output(&extents);
        let chain = |moved: i64| {
            (0..100).fold(output, |extent, at| {
                let below = extents.clip(extent, None, Some(&Bound::Scalar(at)));
                let above = extents.clip(extent, Some(&Bound::Scalar(at)), None);
                let given = extents.given(extent, &dim, below);
                extents.hull(extents.shifted(given, moved), above)
            })
        };
        let (once, other) = (chain(1), chain(2));
        let made = extents.0.borrow().all.len();
        assert_eq!(chain(1), once);
        assert_eq!(extents.0.borrow().all.len(), made);
        assert_ne!(once, other);
        assert!(!extents.covers(once, other));
    }

    #[test]
    fn pieces_are_conditional_and_can_be_undone() {
        let extents = ExtentBuilder::default();
        let (k, i) = (
            Dimension::new("K", DimensionKind::Vertical),
            Dimension::new("I", DimensionKind::Horizontal),
        );
        let output = output(&extents);
        let clipped = extents.clip(output, None, Some(&Bound::Scalar(0)));
        let given = extents.given(output, &k, clipped);
        assert!(extents.is_conditional(given) && extents.is_conditional(extents.shifted(given, 1)));
        assert!(!extents.is_conditional(extents.hull(given, output)));
        assert!(extents.covers(output, given) && !extents.covers(given, output));
        assert_eq!(
            extents.regardless(extents.shifted(given, 1), &k),
            extents.shifted(output, 1)
        );
        assert_eq!(extents.regardless(given, &i), given);
    }
}
