//! Statements and loops.
//!
//! A vector loop has its body twice: without a mask for full vectors, and once more under a mask for the rest. One loop
//! under a mask that is all true but at its end would compile a fifth faster, but ran 5 to 16 % slower on a stencil in
//! cache, because masked loads do not fold into arithmetic. A variant with non-temporal stores, which pay for
//! outputs that outgrow the caches and have aligned rows, belongs beside [`Emitter::vector`].

use bise_loops::{CarryId, Loop, LoopKind, Stmt, ValueId, While};

use super::emitter::{Emitter, Lanes, Operand, Region, write_line};
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
                Stmt::While(rounds) => self.rounds(rounds),
            }
        }
    }

    fn nested(&mut self, nested: &Loop) {
        let by_caller = self.depth() == 0
            && match nested.kind {
                LoopKind::Parallel | LoopKind::Vector(_) => true,
                LoopKind::Forward | LoopKind::Backward | LoopKind::Fold(_) => false,
            };
        let (start, stop) = if by_caller {
            (Operand::literal("%start"), Operand::literal("%stop"))
        } else {
            (self.limit(nested.start), self.limit(nested.stop))
        };
        match nested.kind {
            LoopKind::Vector(lanes) if lanes > 1 => self.vector(nested, lanes, &start, &stop),
            LoopKind::Fold(with) => self.fold(nested, with, &start, &stop),
            _ => match self
                .lanes
                .as_ref()
                .and_then(|lanes| self.turning(nested, lanes.var))
            {
                Some(turning) => self.turn(nested, &turning, &start, &stop),
                None => self.scalar_loop(nested, &start, &stop),
            },
        }
    }

    /// One iteration after the other.
    fn scalar_loop(&mut self, nested: &Loop, start: &Operand, stop: &Operand) {
        let some = self.emit("some", 1, &format!("icmp slt i64 {}, {}", start.text, stop.text));
        let backward = nested.kind == LoopKind::Backward;
        let first = if backward {
            self.emit("last", 1, &format!("add i64 {}, -1", stop.text))
        } else {
            start.clone()
        };
        let inits = self.carried(&nested.carries, nested.carries.iter().map(|(_, init)| *init));
        let blocks = self.blocks("loop");
        self.open(&blocks.label);
        let var = self.open_var(nested, blocks.number);
        let phis = self.carry_phis(&nested.carries, &inits, blocks.number);
        self.block(&nested.body);
        let next = self.carried(&nested.carries, nested.next.iter().copied());
        let (step, end) = if backward { (-1, start) } else { (1, stop) };
        let stepped = self.emit("next", 1, &format!("add nsw i64 {var}, {step}"));
        let ended = if backward { var.as_str() } else { &stepped.text };
        let ended = self.emit("ended", 1, &format!("icmp eq i64 {ended}, {}", end.text));
        let region = self.close();
        let (before, latch) = (&blocks.before, &region.label);
        let flow = |phi: &str, init: &Operand, next: &Operand| {
            format!("{phi} [ {}, %{before} ], [ {}, %{latch} ]", init.text, next.text)
        };
        let mut lines = vec![flow(&format!("{var} = phi i64"), &first, &stepped)];
        lines.extend(
            phis.iter()
                .zip(&inits)
                .zip(&next)
                .map(|((phi, init), next)| flow(phi, init, next)),
        );
        self.splice(&region, &blocks, Enter::If(&some), &lines, Again::Until(&ended));
        for (&(carry, _), (init, next)) in nested.carries.iter().zip(inits.iter().zip(&next)) {
            let ty = llvm::shaped(llvm::register_type(self.kernel.carries[carry].dtype), init.lanes);
            let after = format!(
                "phi {ty} [ {}, %{before} ], [ {}, %{latch} ]",
                init.text, next.text
            );
            let after = self.emit("after", init.lanes, &after);
            self.bind_after(carry, after);
        }
    }

    /// Round after round, while the condition holds in some lane that is to be computed. What is in the lanes where it
    /// does not hold stays as it is, and nothing is read for them.
    ///
    /// ```text
    /// while1:                                        what is carried; the head
    ///   %active = and <4 x i1> %lanes, %holds
    ///   %any = call i1 @llvm.vector.reduce.or.v4i1(<4 x i1> %active)
    ///   br i1 %any, label %round1, label %done1
    /// round1:                                        the body, in the lanes that are active
    ///   br label %while1
    /// done1:
    /// ```
    fn rounds(&mut self, rounds: &While) {
        let carries = &rounds.carries;
        let inits = self.carried(carries, carries.iter().map(|(_, init)| *init));
        let blocks = self.blocks("while");
        let Blocks {
            number,
            before,
            label,
            done,
        } = &blocks;
        self.open(label);
        let phis = self.carry_phis(carries, &inits, *number);
        self.block(&rounds.head);
        let holds = self.operand(rounds.condition);
        let active = match holds.lanes {
            1 => None,
            _ => self.mask_with(Some(&holds)),
        };
        let any = match &active {
            None => holds,
            Some(active) => {
                let count = active.lanes;
                let any = format!(
                    "call i1 @llvm.vector.reduce.or.v{count}i1(<{count} x i1> {})",
                    active.text
                );
                self.emit("any", 1, &any)
            }
        };
        let round = format!("round{number}");
        self.line(&format!("br i1 {}, label %{round}, label %{done}", any.text));
        let region = self.region();
        region.text.extend([&round, ":\n"]);
        region.label = round;
        let mask = self.lanes.as_ref().and_then(|lanes| lanes.mask.clone());
        if let (Some(lanes), Some(active)) = (&mut self.lanes, &active) {
            lanes.mask = Some(active.clone());
        }
        self.block(&rounds.body);
        let mut next = self.carried(carries, rounds.next.iter().copied());
        if let Some(lanes) = &mut self.lanes {
            lanes.mask = mask;
        }
        if let Some(active) = &active {
            for (next, &(carry, _)) in next.iter_mut().zip(carries) {
                let before = self.carry(carry);
                *next = self.select(active, next, &before, self.kernel.carries[carry].dtype);
            }
        }
        let region = self.close();
        let latch = &region.label;
        let flows = phis.iter().zip(inits.iter().zip(&next));
        let flows: Vec<String> = flows
            .map(|(phi, (init, next))| {
                format!("{phi} [ {}, %{before} ], [ {}, %{latch} ]", init.text, next.text)
            })
            .collect();
        self.splice(&region, &blocks, Enter::Always, &flows, Again::Always);
        for &(carry, _) in carries {
            let after = Operand {
                depth: self.depth(),
                ..self.carry(carry)
            };
            self.bind_after(carry, after);
        }
    }

    /// Names for the basic blocks of a loop that is about to open.
    pub(super) fn blocks(&mut self, kind: &str) -> Blocks {
        let number = self.fresh();
        Blocks {
            number,
            before: self.region().label.clone(),
            label: format!("{kind}{number}"),
            done: format!("done{number}"),
        }
    }

    /// The variable of the loop that was just opened; gives its register.
    fn open_var(&mut self, nested: &Loop, number: usize) -> String {
        let name = llvm::hint(&self.kernel.vars[nested.var].name);
        let register = format!("%{name}.{number}");
        let operand = Operand {
            text: register.as_str().into(),
            lanes: 1,
            depth: self.depth(),
        };
        self.bind_var(nested.var, operand);
        register
    }

    /// Puts the code of a region where it belongs.
    pub(super) fn splice(
        &mut self,
        region: &Region,
        blocks: &Blocks,
        enter: Enter<'_>,
        phis: &[String],
        again: Again<'_>,
    ) {
        let Blocks { label, done, .. } = blocks;
        let outer = self.region();
        outer.text.push_str(&region.preheader);
        let enter = match enter {
            Enter::If(enter) => format!("br i1 {}, label %{label}, label %{done}", enter.text),
            Enter::Always => format!("br label %{label}"),
        };
        write_line(&mut outer.text, &enter);
        outer.text.extend([label, ":\n"]);
        for phi in phis {
            write_line(&mut outer.text, phi);
        }
        outer.text.push_str(&region.text);
        let jump = match again {
            Again::Until(ended) => format!("br i1 {}, label %{done}, label %{label}", ended.text),
            Again::Always => format!("br label %{label}"),
            Again::Never => format!("br label %{done}"),
        };
        write_line(&mut outer.text, &jump);
        outer.text.extend([done, ":\n"]);
        outer.label.clone_from(done);
    }

    /// Values that flow into the carries of a loop, in as many lanes as these have.
    pub(super) fn carried(
        &mut self,
        carries: &[(CarryId, ValueId)],
        values: impl Iterator<Item = ValueId>,
    ) -> Vec<Operand> {
        let pairs = carries.iter().zip(values);
        pairs
            .map(|(&(carry, _), value)| {
                let lanes = self.carry_lanes(carry);
                self.operand_in(value, lanes)
            })
            .collect()
    }

    fn carry_lanes(&self, carry: CarryId) -> Shape {
        match &self.lanes {
            Some(lanes) if lanes.varying.carry(carry) => lanes.count,
            _ => 1,
        }
    }

    /// Makes the carries of a loop known; gives the start of the instruction for each.
    fn carry_phis(
        &mut self,
        carries: &[(CarryId, ValueId)],
        inits: &[Operand],
        number: usize,
    ) -> Vec<String> {
        let mut phis = Vec::new();
        for (position, (&(carry, _), init)) in carries.iter().zip(inits).enumerate() {
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
        let count = self.emit("count", 1, &format!("sub i64 {}, {}", stop.text, start.text));
        // No iterations where start is past stop; the difference of two indices does not overflow.
        let some = format!("call i64 @llvm.smax.i64(i64 {}, i64 0)", count.text);
        let some = self.emit("some", 1, &some);
        let rest = self.emit("rest", 1, &format!("urem i64 {}, {lanes}", some.text));
        let full = self.emit("full", 1, &format!("sub i64 {}, {}", some.text, rest.text));
        let last = self.emit("last", 1, &format!("add i64 {}, {}", start.text, full.text));
        let context = Lanes {
            count: lanes,
            var: nested.var,
            depth: self.depth() + 1,
            mask: None,
            rest: None,
            varying: Varying::new(self.kernel, nested),
        };
        let any = self.emit("any", 1, &format!("icmp ne i64 {}, 0", full.text));
        self.full_vectors(nested, context.clone(), [start, &last, &any]);
        let any = self.emit("any", 1, &format!("icmp ne i64 {}, 0", rest.text));
        self.partial_vector(nested, context, [&last, &rest, &any]);
    }

    /// The loop over full vectors, from `start` to `last` if there are `any`.
    fn full_vectors(&mut self, nested: &Loop, context: Lanes, [start, last, any]: [&Operand; 3]) {
        let lanes = context.count;
        let blocks = self.blocks("vector");
        self.open(&blocks.label);
        let var = self.open_var(nested, blocks.number);
        self.in_lanes(nested, context);
        let next = self.emit("next", 1, &format!("add nsw i64 {var}, {lanes}"));
        let ended = self.emit("ended", 1, &format!("icmp eq i64 {}, {}", next.text, last.text));
        let region = self.close();
        let (before, latch) = (&blocks.before, &region.label);
        let phi = format!(
            "{var} = phi i64 [ {}, %{before} ], [ {}, %{latch} ]",
            start.text, next.text
        );
        self.splice(&region, &blocks, Enter::If(any), &[phi], Again::Until(&ended));
    }

    /// The rest: one vector at `first` of which only `rest` lanes count, if there are `any`.
    fn partial_vector(&mut self, nested: &Loop, mut context: Lanes, [first, rest, any]: [&Operand; 3]) {
        let lanes = context.count;
        let all = self.splat(rest, "i64", lanes);
        let compare = format!("icmp ult <{lanes} x i64> {}, {}", llvm::iota(lanes), all.text);
        context.mask = Some(self.emit("lanes", lanes, &compare));
        context.rest = Some(rest.clone());
        let blocks = self.blocks("rest");
        self.open(&blocks.label);
        self.bind_var(
            nested.var,
            Operand {
                depth: self.depth(),
                ..first.clone()
            },
        );
        self.in_lanes(nested, context);
        let region = self.close();
        self.splice(&region, &blocks, Enter::If(any), &[], Again::Never);
    }

    /// The body for one vector of iterations.
    fn in_lanes(&mut self, nested: &Loop, context: Lanes) {
        let outer = self.lanes.replace(context);
        self.block(&nested.body);
        self.lanes = outer;
    }
}

/// Whether a region runs at all.
#[derive(Clone, Copy)]
pub(super) enum Enter<'a> {
    If(&'a Operand),
    Always,
}

/// Whether it runs again.
#[derive(Clone, Copy)]
pub(super) enum Again<'a> {
    Until(&'a Operand),
    /// It leaves by itself.
    Always,
    Never,
}

/// The basic blocks of a loop.
pub(super) struct Blocks {
    pub(super) number: usize,
    /// From where it is entered.
    pub(super) before: String,
    /// Its first.
    pub(super) label: String,
    /// What comes after.
    done: String,
}
