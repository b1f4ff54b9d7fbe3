//! No text makes the front end panic or overflow the stack: mutations of real programs, and deep nesting.

use std::panic::catch_unwind;

use bise_base::{SourceMap, Style, render_all};

use super::HEADER;
use super::bad::{python_files, repository};

/// A small generator of pseudo-random numbers: xorshift, as in G. Marsaglia, "Xorshift RNGs" (2003).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

fn survives(text: &str) -> String {
    let sources = SourceMap::new();
    let source = sources.add("hostile.py", text, 1);
    let module = crate::module(&sources, source);
    for operator in &module.operators {
        bise_hir::verify_operator(operator).unwrap();
    }
    for program in &module.programs {
        bise_hir::verify_program(program).unwrap();
    }
    render_all(&module.diagnostics, &sources, Style::Plain)
}

/// Words that hit the interesting places more often than random bytes.
const WORDS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    "*",
    "**",
    "-",
    "~",
    "not ",
    "and",
    "if ",
    "else",
    "elif ",
    "return ",
    "def ",
    "lambda",
    "=",
    "==",
    "<",
    "I",
    "V2E",
    "1",
    "0.5",
    "99999999999999999999999",
    "None",
    "\"",
    "'''",
    "#",
    "\\",
    "\n",
    "    ",
    "\t",
    ".",
    "@",
    "é",
    "\u{0}",
    "where",
    "out=",
    "float32",
    "axis",
    "for x in y:",
    "*a, b = c",
];

fn mutate(random: &mut Random, text: &str, others: &[String]) -> String {
    let chars: Vec<char> = text.chars().collect();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let at = random.below(chars.len());
    let until = (at + 1 + random.below(12)).min(chars.len());
    let (head, tail) = (
        chars[..at].iter().collect::<String>(),
        chars[until.min(chars.len())..].iter().collect::<String>(),
    );
    match random.below(6) {
        0 => head,
        1 => head + &tail,
        2 => head + WORDS[random.below(WORDS.len())] + &chars[at..].iter().collect::<String>(),
        3 => head + WORDS[random.below(WORDS.len())] + &tail,
        4 => {
            let mut lines = lines.clone();
            let (a, b) = (random.below(lines.len()), random.below(lines.len()));
            if !lines.is_empty() {
                lines.swap(a, b);
            }
            lines.concat()
        }
        _ => {
            let other = &others[random.below(others.len())];
            let donor: Vec<&str> = other.split_inclusive('\n').collect();
            let mut lines: Vec<&str> = lines.clone();
            lines.insert(
                random.below(lines.len()),
                donor.get(random.below(donor.len())).copied().unwrap_or(""),
            );
            lines.concat()
        }
    }
}

#[test]
fn mutated_programs_do_not_panic() {
    let root = repository();
    let mut files = python_files(&root.join("tests"));
    files.extend(python_files(&root.join("examples")));
    let texts: Vec<String> = files
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .collect();
    let seed = 0x9e37_79b9_7f4a_7c15;
    let mut random = Random(seed);
    let rounds = 4_000;
    for round in 0..rounds {
        let mut text = texts[random.below(texts.len())].clone();
        for _ in 0..=random.below(4) {
            text = mutate(&mut random, &text, &texts);
        }
        let outcome = catch_unwind(|| survives(&text));
        assert!(outcome.is_ok(), "seed {seed:#x}, round {round}:\n{text}");
    }
}

fn operator(body: &str) -> String {
    format!("{HEADER}@field_operator\ndef op(a: IJ, p: bool) -> IJ:\n{body}")
}

/// `if`s inside `if`s.
fn stairs(depth: usize) -> String {
    let lines: Vec<String> = (1..=depth).map(|depth| " ".repeat(depth) + "if p:\n").collect();
    lines.concat()
}

#[test]
fn deep_nesting_is_answered() {
    let many = 100_000;
    let parentheses = operator(&format!("    return {}a{}\n", "(".repeat(many), ")".repeat(many)));
    assert!(survives(&parentheses).contains("B0002"));
    let ifs = stairs(many / 50);
    assert!(survives(&operator(&ifs)).contains("B0002"));
    let inline = operator(&format!("    {}return a\n", "if p: ".repeat(many)));
    assert!(!survives(&inline).is_empty());
    let minus = operator(&format!("    return {}a\n", "-".repeat(many)));
    assert!(survives(&minus).contains("B0002"));
    let calls = operator(&format!(
        "    return {}a{}\n",
        "sin(".repeat(190),
        ")".repeat(190)
    ));
    assert_eq!(survives(&calls), "");
    let shifts = operator(&format!("    return a{}\n", "(I + 1)".repeat(190)));
    assert_eq!(survives(&shifts), "");
    let choices = operator(&format!("    return {}a\n", "a if p else ".repeat(many)));
    assert!(survives(&choices).contains("B0002"));
}

#[test]
fn tuples_around_operators_do_not_grow_without_end() {
    let with = |lines: &str, index: &str| {
        let operator = format!("@field_operator\ndef op(a: IJ) -> IJ:\n    return a * t{index}\n");
        survives(&format!("{HEADER}t = (1.0, 2.0)\n{lines}{operator}"))
    };
    assert_eq!(with("", "[1]"), "");
    assert_eq!(with(&"t = (t, t)\n".repeat(5), "[0][1][0][1][0][1]"), "");
    assert!(with(&"t = (t, t)\n".repeat(80), "[0]").contains("the tuple `t`, which is too large"));
    assert!(with(&"t = (t,)\n".repeat(100_000), "[0]").contains("the tuple `t`, which is too large"));
    let wide = format!("t = ({})\n", "1.0, ".repeat(100_000));
    assert!(with(&wide, "[0]").contains("the tuple `t`, which is too large"));
}

/// An operator `g0`, and above it storeys that each call the one below as `body` says, `{}` being its name.
fn tower(storeys: usize, ground: &str, body: &str) -> String {
    let mut text = format!("{HEADER}{ground}");
    for storey in 0..storeys {
        let body = body.replace("{}", &format!("g{storey}"));
        let name = format!("g{}", storey + 1);
        text += &[
            "@field_operator\ndef ",
            &name,
            "(a: Field[[I, K], float64]):\n    return ",
            &body,
            "\n",
        ]
        .concat();
    }
    text
}

const SHIFTED: &str = "@field_operator\ndef g0(a: Field[[I, K], float64]):\n    return a(I + 1)\n";
const SWEEPING: &str = "@scan_operator(axis=K, forward=True, init=0.0)
def g0(carry: float64, a: float64) -> float64:
    return carry + a
";

#[test]
fn what_doubles_with_every_line_is_refused() {
    let indices = "[0]".repeat(40);
    for unit in ["a", "1.0", "(a, 1.0)", "(a(I + 1), a)"] {
        let doubled = "    x = (x, x)\n".repeat(40);
        let text = operator(&format!("    x = {unit}\n{doubled}    return x{indices}\n"));
        assert!(survives(&text).contains("B0002"), "{unit}");
        let nested = "    x = (x,)\n".repeat(40);
        let text = operator(&format!("    x = {unit}\n{nested}    return x{indices}\n"));
        assert!(survives(&text).contains("B0002"), "{unit}");
        let mentioned = "    x = (x, x)\n".repeat(9) + &"    y = (x, a)\n".repeat(10_000);
        let text = operator(&format!("    x = {unit}\n{mentioned}    return a\n"));
        assert!(survives(&text).contains("B0002"), "{unit}");
    }
    let aliases: Vec<String> = (0..40)
        .map(|n| format!("T{} = tuple[T{n}, T{n}]\n", n + 1))
        .collect();
    let aliases = aliases.concat();
    let text =
        format!("{HEADER}T0 = float64\n{aliases}@field_operator\ndef op(a: T40) -> T40:\n    return a\n");
    assert!(survives(&text).contains("B0002"));
    let choices = "    x = (x, x) if p else (x, x)\n".repeat(40);
    let text = operator(&format!("    x = a\n{choices}    return x{indices}\n"));
    assert!(survives(&text).contains("B0002"));
}

#[test]
fn towers_of_calls_are_answered() {
    for body in [
        "{}(a(I + 1)) + {}(a(I - 1))",
        "{}({}(a))",
        "where(a > 0.0, {}(a), {}(a + 1.0))",
    ] {
        assert!(survives(&tower(40, SHIFTED, body)).contains("B0002"), "{body}");
    }
    assert!(survives(&tower(40, SHIFTED, "({}(a), {}(a))")).contains("B0002"));
    assert!(survives(&tower(40, SWEEPING, "{}(a) + {}(a)")).contains("B0002"));
    assert!(survives(&tower(40, SWEEPING, "{}(a) + {}(a + 1.0)")).contains("B0002"));
    // Equal calls are computed once, however many storeys there are.
    assert_eq!(survives(&tower(60, SHIFTED, "{}(a) + {}(a)")), "");
    assert_eq!(survives(&tower(2_000, SHIFTED, "{}(a)")), "");
    let calls = "    g13(a, out=b)\n".repeat(20);
    let program =
        format!("@program\ndef run(a: Field[[I, K], float64], b: Field[[I, K], float64]):\n{calls}");
    let ground = tower(13, SHIFTED, "{}(a(I + 1)) + {}(a)") + &program;
    assert!(survives(&ground).contains("`run` stands for more than 200000 operations"));
}

#[test]
fn long_operators_are_answered() {
    let sum = operator(&format!("    return a{}\n", " + a".repeat(10_000)));
    assert_eq!(survives(&sum), "");
    let statements = operator(&format!("{}    return a\n", "    a = a + 1.0\n".repeat(10_000)));
    assert_eq!(survives(&statements), "");
    let branches = operator(&format!(
        "    if p:\n        a = a\n{}    return a\n",
        "    elif p:\n        a = a + a\n".repeat(5_000)
    ));
    assert!(survives(&branches).contains("B0002"));
    let returns = operator(&format!(
        "{}    return a\n",
        "    if p:\n        return a\n".repeat(5_000)
    ));
    assert!(survives(&returns).contains("B0002"));
    let names: String = (0..10_000)
        .map(|n| format!("    x{n} = a + {n}.0\n"))
        .collect::<Vec<_>>()
        .concat();
    let many_names = operator(&format!(
        "{names}{}    return a\n",
        "    if p:\n        a = a + a\n".repeat(10_000)
    ));
    assert!(survives(&many_names).contains("B0002"));
    let decisions = "    if p:\n        return a\n".repeat(118);
    let deepest = format!("    return {}a{}\n", "sin(".repeat(190), ")".repeat(190));
    assert_eq!(survives(&operator(&format!("{decisions}{deepest}"))), "");
    let joins = operator(&format!(
        "{}    return a\n",
        "    if p:\n        a = a + a\n".repeat(2_000)
    ));
    assert_eq!(survives(&joins), "");
    let nested = stairs(89);
    let deepest = format!(
        "{}a = {}a{}\n",
        " ".repeat(90),
        "sin(".repeat(100),
        ")".repeat(100)
    );
    assert_eq!(survives(&operator(&format!("{nested}{deepest} return a\n"))), "");
}
