//! What the command line may say. The help texts are written here, next to the options.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};

const EXAMPLES: &str = "\
A first look:
  bise check model.py                                what is wrong with it, with line and reason
  bise run model.py::hdiff --size I=128,J=128,K=80   runs it on made-up fields
  bise explain model.py::hdiff                       what it reads, stores, moves and computes
  bise explain B0501                                 what a diagnostic means

Only results are sized. How large inputs must be follows from what the program reads of them, so
one `--size` is enough for any program. `bise run --help` and `bise explain --help` say more.

Environment:
  BISE_NUM_THREADS   threads of a call (default: all processors)
  BISE_CACHE_DIR     where machine code is kept between runs; empty: nowhere
  BISE_CACHE_LIMIT   megabytes that it may grow to (default: 512)
  BISE_CACHE_SHARED=1  others who can write there are trusted, else it is not used
  BISE_VECTOR_BITS   128, 256 or 512 (default: what the processor has)
  BISE_CHECKED=1     refuse results that depend on a neighbour that does not exist
  BISE_VERIFY=1      check the compiler's own work after every stage
  NO_COLOR           no colours

Exit status: 0 all is well; 1 a program or a call is wrong; 2 the command or a file is.";

const RUN_EXAMPLES: &str = "\
Examples:
  bise run model.py::hdiff --size I=128,J=128,K=80 --set coeff=0.025
  bise run model.py::hdiff --size I=128,J=128,K=80 --repeat 20
  bise run mesh.py::divergence --mesh icosahedral:6 --size K=12
  bise run model.py::hdiff --input state.npz --origin inp=-2,-2,0 --output out.npz
  bise run model.py::hdiff --input inp=a.npy --size I=64,J=64,K=10 --backend reference

An .npz file gives all parameters and connectivities that it has an array for, by name;
NAME=FILE.npy gives one. A mesh gives its connectivities (V2E, V2C, E2V, E2C, C2V, C2E, C2E2C),
the sizes of dimensions that start with V, E or C, and its geometry to parameters of that name
(edge_length, cell_area, ...). Other fields are made up: numbers between 0.5 and 1.5, integers
from 1 to 9, the same in every run. Scalars that say a domain, as `n` in `domain={I: (0, n)}`,
follow from --size; all others are given with --set.";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  bise explain model.py::hdiff                              in words, for assumed sizes
  bise explain model.py::hdiff --size I=1024,J=1024,K=80 --json
  bise explain model.py::hdiff --stage loops                also hir, iter, llvm, asm
  bise explain mesh.py::gradient --mesh icosahedral:5
  bise explain out-of-bounds                                a diagnostic, by name or code

What is not given is assumed: 128 points along horizontal dimensions, 80 levels, 6 neighbours.";

/// Checks, runs and explains stencil programs for weather and climate models.
#[derive(Debug, Parser)]
#[command(
    name = "bise",
    version,
    about = "Checks, runs and explains stencil programs for weather and climate models",
    after_help = EXAMPLES,
    max_term_width = 110
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Colours: where the output is a terminal, always, or never
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// Say only what was asked for, and errors
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Even into files.
    Always,
    /// Nowhere.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say all that is wrong with files of operators and programs
    ///
    /// Reads each file without running it and prints every diagnostic: what, where, why, and what to do. Ends with
    /// status 1 if there is an error.
    Check(Check),
    /// Run a program or an operator, on made-up fields or on those of files
    #[command(after_help = RUN_EXAMPLES)]
    Run(Box<Run>),
    /// Say what the compiler makes of a program, or what a diagnostic means
    ///
    /// For a program: which regions it reads of its inputs, what it stores in between, how many bytes it moves and
    /// operations it does, and whether memory or arithmetic limits it.
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(Box<Explain>),
}

/// `bise check`
#[derive(Debug, Args)]
pub struct Check {
    /// Python files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// `bise run`
#[derive(Debug, Args)]
pub struct Run {
    /// A file and a program or operator in it: `model.py::hdiff`. The name may be left out if there is only one program,
    /// or only one operator and no program
    #[arg(value_name = "FILE::PROGRAM")]
    pub target: String,
    /// Arguments.
    #[command(flatten)]
    pub setup: Setup,
    /// What runs it: machine code, or the interpreter that defines the meaning
    #[arg(long, value_enum, default_value_t = BackendName::Native)]
    pub backend: BackendName,
    /// Call it N times and say how long that takes, and which fraction of the memory bandwidth is reached
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub repeat: u32,
    /// Write all fields that the program writes: to an .npz file by name, or to an .npy file if there is only one
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// `bise explain`
#[derive(Debug, Args)]
pub struct Explain {
    /// A program or operator, `model.py::hdiff`; or a diagnostic, `B0501` or `out-of-bounds`
    #[arg(value_name = "FILE::PROGRAM | CODE")]
    pub target: String,
    /// Arguments.
    #[command(flatten)]
    pub setup: Setup,
    /// Print what this stage made of it
    #[arg(long, value_enum)]
    pub stage: Option<StageName>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Memory bandwidth to compute the bound with, in GB/s; measured where it is not given
    #[arg(long, value_name = "GB/S", value_parser = bandwidth)]
    pub bandwidth: Option<f64>,
}

/// The arguments of a program.
#[derive(Debug, Default, Args)]
pub struct Setup {
    /// Sizes of the dimensions of the results: `I=128,J=128,K=80`
    #[arg(long, value_name = "DIM=N,...", value_delimiter = ',')]
    pub size: Vec<Size>,
    /// Domains of the results, where they do not start at 0: `I=-1:129,K=0:80`
    #[arg(
        long,
        value_name = "DIM=START:STOP,...",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    pub domain: Vec<Range>,
    /// Arrays: an .npz file, or `NAME=FILE.npy` (repeatable). Axes are in the order of the field's dimensions
    #[arg(long, short, value_name = "[NAME=]FILE")]
    pub input: Vec<Input>,
    /// Where the first element of an array lies: `inp=-2,-2,0`; 0 where it is not given (repeatable)
    #[arg(long, value_name = "NAME=START,...", allow_hyphen_values = true)]
    pub origin: Vec<Origin>,
    /// The value of a scalar: `n=3` (repeatable)
    #[arg(long, value_name = "NAME=VALUE", allow_hyphen_values = true)]
    pub set: Vec<Setting>,
    /// Connectivities, geometry and sizes of a mesh: `icosahedral:LEVEL` has 20 * 4^LEVEL cells
    #[arg(long, value_name = "MESH")]
    pub mesh: Option<MeshName>,
    /// Threads
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub threads: Option<u32>,
}

/// What runs a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BackendName {
    /// Machine code
    Native,
    /// The interpreter
    Reference,
}

/// A stage of the compiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StageName {
    /// The program as the compiler understood it, as source
    Hir,
    /// The functional core
    Iter,
    /// Loop nests
    Loops,
    /// LLVM text
    Llvm,
    /// Machine code
    Asm,
}

/// `DIM=N`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// The dimension.
    pub dim: String,
    /// How many indices: not negative.
    pub length: i64,
}

/// `DIM=START:STOP`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The dimension.
    pub dim: String,
    /// First index.
    pub start: i64,
    /// One past the last.
    pub stop: i64,
}

/// `FILE.npz` or `NAME=FILE`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// A parameter or connectivity; absent for all of an archive.
    pub name: Option<String>,
    /// The file.
    pub path: PathBuf,
}

/// `NAME=START,...`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// A parameter.
    pub name: String,
    /// Index of its first element, one per dimension.
    pub starts: Vec<i64>,
}

/// `NAME=VALUE`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// A parameter.
    pub name: String,
    /// Its value, to be read as the type of the parameter.
    pub value: String,
}

/// `icosahedral:LEVEL`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeshName {
    /// How often the icosahedron is refined.
    pub level: u32,
}

/// `name=rest`, neither of them empty.
fn split<'a>(text: &'a str, form: &str) -> Result<(&'a str, &'a str), String> {
    match text.split_once('=') {
        Some((name, rest)) if !name.trim().is_empty() && !rest.trim().is_empty() => {
            Ok((name.trim(), rest.trim()))
        }
        _ => Err(format!("write {form}")),
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (dim, length) = split(text, "DIM=N, as in `I=128`")?;
        let length = length
            .parse()
            .ok()
            .filter(|&length| length >= 0)
            .ok_or_else(|| format!("`{length}` is not a number of indices that fits"))?;
        Ok(Self {
            dim: dim.to_owned(),
            length,
        })
    }
}

impl FromStr for Range {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = "DIM=START:STOP, as in `I=-1:129`";
        let (dim, range) = split(text, form)?;
        let (start, stop) = range.split_once(':').ok_or_else(|| format!("write {form}"))?;
        Ok(Self {
            dim: dim.to_owned(),
            start: index(start)?,
            stop: index(stop)?,
        })
    }
}

impl FromStr for Input {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_name = |name: &str| name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.');
        match text.split_once('=') {
            Some((name, path)) if is_name(name) && !name.is_empty() && !path.is_empty() => Ok(Self {
                name: Some(name.to_owned()),
                path: path.into(),
            }),
            _ if Path::new(text)
                .extension()
                .is_some_and(|extension| extension == "npz") =>
            {
                Ok(Self {
                    name: None,
                    path: text.into(),
                })
            }
            _ => Err("write FILE.npz or NAME=FILE.npy".to_owned()),
        }
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, starts) = split(text, "NAME=START,..., as in `inp=-2,-2,0`")?;
        Ok(Self {
            name: name.to_owned(),
            starts: starts.split(',').map(index).collect::<Result<_, _>>()?,
        })
    }
}

impl FromStr for Setting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = split(text, "NAME=VALUE, as in `n=3`")?;
        Ok(Self {
            name: name.to_owned(),
            value: value.to_owned(),
        })
    }
}

impl FromStr for MeshName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let level = text
            .strip_prefix("icosahedral:")
            .ok_or("write `icosahedral:LEVEL`, as in `icosahedral:5`")?;
        let level = level.parse().map_err(|_| format!("`{level}` is not a level"))?;
        Ok(Self { level })
    }
}

fn index(text: &str) -> Result<i64, String> {
    text.trim()
        .parse()
        .map_err(|_| format!("`{text}` is not an index"))
}

/// A rate, by which bytes are divided.
fn bandwidth(text: &str) -> Result<f64, String> {
    let rate = text
        .parse()
        .ok()
        .filter(|rate: &f64| rate.is_normal() && *rate > 0.0);
    rate.ok_or_else(|| format!("`{text}` is not a rate in GB/s"))
}
