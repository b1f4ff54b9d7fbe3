//! Regions in words: what a statement reads of a field, said in terms of what it writes.

use bise_iter::{Graph, Statement};
use bise_lang::{Bound, Extent, ExtentId, Extents};

/// Steps through tables inside each other that are said; what is further in is left out.
const STEPS: usize = 6;

/// An interval as a person would say it: `I of out, from 1 before to 2 after`.
pub(crate) fn extent(extents: &Extents, extent: ExtentId, graph: &Graph, statement: &Statement) -> String {
    in_words(extents, extent, graph, statement, STEPS)
}

fn in_words(
    extents: &Extents,
    extent: ExtentId,
    graph: &Graph,
    statement: &Statement,
    steps: usize,
) -> String {
    let inner = |of: &ExtentId| in_words(extents, *of, graph, statement, steps);
    let rows = |of: &ExtentId| match steps.checked_sub(1) {
        Some(steps) => in_words(extents, *of, graph, statement, steps),
        None => "...".to_owned(),
    };
    let table = |at: u32| &graph.tables[at as usize].name;
    match &extents[extent] {
        Extent::Output { output, dim } => {
            let param = statement.outputs[*output as usize].param;
            format!("{dim} of {}", graph.params[param as usize].name)
        }
        Extent::Widen { of, lower, upper } => {
            let of = inner(of);
            match (-lower, *upper) {
                (0, 0) => of,
                (below, above) if below == -above => format!("{of}, moved by {above}"),
                (0, above) => format!("{of}, {}", beyond(above, "after")),
                (below, 0) => format!("{of}, {}", beyond(below, "before")),
                (below, above) => format!("{of}, {} and {}", beyond(below, "before"), beyond(above, "after")),
            }
        }
        Extent::Image {
            table: at,
            of,
            column: Some(column),
        } => format!("{}[{column}] of ({})", table(*at), rows(of)),
        Extent::Image { table: at, of, .. } => format!("{} of ({})", table(*at), rows(of)),
        Extent::Neighbors { table: at } => format!("all neighbours of {}", table(*at)),
        Extent::Hull(parts) if parts.is_empty() => "nothing".to_owned(),
        Extent::Hull(parts) => {
            let parts: Vec<String> = parts.iter().map(inner).collect();
            parts.join(" and ")
        }
        Extent::Between { start, stop } => format!("[{}, {})", bound(start, graph), bound(stop, graph)),
        Extent::Clip { of, start, stop } => {
            let from = start
                .as_ref()
                .map_or(String::new(), |start| format!(" from {}", bound(start, graph)));
            let below = stop
                .as_ref()
                .map_or(String::new(), |stop| format!(" below {}", bound(stop, graph)));
            format!("{}{from}{below}", inner(of))
        }
        Extent::Given { of, .. } => inner(of),
    }
}

/// `2 before`, `1 less after`
fn beyond(distance: i64, side: &str) -> String {
    if distance < 0 {
        format!("{} less {side}", -distance)
    } else {
        format!("{distance} {side}")
    }
}

/// A bound as the program would say it.
pub(crate) fn bound(bound: &Bound, graph: &Graph) -> String {
    let name = |param: u32| &graph.params[param as usize].name;
    match bound {
        Bound::Constant(value) => value.to_string(),
        Bound::Scalar(param) => name(*param).to_string(),
        Bound::Start(param, dim) => format!("start({}, {dim})", name(*param)),
        Bound::Stop(param, dim) => format!("stop({}, {dim})", name(*param)),
        Bound::Binary(op, a, b) => {
            let (a, b) = (self::bound(a, graph), self::bound(b, graph));
            match op.symbol() {
                name @ ("min" | "max") => format!("{name}({a}, {b})"),
                "+" if b.starts_with('-') => format!("{a} - {}", &b[1..]),
                symbol => format!("{a} {symbol} {b}"),
            }
        }
    }
}
