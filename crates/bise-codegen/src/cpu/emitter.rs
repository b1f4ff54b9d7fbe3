//! The text of one function, and where in it an instruction goes.
//!
//! The function is a stack of regions: the function itself at depth 0, and one per loop that is open. Each has its
//! straight-line text so far, and a *preheader*: what runs once, just before the loop starts. [`Emitter::pure`]
//! puts an instruction at the depth where its operands are known, which may be far outside the current loop, and
//! gives the same register for the same instruction: invariant code is never inside a loop to begin with.

use std::collections::HashMap;
use std::fmt::Write;

use bise_base::Name;
use bise_lang::DType;
use bise_loops::{BufferId, CarryId, FrameLayout, Kernel, Limit, ValueId, VarId};

use super::functions::Functions;
use super::varying::Varying;
use crate::llvm::{self, Shape};

/// A value in a register, or a literal.
#[derive(Clone, Debug)]
pub(super) struct Operand {
    /// `%x12`, `0x3FF0000000000000`, `true`.
    pub(super) text: Name,
    /// How many lanes.
    pub(super) lanes: Shape,
    /// The depth at which it is defined.
    pub(super) depth: usize,
}

/// One loop that is open, or the function.
pub(super) struct Region {
    /// The basic block that `text` is in.
    pub(super) label: String,
    /// What runs in the enclosing region just before this one starts.
    pub(super) preheader: String,
    /// The code so far.
    pub(super) text: String,
    /// Instructions of this region by their text, with their register.
    known: HashMap<String, Name>,
    /// Values that are in scope while this region is open.
    bound: Vec<ValueId>,
}

/// The vector loop that is being emitted.
#[derive(Clone, Debug)]
pub(super) struct Lanes {
    /// How many.
    pub(super) count: Shape,
    /// The loop's variable.
    pub(super) var: VarId,
    /// The depth of the loop's body.
    pub(super) depth: usize,
    /// Which lanes are to be computed; all where absent.
    pub(super) mask: Option<Operand>,
    /// How many they are, the first ones.
    pub(super) rest: Option<Operand>,
    /// What varies from lane to lane.
    pub(super) varying: Varying,
}

/// Emits one function.
pub(super) struct Emitter<'a> {
    pub(super) kernel: &'a Kernel,
    pub(super) functions: &'a mut Functions,
    pub(super) lanes: Option<Lanes>,
    frame: FrameLayout,
    regions: Vec<Region>,
    values: Vec<Option<Operand>>,
    vars: Vec<Option<Operand>>,
    carries: Vec<Option<Operand>>,
    /// The same after their loops, where that is asked for.
    afters: Vec<Option<Operand>>,
    counter: usize,
}

impl<'a> Emitter<'a> {
    /// An empty function.
    pub(super) fn new(kernel: &'a Kernel, functions: &'a mut Functions) -> Self {
        Self {
            kernel,
            functions,
            lanes: None,
            frame: kernel.frame(),
            regions: vec![Region::new("entry")],
            values: vec![None; kernel.values.len()],
            vars: vec![None; kernel.vars.len()],
            carries: vec![None; kernel.carries.len()],
            afters: vec![None; kernel.carries.len()],
            counter: 0,
        }
    }

    /// The text of the function's body.
    pub(super) fn finish(mut self) -> String {
        self.regions.pop().map_or_else(String::new, |region| region.text)
    }

    /// How many loops are open.
    pub(super) fn depth(&self) -> usize {
        self.regions.len() - 1
    }

    /// The innermost region.
    pub(super) fn region(&mut self) -> &mut Region {
        self.regions
            .last_mut()
            .expect("compiler bug: a function without a region")
    }

    /// Starts a region whose first basic block is `label`.
    pub(super) fn open(&mut self, label: &str) {
        self.regions.push(Region::new(label));
    }

    /// Ends the innermost region: what it bound is out of scope.
    pub(super) fn close(&mut self) -> Region {
        let region = self
            .regions
            .pop()
            .expect("compiler bug: a region closed that is not open");
        for &value in &region.bound {
            self.values[raw(value)] = None;
        }
        region
    }

    /// A number that no name in this function has yet.
    pub(super) fn fresh(&mut self) -> usize {
        self.counter += 1;
        self.counter
    }

    /// An instruction at the current place that gives a value.
    pub(super) fn emit(&mut self, name: &str, lanes: Shape, instruction: &str) -> Operand {
        let register = self.register(name);
        self.line(&format!("{register} = {instruction}"));
        Operand {
            text: register,
            lanes,
            depth: self.depth(),
        }
    }

    /// An instruction at the current place that gives nothing.
    pub(super) fn line(&mut self, instruction: &str) {
        write_line(&mut self.region().text, instruction);
    }

    /// An instruction without effects whose operands are known at `depth`: placed there, once.
    pub(super) fn pure(&mut self, depth: usize, name: &str, lanes: Shape, instruction: &str) -> Operand {
        let found = self
            .regions
            .iter()
            .enumerate()
            .find_map(|(at, region)| Some((at, region.known.get(instruction)?.clone())));
        if let Some((depth, text)) = found {
            return Operand { text, lanes, depth };
        }
        let register = self.register(name);
        let line = format!("{register} = {instruction}");
        if depth == self.depth() {
            write_line(&mut self.regions[depth].text, &line);
        } else {
            write_line(&mut self.regions[depth + 1].preheader, &line);
        }
        self.regions[depth]
            .known
            .insert(instruction.to_owned(), register.clone());
        Operand {
            text: register,
            lanes,
            depth,
        }
    }

    /// An instruction at the start of the function, whatever is open: a place of its own.
    pub(super) fn outermost(&mut self, name: &str, instruction: &str) -> Operand {
        let text = self.register(name);
        let line = format!("{text} = {instruction}");
        match self.regions.get_mut(1) {
            Some(outermost) => write_line(&mut outermost.preheader, &line),
            None => write_line(&mut self.regions[0].text, &line),
        }
        Operand {
            text,
            lanes: 1,
            depth: 0,
        }
    }

    /// A register that is defined elsewhere in the innermost region.
    pub(super) fn known(&self, register: &str, lanes: Shape) -> Operand {
        Operand {
            text: register.into(),
            lanes,
            depth: self.depth(),
        }
    }

    fn register(&mut self, name: &str) -> Name {
        // The dot keeps `x1` number 2 apart from `x` number 12, and registers apart from labels.
        Name::from(format!("%{name}.{}", self.fresh()))
    }

    /// Makes a value known in the innermost region.
    pub(super) fn bind(&mut self, value: ValueId, operand: Operand) {
        self.values[raw(value)] = Some(operand);
        self.region().bound.push(value);
    }

    /// Where a value is, if it is in scope.
    pub(super) fn bound(&self, value: ValueId) -> Option<&Operand> {
        self.values[raw(value)].as_ref()
    }

    /// Makes a loop variable known.
    pub(super) fn bind_var(&mut self, var: VarId, operand: Operand) {
        self.vars[var.into_raw().into_u32() as usize] = Some(operand);
    }

    /// A loop variable.
    pub(super) fn var(&self, var: VarId) -> Operand {
        let operand = self.vars[var.into_raw().into_u32() as usize].clone();
        operand.unwrap_or_else(|| {
            panic!(
                "compiler bug: variable {} outside of its loop",
                self.kernel.vars[var].name
            )
        })
    }

    /// Makes a carried value known.
    pub(super) fn bind_carry(&mut self, carry: CarryId, operand: Operand) {
        self.carries[carry.into_raw().into_u32() as usize] = Some(operand);
    }

    /// A carried value.
    pub(super) fn carry(&self, carry: CarryId) -> Operand {
        let operand = self.carries[carry.into_raw().into_u32() as usize].clone();
        operand.unwrap_or_else(|| {
            panic!(
                "compiler bug: {} outside of its loop",
                self.kernel.carries[carry].name
            )
        })
    }

    /// Makes a carried value known after its loop.
    pub(super) fn bind_after(&mut self, carry: CarryId, operand: Operand) {
        self.afters[carry.into_raw().into_u32() as usize] = Some(operand);
    }

    /// A carried value after its loop.
    pub(super) fn carry_after(&self, carry: CarryId) -> Operand {
        let operand = self.afters[carry.into_raw().into_u32() as usize].clone();
        operand.unwrap_or_else(|| {
            panic!(
                "compiler bug: {} before its loop has run",
                self.kernel.carries[carry].name
            )
        })
    }

    /// The operand with all lanes, where it has one and the current loop has several.
    pub(super) fn splat(&mut self, operand: &Operand, element: &str, lanes: Shape) -> Operand {
        if lanes == operand.lanes {
            return operand.clone();
        }
        if !operand.text.starts_with('%') {
            let text = Name::from(llvm::splat(element, &operand.text, lanes));
            return Operand {
                text,
                lanes,
                depth: 0,
            };
        }
        // Not further out than the vector loop: a register is not to be held for longer than it must.
        let outside = self.lanes.as_ref().map_or(0, |l| l.depth.saturating_sub(1));
        let depth = operand.depth.max(outside);
        let ty = llvm::shaped(element, lanes);
        let first = format!("insertelement {ty} poison, {element} {}, i64 0", operand.text);
        let first = self.pure(depth, "first", lanes, &first);
        let all = format!(
            "shufflevector {ty} {}, {ty} poison, <{lanes} x i32> zeroinitializer",
            first.text
        );
        self.pure(depth, "splat", lanes, &all)
    }

    /// The address of a buffer's index 0 along every axis.
    pub(super) fn base(&mut self, buffer: BufferId) -> Operand {
        let word = self.frame.buffers[buffer.into_raw().into_u32() as usize];
        self.word(word, "base", "ptr")
    }

    /// The stride of a buffer along an axis, in elements.
    pub(super) fn stride(&mut self, buffer: BufferId, axis: usize) -> Operand {
        let word = self.frame.buffers[buffer.into_raw().into_u32() as usize] + 1 + axis;
        self.word(word, "stride", "i64")
    }

    /// An end of a loop.
    pub(super) fn limit(&mut self, limit: Limit) -> Operand {
        match limit {
            Limit::Constant(value) => Operand::literal(value.to_string()),
            Limit::Bound(position) => {
                let word = self.frame.bounds + position;
                self.word(word, "bound", "i64")
            }
            Limit::Start(offset) => self.given("%start", offset),
            Limit::Stop(offset) => self.given("%stop", offset),
        }
    }

    /// An end of the range that the caller gives, moved.
    fn given(&mut self, end: &str, offset: i64) -> Operand {
        match offset {
            0 => Operand::literal(end),
            offset => self.pure(0, "given", 1, &format!("add i64 {end}, {offset}")),
        }
    }

    /// A run-time scalar.
    pub(super) fn scalar(&mut self, position: usize) -> Operand {
        let dtype = self.kernel.scalars[position].dtype;
        let word = self.frame.scalars + position;
        let in_memory = self.word(word, "scalar", llvm::memory_type(dtype));
        match dtype {
            DType::Bool => self.pure(0, "flag", 1, &format!("icmp ne i8 {}, 0", in_memory.text)),
            _ => in_memory,
        }
    }

    /// A word of the frame.
    fn word(&mut self, word: usize, name: &str, ty: &str) -> Operand {
        let address = match word {
            0 => Operand::literal("%frame"),
            _ => self.pure(
                0,
                "word",
                1,
                &format!("getelementptr i64, ptr %frame, i64 {word}"),
            ),
        };
        self.pure(0, name, 1, &format!("load {ty}, ptr {}, align 8", address.text))
    }
}

impl Operand {
    /// A number or a parameter of the function.
    pub(super) fn literal(text: impl Into<Name>) -> Self {
        Self {
            text: text.into(),
            lanes: 1,
            depth: 0,
        }
    }
}

impl Region {
    fn new(label: &str) -> Self {
        Self {
            label: label.to_owned(),
            preheader: String::new(),
            text: String::new(),
            known: HashMap::new(),
            bound: Vec::new(),
        }
    }
}

/// The position of a value in its arena.
pub(super) fn raw(value: ValueId) -> usize {
    value.into_raw().into_u32() as usize
}

/// One instruction, indented.
pub(super) fn write_line(text: &mut String, instruction: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "  {instruction}");
}
