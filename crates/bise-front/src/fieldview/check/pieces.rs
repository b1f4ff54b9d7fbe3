//! Fields by index: `concat_where(K < n, a, b)`, `index(K)`, and the distance of `f(as_offset(Koff, distance))`.

use bise_base::{Diagnostic, Span};
use bise_hir::{ExprId, Region};
use bise_lang::{Builtin, DType, Dimension, DimensionKind, Offset, Type, codes};
use bise_syntax::{BinaryOperator, Comparison, Expr, ExprKind, Keyword, UnaryOperator};

use super::super::resolve::Entity;
use super::{Check, Checker, Reported, Value};

impl Checker<'_> {
    /// `concat_where(region, then, otherwise)`
    pub(super) fn concat_where(&mut self, args: &[Expr], keywords: &[Keyword], span: Span) -> Check<Value> {
        let [condition, then, otherwise] = self.exactly::<3>("concat_where", args, keywords, span)?;
        let region = self.region(condition);
        let (a, b) = (self.value(then), self.value(otherwise));
        let (a, b) = self.unify((a?, then.span), (b?, otherwise.span))?;
        let (a, b) = (self.settle(&a, then.span)?, self.settle(&b, otherwise.span)?);
        match self.builder.concat_where(region?, a, b, span) {
            Ok(expr) => Ok(Value::Expr(expr)),
            Err(_) => Err(self.unlike_branches("concat_where", (a, then.span), (b, otherwise.span), span)),
        }
    }

    /// A part of all points: comparisons of dimensions with integers, joined by `&`, `|` and `~`.
    fn region(&mut self, expr: &Expr) -> Check<Region> {
        match &expr.kind {
            ExprKind::Binary { first, rest } => {
                let mut left = self.region(first);
                for step in rest {
                    let join = match step.operator {
                        BinaryOperator::And => Region::And,
                        BinaryOperator::Or => Region::Or,
                        _ => return Err(self.not_a_region(expr)),
                    };
                    let right = self.region(&step.operand);
                    left = match (left, right) {
                        (Ok(left), Ok(right)) => Ok(join(Box::new(left), Box::new(right))),
                        _ => Err(Reported),
                    };
                }
                left
            }
            ExprKind::Unary {
                operator: UnaryOperator::Invert | UnaryOperator::Not,
                operand,
            } => Ok(Region::Not(Box::new(self.region(operand)?))),
            ExprKind::Compare { first, rest } => self.comparison(first, rest, expr),
            ExprKind::Logical { operator, values } => Err(self.logical(*operator, values, expr.span)),
            _ => Err(self.not_a_region(expr)),
        }
    }

    /// `K < n`, `n > K`, or a chain `0 < K < n`
    fn comparison(&mut self, first: &Expr, rest: &[(Comparison, Expr)], expr: &Expr) -> Check<Region> {
        let firsts = std::iter::once(first).chain(rest.iter().map(|(_, operand)| operand));
        let pairs = firsts
            .zip(rest)
            .map(|(first, (comparison, second))| self.half_space(first, *comparison, second, expr));
        let all: Vec<Check<Region>> = pairs.collect();
        let all = all.into_iter().collect::<Check<Vec<Region>>>()?.into_iter();
        all.reduce(|a, b| Region::And(Box::new(a), Box::new(b)))
            .ok_or(Reported)
    }

    fn half_space(
        &mut self,
        first: &Expr,
        comparison: Comparison,
        second: &Expr,
        expr: &Expr,
    ) -> Check<Region> {
        let (a, b) = (self.side(first), self.side(second));
        let (dim, at, bound, comparison) = match (a?, b?) {
            (Entity::Dimension(dim), Entity::Value(bound)) => {
                (dim, second.span, bound, compared(comparison, false))
            }
            (Entity::Value(bound), Entity::Dimension(dim)) => {
                (dim, first.span, bound, compared(comparison, true))
            }
            _ => return Err(self.not_a_region(expr)),
        };
        let Some(comparison) = comparison else {
            return Err(self.not_a_region(expr));
        };
        self.along(&dim, expr.span)?;
        let bound_id = self.settle(&bound, at)?;
        if !matches!(self.ty(bound_id), Type::Scalar(dtype) if dtype.is_integer() && *dtype != DType::UInt64)
        {
            let message = format!(
                "an index along `{dim}` is compared with {}, not with an integer",
                self.describe(&bound)
            );
            let diagnostic = Diagnostic::error(&codes::CONDITION, at, message)
                .label("expected a scalar integer")
                .hint("to choose by values of fields, write `where(mask, a, b)`");
            return Err(self.report(diagnostic));
        }
        Ok(Region::Compare {
            dim,
            comparison,
            bound: bound_id,
        })
    }

    /// One side of a comparison: a dimension or a value.
    fn side(&mut self, expr: &Expr) -> Check<Entity> {
        let is_name = matches!(expr.kind, ExprKind::Name(_) | ExprKind::Attribute { .. });
        if is_name && let Entity::Dimension(dim) = self.entity(expr)? {
            return Ok(Entity::Dimension(dim));
        }
        self.value(expr).map(Entity::Value)
    }

    fn not_a_region(&mut self, expr: &Expr) -> Reported {
        let text = self.text(expr.span);
        let message = format!("`{text}` does not compare a dimension with an integer");
        let diagnostic = Diagnostic::error(&codes::CONDITION, expr.span, message)
            .label("expected a part of the points, such as `K < n`")
            .hint("join comparisons by `&`, `|` and `~`; to choose by values of fields, write `where(mask, a, b)`");
        self.report(diagnostic)
    }

    /// There is an order along a dimension, and in scan operators only along that of the levels.
    pub(super) fn along(&mut self, dim: &Dimension, span: Span) -> Check<()> {
        if dim.kind == DimensionKind::Local {
            let message = format!("`{dim}` is a local dimension: there is no order along it");
            return Err(self.report(Diagnostic::error(&codes::CONDITION, span, message)));
        }
        match &self.builder.body().levels {
            Some(axis) if axis != dim => {
                let message = format!("a scan operator along `{axis}` knows nothing of `{dim}`");
                let diagnostic = Diagnostic::error(&codes::OPERAND, span, message)
                    .note("a scan operator works on the numbers of one level; it knows which, and reads its inputs at other levels")
                    .hint("compute it where the scan operator is called, and give it the result");
                Err(self.report(diagnostic))
            }
            _ => Ok(()),
        }
    }

    /// `index(dim)`
    pub(super) fn index_along(&mut self, args: &[Expr], keywords: &[Keyword], span: Span) -> Check<Value> {
        let [arg] = self.exactly::<1>("index", args, keywords, span)?;
        let dim = match self.entity(arg)? {
            Entity::Dimension(dim) => dim,
            other => {
                let message = format!("{} is not a dimension", other.describe());
                let diagnostic = Diagnostic::error(&codes::NOT_A_VALUE, arg.span, message)
                    .label("expected a dimension")
                    .hint("write `index(K)`: the index of each point along `K`, an int32");
                return Err(self.report(diagnostic));
            }
        };
        self.along(&dim, arg.span)?;
        match self.builder.index(dim, span) {
            Ok(expr) => Ok(Value::Expr(expr)),
            Err(error) => Err(self.report(Diagnostic::error(&codes::NOT_A_VALUE, span, error.to_string()))),
        }
    }

    /// `as_offset(offset, distance)`, in `f(...)`.
    pub(super) fn computed_offset(
        &mut self,
        args: &[Expr],
        keywords: &[Keyword],
        span: Span,
    ) -> Check<(Offset, ExprId)> {
        let [offset, distance] = self.exactly::<2>("as_offset", args, keywords, span)?;
        let distance_value = self.value(distance);
        let along = match self.entity(offset)? {
            Entity::Offset(along) => along,
            other => {
                let message = format!("{} is not an offset", other.describe());
                let mut diagnostic = Diagnostic::error(&codes::SHIFT, offset.span, message)
                    .label("expected an offset along one dimension");
                if let Entity::Dimension(dim) = &other {
                    diagnostic = diagnostic.hint(format!(
                        "define one: `{dim}off = FieldOffset(\"{dim}off\", source={dim}, target=({dim},))`"
                    ));
                }
                return Err(self.report(diagnostic));
            }
        };
        if along.target.as_slice() != std::slice::from_ref(&along.source) {
            let message = format!("`{}` does not move along one dimension", along.name);
            let diagnostic = Diagnostic::error(&codes::SHIFT, offset.span, message)
                .label("expected an offset whose source is its only target")
                .note("there is an order, and with it a distance, along Cartesian dimensions only");
            return Err(self.report(diagnostic));
        }
        self.along(&along.source, offset.span)?;
        let value = distance_value?;
        let id = self.settle(&value, distance.span)?;
        if !matches!(self.ty(id), Type::Tuple(_))
            && self.ty(id).dtype().is_some_and(bise_lang::DType::is_integer)
        {
            return Ok((along, id));
        }
        let message = format!("the distance is {}, not of integers", self.describe(&value));
        let diagnostic = Diagnostic::error(&codes::SHIFT, distance.span, message)
            .label("expected a field of integers")
            .hint(format!(
                "convert it: `astype({}, int32)`",
                self.text(distance.span)
            ));
        Err(self.report(diagnostic))
    }

    /// Exactly so many positional arguments.
    fn exactly<'e, const N: usize>(
        &mut self,
        name: &str,
        args: &'e [Expr],
        keywords: &[Keyword],
        span: Span,
    ) -> Check<[&'e Expr; N]> {
        if let Some(keyword) = keywords.first() {
            let message = format!("`{name}` takes no keyword arguments");
            return Err(self.report(Diagnostic::error(&codes::ARGUMENTS, keyword.span, message)));
        }
        let found: Vec<&'e Expr> = args.iter().collect();
        found.try_into().map_err(|_| {
            let takes = super::call::plural(N, "argument");
            let message = format!("`{name}` takes {takes}, not {}", args.len());
            self.report(Diagnostic::error(&codes::ARGUMENTS, span, message))
        })
    }
}

/// The row of the builtin table; `turned`: the dimension stands on the right.
fn compared(comparison: Comparison, turned: bool) -> Option<Builtin> {
    Some(match (comparison, turned) {
        (Comparison::Equal, _) => Builtin::Equal,
        (Comparison::NotEqual, _) => Builtin::NotEqual,
        (Comparison::Less, false) | (Comparison::Greater, true) => Builtin::Less,
        (Comparison::LessEqual, false) | (Comparison::GreaterEqual, true) => Builtin::LessEqual,
        (Comparison::Greater, false) | (Comparison::Less, true) => Builtin::Greater,
        (Comparison::GreaterEqual, false) | (Comparison::LessEqual, true) => Builtin::GreaterEqual,
        (Comparison::Is | Comparison::IsNot | Comparison::In | Comparison::NotIn, _) => return None,
    })
}
