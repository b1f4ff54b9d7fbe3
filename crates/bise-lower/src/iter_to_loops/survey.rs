//! What computing a node inline would take, found without writing loops: how many values, which stored nodes
//! are read and where, which sweeps run along. Coordinates are symbols here.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bise_iter::{Graph, NodeId, Op, TableId};
use bise_lang::builtins::Native;
use bise_lang::plan::TableShape;
use bise_lang::{Bound, Builtin, Dimension};

use super::pieces::{Facts, Side};
use super::points::{Read, Space, reads};

/// A symbol plus a distance. Symbol 0 stands for nothing, the next ones for the coordinates of the point that
/// is computed, by position among all dimensions; the rest for entries of tables.
pub(super) type Symbolic = (u32, i64);

/// What a loop takes for a value, a `while` or a fold: how often it goes round is known at a call or in the data only, so
/// it is dear enough not to be run again.
pub(super) const LOOP: usize = 200;

/// What is found.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Number of values: nodes at different points. Counting stops at the limit.
    pub(super) values: usize,
    /// What it takes: operations by [`Surveyor::weight`], and one for each value that is loaded.
    pub(super) cost: usize,
    /// Field arguments that are read, and where; without repetition.
    pub(super) inputs: Vec<Read<Symbolic>>,
    /// Stored nodes that are read, and where; without repetition, in the order in which they are met.
    pub(super) stored: Vec<Read<Symbolic>>,
    /// Sweeps along levels whose results are computed.
    pub(super) sweeps: BTreeSet<u32>,
    /// How often shifts and reductions read which node.
    pub(super) shifted: BTreeMap<u32, usize>,
    /// Where it depends on the point that is computed which piece is; with repetition.
    pub(super) cuts: Vec<(Dimension, Bound)>,
    /// Whether there are pieces of which it is not known which is computed.
    pub(super) undecided: bool,
    /// Bytes of the widest value that varies from point to point.
    pub(super) widest: usize,
}

/// Surveys nodes of one graph.
pub(super) struct Surveyor<'a> {
    graph: &'a Graph,
    tables: &'a [TableShape],
    entries: Entries<'a>,
}

struct Entries<'a> {
    graph: &'a Graph,
    tables: &'a [TableShape],
    first: u32,
    known: HashMap<Entry, u32>,
    /// Per entry that is known: how many points read one neighbour, on average.
    readers: Vec<f64>,
    dims: Vec<Dimension>,
    /// In which part of the loops the point is that is computed.
    facts: Option<Facts>,
    /// Where it depends on that point which piece is computed.
    cuts: Vec<(Dimension, Bound)>,
    /// Whether there are pieces of which it is not known which is computed.
    undecided: bool,
}

/// What a symbol stands for beside the point that is computed.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Entry {
    Table(TableId, Symbolic, Symbolic),
    Gathered(Read<Symbolic>),
    Folded(Read<Symbolic>),
}

impl Entries<'_> {
    /// The symbol of an entry, which is new if it has those readers.
    fn symbol(&mut self, entry: Entry, readers: f64) -> u32 {
        let new = self.first + self.known.len() as u32;
        let symbol = *self.known.entry(entry).or_insert(new);
        if symbol == new {
            self.readers.push(readers);
        }
        symbol
    }

    fn readers(&self, symbol: u32) -> f64 {
        let at = symbol.checked_sub(self.first);
        at.map_or(1.0, |at| self.readers[at as usize])
    }

    /// How many rows of a table lead to a neighbour by one column, on average. The table that leads back says how many
    /// rows do by any; without one there are as many neighbours as rows.
    fn rows_per_neighbor(&self, table: TableId) -> f64 {
        let width = |table: usize| f64::from(self.tables[table].width.max(1));
        let forth = &self.graph.tables[table as usize];
        let mut tables = self.graph.tables.iter();
        let back = tables.position(|back| back.origin == forth.codomain && back.codomain == forth.origin);
        back.map_or(1.0, |back| width(back) / width(table as usize))
    }
}

impl Space for Entries<'_> {
    type Coordinate = Symbolic;

    fn moved(&mut self, (symbol, distance): Symbolic, more: i64) -> Symbolic {
        (symbol, distance + more)
    }

    fn neighbor(&mut self, table: TableId, row: Symbolic, column: Symbolic) -> Symbolic {
        let readers = self.readers(row.0) * self.rows_per_neighbor(table);
        (self.symbol(Entry::Table(table, row, column), readers), 0)
    }

    fn side(&mut self, (symbol, distance): Symbolic, dim: &Dimension, cut: &Bound) -> Side {
        let is_here = symbol > 0 && self.dims.get(symbol as usize - 1) == Some(dim);
        let facts = self.facts.as_ref().filter(|_| is_here);
        let side = facts.map_or(Side::Either, |facts| facts.side(dim, cut, distance));
        if side == Side::Either {
            self.undecided = true;
            if is_here {
                self.cuts.push((dim.clone(), cut.clone().offset(-distance)));
            }
        }
        side
    }

    fn in_piece(&mut self, coordinate: Symbolic, _: Symbolic, _: (&Bound, Side)) -> Symbolic {
        coordinate
    }

    fn gathered(&mut self, index: &Read<Symbolic>, _: (&Bound, &Bound)) -> Option<Symbolic> {
        Some((self.symbol(Entry::Gathered(index.clone()), 1.0), 0))
    }

    fn folded(&mut self, fold: &Read<Symbolic>) -> Symbolic {
        (self.symbol(Entry::Folded(fold.clone()), 1.0), 0)
    }

    fn number(&mut self, number: i64) -> Symbolic {
        (0, number)
    }
}

impl<'a> Surveyor<'a> {
    /// For those nodes.
    pub(super) fn new(graph: &'a Graph, tables: &'a [TableShape], nodes: &[NodeId]) -> Self {
        let mut dims: BTreeSet<&Dimension> = BTreeSet::new();
        for &id in nodes {
            dims.extend(&graph.nodes[id].dims);
        }
        let dims: Vec<Dimension> = dims.into_iter().cloned().collect();
        let entries = Entries {
            graph,
            tables,
            first: dims.len() as u32 + 1,
            known: HashMap::new(),
            readers: Vec::new(),
            dims,
            facts: None,
            cuts: Vec::new(),
            undecided: false,
        };
        Self {
            graph,
            tables,
            entries,
        }
    }

    /// From now on, the point that is computed is in that part of the loops.
    pub(super) fn assume(&mut self, facts: &Facts) {
        self.entries.facts = Some(facts.clone());
    }

    /// The point at which a node is computed: a symbol per dimension.
    pub(super) fn base(&self, node: NodeId) -> Vec<Symbolic> {
        let symbol = |dim: &Dimension| self.entries.dims.binary_search(dim).map_or(0, |at| at as u32 + 1);
        let dims = &self.graph.nodes[node].dims;
        dims.iter().map(|dim| (symbol(dim), 0)).collect()
    }

    /// What a node reads for its value at `point`. The results of a sweep are all computed where one of them is.
    pub(super) fn reads(&mut self, node: NodeId, point: &[Symbolic]) -> Vec<Read<Symbolic>> {
        match &self.graph.nodes[node].op {
            Op::Result(sweep, _) if self.graph.sweeps[*sweep].levels().is_some() => {
                let slots = self.graph.sweeps[*sweep].slots.iter();
                slots.map(|slot| (slot.next, self.base(slot.next))).collect()
            }
            _ => reads(self.graph, self.tables, &mut self.entries, node, point),
        }
    }

    /// How many of the points that are computed read one such point, on average: nothing where that is no matter of
    /// tables.
    pub(super) fn readers(&self, point: &[Symbolic]) -> Option<f64> {
        let entries = point.iter().filter(|(symbol, _)| *symbol >= self.entries.first);
        entries
            .map(|(symbol, _)| self.entries.readers(*symbol))
            .reduce(|a, b| a * b)
    }

    /// What reading a stored node where it is computed takes.
    pub(super) fn survey_stored(&self, root: NodeId) -> Survey {
        Survey {
            stored: vec![(root, self.base(root))],
            widest: self.graph.nodes[root].dtype.size(),
            ..Survey::default()
        }
    }

    /// Surveys `root`, computed inline but for what is `stored`; `root` itself is computed.
    pub(super) fn survey(&mut self, root: NodeId, stored: &BTreeSet<u32>, limit: usize) -> Survey {
        self.survey_all(&[root], stored, limit)
    }

    /// Surveys nodes that are computed together, inline but for what is `stored`; they themselves are computed.
    pub(super) fn survey_all(&mut self, roots: &[NodeId], stored: &BTreeSet<u32>, limit: usize) -> Survey {
        let roots: Vec<Read<Symbolic>> = roots.iter().map(|&root| (root, self.base(root))).collect();
        // What has fewer dimensions is computed outside of the innermost loop.
        let ranks = roots.iter().map(|(root, _)| self.graph.nodes[*root].dims.len());
        let rank = ranks.max().unwrap_or(0);
        let mut survey = Survey::default();
        self.entries.cuts.clear();
        self.entries.undecided = false;
        let mut seen: HashSet<Read<Symbolic>> = HashSet::new();
        let mut stack = roots.clone();
        while let Some(read) = stack.pop() {
            let (node, point) = &read;
            if seen.contains(&read) {
                continue;
            }
            let what = &self.graph.nodes[*node];
            if !what.dims.is_empty() {
                survey.widest = survey.widest.max(what.dtype.size());
            }
            if stored.contains(&number(*node)) && !roots.contains(&read) {
                survey.stored.push(read.clone());
                survey.cost += 1;
                seen.insert(read);
                continue;
            }
            survey.values += 1;
            if what.dims.len() >= rank {
                survey.cost += self.weight(&what.op);
            }
            if survey.values > limit {
                break;
            }
            if let Op::Result(sweep, _) = &what.op
                && self.graph.sweeps[*sweep].levels().is_some()
            {
                survey.sweeps.insert(sweep.into_raw().into_u32());
            }
            if matches!(what.op, Op::Input(_)) && !what.dims.is_empty() {
                survey.inputs.push(read.clone());
            }
            let below = self.reads(*node, point);
            if matches!(what.op, Op::Shift { .. } | Op::Reduce { .. } | Op::Gather { .. }) {
                for (value, _) in &below {
                    *survey.shifted.entry(number(*value)).or_default() += 1;
                }
            }
            seen.insert(read);
            stack.extend(below);
        }
        survey.cuts.append(&mut self.entries.cuts);
        survey.undecided = self.entries.undecided;
        survey
    }

    /// What a value takes of its own, in additions.
    fn weight(&self, op: &Op) -> usize {
        match op {
            Op::Apply(Builtin::Divide | Builtin::Sqrt, _) => 8,
            Op::Apply(builtin, _) if builtin.row().native == Native::Function => 40,
            Op::Gather { .. } => 4,
            Op::Input(_) | Op::Apply(..) | Op::Select { .. } | Op::Cast(_) | Op::Position(_) => 1,
            Op::Reduce { table, .. } => self.tables[*table as usize].width as usize,
            Op::Fold { .. } => LOOP,
            Op::Result(sweep, _) if self.graph.sweeps[*sweep].levels().is_none() => LOOP,
            Op::Constant(_)
            | Op::Broadcast(_)
            | Op::Shift { .. }
            | Op::Piecewise { .. }
            | Op::Carry(..)
            | Op::Result(..) => 0,
        }
    }
}

/// The position of a node in its arena: what sets of nodes hold, so that they are in the order of the arena.
pub(super) fn number(node: NodeId) -> u32 {
    node.into_raw().into_u32()
}

/// The node at that position.
pub(super) fn node(number: u32) -> NodeId {
    NodeId::from_raw(la_arena::RawIdx::from_u32(number))
}
