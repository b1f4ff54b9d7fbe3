//! Named collections: tuples whose elements have names, `State(u=u, v=v)` and `state.u`. They are tuples; the names are
//! those of the annotations, of parameters and results, and go along with what is made of them.

use bise_base::{Diagnostic, Span};
use bise_hir::build::Builder;
use bise_hir::{Block, ExprId, ExprKind, Operator};
use bise_lang::{Annotation, ElementNames, Type, codes};
use bise_syntax::{Expr, Identifier, Keyword};

use super::{Check, Checker, Value};

impl Checker<'_> {
    /// The names in an expression.
    pub(super) fn names_of(&self, expr: ExprId) -> ElementNames {
        if let Some(names) = self.constructed.get(&expr) {
            return names.clone();
        }
        if !matches!(self.ty(expr), Type::Tuple(_)) {
            return ElementNames::Nothing;
        }
        let body = self.builder.body();
        match &body.exprs[expr].kind {
            ExprKind::Local(local) => body.locals[*local].annotation.names().clone(),
            ExprKind::Item(of, index) => self.names_of(*of).item(*index),
            ExprKind::Call { callee, .. } => body.callees[*callee].result.names().clone(),
            ExprKind::Cast(value) => self.names_of(*value),
            ExprKind::Where { then, otherwise, .. }
            | ExprKind::Conditional { then, otherwise, .. }
            | ExprKind::ConcatWhere { then, otherwise, .. } => match self.names_of(*then) {
                ElementNames::Nothing => self.names_of(*otherwise),
                names @ ElementNames::Tuple { .. } => names,
            },
            ExprKind::Tuple(items) => {
                ElementNames::of_tuple(None, items.iter().map(|item| self.names_of(*item)).collect())
            }
            ExprKind::Constant(_)
            | ExprKind::Builtin(..)
            | ExprKind::Broadcast(_)
            | ExprKind::Index(_)
            | ExprKind::Gather { .. }
            | ExprKind::Shift { .. }
            | ExprKind::Reduce { .. }
            | ExprKind::Fold { .. } => ElementNames::Nothing,
        }
    }

    /// The annotation of what holds an expression.
    pub(super) fn annotation_of(&self, expr: ExprId) -> Annotation {
        Annotation::from(self.ty(expr).clone()).with_names(self.names_of(expr))
    }

    /// `value.name`; nothing where the value has no names.
    pub(crate) fn member(&mut self, value: &Value, name: &Identifier, span: Span) -> Option<Check<Value>> {
        let Value::Expr(expr) = value else {
            return None;
        };
        let names = self.names_of(*expr);
        let collection = names.collection()?;
        let Some(index) = collection
            .elements
            .iter()
            .position(|element| *element == name.name)
        else {
            let message = format!("`{}` has no element `{}`", collection.name, name.name);
            let elements = collection.elements.iter().map(bise_base::Name::as_str);
            let diagnostic = Diagnostic::error(&codes::UNKNOWN_ATTRIBUTE, name.span, message)
                .label("not an element")
                .did_you_mean(&name.name, elements);
            return Some(Err(self.report(diagnostic)));
        };
        let item = self.builder.item(*expr, index, span);
        Some(item.map(Value::Expr).map_err(|_| super::Reported))
    }

    /// `State(u, v=v)`
    pub(super) fn construct(
        &mut self,
        annotation: &Annotation,
        args: &[Expr],
        keywords: &[Keyword],
        span: Span,
    ) -> Check<Value> {
        let signature = constructor(annotation);
        let items = self.bind(&signature, args, keywords, span)?;
        let made = self.builder.tuple(items, span);
        self.constructed.insert(made, annotation.names().clone());
        Ok(Value::Expr(made))
    }
}

/// What makes a collection, as an operator whose arguments are its elements.
fn constructor(annotation: &Annotation) -> Operator {
    let span = Span::default();
    let (mut builder, mut params) = (Builder::new(), Vec::new());
    let Some(collection) = annotation.names().collection() else {
        panic!("compiler bug: a tuple without names is constructed");
    };
    for (name, item) in collection.elements.iter().zip(annotation.items()) {
        params.push(builder.local(name.clone(), item, span));
    }
    let result = Type::Tuple(Vec::new());
    builder.field_operator(collection.name.clone(), span, params, result, Block::default())
}
