//! Bodies to typed hir.
//!
//! A [`Checker`] holds one function under way. `operator` and `program` drive it; `block` walks statements,
//! `rounds` those of a `while`, `variables` knows what names hold on the path taken so far, `expr` types expressions with the help of
//! `arithmetic`, `select`, `shift`, `reduce`, `fold`, `function` and `call`; `value` has the rules for literals, `size` says what is too
//! much.

mod arithmetic;
mod block;
mod bounds;
mod call;
mod collections;
mod expr;
mod fold;
mod function;
mod loops;
mod operator;
mod pieces;
mod program;
mod reduce;
mod rounds;
mod select;
mod shift;
mod size;
mod target;
mod value;
mod variables;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use bise_base::{Code, Diagnostic, Diagnostics, Name, Source, Span};
use bise_hir::build::Builder;
use bise_hir::{ExprId, LocalId, Stmt};
use bise_lang::{Annotation, Axes, Dimension, ElementNames, Type, codes};
use bise_syntax::{Construct, Expr, ExprKind};

use super::parse::Definition;
use crate::{Binding, Scope};

pub(crate) use fold::Over;
pub(crate) use operator::{check_operator, signature};
pub(crate) use program::check_program;
pub(crate) use size::Size;
pub(crate) use value::Value;
use variables::Variable;

/// Something is wrong and has been reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reported;

/// A result, or nothing because of an error that has been reported.
pub(crate) type Check<T> = Result<T, Reported>;

/// What a body computes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// A field operator.
    Fields,
    /// A scan operator: scalars only.
    Scan,
    /// A program: fields are only passed on.
    Program,
}

/// Diagnostics beyond this number are not collected: nobody reads them.
const MOST_DIAGNOSTICS: usize = 100;

/// One function under way.
pub(crate) struct Checker<'a> {
    pub(super) scope: &'a dyn Scope,
    /// The function's own name.
    pub(super) name: Name,
    source: &'a Source,
    level: Level,
    builder: Builder,
    /// What each name holds on the path taken so far.
    variables: BTreeMap<Name, Variable>,
    /// Names that are assigned somewhere in the function.
    assigned: BTreeSet<Name>,
    names: Names,
    /// The block under way.
    stmts: Vec<Stmt>,
    /// How variables came to be, to find the shift that a reduction folds.
    definitions: HashMap<LocalId, Definitions>,
    /// The names of collections that are made of their elements.
    constructed: HashMap<ExprId, ElementNames>,
    /// In programs, the position among the flattened parameters of each parameter's first leaf.
    leaves: HashMap<LocalId, u32>,
    /// In programs, what the axes of each of those leaves are.
    axes: Vec<Axes>,
    /// The annotation of the result.
    result: Option<(Annotation, Span)>,
    returns: Vec<operator::ReturnSite>,
    /// In scan operators, the parameters but the carry: they may be read at other levels.
    inputs: Vec<LocalId>,
    /// Statements that may still be checked: paths through `if`s with `return` may multiply.
    budget: usize,
    /// Numbers and fields that tuples may still hold, each counted as often as it is mentioned.
    leaves_left: usize,
    /// Whether a type is under way: its names are not those of variables.
    pub(super) annotating: bool,
    /// Whether a part of an expression may be put into a statement before it.
    names_parts: bool,
    /// `if`s around the statement under way.
    depth: usize,
    diagnostics: Diagnostics,
    /// Whether anything is wrong, here or in what is used here.
    failed: bool,
    /// As [`Scope::is_looked_into`], or the decorator says so.
    looked_into: bool,
}

/// What a variable may be.
#[derive(Clone, Debug)]
enum Definitions {
    Value(ExprId),
    Joined(LocalId, LocalId),
}

/// Gives out names that are unique in a body.
#[derive(Clone, Debug, Default)]
struct Names {
    /// Words of the function's text: not to be invented.
    written: BTreeSet<Name>,
    /// How often each was given out.
    given: HashMap<Name, u32>,
}

impl Names {
    /// The name itself the first time, then with a number.
    fn fresh(&mut self, base: &Name) -> Name {
        let count = self.given.entry(base.clone()).or_insert(0);
        *count += 1;
        if *count == 1 {
            return base.clone();
        }
        let mut number = *count - 1;
        loop {
            let candidate = Name::from(format!("{base}_{number}"));
            if !self.written.contains(&candidate) && !self.given.contains_key(&candidate) {
                self.given.insert(candidate.clone(), 1);
                self.given.insert(base.clone(), number + 1);
                return candidate;
            }
            number += 1;
        }
    }

    /// A name for what the program has no name for.
    fn invented(&mut self, base: &str) -> Name {
        let base = Name::from(base);
        if self.written.contains(&base) {
            self.given.entry(base.clone()).or_insert(1);
        }
        self.fresh(&base)
    }
}

impl<'a> Checker<'a> {
    /// For the function `definition` of `source`, whose other names are in `scope`.
    pub(super) fn new(
        source: &'a Source,
        definition: &Definition,
        scope: &'a dyn Scope,
        level: Level,
    ) -> Self {
        let text = slice(source, definition.span);
        let word = |c: char| !(c.is_alphanumeric() || c == '_');
        let written = text.split(word).filter(|word| !word.is_empty()).map(Name::from);
        let mut checker = Self::bare(source, scope, level);
        checker.name = definition.function.name.name.clone();
        checker.names.written = written.collect();
        variables::collect_assigned(&definition.function.body, &mut checker.assigned);
        checker.looked_into |= is_embedded(&definition.function.decorators);
        checker.budget = 20_000 + 16 * block::count(&definition.function.body);
        checker
    }

    /// For expressions outside of functions.
    pub(crate) fn bare(source: &'a Source, scope: &'a dyn Scope, level: Level) -> Self {
        Self {
            scope,
            name: Name::default(),
            source,
            level,
            builder: Builder::default(),
            variables: BTreeMap::new(),
            assigned: BTreeSet::new(),
            names: Names::default(),
            stmts: Vec::new(),
            definitions: HashMap::new(),
            constructed: HashMap::new(),
            leaves: HashMap::new(),
            axes: Vec::new(),
            result: None,
            returns: Vec::new(),
            inputs: Vec::new(),
            budget: 0,
            leaves_left: size::MOST_TOGETHER,
            annotating: false,
            names_parts: true,
            depth: 0,
            diagnostics: Vec::new(),
            failed: false,
            looked_into: scope.is_looked_into(),
        }
    }

    /// Takes a diagnostic down, once.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) -> Reported {
        if self.diagnostics.len() < MOST_DIAGNOSTICS && !self.diagnostics.contains(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
        self.failed = true;
        Reported
    }

    /// The diagnostics of one kind so far.
    pub(crate) fn found(&self, code: &Code) -> Diagnostics {
        let found = self.diagnostics.iter();
        found.filter(|found| found.code == code).cloned().collect()
    }

    /// For what was diagnosed elsewhere: a syntax error, or the definition of an operator that is called.
    pub(super) fn reported_before(&mut self) -> Reported {
        self.failed = true;
        Reported
    }

    pub(super) fn unsupported(&mut self, construct: Construct, span: Span) -> Reported {
        let diagnostic = Diagnostic::error(
            &codes::UNSUPPORTED,
            first_line(self.source, span),
            format!("{} are not part of the language", construct.what()),
        );
        let diagnostic = match remedy(construct) {
            Some(hint) => diagnostic.hint(hint),
            None => diagnostic,
        };
        self.report(diagnostic)
    }

    /// The text of a span.
    pub(super) fn text(&self, span: Span) -> &str {
        slice(self.source, span)
    }

    /// What the program calls a dimension: types show the dimension's own name.
    fn dimension_name(&self, dim: &Dimension) -> String {
        let mut names = self.scope.names();
        names.sort();
        let named = |name: &&String| matches!(self.scope.lookup(name), Some(Binding::Dimension(found)) if found == *dim);
        names
            .iter()
            .find(named)
            .cloned()
            .unwrap_or_else(|| dim.name.to_string())
    }

    /// The type of an expression.
    fn ty(&self, expr: ExprId) -> &Type {
        self.builder.ty(expr)
    }

    /// What an expression is.
    pub(crate) fn kind(&self, expr: ExprId) -> &bise_hir::ExprKind {
        &self.builder.body().exprs[expr].kind
    }

    /// The diagnostics in source order, if there are any.
    pub(crate) fn finish(&mut self) -> Result<(), Diagnostics> {
        if !self.failed {
            return Ok(());
        }
        let mut diagnostics = std::mem::take(&mut self.diagnostics);
        diagnostics.sort_by_key(|diagnostic| diagnostic.primary.span);
        Err(diagnostics)
    }
}

/// What checks end with: an `Arc` of what was built, or all that is wrong.
type Outcome<T> = Result<Arc<T>, Diagnostics>;

fn slice(source: &Source, span: Span) -> &str {
    let range = span.start as usize..span.end as usize;
    source.text.get(range).unwrap_or("")
}

/// `@field_operator(backend="embedded")`
fn is_embedded(decorators: &[Expr]) -> bool {
    decorators.iter().any(|decorator| match &decorator.kind {
        ExprKind::Call { keywords, .. } => keywords.iter().any(|keyword| {
            let is_backend = keyword.name.as_ref().is_some_and(|name| name.name == "backend");
            is_backend && matches!(&keyword.value.kind, ExprKind::String(name) if name == "embedded")
        }),
        _ => false,
    })
}

/// The part of a span on its first line: compound statements are pointed at by their head.
fn first_line(source: &Source, span: Span) -> Span {
    let text = slice(source, span);
    let length = text.find('\n').unwrap_or(text.len());
    Span::new(span.source, span.start, span.start + length as u32)
}

fn remedy(construct: Construct) -> Option<&'static str> {
    match construct {
        Construct::For => Some(
            "computations over points need no loop; a recurrence along a vertical dimension is a scan operator, what is \
             repeated at each point a `while`, and programs repeat calls of operators",
        ),
        Construct::Break | Construct::Continue => Some(
            "say in the condition of the `while` when it ends, and choose by `where` what a round changes",
        ),
        Construct::Lambda => Some("define another field operator and call it"),
        Construct::Comprehension => Some("write the elements of the tuple one by one"),
        Construct::Match => Some("write `if` and `elif`"),
        _ => None,
    }
}
