//! The meaning of iter, written to be obviously right. Oracle of every target and the `reference` backend.
//!
//! [`run`] follows the rules in the documentation of `bise_iter`, statement by statement and round by round (`program`): `boxes` says at
//! which points each node is needed, `nodes` computes nodes there, operands first, each into an
//! array of its own; when all values are known, they are written. Nothing is recursive, so the
//! depth of a program does not matter.
//!
//! A point that cannot be computed (a read outside of a field, a row that a table has not) holds a fault
//! instead of a value. Faults spread to what is computed from them; the statement fails if one would be
//! written. So a box may be larger than what is needed without harm.
#![forbid(unsafe_code)]

mod array;
mod boxes;
mod compute;
mod error;
mod nodes;
mod program;
mod statement;
pub mod testing;

use bise_lang::Scalar;

pub use error::InterpError;
pub use program::run;

/// The arguments of a call. Parameters and tables are named by position; axes are in canonical order.
pub trait Memory {
    /// The domain of a field argument: start and stop per dimension.
    fn domain(&self, param: u32) -> Vec<(i64, i64)>;
    /// An element of a field argument, within its domain.
    fn load(&self, param: u32, index: &[i64]) -> Scalar;
    /// Writes an element of a field argument, within its domain.
    fn store(&mut self, param: u32, index: &[i64], value: Scalar);
    /// A scalar argument.
    fn scalar(&self, param: u32) -> Scalar;
    /// The size of a connectivity.
    fn table(&self, table: u32) -> TableInfo;
    /// An entry of a connectivity, within its size; negative where there is no neighbour.
    fn neighbor(&self, table: u32, row: i64, column: u32) -> i64;
}

/// The size of a connectivity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableInfo {
    /// Number of rows: indices `0..rows` of the origin.
    pub rows: i64,
    /// Neighbours per row.
    pub width: u32,
}

#[cfg(test)]
mod marks;
#[cfg(test)]
mod tests;
