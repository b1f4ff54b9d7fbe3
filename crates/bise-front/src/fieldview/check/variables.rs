//! What names hold on the path taken so far, and what is left of that where two paths meet.

use std::collections::{BTreeMap, BTreeSet};

use bise_base::{Diagnostic, Name, Span};
use bise_hir::{Join, LocalId, Stmt};
use bise_lang::{Annotation, Type, codes};
use bise_syntax as syntax;
use bise_syntax::{Identifier, StmtKind};

use super::{Check, Checker, Definitions, Value};
use crate::Literal;

/// A name on some path.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Variable {
    pub(super) held: Held,
    /// Where it was assigned.
    pub(super) span: Span,
}

/// What a name holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Held {
    Local(LocalId),
    Literal(Literal),
    /// A tuple with a literal in it; others are locals.
    Tuple(Vec<Held>),
    /// The assignment was wrong, which was reported.
    Invalid,
    /// One branch of an `if` assigns it, the other, here, does not.
    OneBranch {
        lacking: Span,
        when: bool,
    },
    /// A `while` assigns it, which may have no rounds.
    InRounds {
        lacking: Span,
    },
    /// The variable of a loop of a program, which is over.
    Over,
    /// Both branches of an `if` assign it, with these types.
    Different {
        here: Span,
        types: [String; 2],
    },
}

/// All names that the statements assign.
pub(super) fn collect_assigned(stmts: &[syntax::Stmt], names: &mut BTreeSet<Name>) {
    for stmt in stmts {
        match &stmt.kind {
            StmtKind::Assign { targets, .. } => {
                for target in targets {
                    collect_target(target, names);
                }
            }
            StmtKind::Annotated { target, .. } => collect_target(target, names),
            StmtKind::If { branches, otherwise } => {
                for (_, body) in branches {
                    collect_assigned(body, names);
                }
                collect_assigned(otherwise, names);
            }
            StmtKind::For {
                target,
                body,
                otherwise,
                ..
            } => {
                collect_target(target, names);
                collect_assigned(body, names);
                collect_assigned(otherwise, names);
            }
            StmtKind::While { body, otherwise, .. } => {
                collect_assigned(body, names);
                collect_assigned(otherwise, names);
            }
            StmtKind::Function(_)
            | StmtKind::Class(_)
            | StmtKind::Import(_)
            | StmtKind::ImportFrom { .. }
            | StmtKind::TypeAlias { .. }
            | StmtKind::Return(_)
            | StmtKind::Expr(_)
            | StmtKind::Pass
            | StmtKind::Unsupported(_) => {}
        }
    }
}

fn collect_target(target: &syntax::Expr, names: &mut BTreeSet<Name>) {
    match &target.kind {
        syntax::ExprKind::Name(name) => {
            names.insert(name.clone());
        }
        syntax::ExprKind::Tuple(items) | syntax::ExprKind::List(items) => {
            for item in items {
                collect_target(item, names);
            }
        }
        syntax::ExprKind::Starred(item) => collect_target(item, names),
        _ => {}
    }
}

impl Checker<'_> {
    /// The names of variables, for suggestions.
    pub(crate) fn variable_names(&self) -> Vec<String> {
        self.variables.keys().map(ToString::to_string).collect()
    }

    /// The value of a variable; nothing if there is no such variable.
    pub(crate) fn variable(&mut self, name: &Name, span: Span) -> Check<Option<Value>> {
        let Some(variable) = self.variables.get(name) else {
            if self.assigned.contains(name) {
                let message = format!("`{name}` is used before it is assigned");
                let diagnostic = Diagnostic::error(&codes::UNASSIGNED, span, message)
                    .label("has no value yet")
                    .note(
                        "a name that a function assigns anywhere is a variable of that function everywhere",
                    );
                return Err(self.report(diagnostic));
            }
            return Ok(None);
        };
        let assigned = variable.span;
        match variable.held.clone() {
            Held::OneBranch { lacking, when } => {
                let message = format!("`{name}` is not assigned where the condition is {}", word(when));
                let diagnostic = Diagnostic::error(&codes::UNASSIGNED, span, message)
                    .label("may have no value")
                    .also(assigned, "assigned on this path only")
                    .also(lacking, format!("no value where this is {}", word(when)))
                    .hint(format!(
                        "assign `{name}` in the other branch too, or before the `if`"
                    ));
                Err(self.report(diagnostic))
            }
            Held::Over => {
                let message = format!("`{name}` has a value inside of its loop only");
                let diagnostic = Diagnostic::error(&codes::UNASSIGNED, span, message)
                    .label("has no value here")
                    .also(assigned, "the variable of this loop");
                Err(self.report(diagnostic))
            }
            Held::InRounds { lacking } => {
                let message = format!("`{name}` is not assigned where the condition never holds");
                let diagnostic = Diagnostic::error(&codes::UNASSIGNED, span, message)
                    .label("may have no value")
                    .also(assigned, "assigned in a round")
                    .also(lacking, "no value where this does not hold at first")
                    .hint(format!("assign `{name}` before the loop too"));
                Err(self.report(diagnostic))
            }
            Held::Different { here, types: [a, b] } => {
                let message = format!("`{name}` has two types");
                let diagnostic = Diagnostic::error(&codes::TYPE_MISMATCH, span, message)
                    .label("which one?")
                    .also(assigned, format!("`{a}` here"))
                    .also(here, format!("`{b}` here"))
                    .hint("convert in one branch with `astype` or `broadcast`, or use two names");
                Err(self.report(diagnostic))
            }
            held => match self.held_value(&held, span) {
                Some(value) => {
                    self.bounded(self.size_of(&value), span)?;
                    Ok(Some(value))
                }
                None => Err(super::Reported),
            },
        }
    }

    fn held_value(&mut self, held: &Held, span: Span) -> Option<Value> {
        match held {
            Held::Local(local) => Some(Value::Expr(self.builder.read(*local, span))),
            Held::Literal(literal) => Some(Value::Literal(*literal)),
            Held::Tuple(items) => {
                let items: Option<Vec<Value>> =
                    items.iter().map(|item| self.held_value(item, span)).collect();
                items.map(Value::Tuple)
            }
            Held::Invalid
            | Held::OneBranch { .. }
            | Held::InRounds { .. }
            | Held::Over
            | Held::Different { .. } => None,
        }
    }

    /// `target = value`
    pub(super) fn assign(&mut self, target: &Identifier, value: Check<Value>, span: Span) {
        let held = match value.and_then(|value| self.hold(&target.name, &value, target.span, span)) {
            Ok(held) => held,
            Err(_) => Held::Invalid,
        };
        let variable = Variable {
            held,
            span: target.span,
        };
        self.variables.insert(target.name.clone(), variable);
    }

    fn hold(&mut self, name: &Name, value: &Value, target: Span, span: Span) -> Check<Held> {
        match value {
            Value::Literal(literal) => Ok(Held::Literal(*literal)),
            Value::Tuple(items) if value.has_literal() || items.is_empty() => {
                let items = items.iter().enumerate().map(|(index, item)| {
                    let name = Name::from(format!("{name}_{index}"));
                    self.hold(&name, item, target, span)
                });
                Ok(Held::Tuple(items.collect::<Check<_>>()?))
            }
            Value::Expr(_) | Value::Tuple(_) => {
                let expr = self.settle(value, span)?;
                if let Some(local) = self.as_local(expr) {
                    return Ok(Held::Local(local));
                }
                let ty = self.annotation_of(expr);
                let name = if self.names.written.contains(name) {
                    self.names.fresh(name)
                } else {
                    self.names.invented(name)
                };
                let local = self.builder.local(name, ty, target);
                self.stmts.push(Stmt::Assign {
                    target: local,
                    value: expr,
                });
                self.definitions.insert(local, Definitions::Value(expr));
                Ok(Held::Local(local))
            }
        }
    }

    /// What is left where the two branches of an `if` meet; it becomes what names hold. The blocks get assignments
    /// where a literal has to become a variable.
    pub(super) fn meet(&mut self, then: &mut Branch, otherwise: &mut Branch, condition: Span) -> Vec<Join> {
        let mut joins = Vec::new();
        let mut merged = BTreeMap::new();
        let mut others = std::mem::take(&mut otherwise.variables);
        for (name, a) in std::mem::take(&mut then.variables) {
            let variable = match others.remove(&name) {
                Some(b) => self.meet_one(&name, (a, &mut then.stmts), (b, &mut otherwise.stmts), &mut joins),
                None => on_one_branch(&a, condition, false),
            };
            merged.insert(name, variable);
        }
        for (name, b) in others {
            merged.insert(name, on_one_branch(&b, condition, true));
        }
        self.variables = merged;
        joins
    }

    fn meet_one(
        &mut self,
        name: &Name,
        (a, then): (Variable, &mut Vec<Stmt>),
        (b, otherwise): (Variable, &mut Vec<Stmt>),
        joins: &mut Vec<Join>,
    ) -> Variable {
        if a == b {
            return a;
        }
        let span = a.span;
        let usable = |held: &Held| matches!(held, Held::Local(_) | Held::Literal(_) | Held::Tuple(_));
        let held = match (&a.held, &b.held) {
            (x, y) if x == y => a.held.clone(),
            (x, y) if usable(x) && usable(y) => {
                let joined = self.meet_held(name, (x, a.span, then), (y, b.span, otherwise), joins);
                joined.unwrap_or_else(|| Held::Different {
                    here: b.span,
                    types: [self.held_type(x), self.held_type(y)],
                })
            }
            (x, _) if !usable(x) => a.held.clone(),
            _ => return b,
        };
        Variable { held, span }
    }

    fn meet_held(
        &mut self,
        name: &Name,
        (a, a_span, then): (&Held, Span, &mut Vec<Stmt>),
        (b, b_span, otherwise): (&Held, Span, &mut Vec<Stmt>),
        joins: &mut Vec<Join>,
    ) -> Option<Held> {
        if a == b {
            return Some(a.clone());
        }
        if let (Held::Tuple(xs), Held::Tuple(ys)) = (a, b) {
            if xs.len() != ys.len() {
                return None;
            }
            let pairs = xs.iter().zip(ys).enumerate();
            let items = pairs.map(|(index, (x, y))| {
                let name = Name::from(format!("{name}_{index}"));
                self.meet_held(&name, (x, a_span, then), (y, b_span, otherwise), joins)
            });
            return items.collect::<Option<Vec<_>>>().map(Held::Tuple);
        }
        let ty = match (a, b) {
            (Held::Local(local), _) | (_, Held::Local(local)) => {
                self.builder.body().locals[*local].ty().clone()
            }
            (Held::Literal(a), Held::Literal(b)) => Type::Scalar(common(*a, *b)?),
            _ => return None,
        };
        let a = self.as_branch_local(name, a, &ty, a_span, then)?;
        let b = self.as_branch_local(name, b, &ty, b_span, otherwise)?;
        let target = self.names.fresh(name);
        let names = self.builder.body().locals[a].annotation.names().clone();
        let annotation = Annotation::from(ty).with_names(names);
        let target = self.builder.local(target, annotation, a_span);
        self.definitions.insert(target, Definitions::Joined(a, b));
        joins.push(Join {
            target,
            then: a,
            otherwise: b,
        });
        Some(Held::Local(target))
    }

    /// What a branch holds as a local of that type, which the block of the branch assigns if need be.
    fn as_branch_local(
        &mut self,
        name: &Name,
        held: &Held,
        ty: &Type,
        span: Span,
        stmts: &mut Vec<Stmt>,
    ) -> Option<LocalId> {
        if let Held::Local(local) = held {
            return (self.builder.body().locals[*local].ty() == ty).then_some(*local);
        }
        let value = self.held_constant(held, ty, span)?;
        let local = self.names.fresh(name);
        let local = self.builder.local(local, ty.clone(), span);
        stmts.push(Stmt::Assign { target: local, value });
        self.definitions.insert(local, Definitions::Value(value));
        Some(local)
    }

    /// What is held as an expression of exactly that type.
    fn held_constant(&mut self, held: &Held, ty: &Type, span: Span) -> Option<bise_hir::ExprId> {
        match (held, ty) {
            (Held::Literal(literal), Type::Scalar(dtype)) => {
                let scalar = literal.adapt(*dtype)?;
                Some(self.builder.constant(scalar, span))
            }
            (Held::Tuple(items), Type::Tuple(types)) if items.len() == types.len() => {
                let pairs = items.iter().zip(types);
                let items: Option<Vec<_>> = pairs
                    .map(|(item, ty)| self.held_constant(item, ty, span))
                    .collect();
                Some(self.builder.tuple(items?, span))
            }
            (Held::Local(local), _) if self.builder.body().locals[*local].ty() == ty => {
                Some(self.builder.read(*local, span))
            }
            _ => None,
        }
    }

    fn held_type(&self, held: &Held) -> String {
        match held {
            Held::Local(local) => self.builder.body().locals[*local].ty().to_string(),
            Held::Literal(literal) => literal.kind().to_owned(),
            Held::Tuple(items) => {
                let items: Vec<String> = items.iter().map(|item| self.held_type(item)).collect();
                format!("tuple[{}]", items.join(", "))
            }
            Held::Invalid
            | Held::OneBranch { .. }
            | Held::InRounds { .. }
            | Held::Over
            | Held::Different { .. } => String::new(),
        }
    }
}

/// What one branch of an `if` ends with.
pub(super) struct Branch {
    pub(super) variables: BTreeMap<Name, Variable>,
    pub(super) stmts: Vec<Stmt>,
}

/// A variable that has no value where the condition is `when`.
fn on_one_branch(variable: &Variable, condition: Span, when: bool) -> Variable {
    let held = match variable.held {
        Held::Invalid => Held::Invalid,
        _ => Held::OneBranch {
            lacking: condition,
            when,
        },
    };
    Variable {
        held,
        span: variable.span,
    }
}

/// The type of two literals that meet.
pub(super) fn common(a: Literal, b: Literal) -> Option<bise_lang::DType> {
    let dtypes = [a.default_dtype()?, b.default_dtype()?];
    let fits = |dtype: &bise_lang::DType| a.adapt(*dtype).is_some() && b.adapt(*dtype).is_some();
    dtypes.into_iter().find(fits)
}

/// A variable that has a value only where a `while` has a round.
pub(super) fn in_rounds(variable: &Variable, lacking: Span) -> Variable {
    let held = match variable.held {
        Held::Invalid => Held::Invalid,
        _ => Held::InRounds { lacking },
    };
    Variable {
        held,
        span: variable.span,
    }
}

fn word(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}
