//! `bise run`: calls a program and says what came out and how long it took.

use std::process::ExitCode;
use std::time::Instant;

use bise_base::{Style, render_all};
use bise_driver::{
    Backend, CallError, CompileReport, Host, Interval, Machine, Notice, Options, Parameter, Program, Session,
    Shape,
};
use bise_field::{Buffer, ConnectivityTable};
use bise_lang::codes;

use crate::args::{BackendName, Run, Setup};
use crate::arrays::Output;
use crate::error::CliError;
use crate::inputs::{Inputs, Missing};
use crate::terminal::Terminal;
use crate::{arrays, bandwidth, target};

/// Runs a program once or several times.
pub fn run(command: &Run, terminal: &mut Terminal) -> Result<ExitCode, CliError> {
    let session = session(&command.setup, terminal)?;
    let program = target::load(&command.target, &session, terminal.style())?;
    if let Some(path) = &command.output {
        let written = program
            .parameters()
            .iter()
            .filter(|parameter| parameter.is_written());
        arrays::check_output(path, written.count())?;
    }
    let mut inputs = Inputs::new(&program, &command.setup, Missing::Refuse)?;
    let made_up: Vec<bool> = inputs.fields.iter().map(Option::is_none).collect();
    inputs.allocate(&program)?;
    describe(&program, &inputs, &made_up, terminal)?;

    let backend = match command.backend {
        BackendName::Native => Backend::Native,
        BackendName::Reference => Backend::Reference,
    };
    let mut notices = Vec::new();
    let times = call(
        &program,
        &mut inputs,
        backend,
        command.repeat,
        &mut |notice: &Notice| {
            if !notices.contains(notice) {
                notices.push(notice.clone());
            }
            true
        },
    );
    for notice in &notices {
        terminal.warn(&notice.diagnostic, program.session().sources())?;
    }
    let times = times.map_err(|error| refused(error, &program, command, terminal.style()))?;
    if backend == Backend::Native {
        terminal.note(compiled(&program.last_compile()))?;
    }
    report_times(&program, &inputs, &times, command, terminal)?;

    let written = program
        .parameters()
        .iter()
        .zip(&inputs.fields)
        .filter(|(p, _)| p.is_written());
    let written: Vec<Output<'_>> = written
        .filter_map(|(parameter, field)| {
            let (name, field) = (parameter.name.as_str(), field.as_ref()?);
            let axes = axes(parameter, field);
            Some(Output { name, field, axes })
        })
        .collect();
    for Output { name, field, .. } in &written {
        terminal.line(format!("{name}: {}", statistics(field)?))?;
    }
    if let Some(path) = &command.output {
        arrays::write(path, &written)?;
        terminal.note(format!("wrote {}", path.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Which axis of a field each axis of its array is: the annotation says the order of the latter.
fn axes(parameter: &Parameter, field: &Buffer) -> Vec<usize> {
    let mut axes: Vec<usize> = (0..field.axes().len()).collect();
    if let Some(order) = parameter.annotation.order() {
        axes.sort_by_key(|&axis| order[axis]);
    }
    axes
}

/// A session as the environment and the command line say.
pub fn session(setup: &Setup, terminal: &mut Terminal) -> Result<std::sync::Arc<Session>, CliError> {
    let mut options = Options::from_environment().map_err(|error| CliError::usage(error.to_string()))?;
    if let Some(threads) = setup.threads {
        options.threads = threads as usize;
    }
    let session = Session::new(options)?;
    if let Some(remark) = session.remark() {
        terminal.remark(&remark)?;
    }
    Ok(session)
}

/// Which fields go in and come out, where they lie and where they are from.
fn describe(
    program: &Program,
    inputs: &Inputs,
    made_up: &[bool],
    terminal: &mut Terminal,
) -> Result<(), CliError> {
    let all = program.parameters().iter().zip(&inputs.shapes).zip(made_up);
    for ((parameter, shape), made_up) in all {
        let (name, ty) = (&parameter.name, &parameter.annotation);
        let (what, origin) = match shape {
            Shape::Scalar(value) => (format!("= {value}"), ""),
            Shape::Field(domain) => (domain_text(domain), if *made_up { "made up" } else { "given" }),
        };
        let origin = if parameter.is_written() && *made_up {
            "result"
        } else {
            origin
        };
        terminal.note(format!("  {name}: {ty} {what} {origin}").trim_end())?;
    }
    Ok(())
}

/// `[0, 10) x [0, 80)`
pub fn domain_text(domain: &[Interval]) -> String {
    let intervals: Vec<String> = domain
        .iter()
        .map(|i| format!("[{}, {})", i.start, i.stop))
        .collect();
    intervals.join(" x ")
}

/// Seconds of each call; the first, which compiles, only where there is no other.
pub fn call(
    program: &Program,
    inputs: &mut Inputs,
    backend: Backend,
    repeat: u32,
    host: &mut dyn Host,
) -> Result<Vec<f64>, CallError> {
    let tables = std::mem::take(&mut inputs.tables);
    let given: Vec<(bise_base::Name, &ConnectivityTable)> =
        tables.iter().map(|(name, table)| (name.clone(), table)).collect();
    let args = inputs.arguments(program);
    let mut times = Vec::new();
    for _ in 0..=repeat {
        let started = Instant::now();
        program.call_with(&args, &given, backend, host)?;
        times.push(started.elapsed().as_secs_f64());
        if repeat == 1 {
            break;
        }
    }
    drop(args);
    inputs.tables = tables;
    if times.len() > 1 {
        times.remove(0);
    }
    Ok(times)
}

/// A refusal with colours, and with what the command line can do about it.
fn refused(error: CallError, program: &Program, command: &Run, style: Style) -> CliError {
    let CallError::Refused { diagnostics, .. } = &error else {
        return error.into();
    };
    let is_short = diagnostics
        .iter()
        .any(|diagnostic| *diagnostic.code == codes::OUT_OF_BOUNDS);
    let mut hints = Vec::new();
    if is_short && !command.setup.input.is_empty() {
        hints.push("say where arrays start that do not start at 0: `--origin NAME=-2,-2,0`".to_owned());
    }
    CliError::Program {
        text: render_all(diagnostics, program.session().sources(), style),
        hints,
    }
}

fn compiled(report: &CompileReport) -> String {
    let CompileReport {
        front,
        lower,
        specialize,
        codegen,
        llvm,
        load,
        cached,
    } = report;
    let total = report.total();
    let origin = if *cached {
        "loaded from the cache"
    } else {
        "compiled"
    };
    format!(
        "{origin} in {total:.1} ms: parse and check {front:.1}, lower {:.1}, generate {codegen:.1}, LLVM {llvm:.1}, load {load:.1}",
        lower + specialize
    )
}

/// Seconds of the compilation that a first call does: the front end was done before.
fn during_call(report: &CompileReport) -> f64 {
    (report.specialize + report.codegen + report.llvm + report.load) * 1e-3
}

fn report_times(
    program: &Program,
    inputs: &Inputs,
    times: &[f64],
    command: &Run,
    terminal: &mut Terminal,
) -> Result<(), CliError> {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (best, median) = (sorted[0], sorted[sorted.len() / 2]);
    if command.repeat == 1 {
        return terminal.note(match command.backend {
            BackendName::Native => {
                let spent = best - during_call(&program.last_compile());
                format!("one call, without that: {}", duration(spent.max(0.0)))
            }
            BackendName::Reference => format!("one call of the interpreter: {}", duration(best)),
        });
    }
    terminal.line(format!(
        "{} calls: best {}, median {}",
        command.repeat,
        duration(best),
        duration(median)
    ))?;
    if command.backend == BackendName::Reference {
        return Ok(());
    }
    let tables: Vec<&ConnectivityTable> = inputs.tables.iter().map(|(_, table)| table).collect();
    let machine = machine(program, None);
    let bytes = program.explain(&inputs.shapes, &tables, machine)?.total.bytes();
    terminal.line(format!(
        "at least {} move per call: {}/s, {:.0}% of the {}/s of a STREAM triad",
        scaled(bytes, "B"),
        scaled(bytes / median, "B"),
        100.0 * bytes / median / machine.bandwidth,
        scaled(machine.bandwidth, "B")
    ))
}

/// What this machine can do with the session's threads. The rate of operations is an assumption: two vector operations
/// in each cycle of 2.5 GHz.
pub fn machine(program: &Program, bandwidth: Option<f64>) -> Machine {
    let options = program.session().options();
    Machine {
        bandwidth: bandwidth.map_or_else(|| bandwidth::measure(options.threads), |given| given * 1e9),
        operations: options.threads as f64 * f64::from(options.vector_bits) / 64.0 * 5e9,
    }
}

/// With a unit that gives one to three digits before the point.
pub fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 1e-6 => format!("{:.0} ns", s * 1e9),
        s if s < 1e-3 => format!("{:.1} us", s * 1e6),
        s if s < 1.0 => format!("{:.2} ms", s * 1e3),
        s => format!("{s:.2} s"),
    }
}

/// A large number of something, with a prefix: `1.52 MB`, `3.10 thousand operations`.
pub fn scaled(value: f64, unit: &str) -> String {
    let is_symbol = unit.len() == 1;
    let (scale, symbol, word) = match value {
        v if v < 1e3 => return format!("{value:.0} {unit}"),
        v if v < 1e6 => (1e3, " k", " thousand "),
        v if v < 1e9 => (1e6, " M", " million "),
        _ => (1e9, " G", " billion "),
    };
    format!(
        "{:.2}{}{unit}",
        value / scale,
        if is_symbol { symbol } else { word }
    )
}

/// The range and the mean of a field.
fn statistics(field: &Buffer) -> Result<String, CallError> {
    let axes: Vec<usize> = (0..field.axes().len()).collect();
    let (dtype, bytes) = (field.dtype(), field.to_packed(&axes)?);
    let values = bytes
        .chunks_exact(dtype.size())
        .map(|b| bise_lang::Scalar::from_bytes(dtype, b).as_f64());
    let (mut low, mut high, mut sum, mut count, mut bad) =
        (f64::INFINITY, f64::NEG_INFINITY, 0.0, 0u64, 0u64);
    for value in values {
        if value.is_finite() {
            (low, high, sum) = (low.min(value), high.max(value), sum + value);
            count += 1;
        } else {
            bad += 1;
        }
    }
    let finite = match count {
        0 => "no values".to_owned(),
        _ => format!("from {low:.6e} to {high:.6e}, mean {:.6e}", sum / count as f64),
    };
    Ok(match bad {
        0 => finite,
        _ => format!("{finite}; {bad} infinite or NaN"),
    })
}
