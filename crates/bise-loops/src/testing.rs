//! Runs kernels on plain memory, one point at a time: the oracle of code generation, and how lowering is tested
//! without a machine code compiler. Written to be obviously right, not fast.

use bise_lang::fold::{BLOCK, LANES};
use bise_lang::{Builtin, DType, Scalar, cast, evaluate};
use la_arena::ArenaMap;

use crate::ir::{
    Base, BufferId, CarryId, Index, Kernel, Limit, Loop, LoopKind, Ring, Stmt, ValueId, ValueKind, VarId,
    While,
};

/// What the buffers of a kernel hold.
pub trait Memory {
    /// The element at that index; one per axis.
    fn load(&self, buffer: BufferId, index: &[i64]) -> Scalar;
    /// Changes the element at that index.
    fn store(&mut self, buffer: BufferId, index: &[i64], value: Scalar);
}

/// What the frame holds beside the buffers, and the range of an outermost loop that the caller gives.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// One per bound.
    pub bounds: Vec<i64>,
    /// One per scalar.
    pub scalars: Vec<Scalar>,
    /// `[start, stop)` of an outermost loop of kind `Parallel` or `Vector`.
    pub range: (i64, i64),
}

/// In which order the iterations of parallel and vector loops run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The first one first.
    Ascending,
    /// The last one first.
    Descending,
}

/// Runs a kernel that [`crate::verify`](mod@crate::verify) accepts.
pub fn run(kernel: &Kernel, frame: &Frame, order: Order, memory: &mut dyn Memory) {
    let mut machine = Machine {
        kernel,
        frame,
        order,
        memory,
        vars: ArenaMap::default(),
        carries: ArenaMap::default(),
        values: ArenaMap::default(),
        depth: 0,
    };
    machine.block(&kernel.body);
}

struct Machine<'a> {
    kernel: &'a Kernel,
    frame: &'a Frame,
    order: Order,
    memory: &'a mut dyn Memory,
    vars: ArenaMap<VarId, i64>,
    carries: ArenaMap<CarryId, Scalar>,
    values: ArenaMap<ValueId, Scalar>,
    depth: usize,
}

impl Machine<'_> {
    fn block(&mut self, body: &[Stmt]) {
        for stmt in body {
            match stmt {
                Stmt::Let(value) => {
                    let result = self.value(*value);
                    self.values.insert(*value, result);
                }
                Stmt::Store { buffer, index, value } => {
                    let index = self.place(*buffer, index);
                    self.memory.store(*buffer, &index, self.values[*value]);
                }
                Stmt::Loop(nested) => self.nested(nested),
                Stmt::While(rounds) => self.rounds(rounds),
            }
        }
    }

    fn rounds(&mut self, rounds: &While) {
        for (carry, initial) in &rounds.carries {
            self.carries.insert(*carry, self.values[*initial]);
        }
        loop {
            self.block(&rounds.head);
            if !self.values[rounds.condition].as_bool() {
                return;
            }
            self.block(&rounds.body);
            self.carry_on(&rounds.carries, &rounds.next);
        }
    }

    fn carry_on(&mut self, carries: &[(CarryId, ValueId)], next: &[ValueId]) {
        let next: Vec<Scalar> = next.iter().map(|v| self.values[*v]).collect();
        for ((carry, _), value) in carries.iter().zip(next) {
            self.carries.insert(*carry, value);
        }
    }

    fn nested(&mut self, nested: &Loop) {
        let given = self.depth == 0 && matches!(nested.kind, LoopKind::Parallel | LoopKind::Vector(_));
        let (start, stop) = if given {
            self.frame.range
        } else {
            (self.limit(nested.start), self.limit(nested.stop))
        };
        let descending = match nested.kind {
            LoopKind::Fold(with) => return self.fold(nested, with, (start, stop)),
            LoopKind::Forward => false,
            LoopKind::Backward => true,
            LoopKind::Parallel | LoopKind::Vector(_) => self.order == Order::Descending,
        };
        for (carry, initial) in &nested.carries {
            self.carries.insert(*carry, self.values[*initial]);
        }
        self.depth += 1;
        for step in 0..(stop - start).max(0) {
            let at = if descending { stop - 1 - step } else { start + step };
            self.vars.insert(nested.var, at);
            self.block(&nested.body);
            self.carry_on(&nested.carries, &nested.next);
        }
        self.depth -= 1;
    }

    /// Block by block, in each lane by lane.
    fn fold(&mut self, nested: &Loop, with: Builtin, (start, stop): (i64, i64)) {
        let inits: Vec<Scalar> = nested
            .carries
            .iter()
            .map(|(_, init)| self.values[*init])
            .collect();
        let mut folded = inits.clone();
        for first in (start..stop).step_by(BLOCK) {
            let mut lanes = vec![inits.clone(); LANES];
            for at in first..stop.min(first + BLOCK as i64) {
                let lane = (at - first) as usize % LANES;
                for ((carry, _), &value) in nested.carries.iter().zip(&lanes[lane]) {
                    self.carries.insert(*carry, value);
                }
                self.vars.insert(nested.var, at);
                self.block(&nested.body);
                lanes[lane] = nested.next.iter().map(|next| self.values[*next]).collect();
            }
            for (at, folded) in folded.iter_mut().enumerate() {
                let mut values: Vec<Scalar> = lanes.iter().map(|lane| lane[at]).collect();
                while values.len() > 1 {
                    let above = values.split_off(values.len() / 2);
                    let pairs = values.iter().zip(&above);
                    values = pairs.map(|(&a, &b)| evaluate(with, &[a, b])).collect();
                }
                *folded = evaluate(with, &[*folded, values[0]]);
            }
        }
        for ((carry, _), value) in nested.carries.iter().zip(folded) {
            self.carries.insert(*carry, value);
        }
    }

    fn value(&self, value: ValueId) -> Scalar {
        let definition = &self.kernel.values[value];
        match &definition.kind {
            ValueKind::Constant(scalar) => *scalar,
            ValueKind::Scalar(at) => self.frame.scalars[*at],
            ValueKind::Bound(at) => Scalar::integer(DType::Int64, self.frame.bounds[*at]),
            ValueKind::Var(var) => Scalar::integer(DType::Int64, self.vars[*var]),
            ValueKind::Carry(carry) | ValueKind::After(carry) => self.carries[*carry],
            ValueKind::Load { buffer, index, valid } => {
                if valid.is_none_or(|v| self.values[v].as_bool()) {
                    self.memory.load(*buffer, &self.place(*buffer, index))
                } else {
                    Scalar::from_bytes(definition.dtype, &[0; 8])
                }
            }
            ValueKind::Apply(builtin, operands) => {
                let operands: Vec<Scalar> = operands.iter().map(|v| self.values[*v]).collect();
                evaluate(*builtin, &operands)
            }
            ValueKind::Select {
                condition,
                then,
                otherwise,
            } => {
                let chosen = if self.values[*condition].as_bool() {
                    then
                } else {
                    otherwise
                };
                self.values[*chosen]
            }
            ValueKind::Cast(value) => cast(self.values[*value], definition.dtype),
        }
    }

    /// Where an element is: of a ring, the place.
    fn place(&self, buffer: BufferId, index: &[Index]) -> Vec<i64> {
        let mut index = self.index(index);
        if let Some(Ring { axis, places }) = self.kernel.buffers[buffer].ring {
            index[axis] = index[axis].rem_euclid(i64::from(places));
        }
        index
    }

    fn index(&self, index: &[Index]) -> Vec<i64> {
        let entry = |at: &Index| {
            at.offset
                + match at.base {
                    Base::Zero => 0,
                    Base::Var(var) => self.vars[var],
                    Base::Value(value) => self.values[value].as_i64(),
                }
        };
        index.iter().map(entry).collect()
    }

    fn limit(&self, limit: Limit) -> i64 {
        match limit {
            Limit::Constant(value) => value,
            Limit::Bound(at) => self.frame.bounds[at],
            Limit::Start(offset) => self.frame.range.0 + offset,
            Limit::Stop(offset) => self.frame.range.1 + offset,
        }
    }
}
