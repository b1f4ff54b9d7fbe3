//! What the parser makes of small, wrong and hostile texts.

use bise_base::SourceMap;

use crate::{BinaryOperator, ErrorKind, ExprKind, Parsed, StmtKind, definitions, parse, parse_block};

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

#[test]
fn functions_are_found_wherever_they_stand() {
    let text = "import a.b, c as d\n\nclass C:\n    import e\n    @x\n    # why\n\n    def f(self):\n        def g(): pass\n\ntry:\n    from h import *\n    from h import i\nfinally:\n    def f():\n        return (\n1)\n";
    let found = definitions(text);
    let place = |at: usize| {
        let it = &found.functions[at];
        (it.name.as_str(), it.line, it.lines, it.statement)
    };
    assert_eq!(place(0), ("f", 5, (8, 9), (3, 9)));
    assert_eq!(place(1), ("g", 9, (9, 9), (3, 9)));
    assert_eq!(place(2), ("f", 15, (15, 17), (11, 17)));
    assert_eq!(found.imports, ["a", "d", "i"]);
}

#[test]
fn definitions_of_hostile_texts_are_none() {
    for text in [
        "(".repeat(100_000),
        "def".repeat(100_000),
        "\u{0}\u{c}def f(".to_owned(),
    ] {
        assert_eq!(
            definitions(&text).functions.len(),
            usize::from(text.ends_with("f("))
        );
    }
    let nested: String = (0..90).map(|i| " ".repeat(i) + "def f():\n").collect();
    assert_eq!(definitions(&nested).functions.len(), 90);
}

#[test]
fn blocks_keep_their_places() {
    for (text, at) in [
        ("  def f():\n# x\n    return\n", 2),
        ("\x0cdef f():\n  return\n", 1),
    ] {
        let sources = SourceMap::new();
        let parsed = parse_block(&sources, sources.add("test.py", text, 1));
        assert_eq!(parsed.errors, []);
        let StmtKind::Function(function) = &parsed.stmts[0].kind else {
            panic!()
        };
        assert_eq!(parsed.stmts[0].span.start, at);
        assert_eq!(function.name.span.start, at + 4);
    }
    let sources = SourceMap::new();
    let parsed = parse_block(&sources, sources.add("test.py", "  x = 1\n  y = (\n", 1));
    assert_eq!(parsed.errors[0].span.start, 16, "{:?}", parsed.errors);
}
