//! The functional core: a graph of field-valued nodes. `bise-interp` defines what it means.
//!
//! A node is a function from points (one index per dimension of the node) to values of its data type. A node
//! may be read at a point with more dimensions than its own: those are ignored (broadcast). With `n(p)` for the
//! value of node `n` at point `p`:
//!
//! - `Input(x)(p)`: the field argument `x` at `p`, as it was before the statement wrote anything.
//! - `Apply(f, a, b)(p) = f(a(p), b(p))`, and so `Select` and `Cast`. `Select` reads only the branch it chooses
//!   where the condition has no dimensions, and is made of no `while` and of no fold; else both must be readable.
//! - `Shift(n, dim + d)(p) = n(p with p[dim] + d)`: `lift` has become an edge of the graph, `shift` a step on it.
//! - `Shift(n, table[k])(p) = n(p with codomain = table[p[origin]][k])`.
//! - `Shift(n, table[*])(p) = n(p with codomain = table[p[origin]][p[local]])`.
//!   Where the entry is -1 there is no neighbour, and the shift is zero (`False`), whatever `n` is.
//! - `Shift(n, dim = i)(p) = n(p with p[dim] = i)`, along a local dimension, which the result has not.
//! - `Position(dim)(p) = p[dim]`
//! - `Piecewise(dim, b, x, y)(p) = x(p)` where `p[dim] < b`, else `y(p)`: only the piece that holds `p` is read.
//! - `Gather(n, dim, i, start, stop)(p) = n(p with p[dim] = i(p) clamped to start..stop)`; zero where there is no such
//!   index.
//! - `Reduce(r, n, table)(p)`: fold of `n(p with local = j)` for `j` in `0..width`, in this order; `j` with
//!   `table[p[origin]][j] = -1` are left out. Sums start from zero, maxima and minima from the first that is there.
//!   Where there is none: zero, the lowest or the highest number of the type that is not infinite.
//! - `Reduce(r, n, present, table)(p)`: the same, where `j` with `not present(p with local = j)` are left out instead.
//! - `Fold(r, n, dim, start, stop)(p)`: fold of `n(p with p[dim] = j)` for `j` in `start..stop`, in the order that
//!   `bise_lang::fold` says; where there is no `j`, as for `Reduce`.
//! - `Sweep s` over the levels `L`, the hull of the domains of its outputs along `axis` (but of empty domains), first
//!   to last or back:
//!   `Result(s, i)(p) = next_i(p)`, where `Carry(s, i)(p)` is `init_i` on the first level and
//!   `Result(s, i)(p one level back)` elsewhere. Results outside `L` cannot be read.
//! - `Sweep s while c`, at each point `p` by itself: `Carry(s, i)(p)` is `init_i(p)` in the first round and the
//!   `next_i(p)` of the round before in later ones. `Result(s, i)(p)` is `Carry(s, i)(p)` in the first round in which
//!   `c(p)` does not hold. There may be none: then there is no result.
//!
//! A statement evaluates its nodes and then writes them on its output domains. Nodes belong to one statement.
//! Statements are carried out one after the other; those of a loop once for each value of its variable, which is the
//! value of `Input` of it. Every value that a statement can compute is a finite composition of nodes; nothing else is in
//! the language: no stores, no bounds but those of the outputs. Which nodes are stored is decided later.
//!
//! Start at [`ir`] and [`Builder`]; [`verify()`] lists what holds of every graph; [`text`] shows the text form;
//! [`passes`] rewrite, [`analysis`] finds out, [`mark`] follows what is made of neighbours that do not exist.
#![forbid(unsafe_code)]

pub mod analysis;
pub mod build;
mod entry;
pub mod ir;
pub mod mark;
pub mod node_map;
pub mod passes;
pub mod testing;
pub mod text;
mod typing;
pub mod verify;
pub mod walk;

pub use build::Builder;
pub use ir::{
    Course, Graph, Node, NodeId, Op, Output, Param, ParamKind, Slot, Statement, Step, Sweep, SweepId, Table,
    TableId,
};
pub use node_map::NodeMap;
pub use verify::{VerifyError, verify};
