//! What the command line says of a program's arguments, against the program: every name is one of its own, and is said
//! once. What is not used is refused, because it is a slip of the user.

use bise_base::closest;
use bise_driver::{ParameterKind, Program};

use crate::args::Setup;
use crate::error::CliError;

/// Files and settings are of parameters and connectivities that the program has.
pub fn name(name: &str, program: &Program) -> Result<(), CliError> {
    let names = program
        .parameters()
        .iter()
        .map(|parameter| parameter.name.as_str());
    let names: Vec<&str> = names
        .chain(program.tables().iter().map(|table| table.name.as_str()))
        .collect();
    if names.contains(&name) {
        return Ok(());
    }
    let error = CliError::usage(format!("`{}` has no parameter `{name}`", program.name()));
    Err(match closest(name, names.iter().copied()) {
        Some(best) => error.hint(format!("did you mean `{best}`?")),
        None => error.hint(format!("it has {}", names.join(", "))),
    })
}

/// `--set` is of scalars.
pub fn settings(setup: &Setup, program: &Program) -> Result<(), CliError> {
    let is_scalar = |name: &str| {
        let mut all = program.parameters().iter();
        all.any(|parameter| parameter.name == name && parameter.kind == ParameterKind::Scalar)
    };
    let Some(wrong) = setup.set.iter().find(|setting| !is_scalar(&setting.name)) else {
        return Ok(());
    };
    let name = &wrong.name;
    let error = CliError::usage(format!("`--set {name}=` is given, and `{name}` is not a scalar"));
    Err(error.hint(format!("give an array with `--input {name}=FILE.npy`")))
}

/// Each option says one thing of one name once: of two values one would be ignored.
pub fn repetitions(setup: &Setup) -> Result<(), CliError> {
    let sets = setup.set.iter().map(|setting| ("set", setting.name.as_str()));
    let sizes = setup.size.iter().map(|size| ("size", size.dim.as_str()));
    let ranges = setup.domain.iter().map(|range| ("domain", range.dim.as_str()));
    let origins = setup.origin.iter().map(|origin| ("origin", origin.name.as_str()));
    let all: Vec<(&str, &str)> = sets.chain(sizes).chain(ranges).chain(origins).collect();
    let twice = all
        .iter()
        .enumerate()
        .find(|(at, given)| all[..*at].contains(given));
    match twice {
        Some((_, (option, name))) => Err(CliError::usage(format!("`--{option} {name}=` is given twice"))),
        None => Ok(()),
    }
}

/// `--size` and `--domain` are of dimensions that the program has.
pub fn dimensions(setup: &Setup, program: &Program) -> Result<(), CliError> {
    let mut known: Vec<&str> = Vec::new();
    for (at, parameter) in program.parameters().iter().enumerate() {
        if let ParameterKind::Field { dims, .. } = &parameter.kind {
            known.extend(dims.iter().map(|dim| dim.name.as_str()));
        }
        known.extend(program.end_of_domain(at).map(|(dim, _)| dim.name.as_str()));
    }
    for table in program.tables() {
        known.extend([&table.origin, &table.codomain, &table.local].map(|dim| dim.name.as_str()));
    }
    known.sort_unstable();
    known.dedup();
    let sizes = setup.size.iter().map(|size| ("size", size.dim.as_str()));
    let ranges = setup.domain.iter().map(|range| ("domain", range.dim.as_str()));
    let Some((option, dim)) = sizes.chain(ranges).find(|(_, dim)| !known.contains(dim)) else {
        return Ok(());
    };
    let error = CliError::usage(format!(
        "`--{option} {dim}=` is given, and `{}` has no dimension `{dim}`",
        program.name()
    ));
    Err(match closest(dim, known.iter().copied()) {
        Some(best) => error.hint(format!("did you mean `{best}`?")),
        None if known.is_empty() => error,
        None => error.hint(format!("it has {}", known.join(", "))),
    })
}
