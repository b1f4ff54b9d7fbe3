//! One entry of a field over neighbours.
//!
//! What is computed of several neighbours is computed of one of them where only that one is asked for, so that reads of
//! neighbours by their number are told from reads of all:
//!
//! ```text
//! %1 = shift %0 E2C[*] : <E, E2C>            %1 = shift %0 E2C[1] : <E>
//! %2 = mul %1 %w : <E, E2C>            ->    %2 = shift %w E2C = 1 : <E>
//! entry 1 of %2 along E2C                    %3 = mul %1 %2 : <E>
//! ```

use std::collections::{BTreeSet, HashMap};

use bise_base::Span;
use bise_lang::Dimension;

use crate::walk::{map_operands, operands, position};
use crate::{Builder, NodeId, Op, Step};

impl Builder {
    /// Entry number `index` of `value` along a local dimension; `value` itself where it has not that dimension.
    pub fn entry(&mut self, value: NodeId, (local, index): (&Dimension, u32), span: Span) -> NodeId {
        let mut entries: HashMap<NodeId, NodeId> = HashMap::new();
        for id in self.over(value, local) {
            let entry = self.entry_of(id, (local, index), &entries, span);
            entries.insert(id, entry);
        }
        entries.get(&value).copied().unwrap_or(value)
    }

    /// `root` and all that it is computed from along a local dimension, operands first.
    fn over(&self, root: NodeId, local: &Dimension) -> Vec<NodeId> {
        let mut found = BTreeSet::new();
        let mut stack = vec![root];
        while let Some(id) = stack.pop() {
            if !self.dims(id).contains(local) || !found.insert(position(id) as u32) {
                continue;
            }
            if !matches!(self.graph().nodes[id].op, Op::Result(..) | Op::Carry(..)) {
                stack.extend(operands(self.graph(), id));
            }
        }
        found.into_iter().map(|at| NodeId::from_raw(at.into())).collect()
    }

    fn entry_of(
        &mut self,
        id: NodeId,
        (local, index): (&Dimension, u32),
        entries: &HashMap<NodeId, NodeId>,
        span: Span,
    ) -> NodeId {
        let node = self.graph().nodes[id].clone();
        let entry = |of: NodeId| entries.get(&of).copied().unwrap_or(of);
        let rest: Vec<Dimension> = node.dims.iter().filter(|dim| *dim != local).cloned().collect();
        let taken = |step: &Step| match step {
            Step::Neighbors { table } if self.graph().tables[*table as usize].local == *local => Some(*table),
            Step::Neighbors { .. } | Step::Neighbor { .. } | Step::Cartesian { .. } | Step::Entry { .. } => {
                None
            }
        };
        match &node.op {
            Op::Shift { value, step } if let Some(table) = taken(step) => {
                let read = self.graph().spans.get(id).copied().unwrap_or(span);
                self.shift(*value, Step::Neighbor { table, index }, read)
            }
            // Entries are taken of what is given, in any order.
            Op::Input(_)
            | Op::Carry(..)
            | Op::Result(..)
            | Op::Shift {
                step: Step::Entry { .. },
                ..
            } => {
                let dim = local.clone();
                self.shift(id, Step::Entry { dim, index }, span)
            }
            Op::Broadcast(value) => self.broadcast(entry(*value), &rest, span),
            Op::Constant(_)
            | Op::Position(_)
            | Op::Apply(..)
            | Op::Select { .. }
            | Op::Cast(_)
            | Op::Shift { .. }
            | Op::Piecewise { .. }
            | Op::Gather { .. }
            | Op::Reduce { .. }
            | Op::Fold { .. } => {
                let own = self.graph().spans.get(id).copied().unwrap_or(span);
                self.op(map_operands(&node.op, entry), node.dtype, own)
            }
        }
    }
}
