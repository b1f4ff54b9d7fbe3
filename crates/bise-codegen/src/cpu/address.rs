//! Where an element is in memory, and the three ways to get at it.
//!
//! `base + sum of (index + offset) * stride`, term by term from the outermost to the innermost: what only needs the
//! variables of outer loops is computed there and shared by all who need it (a row pointer), and what is left in
//! the innermost loop is one scaled index and a constant, which the machine adds for nothing.

use bise_lang::DType;
use bise_loops::{Base, BufferId, Index, Ring};

use super::emitter::{Emitter, Operand};
use crate::llvm;

/// The place or places that an index means.
pub(super) enum Address {
    /// One place, for all lanes.
    Uniform(Operand),
    /// Adjacent places; the pointer is to that of the first lane.
    Contiguous(Operand),
    /// A place per lane: a vector of pointers.
    Scattered(Operand),
}

/// A part of an address that varies: an index along an axis.
struct Term {
    axis: usize,
    index: Operand,
}

impl Emitter<'_> {
    /// The address of an element of a buffer, here.
    pub(super) fn address(&mut self, buffer: BufferId, index: &[Index]) -> Address {
        let unit = self.kernel.buffers[buffer].unit;
        let (pointer, varying) = self.common(buffer, index);
        match (self.vector_axes(index).as_slice(), varying.is_empty()) {
            ([], true) => Address::Uniform(pointer),
            ([axis], true) if Some(*axis) == unit => Address::Contiguous(pointer),
            _ => Address::Scattered(self.scattered(buffer, index, &pointer, &varying)),
        }
    }

    /// The address of the first lane's element, where no entry of a table in the index varies from lane to lane.
    pub(super) fn first_lane(&mut self, buffer: BufferId, index: &[Index]) -> Operand {
        self.common(buffer, index).0
    }

    /// What the addresses of all lanes have in common, and what is to be added.
    fn common(&mut self, buffer: BufferId, index: &[Index]) -> (Operand, Vec<Term>) {
        let unit = self.kernel.buffers[buffer].unit;
        let element = llvm::memory_type(self.kernel.buffers[buffer].dtype);
        let start = self.displaced_base(buffer, index);
        let (mut uniform, varying): (Vec<Term>, Vec<Term>) = self
            .terms(buffer, index)
            .into_iter()
            .partition(|term| term.index.lanes == 1);
        uniform.sort_by_key(|term| term.index.depth);
        let mut pointer = start;
        for term in &uniform {
            let distance = self.distance(buffer, term);
            let depth = pointer.depth.max(distance.depth);
            let step = format!(
                "getelementptr {element}, ptr {}, i64 {}",
                pointer.text, distance.text
            );
            pointer = self.pure(depth, "row", 1, &step);
        }
        let constant = unit.map_or(0, |axis| index[axis].offset);
        if constant != 0 {
            let step = format!("getelementptr {element}, ptr {}, i64 {constant}", pointer.text);
            pointer = self.pure(pointer.depth, "at", 1, &step);
        }
        (pointer, varying)
    }

    /// The base with the constant offsets along all axes but the unit one, whose constant is added last, and that of a
    /// ring.
    fn displaced_base(&mut self, buffer: BufferId, index: &[Index]) -> Operand {
        let unit = self.kernel.buffers[buffer].unit;
        let element = llvm::memory_type(self.kernel.buffers[buffer].dtype);
        let mut pointer = self.base(buffer);
        let ring = self.kernel.buffers[buffer].ring.map(|ring| ring.axis);
        for (axis, part) in index.iter().enumerate() {
            if Some(axis) == unit || Some(axis) == ring || part.offset == 0 {
                continue;
            }
            let stride = self.stride(buffer, axis);
            let distance = match part.offset {
                1 => stride,
                times => self.pure(0, "apart", 1, &format!("mul i64 {}, {times}", stride.text)),
            };
            let step = format!(
                "getelementptr {element}, ptr {}, i64 {}",
                pointer.text, distance.text
            );
            pointer = self.pure(0, "origin", 1, &step);
        }
        pointer
    }

    /// The parts of an index that are not constant. The variable of the vector loop counts as that of its first
    /// lane here: what the lanes add to it is said by [`Emitter::vector_axes`].
    fn terms(&mut self, buffer: BufferId, index: &[Index]) -> Vec<Term> {
        let mut terms = Vec::new();
        for (axis, part) in index.iter().enumerate() {
            if let Some(ring) = self.kernel.buffers[buffer].ring.filter(|r| r.axis == axis) {
                if self.vector_axes(index).contains(&axis) {
                    // The place of a lane is the lane: all that is kept of a lane is there, wherever it is.
                    continue;
                }
                let index = self.place(ring, *part);
                terms.push(Term { axis, index });
                continue;
            }
            let index = match part.base {
                Base::Zero => continue,
                Base::Var(var) => self.var(var),
                Base::Value(value) => {
                    let operand = self.operand(value);
                    self.extended(&operand, self.kernel.values[value].dtype)
                }
            };
            terms.push(Term { axis, index });
        }
        terms
    }

    /// The place of an index in a ring, which is the same for all lanes.
    fn place(&mut self, ring: Ring, index: Index) -> Operand {
        let last = i64::from(ring.places) - 1;
        let variable = match index.base {
            Base::Zero => return Operand::literal((index.offset & last).to_string()),
            Base::Var(var) => self.var(var),
            Base::Value(_) => panic!("compiler bug: an entry of a table in a ring"),
        };
        let depth = variable.depth;
        let sum = format!("add i64 {}, {}", variable.text, index.offset);
        let sum = self.pure(depth, "index", 1, &sum);
        self.pure(depth, "place", 1, &format!("and i64 {}, {last}", sum.text))
    }

    /// Axes along which the index is the variable of the vector loop.
    fn vector_axes(&self, index: &[Index]) -> Vec<usize> {
        let Some(lanes) = &self.lanes else {
            return Vec::new();
        };
        let along = |part: &Index| part.base == Base::Var(lanes.var);
        (0..index.len()).filter(|&axis| along(&index[axis])).collect()
    }

    /// An index as a 64-bit integer.
    fn extended(&mut self, operand: &Operand, dtype: DType) -> Operand {
        let how = match dtype {
            DType::Int64 | DType::UInt64 => return operand.clone(),
            _ if dtype.is_signed() => "sext",
            _ => "zext",
        };
        let from = llvm::shaped(llvm::register_type(dtype), operand.lanes);
        let to = llvm::shaped("i64", operand.lanes);
        let extend = format!("{how} {from} {} to {to}", operand.text);
        self.pure(operand.depth, "index", operand.lanes, &extend)
    }

    /// Index times stride, in elements.
    fn distance(&mut self, buffer: BufferId, term: &Term) -> Operand {
        if self.kernel.buffers[buffer].unit == Some(term.axis) {
            return term.index.clone();
        }
        let stride = self.stride(buffer, term.axis);
        let lanes = term.index.lanes;
        let stride = self.splat(&stride, "i64", lanes);
        let ty = llvm::shaped("i64", lanes);
        let product = format!("mul {ty} {}, {}", term.index.text, stride.text);
        self.pure(term.index.depth.max(stride.depth), "along", lanes, &product)
    }

    /// The pointers of all lanes, from that which the lanes have in common.
    fn scattered(
        &mut self,
        buffer: BufferId,
        index: &[Index],
        common: &Operand,
        varying: &[Term],
    ) -> Operand {
        let lanes = self.lanes.as_ref().map_or(1, |lanes| lanes.count);
        let ty = llvm::shaped("i64", lanes);
        let iota = Operand {
            text: llvm::iota(lanes).into(),
            lanes,
            depth: 0,
        };
        let mut distances = Vec::new();
        for axis in self.vector_axes(index) {
            let term = Term {
                axis,
                index: iota.clone(),
            };
            distances.push(self.distance(buffer, &term));
        }
        for term in varying {
            distances.push(self.distance(buffer, term));
        }
        let sum = distances.into_iter().reduce(|a, b| {
            let sum = format!("add {ty} {}, {}", a.text, b.text);
            self.pure(a.depth.max(b.depth), "sum", lanes, &sum)
        });
        let sum = sum.unwrap_or_else(|| Operand {
            text: "zeroinitializer".into(),
            lanes,
            depth: 0,
        });
        let element = llvm::memory_type(self.kernel.buffers[buffer].dtype);
        let pointers = format!("getelementptr {element}, ptr {}, {ty} {}", common.text, sum.text);
        self.pure(common.depth.max(sum.depth), "places", lanes, &pointers)
    }

    /// The pointers of all lanes, whatever the address.
    pub(super) fn pointers(&mut self, address: &Address, dtype: DType) -> Operand {
        let lanes = self.lanes.as_ref().map_or(1, |lanes| lanes.count);
        match address {
            Address::Scattered(pointers) => pointers.clone(),
            Address::Uniform(pointer) => self.splat(pointer, "ptr", lanes),
            Address::Contiguous(pointer) => {
                let (element, ty) = (llvm::memory_type(dtype), llvm::shaped("i64", lanes));
                let iota = llvm::iota(lanes);
                let all = format!("getelementptr {element}, ptr {}, {ty} {iota}", pointer.text);
                self.pure(pointer.depth, "places", lanes, &all)
            }
        }
    }
}
