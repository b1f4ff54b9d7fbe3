//! Statements of operators.
//!
//! An `if` without `return` joins what its branches assign. An `if` with one takes what follows it along: it moves
//! into the branches that go on, so that every path ends in one `return`. Where several branches go on it is
//! checked, and made, once for each.

use bise_base::{Diagnostic, Span};
use bise_hir::{Block, Stmt as HirStmt};
use bise_lang::codes;
use bise_syntax::{Construct, Expr, ExprKind, Identifier, Stmt, StmtKind};

use super::rounds::Rounds;
use super::size::held_leaves;
use super::variables::Branch;
use super::{Check, Checker, Reported, Value};

/// `if`s inside `if`s, counting what follows a `return` in a branch.
const DEPTH: usize = 120;

/// What follows, after the statements at hand.
#[derive(Clone, Copy)]
pub(super) struct Rest<'r> {
    stmts: &'r [Stmt],
    next: Option<&'r Rest<'r>>,
}

/// How a sequence of statements ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Returns,
    Falls,
}

/// The branches of an `if` from some `elif` on.
#[derive(Clone, Copy)]
struct Choice<'r> {
    branches: &'r [(Expr, Vec<Stmt>)],
    otherwise: &'r [Stmt],
    span: Span,
}

/// The number of statements, nested ones included.
pub(super) fn count(stmts: &[Stmt]) -> usize {
    let nested = |stmt: &Stmt| match &stmt.kind {
        StmtKind::If { branches, otherwise } => {
            branches.iter().map(|(_, body)| count(body)).sum::<usize>() + count(otherwise)
        }
        StmtKind::While { body, otherwise, .. } => count(body) + count(otherwise),
        _ => 0,
    };
    stmts.iter().map(|stmt| 1 + nested(stmt)).sum()
}

/// Whether a statement is a call of `print` or `breakpoint`.
fn looks(expr: &Expr) -> bool {
    let ExprKind::Call { function, .. } = &expr.kind else {
        return false;
    };
    matches!(&function.kind, ExprKind::Name(name) if name == "print" || name == "breakpoint")
}

fn may_return(stmts: &[Stmt]) -> bool {
    stmts.iter().any(|stmt| match &stmt.kind {
        StmtKind::Return(_) => true,
        StmtKind::If { branches, otherwise } => {
            branches.iter().any(|(_, body)| may_return(body)) || may_return(otherwise)
        }
        _ => false,
    })
}

impl Checker<'_> {
    /// The body of an operator, into the block under way.
    pub(super) fn body(&mut self, stmts: &[Stmt]) -> Check<End> {
        let documented = matches!(stmts.first(), Some(stmt) if is_docstring(stmt));
        self.sequence(&stmts[usize::from(documented)..], None)
    }

    pub(super) fn sequence(&mut self, stmts: &[Stmt], rest: Option<&Rest<'_>>) -> Check<End> {
        for (index, stmt) in stmts.iter().enumerate() {
            self.spend(1, stmt.span)?;
            match &stmt.kind {
                StmtKind::Return(value) => {
                    self.return_stmt(value.as_ref(), stmt.span);
                    return Ok(End::Returns);
                }
                StmtKind::If { branches, otherwise } => {
                    let choice = Choice {
                        branches,
                        otherwise,
                        span: stmt.span,
                    };
                    if may_return(std::slice::from_ref(stmt)) {
                        let after = Rest {
                            stmts: &stmts[index + 1..],
                            next: rest,
                        };
                        return self.deciding_if(choice, &after);
                    }
                    self.joining_if(choice)?;
                }
                StmtKind::While {
                    condition,
                    body,
                    otherwise,
                } => {
                    let rounds = Rounds {
                        condition,
                        body,
                        otherwise,
                        span: stmt.span,
                    };
                    // What is wrong in it is reported; what follows may still be checked.
                    let _ = self.rounds(rounds);
                }
                _ => self.simple_stmt(stmt),
            }
        }
        match rest {
            Some(rest) => self.sequence(rest.stmts, rest.next),
            None => Ok(End::Falls),
        }
    }

    /// Refuses programs whose paths multiply beyond reason, before that takes long.
    fn spend(&mut self, cost: usize, span: Span) -> Check<()> {
        if self.budget < cost {
            let message = "too many paths lead through this operator";
            let diagnostic =
                Diagnostic::error(&codes::TOO_COMPLEX, super::first_line(self.source, span), message)
                    .note(
                        "what follows an `if` with `return` is compiled once for each branch that goes on, and a `while` \
                         in others is looked at several times for each of them",
                    )
                    .hint("return once, at the end");
            return Err(self.report(diagnostic));
        }
        self.budget -= cost;
        Ok(())
    }

    pub(super) fn deeper(&mut self, span: Span) -> Check<()> {
        // Both branches start from a copy of what all names hold.
        let held = self
            .variables
            .values()
            .map(|variable| held_leaves(&variable.held));
        self.spend(held.sum::<usize>() / 4, span)?;
        self.depth += 1;
        if self.depth <= DEPTH {
            return Ok(());
        }
        self.depth -= 1;
        let message = format!("more than {DEPTH} decisions follow one another");
        let diagnostic =
            Diagnostic::error(&codes::TOO_COMPLEX, super::first_line(self.source, span), message)
                .note("an `elif`, and what follows an `if` with `return`, counts as inside of it")
                .hint("split the operator");
        Err(self.report(diagnostic))
    }

    /// An `if` with a `return` inside, and all that follows it.
    fn deciding_if(&mut self, choice: Choice<'_>, after: &Rest<'_>) -> Check<End> {
        let Some(((test, body), more)) = choice.branches.split_first() else {
            return self.sequence(choice.otherwise, Some(after));
        };
        self.deeper(choice.span)?;
        let condition = self.condition(test);
        let outer = std::mem::take(&mut self.stmts);
        let variables = self.variables.clone();
        let first = self.sequence(body, Some(after));
        let then = std::mem::take(&mut self.stmts);
        self.variables = variables;
        let more = Choice {
            branches: more,
            ..choice
        };
        let second = first.and_then(|first| Ok((first, self.deciding_if(more, after)?)));
        let otherwise = std::mem::replace(&mut self.stmts, outer);
        self.depth -= 1;
        let (first, second) = second?;
        if let Ok(condition) = condition {
            self.stmts.push(HirStmt::If {
                condition,
                then: Block { stmts: then },
                otherwise: Block { stmts: otherwise },
                joins: Vec::new(),
                span: choice.span,
            });
        }
        Ok(if first == End::Returns && second == End::Returns {
            End::Returns
        } else {
            End::Falls
        })
    }

    /// An `if` without a `return` inside.
    fn joining_if(&mut self, choice: Choice<'_>) -> Check<()> {
        let Some(((test, body), more)) = choice.branches.split_first() else {
            return self.sequence(choice.otherwise, None).map(|_| ());
        };
        self.deeper(choice.span)?;
        let condition = self.condition(test);
        let outer = std::mem::take(&mut self.stmts);
        let variables = self.variables.clone();
        let first = self.sequence(body, None);
        let mut then = self.take_branch();
        self.variables = variables;
        let more = Choice {
            branches: more,
            ..choice
        };
        let second = first.and_then(|_| self.joining_if(more));
        let mut otherwise = self.take_branch();
        self.stmts = outer;
        self.depth -= 1;
        let joins = self.meet(&mut then, &mut otherwise, test.span);
        if let Ok(condition) = condition {
            self.stmts.push(HirStmt::If {
                condition,
                then: Block { stmts: then.stmts },
                otherwise: Block {
                    stmts: otherwise.stmts,
                },
                joins,
                span: choice.span,
            });
        }
        second
    }

    fn take_branch(&mut self) -> Branch {
        Branch {
            variables: std::mem::take(&mut self.variables),
            stmts: std::mem::take(&mut self.stmts),
        }
    }

    /// Everything but `return` and `if`.
    fn simple_stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Assign { targets, value } => {
                let found = self.value(value);
                for target in targets {
                    self.assign_target(target, found.clone(), value.span);
                }
            }
            StmtKind::Annotated {
                target,
                annotation,
                value,
            } => self.annotated(target, annotation, value.as_ref(), stmt.span),
            StmtKind::Expr(expr) if looks(expr) => self.looked_at(expr),
            StmtKind::Expr(expr) => {
                if self.value(expr).is_ok() {
                    let diagnostic = Diagnostic::error(&codes::NO_EFFECT, stmt.span, "the value is not used")
                        .hint("assign it to a name or return it");
                    self.report(diagnostic);
                }
            }
            StmtKind::Unsupported(construct) => {
                self.unsupported(*construct, stmt.span);
            }
            StmtKind::Function(function) => {
                let message = "functions inside operators are not part of the language";
                let diagnostic = Diagnostic::error(&codes::UNSUPPORTED, function.name.span, message)
                    .hint("define a field operator beside this one and call it");
                self.report(diagnostic);
            }
            StmtKind::For { .. } => {
                self.unsupported(Construct::For, stmt.span);
            }
            StmtKind::Class(_) => {
                self.unsupported(Construct::Class, stmt.span);
            }
            StmtKind::Import(_) | StmtKind::ImportFrom { .. } | StmtKind::TypeAlias { .. } => {
                let message = "imports and type aliases belong to the module, not into an operator";
                self.report(Diagnostic::error(&codes::UNSUPPORTED, stmt.span, message));
            }
            StmtKind::Pass | StmtKind::Return(_) | StmtKind::If { .. } | StmtKind::While { .. } => {}
        }
    }

    /// `print(a)` says nothing here. Where Python runs the body it prints.
    fn looked_at(&mut self, expr: &Expr) {
        if self.looked_into {
            return;
        }
        let message = "`print` and `breakpoint` look into operators that Python runs";
        let diagnostic = Diagnostic::error(&codes::UNSUPPORTED, expr.span, message)
            .label("machine code has nothing to show here")
            .hint("decorate the operator with `backend=\"embedded\"` while you look: `@field_operator(backend=\"embedded\")`");
        self.report(diagnostic);
    }

    fn annotated(&mut self, target: &Expr, annotation: &Expr, value: Option<&Expr>, span: Span) {
        let ty = self.annotation(annotation).map(|declared| declared.ty().clone());
        let Some(value) = value else {
            let diagnostic = Diagnostic::error(
                &codes::NO_EFFECT,
                span,
                "a type is declared, but no value is assigned",
            );
            self.report(diagnostic);
            return;
        };
        let found = self.value(value);
        let found = found.and_then(|found| {
            let ty = ty?;
            let expr = self.settle_as(&found, &ty, value.span, Some(annotation.span))?;
            if *self.ty(expr) == ty {
                return Ok(Value::Expr(expr));
            }
            let message = format!("the value is `{}`, not `{ty}`", self.ty(expr));
            let diagnostic = Diagnostic::error(&codes::TYPE_MISMATCH, value.span, message)
                .label(format!("this is `{}`", self.ty(expr)))
                .also(annotation.span, "declared here");
            Err(self.report(diagnostic))
        });
        self.assign_target(target, found, value.span);
    }

    /// `target = value`, where the target may be a tuple.
    fn assign_target(&mut self, target: &Expr, value: Check<Value>, span: Span) {
        match &target.kind {
            ExprKind::Name(name) => {
                let target = Identifier {
                    name: name.clone(),
                    span: target.span,
                };
                self.assign(&target, value, span);
            }
            ExprKind::Tuple(targets) | ExprKind::List(targets) => {
                let parts = value.and_then(|value| self.unpack(targets, &value, target.span, span));
                for (index, target) in targets.iter().enumerate() {
                    let part = match &parts {
                        Ok(parts) => Ok(parts[index].clone()),
                        Err(_) => Err(Reported),
                    };
                    let target = match &target.kind {
                        ExprKind::Starred(inner) => inner,
                        _ => target,
                    };
                    self.assign_target(target, part, span);
                }
            }
            ExprKind::Starred(_) => {
                let message = "a starred name stands inside a tuple of names";
                self.report(Diagnostic::error(&codes::UNPACK, target.span, message));
            }
            ExprKind::Unsupported(construct) => {
                self.unsupported(*construct, target.span);
            }
            _ => {
                let diagnostic =
                    Diagnostic::error(&codes::UNSUPPORTED, target.span, "only names can be assigned")
                        .note("fields and tuples are never changed: an operator computes new ones");
                self.report(diagnostic);
            }
        }
    }

    /// One value per target; a starred one takes as a tuple what the others leave.
    fn unpack(&mut self, targets: &[Expr], value: &Value, at: Span, span: Span) -> Check<Vec<Value>> {
        let value = self.named_once(value, span);
        let Some(items) = self.elements_of(&value, span) else {
            let message = format!("{} cannot be unpacked", self.describe(&value));
            return Err(self.report(Diagnostic::error(&codes::UNPACK, span, message).label("not a tuple")));
        };
        let is_starred = |target: &Expr| matches!(target.kind, ExprKind::Starred(_));
        let starred = targets.iter().position(is_starred);
        if targets.iter().filter(|target| is_starred(target)).count() > 1 {
            let message = "more than one starred name";
            return Err(self.report(Diagnostic::error(&codes::UNPACK, at, message)));
        }
        let (wanted, found) = (targets.len(), items.len());
        let fits = if starred.is_some() {
            wanted <= found + 1
        } else {
            wanted == found
        };
        if !fits {
            let relation = if found > wanted { "too many" } else { "not enough" };
            let message = format!("{relation} values to unpack: {found} for {wanted} names");
            let diagnostic = Diagnostic::error(&codes::UNPACK, at, message)
                .also(span, format!("this is {}", self.describe(&value)));
            return Err(self.report(diagnostic));
        }
        let Some(starred) = starred else { return Ok(items) };
        let taken = found + 1 - wanted;
        let mut parts = items;
        let middle: Vec<Value> = parts.drain(starred..starred + taken).collect();
        parts.insert(starred, Value::Tuple(middle));
        Ok(parts)
    }

    /// The value, as a variable where taking it apart would compute it several times.
    pub(super) fn named_once(&mut self, value: &Value, span: Span) -> Value {
        let Value::Expr(expr) = value else {
            return value.clone();
        };
        if self.as_local(*expr).is_some() || !self.names_parts {
            return value.clone();
        }
        let ty = self.annotation_of(*expr);
        let name = self.names.invented("unpacked");
        let local = self.builder.local(name, ty, span);
        self.stmts.push(HirStmt::Assign {
            target: local,
            value: *expr,
        });
        self.definitions.insert(local, super::Definitions::Value(*expr));
        Value::Expr(self.builder.read(local, span))
    }
}

/// Text that stands for itself.
pub(super) fn is_docstring(stmt: &Stmt) -> bool {
    matches!(&stmt.kind, StmtKind::Expr(expr) if matches!(expr.kind, ExprKind::String(_)))
}

/// The construct of a statement that programs do not have.
pub(super) fn statement_name(kind: &StmtKind) -> String {
    match kind {
        StmtKind::Function(_) => "function definitions".to_owned(),
        StmtKind::Class(_) => Construct::Class.what().to_owned(),
        StmtKind::Import(_) | StmtKind::ImportFrom { .. } => "imports".to_owned(),
        StmtKind::Assign { .. } | StmtKind::Annotated { .. } => "assignments".to_owned(),
        StmtKind::TypeAlias { .. } => "type aliases".to_owned(),
        StmtKind::Return(_) => "`return` statements".to_owned(),
        StmtKind::If { .. } => "`if` statements".to_owned(),
        StmtKind::While { .. } => Construct::While.what().to_owned(),
        StmtKind::For { .. } => Construct::For.what().to_owned(),
        StmtKind::Expr(_) => "expressions".to_owned(),
        StmtKind::Pass => "`pass` statements".to_owned(),
        StmtKind::Unsupported(construct) => construct.what().to_owned(),
    }
}
