//! Small programs and their graphs, as text.

use std::sync::Arc;

use bise_base::Span;
use bise_hir::{Block, Builder, Join, Operator, Program, ProgramCall, Shift, Stmt, Target, verify_program};
use bise_lang::{Builtin, DType, Dimension, DimensionKind, Scalar, Type};

use super::hir_to_iter;

const NOWHERE: Span = Span {
    source: bise_base::SourceId(0),
    start: 0,
    end: 0,
};

fn i() -> Dimension {
    Dimension::new("I", DimensionKind::Horizontal)
}

fn k() -> Dimension {
    Dimension::new("K", DimensionKind::Vertical)
}

fn field(dims: &[Dimension]) -> Type {
    Type::field(dims.iter().cloned(), DType::Float64)
}

fn returns(value: bise_hir::ExprId) -> Block {
    Block {
        stmts: vec![Stmt::Return(value)],
    }
}

/// The text of the graph, one line per node, without header and outputs.
fn nodes(program: &Program) -> Vec<String> {
    assert_eq!(verify_program(program), Ok(()));
    let graph = hir_to_iter(program).unwrap();
    bise_iter::verify(&graph).unwrap();
    let text = bise_iter::text::print(&graph);
    let line = |line: &str| line.split(" : ").next().unwrap_or_default().trim().to_owned();
    let body = text.lines().filter(|line| line.starts_with("    "));
    body.map(line).collect()
}

/// `return f(I + distance) - f`
fn difference(distance: i32) -> Arc<Operator> {
    let mut b = Builder::new();
    let f = b.local("f", field(&[i()]), NOWHERE);
    let value = b.read(f, NOWHERE);
    let step = Shift::Cartesian { dim: i(), distance };
    let shifted = b.shift(value, step, NOWHERE).unwrap();
    let value = b.read(f, NOWHERE);
    let result = b
        .builtin(Builtin::Subtract, vec![shifted, value], NOWHERE)
        .unwrap();
    Arc::new(b.field_operator("difference", NOWHERE, vec![f], field(&[i()]), returns(result)))
}

#[test]
fn calls_are_inlined() {
    let (right, left) = (difference(1), difference(-1));
    let mut b = Builder::new();
    let f = b.local("f", field(&[i()]), NOWHERE);
    let value = b.read(f, NOWHERE);
    let inner = b.call(&right, vec![value], NOWHERE).unwrap();
    let outer = b.call(&left, vec![inner], NOWHERE).unwrap();
    let laplacian = b.field_operator("laplacian", NOWHERE, vec![f], field(&[i()]), returns(outer));
    assert_eq!(
        nodes(&Program::from_operator(Arc::new(laplacian))),
        [
            "%0 = input f",
            "%1 = shift %0 I + 1",
            "%2 = sub %1 %0",
            "%3 = shift %2 I - 1",
            "%4 = sub %3 %2",
            "out @ [I: start(out, I) .. stop(out, I)] <- %4",
        ]
    );
}

#[test]
fn long_chains_of_calls_are_inlined() {
    let mut operator = difference(1);
    for _ in 0..2_000 {
        let mut b = Builder::new();
        let f = b.local("f", field(&[i()]), NOWHERE);
        let value = b.read(f, NOWHERE);
        let result = b.call(&operator, vec![value], NOWHERE).unwrap();
        operator = Arc::new(b.field_operator("next", NOWHERE, vec![f], field(&[i()]), returns(result)));
    }
    let program = Program::from_operator(operator);
    assert_eq!(nodes(&program).len(), 4);
}

#[test]
fn branches_become_selections_of_each_leaf() {
    let scalar = || Type::Scalar(DType::Float64);
    let mut b = Builder::new();
    let flag = b.local("flag", Type::Scalar(DType::Bool), NOWHERE);
    let f = b.local("f", field(&[i()]), NOWHERE);
    let condition = b.read(flag, NOWHERE);
    let pair_type = Type::Tuple(vec![field(&[i()]), scalar()]);
    let branch = |b: &mut Builder, name: &str, number: f64| {
        let value = b.read(f, NOWHERE);
        let number = b.constant(Scalar::f64(number), NOWHERE);
        let scaled = b
            .builtin(Builtin::Multiply, vec![value, number], NOWHERE)
            .unwrap();
        let value = b.tuple(vec![scaled, number], NOWHERE);
        let target = b.local(name, pair_type.clone(), NOWHERE);
        (target, Stmt::Assign { target, value })
    };
    let (then, first) = branch(&mut b, "x", 1.0);
    let (otherwise, second) = branch(&mut b, "x.1", 2.0);
    let target = b.local("x.2", pair_type.clone(), NOWHERE);
    let branches = Stmt::If {
        condition,
        then: Block { stmts: vec![first] },
        otherwise: Block { stmts: vec![second] },
        joins: vec![Join {
            target,
            then,
            otherwise,
        }],
        span: NOWHERE,
    };
    let joined = b.read(target, NOWHERE);
    let mut block = returns(joined);
    block.stmts.insert(0, branches);
    let operator = b.field_operator("f", NOWHERE, vec![flag, f], pair_type, block);
    assert_eq!(
        nodes(&Program::from_operator(Arc::new(operator))),
        [
            "%0 = input flag",
            "%1 = input f",
            "%2 = constant 1.0",
            "%3 = mul %1 %2",
            "%4 = constant 2.0",
            "%5 = mul %1 %4",
            "%6 = select %0 %3 %5",
            "%7 = select %0 %2 %4",
            "out.0 @ [I: start(out.0, I) .. stop(out.0, I)] <- %6",
            "out.1 @ [] <- %7",
        ]
    );
}

/// A running sum, as a scan.
fn running_sum() -> Arc<Operator> {
    let scalar = || Type::Scalar(DType::Float64);
    let mut b = Builder::new();
    let carry = b.local("carry", scalar(), NOWHERE);
    let x = b.local("x", scalar(), NOWHERE);
    let operands = vec![b.read(carry, NOWHERE), b.read(x, NOWHERE)];
    let sum = b.builtin(Builtin::Add, operands, NOWHERE).unwrap();
    let scan = (k(), true, vec![Scalar::f64(0.0)]);
    Arc::new(b.scan_operator("running_sum", NOWHERE, scan, vec![carry, x], returns(sum)))
}

#[test]
fn a_scan_of_a_scan_is_two_sweeps() {
    let scan = running_sum();
    let mut b = Builder::new();
    let f = b.local("f", field(&[i(), k()]), NOWHERE);
    let value = b.read(f, NOWHERE);
    let once = b.call(&scan, vec![value], NOWHERE).unwrap();
    let twice = b.call(&scan, vec![once], NOWHERE).unwrap();
    let operator = b.field_operator("twice", NOWHERE, vec![f], field(&[i(), k()]), returns(twice));
    let lines = nodes(&Program::from_operator(Arc::new(operator)));
    let sweeps: Vec<_> = lines.iter().filter(|line| line.starts_with("sweep")).collect();
    assert_eq!(sweeps.len(), 2, "{lines:#?}");
    assert!(sweeps[0].contains("forward along K over <I, K> from %"));
}

#[test]
fn a_program_may_scan_a_scalar_and_write_the_same_everywhere() {
    let mut b = Builder::new();
    let n = b.local("n", Type::Scalar(DType::Float64), NOWHERE);
    let out_type = field(&[i(), k()]);
    let out = b.local("out", out_type.clone(), NOWHERE);
    let arg = b.read(n, NOWHERE);
    let callee = b.callee(&running_sum());
    let call = ProgramCall {
        callee,
        args: vec![arg],
        out: Target::whole(&out_type, &mut 1, NOWHERE),
        span: NOWHERE,
    };
    let program = b.program("run", NOWHERE, vec![n, out], vec![call]);
    let lines = nodes(&program);
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("sweep s0 forward along K over <K>")),
        "{lines:#?}"
    );
}
