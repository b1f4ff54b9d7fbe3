//! What a `while` asks of its body: each point goes its own number of rounds, so what is carried from round to round is
//! known at one point only. It is not read at another one, and no scan is made of it.
//!
//! ```text
//! while x < a:
//!     x = x + a(I + 1)     fine: `a` is the same in all rounds
//!     x = x(I + 1)         not: there, another round may be under way
//! ```

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use la_arena::ArenaMap;

use crate::walk::{children, operators, post_order};
use crate::{Block, Body, Carried, ExprId, ExprKind, LocalId, Operator, Stmt};

/// How a `while` asks for what is known at no point by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elsewhere {
    /// This expression reads at other points what is carried.
    Read(ExprId),
    /// This expression calls a scan operator, directly or not.
    Scan(ExprId),
    /// Nothing that is carried decides for how long it goes on.
    Forever,
}

/// What in a `while` is not at one point by itself, if anything is.
pub fn elsewhere(body: &Body, carries: &[Carried], condition: ExprId, block: &Block) -> Option<Elsewhere> {
    let mut known = Known::new(body);
    let mut flow = Flow::new(body, &mut known);
    for carried in carries {
        flow.locals.insert(carried.target, BTreeSet::from([0]));
    }
    let decides = flow.evaluate(condition);
    flow.block(block);
    let in_scan = flow.scan.map(Elsewhere::Scan);
    let read = flow.elsewhere.first().map(|&(expr, _)| Elsewhere::Read(expr));
    let forever = decides.is_empty().then_some(Elsewhere::Forever);
    in_scan.or(read).or(forever)
}

/// Of each operator that a body calls, directly or not, by address: which parameters it reads at other points.
struct Known(HashMap<*const Operator, BTreeSet<usize>>);

impl Known {
    fn new(body: &Body) -> Self {
        let mut known = Self(HashMap::new());
        for operator in operators(&body.callees) {
            let mut flow = Flow::new(&operator.body, &mut known);
            for (number, &param) in operator.params.iter().enumerate() {
                flow.locals.insert(param, BTreeSet::from([number]));
            }
            flow.block(&operator.block);
            let elsewhere = flow.elsewhere.into_iter().map(|(_, source)| source).collect();
            known.0.insert(Arc::as_ptr(&operator), elsewhere);
        }
        known
    }
}

/// From which sources, by number, values come.
struct Flow<'a> {
    body: &'a Body,
    known: &'a mut Known,
    locals: HashMap<LocalId, BTreeSet<usize>>,
    exprs: HashMap<ExprId, BTreeSet<usize>>,
    /// Reads at other points, in order, each with a source of what is read.
    elsewhere: Vec<(ExprId, usize)>,
    /// The first call of a scan operator.
    scan: Option<ExprId>,
}

impl<'a> Flow<'a> {
    fn new(body: &'a Body, known: &'a mut Known) -> Self {
        Self {
            body,
            known,
            locals: HashMap::new(),
            exprs: HashMap::new(),
            elsewhere: Vec::new(),
            scan: None,
        }
    }

    fn block(&mut self, block: &Block) {
        for stmt in &block.stmts {
            match stmt {
                Stmt::Assign { target, value } => {
                    let sources = self.evaluate(*value);
                    self.locals.insert(*target, sources);
                }
                Stmt::Return(value) => {
                    self.evaluate(*value);
                }
                Stmt::If {
                    condition,
                    then,
                    otherwise,
                    joins,
                    ..
                } => {
                    let chooses = self.evaluate(*condition);
                    self.block(then);
                    self.block(otherwise);
                    for join in joins {
                        let sources = &(&chooses | &self.of(join.then)) | &self.of(join.otherwise);
                        self.locals.insert(join.target, sources);
                    }
                }
                Stmt::While {
                    carries,
                    condition,
                    body,
                    ..
                } => self.rounds(carries, *condition, body),
            }
        }
    }

    /// What a round ends with goes into the next one, until nothing more comes.
    fn rounds(&mut self, carries: &[Carried], condition: ExprId, block: &Block) {
        for carried in carries {
            let sources = self.of(carried.init);
            self.locals.insert(carried.target, sources);
        }
        loop {
            // What was evaluated may be made of more now.
            self.exprs.clear();
            let goes_on = self.evaluate(condition);
            self.block(block);
            let mut more = false;
            for carried in carries {
                let before = self.of(carried.target);
                let sources = &(&before | &goes_on) | &self.of(carried.next);
                more |= sources != before;
                self.locals.insert(carried.target, sources);
            }
            if !more {
                return;
            }
        }
    }

    fn of(&self, local: LocalId) -> BTreeSet<usize> {
        self.locals.get(&local).cloned().unwrap_or_default()
    }

    fn evaluate(&mut self, root: ExprId) -> BTreeSet<usize> {
        let mut seen: ArenaMap<ExprId, ()> = ArenaMap::new();
        for id in post_order(self.body, root, &mut seen) {
            if self.exprs.contains_key(&id) {
                continue;
            }
            let kind = &self.body.exprs[id].kind;
            let mut sources = match kind {
                ExprKind::Local(local) => self.of(*local),
                _ => BTreeSet::new(),
            };
            for operand in children(kind) {
                sources.extend(&self.exprs[&operand]);
            }
            let moved: Vec<ExprId> = match kind {
                ExprKind::Shift { value, .. }
                | ExprKind::Gather { value, .. }
                | ExprKind::Reduce { value, .. }
                | ExprKind::Fold { value, .. } => vec![*value],
                ExprKind::Call { callee, args } => self.moved_by(id, *callee, args),
                _ => Vec::new(),
            };
            for value in moved {
                let found = self.exprs[&value].iter().map(|&source| (id, source));
                self.elsewhere.extend(found);
            }
            self.exprs.insert(id, sources);
        }
        self.exprs[&root].clone()
    }

    /// The arguments of a call that are read at other points: all, where it makes a scan.
    fn moved_by(&mut self, call: ExprId, callee: usize, args: &[ExprId]) -> Vec<ExprId> {
        let operator = &self.body.callees[callee];
        if operator.inlined.sweeps {
            self.scan = self.scan.or(Some(call));
            return args.to_vec();
        }
        let moved = &self.known.0[&Arc::as_ptr(operator)];
        moved.iter().filter_map(|&at| args.get(at).copied()).collect()
    }
}
