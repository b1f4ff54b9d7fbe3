//! Operators: decorator, signature, statements.

use std::collections::HashSet;

use bise_base::Name;
use bise_lang::builtins::Spelling;
use bise_lang::{DType, Scalar, Type};
use la_arena::ArenaMap;

use super::Printer;
use super::expr::{ExprPrinter, literal};
use super::variables::variables;
use crate::{Block, Body, ExprId, ExprKind, Join, LocalId, Operator, OperatorKind, Stmt};

/// Adds the definition of an operator to the text.
pub(super) fn print(printer: &mut Printer, operator: &std::sync::Arc<Operator>) {
    printer.text.push_str("\n\n");
    match &operator.kind {
        OperatorKind::Field => printer.line(0, "@gtx.field_operator"),
        OperatorKind::Scan { axis, forward, init } => {
            let init = init_text(printer, operator.result.ty(), &mut init.iter().copied());
            let axis = printer.names.dim(axis).to_owned();
            let forward = if *forward { "True" } else { "False" };
            let decorator = format!("@gtx.scan_operator(axis={axis}, forward={forward}, init={init})");
            printer.line(0, &decorator);
        }
    }
    let locals = printer
        .names
        .locals(&operator.body, &variables(operator), &words(&operator.body));
    let result = printer.annotation(&operator.result);
    let name = printer.names.operator(operator).to_owned();
    signature(
        printer,
        &name,
        (&operator.body, &operator.params, &locals),
        &format!(" -> {result}"),
    );
    let mut statements = Statements {
        printer,
        body: &operator.body,
        locals: &locals,
    };
    statements.block(&operator.block, &[], 1);
}

/// The longest line of a signature.
const WIDTH: usize = 110;

/// `def name(a: T, b: U) -> V:`, one parameter per line where that is too long.
pub(super) fn signature(
    printer: &mut Printer,
    name: &str,
    (body, params, locals): (&Body, &[LocalId], &ArenaMap<LocalId, Name>),
    result: &str,
) {
    let params: Vec<String> = params
        .iter()
        .map(|&param| {
            let annotation = &body.locals[param].annotation;
            format!("{}: {}", locals[param], printer.annotation(annotation))
        })
        .collect();
    let line = format!("def {name}({}){result}:", params.join(", "));
    if line.len() <= WIDTH || params.is_empty() {
        printer.line(0, &line);
        return;
    }
    printer.line(0, &format!("def {name}("));
    for param in params {
        printer.line(1, &format!("{param},"));
    }
    printer.line(0, &format!("){result}:"));
}

/// The names of the language that the expressions of a body use.
pub(super) fn words(body: &Body) -> HashSet<&'static str> {
    let mut words = HashSet::new();
    for (_, expr) in body.exprs.iter() {
        match &expr.kind {
            ExprKind::Builtin(builtin, _) => {
                if let Spelling::Function(function) = builtin.row().spelling {
                    words.insert(function);
                }
            }
            ExprKind::Constant(value) => {
                words.insert(value.dtype().name());
            }
            ExprKind::Where { .. } => {
                words.insert("where");
            }
            ExprKind::Cast(_) => {
                words.insert("astype");
                words.extend(
                    expr.ty
                        .leaves()
                        .first()
                        .and_then(|leaf| leaf.dtype())
                        .map(DType::name),
                );
            }
            ExprKind::Broadcast(_) => {
                words.insert("broadcast");
            }
            ExprKind::Reduce { reduction, .. } => {
                words.insert(reduction.name());
            }
            ExprKind::Fold { reduction, .. } => {
                words.insert(reduction.over_range());
            }
            ExprKind::Index(_) => {
                words.insert("index");
            }
            ExprKind::ConcatWhere { .. } => {
                words.insert("concat_where");
            }
            ExprKind::Gather { .. } => {
                words.insert("as_offset");
            }
            ExprKind::Local(_)
            | ExprKind::Conditional { .. }
            | ExprKind::Shift { .. }
            | ExprKind::Tuple(_)
            | ExprKind::Item(..)
            | ExprKind::Call { .. } => {}
        }
    }
    words
}

fn init_text(printer: &mut Printer, ty: &Type, leaves: &mut impl Iterator<Item = Scalar>) -> String {
    match ty {
        Type::Tuple(items) => {
            let items: Vec<String> = items
                .iter()
                .map(|item| init_text(printer, item, leaves))
                .collect();
            let comma = if items.len() == 1 { "," } else { "" };
            format!("({}{comma})", items.join(", "))
        }
        Type::Scalar(_) | Type::Field(_) => {
            let value = leaves.next().unwrap_or(Scalar::bool(false));
            let default = matches!(value.dtype(), DType::Bool | DType::Int32 | DType::Float64);
            if default && (!value.dtype().is_float() || value.as_f64().is_finite()) {
                value.to_string()
            } else {
                literal(printer, value)
            }
        }
    }
}

/// Prints the statements of one operator.
struct Statements<'a> {
    printer: &'a mut Printer,
    body: &'a Body,
    locals: &'a ArenaMap<LocalId, Name>,
}

impl Statements<'_> {
    fn expr(&mut self, expr: ExprId) -> String {
        let mut exprs = ExprPrinter {
            printer: self.printer,
            body: self.body,
            locals: self.locals,
        };
        exprs.print(expr)
    }

    /// The statements of a block, then what the joins `(target, value)` after it ask for.
    fn block(&mut self, block: &Block, joins: &[(LocalId, LocalId)], indent: usize) {
        let mut rest = block.stmts.as_slice();
        let mut empty = true;
        while let Some((first, others)) = rest.split_first() {
            empty = false;
            if let Some((unpacking, value, count)) = self.unpacking(rest) {
                let targets: Vec<String> = unpacking
                    .targets
                    .iter()
                    .map(|(local, starred)| {
                        format!("{}{}", if *starred { "*" } else { "" }, self.locals[*local])
                    })
                    .collect();
                let comma = if targets.len() == 1 { "," } else { "" };
                let value = self.expr(value);
                self.printer
                    .line(indent, &format!("{}{comma} = {value}", targets.join(", ")));
                rest = &rest[count..];
                continue;
            }
            self.stmt(first, indent);
            rest = others;
        }
        for (target, value) in joins {
            let (target, value) = (&self.locals[*target], &self.locals[*value]);
            if target != value {
                empty = false;
                self.printer.line(indent, &format!("{target} = {value}"));
            }
        }
        if empty {
            self.printer.line(indent, "pass");
        }
    }

    /// The unpacking that the statements start with, what is unpacked, and how many statements that is. The result
    /// of a call that only the unpacking reads needs no name.
    fn unpacking(&self, stmts: &[Stmt]) -> Option<(Unpacking, ExprId, usize)> {
        if let Some(unpacking) = Unpacking::at_start(self.body, stmts) {
            let (tuple, count) = (unpacking.tuple, unpacking.targets.len());
            return Some((unpacking, tuple, count));
        }
        let (Stmt::Assign { target, value }, rest) = stmts.split_first()? else {
            return None;
        };
        let unpacking = Unpacking::at_start(self.body, rest)?;
        let reads = |expr: &ExprKind| matches!(expr, ExprKind::Local(local) if local == target);
        let all_reads = self
            .body
            .exprs
            .iter()
            .filter(|(_, expr)| reads(&expr.kind))
            .count();
        let is_call = matches!(self.body.exprs[*value].kind, ExprKind::Call { .. });
        let count = 1 + unpacking.targets.len();
        let anonymous = is_call && all_reads == 1 && reads(&self.body.exprs[unpacking.tuple].kind);
        anonymous.then_some((unpacking, *value, count))
    }

    fn stmt(&mut self, stmt: &Stmt, indent: usize) {
        match stmt {
            Stmt::Assign { target, value } => {
                let value = self.expr(*value);
                let target = &self.locals[*target];
                self.printer.line(indent, &format!("{target} = {value}"));
            }
            Stmt::Return(value) => {
                let value = self.expr(*value);
                self.printer.line(indent, &format!("return {value}"));
            }
            Stmt::If {
                condition,
                then,
                otherwise,
                joins,
                ..
            } => self.branches("if", (*condition, then, otherwise), joins, indent),
            Stmt::While {
                carries,
                condition,
                body,
                ..
            } => {
                for carried in carries {
                    let (target, init) = (&self.locals[carried.target], &self.locals[carried.init]);
                    if target != init {
                        self.printer.line(indent, &format!("{target} = {init}"));
                    }
                }
                let condition = self.expr(*condition);
                self.printer.line(indent, &format!("while {condition}:"));
                let after: Vec<_> = carries
                    .iter()
                    .map(|carried| (carried.target, carried.next))
                    .collect();
                self.block(body, &after, indent + 1);
            }
        }
    }

    fn branches(
        &mut self,
        keyword: &str,
        (condition, then, otherwise): (ExprId, &Block, &Block),
        joins: &[Join],
        indent: usize,
    ) {
        let condition = self.expr(condition);
        self.printer.line(indent, &format!("{keyword} {condition}:"));
        let after_then: Vec<_> = joins.iter().map(|join| (join.target, join.then)).collect();
        self.block(then, &after_then, indent + 1);
        let after_otherwise: Vec<_> = joins.iter().map(|join| (join.target, join.otherwise)).collect();
        let renames = after_otherwise
            .iter()
            .any(|(target, value)| self.locals[*target] != self.locals[*value]);
        match otherwise.stmts.as_slice() {
            [] if !renames => {}
            [
                Stmt::If {
                    condition,
                    then,
                    otherwise,
                    joins,
                    ..
                },
            ] if !renames => self.branches("elif", (*condition, then, otherwise), joins, indent),
            _ => {
                self.printer.line(indent, "else:");
                self.block(otherwise, &after_otherwise, indent + 1);
            }
        }
    }
}

/// `a, *b, c = tuple`, as a run of assignments of the elements of one expression.
struct Unpacking {
    tuple: ExprId,
    /// Each with whether it is starred.
    targets: Vec<(LocalId, bool)>,
}

impl Unpacking {
    /// The unpacking that the statements start with.
    fn at_start(body: &Body, stmts: &[Stmt]) -> Option<Self> {
        let tuple = match stmts.first()? {
            Stmt::Assign { value, .. } => match &body.exprs[*value].kind {
                ExprKind::Item(tuple, 0) => *tuple,
                ExprKind::Tuple(items) => run_of(body, items, 0)?.0,
                _ => return None,
            },
            Stmt::If { .. } | Stmt::While { .. } | Stmt::Return(_) => return None,
        };
        let Type::Tuple(types) = &body.exprs[tuple].ty else {
            return None;
        };
        let mut targets = Vec::new();
        let mut covered = 0;
        for stmt in stmts {
            if covered == types.len() {
                break;
            }
            let Stmt::Assign { target, value } = stmt else {
                return None;
            };
            match &body.exprs[*value].kind {
                ExprKind::Item(of, index) if *of == tuple && *index == covered => {
                    covered += 1;
                    targets.push((*target, false));
                }
                ExprKind::Tuple(items) if targets.iter().all(|(_, starred)| !starred) => {
                    let (of, count) = run_of(body, items, covered)?;
                    if of != tuple {
                        return None;
                    }
                    covered += count;
                    targets.push((*target, true));
                }
                _ => return None,
            }
        }
        // One element alone is an ordinary assignment.
        (covered == types.len() && types.len() > 1).then_some(Self { tuple, targets })
    }
}

/// The tuple whose elements from number `first` on those are, and how many they are.
fn run_of(body: &Body, items: &[ExprId], first: usize) -> Option<(ExprId, usize)> {
    let mut tuple = None;
    for (offset, &item) in items.iter().enumerate() {
        let ExprKind::Item(of, index) = body.exprs[item].kind else {
            return None;
        };
        if index != first + offset || *tuple.get_or_insert(of) != of {
            return None;
        }
    }
    tuple.map(|tuple| (tuple, items.len()))
}
