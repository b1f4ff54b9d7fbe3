//! What a statement costs per point, if everything is computed once: operations, loads, bytes of memory
//! traffic.

use bise_lang::Dimension;

use crate::walk::{operands, statement_nodes};
use crate::{Graph, Node, NodeId, Op, ParamKind, Statement, TableId};

/// Costs of a statement, per point of its outputs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Builtins and casts of floats.
    pub float_operations: u64,
    /// Builtins and casts of integers and truth values, and choices.
    pub other_operations: u64,
    /// Elements of fields that are read: an element that is read by two shifts counts twice.
    pub loads: u64,
    /// Entries of tables that are read.
    pub table_loads: u64,
    /// The field arguments that are read.
    pub inputs: Vec<u32>,
    /// The field arguments that are written.
    pub outputs: Vec<u32>,
    /// Bytes of one element of each input and output: what must go through memory at least, where all fields
    /// have all dimensions of the outputs.
    pub bytes: u64,
}

/// The costs of a statement. `widths` are the neighbours per row of the program's tables.
pub fn counts(graph: &Graph, statement: &Statement, widths: &[u32]) -> Counts {
    let mut counts = Counts::default();
    let nodes = statement_nodes(graph, statement);
    for &id in &nodes {
        let node = &graph.nodes[id];
        let times = repetitions(graph, node, widths);
        match &node.op {
            Op::Apply(..) | Op::Cast(_) => {
                let inner = operands(graph, id)
                    .first()
                    .map_or(node.dtype, |&first| graph.nodes[first].dtype);
                count_operation(&mut counts, inner.is_float() || node.dtype.is_float(), times);
            }
            Op::Select { .. } | Op::Gather { .. } => counts.other_operations += times,
            Op::Reduce { value, table, .. } => {
                let width = width(widths, *table);
                count_operation(&mut counts, graph.nodes[*value].dtype.is_float(), times * width);
            }
            Op::Shift { .. } => {
                counts.table_loads += if crate::walk::table(&node.op).is_some() {
                    times
                } else {
                    0
                };
            }
            Op::Input(_)
            | Op::Constant(_)
            | Op::Broadcast(_)
            | Op::Position(_)
            | Op::Piecewise { .. }
            | Op::Carry(..)
            | Op::Result(..) => {}
        }
        if reads_field(graph, &nodes, id) {
            counts.loads += times;
        }
        if let Op::Input(param) = node.op
            && matches!(graph.params[param as usize].kind, ParamKind::Field(_))
        {
            counts.inputs.push(param);
        }
    }
    counts.outputs = statement.outputs.iter().map(|output| output.param).collect();
    for list in [&mut counts.inputs, &mut counts.outputs] {
        list.sort_unstable();
        list.dedup();
    }
    let fields = counts.inputs.iter().chain(&counts.outputs);
    counts.bytes = fields
        .map(|&param| graph.params[param as usize].dtype.size() as u64)
        .sum();
    counts
}

fn count_operation(counts: &mut Counts, float: bool, times: u64) {
    if float {
        counts.float_operations += times;
    } else {
        counts.other_operations += times;
    }
}

fn width(widths: &[u32], table: TableId) -> u64 {
    u64::from(widths.get(table as usize).copied().unwrap_or(1))
}

/// How often a node is computed per point: once per neighbour for each local dimension that it has.
fn repetitions(graph: &Graph, node: &Node, widths: &[u32]) -> u64 {
    let of = |dim: &Dimension| {
        let table = graph.tables.iter().position(|table| table.local == *dim);
        table.map_or(1, |table| width(widths, table as TableId))
    };
    node.dims.iter().map(of).product()
}

/// Whether a node is a read of a field: shifts of an input up to the first user that is no shift.
fn reads_field(graph: &Graph, nodes: &[NodeId], id: NodeId) -> bool {
    let mut inner = id;
    while let Op::Shift { value, .. } = graph.nodes[inner].op {
        inner = value;
    }
    let Op::Input(param) = graph.nodes[inner].op else {
        return false;
    };
    let field = matches!(graph.params[param as usize].kind, ParamKind::Field(_));
    let shifted_on = |&user: &NodeId| matches!(graph.nodes[user].op, Op::Shift { value, .. } if value == id);
    let used = |&user: &NodeId| !shifted_on(&user) && operands(graph, user).contains(&id);
    field && (nodes.iter().any(used) || !nodes.iter().any(shifted_on))
}
