//! Calls of the language's math functions: `bise_NAME_DTYPE` of `bise_lang::math`, which take scalars.
//!
//! A call on vectors goes through a function of the module that takes the lanes apart, so that a kernel holds
//! one call, however many lanes there are. A vector version of a function has its place here.

use std::collections::BTreeSet;
use std::fmt::Write;

use bise_lang::DType;

use super::turn::Turn;
use crate::llvm::{self, Shape};

/// What the module declares and defines besides its kernels.
#[derive(Debug, Default)]
pub(super) struct Functions {
    declared: BTreeSet<Function>,
    wrappers: BTreeSet<(Function, Shape)>,
    turns: BTreeSet<Turn>,
    zero: bool,
}

/// One of the functions of `bise_lang::math`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Function {
    /// The builtin's name.
    pub(super) name: &'static str,
    /// The type of its operands and its value.
    pub(super) dtype: DType,
    /// How many operands.
    pub(super) arity: usize,
}

impl Functions {
    /// The name of a function of that many lanes; it will be there.
    pub(super) fn call(&mut self, function: Function, lanes: Shape) -> String {
        self.declared.insert(function);
        if lanes == 1 {
            return function.symbol();
        }
        self.wrappers.insert((function, lanes));
        format!("{}.v{lanes}", function.symbol())
    }

    /// The name of a function that turns columns; it will be there.
    pub(super) fn turn(&mut self, turn: Turn) -> String {
        self.turns.insert(turn);
        turn.symbol()
    }

    /// The name of eight bytes that are zero.
    pub(super) fn zero(&mut self) -> &'static str {
        self.zero = true;
        "@bise.zero"
    }

    /// Declarations and definitions.
    pub(super) fn write(&self, text: &mut String) {
        if self.zero {
            text.push_str("@bise.zero = private unnamed_addr constant i64 0, align 8\n");
        }
        for function in &self.declared {
            let ty = llvm::register_type(function.dtype);
            let operands = vec![ty; function.arity].join(", ");
            // Writing to a string cannot fail.
            let _ = writeln!(text, "declare {ty} {}({operands}) #1", function.symbol());
        }
        for (function, lanes) in &self.wrappers {
            function.write_wrapper(*lanes, text);
        }
        for turn in &self.turns {
            turn.write(text);
        }
    }
}

impl Function {
    fn symbol(self) -> String {
        format!("@bise_{}_{}", self.name, self.dtype)
    }

    /// The function on vectors: lane by lane.
    fn write_wrapper(self, lanes: Shape, text: &mut String) {
        let element = llvm::register_type(self.dtype);
        let ty = llvm::shaped(element, lanes);
        let params: Vec<String> = (0..self.arity).map(|i| format!("{ty} %p{i}")).collect();
        let symbol = self.symbol();
        let _ = writeln!(
            text,
            "define internal {ty} {symbol}.v{lanes}({}) #1 {{",
            params.join(", ")
        );
        let mut result = "poison".to_owned();
        for lane in 0..lanes {
            for i in 0..self.arity {
                let _ = writeln!(text, "  %x{i}.{lane} = extractelement {ty} %p{i}, i64 {lane}");
            }
            let operands: Vec<String> = (0..self.arity)
                .map(|i| format!("{element} %x{i}.{lane}"))
                .collect();
            let _ = writeln!(
                text,
                "  %y{lane} = call {element} {symbol}({})\n  \
                 %z{lane} = insertelement {ty} {result}, {element} %y{lane}, i64 {lane}",
                operands.join(", ")
            );
            result = format!("%z{lane}");
        }
        let _ = writeln!(text, "  ret {ty} {result}\n}}");
    }
}
