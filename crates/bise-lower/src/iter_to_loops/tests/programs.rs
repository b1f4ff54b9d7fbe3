//! Programs with their results: as many kinds of nests as there are.

use std::fmt::Write as _;

use bise_iter::Graph;
use bise_lang::plan::{Plan, Specialization};
use bise_lang::{DType, Scalar};
use bise_loops::Kernel;

use super::super::{Costs, iter_to_loops};
use super::files::{canonical, specialization};
use super::machine::{Array, Call, Table, compare};

/// Numbers that look random, the same in each run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        self.0 >> 33
    }

    fn float(&mut self) -> Scalar {
        Scalar::f64(self.next() as f64 / f64::from(1u32 << 30) - 1.0)
    }
}

fn graph(text: &str) -> Graph {
    bise_iter::text::parse(text).unwrap_or_else(|e| panic!("{e}"))
}

/// A call with fields of those domains.
fn call(domains: &[&[(i64, i64)]], tables: Vec<Table>) -> Call {
    let mut numbers = Numbers(7);
    let fields = domains.iter().map(|d| Array::filled(d, || numbers.float()));
    Call {
        fields: fields.collect(),
        scalars: vec![Scalar::integer(DType::Int32, 0); domains.len()],
        tables,
    }
}

/// The orders of two or three axes, by the names of dimensions.
fn orders(names: &[&str]) -> Vec<String> {
    let mut all = vec![Vec::new()];
    for _ in names {
        let longer = all.iter().flat_map(|order: &Vec<&str>| {
            let left = names.iter().filter(|n| !order.contains(n));
            left.map(|n| [&order[..], &[*n]].concat()).collect::<Vec<_>>()
        });
        all = longer.collect();
    }
    all.iter().map(|order| order.join(" ")).collect()
}

fn file(name: &str) -> Graph {
    // Asked for when it runs: a tree may be moved after it was compiled.
    let root = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    let path = format!("{root}/../../tests/loops/{name}.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let (_, rest) = text.split_once("--- iter\n").unwrap();
    graph(
        rest.split_once("--- loops\n")
            .map_or(rest, |(program, _)| program),
    )
}

#[test]
fn stencils_in_all_layouts() {
    let graph = file("hdiff");
    let halo: &[(i64, i64)] = &[(0, 9), (-3, 6), (0, 2)];
    let inner: &[(i64, i64)] = &[(2, 7), (-1, 4), (0, 2)];
    for order in orders(&["I", "J", "K"]) {
        let head = format!("layout phi {order}\nlayout out {order}");
        assert!(compare(
            &graph,
            &specialization(&head, &graph),
            &call(&[halo, inner], vec![])
        ));
    }
}

#[test]
fn neighbours_with_and_without_skips() {
    let graph = file("v2e");
    for skip in [-1, 0] {
        let entries = vec![0, 1, 2, 3, skip, 4, 1, 1, skip, skip, skip, 2];
        let table = Table { width: 3, entries };
        let call = call(
            &[&[(0, 5), (0, 3)], &[(0, 4), (0, 3)], &[(0, 4), (0, 3)]],
            vec![table],
        );
        let skips = if skip < 0 { "skips" } else { "" };
        for order in ["Vertex K", "K Vertex"] {
            let head = format!("layout out {order}\ntable V2E 3 {skips}");
            assert!(compare(&graph, &specialization(&head, &graph), &call));
        }
    }
}

#[test]
fn thomas_solver_in_all_layouts() {
    let graph = file("thomas");
    let domain: &[(i64, i64)] = &[(0, 3), (0, 2), (0, 5)];
    for order in orders(&["I", "J", "K"]) {
        let head = format!("layout out {order}\nvector 128");
        let call = call(&[domain; 5], vec![]);
        assert!(compare(&graph, &specialization(&head, &graph), &call));
    }
}

#[test]
fn long_chains_are_cut_and_deep_ones_do_not_overflow() {
    let mut text = String::from(
        "dimension I: horizontal\ndimension J: horizontal\n\
         program chain(a: <I, J; float64>, out: <I, J; float64>) {\n  statement {\n    %0 = input a : <I, J; float64>\n",
    );
    let mut last = 0;
    let mut line = |op: String| {
        last += 1;
        let _ = writeln!(text, "    %{last} = {op} : <I, J; float64>");
        last
    };
    let mut x = 0;
    for _ in 0..20 {
        let mut sum = x;
        for step in ["I + 1", "I - 1", "J + 1", "J - 1"] {
            let shifted = line(format!("shift %{x} {step}"));
            sum = line(format!("add %{sum} %{shifted}"));
        }
        x = sum;
    }
    for _ in 0..5000 {
        x = line(format!("add %{x} %0"));
    }
    let whole = |dim: &str| format!("{dim}: start(out, {dim}) .. stop(out, {dim})");
    let _ = writeln!(
        text,
        "    out @ [{}, {}] <- %{x}\n  }}\n}}",
        whole("I"),
        whole("J")
    );
    let graph = graph(&text);
    let specialization = canonical(&graph);
    let (kernels, plan) = lowered(&graph, &specialization);
    let values: usize = kernels.iter().map(|k| k.values.len()).sum();
    assert!(values < 12_000, "{values} values in {} kernels", kernels.len());
    assert!((1..10).contains(&plan.statements[0].temporaries.len()));
    let call = call(&[&[(-20, 22), (-20, 22)], &[(0, 2), (0, 2)]], vec![]);
    assert!(compare(&graph, &specialization, &call));
}

/// A program of `lines` lines: each reads one of the last five values beside the last one, which is shifted in every
/// sixth line.
fn tangled(lines: usize) -> Graph {
    let mut text = String::from(
        "dimension I: horizontal\ndimension J: horizontal\n\
         program tangled(a: <I, J; float64>, b: <I, J; float64>, out: <I, J; float64>) {\n  statement {\n\
         %0 = input a : <I, J; float64>\n%b = input b : <I, J; float64>\n%h = constant 0.5 : <float64>\n",
    );
    for line in 1..=lines {
        let before = line - 1;
        let other = line.saturating_sub(1 + (line * line + line / 3) % 5);
        let (dim, distance) = (["I", "J"][line / 6 % 2], ["+ 1", "- 1"][line / 12 % 2]);
        let moved = match line % 6 {
            0 => format!("%s{line} = shift %{before} {dim} {distance} : <I, J; float64>"),
            _ => format!("%s{line} = mul %{before} %h : <I, J; float64>"),
        };
        let _ = writeln!(
            text,
            "{moved}\n%c{line} = gt %s{line} %{other} : <I, J; bool>\n\
             %t{line} = add %s{line} %b : <I, J; float64>\n%e{line} = sub %{other} %b : <I, J; float64>\n\
             %{line} = select %c{line} %t{line} %e{line} : <I, J; float64>"
        );
    }
    let _ = writeln!(
        text,
        "out @ [I: start(out, I) .. stop(out, I), J: start(out, J) .. stop(out, J)] <- %{lines}\n}}\n}}"
    );
    graph(&text)
}

#[test]
fn code_is_linear_in_the_lines_of_an_operator() {
    for lines in [100, 400, 1600] {
        let graph = tangled(lines);
        let (kernels, _) = lowered(&graph, &canonical(&graph));
        let values: usize = kernels.iter().map(|kernel| kernel.values.len()).sum();
        assert!(values < 24 * lines, "{values} values for {lines} lines");
        let longest = kernels.iter().map(|kernel| kernel.values.len()).max();
        assert!(longest.unwrap() < 1000, "{longest:?} values for {lines} lines");
    }
    let graph = tangled(100);
    let halo: &[(i64, i64)] = &[(-20, 24), (-20, 24)];
    let call = call(&[halo, halo, &[(0, 4), (0, 4)]], vec![]);
    assert!(compare(&graph, &canonical(&graph), &call));
}

#[test]
fn kernels_that_differ_in_their_buffers_only_are_one() {
    let mut text = String::from("dimension I: horizontal\nprogram p(a: <I; float64>, b: <I; float64>) {\n");
    for statement in 0..50 {
        let (from, to) = [("a", "b"), ("b", "a")][statement % 2];
        let _ = writeln!(
            text,
            "statement {{\n%x{statement} = input {from} : <I; float64>\n\
             %l{statement} = shift %x{statement} I + 1 : <I; float64>\n\
             %s{statement} = add %x{statement} %l{statement} : <I; float64>\n\
             {to} @ [I: start(a, I) + 1 .. stop(a, I) - 1] <- %s{statement}\n}}"
        );
    }
    text.push_str("}\n");
    let graph = graph(&text);
    let (kernels, plan) = lowered(&graph, &canonical(&graph));
    assert_eq!((kernels.len(), plan.statements.len()), (1, 50));
    let call = call(&[&[(0, 60)], &[(0, 60)]], vec![]);
    assert!(compare(&graph, &canonical(&graph), &call));
}

fn lowered(graph: &Graph, specialization: &Specialization) -> (Vec<Kernel>, Plan) {
    iter_to_loops(graph, specialization, &Costs::default())
}

/// A program on fields `a` and `out` over `I` and `K`, domain of the output `[0, 4) x [0, 5)`.
#[track_caller]
fn check(nodes: &str, outputs: &str, halo: &[(i64, i64)], in_place: &[(u32, u32)]) {
    let text = format!(
        "dimension I: horizontal\ndimension K: vertical\n\
         program p(a: <I, K; float64>, b: <K; float64>, out: <I, K; float64>, s: float64, n: int32) {{\n\
         statement {{\n%a = input a : <I, K; float64>\n%0 = constant 0.5 : <float64>\n{nodes}\n{outputs}\n}}\n}}\n"
    );
    let graph = graph(&text);
    let domain: &[(i64, i64)] = &[(0, 4), (0, 5)];
    let mut call = call(&[halo, &[(0, 5)], domain, &[], &[]], vec![]);
    call.scalars[3] = Scalar::f64(1.25);
    call.scalars[4] = Scalar::integer(DType::Int32, 3);
    for order in ["I K", "K I"] {
        let specialization = specialization(&format!("layout out {order}"), &graph);
        assert!(compare(&graph, &specialization, &call));
        let plan = lowered(&graph, &specialization).1;
        let pairs = plan.statements[0].in_place.iter();
        let always = pairs.filter(|pair| pair.beside.is_empty());
        let always: Vec<(u32, u32)> = always.map(|pair| (pair.output, pair.input)).collect();
        assert_eq!(always, in_place);
    }
}

/// One level is written of a field that is read at the level below and beside the point: in place in as far as these
/// reads lead out of what is written.
#[test]
fn a_level_is_in_place_of_the_field_that_has_the_one_below() {
    let plan_of = |shifts: &str| {
        let graph = graph(&format!(
            "dimension I: horizontal\ndimension K: vertical\n\
             program p(a: <I, K; float64>, n: int32) {{\n\
             loop k: int32 in 1 .. n by 1 {{\nstatement {{\n%a = input a : <I, K; float64>\n{shifts}\n\
             a @ [I: 0 .. 4, K: k .. k + 1] <- %r\n}}\n}}\n}}\n"
        ));
        let specialization = canonical(&graph);
        let plan = lowered(&graph, &specialization).1;
        plan.statements[0].in_place.clone()
    };
    let below = "%b = shift %a K - 1 : <I, K; float64>\n%r = add %a %b : <I, K; float64>";
    let [pair] = &plan_of(below)[..] else {
        panic!("not in place");
    };
    assert_eq!(pair.beside, [[0, -1]]);
    assert!(pair.holds(&[4, 1]) && !pair.holds(&[4, 2]));
    let beside = "%b = shift %a I + 1 : <I, K; float64>\n%r = add %a %b : <I, K; float64>";
    let [pair] = &plan_of(beside)[..] else {
        panic!("not in place");
    };
    assert!(!pair.holds(&[4, 1]) && pair.holds(&[1, 1]));
}

const WHOLE: &str = "[I: start(out, I) .. stop(out, I), K: start(out, K) .. stop(out, K)]";
const SAME: &[(i64, i64)] = &[(0, 4), (0, 5)];
const WIDE: &[(i64, i64)] = &[(-1, 5), (-1, 6)];

#[test]
fn sums_over_columns_are_read_at_their_point() {
    let sweep = "sweep s0 forward along K over <I, K> from %0 next %n\n%c = carry s0.0 : <I, K; float64>\n\
                 %n = add %c %a : <I, K; float64>\n%r = result s0.0 : <I, K; float64>\n";
    let pointwise = format!("{sweep}%x = mul %r %a : <I, K; float64>");
    check(&pointwise, &format!("out @ {WHOLE} <- %x"), SAME, &[(0, 0)]);
    let shifted = format!("{sweep}%q = shift %r I + 1 : <I, K; float64>\n%x = sub %q %r : <I, K; float64>");
    check(&shifted, &format!("out @ {WHOLE} <- %x"), WIDE, &[(0, 0)]);
    let twice = format!(
        "{sweep}sweep s1 forward along K over <I, K> from %0 next %m\n%d = carry s1.0 : <I, K; float64>\n\
         %m = mul %d %r : <I, K; float64>\n%t = result s1.0 : <I, K; float64>\n%x = add %t %r : <I, K; float64>"
    );
    check(&twice, &format!("out @ {WHOLE} <- %x"), SAME, &[(0, 0)]);
    let back = format!(
        "{sweep}sweep s1 backward along K over <I, K> from %0 next %m\n%d = carry s1.0 : <I, K; float64>\n\
         %m = mul %d %a : <I, K; float64>\n%t = result s1.0 : <I, K; float64>\n%x = add %t %r : <I, K; float64>"
    );
    check(&back, &format!("out @ {WHOLE} <- %x"), SAME, &[(0, 0)]);
    let column = "%b = input b : <K; float64>\nsweep s0 backward along K over <K> from %0 next %n\n\
                  %c = carry s0.0 : <K; float64>\n%n = sub %b %c : <K; float64>\n%r = result s0.0 : <K; float64>\n\
                  %x = add %a %r : <I, K; float64>";
    check(column, &format!("out @ {WHOLE} <- %x"), SAME, &[(0, 0)]);
    check(column, &format!("out @ {WHOLE} <- %r"), SAME, &[]);
}

#[test]
fn pieces_of_one_field_and_scalars() {
    let pieces = "%s = input s : <float64>\n%n = input n : <int32>\n%f = cast %n : <float64>\n\
                  %x = mul %a %s : <I, K; float64>\n%q = shift %a I - 1 : <I, K; float64>\n\
                  %y = add %q %f : <I, K; float64>";
    let outputs = "out @ [I: 0 .. n, K: start(out, K) .. stop(out, K)] <- %x\n\
                   out @ [I: n - 1 .. stop(out, I), K: 1 .. stop(out, K)] <- %y\n\
                   out @ [I: 2 .. 2, K: 0 .. 5] <- %0";
    // What is written last may be where the others read.
    check(pieces, outputs, WIDE, &[(2, 0)]);
    check(
        "%b = input b : <K; float64>",
        &format!("out @ {WHOLE} <- %b"),
        SAME,
        &[],
    );
}
