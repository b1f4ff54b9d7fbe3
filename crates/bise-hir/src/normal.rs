//! The normal form of operators and programs: no spans, nothing unused, equal expressions only once, everything in
//! order of its first use, variables that are not parameters numbered. Two of them are equal if and only if they say
//! the same, wherever they stand and whatever they call their variables.

use std::collections::HashMap;
use std::sync::Arc;

use bise_base::{Name, Span};
use bise_lang::{ElementNames, ProgramLoop, Type};
use la_arena::ArenaMap;

use crate::walk::{map_children, operators, post_order};
use crate::{
    Block, Body, Carried, Expr, ExprId, ExprKind, Inlined, Join, Local, LocalId, Operator, Program,
    ProgramCall, Stmt, Target,
};

impl Operator {
    /// Its normal form: equal for two operators that differ in spans, in names of variables, in unused expressions
    /// and in the order of their arenas only.
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
        let params = self.params.iter().map(|&param| copy.param(param)).collect();
        let variables = self
            .variables
            .iter()
            .map(|&variable| copy.param(variable))
            .collect();
        let calls = self.calls.iter().map(|call| copy.call(call)).collect();
        let loops = self.loops.iter().map(|repeated| ProgramLoop {
            span: Span::default(),
            ..repeated.clone()
        });
        Self {
            name: self.name.clone(),
            span: Span::default(),
            params,
            variables,
            body: copy.into,
            calls,
            loops: loops.collect(),
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
    let params = operator.params.iter().map(|&param| copy.param(param)).collect();
    let block = copy.block(&operator.block);
    Operator {
        name: operator.name.clone(),
        span: Span::default(),
        kind: operator.kind.clone(),
        params,
        result: operator.result.clone().with_names(ElementNames::Nothing),
        body: copy.into,
        block,
        // What a body stands for depends on what it does not use, too.
        inlined: Inlined::default(),
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
            into: Body {
                levels: from.levels.clone(),
                ..Body::default()
            },
            locals: HashMap::new(),
            exprs: HashMap::new(),
            shared: HashMap::new(),
            callees: HashMap::new(),
            seen: ArenaMap::new(),
        }
    }

    /// A parameter, whose name matters to callers.
    fn param(&mut self, id: LocalId) -> LocalId {
        let copy = self.local(id);
        self.into.locals[copy].name = self.from.locals[id].name.clone();
        copy
    }

    fn local(&mut self, id: LocalId) -> LocalId {
        let (from, locals) = (self.from, &mut self.into.locals);
        *self.locals.entry(id).or_insert_with(|| {
            let name = Name::new(format!("{}.variable", locals.len()));
            let annotation = from.locals[id]
                .annotation
                .clone()
                .with_names(ElementNames::Nothing);
            let span = Span::default();
            locals.alloc(Local {
                name,
                annotation,
                span,
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
                joins: self.joins(joins),
                span: Span::default(),
            },
            Stmt::While {
                carries,
                condition,
                body,
                ..
            } => {
                let condition = self.expr(*condition);
                let body = self.block(body);
                Stmt::While {
                    carries: self.carries(carries),
                    condition,
                    body,
                    span: Span::default(),
                }
            }
            Stmt::Return(value) => Stmt::Return(self.expr(*value)),
        });
        Block {
            stmts: stmts.collect(),
        }
    }

    /// Joins have no order, so they are put into that of their sources.
    fn joins(&mut self, joins: &[Join]) -> Vec<Join> {
        let sources = joins
            .iter()
            .map(|join| (self.local(join.then), self.local(join.otherwise), join.target));
        let mut sources: Vec<(LocalId, LocalId, LocalId)> = sources.collect();
        sources.sort_by_key(|(then, otherwise, _)| (then.into_raw(), otherwise.into_raw()));
        let joins = sources.into_iter().map(|(then, otherwise, target)| Join {
            target: self.local(target),
            then,
            otherwise,
        });
        joins.collect()
    }

    /// Nor has what is carried an order: what the rounds read comes first, in the order in which they do.
    fn carries(&mut self, carries: &[Carried]) -> Vec<Carried> {
        let mut carries: Vec<(bool, Carried)> = carries
            .iter()
            .map(|carried| {
                let is_read = self.locals.contains_key(&carried.target);
                let copy = Carried {
                    target: carried.target,
                    init: self.local(carried.init),
                    next: self.local(carried.next),
                };
                (!is_read, copy)
            })
            .collect();
        carries.sort_by_key(|(is_unread, carried)| {
            let read = self.locals.get(&carried.target).map(|local| local.into_raw());
            (*is_unread, read, carried.next.into_raw(), carried.init.into_raw())
        });
        let carries = carries.into_iter().map(|(_, carried)| Carried {
            target: self.local(carried.target),
            ..carried
        });
        carries.collect()
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
