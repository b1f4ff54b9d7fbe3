//! Lowers a graph of field-valued nodes to loop nests and the plan of a call.
//!
//! Statement by statement: outputs of one domain form a group ([`extents`]); [`store`] decides which nodes of the
//! group are stored; [`nests`] puts what is computed into loops and kernels; [`memory`] gives what is stored a
//! place; [`emit`] writes the kernels.
//! Everything that is not stored is recomputed where it is read: operands in registers and in cache are cheaper
//! than memory. What is done when is known here, how large things are only at a call: the plan says it in terms
//! of the output domains.

mod emit;
mod extents;
mod in_place;
mod memory;
mod nests;
mod order;
mod points;
mod store;
mod survey;

use bise_iter::analysis::regions::Regions;
use bise_iter::{Graph, NodeId};
use bise_lang::plan::{Launch, OutputPlan, Plan, Requirement, Specialization, StatementPlan};
use bise_lang::{Dimension, Extent};
use bise_loops::Kernel;

use emit::{Context, emit};
use memory::Memory;
use nests::{Demand, Destination, Nest, Target, nests};
use survey::Surveyor;

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
        let mut memory = Memory::default();
        for (at, nests) in kernels.iter().enumerate() {
            let dims = &nests[0].dims;
            let order = order::order_like(dims, &like).into_iter();
            let order: Vec<Dimension> = order.map(|axis| dims[axis].clone()).collect();
            memory.allocate(graph, &kernels, at, &order, &mut self.plan.temporaries);
            self.launch(group, nests, &memory, &order);
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

    /// Writes one kernel and its launch.
    fn launch(&mut self, group: &[usize], nests: &[Nest], memory: &Memory, order: &[Dimension]) {
        let outputs = &self.graph.statements[self.statement].outputs;
        let context = Context {
            graph: self.graph,
            specialization: self.specialization,
            outputs: outputs.iter().map(|output| output.param).collect(),
            stored: &memory.places,
        };
        let name = format!(
            "{}_{}_{}",
            self.graph.name,
            self.statement,
            self.plan.launches.len()
        );
        let emitted = emit(&context, &name, nests, order);
        debug_assert_eq!(bise_loops::verify(&emitted.kernel), Ok(()), "compiler bug");
        let follows_piece = memory
            .scratch
            .iter()
            .any(|scratch| scratch.extents.contains(&None));
        self.plan.launches.push(Launch {
            kernel: self.kernels.len(),
            outputs: group.iter().map(|&at| at as u32).collect(),
            buffers: emitted.buffers,
            bounds: emitted.bounds,
            scalars: emitted.scalars,
            parallel: emitted.parallel,
            block: follows_piece.then_some(memory::BLOCK),
            scratch: memory.scratch.clone(),
            space: nests[0].extents.clone(),
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
