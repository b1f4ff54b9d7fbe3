//! Folds over neighbours, and which neighbours there are.
//!
//! A field that has neighbours along a local dimension has those of its own rows: the table says which there are. Where
//! neighbours were taken first and the field is read elsewhere after, they are those of the rows where it is read:
//!
//! ```text
//! w = v(E2V)                              %2 = shift %0 E2V[*] : <E, E2V>        %0 = input v
//! neighbor_sum(w(V2E[0]), axis=E2V)  ->   %3 = shift %2 V2E[0] : <V, E2V>
//!                                         %5 = shift %1 E2V[*] : <E, E2V; bool>  %1 = broadcast of True to E
//!                                         %6 = shift %5 V2E[0] : <V, E2V; bool>
//!                                         %7 = reduce neighbor_sum %3 by E2V where %6 : <V>
//! ```

use std::collections::{BTreeSet, HashMap};

use bise_base::Span;
use bise_iter::{Builder, NodeId, Op, Step, TableId, walk};
use bise_lang::{Builtin, DType, Dimension, Reduction, Scalar};

/// What says which neighbours of a node there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    /// Nothing: a number for each.
    Free,
    /// The table, in the row of the point.
    Row,
    /// Truth values.
    Said(NodeId),
}

/// `value` folded over the local dimension of a table. `dims` are the dimensions of the result.
pub(super) fn reduce(
    builder: &mut Builder,
    reduction: Reduction,
    (value, table): (NodeId, TableId),
    dims: &[Dimension],
    span: Span,
) -> NodeId {
    let mut finder = Finder {
        builder,
        table,
        span,
        known: HashMap::new(),
    };
    let present = match finder.presence(value) {
        Presence::Row => None,
        Presence::Free if dims.contains(&finder.origin()) => None,
        Presence::Free => Some(finder.all()),
        Presence::Said(present) => Some(present),
    };
    match present {
        None => builder.reduce(reduction, value, table, span),
        Some(present) => builder.reduce_present(reduction, (value, present), table, span),
    }
}

struct Finder<'a> {
    builder: &'a mut Builder,
    table: TableId,
    span: Span,
    known: HashMap<NodeId, Presence>,
}

impl Finder<'_> {
    fn origin(&self) -> Dimension {
        self.builder.graph().tables[self.table as usize].origin.clone()
    }

    fn local(&self) -> Dimension {
        self.builder.graph().tables[self.table as usize].local.clone()
    }

    /// Of a node that has the local dimension.
    fn presence(&mut self, root: NodeId) -> Presence {
        for id in self.below(root) {
            let presence = self.of(id);
            self.known.insert(id, presence);
        }
        self.known.get(&root).copied().unwrap_or(Presence::Free)
    }

    /// `root` and all that it reads along the local dimension, operands first.
    fn below(&self, root: NodeId) -> Vec<NodeId> {
        let (graph, local) = (self.builder.graph(), self.local());
        let mut found = BTreeSet::new();
        let mut stack = vec![root];
        while let Some(id) = stack.pop() {
            if graph.nodes[id].dims.contains(&local) && found.insert(id.into_raw().into_u32()) {
                stack.extend(walk::operands(graph, id));
            }
        }
        found.into_iter().map(|at| NodeId::from_raw(at.into())).collect()
    }

    fn of(&mut self, id: NodeId) -> Presence {
        match self.builder.graph().nodes[id].op.clone() {
            Op::Input(_) | Op::Constant(_) | Op::Position(_) => self.own(id),
            Op::Piecewise { .. } => self.of_pieces(id),
            Op::Gather { .. } => self.gathered(id),
            Op::Fold { .. } => self.of_fold(id),
            // What a sweep carries is there where what it computes is.
            Op::Carry(..) => Presence::Free,
            Op::Apply(..) | Op::Select { .. } | Op::Cast(_) | Op::Result(..) => self.all_of(id),
            Op::Broadcast(value) => match self.known.get(&value) {
                None | Some(Presence::Free) => self.own(id),
                Some(&presence) => presence,
            },
            Op::Shift { value, step } => match self.known.get(&value).copied() {
                None => self.taken(&step),
                Some(presence) => self.moved(presence, &step),
            },
            Op::Reduce { value, table, .. } => match self.known.get(&value).copied() {
                Some(Presence::Said(present)) => Presence::Said(self.any(present, table)),
                presence => presence.unwrap_or(Presence::Free),
            },
        }
    }

    /// Of a field that is given along the local dimension: it is of the rows that it has.
    fn own(&self, id: NodeId) -> Presence {
        if self.builder.dims(id).contains(&self.origin()) {
            Presence::Row
        } else {
            Presence::Free
        }
    }

    /// What is computed of several neighbours is there where all of them are.
    fn all_of(&mut self, id: NodeId) -> Presence {
        let operands = walk::operands(self.builder.graph(), id);
        let mut all = Presence::Free;
        for operand in operands {
            let Some(&other) = self.known.get(&operand) else {
                continue;
            };
            all = match (all, other) {
                (Presence::Free, one) | (one, Presence::Free) => one,
                (a, b) if a == b => a,
                (a, b) => {
                    let both = [a, b].map(|presence| self.said(presence));
                    Presence::Said(self.builder.apply(Builtin::And, both.to_vec(), self.span))
                }
            };
        }
        all
    }

    /// Of a field in pieces: each piece has its own.
    fn of_pieces(&mut self, id: NodeId) -> Presence {
        let Op::Piecewise {
            dim,
            at,
            below,
            above,
        } = self.builder.graph().nodes[id].op.clone()
        else {
            return Presence::Free;
        };
        let pieces = [below, above].map(|piece| self.known.get(&piece).copied().unwrap_or(Presence::Free));
        if pieces[0] == pieces[1] {
            return pieces[0];
        }
        let [below, above] = pieces.map(|presence| self.said(presence));
        Presence::Said(self.builder.piecewise(dim, at, (below, above), self.span))
    }

    /// Of neighbours that are read at a computed index.
    fn gathered(&mut self, id: NodeId) -> Presence {
        let Op::Gather {
            value,
            dim,
            index,
            start,
            stop,
        } = self.builder.graph().nodes[id].op.clone()
        else {
            return Presence::Free;
        };
        match self.known.get(&value).copied() {
            None => self.known.get(&index).copied().unwrap_or(Presence::Free),
            Some(Presence::Free) => Presence::Free,
            Some(Presence::Row) if dim != self.origin() => Presence::Row,
            Some(Presence::Said(present)) if !self.builder.dims(present).contains(&dim) => {
                Presence::Said(present)
            }
            Some(presence @ (Presence::Row | Presence::Said(_))) => {
                let present = self.said(presence);
                let gathered = self
                    .builder
                    .gather(present, (dim, index), (start, stop), self.span);
                Presence::Said(gathered)
            }
        }
    }

    /// Of what was folded over a range: those that any of its points has.
    fn of_fold(&mut self, id: NodeId) -> Presence {
        let Op::Fold {
            value,
            dim,
            start,
            stop,
            ..
        } = self.builder.graph().nodes[id].op.clone()
        else {
            return Presence::Free;
        };
        match self.known.get(&value).copied() {
            None | Some(Presence::Free) => Presence::Free,
            Some(Presence::Row) if dim != self.origin() => Presence::Row,
            Some(Presence::Said(present)) if !self.builder.dims(present).contains(&dim) => {
                Presence::Said(present)
            }
            Some(presence @ (Presence::Row | Presence::Said(_))) => {
                let present = self.said(presence);
                let number = self.builder.cast(present, DType::Int32, self.span);
                let most = self
                    .builder
                    .fold(Reduction::Max, (number, dim), (start, stop), self.span);
                // Of no points it is the lowest number.
                let zero = self.builder.constant(Scalar::zero(DType::Int32), self.span);
                let any = self.builder.apply(Builtin::Greater, vec![most, zero], self.span);
                Presence::Said(any)
            }
        }
    }

    /// Of the neighbours that a step takes.
    fn taken(&mut self, step: &Step) -> Presence {
        match step {
            Step::Neighbors { table } if *table != self.table => Presence::Said(self.rows_of(*table)),
            Step::Neighbors { .. } | Step::Neighbor { .. } | Step::Cartesian { .. } | Step::Entry { .. } => {
                Presence::Row
            }
        }
    }

    /// Of neighbours that are read elsewhere.
    fn moved(&mut self, presence: Presence, step: &Step) -> Presence {
        let from = match step {
            Step::Cartesian { dim, .. } | Step::Entry { dim, .. } => dim.clone(),
            Step::Neighbor { table, .. } | Step::Neighbors { table } => {
                self.builder.graph().tables[*table as usize].codomain.clone()
            }
        };
        match presence {
            Presence::Row if from != self.origin() => presence,
            Presence::Said(present) if !self.builder.dims(present).contains(&from) => presence,
            Presence::Row | Presence::Said(_) => {
                let present = self.said(presence);
                let moved = match step {
                    Step::Entry { dim, index } => self.builder.entry(present, (dim, *index), self.span),
                    Step::Cartesian { .. } | Step::Neighbor { .. } | Step::Neighbors { .. } => {
                        self.builder.shift(present, step.clone(), self.span)
                    }
                };
                Presence::Said(moved)
            }
            Presence::Free => presence,
        }
    }

    /// Of neighbours of several rows, folded by another table: those that any of the rows has.
    fn any(&mut self, present: NodeId, table: TableId) -> NodeId {
        let folded = &self.builder.graph().tables[table as usize].local;
        if !self.builder.dims(present).contains(folded) {
            return present;
        }
        let all = self.all();
        let number = self.builder.cast(present, DType::Int32, self.span);
        let most = self
            .builder
            .reduce_present(Reduction::Max, (number, all), table, self.span);
        self.builder.cast(most, DType::Bool, self.span)
    }

    fn said(&mut self, presence: Presence) -> NodeId {
        match presence {
            Presence::Free => self.all(),
            Presence::Row => self.rows_of(self.table),
            Presence::Said(present) => present,
        }
    }

    fn all(&mut self) -> NodeId {
        self.builder.constant(Scalar::bool(true), self.span)
    }

    /// Where a table has neighbours: a shift of what is true everywhere is false where there is none.
    fn rows_of(&mut self, table: TableId) -> NodeId {
        let codomain = self.builder.graph().tables[table as usize].codomain.clone();
        let all = self.all();
        let all = self.builder.broadcast(all, &[codomain], self.span);
        self.builder.shift(all, Step::Neighbors { table }, self.span)
    }
}
