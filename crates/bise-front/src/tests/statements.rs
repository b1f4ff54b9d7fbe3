//! Statements: assignments, branches, returns, scan operators.

use bise_hir::{OperatorKind, Stmt, print_operator};

use super::{operator, read};

#[test]
fn branches_join_what_lives_on() {
    let text = "@field_operator
def op(a: IJ, p: bool) -> IJ:
    scale = 1.0
    if p:
        b = a + 1.0
        scale = 2.0
    elif not p:
        b = a
    else:
        b = a * a
    return b * scale\n";
    let op = operator(text);
    let Stmt::If { joins, .. } = &op.block.stmts[0] else {
        panic!("{}", print_operator(&op))
    };
    let names: Vec<&str> = joins
        .iter()
        .map(|join| op.body.locals[join.target].name.as_str())
        .collect();
    assert_eq!(names, ["b_3", "scale_2"], "{}", print_operator(&op));
}

#[test]
fn what_follows_a_return_moves_into_the_other_branch() {
    let text = "@field_operator
def op(a: IJ, p: bool) -> IJ:
    if p:
        return a
    b = a + 1.0
    return b\n";
    let op = operator(text);
    assert_eq!(op.block.stmts.len(), 1);
    let Stmt::If { otherwise, .. } = &op.block.stmts[0] else {
        panic!()
    };
    assert!(matches!(otherwise.stmts.last(), Some(Stmt::Return(_))));
}

#[test]
fn literals_that_are_returned_take_the_type_of_the_others() {
    let text = "@field_operator
def op(x: float32, p: bool):
    if p:
        return 1
    return x\n";
    assert_eq!(operator(text).result.to_string(), "float32");
}

#[test]
fn tuples_are_unpacked() {
    let text = "@field_operator
def pair(a: IJ) -> tuple[IJ, tuple[IJ, IJ]]:
    return a, (a + 1.0, a + 2.0)
@field_operator
def op(a: IJ) -> IJ:
    b, (c, d) = pair(a)
    first, *rest = (b, c, d)
    x, y = rest
    one, two = 1, 2.0
    return first * one + x * two + y\n";
    operator(text);
}

#[test]
fn annotated_assignments_type_literals() {
    let text = "@field_operator
def op(f: Field[[I], float32]) -> Field[Dims[I], float32]:
    half: float32 = 0.5
    return f * half\n";
    operator(text);
}

#[test]
fn names_of_one_branch_are_reported_where_they_are_used() {
    let (_, rendered) = read(
        "@field_operator
def op(a: IJ, p: bool) -> IJ:
    if p:
        b = a
    return b\n",
    );
    assert!(
        rendered.contains("`b` is not assigned where the condition is false"),
        "{rendered}"
    );
}

#[test]
fn scan_operators_have_a_carry() {
    let text = "@scan_operator(axis=K, forward=False, init=(0, 0.0))
def op(carry: tuple[float32, float64], x: float64, n: int32) -> tuple[float32, float64]:
    a, b = carry
    a = a + 1 if n > 0 else a
    return a, where(n == 0, x, b)
@field_operator
def use(x: Field[[I, K], float64], n: Field[[I], int32]) -> Field[[I, K], float64]:
    _, y = op(x(K + 1), n)
    return y\n";
    let (module, rendered) = read(text);
    assert_eq!(rendered, "");
    let OperatorKind::Scan { forward, init, .. } = &module.operators[0].kind else {
        panic!()
    };
    assert!(!forward);
    assert_eq!(init.len(), 2);
}

#[test]
fn scan_operators_stay_at_one_level() {
    let (_, rendered) = read(
        "@scan_operator(axis=K, forward=True, init=0.0)
def op(carry: float64, x: float64) -> float64:
    y = broadcast(x, (I,))
    return carry + x\n",
    );
    assert!(
        rendered.contains("`Field[[I], float64]` inside a scan operator"),
        "{rendered}"
    );
}

#[test]
fn paths_that_multiply_are_refused() {
    let branch = "    if p:\n        if q:\n            return a\n";
    let text = format!(
        "@field_operator\ndef op(a: IJ, p: bool, q: bool) -> IJ:\n{}    return a\n",
        branch.repeat(40)
    );
    let (_, rendered) = read(&text);
    assert!(rendered.contains("error[B0002]"), "{rendered}");
    let few = format!(
        "@field_operator\ndef op(a: IJ, p: bool, q: bool) -> IJ:\n{}    return a\n",
        branch.repeat(4)
    );
    operator(&few);
}
