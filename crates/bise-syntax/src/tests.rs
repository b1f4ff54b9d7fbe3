//! What the parser makes of small, wrong and hostile texts.

use bise_base::SourceMap;

use crate::{BinaryOperator, ErrorKind, ExprKind, Parsed, StmtKind, parse};

fn read(text: &str) -> Parsed {
    let sources = SourceMap::new();
    let source = sources.add("test.py", text, 1);
    parse(&sources, source)
}

#[test]
fn chains_are_flat_and_keep_their_meaning() {
    let parsed = read("(a + b) * c - d ** 2\n");
    let StmtKind::Expr(expr) = &parsed.stmts[0].kind else {
        panic!()
    };
    let ExprKind::Binary { first, rest } = &expr.kind else {
        panic!()
    };
    assert_eq!(first.kind, ExprKind::Name("a".into()));
    let operators: Vec<BinaryOperator> = rest.iter().map(|step| step.operator).collect();
    assert_eq!(
        operators,
        [
            BinaryOperator::Add,
            BinaryOperator::Multiply,
            BinaryOperator::Subtract
        ]
    );
}

#[test]
fn several_errors_are_reported_and_the_rest_is_read() {
    let parsed = read("x = \ny = 1 +\nz = 3\n");
    assert!(parsed.errors.len() >= 2, "{:?}", parsed.errors);
    assert_eq!(parsed.stmts.len(), 3);
}

#[test]
fn deep_nesting_is_refused() {
    let kind = |text: &str| read(text).errors.first().map(|error| error.kind.clone());
    assert_eq!(kind(&"(".repeat(100_000)), Some(ErrorKind::TooManyBrackets));
    let minus = format!("x = {}1\n", "-".repeat(100_000));
    assert_eq!(kind(&minus), Some(ErrorKind::TooDeep));
    let attributes = format!("x = a{}\n", ".b".repeat(100_000));
    assert_eq!(kind(&attributes), Some(ErrorKind::TooDeep));
    let power = format!("x = a{}\n", " ** a".repeat(100_000));
    assert_eq!(kind(&power), Some(ErrorKind::TooDeep));
    let conditional = format!("x = {} b\n", "a if c else ".repeat(50_000));
    assert_eq!(kind(&conditional), Some(ErrorKind::TooDeep));
    let inline = format!("{} pass\n", "if a: ".repeat(50_000));
    assert!(kind(&inline).is_some());
    let format_string = format!("x = {}\n", "f\"{".repeat(50_000));
    assert!(kind(&format_string).is_some());
    let shallow = format!("x = {}1\n", "-".repeat(2_900));
    assert_eq!(kind(&shallow), Some(ErrorKind::TooDeep));
}

#[test]
fn long_sums_are_fine() {
    let parsed = read(&format!("x = a{}\n", " + a".repeat(10_000)));
    assert_eq!(parsed.errors, []);
}
