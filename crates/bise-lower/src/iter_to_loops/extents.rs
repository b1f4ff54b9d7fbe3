//! Which outputs of a statement have one domain, and what they need: the regions of a group of outputs, written
//! in terms of one of them.

use bise_iter::Graph;
use bise_iter::analysis::regions::{Regions, regions};
use bise_lang::Extent;
use bise_lang::plan::Specialization;

use super::survey::node;

/// The outputs of a statement by domain, each group with the positions of its outputs in order. The first one
/// stands for the group in extents.
pub(super) fn groups(graph: &Graph, specialization: &Specialization, statement: usize) -> Vec<Vec<usize>> {
    let outputs = &graph.statements[statement].outputs;
    let same = |a: usize, b: usize| {
        let known = specialization.domains.get(statement);
        let called =
            known.is_some_and(|classes| classes.get(a).is_some() && classes.get(a) == classes.get(b));
        let dims = |at: usize| outputs[at].domain.iter().map(|range| &range.dim);
        dims(a).eq(dims(b)) && (called || outputs[a].domain == outputs[b].domain)
    };
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for at in 0..outputs.len() {
        match groups.iter_mut().find(|group| same(group[0], at)) {
            Some(group) => group.push(at),
            None => groups.push(vec![at]),
        }
    }
    groups
}

/// What a group of outputs needs where those nodes are stored.
pub(super) fn group_regions(
    graph: &Graph,
    statement: usize,
    group: &[usize],
    stored: impl IntoIterator<Item = u32>,
) -> Regions {
    let stored: Vec<_> = stored.into_iter().map(node).collect();
    let all = graph.statements[statement].outputs.len();
    let mut found = if group.len() == all {
        regions(graph, statement, &stored)
    } else {
        let mut part = graph.clone();
        let outputs = &graph.statements[statement].outputs;
        part.statements[statement].outputs = group.iter().map(|&at| outputs[at].clone()).collect();
        regions(&part, statement, &stored)
    };
    let first = group[0] as u32;
    for requirement in &mut found.requirements {
        requirement.extent = in_terms_of(first, &requirement.extent);
    }
    for read in &mut found.sweep_reads {
        read.levels = in_terms_of(first, &read.levels);
        read.extent = in_terms_of(first, &read.extent);
    }
    for (_, extents) in &mut found.stored {
        for extent in extents {
            *extent = in_terms_of(first, extent);
        }
    }
    found
}

/// The extent with every output replaced by `output`, which has the same domain.
fn in_terms_of(output: u32, extent: &Extent) -> Extent {
    match extent {
        Extent::Output { dim, .. } => Extent::Output {
            output,
            dim: dim.clone(),
        },
        Extent::Widen { of, lower, upper } => match in_terms_of(output, of) {
            of if *lower == 0 && *upper == 0 => of,
            of => Extent::Widen {
                of: Box::new(of),
                lower: *lower,
                upper: *upper,
            },
        },
        Extent::Image { table, of, column } => Extent::Image {
            table: *table,
            of: Box::new(in_terms_of(output, of)),
            column: *column,
        },
        Extent::Neighbors { table } => Extent::Neighbors { table: *table },
        Extent::Hull(parts) => parts
            .iter()
            .map(|part| in_terms_of(output, part))
            .reduce(Extent::hull)
            .unwrap_or_else(|| Extent::Hull(Vec::new())),
    }
}
