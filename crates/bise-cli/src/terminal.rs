//! What is written where: results to standard output, errors and progress to standard error. Where the reader of a pipe
//! has gone away, everything that is left to say goes nowhere, silently.

use std::fmt::Write as _;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::process::ExitCode;

use bise_base::{Diagnostic, SourceMap, Style, render};

use crate::args::Color;
use crate::error::CliError;

/// Standard output and standard error.
pub struct Terminal {
    out: BufWriter<Stdout>,
    style: Style,
    error_style: Style,
    quiet: bool,
}

impl Terminal {
    /// The process's own.
    pub fn new(color: Color, quiet: bool) -> Self {
        let is_wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        let style = |is_terminal: bool| match color {
            Color::Always => Style::Coloured,
            Color::Auto if is_terminal && is_wanted => Style::Coloured,
            Color::Auto | Color::Never => Style::Plain,
        };
        Self {
            out: BufWriter::new(io::stdout()),
            style: style(io::stdout().is_terminal()),
            error_style: style(io::stderr().is_terminal()),
            quiet,
        }
    }

    /// How diagnostics on standard output are drawn.
    pub fn style(&self) -> Style {
        self.style
    }

    /// A line of the result.
    pub fn line(&mut self, text: impl AsRef<str>) -> Result<(), CliError> {
        Ok(writeln!(self.out, "{}", text.as_ref())?)
    }

    /// A line that only says what happens; not with `--quiet`.
    pub fn note(&mut self, text: impl AsRef<str>) -> Result<(), CliError> {
        if self.quiet { Ok(()) } else { self.line(text) }
    }

    /// A warning about the program, on standard error.
    pub fn warn(&mut self, diagnostic: &Diagnostic, sources: &SourceMap) -> Result<(), CliError> {
        self.flush()?;
        let _ = writeln!(io::stderr(), "{}", render(diagnostic, sources, self.error_style));
        Ok(())
    }

    /// A warning about what is around the program, on standard error.
    pub fn remark(&mut self, text: &str) -> Result<(), CliError> {
        self.flush()?;
        let _ = writeln!(io::stderr(), "warning: {text}");
        Ok(())
    }

    /// Writes what is buffered.
    pub fn flush(&mut self) -> Result<(), CliError> {
        Ok(self.out.flush()?)
    }

    /// Says what went wrong, on standard error, and gives the status to end with.
    pub fn fail(&mut self, error: &CliError) -> ExitCode {
        if error.is_broken_pipe() {
            // What is buffered has no reader: were it dropped, it would be written once more, in vain.
            drop(std::mem::replace(&mut self.out, BufWriter::new(io::stdout())).into_parts());
            return ExitCode::SUCCESS;
        }
        let _ = self.out.flush();
        let (red, cyan, plain) = match self.error_style {
            Style::Coloured => ("\x1b[1;31m", "\x1b[1;36m", "\x1b[0m"),
            Style::Plain => ("", "", ""),
        };
        let mut text = match error.drawn() {
            Some(drawn) => drawn,
            None => format!("{red}error{plain}: {error}"),
        };
        for hint in error.hints() {
            let _ = write!(text, "\n{cyan}help{plain}: {hint}");
        }
        let _ = writeln!(io::stderr(), "{text}");
        ExitCode::from(error.status())
    }
}
