//! The typed field view: operators, sweeps and programs as the user wrote them, with every name resolved.
//!
//! Both front ends build this representation, so it is where the two generations of the language meet. It prints
//! as Bise source ([`mod@print`]): parsing that text through the front end gives the same hir again.
//!
//! Meaning: an operator is a pure function of scalars, fields and tuples of them. Its body assigns each local
//! exactly once; `if` statements have a scalar condition and join the locals that live on. A `while` goes round after
//! round, at each point for as long as its condition holds there, and carries locals from one to the next. A program is a list
//! of calls whose results are written to fields, one after the other; every call reads all of its arguments
//! before it writes.
//!
//! Start at [`Operator`] and [`Program`]. [`Builder`] makes and types expressions by the rules of [`typing`],
//! [`verify`] checks what was made, [`walk`] traverses it.
#![forbid(unsafe_code)]

pub mod build;
mod inlined;
pub mod ir;
mod normal;
pub mod pointwise;
pub mod print;
mod program;
pub mod typing;
pub mod verify;
pub mod walk;

pub use build::Builder;
pub use inlined::Inlined;
pub use ir::{
    Block, Body, Carried, Expr, ExprId, ExprKind, Join, Local, LocalId, Operator, OperatorKind, Program,
    ProgramCall, Range, Region, Shift, Stmt, Target,
};
pub use print::{print_operator, print_program};
pub use typing::TypeError;
pub use verify::{verify_operator, verify_program};
