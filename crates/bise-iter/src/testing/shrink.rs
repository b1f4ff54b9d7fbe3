//! Makes a program that fails smaller, as long as it fails.

use bise_base::Span;
use bise_lang::{DType, Scalar};

use crate::walk::{map_graph, operands, renumber, statement_nodes};
use crate::{Graph, NodeId, Op, verify};

/// The smallest program that still fails, of those that come of leaving out statements, outputs, loops and nodes, one after
/// the other. Only verified programs are tried; parameters stay.
pub fn shrink(graph: &Graph, fails: &mut dyn FnMut(&Graph) -> bool) -> Graph {
    let mut smallest = graph.clone();
    loop {
        let before = smallest.clone();
        for attempt in attempts(&smallest) {
            // What was tried for an earlier one may be gone.
            let Some(smaller) = attempt(&smallest) else {
                continue;
            };
            if weight(&smaller) < weight(&smallest) && verify(&smaller).is_ok() && fails(&smaller) {
                smallest = smaller;
            }
        }
        if smallest == before {
            return map_graph(&smallest, |_, _| None);
        }
    }
}

type Attempt = Box<dyn Fn(&Graph) -> Option<Graph>>;

/// What may be left out, large parts first.
fn attempts(graph: &Graph) -> Vec<Attempt> {
    let mut attempts: Vec<Attempt> = Vec::new();
    for at in (0..graph.statements.len()).rev() {
        attempts.push(Box::new(move |graph| without_statement(graph, at)));
    }
    for at in (0..graph.loops.len()).rev() {
        attempts.push(Box::new(move |graph| without_loop(graph, at)));
    }
    for (at, statement) in graph.statements.iter().enumerate() {
        for output in (0..statement.outputs.len()).rev() {
            attempts.push(Box::new(move |graph| without_output(graph, at, output)));
        }
    }
    for (id, _) in graph.nodes.iter().rev() {
        for operand in 0..operands(graph, id).len() {
            attempts.push(Box::new(move |graph| replaced(graph, id, Some(operand))));
        }
        attempts.push(Box::new(move |graph| replaced(graph, id, None)));
        attempts.push(Box::new(move |graph| from_the_start(graph, id)));
    }
    attempts
}

fn weight(graph: &Graph) -> (usize, usize, usize) {
    let statements = graph.statements.iter();
    let nodes = statements
        .clone()
        .map(|statement| statement_nodes(graph, statement));
    let nodes: Vec<NodeId> = nodes.flatten().collect();
    let inner = nodes.iter().filter(|&&id| !is_leaf(&graph.nodes[id].op));
    let outputs: usize = statements.map(|statement| 1 + statement.outputs.len()).sum();
    (outputs + graph.loops.len(), nodes.len(), inner.count())
}

fn is_leaf(op: &Op) -> bool {
    matches!(op, Op::Input(_) | Op::Constant(_) | Op::Position(_))
}

/// Without a statement, and the loops around it that repeat nothing else.
fn without_statement(graph: &Graph, at: usize) -> Option<Graph> {
    let mut graph = graph.clone();
    let number = at as u32;
    if graph.statements.len() < 2 || at >= graph.statements.len() {
        return None;
    }
    let mut around: Vec<usize> = graph.loops_around(at).collect();
    around.retain(|&of| graph.loops[of].statements == (number..number + 1));
    graph.statements.remove(at);
    // What is left over of the statement knows the variables.
    let mut graph = map_graph_of(&graph, &around);
    for repeated in &mut graph.loops {
        let moved = |end: u32| if end > number { end - 1 } else { end };
        repeated.statements = moved(repeated.statements.start)..moved(repeated.statements.end);
    }
    Some(graph)
}

/// The graph of the statements, without loops whose variables they do not know.
fn map_graph_of(graph: &Graph, unused: &[usize]) -> Graph {
    let mut kept = graph.clone();
    kept.loops.clear();
    let mut kept = map_graph(&kept, |_, _| None);
    let first = graph.arity();
    let moved = |param: u32| {
        let before = unused.iter().filter(|&&of| first + of < param as usize);
        param - before.count() as u32
    };
    let is_kept = |at: &usize| !unused.contains(at);
    kept.params = (0..graph.params.len())
        .filter(|&at| at < first || is_kept(&(at - first)))
        .map(|at| graph.params[at].clone())
        .collect();
    kept.loops = (0..graph.loops.len())
        .filter(is_kept)
        .map(|at| graph.loops[at].clone())
        .collect();
    renumber(&mut kept, &moved);
    kept
}

/// Without a loop around the statements that it repeats, where they do not know its variable.
fn without_loop(graph: &Graph, at: usize) -> Option<Graph> {
    if at >= graph.loops.len() {
        return None;
    }
    let graph = map_graph(graph, |_, _| None);
    let variable = graph.variable(at);
    let mut named = Vec::new();
    for node in graph.nodes.values() {
        if let Op::Input(param) = node.op {
            named.push(param);
        }
        named.extend(crate::walk::bounds(&node.op).flat_map(bise_lang::Bound::params));
    }
    let outputs = graph.statements.iter().flat_map(|statement| &statement.outputs);
    let ranges = outputs.flat_map(|output| &output.domain);
    let ends = ranges.flat_map(|range| [&range.start, &range.stop]);
    let ends = ends.chain(graph.loops.iter().flat_map(|of| [&of.start, &of.stop]));
    named.extend(ends.flat_map(bise_lang::Bound::params));
    (!named.contains(&variable)).then(|| map_graph_of(&graph, &[at]))
}

fn without_output(graph: &Graph, at: usize, output: usize) -> Option<Graph> {
    let mut graph = graph.clone();
    let outputs = &mut graph.statements.get_mut(at)?.outputs;
    if outputs.len() < 2 || output >= outputs.len() {
        return None;
    }
    outputs.remove(output);
    let nodes = statement_nodes(&graph, &graph.statements[at]);
    for sweep in crate::walk::sweeps(&graph, &nodes) {
        let over = &mut graph.sweeps[sweep].outputs;
        over.retain(|&of| of as usize != output);
        for of in over.iter_mut().filter(|of| **of as usize > output) {
            *of -= 1;
        }
    }
    Some(map_graph(&graph, |_, _| None))
}

/// With one of its operands, or with a number, in the place of a node.
fn replaced(graph: &Graph, id: NodeId, operand: Option<usize>) -> Option<Graph> {
    let node = (id.into_raw().into_u32() < graph.nodes.len() as u32).then(|| &graph.nodes[id])?;
    if is_leaf(&node.op) && (operand.is_some() || matches!(node.op, Op::Constant(_))) {
        return None;
    }
    let operand = operand.and_then(|at| operands(graph, id).get(at).copied());
    let alike = operand.is_none_or(|of| {
        let of = &graph.nodes[of];
        of.dtype == node.dtype && of.dims.iter().all(|dim| node.dims.contains(dim))
    });
    // The operands of a result are inside of its sweep.
    if !alike || (operand.is_some() && matches!(node.op, Op::Result(..))) {
        return None;
    }
    let nothing = Span::default();
    Some(map_graph(graph, |builder, rebuilt| {
        if rebuilt.old != id {
            return None;
        }
        let value = match operand {
            Some(operand) => {
                let at = operands(graph, id).iter().position(|&of| of == operand)?;
                let mut kept = Vec::new();
                crate::walk::map_operands(&rebuilt.node.op, |of| {
                    kept.push(of);
                    of
                });
                *kept.get(at)?
            }
            None if rebuilt.node.dtype == DType::Bool => builder.constant(Scalar::bool(true), nothing),
            None => builder.constant(Scalar::integer(rebuilt.node.dtype, 1), nothing),
        };
        Some(builder.broadcast(value, &rebuilt.node.dims, nothing))
    }))
}

/// With the init of a sweep in the place of a state.
fn from_the_start(graph: &Graph, id: NodeId) -> Option<Graph> {
    let node = (id.into_raw().into_u32() < graph.nodes.len() as u32).then(|| &graph.nodes[id])?;
    if !matches!(node.op, Op::Carry(..) | Op::Result(..)) {
        return None;
    }
    Some(map_graph(graph, |builder, rebuilt| {
        let (Op::Carry(sweep, slot) | Op::Result(sweep, slot)) = rebuilt.node.op else {
            return None;
        };
        if rebuilt.old != id {
            return None;
        }
        let init = builder.graph().sweeps[sweep].slots[slot as usize].init;
        Some(builder.broadcast(init, &rebuilt.node.dims, Span::default()))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Case;

    /// Programs that fail where there is a node of a kind become that node and what it cannot do without.
    #[test]
    fn programs_become_small() {
        let mut smaller = 0;
        for seed in 0..60 {
            let graph = Case::random(seed).graph;
            let has_gather = |graph: &Graph| {
                let nodes = graph.statements.iter().flat_map(|of| statement_nodes(graph, of));
                let mut ops = nodes.map(|id| &graph.nodes[id].op);
                ops.any(|op| matches!(op, Op::Gather { .. }))
            };
            if !has_gather(&graph) {
                continue;
            }
            let small = shrink(&graph, &mut |graph| has_gather(graph));
            assert!(has_gather(&small) && verify(&small).is_ok());
            assert_eq!((small.statements.len(), weight(&small).0), (1, 2), "seed {seed}");
            assert!(
                weight(&small).1 <= 24,
                "seed {seed}\n{}",
                crate::text::print(&small)
            );
            smaller += 1;
        }
        assert!(smaller > 5);
    }
}
