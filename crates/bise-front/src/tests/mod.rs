//! The front end on small programs: shapes and types of hir, bad programs with their diagnostics, hostile texts.

mod bad;
mod expressions;
mod hostile;
mod programs;
mod statements;

use std::sync::Arc;

use bise_base::{SourceMap, Style, render_all};
use bise_hir::{Operator, Program};

use crate::Module;

/// What the small programs of the tests begin with.
const HEADER: &str = r#"
import math
import numpy as np
import gt4py.next as gtx
from gt4py.next import *

I = gtx.Dimension("I")
J = gtx.Dimension("J")
K = gtx.Dimension("K", kind=gtx.DimensionKind.VERTICAL)
Vertex = gtx.Dimension("Vertex")
Edge = gtx.Dimension("Edge")
V2EDim = gtx.Dimension("V2E", kind=gtx.DimensionKind.LOCAL)
E2VDim = gtx.Dimension("E2V", kind=gtx.DimensionKind.LOCAL)
Ioff = gtx.FieldOffset("Ioff", source=I, target=(I,))
V2E = gtx.FieldOffset("V2E", source=Edge, target=(Vertex, V2EDim))
E2V = gtx.FieldOffset("E2V", source=Vertex, target=(Edge, E2VDim))
IJ = Field[[I, J], float64]
wp = float64
"#;

/// The file `HEADER` + `text`, with its diagnostics rendered.
fn read(text: &str) -> (Module, String) {
    let sources = SourceMap::new();
    let source = sources.add("test.py", format!("{HEADER}{text}"), 1);
    let module = crate::module(&sources, source);
    let rendered = render_all(&module.diagnostics, &sources, Style::Plain);
    for operator in &module.operators {
        bise_hir::verify_operator(operator).unwrap();
    }
    for program in &module.programs {
        bise_hir::verify_program(program).unwrap();
    }
    (module, rendered)
}

/// The last operator of a text without errors.
fn operator(text: &str) -> Arc<Operator> {
    let (module, rendered) = read(text);
    assert_eq!(rendered, "");
    Arc::clone(module.operators.last().unwrap())
}

/// The last program of a text without errors.
fn one_program(text: &str) -> Arc<Program> {
    let (module, rendered) = read(text);
    assert_eq!(rendered, "");
    Arc::clone(module.programs.last().unwrap())
}

/// The type of what an expression of `a: Field[[I, J], float64]`, `f: Field[[I], float32]`, `n: Field[[I], int32]`,
/// `m: Field[[I], bool]`, `v: Field[[Vertex], float64]`, `e: Field[[Edge], float64]`, `s: float64`, `k: int32`,
/// `p: bool` gives, or the first line of the diagnostics.
fn type_of(expr: &str) -> String {
    let (module, rendered) = read(&format!(
        "@field_operator
def op(a: IJ, f: Field[[I], float32], n: Field[[I], int32], m: Field[[I], bool], v: Field[[Vertex], float64],
       e: Field[[Edge], float64], s: float64, k: int32, p: bool):
    return {expr}\n"
    ));
    match module.operators.last() {
        Some(operator) => operator.result.to_string(),
        None => rendered.lines().next().unwrap_or("").to_owned(),
    }
}
