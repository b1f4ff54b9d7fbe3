//! Statements and loops.

use bise_loops::{CarryId, Loop, LoopKind, Stmt, ValueId};

use super::emitter::{Emitter, Lanes, Operand, write_line};
use super::varying::Varying;
use crate::llvm::{self, Shape};

impl Emitter<'_> {
    /// Statements, in order.
    pub(super) fn block(&mut self, body: &[Stmt]) {
        for stmt in body {
            match stmt {
                Stmt::Let(value) => self.define(*value),
                Stmt::Store { buffer, index, value } => self.store(*buffer, index, *value),
                Stmt::Loop(nested) => self.nested(nested),
            }
        }
    }

    fn nested(&mut self, nested: &Loop) {
        let by_caller = self.depth() == 0
            && match nested.kind {
                LoopKind::Parallel | LoopKind::Vector(_) => true,
                LoopKind::Forward | LoopKind::Backward => false,
            };
        let (start, stop) = if by_caller {
            (Operand::literal("%start"), Operand::literal("%stop"))
        } else {
            (self.limit(nested.start), self.limit(nested.stop))
        };
        match nested.kind {
            LoopKind::Vector(lanes) if lanes > 1 => self.vector(nested, lanes, &start, &stop),
            _ => self.scalar_loop(nested, &start, &stop),
        }
    }

    /// One iteration after the other.
    fn scalar_loop(&mut self, nested: &Loop, start: &Operand, stop: &Operand) {
        let some = self.emit("some", 1, &format!("icmp slt i64 {}, {}", start.text, stop.text));
        let backward = nested.kind == LoopKind::Backward;
        let (first, last, step) = if backward {
            let last = self.emit("last", 1, &format!("add i64 {}, -1", stop.text));
            (last, start.clone(), -1)
        } else {
            (start.clone(), stop.clone(), 1)
        };
        let inits: Vec<Operand> = nested
            .carries
            .iter()
            .map(|&(carry, init)| self.carried(carry, init))
            .collect();
        let number = self.fresh();
        let (label, done) = (format!("loop{number}"), format!("done{number}"));
        let before = self.region().label.clone();
        self.open(&label);
        let var = format!("%{}.{number}", llvm::hint(&self.kernel.vars[nested.var].name));
        self.bind_var(
            nested.var,
            Operand {
                text: var.clone().into(),
                lanes: 1,
                depth: self.depth(),
            },
        );
        let phis = self.carry_phis(nested, &inits, number);
        self.block(&nested.body);
        let next: Vec<Operand> = nested
            .carries
            .iter()
            .zip(&nested.next)
            .map(|(&(carry, _), &next)| self.carried(carry, next))
            .collect();
        if backward {
            self.line(&format!("%end{number} = icmp eq i64 {var}, {}", last.text));
            self.line(&format!("%next{number} = add nsw i64 {var}, {step}"));
        } else {
            self.line(&format!("%next{number} = add nsw i64 {var}, {step}"));
            self.line(&format!(
                "%end{number} = icmp eq i64 %next{number}, {}",
                last.text
            ));
        }
        let region = self.close();
        let latch = &region.label;
        let outer = self.region();
        outer.text.push_str(&region.preheader);
        write_line(
            &mut outer.text,
            &format!("br i1 {}, label %{label}, label %{done}", some.text),
        );
        outer.text.push_str(&format!("{label}:\n"));
        write_line(
            &mut outer.text,
            &format!(
                "{var} = phi i64 [ {}, %{before} ], [ %next{number}, %{latch} ]",
                first.text
            ),
        );
        for ((phi, init), next) in phis.iter().zip(&inits).zip(&next) {
            write_line(
                &mut outer.text,
                &format!("{phi} [ {}, %{before} ], [ {}, %{latch} ]", init.text, next.text),
            );
        }
        outer.text.push_str(&region.text);
        write_line(
            &mut outer.text,
            &format!("br i1 %end{number}, label %{done}, label %{label}"),
        );
        outer.text.push_str(&format!("{done}:\n"));
        outer.label = done;
    }

    /// A value that flows into a carry, in as many lanes as the carry has.
    fn carried(&mut self, carry: CarryId, value: ValueId) -> Operand {
        let lanes = self.carry_lanes(carry);
        self.operand_in(value, lanes)
    }

    fn carry_lanes(&self, carry: CarryId) -> Shape {
        match &self.lanes {
            Some(lanes) if lanes.varying.carry(carry) => lanes.count,
            _ => 1,
        }
    }

    /// Makes the carries of a loop known; gives the start of the instruction for each.
    fn carry_phis(&mut self, nested: &Loop, inits: &[Operand], number: usize) -> Vec<String> {
        let mut phis = Vec::new();
        for (position, (&(carry, _), init)) in nested.carries.iter().zip(inits).enumerate() {
            let declared = &self.kernel.carries[carry];
            let register = format!("%{}.{number}.{position}", llvm::hint(&declared.name));
            let ty = llvm::shaped(llvm::register_type(declared.dtype), init.lanes);
            phis.push(format!("{register} = phi {ty}"));
            let operand = Operand {
                text: register.into(),
                lanes: init.lanes,
                depth: self.depth(),
            };
            self.bind_carry(carry, operand);
        }
        phis
    }

    /// Full vectors in a loop, then the rest under a mask.
    fn vector(&mut self, nested: &Loop, lanes: Shape, start: &Operand, stop: &Operand) {
        let varying = Varying::new(self.kernel, nested);
        let number = self.fresh();
        let count = self.emit("count", 1, &format!("sub i64 {}, {}", stop.text, start.text));
        // No iterations where start is past stop; the difference of two indices does not overflow.
        let some = self.emit(
            "some",
            1,
            &format!("call i64 @llvm.smax.i64(i64 {}, i64 0)", count.text),
        );
        let rest = self.emit("rest", 1, &format!("urem i64 {}, {lanes}", some.text));
        let full = self.emit("full", 1, &format!("sub i64 {}, {}", some.text, rest.text));
        let last = self.emit("last", 1, &format!("add i64 {}, {}", start.text, full.text));
        let any_full = self.emit("any", 1, &format!("icmp ne i64 {}, 0", full.text));
        let any_rest = self.emit("any", 1, &format!("icmp ne i64 {}, 0", rest.text));
        let context = Lanes {
            count: lanes,
            var: nested.var,
            depth: self.depth() + 1,
            mask: None,
            varying,
        };
        self.full_vectors(nested, number, context.clone(), [start, &last, &any_full]);
        self.partial_vector(nested, number, context, [&last, &rest, &any_rest]);
    }

    /// The loop over full vectors, from `start` to `last` if there are `any`.
    fn full_vectors(
        &mut self,
        nested: &Loop,
        number: usize,
        context: Lanes,
        [start, last, any]: [&Operand; 3],
    ) {
        let (label, done) = (format!("vector{number}"), format!("vectors{number}"));
        let before = self.region().label.clone();
        let lanes = context.count;
        let var = format!("%{}.{number}", llvm::hint(&self.kernel.vars[nested.var].name));
        let region = self.lanes_of(nested, &label, &var, context);
        let latch = region.label;
        let outer = self.region();
        outer.text.push_str(&region.preheader);
        write_line(
            &mut outer.text,
            &format!("br i1 {}, label %{label}, label %{done}", any.text),
        );
        outer.text.push_str(&format!(
            "{label}:\n  {var} = phi i64 [ {}, %{before} ], [ %next{number}, %{latch} ]\n",
            start.text
        ));
        outer.text.push_str(&region.text);
        write_line(
            &mut outer.text,
            &format!("%next{number} = add nsw i64 {var}, {lanes}"),
        );
        write_line(
            &mut outer.text,
            &format!("%end{number} = icmp eq i64 %next{number}, {}", last.text),
        );
        write_line(
            &mut outer.text,
            &format!("br i1 %end{number}, label %{done}, label %{label}"),
        );
        outer.text.push_str(&format!("{done}:\n"));
        outer.label = done;
    }

    /// The rest: one vector at `first` of which only `rest` lanes count, if there are `any`.
    fn partial_vector(
        &mut self,
        nested: &Loop,
        number: usize,
        mut context: Lanes,
        [first, rest, any]: [&Operand; 3],
    ) {
        let lanes = context.count;
        let (label, done) = (format!("rest{number}"), format!("rests{number}"));
        let all = self.splat(rest, "i64", lanes);
        let compare = format!("icmp ult <{lanes} x i64> {}, {}", llvm::iota(lanes), all.text);
        context.mask = Some(self.emit("lanes", lanes, &compare));
        let region = self.lanes_of(nested, &label, &first.text, context);
        let outer = self.region();
        outer.text.push_str(&region.preheader);
        write_line(
            &mut outer.text,
            &format!("br i1 {}, label %{label}, label %{done}", any.text),
        );
        outer.text.push_str(&format!("{label}:\n"));
        outer.text.push_str(&region.text);
        write_line(&mut outer.text, &format!("br label %{done}"));
        outer.text.push_str(&format!("{done}:\n"));
        outer.label = done;
    }

    /// The body for one vector of iterations.
    fn lanes_of(&mut self, nested: &Loop, label: &str, var: &str, context: Lanes) -> super::emitter::Region {
        self.open(label);
        let var = Operand {
            text: var.into(),
            lanes: 1,
            depth: self.depth(),
        };
        self.bind_var(nested.var, var);
        let outer = self.lanes.replace(context);
        self.block(&nested.body);
        self.lanes = outer;
        self.close()
    }
}
