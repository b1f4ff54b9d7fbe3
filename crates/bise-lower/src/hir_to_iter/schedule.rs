//! The block of an operator as a straight list of steps.
//!
//! Lowering evaluates both branches of an `if` and chooses among their results, so a block has no control flow
//! left: a step says what to evaluate, define or choose. A `while` in a branch that is not taken must not go on for
//! ever, so steps say too in which branch they are.

use bise_base::Span;
use bise_hir::walk::children;
use bise_hir::{Block, Body, Carried, ExprId, ExprKind, Join, LocalId, Operator, Stmt};
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
    /// What follows counts where the condition is that.
    Enter(ExprId, bool),
    /// Undoes the last `Enter`.
    Leave,
    /// Starts the rounds of a `while` from what is before it.
    Begin(Vec<Carried>, Span),
    /// Says the condition of the last one. What follows counts where it holds.
    Test(ExprId, Span),
    /// Ends the rounds; undoes the last `Test`.
    End(Vec<Carried>, Span),
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

/// What is still to be scheduled, last things first.
enum Todo {
    Visit(ExprId),
    Step(Step),
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

    /// Operands first; only one branch of `then if condition else otherwise` counts.
    fn evaluate(&mut self, root: ExprId) {
        let mut todo = vec![Todo::Visit(root)];
        while let Some(next) = todo.pop() {
            match next {
                Todo::Step(step) => self.steps.push(step),
                Todo::Visit(expr) => {
                    if self.seen.insert(expr, ()).is_some() {
                        continue;
                    }
                    todo.push(Todo::Step(Step::Evaluate(expr)));
                    let kind = &self.body.exprs[expr].kind;
                    let ExprKind::Conditional {
                        condition,
                        then,
                        otherwise,
                    } = kind
                    else {
                        todo.extend(children(kind).into_iter().rev().map(Todo::Visit));
                        continue;
                    };
                    for (branch, taken) in [(otherwise, false), (then, true)] {
                        todo.push(Todo::Step(Step::Leave));
                        todo.push(Todo::Visit(*branch));
                        todo.push(Todo::Step(Step::Enter(*condition, taken)));
                    }
                    todo.push(Todo::Visit(*condition));
                }
            }
        }
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
                    self.steps.push(Step::Enter(*condition, true));
                    self.block(then);
                    self.steps.push(Step::Leave);
                    self.steps.push(Step::Enter(*condition, false));
                    self.block(otherwise);
                    self.steps.push(Step::Leave);
                    self.steps.push(if returns(then) {
                        Step::Choose(*condition, *span)
                    } else {
                        Step::Join(*condition, joins.clone(), *span)
                    });
                }
                Stmt::While {
                    carries,
                    condition,
                    body,
                    span,
                } => {
                    self.steps.push(Step::Begin(carries.clone(), *span));
                    self.evaluate(*condition);
                    self.steps.push(Step::Test(*condition, *span));
                    self.block(body);
                    self.steps.push(Step::End(carries.clone(), *span));
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
            Some(Stmt::Assign { .. } | Stmt::While { .. }) | None => return false,
        }
    }
}
