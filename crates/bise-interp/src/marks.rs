//! The marks of values that are made of missing neighbours, on random programs: against what happens to the values
//! when something else is read there, and against the rows that are found before anything runs.

use bise_iter::analysis::missing::{Call, Run, Through, missing_reads};
use bise_iter::mark::{MARK, Marked, mark_missing};
use bise_iter::passes::{self, Checks};
use bise_iter::testing::{Argument, Case, Round};
use bise_iter::text::print;
use bise_iter::walk::map_graph;
use bise_iter::{Graph, NodeId, Op, Step, verify};
use bise_lang::{Action, Bound, DType, Scalar};

use crate::testing::Arguments;
use crate::{Memory, run};

/// How many random programs are looked at.
const CASES: u64 = 1500;

fn number(dtype: DType, number: i64) -> Scalar {
    if dtype == DType::Bool {
        Scalar::bool(number != 0)
    } else {
        Scalar::integer(dtype, number)
    }
}

/// The program that reads `value` where there is no neighbour of a number.
fn filled(graph: &Graph, value: i64) -> Graph {
    map_graph(graph, |builder, rebuilt| {
        let Op::Shift {
            step: step @ Step::Neighbor { table, .. },
            ..
        } = &rebuilt.node.op
        else {
            return None;
        };
        let codomain = builder.graph().tables[*table as usize].codomain.clone();
        let (step, span) = (step.clone(), rebuilt.span);
        let Op::Shift { value: of, .. } = rebuilt.node.op else {
            return None;
        };
        let shifted = builder.shift(of, step.clone(), span);
        let everywhere = builder.constant(Scalar::bool(true), span);
        let everywhere = builder.broadcast(everywhere, &[codomain], span);
        let exists = builder.shift(everywhere, step, span);
        let other = builder.constant(number(rebuilt.node.dtype, value), span);
        let filled = builder.select(exists, shifted, other, span);
        Some(builder.broadcast(filled, &rebuilt.node.dims, span))
    })
}

/// The arguments after a run of a program with the tables of a case.
fn results(case: &Case, graph: Graph) -> Arguments {
    let seed = case.seed;
    let case = case.with_graph(graph);
    let mut memory = Arguments::of(&case);
    run(&case.graph, &mut memory)
        .unwrap_or_else(|error| panic!("seed {seed}: {error}\n{}", print(&case.graph)));
    memory
}

/// The marks of each parameter that is written.
fn marks(case: &Case, simplify: bool) -> (Marked, Vec<Argument>) {
    let carriers: Vec<bool> = (0..case.graph.arity())
        .map(|param| is_written(&case.graph, param))
        .collect();
    let mut marked = mark_missing(&case.graph, &carriers, false);
    verify(&marked.graph)
        .unwrap_or_else(|error| panic!("seed {}: {error}\n{}", case.seed, print(&marked.graph)));
    if simplify {
        marked.graph = passes::run(&marked.graph, Checks::Each).graph;
    }
    let mut case = case.clone();
    let blank = |&param: &u32| {
        let argument = &case.arguments[param as usize];
        Argument {
            values: vec![Scalar::integer(MARK, 0); argument.values.len()],
            ..argument.clone()
        }
    };
    let blank: Vec<Argument> = marked.params.iter().map(blank).collect();
    let arity = case.graph.arity();
    case.arguments.splice(arity..arity, blank);
    let arguments = results(&case, marked.graph.clone()).arguments;
    let marks = arguments[arity..][..marked.params.len()].to_vec();
    (marked, marks)
}

fn is_written(graph: &Graph, param: usize) -> bool {
    let mut outputs = graph.statements.iter().flat_map(|statement| &statement.outputs);
    outputs.any(|output| output.param as usize == param)
}

/// Whether a mark is that of a read by a number.
fn is_by_number(graph: &Graph, marked: &Marked, mark: Scalar) -> bool {
    let is_neighbor = |read: NodeId| {
        matches!(
            graph.nodes[read].op,
            Op::Shift {
                step: Step::Neighbor { .. },
                ..
            }
        )
    };
    mark.as_i64() > 0 && is_neighbor(marked.reads[mark.as_i64() as usize - 1])
}

#[test]
fn what_has_no_mark_does_not_depend_on_what_is_read_where_nothing_is() {
    let (mut marked_points, mut points) = (0, 0);
    for seed in 0..CASES {
        let case = Case::random(seed);
        let (marked, found) = marks(&case, false);
        assert_eq!(
            marks(&case, true).1,
            found,
            "seed {seed}: the passes change marks"
        );
        let zero = results(&case, case.graph.clone());
        for value in [1, -3] {
            let other = results(&case, filled(&case.graph, value));
            for (&param, marks) in marked.params.iter().zip(&found) {
                let values = |memory: &Arguments| memory.arguments[param as usize].values.clone();
                for ((mark, zero), other) in marks.values.iter().zip(values(&zero)).zip(values(&other)) {
                    let is_marked = is_by_number(&case.graph, &marked, *mark);
                    (points, marked_points) = (points + 1, marked_points + usize::from(is_marked));
                    assert!(is_marked || zero == other, "seed {seed}\n{}", print(&case.graph));
                }
            }
        }
    }
    assert!(
        marked_points > 100 && marked_points < points / 4,
        "{marked_points} of {points}"
    );
}

/// A case as a call.
struct CaseCall<'a> {
    case: &'a Case,
    arguments: Arguments,
    /// Statements with what variables are.
    occasions: Vec<(usize, Round)>,
    runs: Vec<Run>,
}

impl<'a> CaseCall<'a> {
    fn new(case: &'a Case) -> Self {
        let mut call = Self {
            case,
            arguments: Arguments::of(case),
            occasions: Vec::new(),
            runs: Vec::new(),
        };
        let actions = Action::all(case.graph.statements.len(), &case.graph.loops);
        call.runs = call.act(&actions, &Round::new());
        call
    }

    /// What is carried out. Every other loop whose domains do not depend on it is repeated, the others are laid out.
    fn act(&mut self, actions: &[Action], round: &Round) -> Vec<Run> {
        let mut runs = Vec::new();
        for action in actions {
            match action {
                Action::Statement(at) => {
                    runs.push(Run::Statement(self.occasions.len()));
                    self.occasions.push((*at, round.clone()));
                }
                Action::Loop(at, body) => {
                    let graph = &self.case.graph;
                    let (repeated, variable) = (&graph.loops[*at], graph.variable(*at));
                    let values = repeated.values(&|bound| self.leaf(bound, round));
                    let with = |value| [&round[..], &[(variable, value)]].concat();
                    let statements = repeated.statements.start as usize..repeated.statements.end as usize;
                    let outputs = graph.statements[statements].iter().flat_map(|of| &of.outputs);
                    let mut ranges = outputs.flat_map(|output| &output.domain);
                    let varies = ranges.any(|range| {
                        [&range.start, &range.stop]
                            .into_iter()
                            .flat_map(Bound::params)
                            .any(|param| param == variable)
                    });
                    if !varies && values.count > 1 && self.case.seed.is_multiple_of(2) {
                        let body = self.act(body, &with(values.first));
                        runs.push(Run::Repeat(body));
                        continue;
                    }
                    for value in values.iter() {
                        runs.extend(self.act(body, &with(value)));
                    }
                }
            }
        }
        runs
    }

    fn leaf(&self, bound: &Bound, round: &Round) -> i128 {
        let case = self.case;
        let domain = |param: u32, dim| {
            let bise_iter::ParamKind::Field(dims) = &case.graph.params[param as usize].kind else {
                panic!("a scalar has no domain");
            };
            let axis = dims.iter().position(|known| known == dim).unwrap();
            case.arguments[param as usize].domain[axis]
        };
        match bound {
            Bound::Scalar(param) => match round.iter().find(|(variable, _)| variable == param) {
                Some((_, value)) => (*value).into(),
                None => case.arguments[*param as usize].values[0].as_i128(),
            },
            Bound::Start(param, dim) => domain(*param, dim).0.into(),
            Bound::Stop(param, dim) => domain(*param, dim).1.into(),
            Bound::Constant(_) | Bound::Binary(..) => panic!("no leaf"),
        }
    }
}

impl Call for CaseCall<'_> {
    fn domain(&self, param: u32) -> Vec<(i64, i64)> {
        self.case.arguments[param as usize].domain.clone()
    }

    fn runs(&self) -> Vec<Run> {
        self.runs.clone()
    }

    fn statement(&self, occasion: usize) -> usize {
        self.occasions[occasion].0
    }

    fn bound(&self, occasion: usize, bound: &Bound) -> i64 {
        bound.index(&|leaf| self.leaf(leaf, &self.occasions[occasion].1))
    }

    fn written(&self, occasion: usize, output: usize) -> Vec<(i64, i64)> {
        let (statement, round) = &self.occasions[occasion];
        let output = &self.case.graph.statements[*statement].outputs[output];
        let ranges = output.domain.iter();
        let ranges: Vec<(i64, i64)> = ranges
            .map(|range| range.evaluate(&|leaf| self.leaf(leaf, round)))
            .collect();
        if ranges.iter().any(|(start, stop)| start >= stop) {
            return vec![(0, 0); ranges.len()];
        }
        ranges
    }

    fn size(&self, table: u32) -> (i64, u32) {
        let info = self.arguments.table(table);
        (info.rows, info.width)
    }

    fn neighbor(&self, table: u32, row: i64, column: u32) -> i64 {
        self.arguments.neighbor(table, row, column)
    }

    fn skips(&self, table: u32, rows: (i64, i64), column: u32) -> bool {
        let (count, _) = self.size(table);
        (rows.0.max(0)..rows.1.min(count)).any(|row| self.neighbor(table, row, column) < 0)
    }
}

#[test]
fn rows_found_before_a_run_agree_with_marks() {
    let (mut certain_ones, mut silent) = (0, 0);
    for seed in 0..CASES {
        let case = Case::random(seed);
        let (marked, found) = marks(&case, true);
        let call = CaseCall::new(&case);
        let reads = |through| missing_reads(&case.graph, &call, through);
        let any = found
            .iter()
            .flat_map(|marks| &marks.values)
            .any(|mark| is_by_number(&case.graph, &marked, *mark));
        let (certain, possible) = (reads(Through::Certain), reads(Through::Branches));
        assert!(any || certain.is_empty(), "seed {seed}\n{}", print(&case.graph));
        assert!(
            !any || !possible.is_empty(),
            "seed {seed}\n{}",
            print(&case.graph)
        );
        certain_ones += usize::from(!certain.is_empty());
        silent += usize::from(possible.is_empty() && !case.graph.tables.is_empty());
    }
    assert!(certain_ones > 10 && silent > 10, "{certain_ones}, {silent}");
}
