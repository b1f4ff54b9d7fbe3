//! The block of an operator as a straight list of steps.
//!
//! Lowering evaluates both branches of an `if` and chooses among their results, so a block has no control flow
//! left: a step says what to evaluate, define or choose.

use bise_base::Span;
use bise_hir::walk::post_order;
use bise_hir::{Block, Body, ExprId, Join, LocalId, Operator, Stmt};
use la_arena::ArenaMap;

/// One step.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Evaluates one expression, whose operands are evaluated.
    Evaluate(ExprId),
    /// Defines a local.
    Assign(LocalId, ExprId),
    /// Defines the locals that an `if` joins.
    Join(ExprId, Vec<Join>, Span),
    /// Puts a value on the stack of results.
    Return(ExprId),
    /// Replaces the last two results, of the branches of an `if`, by the one that the condition chooses.
    Choose(ExprId, Span),
}

/// The steps of an operator; they leave one result.
pub(super) fn schedule(operator: &Operator) -> Vec<Step> {
    let mut scheduler = Scheduler::new(&operator.body);
    scheduler.block(&operator.block);
    scheduler.steps
}

/// The steps that evaluate some expressions of a body.
pub(super) fn schedule_exprs(body: &Body, exprs: &[ExprId]) -> Vec<Step> {
    let mut scheduler = Scheduler::new(body);
    for &expr in exprs {
        scheduler.evaluate(expr);
    }
    scheduler.steps
}

struct Scheduler<'a> {
    body: &'a Body,
    seen: ArenaMap<ExprId, ()>,
    steps: Vec<Step>,
}

impl<'a> Scheduler<'a> {
    fn new(body: &'a Body) -> Self {
        Self {
            body,
            seen: ArenaMap::new(),
            steps: Vec::new(),
        }
    }

    fn evaluate(&mut self, root: ExprId) {
        let order = post_order(self.body, root, &mut self.seen);
        self.steps.extend(order.into_iter().map(Step::Evaluate));
    }

    fn block(&mut self, block: &Block) {
        for stmt in &block.stmts {
            match stmt {
                Stmt::Assign { target, value } => {
                    self.evaluate(*value);
                    self.steps.push(Step::Assign(*target, *value));
                }
                Stmt::If {
                    condition,
                    then,
                    otherwise,
                    joins,
                    span,
                } => {
                    self.evaluate(*condition);
                    self.block(then);
                    self.block(otherwise);
                    self.steps.push(if returns(then) {
                        Step::Choose(*condition, *span)
                    } else {
                        Step::Join(*condition, joins.clone(), *span)
                    });
                }
                Stmt::Return(value) => {
                    self.evaluate(*value);
                    self.steps.push(Step::Return(*value));
                }
            }
        }
    }
}

/// Whether a block ends in a return on every path: in verified hir its last statement says so.
fn returns(block: &Block) -> bool {
    let mut block = block;
    loop {
        match block.stmts.last() {
            Some(Stmt::Return(_)) => return true,
            Some(Stmt::If { then, .. }) => block = then,
            Some(Stmt::Assign { .. }) | None => return false,
        }
    }
}
