//! Python text to a tree with spans: the only crate that names the third-party parser, so that an upgrade of the
//! parser touches this crate alone.
//!
//! Start at [`parse`], at [`parse_block`] for a function cut out of its module, or at [`parse_expression`] for the text
//! of a string; [`definitions`] says where functions stand. It never panics, whatever the text: syntax errors are returned beside the tree of what
//! could be read, constructs that no front end knows become [`ExprKind::Unsupported`] or
//! [`StmtKind::Unsupported`], and text that nests deeper than Python itself allows is refused.
#![forbid(unsafe_code)]

mod convert;
mod definitions;
mod guard;
mod operators;
mod parse;
#[cfg(test)]
mod tests;
mod tree;
mod unread;

pub use definitions::{Definition, Definitions, Lines, definitions};
pub use parse::{ErrorKind, Parsed, SyntaxError, parse, parse_block, parse_expression};
pub use tree::{
    BinaryOperator, BinaryStep, Class, Comparison, Construct, Expr, ExprKind, Function, Identifier, Import,
    Integer, Keyword, LogicalOperator, Parameter, ParameterKind, Stmt, StmtKind, UnaryOperator,
};
pub use unread::Unread;
