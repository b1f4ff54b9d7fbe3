//! Values: constants, scalars, loads, choices and casts. Builtins are in `arithmetic`.

use bise_lang::DType;
use bise_loops::{BufferId, Index, Limit, ValueId, ValueKind, VarId};

use super::address::Address;
use super::emitter::{Emitter, Operand};
use crate::llvm::{self, Shape};

impl Emitter<'_> {
    /// Evaluates a value here; it is known from now on.
    pub(super) fn define(&mut self, id: ValueId) {
        let kernel = self.kernel;
        let value = &kernel.values[id];
        let operand = match &value.kind {
            ValueKind::Constant(_)
            | ValueKind::Scalar(_)
            | ValueKind::Bound(_)
            | ValueKind::Var(_)
            | ValueKind::Carry(_)
            | ValueKind::After(_) => self.operand(id),
            ValueKind::Load { buffer, index, valid } => {
                let valid = valid.map(|valid| self.operand(valid));
                self.load(*buffer, index, valid)
            }
            ValueKind::Apply(builtin, operands) => {
                let lanes = self.shape(id);
                self.apply(*builtin, operands, lanes)
            }
            ValueKind::Select {
                condition,
                then,
                otherwise,
            } => {
                let lanes = self.shape(id);
                let condition = self.operand_in(*condition, lanes);
                let then = self.operand_in(*then, lanes);
                let otherwise = self.operand_in(*otherwise, lanes);
                self.select(&condition, &then, &otherwise, value.dtype)
            }
            ValueKind::Cast(from) => {
                let operand = self.operand(*from);
                self.cast(&operand, kernel.values[*from].dtype, value.dtype)
            }
        };
        self.bind(id, operand);
    }

    /// A value that is known here. Constants, scalars and carries need not be evaluated first.
    pub(super) fn operand(&mut self, id: ValueId) -> Operand {
        if let Some(operand) = self.bound(id) {
            return operand.clone();
        }
        match &self.kernel.values[id].kind {
            ValueKind::Constant(constant) => Operand::literal(llvm::constant(*constant)),
            ValueKind::Scalar(position) => self.scalar(*position),
            ValueKind::Bound(position) => self.limit(Limit::Bound(*position)),
            ValueKind::Var(var) => self.variable(*var),
            ValueKind::Carry(carry) => self.carry(*carry),
            ValueKind::After(carry) => self.carry_after(*carry),
            ValueKind::Load { .. } | ValueKind::Apply(..) | ValueKind::Select { .. } | ValueKind::Cast(_) => {
                panic!(
                    "compiler bug: value {} of kernel {} is used where it is not known",
                    id.into_raw().into_u32(),
                    self.kernel.name
                )
            }
        }
    }

    /// A loop variable: of the vector loop, one index per lane.
    fn variable(&mut self, var: VarId) -> Operand {
        let first = self.var(var);
        let Some(lanes) = self.lanes.as_ref().filter(|lanes| lanes.var == var) else {
            return first;
        };
        let count = lanes.count;
        let all = self.splat(&first, "i64", count);
        let each = format!("add <{count} x i64> {}, {}", all.text, llvm::iota(count));
        self.pure(first.depth, "indices", count, &each)
    }

    /// A known value in as many lanes.
    pub(super) fn operand_in(&mut self, id: ValueId, lanes: Shape) -> Operand {
        let operand = self.operand(id);
        self.splat(&operand, llvm::register_type(self.kernel.values[id].dtype), lanes)
    }

    /// How many lanes a value has.
    fn shape(&self, id: ValueId) -> Shape {
        match &self.lanes {
            Some(lanes) if lanes.varying.value(id) => lanes.count,
            _ => 1,
        }
    }

    /// `then` where the condition holds.
    pub(super) fn select(
        &mut self,
        condition: &Operand,
        then: &Operand,
        otherwise: &Operand,
        dtype: DType,
    ) -> Operand {
        let lanes = then.lanes;
        let ty = llvm::shaped(llvm::register_type(dtype), lanes);
        let truth = llvm::shaped("i1", lanes);
        let select = format!(
            "select {truth} {}, {ty} {}, {ty} {}",
            condition.text, then.text, otherwise.text
        );
        self.emit("choice", lanes, &select)
    }

    /// An element. Where it is not `valid`, nothing is read and the value is zero.
    fn load(&mut self, buffer: BufferId, index: &[Index], valid: Option<Operand>) -> Operand {
        let dtype = self.kernel.buffers[buffer].dtype;
        let valid = valid.filter(|valid| valid.text != "true");
        let address = self.address(buffer, index);
        let name = llvm::hint(&self.kernel.buffers[buffer].name);
        let varies = valid.as_ref().is_some_and(|valid| valid.lanes != 1);
        let in_memory = match (&address, &self.lanes) {
            (Address::Uniform(pointer), _) if !varies => self.load_one(&name, dtype, pointer, valid.as_ref()),
            (Address::Contiguous(pointer), Some(lanes)) => {
                let count = lanes.count;
                let mask = self.mask_with(valid.as_ref());
                self.load_adjacent(&name, dtype, pointer, count, mask.as_ref())
            }
            _ => {
                let pointers = self.pointers(&address, dtype);
                let mask = self.mask_with(valid.as_ref());
                self.gather(&name, dtype, &pointers, mask.as_ref())
            }
        };
        self.read_back(&in_memory, dtype)
    }

    /// One element for all lanes. Where it is not valid, a zero of the module is read instead: no branch.
    fn load_one(&mut self, name: &str, dtype: DType, pointer: &Operand, valid: Option<&Operand>) -> Operand {
        let ty = llvm::memory_type(dtype);
        let mut from = pointer.clone();
        if let Some(valid) = valid {
            let zero = self.functions.zero();
            let safe = format!("select i1 {}, ptr {}, ptr {zero}", valid.text, pointer.text);
            from = self.emit("safe", 1, &safe);
        }
        let load = format!("load {ty}, ptr {}, align {}", from.text, dtype.size());
        self.emit(name, 1, &load)
    }

    /// Adjacent elements.
    fn load_adjacent(
        &mut self,
        name: &str,
        dtype: DType,
        pointer: &Operand,
        lanes: Shape,
        mask: Option<&Operand>,
    ) -> Operand {
        let (element, align) = (llvm::memory_type(dtype), dtype.size());
        let ty = llvm::shaped(element, lanes);
        let load = match mask {
            None => format!("load {ty}, ptr {}, align {align}", pointer.text),
            Some(mask) => format!(
                "call {ty} @llvm.masked.load.{}.p0(ptr {}, i32 {align}, <{lanes} x i1> {}, {ty} zeroinitializer)",
                llvm::mangled(element, lanes),
                pointer.text,
                mask.text
            ),
        };
        self.emit(name, lanes, &load)
    }

    /// An element per lane.
    fn gather(&mut self, name: &str, dtype: DType, pointers: &Operand, mask: Option<&Operand>) -> Operand {
        let (element, align, lanes) = (llvm::memory_type(dtype), dtype.size(), pointers.lanes);
        let ty = llvm::shaped(element, lanes);
        let mask = mask.map_or_else(|| llvm::splat("i1", "true", lanes), |mask| mask.text.to_string());
        let gather = format!(
            "call {ty} @llvm.masked.gather.{}.v{lanes}p0(<{lanes} x ptr> {}, i32 {align}, <{lanes} x i1> {mask}, \
             {ty} zeroinitializer)",
            llvm::mangled(element, lanes),
            pointers.text,
        );
        self.emit(name, lanes, &gather)
    }

    /// The lanes that are to be computed, and of them those that are valid; all where absent.
    pub(super) fn mask_with(&mut self, valid: Option<&Operand>) -> Option<Operand> {
        let lanes = self.lanes.as_ref()?;
        let (count, mask) = (lanes.count, lanes.mask.clone());
        let Some(valid) = valid else {
            return mask;
        };
        let valid = self.splat(valid, "i1", count);
        let Some(mask) = mask else {
            return Some(valid);
        };
        let both = format!("and <{count} x i1> {}, {}", mask.text, valid.text);
        Some(self.pure(mask.depth.max(valid.depth), "mask", count, &both))
    }

    /// Writes an element, or one per lane that is to be computed.
    pub(super) fn store(&mut self, buffer: BufferId, index: &[Index], value: ValueId) {
        let dtype = self.kernel.buffers[buffer].dtype;
        let element = llvm::memory_type(dtype);
        let address = self.address(buffer, index);
        let operand = self.operand(value);
        let uniform = matches!(address, Address::Uniform(_)) && operand.lanes == 1;
        let lanes = self
            .lanes
            .as_ref()
            .filter(|_| !uniform)
            .map_or(1, |lanes| lanes.count);
        let operand = self.splat(&operand, llvm::register_type(dtype), lanes);
        let operand = self.in_memory(&operand, dtype);
        let mask = self.mask_with(None);
        match &address {
            Address::Uniform(pointer) if uniform => self.store_adjacent(pointer, &operand, dtype, None),
            Address::Contiguous(pointer) => self.store_adjacent(pointer, &operand, dtype, mask.as_ref()),
            _ => {
                let pointers = self.pointers(&address, dtype);
                let mask =
                    mask.map_or_else(|| llvm::splat("i1", "true", lanes), |mask| mask.text.to_string());
                let (ty, align) = (llvm::shaped(element, lanes), dtype.size());
                self.line(&format!(
                    "call void @llvm.masked.scatter.{}.v{lanes}p0({ty} {}, <{lanes} x ptr> {}, i32 {align}, \
                     <{lanes} x i1> {mask})",
                    llvm::mangled(element, lanes),
                    operand.text,
                    pointers.text,
                ));
            }
        }
    }

    /// Writes adjacent elements; those of the mask only, if there is one.
    fn store_adjacent(&mut self, pointer: &Operand, value: &Operand, dtype: DType, mask: Option<&Operand>) {
        let (element, align, lanes) = (llvm::memory_type(dtype), dtype.size(), value.lanes);
        let ty = llvm::shaped(element, lanes);
        let line = match mask {
            None => format!("store {ty} {}, ptr {}, align {align}", value.text, pointer.text),
            Some(mask) => format!(
                "call void @llvm.masked.store.{}.p0({ty} {}, ptr {}, i32 {align}, <{lanes} x i1> {})",
                llvm::mangled(element, lanes),
                value.text,
                pointer.text,
                mask.text
            ),
        };
        self.line(&line);
    }

    /// What was read, as it is in registers: any byte but zero is true.
    fn read_back(&mut self, operand: &Operand, dtype: DType) -> Operand {
        if dtype != DType::Bool {
            return operand.clone();
        }
        let ty = llvm::shaped("i8", operand.lanes);
        let zero = llvm::zero("i8", operand.lanes);
        self.emit(
            "flag",
            operand.lanes,
            &format!("icmp ne {ty} {}, {zero}", operand.text),
        )
    }

    /// What is to be written, as it is in memory.
    fn in_memory(&mut self, operand: &Operand, dtype: DType) -> Operand {
        if dtype != DType::Bool {
            return operand.clone();
        }
        let (from, to) = (
            llvm::shaped("i1", operand.lanes),
            llvm::shaped("i8", operand.lanes),
        );
        self.emit(
            "byte",
            operand.lanes,
            &format!("zext {from} {} to {to}", operand.text),
        )
    }

    /// A value in another type, by the rules of `bise_lang::cast`.
    pub(super) fn cast(&mut self, operand: &Operand, from: DType, to: DType) -> Operand {
        let lanes = operand.lanes;
        let (source, target) = (llvm::register_type(from), llvm::register_type(to));
        let (source_ty, target_ty) = (llvm::shaped(source, lanes), llvm::shaped(target, lanes));
        let x = &operand.text;
        let how = match (from, to) {
            _ if source == target => return operand.clone(),
            (_, DType::Bool) => {
                let zero = llvm::zero(source, lanes);
                let compare = if from.is_float() { "fcmp une" } else { "icmp ne" };
                return self.emit("flag", lanes, &format!("{compare} {source_ty} {x}, {zero}"));
            }
            (DType::Float64, DType::Float32) => "fptrunc",
            (DType::Float32, DType::Float64) => "fpext",
            _ if from.is_float() => {
                let how = if to.is_signed() { "fptosi" } else { "fptoui" };
                let (to, from) = (llvm::mangled(target, lanes), llvm::mangled(source, lanes));
                let call = format!("call {target_ty} @llvm.{how}.sat.{to}.{from}({source_ty} {x})");
                return self.emit("int", lanes, &call);
            }
            _ if to.is_float() && from.is_signed() => "sitofp",
            _ if to.is_float() => "uitofp",
            _ if to.size() < from.size() => "trunc",
            _ if from.is_signed() => "sext",
            _ => "zext",
        };
        self.emit("cast", lanes, &format!("{how} {source_ty} {x} to {target_ty}"))
    }
}
