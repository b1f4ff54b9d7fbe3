//! What can go wrong around a call.

use bise_base::{Diagnostics, SourceMap, Style, render_all};
use bise_jit::JitError;

/// Why a session cannot start.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// Code generation for this machine is not available.
    #[error("{0}")]
    Jit(#[from] JitError),
}

/// Why a call did not happen. No output was touched, unless it says so.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The arguments do not fit the program. The diagnostics say what, where and why.
    #[error("{text}")]
    Refused {
        /// What is wrong; at least one.
        diagnostics: Diagnostics,
        /// The same, drawn as text.
        text: String,
    },
    /// There is no memory for temporaries.
    #[error(transparent)]
    Allocation(#[from] bise_field::AllocationError),
    /// There is no memory for making machine code, or for interpreting.
    #[error("out of memory: there is not enough to {doing} `{program}`")]
    OutOfMemory {
        /// What there is no memory for.
        doing: &'static str,
        /// Which program.
        program: String,
    },
    /// Machine code could not be made.
    #[error("cannot compile `{program}`: {reason}")]
    Compile {
        /// Which program.
        program: String,
        /// What the code generator says.
        reason: String,
    },
    /// Whoever heard of a [`crate::Notice`] said no.
    #[error("the call was stopped by a warning")]
    Stopped,
    /// Whoever called did not want to wait for the end of a loop; what the rounds before wrote is written.
    #[error("the call was interrupted between two rounds of a loop")]
    Interrupted,
    /// The interpreter gave up; outputs of earlier statements are written.
    #[error("{0}")]
    Reference(String),
}

impl CallError {
    /// A refusal for those reasons.
    pub fn refused(diagnostics: Diagnostics, sources: &SourceMap) -> Self {
        let text = render_all(&diagnostics, sources, Style::Plain);
        Self::Refused { diagnostics, text }
    }

    /// What the code generator says of a program.
    pub(crate) fn compiling(program: &str, error: &JitError) -> Self {
        let program = program.to_owned();
        match error {
            JitError::OutOfMemory => Self::OutOfMemory {
                doing: "compile",
                program,
            },
            JitError::Rejected(_) | JitError::Target(_) | JitError::Llvm { .. } => Self::Compile {
                program,
                reason: error.to_string(),
            },
        }
    }

    /// The diagnostics of a refusal; none for other errors.
    pub fn diagnostics(&self) -> &[bise_base::Diagnostic] {
        match self {
            Self::Refused { diagnostics, .. } => diagnostics,
            Self::Allocation(_)
            | Self::OutOfMemory { .. }
            | Self::Compile { .. }
            | Self::Stopped
            | Self::Interrupted
            | Self::Reference(_) => &[],
        }
    }
}
