//! Folds over the points of a range, in the order of `bise_lang::fold`.
//!
//! Where no vector loop is around, the lanes of the fold are those of registers: sixteen points at a time, the last ones
//! of a block under a mask. In a vector loop the lanes of registers are other points; those of the fold are sixteen
//! places on the stack then, which the points of a block take in turns.
//!
//! ```text
//! for i in a..b fold add carry s = %0 {           block1:   %first = a, a + 1024, ..; %all = what the blocks met to
//!   %1: float64 = carry s                         vector2:    sixteen points; %lanes carries sixteen values
//!   %2: float64 = load f[i]             ->        rest3:      fewer points, if there are any
//!   %3: float64 = add %1, %2                                  the lanes meet: 16 -> 8 -> 4 -> 2 -> 1
//!   next %3                                                   they meet %all
//! }                                               done1:
//! ```

use bise_lang::fold::{BLOCK, LANES};
use bise_lang::{Builtin, DType};
use bise_loops::{CarryId, Loop};

use super::emitter::{Emitter, Lanes, Operand};
use super::nest::{Again, Blocks, Enter};
use super::varying::Varying;
use crate::llvm::{self, Shape};

impl Emitter<'_> {
    /// A fold, from `start` to `stop`.
    pub(super) fn fold(&mut self, nested: &Loop, with: Builtin, start: &Operand, stop: &Operand) {
        let inits = self.carried(&nested.carries, nested.carries.iter().map(|(_, init)| *init));
        let ends = [start, stop];
        let met = self.stepping(
            nested,
            ("block", BLOCK as i64),
            ends,
            &inits,
            |emitter, first, met| {
                let end = format!("add i64 {}, {BLOCK}", first.text);
                let end = emitter.emit("end", 1, &end);
                let end = format!("call i64 @llvm.smin.i64(i64 {}, i64 {})", end.text, stop.text);
                let end = emitter.emit("end", 1, &end);
                let lanes = match emitter.lanes {
                    Some(_) => emitter.lanes_in_memory(nested, [first, &end], &inits),
                    None => emitter.lanes_in_registers(nested, [first, &end], &inits),
                };
                let mut all = Vec::new();
                for ((&(carry, _), lanes), met) in nested.carries.iter().zip(lanes).zip(met) {
                    let dtype = emitter.kernel.carries[carry].dtype;
                    let block = emitter.meet(with, lanes, dtype);
                    all.push(emitter.apply_to(with, &[met.clone(), block], dtype));
                }
                all
            },
        );
        for (&(carry, _), met) in nested.carries.iter().zip(met) {
            self.bind_after(carry, met);
        }
    }

    /// A loop by larger steps than one, from `start` to `stop`, around what is carried: what that is after it.
    fn stepping(
        &mut self,
        nested: &Loop,
        (kind, step): (&str, i64),
        [start, stop]: [&Operand; 2],
        inits: &[Operand],
        body: impl FnOnce(&mut Self, &Operand, &[Operand]) -> Vec<Operand>,
    ) -> Vec<Operand> {
        let some = self.emit("some", 1, &format!("icmp slt i64 {}, {}", start.text, stop.text));
        let blocks = self.blocks(kind);
        self.open(&blocks.label);
        let number = blocks.number;
        let at = self.known(&format!("%{kind}.at.{number}"), 1);
        let carried: Vec<Operand> = inits
            .iter()
            .enumerate()
            .map(|(position, init)| self.known(&format!("%{kind}.{number}.{position}"), init.lanes))
            .collect();
        let next = body(self, &at, &carried);
        let stepped = self.emit("next", 1, &format!("add i64 {}, {step}", at.text));
        let ended = format!("icmp sge i64 {}, {}", stepped.text, stop.text);
        let ended = self.emit("ended", 1, &ended);
        let region = self.close();
        let Blocks { before, .. } = &blocks;
        let latch = &region.label;
        let types = self.types(nested, inits);
        let mut phis = vec![format!(
            "{} = phi i64 [ {}, %{before} ], [ {}, %{latch} ]",
            at.text, start.text, stepped.text
        )];
        let flows: Vec<String> = types
            .iter()
            .zip(inits.iter().zip(&next))
            .map(|(ty, (init, next))| {
                format!(
                    "phi {ty} [ {}, %{before} ], [ {}, %{latch} ]",
                    init.text, next.text
                )
            })
            .collect();
        let named = carried.iter().zip(&flows);
        phis.extend(named.map(|(carried, flow)| format!("{} = {flow}", carried.text)));
        self.splice(&region, &blocks, Enter::If(&some), &phis, Again::Until(&ended));
        let after = flows.iter().zip(inits);
        after
            .map(|(flow, init)| self.emit("after", init.lanes, flow))
            .collect()
    }

    /// Sixteen points of a block at a time: what each of sixteen lanes carries after it, in one register.
    fn lanes_in_registers(
        &mut self,
        nested: &Loop,
        [first, end]: [&Operand; 2],
        inits: &[Operand],
    ) -> Vec<Vec<Operand>> {
        let count = LANES as Shape;
        let size = self.emit("size", 1, &format!("sub i64 {}, {}", end.text, first.text));
        let rest = self.emit("rest", 1, &format!("and i64 {}, {}", size.text, LANES - 1));
        let last = self.emit("last", 1, &format!("sub i64 {}, {}", end.text, rest.text));
        let inits: Vec<Operand> = self
            .elements(nested)
            .iter()
            .zip(inits)
            .map(|(element, init)| self.splat(init, element, count))
            .collect();
        let mut context = Lanes {
            count,
            var: nested.var,
            depth: self.depth() + 1,
            mask: None,
            rest: None,
            varying: Varying::new(self.kernel, nested),
        };
        let full = context.clone();
        let step = ("vector", LANES as i64);
        let lanes = self.stepping(nested, step, [first, &last], &inits, |emitter, at, lanes| {
            emitter.points(nested, (Some(full), at), lanes)
        });
        let all = self.splat(&rest, "i64", count);
        let mask = format!("icmp ult <{count} x i64> {}, {}", llvm::iota(count), all.text);
        context.mask = Some(self.emit("lanes", count, &mask));
        context.rest = Some(rest.clone());
        let any = self.emit("any", 1, &format!("icmp ne i64 {}, 0", rest.text));
        let blocks = self.blocks("rest");
        self.open(&blocks.label);
        let mask = context.mask.clone();
        let mut next = self.points(nested, (Some(context), &last), &lanes);
        for ((next, before), &(carry, _)) in next.iter_mut().zip(&lanes).zip(&nested.carries) {
            let dtype = self.kernel.carries[carry].dtype;
            if let Some(mask) = &mask {
                *next = self.select(mask, next, before, dtype);
            }
        }
        let region = self.close();
        self.splice(&region, &blocks, Enter::If(&any), &[], Again::Never);
        let types = self.types(nested, &lanes);
        let flows = types.iter().zip(lanes.iter().zip(&next));
        let flows = flows.map(|(ty, (before, next))| {
            let (around, latch) = (&blocks.before, &region.label);
            format!(
                "phi {ty} [ {}, %{around} ], [ {}, %{latch} ]",
                before.text, next.text
            )
        });
        let flows: Vec<String> = flows.collect();
        flows
            .iter()
            .map(|flow| vec![self.emit("lanes", count, flow)])
            .collect()
    }

    /// One point of a block after the other: what each of sixteen lanes carries after it, in a register for each.
    fn lanes_in_memory(
        &mut self,
        nested: &Loop,
        [first, end]: [&Operand; 2],
        inits: &[Operand],
    ) -> Vec<Vec<Operand>> {
        let types = self.types(nested, inits);
        let mut places = Vec::new();
        for (ty, init) in types.iter().zip(inits) {
            let place = self.outermost("lanes", &format!("alloca {ty}, i64 {LANES}, align 64"));
            for lane in 0..LANES {
                let at = self.lane_of(&place, ty, &lane.to_string());
                self.line(&format!("store {ty} {}, ptr {}", init.text, at.text));
            }
            places.push(place);
        }
        let ends = [first, end];
        self.stepping(nested, ("point", 1), ends, &[], |emitter, at, _| {
            let lane = emitter.emit("lane", 1, &format!("sub i64 {}, {}", at.text, first.text));
            let lane = emitter.emit("lane", 1, &format!("and i64 {}, {}", lane.text, LANES - 1));
            let (mut slots, mut lanes) = (Vec::new(), Vec::new());
            for ((ty, place), init) in types.iter().zip(&places).zip(inits) {
                let slot = emitter.lane_of(place, ty, &lane.text);
                lanes.push(emitter.emit("carried", init.lanes, &format!("load {ty}, ptr {}", slot.text)));
                slots.push(slot);
            }
            let next = emitter.points(nested, (None, at), &lanes);
            for ((ty, slot), next) in types.iter().zip(&slots).zip(&next) {
                emitter.line(&format!("store {ty} {}, ptr {}", next.text, slot.text));
            }
            Vec::new()
        });
        let mut all = Vec::new();
        for ((ty, place), init) in types.iter().zip(&places).zip(inits) {
            let mut lanes = Vec::new();
            for lane in 0..LANES {
                let at = self.lane_of(place, ty, &lane.to_string());
                lanes.push(self.emit("lane", init.lanes, &format!("load {ty}, ptr {}", at.text)));
            }
            all.push(lanes);
        }
        all
    }

    /// The body at one point, or at as many as there are lanes: what is carried after it. `context`: lanes of its own.
    fn points(
        &mut self,
        nested: &Loop,
        (context, at): (Option<Lanes>, &Operand),
        carried: &[Operand],
    ) -> Vec<Operand> {
        self.bind_var(nested.var, at.clone());
        for (&(carry, _), operand) in nested.carries.iter().zip(carried) {
            self.bind_carry(carry, operand.clone());
        }
        let outer = self.lanes.clone();
        if context.is_some() {
            self.lanes = context;
        }
        self.block(&nested.body);
        let next = self.carried(&nested.carries, nested.next.iter().copied());
        self.lanes = outer;
        next
    }

    /// What lanes come to: the first half of them with the second, until there is one.
    fn meet(&mut self, with: Builtin, mut lanes: Vec<Operand>, dtype: DType) -> Operand {
        while lanes.len() > 1 {
            let above = lanes.split_off(lanes.len() / 2);
            let pairs = lanes.into_iter().zip(above);
            lanes = pairs.map(|(a, b)| self.apply_to(with, &[a, b], dtype)).collect();
        }
        let mut met = lanes.remove(0);
        let outside = self.lanes.as_ref().map_or(1, |lanes| lanes.count);
        while met.lanes > outside {
            let halves = self.halves(&met, dtype);
            met = self.apply_to(with, &halves, dtype);
        }
        met
    }

    /// The lower and the upper lanes of a register.
    fn halves(&mut self, all: &Operand, dtype: DType) -> [Operand; 2] {
        let (element, half) = (llvm::register_type(dtype), all.lanes / 2);
        let ty = llvm::shaped(element, all.lanes);
        [0, half].map(|first| {
            let part = if half == 1 {
                format!("extractelement {ty} {}, i64 {first}", all.text)
            } else {
                let lanes: Vec<String> = (first..first + half).map(|lane| format!("i32 {lane}")).collect();
                let lanes = lanes.join(", ");
                format!(
                    "shufflevector {ty} {}, {ty} poison, <{half} x i32> <{lanes}>",
                    all.text
                )
            };
            self.emit("half", half, &part)
        })
    }

    fn lane_of(&mut self, place: &Operand, ty: &str, lane: &str) -> Operand {
        let address = format!("getelementptr {ty}, ptr {}, i64 {lane}", place.text);
        self.emit("slot", 1, &address)
    }

    /// The types of what a fold carries.
    fn elements(&self, nested: &Loop) -> Vec<&'static str> {
        let carries = nested.carries.iter();
        let dtype = |(carry, _): &(CarryId, _)| self.kernel.carries[*carry].dtype;
        carries.map(|carry| llvm::register_type(dtype(carry))).collect()
    }

    /// The same in as many lanes as those have.
    fn types(&self, nested: &Loop, like: &[Operand]) -> Vec<String> {
        let elements = self.elements(nested).into_iter().zip(like);
        elements
            .map(|(element, like)| llvm::shaped(element, like.lanes))
            .collect()
    }
}
