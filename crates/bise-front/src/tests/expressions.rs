//! Types of expressions, and the rules for literals.

use bise_hir::ExprKind;
use bise_lang::Builtin;

use super::{operator, read, type_of};

#[test]
fn dimensions_are_united_and_literals_follow() {
    for (expr, ty) in [
        (
            "a + f",
            "error[B0201]: the operands of `+` have different data types",
        ),
        ("a + 1", "Field[[I, J], float64]"),
        ("f + 1.0", "Field[[I], float32]"),
        ("2 * f - 1", "Field[[I], float32]"),
        ("n + 1", "Field[[I], int32]"),
        ("n + 1.0", "error[B0202]: the float `1.0` does not fit int32"),
        (
            "n + 3000000000",
            "error[B0202]: the integer `3000000000` does not fit int32",
        ),
        ("s + 1", "float64"),
        ("a * s", "Field[[I, J], float64]"),
        ("1 / 2", "float64"),
        ("1 // 2", "int32"),
        ("3000000000", "int64"),
        ("f * (1 / 2)", "Field[[I], float32]"),
        ("1 / 0", "error[B0215]: division by zero"),
        ("a < 1", "Field[[I, J], bool]"),
        ("(a < 1) & m", "Field[[I, J], bool]"),
        ("~m", "Field[[I], bool]"),
        ("not p", "bool"),
        (
            "m & n",
            "error[B0201]: the operands of `&` have different data types",
        ),
        (
            "n & n",
            "error[B0203]: `&` does not take `Field[[I], int32]` and `Field[[I], int32]`",
        ),
        (
            "sqrt(n)",
            "error[B0203]: `sqrt` does not take `Field[[I], int32]`",
        ),
        ("sqrt(f) + math.pi", "Field[[I], float32]"),
        ("gtx.sin(a)", "Field[[I, J], float64]"),
        ("np.float32(0.5) * f", "Field[[I], float32]"),
        (
            "np.float32(0.5) * a",
            "error[B0201]: the operands of `*` have different data types",
        ),
        ("wp(1.0)", "float64"),
        ("minimum(f, 0.0)", "Field[[I], float32]"),
        ("f ** 3", "Field[[I], float32]"),
        ("n ** 0.5", "error[B0202]: the float `0.5` does not fit int32"),
        ("2.0 ** f", "Field[[I], float32]"),
        ("-f", "Field[[I], float32]"),
        ("astype(n, wp)", "Field[[I], float64]"),
        (
            "astype((n, f), float64)",
            "tuple[Field[[I], float64], Field[[I], float64]]",
        ),
        ("broadcast(f, (I, K))", "Field[[I, K], float32]"),
        (
            "broadcast(a, (I,))",
            "error[B0216]: the value has the dimension `J`, which is not listed",
        ),
        ("where(m, a, 0.0)", "Field[[I, J], float64]"),
        (
            "where(m, (a, n), (0, 1))",
            "tuple[Field[[I, J], float64], Field[[I], int32]]",
        ),
        (
            "f if p else 0.0",
            "error[B0201]: the two values have different types",
        ),
        ("s if p else 0", "float64"),
        (
            "a if m else a",
            "error[B0207]: the condition is `Field[[I], bool]`, not a scalar truth value",
        ),
        ("(a, f)[1]", "Field[[I], float32]"),
        ("(a, f)[-2]", "Field[[I, J], float64]"),
        (
            "(a, f)[2]",
            "error[B0208]: the tuple has 2 elements, not one with index 2",
        ),
        ("0.0 < a <= 2.0", "Field[[I, J], bool]"),
        ("0 < 1 < 2 < k", "bool"),
        (
            "0 < 1 in 2",
            "error[B0301]: the operator `in` is not part of the language",
        ),
        ("minimum(1, 2.5)", "float64"),
        ("sqrt(4)", "float64"),
        ("where(p, s, 1)", "float64"),
        ("where(p, f, 1)", "Field[[I], float32]"),
        ("s if True else 1.0", "float64"),
        ("int32(1.7) + k", "int32"),
        ("float32(k)", "float32"),
        ("float64(\"1e-3\")", "float64"),
        ("wp(f)", "Field[[I], float64]"),
        ("abs(n)", "Field[[I], int32]"),
        ("n / 2", "Field[[I], int32]"),
        ("f // 2", "Field[[I], float32]"),
        ("n % 3", "Field[[I], int32]"),
        ("isnan(f)", "Field[[I], bool]"),
        ("power(f, 2)", "Field[[I], float32]"),
        ("True & m", "Field[[I], bool]"),
        (
            "m == m",
            "error[B0203]: `==` does not take `Field[[I], bool]` and `Field[[I], bool]`",
        ),
        ("()", "error[B0208]: an empty tuple has no meaning here"),
        ("(a,)", "tuple[Field[[I, J], float64]]"),
        ("p and p", "error[B0302]: `and` does not work point by point"),
    ] {
        assert_eq!(type_of(expr), ty, "{expr}");
    }
}

#[test]
fn shifts_and_reductions() {
    for (expr, ty) in [
        ("a(I + 1)", "Field[[I, J], float64]"),
        ("a(I + 1, J - 1)", "Field[[I, J], float64]"),
        ("a(Ioff[-1])", "Field[[I, J], float64]"),
        ("f(J + 1)", "error[B0209]: the field has no dimension `J`"),
        ("e(V2E)", "Field[[Vertex, V2E], float64]"),
        ("e(V2E[2])", "Field[[Vertex], float64]"),
        ("v(V2E)", "error[B0209]: the field has no dimension `Edge`"),
        ("neighbor_sum(e(V2E), axis=V2EDim)", "Field[[Vertex], float64]"),
        ("max_over(e(V2E) * v, V2EDim)", "Field[[Vertex], float64]"),
        (
            "neighbor_sum(e(V2E))",
            "error[B0210]: `neighbor_sum` is not told along which dimension to fold",
        ),
        (
            "neighbor_sum(e(V2E), axis=E2VDim)",
            "error[B0210]: the field has no dimension `E2V` to fold",
        ),
        (
            "a(I + 0.5)",
            "error[B0301]: staggered dimensions are not supported",
        ),
        ("s(I + 1)", "error[B0209]: `float64` cannot be read elsewhere"),
        (
            "a(I)",
            "error[B0209]: the dimension `I` does not say where to read the field",
        ),
    ] {
        assert_eq!(type_of(expr), ty, "{expr}");
    }
}

#[test]
fn shifts_apply_left_to_right() {
    let op = operator("@field_operator\ndef op(a: IJ) -> IJ:\n    return a(I + 1, J - 1)\n");
    let kinds: Vec<&ExprKind> = op.body.exprs.iter().map(|(_, expr)| &expr.kind).collect();
    let ExprKind::Shift { value, shift } = kinds[2] else {
        panic!("{kinds:?}")
    };
    assert!(format!("{shift:?}").contains("\"J\""));
    let ExprKind::Shift { shift, .. } = &op.body.exprs[*value].kind else {
        panic!()
    };
    assert!(format!("{shift:?}").contains("\"I\""));
}

#[test]
fn literal_powers_are_those_of_numpy() {
    let builtin = |expr: &str| {
        let op = operator(&format!("@field_operator\ndef op(a: IJ):\n    return {expr}\n"));
        let last = op.body.exprs.iter().last().unwrap().1.kind.clone();
        match last {
            ExprKind::Builtin(builtin, _) => builtin,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(builtin("a ** 2"), Builtin::Multiply);
    assert_eq!(builtin("a ** 0.5"), Builtin::Sqrt);
    assert_eq!(builtin("a ** -1"), Builtin::Divide);
    assert_eq!(builtin("a ** 3"), Builtin::Power);
}

#[test]
fn reductions_find_the_table_through_variables_and_scope() {
    let text = "@field_operator
def op(e: Field[[Edge], float64], w: Field[[Vertex, V2EDim], float64]) -> Field[[Vertex], float64]:
    x = e(V2E)
    y = w * x
    return neighbor_sum(y, axis=V2EDim) + neighbor_sum(w, axis=V2EDim)\n";
    let op = operator(text);
    let reductions =
        op.body.exprs.iter().filter(
            |(_, expr)| matches!(&expr.kind, ExprKind::Reduce { offset, .. } if offset.name == "V2E"),
        );
    assert_eq!(reductions.count(), 2);
}

#[test]
fn calls_bind_arguments_and_literals() {
    let text = "@field_operator
def scale(a: IJ, factor: float64) -> IJ:
    return factor * a
@field_operator
def zero(a: Field[[], float64]) -> Field[[], float64]:
    return a
@field_operator
def op(a: IJ) -> IJ:
    return scale(factor=2, a=a) + zero(1) + scale(a, wp(0.5))\n";
    operator(text);
    let (_, rendered) = read(&text.replace("factor=2", "fctor=2"));
    assert!(rendered.contains("help: did you mean `factor`?"), "{rendered}");
}
