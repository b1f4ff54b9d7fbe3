//! The command line: what it takes, and what it gives for the texts of a file.

use bise_base::Style;
use bise_driver::{Backend, Options, Session};
use clap::{CommandFactory, Parser};

use crate::args::{Arguments, Command, Input, MeshName, Origin, Range, Setting, Setup, Size};
use crate::inputs::{Inputs, Missing};
use crate::{arrays, target};

fn parse<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

#[test]
fn the_command_line_is_well_formed() {
    Arguments::command().debug_assert();
    let arguments = [
        "bise", "run", "f.py::p", "--size", "I=3,K=4", "--domain", "J=-1:2", "--origin", "a=-1,0",
    ];
    let Command::Run(run) = Arguments::try_parse_from(arguments).unwrap().command else {
        panic!("another command");
    };
    assert_eq!(run.setup.size.len(), 2);
    assert_eq!(
        run.setup.domain[0],
        Range {
            dim: "J".into(),
            start: -1,
            stop: 2
        }
    );
    assert_eq!(
        run.setup.origin[0],
        Origin {
            name: "a".into(),
            starts: vec![-1, 0]
        }
    );
}

#[test]
fn values_are_read_or_refused() {
    assert_eq!(
        parse("I=12"),
        Some(Size {
            dim: "I".into(),
            length: 12
        })
    );
    assert_eq!(parse::<Size>("I=-1"), None);
    assert_eq!(parse::<Size>("=3"), None);
    assert_eq!(parse::<Range>("I=3"), None);
    assert_eq!(
        parse("n=-3"),
        Some(Setting {
            name: "n".into(),
            value: "-3".into()
        })
    );
    assert_eq!(parse("icosahedral:4"), Some(MeshName { level: 4 }));
    assert_eq!(parse::<MeshName>("cubed:4"), None);
    assert_eq!(
        parse("a=b=c.npy"),
        Some(Input {
            name: Some("a".into()),
            path: "b=c.npy".into()
        })
    );
    assert_eq!(
        parse("/x=y/b.npz"),
        Some(Input {
            name: None,
            path: "/x=y/b.npz".into()
        })
    );
    assert_eq!(parse::<Input>("b.npy"), None);
}

const MODEL: &str = r#"
import gt4py.next as gtx
I, J = gtx.Dimension("I"), gtx.Dimension("J")

@gtx.field_operator
def difference(a: gtx.Field[[I, J], float]) -> gtx.Field[[I, J], float]:
    return a(I + 1) - a

@gtx.program
def model(a: gtx.Field[[I, J], float], out: gtx.Field[[I, J], float], n: gtx.int32):
    difference(a, out=out, domain={I: (0, n), J: (0, 2)})
"#;

/// Runs `MODEL` and gives the file that its result was written to.
fn run(setup: &Setup, directory: &std::path::Path) -> Result<std::path::PathBuf, String> {
    let file = directory.join("model.py");
    std::fs::write(&file, MODEL).unwrap();
    let session = Session::new(Options::default()).unwrap();
    let target = format!("{}::model", file.display());
    let program = target::load(&target, &session, Style::Plain).map_err(|error| error.to_string())?;
    let mut inputs = Inputs::new(&program, setup, Missing::Refuse).map_err(|error| error.to_string())?;
    inputs.allocate(&program).unwrap();
    let args = inputs.arguments(&program);
    program
        .call(&args, &[], Backend::Native)
        .map_err(|error| error.to_string())?;
    drop(args);
    let path = directory.join("out.npz");
    arrays::write(&path, &[("a", inputs.fields[1].as_ref().unwrap())]).unwrap();
    Ok(path)
}

#[test]
fn sizes_are_enough_and_results_are_inputs_again() {
    let directory = tempfile::tempdir().unwrap();
    let size = |length| Setup {
        size: vec![Size {
            dim: "I".into(),
            length,
        }],
        ..Setup::default()
    };
    let path = run(&size(5), directory.path()).unwrap();
    let (name, array) = arrays::read_npz(&path).unwrap().remove(0);
    assert_eq!((name.as_str(), &array.shape[..]), ("a", &[5, 2][..]));
    let with_file = |length| Setup {
        input: vec![Input {
            name: None,
            path: path.clone(),
        }],
        ..size(length)
    };
    let refused = run(&with_file(5), directory.path()).unwrap_err();
    assert!(refused.contains("`a` is too small along `I`"), "{refused}");
    run(&with_file(4), directory.path()).unwrap();
    let missing = run(&Setup::default(), directory.path()).unwrap_err();
    assert_eq!(missing, "the scalar `n` (int32) is missing");
}

#[test]
fn arguments_that_the_program_has_no_use_for_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let refused = |arguments: &[&str]| {
        let arguments = [&["bise", "run", "f.py", "--size", "I=3"], arguments].concat();
        let Command::Run(command) = Arguments::try_parse_from(arguments).unwrap().command else {
            panic!("another command");
        };
        run(&command.setup, directory.path()).unwrap_err()
    };
    assert_eq!(
        refused(&["--size", "Q=3"]),
        "`--size Q=` is given, and `model` has no dimension `Q`"
    );
    assert_eq!(
        refused(&["--domain", "i=0:3"]),
        "`--domain i=` is given, and `model` has no dimension `i`"
    );
    assert_eq!(
        refused(&["--origin", "a=1,2"]),
        "`--origin a=` is given, but no array for `a`"
    );
    assert_eq!(
        refused(&["--origin", "n=1"]),
        "`--origin n=` is given, and `n` is not a field"
    );
    assert_eq!(
        refused(&["--set", "a=1"]),
        "`--set a=` is given, and `a` is not a scalar"
    );
}
