//! Traversal of kernels, written once: operands of values, statements with the loops around them, and the
//! renumbering of values in the order in which they are defined.

use crate::build::{arena, nth};
use crate::ir::{Base, Index, Kernel, Loop, Stmt, ValueId, ValueKind};

/// Calls `each` with every value that `kind` uses, in order.
pub fn operands(kind: &ValueKind, mut each: impl FnMut(ValueId)) {
    match kind {
        ValueKind::Constant(_)
        | ValueKind::Scalar(_)
        | ValueKind::Bound(_)
        | ValueKind::Var(_)
        | ValueKind::Carry(_)
        | ValueKind::After(_) => {}
        ValueKind::Load { index, valid, .. } => {
            indices(index, &mut each);
            if let Some(valid) = valid {
                each(*valid);
            }
        }
        ValueKind::Apply(_, operands) => operands.iter().for_each(|&v| each(v)),
        ValueKind::Select {
            condition,
            then,
            otherwise,
        } => [condition, then, otherwise].into_iter().for_each(|&v| each(v)),
        ValueKind::Cast(value) => each(*value),
    }
}

/// Calls `each` with every value that an index uses.
pub fn indices(index: &[Index], mut each: impl FnMut(ValueId)) {
    for at in index {
        if let Base::Value(value) = at.base {
            each(value);
        }
    }
}

/// Calls `each` with every statement, loops and `while` before what is in them, and with the loops around it, outermost
/// first.
pub fn statements<'a>(body: &'a [Stmt], each: &mut impl FnMut(&'a Stmt, &[&'a Loop])) {
    fn inner<'a>(body: &'a [Stmt], around: &mut Vec<&'a Loop>, each: &mut impl FnMut(&'a Stmt, &[&'a Loop])) {
        for stmt in body {
            each(stmt, around);
            match stmt {
                Stmt::Loop(nested) => {
                    around.push(nested);
                    inner(&nested.body, around, each);
                    around.pop();
                }
                Stmt::While(rounds) => {
                    inner(&rounds.head, around, each);
                    inner(&rounds.body, around, each);
                }
                Stmt::Let(_) | Stmt::Store { .. } => {}
            }
        }
    }
    inner(body, &mut Vec::new(), each);
}

/// Numbers the values in the order in which they are defined; those that are defined nowhere go.
pub fn renumber(kernel: &mut Kernel) {
    let mut order = Vec::new();
    statements(&kernel.body, &mut |stmt, _| {
        if let Stmt::Let(value) = stmt {
            order.push(*value);
        }
    });
    let mut renamed: Vec<Option<ValueId>> = vec![None; kernel.values.len()];
    for (position, value) in order.iter().enumerate() {
        renamed[value.into_raw().into_u32() as usize] = Some(nth(position));
    }
    let rename = |value: &mut ValueId| match renamed[value.into_raw().into_u32() as usize] {
        Some(new) => *value = new,
        None => panic!("compiler bug: a value is used but not defined"),
    };
    let mut values: Vec<_> = order.iter().map(|&v| kernel.values[v].clone()).collect();
    for value in &mut values {
        rename_operands(&mut value.kind, &rename);
    }
    kernel.values = arena(values);
    rename_statements(&mut kernel.body, &rename);
}

fn rename_operands(kind: &mut ValueKind, rename: &impl Fn(&mut ValueId)) {
    match kind {
        ValueKind::Constant(_)
        | ValueKind::Scalar(_)
        | ValueKind::Bound(_)
        | ValueKind::Var(_)
        | ValueKind::Carry(_)
        | ValueKind::After(_) => {}
        ValueKind::Load { index, valid, .. } => {
            rename_index(index, rename);
            valid.iter_mut().for_each(rename);
        }
        ValueKind::Apply(_, operands) => operands.iter_mut().for_each(rename),
        ValueKind::Select {
            condition,
            then,
            otherwise,
        } => [condition, then, otherwise].into_iter().for_each(rename),
        ValueKind::Cast(value) => rename(value),
    }
}

fn rename_index(index: &mut [Index], rename: &impl Fn(&mut ValueId)) {
    for at in index {
        if let Base::Value(value) = &mut at.base {
            rename(value);
        }
    }
}

fn rename_statements(body: &mut [Stmt], rename: &impl Fn(&mut ValueId)) {
    for stmt in body {
        match stmt {
            Stmt::Let(value) => rename(value),
            Stmt::Store { index, value, .. } => {
                rename_index(index, rename);
                rename(value);
            }
            Stmt::Loop(nested) => {
                nested.carries.iter_mut().for_each(|(_, initial)| rename(initial));
                rename_statements(&mut nested.body, rename);
                nested.next.iter_mut().for_each(rename);
            }
            Stmt::While(rounds) => {
                rounds.carries.iter_mut().for_each(|(_, initial)| rename(initial));
                rename_statements(&mut rounds.head, rename);
                rename(&mut rounds.condition);
                rename_statements(&mut rounds.body, rename);
                rounds.next.iter_mut().for_each(rename);
            }
        }
    }
}
