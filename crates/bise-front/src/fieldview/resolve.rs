//! What names and attribute chains stand for.

use std::sync::Arc;

use bise_base::{Diagnostic, Name, Span};
use bise_hir::{Operator, Program};
use bise_lang::{Dimension, Offset, Scalar, Type, codes};
use bise_syntax::{Expr, ExprKind, Identifier};

use super::check::{Check, Checker, Reported, Value};
use crate::language::Function;
use crate::{Binding, Language, Literal, Scope};

/// Builtins of Python that users try and that have no meaning here.
const PYTHON: &[&str] = &[
    "all",
    "any",
    "complex",
    "dict",
    "enumerate",
    "isinstance",
    "len",
    "list",
    "map",
    "max",
    "min",
    "pow",
    "print",
    "range",
    "reversed",
    "round",
    "set",
    "slice",
    "sorted",
    "str",
    "sum",
    "type",
    "zip",
];

/// What an expression stands for, values and everything else.
#[derive(Clone, Debug)]
pub(crate) enum Entity {
    Value(Value),
    /// A number of the surrounding module.
    Scalar(Scalar),
    Literal(Literal),
    Dimension(Dimension),
    Offset(Offset),
    Operator(Arc<Operator>),
    Program(Arc<Program>),
    Type(Type),
    Function(Function, Name),
    Namespace(Arc<dyn Scope>),
    Other(String),
}

impl Entity {
    /// As the subject of a sentence.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Value(_) => "a value".to_owned(),
            Self::Scalar(value) => format!("the number {value}"),
            Self::Literal(value) => format!("the number {value}"),
            Self::Dimension(dim) => format!("the dimension `{dim}`"),
            Self::Offset(offset) => format!("the offset `{}`", offset.name),
            Self::Operator(operator) => format!("the operator `{}`", operator.name),
            Self::Program(program) => format!("the program `{}`", program.name),
            Self::Type(ty) => format!("the type `{ty}`"),
            Self::Function(_, name) => format!("the function `{name}`"),
            Self::Namespace(_) => "a module or namespace".to_owned(),
            Self::Other(what) => what.clone(),
        }
    }
}

impl Checker<'_> {
    /// What an expression stands for. Names are variables first, then those of the module, then of the language.
    pub(crate) fn entity(&mut self, expr: &Expr) -> Check<Entity> {
        match &expr.kind {
            ExprKind::Name(name) => self.named(name, expr.span),
            ExprKind::Attribute { value, name } => self.attribute(value, name),
            _ => self.value(expr).map(Entity::Value),
        }
    }

    fn named(&mut self, name: &Name, span: Span) -> Check<Entity> {
        if let Some(value) = self.variable(name, span)? {
            return Ok(Entity::Value(value));
        }
        let binding = self.scope.lookup(name).or_else(|| Language.lookup(name));
        match binding {
            Some(Binding::Unread {
                span: bound,
                statement,
            }) => Err(self.unread(name, span, bound, statement)),
            Some(binding) => self.binding_entity(binding),
            None if PYTHON.contains(&name.as_str()) => Ok(Entity::Other(format!("Python's `{name}`"))),
            None => Err(self.undefined(name, span)),
        }
    }

    fn undefined(&mut self, name: &Name, span: Span) -> Reported {
        if name.is_empty() {
            return self.reported_before();
        }
        let diagnostic = Diagnostic::error(
            &codes::UNDEFINED_NAME,
            span,
            format!("the name `{name}` is not defined"),
        )
        .label("not found");
        let diagnostic = if *name == self.name {
            diagnostic.note("an operator cannot call itself: its value would have no end")
        } else {
            let mut candidates = self.variable_names();
            candidates.extend(self.scope.names());
            candidates.extend(Language.names());
            diagnostic.did_you_mean(name, candidates.iter().map(String::as_str))
        };
        self.report(diagnostic)
    }

    /// A name that only Python knows, since it would have to run what binds it.
    fn unread(&mut self, name: &Name, span: Span, bound: Span, statement: &str) -> Reported {
        let diagnostic = Diagnostic::error(
            &codes::UNDEFINED_NAME,
            span,
            format!("the value of the name `{name}` is not known without running the file"),
        )
        .label("used here")
        .also(bound, format!("bound here, by {statement}"))
        .note("the file is read and not run: imports, assignments and decorated functions at its top level count")
        .hint("bind the name by such a statement, or import the file in Python, which runs it");
        self.report(diagnostic)
    }

    fn attribute(&mut self, value: &Expr, name: &Identifier) -> Check<Entity> {
        let owner = self.entity(value)?;
        if name.name.is_empty() {
            return Err(self.reported_before());
        }
        let Entity::Namespace(scope) = &owner else {
            let mut diagnostic = Diagnostic::error(
                &codes::UNKNOWN_ATTRIBUTE,
                name.span,
                format!("{} has no attribute `{}`", owner.describe(), name.name),
            );
            if matches!(owner, Entity::Value(_)) {
                diagnostic =
                    diagnostic.note("fields, scalars and tuples have no attributes inside an operator");
            }
            return Err(self.report(diagnostic));
        };
        if let Some(binding) = scope.lookup(&name.name) {
            self.binding_entity(binding)
        } else {
            let names = scope.names();
            let path = self.text(value.span).to_owned();
            let diagnostic = Diagnostic::error(
                &codes::UNKNOWN_ATTRIBUTE,
                name.span,
                format!("`{path}` has no name `{}`", name.name),
            )
            .label(format!("not found in `{path}`"))
            .did_you_mean(&name.name, names.iter().map(String::as_str));
            Err(self.report(diagnostic))
        }
    }

    fn binding_entity(&mut self, binding: Binding) -> Check<Entity> {
        Ok(match binding {
            Binding::Dimension(dim) => Entity::Dimension(dim),
            Binding::Offset(offset) => Entity::Offset(offset),
            Binding::Operator(operator) => Entity::Operator(operator),
            Binding::Program(program) => Entity::Program(program),
            Binding::Scalar(value) => Entity::Scalar(value),
            Binding::Literal(value) => Entity::Literal(value),
            Binding::Type(ty) => Entity::Type(ty),
            Binding::Function(name) => match Function::from_name(&name) {
                Some(function) => Entity::Function(function, name),
                None => Entity::Other(format!("the function `{name}`")),
            },
            Binding::Namespace(scope) => Entity::Namespace(scope),
            Binding::Invalid | Binding::Unread { .. } => return Err(self.reported_before()),
            Binding::Other(what) => Entity::Other(what),
        })
    }
}
