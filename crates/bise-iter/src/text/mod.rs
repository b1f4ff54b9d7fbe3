//! The text form of iter: `parse(print(g))` is `g` but for spans.
//!
//! ```text
//! dimension I: horizontal
//! dimension V2EDim: local
//! dimension K: vertical
//!
//! program sketch(a: <I, K; float64>, n: int32, out: <I, K; float64>) {
//!   table V2E: Vertex, V2EDim -> Edge              # origin, local -> codomain
//!   statement {
//!     %0 = input a : <I, K; float64>               # every node says its dimensions and data type
//!     %1 = shift %0 I + 1 : <I, K; float64>        # also V2E[0] (one neighbour) and V2E[*] (all)
//!     %2 = constant 0.0 : <float64>
//!     sweep s0 forward along K over <I, K> from %2 next %4  # and so on with commas
//!     %3 = carry s0.0 : <I, K; float64>
//!     %4 = add %1 %3 : <I, K; float64>             # a builtin, by the name of its row
//!     %5 = result s0.0 : <I, K; float64>
//!     out @ [I: start(out, I) + 1 .. n, K: 0 .. min(stop(out, K), 8)] <- %5
//!   }
//! }
//! ```
//!
//! The other nodes are `select %c %then %else`, `cast %x`, `broadcast %x`, `reduce neighbor_sum %x by V2E`,
//! `position K`, `piecewise %below %above along K at n - 1` and `gather %x along K at %index in 0 .. stop(a, K)`.
//! A sweep that runs over the levels of other outputs than those it contributes to says `over <I, K> for 0, 1`.
//! Statements that are repeated stand in `loop k: int32 in 0 .. n by 1 { ... }`; bounds and `input k` know the variable.
//! Nodes and sweeps may have any name after `%`; they are numbered in the order in which they stand. Names that are not
//! identifiers are quoted. Two dimensions of one name are told apart by kind: `local(V2E)`; two tables of one name
//! by position: `table(1)`. In bounds there is no precedence: an operand that is an operation is parenthesised.

mod lex;
mod parse;
mod print;

pub use parse::{ParseError, parse};
pub use print::print;

#[cfg(test)]
mod tests;
