//! Where stored nodes are kept: in a temporary that is as large as what is needed of the node, or, where one kernel
//! computes and reads it column by column, in scratch memory of the thread that holds one row of columns at a
//! time and so stays in cache. So do the rows of what sweeps carry, where these walk row by row, and the
//! last rows of what rolls.

use std::collections::{BTreeMap, BTreeSet};

use bise_base::{Name, Span};
use bise_iter::{Graph, NodeId, Param, SweepId};
use bise_lang::plan::{BufferSource, Scratch, ScratchAxis, Temporary};
use bise_lang::{Dimension, ExtentId};
use bise_loops::Ring;
use la_arena::RawIdx;

use super::nests::{Nest, stores};
use super::order::order_like;
use super::rolling::{Kept, Rolling};
use super::survey::number;
use super::turn::{Columns, Place, Turned};
use super::writer::Stored;

/// The places of the nodes that a group of outputs stores.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// By position in the arena.
    pub(super) places: BTreeMap<u32, Stored>,
    /// Scratch memory of the kernel that is written.
    pub(super) scratch: Vec<Scratch>,
    /// Of the kernel that is written, where it walks row by row.
    pub(super) rows: Option<Rows>,
    /// What the kernel that is written turns.
    pub(super) turned: Option<Turned>,
}

/// Scratch memory for what the sweeps of a kernel carry from level to level.
#[derive(Debug)]
pub(super) struct Rows {
    /// Along this dimension.
    pub(super) dim: Dimension,
    /// By sweep and slot: a row, and its name.
    pub(super) carried: BTreeMap<(u32, u32), (BufferSource, Name)>,
}

impl Memory {
    /// Gives what kernel number `at` stores a place; kernels come in the order in which they run. `nests`: the kernel,
    /// with what rolls, for a part of its outermost loop; parts share temporaries. `order`: its
    /// dimensions, outermost loop first. `row`: the dimension along which sweeps walk row by row. `lanes`: of its
    /// vectors. `rolling`: what it keeps for a few rows. `turned`: what it is to turn.
    pub(super) fn allocate(
        &mut self,
        graph: &Graph,
        (kernels, at, nests): (&[Vec<Nest>], usize, &[Nest]),
        (order, row, lanes): (&[Dimension], Option<&Dimension>, u32),
        (rolling, turned): (Option<&Rolling>, Option<Columns>),
        temporaries: &mut Vec<Temporary>,
    ) {
        self.scratch.clear();
        // What an earlier kernel kept for itself is not there for this one.
        self.places
            .retain(|_, place| !matches!(place.source, BufferSource::Scratch(_)));
        let axis = nests[0].sweep.as_ref().map(|(axis, _)| axis);
        let columns: Vec<&Dimension> = order.iter().filter(|dim| Some(*dim) != axis).collect();
        for id in stores(nests) {
            if self.places.contains_key(&number(id)) {
                continue;
            }
            if let Some(kept) = rolling.and_then(|rolling| rolling.find(id)) {
                let place = self.roll(graph, kept, order);
                self.places.insert(number(id), place);
                continue;
            }
            let read_by = |nests: &Vec<Nest>| nests.iter().any(|nest| nest.loads.contains(&number(id)));
            let elsewhere = kernels
                .iter()
                .enumerate()
                .any(|(n, nests)| n != at && read_by(nests));
            let nest = nests
                .iter()
                .find(|nest| nest.targets.iter().any(|t| t.node == id));
            let Some(nest) = nest else {
                panic!("compiler bug: a stored node is computed nowhere");
            };
            let place = match (axis, columns.last()) {
                (Some(axis), Some(across)) if !elsewhere => {
                    // All levels of a row; column by column, only those of a vector are there at a time.
                    let along = match row {
                        Some(_) => ScratchAxis::Extent(nest.extent(across)),
                        None => ScratchAxis::Ring(lanes),
                    };
                    let levels = ScratchAxis::Extent(nest.extent(axis));
                    self.keep(graph, id, [axis, across], vec![levels, along])
                }
                _ => temporary(graph, id, nest, order, temporaries),
            };
            self.places.insert(number(id), place);
        }
        self.rows = row.map(|row| self.rows(graph, nests, row));
        self.turned = turned.map(|columns| self.turn(graph, columns, lanes));
    }

    /// Scratch memory for what a kernel turns: a vector of columns at a time.
    fn turn(&mut self, graph: &Graph, columns: Columns, lanes: u32) -> Turned {
        let Columns {
            axis,
            across,
            inputs,
            outputs,
        } = columns;
        let mut place = |prefix: &str, param: u32, levels: ExtentId| {
            let Param { name, dtype, .. } = &graph.params[param as usize];
            let name: Name = format!("{name}_{prefix}").into();
            self.scratch.push(Scratch {
                name: name.clone(),
                dtype: *dtype,
                axes: vec![ScratchAxis::Extent(levels), ScratchAxis::Ring(lanes)],
                dims: vec![axis.clone(), across.clone()],
                span: Span::default(),
            });
            let source = BufferSource::Scratch(self.scratch.len() - 1);
            Place {
                source,
                name,
                dtype: *dtype,
                levels,
                ring: Ring {
                    axis: 1,
                    places: lanes,
                },
            }
        };
        let inputs = inputs.into_iter();
        let inputs = inputs
            .map(|(param, levels)| (param, place("in", param, levels)))
            .collect();
        let outputs = outputs.into_iter();
        let outputs = outputs
            .map(|(at, param, levels)| (at, place("out", param, levels)))
            .collect();
        Turned {
            axis,
            across,
            inputs,
            outputs,
        }
    }

    /// A row for each value that sweeps of a kernel carry.
    fn rows(&mut self, graph: &Graph, kernel: &[Nest], row: &Dimension) -> Rows {
        let extent = kernel[0].extents[position(&kernel[0].dims, row)];
        let mut carried = BTreeMap::new();
        let sweeps: BTreeSet<u32> = kernel
            .iter()
            .flat_map(|nest| nest.sweeps.iter().copied())
            .collect();
        for sweep in sweeps {
            let slots = &graph.sweeps[SweepId::from_raw(RawIdx::from_u32(sweep))].slots;
            for (at, slot) in slots.iter().enumerate() {
                let name: Name = format!("s{sweep}_{at}").into();
                let source = BufferSource::Scratch(self.scratch.len());
                carried.insert((sweep, at as u32), (source, name.clone()));
                self.scratch.push(Scratch {
                    name,
                    dtype: graph.nodes[slot.init].dtype,
                    axes: vec![ScratchAxis::Extent(extent)],
                    dims: vec![row.clone()],
                    span: graph.spans.get(slot.next).copied().unwrap_or_default(),
                });
            }
        }
        Rows {
            dim: row.clone(),
            carried,
        }
    }

    /// Scratch memory for the last rows of a node that rolls.
    fn roll(&mut self, graph: &Graph, kept: &Kept, order: &[Dimension]) -> Stored {
        let [.., rows, across] = order else {
            panic!("compiler bug: a nest without rows")
        };
        let along = ScratchAxis::Extent(kept.nest.extent(across));
        let holds = vec![ScratchAxis::Ring(kept.places), along];
        self.keep(graph, kept.node(), [rows, across], holds)
    }

    /// Scratch memory over those dimensions of a node.
    fn keep(&mut self, graph: &Graph, id: NodeId, dims: [&Dimension; 2], holds: Vec<ScratchAxis>) -> Stored {
        let name = format!("s{}", self.scratch.len());
        let node = &graph.nodes[id];
        let mut rings = holds.iter().enumerate().filter_map(|(axis, held)| match held {
            ScratchAxis::Ring(places) => Some(Ring {
                axis,
                places: *places,
            }),
            ScratchAxis::Extent(_) => None,
        });
        let stored = Stored {
            source: BufferSource::Scratch(self.scratch.len()),
            name: name.as_str().into(),
            axes: dims.map(|dim| position(&node.dims, dim)).to_vec(),
            unit: Some(1),
            ring: rings.next(),
        };
        self.scratch.push(Scratch {
            name: name.into(),
            dtype: node.dtype,
            axes: holds,
            dims: dims.map(Dimension::clone).to_vec(),
            span: graph.spans.get(id).copied().unwrap_or_default(),
        });
        stored
    }
}

/// A temporary of the statement.
fn temporary(
    graph: &Graph,
    id: NodeId,
    nest: &Nest,
    order: &[Dimension],
    temporaries: &mut Vec<Temporary>,
) -> Stored {
    let order = order_like(&nest.dims, order);
    let name = format!("t{}", temporaries.len());
    let stored = Stored {
        source: BufferSource::Temporary(temporaries.len()),
        name: name.as_str().into(),
        axes: (0..nest.dims.len()).collect(),
        unit: order.last().copied(),
        ring: None,
    };
    temporaries.push(Temporary {
        name: name.into(),
        dtype: graph.nodes[id].dtype,
        dims: nest.dims.clone(),
        extents: nest.extents.clone(),
        order,
        span: graph.spans.get(id).copied().unwrap_or_default(),
    });
    stored
}

fn position(dims: &[Dimension], dim: &Dimension) -> usize {
    match dims.iter().position(|d| d == dim) {
        Some(at) => at,
        None => panic!("compiler bug: no dimension {dim} among {dims:?}"),
    }
}
