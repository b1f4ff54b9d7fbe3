//! Which outputs of a statement have one domain, and what a statement needs: its regions, written in terms of the
//! first output of each domain.

use bise_iter::Graph;
use bise_iter::analysis::regions::{Regions, regions};
use bise_lang::Extent;
use bise_lang::plan::Specialization;

use super::survey::node;

/// Per output of a statement, the first output with the same domain.
pub(super) fn domains(graph: &Graph, specialization: &Specialization, statement: usize) -> Vec<u32> {
    let outputs = &graph.statements[statement].outputs;
    let same = |a: usize, b: usize| {
        let known = specialization.domains.get(statement);
        let called =
            known.is_some_and(|classes| classes.get(a).is_some() && classes.get(a) == classes.get(b));
        let dims = |at: usize| outputs[at].domain.iter().map(|range| &range.dim);
        dims(a).eq(dims(b)) && (called || outputs[a].domain == outputs[b].domain)
    };
    let first = |at: usize| (0..at).find(|&first| same(first, at)).unwrap_or(at);
    (0..outputs.len()).map(|at| first(at) as u32).collect()
}

/// What a statement needs where those nodes are stored. `domains`: as [`domains`] gives them.
pub(super) fn statement_regions(
    graph: &Graph,
    statement: usize,
    domains: &[u32],
    stored: impl IntoIterator<Item = u32>,
) -> Regions {
    let stored: Vec<_> = stored.into_iter().map(node).collect();
    let mut found = regions(graph, statement, &stored);
    for requirement in &mut found.requirements {
        requirement.extent = in_terms_of(domains, &requirement.extent);
    }
    for read in &mut found.sweep_reads {
        read.levels = in_terms_of(domains, &read.levels);
        read.extent = in_terms_of(domains, &read.extent);
    }
    for (_, extents) in &mut found.stored {
        for extent in extents {
            *extent = in_terms_of(domains, extent);
        }
    }
    found
}

/// The extent with every output replaced by the first one of the same domain.
fn in_terms_of(domains: &[u32], extent: &Extent) -> Extent {
    match extent {
        Extent::Output { output, dim } => Extent::Output {
            output: domains[*output as usize],
            dim: dim.clone(),
        },
        Extent::Widen { of, lower, upper } => match in_terms_of(domains, of) {
            of if *lower == 0 && *upper == 0 => of,
            of => Extent::Widen {
                of: Box::new(of),
                lower: *lower,
                upper: *upper,
            },
        },
        Extent::Image { table, of, column } => Extent::Image {
            table: *table,
            of: Box::new(in_terms_of(domains, of)),
            column: *column,
        },
        Extent::Neighbors { table } => Extent::Neighbors { table: *table },
        Extent::Hull(parts) => parts
            .iter()
            .map(|part| in_terms_of(domains, part))
            .reduce(Extent::hull)
            .unwrap_or_else(|| Extent::Hull(Vec::new())),
    }
}
