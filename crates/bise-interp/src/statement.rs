//! One statement: everything is computed, then written.

use bise_iter::{Graph, Output, Statement};
use bise_lang::{Bound, Scalar};

use crate::Memory;
use crate::array::{Array, Region, for_each_point, volume};
use crate::boxes::{field_dims, leaf, position};
use crate::compute::Computation;
use crate::error::{InterpError, outside};

/// An output that is written somewhere.
pub(crate) struct Written<'a> {
    /// Its position in the statement.
    pub number: u32,
    pub output: &'a Output,
    /// Where; not empty.
    pub domain: Region,
}

/// Runs a statement; nothing is written where it fails.
pub(crate) fn run(graph: &Graph, statement: &Statement, memory: &mut dyn Memory) -> Result<(), InterpError> {
    let outputs = statement
        .outputs
        .iter()
        .enumerate()
        .map(|(number, output)| Written {
            number: number as u32,
            output,
            domain: domain(graph, output, memory),
        });
    // An output with an empty domain is not computed.
    let outputs: Vec<Written<'_>> = outputs.filter(|written| volume(&written.domain) > 0).collect();
    for written in &outputs {
        check_domain(graph, statement, written, memory)?;
    }
    let computation = Computation::new(graph, &outputs, memory);
    computation.check_room()?;
    let arrays = computation.run();
    let mut writes = Vec::new();
    for written in &outputs {
        writes.push(values(graph, &arrays[written.output.value], written, memory)?);
    }
    for (Written { output, domain, .. }, values) in outputs.iter().zip(writes) {
        let mut values = values.into_iter();
        for_each_point(domain, |point| {
            if let Some(value) = values.next() {
                memory.store(output.param, point, value);
            }
        });
    }
    Ok(())
}

/// The domain of an output in numbers.
fn domain(graph: &Graph, output: &Output, memory: &dyn Memory) -> Region {
    let leaf = |bound: &Bound| leaf(graph, memory, bound);
    output.domain.iter().map(|range| range.evaluate(&leaf)).collect()
}

/// The field must hold what is written.
fn check_domain(
    graph: &Graph,
    statement: &Statement,
    Written { output, domain, .. }: &Written<'_>,
    memory: &dyn Memory,
) -> Result<(), InterpError> {
    for (axis, (range, field)) in domain.iter().zip(memory.domain(output.param)).enumerate() {
        for index in [range.0, range.1 - 1] {
            if !(field.0..field.1).contains(&index) {
                let access = ("written", statement.span);
                return Err(outside(graph, memory, output.param, access, (axis, index)));
            }
        }
    }
    Ok(())
}

/// What an output writes, point by point.
fn values(
    graph: &Graph,
    array: &Array,
    Written { output, domain, .. }: &Written<'_>,
    memory: &dyn Memory,
) -> Result<Vec<Scalar>, InterpError> {
    let dims = field_dims(graph, output.param);
    let axes: Vec<usize> = array.dims.iter().map(|dim| position(dims, dim)).collect();
    let mut cells = Vec::with_capacity(volume(domain));
    let mut index = Vec::new();
    for_each_point(domain, |point| {
        index.clear();
        index.extend(axes.iter().map(|&axis| point[axis]));
        cells.push(array.read(&index));
    });
    let values: Result<Vec<Scalar>, _> = cells.into_iter().collect();
    values.map_err(|fault| fault.error(graph, memory))
}
