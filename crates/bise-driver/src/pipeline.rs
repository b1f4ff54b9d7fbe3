//! From hir to machine code, top to bottom. Order only.
//!
//! ```text
//! hir    --lower-->       iter    once per program, simplified by passes
//! iter   --specialize-->  loops   once per layout of the arguments
//! loops  --generate-->    text
//! text   --load-->        machine code
//! ```
//!
//! After each arrow the result is verified where [`Options::verify`] says so: what does not verify is a compiler bug,
//! and stops here with the text of the IR instead of somewhere below without.

use std::sync::Arc;

use bise_base::Diagnostics;
use bise_codegen::cpu;
use bise_hir as hir;
use bise_iter as iter;
use bise_iter::mark::Marked;
use bise_iter::passes;
use bise_jit::{JitError, Library};
use bise_lang::plan::{Plan, Specialization};
use bise_loops as loops;
use bise_lower::{hir_to_iter, iter_to_loops};

use crate::{Options, Session};

/// hir to iter: inlines calls, then simplifies. Independent of arguments.
pub(crate) fn lower(program: &hir::Program, options: &Options) -> Result<iter::Graph, Diagnostics> {
    if options.verify {
        expect(hir::verify::verify_program(program), "hir", || {
            hir::print_program(program)
        });
    }
    let graph = hir_to_iter::hir_to_iter(program)?;
    if options.verify {
        expect(iter::verify(&graph), "hir_to_iter", || iter::text::print(&graph));
    }
    Ok(simplify(&graph, options))
}

/// hir to iter as it stands there: nothing is simplified, and reads of neighbours at different places are kept apart.
pub(crate) fn lower_by_place(program: &hir::Program) -> Option<iter::Graph> {
    hir_to_iter::hir_to_iter_by_place(program).ok()
}

/// iter to iter: what says which results are made of neighbours that do not exist, and in a checked
/// session of what lies beyond the ends of fields.
pub(crate) fn mark_missing(graph: &iter::Graph, carriers: &[bool], options: &Options) -> Marked {
    let marked = iter::mark::mark_missing(graph, carriers, options.checked);
    if options.verify {
        expect(iter::verify(&marked.graph), "mark_missing", || {
            iter::text::print(&marked.graph)
        });
    }
    Marked {
        graph: simplify(&marked.graph, options),
        ..marked
    }
}

/// iter to iter: the passes of `bise_iter::passes::PIPELINE`, in order, until nothing changes. Each says what it requires
/// and what it establishes.
pub(crate) fn simplify(graph: &iter::Graph, options: &Options) -> iter::Graph {
    let checks = if options.verify {
        passes::Checks::Each
    } else {
        passes::Checks::Off
    };
    passes::run(graph, checks).graph
}

/// iter to loops and the plan of a call, for calls of one kind.
pub(crate) fn specialize(
    graph: &iter::Graph,
    specialization: &Specialization,
    options: &Options,
) -> (Vec<loops::Kernel>, Plan) {
    let (kernels, plan) = iter_to_loops::iter_to_loops(graph, specialization, &options.costs);
    if options.verify {
        for kernel in &kernels {
            expect(loops::verify(kernel), "iter_to_loops", || {
                loops::text::print(kernel)
            });
        }
    }
    (kernels, plan)
}

/// loops to LLVM text.
pub(crate) fn generate(kernels: &[loops::Kernel], options: &Options) -> String {
    let options = cpu::Options {
        vector_bits: options.vector_bits,
    };
    cpu::module(kernels, &options)
}

/// LLVM text to machine code, by way of the cache.
pub(crate) fn load(
    text: &str,
    kernels: &[loops::Kernel],
    session: &Session,
) -> Result<Arc<Library>, JitError> {
    let entries: Vec<&str> = kernels.iter().map(|kernel| kernel.name.as_str()).collect();
    session.jit().load(text, &entries)
}

fn expect<E: std::fmt::Display>(result: Result<(), E>, stage: &str, text: impl FnOnce() -> String) {
    if let Err(problem) = result {
        panic!(
            "compiler bug: {stage} gives what does not verify: {problem}\n{}",
            text()
        );
    }
}
