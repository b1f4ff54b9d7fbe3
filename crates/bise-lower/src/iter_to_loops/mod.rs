//! Lowers a graph of field-valued nodes to loop nests and the plan of a call.
//!
//! Statement by statement: outputs of one domain form a group ([`extents`]); [`store`] decides which nodes of the
//! group are kept in temporaries; [`nests`] puts what is computed into loops and kernels; [`emit`] writes them.
//! Everything that is not stored is recomputed where it is read: operands in registers and in cache are cheaper
//! than memory. What is done when is known here, how large things are only at a call: the plan says it in terms
//! of the output domains.

mod emit;
mod extents;
mod in_place;
mod nests;
mod order;
mod points;
mod store;
mod survey;

use std::collections::{BTreeMap, BTreeSet};

use bise_iter::analysis::regions::Regions;
use bise_iter::{Graph, NodeId};
use bise_lang::plan::{Launch, OutputPlan, Plan, Requirement, Specialization, StatementPlan, Temporary};
use bise_lang::{Dimension, Extent};
use bise_loops::Kernel;

use emit::{Context, emit};
use nests::{Demand, Destination, Nest, Target, nests};
use survey::{Surveyor, number};

/// The kernels of a program for one specialization, and what a call runs. The graph is verified; the
/// specialization has an entry for each of its parameters and tables.
pub fn iter_to_loops(graph: &Graph, specialization: &Specialization) -> (Vec<Kernel>, Plan) {
    let mut kernels = Vec::new();
    let statements = (0..graph.statements.len()).map(|at| {
        let mut lowering = Lowering {
            graph,
            specialization,
            statement: at,
            kernels: &mut kernels,
            plan: StatementPlan::default(),
        };
        for group in extents::groups(graph, specialization, at) {
            lowering.group(&group);
        }
        lowering.finish()
    });
    let plan = Plan {
        statements: statements.collect(),
    };
    (kernels, plan)
}

struct Lowering<'a> {
    graph: &'a Graph,
    specialization: &'a Specialization,
    statement: usize,
    /// Of the whole program so far.
    kernels: &'a mut Vec<Kernel>,
    plan: StatementPlan,
}

impl Lowering<'_> {
    fn finish(mut self) -> StatementPlan {
        let statement = &self.graph.statements[self.statement];
        let outputs = statement.outputs.iter().enumerate();
        self.plan.outputs = outputs
            .map(|(at, output)| OutputPlan {
                param: output.param,
                extents: output_extents(self.graph, self.statement, at, at),
            })
            .collect();
        self.plan.span = statement.span;
        self.plan.in_place = in_place::in_place(self.graph, self.kernels, &self.plan.launches);
        self.plan
    }

    /// Kernels and launches for outputs of one domain.
    fn group(&mut self, group: &[usize]) {
        let (graph, tables) = (self.graph, &self.specialization.tables);
        let outputs = &graph.statements[self.statement].outputs;
        let roots: Vec<NodeId> = group.iter().map(|&at| outputs[at].value).collect();
        let stored = store::stored_nodes(graph, tables, &roots);
        let regions = extents::group_regions(graph, self.statement, group, stored.iter().copied());
        let like = order::memory_order(graph, self.specialization, outputs[group[0]].param);
        let kernels = nests(
            graph,
            &mut Surveyor::new(graph, tables),
            self.demands(group, &regions),
            &stored,
        );
        let temporaries = self.temporaries(&kernels, &regions, &like);
        for nests in &kernels {
            self.launch(group, nests, &temporaries, &like);
        }
        self.require(regions);
    }

    /// What the group computes, in an order in which it can be computed: stored nodes, then outputs.
    fn demands(&self, group: &[usize], regions: &Regions) -> Vec<Demand> {
        let stored = regions.stored.iter().map(|(id, extents)| Demand {
            target: Target {
                node: *id,
                destination: Destination::Temporary,
            },
            dims: self.graph.nodes[*id].dims.clone(),
            extents: extents.clone(),
        });
        let outputs = group.iter().map(|&at| {
            let output = &self.graph.statements[self.statement].outputs[at];
            Demand {
                target: Target {
                    node: output.value,
                    destination: Destination::Output(at),
                },
                dims: order::field_dims(self.graph, output.param).to_vec(),
                extents: output_extents(self.graph, self.statement, at, group[0]),
            }
        });
        stored.chain(outputs).collect()
    }

    /// Adds the temporaries that the kernels fill to the plan: their positions by node.
    fn temporaries(
        &mut self,
        kernels: &[Vec<Nest>],
        regions: &Regions,
        like: &[Dimension],
    ) -> BTreeMap<u32, usize> {
        let filled: BTreeSet<u32> = kernels
            .iter()
            .flat_map(|nests| nests::stores(nests))
            .map(number)
            .collect();
        let mut positions = BTreeMap::new();
        for (id, extents) in &regions.stored {
            if !filled.contains(&number(*id)) {
                continue;
            }
            let stored = &self.graph.nodes[*id];
            positions.insert(number(*id), self.plan.temporaries.len());
            self.plan.temporaries.push(Temporary {
                name: format!("t{}", self.plan.temporaries.len()).into(),
                dtype: stored.dtype,
                dims: stored.dims.clone(),
                extents: extents.clone(),
                order: order::order_like(&stored.dims, like),
            });
        }
        positions
    }

    /// Writes one kernel and its launch.
    fn launch(
        &mut self,
        group: &[usize],
        nests: &[Nest],
        temporaries: &BTreeMap<u32, usize>,
        like: &[Dimension],
    ) {
        let first = &nests[0];
        let order = order::order_like(&first.dims, like);
        let order: Vec<Dimension> = order.into_iter().map(|axis| first.dims[axis].clone()).collect();
        let outputs = &self.graph.statements[self.statement].outputs;
        let context = Context {
            graph: self.graph,
            specialization: self.specialization,
            outputs: outputs.iter().map(|output| output.param).collect(),
            stored: temporaries,
            temporaries: &self.plan.temporaries,
        };
        let name = format!(
            "{}_{}_{}",
            self.graph.name,
            self.statement,
            self.plan.launches.len()
        );
        let emitted = emit(&context, &name, nests, &order);
        debug_assert_eq!(bise_loops::verify(&emitted.kernel), Ok(()), "compiler bug");
        self.plan.launches.push(Launch {
            kernel: self.kernels.len(),
            outputs: group.iter().map(|&at| at as u32).collect(),
            buffers: emitted.buffers,
            bounds: emitted.bounds,
            scalars: emitted.scalars,
            parallel: emitted.parallel,
            block: None,
            scratch: Vec::new(),
            space: first.extents.clone(),
        });
        self.kernels.push(emitted.kernel);
    }

    /// Adds requirements; those of one read are one.
    fn require(&mut self, regions: Regions) {
        for new in regions.requirements {
            let same = |r: &&mut Requirement| (r.param, &r.dim, r.span) == (new.param, &new.dim, new.span);
            match self.plan.requirements.iter_mut().find(same) {
                Some(known) => known.extent = known.extent.clone().hull(new.extent),
                None => self.plan.requirements.push(new),
            }
        }
        for read in regions.sweep_reads {
            if !self.plan.sweep_reads.contains(&read) {
                self.plan.sweep_reads.push(read);
            }
        }
    }
}

/// The domain of output number `at` of a statement, in terms of output number `like` of the same domain.
fn output_extents(graph: &Graph, statement: usize, at: usize, like: usize) -> Vec<Extent> {
    let domain = graph.statements[statement].outputs[at].domain.iter();
    domain
        .map(|range| Extent::Output {
            output: like as u32,
            dim: range.dim.clone(),
        })
        .collect()
}

#[cfg(test)]
mod tests;
