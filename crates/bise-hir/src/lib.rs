//! The typed field view: operators, sweeps and programs as the user wrote them, with every name resolved.
//!
//! Both front ends build this representation, so it is where the two generations of the language meet. It prints
//! as Bise source ([`print`]): parsing that text through the front end gives the same hir again.
//!
//! Meaning: an operator is a pure function of scalars, fields and tuples of them. Its body assigns each local
//! exactly once; `if` statements have a scalar condition and join the locals that live on. A program is a list
//! of calls whose results are written to fields, one after the other; every call reads all of its arguments
//! before it writes.
#![forbid(unsafe_code)]

pub mod ir;

pub use ir::{
    Block, Body, Expr, ExprId, ExprKind, Join, Local, LocalId, Operator, OperatorKind, Program, ProgramCall,
    Shift, Stmt, Target,
};
