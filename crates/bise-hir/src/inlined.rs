//! How much a call stands for. Lowering replaces calls by what they compute, so that operators that call each other
//! in a tower, each the one below twice, stand for twice as much with every storey: the front end refuses what is
//! too much, and asks here.

use std::collections::{HashMap, HashSet};

use bise_lang::Type;

use crate::walk::map_children;
use crate::{Block, Body, ExprId, ExprKind, Stmt};

/// What an operator stands for, once every call in it is replaced by what it computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inlined {
    /// Operations, one for each number or field that one gives. Of equal calls in one body, which lowering computes
    /// once, one counts, unless they sweep.
    pub operations: u64,
    /// Whether it sweeps, itself or in an operator that it calls: every such call is computed by itself.
    pub sweeps: bool,
    /// Whether it holds a `while`, itself or in an operator that it calls: in a branch that is not taken it may not end.
    pub repeats: bool,
}

/// Whether a block holds a `while`.
pub(crate) fn repeats(block: &Block) -> bool {
    block.stmts.iter().any(|stmt| match stmt {
        Stmt::While { .. } => true,
        Stmt::If { then, otherwise, .. } => repeats(then) || repeats(otherwise),
        Stmt::Assign { .. } | Stmt::Return(_) => false,
    })
}

/// What a body stands for, but for the statements.
pub(crate) fn inlined(body: &Body) -> Inlined {
    let exprs = body.exprs.iter().map(|(_, expr)| leaves(&expr.ty));
    let locals = body.locals.iter().map(|(_, local)| leaves(local.ty()));
    let mut total = Inlined {
        operations: exprs.chain(locals).sum(),
        sweeps: body.callees.iter().any(|callee| callee.inlined.sweeps),
        repeats: body.callees.iter().any(|callee| callee.inlined.repeats),
    };
    if !body.callees.is_empty() {
        for call in distinct_calls(body) {
            total.operations = total
                .operations
                .saturating_add(body.callees[call].inlined.operations);
        }
    }
    total
}

/// The callee of each call that is computed by itself.
fn distinct_calls(body: &Body) -> Vec<usize> {
    // The type says which conversion or broadcast it is; of all other expressions it follows from the operands.
    let mut known: HashMap<(ExprKind, Option<&Type>), ExprId> = HashMap::new();
    let mut same: HashMap<ExprId, ExprId> = HashMap::new();
    let mut calls = Vec::new();
    let mut seen = HashSet::new();
    for (id, expr) in body.exprs.iter() {
        let kind = map_children(&expr.kind, |operand| same[&operand]);
        let declared = matches!(kind, ExprKind::Cast(_) | ExprKind::Broadcast(_)).then_some(&expr.ty);
        let callee = match kind {
            ExprKind::Call { callee, .. } => Some(callee),
            _ => None,
        };
        let sweeps = callee.is_some_and(|callee| body.callees[callee].inlined.sweeps);
        let first = if sweeps {
            id
        } else {
            *known.entry((kind, declared)).or_insert(id)
        };
        same.insert(id, first);
        if let Some(callee) = callee.filter(|_| seen.insert(first)) {
            calls.push(callee);
        }
    }
    calls
}

fn leaves(ty: &Type) -> u64 {
    match ty {
        Type::Tuple(items) => items.iter().map(leaves).sum(),
        Type::Scalar(_) | Type::Field(_) => 1,
    }
}
