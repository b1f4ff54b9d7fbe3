//! A program that says which results of another are made of neighbours that do not exist.
//!
//! ```text
//! %0 = input inside : <E; bool>
//! %1 = input c : <C; float64>
//! %2 = shift %1 E2C[1] : <E; float64>
//! %4 = select %0 %2 %3 : <E; float64>
//! statement: out <- %4
//! ->
//! %2 = shift %true E2C[1] : <E; bool>             false where there is no neighbour
//! %5 = select %2 %zero %one : <E; uint32>         the mark of %2: read number 1, or none
//! %6 = select %0 %5 %zero : <E; uint32>           a branch that is not chosen leaves no mark
//! statement: mark(out) <- %6
//! ```
//!
//! The mark of a value is the number of a read that went where there is no neighbour and that the value depends on;
//! 0 where there is none. It goes along with the value through operations, shifts, folds, states of sweeps, and the
//! fields that statements write; a choice takes that of its condition, and of the branch that is chosen.
//!
//! What only the last statement writes is not computed, but for its marks; where it is repeated, what it writes is
//! read again.

use std::collections::HashMap;

use bise_base::Span;
use bise_lang::{Bound, Builtin, DType, Dimension, Reduction, Scalar};
use la_arena::ArenaMap;

use crate::walk::{map_operands, operands, position, statement_nodes, with_arguments};
use crate::{Builder, Graph, NodeId, Op, Output, Param, Statement, Step, SweepId};

/// The type of marks.
pub const MARK: DType = DType::UInt32;

/// A program of marks.
#[derive(Clone, Debug)]
pub struct Marked {
    /// Its arguments are those of the other, then the fields of marks.
    pub graph: Graph,
    /// For each field of marks, whose marks they are.
    pub params: Vec<u32>,
    /// The reads of the other program: mark `n` is that of `reads[n - 1]`.
    pub reads: Vec<NodeId>,
}

/// The program of marks of a verified graph. `carriers` says of each parameter whether marks come in by it: those
/// that are written do, and those that share memory with them. With `ends`, gathers that read beyond where their
/// field is given leave marks too.
pub fn mark_missing(graph: &Graph, carriers: &[bool], ends: bool) -> Marked {
    let params: Vec<u32> = (0..graph.arity() as u32)
        .filter(|&param| carriers[param as usize])
        .collect();
    let marks = params.iter().map(|&param| Param {
        name: format!("mark({})", graph.params[param as usize].name).into(),
        kind: graph.params[param as usize].kind.clone(),
        dtype: MARK,
    });
    let first = graph.arity();
    let graph = &with_arguments(graph, marks.collect());
    let mut builder = Builder::new(graph.name.clone(), graph.params.clone());
    for table in &graph.tables {
        builder.table(table.clone());
    }
    let reads = reads(graph, ends);
    let numbers = reads
        .iter()
        .zip(1..)
        .map(|(&read, number)| (read, number))
        .collect();
    for (number, statement) in graph.statements.iter().enumerate() {
        let is_repeated = graph.loops_around(number).next().is_some();
        let is_later = number > 0 || is_repeated;
        let mut marking = Marking {
            graph,
            params: if is_later { &params } else { &[] },
            first,
            numbers: &numbers,
            may: may_be_marked(graph, statement, (is_later, ends), carriers),
            builder: &mut builder,
            values: ArenaMap::default(),
            marks: ArenaMap::default(),
            sweeps: HashMap::new(),
            open: Vec::new(),
        };
        for id in statement_nodes(graph, statement) {
            marking.node(id);
        }
        let mark_of = |param: u32| first + params.iter().position(|&known| known == param).unwrap_or(0);
        let mut outputs = Vec::new();
        if is_repeated || number + 1 < graph.statements.len() {
            outputs.extend(statement.outputs.iter().map(|output| Output {
                value: marking.values[output.value],
                ..output.clone()
            }));
        }
        for output in &statement.outputs {
            outputs.push(Output {
                param: mark_of(output.param) as u32,
                value: marking.mark(output.value, statement.span),
                ..output.clone()
            });
        }
        builder.statement(outputs, statement.span);
    }
    for repeated in &graph.loops {
        builder.repeat(repeated.clone());
    }
    Marked {
        graph: builder.finish(),
        params,
        reads,
    }
}

/// The reads of neighbours of a graph. Those of all neighbours come first: where a value has marks of two reads, the
/// larger number wins, and what is missing among all neighbours is rarely meant.
fn reads(graph: &Graph, ends: bool) -> Vec<NodeId> {
    let of = |wanted: fn(&Op) -> bool| {
        let nodes = graph.nodes.iter().filter(move |(_, node)| wanted(&node.op));
        nodes.map(|(id, _)| id)
    };
    let all = of(|op| {
        matches!(
            op,
            Op::Shift {
                step: Step::Neighbors { .. },
                ..
            }
        )
    });
    let one = of(|op| {
        matches!(
            op,
            Op::Shift {
                step: Step::Neighbor { .. },
                ..
            }
        )
    });
    let gathers = of(|op| matches!(op, Op::Gather { .. })).filter(|_| ends);
    all.chain(one).chain(gathers).collect()
}

/// Per node of the graph: whether its mark may be other than 0.
fn may_be_marked(
    graph: &Graph,
    statement: &Statement,
    (is_later, ends): (bool, bool),
    carriers: &[bool],
) -> Vec<bool> {
    let nodes = statement_nodes(graph, statement);
    let mut may = vec![false; graph.nodes.len()];
    // A carry comes before the state that it is of, so once more where one has changed.
    loop {
        let before = may.clone();
        for &id in &nodes {
            may[position(id)] = match &graph.nodes[id].op {
                Op::Input(param) => is_later && carriers.get(*param as usize) == Some(&true),
                Op::Shift {
                    step: Step::Neighbor { .. } | Step::Neighbors { .. },
                    ..
                } => true,
                Op::Gather { .. } if ends => true,
                Op::Carry(sweep, slot) | Op::Result(sweep, slot) => {
                    let sweep = &graph.sweeps[*sweep];
                    let slot = &sweep.slots[*slot as usize];
                    let made_of = [slot.init, slot.next].into_iter().chain(sweep.condition());
                    made_of.into_iter().any(|node| may[position(node)])
                }
                _ => operands(graph, id).iter().any(|&operand| may[position(operand)]),
            };
        }
        if may == before {
            return may;
        }
    }
}

/// A sweep of the new graph, and where the marks of the old states are among its states.
///
/// The condition of a `while` may be marked too, also when it does not hold. So that the mark is not lost then, the
/// condition is looked at in a round of its own, the last one:
///
/// ```text
/// sweep s0 while %c over <..> from %a next %n                         with the mark %m of %c
/// -> sweep s0 while %go over <..> from %a, .., %true, %0 next %n', .., %c, %larger      %n' = select %c %n %carry
/// ```
#[derive(Clone)]
struct MarkedSweep {
    id: SweepId,
    marks: Vec<Option<u32>>,
    /// The state that says whether the condition held in the round before; the mark of the condition is the next.
    held: Option<u32>,
}

/// A statement that is being marked.
struct Marking<'a, 'b> {
    graph: &'a Graph,
    /// The parameters by which marks come in: their fields of marks, in this order, follow the parameters.
    params: &'a [u32],
    /// The first field of marks, as a parameter.
    first: usize,
    /// Of the reads.
    numbers: &'a ArenaMap<NodeId, i64>,
    may: Vec<bool>,
    builder: &'b mut Builder,
    values: ArenaMap<NodeId, NodeId>,
    /// Absent where it is 0.
    marks: ArenaMap<NodeId, NodeId>,
    sweeps: HashMap<SweepId, MarkedSweep>,
    /// Old sweeps whose states after a level are not known yet.
    open: Vec<SweepId>,
}

impl Marking<'_, '_> {
    fn node(&mut self, id: NodeId) {
        let node = &self.graph.nodes[id];
        let span = self.graph.spans.get(id).copied().unwrap_or_default();
        let (value, mark) = match &node.op {
            Op::Carry(old, slot) => {
                let sweep = self.begin(*old, span);
                let mark = sweep.marks[*slot as usize].map(|mark| self.builder.carry(sweep.id, mark, span));
                (self.builder.carry(sweep.id, *slot, span), mark)
            }
            Op::Result(old, slot) => {
                let sweep = self.begin(*old, span);
                self.finish(*old, &sweep, span);
                let marks = [sweep.marks[*slot as usize], sweep.held.map(|held| held + 1)];
                let marks = marks.into_iter().flatten();
                let marks: Vec<NodeId> = marks
                    .map(|mark| self.builder.result(sweep.id, mark, span))
                    .collect();
                let mark = self.larger(marks, span);
                (self.builder.result(sweep.id, *slot, span), mark)
            }
            op => {
                let value = match op {
                    Op::Broadcast(value) => self.builder.broadcast(self.values[*value], &node.dims, span),
                    op => {
                        let op = map_operands(op, |operand| self.values[operand]);
                        self.builder.op(op, node.dtype, span)
                    }
                };
                (value, self.mark_of(id, span))
            }
        };
        self.values.insert(id, value);
        if let Some(mark) = mark {
            self.marks.insert(id, mark);
        }
    }

    /// The mark of a node that is neither a carry nor a result. Nothing where it is 0.
    fn mark_of(&mut self, id: NodeId, span: Span) -> Option<NodeId> {
        match &self.graph.nodes[id].op {
            Op::Input(param) => {
                let at = self.params.iter().position(|known| known == param)?;
                Some(self.builder.input((self.first + at) as u32, span))
            }
            Op::Select {
                condition,
                then,
                otherwise,
            } => self.mark_of_choice(*condition, [*then, *otherwise], span),
            Op::Shift {
                value,
                step: Step::Cartesian { dim, distance },
            } => {
                let mark = *self.marks.get(*value)?;
                let step = Step::Cartesian {
                    dim: dim.clone(),
                    distance: *distance,
                };
                let moves = self.builder.dims(mark).contains(dim);
                Some(if moves {
                    self.builder.shift(mark, step, span)
                } else {
                    mark
                })
            }
            Op::Shift {
                value,
                step: Step::Entry { dim, index },
            } => {
                let mark = *self.marks.get(*value)?;
                Some(self.builder.entry(mark, (dim, *index), span))
            }
            Op::Shift { value, step } => Some(self.mark_of_read(id, *value, step, span)),
            Op::Reduce {
                value,
                table,
                present,
                ..
            } => {
                let mark = *self.marks.get(*value)?;
                let local = &self.graph.tables[*table as usize].local;
                let dims = [self.builder.dims(mark), std::slice::from_ref(local)].concat();
                let mark = self.builder.broadcast(mark, &dims, span);
                let Some(present) = present else {
                    return Some(self.builder.reduce(Reduction::Max, mark, *table, span));
                };
                let counts = self.counts(mark, self.values[*present], span);
                let marked = (mark, counts);
                Some(self.builder.reduce_present(Reduction::Max, marked, *table, span))
            }
            Op::Fold {
                value,
                dim,
                start,
                stop,
                ..
            } => {
                let mark = *self.marks.get(*value)?;
                let dims = [self.builder.dims(mark), std::slice::from_ref(dim)].concat();
                let mark = self.builder.broadcast(mark, &dims, span);
                let range = (start.clone(), stop.clone());
                Some(
                    self.builder
                        .fold(Reduction::Max, (mark, dim.clone()), range, span),
                )
            }
            Op::Piecewise {
                dim,
                at,
                below,
                above,
            } => {
                let pieces = [*below, *above];
                if !pieces.iter().any(|piece| self.marks.contains_idx(*piece)) {
                    return None;
                }
                let [below, above] = pieces.map(|piece| self.mark(piece, span));
                let (dim, at) = (dim.clone(), at.clone());
                Some(self.builder.piecewise(dim, at, (below, above), span))
            }
            Op::Gather {
                value,
                dim,
                index,
                start,
                stop,
            } => {
                let there = self.marks.get(*value).copied().map(|mark| {
                    let dims = [self.builder.dims(mark), std::slice::from_ref(dim)].concat();
                    let mark = self.builder.broadcast(mark, &dims, span);
                    let at = (dim.clone(), self.values[*index]);
                    self.builder.gather(mark, at, (start.clone(), stop.clone()), span)
                });
                let read = match self.numbers.get(id) {
                    Some(&number) => {
                        let there = there.unwrap_or_else(|| self.constant(0, span));
                        let own = self.constant(number, span);
                        let exists = self.is_given((dim, *index), (start, stop), span);
                        Some(self.builder.select(exists, there, own, span))
                    }
                    None => there,
                };
                self.larger(self.marks.get(*index).copied().into_iter().chain(read), span)
            }
            Op::Constant(_)
            | Op::Position(_)
            | Op::Apply(..)
            | Op::Cast(_)
            | Op::Broadcast(_)
            | Op::Carry(..)
            | Op::Result(..) => {
                let marks = operands(self.graph, id);
                let marks = marks
                    .iter()
                    .filter_map(|&operand| self.marks.get(operand).copied());
                let marks: Vec<NodeId> = marks.collect();
                self.larger(marks, span)
            }
        }
    }

    /// The mark of a choice: that of the branch that is chosen, or that of the condition.
    fn mark_of_choice(&mut self, condition: NodeId, branches: [NodeId; 2], span: Span) -> Option<NodeId> {
        let is_marked = branches.iter().any(|branch| self.marks.contains_idx(*branch));
        let chosen = is_marked.then(|| {
            let [then, otherwise] = branches.map(|branch| self.mark(branch, span));
            self.builder.select(self.values[condition], then, otherwise, span)
        });
        self.larger(self.marks.get(condition).copied().into_iter().chain(chosen), span)
    }

    /// The mark of a shift to neighbours: that of the neighbour, or that of the shift where there is none.
    fn mark_of_read(&mut self, id: NodeId, value: NodeId, step: &Step, span: Span) -> NodeId {
        let (Step::Neighbor { table, .. } | Step::Neighbors { table }) = step else {
            panic!("compiler bug: not a read of neighbours");
        };
        let codomain = &self.graph.tables[*table as usize].codomain;
        let own = self.constant(self.numbers[id], span);
        let there = match self.marks.get(value).copied() {
            Some(mark) if self.builder.dims(mark).contains(codomain) => {
                self.builder.shift(mark, step.clone(), span)
            }
            Some(mark) => mark,
            None => self.constant(0, span),
        };
        let everywhere = self.builder.constant(Scalar::bool(true), span);
        let everywhere = self
            .builder
            .broadcast(everywhere, std::slice::from_ref(codomain), span);
        let exists = self.builder.shift(everywhere, step.clone(), span);
        self.builder.select(exists, there, own, span)
    }

    /// Whether a computed index lies where a gather may read: then it is what the index there is.
    fn is_given(
        &mut self,
        (dim, index): (&Dimension, NodeId),
        (start, stop): (&Bound, &Bound),
        span: Span,
    ) -> NodeId {
        let index = self.values[index];
        let everywhere = self.builder.constant(Scalar::bool(true), span);
        let everywhere = self
            .builder
            .broadcast(everywhere, std::slice::from_ref(dim), span);
        let position = self.builder.position(dim.clone(), span);
        let [any, found] = [everywhere, position].map(|value| {
            let ends = (start.clone(), stop.clone());
            self.builder.gather(value, (dim.clone(), index), ends, span)
        });
        let same = self.builder.apply(Builtin::Equal, vec![found, index], span);
        self.builder.apply(Builtin::And, vec![any, same], span)
    }

    /// Whether a mark counts in a fold of what is `present`. Where the row is missing whose neighbours are folded nothing
    /// is present either, but that row was read by its number.
    fn counts(&mut self, mark: NodeId, present: NodeId, span: Span) -> NodeId {
        let is_of_all = |read: &&NodeId| {
            matches!(
                self.graph.nodes[**read].op,
                Op::Shift {
                    step: Step::Neighbors { .. },
                    ..
                }
            )
        };
        let of_all = self.numbers.iter().filter(|(read, _)| is_of_all(&read)).count();
        let of_all = self.constant(of_all as i64, span);
        let by_number = self.builder.apply(Builtin::Greater, vec![mark, of_all], span);
        self.builder.apply(Builtin::Or, vec![present, by_number], span)
    }

    /// The mark of a node, as a node.
    fn mark(&mut self, id: NodeId, span: Span) -> NodeId {
        match self.marks.get(id) {
            Some(mark) => *mark,
            None => self.constant(0, span),
        }
    }

    fn constant(&mut self, number: i64, span: Span) -> NodeId {
        self.builder.constant(Scalar::integer(MARK, number), span)
    }

    /// The largest of some marks.
    fn larger(&mut self, marks: impl IntoIterator<Item = NodeId>, span: Span) -> Option<NodeId> {
        marks
            .into_iter()
            .reduce(|a, b| self.builder.apply(Builtin::Maximum, vec![a, b], span))
    }

    /// The new sweep, begun where the old one is first met: states that may be marked have marks.
    fn begin(&mut self, old: SweepId, span: Span) -> MarkedSweep {
        if let Some(known) = self.sweeps.get(&old) {
            return known.clone();
        }
        let sweep = &self.graph.sweeps[old];
        let mut inits: Vec<NodeId> = sweep.inits().map(|init| self.values[init]).collect();
        let looks = sweep
            .condition()
            .is_some_and(|condition| self.may[position(condition)]);
        let mut marks = Vec::new();
        for slot in &sweep.slots {
            let is_marked = looks
                || [slot.init, slot.next]
                    .iter()
                    .any(|node| self.may[position(*node)]);
            marks.push(is_marked.then_some(inits.len() as u32));
            if is_marked {
                inits.push(self.mark(slot.init, span));
            }
        }
        let held = looks.then_some(inits.len() as u32);
        if looks {
            let holds = self.builder.constant(Scalar::bool(true), span);
            inits.extend([holds, self.constant(0, span)]);
        }
        let id = self.builder.begin_like(sweep, &inits);
        let made = MarkedSweep { id, marks, held };
        self.sweeps.insert(old, made.clone());
        self.open.push(old);
        made
    }

    /// Says what the states after a level are, where that is not known yet.
    fn finish(&mut self, old: SweepId, new: &MarkedSweep, span: Span) {
        let Some(at) = self.open.iter().position(|&open| open == old) else {
            return;
        };
        self.open.swap_remove(at);
        let sweep = &self.graph.sweeps[old];
        let slots = &sweep.slots;
        let mut next: Vec<NodeId> = slots.iter().map(|slot| self.values[slot.next]).collect();
        for (slot, mark) in slots.iter().zip(&new.marks) {
            if mark.is_some() {
                next.push(self.mark(slot.next, span));
            }
        }
        let Some(condition) = sweep.condition() else {
            return self.builder.finish_sweep(new.id, &next);
        };
        let holds = self.values[condition];
        let Some(held) = new.held else {
            return self.builder.finish_while(new.id, holds, &next);
        };
        let mut all = Vec::new();
        for (slot, next) in next.into_iter().enumerate() {
            let before = self.builder.carry(new.id, slot as u32, span);
            all.push(self.builder.select(holds, next, before, span));
        }
        let [goes_on, known] = [held, held + 1].map(|slot| self.builder.carry(new.id, slot, span));
        let mark = self.mark(condition, span);
        let mark = self.builder.apply(Builtin::Maximum, vec![known, mark], span);
        all.extend([holds, mark]);
        self.builder.finish_while(new.id, goes_on, &all);
    }
}
