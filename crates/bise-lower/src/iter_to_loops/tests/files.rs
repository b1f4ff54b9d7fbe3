//! Every file of `tests/loops`: a program and a specialization, then the kernels that they must give.
//! `BISE_BLESS=1` writes the kernels that they do give.
//!
//! A file starts with lines `layout PARAM DIM DIM ...` (largest stride first; canonical order where there is none),
//! `table NAME WIDTH [skips]`, `vector BITS`, and `cut INDEX PARAM=VALUE ...` (at which index pieces are cut, but where a number or those scalars say it); then `--- iter`, the program; then `--- loops`, the kernels.

use std::fmt::Write as _;
use std::path::Path;

use bise_iter::analysis::cuts::{Cuts, cuts};
use bise_iter::{Graph, ParamKind};
use bise_lang::plan::{CutOrder, Layout, Plan, Specialization, TableShape};
use bise_lang::{Bound, DType};

use super::super::{Costs, iter_to_loops};

#[test]
fn kernels_are_those_of_the_files() {
    let folder = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../../tests/loops");
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    paths.sort();
    let mut wrong = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let (head, rest) = text.split_once("--- iter\n").expect("a program");
        let (program, expected) = rest.split_once("--- loops\n").unwrap_or((rest, ""));
        let graph = bise_iter::text::parse(program).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let actual = show(&graph, &specialization(head, &graph));
        if actual == expected {
            continue;
        }
        if std::env::var_os("BISE_BLESS").is_some() {
            std::fs::write(&path, format!("{head}--- iter\n{program}--- loops\n{actual}")).unwrap();
        } else {
            wrong.push(format!("{}:\n{actual}", path.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "BISE_BLESS=1 accepts this:\n{}",
        wrong.join("\n")
    );
}

fn show(graph: &Graph, specialization: &Specialization) -> String {
    let (kernels, plan) = iter_to_loops(graph, specialization, &Costs::default());
    let mut text = describe(&plan);
    for kernel in &kernels {
        assert_eq!(bise_loops::verify(kernel), Ok(()));
        text.push_str(&bise_loops::text::print(kernel));
    }
    text
}

/// What is easily got wrong in a plan.
fn describe(plan: &Plan) -> String {
    let mut text = String::new();
    for (at, statement) in plan.statements.iter().enumerate() {
        let pairs = statement.in_place.iter().map(|pair| match &pair.beside[..] {
            [] => format!("({}, {})", pair.output, pair.input),
            beside => format!("({}, {}) beside {beside:?}", pair.output, pair.input),
        });
        let pairs: Vec<String> = pairs.collect();
        let _ = writeln!(text, "# statement {at}: in place [{}]", pairs.join(", "));
        for t in &statement.temporaries {
            let dims: Vec<&str> = t.dims.iter().map(|d| d.name.as_str()).collect();
            let _ = writeln!(
                text,
                "# {}: {} over {} in order {:?}",
                t.name,
                t.dtype,
                dims.join(", "),
                t.order
            );
        }
        for launch in &statement.launches {
            let _ = writeln!(text, "# kernel {}: {:?}", launch.kernel, launch.buffers);
        }
    }
    text
}

pub(super) fn specialization(head: &str, graph: &Graph) -> Specialization {
    let mut specialization = canonical(graph);
    for line in head.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["layout", name, ref order @ ..] => {
                let at = graph
                    .params
                    .iter()
                    .position(|p| p.name == name)
                    .expect("a parameter");
                let ParamKind::Field(dims) = &graph.params[at].kind else {
                    panic!("a layout of a scalar");
                };
                let axis = |dim: &&str| dims.iter().position(|d| d.name == *dim).expect("a dimension");
                specialization.params[at].order = order.iter().map(axis).collect();
            }
            ["table", name, width, ref skips @ ..] => {
                let at = graph.tables.iter().position(|t| t.name == name).expect("a table");
                specialization.tables[at].width = width.parse().expect("a width");
                specialization.tables[at].skips = !skips.is_empty();
            }
            ["cut", at, ref scalars @ ..] => {
                let scalar = |text: &&str| {
                    let (name, value) = text.split_once('=').expect("PARAM=VALUE");
                    let param = graph
                        .params
                        .iter()
                        .position(|p| p.name == name)
                        .expect("a parameter");
                    (param as u32, value.parse().expect("a number"))
                };
                let scalars: Vec<(u32, i64)> = scalars.iter().map(scalar).collect();
                specialization.cuts = cut_orders(graph, at.parse().expect("an index"), &scalars);
            }
            ["vector", bits] => specialization.vector_bits = bits.parse().expect("bits"),
            [] => {}
            _ => panic!("no such line: {line}"),
        }
    }
    specialization
}

/// All fields row-major, tables of width 1.
pub(super) fn canonical(graph: &Graph) -> Specialization {
    let layout = |kind: &ParamKind| match kind {
        ParamKind::Scalar => Layout::default(),
        ParamKind::Field(dims) => Layout {
            order: (0..dims.len()).collect(),
            unit: true,
        },
    };
    let table = TableShape {
        width: 1,
        skips: false,
        index: DType::Int32,
    };
    Specialization {
        params: graph.params.iter().map(|p| layout(&p.kind)).collect(),
        tables: vec![table; graph.tables.len()],
        statements: (0..graph.statements.len() as u32).collect(),
        domains: Vec::new(),
        cuts: cut_orders(graph, 100, &[]),
        vector_bits: 512,
    }
}

/// Of all statements, where everything that varies is at that index, but for those scalars.
pub(super) fn cut_orders(graph: &Graph, at: i64, scalars: &[(u32, i64)]) -> Vec<Vec<CutOrder>> {
    let statement = |statement| {
        let order = |along: &Cuts| {
            let value = |base: &Option<Bound>| match base {
                None => 0,
                Some(Bound::Scalar(param)) => scalars
                    .iter()
                    .find(|(known, _)| known == param)
                    .map_or(at, |(_, value)| *value),
                Some(_) => at,
            };
            CutOrder::new(&along.bases.iter().map(value).collect::<Vec<_>>(), along.far)
        };
        cuts(graph, statement).iter().map(order).collect()
    };
    graph.statements.iter().map(statement).collect()
}
