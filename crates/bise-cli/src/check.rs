//! `bise check`: all that is wrong with files.

use std::process::ExitCode;

use bise_base::{Severity, SourceMap, render};

use crate::args::Check;
use crate::error::CliError;
use crate::target::read;
use crate::terminal::Terminal;

/// Prints all diagnostics of all files and a summary; 1 if any is an error, 2 if a file cannot be read.
pub fn check(command: &Check, terminal: &mut Terminal) -> Result<ExitCode, CliError> {
    let sources = SourceMap::new();
    let mut found = Count::default();
    let mut unreadable = None;
    for path in &command.files {
        let source = match read(path, &sources) {
            Ok(source) => source,
            Err(error) => {
                terminal.fail(&error);
                unreadable = Some(ExitCode::from(error.status()));
                continue;
            }
        };
        let module = bise_front::module(&sources, source);
        for diagnostic in &module.diagnostics {
            terminal.line(render(diagnostic, &sources, terminal.style()))?;
            terminal.line("")?;
        }
        found.files += 1;
        found.definitions += module.operators.len() + module.programs.len();
        let errors = module
            .diagnostics
            .iter()
            .filter(|d| d.severity == Severity::Error);
        let errors = errors.count();
        found.errors += errors;
        found.warnings += module.diagnostics.len() - errors;
    }
    terminal.note(found.summary())?;
    let status = if found.errors > 0 {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    };
    Ok(unreadable.unwrap_or(status))
}

/// What was found in all files.
#[derive(Default)]
struct Count {
    files: usize,
    definitions: usize,
    errors: usize,
    warnings: usize,
}

impl Count {
    fn summary(&self) -> String {
        let found = match (self.errors, self.warnings) {
            (0, 0) => format!(
                "no errors; {} found",
                counted(self.definitions, "operator or program", "operators and programs")
            ),
            (errors, 0) => counted(errors, "error", "errors"),
            (0, warnings) => counted(warnings, "warning", "warnings"),
            (errors, warnings) => format!(
                "{} and {}",
                counted(errors, "error", "errors"),
                counted(warnings, "warning", "warnings")
            ),
        };
        format!(
            "{}: {found}",
            counted(self.files, "file checked", "files checked")
        )
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
