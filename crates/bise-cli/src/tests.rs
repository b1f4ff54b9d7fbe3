//! The command line: what it takes, and what it gives for the texts of a file.

use clap::{CommandFactory, Parser};

use crate::args::{Arguments, Command, Input, MeshName, Origin, Range, Setting, Size};

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
