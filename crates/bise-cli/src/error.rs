//! Why a command could not do what it was asked for.

use std::io;

use bise_driver::{CallError, SessionError};

/// Something that is wrong with the command line, the files it names or the program.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The command does not make sense: said to the user, with hints.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to do.
        hints: Vec<String>,
    },
    /// The program is wrong: its diagnostics, drawn.
    #[error("{text}")]
    Program {
        /// All diagnostics.
        text: String,
        /// What to do.
        hints: Vec<String>,
    },
    /// The call is refused or fails.
    #[error(transparent)]
    Call(#[from] CallError),
    /// No machine code on this machine.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// A file cannot be read or written.
    #[error("{doing}: {error}")]
    File {
        /// What was tried, with the name of the file.
        doing: String,
        /// What the system says.
        error: io::Error,
    },
    /// Standard output cannot be written.
    #[error("standard output: {0}")]
    Output(#[from] io::Error),
}

impl CliError {
    /// What is wrong with the command.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Usage {
            message: message.into(),
            hints: Vec::new(),
        }
    }

    /// A file cannot be used.
    pub fn file(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |error| Self::File { doing, error }
    }

    /// With one more thing to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        if let Self::Usage { hints, .. } | Self::Program { hints, .. } = &mut self {
            hints.push(hint.into());
        }
        self
    }

    /// What to do about it.
    pub fn hints(&self) -> &[String] {
        match self {
            Self::Usage { hints, .. } | Self::Program { hints, .. } => hints,
            Self::Call(_) | Self::Session(_) | Self::File { .. } | Self::Output(_) => &[],
        }
    }

    /// The text, where it says itself that it is an error.
    pub fn drawn(&self) -> Option<String> {
        match self {
            Self::Program { text, .. }
            | Self::Call(CallError::Refused { text, .. } | CallError::Reference(text)) => Some(text.clone()),
            _ => None,
        }
    }

    /// 1 where a program is wrong, 2 where the command is.
    pub fn status(&self) -> u8 {
        match self {
            Self::Program { .. } | Self::Call(_) | Self::Session(_) => 1,
            Self::Usage { .. } | Self::File { .. } | Self::Output(_) => 2,
        }
    }

    /// Whether nobody reads standard output any more.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}
