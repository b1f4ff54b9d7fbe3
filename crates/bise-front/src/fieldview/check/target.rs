//! Where the results of a program's calls go: `out=` and `domain=`.

use bise_base::{Diagnostic, Span};
use bise_hir::{ExprId, ExprKind as HirKind, Target};
use bise_lang::{Bound, Dimension, DomainRange, FieldType, Type, codes};
use bise_syntax::{Expr, ExprKind, UnaryOperator};

use super::super::annotation::elements;
use super::value::note_namesakes;
use super::{Check, Checker, Reported, Value};
use crate::Literal;

/// What `out=` names.
enum Place {
    /// A field parameter, or one element of a tuple parameter.
    Field {
        leaf: u32,
        ty: FieldType,
        slices: Option<Vec<(Bound, Bound)>>,
        span: Span,
    },
    Tuple(Vec<Place>),
}

/// What `domain=` says.
enum Domain {
    Ranges(Vec<DomainRange>, Span),
    Tuple(Vec<Domain>, Span),
}

impl Checker<'_> {
    /// The target of a result of type `result`.
    pub(super) fn target(&mut self, out: &Expr, domain: Option<&Expr>, result: &Type) -> Check<Target> {
        let place = self.place(out);
        let domain = match domain {
            Some(domain) => Some(self.domain(domain)?),
            None => None,
        };
        self.assemble(place?, domain.as_ref(), result, out.span)
    }

    fn place(&mut self, out: &Expr) -> Check<Place> {
        match &out.kind {
            ExprKind::Tuple(items) => {
                let items: Vec<Check<Place>> = items.iter().map(|item| self.place(item)).collect();
                Ok(Place::Tuple(items.into_iter().collect::<Check<_>>()?))
            }
            ExprKind::Subscript { value, index }
                if elements(index)
                    .iter()
                    .any(|i| matches!(i.kind, ExprKind::Slice { .. })) =>
            {
                match self.place(value)? {
                    Place::Field {
                        leaf,
                        ty,
                        slices: None,
                        ..
                    } => {
                        let slices = Some(self.slices(index, leaf, &ty)?);
                        Ok(Place::Field {
                            leaf,
                            ty,
                            slices,
                            span: out.span,
                        })
                    }
                    Place::Field { .. } => Err(self.not_writable("it is sliced twice".to_owned(), out.span)),
                    Place::Tuple(_) => Err(self.not_writable("a tuple has no slices".to_owned(), out.span)),
                }
            }
            ExprKind::Name(_) | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => {
                let value = self.value(out)?;
                let expr = match value {
                    Value::Expr(expr) => expr,
                    other => {
                        return Err(
                            self.not_writable(format!("{} is not a field", self.describe(&other)), out.span)
                        );
                    }
                };
                self.parameter_place(expr, out.span)
            }
            _ => Err(self.not_writable("this is not a parameter of the program".to_owned(), out.span)),
        }
    }

    fn not_writable(&mut self, message: String, span: Span) -> Reported {
        let diagnostic = Diagnostic::error(&codes::OUT, span, message)
            .label("cannot take the result")
            .note("`out=` names a field parameter, a slice of one, or a tuple of those");
        self.report(diagnostic)
    }

    fn parameter_place(&mut self, expr: ExprId, span: Span) -> Check<Place> {
        match (self.ty(expr).clone(), self.leaf_of(expr)) {
            (ty, Some(leaf)) => self.place_of_type(&ty, &mut { leaf }, span),
            (ty, None) => {
                Err(self.not_writable(format!("this `{ty}` is not a parameter of the program"), span))
            }
        }
    }

    fn place_of_type(&mut self, ty: &Type, leaf: &mut u32, span: Span) -> Check<Place> {
        match ty {
            Type::Field(field) => {
                *leaf += 1;
                Ok(Place::Field {
                    leaf: *leaf - 1,
                    ty: field.clone(),
                    slices: None,
                    span,
                })
            }
            Type::Tuple(types) => {
                let items: Check<Vec<Place>> = types
                    .iter()
                    .map(|ty| self.place_of_type(ty, leaf, span))
                    .collect();
                Ok(Place::Tuple(items?))
            }
            Type::Scalar(dtype) => {
                let message = format!("a number takes no result: it is a scalar, `{dtype}`");
                let diagnostic = Diagnostic::error(&codes::SCALAR_OUT, span, message)
                    .label("cannot take the result")
                    .hint(format!("declare it as `Field[[], {dtype}]`"));
                Err(self.report(diagnostic))
            }
        }
    }

    /// The position among the flattened parameters of the first leaf of a parameter, or of an element of one.
    pub(super) fn leaf_of(&self, expr: ExprId) -> Option<u32> {
        let body = self.builder.body();
        match &body.exprs[expr].kind {
            HirKind::Local(local) => self.leaves.get(local).copied(),
            HirKind::Item(tuple, index) => {
                let Type::Tuple(types) = self.ty(*tuple) else {
                    return None;
                };
                let before: usize = types.iter().take(*index).map(|ty| ty.leaves().len()).sum();
                Some(self.leaf_of(*tuple)? + before as u32)
            }
            _ => None,
        }
    }

    /// One slice per dimension, relative to the field's own domain, in the order of its annotation. The ranges are in
    /// canonical order.
    fn slices(&mut self, index: &Expr, leaf: u32, ty: &FieldType) -> Check<Vec<(Bound, Bound)>> {
        let slices = elements(index);
        let written = self.axes.get(leaf as usize).cloned().flatten();
        let written = written.unwrap_or_else(|| ty.dims().to_vec());
        if slices.len() != ty.dims().len() {
            let message = format!("{} slices for {} dimensions", slices.len(), ty.dims().len());
            let names: Vec<&str> = written.iter().map(|dim| dim.name.as_str()).collect();
            let diagnostic = Diagnostic::error(&codes::OUT, index.span, message)
                .hint(format!("write one slice for each of {}", names.join(", ")));
            return Err(self.report(diagnostic));
        }
        let mut ranges = Vec::new();
        for (slice, dim) in slices.iter().zip(&written) {
            ranges.push(self.slice(slice, leaf, dim).map(|range| (dim, range)));
        }
        let mut ranges: Vec<_> = ranges.into_iter().collect::<Check<_>>()?;
        ranges.sort_by_key(|(dim, _)| *dim);
        Ok(ranges.into_iter().map(|(_, range)| range).collect())
    }

    fn slice(&mut self, slice: &Expr, leaf: u32, dim: &Dimension) -> Check<(Bound, Bound)> {
        let (start, stop) = (Bound::Start(leaf, dim.clone()), Bound::Stop(leaf, dim.clone()));
        let ExprKind::Slice { lower, upper, step } = &slice.kind else {
            let diagnostic = Diagnostic::error(&codes::OUT, slice.span, "an index where a slice is needed")
                .hint("write `k:k + 1` with literals to write one layer");
            return Err(self.report(diagnostic));
        };
        if let Some(step) = step {
            return Err(self.report(Diagnostic::error(&codes::OUT, step.span, "slices have no step")));
        }
        let mut end = |bound: &Option<Box<Expr>>, default: &Bound| match bound {
            None => Ok(default.clone()),
            Some(expr) => {
                let value = self.slice_bound(expr)?;
                Ok(if value < 0 {
                    stop.clone().offset(value)
                } else {
                    start.clone().offset(value)
                })
            }
        };
        Ok((end(lower, &start)?, end(upper, &stop)?))
    }

    fn slice_bound(&mut self, expr: &Expr) -> Check<i64> {
        let literal = matches!(
            &expr.kind,
            ExprKind::Int(_)
                | ExprKind::Name(_)
                | ExprKind::Attribute { .. }
                | ExprKind::Unary {
                    operator: UnaryOperator::Minus,
                    ..
                }
        );
        if literal
            && let Value::Literal(Literal::Int(value)) = self.value(expr)?
            && let Ok(value) = i32::try_from(value)
        {
            return Ok(i64::from(value));
        }
        let diagnostic = Diagnostic::error(
            &codes::OUT,
            expr.span,
            "the bound of a slice is not an integer literal",
        )
        .hint("computed bounds stand in `domain=`: `domain={I: (1, n - 1)}`");
        Err(self.report(diagnostic))
    }

    fn domain(&mut self, expr: &Expr) -> Check<Domain> {
        match &expr.kind {
            ExprKind::Tuple(items) => {
                let items: Vec<Check<Domain>> = items.iter().map(|item| self.domain(item)).collect();
                Ok(Domain::Tuple(items.into_iter().collect::<Check<_>>()?, expr.span))
            }
            ExprKind::Dict(entries) => {
                let mut ranges = Vec::new();
                for (key, value) in entries {
                    let Some(key) = key else {
                        return Err(self.report(Diagnostic::error(
                            &codes::DOMAIN,
                            value.span,
                            "a domain cannot be unpacked",
                        )));
                    };
                    ranges.push(self.range(key, value));
                }
                let mut ranges: Vec<DomainRange> = ranges.into_iter().collect::<Check<_>>()?;
                ranges.sort_by(|a, b| a.dim.cmp(&b.dim));
                if let Some(twice) = ranges.windows(2).find(|pair| pair[0].dim == pair[1].dim) {
                    let message = format!("the dimension `{}` stands twice", twice[0].dim);
                    return Err(self.report(Diagnostic::error(&codes::DOMAIN, expr.span, message)));
                }
                Ok(Domain::Ranges(ranges, expr.span))
            }
            _ => {
                let diagnostic = Diagnostic::error(
                    &codes::DOMAIN,
                    expr.span,
                    "the domain is not a dictionary of ranges",
                )
                .hint("write `domain={I: (0, nx)}`");
                Err(self.report(diagnostic))
            }
        }
    }

    fn range(&mut self, key: &Expr, value: &Expr) -> Check<DomainRange> {
        let dim = self.dimension(key);
        let ExprKind::Tuple(ends) = &value.kind else {
            return Err(self.not_a_range(value.span));
        };
        let [start, stop] = ends.as_slice() else {
            return Err(self.not_a_range(value.span));
        };
        let (start, stop) = (self.bound(start), self.bound(stop));
        Ok(DomainRange {
            dim: dim?,
            start: start?,
            stop: stop?,
        })
    }

    fn not_a_range(&mut self, span: Span) -> Reported {
        let diagnostic = Diagnostic::error(
            &codes::DOMAIN,
            span,
            "the range is not a pair of first index and one past the last",
        )
        .hint("write `(0, nx)`");
        self.report(diagnostic)
    }

    /// Place, domain and type together.
    fn assemble(&mut self, place: Place, domain: Option<&Domain>, result: &Type, out: Span) -> Check<Target> {
        match (place, result) {
            (Place::Tuple(places), Type::Tuple(types)) if places.len() == types.len() => {
                let count = places.len();
                let part = |index: usize| match domain {
                    Some(Domain::Tuple(parts, _)) => parts.get(index),
                    other => other,
                };
                if let Some(Domain::Tuple(parts, span)) = domain
                    && parts.len() != count
                {
                    let message = format!("{} domains for {count} outputs", parts.len());
                    return Err(self.report(Diagnostic::error(&codes::DOMAIN, *span, message)));
                }
                let pairs = places.into_iter().zip(types).enumerate();
                let targets: Vec<Check<Target>> = pairs
                    .map(|(index, (place, ty))| self.assemble(place, part(index), ty, out))
                    .collect();
                Ok(Target::Tuple(targets.into_iter().collect::<Check<_>>()?))
            }
            (
                Place::Field {
                    leaf,
                    ty,
                    slices,
                    span,
                },
                _,
            ) if takes(&ty, result) => {
                let domain = self.leaf_domain(leaf, &ty, slices, domain, span)?;
                Ok(Target::Field { leaf, domain, span })
            }
            (place, _) => Err(self.wrong_type(&place, result, out)),
        }
    }

    fn wrong_type(&mut self, place: &Place, result: &Type, out: Span) -> Reported {
        let (found, span) = match place {
            Place::Field { ty, span, .. } => (format!("`{}`", Type::Field(ty.clone())), *span),
            Place::Tuple(places) => (format!("a tuple of {}", places.len()), out),
        };
        let message = format!("the result is `{result}`, the output is {found}");
        let diagnostic = Diagnostic::error(&codes::OUT, span, message).label(format!("this is {found}"));
        let diagnostic = match place {
            Place::Field { ty, .. } => note_namesakes(diagnostic, &Type::Field(ty.clone()), result),
            Place::Tuple(_) => diagnostic,
        };
        self.report(diagnostic)
    }

    fn leaf_domain(
        &mut self,
        leaf: u32,
        ty: &FieldType,
        slices: Option<Vec<(Bound, Bound)>>,
        domain: Option<&Domain>,
        span: Span,
    ) -> Check<Vec<DomainRange>> {
        let (ranges, at) = match (domain, slices) {
            (None, slices) => {
                let whole =
                    |dim: &Dimension| (Bound::Start(leaf, dim.clone()), Bound::Stop(leaf, dim.clone()));
                let slices = slices.unwrap_or_else(|| ty.dims().iter().map(whole).collect());
                let range = |(dim, (start, stop)): (&Dimension, (Bound, Bound))| DomainRange {
                    dim: dim.clone(),
                    start,
                    stop,
                };
                return Ok(ty.dims().iter().zip(slices).map(range).collect());
            }
            (Some(_), Some(_)) => {
                let diagnostic = Diagnostic::error(&codes::OUT, span, "both slices and `domain=`")
                    .hint("give the one or the other; `domain=` counts absolute indices");
                return Err(self.report(diagnostic));
            }
            (Some(Domain::Tuple(_, at)), None) => {
                let message = "a tuple of domains for one field";
                return Err(self.report(Diagnostic::error(&codes::DOMAIN, *at, message)));
            }
            (Some(Domain::Ranges(ranges, at)), None) => (ranges, *at),
        };
        let dims: Vec<&Dimension> = ranges.iter().map(|range| &range.dim).collect();
        if let Some(missing) = ty.dims().iter().find(|dim| !dims.contains(dim)) {
            let message = format!("the domain says nothing of `{missing}`");
            let diagnostic = Diagnostic::error(&codes::DOMAIN, at, message)
                .also(span, format!("this is `{}`", Type::Field(ty.clone())));
            return Err(self.report(diagnostic));
        }
        if let Some(extra) = dims.into_iter().find(|dim| !ty.dims().contains(dim)) {
            let message = format!("the output has no dimension `{extra}`");
            let diagnostic = Diagnostic::error(&codes::DOMAIN, at, message)
                .also(span, format!("this is `{}`", Type::Field(ty.clone())));
            return Err(self.report(diagnostic));
        }
        Ok(ranges.clone())
    }
}

/// Whether a field takes a result: the types are equal, but that a field without dimensions takes a scalar.
fn takes(field: &FieldType, result: &Type) -> bool {
    match result {
        Type::Field(found) => found == field,
        Type::Scalar(dtype) => field.dims().is_empty() && field.dtype == *dtype,
        Type::Tuple(_) => false,
    }
}
