//! What computing a node inline would take, found without writing loops: how many values, which stored nodes
//! are read and where, which sweeps run along. Coordinates are symbols here.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use bise_iter::{Graph, NodeId, Op, SweepId, TableId};
use bise_lang::builtins::Native;
use bise_lang::plan::TableShape;
use bise_lang::{Builtin, Dimension};

use super::points::{Read, Space, reads};

/// A symbol plus a distance. Symbol 0 stands for nothing, the next ones for the coordinates of the point that
/// is computed, by position among all dimensions; the rest for entries of tables.
pub(super) type Symbolic = (u32, i64);

/// What is found.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Number of values: nodes at different points. Counting stops at the limit.
    pub(super) values: usize,
    /// Number of different nodes among them.
    pub(super) nodes: usize,
    /// What it takes: operations by [`weight`], and one for each value that is loaded.
    pub(super) cost: usize,
    /// Field arguments that are read, and where; without repetition.
    pub(super) inputs: Vec<Read<Symbolic>>,
    /// Stored nodes that are read, and where; without repetition, in the order in which they are met.
    pub(super) stored: Vec<Read<Symbolic>>,
    /// Sweeps whose results are computed.
    pub(super) sweeps: BTreeSet<u32>,
    /// How often shifts and reductions read which node.
    pub(super) shifted: BTreeMap<u32, usize>,
    /// Bytes of the widest value that varies from point to point.
    pub(super) widest: usize,
}

/// Surveys nodes of one graph.
pub(super) struct Surveyor<'a> {
    graph: &'a Graph,
    tables: &'a [TableShape],
    dims: Vec<Dimension>,
    entries: Entries,
}

#[derive(Default)]
struct Entries {
    first: u32,
    known: HashMap<(TableId, Symbolic, Symbolic), u32>,
}

impl Space for Entries {
    type Coordinate = Symbolic;

    fn moved(&mut self, (symbol, distance): Symbolic, more: i64) -> Symbolic {
        (symbol, distance + more)
    }

    fn neighbor(&mut self, table: TableId, row: Symbolic, column: Symbolic) -> Symbolic {
        let new = self.first + self.known.len() as u32;
        (*self.known.entry((table, row, column)).or_insert(new), 0)
    }

    fn number(&mut self, number: i64) -> Symbolic {
        (0, number)
    }
}

impl<'a> Surveyor<'a> {
    pub(super) fn new(graph: &'a Graph, tables: &'a [TableShape]) -> Self {
        let mut dims: Vec<Dimension> = graph.nodes.values().flat_map(|n| n.dims.clone()).collect();
        dims.sort();
        dims.dedup();
        let entries = Entries {
            first: dims.len() as u32 + 1,
            known: HashMap::new(),
        };
        Self {
            graph,
            tables,
            dims,
            entries,
        }
    }

    /// The point at which a node is computed: a symbol per dimension.
    pub(super) fn base(&self, node: NodeId) -> Vec<Symbolic> {
        let symbol = |dim: &Dimension| self.dims.binary_search(dim).map_or(0, |at| at as u32 + 1);
        let dims = &self.graph.nodes[node].dims;
        dims.iter().map(|dim| (symbol(dim), 0)).collect()
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
        let mut survey = Survey::default();
        let mut nodes = HashSet::new();
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
            nodes.insert(*node);
            survey.values += 1;
            if !what.dims.is_empty() {
                survey.cost += weight(&what.op);
            }
            if survey.values > limit {
                break;
            }
            if let Op::Result(sweep, _) = &what.op {
                self.enter(*sweep, &mut survey, &mut stack);
            }
            if matches!(what.op, Op::Input(_)) && !what.dims.is_empty() {
                survey.inputs.push(read.clone());
            }
            let below = reads(self.graph, self.tables, &mut self.entries, *node, point);
            if matches!(what.op, Op::Shift { .. } | Op::Reduce { .. }) {
                for (value, _) in &below {
                    *survey.shifted.entry(number(*value)).or_default() += 1;
                }
            }
            seen.insert(read);
            stack.extend(below);
        }
        survey.nodes = nodes.len();
        survey
    }

    /// The states of a sweep are all computed where one of them is.
    fn enter(&self, sweep: SweepId, survey: &mut Survey, stack: &mut Vec<Read<Symbolic>>) {
        if survey.sweeps.insert(sweep.into_raw().into_u32()) {
            for slot in &self.graph.sweeps[sweep].slots {
                stack.push((slot.next, self.base(slot.next)));
            }
        }
    }
}

/// What a value takes of its own, in additions.
fn weight(op: &Op) -> usize {
    match op {
        Op::Apply(Builtin::Divide | Builtin::Sqrt, _) => 8,
        Op::Apply(builtin, _) if builtin.row().native == Native::Function => 40,
        Op::Input(_) | Op::Apply(..) | Op::Select { .. } | Op::Cast(_) => 1,
        Op::Reduce { .. }
        | Op::Constant(_)
        | Op::Broadcast(_)
        | Op::Shift { .. }
        | Op::Carry(..)
        | Op::Result(..) => 0,
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
