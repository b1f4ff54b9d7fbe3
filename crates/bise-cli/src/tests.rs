//! The command line: what it takes, and what it gives for the texts of a file.

use std::path::{Path, PathBuf};

use bise_base::Style;
use bise_driver::{Backend, Options, Session};
use bise_field::Buffer;
use bise_lang::{DType, Scalar};
use clap::{CommandFactory, Parser};

use crate::args::{Arguments, Command, Input, MeshName, Origin, Range, Setting, Setup, Size};
use crate::inputs::{Inputs, Missing};
use crate::{arrays, run, target};

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

/// A field as it is written where the order of its annotation is that of its dimensions.
fn output<'a>(name: &'a str, field: &'a Buffer) -> arrays::Output<'a> {
    let axes = (0..field.axes().len()).collect();
    arrays::Output { name, field, axes }
}

/// Runs `MODEL` and gives the file that its result was written to.
fn run_model(setup: &Setup, directory: &Path) -> Result<PathBuf, String> {
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
    arrays::write(&path, &[output("a", inputs.fields[1].as_ref().unwrap())]).unwrap();
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
    let path = run_model(&size(5), directory.path()).unwrap();
    let (name, array) = arrays::read_npz(&path).unwrap().remove(0);
    assert_eq!((name.as_str(), &array.shape[..]), ("a", &[5, 2][..]));
    let with_file = |length| Setup {
        input: vec![Input {
            name: None,
            path: path.clone(),
        }],
        ..size(length)
    };
    let refused = run_model(&with_file(5), directory.path()).unwrap_err();
    assert!(refused.contains("`a` is too small along `I`"), "{refused}");
    run_model(&with_file(4), directory.path()).unwrap();
    let missing = run_model(&Setup::default(), directory.path()).unwrap_err();
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
        run_model(&command.setup, directory.path()).unwrap_err()
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
    assert_eq!(
        refused(&["--set", "n=1", "--set", "n=2"]),
        "`--set n=` is given twice"
    );
    assert_eq!(
        refused(&["--set", "n=1.5"]),
        "`1.5` is not an int32, which `n` is"
    );
}

#[test]
fn numbers_that_do_not_fit_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    for length in [1 << 31, (1 << 32) + 8, i64::MAX] {
        let size = Size {
            dim: "I".into(),
            length,
        };
        let setup = Setup {
            size: vec![size],
            ..Setup::default()
        };
        assert_eq!(
            run_model(&setup, directory.path()).unwrap_err(),
            format!("`{length}` is not an int32, which `n` is")
        );
    }
    assert_eq!(parse::<Size>("I=9223372036854775808"), None);
    for wrong in [
        &["run", "f.py", "--threads", "100000"][..],
        &["explain", "f.py", "--bandwidth", "0"],
        &["explain", "f.py", "--bandwidth", "nan"],
    ] {
        assert!(Arguments::try_parse_from([&["bise"], wrong].concat()).is_err());
    }
}

#[test]
fn a_shape_that_overflows_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let npy = directory.path().join("a.npy");
    // 2^64 elements: as many as none, to who multiplies without care.
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }\n";
    let length = (header.len() as u16).to_le_bytes();
    std::fs::write(
        &npy,
        [b"\x93NUMPY\x01\0", &length[..], header.as_bytes()].concat(),
    )
    .unwrap();
    let refused = arrays::read_npy(&npy).unwrap_err().to_string();
    assert!(refused.ends_with("a.npy: it is too large"), "{refused}");
}

/// An archive with one member that is not compressed, and its checksum.
fn stored(name: &[u8], contents: &[u8], checksum: u32) -> Vec<u8> {
    let (name_length, size) = (name.len() as u16, contents.len() as u32);
    let mut common = [20_u16, 0, 0, 0, 0].map(u16::to_le_bytes).concat();
    common.extend([checksum, size, size].map(u32::to_le_bytes).concat());
    common.extend([name_length, 0].map(u16::to_le_bytes).concat());
    let local = [b"PK\x03\x04", &common[..], name, contents].concat();
    let attributes = [0; 14];
    let central = [b"PK\x01\x02\x14\x00", &common[..], &attributes, name].concat();
    let lengths = [central.len() as u32, local.len() as u32]
        .map(u32::to_le_bytes)
        .concat();
    let end = [b"PK\x05\x06\0\0\0\0\x01\0\x01\0", &lengths[..], &[0, 0]].concat();
    [local, central, end].concat()
}

/// CRC-32 as in ISO 3309, bit by bit.
fn checksum(contents: &[u8]) -> u32 {
    !contents.iter().fold(!0, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| {
            sum >> 1 ^ (0xedb8_8320 & (sum & 1).wrapping_neg())
        })
    })
}

#[test]
fn damaged_files_are_not_read() {
    let directory = tempfile::tempdir().unwrap();
    let npy = directory.path().join("a.npy");
    let field = Buffer::new(DType::Float64, &[(0, 40)], &[0]).unwrap();
    arrays::write(&npy, &[output("a", &field)]).unwrap();
    let mut bytes = std::fs::read(&npy).unwrap();

    let npz = directory.path().join("a.npz");
    let sum = checksum(&bytes);
    std::fs::write(&npz, stored(b"a.npy", &bytes, sum)).unwrap();
    assert_eq!(arrays::read_npz(&npz).unwrap()[0].1.shape, [40]);
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&npz, stored(b"a.npy", &bytes, sum)).unwrap();
    let refused = arrays::read_npz(&npz).unwrap_err().to_string();
    assert!(refused.contains("a.npz: `a`: it is damaged"), "{refused}");

    std::fs::write(&npy, &bytes[..last - 2]).unwrap();
    let refused = arrays::read_npy(&npy).unwrap_err().to_string();
    assert!(
        refused.ends_with("a.npy: it ends before its last element"),
        "{refused}"
    );
}

#[test]
fn outputs_are_looked_at_before_the_run() {
    let directory = tempfile::tempdir().unwrap();
    let refused = |name: &str, fields| {
        let path = directory.path().join(name);
        arrays::check_output(&path, fields).map_err(|error| error.to_string())
    };
    assert_eq!(refused("a.npz", 2), Ok(()));
    assert_eq!(refused("a.npy", 1), Ok(()));
    assert!(refused("a.npy", 2).unwrap_err().contains("one array"));
    assert!(refused("a.txt", 1).unwrap_err().contains("files such as"));
    assert!(refused("none/a.npz", 1).unwrap_err().contains("no folder"));
    std::fs::create_dir(directory.path().join("b.npz")).unwrap();
    assert!(
        refused("b.npz", 1)
            .unwrap_err()
            .ends_with("is a folder, not a file")
    );
}

#[test]
fn a_scalar_is_one_number() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("n.npy");
    let numbers = Buffer::new(DType::Int32, &[(0, 3)], &[0]).unwrap();
    arrays::write(&path, &[output("n", &numbers)]).unwrap();
    let setup = Setup {
        input: vec![Input {
            name: Some("n".into()),
            path,
        }],
        ..Setup::default()
    };
    assert_eq!(
        run_model(&setup, directory.path()).unwrap_err(),
        "`n` is a scalar, and the array given for it has 3 elements, shape [3]"
    );
}

#[test]
fn a_file_with_one_operator_needs_no_name() {
    let directory = tempfile::tempdir().unwrap();
    let load = |text: &str| {
        let file = directory.path().join("model.py");
        std::fs::write(&file, text).unwrap();
        let session = Session::new(Options::default()).unwrap();
        let program = target::load(&file.display().to_string(), &session, Style::Plain);
        program.map(|program| program.name().to_string())
    };
    let (one, _) = MODEL.split_once("@gtx.program").unwrap();
    assert_eq!(load(one).unwrap(), "difference");
    assert_eq!(load(MODEL).unwrap(), "model");
    let two = format!(
        "{one}{}",
        &one[one.find('@').unwrap()..].replace("difference", "other")
    );
    assert!(
        load(&two)
            .unwrap_err()
            .to_string()
            .starts_with("say which program")
    );
}

#[test]
fn checked_calls_refuse_missing_neighbours() {
    const MODEL: &str = r#"
import gt4py.next as gtx
C, E = gtx.Dimension("C"), gtx.Dimension("E")
E2CDim = gtx.Dimension("E2CDim", kind=gtx.DimensionKind.LOCAL)
E2C = gtx.FieldOffset("E2C", source=C, target=(E, E2CDim))

@gtx.field_operator
def right(c: gtx.Field[[C], float]) -> gtx.Field[[E], float]:
    return c(E2C[1])

@gtx.program
def model(c: gtx.Field[[C], float], out: gtx.Field[[E], float]):
    right(c, out=out)
"#;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("model.py");
    std::fs::write(&file, MODEL).unwrap();
    let target = format!("{}::model", file.display());
    let path = directory.path().join("in.npz");
    let mut table = Buffer::new(DType::Int32, &[(0, 2), (0, 2)], &[0, 1]).unwrap();
    table.view_mut().store(&[1, 1], Scalar::integer(DType::Int32, -1));
    let cells = Buffer::new(DType::Float64, &[(0, 1)], &[0]).unwrap();
    arrays::write(&path, &[output("E2C", &table), output("c", &cells)]).unwrap();
    let setup = Setup {
        input: vec![Input { name: None, path }],
        ..Setup::default()
    };
    for checked in [false, true] {
        let options = Options {
            checked,
            ..Options::default()
        };
        let session = Session::new(options).unwrap();
        let program = target::load(&target, &session, Style::Plain).unwrap();
        let mut inputs = Inputs::new(&program, &setup, Missing::Refuse).unwrap();
        inputs.allocate(&program).unwrap();
        let mut heard = Vec::new();
        let result = run::call(
            &program,
            &mut inputs,
            Backend::Native,
            3,
            &mut |notice: &bise_driver::Notice| {
                heard.push(notice.diagnostic.primary.text.clone());
                true
            },
        );
        if checked {
            let text = result.unwrap_err().to_string();
            assert!(text.contains("`out` at E = 1 depends"), "{text}");
        } else {
            assert_eq!(
                (result.is_ok(), heard),
                (true, vec!["there is none for E = 1".to_owned()])
            );
        }
    }
}

/// Fields whose annotations name the vertical first: arrays of files stand so, too.
const LEVELS_FIRST: &str = r#"
import gt4py.next as gtx
K, I = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL), gtx.Dimension("I")
Levels = gtx.Field[[K, I], float]

@gtx.field_operator
def twice(a: Levels) -> Levels:
    return a * 2.0

@gtx.program
def model(a: Levels, out: Levels):
    twice(a, out=out)
"#;

#[test]
fn the_axes_of_files_stand_as_annotations_say() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    std::fs::write(path("model.py"), LEVELS_FIRST).unwrap();
    // Three levels of two points: 1 2, 3 4, 5 6.
    let values: Vec<u8> = (1..=6).flat_map(|n| f64::from(n).to_le_bytes()).collect();
    let given = Buffer::from_packed(DType::Float64, &[(0, 3), (0, 2)], &[0, 1], &values, &[0, 1]).unwrap();
    arrays::write(&path("a.npy"), &[output("a", &given)]).unwrap();
    let target = format!("{}::model", path("model.py").display());
    let input = format!("a={}", path("a.npy").display());
    let result = path("out.npy").display().to_string();
    let command = ["bise", "run", &target, "--input", &input, "--output", &result];
    let Command::Run(command) = Arguments::try_parse_from(command).unwrap().command else {
        panic!("another command");
    };
    let mut terminal = crate::terminal::Terminal::new(crate::args::Color::Never, true);
    crate::run::run(&command, &mut terminal).unwrap();
    let array = arrays::read_npy(&path("out.npy")).unwrap();
    let doubled: Vec<u8> = (1..=6).flat_map(|n| f64::from(2 * n).to_le_bytes()).collect();
    assert_eq!(
        (array.shape, array.order, array.bytes),
        (vec![3, 2], vec![0, 1], doubled)
    );
}
