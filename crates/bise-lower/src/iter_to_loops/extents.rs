//! Which outputs of a statement have one domain.

use std::collections::HashMap;

use bise_iter::Graph;
use bise_lang::DomainRange;
use bise_lang::plan::Specialization;

/// Per output of a statement, as it is compiled as a part, the first output with the same domain.
pub(super) fn domains(
    graph: &Graph,
    specialization: &Specialization,
    (part, statement): (usize, usize),
) -> Vec<u32> {
    if let Some(known) = specialization.domains.get(part) {
        return known.clone();
    }
    let mut first: HashMap<&[DomainRange], u32> = HashMap::new();
    let outputs = graph.statements[statement].outputs.iter().enumerate();
    outputs
        .map(|(at, output)| *first.entry(&output.domain).or_insert(at as u32))
        .collect()
}
