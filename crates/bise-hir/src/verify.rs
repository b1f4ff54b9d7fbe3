//! Checks hir. What holds of verified hir, in the order in which it is checked:
//!
//! Of every operator that is reached, callees first, and of a program:
//! 1. Names of locals differ.
//! 2. Operands of an expression come before it; locals and callees exist.
//! 3. The type of every expression is the one that [`typing::infer`] gives.
//! 4. Parameters differ.
//!
//! Of an operator:
//! 5. The parameters and result of a scan operator are scalars or tuples of scalars, as is every expression in
//!    it; the first parameter, the carry, has the type of the result; there is one initial value per leaf of the
//!    carry, of its data type; the axis is not a local dimension, and the one whose levels the body is about. What is
//!    read at another level is a parameter but the carry, or an element of one. A field operator is about no levels.
//! 6. A local is read only where it is defined on the way there. Parameters are defined from the start.
//! 7. An assignment defines a local that has not been defined anywhere, of the type of its value.
//! 8. The condition of an `if` is a scalar truth value. Its joins define locals as assignments do, from locals of
//!    the same type that are defined at the end of the branches. Locals of branches end with them.
//!    The condition of a `while` is a truth value. It carries something; target, initial and next value have one type,
//!    all leaves of what is carried have the same dimensions, and the condition no others; see [`pointwise`] for what
//!    else holds of it. What is next is defined at the end of the body, and no target. The body does not return.
//! 9. Every path ends in a return of a value of the result type, and nothing follows it. If one branch of an `if`
//!    returns, both do, and there are no joins.
//!
//! Of a program:
//! 10. It has no locals but its parameters and the variables of its loops: integers, one for each loop. A loop repeats
//!     some calls, its step is not zero, its bounds are as those of 13.
//! 11. A call has arguments that its callee takes.
//! 12. The target has the tuple structure of the result. Each of its leaves is a field among the flattened
//!     parameters, of the data type of that leaf of the result and with all of its dimensions.
//! 13. The domain of a target has one range per dimension of the field, in order. Its bounds name scalars of
//!     integer type, and fields with the dimension that they are asked for.

use std::collections::HashSet;

use bise_base::Name;
use bise_lang::{Bound, DType, DimensionKind, DomainRange, Type};
use la_arena::ArenaMap;

use crate::pointwise::{self, Elsewhere};
use crate::typing::{self, infer};
use crate::walk::{self, children, operators, post_order, roots};
use crate::{
    Block, Body, Carried, ExprId, ExprKind, Join, LocalId, Operator, OperatorKind, Program, ProgramCall,
    Stmt, Target,
};

/// What is wrong: a compiler bug of whoever made the hir.
pub type Verified = Result<(), String>;

/// Checks an operator and all that it calls.
pub fn verify_operator(operator: &Operator) -> Verified {
    for callee in operators(&operator.body.callees) {
        verify_one(&callee)?;
    }
    verify_one(operator)
}

/// Checks a program and all that it calls.
pub fn verify_program(program: &Program) -> Verified {
    for callee in operators(&program.body.callees) {
        verify_one(&callee)?;
    }
    in_context(&program.name, verify_program_itself(program))
}

fn in_context(name: &Name, result: Verified) -> Verified {
    result.map_err(|problem| format!("in `{name}`: {problem}"))
}

fn verify_one(operator: &Operator) -> Verified {
    in_context(
        &operator.name,
        verify_body(&operator.body)
            .and_then(|()| verify_params(&operator.body, &operator.params))
            .and_then(|()| verify_scan(operator))
            .and_then(|()| verify_statements(operator)),
    )
}

fn verify_body(body: &Body) -> Verified {
    let mut names = HashSet::new();
    for (_, local) in body.locals.iter() {
        ensure(names.insert(&local.name), || {
            format!("two locals are named `{}`", local.name)
        })?;
    }
    for (id, expr) in body.exprs.iter() {
        verify_operands(body, id)?;
        let ty = infer(body, &expr.kind, &expr.ty)
            .map_err(|error| format!("expression {}: {error}", number(id)))?;
        ensure(ty == expr.ty, || {
            format!("expression {} is `{ty}`, not `{}`", number(id), expr.ty)
        })?;
    }
    Ok(())
}

fn verify_operands(body: &Body, id: ExprId) -> Verified {
    let kind = &body.exprs[id].kind;
    for operand in children(kind) {
        ensure(operand.into_raw() < id.into_raw(), || {
            format!("expression {} uses {}", number(id), number(operand))
        })?;
    }
    if let ExprKind::Local(local) = kind {
        verify_local(body, *local)?;
    }
    if let ExprKind::Call { callee, .. } = kind {
        verify_callee(body, *callee)?;
    }
    Ok(())
}

fn verify_local(body: &Body, local: LocalId) -> Verified {
    ensure((local.into_raw().into_u32() as usize) < body.locals.len(), || {
        "a local of another body".to_owned()
    })
}

fn verify_expr(body: &Body, expr: ExprId) -> Verified {
    ensure((expr.into_raw().into_u32() as usize) < body.exprs.len(), || {
        "an expression of another body".to_owned()
    })
}

fn verify_callee(body: &Body, callee: usize) -> Verified {
    ensure(callee < body.callees.len(), || {
        format!("there is no callee {callee}")
    })
}

fn verify_params(body: &Body, params: &[LocalId]) -> Verified {
    let mut seen = HashSet::new();
    for &param in params {
        verify_local(body, param)?;
        ensure(seen.insert(param), || {
            format!("`{}` is a parameter twice", body.locals[param].name)
        })?;
    }
    Ok(())
}

fn verify_scan(operator: &Operator) -> Verified {
    let body = &operator.body;
    let OperatorKind::Scan { axis, init, .. } = &operator.kind else {
        return ensure(body.levels.is_none(), || {
            "a field operator is about levels".to_owned()
        });
    };
    ensure(body.levels.as_ref() == Some(axis), || {
        "the body is not about the levels of its axis".to_owned()
    })?;
    for (_, expr) in body.exprs.iter() {
        if let ExprKind::Shift { value, .. } | ExprKind::Gather { value, .. } = expr.kind {
            let input = walk::local_of(body, value);
            let is_input =
                input.is_some_and(|input| operator.params.iter().skip(1).any(|&param| param == input));
            ensure(is_input, || {
                "what is read at another level is no input".to_owned()
            })?;
        }
    }
    let types = body
        .locals
        .iter()
        .map(|(_, local)| local.ty())
        .chain(body.exprs.iter().map(|(_, expr)| &expr.ty));
    for leaf in types.flat_map(Type::leaves) {
        ensure(matches!(leaf, Type::Scalar(_)), || {
            format!("`{leaf}` in a scan operator")
        })?;
    }
    let carry = operator.params.first().map(|&carry| body.locals[carry].ty());
    ensure(carry == Some(operator.result.ty()), || {
        format!("the carry is not `{}`", operator.result)
    })?;
    let leaves: Vec<Option<DType>> = operator
        .result
        .ty()
        .leaves()
        .iter()
        .map(|leaf| leaf.dtype())
        .collect();
    let init: Vec<Option<DType>> = init.iter().map(|value| Some(value.dtype())).collect();
    ensure(leaves == init, || {
        format!("initial values of types {init:?} for `{}`", operator.result)
    })?;
    ensure(axis.kind != DimensionKind::Local, || {
        format!("the axis `{axis}` is a local dimension")
    })
}

fn verify_statements(operator: &Operator) -> Verified {
    let body = &operator.body;
    for root in roots(&operator.block) {
        verify_expr(body, root)?;
    }
    let mut scope = Scope {
        operator,
        live: operator.params.iter().copied().collect(),
        ever: operator.params.iter().copied().collect(),
    };
    let returns = scope.block(&operator.block)?;
    ensure(returns, || "a path ends without a return".to_owned())
}

/// What is defined on the way to a statement.
struct Scope<'a> {
    operator: &'a Operator,
    live: HashSet<LocalId>,
    /// Defined anywhere.
    ever: HashSet<LocalId>,
}

impl Scope<'_> {
    /// Checks a block; whether it returns.
    fn block(&mut self, block: &Block) -> Result<bool, String> {
        let mut returns = false;
        for stmt in &block.stmts {
            ensure(!returns, || "a statement follows a return".to_owned())?;
            match stmt {
                Stmt::Assign { target, value } => {
                    self.evaluate(*value)?;
                    let ty = &self.operator.body.exprs[*value].ty;
                    self.define(*target, ty)?;
                }
                Stmt::If {
                    condition,
                    then,
                    otherwise,
                    joins,
                    ..
                } => {
                    self.evaluate(*condition)?;
                    let ty = &self.operator.body.exprs[*condition].ty;
                    ensure(*ty == Type::Scalar(DType::Bool), || {
                        format!("a condition is `{ty}`")
                    })?;
                    returns = self.branches(then, otherwise, joins)?;
                }
                Stmt::While {
                    carries,
                    condition,
                    body,
                    ..
                } => self.rounds(carries, *condition, body)?,
                Stmt::Return(value) => {
                    self.evaluate(*value)?;
                    let ty = &self.operator.body.exprs[*value].ty;
                    ensure(ty == self.operator.result.ty(), || {
                        format!("`{ty}` is returned, not `{}`", self.operator.result)
                    })?;
                    returns = true;
                }
            }
        }
        Ok(returns)
    }

    fn branches(&mut self, then: &Block, otherwise: &Block, joins: &[Join]) -> Result<bool, String> {
        let before = self.live.clone();
        let then_returns = self.block(then)?;
        let after_then = std::mem::replace(&mut self.live, before.clone());
        let otherwise_returns = self.block(otherwise)?;
        let after_otherwise = std::mem::replace(&mut self.live, before);
        ensure(then_returns == otherwise_returns, || {
            "one branch of an `if` returns, the other does not".to_owned()
        })?;
        ensure(!then_returns || joins.is_empty(), || {
            "joins after branches that return".to_owned()
        })?;
        for join in joins {
            for (local, live) in [(join.then, &after_then), (join.otherwise, &after_otherwise)] {
                ensure(live.contains(&local), || {
                    "a join of a local that is not defined".to_owned()
                })?;
            }
            let ty = self.operator.body.locals[join.then].ty();
            let other = self.operator.body.locals[join.otherwise].ty();
            ensure(ty == other, || format!("a join of `{ty}` and `{other}`"))?;
            self.define(join.target, ty)?;
        }
        Ok(then_returns)
    }

    fn rounds(&mut self, carries: &[Carried], condition: ExprId, block: &Block) -> Verified {
        let body = &self.operator.body;
        for carried in carries {
            ensure(self.live.contains(&carried.init), || {
                "a `while` starts from a local that is not defined".to_owned()
            })?;
        }
        for carried in carries {
            self.define(carried.target, body.locals[carried.init].ty())?;
        }
        self.evaluate(condition)?;
        let ty = &body.exprs[condition].ty;
        ensure(ty.dtype() == Some(DType::Bool), || {
            format!("the condition of a `while` is `{ty}`")
        })?;
        let types = carries.iter().map(|carried| body.locals[carried.target].ty());
        let mut dims = types.flat_map(Type::leaves).map(Type::dims);
        let first = dims.next();
        let first = first.ok_or_else(|| "a `while` carries nothing".to_owned())?;
        ensure(dims.all(|dims| dims == first), || {
            "a `while` carries fields of different dimensions".to_owned()
        })?;
        ensure(ty.dims().iter().all(|dim| first.contains(dim)), || {
            format!("`{ty}` decides for how long fields of fewer dimensions are carried")
        })?;
        let before = self.live.clone();
        let returns = self.block(block)?;
        let after = std::mem::replace(&mut self.live, before);
        ensure(!returns, || "a `while` returns".to_owned())?;
        for Carried { target, next, .. } in carries {
            ensure(after.contains(next), || {
                "a `while` goes on with a local that is not defined".to_owned()
            })?;
            ensure(carries.iter().all(|other| other.target != *next), || {
                "a `while` goes on with a local that it carries".to_owned()
            })?;
            let (from, to) = (body.locals[*target].ty(), body.locals[*next].ty());
            ensure(from == to, || {
                format!("a `while` goes on with `{to}` for `{from}`")
            })?;
        }
        match pointwise::elsewhere(body, carries, condition, block) {
            None => Ok(()),
            Some(Elsewhere::Read(_)) => Err("what a `while` carries is read at other points".to_owned()),
            Some(Elsewhere::Scan(_)) => Err("a scan in a `while`".to_owned()),
            Some(Elsewhere::Forever) => Err("a `while` that nothing ends".to_owned()),
        }
    }

    fn evaluate(&self, root: ExprId) -> Verified {
        let body = &self.operator.body;
        for expr in post_order(body, root, &mut ArenaMap::new()) {
            if let ExprKind::Local(local) = body.exprs[expr].kind {
                ensure(self.live.contains(&local), || {
                    format!("`{}` is read where it is not defined", body.locals[local].name)
                })?;
            }
        }
        Ok(())
    }

    fn define(&mut self, local: LocalId, ty: &Type) -> Verified {
        verify_local(&self.operator.body, local)?;
        let target = &self.operator.body.locals[local];
        ensure(target.ty() == ty, || {
            format!("`{}` is `{}`, not `{ty}`", target.name, target.ty())
        })?;
        ensure(self.ever.insert(local), || {
            format!("`{}` is defined twice", target.name)
        })?;
        self.live.insert(local);
        Ok(())
    }
}

fn verify_program_itself(program: &Program) -> Verified {
    verify_body(&program.body)?;
    verify_params(&program.body, &program.params)?;
    let known = program.params.len() + program.variables.len();
    ensure(known == program.body.locals.len(), || {
        "a program has variables beside those of its loops".to_owned()
    })?;
    let leaves = program.flattened();
    verify_loops(program, &leaves)?;
    for call in &program.calls {
        verify_call(program, call, &leaves)?;
    }
    Ok(())
}

fn verify_call(program: &Program, call: &ProgramCall, leaves: &[(Name, Type)]) -> Verified {
    verify_callee(&program.body, call.callee)?;
    for &arg in &call.args {
        verify_expr(&program.body, arg)?;
    }
    let operator = &program.body.callees[call.callee];
    let args: Vec<&Type> = call.args.iter().map(|&arg| &program.body.exprs[arg].ty).collect();
    let result =
        typing::call(operator, &args).map_err(|error| format!("call of `{}`: {error}", operator.name))?;
    verify_target(&call.out, &result, leaves)
}

fn verify_loops(program: &Program, leaves: &[(Name, Type)]) -> Verified {
    ensure(program.loops.len() == program.variables.len(), || {
        "a loop has no variable of its own".to_owned()
    })?;
    let mut last = 0;
    for (repeated, &variable) in program.loops.iter().zip(&program.variables) {
        let local = &program.body.locals[variable];
        let holds = matches!(local.ty(), Type::Scalar(dtype) if dtype.is_integer());
        ensure(holds, || format!("the variable `{}` is no integer", local.name))?;
        let calls = &repeated.statements;
        let holds =
            last <= calls.start && calls.start < calls.end && calls.end as usize <= program.calls.len();
        ensure(holds && repeated.step != 0, || {
            format!("the loop of `{}` repeats nothing", local.name)
        })?;
        last = calls.start;
        verify_bounds(&[&repeated.start, &repeated.stop], leaves)?;
    }
    Ok(())
}

fn verify_target(target: &Target, result: &Type, leaves: &[(Name, Type)]) -> Verified {
    match (target, result) {
        (Target::Tuple(targets), Type::Tuple(items)) if targets.len() == items.len() => {
            for (target, item) in targets.iter().zip(items) {
                verify_target(target, item, leaves)?;
            }
            Ok(())
        }
        (Target::Field { leaf, domain, .. }, Type::Scalar(_) | Type::Field(_)) => {
            let Some((name, Type::Field(field))) = leaves.get(*leaf as usize) else {
                return Err(format!("target {leaf} is not a field"));
            };
            let taken = Some(field.dtype) == result.dtype()
                && result.dims().iter().all(|dim| field.dims().contains(dim));
            ensure(taken, || format!("`{name}` does not take `{result}`"))?;
            let ranges = domain.iter().map(|range| &range.dim);
            ensure(ranges.eq(field.dims()), || {
                format!("the domain of `{name}` is not over its dimensions")
            })?;
            domain.iter().try_for_each(|range| verify_range(range, leaves))
        }
        _ => Err(format!("the target does not have the structure of `{result}`")),
    }
}

fn verify_range(range: &DomainRange, leaves: &[(Name, Type)]) -> Verified {
    verify_bounds(&[&range.start, &range.stop], leaves)
        .map_err(|problem| format!("along `{}`: {problem}", range.dim))
}

fn verify_bounds(bounds: &[&Bound], leaves: &[(Name, Type)]) -> Verified {
    let mut bounds = bounds.to_vec();
    while let Some(bound) = bounds.pop() {
        let valid = match bound {
            Bound::Constant(_) => true,
            Bound::Scalar(leaf) => matches!(
                leaves.get(*leaf as usize),
                Some((_, Type::Scalar(dtype))) if dtype.is_integer()
            ),
            Bound::Start(leaf, dim) | Bound::Stop(leaf, dim) => leaves
                .get(*leaf as usize)
                .is_some_and(|(_, ty)| ty.dims().contains(dim)),
            Bound::Binary(_, a, b) => {
                bounds.extend([&**a, &**b]);
                true
            }
        };
        ensure(valid, || format!("a bound is not known: {bound:?}"))?;
    }
    Ok(())
}

fn number(expr: ExprId) -> u32 {
    expr.into_raw().into_u32()
}

fn ensure(holds: bool, problem: impl FnOnce() -> String) -> Verified {
    if holds { Ok(()) } else { Err(problem()) }
}
