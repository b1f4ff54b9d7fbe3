//! The builder: the only maker of nodes. It computes the dimensions and data type of each, makes equal nodes
//! of a statement one node, and remembers where they come from.
//!
//! Start at [`Builder::new`]; make the nodes of a statement, operands first, then call
//! [`Builder::statement`], and so on until [`Builder::finish`]. A sweep is made in three steps:
//! [`Builder::begin_sweep`] or [`Builder::begin_while`], nodes that use [`Builder::carry`],
//! [`Builder::finish_sweep`] or [`Builder::finish_while`]; then [`Builder::result`] reads it.

use std::collections::HashMap;

use bise_base::{Name, Span};
use bise_lang::{Bound, Builtin, DType, Dimension, ProgramLoop, Reduction, Scalar, promote_dimensions};

use crate::typing::infer;
use crate::walk::sweep_users;
use crate::{
    Course, Graph, Node, NodeId, Op, Output, Param, Slot, Statement, Step, Sweep, SweepId, Table, TableId,
};

/// Makes a [`Graph`]. Its methods panic with "compiler bug" where a node cannot be typed: callers check
/// first.
#[derive(Debug)]
pub struct Builder {
    graph: Graph,
    /// The nodes of the statement under way.
    known: HashMap<Node, NodeId>,
    /// Sweeps without `next` yet.
    open: Vec<SweepId>,
    /// How many nodes there may be before reads of neighbours at different places become one.
    apart: usize,
    /// The reads that are kept apart, of the statement under way.
    placed: HashMap<(Node, Span), NodeId>,
}

impl Builder {
    /// A program without statements.
    pub fn new(name: impl Into<Name>, params: Vec<Param>) -> Self {
        let graph = Graph {
            name: name.into(),
            params,
            ..Graph::default()
        };
        Self {
            graph,
            known: HashMap::new(),
            open: Vec::new(),
            apart: 0,
            placed: HashMap::new(),
        }
    }

    /// Keeps reads of neighbours that stand at different places apart, so that each can be told where it stands and
    /// what for: until there are `nodes` nodes, since what is read in a tower of calls, each of which makes two,
    /// would double with every storey.
    #[must_use]
    pub fn with_reads_apart(self, nodes: usize) -> Self {
        Self { apart: nodes, ..self }
    }

    /// What there is already.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The dimensions of a node.
    pub fn dims(&self, node: NodeId) -> &[Dimension] {
        &self.graph.nodes[node].dims
    }

    /// The data type of a node.
    pub fn dtype(&self, node: NodeId) -> DType {
        self.graph.nodes[node].dtype
    }

    /// The position of a table among those of the program, which it is added to where it is new.
    pub fn table(&mut self, table: Table) -> TableId {
        let tables = &mut self.graph.tables;
        let position = tables.iter().position(|t| *t == table);
        position.unwrap_or_else(|| {
            tables.push(table);
            tables.len() - 1
        }) as TableId
    }

    /// A parameter, by position.
    pub fn input(&mut self, param: u32, span: Span) -> NodeId {
        self.make(Op::Input(param), span)
    }

    /// A number.
    pub fn constant(&mut self, value: Scalar, span: Span) -> NodeId {
        self.make(Op::Constant(value), span)
    }

    /// A builtin of operands.
    pub fn apply(&mut self, builtin: Builtin, operands: Vec<NodeId>, span: Span) -> NodeId {
        self.make(Op::Apply(builtin, operands), span)
    }

    /// `then` where `condition`, else `otherwise`.
    pub fn select(&mut self, condition: NodeId, then: NodeId, otherwise: NodeId, span: Span) -> NodeId {
        let op = Op::Select {
            condition,
            then,
            otherwise,
        };
        self.make(op, span)
    }

    /// `value` in another type; `value` itself where it has that type.
    pub fn cast(&mut self, value: NodeId, dtype: DType, span: Span) -> NodeId {
        if self.dtype(value) == dtype {
            return value;
        }
        self.make_declared(Op::Cast(value), (&[], dtype), span)
    }

    /// `value` over `dims`, in any order; `value` itself where it has just them.
    pub fn broadcast(&mut self, value: NodeId, dims: &[Dimension], span: Span) -> NodeId {
        let dims = promote_dimensions([dims]);
        if self.dims(value) == dims {
            return value;
        }
        self.make_declared(Op::Broadcast(value), (&dims, DType::Bool), span)
    }

    /// `value` read elsewhere; `value` itself at distance 0.
    pub fn shift(&mut self, value: NodeId, step: Step, span: Span) -> NodeId {
        if matches!(step, Step::Cartesian { distance: 0, .. }) {
            return value;
        }
        self.make(Op::Shift { value, step }, span)
    }

    /// The index of the point along a dimension.
    pub fn position(&mut self, dim: Dimension, span: Span) -> NodeId {
        self.make(Op::Position(dim), span)
    }

    /// `below` where the index along `dim` is less than `at`, else `above`.
    pub fn piecewise(
        &mut self,
        dim: Dimension,
        at: Bound,
        (below, above): (NodeId, NodeId),
        span: Span,
    ) -> NodeId {
        let op = Op::Piecewise {
            dim,
            at,
            below,
            above,
        };
        self.make(op, span)
    }

    /// `value` at a computed index along `dim`, clamped to `start..stop`.
    pub fn gather(
        &mut self,
        value: NodeId,
        (dim, index): (Dimension, NodeId),
        (start, stop): (Bound, Bound),
        span: Span,
    ) -> NodeId {
        let op = Op::Gather {
            value,
            dim,
            index,
            start,
            stop,
        };
        self.make(op, span)
    }

    /// `value` folded over the local dimension of a table.
    pub fn reduce(&mut self, reduction: Reduction, value: NodeId, table: TableId, span: Span) -> NodeId {
        let op = Op::Reduce {
            reduction,
            value,
            table,
            present: None,
        };
        self.make(op, span)
    }

    /// `value` folded over the local dimension of a table, where `present` holds.
    pub fn reduce_present(
        &mut self,
        reduction: Reduction,
        (value, present): (NodeId, NodeId),
        table: TableId,
        span: Span,
    ) -> NodeId {
        let op = Op::Reduce {
            reduction,
            value,
            table,
            present: Some(present),
        };
        self.make(op, span)
    }

    /// `value` folded over the points of a range along `dim`.
    pub fn fold(
        &mut self,
        reduction: Reduction,
        (value, dim): (NodeId, Dimension),
        (start, stop): (Bound, Bound),
        span: Span,
    ) -> NodeId {
        let op = Op::Fold {
            reduction,
            value,
            dim,
            start,
            stop,
        };
        self.make(op, span)
    }

    /// A recurrence along `axis` whose state starts as `inits` (nodes without dimensions). Its results are
    /// over `dims` and the axis: the dimensions of everything that `next` will read.
    pub fn begin_sweep(
        &mut self,
        axis: Dimension,
        forward: bool,
        inits: &[NodeId],
        dims: &[Dimension],
    ) -> SweepId {
        for &init in inits {
            assert!(self.dims(init).is_empty(), "compiler bug: an init has dimensions");
        }
        let dims = promote_dimensions([dims, std::slice::from_ref(&axis)]);
        self.begin(Course::Levels { axis, forward }, inits, dims)
    }

    /// Rounds at each point, whose state starts as `inits`. Its results are over `dims`: the dimensions of the inits,
    /// of the condition and of everything that `next` will read.
    pub fn begin_while(&mut self, inits: &[NodeId], dims: &[Dimension]) -> SweepId {
        // The condition is said at the end.
        let condition = inits[0];
        self.begin(Course::While { condition }, inits, promote_dimensions([dims]))
    }

    /// A sweep like another, which may be of another graph, with those inits.
    pub(crate) fn begin_like(&mut self, sweep: &Sweep, inits: &[NodeId]) -> SweepId {
        let new = match &sweep.course {
            Course::Levels { axis, forward } => self.begin_sweep(axis.clone(), *forward, inits, &sweep.dims),
            Course::While { .. } => self.begin_while(inits, &sweep.dims),
        };
        self.run_over(new, &sweep.outputs);
        new
    }

    fn begin(&mut self, course: Course, inits: &[NodeId], dims: Vec<Dimension>) -> SweepId {
        let sweep = self.graph.sweeps.alloc(Sweep {
            course,
            dims,
            outputs: Vec::new(),
            slots: inits.iter().map(|&init| Slot { init, next: init }).collect(),
        });
        self.open.push(sweep);
        sweep
    }

    /// The state before a level or a round.
    pub fn carry(&mut self, sweep: SweepId, slot: u32, span: Span) -> NodeId {
        self.make(Op::Carry(sweep, slot), span)
    }

    /// Says what the state after a level is: one node per slot.
    pub fn finish_sweep(&mut self, sweep: SweepId, next: &[NodeId]) {
        self.end_sweep(sweep, next, None);
    }

    /// Says for how long rounds go on, and what the state after a round is: one node per slot.
    pub fn finish_while(&mut self, sweep: SweepId, condition: NodeId, next: &[NodeId]) {
        self.end_sweep(sweep, next, Some(condition));
    }

    /// Says what the state after a level or a round is, and the condition of a `while`.
    pub(crate) fn end_sweep(&mut self, sweep: SweepId, next: &[NodeId], goes_on: Option<NodeId>) {
        let Sweep {
            course, dims, slots, ..
        } = &mut self.graph.sweeps[sweep];
        match (course, goes_on) {
            (Course::While { condition }, Some(goes_on)) => *condition = goes_on,
            (Course::Levels { .. }, None) => {}
            (course, _) => panic!("compiler bug: a condition of {course:?}"),
        }
        assert_eq!(
            slots.len(),
            next.len(),
            "compiler bug: a sweep has another number of states"
        );
        for (slot, &next) in slots.iter_mut().zip(next) {
            let (from, to) = (&self.graph.nodes[slot.init], &self.graph.nodes[next]);
            assert_eq!(from.dtype, to.dtype, "compiler bug: a state changes its type");
            assert!(
                to.dims.iter().all(|dim| dims.contains(dim)),
                "compiler bug: a state {:?} outside of the sweep's {dims:?}",
                to.dims
            );
            slot.next = next;
        }
        self.open.retain(|&open| open != sweep);
    }

    /// The state after a level or after all rounds, of a finished sweep.
    pub fn result(&mut self, sweep: SweepId, slot: u32, span: Span) -> NodeId {
        assert!(
            !self.open.contains(&sweep),
            "compiler bug: the sweep is not finished"
        );
        self.make(Op::Result(sweep, slot), span)
    }

    /// A node of any kind, given as data: its type must be the one that it has by the rules.
    pub(crate) fn node(&mut self, node: Node, span: Span) -> NodeId {
        let id = self.make_declared(node.op, (&node.dims, node.dtype), span);
        let new = &self.graph.nodes[id];
        assert!(
            new.dims == node.dims && new.dtype == node.dtype,
            "compiler bug: {:?} is declared <{:?}; {}>",
            new,
            node.dims,
            node.dtype
        );
        id
    }

    /// A node of any kind but a broadcast, whose dimensions follow from its operands. `dtype` is that of a
    /// cast.
    pub(crate) fn op(&mut self, op: Op, dtype: DType, span: Span) -> NodeId {
        self.make_declared(op, (&[], dtype), span)
    }

    /// Lets a sweep run over the levels of those outputs of the statement too, whether it contributes to them
    /// or not.
    pub(crate) fn run_over(&mut self, sweep: SweepId, outputs: &[u32]) {
        let known = &mut self.graph.sweeps[sweep].outputs;
        known.extend(outputs);
        known.sort_unstable();
        known.dedup();
    }

    /// Ends the statement: its nodes are not used by the next one. Its sweeps run over the levels of the
    /// outputs that they contribute to.
    pub fn statement(&mut self, outputs: Vec<Output>, span: Span) {
        assert!(self.open.is_empty(), "compiler bug: a sweep is not finished");
        let statement = Statement { outputs, span };
        for (sweep, users) in sweep_users(&self.graph, &statement) {
            self.run_over(sweep, &users);
        }
        self.graph.statements.push(statement);
        self.known.clear();
        self.placed.clear();
    }

    /// How many statements there are.
    pub fn statements(&self) -> u32 {
        self.graph.statements.len() as u32
    }

    /// Repeats statements. Loops come in the order in which they begin, and their variables are the last parameters.
    pub fn repeat(&mut self, repeated: ProgramLoop) {
        self.graph.loops.push(repeated);
    }

    /// The program.
    pub fn finish(self) -> Graph {
        assert!(self.open.is_empty(), "compiler bug: a sweep is not finished");
        self.graph
    }

    /// The node that is `op`, which says all about it.
    fn make(&mut self, op: Op, span: Span) -> NodeId {
        self.make_declared(op, (&[], DType::Bool), span)
    }

    fn make_declared(&mut self, op: Op, declared: (&[Dimension], DType), span: Span) -> NodeId {
        match infer(&self.graph, &op, declared) {
            Ok((dims, dtype)) => self.intern(Node { op, dims, dtype }, span),
            Err(message) => panic!("compiler bug: {op:?}: {message}"),
        }
    }

    fn intern(&mut self, node: Node, span: Span) -> NodeId {
        let is_apart = self.graph.nodes.len() < self.apart && crate::walk::table(&node.op).is_some();
        let known = if is_apart {
            self.placed.get(&(node.clone(), span))
        } else {
            self.known.get(&node)
        };
        if let Some(&id) = known {
            return id;
        }
        let id = self.graph.nodes.alloc(node.clone());
        self.graph.spans.insert(id, span);
        if is_apart {
            self.placed.insert((node.clone(), span), id);
        }
        self.known.entry(node).or_insert(id);
        id
    }
}

#[cfg(test)]
mod tests {
    use bise_lang::DimensionKind;

    use super::*;
    use crate::ParamKind;

    #[test]
    fn equal_nodes_of_a_statement_are_one() {
        let i = Dimension::new("I", DimensionKind::Horizontal);
        let a = Param {
            name: "a".into(),
            kind: ParamKind::Field(vec![i.clone()]),
            dtype: DType::Float64,
        };
        let mut builder = Builder::new("p", vec![a]);
        let span = Span::default();
        let x = builder.input(0, span);
        let y = builder.input(0, span);
        assert_eq!(x, y);
        let step = Step::Cartesian {
            dim: i.clone(),
            distance: 1,
        };
        let shifted = builder.shift(x, step, span);
        let sum = builder.apply(Builtin::Add, vec![x, shifted], span);
        assert_eq!(builder.dims(sum), [i]);
        builder.statement(Vec::new(), span);
        assert_ne!(builder.input(0, span), x);
    }

    #[test]
    fn reads_of_neighbours_may_be_kept_apart() {
        let [i, l] = [("I", DimensionKind::Horizontal), ("L", DimensionKind::Local)]
            .map(|(name, kind)| Dimension::new(name, kind));
        let table = Table {
            name: "T".into(),
            origin: i.clone(),
            local: l,
            codomain: i.clone(),
        };
        let a = Param {
            name: "a".into(),
            kind: ParamKind::Field(vec![i]),
            dtype: DType::Float64,
        };
        let places = [(0, 3), (5, 8)].map(|(start, end)| Span::new(bise_base::SourceId(1), start, end));
        let read = |builder: &mut Builder, place| {
            let table = builder.table(table.clone());
            let x = builder.input(0, place);
            builder.shift(x, Step::Neighbor { table, index: 0 }, place)
        };
        for (nodes, apart) in [(0, false), (2, false), (100, true)] {
            let mut builder = Builder::new("p", vec![a.clone()]).with_reads_apart(nodes);
            let [first, second, again] =
                [places[0], places[1], places[0]].map(|place| read(&mut builder, place));
            assert_eq!((first != second, first), (apart, again), "{nodes}");
        }
    }
}
