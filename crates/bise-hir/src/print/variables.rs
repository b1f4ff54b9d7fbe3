//! Which locals of an operator are printed as one variable.
//!
//! Locals are assigned once; a Python variable is assigned as often as one likes. So locals that are called `x`, `x_1`,
//! `x_2` and are joined by an `if`, or defined in one block, become one variable where that changes nothing: where
//! none of them is defined while another one is still needed.

use std::collections::{HashMap, HashSet};

use la_arena::ArenaMap;

use crate::walk::post_order;
use crate::{Block, Body, Carried, ExprId, ExprKind, LocalId, Operator, Stmt};

/// For each local the one whose name its variable takes.
pub(super) fn variables(operator: &Operator) -> ArenaMap<LocalId, LocalId> {
    let mut analysis = Interference {
        body: &operator.body,
        pairs: HashMap::new(),
        joins: Vec::new(),
        versions: Vec::new(),
    };
    analysis.versions(&operator.params, &operator.block);
    analysis.block(&operator.block, HashSet::new());
    for &param in &operator.params {
        analysis.define(param, &operator.params.iter().copied().collect());
    }
    let mut classes = Classes::new(&operator.body, analysis.pairs);
    let locals = &operator.body.locals;
    let versions = |(a, b): &(LocalId, LocalId)| stem(&locals[*a].name) == stem(&locals[*b].name);
    for (a, b) in analysis
        .joins
        .into_iter()
        .filter(versions)
        .chain(analysis.versions)
    {
        classes.unite(a, b);
    }
    classes.representatives(&operator.params)
}

/// The name without `_1`, `_2`.
fn stem(name: &str) -> &str {
    match name.rsplit_once(['_', '.']) {
        Some((stem, number)) if !stem.is_empty() && number.parse::<u32>().is_ok() => stem,
        _ => name,
    }
}

/// Which locals are needed where others are defined.
struct Interference<'a> {
    body: &'a Body,
    pairs: HashMap<LocalId, HashSet<LocalId>>,
    /// Target and source of all joins, the inner ones first.
    joins: Vec<(LocalId, LocalId)>,
    /// Pairs of one block whose names say that they are versions of one variable.
    versions: Vec<(LocalId, LocalId)>,
}

impl Interference<'_> {
    /// What is needed before a block, by what is needed after it.
    fn block(&mut self, block: &Block, mut live: HashSet<LocalId>) -> HashSet<LocalId> {
        for stmt in block.stmts.iter().rev() {
            match stmt {
                Stmt::Return(value) => live = self.reads(*value),
                Stmt::Assign { target, value } => {
                    self.define(*target, &live);
                    live.remove(target);
                    live.extend(self.reads(*value));
                }
                Stmt::If {
                    condition,
                    then,
                    otherwise,
                    joins,
                    ..
                } => {
                    let pairs = |source: fn(&crate::Join) -> LocalId| {
                        joins.iter().map(move |join| (join.target, source(join)))
                    };
                    let before_then = self.branch(then, pairs(|join| join.then).collect(), live.clone());
                    let before_otherwise =
                        self.branch(otherwise, pairs(|join| join.otherwise).collect(), live);
                    self.versions(&[], then);
                    self.versions(&[], otherwise);
                    live = &before_then | &before_otherwise;
                    live.extend(self.reads(*condition));
                }
                Stmt::While {
                    carries,
                    condition,
                    body,
                    ..
                } => live = self.rounds(carries, *condition, body, live),
            }
        }
        live
    }

    /// A branch, at whose end the targets of the joins get their values one after the other.
    fn branch(
        &mut self,
        block: &Block,
        joins: Vec<(LocalId, LocalId)>,
        mut live: HashSet<LocalId>,
    ) -> HashSet<LocalId> {
        for &(target, source) in joins.iter().rev() {
            live.remove(&source);
            self.define(target, &live);
            live.remove(&target);
            live.insert(source);
        }
        let before = self.block(block, live);
        self.joins.extend(joins);
        before
    }

    /// A `while`: before it the targets get their first values, at the end of a round their next ones.
    fn rounds(
        &mut self,
        carries: &[Carried],
        condition: ExprId,
        body: &Block,
        after: HashSet<LocalId>,
    ) -> HashSet<LocalId> {
        let targets = carries.iter().map(|carried| carried.target);
        let next: Vec<(LocalId, LocalId)> = carries
            .iter()
            .map(|carried| (carried.target, carried.next))
            .collect();
        let mut live = after;
        live.extend(self.reads(condition));
        live.extend(targets.clone());
        // What a round needs is needed at the end of the one before.
        let needed = self.branch(body, next.clone(), live.clone());
        live.extend(needed);
        let needed = self.branch(body, next, live.clone());
        live.extend(needed);
        self.versions(&[], body);
        for target in targets {
            self.define(target, &live);
        }
        for carried in carries.iter().rev() {
            live.remove(&carried.target);
            // It changes, and what it starts from does not.
            self.define(carried.target, &live);
            live.insert(carried.init);
        }
        self.joins
            .extend(carries.iter().map(|carried| (carried.target, carried.init)));
        live
    }

    /// Finds the versions of variables that a block defines.
    fn versions(&mut self, params: &[LocalId], block: &Block) {
        let mut latest: HashMap<&str, LocalId> = HashMap::new();
        let defined = block.stmts.iter().flat_map(|stmt| match stmt {
            Stmt::Assign { target, .. } => vec![*target],
            Stmt::If { joins, .. } => joins.iter().map(|join| join.target).collect(),
            Stmt::While { carries, .. } => carries.iter().map(|carried| carried.target).collect(),
            Stmt::Return(_) => Vec::new(),
        });
        for local in params.iter().copied().chain(defined) {
            let name = &self.body.locals[local].name;
            if let Some(previous) = latest.insert(stem(name), local) {
                self.versions.push((previous, local));
            }
        }
    }

    fn define(&mut self, local: LocalId, live: &HashSet<LocalId>) {
        let others = live.iter().copied().filter(|&other| other != local);
        for other in others.collect::<Vec<_>>() {
            self.pairs.entry(local).or_default().insert(other);
            self.pairs.entry(other).or_default().insert(local);
        }
    }

    fn reads(&self, root: ExprId) -> HashSet<LocalId> {
        let exprs = post_order(self.body, root, &mut ArenaMap::new());
        let locals = exprs
            .into_iter()
            .filter_map(|expr| match self.body.exprs[expr].kind {
                ExprKind::Local(local) => Some(local),
                _ => None,
            });
        locals.collect()
    }
}

/// Sets of locals that are one variable.
struct Classes {
    class: ArenaMap<LocalId, LocalId>,
    members: HashMap<LocalId, Vec<LocalId>>,
    /// What a class interferes with.
    pairs: HashMap<LocalId, HashSet<LocalId>>,
}

impl Classes {
    fn new(body: &Body, pairs: HashMap<LocalId, HashSet<LocalId>>) -> Self {
        Self {
            class: body.locals.iter().map(|(id, _)| (id, id)).collect(),
            members: body.locals.iter().map(|(id, _)| (id, vec![id])).collect(),
            pairs,
        }
    }

    /// Makes one class of two where nothing speaks against it.
    fn unite(&mut self, a: LocalId, b: LocalId) {
        let (a, b) = (self.class[a], self.class[b]);
        let apart = |pairs: &HashSet<LocalId>| !self.members[&b].iter().any(|member| pairs.contains(member));
        if a == b || !self.pairs.get(&a).is_none_or(apart) {
            return;
        }
        let members = self.members.remove(&b).unwrap_or_default();
        for &member in &members {
            self.class.insert(member, a);
        }
        self.members.entry(a).or_default().extend(members);
        if let Some(pairs) = self.pairs.remove(&b) {
            self.pairs.entry(a).or_default().extend(pairs);
        }
    }

    /// A parameter where there is one, else the first to be defined.
    fn representatives(&self, params: &[LocalId]) -> ArenaMap<LocalId, LocalId> {
        let representative = |class: LocalId| {
            let members = &self.members[&class];
            let param = members.iter().find(|member| params.contains(member));
            *param
                .or(members.iter().min_by_key(|id| id.into_raw()))
                .unwrap_or(&class)
        };
        self.class
            .iter()
            .map(|(id, &class)| (id, representative(class)))
            .collect()
    }
}
