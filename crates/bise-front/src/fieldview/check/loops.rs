//! Loops of programs: `for k in range(1, nz):`.

use bise_base::{Diagnostic, Name, Span};
use bise_hir::LocalId;
use bise_lang::{Bound, DType, ProgramLoop, Type, codes};
use bise_syntax::{Expr, ExprKind, Stmt};

use super::super::resolve::Entity;
use super::program::Parts;
use super::variables::{Held, Variable};
use super::{Check, Checker, Reported};
use crate::language::Function;

/// The first line of a loop.
pub(super) struct Head<'a> {
    pub(super) target: &'a Expr,
    pub(super) values: &'a Expr,
    pub(super) span: Span,
}

/// What a variable goes through.
struct Range {
    start: Bound,
    stop: Bound,
    step: i64,
}

impl Checker<'_> {
    /// The body is checked whatever is wrong with the head.
    pub(super) fn program_loop(
        &mut self,
        head: &Head<'_>,
        body: &[Stmt],
        otherwise: &[Stmt],
        parts: &mut Parts,
    ) -> Check<()> {
        if let Some(first) = otherwise.first() {
            let message = "a loop of a program has no `else`";
            let diagnostic = Diagnostic::error(&codes::PROGRAM_LOOP, first.span, message)
                .hint("it would always be carried out: write it after the loop");
            self.report(diagnostic);
        }
        let range = self.loop_range(head.values);
        let name = self.loop_variable(head.target);
        let dtype = range
            .as_ref()
            .map_or(DType::Int32, |range| self.index_type(range));
        let at = parts.loops.len();
        let local = name.as_ref().map_err(|reported| *reported).map(|name| {
            let unique = self.names.fresh(name);
            let local = self.builder.local(unique, Type::Scalar(dtype), head.target.span);
            self.leaves.insert(local, (self.axes.len() + at) as u32);
            local
        });
        let first = parts.calls.len() as u32;
        if let (Ok(local), Ok(range)) = (local, range) {
            parts.variables.push(local);
            parts.loops.push(ProgramLoop {
                start: range.start,
                stop: range.stop,
                step: range.step,
                statements: first..first,
                span: head.span,
            });
        }
        self.within_loop(name.ok(), local, head.target.span, body, parts);
        let last = parts.calls.len() as u32;
        if first == last && !self.failed {
            let diagnostic = Diagnostic::error(&codes::PROGRAM_LOOP, head.span, "the loop repeats nothing")
                .hint("call operators in it, or leave it out");
            return Err(self.report(diagnostic));
        }
        if let Some(repeated) = parts.loops.get_mut(at) {
            repeated.statements.end = last;
        }
        Ok(())
    }

    fn within_loop(
        &mut self,
        name: Option<Name>,
        local: Check<LocalId>,
        span: Span,
        body: &[Stmt],
        parts: &mut Parts,
    ) {
        let Some(name) = name else {
            return self.program_stmts(body, parts);
        };
        let held = local.map_or(Held::Invalid, Held::Local);
        self.variables.insert(name.clone(), Variable { held, span });
        self.program_stmts(body, parts);
        let held = Held::Over;
        self.variables.insert(name, Variable { held, span });
    }

    /// A new name.
    fn loop_variable(&mut self, target: &Expr) -> Check<Name> {
        let ExprKind::Name(name) = &target.kind else {
            let message = "the variable of a loop is one name";
            return Err(self.report(Diagnostic::error(&codes::PROGRAM_LOOP, target.span, message)));
        };
        match self.variables.get(name) {
            Some(Variable { held, span }) if *held != Held::Over => {
                let message = format!("the name `{name}` is taken");
                let diagnostic = Diagnostic::error(&codes::PROGRAM_LOOP, target.span, message)
                    .also(*span, "by this")
                    .hint("choose another name for the variable of the loop");
                Err(self.report(diagnostic))
            }
            _ => Ok(name.clone()),
        }
    }

    /// `range(stop)`, `range(start, stop)` or `range(start, stop, step)`
    fn loop_range(&mut self, values: &Expr) -> Check<Range> {
        let ExprKind::Call {
            function,
            args,
            keywords,
        } = &values.kind
        else {
            return Err(self.not_range(values.span));
        };
        let is_range = matches!(self.entity(function)?, Entity::Function(Function::Range, _));
        if !is_range || !keywords.is_empty() {
            return Err(self.not_range(values.span));
        }
        let (start, stop, step) = match args.as_slice() {
            [stop] => (None, stop, None),
            [start, stop] => (Some(start), stop, None),
            [start, stop, step] => (Some(start), stop, Some(step)),
            _ => return Err(self.not_range(values.span)),
        };
        let start = start.map_or(Ok(Bound::Constant(0)), |start| self.bound(start));
        let stop = self.bound(stop);
        let step = match step {
            None => Ok(1),
            Some(step) => self.loop_step(step),
        };
        Ok(Range {
            start: start?,
            stop: stop?,
            step: step?,
        })
    }

    fn loop_step(&mut self, step: &Expr) -> Check<i64> {
        match self.bound(step)? {
            Bound::Constant(step) if step != 0 => Ok(step),
            bound => {
                let message = match bound {
                    Bound::Constant(_) => "the step of a loop is zero",
                    _ => "the step of a loop is not known when the program is compiled",
                };
                let diagnostic = Diagnostic::error(&codes::PROGRAM_LOOP, step.span, message)
                    .hint("write an integer literal");
                Err(self.report(diagnostic))
            }
        }
    }

    fn not_range(&mut self, span: Span) -> Reported {
        let diagnostic = Diagnostic::error(
            &codes::PROGRAM_LOOP,
            span,
            "a program loops over a range of integers only",
        )
        .hint("write `range(n)`, `range(1, n)` or `range(n - 2, -1, -1)`");
        self.report(diagnostic)
    }

    /// The type of a variable: int64 where an end is of that type or does not fit into int32.
    fn index_type(&self, range: &Range) -> DType {
        let locals = &self.builder.body().locals;
        let wide = |leaf: u32| {
            let mut known = self.leaves.iter();
            known.any(|(&local, &first)| {
                let leaves = locals[local].ty().leaves();
                let at = leaf.checked_sub(first).and_then(|at| leaves.get(at as usize));
                let dtype = at.and_then(|ty| ty.dtype());
                matches!(dtype, Some(DType::Int64 | DType::UInt32 | DType::UInt64))
            })
        };
        let is_wide = |bound: &Bound| {
            let (_, number) = bound.parts();
            i32::try_from(number).is_err() || bound.params().into_iter().any(wide)
        };
        if is_wide(&range.start) || is_wide(&range.stop) {
            DType::Int64
        } else {
            DType::Int32
        }
    }
}
