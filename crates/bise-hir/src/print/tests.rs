//! Small operators and programs as text. That the text reads back is tested where the front end is at hand.

use std::sync::Arc;

use bise_base::Span;
use bise_lang::{
    Bound, BoundOperator, Builtin, DType, Dimension, DimensionKind, DomainRange, Offset, Reduction, Scalar,
    Type,
};

use super::{print_operator, print_program};
use crate::verify::{verify_operator, verify_program};
use crate::{Block, Builder, ExprKind, Join, Operator, Program, ProgramCall, Shift, Stmt, Target};

const NOWHERE: Span = Span {
    source: bise_base::SourceId(0),
    start: 0,
    end: 0,
};

fn horizontal(name: &str) -> Dimension {
    Dimension::new(name, DimensionKind::Horizontal)
}

fn edge_field() -> Type {
    Type::field([horizontal("Edge")], DType::Float64)
}

fn v2e() -> Offset {
    Offset {
        name: "V2E".into(),
        source: horizontal("Edge"),
        target: vec![horizontal("Vertex"), Dimension::new("V2E", DimensionKind::Local)],
    }
}

/// `neighbor_sum(f(V2E) * -1, axis) if flag else ...`, by an `if` that joins.
fn divergence() -> Operator {
    let mut b = Builder::new();
    let f = b.local("f", edge_field(), NOWHERE);
    let flag = b.local("flag", Type::Scalar(DType::Bool), NOWHERE);
    let condition = b.read(flag, NOWHERE);
    let value = b.read(f, NOWHERE);
    let all = b
        .shift(value, Shift::Neighbors { offset: v2e() }, NOWHERE)
        .unwrap();
    let minus_one = b.constant(Scalar::f64(-1.0), NOWHERE);
    let scaled = b
        .builtin(Builtin::Multiply, vec![all, minus_one], NOWHERE)
        .unwrap();
    let sum = b.reduce(Reduction::Sum, scaled, v2e(), NOWHERE).unwrap();
    let vertex_field = Type::field([horizontal("Vertex")], DType::Float64);
    assert_eq!(*b.ty(sum), vertex_field);
    let then = b.local("x", vertex_field.clone(), NOWHERE);
    let value = b.read(f, NOWHERE);
    let step = Shift::Neighbor {
        offset: v2e(),
        index: 1,
    };
    let second = b.shift(value, step, NOWHERE).unwrap();
    let otherwise = b.local("x.1", vertex_field.clone(), NOWHERE);
    let joined = b.local("x.2", vertex_field.clone(), NOWHERE);
    let result = b.read(joined, NOWHERE);
    let assign = |target, value| Block {
        stmts: vec![Stmt::Assign { target, value }],
    };
    let branches = Stmt::If {
        condition,
        then: assign(then, sum),
        otherwise: assign(otherwise, second),
        joins: vec![Join {
            target: joined,
            then,
            otherwise,
        }],
        span: NOWHERE,
    };
    let block = Block {
        stmts: vec![branches, Stmt::Return(result)],
    };
    b.field_operator("divergence", NOWHERE, vec![f, flag], vertex_field, block)
}

#[test]
fn an_operator_prints_as_a_module() {
    let operator = divergence();
    assert_eq!(verify_operator(&operator), Ok(()));
    let expected = r#"import bise as gtx
from bise import Field, float64, neighbor_sum

Edge = gtx.Dimension("Edge")
Vertex = gtx.Dimension("Vertex")
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))


@gtx.field_operator
def divergence(f: Field[[Edge], float64], flag: bool) -> Field[[Vertex], float64]:
    if flag:
        x = neighbor_sum(f(V2E) * -1.0, axis=V2EDim)
    else:
        x = f(V2E[1])
    return x
"#;
    assert_eq!(print_operator(&operator), expected);
}

/// A program that calls the identity on fields over `I`.
fn program_with_domain(domain: impl Fn(u32) -> (Bound, Bound)) -> Program {
    let i = horizontal("I");
    let ty = Type::field([i.clone()], DType::Float32);
    let mut b = Builder::new();
    let a = b.local("a", ty.clone(), NOWHERE);
    let value = b.read(a, NOWHERE);
    let block = Block {
        stmts: vec![Stmt::Return(value)],
    };
    let identity = Arc::new(b.field_operator("identity", NOWHERE, vec![a], ty.clone(), block));
    let mut b = Builder::new();
    let n = b.local("n", Type::Scalar(DType::Int32), NOWHERE);
    let a = b.local("a", ty.clone(), NOWHERE);
    let out = b.local("out", ty, NOWHERE);
    let arg = b.read(a, NOWHERE);
    let callee = b.callee(&identity);
    let (start, stop) = domain(2);
    let out_target = Target::Field {
        leaf: 2,
        domain: vec![DomainRange { dim: i, start, stop }],
        span: NOWHERE,
    };
    let call = ProgramCall {
        callee,
        args: vec![arg],
        out: out_target,
        span: NOWHERE,
    };
    b.program("run", NOWHERE, vec![n, a, out], vec![call])
}

fn last_line(program: &Program) -> String {
    assert_eq!(verify_program(program), Ok(()));
    let text = print_program(program);
    text.lines().last().unwrap().trim().to_owned()
}

#[test]
fn domains_print_as_slices_or_as_bounds() {
    let i = || horizontal("I");
    let whole = program_with_domain(|out| (Bound::Start(out, i()), Bound::Stop(out, i())));
    assert_eq!(last_line(&whole), "identity(a, out=out)");
    let inner =
        program_with_domain(|out| (Bound::Start(out, i()).offset(2), Bound::Stop(out, i()).offset(-1)));
    assert_eq!(last_line(&inner), "identity(a, out=out[2:-1])");
    let absolute = program_with_domain(|_| {
        let half = Bound::Binary(
            BoundOperator::FloorDivide,
            Box::new(Bound::Scalar(0).offset(1)),
            Box::new(Bound::Constant(2)),
        );
        (Bound::Constant(0), half)
    });
    assert_eq!(
        last_line(&absolute),
        "identity(a, out=out, domain={I: (0, (n + 1) // 2)})"
    );
}

#[test]
fn a_program_of_an_operator_writes_all_of_out() {
    let program = Program::from_operator(Arc::new(divergence()));
    assert_eq!(last_line(&program), "divergence(f, flag, out=out)");
    let names: Vec<String> = program
        .flattened()
        .into_iter()
        .map(|(name, _)| name.to_string())
        .collect();
    assert_eq!(names, ["f", "flag", "out"]);
}

#[test]
fn parentheses_are_those_that_python_needs() {
    let mut b = Builder::new();
    let a = b.local("a", Type::Scalar(DType::Int64), NOWHERE);
    let x = b.read(a, NOWHERE);
    let mut binary = |builtin, l, r| b.make(ExprKind::Builtin(builtin, vec![l, r]), NOWHERE).unwrap();
    let difference = binary(Builtin::Subtract, x, x);
    let other = binary(Builtin::Subtract, x, difference);
    let product = binary(Builtin::Multiply, other, x);
    let power = binary(Builtin::Power, product, product);
    let less = binary(Builtin::Less, power, x);
    let both = binary(Builtin::And, less, less);
    let block = Block {
        stmts: vec![Stmt::Return(both)],
    };
    let operator = b.field_operator("f", NOWHERE, vec![a], Type::Scalar(DType::Bool), block);
    let text = print_operator(&operator);
    let power = "((a - (a - a)) * a) ** ((a - (a - a)) * a)";
    let expected = format!("return ({power} < a) & ({power} < a)");
    assert_eq!(text.lines().last().unwrap().trim(), expected);
}

#[test]
fn the_normal_form_forgets_places_and_what_is_unused() {
    let operator = divergence();
    let mut other = divergence();
    other.span.end = 7;
    other.body.exprs.alloc(crate::Expr {
        kind: ExprKind::Constant(Scalar::f64(1.0)),
        ty: Type::Scalar(DType::Float64),
        span: NOWHERE,
    });
    assert_ne!(operator, other);
    assert_eq!(operator.without_spans(), other.without_spans());
}
