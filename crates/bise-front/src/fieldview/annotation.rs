//! Annotations to types.

use bise_base::{Diagnostic, Span};
use bise_lang::{Annotation, DType, Dimension, codes};
use bise_syntax::{Expr, ExprKind, parse_expression};

use super::check::{Check, Checker, Reported, Size};
use super::parse::syntax_diagnostic;
use super::resolve::Entity;
use crate::language::Function;

const FORMS: &str =
    "types are `Field[[I, J], float64]`, scalars as `float64` or `int32`, and `tuple[...]` of types";

impl Checker<'_> {
    /// What a parameter, or under `return` the result, is declared as: what Python made of the annotation where it did,
    /// else what its text says.
    pub(crate) fn declared(&mut self, param: &str, expr: &Expr) -> Check<Annotation> {
        match self.scope.annotation(param) {
            Some(binding) => {
                let entity = self.binding_entity(binding)?;
                self.type_of(entity, expr.span)
            }
            None => self.annotation(expr),
        }
    }

    /// The type that an annotation names.
    pub(crate) fn annotation(&mut self, expr: &Expr) -> Check<Annotation> {
        let outer = std::mem::replace(&mut self.annotating, true);
        let annotation = self.annotated_type(expr);
        self.annotating = outer;
        annotation
    }

    fn annotated_type(&mut self, expr: &Expr) -> Check<Annotation> {
        match &expr.kind {
            ExprKind::Subscript { value, index } => match self.entity(value)? {
                Entity::Function(Function::Field, _) => self.field_annotation(index, expr.span),
                Entity::Function(Function::Tuple, _) if !elements(index).is_empty() => {
                    self.tuple_annotation(elements(index), expr.span)
                }
                other => Err(self.not_a_type(expr.span, &other.describe())),
            },
            ExprKind::Name(_) | ExprKind::Attribute { .. } => {
                let entity = self.entity(expr)?;
                self.type_of(entity, expr.span)
            }
            ExprKind::String(text) => self.quoted_annotation(text, expr.span),
            ExprKind::Unsupported(construct) => Err(self.unsupported(*construct, expr.span)),
            _ => Err(self.not_a_type(expr.span, "this")),
        }
    }

    /// The type that a name or a value of Python is.
    fn type_of(&mut self, entity: Entity, span: Span) -> Check<Annotation> {
        match entity {
            Entity::Type(found) if Size::of_type(found.ty()).is_excessive() => Err(self.excessive(span)),
            Entity::Type(found) => Ok(found),
            other => Err(self.not_a_type(span, &other.describe())),
        }
    }

    /// `tuple[float64, int32]`: what stands between the brackets.
    fn tuple_annotation(&mut self, items: &[Expr], span: Span) -> Check<Annotation> {
        let mut size = Size::default();
        let mut types = Vec::new();
        for item in items {
            let ty = self.annotation(item);
            if let Ok(ty) = &ty {
                size.add(Size::of_type(ty.ty()));
            }
            if size.is_excessive() {
                return Err(self.excessive(span));
            }
            types.push(ty);
        }
        Ok(Annotation::tuple(types.into_iter().collect::<Check<_>>()?))
    }

    /// `"Field[[I, J], float64]"`: the text of the string, which stands between quotes as it is.
    fn quoted_annotation(&mut self, text: &str, span: Span) -> Check<Annotation> {
        let literal = self.text(span);
        let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| {
            let inside = literal.strip_prefix(quote);
            inside.and_then(|inside| inside.strip_suffix(quote)) == Some(text)
        });
        let Some(quote) = quote else {
            // Each kind of quote can be inside of another once: that bounds how deep annotations nest.
            let message = "a type is given as text that is not written out";
            let diagnostic = Diagnostic::error(&codes::ANNOTATION, span, message)
                .hint("write the type without quotes, or as one string without prefix and escapes");
            return Err(self.report(diagnostic));
        };
        match parse_expression(text, span.source, span.start + quote.len() as u32) {
            Ok(expr) => self.annotation(&expr),
            Err(error) => Err(self.report(syntax_diagnostic(&error))),
        }
    }

    fn not_a_type(&mut self, span: Span, what: &str) -> Reported {
        let diagnostic =
            Diagnostic::error(&codes::ANNOTATION, span, format!("{what} is not a type")).note(FORMS);
        self.report(diagnostic)
    }

    /// `Field[[I, J], float64]`: what stands between the outer brackets.
    fn field_annotation(&mut self, index: &Expr, span: Span) -> Check<Annotation> {
        let [dims, dtype] = elements(index) else {
            let diagnostic = Diagnostic::error(
                &codes::ANNOTATION,
                span,
                "a field type takes its dimensions and its data type",
            )
            .hint("write `Field[[I, J], float64]`");
            return Err(self.report(diagnostic));
        };
        let found = self.dims_annotation(dims);
        let dtype = self.dtype_annotation(dtype)?;
        let (dims, spans): (Vec<Dimension>, Vec<Span>) = found?.into_iter().unzip();
        Annotation::field(dims.clone(), dtype).map_err(|twice| {
            let again = dims.iter().rposition(|dim| *dim == twice).unwrap_or(0);
            let message = format!("the dimension `{twice}` stands twice");
            self.report(Diagnostic::error(&codes::ANNOTATION, spans[again], message))
        })
    }

    fn dtype_annotation(&mut self, expr: &Expr) -> Check<DType> {
        let dtype = match &expr.kind {
            ExprKind::String(name) => DType::from_text(name),
            _ => self.annotation(expr)?.as_scalar(),
        };
        dtype.ok_or_else(|| {
            let diagnostic = Diagnostic::error(&codes::ANNOTATION, expr.span, "not the data type of a field")
                .hint("write one of the scalar types, as `float64` or `int32`");
            self.report(diagnostic)
        })
    }

    /// `[I, J]`, `Dims[I, J]` or `()`.
    fn dims_annotation(&mut self, expr: &Expr) -> Check<Vec<(Dimension, Span)>> {
        let items = match &expr.kind {
            ExprKind::List(items) | ExprKind::Tuple(items) => items.as_slice(),
            ExprKind::Subscript { value, index } => match self.entity(value)? {
                Entity::Function(Function::Dims, _) => elements(index),
                other => return Err(self.not_dimensions(expr.span, &other.describe())),
            },
            _ => return Err(self.not_dimensions(expr.span, "this")),
        };
        let dims: Vec<Check<(Dimension, Span)>> = items
            .iter()
            .map(|item| Ok((self.dimension(item)?, item.span)))
            .collect();
        dims.into_iter().collect()
    }

    fn not_dimensions(&mut self, span: Span, what: &str) -> Reported {
        let message = format!("{what} is not a list of dimensions");
        let diagnostic =
            Diagnostic::error(&codes::ANNOTATION, span, message).hint("write `Field[[I, J], float64]`");
        self.report(diagnostic)
    }

    /// An expression that has to name a dimension.
    pub(crate) fn dimension(&mut self, expr: &Expr) -> Check<Dimension> {
        match self.entity(expr)? {
            Entity::Dimension(dim) => Ok(dim),
            other => {
                let message = format!("expected a dimension, found {}", other.describe());
                let diagnostic =
                    Diagnostic::error(&codes::ANNOTATION, expr.span, message).label("not a dimension");
                Err(self.report(diagnostic))
            }
        }
    }
}

/// The elements of a tuple, or the one expression itself.
pub(crate) fn elements(expr: &Expr) -> &[Expr] {
    match &expr.kind {
        ExprKind::Tuple(items) => items,
        _ => std::slice::from_ref(expr),
    }
}
