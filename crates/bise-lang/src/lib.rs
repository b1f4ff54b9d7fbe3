//! What the language is: data types, dimensions, types, scalars and THE builtin table. Plain data and the
//! meaning of scalar operations; no stage's algorithm lives here.
//!
//! - [`Builtin`] and [`builtins::TABLE`]: one row per scalar operation, read by typing, folding, the
//!   interpreter, printers, code generation and the documentation.
//! - [`evaluate`]: what a builtin means on [`Scalar`]s. Every target agrees with it bit for bit.
//! - [`fold`]: in which order the values of a range of points meet.
//! - [`Type`], [`Dimension`], [`Offset`]: what values are and how one moves.
//! - [`Annotation`]: a type with the order in which the dimensions of its fields are written.
//! - [`Bound`], [`Extent`]: symbolic ends and intervals of domains; [`Extents`]: those of a statement.
//! - [`ProgramLoop`]: what a program repeats, and [`Action`]: in which order it does all.
//! - [`plan`]: what a variant is specialised to, and what the driver runs.
//! - [`codes`]: every diagnostic, declared once.

mod annotation;
mod bounds;
pub mod builtins;
pub mod codes;
mod evaluate;
mod extents;
pub mod fold;
pub mod math;
pub mod plan;
mod program_loop;
mod scalar;
mod types;

pub use annotation::{Annotation, Axes, Collection, ElementNames};
pub use bounds::{Bound, BoundOperator, DomainRange};
pub use builtins::Builtin;
pub use evaluate::{cast, evaluate, reduce_nothing, reduce_start};
pub use extents::{Extent, ExtentBuilder, ExtentId, Extents};
pub use program_loop::{Action, ProgramLoop, Values};
pub use scalar::Scalar;
pub use types::{DType, Dimension, DimensionKind, FieldType, Offset, Reduction, Type, promote_dimensions};
