//! Programs as data: every file of `tests/programs` is a module of the language with `# ---- run` blocks.
//!
//! Each run is done by the interpreter on the graph as it was lowered, by the interpreter after the passes, and as
//! machine code with 1 and 2 threads, three widths of vectors and three layouts; all must agree in every bit of every field. What the blocks expect is checked on
//! the first. Every program and operator must also print as text that reads back as the same hir.

mod expect;
#[cfg(test)]
mod graphs;
mod memory;
mod run;
mod sample;
mod spec;

#[cfg(test)]
pub(crate) use graphs::run_graphs;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bise_base::{SourceMap, Style, render_all};
use bise_driver::{Options, Session};
use bise_hir::{Operator, Program};

use memory::MemoryLayout;

/// Numbers of threads and widths of vectors that machine code is run with.
const SESSIONS: [(usize, u32); 6] = [(1, 128), (2, 128), (1, 256), (2, 256), (1, 512), (2, 512)];

/// What came of running a folder.
#[derive(Debug, Default)]
pub struct Report {
    /// Number of files.
    pub files: usize,
    /// Number of runs, each in all variants.
    pub runs: usize,
    /// One text per file that failed.
    pub failures: Vec<String>,
}

impl Report {
    /// One line.
    pub fn summary(&self) -> String {
        format!(
            "{} files, {} runs in {} variants each, {} files failed",
            self.files,
            self.runs,
            SESSIONS.len() * MemoryLayout::ALL.len(),
            self.failures.len()
        )
    }
}

/// Runs the files of a folder whose path contains `filter`, on a few threads.
pub fn run_all(folder: &Path, filter: &str) -> Report {
    let files = match crate::files(folder, "py", filter) {
        Ok(files) => files,
        Err(error) => {
            let failures = vec![format!("{}: {error}", folder.display())];
            return Report {
                failures,
                ..Report::default()
            };
        }
    };
    let sessions = match Sessions::new() {
        Ok(sessions) => sessions,
        Err(error) => {
            return Report {
                failures: vec![error],
                ..Report::default()
            };
        }
    };
    let next = AtomicUsize::new(0);
    let report = Mutex::new(Report {
        files: files.len(),
        ..Report::default()
    });
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (runs, problems) = run_file(path, &sessions);
                    let mut report = report.lock().unwrap_or_else(PoisonError::into_inner);
                    report.runs += runs;
                    if !problems.is_empty() {
                        let problems = problems.join("\n  ");
                        report.failures.push(format!("{}:\n  {problems}", path.display()));
                    }
                }
            });
        }
    });
    let mut report = report.into_inner().unwrap_or_else(PoisonError::into_inner);
    report.failures.sort();
    report
}

/// One session per number of threads and width of vectors; they share a cache of machine code.
struct Sessions {
    all: Vec<(usize, u32, Arc<Session>)>,
    cache: PathBuf,
}

impl Sessions {
    fn new() -> Result<Self, String> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let unique = format!(
            "bise-filetests-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let cache = std::env::temp_dir().join(unique);
        let mut all = Vec::new();
        for (threads, vector_bits) in SESSIONS {
            let options = Options {
                threads,
                vector_bits,
                cache: Some(cache.clone()),
                verify: true,
                ..Options::default()
            };
            let session = Session::new(options).map_err(|error| error.to_string())?;
            all.push((threads, vector_bits, session));
        }
        Ok(Self { all, cache })
    }
}

impl Drop for Sessions {
    fn drop(&mut self) {
        // A folder that stays behind in the system's place for such harms nobody.
        let _ = std::fs::remove_dir_all(&self.cache);
    }
}

/// Number of runs, and what is wrong.
fn run_file(path: &Path, sessions: &Sessions) -> (usize, Vec<String>) {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => return (0, vec![error.to_string()]),
    };
    let runs = match spec::parse(&text) {
        Ok(runs) => runs,
        Err(problem) => return (0, vec![problem]),
    };
    let sources = SourceMap::new();
    let source = sources.add(path.display().to_string(), text, 1);
    let module = bise_front::module(&sources, source);
    if !module.diagnostics.is_empty() {
        return (0, vec![render_all(&module.diagnostics, &sources, Style::Plain)]);
    }
    let mut problems = Vec::new();
    if runs.is_empty() {
        problems.push("the file runs nothing".to_owned());
    }
    for operator in &module.operators {
        problems.extend(guarded(&operator.name, || reads_back_operator(operator)));
    }
    for program in &module.programs {
        problems.extend(guarded(&program.name, || reads_back_program(program)));
    }
    for run in &runs {
        let name = format!("line {}: {}", run.line, run.program);
        problems.extend(guarded(&name, || {
            let program = find(&module, &run.program)?;
            run::run(run, &program, sessions)
        }));
    }
    (runs.len(), problems)
}

/// What is wrong with something, panics included.
fn guarded(name: &str, test: impl FnOnce() -> Result<(), String>) -> Option<String> {
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(test));
    let problem = match result {
        Ok(result) => result.err()?,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            format!("panic: {}", text.unwrap_or("of unknown kind"))
        }
    };
    Some(format!("{name}: {problem}"))
}

/// The program of that name, or a program that calls the operator of that name.
fn find(module: &bise_front::Module, name: &str) -> Result<Arc<Program>, String> {
    if let Some(program) = module.programs.iter().find(|program| program.name == name) {
        return Ok(Arc::clone(program));
    }
    let operator = module.operators.iter().find(|operator| operator.name == name);
    let operator = operator.ok_or_else(|| format!("there is no program or operator `{name}`"))?;
    Ok(Arc::new(Program::from_operator(Arc::clone(operator))))
}

fn reads_back_operator(operator: &Arc<Operator>) -> Result<(), String> {
    bise_hir::verify_operator(operator)?;
    let text = bise_hir::print_operator(operator);
    let module = read(&text)?;
    let again = module.operators.iter().find(|other| other.name == operator.name);
    let again = again.ok_or_else(|| format!("the printed text has no such operator:\n{text}"))?;
    if again.without_spans() == operator.without_spans() {
        return Ok(());
    }
    let second = bise_hir::print_operator(again);
    Err(format!(
        "the printed text reads back differently:\n{text}\nand prints as:\n{second}"
    ))
}

fn reads_back_program(program: &Arc<Program>) -> Result<(), String> {
    bise_hir::verify_program(program)?;
    let text = bise_hir::print_program(program);
    let module = read(&text)?;
    let again = module
        .programs
        .first()
        .ok_or_else(|| format!("the printed text has no program:\n{text}"))?;
    if again.without_spans() == program.without_spans() {
        return Ok(());
    }
    let second = bise_hir::print_program(again);
    Err(format!(
        "the printed text reads back differently:\n{text}\nand prints as:\n{second}"
    ))
}

fn read(text: &str) -> Result<bise_front::Module, String> {
    let sources = SourceMap::new();
    let source = sources.add("printed", text, 1);
    let module = bise_front::module(&sources, source);
    if module.diagnostics.is_empty() {
        return Ok(module);
    }
    let diagnostics = render_all(&module.diagnostics, &sources, Style::Plain);
    Err(format!("the printed text is refused:\n{text}\n{diagnostics}"))
}
