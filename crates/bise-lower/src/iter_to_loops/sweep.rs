//! Writes the loops of a nest that sweeps run along.
//!
//! Where the innermost loop over columns runs along adjacent elements, a level is a row: the loop over the levels is
//! outside, that over the columns inside, and each thread keeps a row of every carried value. So memory is
//! walked in long pieces; a few columns at a time would meet another page at each level, in every field, which
//! no hardware fetches ahead of time. Elsewhere the columns are outside, and carried values stay in registers.

use bise_iter::{NodeId, SweepId};
use bise_lang::{DType, Dimension};
use bise_loops::{BufferId, LoopKind, ValueId};
use la_arena::RawIdx;

use super::emit::Emitter;
use super::nests::Nest;
use super::pieces::{Facts, Part};
use super::writer::At;

/// A carried value of a nest.
struct Slot {
    sweep: SweepId,
    at: u32,
    init: NodeId,
    next: NodeId,
}

impl Emitter<'_, '_> {
    /// Columns around, levels inside. The loops over columns are open.
    pub(super) fn columns(&mut self, nest: &Nest, (axis, forward): &(Dimension, bool)) {
        let slots = self.slots(nest, &self.writer.facts.clone());
        let mut states = self.inits(&slots);
        let parts = self.levels(nest, axis, *forward);
        for (number, part) in parts.iter().enumerate() {
            self.open_part(nest, axis, direction(*forward), part);
            for (slot, state) in slots.iter().zip(states) {
                let name = format!("s{}_{}", slot.sweep.into_raw().into_u32(), slot.at);
                let carry = self.writer.builder.carry(&name, state);
                self.carries.insert((slot.sweep, slot.at), carry);
            }
            let next = self.next(&slots);
            self.targets(nest);
            self.close_part(next);
            let is_last = number + 1 == parts.len();
            let carried = slots.iter().filter(|_| !is_last);
            states = carried
                .map(|slot| self.writer.builder.after(self.carries[&(slot.sweep, slot.at)]))
                .collect();
        }
    }

    /// The parts of the loop over the levels, in the order of the sweep.
    fn levels(&mut self, nest: &Nest, axis: &Dimension, forward: bool) -> Vec<Part> {
        let mut parts = self.parts(&[nest], axis);
        if !forward {
            parts.reverse();
        }
        parts
    }

    /// Levels around, the columns of a row inside. The loops over all other dimensions are open.
    pub(super) fn rows(
        &mut self,
        nest: &Nest,
        (axis, forward): &(Dimension, bool),
        (row, lanes): (&Dimension, u32),
    ) {
        let outside = self.writer.facts.clone();
        let slots = self.slots(nest, &outside);
        let inits = self.inits(&slots);
        if !slots.is_empty() {
            self.open(nest, row, LoopKind::Vector(lanes));
            self.keep(&slots, inits);
            self.close(Vec::new());
        }
        // Which columns a sweep is needed in is the same on all levels.
        let columns = self.parts(&[nest], row);
        for part in self.levels(nest, axis, *forward) {
            self.open_part(nest, axis, direction(*forward), &part);
            for part in &columns {
                self.open_part(nest, row, LoopKind::Vector(lanes), part);
                let slots = self.slots(nest, &outside.with(row, part));
                // Evaluated before anything is written, like the targets, and written last.
                let next = self.next(&slots);
                self.targets(nest);
                self.keep(&slots, next);
                self.close_part(Vec::new());
            }
            self.close_part(Vec::new());
        }
    }

    /// What is carried where `facts` hold of the columns.
    fn slots(&mut self, nest: &Nest, facts: &Facts) -> Vec<Slot> {
        let sweeps = self.sweeps(nest, facts).into_iter();
        let sweeps = sweeps.map(|sweep| SweepId::from_raw(RawIdx::from_u32(sweep)));
        let slots = sweeps.flat_map(|sweep| {
            let slots = self.context.graph.sweeps[sweep].slots.iter().enumerate();
            slots.map(move |(at, slot)| Slot {
                sweep,
                at: at as u32,
                init: slot.init,
                next: slot.next,
            })
        });
        slots.collect()
    }

    /// What the slots carry to the first level: numbers that do not vary.
    fn inits(&mut self, slots: &[Slot]) -> Vec<ValueId> {
        let inits = slots.iter().map(|slot| self.value(slot.init, Vec::new()));
        inits.collect()
    }

    /// What the slots carry to the next level.
    fn next(&mut self, slots: &[Slot]) -> Vec<ValueId> {
        let next = slots
            .iter()
            .map(|slot| self.value(slot.next, self.here(slot.next)));
        next.collect()
    }

    /// Writes carried values to their rows.
    fn keep(&mut self, slots: &[Slot], values: Vec<ValueId>) {
        for (slot, value) in slots.iter().zip(values) {
            let dtype = self.writer.builder.dtype(value);
            let (buffer, column) = self.row((slot.sweep, slot.at), dtype);
            self.writer.builder.store(buffer, vec![column.index], value);
        }
    }

    /// A carried value, as it is at the start of the level or round.
    pub(super) fn carried(&mut self, slot: (SweepId, u32), dtype: DType) -> ValueId {
        let along_levels = self.context.graph.sweeps[slot.0].levels().is_some();
        if along_levels && self.context.rows.is_some() {
            let (buffer, column) = self.row(slot, dtype);
            return self.writer.load(buffer, &[column]);
        }
        self.writer.builder.carried(self.carries[&slot])
    }

    /// The row that holds a carried value, and the column that is computed.
    fn row(&mut self, (sweep, at): (SweepId, u32), dtype: DType) -> (BufferId, At) {
        let Some(rows) = self.context.rows else {
            panic!("compiler bug: carried values are not in rows");
        };
        let (source, name) = &rows.carried[&(sweep.into_raw().into_u32(), at)];
        let buffer = self.writer.row(*source, name, dtype);
        (buffer, self.along(std::slice::from_ref(&rows.dim))[0])
    }
}

fn direction(forward: bool) -> LoopKind {
    if forward {
        LoopKind::Forward
    } else {
        LoopKind::Backward
    }
}
