//! Lowers a graph of field-valued nodes to loop nests and the plan of a call.
//!
//! Statement by statement: `extents` says which outputs have one domain; `store` decides which nodes are stored;
//! `nests` puts what is computed into loops and kernels; `rolling` decides what a kernel keeps for a few rows;
//! `turn` says which columns are turned on their way in and out; `memory` gives what is stored, kept or turned a place;
//! `emit` writes the kernels, `sweep` the loops along columns in them, `rounds` what is repeated at a point, and `fold` the loops over ranges; `in_place` says which inputs may be the
//! memory of an output.
//!
//! Everything else is recomputed where it is read: operands in registers and in cache are cheaper than memory. What is
//! done when is known here, how large things are only at a call: the plan says it in terms of the output domains.

mod emit;
mod extents;
mod fold;
mod in_place;
mod memory;
mod nests;
mod order;
mod pieces;
mod points;
mod rolling;
mod rounds;
mod store;
mod survey;
mod sweep;
mod turn;
mod writer;

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use bise_iter::analysis::regions::{Regions, regions};
use bise_iter::{Graph, NodeId, NodeMap, walk};
use bise_lang::plan::{Launch, OutputPlan, Plan, Requirement, Specialization, StatementPlan};
use bise_lang::{Dimension, Extent, ExtentBuilder, ExtentId};
use bise_loops::Kernel;

use emit::emit;
use memory::Memory;
use nests::{Demand, Destination, Nest, Target, nests};
use pieces::{Facts, Order, Part, parts};
use rounds::Scopes;
use store::Root;
use survey::{Surveyor, number};
use writer::Context;

/// The kernels of a program for one specialization, and what a call runs. The graph is verified; the
/// specialization has an entry for each of its parameters and tables.
pub fn iter_to_loops(graph: &Graph, specialization: &Specialization, costs: &Costs) -> (Vec<Kernel>, Plan) {
    let mut kernels = Kernels::default();
    let statements = specialization
        .statements
        .iter()
        .enumerate()
        .map(|(part, &statement)| {
            let extents = ExtentBuilder::new();
            let mut lowering = Lowering {
                graph,
                specialization,
                part,
                statement: statement as usize,
                costs,
                kernels: &mut kernels,
                plan: StatementPlan::default(),
                extents: &extents,
            };
            lowering.run();
            let plan = lowering.finish();
            StatementPlan {
                extents: extents.finish(),
                ..plan
            }
        });
    let plan = Plan {
        statements: statements.collect(),
    };
    (kernels.all, plan)
}

/// What decides whether a node is recomputed where it is read, or stored, or kept for a few rows. The program computes
/// the same bits for any costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Costs {
    /// What computing a node again beside where it is computed may take for a point, in operations.
    pub inline: usize,
    /// The same where some of it is at neighbours.
    pub gathered: usize,
    /// What it takes to keep a point of a row, in operations: see `rolling`.
    pub keep: usize,
    /// What one more loop along a row takes for a point, in operations.
    pub row: usize,
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
    /// What is compiled, by position in the specialisation.
    part: usize,
    /// Its statement.
    statement: usize,
    costs: &'a Costs,
    kernels: &'a mut Kernels,
    plan: StatementPlan,
    extents: &'a ExtentBuilder,
}

/// What the kernels of a statement have in common.
struct Whole {
    /// Parameters that the outputs write.
    params: Vec<u32>,
    /// What inputs must cover.
    requirements: Vec<Requirement>,
    kernels: Vec<Vec<Nest>>,
    /// Per node, the outputs that need it.
    users: NodeMap<BTreeSet<u32>>,
    /// The nodes that are stored and loaded, by position in the arena.
    stored: BTreeSet<u32>,
    /// How the ends of pieces lie to each other.
    cuts: Rc<Order>,
    /// Which sweeps the nodes are in.
    scopes: Scopes,
}

impl Lowering<'_> {
    fn finish(mut self) -> StatementPlan {
        let statement = &self.graph.statements[self.statement];
        let outputs = statement.outputs.iter().enumerate();
        self.plan.outputs = outputs
            .map(|(at, output)| OutputPlan {
                param: output.param,
                extents: self.output_extents(at, at),
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
        let domains = extents::domains(graph, self.specialization, (self.part, self.statement));
        let roots = outputs.iter().zip(&domains).map(|(output, &domain)| Root {
            node: output.value,
            domain,
            rank: output.domain.len(),
        });
        let roots: Vec<Root> = roots.collect();
        let nodes = walk::statement_nodes(graph, &graph.statements[self.statement]);
        let mut surveyor = Surveyor::new(graph, tables, &nodes);
        let cuts = Rc::new(Order::new(
            graph,
            self.specialization,
            (self.part, self.statement),
        ));
        surveyor.assume(&Facts::new(&cuts));
        let stored = store::stored_nodes(graph, &mut surveyor, &nodes, &roots, self.costs);
        let regions = regions(graph, self.statement, &domains, &stored, self.extents);
        let users = users(graph, &nodes, &roots);
        let demands = self.demands(&domains, &regions);
        let kernels = nests(graph, self.specialization, &mut surveyor, demands, &stored);
        let statement = Whole {
            params: outputs.iter().map(|output| output.param).collect(),
            requirements: regions.requirements,
            stored: kernels
                .iter()
                .flat_map(|nests| nests::stores(nests))
                .map(number)
                .collect(),
            kernels,
            users,
            cuts,
            scopes: Scopes::new(graph, &nodes),
        };
        let mut memory = Memory::default();
        for at in 0..statement.kernels.len() {
            self.kernel(&statement, at, &mut surveyor, &mut memory);
        }
        self.plan.requirements = statement.requirements;
        self.plan.sweep_reads = regions.sweep_reads;
    }

    /// Kernel number `at`: its launches, one for each part of the outermost loop in which other pieces are computed.
    fn kernel(&mut self, whole: &Whole, at: usize, surveyor: &mut Surveyor<'_>, memory: &mut Memory) {
        let graph = self.graph;
        let nests = &whole.kernels[at];
        let (users, first) = users_of(nests, &whole.users);
        let param = whole.params[first];
        let like = order::memory_order(graph, self.specialization, param);
        let dims = &nests[0].dims;
        let order = order::order_like(dims, &like).into_iter();
        let order: Vec<Dimension> = order.map(|axis| dims[axis].clone()).collect();
        let adjacent = like
            .last()
            .filter(|_| self.specialization.params[param as usize].unit);
        let axis = nests[0].sweep.as_ref().map(|(axis, _)| axis);
        let row = axis.and_then(|axis| order::row(&order, axis, adjacent));
        let outermost = emit::outermost(nests, &order, row);
        let facts = Facts::new(&whole.cuts);
        let parts = match outermost {
            Some(dim) => parts(
                surveyor,
                &whole.stored,
                &facts,
                &nests.iter().collect::<Vec<_>>(),
                dim,
            ),
            None => vec![Part::default()],
        };
        for part in parts {
            match outermost {
                Some(dim) => surveyor.assume(&facts.with(dim, &part)),
                None => surveyor.assume(&facts),
            }
            self.part(whole, at, (surveyor, memory), (&order, row), (&users, &part));
        }
        surveyor.assume(&facts);
    }

    /// A launch of a kernel for a part of its outermost loop.
    fn part(
        &mut self,
        whole: &Whole,
        at: usize,
        (surveyor, memory): (&mut Surveyor<'_>, &mut Memory),
        (order, row): (&[Dimension], Option<&Dimension>),
        (users, part): (&[u32], &Part),
    ) {
        let graph = self.graph;
        let mut nests = whole.kernels[at].clone();
        // Rows that threads share are not split besides.
        let shares_rows = order.len() == 2 && *part != Part::default();
        let rolling = if shares_rows {
            None
        } else {
            rolling::roll(
                graph,
                surveyor,
                (&whole.stored, &whole.scopes),
                (self.costs, self.extents),
                &mut nests,
                order,
            )
        };
        let lanes = nests::lanes(&nests, self.specialization);
        let turned = match row {
            Some(_) => None,
            None => turn::columns(
                (graph, self.specialization, self.extents),
                surveyor,
                (&whole.stored, &whole.requirements),
                (&nests, order),
                &whole.params,
            ),
        };
        memory.allocate(
            graph,
            (&whole.kernels, at, &nests),
            (order, row, lanes),
            (rolling.as_ref(), turned),
            &mut self.plan.temporaries,
        );
        let context = Context {
            graph,
            specialization: self.specialization,
            outputs: whole.params.clone(),
            stored: &memory.places,
            stored_nodes: &whole.stored,
            cuts: &whole.cuts,
            scopes: &whole.scopes,
            extents: self.extents,
            rolling: rolling.as_ref(),
            turned: memory.turned.as_ref(),
            rows: memory.rows.as_ref(),
            scratch: &memory.scratch,
        };
        self.launch(&context, surveyor, (users, part), (&nests, order));
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
            extents: self.output_extents(at, domains[at] as usize),
        });
        stored.chain(outputs).collect()
    }

    /// The domain of output number `at`, in terms of output number `like` of the same domain.
    fn output_extents(&self, at: usize, like: usize) -> Vec<ExtentId> {
        let domain = self.graph.statements[self.statement].outputs[at].domain.iter();
        let extents = domain.map(|range| {
            self.extents.add(Extent::Output {
                output: like as u32,
                dim: range.dim.clone(),
            })
        });
        extents.collect()
    }

    /// Writes one kernel and its launch.
    fn launch(
        &mut self,
        context: &Context<'_>,
        surveyor: &mut Surveyor<'_>,
        (users, part): (&[u32], &Part),
        (nests, order): (&[Nest], &[Dimension]),
    ) {
        let name = format!("{}_{}_{}", self.graph.name, self.part, self.plan.launches.len());
        let emitted = emit(context, surveyor, (&name, part), nests, order);
        debug_assert_eq!(bise_loops::verify(&emitted.kernel), Ok(()), "compiler bug");
        self.plan.launches.push(Launch {
            kernel: self.kernels.add(emitted.kernel),
            outputs: users.to_vec(),
            buffers: emitted.buffers,
            bounds: emitted.bounds,
            scalars: emitted.scalars,
            parallel: emitted.parallel,
            scratch: context.scratch.to_vec(),
            // Of the nest that writes: what it keeps for itself comes before it.
            space: nests.last().map_or(Vec::new(), |nest| nest.extents.clone()),
            repeated: emitted.repeated,
        });
    }
}

/// Per node, the outputs that need it.
fn users(graph: &Graph, nodes: &[NodeId], roots: &[Root]) -> NodeMap<BTreeSet<u32>> {
    let mut users = NodeMap::new(nodes, BTreeSet::new());
    for (at, root) in roots.iter().enumerate() {
        users[root.node].insert(at as u32);
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

#[cfg(test)]
mod tests;
