//! Every diagnostic, declared once: code, name, summary, and the page that `bise explain CODE` prints.
//! Each is pinned by a bad program under `tests/bad`.

use bise_base::Code;

macro_rules! codes {
    ($($constant:ident = $id:literal $name:literal: $summary:literal, $explanation:literal;)*) => {
        $(
            #[doc = $summary]
            pub static $constant: Code =
                Code { id: $id, name: $name, summary: $summary, explanation: $explanation };
        )*
        /// All codes, in order.
        pub static ALL: &[&Code] = &[$(&$constant),*];
    };
}

/// The code with that identifier or name.
pub fn find(id: &str) -> Option<&'static Code> {
    ALL.iter()
        .copied()
        .find(|code| code.id.eq_ignore_ascii_case(id) || code.name == id)
}

// B00xx: text. B01xx: names. B02xx: types. B03xx: what the language has not. B04xx: programs. B05xx: calls.
codes! {
    SYNTAX = "B0001" "syntax-error": "The text is not Python.",
        "The parser found text that is not valid Python. The label says what it expected.";
    UNDEFINED_NAME = "B0101" "undefined-name": "A name is used that nothing defines.",
        "Every name in an operator or program is a parameter, a variable assigned before on every path, a builtin,\nor a name that the surrounding module defines: a dimension, an offset, an operator, a number, a type or a module.";
    TYPE_MISMATCH = "B0201" "type-mismatch": "Two types that must be the same differ.",
        "Bise never converts between data types silently: write `astype(x, float64)` where a conversion is meant.\nPython literals take the type of what they meet.";
    UNSUPPORTED = "B0301" "unsupported-syntax": "A Python construct that the language does not have.",
        "Field operators are pure functions of fields: assignments, `if`/`else` on scalars, conditional expressions,\ncalls and arithmetic. Loops, comprehensions, classes, exceptions and mutation have no meaning on fields.";
    MISSING_OUT = "B0401" "missing-out": "A statement of a program writes nowhere.",
        "Each statement of a program calls an operator and names the field that takes the result: `op(a, b, out=c)`.";
    OUT_OF_BOUNDS = "B0501" "out-of-bounds": "A field is too small for what is read of it.",
        "The region that a program reads of each input follows from its output domain and its shifts. It is compared\nwith the domain of the field before anything runs; nothing has been written.";
    ARGUMENT_TYPE = "B0502" "argument-type": "An argument has another type than its parameter.",
        "Arguments are compared with the annotations of the program before anything runs; nothing has been written.";
    BAD_TABLE = "B0503" "bad-table": "A connectivity does not fit.",
        "A connectivity is given by `offset_provider={\"V2E\": table}`. Its entries are indices of the source dimension\n(or -1, a skip value), one row per index of the origin. It is checked once, before anything runs.";
}
