//! What names and attribute chains stand for.

use std::sync::Arc;

use bise_base::{Diagnostic, Name, Span};
use bise_hir::{Operator, Program};
use bise_lang::{Annotation, Dimension, Offset, Scalar, Type, codes};
use bise_syntax::{Expr, ExprKind, Identifier};

use super::check::{Check, Checker, Reported, Value};
use crate::language::Function;
use crate::{Binding, Language, Literal, Scope};

/// Builtins of Python that the language has too: nobody imports them.
const SHARED: &[&str] = &["abs", "bool", "float", "int", "range", "tuple"];

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

/// Whether users mean a builtin of Python by that name.
pub(super) fn is_python(name: &str) -> bool {
    PYTHON.contains(&name)
}

/// What messages call a class that the file is not run for.
const CLASS: &str = "`class`";

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
    /// [`Binding::Broken`]
    Broken(Arc<Operator>),
    Program(Arc<Program>),
    Type(Annotation),
    Function(Function, Name),
    Namespace(Arc<dyn Scope>),
    Tuple(Vec<Binding>),
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
            Self::Operator(operator) | Self::Broken(operator) => format!("the operator `{}`", operator.name),
            Self::Program(program) => format!("the program `{}`", program.name),
            Self::Type(ty) => format!("the type `{ty}`"),
            Self::Function(_, name) => format!("the function `{name}`"),
            Self::Namespace(_) => "a module or namespace".to_owned(),
            Self::Tuple(_) => "a tuple".to_owned(),
            Self::Other(what) => what.clone(),
        }
    }
}

/// What an expression stands for, and the names that are found in it.
struct Found {
    entity: Entity,
    names: Option<Arc<dyn Scope>>,
}

impl From<Entity> for Found {
    fn from(entity: Entity) -> Self {
        Self { entity, names: None }
    }
}

impl Checker<'_> {
    /// What an expression stands for. Names are variables first, then those of the module, then of the language; those
    /// of annotations have nothing to do with variables.
    pub(crate) fn entity(&mut self, expr: &Expr) -> Check<Entity> {
        self.resolve(expr).map(|found| found.entity)
    }

    fn resolve(&mut self, expr: &Expr) -> Check<Found> {
        match &expr.kind {
            ExprKind::Name(name) => self.named(name, expr.span),
            ExprKind::Attribute { value, name } => self.attribute(value, name),
            _ => self.value(expr).map(|value| Found::from(Entity::Value(value))),
        }
    }

    fn named(&mut self, name: &Name, span: Span) -> Check<Found> {
        if !self.annotating
            && let Some(value) = self.variable(name, span)?
        {
            return Ok(Entity::Value(value).into());
        }
        let python = || Language.lookup(name).filter(|_| SHARED.contains(&name.as_str()));
        let binding = self.scope.lookup(name).or_else(python);
        match binding {
            Some(Binding::Unread {
                span: bound,
                statement,
            }) => Err(self.unread(name, span, bound, statement)),
            Some(binding) => self.with_names(binding),
            None if is_python(name) => Ok(Entity::Other(format!("Python's `{name}`")).into()),
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
        } else if Language.lookup(name).is_some() {
            diagnostic.hint(format!("import it: `from gt4py.next import {name}`"))
        } else {
            let mut candidates = if self.annotating {
                Vec::new()
            } else {
                self.variable_names()
            };
            let mut outside = self.scope.names();
            if !self.annotating {
                // An alias of a field type is no value and no function.
                let is_value = |name: &String| match self.scope.lookup(name) {
                    Some(Binding::Type(annotation)) => matches!(annotation.ty(), Type::Scalar(_)),
                    _ => true,
                };
                outside.retain(is_value);
            }
            candidates.extend(outside);
            candidates.extend(Language.names());
            diagnostic.did_you_mean(name, candidates.iter().map(String::as_str))
        };
        self.report(diagnostic)
    }

    /// A class where a type is needed, which is none.
    fn class(&mut self, span: Span, bound: Span) -> Reported {
        let message = "this class is not a type of the language, as far as its text tells";
        let diagnostic = Diagnostic::error(&codes::ANNOTATION, span, message)
            .label("not a type")
            .note("named collections are classes made by `NamedTuple` or `@dataclass`, whose elements have types of the language and no defaults")
            .hint("import the file in Python, which knows what else makes a class");
        self.report(diagnostic.also(bound, "defined here"))
    }

    /// Reports the names of an expression that stand for nothing, where the expression itself cannot be checked.
    pub(crate) fn look_up(&mut self, expr: &Expr) {
        let mut pending = vec![expr];
        while let Some(expr) = pending.pop() {
            match &expr.kind {
                ExprKind::Name(_) | ExprKind::Attribute { .. } => {
                    let _ = self.entity(expr);
                }
                _ => pending.extend(operands(expr)),
            }
        }
    }

    /// A name that only Python knows, since it would have to run what binds it.
    fn unread(&mut self, name: &Name, span: Span, bound: Span, statement: &str) -> Reported {
        if self.annotating && statement == CLASS {
            return self.class(span, bound);
        }
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

    fn attribute(&mut self, value: &Expr, name: &Identifier) -> Check<Found> {
        let Found {
            entity: owner,
            names: scope,
        } = self.resolve(value)?;
        if name.name.is_empty() {
            return Err(self.reported_before());
        }
        if let (Entity::Value(of), None) = (&owner, &scope)
            && let Some(member) = self.member(of, name, value.span)
        {
            return member.map(|member| Entity::Value(member).into());
        }
        let Some(scope) = scope else {
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
            self.with_names(binding)
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

    /// What a binding stands for, with the names in it.
    fn with_names(&mut self, binding: Binding) -> Check<Found> {
        let names = match &binding {
            Binding::Namespace(names) | Binding::Member { names, .. } => Some(names.clone()),
            _ => None,
        };
        let entity = self.binding_entity(binding)?;
        Ok(Found { entity, names })
    }

    pub(super) fn binding_entity(&mut self, binding: Binding) -> Check<Entity> {
        Ok(match binding {
            Binding::Dimension(dim) => Entity::Dimension(dim),
            Binding::Offset(offset) => Entity::Offset(offset),
            Binding::Operator(operator) => Entity::Operator(operator),
            Binding::Broken(signature) => Entity::Broken(signature),
            Binding::Program(program) => Entity::Program(program),
            Binding::Scalar(value) => Entity::Scalar(value),
            Binding::Literal(value) => Entity::Literal(value),
            Binding::Type(ty) => Entity::Type(ty),
            Binding::Function(name) => match Function::from_name(&name) {
                Some(function) => Entity::Function(function, name),
                None => Entity::Other(format!("the function `{name}`")),
            },
            Binding::Namespace(scope) => Entity::Namespace(scope),
            Binding::Member { value, .. } => return self.binding_entity(*value),
            Binding::Tuple(items) => Entity::Tuple(items),
            Binding::Invalid | Binding::Unread { .. } => return Err(self.reported_before()),
            Binding::Other(what) => Entity::Other(what),
        })
    }
}

/// The expressions that one is made of.
fn operands(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Tuple(items) | ExprKind::List(items) | ExprKind::Logical { values: items, .. } => {
            items.iter().collect()
        }
        ExprKind::Dict(entries) => entries
            .iter()
            .flat_map(|(key, value)| key.iter().chain([value]))
            .collect(),
        ExprKind::Starred(value)
        | ExprKind::Attribute { value, .. }
        | ExprKind::Unary { operand: value, .. } => vec![value],
        ExprKind::Subscript { value, index } => vec![value, index],
        ExprKind::Slice { lower, upper, step } => {
            let ends = [lower, upper, step].into_iter();
            ends.filter_map(Option::as_deref).collect()
        }
        ExprKind::Call {
            function,
            args,
            keywords,
        } => {
            let named = keywords.iter().map(|keyword| &keyword.value);
            std::iter::once(&**function).chain(args).chain(named).collect()
        }
        ExprKind::Binary { first, rest } => {
            let rest = rest.iter().map(|step| &step.operand);
            std::iter::once(&**first).chain(rest).collect()
        }
        ExprKind::Compare { first, rest } => {
            let rest = rest.iter().map(|(_, operand)| operand);
            std::iter::once(&**first).chain(rest).collect()
        }
        ExprKind::Conditional {
            condition,
            then,
            otherwise,
        } => vec![condition, then, otherwise],
        ExprKind::Name(_)
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Bool(_)
        | ExprKind::String(_)
        | ExprKind::None
        | ExprKind::Ellipsis
        | ExprKind::Unsupported(_) => Vec::new(),
    }
}
