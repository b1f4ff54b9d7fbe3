//! Which values differ from lane to lane in a vector loop.

use bise_loops::{Base, CarryId, Index, Kernel, Loop, Stmt, ValueId, ValueKind};

/// Per value and per carry: whether it differs from lane to lane. What the loop does not define does not.
#[derive(Clone, Debug)]
pub(super) struct Varying {
    values: Vec<bool>,
    carries: Vec<bool>,
}

impl Varying {
    /// The facts for one vector loop of a kernel.
    ///
    /// A carried value varies if its start varies or if it does so after an iteration, which may depend on itself:
    /// the least solution, reached in at most one round per carry.
    pub(super) fn new(kernel: &Kernel, vector: &Loop) -> Self {
        let mut facts = Self {
            values: vec![false; kernel.values.len()],
            carries: vec![false; kernel.carries.len()],
        };
        // The lanes of a fold carry values of their own.
        for &(carry, _) in &vector.carries {
            facts.vary(kernel, carry);
        }
        for _ in 0..=kernel.carries.len() {
            if !facts.visit(kernel, vector, &vector.body) {
                break;
            }
        }
        facts
    }

    /// Whether a value varies.
    pub(super) fn value(&self, value: ValueId) -> bool {
        self.values[value.into_raw().into_u32() as usize]
    }

    /// Whether a carry varies.
    pub(super) fn carry(&self, carry: CarryId) -> bool {
        self.carries[carry.into_raw().into_u32() as usize]
    }

    /// Whether an index varies.
    pub(super) fn index(&self, vector: &Loop, index: Index) -> bool {
        match index.base {
            Base::Zero => false,
            Base::Var(var) => var == vector.var,
            Base::Value(value) => self.value(value),
        }
    }

    /// One round; says whether a carry changed.
    fn visit(&mut self, kernel: &Kernel, vector: &Loop, body: &[Stmt]) -> bool {
        let mut changed = false;
        for stmt in body {
            match stmt {
                Stmt::Let(value) => self.define(kernel, vector, *value),
                Stmt::Store { .. } => {}
                Stmt::Loop(inner) => {
                    for &(carry, init) in &inner.carries {
                        changed |= self.widen(kernel, carry, init);
                    }
                    changed |= self.visit(kernel, vector, &inner.body);
                    for (&(carry, _), &next) in inner.carries.iter().zip(&inner.next) {
                        changed |= self.widen(kernel, carry, next);
                    }
                }
                Stmt::While(rounds) => {
                    for &(carry, init) in &rounds.carries {
                        changed |= self.widen(kernel, carry, init);
                    }
                    changed |= self.visit(kernel, vector, &rounds.head);
                    changed |= self.visit(kernel, vector, &rounds.body);
                    // Where lanes end in different rounds, all that is carried differs.
                    for (&(carry, _), &next) in rounds.carries.iter().zip(&rounds.next) {
                        changed |= self.widen(kernel, carry, rounds.condition);
                        changed |= self.widen(kernel, carry, next);
                    }
                }
            }
        }
        changed
    }

    fn define(&mut self, kernel: &Kernel, vector: &Loop, value: ValueId) {
        let varies = match &kernel.values[value].kind {
            ValueKind::Constant(_) | ValueKind::Scalar(_) | ValueKind::Bound(_) => false,
            ValueKind::Var(var) => *var == vector.var,
            ValueKind::Carry(carry) | ValueKind::After(carry) => self.carry(*carry),
            ValueKind::Load { index, valid, .. } => {
                index.iter().any(|&i| self.index(vector, i)) || valid.is_some_and(|v| self.value(v))
            }
            ValueKind::Apply(_, operands) => operands.iter().any(|&v| self.value(v)),
            ValueKind::Select {
                condition,
                then,
                otherwise,
            } => [condition, then, otherwise].iter().any(|v| self.value(**v)),
            ValueKind::Cast(operand) => self.value(*operand),
        };
        self.values[value.into_raw().into_u32() as usize] = varies;
    }

    /// A carry varies as soon as what flows into it does, and so does every value that is the carry.
    fn widen(&mut self, kernel: &Kernel, carry: CarryId, from: ValueId) -> bool {
        let at = carry.into_raw().into_u32() as usize;
        if self.carries[at] || !self.value(from) {
            return false;
        }
        self.vary(kernel, carry);
        true
    }

    fn vary(&mut self, kernel: &Kernel, carry: CarryId) {
        self.carries[carry.into_raw().into_u32() as usize] = true;
        for (fact, value) in self.values.iter_mut().zip(kernel.values.values()) {
            *fact |= [ValueKind::Carry(carry), ValueKind::After(carry)].contains(&value.kind);
        }
    }
}
