//! Folds over neighbours: which table the operand's local dimension belongs to.

use std::collections::HashSet;

use bise_base::{Diagnostic, Span};
use bise_hir::{ExprId, ExprKind, LocalId, Shift};
use bise_lang::{DType, Dimension, DimensionKind, Offset, Reduction, Type, codes};
use bise_syntax::{Expr, Keyword};

use super::super::resolve::Entity;
use super::{Check, Checker, Definitions, Reported, Value};
use crate::Binding;

impl Checker<'_> {
    /// `neighbor_sum(value, axis=dim)`
    pub(super) fn reduction(
        &mut self,
        reduction: Reduction,
        args: &[Expr],
        keywords: &[Keyword],
        span: Span,
    ) -> Check<Value> {
        let (operand, axis) = self.reduction_arguments(reduction, args, keywords, span)?;
        let value = self.value(operand);
        let axis = match axis {
            Some(axis) => Some((self.axis(axis)?, axis.span)),
            None => None,
        };
        let value = value?;
        let field = match &value {
            Value::Expr(expr) if matches!(self.ty(*expr), Type::Field(_)) => *expr,
            other => {
                let message = format!(
                    "`{}` folds a field, not {}",
                    reduction.name(),
                    self.describe(other)
                );
                return Err(self.report(Diagnostic::error(&codes::REDUCTION, operand.span, message)));
            }
        };
        let Some((axis, axis_span)) = axis else {
            return Err(self.missing_axis(reduction, field, span));
        };
        if !self.ty(field).dims().contains(&axis) {
            return Err(self.not_over_axis(field, &axis, operand.span, axis_span));
        }
        if self.ty(field).dtype() == Some(DType::Bool) {
            let message = format!("`{}` folds numbers, not truth values", reduction.name());
            let diagnostic = Diagnostic::error(&codes::OPERAND, operand.span, message)
                .label(format!("this is `{}`", self.ty(field)))
                .hint("convert first: `astype(mask, int32)`");
            return Err(self.report(diagnostic));
        }
        let Some(offset) = self.offset_along(field, &axis) else {
            let message = format!("no offset in scope has the local dimension `{axis}`");
            let diagnostic = Diagnostic::error(&codes::REDUCTION, axis_span, message)
                .note("the table of an offset says how many neighbours there are and which are skipped")
                .hint(format!(
                    "define `FieldOffset(\"...\", source=..., target=(..., {}))` in the module",
                    self.dimension_name(&axis)
                ));
            return Err(self.report(diagnostic));
        };
        match self.builder.reduce(reduction, field, offset, span) {
            Ok(expr) => Ok(Value::Expr(expr)),
            Err(error) => Err(self.report(Diagnostic::error(&codes::REDUCTION, span, error.to_string()))),
        }
    }

    fn reduction_arguments<'e>(
        &mut self,
        reduction: Reduction,
        args: &'e [Expr],
        keywords: &'e [Keyword],
        span: Span,
    ) -> Check<(&'e Expr, Option<&'e Expr>)> {
        let named = |name: &str| {
            keywords
                .iter()
                .find(|keyword| keyword.name.as_ref().is_some_and(|n| n.name == name))
        };
        let axis = args.get(1).or(named("axis").map(|keyword| &keyword.value));
        let unknown = keywords
            .iter()
            .find(|keyword| keyword.name.as_ref().is_none_or(|name| name.name != "axis"));
        match (args, unknown) {
            ([operand] | [operand, _], None) if args.len() + keywords.len() <= 2 => Ok((operand, axis)),
            _ => {
                let at = unknown.map_or(span, |keyword| keyword.span);
                let message = format!("`{}` takes a field and the keyword `axis`", reduction.name());
                let diagnostic = Diagnostic::error(&codes::ARGUMENTS, at, message)
                    .hint(format!("write `{}(f(V2E), axis=V2EDim)`", reduction.name()));
                Err(self.report(diagnostic))
            }
        }
    }

    fn axis(&mut self, expr: &Expr) -> Check<Dimension> {
        let message = match self.entity(expr)? {
            Entity::Dimension(dim) if dim.kind == DimensionKind::Local => return Ok(dim),
            Entity::Dimension(dim) => format!("the dimension `{dim}` is {}, not local", dim.kind.name()),
            Entity::Offset(offset) => {
                let message = format!("`{}` is an offset, not a dimension", offset.name);
                let mut diagnostic = Diagnostic::error(&codes::REDUCTION, expr.span, message);
                if let Some(local) = offset.local() {
                    diagnostic =
                        diagnostic.hint(format!("its local dimension is `{}`", self.dimension_name(local)));
                }
                return Err(self.report(diagnostic));
            }
            other => format!("{} is not a local dimension", other.describe()),
        };
        let diagnostic =
            Diagnostic::error(&codes::REDUCTION, expr.span, message).label("expected a local dimension");
        Err(self.report(diagnostic))
    }

    fn local_dims(&self, field: ExprId) -> Vec<String> {
        let dims = self.ty(field).dims().iter();
        let local = dims.filter(|dim| dim.kind == DimensionKind::Local);
        local.map(|dim| self.dimension_name(dim)).collect()
    }

    fn missing_axis(&mut self, reduction: Reduction, field: ExprId, span: Span) -> Reported {
        let message = format!("`{}` is not told along which dimension to fold", reduction.name());
        let mut diagnostic = Diagnostic::error(&codes::REDUCTION, span, message);
        if let [dim] = self.local_dims(field).as_slice() {
            diagnostic = diagnostic.hint(format!("add `axis={dim}`"));
        }
        self.report(diagnostic)
    }

    fn not_over_axis(&mut self, field: ExprId, axis: &Dimension, at: Span, axis_span: Span) -> Reported {
        let message = format!("the field has no dimension `{axis}` to fold");
        let mut diagnostic = Diagnostic::error(&codes::REDUCTION, axis_span, message)
            .also(at, format!("this is `{}`", self.ty(field)));
        diagnostic = match self.local_dims(field).as_slice() {
            [] => diagnostic.hint("read the neighbours first: `neighbor_sum(f(V2E), axis=V2EDim)`"),
            [dim] => diagnostic.hint(format!("did you mean `axis={dim}`?")),
            _ => diagnostic,
        };
        self.report(diagnostic)
    }

    /// The offset whose neighbours `field` has along `axis`: of a shift inside it, else one in scope.
    fn offset_along(&self, field: ExprId, axis: &Dimension) -> Option<Offset> {
        self.offset_inside(field, axis)
            .or_else(|| self.offset_in_scope(self.ty(field).dims(), axis))
    }

    fn offset_inside(&self, field: ExprId, axis: &Dimension) -> Option<Offset> {
        let body = self.builder.body();
        let mut pending = vec![field];
        let mut seen = HashSet::new();
        while let Some(expr) = pending.pop() {
            if !seen.insert(expr) || !has_dimension(&body.exprs[expr].ty, axis) {
                continue;
            }
            match &body.exprs[expr].kind {
                ExprKind::Shift {
                    shift: Shift::Neighbors { offset },
                    ..
                } if offset.local() == Some(axis) => return Some(offset.clone()),
                ExprKind::Local(local) => self.values_of(*local, &mut pending),
                ExprKind::Constant(_) | ExprKind::Index(_) => {}
                ExprKind::Builtin(_, operands)
                | ExprKind::Tuple(operands)
                | ExprKind::Call { args: operands, .. } => {
                    pending.extend(operands.iter().rev());
                }
                ExprKind::Where {
                    mask,
                    then,
                    otherwise,
                } => pending.extend([*otherwise, *then, *mask]),
                ExprKind::Conditional { then, otherwise, .. }
                | ExprKind::ConcatWhere { then, otherwise, .. } => {
                    pending.extend([*otherwise, *then]);
                }
                ExprKind::Gather { value, distance, .. } => pending.extend([*distance, *value]),
                ExprKind::Cast(value)
                | ExprKind::Broadcast(value)
                | ExprKind::Shift { value, .. }
                | ExprKind::Reduce { value, .. }
                | ExprKind::Fold { value, .. }
                | ExprKind::Item(value, _) => pending.push(*value),
            }
        }
        None
    }

    /// The expressions that a variable may hold.
    fn values_of(&self, local: LocalId, pending: &mut Vec<ExprId>) {
        let mut locals = vec![local];
        let mut seen = HashSet::new();
        while let Some(local) = locals.pop() {
            if !seen.insert(local) {
                continue;
            }
            match self.definitions.get(&local) {
                Some(Definitions::Value(expr)) => pending.push(*expr),
                Some(Definitions::Joined(then, otherwise)) => locals.extend([*otherwise, *then]),
                None => {}
            }
        }
    }

    /// The first offset by name with that local dimension; one that starts at a dimension of the field goes first.
    fn offset_in_scope(&self, dims: &[Dimension], axis: &Dimension) -> Option<Offset> {
        let mut names = self.scope.names();
        names.sort();
        let offsets = names.iter().filter_map(|name| match self.scope.lookup(name) {
            Some(Binding::Offset(offset)) if offset.local() == Some(axis) => Some(offset),
            _ => None,
        });
        let offsets: Vec<Offset> = offsets.collect();
        let starts = |offset: &&Offset| offset.target.first().is_some_and(|origin| dims.contains(origin));
        offsets.iter().find(starts).or(offsets.first()).cloned()
    }
}

fn has_dimension(ty: &Type, dim: &Dimension) -> bool {
    ty.leaves().iter().any(|leaf| leaf.dims().contains(dim))
}
