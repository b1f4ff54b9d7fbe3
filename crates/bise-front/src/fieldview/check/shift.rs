//! Fields read elsewhere: `f(I + 1)`, `f(Ioff[1])`, `f(E2V[0])`, `f(V2E)`; several arguments apply left to right.

use bise_base::{Diagnostic, Span};
use bise_hir::typing::TypeError;
use bise_hir::{ExprId, Shift};
use bise_lang::{Dimension, DimensionKind, Offset, Type, codes};
use bise_syntax::{BinaryOperator, BinaryStep, Expr, ExprKind, Keyword};

use super::super::resolve::Entity;
use super::{Check, Checker, Level, Reported, Value};
use crate::Literal;
use crate::language::Function;

/// Where a field is read.
enum Read {
    /// At a place that is known.
    Shift(Shift),
    /// At a computed distance along the dimension of an offset.
    Gather(Offset, ExprId),
}

impl Checker<'_> {
    /// `value(args)` of a value.
    pub(super) fn shifted(
        &mut self,
        (value, value_span): (Value, Span),
        args: &[Expr],
        keywords: &[Keyword],
        span: Span,
    ) -> Check<Value> {
        let shifts: Vec<Check<(Read, Span)>> = args
            .iter()
            .map(|arg| Ok((self.shift_argument(arg)?, arg.span)))
            .collect();
        let field = match &value {
            Value::Expr(expr) if matches!(self.ty(*expr), Type::Field(_)) || self.is_input(*expr) => *expr,
            _ => return Err(self.not_shiftable(&value, value_span)),
        };
        if let Some(keyword) = keywords.first() {
            let message = "a shift has no keyword arguments";
            return Err(self.report(Diagnostic::error(&codes::SHIFT, keyword.span, message)));
        }
        if args.is_empty() {
            let diagnostic = Diagnostic::error(&codes::SHIFT, span, "the shift says not where to read")
                .hint("write `f(I + 1)`, or only `f` to read it here");
            return Err(self.report(diagnostic));
        }
        let mut field = field;
        for shift in shifts {
            let (read, at) = shift?;
            let shift = match read {
                Read::Shift(shift) => shift,
                Read::Gather(offset, distance) => {
                    field = self.gather(field, (offset, distance), at, span)?;
                    continue;
                }
            };
            if matches!(shift, Shift::Cartesian { distance: 0, .. }) {
                // Reading here is no shift, but the field has to have the dimension.
                self.apply_shift(field, shift, at, span)?;
                continue;
            }
            field = self.apply_shift(field, shift, at, span)?;
        }
        Ok(Value::Expr(field))
    }

    /// Whether it is an input of a scan operator, which has other levels than this one.
    fn is_input(&self, expr: ExprId) -> bool {
        let input = bise_hir::walk::local_of(self.builder.body(), expr);
        matches!(self.ty(expr), Type::Scalar(_)) && input.is_some_and(|input| self.inputs.contains(&input))
    }

    fn not_shiftable(&mut self, value: &Value, span: Span) -> Reported {
        let message = format!("{} cannot be read elsewhere", self.describe(value));
        let diagnostic = Diagnostic::error(&codes::SHIFT, span, message);
        let diagnostic = if self.level == Level::Scan {
            diagnostic
                .label("not an input")
                .note("in a scan operator, its parameters but the carry are read at other levels; what is computed is known at this level only")
                .hint("read what it is computed from there, as in `a(K + 1) * b(K + 1)`, or return it as a part of the carry")
        } else {
            diagnostic.label("not a field")
        };
        self.report(diagnostic)
    }

    pub(super) fn apply_shift(&mut self, field: ExprId, shift: Shift, at: Span, span: Span) -> Check<ExprId> {
        let ty = self.ty(field).clone();
        match self.builder.shift(field, shift, span) {
            Ok(shifted) => Ok(shifted),
            Err(error) => Err(self.not_readable(field, &ty, &error, at)),
        }
    }

    fn gather(
        &mut self,
        field: ExprId,
        (offset, distance): (Offset, ExprId),
        at: Span,
        span: Span,
    ) -> Check<ExprId> {
        let ty = self.ty(field).clone();
        match self.builder.gather(field, offset, distance, span) {
            Ok(read) => Ok(read),
            Err(error) => Err(self.not_readable(field, &ty, &error, at)),
        }
    }

    /// Why a field of type `ty` cannot be read elsewhere.
    fn not_readable(&mut self, field: ExprId, ty: &Type, error: &TypeError, at: Span) -> Reported {
        let diagnostic = match error {
            TypeError::MissingDimension { dim, .. }
                if let Some(namesake) = ty.dims().iter().find(|other| other.name == dim.name) =>
            {
                let message = format!(
                    "the dimension `{dim}` of the field is {}, this `{dim}` is {}",
                    namesake.kind.name(),
                    dim.kind.name()
                );
                Diagnostic::error(&codes::SHIFT, at, message)
                    .label(format!("moves along the {} `{dim}`", dim.kind.name()))
                    .also(self.builder.span(field), format!("this is `{ty}`"))
                    .note("dimensions are the same if name and kind are")
            }
            TypeError::MissingDimension { dim, .. } => {
                let message = format!("the field has no dimension `{dim}`");
                Diagnostic::error(&codes::SHIFT, at, message)
                    .label(format!("along `{dim}`"))
                    .also(self.builder.span(field), format!("this is `{ty}`"))
            }
            TypeError::RepeatedDimension { dim, .. } => {
                let message = format!("the field has the dimension `{dim}` already");
                Diagnostic::error(&codes::SHIFT, at, message)
                    .also(self.builder.span(field), format!("this is `{ty}`"))
                    .hint("fold its neighbours first, with `neighbor_sum`")
            }
            other => Diagnostic::error(&codes::SHIFT, at, other.to_string()),
        };
        self.report(diagnostic)
    }

    fn shift_argument(&mut self, expr: &Expr) -> Check<Read> {
        let shift = match &expr.kind {
            ExprKind::Binary { first, rest } => match self.entity(first)? {
                Entity::Dimension(dim) => self.distance(dim, rest, expr.span),
                other => Err(self.not_a_shift(&other, expr.span)),
            },
            ExprKind::Subscript { value, index } => match self.entity(value)? {
                Entity::Offset(offset) => self.indexed_offset(offset, index, expr.span),
                other => Err(self.not_a_shift(&other, expr.span)),
            },
            ExprKind::Call {
                function,
                args,
                keywords,
            } => {
                if let Entity::Function(Function::AsOffset, _) = self.entity(function)? {
                    let (offset, distance) = self.computed_offset(args, keywords, expr.span)?;
                    return Ok(Read::Gather(offset, distance));
                }
                let value = self.value(expr)?;
                Err(self.not_a_shift(&Entity::Value(value), expr.span))
            }
            _ => match self.entity(expr)? {
                Entity::Offset(offset) if offset.local().is_some() => Ok(Shift::Neighbors { offset }),
                other => Err(self.not_a_shift(&other, expr.span)),
            },
        };
        shift.map(Read::Shift)
    }

    fn not_a_shift(&mut self, entity: &Entity, span: Span) -> Reported {
        let message = format!("{} does not say where to read the field", entity.describe());
        let mut diagnostic = Diagnostic::error(&codes::SHIFT, span, message).label("expected a shift");
        diagnostic = match entity {
            Entity::Dimension(dim) => diagnostic.hint(format!("write `{dim} + 1` or `{dim} - 1`")),
            Entity::Offset(offset) => {
                diagnostic.hint(format!("write `{}[1]` or `{}[-1]`", offset.name, offset.name))
            }
            _ => diagnostic.hint("write `f(I + 1)`, `f(E2V[0])` or `f(V2E)`"),
        };
        self.report(diagnostic)
    }

    /// `dim + 1 - 2`
    fn distance(&mut self, dim: Dimension, rest: &[BinaryStep], span: Span) -> Check<Shift> {
        let mut total: i128 = 0;
        for step in rest {
            let sign = match step.operator {
                BinaryOperator::Add => 1,
                BinaryOperator::Subtract => -1,
                other => {
                    let message = format!("`{}` does not move along a dimension", other.symbol());
                    let diagnostic = Diagnostic::error(&codes::SHIFT, span, message)
                        .hint(format!("write `{dim} + 1` or `{dim} - 1`"));
                    return Err(self.report(diagnostic));
                }
            };
            let distance = self.shift_distance(&step.operand)?;
            total = total.saturating_add(distance.saturating_mul(sign));
        }
        if dim.kind == DimensionKind::Local {
            let message = format!("`{dim}` is a local dimension: there is no order along it");
            return Err(self.report(Diagnostic::error(&codes::SHIFT, span, message)));
        }
        self.along(&dim, span)?;
        let distance = self.small_distance(total, span)?;
        Ok(Shift::Cartesian { dim, distance })
    }

    fn small_distance(&mut self, distance: i128, span: Span) -> Check<i32> {
        // Far shifts are mistakes, and sums of distances have to stay in range.
        i32::try_from(distance)
            .ok()
            .filter(|distance| distance.abs() <= 1 << 24)
            .ok_or_else(|| {
                self.report(Diagnostic::error(
                    &codes::SHIFT,
                    span,
                    "the distance is too large",
                ))
            })
    }

    fn shift_distance(&mut self, expr: &Expr) -> Check<i128> {
        match self.value(expr)? {
            Value::Literal(Literal::Int(value)) => Ok(value),
            Value::Literal(Literal::Float(value)) if (value * 2.0).fract() == 0.0 => {
                let message = "staggered dimensions are not supported";
                let diagnostic = Diagnostic::error(&codes::UNSUPPORTED, expr.span, message)
                    .note("the distance of a shift is an integer literal");
                Err(self.report(diagnostic))
            }
            other => {
                let message = format!(
                    "the distance is {}, not an integer literal",
                    self.describe(&other)
                );
                Err(self.report(
                    Diagnostic::error(&codes::SHIFT, expr.span, message).label("expected an integer literal"),
                ))
            }
        }
    }

    /// The number of a neighbour, a literal.
    pub(super) fn neighbor_number(&mut self, number: &Expr) -> Check<u32> {
        let found = match self.value(number)? {
            Value::Literal(Literal::Int(value)) => match u32::try_from(value) {
                Ok(index) if index < 1 << 20 => return Ok(index),
                _ => "the number of a neighbour is counted from zero".to_owned(),
            },
            other => {
                let found = self.describe(&other);
                format!("the number of a neighbour is {found}, not an integer literal")
            }
        };
        Err(self.report(Diagnostic::error(&codes::SHIFT, number.span, found)))
    }

    /// `offset[index]`
    fn indexed_offset(&mut self, offset: Offset, index: &Expr, span: Span) -> Check<Shift> {
        if offset.local().is_some() {
            let index = self.neighbor_number(index)?;
            return Ok(Shift::Neighbor { offset, index });
        }
        let value = self.shift_distance(index)?;
        if offset.target.first() != Some(&offset.source) {
            let message = format!("the offset `{}` leads to another dimension", offset.name);
            let diagnostic = Diagnostic::error(&codes::UNSUPPORTED, span, message).note(
                "staggered dimensions are not supported: source and target of a Cartesian offset are one",
            );
            return Err(self.report(diagnostic));
        }
        self.along(&offset.source, span)?;
        let distance = self.small_distance(value, span)?;
        Ok(Shift::Cartesian {
            dim: offset.source,
            distance,
        })
    }
}
