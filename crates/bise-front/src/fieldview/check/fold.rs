//! Folds over ranges of points: `sum_over(f, domain={I: (0, nx)})`.

use bise_base::{Diagnostic, Span};
use bise_hir::{ExprId, Range};
use bise_lang::{Builtin, DType, Reduction, Scalar, Type, codes};
use bise_syntax::{Expr, ExprKind, Keyword};

use super::{Check, Checker, Reported, Value};

/// A fold over the points of ranges, or what is made of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// A fold.
    Fold(Reduction),
    /// The sum by the number of points.
    Mean,
}

impl Over {
    fn name(self) -> &'static str {
        match self {
            Self::Fold(reduction) => reduction.over_range(),
            Self::Mean => "mean_over",
        }
    }
}

impl Checker<'_> {
    /// `sum_over(value, domain={dim: (start, stop), ...})`
    pub(super) fn range_fold(
        &mut self,
        over: Over,
        args: &[Expr],
        keywords: &[Keyword],
        span: Span,
    ) -> Check<Value> {
        let name = over.name();
        let is_domain = |keyword: &Keyword| keyword.name.as_ref().is_some_and(|name| name.name == "domain");
        let (operand, domain) = match (args, keywords) {
            ([operand], [domain]) if is_domain(domain) => (operand, &domain.value),
            _ => {
                let unknown = keywords.iter().find(|keyword| !is_domain(keyword));
                let at = unknown.map_or(span, |keyword| keyword.span);
                let message = format!("`{name}` takes a field and the keyword `domain`");
                let diagnostic = Diagnostic::error(&codes::ARGUMENTS, at, message)
                    .hint(format!("write `{name}(f, domain={{I: (0, nx)}})`"));
                return Err(self.report(diagnostic));
            }
        };
        let value = self.value(operand);
        let ranges = self.ranges(domain)?;
        let value = value?;
        let field = match &value {
            Value::Expr(expr) if matches!(self.ty(*expr), Type::Field(_)) => *expr,
            other => {
                let message = format!("`{name}` folds a field, not {}", self.describe(other));
                return Err(self.report(Diagnostic::error(&codes::RANGE_FOLD, operand.span, message)));
            }
        };
        for (range, at) in &ranges {
            if !self.ty(field).dims().contains(&range.dim) {
                let message = format!("the field has no dimension `{}` to fold", range.dim);
                let diagnostic = Diagnostic::error(&codes::RANGE_FOLD, *at, message)
                    .also(operand.span, format!("this is `{}`", self.ty(field)));
                return Err(self.report(diagnostic));
            }
        }
        let dtype = self.ty(field).dtype().unwrap_or(DType::Float64);
        if dtype == DType::Bool || over == Over::Mean && !dtype.is_float() {
            let (what, to) = match over {
                Over::Mean => ("floats", "float64"),
                Over::Fold(_) => ("numbers", "int32"),
            };
            let message = format!("`{name}` folds {what}, not `{dtype}`");
            let diagnostic = Diagnostic::error(&codes::OPERAND, operand.span, message)
                .label(format!("this is `{}`", self.ty(field)))
                .hint(format!(
                    "convert first: `astype({}, {to})`",
                    self.text(operand.span)
                ));
            return Err(self.report(diagnostic));
        }
        let ranges: Vec<Range> = ranges.into_iter().map(|(range, _)| range).collect();
        let made = match over {
            Over::Fold(reduction) => self.builder.fold(reduction, field, ranges, span),
            Over::Mean => self.mean(field, ranges, dtype, span),
        };
        match made {
            Ok(expr) => Ok(Value::Expr(expr)),
            Err(error) => Err(self.report(Diagnostic::error(&codes::RANGE_FOLD, span, error.to_string()))),
        }
    }

    /// The sum by the number of points.
    fn mean(
        &mut self,
        field: ExprId,
        ranges: Vec<Range>,
        dtype: DType,
        span: Span,
    ) -> Result<ExprId, bise_hir::TypeError> {
        let builder = &mut self.builder;
        let zero = builder.constant(Scalar::integer(DType::Int64, 0), span);
        let mut points = builder.constant(Scalar::integer(DType::Int64, 1), span);
        for Range { start, stop, .. } in &ranges {
            let start = builder.cast(*start, DType::Int64, span)?;
            let stop = builder.cast(*stop, DType::Int64, span)?;
            let along = builder.builtin(Builtin::Subtract, vec![stop, start], span)?;
            let along = builder.builtin(Builtin::Maximum, vec![along, zero], span)?;
            points = builder.builtin(Builtin::Multiply, vec![points, along], span)?;
        }
        let sum = builder.fold(Reduction::Sum, field, ranges, span)?;
        let points = builder.cast(points, dtype, span)?;
        builder.builtin(Builtin::Divide, vec![sum, points], span)
    }

    /// `{I: (0, nx), ...}`: in canonical order, each with where it stands.
    fn ranges(&mut self, domain: &Expr) -> Check<Vec<(Range, Span)>> {
        let ExprKind::Dict(entries) = &domain.kind else {
            return Err(self.no_ranges(domain.span));
        };
        let mut ranges = Vec::new();
        for (key, value) in entries {
            match (key, &value.kind) {
                (Some(key), ExprKind::Tuple(ends)) if ends.len() == 2 => {
                    ranges.push(self.range_over(key, &ends[0], &ends[1]));
                }
                _ => ranges.push(Err(self.no_ranges(value.span))),
            }
        }
        let mut ranges = ranges.into_iter().collect::<Check<Vec<_>>>()?;
        ranges.sort_by(|(a, _), (b, _)| a.dim.cmp(&b.dim));
        if let Some(twice) = ranges.windows(2).find(|pair| pair[0].0.dim == pair[1].0.dim) {
            let message = format!("the dimension `{}` stands twice", twice[0].0.dim);
            return Err(self.report(Diagnostic::error(&codes::DOMAIN, domain.span, message)));
        }
        if ranges.is_empty() {
            return Err(self.no_ranges(domain.span));
        }
        Ok(ranges)
    }

    fn range_over(&mut self, key: &Expr, start: &Expr, stop: &Expr) -> Check<(Range, Span)> {
        let dim = self.dimension(key);
        let (start, stop) = (self.end_of_range(start), self.end_of_range(stop));
        let (dim, start, stop) = (dim?, start?, stop?);
        self.along(&dim, key.span)?;
        Ok((Range { dim, start, stop }, key.span))
    }

    fn end_of_range(&mut self, expr: &Expr) -> Check<ExprId> {
        let value = self.value(expr)?;
        let id = self.settle(&value, expr.span)?;
        if matches!(self.ty(id), Type::Scalar(dtype) if dtype.is_integer() && *dtype != DType::UInt64) {
            return Ok(id);
        }
        let message = format!("an end of a range is {}, not an integer", self.describe(&value));
        let diagnostic =
            Diagnostic::error(&codes::RANGE_FOLD, expr.span, message).label("expected a scalar integer");
        Err(self.report(diagnostic))
    }

    fn no_ranges(&mut self, span: Span) -> Reported {
        let message = "the domain is not a dictionary of ranges";
        let diagnostic = Diagnostic::error(&codes::DOMAIN, span, message)
            .hint("write `domain={I: (0, nx)}`: the first index and one past the last");
        self.report(diagnostic)
    }
}
