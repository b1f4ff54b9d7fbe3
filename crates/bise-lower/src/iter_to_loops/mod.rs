//! Lowers a graph of field-valued nodes to loop nests and the plan of a call.
//!
//! Statement by statement: `extents` says which outputs have one domain; `store` decides which nodes are stored;
//! `nests` puts what is computed into loops and kernels; `rolling` decides what a kernel keeps for a few rows;
//! `turn` says which columns are turned on their way in and out; `memory` gives what is stored, kept or turned a place;
//! `emit` writes the kernels, and `sweep` the loops along columns in them; `in_place` says which inputs may be the
//! memory of an output.
//!
//! Everything else is recomputed where it is read: operands in registers and in cache are cheaper than memory. What is
//! done when is known here, how large things are only at a call: the plan says it in terms of the output domains.

mod emit;
mod extents;
mod in_place;
mod memory;
mod nests;
mod order;
mod points;
mod rolling;
mod store;
mod survey;
mod sweep;
mod turn;
mod writer;

use std::collections::{BTreeSet, HashMap};

use bise_iter::analysis::regions::{Regions, regions};
use bise_iter::{Graph, NodeId, NodeMap, walk};
use bise_lang::plan::{Launch, OutputPlan, Plan, Specialization, StatementPlan};
use bise_lang::{Dimension, Extent};
use bise_loops::Kernel;

use emit::emit;
use memory::Memory;
use nests::{Demand, Destination, Nest, Target, nests};
use rolling::Rolling;
use survey::Surveyor;
use writer::Context;

/// The kernels of a program for one specialization, and what a call runs. The graph is verified; the
/// specialization has an entry for each of its parameters and tables.
pub fn iter_to_loops(graph: &Graph, specialization: &Specialization) -> (Vec<Kernel>, Plan) {
    lower(graph, specialization, &Costs::default())
}

/// What decides whether a node is recomputed where it is read. The program computes the same bits for any costs.
#[derive(Clone, Copy, Debug)]
struct Costs {
    /// What computing a node again beside where it is computed may take for a point, in operations.
    inline: usize,
    /// The same where some of it is at neighbours.
    gathered: usize,
    /// What it takes to keep a point of a row, in operations: see `rolling`.
    keep: usize,
    /// What one more loop along a row takes for a point, in operations.
    row: usize,
}

impl Default for Costs {
    fn default() -> Self {
        Self {
            inline: 150,
            gathered: 12,
            keep: 2,
            row: 3,
        }
    }
}

fn lower(graph: &Graph, specialization: &Specialization, costs: &Costs) -> (Vec<Kernel>, Plan) {
    let mut kernels = Kernels::default();
    let statements = (0..graph.statements.len()).map(|at| {
        let mut lowering = Lowering {
            graph,
            specialization,
            statement: at,
            costs,
            kernels: &mut kernels,
            plan: StatementPlan::default(),
        };
        lowering.run();
        lowering.finish()
    });
    let plan = Plan {
        statements: statements.collect(),
    };
    (kernels.all, plan)
}

/// The kernels of the program so far.
#[derive(Default)]
struct Kernels {
    all: Vec<Kernel>,
    /// By what they do.
    known: HashMap<Kernel, usize>,
}

impl Kernels {
    /// The position of a kernel. One that is like another but for names is that other one, run with a frame of its own.
    fn add(&mut self, kernel: Kernel) -> usize {
        let new = self.all.len();
        let at = *self.known.entry(kernel.without_names()).or_insert(new);
        if at == new {
            self.all.push(kernel);
        }
        at
    }
}

struct Lowering<'a> {
    graph: &'a Graph,
    specialization: &'a Specialization,
    statement: usize,
    costs: &'a Costs,
    kernels: &'a mut Kernels,
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
        self.plan.in_place = in_place::in_place(
            self.graph,
            &statement.outputs,
            &self.kernels.all,
            &self.plan.launches,
        );
        self.plan
    }

    /// Kernels, launches, temporaries and requirements.
    fn run(&mut self) {
        let (graph, tables) = (self.graph, &self.specialization.tables);
        let outputs = &graph.statements[self.statement].outputs;
        let domains = extents::domains(graph, self.specialization, self.statement);
        let roots: Vec<(NodeId, u32)> = outputs
            .iter()
            .map(|o| o.value)
            .zip(domains.iter().copied())
            .collect();
        let nodes = walk::statement_nodes(graph, &graph.statements[self.statement]);
        let mut surveyor = Surveyor::new(graph, tables, &nodes);
        let stored = store::stored_nodes(graph, &mut surveyor, &nodes, &roots, self.costs);
        let regions = regions(graph, self.statement, &domains, &stored);
        let users = users(graph, &nodes, &roots);
        let demands = self.demands(&domains, &regions);
        let mut kernels = nests(graph, &mut surveyor, demands, &stored);
        let params: Vec<u32> = outputs.iter().map(|output| output.param).collect();
        let mut memory = Memory::default();
        for at in 0..kernels.len() {
            let (users, first) = users_of(&kernels[at], &users);
            let like = order::memory_order(graph, self.specialization, outputs[first].param);
            let dims = &kernels[at][0].dims;
            let order = order::order_like(dims, &like).into_iter();
            let order: Vec<Dimension> = order.map(|axis| dims[axis].clone()).collect();
            let rolling = rolling::roll(
                graph,
                &mut surveyor,
                (&stored, self.costs),
                &mut kernels[at],
                &order,
            );
            let nests = &kernels[at];
            let layout = &self.specialization.params[outputs[first].param as usize];
            let adjacent = like.last().filter(|_| layout.unit);
            let axis = nests[0].sweep.as_ref().map(|(axis, _)| axis);
            let row = axis.and_then(|axis| order::row(&order, axis, adjacent));
            let temporaries = &mut self.plan.temporaries;
            let lanes = nests::lanes(nests, self.specialization);
            let turned = match row {
                Some(_) => None,
                None => turn::columns(
                    (graph, self.specialization),
                    &mut surveyor,
                    (&stored, &regions.requirements),
                    (nests, &order),
                    &params,
                ),
            };
            memory.allocate(
                graph,
                &kernels,
                at,
                (&order, row, lanes),
                (rolling.as_ref(), turned),
                temporaries,
            );
            self.launch(users, nests, (&memory, rolling.as_ref()), &order);
        }
        self.plan.requirements = regions.requirements;
        self.plan.sweep_reads = regions.sweep_reads;
    }

    /// What the statement computes, in an order in which it can be computed: stored nodes, then outputs.
    fn demands(&self, domains: &[u32], regions: &Regions) -> Vec<Demand> {
        let stored = regions.stored.iter().map(|(id, extents)| Demand {
            target: Target {
                node: *id,
                destination: Destination::Temporary,
            },
            dims: self.graph.nodes[*id].dims.clone(),
            extents: extents.clone(),
        });
        let outputs = self.graph.statements[self.statement].outputs.iter().enumerate();
        let outputs = outputs.map(|(at, output)| Demand {
            target: Target {
                node: output.value,
                destination: Destination::Output(at),
            },
            dims: order::field_dims(self.graph, output.param).to_vec(),
            extents: output_extents(self.graph, self.statement, at, domains[at] as usize),
        });
        stored.chain(outputs).collect()
    }

    /// Writes one kernel and its launch.
    fn launch(
        &mut self,
        users: Vec<u32>,
        nests: &[Nest],
        (memory, rolling): (&Memory, Option<&Rolling>),
        order: &[Dimension],
    ) {
        let outputs = &self.graph.statements[self.statement].outputs;
        let context = Context {
            graph: self.graph,
            specialization: self.specialization,
            outputs: outputs.iter().map(|output| output.param).collect(),
            stored: &memory.places,
            rolling,
            turned: memory.turned.as_ref(),
            rows: memory.rows.as_ref(),
        };
        let name = format!(
            "{}_{}_{}",
            self.graph.name,
            self.statement,
            self.plan.launches.len()
        );
        let emitted = emit(&context, &name, nests, order);
        debug_assert_eq!(bise_loops::verify(&emitted.kernel), Ok(()), "compiler bug");
        self.plan.launches.push(Launch {
            kernel: self.kernels.add(emitted.kernel),
            outputs: users,
            buffers: emitted.buffers,
            bounds: emitted.bounds,
            scalars: emitted.scalars,
            parallel: emitted.parallel,
            scratch: memory.scratch.clone(),
            // Of the nest that writes: what it keeps for itself comes before it.
            space: nests.last().map_or(Vec::new(), |nest| nest.extents.clone()),
            repeated: emitted.repeated,
        });
    }
}

/// Per node, the outputs that need it.
fn users(graph: &Graph, nodes: &[NodeId], roots: &[(NodeId, u32)]) -> NodeMap<BTreeSet<u32>> {
    let mut users = NodeMap::new(nodes, BTreeSet::new());
    for (at, (root, _)) in roots.iter().enumerate() {
        users[*root].insert(at as u32);
    }
    for &id in nodes.iter().rev() {
        for operand in walk::operands(graph, id) {
            let more = users[id].clone();
            users[operand].extend(more);
        }
    }
    users
}

/// The outputs that need what a kernel computes, and the one whose layout its loops follow: the first that it
/// writes, or else the first that needs it.
fn users_of(nests: &[Nest], users: &NodeMap<BTreeSet<u32>>) -> (Vec<u32>, usize) {
    let mut all: BTreeSet<u32> = BTreeSet::new();
    let mut written = None;
    for target in nests.iter().flat_map(|nest| &nest.targets) {
        match target.destination {
            Destination::Output(at) => {
                written = written.or(Some(at));
                all.insert(at as u32);
            }
            Destination::Temporary => all.extend(&users[target.node]),
        }
    }
    let first = written.or(all.first().map(|&at| at as usize)).unwrap_or(0);
    (all.into_iter().collect(), first)
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
