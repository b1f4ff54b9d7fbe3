//! Makes kernels: types every value, shares equal values, and puts each value at the outermost loop at which all
//! that it depends on is known. So what does not vary along a loop is computed before it, and the entries of
//! a table are loaded once per column.
//!
//! Start at [`Builder`]: declare buffers, bounds and scalars; open loops, make values and stores, close loops;
//! [`Builder::finish`]. Loads of a buffer that the kernel also writes are never moved nor shared across a store.

use std::collections::HashMap;

use bise_base::{Name, Span};
use bise_lang::{Builtin, DType, Scalar};
use la_arena::{Arena, Idx, RawIdx};

use crate::ir::{
    Access, Base, Buffer, BufferId, Carry, CarryId, Index, Kernel, Limit, Loop, LoopKind, Scalars, Stmt,
    Value, ValueId, ValueKind, Var, VarId, While,
};
use crate::walk;

/// Makes one kernel.
#[derive(Debug)]
pub struct Builder {
    kernel: Kernel,
    names: Names,
    span: Span,
    /// The kernel's body, then the bodies of the open loops, outermost first.
    blocks: Vec<Block>,
    /// Number of blocks ever opened: their identities.
    opened: usize,
    known: HashMap<Key, ValueId>,
    /// Per value, variable and carry: depth and identity of the block where it is defined.
    values: Vec<Place>,
    vars: Vec<Place>,
    carries: Vec<Place>,
    /// Per carry: the same of the block around its loop.
    afters: Vec<Place>,
    /// Per buffer: how many stores there were.
    stores: Vec<u32>,
    /// Per buffer: whether it can be read where the loop does not run that a load stands in.
    readable: Vec<bool>,
}

/// The names of each kind that are taken.
#[derive(Debug, Default)]
struct Names {
    buffers: Taken,
    bounds: Taken,
    scalars: Taken,
    vars: Taken,
    carries: Taken,
}

/// Names, each with the last number that was tried for it.
#[derive(Debug, Default)]
struct Taken(HashMap<Name, usize>);

impl Taken {
    /// `name`, or `name_2`, `name_3`, ...: the first that is free. It is taken then.
    fn take(&mut self, name: &str) -> Name {
        let mut free: Name = name.into();
        let mut last = self.0.get(name).copied().unwrap_or(1);
        while self.0.contains_key(&free) {
            last += 1;
            free = format!("{name}_{last}").into();
        }
        self.0.insert(name.into(), last);
        self.0.insert(free.clone(), 1);
        free
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    depth: usize,
    block: usize,
}

#[derive(Debug, Default)]
struct Block {
    identity: usize,
    stmts: Vec<Stmt>,
    /// What to forget when the block ends.
    keys: Vec<Key>,
    kind: BlockKind,
    carries: Vec<(CarryId, ValueId)>,
    /// Loads stay inside.
    may_be_empty: bool,
}

#[derive(Debug, Default)]
enum BlockKind {
    #[default]
    Kernel,
    Loop {
        var: VarId,
        start: Limit,
        stop: Limit,
        kind: LoopKind,
    },
    /// Once it is said: the condition, and how many statements come first.
    While(Option<(ValueId, usize)>),
}

/// Equal keys are equal values. `age` tells loads of written buffers apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    kind: ValueKind,
    dtype: DType,
    age: Option<(u32, usize)>,
}

impl Builder {
    /// An empty kernel.
    pub fn new(name: impl Into<Name>) -> Self {
        Self {
            kernel: Kernel {
                name: name.into(),
                ..Kernel::default()
            },
            names: Names::default(),
            span: Span::default(),
            blocks: vec![Block::default()],
            opened: 1,
            known: HashMap::new(),
            values: Vec::new(),
            vars: Vec::new(),
            carries: Vec::new(),
            afters: Vec::new(),
            stores: Vec::new(),
            readable: Vec::new(),
        }
    }

    /// Where the values that are made next come from.
    pub fn at(&mut self, span: Span) {
        self.span = span;
    }

    /// Declares a buffer; its name gets a number where another buffer has it.
    pub fn buffer(&mut self, mut buffer: Buffer) -> BufferId {
        buffer.name = self.names.buffers.take(&buffer.name);
        self.stores.push(0);
        self.readable.push(false);
        self.kernel.buffers.alloc(buffer)
    }

    /// Says that elements of a buffer can be read whether the loop runs or not that a load stands in: loads may be moved
    /// out of all loops.
    pub fn is_readable(&mut self, buffer: BufferId) {
        self.readable[raw(buffer)] = true;
    }

    /// Declares a run-time bound.
    pub fn bound(&mut self, name: &str) -> Limit {
        let name = self.names.bounds.take(name);
        self.kernel.bounds.push(name);
        Limit::Bound(self.kernel.bounds.len() - 1)
    }

    /// Declares a run-time scalar.
    pub fn scalar(&mut self, name: &str, dtype: DType) -> ValueId {
        let name = self.names.scalars.take(name);
        self.kernel.scalars.push(Scalars { name, dtype });
        self.value(ValueKind::Scalar(self.kernel.scalars.len() - 1), dtype)
    }

    /// Opens a loop inside the one that is open.
    pub fn open(&mut self, name: &str, start: Limit, stop: Limit, kind: LoopKind) -> VarId {
        let name = self.names.vars.take(name);
        let var = self.kernel.vars.alloc(Var { name });
        self.open_block(BlockKind::Loop {
            var,
            start,
            stop,
            kind,
        });
        self.vars.push(self.here());
        var
    }

    /// Opens a `while` inside of what is open. Its condition is said by [`Builder::test`].
    pub fn open_while(&mut self) {
        self.open_block(BlockKind::While(None));
    }

    fn open_block(&mut self, kind: BlockKind) {
        self.blocks.push(Block {
            identity: self.opened,
            kind,
            ..Block::default()
        });
        self.opened += 1;
    }

    /// Ends a round of the `while` that was opened last, where the condition does not hold.
    pub fn test(&mut self, condition: ValueId) {
        assert_eq!(
            self.dtype(condition),
            DType::Bool,
            "compiler bug: condition of a while"
        );
        let block = self.innermost();
        let before = block.stmts.len();
        match &mut block.kind {
            BlockKind::While(test @ None) => *test = Some((condition, before)),
            kind => panic!("compiler bug: a condition in {kind:?}"),
        }
    }

    /// Says that the loop that was opened last may have no iterations where those around it have some: what it loads may
    /// then not be there, and is not loaded before it.
    pub fn may_be_empty(&mut self) {
        self.innermost().may_be_empty = true;
    }

    /// Carries a value through the iterations of the loop, which is sequential, or the rounds of the `while` that was
    /// opened last. `initial` was made before that was opened.
    pub fn carry(&mut self, name: &str, initial: ValueId) -> CarryId {
        let name = self.names.carries.take(name);
        let dtype = self.dtype(initial);
        let carry = self.kernel.carries.alloc(Carry { name, dtype });
        self.carries.push(self.here());
        let depth = self.blocks.len() - 2;
        self.afters.push(Place {
            depth,
            block: self.blocks[depth].identity,
        });
        assert!(
            self.values[raw(initial)].depth + 1 < self.blocks.len(),
            "compiler bug: a carry starts from a value inside its loop"
        );
        self.innermost().carries.push((carry, initial));
        carry
    }

    /// Closes the loop or `while` that was opened last. `next`: what its carries become, in their order.
    pub fn close(&mut self, next: Vec<ValueId>) {
        let mut block = self.blocks.pop().unwrap_or_default();
        for key in &block.keys {
            self.known.remove(key);
        }
        let carries = block.carries;
        assert_eq!(carries.len(), next.len(), "compiler bug: carries of a loop");
        let closed = match block.kind {
            BlockKind::Loop {
                var,
                start,
                stop,
                kind,
            } => Stmt::Loop(Loop {
                var,
                start,
                stop,
                kind,
                carries,
                body: block.stmts,
                next,
            }),
            BlockKind::While(Some((condition, before))) => {
                let body = block.stmts.split_off(before);
                Stmt::While(While {
                    carries,
                    head: block.stmts,
                    condition,
                    body,
                    next,
                })
            }
            BlockKind::While(None) => panic!("compiler bug: a while without a condition"),
            BlockKind::Kernel => panic!("compiler bug: no loop is open"),
        };
        self.innermost().stmts.push(closed);
    }

    /// A number.
    pub fn constant(&mut self, value: Scalar) -> ValueId {
        self.value(ValueKind::Constant(value), value.dtype())
    }

    /// A carried value, as it is at the start of the iteration.
    pub fn carried(&mut self, carry: CarryId) -> ValueId {
        let dtype = self.kernel.carries[carry].dtype;
        self.value(ValueKind::Carry(carry), dtype)
    }

    /// A carried value, as it is after its loop or `while`, which is closed.
    pub fn after(&mut self, carry: CarryId) -> ValueId {
        let dtype = self.kernel.carries[carry].dtype;
        self.value(ValueKind::After(carry), dtype)
    }

    /// A loop variable.
    pub fn var(&mut self, var: VarId) -> ValueId {
        self.value(ValueKind::Var(var), DType::Int64)
    }

    /// The value of an end of a loop, which is no end of the range that the caller gives.
    pub fn limit(&mut self, limit: Limit) -> ValueId {
        match limit {
            Limit::Constant(value) => self.constant(Scalar::integer(DType::Int64, value)),
            Limit::Bound(at) => self.value(ValueKind::Bound(at), DType::Int64),
            Limit::Start(_) | Limit::Stop(_) => panic!("compiler bug: an end of a part as a value"),
        }
    }

    /// An element of a buffer; zero where `valid` is false.
    pub fn load(&mut self, buffer: BufferId, index: Vec<Index>, valid: Option<ValueId>) -> ValueId {
        assert_eq!(
            index.len(),
            self.kernel.buffers[buffer].rank,
            "compiler bug: rank of a load"
        );
        let dtype = self.kernel.buffers[buffer].dtype;
        self.value(ValueKind::Load { buffer, index, valid }, dtype)
    }

    /// A builtin on operands that it takes.
    pub fn apply(&mut self, builtin: Builtin, operands: Vec<ValueId>) -> ValueId {
        let types: Vec<DType> = operands.iter().map(|&v| self.dtype(v)).collect();
        let Some(dtype) = builtin.result_type(&types) else {
            panic!("compiler bug: {} of {types:?}", builtin.name());
        };
        self.value(ValueKind::Apply(builtin, operands), dtype)
    }

    /// A choice between two values of one type.
    pub fn select(&mut self, condition: ValueId, then: ValueId, otherwise: ValueId) -> ValueId {
        let dtype = self.dtype(then);
        assert_eq!(dtype, self.dtype(otherwise), "compiler bug: types of a select");
        assert_eq!(
            self.dtype(condition),
            DType::Bool,
            "compiler bug: condition of a select"
        );
        if then == otherwise {
            return then;
        }
        self.value(
            ValueKind::Select {
                condition,
                then,
                otherwise,
            },
            dtype,
        )
    }

    /// The value in another type.
    pub fn cast(&mut self, value: ValueId, to: DType) -> ValueId {
        if self.dtype(value) == to {
            return value;
        }
        self.value(ValueKind::Cast(value), to)
    }

    /// Writes an element, in the loop that was opened last.
    pub fn store(&mut self, buffer: BufferId, index: Vec<Index>, value: ValueId) {
        let target = &self.kernel.buffers[buffer];
        assert_eq!(index.len(), target.rank, "compiler bug: rank of a store");
        assert_eq!(target.dtype, self.dtype(value), "compiler bug: type of a store");
        self.stores[raw(buffer)] += 1;
        self.innermost().stmts.push(Stmt::Store { buffer, index, value });
    }

    /// The type of a value.
    pub fn dtype(&self, value: ValueId) -> DType {
        self.kernel.values[value].dtype
    }

    /// Whether a value may be used in the loop that was opened last.
    pub fn is_visible(&self, value: ValueId) -> bool {
        let place = self.values[raw(value)];
        self.blocks
            .get(place.depth)
            .is_some_and(|block| block.identity == place.block)
    }

    /// The kernel, with its values numbered in the order in which they are defined.
    pub fn finish(mut self) -> Kernel {
        assert_eq!(self.blocks.len(), 1, "compiler bug: a loop is still open");
        self.kernel.body = std::mem::take(&mut self.innermost().stmts);
        walk::renumber(&mut self.kernel);
        self.kernel
    }

    fn value(&mut self, kind: ValueKind, dtype: DType) -> ValueId {
        let age = match &kind {
            ValueKind::Load { buffer, .. } if self.kernel.buffers[*buffer].access != Access::Read => {
                Some((self.stores[raw(*buffer)], self.here().block))
            }
            _ => None,
        };
        let key = Key { kind, dtype, age };
        if let Some(&value) = self.known.get(&key) {
            return value;
        }
        let depth = match age {
            Some(_) => self.blocks.len() - 1,
            None => self.depth(&key.kind),
        };
        let value = self.kernel.values.alloc(Value {
            kind: key.kind.clone(),
            dtype,
            span: self.span,
        });
        let block = &mut self.blocks[depth];
        self.values.push(Place {
            depth,
            block: block.identity,
        });
        block.stmts.push(Stmt::Let(value));
        block.keys.push(key.clone());
        self.known.insert(key, value);
        value
    }

    /// Depth of the innermost block on which a value depends.
    fn depth(&self, kind: &ValueKind) -> usize {
        let mut places = Vec::new();
        walk::operands(kind, |value| places.push(self.values[raw(value)]));
        match kind {
            ValueKind::Carry(carry) => places.push(self.carries[raw(*carry)]),
            ValueKind::After(carry) => places.push(self.afters[raw(*carry)]),
            ValueKind::Var(var) => places.push(self.vars[raw(*var)]),
            ValueKind::Load { index, .. } => {
                for at in index {
                    if let Base::Var(var) = at.base {
                        places.push(self.vars[raw(var)]);
                    }
                }
            }
            _ => {}
        }
        for place in &places {
            assert_eq!(
                self.blocks.get(place.depth).map(|b| b.identity),
                Some(place.block),
                "compiler bug: a value is used outside of its loop"
            );
        }
        let known = places.iter().map(|place| place.depth).max().unwrap_or(0);
        match kind {
            ValueKind::Load { buffer, .. } if !self.readable[raw(*buffer)] => {
                let inside = self.blocks.iter().rposition(|block| block.may_be_empty);
                known.max(inside.unwrap_or(0))
            }
            _ => known,
        }
    }

    fn here(&self) -> Place {
        let depth = self.blocks.len() - 1;
        Place {
            depth,
            block: self.blocks[depth].identity,
        }
    }

    fn innermost(&mut self) -> &mut Block {
        let last = self.blocks.len() - 1;
        &mut self.blocks[last]
    }
}

fn raw<T>(id: Idx<T>) -> usize {
    id.into_raw().into_u32() as usize
}

/// The handle of the element at that position of an arena.
pub(crate) fn nth<T>(position: usize) -> Idx<T> {
    Idx::from_raw(RawIdx::from_u32(position as u32))
}

/// Values in a new arena.
pub(crate) fn arena(values: impl IntoIterator<Item = Value>) -> Arena<Value> {
    values.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(var: VarId) -> Index {
        Index {
            base: Base::Var(var),
            offset: 0,
        }
    }

    fn buffer(name: &str, dtype: DType, rank: usize, access: Access) -> Buffer {
        Buffer {
            name: name.into(),
            dtype,
            rank,
            unit: Some(rank - 1),
            ring: None,
            access,
        }
    }

    #[test]
    fn what_does_not_vary_is_hoisted_and_shared() {
        let mut b = Builder::new("k");
        let table = b.buffer(buffer("table", DType::Int32, 2, Access::Read));
        let field = b.buffer(buffer("field", DType::Float64, 2, Access::Read));
        let out = b.buffer(buffer("out", DType::Float64, 2, Access::Write));
        let (start, stop) = (b.bound("start"), b.bound("stop"));
        let cell = b.open("cell", start, stop, LoopKind::Parallel);
        let k = b.open("k", Limit::Constant(0), Limit::Constant(4), LoopKind::Vector(4));
        let zero = Index {
            base: Base::Zero,
            offset: 0,
        };
        let entry = b.load(table, vec![at(cell), zero], None);
        let neighbour = Index {
            base: Base::Value(entry),
            offset: 0,
        };
        let x = b.load(field, vec![neighbour, at(k)], None);
        assert_eq!(x, b.load(field, vec![neighbour, at(k)], None));
        b.store(out, vec![at(cell), at(k)], x);
        b.close(vec![]);
        b.close(vec![]);
        let kernel = b.finish();
        let Stmt::Loop(outer) = &kernel.body[0] else {
            panic!("{kernel:?}")
        };
        assert!(matches!(outer.body[..], [Stmt::Let(_), Stmt::Loop(_)]));
        assert_eq!(crate::verify::verify(&kernel), Ok(()));
    }

    #[test]
    fn loads_of_written_buffers_stay_where_they_are() {
        let mut b = Builder::new("k");
        let x = b.buffer(buffer("x", DType::Int32, 1, Access::ReadWrite));
        let k = b.open("k", Limit::Constant(0), Limit::Constant(4), LoopKind::Forward);
        let before = b.load(x, vec![at(k)], None);
        b.store(x, vec![at(k)], before);
        assert_ne!(before, b.load(x, vec![at(k)], None));
        b.close(vec![]);
        assert_eq!(crate::verify::verify(&b.finish()), Ok(()));
    }
}
