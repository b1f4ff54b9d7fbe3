//! Rewrites of graphs. None changes a bit of any result; a rewrite may drop a read, never add one.
//!
//! [`run`] carries out [`PIPELINE`], round after round, until nothing changes. A pass is a function from a
//! graph to a graph in a file of its own; its row says which facts it counts on and which hold after it.

mod deduplicate;
mod fold;
mod hoist_broadcasts;
mod merge_shifts;
mod remove_dead;

use crate::walk::map_graph;
use crate::{Graph, VerifyError, verify};

/// A pass.
#[derive(Debug)]
pub struct Pass {
    /// A verb; the name of its file.
    pub name: &'static str,
    /// The rewrite.
    pub run: fn(&Graph) -> Graph,
    /// What must hold before.
    pub requires: &'static [Fact],
    /// What holds after it. Other facts may hold no more.
    pub establishes: &'static [Fact],
}

/// Something that holds of a graph. All graphs are verified besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// No operation but a broadcast has a broadcast as operand that it could be done without.
    BroadcastsOutermost,
    /// No two nodes of a statement are equal, and no two sweeps.
    Distinct,
    /// Every node, slot and table is needed.
    Needed,
}

/// The passes of a round, in order.
pub const PIPELINE: &[Pass] = &[
    Pass {
        name: "hoist_broadcasts",
        run: hoist_broadcasts::hoist_broadcasts,
        requires: &[],
        establishes: &[Fact::BroadcastsOutermost],
    },
    Pass {
        name: "fold",
        run: fold::fold,
        requires: &[Fact::BroadcastsOutermost],
        establishes: &[],
    },
    Pass {
        name: "merge_shifts",
        run: merge_shifts::merge_shifts,
        requires: &[],
        establishes: &[],
    },
    Pass {
        name: "remove_dead",
        run: remove_dead::remove_dead,
        requires: &[],
        establishes: &[Fact::Needed],
    },
    // Sweeps may be equal once states that nothing reads are gone.
    Pass {
        name: "deduplicate",
        run: deduplicate::deduplicate,
        requires: &[Fact::Needed],
        establishes: &[Fact::Needed, Fact::Distinct],
    },
];

/// How many rounds there are at most. Each round works bottom-up, so what people write takes two or three:
/// the last one finds nothing to do.
const MAX_ROUNDS: usize = 16;

/// A rewritten graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The graph.
    pub graph: Graph,
    /// How many rounds were run.
    pub rounds: usize,
    /// Whether the last round changed nothing. If not, the graph is right all the same, but could be simpler.
    pub converged: bool,
}

/// Whether graphs are checked between passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checks {
    /// After each pass: the rules of `verify`, and what the row of the pass says. For tests.
    Each,
    /// None.
    Off,
}

/// Runs the pipeline on a verified graph.
///
/// # Panics
/// With [`Checks::Each`], where a pass breaks a rule: a compiler bug.
pub fn run(graph: &Graph, checks: Checks) -> Outcome {
    let mut outcome = Outcome {
        graph: graph.clone(),
        rounds: 0,
        converged: false,
    };
    while outcome.rounds < MAX_ROUNDS && !outcome.converged {
        let before = outcome.graph.clone();
        round(&mut outcome.graph, checks);
        outcome.rounds += 1;
        outcome.converged = outcome.graph == before;
    }
    outcome
}

fn round(graph: &mut Graph, checks: Checks) {
    let mut facts: &[Fact] = &[];
    for pass in PIPELINE {
        for fact in pass.requires {
            assert!(
                facts.contains(fact),
                "compiler bug: `{}` runs without {fact:?}",
                pass.name
            );
        }
        *graph = (pass.run)(graph);
        facts = pass.establishes;
        if checks == Checks::Each
            && let Err(message) = check(graph, facts)
        {
            panic!(
                "compiler bug: after `{}`: {message}\n{}",
                pass.name,
                crate::text::print(graph)
            );
        }
    }
}

fn check(graph: &Graph, facts: &[Fact]) -> Result<(), String> {
    verify(graph).map_err(|error: VerifyError| error.to_string())?;
    facts.iter().try_for_each(|&fact| holds(graph, fact))
}

/// Whether a fact holds: the pass that establishes it finds nothing to do, but for nodes that a pass left
/// behind.
fn holds(graph: &Graph, fact: Fact) -> Result<(), String> {
    let pass = match fact {
        Fact::BroadcastsOutermost => hoist_broadcasts::hoist_broadcasts,
        Fact::Distinct => deduplicate::deduplicate,
        Fact::Needed => remove_dead::remove_dead,
    };
    let graph = map_graph(graph, |_, _| None);
    if pass(&graph) == graph {
        Ok(())
    } else {
        Err(format!("{fact:?} does not hold"))
    }
}

#[cfg(test)]
mod tests;
