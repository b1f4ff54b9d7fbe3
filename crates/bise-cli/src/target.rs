//! `FILE::PROGRAM`: finds a program, or an operator as a program of its own, in a file.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use bise_base::{Severity, SourceId, SourceMap, Style, closest, render_all};
use bise_driver::{Program, Session};
use bise_front::Module;
use bise_hir as hir;

use crate::error::CliError;

/// Reads the file of `target` and lowers the program that it names.
pub fn load(target: &str, session: &Arc<Session>, style: Style) -> Result<Program, CliError> {
    let started = Instant::now();
    let (path, name) = match target.split_once("::") {
        Some((path, name)) => (path, Some(name)),
        None => (target, None),
    };
    let source = read(Path::new(path), session.sources())?;
    let module = bise_front::module(session.sources(), source);
    if module.diagnostics.iter().any(|d| d.severity == Severity::Error) {
        return Err(CliError::Program {
            text: render_all(&module.diagnostics, session.sources(), style),
            hints: Vec::new(),
        });
    }
    let hir = find(&module, path, name)?;
    let front = started.elapsed().as_secs_f64() * 1e3;
    let program = Program::new(session.clone(), hir)?;
    program.set_front_time(front);
    Ok(program)
}

/// Adds a file to the sources.
pub fn read(path: &Path, sources: &SourceMap) -> Result<SourceId, CliError> {
    let shown = path.display().to_string();
    let bytes = std::fs::read(path).map_err(CliError::file(&shown))?;
    let text = String::from_utf8(bytes).map_err(|_| CliError::usage(format!("{shown} is not UTF-8 text")))?;
    if u32::try_from(text.len()).is_err() {
        return Err(CliError::usage(format!("{shown} is larger than 4 GB")));
    }
    Ok(sources.add(shown, text, 1))
}

fn find(module: &Module, path: &str, name: Option<&str>) -> Result<Arc<hir::Program>, CliError> {
    let programs = module.programs.iter().map(|program| program.name.as_str());
    let operators = module.operators.iter().map(|operator| operator.name.as_str());
    let names: Vec<&str> = programs.chain(operators).collect();
    let Some(name) = name else {
        return match (&module.programs[..], &module.operators[..]) {
            ([program], _) => Ok(program.clone()),
            ([], [operator]) => Ok(Arc::new(hir::Program::from_operator(operator.clone()))),
            _ => Err(which(path, &names)),
        };
    };
    // The last definition of a name counts, as in Python.
    if let Some(program) = module.programs.iter().rfind(|program| program.name == name) {
        return Ok(program.clone());
    }
    if let Some(operator) = module.operators.iter().rfind(|operator| operator.name == name) {
        return Ok(Arc::new(hir::Program::from_operator(operator.clone())));
    }
    let error = CliError::usage(format!("there is no program or operator `{name}` in {path}"));
    Err(match closest(name, names.iter().copied()) {
        Some(best) => error.hint(format!("did you mean `{path}::{best}`?")),
        None if names.is_empty() => error.hint("it defines no program and no operator"),
        None => error.hint(format!("there are {}", names.join(", "))),
    })
}

fn which(path: &str, names: &[&str]) -> CliError {
    match names {
        [] => CliError::usage(format!("{path} defines no program and no operator")),
        [first, ..] => CliError::usage(format!("say which program of {path}"))
            .hint(format!("there are {}: write `{path}::{first}`", names.join(", "))),
    }
}
