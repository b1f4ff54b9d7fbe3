//! Programs: calls of operators whose results are written to fields, and loops around them.

use std::sync::Arc;

use bise_base::{Diagnostic, Source, Span};
use bise_hir::{ExprId, ExprKind as HirKind, LocalId, Operator, Program, ProgramCall, Target, typing};
use bise_lang::{ProgramLoop, Type, codes};
use bise_syntax::{Expr, ExprKind, Function, Keyword, Stmt, StmtKind};

use super::super::parse::Definition;
use super::super::resolve::Entity;
use super::block::{is_docstring, statement_name};
use super::loops::Head;
use super::{Check, Checker, Level, Outcome, Reported};
use crate::Scope;

/// What a program is made of.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) calls: Vec<ProgramCall>,
    /// One for each loop.
    pub(super) variables: Vec<LocalId>,
    pub(super) loops: Vec<ProgramLoop>,
}

/// Checks a program.
pub(crate) fn check_program(source: &Source, definition: &Definition, scope: &dyn Scope) -> Outcome<Program> {
    let mut checker = Checker::new(source, definition, scope, Level::Program);
    let program = checker.program(&definition.function);
    checker.finish()?;
    program.map(Arc::new).map_err(|_| Vec::new())
}

impl Checker<'_> {
    fn program(&mut self, function: &Function) -> Check<Program> {
        let name = &function.name;
        let params = self.params(function);
        if let Ok(params) = &params {
            let mut leaf = 0;
            for &param in params {
                self.leaves.insert(param, leaf);
                let axes = self.builder.body().locals[param].annotation.axes();
                leaf += axes.len() as u32;
                self.axes.extend_from_slice(axes);
            }
        }
        // The annotation of a result says nothing here: a program has none, and existing code writes what it likes.
        let documented = matches!(function.body.first(), Some(stmt) if is_docstring(stmt));
        let mut parts = Parts::default();
        self.program_stmts(&function.body[usize::from(documented)..], &mut parts);
        let Parts {
            calls,
            variables,
            loops,
        } = parts;
        self.inlined_within_reason(name, &calls)?;
        let builder = std::mem::take(&mut self.builder);
        Ok(Program {
            variables,
            loops,
            ..builder.program(name.name.clone(), name.span, params?, calls)
        })
    }

    /// What is wrong in a statement is reported; what follows may still be checked.
    pub(super) fn program_stmts(&mut self, stmts: &[Stmt], parts: &mut Parts) {
        for stmt in stmts {
            let _ = self.program_stmt(stmt, parts);
        }
    }

    fn program_stmt(&mut self, stmt: &Stmt, parts: &mut Parts) -> Check<()> {
        match &stmt.kind {
            StmtKind::Pass => Ok(()),
            StmtKind::For {
                target,
                values,
                body,
                otherwise,
            } => {
                let span = super::first_line(self.source, stmt.span);
                let head = Head { target, values, span };
                self.program_loop(&head, body, otherwise, parts)
            }
            StmtKind::Expr(Expr {
                kind:
                    ExprKind::Call {
                        function,
                        args,
                        keywords,
                    },
                span,
            }) => {
                let call = self.program_call(function, args, keywords, *span)?;
                parts.calls.push(call);
                Ok(())
            }
            other => {
                let message = format!("{} cannot stand in a program", statement_name(other));
                let span = super::first_line(self.source, stmt.span);
                let diagnostic = Diagnostic::error(&codes::PROGRAM_STATEMENT, span, message)
                    .note("a program is a list of calls `operator(a, b, out=c)`, and of loops around them, `for k in range(n):`")
                    .hint("compute in a field operator, and call that");
                Err(self.report(diagnostic))
            }
        }
    }

    fn program_call(
        &mut self,
        function: &Expr,
        args: &[Expr],
        keywords: &[Keyword],
        span: Span,
    ) -> Check<ProgramCall> {
        let operator = match self.callee(function, args, keywords)? {
            Entity::Operator(operator) => operator,
            Entity::Broken(signature) => {
                self.reported_before();
                signature
            }
            other => {
                let message = format!("{} cannot be called in a program", other.describe());
                let mut diagnostic =
                    Diagnostic::error(&codes::NOT_CALLABLE, function.span, message).label("not an operator");
                if let Entity::Program(_) = other {
                    diagnostic = diagnostic.note("programs are called from Python only");
                }
                return Err(self.report(diagnostic));
            }
        };
        let is = |keyword: &Keyword, name: &str| keyword.name.as_ref().is_some_and(|n| n.name == name);
        // A parameter that is called so is given by position.
        let special = |name: &str| keywords.iter().find(|keyword| is(keyword, name));
        let (out, domain) = (special("out"), special("domain"));
        let others: Vec<Keyword> = keywords
            .iter()
            .filter(|keyword| {
                let special = [out, domain].into_iter().flatten();
                !special.into_iter().any(|special| std::ptr::eq(special, *keyword))
            })
            .cloned()
            .collect();
        let bound = self.bind(&operator, args, &others, span);
        let Some(out) = out else {
            let diagnostic = Diagnostic::error(
                &codes::MISSING_OUT,
                span,
                format!("the call of `{}` writes nowhere", operator.name),
            )
            .label("no `out=`")
            .hint("name the field that takes the result: `out=...`");
            return Err(self.report(diagnostic));
        };
        let bound = bound.and_then(|bound| self.passed_on(bound));
        let target = self.written(&operator, bound.as_deref().ok(), out, domain);
        let callee = self.builder.callee(&operator);
        Ok(ProgramCall {
            callee,
            args: bound?,
            out: target?,
            span,
        })
    }

    /// Where the result of a call goes.
    fn written(
        &mut self,
        operator: &Arc<Operator>,
        args: Option<&[ExprId]>,
        out: &Keyword,
        domain: Option<&Keyword>,
    ) -> Check<Target> {
        let result = self.result_of(operator, args);
        if let Some(result) = result.filter(|_| operator.result_is_declared()) {
            return self.target(&out.value, domain.map(|keyword| &keyword.value), &result);
        }
        for keyword in std::iter::once(out).chain(domain) {
            self.look_up(&keyword.value);
        }
        Err(Reported)
    }

    fn result_of(&self, operator: &Arc<Operator>, args: Option<&[ExprId]>) -> Option<Type> {
        let types: Vec<&Type> = args?.iter().map(|arg| self.ty(*arg)).collect();
        typing::call(operator, &types).ok()
    }

    /// Fields are passed on as they are; scalars may be computed.
    fn passed_on(&mut self, args: Vec<ExprId>) -> Check<Vec<ExprId>> {
        let computed = args.iter().copied().find(|&arg| !self.is_passed_on(arg));
        let Some(computed) = computed else { return Ok(args) };
        let span = self.builder.span(computed);
        let diagnostic = Diagnostic::error(
            &codes::PROGRAM_ARGUMENT,
            span,
            "a program cannot compute with fields",
        )
        .label("expected the name of a parameter")
        .hint("move the computation into a field operator");
        Err(self.report(diagnostic))
    }

    fn is_passed_on(&self, arg: ExprId) -> bool {
        let body = self.builder.body();
        let is_field = |ty: &Type| ty.leaves().iter().any(|leaf| matches!(leaf, Type::Field(_)));
        let mut pending = vec![arg];
        while let Some(expr) = pending.pop() {
            let node = &body.exprs[expr];
            match &node.kind {
                HirKind::Local(_) | HirKind::Constant(_) => {}
                HirKind::Tuple(items) => pending.extend(items),
                HirKind::Item(tuple, _) => pending.push(*tuple),
                HirKind::Builtin(_, operands) if !is_field(&node.ty) => pending.extend(operands),
                HirKind::Cast(value) if !is_field(&node.ty) => pending.push(*value),
                HirKind::Conditional {
                    condition,
                    then,
                    otherwise,
                } if !is_field(&node.ty) => pending.extend([*condition, *then, *otherwise]),
                HirKind::Builtin(..)
                | HirKind::Cast(_)
                | HirKind::Conditional { .. }
                | HirKind::Where { .. }
                | HirKind::Index(_)
                | HirKind::ConcatWhere { .. }
                | HirKind::Gather { .. }
                | HirKind::Broadcast(_)
                | HirKind::Shift { .. }
                | HirKind::Reduce { .. }
                | HirKind::Fold { .. }
                | HirKind::Call { .. } => return false,
            }
        }
        true
    }
}
