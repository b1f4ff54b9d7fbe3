//! Traversal: what an expression is made of, what a block evaluates, what a program reaches.

use std::collections::HashSet;
use std::sync::Arc;

use bise_lang::{Dimension, Offset, Type};
use la_arena::ArenaMap;

use crate::{Block, Body, ExprId, ExprKind, LocalId, Operator, OperatorKind, Program, Range, Shift, Stmt};

/// The local that an expression reads, or reads an element of.
pub fn local_of(body: &Body, mut expr: ExprId) -> Option<LocalId> {
    loop {
        match body.exprs[expr].kind {
            ExprKind::Local(local) => return Some(local),
            ExprKind::Item(of, _) => expr = of,
            _ => return None,
        }
    }
}

/// The operands of an expression, left to right.
pub fn children(kind: &ExprKind) -> Vec<ExprId> {
    match kind {
        ExprKind::Local(_) | ExprKind::Constant(_) | ExprKind::Index(_) => Vec::new(),
        ExprKind::ConcatWhere {
            region,
            then,
            otherwise,
        } => {
            let bounds = region.comparisons().into_iter().map(|(_, _, bound)| bound);
            bounds.chain([*then, *otherwise]).collect()
        }
        ExprKind::Gather { value, distance, .. } => vec![*value, *distance],
        ExprKind::Fold { value, ranges, .. } => {
            let ends = ranges.iter().flat_map(|range| [range.start, range.stop]);
            std::iter::once(*value).chain(ends).collect()
        }
        ExprKind::Builtin(_, operands) | ExprKind::Tuple(operands) => operands.clone(),
        ExprKind::Call { args, .. } => args.clone(),
        ExprKind::Where {
            mask,
            then,
            otherwise,
        } => vec![*mask, *then, *otherwise],
        // In the order of the text.
        ExprKind::Conditional {
            condition,
            then,
            otherwise,
        } => vec![*then, *condition, *otherwise],
        ExprKind::Cast(value)
        | ExprKind::Broadcast(value)
        | ExprKind::Shift { value, .. }
        | ExprKind::Reduce { value, .. }
        | ExprKind::Item(value, _) => vec![*value],
    }
}

/// The expression of the same kind on other operands.
pub fn map_children(kind: &ExprKind, mut expr: impl FnMut(ExprId) -> ExprId) -> ExprKind {
    match kind {
        ExprKind::Local(local) => ExprKind::Local(*local),
        ExprKind::Constant(value) => ExprKind::Constant(*value),
        ExprKind::Index(dim) => ExprKind::Index(dim.clone()),
        ExprKind::ConcatWhere {
            region,
            then,
            otherwise,
        } => ExprKind::ConcatWhere {
            region: region.map(&mut expr),
            then: expr(*then),
            otherwise: expr(*otherwise),
        },
        ExprKind::Gather {
            value,
            offset,
            distance,
        } => ExprKind::Gather {
            value: expr(*value),
            offset: offset.clone(),
            distance: expr(*distance),
        },
        ExprKind::Builtin(builtin, operands) => {
            ExprKind::Builtin(*builtin, operands.iter().map(|&id| expr(id)).collect())
        }
        ExprKind::Where {
            mask,
            then,
            otherwise,
        } => ExprKind::Where {
            mask: expr(*mask),
            then: expr(*then),
            otherwise: expr(*otherwise),
        },
        ExprKind::Conditional {
            condition,
            then,
            otherwise,
        } => ExprKind::Conditional {
            condition: expr(*condition),
            then: expr(*then),
            otherwise: expr(*otherwise),
        },
        ExprKind::Cast(value) => ExprKind::Cast(expr(*value)),
        ExprKind::Broadcast(value) => ExprKind::Broadcast(expr(*value)),
        ExprKind::Shift { value, shift } => ExprKind::Shift {
            value: expr(*value),
            shift: shift.clone(),
        },
        ExprKind::Reduce {
            reduction,
            value,
            offset,
        } => ExprKind::Reduce {
            reduction: *reduction,
            value: expr(*value),
            offset: offset.clone(),
        },
        ExprKind::Fold {
            reduction,
            value,
            ranges,
        } => ExprKind::Fold {
            reduction: *reduction,
            value: expr(*value),
            ranges: ranges
                .iter()
                .map(|range| Range {
                    dim: range.dim.clone(),
                    start: expr(range.start),
                    stop: expr(range.stop),
                })
                .collect(),
        },
        ExprKind::Tuple(items) => ExprKind::Tuple(items.iter().map(|&id| expr(id)).collect()),
        ExprKind::Item(value, index) => ExprKind::Item(expr(*value), *index),
        ExprKind::Call { callee, args } => ExprKind::Call {
            callee: *callee,
            args: args.iter().map(|&id| expr(id)).collect(),
        },
    }
}

/// The expressions that `root` is made of and that `seen` does not hold yet, operands first, `root` last. They
/// join `seen`.
pub fn post_order(body: &Body, root: ExprId, seen: &mut ArenaMap<ExprId, ()>) -> Vec<ExprId> {
    let mut order = Vec::new();
    let mut stack = vec![(root, false)];
    while let Some((expr, operands_done)) = stack.pop() {
        if operands_done {
            order.push(expr);
        } else if seen.insert(expr, ()).is_none() {
            stack.push((expr, true));
            let operands = children(&body.exprs[expr].kind);
            stack.extend(operands.into_iter().rev().map(|operand| (operand, false)));
        }
    }
    order
}

/// The expressions that the statements of a block name, in order; those of inner blocks among them.
pub fn roots(block: &Block) -> Vec<ExprId> {
    let mut roots = Vec::new();
    for stmt in &block.stmts {
        match stmt {
            Stmt::Assign { value, .. } | Stmt::Return(value) => roots.push(*value),
            Stmt::If {
                condition,
                then,
                otherwise,
                ..
            } => {
                roots.push(*condition);
                roots.extend(self::roots(then));
                roots.extend(self::roots(otherwise));
            }
            Stmt::While { condition, body, .. } => {
                roots.push(*condition);
                roots.extend(self::roots(body));
            }
        }
    }
    roots
}

/// Every operator that those reach, callees first, each once.
pub fn operators(callees: &[Arc<Operator>]) -> Vec<Arc<Operator>> {
    let mut order = Vec::new();
    let mut seen = HashSet::new();
    let mut stack: Vec<(&Arc<Operator>, bool)> = callees.iter().rev().map(|op| (op, false)).collect();
    while let Some((operator, callees_done)) = stack.pop() {
        if callees_done {
            order.push(Arc::clone(operator));
        } else if seen.insert(Arc::as_ptr(operator)) {
            stack.push((operator, true));
            stack.extend(operator.body.callees.iter().rev().map(|callee| (callee, false)));
        }
    }
    order
}

/// The offsets with tables and the dimensions that occur, in order of occurrence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// Dimensions.
    pub dims: Vec<Dimension>,
    /// Offsets that lead to neighbours.
    pub offsets: Vec<Offset>,
}

impl Uses {
    /// Adds what one operator uses itself, without its callees.
    pub fn operator(&mut self, operator: &Operator) {
        if let OperatorKind::Scan { axis, .. } = &operator.kind {
            self.dim(axis);
        }
        self.body(&operator.body);
        self.ty(operator.result.ty());
    }

    /// Adds what a program uses itself, without its operators.
    pub fn program(&mut self, program: &Program) {
        self.body(&program.body);
    }

    fn body(&mut self, body: &Body) {
        for (_, local) in body.locals.iter() {
            self.ty(local.ty());
        }
        for (_, expr) in body.exprs.iter() {
            self.ty(&expr.ty);
            match &expr.kind {
                ExprKind::Shift { shift, .. } => match shift {
                    Shift::Cartesian { dim, .. } | Shift::Entry { dim, .. } => self.dim(dim),
                    Shift::Neighbor { offset, .. } | Shift::Neighbors { offset } => self.offset(offset),
                },
                ExprKind::Reduce { offset, .. } | ExprKind::Gather { offset, .. } => self.offset(offset),
                ExprKind::Index(dim) => self.dim(dim),
                ExprKind::Fold { ranges, .. } => ranges.iter().for_each(|range| self.dim(&range.dim)),
                ExprKind::ConcatWhere { region, .. } => {
                    for (dim, _, _) in region.comparisons() {
                        self.dim(dim);
                    }
                }
                ExprKind::Local(_)
                | ExprKind::Constant(_)
                | ExprKind::Builtin(..)
                | ExprKind::Where { .. }
                | ExprKind::Conditional { .. }
                | ExprKind::Cast(_)
                | ExprKind::Broadcast(_)
                | ExprKind::Tuple(_)
                | ExprKind::Item(..)
                | ExprKind::Call { .. } => {}
            }
        }
    }

    fn ty(&mut self, ty: &Type) {
        for leaf in ty.leaves() {
            for dim in leaf.dims() {
                self.dim(dim);
            }
        }
    }

    fn dim(&mut self, dim: &Dimension) {
        if !self.dims.contains(dim) {
            self.dims.push(dim.clone());
        }
    }

    fn offset(&mut self, offset: &Offset) {
        self.dim(&offset.source);
        for dim in &offset.target {
            self.dim(dim);
        }
        if !self.offsets.contains(offset) {
            self.offsets.push(offset.clone());
        }
    }
}

/// What a program and the operators it reaches use.
pub fn uses(program: &Program) -> Uses {
    let mut uses = Uses::default();
    for operator in operators(&program.body.callees) {
        uses.operator(&operator);
    }
    uses.program(program);
    uses
}
