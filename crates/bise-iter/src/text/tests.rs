//! A text that has everything in it reads back; mistakes in it are named with their lines.

use super::{parse, print};
use crate::Graph;
use crate::passes::{self, Checks};
use crate::testing::Random;

/// The graph without the places its nodes come from.
fn bare(mut graph: Graph) -> Graph {
    graph.spans = la_arena::ArenaMap::default();
    for statement in &mut graph.statements {
        statement.span = bise_base::Span::default();
    }
    graph
}

const SAMPLE: &str = r#"
dimension Edge: horizontal
dimension V2E: horizontal
dimension Vertex: horizontal
dimension "my dim": horizontal
dimension V2E: local
dimension K: vertical

program "a b"(a.0: <Edge, K; float64>, n: int32, out: <Vertex, K; float64>, z: <"my dim"; uint64>, w: <bool>, y: <horizontal(V2E); bool>) {
  table V2E: Vertex, local(V2E) -> Edge
  statement {
    %0 = input a.0 : <Edge, K; float64>
    %1 = shift %0 V2E[*] : <Vertex, local(V2E), K; float64>
    %2 = reduce neighbor_sum %1 by V2E : <Vertex, K; float64>
    %3 = shift %0 V2E[1] : <Vertex, K; float64>
    %4 = shift %3 K - 1 : <Vertex, K; float64>
    %5 = constant bits(0x7ff8000000000000) : <float64>
    sweep s0 backward along K over <Vertex, K> from %5 next %8
    %6 = carry s0.0 : <Vertex, K; float64>
    %7 = add %6 %2 : <Vertex, K; float64>
    %8 = sub %7 %4 : <Vertex, K; float64>
    %9 = result s0.0 : <Vertex, K; float64>
    out @ [Vertex: start(out, Vertex) + -1 .. n, K: 0 .. min(stop(out, K) - (2 * n), -8)] <- %9
  }
  statement {
    %10 = constant 18446744073709551615 : <uint64>
    %11 = broadcast %10 : <"my dim"; uint64>
    %12 = constant True : <bool>
    %13 = constant -1.5e-7 : <float32>
    %14 = cast %13 : <uint64>
    %15 = select %12 %11 %14 : <"my dim"; uint64>
    z @ ["my dim": 0 .. 5] <- %15
    w @ [] <- %12
  }
}
"#;

#[test]
fn texts_round_trip() {
    let graph = parse(SAMPLE).unwrap();
    let text = print(&graph);
    assert_eq!(text.trim(), SAMPLE.trim());
    assert_eq!(bare(parse(&text).unwrap()), bare(graph));
}

#[test]
fn spans_are_the_operations() {
    let graph = parse(SAMPLE).unwrap();
    let (id, _) = graph.nodes.iter().nth(3).unwrap();
    let span = graph.spans[id];
    assert_eq!(&SAMPLE[span.start as usize..span.end as usize], "shift %0 V2E[1]");
}

/// What is said of the sample where `from` is replaced by `to`.
fn mistake(from: &str, to: &str) -> String {
    assert!(SAMPLE.contains(from));
    parse(&SAMPLE.replacen(from, to, 1)).unwrap_err().to_string()
}

#[test]
fn mistakes_are_named_with_their_lines() {
    assert_eq!(
        mistake("%3 K - 1", "%33 K - 1"),
        "line 16: `%33` is not defined above"
    );
    assert_eq!(
        mistake("sub %7", "subb %7"),
        "line 21: there is no operation `subb`"
    );
    assert_eq!(
        mistake(
            "sub %7 %4 : <Vertex, K; float64>",
            "sub %7 %4 : <Vertex; float64>"
        ),
        "line 21: the type is <Vertex, K; float64>, not <Vertex; float64>"
    );
    assert_eq!(
        mistake("local(V2E) ->", "local(V2X) ->"),
        "line 10: dimension `V2X` is not declared"
    );
    assert_eq!(
        mistake("constant True", "constant 1"),
        "line 28: `1` is not a number of type bool"
    );
    assert_eq!(mistake("<- %9", "<- %7"), "line 11: an output depends on a carry");
}

#[test]
fn mangled_texts_are_refused_or_can_be_rewritten() {
    let words: Vec<&str> = SAMPLE.split_inclusive(' ').collect();
    let mut accepted = 0;
    for seed in 0..3000 {
        let mut random = Random::new(seed);
        let mut words = words.clone();
        for _ in 0..=random.below(2) {
            let (at, other) = (random.below(words.len()), random.below(words.len()));
            match random.below(4) {
                0 => drop(words.remove(at)),
                1 => words.swap(at, other),
                2 => words[at] = words[other],
                _ => words.insert(at, words[other]),
            }
        }
        let mut text = words.concat();
        if random.once_in(3) {
            let at = random.below(text.len());
            if text.is_char_boundary(at) {
                text.insert(at, *random.pick(&['%', '"', '\\', '<', '.', '9', 'é', '\n', '(']));
            }
        }
        if let Ok(graph) = parse(&text) {
            accepted += 1;
            let outcome = passes::run(&graph, Checks::Each);
            parse(&print(&outcome.graph)).unwrap();
        }
    }
    assert!(accepted > 0, "some mangled texts are still programs");
}
