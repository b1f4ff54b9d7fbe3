//! Turns a checked call into frames and steps: the plan's extents become numbers, buffers get memory, loops are divided
//! among threads. `statement` does so for one statement; here they are put in order, and loops around them.

mod statement;

use std::collections::HashSet;
use std::sync::Arc;

use bise_base::Name;
use bise_field::{AllocationError, Axis, ConnectivityTable};
use bise_iter::{Graph, ParamKind, walk};
use bise_lang::Bound;

use crate::launch::{self, Binding, Repeat, Step};
use crate::runs::{Run, Runs};
use crate::variant::{Code, Variant};
use crate::{Argument, Parameter};

use statement::Statement;

/// A call to bind. Everything in it has been checked.
pub(crate) struct Call<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) parameters: &'a [Parameter],
    pub(crate) variant: &'a Variant,
    pub(crate) args: &'a [Argument<'a>],
    /// The tables that the program uses, in its order.
    pub(crate) tables: &'a [&'a ConnectivityTable],
    /// The tables that were given.
    pub(crate) given: &'a [(Name, &'a ConnectivityTable)],
    /// What it carries out.
    pub(crate) runs: &'a Runs<'a>,
    pub(crate) threads: usize,
}

/// Makes the frames of a call.
pub(crate) fn bind(call: &Call<'_>, code: Arc<Code>) -> Result<Binding, AllocationError> {
    let fixed = scalars_in_bounds(call.graph);
    let arguments = call.parameters.iter().zip(call.args).enumerate();
    let arguments = arguments.map(|(at, (parameter, argument))| match argument {
        Argument::Field(view) => launch::Bound::Field {
            dtype: view.dtype(),
            axes: view.axes().into(),
            written: parameter.is_written(),
            origin: origin(view.axes()),
        },
        Argument::Scalar(value) => launch::Bound::Scalar {
            dtype: value.dtype(),
            fixed: fixed.contains(&(at as u32)).then(|| value.bits()),
        },
    });
    let mut binding = Binding {
        arguments: arguments.collect(),
        tables: call
            .given
            .iter()
            .map(|(name, table)| (name.clone(), table.id()))
            .collect(),
        pairs: Vec::new(),
        words: Vec::new(),
        addresses: Vec::new(),
        values: Vec::new(),
        steps: Vec::new(),
        buffers: Vec::new(),
        code,
    };
    let mut program = Program {
        call,
        binding: &mut binding,
        met: HashSet::new(),
        idle: Vec::new(),
        repeated: Vec::new(),
    };
    program.runs(&call.runs.order)?;
    Ok(binding)
}

/// A program that is being bound.
struct Program<'a, 'b> {
    call: &'a Call<'b>,
    binding: &'a mut Binding,
    /// The pairs of all statements so far.
    met: HashSet<(u32, u32, bool)>,
    /// Buffers of statements before, which have served: a statement comes after the other.
    idle: Vec<usize>,
    /// The variables of the loops around whose rounds are alike, with the words that take them.
    repeated: Vec<(u32, Vec<u32>)>,
}

impl Program<'_, '_> {
    fn runs(&mut self, runs: &[Run]) -> Result<(), AllocationError> {
        for run in runs {
            match run {
                Run::Statement(at) => {
                    let occasion = &self.call.runs.occasions[*at];
                    let plan = &self.call.variant.plan.statements[occasion.part];
                    let statement = Statement {
                        call: self.call,
                        plan,
                        intervals: occasion.evaluator.intervals(&plan.extents),
                        binding: self.binding,
                        temporaries: Vec::new(),
                        buffered: Vec::new(),
                        idle: &mut self.idle,
                        used: Vec::new(),
                        repeated: &mut self.repeated,
                    };
                    statement.bind(&mut self.met)?;
                }
                Run::Repeat {
                    variable,
                    values,
                    body,
                } => {
                    let before = std::mem::take(&mut self.binding.steps);
                    self.repeated.push((*variable, Vec::new()));
                    self.runs(body)?;
                    let (_, words) = self.repeated.pop().unwrap_or_default();
                    let body = std::mem::replace(&mut self.binding.steps, before);
                    self.binding.steps.push(Step::Repeat(Repeat {
                        values: *values,
                        dtype: self.call.graph.params[*variable as usize].dtype,
                        words,
                        body,
                    }));
                }
            }
        }
        Ok(())
    }
}

/// Bytes from the first element to where index 0 would be.
fn origin(axes: &[Axis]) -> isize {
    axes.iter().fold(0isize, |sum, axis| {
        sum.wrapping_sub((axis.start as isize).wrapping_mul(axis.stride))
    })
}

/// The scalar parameters that domains and the rounds of loops depend on.
pub(crate) fn scalars_in_bounds(graph: &Graph) -> Vec<u32> {
    let outputs = graph.statements.iter().flat_map(|statement| &statement.outputs);
    let domains = outputs.flat_map(|output| &output.domain);
    let domains = domains.flat_map(|range| [&range.start, &range.stop]);
    let loops = graph.loops.iter().flat_map(|of| [&of.start, &of.stop]);
    let nodes = graph.nodes.values().flat_map(|node| walk::bounds(&node.op));
    let named = domains.chain(loops).chain(nodes).flat_map(Bound::params);
    named
        .filter(|&param| graph.params[param as usize].kind == ParamKind::Scalar)
        .collect()
}
