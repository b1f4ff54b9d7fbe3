//! Facts about graphs, as side tables: nothing here changes a graph.
//!
//! - [`regions`]: which part of each input and of each stored node a statement needs.
//! - [`counts`]: operations and memory traffic per point.

pub mod counts;
pub mod regions;
