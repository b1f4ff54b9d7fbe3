//! Where the fields of a statement are cut into pieces: along which dimensions, and at what that varies from call to
//! call. In which order cuts come along a dimension is known at a call; code is compiled for one order.

use bise_lang::{Bound, Dimension};

use crate::walk::statement_nodes;
use crate::{Graph, Op, Statement, Step};

/// The cuts of a statement along one dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cuts {
    /// Along which dimension.
    pub dim: Dimension,
    /// What the cuts are at, but for numbers that are added to it, each once; nothing stands for numbers alone.
    pub bases: Vec<Option<Bound>>,
    /// Bases that are at least that far from each other have everything that is cut at them, wherever it is read, in
    /// their own order.
    pub far: i64,
}

/// The cuts of a statement, by dimension in canonical order.
pub fn cuts(graph: &Graph, statement: &Statement) -> Vec<Cuts> {
    let mut cuts: Vec<Cuts> = Vec::new();
    // How far from the point that is computed anything is read, at most; and the largest number that is added.
    let (mut reach, mut largest) = (0i64, 0i64);
    for id in statement_nodes(graph, statement) {
        match &graph.nodes[id].op {
            Op::Piecewise { dim, at, .. } => {
                let (base, number) = at.parts();
                largest = largest.max(number.saturating_abs());
                let place = match cuts.binary_search_by(|known| known.dim.cmp(dim)) {
                    Ok(place) => place,
                    Err(place) => {
                        cuts.insert(
                            place,
                            Cuts {
                                dim: dim.clone(),
                                bases: Vec::new(),
                                far: 0,
                            },
                        );
                        place
                    }
                };
                let bases = &mut cuts[place].bases;
                if !bases.iter().any(|known| known.as_ref() == base) {
                    bases.push(base.cloned());
                }
            }
            Op::Shift {
                step: Step::Cartesian { distance, .. },
                ..
            } => reach = reach.saturating_add(i64::from(*distance).abs()),
            Op::Input(_)
            | Op::Constant(_)
            | Op::Apply(..)
            | Op::Select { .. }
            | Op::Cast(_)
            | Op::Broadcast(_)
            | Op::Shift { .. }
            | Op::Position(_)
            | Op::Gather { .. }
            | Op::Reduce { .. }
            | Op::Fold { .. }
            | Op::Carry(..)
            | Op::Result(..) => {}
        }
    }
    let far = reach.saturating_add(largest).saturating_mul(2).saturating_add(1);
    for along in &mut cuts {
        along.far = far;
    }
    cuts
}
