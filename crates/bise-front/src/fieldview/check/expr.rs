//! Expressions: one case per node of the syntax tree.

use bise_base::{Diagnostic, Span};
use bise_hir::{ExprId, Shift};
use bise_lang::{Dimension, DimensionKind, Type, codes};
use bise_syntax::{Expr, ExprKind, Integer, LogicalOperator};

use super::super::resolve::Entity;
use super::{Check, Checker, Reported, Size, Value};
use crate::Literal;

impl Checker<'_> {
    /// The value of an expression.
    pub(crate) fn value(&mut self, expr: &Expr) -> Check<Value> {
        let value = self.evaluated(expr)?;
        self.bounded(self.size_of(&value), expr.span)?;
        Ok(value)
    }

    fn evaluated(&mut self, expr: &Expr) -> Check<Value> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Name(_) | ExprKind::Attribute { .. } => {
                let entity = self.entity(expr)?;
                self.entity_value(entity, span)
            }
            ExprKind::Int(Integer::Small(value)) => Ok(Value::Literal(Literal::Int(i128::from(*value)))),
            ExprKind::Int(Integer::Large) => Err(self.too_large(span)),
            ExprKind::Float(value) => Ok(Value::Literal(Literal::Float(*value))),
            ExprKind::Bool(value) => Ok(Value::Literal(Literal::Bool(*value))),
            ExprKind::Tuple(items) => self.tuple(items, span),
            ExprKind::Subscript { value, index } => self.subscript(value, index, span),
            ExprKind::Call {
                function,
                args,
                keywords,
            } => self.call(function, args, keywords, span),
            ExprKind::Unary { operator, operand } => {
                let value = self.value(operand)?;
                self.unary(*operator, value, operand.span, span)
            }
            ExprKind::Binary { first, rest } => {
                let mut left = self.value(first);
                let mut left_span = first.span;
                for step in rest {
                    let right = self.value(&step.operand);
                    left = match (left, right) {
                        (Ok(left), Ok(right)) => {
                            let operands = [(left, left_span), (right, step.operand.span)];
                            self.binary(step.operator, &operands, step.span)
                        }
                        _ => Err(Reported),
                    };
                    left_span = step.span;
                }
                left
            }
            ExprKind::Compare { first, rest } => self.compare(first, rest, span),
            ExprKind::Logical { operator, values } => Err(self.logical(*operator, values, span)),
            ExprKind::Conditional {
                condition,
                then,
                otherwise,
            } => self.conditional(condition, then, otherwise, span),
            ExprKind::Unsupported(construct) => Err(self.unsupported(*construct, span)),
            ExprKind::String(_) => Err(self.foreign("text", span)),
            ExprKind::None => Err(self.foreign("`None`", span)),
            ExprKind::Ellipsis => Err(self.foreign("`...`", span)),
            ExprKind::List(_) => Err(self.foreign("a list", span)),
            ExprKind::Dict(_) => Err(self.foreign("a dictionary", span)),
            ExprKind::Starred(_) => Err(self.foreign("an unpacked value", span)),
            ExprKind::Slice { .. } => Err(self.foreign("a slice", span)),
        }
    }

    /// `(a, b)`
    fn tuple(&mut self, items: &[Expr], span: Span) -> Check<Value> {
        let mut size = Size::default();
        let mut values = Vec::new();
        for item in items {
            let value = self.value(item);
            if let Ok(value) = &value {
                size.add(self.size_of(value));
            }
            if size.is_excessive() {
                return Err(self.excessive(span));
            }
            values.push(value);
        }
        Ok(Value::Tuple(values.into_iter().collect::<Check<_>>()?))
    }

    /// What a name stands for, as a value.
    fn entity_value(&mut self, entity: Entity, span: Span) -> Check<Value> {
        match entity {
            Entity::Value(value) => Ok(value),
            Entity::Literal(value) => Ok(Value::Literal(value)),
            Entity::Scalar(value) => Ok(Value::Expr(self.builder.constant(value, span))),
            Entity::Tuple(items) => {
                let items = items.into_iter().map(|item| {
                    let item = self.binding_entity(item)?;
                    self.entity_value(item, span)
                });
                items.collect::<Check<_>>().map(Value::Tuple)
            }
            other => {
                let message = format!("{} is not a value", other.describe());
                let mut diagnostic = Diagnostic::error(&codes::NOT_A_VALUE, span, message)
                    .label("expected a field or a number");
                if matches!(other, Entity::Operator(_) | Entity::Function(..)) {
                    diagnostic = diagnostic.hint("call it");
                }
                if let Entity::Dimension(dim) = &other {
                    diagnostic = diagnostic.hint(format!("the indices along it are `index({dim})`"));
                }
                Err(self.report(diagnostic))
            }
        }
    }

    fn foreign(&mut self, what: &str, span: Span) -> Reported {
        let diagnostic = Diagnostic::error(&codes::NOT_A_VALUE, span, format!("{what} has no meaning here"))
            .label("expected a field or a number");
        self.report(diagnostic)
    }

    fn not_indexed(&mut self, owner: &Entity, span: Span) -> Reported {
        let message = format!("{} cannot be indexed here", owner.describe());
        let mut diagnostic = Diagnostic::error(&codes::NOT_A_VALUE, span, message);
        if let Entity::Offset(offset) = owner {
            let name = self.text(span);
            diagnostic = diagnostic.hint(format!(
                "read a field on `{}` there: `f({name}[0])`",
                offset.source
            ));
        }
        self.report(diagnostic)
    }

    /// `value[index]`, of a tuple or of a field over neighbours.
    fn subscript(&mut self, value: &Expr, index: &Expr, span: Span) -> Check<Value> {
        let tuple = match self.entity(value)? {
            owner @ (Entity::Value(_) | Entity::Tuple(_)) => self.entity_value(owner, value.span)?,
            owner => return Err(self.not_indexed(&owner, value.span)),
        };
        let count = match &tuple {
            Value::Tuple(items) => Some(items.len()),
            Value::Expr(expr) => match self.ty(*expr) {
                Type::Tuple(types) => Some(types.len()),
                Type::Scalar(_) | Type::Field(_) => None,
            },
            Value::Literal(_) => None,
        };
        let Some(count) = count else {
            if let (Value::Expr(field), Some(entry)) = (&tuple, self.entry_index(index)?)
                && matches!(self.ty(*field), Type::Field(_))
            {
                return self.entry(*field, entry, index.span, span);
            }
            let message = format!("{} cannot be indexed", self.describe(&tuple));
            let diagnostic = Diagnostic::error(&codes::UNPACK, span, message)
                .label("not a tuple")
                .note("fields are read elsewhere by shifts, `f(I + 1)`, or of their neighbours by one's number, `f[E2CDim(0)]`");
            return Err(self.report(diagnostic));
        };
        let at = self.integer(index)?;
        let position = if at < 0 { at + count as i128 } else { at };
        let item = usize::try_from(position).ok().and_then(|position| match &tuple {
            Value::Tuple(items) => items.get(position).cloned(),
            Value::Expr(expr) => self.builder.item(*expr, position, span).ok().map(Value::Expr),
            Value::Literal(_) => None,
        });
        item.ok_or_else(|| {
            let message = format!("the tuple has {count} elements, not one with index {at}");
            self.report(Diagnostic::error(&codes::UNPACK, index.span, message))
        })
    }

    /// The dimension and the argument of `E2CDim(0)`; nothing for what is no call of a dimension.
    fn entry_index<'a>(&mut self, index: &'a Expr) -> Check<Option<(Dimension, &'a [Expr])>> {
        let ExprKind::Call { function, args, .. } = &index.kind else {
            return Ok(None);
        };
        match self.entity(function)? {
            Entity::Dimension(dim) => Ok(Some((dim, args))),
            _ => Ok(None),
        }
    }

    /// `field[E2CDim(0)]`: one entry of a field over neighbours.
    fn entry(
        &mut self,
        field: ExprId,
        (dim, args): (Dimension, &[Expr]),
        index: Span,
        span: Span,
    ) -> Check<Value> {
        if dim.kind != DimensionKind::Local {
            let text = self.text(index);
            let message = format!("a field has no entry `{text}`: `{dim}` is no local dimension");
            let diagnostic = Diagnostic::error(&codes::SHIFT, index, message)
                .label("not along neighbours")
                .hint("read it relative to the point at hand, `f(I + 1)`, or at a computed index, `f(as_offset(Ioff, n))`");
            return Err(self.report(diagnostic));
        }
        let [number] = args else {
            let message = format!("an entry has one number, `{dim}(0)`");
            return Err(self.report(Diagnostic::error(&codes::SHIFT, index, message)));
        };
        let number = self.neighbor_number(number)?;
        let shift = Shift::Entry { dim, index: number };
        self.apply_shift(field, shift, index, span).map(Value::Expr)
    }

    /// An integer that is known now.
    pub(super) fn integer(&mut self, expr: &Expr) -> Check<i128> {
        match self.value(expr)? {
            Value::Literal(Literal::Int(value)) => Ok(value),
            other => {
                let message = format!("expected an integer literal, found {}", self.describe(&other));
                let code = &codes::UNPACK;
                Err(self.report(Diagnostic::error(code, expr.span, message).label("not an integer literal")))
            }
        }
    }

    pub(super) fn logical(&mut self, operator: LogicalOperator, values: &[Expr], span: Span) -> Reported {
        let symbol = match operator {
            LogicalOperator::And => " & ",
            LogicalOperator::Or => " | ",
        };
        let parts: Vec<String> = values.iter().map(|value| self.operand_text(value)).collect();
        let diagnostic = Diagnostic::error(
            &codes::LOGICAL,
            span,
            format!("`{}` does not work point by point", operator.symbol()),
        )
        .hint(format!("write `{}`", parts.join(symbol)));
        self.report(diagnostic)
    }

    /// The text of an operand of `&` or `|`, with parentheses where they are needed.
    pub(super) fn operand_text(&self, expr: &Expr) -> String {
        let text = self.text(expr.span);
        match &expr.kind {
            ExprKind::Compare { .. } | ExprKind::Logical { .. } | ExprKind::Conditional { .. } => {
                format!("({text})")
            }
            ExprKind::Unary {
                operator: bise_syntax::UnaryOperator::Not,
                operand,
            } => format!("~({})", self.text(operand.span)),
            _ => text.to_owned(),
        }
    }
}
