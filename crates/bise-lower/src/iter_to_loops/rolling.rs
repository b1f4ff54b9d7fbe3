//! Decides what rolls: which nodes a kernel keeps in cache for the last few rows. A Laplacian that is read at five
//! points is computed once per point then, not five times: when a row is computed, the row of the Laplacian ahead of it
//! is computed first, and those behind it are still there. The rows of a node share a few places in scratch memory
//! of the thread, so they stay in the first cache: a whole plane of it would come from the second, which is
//! slower than computing it anew. So are several rows at a time that share values in registers: they walk
//! through more pages at once than the hardware fetches ahead of time.
//!
//! What rolls is part of what [`super::store`] leaves to be recomputed; whatever is chosen here, the program
//! computes the same bits.

use std::collections::BTreeSet;

use bise_iter::{Graph, NodeId, Op};
use bise_lang::{Dimension, ExtentBuilder};

use super::Costs;
use super::nests::{Destination, Nest, Target};
use super::rounds::Scopes;
use super::survey::{Survey, Surveyor, Symbolic, node, number};

/// Nodes that are weighed at a time: those that shifts read most often.
const CANDIDATES: usize = 8;
/// Nodes that roll at most, so that their rows stay in cache.
const MOST: usize = 8;
/// What is needed over more rows than that, or over as much more than a row, does not roll: it would not stay in cache.
const REACH: i64 = 16;
/// Programs that compute more values for a point are not weighed; nor those whose loops are split, or points tested.
const VALUES: usize = 1500;

/// What rolls in a kernel.
#[derive(Debug)]
pub(super) struct Rolling {
    /// The dimension along which the loop over the rows runs.
    pub(super) rows: Dimension,
    /// In an order in which they can be computed.
    pub(super) kept: Vec<Kept>,
}

/// A node of which the last rows are kept.
#[derive(Debug)]
pub(super) struct Kept {
    /// Computes it alone, over all that is needed of it.
    pub(super) nest: Nest,
    /// How many rows; a power of two.
    pub(super) places: u32,
    /// How many rows ahead of the row that is computed the first one is that is needed.
    pub(super) lower: i64,
    /// How many rows ahead of the row that is computed the one is that comes with it, the last one.
    pub(super) lead: i64,
    /// Whether it begins before, and stops after, what the loop that brings it computes: those ends come first.
    pub(super) ends: [bool; 2],
}

impl Rolling {
    pub(super) fn find(&self, id: NodeId) -> Option<&Kept> {
        self.kept.iter().find(|kept| kept.node() == id)
    }
}

impl Kept {
    pub(super) fn node(&self) -> NodeId {
        self.nest.targets[0].node
    }
}

/// What rolls in a kernel of one nest. The nest brings rows of what it reads only where it computes it; nests are put
/// before it for the rest. `order`: the dimensions, outermost loop first. The innermost loop runs along a row, the
/// next one over the rows; along sweeps values are kept in other ways.
pub(super) fn roll(
    graph: &Graph,
    surveyor: &mut Surveyor<'_>,
    (stored, scopes): (&BTreeSet<u32>, &Scopes),
    (costs, extents): (&Costs, &ExtentBuilder),
    kernel: &mut Vec<Nest>,
    order: &[Dimension],
) -> Option<Rolling> {
    let ([nest], [.., rows, across]) = (&kernel[..], order) else {
        return None;
    };
    if nest.sweep.is_some() {
        return None;
    }
    let position = |dim: &Dimension| nest.dims.iter().position(|d| d == dim);
    let mut choice = Choice {
        graph,
        scopes,
        costs,
        extents,
        nest,
        rows: position(rows)?,
        across: position(across)?,
        known: stored.clone(),
        chosen: BTreeSet::new(),
    };
    let mut arrangement = choice.arrange(surveyor)?;
    while choice.chosen.len() < MOST {
        let Some((best, better)) = choice.improve(surveyor, &arrangement) else {
            break;
        };
        choice.known.insert(best);
        choice.chosen.insert(best);
        arrangement = better;
    }
    if choice.chosen.is_empty() {
        return None;
    }
    let (rolling, nests) = choice.nests(&arrangement);
    *kernel = nests;
    Some(rolling)
}

/// How far what is needed of a node reaches beside the nest, per dimension: added to its ends.
type Reach = Vec<(i64, i64)>;

/// What is chosen so far.
struct Choice<'a> {
    graph: &'a Graph,
    scopes: &'a Scopes,
    costs: &'a Costs,
    extents: &'a ExtentBuilder,
    nest: &'a Nest,
    /// Positions among the dimensions of the nest: over the rows, and along one.
    rows: usize,
    across: usize,
    /// What is stored or rolls.
    known: BTreeSet<u32>,
    /// What rolls.
    chosen: BTreeSet<u32>,
}

/// How the nodes that roll are computed.
#[derive(Debug)]
struct Arrangement {
    /// The nest itself first, then what runs before it, last to first.
    groups: Vec<Group>,
    /// What all of it takes for a point.
    cost: usize,
    /// How often shifts read what.
    shifted: Vec<(usize, u32)>,
}

/// What is computed in one loop along a row.
#[derive(Debug)]
struct Group {
    /// Nodes that roll, in the order of the arena, with how far they are needed.
    kept: Vec<(u32, Reach)>,
    /// How far the loop reaches along the row: not further than what is needed of any of them.
    across: (i64, i64),
}

/// What reads nodes that roll.
struct Reader {
    survey: Survey,
    reach: Reach,
    group: usize,
}

/// A read of a node that rolls, at a distance from the nest.
struct Distant {
    reach: Reach,
    /// The group that reads it.
    group: usize,
    /// It is not along the row.
    above: bool,
}

impl Choice<'_> {
    /// What more to roll, and what becomes of it; nothing where that is not better.
    fn improve(&self, surveyor: &mut Surveyor<'_>, now: &Arrangement) -> Option<(u32, Arrangement)> {
        let weighed = now.shifted.iter().rev().filter(|(_, at)| self.can_roll(*at));
        let arranged = weighed.take(CANDIDATES).filter_map(|&(_, at)| {
            let with = Choice {
                known: self.known.iter().copied().chain([at]).collect(),
                chosen: self.chosen.iter().copied().chain([at]).collect(),
                ..*self
            };
            Some((at, with.arrange(surveyor)?))
        });
        // Ties go to the node that comes first: it is part of the most of the others.
        let best = arranged.min_by_key(|(at, arrangement)| (arrangement.cost, *at));
        best.filter(|(_, arrangement)| arrangement.cost < now.cost)
    }

    fn can_roll(&self, at: u32) -> bool {
        let what = &self.graph.nodes[node(at)];
        let kind = matches!(what.op, Op::Apply(..) | Op::Select { .. } | Op::Cast(_));
        let is_free = !self.known.contains(&at) && !self.scopes.is_inside(node(at));
        kind && what.dims == self.nest.dims && is_free
    }

    /// How all that is chosen is computed; nothing where some of it is read once, or elsewhere than in the rows beside.
    fn arrange(&self, surveyor: &mut Surveyor<'_>) -> Option<Arrangement> {
        let still = vec![(0, 0); self.nest.dims.len()];
        let mut groups = vec![Group {
            kept: Vec::new(),
            across: (0, 0),
        }];
        let mut readers = vec![Reader {
            survey: self.survey_nest(surveyor, Vec::new()),
            reach: still,
            group: 0,
        }];
        if readers[0].survey.values > VALUES || readers[0].survey.undecided {
            return None;
        }
        for &at in self.chosen.iter().rev() {
            let reads = self.reads(surveyor, &readers, at)?;
            if reads.len() < 2 {
                return None;
            }
            let reach = hull(reads.iter().map(|read| &read.reach))?;
            if reach.iter().any(|(lower, upper)| upper - lower > REACH) {
                return None;
            }
            let group = self.join(&mut groups, &reads, &reach);
            groups[group].kept.insert(0, (at, reach.clone()));
            readers.push(Reader {
                survey: surveyor.survey(node(at), &self.known, VALUES),
                reach,
                group,
            });
        }
        let mut cost = self.chosen.len() * self.costs.keep + (groups.len() - 1) * self.costs.row;
        for (position, group) in groups.iter().enumerate() {
            let mut members = readers.iter().filter(|reader| reader.group == position);
            cost += if let (Some(only), None) = (members.next(), members.next()) {
                only.survey.cost
            } else {
                let kept = group.kept.iter().map(|(at, _)| node(*at)).collect();
                match position {
                    0 => self.survey_nest(surveyor, kept).cost,
                    _ => surveyor.survey_all(&kept, &self.known, VALUES).cost,
                }
            };
        }
        let mut shifted: Vec<(usize, u32)> = Vec::new();
        for reader in &readers {
            shifted.extend(reader.survey.shifted.iter().map(|(&at, &times)| (times, at)));
        }
        shifted.sort_unstable();
        Some(Arrangement {
            groups,
            cost,
            shifted,
        })
    }

    /// Surveys what the nest computes, with those nodes. Outputs that are stored or roll are read at the point that is
    /// computed.
    fn survey_nest(&self, surveyor: &mut Surveyor<'_>, mut together: Vec<NodeId>) -> Survey {
        let mut read = Vec::new();
        for Target { node, destination } in &self.nest.targets {
            if *destination != Destination::Temporary && self.known.contains(&number(*node)) {
                read.push((*node, surveyor.base(*node)));
            } else {
                together.push(*node);
            }
        }
        let mut survey = surveyor.survey_all(&together, &self.known, VALUES);
        survey.cost += read.len();
        survey.stored.extend(read);
        survey
    }

    /// Where a node is read, if that is in rows beside or along the row only.
    fn reads(&self, surveyor: &Surveyor<'_>, readers: &[Reader], at: u32) -> Option<Vec<Distant>> {
        let base = surveyor.base(node(at));
        let mut reads = Vec::new();
        for reader in readers {
            let points = reader.survey.stored.iter().filter(|read| number(read.0) == at);
            for (_, point) in points {
                let is_near = |axis: usize, (symbol, distance): Symbolic| {
                    symbol == base[axis].0 && (distance == 0 || axis == self.rows || axis == self.across)
                };
                if !point.iter().enumerate().all(|(axis, at)| is_near(axis, *at)) {
                    return None;
                }
                let along = reader.reach.iter().zip(point);
                let reach = along.map(|((lower, upper), (_, distance))| (lower + distance, upper + distance));
                reads.push(Distant {
                    group: reader.group,
                    above: point[self.across].1 == 0,
                    reach: reach.collect(),
                });
            }
        }
        Some(reads)
    }

    /// The group that brings the rows of a node: the last one that does not come after what reads the row that it
    /// brings. It may be what reads that row, unless that does so elsewhere along it.
    fn join(&self, groups: &mut Vec<Group>, reads: &[Distant], reach: &Reach) -> usize {
        let across = reach[self.across];
        let brought = reads
            .iter()
            .filter(|read| read.reach[self.rows].1 == reach[self.rows].1);
        let first = brought.map(|read| read.group + usize::from(!read.above)).max();
        let fits = |group: &usize| {
            let core = groups[*group].across;
            across.0 <= core.0 && core.1 <= across.1
        };
        let found = (first.unwrap_or(0)..groups.len()).find(fits);
        found.unwrap_or_else(|| {
            groups.push(Group {
                kept: Vec::new(),
                across,
            });
            groups.len() - 1
        })
    }

    /// What rolls, and the nests that run for a row: each brings rows of some of it, the last one is the nest itself.
    fn nests(&self, arrangement: &Arrangement) -> (Rolling, Vec<Nest>) {
        let mut kept: Vec<Kept> = Vec::new();
        let mut nests = Vec::new();
        for (position, group) in arrangement.groups.iter().enumerate() {
            let mut targets = Vec::new();
            for (at, reach) in &group.kept {
                let target = Target {
                    node: node(*at),
                    destination: Destination::Temporary,
                };
                targets.push(target);
                let ((lower, lead), across) = (reach[self.rows], reach[self.across]);
                let places = (lead - lower + 1) as u32;
                kept.push(Kept {
                    nest: self.nest(reach, vec![target]),
                    places: places.next_power_of_two(),
                    lower,
                    lead,
                    ends: [across.0 < group.across.0, group.across.1 < across.1],
                });
            }
            let mut reach = vec![(0, 0); self.nest.dims.len()];
            reach[self.across] = group.across;
            if position == 0 {
                targets.extend(&self.nest.targets);
            }
            nests.push(self.nest(&reach, targets));
        }
        kept.sort_by_key(|kept| number(kept.node()));
        nests.reverse();
        let rows = self.nest.dims[self.rows].clone();
        (Rolling { rows, kept }, nests)
    }

    /// Loops over what the nest needs of nodes.
    fn nest(&self, reach: &Reach, targets: Vec<Target>) -> Nest {
        let over = self.nest.extents.iter().zip(reach);
        let over = over.map(|(e, (lower, upper))| {
            let [low, high] = [lower, upper].map(|distance| self.extents.shifted(*e, *distance));
            self.extents.hull(low, high)
        });
        let mut nest = self.nest.clone();
        nest.extents = over.collect();
        nest.loads.extend(&self.chosen);
        nest.targets = targets;
        nest
    }
}

fn hull<'a>(reaches: impl Iterator<Item = &'a Reach>) -> Option<Reach> {
    reaches.cloned().reduce(|a, b| {
        let both = a.iter().zip(&b);
        both.map(|(a, b)| (a.0.min(b.0), a.1.max(b.1))).collect()
    })
}
