//! IR files: `tests/iter/*.bise`. The first line says what is done to the first section; the second section
//! is what comes of it. `BISE_BLESS=1` writes the second section.

use std::fmt::Write;
use std::path::Path;

use bise_base::Span;
use bise_lang::{Bound, Extent, ExtentBuilder, ExtentId, Extents};

use super::{Checks, PIPELINE, run};
use crate::analysis::regions::{each, reads, regions};
use crate::text::{parse, print};
use crate::{Graph, Statement, TableId};

const SEPARATOR: &str = "\n==> gives\n";

#[test]
fn files_give_what_they_say() {
    let folder = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../../tests/iter");
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "bise"));
    paths.sort();
    assert!(!paths.is_empty(), "no files in {}", folder.display());
    let mut failures = String::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let (before, expected) = text.split_once(SEPARATOR).unwrap_or((&text, ""));
        let found = result(before);
        if found.trim() == expected.trim() {
            continue;
        }
        if std::env::var_os("BISE_BLESS").is_some() {
            std::fs::write(
                &path,
                format!("{}\n{SEPARATOR}{}\n", before.trim_end(), found.trim()),
            )
            .unwrap();
        } else {
            let _ = write!(failures, "{}: found\n{found}\n", path.display());
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

/// What comes of the first section of a file.
fn result(text: &str) -> String {
    let first = text.lines().next().unwrap_or_default();
    let command = first
        .trim_start_matches("# ")
        .split(':')
        .next()
        .unwrap_or_default();
    let graph = match parse(text) {
        Ok(graph) => graph,
        Err(error) => return error.to_string(),
    };
    match command {
        "pipeline" => {
            let outcome = run(&graph, Checks::Each);
            assert!(outcome.converged, "{text}");
            print(&outcome.graph)
        }
        "regions" => (0..graph.statements.len())
            .map(|number| regions_text(text, &graph, number))
            .collect(),
        name => {
            let pass = PIPELINE.iter().find(|pass| pass.name == name);
            let pass = pass.unwrap_or_else(|| panic!("there is no pass `{name}`"));
            print(&crate::walk::map_graph(&(pass.run)(&graph), |_, _| None))
        }
    }
}

/// Requirements and stored boxes; every sweep's results and every node whose operation's line ends in `#
/// stored` are stored.
fn regions_text(text: &str, graph: &Graph, number: usize) -> String {
    let stored = graph.spans.iter().filter(|(_, span)| {
        let line = text[span.start as usize..].lines().next().unwrap_or_default();
        line.ends_with("# stored")
    });
    let stored = stored.map(|(id, _)| id.into_raw().into_u32()).collect();
    let extents = ExtentBuilder::new();
    let regions = regions(graph, number, &each(graph, number), &stored, &extents);
    let reads = reads(graph, number, &extents);
    let extents = extents.finish();
    let statement = &graph.statements[number];
    let print_extent = |extent| print_extent(graph, statement, &extents, extent);
    let place = |span: Span| &text[span.start as usize..span.end as usize];
    let mut out = format!("statement {number}\n");
    for (need, span) in &reads.inputs {
        let extent = print_extent(need.extent);
        let name = &graph.params[need.param as usize].name;
        let place = place(*span);
        let _ = writeln!(out, "  {name} along {}: {extent}  because of `{place}`", need.dim);
    }
    for (read, span) in &reads.sweeps {
        let [extent, levels] = [read.extent, read.levels].map(print_extent);
        let place = place(*span);
        let _ = writeln!(out, "  levels {levels} must hold {extent}  because of `{place}`");
    }
    for (id, sides) in &regions.stored {
        let sides: Vec<String> = sides.iter().copied().map(print_extent).collect();
        let _ = writeln!(out, "  %{} is stored on {}", id.into_raw(), sides.join(" x "));
    }
    out
}

#[test]
fn what_passes_require_is_established() {
    let mut established: &[super::Fact] = &[];
    for pass in PIPELINE {
        assert!(
            pass.requires.iter().all(|fact| established.contains(fact)),
            "{}",
            pass.name
        );
        established = pass.establishes;
    }
}

fn print_bound(graph: &Graph, bound: &Bound) -> String {
    let name = |param: u32| &graph.params[param as usize].name;
    match bound {
        Bound::Constant(value) => value.to_string(),
        Bound::Scalar(param) => name(*param).to_string(),
        Bound::Start(param, dim) => format!("start({}, {dim})", name(*param)),
        Bound::Stop(param, dim) => format!("stop({}, {dim})", name(*param)),
        Bound::Binary(op, a, b) => format!("({} {op} {})", print_bound(graph, a), print_bound(graph, b)),
    }
}

/// An extent of a statement, for people: `out[K]` is the range of an output, `V2E[*](..)` an image.
fn print_extent(graph: &Graph, statement: &Statement, extents: &Extents, extent: ExtentId) -> String {
    let inner = |of: &ExtentId| print_extent(graph, statement, extents, *of);
    let name = |table: &TableId| graph.tables.get(*table as usize).map_or("?", |table| &table.name);
    match &extents[extent] {
        Extent::Output { output, dim } => {
            let output = statement.outputs.get(*output as usize);
            let param = output.and_then(|output| graph.params.get(output.param as usize));
            format!("{}[{dim}]", param.map_or("?", |param| &param.name))
        }
        Extent::Widen { of, lower, upper } if lower == upper => {
            format!("{} {lower:+}", inner(of))
        }
        Extent::Widen { of, lower, upper } => {
            format!("{} widened by {lower:+}, {upper:+}", inner(of))
        }
        Extent::Image { table, of, column } => {
            let column = column.map_or("*".into(), |column| column.to_string());
            format!("{}[{column}]({})", name(table), inner(of))
        }
        Extent::Neighbors { table } => format!("width({})", name(table)),
        Extent::Hull(parts) => {
            let parts: Vec<String> = parts.iter().map(inner).collect();
            format!("hull({})", parts.join(", "))
        }
        Extent::Between { start, stop } => {
            format!("[{}, {})", print_bound(graph, start), print_bound(graph, stop))
        }
        Extent::Clip { of, start, stop } => {
            let end = |end: &Option<Bound>| end.as_ref().map_or(String::new(), |end| print_bound(graph, end));
            format!("{} in {}..{}", inner(of), end(start), end(stop))
        }
        Extent::Given { of, exists, .. } => {
            let [of, exists] = [of, exists].map(inner);
            format!("({of} if {exists})")
        }
    }
}
