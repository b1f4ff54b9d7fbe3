//! The shell tool `bise`: looks at programs, runs them and explains them, without Python in the process.
//!
//! [`args`] says what it takes, and each command has a file of its own: [`check`], [`run`], [`explain`]. Start there.
#![forbid(unsafe_code)]

mod args;
mod arrays;
mod bandwidth;
mod check;
mod checks;
mod error;
mod explain;
mod inputs;
mod made_up;
mod mesh;
mod numbers;
mod run;
mod target;
mod terminal;
#[cfg(test)]
mod tests;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};
use bise_driver::standard_floats;
use terminal::Terminal;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut terminal = Terminal::new(arguments.color, arguments.quiet);
    // Libraries that are loaded with the tool may have changed the state before it starts.
    let result = standard_floats(|| match &arguments.command {
        Command::Check(command) => check::check(command, &mut terminal),
        Command::Run(command) => run::run(command, &mut terminal),
        Command::Explain(command) => explain::explain(command, &mut terminal),
    });
    match result.and_then(|status| terminal.flush().map(|()| status)) {
        Ok(status) => status,
        Err(error) => terminal.fail(&error),
    }
}
