//! Facts about graphs, as side tables: nothing here changes a graph.
//!
//! - [`regions`]: which part of each input and of each stored node a statement needs.
//! - [`cuts`]: where fields are cut into pieces.
//! - [`missing`]: which reads go where there is no neighbour, in one call.

pub mod cuts;
mod index_set;
pub mod missing;
pub mod regions;

pub use index_set::IndexSet;
