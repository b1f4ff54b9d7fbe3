//! Where gathers may read: their values' support, which is where all that a value is made of is given.
//!
//! A computed index is clamped to it. It is known once the statement is, since a sweep runs over the levels of outputs:
//!
//! ```text
//! %1 = shift %0 K+1          is given from start(f, K) - 1 to stop(f, K) - 1, where %0 = input f
//! ```

use std::collections::HashMap;

use bise_iter::{Graph, NodeId, Op, Output, Statement, Step, walk};
use bise_lang::{Bound, Dimension};

use super::end::{End, Side};

/// From the first index to one past the last. Nothing: everywhere.
type Support = Option<(End, End)>;

/// What may be indices at all.
const ALL: (i64, i64) = (i32::MIN as i64, i32::MAX as i64 + 1);

/// Says for each gather of the graph where it may read.
pub(super) fn limit_gathers(graph: &mut Graph) {
    for statement in graph.statements.clone() {
        let nodes = walk::statement_nodes(graph, &statement);
        let mut finder = Finder {
            graph,
            statement: &statement,
            known: HashMap::new(),
        };
        for id in nodes {
            finder.limit(id);
        }
    }
}

struct Finder<'a> {
    graph: &'a mut Graph,
    statement: &'a Statement,
    known: HashMap<(NodeId, Dimension), Support>,
}

impl Finder<'_> {
    fn limit(&mut self, id: NodeId) {
        let Op::Gather { value, dim, .. } = &self.graph.nodes[id].op else {
            return;
        };
        let (value, along) = (*value, dim.clone());
        let support = self.support(value, &along);
        if let Op::Gather { start, stop, .. } = &mut self.graph.nodes[id].op {
            (*start, *stop) = match support {
                Some((start, stop)) => (start.bound(), stop.bound()),
                None => (Bound::Constant(ALL.0), Bound::Constant(ALL.1)),
            };
        }
    }

    /// Of a node along a dimension. Operands come first, so that chains may be as long as they like.
    fn support(&mut self, root: NodeId, along: &Dimension) -> Support {
        let mut todo = vec![root];
        while let Some(&id) = todo.last() {
            let key = (id, along.clone());
            if self.known.contains_key(&key) {
                todo.pop();
                continue;
            }
            let before = todo.len();
            if self.graph.nodes[id].dims.contains(along) {
                let missing = self.sources(id).into_iter();
                todo.extend(missing.filter(|of| !self.known.contains_key(&(*of, along.clone()))));
            }
            if todo.len() == before {
                let support = self.of(id, along);
                self.known.insert(key, support);
                todo.pop();
            }
        }
        self.known[&(root, along.clone())].clone()
    }

    /// What a node is made of.
    fn sources(&self, id: NodeId) -> Vec<NodeId> {
        walk::operands(self.graph, id)
    }

    fn of(&self, id: NodeId, along: &Dimension) -> Support {
        let node = &self.graph.nodes[id];
        if !node.dims.contains(along) {
            return None;
        }
        let of = |id: &NodeId| self.known.get(&(*id, along.clone())).cloned().flatten();
        match &node.op {
            Op::Input(param) => Some(ends(
                &Bound::Start(*param, along.clone()),
                &Bound::Stop(*param, along.clone()),
            )),
            Op::Constant(_) | Op::Position(_) | Op::Carry(..) => None,
            Op::Shift {
                value,
                step: Step::Cartesian { dim, distance },
            } if dim == along => {
                let (start, stop) = of(value)?;
                let back = -i64::from(*distance);
                Some((start.moved(back), stop.moved(back)))
            }
            Op::Gather { dim, index, .. } if dim == along => of(index),
            Op::Piecewise {
                dim,
                at,
                below,
                above,
            } if dim == along => match (of(below), of(above)) {
                (None, None) => None,
                (below, above) => {
                    // A piece without a limit goes on as far as anything.
                    let all = ends(&Bound::Constant(ALL.0), &Bound::Constant(ALL.1));
                    let (start, _) = below.unwrap_or_else(|| all.clone());
                    let (_, stop) = above.unwrap_or(all);
                    Some(hull((start, stop), &ends(at, at)))
                }
            },
            Op::Result(sweep, _) if self.graph.sweeps[*sweep].levels().is_some_and(|it| it.0 == along) => {
                let sweep = &self.graph.sweeps[*sweep];
                let outputs = sweep
                    .outputs
                    .iter()
                    .map(|&at| &self.statement.outputs[at as usize]);
                let ranges = outputs.filter_map(|output| range(output, along));
                ranges.reduce(|all, range| hull(all, &range))
            }
            Op::Apply(..)
            | Op::Select { .. }
            | Op::Cast(_)
            | Op::Broadcast(_)
            | Op::Shift { .. }
            | Op::Piecewise { .. }
            | Op::Gather { .. }
            | Op::Reduce { .. }
            | Op::Fold { .. }
            | Op::Result(..) => {
                let supports = self
                    .sources(id)
                    .iter()
                    .filter_map(of)
                    .collect::<Vec<_>>()
                    .into_iter();
                supports.reduce(intersection)
            }
        }
    }
}

/// The range of an output along a dimension.
fn range(output: &Output, along: &Dimension) -> Support {
    let range = output.domain.iter().find(|range| range.dim == *along)?;
    Some(ends(&range.start, &range.stop))
}

fn ends(start: &Bound, stop: &Bound) -> (End, End) {
    (End::new(Side::Start, start), End::new(Side::Stop, stop))
}

fn intersection((start, stop): (End, End), (other_start, other_stop): (End, End)) -> (End, End) {
    (start.within(other_start), stop.within(other_stop))
}

fn hull((start, stop): (End, End), (other_start, other_stop): &(End, End)) -> (End, End) {
    (start.around(other_start), stop.around(other_stop))
}
