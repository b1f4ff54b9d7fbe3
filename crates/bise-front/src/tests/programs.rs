//! Programs: outputs, slices, domains.

use bise_base::{SourceMap, Style, render_all};
use bise_hir::{Target, print_program};
use bise_lang::{Bound, BoundOperator};

use super::{one_program, read};

const OPERATORS: &str = "@field_operator
def copy(a: IJ) -> IJ:
    return a
@field_operator
def both(a: IJ, s: float64) -> tuple[IJ, IJ]:
    return a, s * a
";

#[test]
fn whole_outputs_slices_and_domains() {
    let program = one_program(&format!(
        "{OPERATORS}@program
def run(a: IJ, b: IJ, n: int32, t: tuple[IJ, IJ]):
    '''Docstring.'''
    copy(a, out=b)
    copy(a=a, out=b[1:-1, :])
    copy(a, out=b, domain={{J: (0, 2 * n), I: (1, maximum(n - 1, 3))}})
    both(a, 2.0 * 0.5, out=(b[1:, :], t[1]))
    both(a, wp(1.0), out=t, domain=({{I: (0, n), J: (0, 1)}}, {{I: (0, 1), J: (0, 1)}}))
"
    ));
    let Target::Field { leaf, domain, .. } = &program.calls[1].out else {
        panic!()
    };
    assert_eq!(*leaf, 1);
    assert!(
        matches!(&domain[0].stop, Bound::Binary(BoundOperator::Add, ..)),
        "{}",
        print_program(&program)
    );
    let Target::Field { domain, .. } = &program.calls[2].out else {
        panic!()
    };
    assert_eq!(domain[0].dim.name, "I");
    let Target::Tuple(targets) = &program.calls[3].out else {
        panic!()
    };
    let Target::Field { leaf, .. } = &targets[1] else {
        panic!()
    };
    assert_eq!(*leaf, 4);
}

#[test]
fn wrong_programs_say_what_is_wrong() {
    for (stmt, message) in [
        ("copy(a)", "the call of `copy` writes nowhere"),
        ("copy(a + 1.0, out=b)", "a program cannot compute with fields"),
        ("copy(a, out=b[1:-1])", "1 slices for 2 dimensions"),
        (
            "copy(a, out=b[n:, :])",
            "the bound of a slice is not an integer literal",
        ),
        (
            "copy(a, out=b, domain={I: (0, n)})",
            "the domain says nothing of `J`",
        ),
        ("copy(a, out=n)", "it is a scalar, `int32`"),
        ("copy(a, ot=b)", "`copy` has no parameter `ot`"),
        ("c = a", "assignments cannot stand in a program"),
        ("both(a, 1.0, out=b)", "the result is `tuple["),
        ("copy(b=a, out=b)", "`copy` has no parameter `b`"),
        (
            "sin(a, out=b)",
            "the function `sin` cannot be called in a program",
        ),
    ] {
        let (_, rendered) = read(&format!(
            "{OPERATORS}@program\ndef run(a: IJ, b: IJ, n: int32):\n    {stmt}\n"
        ));
        assert!(rendered.contains(message), "{stmt}\n{rendered}");
    }
}

/// Every program of `tests/programs` that prints reads back to what prints the same.
#[test]
fn printed_programs_read_back() {
    let mut count = 0;
    for path in super::bad::python_files(&super::bad::repository().join("tests/programs")) {
        let sources = SourceMap::new();
        let source = sources.add("first.py", std::fs::read_to_string(&path).unwrap(), 1);
        for program in crate::module(&sources, source).programs {
            let printed = print_program(&program);
            let again = sources.add("again.py", printed.as_str(), 1);
            let again = crate::module(&sources, again);
            let rendered = render_all(&again.diagnostics, &sources, Style::Plain);
            assert_eq!(rendered, "", "{}:\n{printed}", path.display());
            assert_eq!(
                print_program(again.programs.last().unwrap()),
                printed,
                "{}",
                path.display()
            );
            count += 1;
        }
    }
    println!("{count} programs");
}

#[test]
fn annotations_in_quotes_are_types() {
    let plain = super::operator(
        "@field_operator\ndef f(a: Field[[I, J], float64], b: tuple[IJ, float64]) -> IJ:\n    x: IJ = a\n    return x\n",
    );
    let quoted = super::operator(
        "@field_operator\ndef f(a: 'Field[[I, J], float64]', b: \"\"\"\n tuple['IJ', float64]\"\"\") -> \" IJ \":\n    x: 'IJ' = a\n    return x\n",
    );
    assert_eq!(
        bise_hir::print_operator(&plain),
        bise_hir::print_operator(&quoted)
    );
}
