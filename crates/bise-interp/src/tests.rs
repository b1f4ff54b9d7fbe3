//! The interpreter on small texts, and on random programs before and after passes.

use std::collections::HashSet;
use std::fmt::Write;

use bise_iter::passes::{self, Checks};
use bise_iter::testing::Case;
use bise_iter::text::{parse, print};
use bise_iter::walk::position;
use bise_iter::{Op, Step, verify};
use bise_lang::{DType, Scalar};

use crate::testing::Arguments;
use crate::{InterpError, run};

/// Runs a text whose fields are all over `0..size` of `float64`, with the values `0.0, 1.0, ..` in each but
/// the last.
fn run_text(text: &str, sizes: &[&[i64]]) -> Result<Vec<f64>, InterpError> {
    let graph = parse(text).unwrap();
    let mut memory = Arguments {
        arguments: sizes.iter().map(|sizes| argument(sizes)).collect(),
        tables: Vec::new(),
    };
    if !graph.tables.is_empty() {
        let entries = vec![0, 2, 1, -1];
        memory.tables.push(bise_iter::testing::TableData {
            rows: 2,
            width: 2,
            entries,
        });
    }
    run(&graph, &mut memory)?;
    Ok(memory
        .arguments
        .last()
        .unwrap()
        .values
        .iter()
        .map(|value| value.as_f64())
        .collect())
}

fn argument(sizes: &[i64]) -> bise_iter::testing::Argument {
    let points: i64 = sizes.iter().product();
    bise_iter::testing::Argument {
        domain: sizes.iter().map(|&size| (0, size)).collect(),
        values: (0..points).map(|value| Scalar::f64(value as f64)).collect(),
    }
}

#[test]
fn sweeps_run_both_ways() {
    let text = |direction: &str| {
        format!(
            "dimension K: vertical
            program p(x: <K; float64>, out: <K; float64>) {{
              statement {{
                %x = input x : <K; float64>
                %zero = constant 0.0 : <float64>
                sweep s {direction} along K over <K> from %zero next %sum
                %before = carry s.0 : <K; float64>
                %sum = add %before %x : <K; float64>
                %result = result s.0 : <K; float64>
                out @ [K: 1 .. 4] <- %result
              }}
            }}"
        )
    };
    assert_eq!(
        run_text(&text("forward"), &[&[5], &[5]]),
        Ok(vec![0.0, 1.0, 3.0, 6.0, 4.0])
    );
    assert_eq!(
        run_text(&text("backward"), &[&[5], &[5]]),
        Ok(vec![0.0, 6.0, 5.0, 3.0, 4.0])
    );
}

#[test]
fn statements_read_before_they_write() {
    let text = "dimension I: horizontal
        program p(x: <I; float64>) {
          statement {
            %x = input x : <I; float64>
            %left = shift %x I - 1 : <I; float64>
            x @ [I: 1 .. 4] <- %left
          }
        }";
    assert_eq!(run_text(text, &[&[4]]), Ok(vec![0.0, 0.0, 1.0, 2.0]));
}

const MESH: &str = "dimension Edge: horizontal
    dimension Vertex: horizontal
    dimension Local: local
    program p(x: <Edge; float64>, out: <Vertex; float64>) {
      table V2E: Vertex, Local -> Edge
      statement {
        %x = input x : <Edge; float64>
        %all = shift %x V2E[*] : <Vertex, Local; float64>
        %sum = reduce neighbor_sum %all by V2E : <Vertex; float64>
        out @ [Vertex: 0 .. 2] <- %sum
      }
    }";

#[test]
fn reductions_leave_skip_values_out() {
    assert_eq!(run_text(MESH, &[&[3], &[2]]), Ok(vec![2.0, 1.0]));
}

#[test]
fn failures_name_field_and_index_and_write_nothing() {
    let says = |text: &str, sizes: &[&[i64]]| run_text(text, sizes).unwrap_err().to_string();
    assert_eq!(
        says(MESH, &[&[2], &[2]]),
        "`x` is read at Edge = 2; it covers 0 <= Edge < 2"
    );
    assert_eq!(
        says(MESH, &[&[3], &[1]]),
        "`out` is written at Vertex = 1; it covers 0 <= Vertex < 1"
    );
    assert_eq!(
        says(&MESH.replace("0 .. 2", "0 .. 3"), &[&[3], &[3]]),
        "neighbours of Vertex = 2 are read; table `V2E` has 2 rows"
    );
}

#[test]
fn a_neighbour_that_is_not_there_reads_as_zero_whatever_is_read() {
    let single = MESH
        .replace("%all = shift %x V2E[*] : <Vertex, Local;", "%less = neg %x : <Edge; float64>\n%one = constant 1.0 : <float64>\n%more = sub %less %one : <Edge; float64>\n%all = shift %more V2E[1] : <Vertex;")
        .replace("%sum = reduce neighbor_sum %all by V2E", "%sum = sub %all %one");
    let Ok(values) = run_text(&single, &[&[3], &[2]]) else {
        panic!("refused");
    };
    assert_eq!(values[1], -1.0);
}

#[test]
fn a_deep_program_does_not_overflow_the_stack() {
    let mut text = String::from(
        "dimension I: horizontal\nprogram p(x: <I; float64>, out: <I; float64>) {\nstatement {\n%0 = input x : <I; float64>\n",
    );
    for n in 1..10_000 {
        let previous = n - 1;
        let _ = writeln!(text, "%{n} = add %{previous} %0 : <I; float64>");
    }
    text += "out @ [I: 0 .. 2] <- %9999\n}\n}";
    assert_eq!(run_text(&text, &[&[2], &[2]]), Ok(vec![0.0, 10_000.0]));
}

/// How many random programs a test looks at.
const CASES: u64 = 400;

fn bits(memory: &Arguments) -> Vec<u64> {
    let values = memory.arguments.iter().flat_map(|argument| &argument.values);
    values.map(|value| value.bits()).collect()
}

fn results(case: &Case) -> Vec<u64> {
    let mut memory = Arguments::of(case);
    if let Err(error) = run(&case.graph, &mut memory) {
        panic!("seed {}: {error}\n{}", case.seed, print(&case.graph));
    }
    bits(&memory)
}

#[test]
fn random_programs_read_back_and_keep_their_bits_under_passes() {
    for seed in 0..CASES {
        let case = Case::random(seed);
        let text = print(&case.graph);
        verify(&case.graph).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{text}"));
        let read = parse(&text).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{text}"));
        assert_eq!(print(&read), text, "seed {seed}");
        let outcome = passes::run(&case.graph, Checks::Each);
        assert!(
            outcome.converged,
            "seed {seed}: {} rounds\n{text}",
            outcome.rounds
        );
        let after = results(&case.with_graph(outcome.graph.clone()));
        let before = results(&case);
        assert_eq!(before, after, "seed {seed}\n{text}\n{}", print(&outcome.graph));
    }
}

#[test]
fn random_programs_have_everything_in_them() {
    let mut seen: HashSet<String> = HashSet::new();
    let mut dtypes: HashSet<DType> = HashSet::new();
    for seed in 0..CASES {
        let graph = Case::random(seed).graph;
        let roots = graph
            .statements
            .iter()
            .flat_map(|statement| &statement.outputs)
            .map(|output| output.value);
        for id in bise_iter::walk::reachable(&graph, roots) {
            assert!(position(id) < graph.nodes.len());
            let node = &graph.nodes[id];
            dtypes.insert(node.dtype);
            seen.insert(match &node.op {
                Op::Input(_) => "input".into(),
                Op::Constant(_) => "constant".into(),
                Op::Apply(builtin, _) => builtin.name().into(),
                Op::Select { .. } => "select".into(),
                Op::Cast(_) => "cast".into(),
                Op::Broadcast(_) => "broadcast".into(),
                Op::Shift { step, .. } => match step {
                    Step::Cartesian { .. } => "cartesian".into(),
                    Step::Neighbor { .. } => "neighbor".into(),
                    Step::Neighbors { .. } => "neighbors".into(),
                    Step::Entry { .. } => "entry".into(),
                },
                Op::Reduce { reduction, .. } => reduction.name().into(),
                Op::Position(_) => "position".into(),
                Op::Piecewise { .. } => "piecewise".into(),
                Op::Gather { .. } => "gather".into(),
                Op::Fold { reduction, .. } => format!("fold {}", reduction.over_range()),
                Op::Carry(..) => "carry".into(),
                Op::Result(sweep, _) => match graph.sweeps[*sweep].levels() {
                    Some((_, forward)) => format!("result {forward}"),
                    None => "result while".into(),
                },
            });
        }
    }
    let names = bise_lang::builtins::TABLE.iter().map(|row| row.name);
    let others = [
        "select",
        "cast",
        "broadcast",
        "cartesian",
        "neighbor",
        "neighbors",
        "neighbor_sum",
        "max_over",
        "position",
        "piecewise",
        "gather",
        "fold sum_over",
        "fold max_over",
        "fold min_over",
    ];
    let more = [
        "min_over",
        "carry",
        "result true",
        "result false",
        "result while",
        "input",
        "constant",
    ];
    let missing: Vec<&str> = names
        .chain(others)
        .chain(more)
        .filter(|name| !seen.contains(*name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(dtypes.len(), DType::ALL.len());
}
