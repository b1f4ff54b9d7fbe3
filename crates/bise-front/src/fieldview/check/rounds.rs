//! `while`: rounds at each point for as long as a condition holds there.
//!
//! What the body assigns and had a value before is carried from round to round, over the dimensions of all that is
//! carried and of the condition: each point goes its own number of rounds. Which dimensions these are is known once the
//! body is. So the rounds are looked at first with what the names hold before, then with carried names, until
//! the types of these stay as they are.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bise_base::{Diagnostic, Diagnostics, Name, Span};
use bise_hir::build::Builder;
use bise_hir::pointwise::{Elsewhere, elsewhere};
use bise_hir::{Block, Carried, ExprId, LocalId, Stmt as HirStmt};
use bise_lang::{Annotation, DType, Dimension, Type, codes, promote_dimensions};
use bise_syntax::{Expr, Stmt, StmtKind};

use super::variables::{Held, Variable, collect_assigned, common, in_rounds};
use super::{Check, Checker, Definitions, Names, Reported, Value};
use crate::Literal;

/// How often rounds are looked at: more often than there are dimensions that a type may gain.
const LOOKS: usize = 12;

/// A `while` as it stands in the text.
#[derive(Clone, Copy)]
pub(super) struct Rounds<'r> {
    pub(super) condition: &'r Expr,
    pub(super) body: &'r [Stmt],
    pub(super) otherwise: &'r [Stmt],
    pub(super) span: Span,
}

/// What one look at the rounds finds.
struct Look {
    condition: Check<ExprId>,
    /// What names hold at the end of a round.
    after: BTreeMap<Name, Variable>,
    stmts: Vec<HirStmt>,
}

/// All that a look at the rounds may change.
struct Before {
    builder: Builder,
    variables: BTreeMap<Name, Variable>,
    names: Names,
    stmts: usize,
    definitions: HashMap<LocalId, Definitions>,
    constructed: HashMap<ExprId, bise_lang::ElementNames>,
    diagnostics: Diagnostics,
    failed: bool,
}

/// What a name holds, as far as its type goes.
#[derive(Clone, Debug)]
enum Shape {
    Literal(Literal),
    Scalar(DType),
    Field(DType, Vec<Dimension>),
    Tuple(Vec<Shape>),
}

impl Checker<'_> {
    pub(super) fn rounds(&mut self, rounds: Rounds<'_>) -> Check<()> {
        let head = rounds.condition.span;
        self.has_only_rounds(rounds)?;
        let mut assigned = BTreeSet::new();
        collect_assigned(rounds.body, &mut assigned);
        let is_carried = |name: &&Name| {
            let held = self.variables.get(*name).map(|variable| &variable.held);
            matches!(held, Some(Held::Local(_) | Held::Literal(_) | Held::Tuple(_)))
        };
        let carried: Vec<Name> = assigned.iter().filter(is_carried).cloned().collect();
        let before = self.before();
        let look = self.look(rounds)?;
        let mut types = self.types(&carried, &before, &look, head);
        self.undo(&before);
        for _ in 0..LOOKS {
            let known = types.clone().map_err(|changes| self.report_all(changes))?;
            let starts = self.start(&carried, &known)?;
            let look = self.look(rounds)?;
            let found = self.types(&carried, &before, &look, head);
            if found == types {
                return self.end(rounds, (&carried, &assigned), starts, look);
            }
            self.undo(&before);
            types = found;
        }
        let message = "what is carried has another type in each round";
        Err(self.report(Diagnostic::error(&codes::TYPE_MISMATCH, head, message)))
    }

    /// Refuses what a `while` cannot hold.
    fn has_only_rounds(&mut self, rounds: Rounds<'_>) -> Check<()> {
        if let Some(first) = rounds.otherwise.first() {
            let diagnostic = Diagnostic::error(&codes::UNSUPPORTED, first.span, "a `while` has no `else`")
                .note("there is no `break`, so what stands there always follows the loop")
                .hint("write it after the loop");
            return Err(self.report(diagnostic));
        }
        if let Some(span) = first_return(rounds.body) {
            let diagnostic = Diagnostic::error(&codes::UNSUPPORTED, span, "a `return` inside a `while`")
                .note("each point goes its own number of rounds; the operator returns once, for all of them")
                .hint("say in the condition when the rounds end, and return after the loop");
            return Err(self.report(diagnostic));
        }
        Ok(())
    }

    fn before(&self) -> Before {
        Before {
            builder: self.builder.clone(),
            variables: self.variables.clone(),
            names: self.names.clone(),
            stmts: self.stmts.len(),
            definitions: self.definitions.clone(),
            constructed: self.constructed.clone(),
            diagnostics: self.diagnostics.clone(),
            failed: self.failed,
        }
    }

    fn undo(&mut self, before: &Before) {
        self.builder.clone_from(&before.builder);
        self.variables.clone_from(&before.variables);
        self.names.clone_from(&before.names);
        self.stmts.truncate(before.stmts);
        self.definitions.clone_from(&before.definitions);
        self.constructed.clone_from(&before.constructed);
        self.diagnostics.clone_from(&before.diagnostics);
        self.failed = before.failed;
    }

    /// Checks condition and body with what the names hold.
    fn look(&mut self, rounds: Rounds<'_>) -> Check<Look> {
        self.deeper(rounds.span)?;
        let condition = self.goes_on(rounds.condition);
        let outer = std::mem::take(&mut self.stmts);
        let round = self.sequence(rounds.body, None);
        let stmts = std::mem::replace(&mut self.stmts, outer);
        self.depth -= 1;
        round?;
        Ok(Look {
            condition,
            after: self.variables.clone(),
            stmts,
        })
    }

    /// The condition: a truth value, one or one at each point.
    fn goes_on(&mut self, expr: &Expr) -> Check<ExprId> {
        // It is looked at in each round: no statement before it holds a part of it.
        let names_parts = std::mem::replace(&mut self.names_parts, false);
        let value = self.value(expr);
        self.names_parts = names_parts;
        let value = value?;
        let is_truth = match &value {
            Value::Literal(literal) => matches!(literal, Literal::Bool(_)),
            Value::Expr(expr) => self.ty(*expr).dtype() == Some(DType::Bool),
            Value::Tuple(_) => false,
        };
        if is_truth {
            return self.settle(&value, expr.span);
        }
        let message = format!("the condition is {}, not a truth value", self.describe(&value));
        let diagnostic = Diagnostic::error(&codes::CONDITION, expr.span, message)
            .label("expected a scalar or a field of type bool")
            .hint("compare it: `x > 0`");
        Err(self.report(diagnostic))
    }

    /// The types of what is carried, by what it is before the first round and after one; or in what more than dimensions
    /// these differ.
    fn types(
        &self,
        carried: &[Name],
        before: &Before,
        look: &Look,
        head: Span,
    ) -> Result<Vec<Type>, Diagnostics> {
        let shape = |variables: &BTreeMap<Name, Variable>, name: &Name| {
            let variable = variables.get(name)?;
            self.shape(&variable.held)
        };
        let (mut shapes, mut changes) = (Vec::new(), Vec::new());
        for name in carried {
            let Some(start) = shape(&before.variables, name) else {
                continue;
            };
            let Some(next) = shape(&look.after, name) else {
                shapes.push(start);
                continue;
            };
            if let Some(shape) = joined(&start, &next) {
                shapes.push(shape);
            } else {
                let places = [&before.variables, &look.after].map(|variables| variables[name].span);
                changes.push(changes_type(name, places, [&start, &next], head));
            }
        }
        if !changes.is_empty() {
            return Err(changes);
        }
        let mut dims: Option<Vec<Dimension>> = None;
        for shape in &shapes {
            shape.add_dims(&mut dims);
        }
        if let Ok(condition) = look.condition
            && let Type::Field(field) = self.ty(condition)
        {
            Shape::Field(DType::Bool, field.dims().to_vec()).add_dims(&mut dims);
        }
        Ok(shapes.iter().map(|shape| shape.over(dims.as_deref())).collect())
    }

    fn report_all(&mut self, diagnostics: Diagnostics) -> Reported {
        for diagnostic in diagnostics {
            self.report(diagnostic);
        }
        Reported
    }

    fn shape(&self, held: &Held) -> Option<Shape> {
        match held {
            Held::Literal(literal) => Some(Shape::Literal(*literal)),
            Held::Local(local) => Some(Shape::of(self.builder.body().locals[*local].ty())),
            Held::Tuple(items) => {
                let items: Option<Vec<Shape>> = items.iter().map(|item| self.shape(item)).collect();
                items.map(Shape::Tuple)
            }
            Held::Invalid
            | Held::OneBranch { .. }
            | Held::InRounds { .. }
            | Held::Over
            | Held::Different { .. } => None,
        }
    }

    /// Makes the names hold what is carried; for each: where it starts, and what it is in a round.
    fn start(&mut self, carried: &[Name], types: &[Type]) -> Check<Vec<(LocalId, LocalId)>> {
        let mut starts = Vec::new();
        for (name, ty) in carried.iter().zip(types) {
            let Variable { held, span } = self.variables[name].clone();
            let init = self.carried_local(name, &held, (ty, span), &[])?;
            starts.push((name, init, span));
        }
        let mut locals = Vec::new();
        for ((name, init, span), ty) in starts.into_iter().zip(types) {
            let target = self.names.fresh(name);
            let names = self.builder.body().locals[init].annotation.names().clone();
            let annotation = Annotation::from(ty.clone()).with_names(names);
            let target = self.builder.local(target, annotation, span);
            self.definitions.insert(target, Definitions::Joined(init, init));
            let held = Held::Local(target);
            self.variables.insert(name.clone(), Variable { held, span });
            locals.push((init, target));
        }
        Ok(locals)
    }

    /// What is held as a local of that type, none of the `targets`.
    fn carried_local(
        &mut self,
        name: &Name,
        held: &Held,
        (ty, span): (&Type, Span),
        targets: &[LocalId],
    ) -> Check<LocalId> {
        if let Held::Local(local) = held
            && self.builder.body().locals[*local].ty() == ty
            && !targets.contains(local)
        {
            return Ok(*local);
        }
        let value = self.held_over(held, ty, span)?;
        let local = self.names.fresh(name);
        let names = match held {
            Held::Local(local) => self.builder.body().locals[*local].annotation.names().clone(),
            _ => self.names_of(value),
        };
        let annotation = Annotation::from(ty.clone()).with_names(names);
        let local = self.builder.local(local, annotation, span);
        self.stmts.push(HirStmt::Assign { target: local, value });
        self.definitions.insert(local, Definitions::Value(value));
        Ok(local)
    }

    /// What is held as an expression of that type: over more dimensions, maybe.
    fn held_over(&mut self, held: &Held, ty: &Type, span: Span) -> Check<ExprId> {
        match (held, ty) {
            (Held::Literal(literal), _) => {
                let dtype = ty.dtype().unwrap_or(DType::Float64);
                let number = self.adapt(*literal, span, dtype, None)?;
                self.over(number, ty, span)
            }
            (Held::Tuple(items), Type::Tuple(types)) => {
                let items = items.iter().zip(types);
                let items: Check<Vec<ExprId>> =
                    items.map(|(item, ty)| self.held_over(item, ty, span)).collect();
                Ok(self.builder.tuple(items?, span))
            }
            (Held::Local(local), _) => {
                let value = self.builder.read(*local, span);
                self.over(value, ty, span)
            }
            _ => Err(Reported),
        }
    }

    /// A value over more dimensions, leaf by leaf.
    fn over(&mut self, value: ExprId, ty: &Type, span: Span) -> Check<ExprId> {
        if self.ty(value) == ty {
            return Ok(value);
        }
        let built = match ty {
            Type::Tuple(types) => {
                let mut items = Vec::new();
                for (index, ty) in types.iter().enumerate() {
                    let item = self.builder.item(value, index, span).map_err(|_| Reported)?;
                    items.push(self.over(item, ty, span)?);
                }
                return Ok(self.builder.tuple(items, span));
            }
            Type::Field(field) => self.builder.broadcast(value, field.dims(), span),
            Type::Scalar(_) => Ok(value),
        };
        built.map_err(|_| Reported)
    }

    /// Makes the statement of rounds whose types are known.
    fn end(
        &mut self,
        rounds: Rounds<'_>,
        (carried, assigned): (&[Name], &BTreeSet<Name>),
        starts: Vec<(LocalId, LocalId)>,
        mut look: Look,
    ) -> Check<()> {
        let head = rounds.condition.span;
        let targets: Vec<LocalId> = starts.iter().map(|(_, target)| *target).collect();
        let outer = std::mem::replace(&mut self.stmts, std::mem::take(&mut look.stmts));
        let mut carries = Vec::new();
        for (name, (init, target)) in carried.iter().zip(starts) {
            let ty = self.builder.body().locals[target].ty().clone();
            let Variable { held, span } = look.after[name].clone();
            let next = match held {
                Held::Local(_) | Held::Literal(_) | Held::Tuple(_) => {
                    self.carried_local(name, &held, (&ty, span), &targets)
                }
                // Says what is wrong with it.
                _ => self.variable(name, span).and(Err(Reported)),
            };
            if let Ok(next) = next {
                self.definitions.insert(target, Definitions::Joined(init, next));
                carries.push(Carried { target, init, next });
            }
        }
        let body = Block {
            stmts: std::mem::replace(&mut self.stmts, outer),
        };
        for name in assigned {
            let Some(after) = look.after.remove(name) else {
                continue;
            };
            let at = carried.iter().position(|other| other == name);
            let variable = match at {
                Some(at) => Variable {
                    held: Held::Local(targets[at]),
                    span: after.span,
                },
                None => in_rounds(&after, head),
            };
            self.variables.insert(name.clone(), variable);
        }
        let condition = look.condition?;
        if self.failed {
            return Ok(());
        }
        self.is_at_one_point(&carries, condition, &body, head)?;
        self.stmts.push(HirStmt::While {
            carries,
            condition,
            body,
            span: rounds.span,
        });
        Ok(())
    }

    fn is_at_one_point(
        &mut self,
        carries: &[Carried],
        condition: ExprId,
        body: &Block,
        head: Span,
    ) -> Check<()> {
        let Some(found) = elsewhere(self.builder.body(), carries, condition, body) else {
            return Ok(());
        };
        let diagnostic = match found {
            Elsewhere::Read(expr) => {
                let message = "what a `while` changes is read at another point";
                Diagnostic::error(&codes::OPERAND, self.builder.span(expr), message)
                    .also(head, "each point goes on for as long as this holds there")
                    .note("the points go their own numbers of rounds: another one is not known in the middle of them")
                    .hint("read elsewhere what does not change, or after the loop")
            }
            Elsewhere::Scan(expr) => {
                let message = "a scan inside a `while`";
                Diagnostic::error(&codes::OPERAND, self.builder.span(expr), message)
                    .also(head, "each point goes on for as long as this holds there")
                    .note("a scan computes whole columns, and the points of a column go their own numbers of rounds")
                    .hint("call it before the loop, or write the `while` into the scan operator")
            }
            Elsewhere::Forever => Diagnostic::error(
                &codes::CONDITION,
                head,
                "the condition is the same in every round",
            )
            .label("where it holds once it always does")
            .hint("let it depend on a name that has a value before the loop and that the loop assigns"),
        };
        Err(self.report(diagnostic))
    }
}

impl Shape {
    fn of(ty: &Type) -> Self {
        match ty {
            Type::Scalar(dtype) => Self::Scalar(*dtype),
            Type::Field(field) => Self::Field(field.dtype, field.dims().to_vec()),
            Type::Tuple(items) => Self::Tuple(items.iter().map(Self::of).collect()),
        }
    }

    /// Adds its dimensions to others; nothing is those of numbers.
    fn add_dims(&self, dims: &mut Option<Vec<Dimension>>) {
        match self {
            Self::Literal(_) | Self::Scalar(_) => {}
            Self::Field(_, more) => {
                *dims = Some(promote_dimensions([&dims.take().unwrap_or_default()[..], more]));
            }
            Self::Tuple(items) => items.iter().for_each(|item| item.add_dims(dims)),
        }
    }

    /// The type over those dimensions.
    fn over(&self, dims: Option<&[Dimension]>) -> Type {
        let dtype = match self {
            Self::Tuple(items) => return Type::Tuple(items.iter().map(|item| item.over(dims)).collect()),
            // What is too large for any is reported where it gets its type.
            Self::Literal(literal) => literal.default_dtype().unwrap_or(DType::Int64),
            Self::Scalar(dtype) | Self::Field(dtype, _) => *dtype,
        };
        match dims {
            Some(dims) => Type::field(dims.iter().cloned(), dtype),
            None => Type::Scalar(dtype),
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::Literal(literal) => literal.kind().to_owned(),
            Self::Scalar(dtype) | Self::Field(dtype, _) => dtype.to_string(),
            Self::Tuple(items) => format!("a tuple of {}", items.len()),
        }
    }
}

fn changes_type(name: &Name, [start, next]: [Span; 2], shapes: [&Shape; 2], head: Span) -> Diagnostic {
    let message = format!("`{name}` changes its type from round to round");
    Diagnostic::error(&codes::TYPE_MISMATCH, next, message)
        .label(format!("{} after a round", shapes[1].describe()))
        .also(start, format!("{} before the first", shapes[0].describe()))
        .also(head, "for as long as this holds")
        .hint("convert with `astype`, or use another name in the loop")
}

/// What two values of one name have in common; nothing where they differ in more than dimensions.
fn joined(a: &Shape, b: &Shape) -> Option<Shape> {
    match (a, b) {
        (Shape::Literal(a), Shape::Literal(b)) => common(*a, *b).map(Shape::Scalar),
        (Shape::Literal(literal), Shape::Scalar(dtype) | Shape::Field(dtype, _)) => {
            literal.adapt(*dtype).map(|_| b.clone())
        }
        (_, Shape::Literal(_)) => joined(b, a),
        (Shape::Scalar(a), Shape::Scalar(b)) => (a == b).then_some(Shape::Scalar(*a)),
        (Shape::Scalar(dtype), Shape::Field(other, dims))
        | (Shape::Field(other, dims), Shape::Scalar(dtype)) => {
            (dtype == other).then(|| Shape::Field(*dtype, dims.clone()))
        }
        (Shape::Field(dtype, dims), Shape::Field(other, more)) => {
            (dtype == other).then(|| Shape::Field(*dtype, promote_dimensions([&dims[..], more])))
        }
        (Shape::Tuple(a), Shape::Tuple(b)) if a.len() == b.len() => {
            let items: Option<Vec<Shape>> = a.iter().zip(b).map(|(a, b)| joined(a, b)).collect();
            items.map(Shape::Tuple)
        }
        _ => None,
    }
}

/// Where the first `return` stands.
fn first_return(stmts: &[Stmt]) -> Option<Span> {
    stmts.iter().find_map(|stmt| match &stmt.kind {
        StmtKind::Return(_) => Some(stmt.span),
        StmtKind::If { branches, otherwise } => {
            let mut branches = branches.iter();
            branches
                .find_map(|(_, body)| first_return(body))
                .or_else(|| first_return(otherwise))
        }
        StmtKind::While { body, otherwise, .. } => first_return(body).or_else(|| first_return(otherwise)),
        _ => None,
    })
}
