//! The pipeline from hir to machine code, top to bottom, and the calls of what it made. Order only: every
//! algorithm lives in the crate of its stage.
//!
//! A [`Session`] has the options, the source texts and the code cache. A [`Program`] is made once from hir and
//! called often: see [`Program::call`]. Start reading at `pipeline`, then `execute`.

mod arguments;
mod error;
mod options;
mod program;
mod session;

pub use arguments::{Argument, Backend, Parameter, ParameterKind, TableUse};
pub use error::{CallError, SessionError};
pub use options::Options;
pub use program::Program;
pub use session::Session;
