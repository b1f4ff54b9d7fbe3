//! Rule 10: loops and their variables.

use std::ops::Range;

use super::{Place, VerifyError, ensure, error};
use crate::typing::check_bound;
use crate::walk::{bounds, statement_nodes};
use crate::{Graph, Op, ParamKind};

/// How loops lie to statements, to each other and to parameters.
pub(super) fn nest(graph: &Graph) -> Result<(), VerifyError> {
    let count = graph.statements.len() as u32;
    let arity = graph.params.len().checked_sub(graph.loops.len());
    ensure(arity.is_some(), || "a loop has no variable".into()).map_err(|m| error(Place::Program, m))?;
    // The ends of the loops around.
    let mut around: Vec<u32> = vec![count];
    let mut last = 0;
    for (at, repeated) in graph.loops.iter().enumerate() {
        let Range { start, end } = repeated.statements;
        let at = |message| error(Place::Loop(at), message);
        ensure(start < end && end <= count, || {
            "it repeats nothing, or what there is not".into()
        })
        .map_err(at)?;
        ensure(start >= last, || "it begins before the loop before it".into()).map_err(at)?;
        last = start;
        while around.last().is_some_and(|outer| *outer <= start) {
            around.pop();
        }
        let is_within = around.last().is_some_and(|outer| end <= *outer);
        ensure(is_within, || "it ends after a loop around it".into()).map_err(at)?;
        around.push(end);
        ensure(repeated.step != 0, || "its step is zero".into()).map_err(at)?;
    }
    Ok(())
}

/// What variables are, and where they are known.
pub(super) fn variables(graph: &Graph) -> Result<(), VerifyError> {
    let arity = graph.arity();
    let loop_of = |param: u32| (param as usize).checked_sub(arity);
    for (position, repeated) in graph.loops.iter().enumerate() {
        let at = |message| error(Place::Loop(position), message);
        let variable = &graph.params[graph.variable(position) as usize];
        ensure(
            variable.kind == ParamKind::Scalar && variable.dtype.is_integer(),
            || "its variable is no integer".into(),
        )
        .map_err(at)?;
        for bound in [&repeated.start, &repeated.stop] {
            check_bound(graph, bound).map_err(at)?;
            let unknown = bound.params().into_iter().filter_map(loop_of).find(|&of| {
                let outer = &graph.loops[of].statements;
                of >= position || outer.end < repeated.statements.end
            });
            ensure(unknown.is_none(), || {
                "its ends depend on a variable that is not known there".into()
            })
            .map_err(at)?;
        }
    }
    for (position, statement) in graph.statements.iter().enumerate() {
        let nodes = statement_nodes(graph, statement);
        let ops = || nodes.iter().map(|&id| &graph.nodes[id].op);
        let inputs = ops().filter_map(|op| match op {
            Op::Input(param) => Some(*param),
            _ => None,
        });
        let ranges = statement.outputs.iter().flat_map(|output| &output.domain);
        let ends = ranges.flat_map(|range| [&range.start, &range.stop]);
        let named = ends
            .chain(ops().flat_map(bounds))
            .flat_map(bise_lang::Bound::params);
        let known: Vec<usize> = graph.loops_around(position).collect();
        let unknown = named
            .chain(inputs)
            .filter_map(loop_of)
            .find(|of| !known.contains(of));
        ensure(unknown.is_none(), || {
            "it depends on the variable of a loop that it is not in".into()
        })
        .map_err(|message| error(Place::Statement(position), message))?;
    }
    Ok(())
}
