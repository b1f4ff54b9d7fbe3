//! The pipeline from hir to machine code, top to bottom, and the calls of what it made. Order only: every algorithm
//! of the compiler lives in the crate of its stage.
//!
//! A [`Session`] has the options, the source texts and the code cache. A [`Program`] is made once from hir and called
//! often. Start reading at `pipeline` for what is compiled, and at [`Program::call`] for what a call does: like a call
//! before (`launch`), or anew: `check_arguments`, `bounds`, `check_bounds`, `variant`, `missing`, `bind`, `launch`.

mod arguments;
mod bind;
mod bounds;
mod check_arguments;
mod check_bounds;
mod error;
mod estimate;
mod explain;
mod host;
mod launch;
mod missing;
mod modules;
mod options;
mod partition;
mod pipeline;
mod program;
mod reference;
mod report;
mod rows;
mod runs;
mod session;
mod shapes;
#[cfg(test)]
mod tests;
mod variant;
mod words;

pub use arguments::{Argument, Backend, Parameter, ParameterKind, TableUse};
pub use bise_jit::standard_floats;
pub use bise_lower::iter_to_loops::Costs;
pub use bounds::Interval;
pub use error::{CallError, SessionError};
pub use estimate::{Estimate, ROUNDS};
pub use explain::{
    Bound, Explanation, Machine, OutputNote, ParameterNote, ReadNote, RepeatedNote, Stage, StatementNote,
    TemporaryNote,
};
pub use host::Host;
pub use missing::Notice;
pub use options::{OptionError, Options};
pub use program::Program;
pub use report::CompileReport;
pub use session::Session;
pub use shapes::{End, Shape, ShapeError};
