//! Runs operators on nodes instead of numbers. A call enters a frame on an explicit stack, so that chains of calls
//! may be as long as they like.

use std::collections::HashMap;
use std::ptr;
use std::rc::Rc;

use bise_base::{Diagnostic, Diagnostics, Span};
use bise_hir::{
    Body, Carried, ExprId, ExprKind, LocalId, Operator, OperatorKind, Program, ProgramCall, Shift,
};
use bise_iter::{Builder, NodeId, Step as IterStep, SweepId, Table, TableId};
use bise_lang::{Bound, Builtin, DType, Dimension, Offset, Type, codes, promote_dimensions};
use la_arena::ArenaMap;

use super::pieces;
use super::present;
use super::schedule::{Step, schedule, schedule_exprs};
use super::value::Value;

/// A call: the operator by address, and the leaves of its arguments.
type Key = (*const Operator, Vec<NodeId>);

fn key(operator: &Operator, args: &[Value]) -> Key {
    (operator, args.iter().flat_map(Value::leaves).collect())
}

/// Inlines the calls of one program.
pub(super) struct Inliner<'a> {
    /// Takes the nodes.
    pub(super) builder: Builder,
    program: &'a Program,
    /// By address of the operator.
    schedules: HashMap<*const Operator, Rc<[Step]>>,
    /// Results of calls in this statement: where operators call each other in a tower, each the one below twice, the
    /// number of calls doubles with every storey.
    known: HashMap<Key, Value>,
    /// By address of the operator: whether a call of it makes a sweep.
    sweeping: HashMap<*const Operator, bool>,
    frames: Vec<Frame<'a>>,
    /// Why there is no such program.
    pub(super) refused: Diagnostics,
}

/// Truth values, and which of them counts.
#[derive(Clone, Copy)]
struct Guard {
    condition: NodeId,
    taken: bool,
}

/// A call under way.
struct Frame<'a> {
    body: &'a Body,
    steps: Rc<[Step]>,
    /// The next step.
    at: usize,
    locals: ArenaMap<LocalId, Value>,
    exprs: ArenaMap<ExprId, Value>,
    results: Vec<Value>,
    /// The sweep that this call is one level of, with the type of its result.
    sweep: Option<(SweepId, &'a Type)>,
    /// Whether that is so, or the call is made of the numbers of a level: fields here, over any dimensions.
    levels: bool,
    /// Each `while` whose rounds are under way.
    rounds: Vec<SweepId>,
    /// What the step under way counts for: in which branches it is, and in which rounds.
    guards: Vec<Guard>,
    /// Under what its result will be known; nothing if it makes sweeps. A sweep runs over the levels of the outputs
    /// that it contributes to, so each call has its own. So has one that holds a `while` and counts somewhere only.
    key: Option<Key>,
    /// The call, in the body of the caller.
    span: Span,
}

impl Frame<'_> {
    fn value(&self, expr: ExprId) -> &Value {
        let value = self.exprs.get(expr);
        value.unwrap_or_else(|| panic!("compiler bug: an expression is used before it is evaluated"))
    }

    fn local(&self, local: LocalId) -> &Value {
        let value = self.locals.get(local);
        value.unwrap_or_else(|| {
            panic!(
                "compiler bug: `{}` is used before it is defined",
                self.body.locals[local].name
            )
        })
    }
}

impl<'a> Inliner<'a> {
    pub(super) fn new(builder: Builder, program: &'a Program) -> Self {
        Self {
            builder,
            program,
            schedules: HashMap::new(),
            known: HashMap::new(),
            sweeping: HashMap::new(),
            frames: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// The result of one call of the program.
    pub(super) fn call(&mut self, call: &ProgramCall) -> Value {
        let args = self.arguments(call);
        self.known.clear();
        self.enter(&self.program.body.callees[call.callee], args, call.span);
        let frame = self.run();
        self.leave(frame)
    }

    /// The arguments of a call of the program, in terms of its parameters.
    fn arguments(&mut self, call: &ProgramCall) -> Vec<Value> {
        let body = &self.program.body;
        let steps: Rc<[Step]> = schedule_exprs(body, &call.args).into();
        let mut locals = ArenaMap::new();
        for step in steps.iter() {
            if let Step::Evaluate(expr) = step
                && let ExprKind::Local(param) = body.exprs[*expr].kind
                && !locals.contains_idx(param)
            {
                locals.insert(param, self.parameter(param, body.exprs[*expr].span));
            }
        }
        self.frames.push(Frame {
            body,
            steps,
            at: 0,
            locals,
            exprs: ArenaMap::new(),
            results: Vec::new(),
            sweep: None,
            levels: false,
            rounds: Vec::new(),
            guards: Vec::new(),
            key: None,
            span: call.span,
        });
        let frame = self.run();
        call.args.iter().map(|&arg| frame.value(arg).clone()).collect()
    }

    /// The value of a parameter of the program, or of the variable of a loop.
    fn parameter(&mut self, param: LocalId, span: Span) -> Value {
        let (params, locals) = (&self.program.params, &self.program.body.locals);
        let known = params.iter().chain(&self.program.variables);
        let before = known.take_while(|&&other| other != param);
        let first: usize = before.map(|&other| locals[other].ty().leaves().len()).sum();
        let ty = locals[param].ty();
        let leaves = first..first + ty.leaves().len();
        let nodes: Vec<NodeId> = leaves.map(|leaf| self.builder.input(leaf as u32, span)).collect();
        Value::from_leaves(ty, &mut nodes.into_iter())
    }

    /// Starts a call.
    fn enter(&mut self, operator: &'a Operator, mut args: Vec<Value>, span: Span) {
        let mut sweep = None;
        if let OperatorKind::Scan { axis, forward, init } = &operator.kind {
            let inits: Vec<NodeId> = init
                .iter()
                .map(|&value| self.builder.constant(value, operator.span))
                .collect();
            let leaves: Vec<NodeId> = args.iter().flat_map(Value::leaves).collect();
            let dims = promote_dimensions(leaves.iter().map(|&leaf| self.builder.dims(leaf)));
            let id = self.builder.begin_sweep(axis.clone(), *forward, &inits, &dims);
            let carries: Vec<NodeId> = (0..inits.len())
                .map(|slot| self.builder.carry(id, slot as u32, operator.span))
                .collect();
            args.insert(
                0,
                Value::from_leaves(operator.result.ty(), &mut carries.into_iter()),
            );
            sweep = Some((id, operator.result.ty()));
        }
        assert_eq!(
            args.len(),
            operator.params.len(),
            "compiler bug: a call has too few or too many arguments"
        );
        let guards: Vec<Guard> = self
            .frames
            .last()
            .filter(|_| operator.inlined.repeats)
            .map_or_else(Vec::new, |frame| frame.guards.clone());
        let key = (!self.sweeps(operator) && guards.is_empty()).then(|| key(operator, &args));
        let steps = self
            .schedules
            .entry(operator)
            .or_insert_with(|| schedule(operator).into());
        self.frames.push(Frame {
            body: &operator.body,
            steps: Rc::clone(steps),
            at: 0,
            locals: operator.params.iter().copied().zip(args).collect(),
            exprs: ArenaMap::new(),
            results: Vec::new(),
            levels: sweep.is_some() || self.frames.last().is_some_and(|frame| frame.levels),
            sweep,
            rounds: Vec::new(),
            guards,
            key,
            span,
        });
    }

    /// Whether a call of the operator makes a sweep, its own or that of an operator it calls.
    fn sweeps(&mut self, operator: &'a Operator) -> bool {
        let mut todo = vec![operator];
        while let Some(&operator) = todo.last() {
            let callees = operator.body.callees.iter().map(|callee| &**callee);
            let before = todo.len();
            todo.extend(
                callees
                    .clone()
                    .filter(|&callee| !self.sweeping.contains_key(&ptr::from_ref(callee))),
            );
            if todo.len() == before {
                let scan = matches!(operator.kind, OperatorKind::Scan { .. });
                let sweeps = scan
                    || callees
                        .clone()
                        .any(|callee| self.sweeping[&ptr::from_ref(callee)]);
                self.sweeping.insert(operator, sweeps);
                todo.pop();
            }
        }
        self.sweeping[&ptr::from_ref(operator)]
    }

    /// The result of a call whose steps are done.
    fn leave(&mut self, mut frame: Frame<'a>) -> Value {
        let result = frame.results.pop();
        let result = result.unwrap_or_else(|| panic!("compiler bug: an operator returns nothing"));
        let Some((sweep, ty)) = frame.sweep else {
            if let Some(key) = frame.key {
                self.known.insert(key, result.clone());
            }
            return result;
        };
        let next = result.leaves();
        self.builder.finish_sweep(sweep, &next);
        let results: Vec<NodeId> = (0..next.len())
            .map(|slot| self.builder.result(sweep, slot as u32, frame.span))
            .collect();
        Value::from_leaves(ty, &mut results.into_iter())
    }

    /// Runs the frames on the stack until the lowest is done.
    fn run(&mut self) -> Frame<'a> {
        while let Some(mut frame) = self.frames.pop() {
            if let Some(step) = Rc::clone(&frame.steps).get(frame.at) {
                frame.at += 1;
                self.step(frame, step);
                continue;
            }
            let Some(caller) = self.frames.len().checked_sub(1) else {
                return frame;
            };
            let result = self.leave(frame);
            // The step before the caller's next one is the evaluation of this call.
            let caller = &mut self.frames[caller];
            if let Step::Evaluate(call) = caller.steps[caller.at - 1] {
                caller.exprs.insert(call, result);
            }
        }
        panic!("compiler bug: nothing to run")
    }

    /// Takes one step of a frame, and puts the frame back on the stack.
    fn step(&mut self, mut frame: Frame<'a>, step: &Step) {
        match step {
            Step::Evaluate(expr) => {
                let body = frame.body;
                let (kind, span) = (&body.exprs[*expr].kind, body.exprs[*expr].span);
                if let ExprKind::Call { callee, args } = kind {
                    let args: Vec<Value> = args.iter().map(|&arg| frame.value(arg).clone()).collect();
                    let callee = &*body.callees[*callee];
                    let may_be_known = !callee.inlined.repeats || frame.guards.is_empty();
                    let known = may_be_known.then(|| self.known.get(&key(callee, &args)));
                    if let Some(result) = known.flatten() {
                        frame.exprs.insert(*expr, result.clone());
                        self.frames.push(frame);
                    } else {
                        self.frames.push(frame);
                        self.enter(callee, args, span);
                    }
                    return;
                }
                let value = self.evaluate(&frame, kind, &body.exprs[*expr].ty, span);
                frame.exprs.insert(*expr, value);
            }
            Step::Assign(target, value) => {
                let value = frame.value(*value).clone();
                frame.locals.insert(*target, value);
            }
            Step::Join(condition, joins, span) => {
                let condition = frame.value(*condition).leaf();
                for join in joins {
                    let (then, otherwise) = (frame.local(join.then), frame.local(join.otherwise));
                    let joined = self.choose(condition, then, otherwise, *span);
                    frame.locals.insert(join.target, joined);
                }
            }
            Step::Enter(condition, taken) => {
                let condition = frame.value(*condition).leaf();
                let taken = *taken;
                frame.guards.push(Guard { condition, taken });
            }
            Step::Leave => {
                frame.guards.pop();
            }
            Step::Begin(carries, span) => self.begin_rounds(&mut frame, carries, *span),
            Step::Test(condition, span) => {
                let mut holds = frame.value(*condition).leaf();
                let sweep = frame
                    .rounds
                    .last()
                    .map(|&sweep| &self.builder.graph().sweeps[sweep]);
                let dims = sweep.map_or_else(Vec::new, |sweep| sweep.dims.clone());
                for guard in frame.guards.iter().rev() {
                    let guard_dims = self.builder.dims(guard.condition);
                    if !guard_dims.iter().all(|dim| dims.contains(dim)) {
                        continue;
                    }
                    let counts = if guard.taken {
                        guard.condition
                    } else {
                        self.builder.apply(Builtin::Not, vec![guard.condition], *span)
                    };
                    holds = self.builder.apply(Builtin::And, vec![counts, holds], *span);
                }
                frame.guards.push(Guard {
                    condition: holds,
                    taken: true,
                });
            }
            Step::End(carries, span) => self.end_rounds(&mut frame, carries, *span),
            Step::Return(value) => {
                let value = frame.value(*value).clone();
                frame.results.push(value);
            }
            Step::Choose(condition, span) => {
                let condition = frame.value(*condition).leaf();
                let (Some(otherwise), Some(then)) = (frame.results.pop(), frame.results.pop()) else {
                    panic!("compiler bug: a branch returns nothing");
                };
                let chosen = self.choose(condition, &then, &otherwise, *span);
                frame.results.push(chosen);
            }
        }
        self.frames.push(frame);
    }

    /// Starts the rounds of a `while`. They are over all that what is carried is over; of the numbers of a level, over all
    /// that they count for too. (Elsewhere, what counts for points of more dimensions does not depend on them.)
    fn begin_rounds(&mut self, frame: &mut Frame<'a>, carries: &[Carried], span: Span) {
        let inits: Vec<NodeId> = carries
            .iter()
            .flat_map(|carried| frame.local(carried.init).leaves())
            .collect();
        let types = |local: &LocalId| frame.body.locals[*local].ty();
        let targets = carries.iter().map(|carried| &carried.target);
        let declared = targets.flat_map(|target| types(target).leaves());
        let mut dims = promote_dimensions(declared.map(Type::dims));
        // The numbers of a level, and what is computed of them, are fields here.
        let numbers = frame.locals.iter().flat_map(|(local, value)| {
            let is_number = types(&local)
                .leaves()
                .into_iter()
                .map(|leaf| matches!(leaf, Type::Scalar(_)));
            value.leaves().into_iter().zip(is_number.collect::<Vec<_>>())
        });
        let numbers = numbers.filter(|(_, is_number)| *is_number).map(|(leaf, _)| leaf);
        let guards = frame
            .guards
            .iter()
            .filter(|_| frame.levels)
            .map(|guard| guard.condition);
        let nodes: Vec<NodeId> = numbers.chain(guards).chain(inits.iter().copied()).collect();
        for node in nodes {
            dims = promote_dimensions([&dims[..], self.builder.dims(node)]);
        }
        if let Some((sweep, _)) = frame.sweep {
            dims = promote_dimensions([&dims[..], &self.builder.graph().sweeps[sweep].dims]);
        }
        let id = self.builder.begin_while(&inits, &dims);
        bind_states(frame, carries, |slot| self.builder.carry(id, slot, span));
        frame.rounds.push(id);
    }

    /// Ends the rounds that began last.
    fn end_rounds(&mut self, frame: &mut Frame<'a>, carries: &[Carried], span: Span) {
        let (Some(id), Some(holds)) = (frame.rounds.pop(), frame.guards.pop()) else {
            panic!("compiler bug: no rounds are under way");
        };
        let next = carries
            .iter()
            .flat_map(|carried| frame.local(carried.next).leaves());
        let next: Vec<NodeId> = next.collect();
        self.builder.finish_while(id, holds.condition, &next);
        bind_states(frame, carries, |slot| self.builder.result(id, slot, span));
    }

    /// The value of an expression that is not a call.
    fn evaluate(&mut self, frame: &Frame<'a>, kind: &ExprKind, ty: &Type, span: Span) -> Value {
        let node = |expr: &ExprId| frame.value(*expr).leaf();
        match kind {
            ExprKind::Local(local) => frame.local(*local).clone(),
            ExprKind::Constant(value) => Value::Leaf(self.builder.constant(*value, span)),
            ExprKind::Builtin(builtin, operands) => {
                let operands = operands.iter().map(node).collect();
                Value::Leaf(self.builder.apply(*builtin, operands, span))
            }
            ExprKind::Where {
                mask: chooses,
                then,
                otherwise,
            }
            | ExprKind::Conditional {
                condition: chooses,
                then,
                otherwise,
            } => self.choose(node(chooses), frame.value(*then), frame.value(*otherwise), span),
            ExprKind::Cast(value) => {
                let mut types = ty.leaves().into_iter();
                frame.value(*value).map(&mut |leaf| {
                    let dtype = types.next().and_then(Type::dtype);
                    self.builder
                        .cast(leaf, dtype.unwrap_or(self.builder.dtype(leaf)), span)
                })
            }
            ExprKind::Index(dim) => {
                let position = self.builder.position(dim.clone(), span);
                Value::Leaf(self.builder.cast(position, DType::Int32, span))
            }
            ExprKind::ConcatWhere {
                region,
                then,
                otherwise,
            } => {
                let mut types = ty.leaves().into_iter();
                let (then, otherwise) = (frame.value(*then), frame.value(*otherwise));
                then.zip(otherwise, &mut |then, otherwise| {
                    let dims = types.next().map_or(&[][..], Type::dims);
                    let values = (then, otherwise);
                    let chosen = pieces::choose(&mut self.builder, (region, &frame.exprs), values, span);
                    if frame.body.levels.is_some() {
                        return chosen;
                    }
                    self.builder.broadcast(chosen, dims, span)
                })
            }
            ExprKind::Gather {
                value,
                offset,
                distance,
            } => {
                if let Some(everywhere) = self.on_all_levels(frame, node(value)) {
                    return everywhere;
                }
                let distance = self.builder.cast(node(distance), DType::Int64, span);
                let position = self.builder.position(offset.source.clone(), span);
                let index = self.builder.apply(Builtin::Add, vec![position, distance], span);
                let at = (offset.source.clone(), index);
                // Where it may read is said once the statement is known.
                let nowhere = (Bound::Constant(0), Bound::Constant(0));
                Value::Leaf(self.builder.gather(node(value), at, nowhere, span))
            }
            ExprKind::Broadcast(value) => Value::Leaf(self.builder.broadcast(node(value), ty.dims(), span)),
            ExprKind::Shift { value, shift } => {
                if let Some(everywhere) = self.on_all_levels(frame, node(value)) {
                    return everywhere;
                }
                Value::Leaf(self.shift(node(value), shift, span))
            }
            ExprKind::Reduce {
                reduction,
                value,
                offset,
            } => {
                let (value, table) = (node(value), self.table(offset));
                let folded = present::reduce(&mut self.builder, *reduction, (value, table), ty.dims(), span);
                Value::Leaf(folded)
            }
            ExprKind::Fold {
                reduction,
                value,
                ranges,
            } => {
                let mut folded = node(value);
                for range in ranges.iter().rev() {
                    let ends = [range.start, range.stop].map(|end| {
                        let bound = pieces::bound(self.builder.graph(), node(&end));
                        bound.unwrap_or_else(|| {
                            self.refuse_end(frame.body.exprs[end].span, span);
                            Bound::Constant(0)
                        })
                    });
                    let of = (folded, range.dim.clone());
                    folded = self.builder.fold(*reduction, of, ends.into(), span);
                }
                Value::Leaf(folded)
            }
            ExprKind::Tuple(items) => {
                Value::Tuple(items.iter().map(|&item| frame.value(item).clone()).collect())
            }
            ExprKind::Item(value, index) => frame.value(*value).item(*index).clone(),
            ExprKind::Call { .. } => panic!("compiler bug: calls have frames"),
        }
    }

    /// An end of a range that nobody knows before the program runs.
    fn refuse_end(&mut self, end: Span, fold: Span) {
        let message = "the end of a range is not known when the program is called";
        let diagnostic = Diagnostic::error(&codes::RANGE_FOLD, end, message)
            .label("not made of integer parameters")
            .also(fold, "of this fold")
            .note("literals and integer parameters make ends, with `+ - * // %`, `minimum` and `maximum`")
            .hint("give the end to the program as an integer");
        if !self.refused.contains(&diagnostic) {
            self.refused.push(diagnostic);
        }
    }

    /// In a scan operator, an argument that is the same on all levels.
    fn on_all_levels(&self, frame: &Frame<'a>, value: NodeId) -> Option<Value> {
        let axis = frame.body.levels.as_ref()?;
        (!self.builder.dims(value).contains(axis)).then_some(Value::Leaf(value))
    }

    /// Leaf by leaf the value that the condition chooses.
    fn choose(&mut self, condition: NodeId, then: &Value, otherwise: &Value, span: Span) -> Value {
        then.zip(otherwise, &mut |then, otherwise| {
            self.builder.select(condition, then, otherwise, span)
        })
    }

    fn shift(&mut self, value: NodeId, shift: &Shift, span: Span) -> NodeId {
        let step = match shift {
            Shift::Cartesian { dim, distance } => IterStep::Cartesian {
                dim: dim.clone(),
                distance: *distance,
            },
            Shift::Neighbor { offset, index } => IterStep::Neighbor {
                table: self.table(offset),
                index: *index,
            },
            Shift::Neighbors { offset } => IterStep::Neighbors {
                table: self.table(offset),
            },
            Shift::Entry { dim, index } => return self.builder.entry(value, (dim, *index), span),
        };
        self.builder.shift(value, step, span)
    }

    fn table(&mut self, offset: &Offset) -> TableId {
        let [origin, local]: &[Dimension; 2] = offset
            .target
            .as_slice()
            .try_into()
            .unwrap_or_else(|_| panic!("compiler bug: `{}` does not lead to neighbours", offset.name));
        self.builder.table(Table {
            name: offset.name.clone(),
            origin: origin.clone(),
            local: local.clone(),
            codomain: offset.source.clone(),
        })
    }
}

/// Makes what a `while` carries the nodes of its states, one per leaf, in order.
fn bind_states(frame: &mut Frame<'_>, carries: &[Carried], mut state: impl FnMut(u32) -> NodeId) {
    let mut slots = 0..;
    for carried in carries {
        let ty = frame.body.locals[carried.target].ty();
        let value = Value::from_leaves(ty, &mut slots.by_ref().map(&mut state));
        frame.locals.insert(carried.target, value);
    }
}
