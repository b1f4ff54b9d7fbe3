//! Lowers a program of typed field views to the functional core: calls are inlined, tuples taken apart, branches
//! become selections, scans become sweeps.
//!
//! ```text
//! def flux(a): return a(I + 1) - a          n0 = input(a); n1 = shift(n0, I + 1); n2 = sub(n1, n0)
//! def p(a, out): flux(a, out=out)     ->    statement: out <- n2
//! ```
//!
//! Each call of a program becomes one statement, and loops repeat them as they repeat the calls. `inline` runs the operators symbolically, on values that are
//! trees of nodes (`value`), along the straight list of steps that `schedule` makes of their blocks. `present` says which neighbours a fold finds.

mod end;
mod inline;
mod pieces;
mod present;
mod schedule;
mod support;
mod value;

#[cfg(test)]
mod tests;

use bise_base::Diagnostics;
use bise_hir::{Program, Target};
use bise_iter::{Builder, Graph, Output, Param, ParamKind};
use bise_lang::Type;

use inline::Inliner;
use value::Value;

/// The graph of a verified program; what asks for something that is not known when it is called is refused.
///
/// # Panics
/// When the program is not valid: a compiler bug.
pub fn hir_to_iter(program: &Program) -> Result<Graph, Diagnostics> {
    lower(program, 0)
}

/// How many nodes there may be before reads at different places are one.
const PLACES: usize = 20_000;

/// As [`hir_to_iter`] with reads of neighbours that stand at different places kept apart, for messages about each.
///
/// # Panics
/// When the program is not valid: a compiler bug.
pub fn hir_to_iter_by_place(program: &Program) -> Result<Graph, Diagnostics> {
    lower(program, PLACES)
}

fn lower(program: &Program, places: usize) -> Result<Graph, Diagnostics> {
    let leaves = program.flattened();
    let params = leaves.into_iter().map(|(name, ty)| {
        let (kind, dtype) = match ty {
            Type::Scalar(dtype) => (ParamKind::Scalar, dtype),
            Type::Field(field) => (ParamKind::Field(field.dims().to_vec()), field.dtype),
            Type::Tuple(_) => panic!("compiler bug: the leaf `{name}` is a tuple"),
        };
        Param { name, kind, dtype }
    });
    let builder = Builder::new(program.name.clone(), params.collect()).with_reads_apart(places);
    let mut inliner = Inliner::new(builder, program);
    for call in &program.calls {
        let result = inliner.call(call);
        let mut outputs = Vec::new();
        collect_outputs(&call.out, &result, &mut outputs);
        inliner.builder.statement(outputs, call.span);
    }
    if !inliner.refused.is_empty() {
        return Err(inliner.refused);
    }
    for repeated in &program.loops {
        inliner.builder.repeat(repeated.clone());
    }
    let mut graph = inliner.builder.finish();
    support::limit_gathers(&mut graph);
    Ok(graph)
}

fn collect_outputs(target: &Target, value: &Value, outputs: &mut Vec<Output>) {
    match (target, value) {
        (Target::Tuple(targets), Value::Tuple(items)) => {
            assert_eq!(
                targets.len(),
                items.len(),
                "compiler bug: a target has another structure"
            );
            for (target, item) in targets.iter().zip(items.iter()) {
                collect_outputs(target, item, outputs);
            }
        }
        (Target::Field { leaf, domain, .. }, Value::Leaf(node)) => outputs.push(Output {
            param: *leaf,
            domain: domain.clone(),
            value: *node,
        }),
        _ => panic!("compiler bug: a target has another structure than its value"),
    }
}
