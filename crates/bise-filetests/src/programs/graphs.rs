//! Random graphs as machine code: any layouts, threads and vectors, and any choice of what is stored.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bise_driver::{Backend, Costs, Options, Program, Session};
use bise_field::{ConnectivityTable, Entries};
use bise_iter::testing::{Case as Random, Random as Numbers, shrink};
use bise_iter::{Graph, ParamKind, passes};
use bise_lang::Scalar;

use super::memory::MemoryLayout;
use super::run::{Case, Given, Outcome, agree};
use super::sample::{Sample, TableSample};

/// How a program is compiled and called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Way {
    threads: usize,
    vector_bits: u32,
    /// Chooses costs; none are those that users have.
    costs: Option<u64>,
    layout: usize,
    /// Whether passes simplify it before.
    simplified: bool,
}

/// What is wrong with a call that is not as it should be for a program.
const REFUSED: &str = "the interpreter refuses";

/// How many sets of costs there are beside the one that users have.
const COSTS: usize = 12;

/// Sessions are few, since each keeps machine code.
#[derive(Default)]
struct Sessions(Mutex<HashMap<Setting, Arc<Session>>>);

/// Threads, bits of vectors, and the seed of costs.
type Setting = (usize, u32, Option<u64>);

impl Sessions {
    fn get(&self, way: Way) -> Result<Arc<Session>, String> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (way.threads, way.vector_bits, way.costs);
        if let Some(session) = known.get(&key) {
            return Ok(Arc::clone(session));
        }
        let options = Options {
            threads: way.threads,
            vector_bits: way.vector_bits,
            cache: None,
            verify: true,
            costs: way.costs.map_or_else(Costs::default, costs),
            ..Options::default()
        };
        let session = Session::new(options).map_err(|error| error.to_string())?;
        known.insert(key, Arc::clone(&session));
        Ok(session)
    }
}

/// Costs by which everything is computed again, or stored, or kept for some rows, and anything between.
fn costs(seed: u64) -> Costs {
    let mut random = Numbers::new(seed);
    let mut any = |few: [usize; 4]| *random.pick(&few);
    Costs {
        inline: any([0, 5, 40, 1000]),
        gathered: any([0, 2, 12, 200]),
        keep: any([0, 1, 2, 20]),
        row: any([0, 1, 3, 30]),
    }
}

impl Way {
    fn random(random: &mut Numbers) -> Self {
        Self {
            threads: 1 + random.below(2),
            vector_bits: *random.pick(&[128, 256, 512]),
            costs: Some(random.below(COSTS) as u64).filter(|&seed| seed > 0),
            layout: random.below(MemoryLayout::ALL.len()),
            simplified: random.once_in(2),
        }
    }
}

/// What is wrong with programs number `first` and those after it, so many; each failure made small, as a file of that folder.
pub(crate) fn run_graphs(first: u64, count: usize, folder: &Path) -> Vec<String> {
    let sessions = Sessions::default();
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return;
                    }
                    if number % 1000 == 999 {
                        println!("{} of {count} programs", number + 1);
                    }
                    if let Err(problem) = run_graph(first + number as u64, &sessions, folder) {
                        let mut failures = failures.lock().unwrap_or_else(PoisonError::into_inner);
                        failures.push(problem);
                    }
                }
            });
        }
    });
    failures.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn run_graph(seed: u64, sessions: &Sessions, folder: &Path) -> Result<(), String> {
    let random = if seed.is_multiple_of(3) {
        Random::stencils(seed)
    } else {
        Random::random(seed)
    };
    let mut numbers = Numbers::new(seed ^ 0x5eed);
    let usual = Way {
        threads: 1 + numbers.below(2),
        vector_bits: Options::default().vector_bits,
        costs: None,
        layout: numbers.below(MemoryLayout::ALL.len()),
        simplified: true,
    };
    for way in [usual, Way::random(&mut numbers), Way::random(&mut numbers)] {
        let Err(problem) = compare(&random, &random.graph, way, sessions) else {
            continue;
        };
        // Arguments stay as they are, so a smaller program may ask for more than there is.
        let fails = |problem: String| !problem.starts_with(REFUSED);
        let small = shrink(&random.graph, &mut |graph| {
            compare(&random, graph, way, sessions).is_err_and(fails)
        });
        let problem = compare(&random, &small, way, sessions).err().unwrap_or(problem);
        let mut text = String::new();
        let _ = writeln!(
            text,
            "# seed {seed}, {way:?}: {}",
            problem.lines().next().unwrap_or_default()
        );
        text.push_str(&bise_iter::text::print(&small));
        let path = folder.join(format!("random_{seed}.bise"));
        let _ = std::fs::create_dir_all(folder);
        let written = std::fs::write(&path, &text).map_or_else(|error| error.to_string(), |()| String::new());
        return Err(format!("{}{written}\n{text}", path.display()));
    }
    Ok(())
}

/// Compares machine code with the interpreter.
fn compare(random: &Random, graph: &Graph, way: Way, sessions: &Sessions) -> Result<(), String> {
    let case = case(random, graph)?;
    let session = sessions.get(way)?;
    let run = || {
        let reference = Program::from_graph(Arc::clone(&session), graph.clone());
        let reference = case.call(&reference, MemoryLayout::C, Backend::Reference);
        if let Outcome::Failed(error, _) = &reference {
            return Err(format!("{REFUSED}: {error}"));
        }
        let compiled = if way.simplified {
            passes::run(graph, passes::Checks::Each).graph
        } else {
            graph.clone()
        };
        let native = Program::from_graph(Arc::clone(&session), compiled);
        let outcome = case.call(&native, MemoryLayout::ALL[way.layout], Backend::Native);
        agree(&reference, &outcome, &case.fields())
    };
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| Err("it panics".to_owned()))
}

fn case(random: &Random, graph: &Graph) -> Result<Case, String> {
    let random = random.with_graph(graph.clone());
    let arguments = graph.arguments().iter().zip(&random.arguments);
    let given = arguments.map(|(param, argument)| match &param.kind {
        ParamKind::Scalar => Given::Scalar(argument.values.first().copied().unwrap_or(Scalar::bool(false))),
        ParamKind::Field(dims) => Given::Field(Sample {
            dtype: param.dtype,
            dims: dims.clone(),
            ranges: argument.domain.clone(),
            values: argument.values.clone(),
        }),
    });
    let tables = graph.tables.iter().zip(&random.tables).map(|(table, data)| {
        let width = data.width as usize;
        let rows: Vec<Vec<i64>> = data.entries.chunks(width.max(1)).map(<[i64]>::to_vec).collect();
        let entries = Entries::Int32(data.entries.iter().map(|&entry| entry as i32).collect());
        let made = ConnectivityTable::new(entries, data.rows as usize, width, None);
        let table_of = |made| TableSample { table: made, rows };
        Ok((
            table.name.to_string(),
            made.map(table_of).map_err(|error| error.to_string())?,
        ))
    });
    Ok(Case {
        given: given.collect(),
        tables: tables.collect::<Result<_, String>>()?,
    })
}
