//! `bise explain`: what the compiler makes of a program, or what a diagnostic means.

use std::process::ExitCode;

use bise_base::closest;
use bise_driver::{Bound, Explanation, Program, ROUNDS, RepeatedNote, Stage, StatementNote};
use bise_field::ConnectivityTable;
use bise_lang::codes;

use crate::args::{Explain, StageName};
use crate::error::CliError;
use crate::inputs::{Inputs, Missing};
use crate::run::{duration, machine, scaled, session};
use crate::target;
use crate::terminal::Terminal;

/// Explains a diagnostic, if the target is the code or the name of one; else a program.
pub fn explain(command: &Explain, terminal: &mut Terminal) -> Result<ExitCode, CliError> {
    let target = &command.target;
    if !target.contains("::") && !std::path::Path::new(target).exists() {
        return explain_code(target, terminal);
    }
    let session = session(&command.setup, terminal)?;
    let program = target::load(target, &session, terminal.style())?;
    let inputs = Inputs::new(&program, &command.setup, Missing::Assume)?;
    let tables: Vec<&ConnectivityTable> = inputs.tables.iter().map(|(_, table)| table).collect();
    if let Some(stage) = command.stage {
        let text = program.stage(stage_of(stage), &inputs.shapes, &tables)?;
        let text = text.trim_end();
        if command.json {
            let object = serde_json::json!({ "program": program.name().as_str(), "stage": stage_of(stage), "text": text });
            terminal.line(json(&object))?;
        } else {
            terminal.line(text)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let explanation = program.explain(&inputs.shapes, &tables, machine(&program, command.bandwidth))?;
    if command.json {
        terminal.line(json(&explanation))?;
    } else {
        in_words(&program, &explanation, terminal)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|error| panic!("compiler bug: {error}"))
}

fn stage_of(name: StageName) -> Stage {
    match name {
        StageName::Hir => Stage::Hir,
        StageName::Iter => Stage::Iter,
        StageName::Loops => Stage::Loops,
        StageName::Llvm => Stage::Llvm,
        StageName::Asm => Stage::Asm,
    }
}

/// The page of a diagnostic.
fn explain_code(id: &str, terminal: &mut Terminal) -> Result<ExitCode, CliError> {
    if let Some(code) = codes::find(id) {
        terminal.line(format!(
            "{} ({})\n\n{}\n\n{}",
            code.id, code.name, code.summary, code.explanation
        ))?;
        return Ok(ExitCode::SUCCESS);
    }
    let names = codes::ALL.iter().flat_map(|code| [code.id, code.name]);
    let error = CliError::usage(format!("there is no diagnostic and no file `{id}`"));
    Err(match closest(id, names) {
        Some(best) => error.hint(format!("did you mean `{best}`?")),
        None => error.hint("write FILE::PROGRAM, or a code such as B0501"),
    })
}

fn in_words(program: &Program, explanation: &Explanation, terminal: &mut Terminal) -> Result<(), CliError> {
    terminal.line(&explanation.program)?;
    for parameter in &explanation.parameters {
        let domain: Vec<String> = parameter
            .domain
            .iter()
            .map(|[a, b]| format!("[{a}, {b})"))
            .collect();
        let written = if parameter.written { "  written" } else { "" };
        let line = format!(
            "  {}: {}  {}{written}",
            parameter.name,
            parameter.ty,
            domain.join(" x ")
        );
        terminal.line(line.trim_end())?;
    }
    for (number, statement) in explanation.statements.iter().enumerate() {
        let times = match statement.times {
            1 => String::new(),
            times => format!(", {times} times"),
        };
        terminal.line(format!(
            "\nstatement {} at {}{times}",
            number + 1,
            statement.place
        ))?;
        statement_in_words(statement, terminal)?;
    }
    totals_in_words(program, explanation, terminal)
}

fn statement_in_words(statement: &StatementNote, terminal: &mut Terminal) -> Result<(), CliError> {
    for output in &statement.outputs {
        terminal.line(format!(
            "  writes  {} on {}",
            output.field,
            output.domain.join(", ")
        ))?;
    }
    for reads in statement.reads.chunk_by(|a, b| a.field == b.field) {
        let regions: Vec<&str> = reads.iter().map(|read| read.region.as_str()).collect();
        terminal.line(format!("  reads   {} on {}", reads[0].field, regions.join("; ")))?;
    }
    let stores = statement.temporaries.iter().map(|note| ("stores", note, ""));
    let keeps = statement
        .kept
        .iter()
        .map(|note| ("keeps ", note, " for each thread, in cache"));
    for (verb, note, whose) in stores.chain(keeps) {
        let place = note
            .place
            .as_ref()
            .map_or_else(String::new, |place| format!(" of {place}"));
        let on = match note.extents.as_slice() {
            [] => String::new(),
            extents => format!(" on {}", extents.join("; ")),
        };
        terminal.line(format!(
            "  {verb}  {} ({}){place}{on}: {}{whose}",
            note.name,
            note.dtype,
            scaled(note.bytes, "B")
        ))?;
    }
    for note in &statement.repeated {
        let RepeatedNote { place, times, kernel } = note;
        terminal.line(format!(
            "  repeats {place}, {times} times for a point of {kernel}"
        ))?;
    }
    for place in &statement.rounds {
        terminal.line(format!(
            "  rounds  of the `while` at {place}: as many as the data ask for at each point; {ROUNDS} are counted"
        ))?;
    }
    terminal.line(format!("  runs    {}", statement.kernels.join(", ")))
}

fn totals_in_words(
    program: &Program,
    explanation: &Explanation,
    terminal: &mut Terminal,
) -> Result<(), CliError> {
    let (total, machine) = (&explanation.total, explanation.machine);
    terminal.line(format!(
        "\nper point  {:.1} bytes, {:.1} operations: {:.2} operations per byte",
        total.bytes_per_point(),
        total.operations_per_point(),
        total.intensity()
    ))?;
    let mut parts = vec![
        format!("{} read", scaled(total.read, "B")),
        format!("{} written", scaled(total.written, "B")),
    ];
    for (bytes, what) in [
        (total.temporary, "to and from temporaries"),
        (total.tables, "of connectivities"),
    ] {
        if bytes > 0.0 {
            parts.push(format!("{} {what}", scaled(bytes, "B")));
        }
    }
    terminal.line(format!(
        "in total   {}; {}",
        parts.join(", "),
        scaled(total.operations, "operations")
    ))?;
    let (memory, compute) = (
        total.bytes() / machine.bandwidth,
        total.operations / machine.operations,
    );
    let limit = match explanation.bound {
        Bound::Memory => format!(
            "memory: {} at {}/s",
            duration(memory),
            scaled(machine.bandwidth, "B")
        ),
        Bound::Compute => format!(
            "arithmetic: {} at {} per second",
            duration(compute),
            scaled(machine.operations, "operations")
        ),
    };
    let threads = program.session().options().threads;
    terminal.line(format!(
        "limited by {limit}, with {threads} thread{}",
        if threads == 1 { "" } else { "s" }
    ))
}
