//! The normal form of operators and programs: no spans, nothing unused, equal expressions only once, everything in
//! order of its first use. Two of them are equal if and only if they say the same in the same words, wherever they
//! stand.

use std::collections::HashMap;
use std::sync::Arc;

use bise_base::Span;
use bise_lang::Type;
use la_arena::ArenaMap;

use crate::walk::{map_children, operators, post_order};
use crate::{
    Block, Body, Expr, ExprId, ExprKind, Join, Local, LocalId, Operator, Program, ProgramCall, Stmt, Target,
};

impl Operator {
    /// Its normal form: equal for two operators that differ in spans, in unused expressions and in the order of
    /// their arenas only.
    pub fn without_spans(&self) -> Self {
        let known = normalize_all(&self.body.callees);
        normalize(self, &known)
    }
}

impl Program {
    /// Its normal form, as [`Operator::without_spans`].
    pub fn without_spans(&self) -> Self {
        let known = normalize_all(&self.body.callees);
        let mut copy = Copy::new(&self.body, &known);
        let params = self.params.iter().map(|&param| copy.local(param)).collect();
        let calls = self.calls.iter().map(|call| copy.call(call)).collect();
        Self {
            name: self.name.clone(),
            span: Span::default(),
            params,
            body: copy.into,
            calls,
        }
    }
}

/// Normal forms by the address of the original.
type Known = HashMap<*const Operator, Arc<Operator>>;

fn normalize_all(callees: &[Arc<Operator>]) -> Known {
    let mut known = Known::new();
    for operator in operators(callees) {
        let normal = normalize(&operator, &known);
        known.insert(Arc::as_ptr(&operator), Arc::new(normal));
    }
    known
}

fn normalize(operator: &Operator, known: &Known) -> Operator {
    let mut copy = Copy::new(&operator.body, known);
    let params = operator.params.iter().map(|&param| copy.local(param)).collect();
    let block = copy.block(&operator.block);
    Operator {
        name: operator.name.clone(),
        span: Span::default(),
        kind: operator.kind.clone(),
        params,
        result: operator.result.clone(),
        body: copy.into,
        block,
    }
}

/// A copy of a body under way.
struct Copy<'a> {
    from: &'a Body,
    known: &'a Known,
    into: Body,
    locals: HashMap<LocalId, LocalId>,
    exprs: HashMap<ExprId, ExprId>,
    /// Every expression of the copy.
    shared: HashMap<(ExprKind, Type), ExprId>,
    callees: HashMap<usize, usize>,
    seen: ArenaMap<ExprId, ()>,
}

impl<'a> Copy<'a> {
    fn new(from: &'a Body, known: &'a Known) -> Self {
        Self {
            from,
            known,
            into: Body::default(),
            locals: HashMap::new(),
            exprs: HashMap::new(),
            shared: HashMap::new(),
            callees: HashMap::new(),
            seen: ArenaMap::new(),
        }
    }

    fn local(&mut self, id: LocalId) -> LocalId {
        let (from, into) = (self.from, &mut self.into);
        *self.locals.entry(id).or_insert_with(|| {
            let Local { name, ty, .. } = from.locals[id].clone();
            into.locals.alloc(Local {
                name,
                ty,
                span: Span::default(),
            })
        })
    }

    fn callee(&mut self, index: usize) -> usize {
        let (from, into, known) = (self.from, &mut self.into, self.known);
        *self.callees.entry(index).or_insert_with(|| {
            into.callees
                .push(Arc::clone(&known[&Arc::as_ptr(&from.callees[index])]));
            into.callees.len() - 1
        })
    }

    fn expr(&mut self, root: ExprId) -> ExprId {
        for id in post_order(self.from, root, &mut self.seen) {
            let Expr { kind, ty, .. } = self.from.exprs[id].clone();
            let kind = match kind {
                ExprKind::Local(local) => ExprKind::Local(self.local(local)),
                ExprKind::Call { callee, args } => ExprKind::Call {
                    callee: self.callee(callee),
                    args: args.iter().map(|operand| self.exprs[operand]).collect(),
                },
                kind => map_children(&kind, |operand| self.exprs[&operand]),
            };
            let exprs = &mut self.into.exprs;
            let copy = *self.shared.entry((kind, ty)).or_insert_with_key(|(kind, ty)| {
                exprs.alloc(Expr {
                    kind: kind.clone(),
                    ty: ty.clone(),
                    span: Span::default(),
                })
            });
            self.exprs.insert(id, copy);
        }
        self.exprs[&root]
    }

    fn block(&mut self, block: &Block) -> Block {
        let stmts = block.stmts.iter().map(|stmt| match stmt {
            Stmt::Assign { target, value } => {
                let value = self.expr(*value);
                Stmt::Assign {
                    target: self.local(*target),
                    value,
                }
            }
            Stmt::If {
                condition,
                then,
                otherwise,
                joins,
                ..
            } => Stmt::If {
                condition: self.expr(*condition),
                then: self.block(then),
                otherwise: self.block(otherwise),
                joins: joins.iter().map(|join| self.join(join)).collect(),
                span: Span::default(),
            },
            Stmt::Return(value) => Stmt::Return(self.expr(*value)),
        });
        Block {
            stmts: stmts.collect(),
        }
    }

    fn join(&mut self, join: &Join) -> Join {
        Join {
            target: self.local(join.target),
            then: self.local(join.then),
            otherwise: self.local(join.otherwise),
        }
    }

    fn call(&mut self, call: &ProgramCall) -> ProgramCall {
        ProgramCall {
            callee: self.callee(call.callee),
            args: call.args.iter().map(|&arg| self.expr(arg)).collect(),
            out: without_spans(&call.out),
            span: Span::default(),
        }
    }
}

pub(crate) fn without_spans(target: &Target) -> Target {
    match target {
        Target::Field { leaf, domain, .. } => Target::Field {
            leaf: *leaf,
            domain: domain.clone(),
            span: Span::default(),
        },
        Target::Tuple(items) => Target::Tuple(items.iter().map(without_spans).collect()),
    }
}
