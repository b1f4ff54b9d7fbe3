//! Which inputs of a statement may be the very memory of an output: those of which no element is read after it
//! was written. All their loads are in launches before the one that writes, or above the store in its kernel;
//! there the loops around both say the same of the indices of both, so that what one iteration of those loops
//! reads is written by that same iteration, later. A solver that reads a column on its way up and writes it on
//! its way down is in place by this rule. Reads at a distance are safe besides where they lead out of what is written, which
//! is known when the program is called: one level from those below.

use bise_iter::{Graph, Output};
use bise_lang::plan::{BufferSource, InPlace, Launch};
use bise_loops::{Base, Index, Kernel, Stmt, ValueKind, VarId, walk};

use super::order::field_dims;

/// A load of an input or a store to an output.
struct Access {
    launch: usize,
    /// The parameter that is loaded from, or the position of the output that is stored to.
    of: u32,
    is_store: bool,
    index: Vec<Index>,
    /// Variables of the loops around it.
    around: Vec<VarId>,
}

/// The pairs of a statement. The launches are its own; their kernels are positions in `kernels`.
pub(super) fn in_place(
    graph: &Graph,
    outputs: &[Output],
    kernels: &[Kernel],
    launches: &[Launch],
) -> Vec<InPlace> {
    let accesses = accesses(kernels, launches);
    let all = |is_store: bool| {
        let of_kind = accesses.iter().filter(|a| a.is_store == is_store);
        let mut all: Vec<u32> = of_kind.map(|a| a.of).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let mut pairs = Vec::new();
    for output in all(true) {
        for input in all(false) {
            let written = outputs[output as usize].param;
            let (to, from) = (&graph.params[written as usize], &graph.params[input as usize]);
            let alike = to.dtype == from.dtype && field_dims(graph, written) == field_dims(graph, input);
            if let Some(beside) = beside(&accesses, output, input).filter(|_| alike) {
                pairs.push(InPlace {
                    output,
                    input,
                    beside,
                });
            }
        }
    }
    pairs
}

/// How far from what is written the input is read that is not safe by the rule; nothing where it cannot be in place.
fn beside(accesses: &[Access], output: u32, input: u32) -> Option<Vec<Vec<i64>>> {
    let mut stores = accesses
        .iter()
        .enumerate()
        .filter(|(_, a)| a.is_store && a.of == output);
    let (Some((written, store)), None) = (stores.next(), stores.next()) else {
        return None;
    };
    let loads = accesses
        .iter()
        .enumerate()
        .filter(|(_, a)| !a.is_store && a.of == input);
    let mut beside = Vec::new();
    for (read, load) in loads {
        let above = load.launch == store.launch && read < written;
        if load.launch < store.launch || above && is_confined(load, store) {
            continue;
        }
        let distances = distances(load, store)?;
        if !beside.contains(&distances) {
            beside.push(distances);
        }
    }
    Some(beside)
}

/// How far from the point that is written another is read, where both go through the same points.
fn distances(load: &Access, store: &Access) -> Option<Vec<i64>> {
    let mut axes = store.index.iter().zip(&load.index);
    let is_same = |to: &Index, from: &Index| matches!(to.base, Base::Var(_)) && to.base == from.base;
    let same = load.launch == store.launch && axes.clone().all(|(to, from)| is_same(to, from));
    same.then(|| axes.by_ref().map(|(to, from)| from.offset - to.offset).collect())
}

/// Whether each iteration of the loops around both reads only what it writes itself.
fn is_confined(load: &Access, store: &Access) -> bool {
    let pairs = load.around.iter().zip(&store.around);
    let common: Vec<VarId> = pairs.take_while(|(a, b)| a == b).map(|(var, _)| *var).collect();
    common.iter().all(|&var| {
        let mut axes = store.index.iter().zip(&load.index);
        axes.any(|(to, from)| to.base == Base::Var(var) && from == to)
    })
}

/// All accesses, in the order in which they are written down.
fn accesses(kernels: &[Kernel], launches: &[Launch]) -> Vec<Access> {
    let mut accesses = Vec::new();
    for (position, launch) in launches.iter().enumerate() {
        let kernel = &kernels[launch.kernel];
        let source = |buffer: bise_loops::BufferId| launch.buffers[buffer.into_raw().into_u32() as usize];
        walk::statements(&kernel.body, &mut |stmt, around| {
            let around = || around.iter().map(|l| l.var).collect();
            match stmt {
                Stmt::Let(value) => {
                    if let ValueKind::Load { buffer, index, .. } = &kernel.values[*value].kind
                        && let BufferSource::Input(param) = source(*buffer)
                    {
                        accesses.push(Access {
                            launch: position,
                            of: param,
                            is_store: false,
                            index: index.clone(),
                            around: around(),
                        });
                    }
                }
                Stmt::Store { buffer, index, .. } => {
                    if let BufferSource::Output(at) = source(*buffer) {
                        accesses.push(Access {
                            launch: position,
                            of: at as u32,
                            is_store: true,
                            index: index.clone(),
                            around: around(),
                        });
                    }
                }
                Stmt::Loop(_) | Stmt::While(_) => {}
            }
        });
    }
    accesses
}
