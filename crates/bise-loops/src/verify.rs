//! What holds of every kernel. In checking order:
//!
//! 1. Names are unique: of buffers, of bounds, of scalars, of variables, of carries.
//! 2. A buffer's unit-stride axis is one of its axes; so is the axis of a ring. A ring has a power of two places. Its
//!    index is no entry of a table. Either it does not vary from lane to lane, and the ring is along another axis
//!    than the unit-stride one; or it is the variable of a vector loop, and there are as many places as lanes.
//! 3. A parallel loop is a statement of the kernel's body; statements beside an outermost loop that the caller
//!    gives its range (`Parallel` or `Vector`) are `Let`. Vector loops are not nested, and have at least one lane.
//! 4. Only sequential loops, folds and `while` carry values; `next` has one value per carry, of its type; so has the value
//!    before the first iteration, which is visible outside of the loop. There are no loops and no stores in a `while` or
//!    a fold. The builtin of a fold gives a value of the type of each carry of two such.
//! 5. Limits are constants, bounds of the kernel, or, of loops of the kernel's body, ends of the range that the caller
//!    gives.
//! 6. Each variable and carry belongs to one loop. Each value is defined once, after its operands.
//! 7. What is used is visible: values defined before in the block or in one around it; variables and carries
//!    inside of their loop; carries after their loop, in the block that it stands in.
//! 8. Types: of each kind of value as its documentation says; indices are integers; `valid` and conditions are
//!    truth values. An index has one entry per axis.
//! 9. Loads are of buffers that are read, stores to buffers that are written.

use std::collections::{BTreeMap, BTreeSet};

use bise_lang::{Builtin, DType};

use crate::ir::{
    Access, Base, BufferId, CarryId, Index, Kernel, Limit, Loop, LoopKind, Ring, Stmt, ValueId, ValueKind,
    VarId, While,
};
use crate::walk;

/// Checks a kernel. The error names the rule that is broken and what breaks it: a compiler bug.
pub fn verify(kernel: &Kernel) -> Result<(), String> {
    check_names(kernel)?;
    let mut scope = Scope {
        kernel,
        values: BTreeSet::new(),
        vars: BTreeSet::new(),
        carries: BTreeSet::new(),
        afters: BTreeSet::new(),
        defined: BTreeSet::new(),
        looped: BTreeSet::new(),
        lanes: BTreeMap::new(),
        carried: BTreeSet::new(),
    };
    let outermost = kernel.body.iter().any(
        |stmt| matches!(stmt, Stmt::Loop(l) if matches!(l.kind, LoopKind::Parallel | LoopKind::Vector(_))),
    );
    let others = kernel.body.iter().filter(|stmt| !matches!(stmt, Stmt::Let(_)));
    if outermost && others.count() != 1 {
        return Err("rule 3: a statement beside a loop whose range the caller gives".into());
    }
    scope.block(&kernel.body, &[])
}

fn check_names(kernel: &Kernel) -> Result<(), String> {
    let lists: [(&str, Vec<&str>); 5] = [
        (
            "buffer",
            kernel.buffers.values().map(|b| b.name.as_str()).collect(),
        ),
        (
            "bound",
            kernel.bounds.iter().map(bise_base::Name::as_str).collect(),
        ),
        ("scalar", kernel.scalars.iter().map(|s| s.name.as_str()).collect()),
        (
            "variable",
            kernel.vars.values().map(|v| v.name.as_str()).collect(),
        ),
        (
            "carry",
            kernel.carries.values().map(|c| c.name.as_str()).collect(),
        ),
    ];
    for (what, names) in lists {
        let mut seen = BTreeSet::new();
        if let Some(twice) = names.iter().find(|name| !seen.insert(**name)) {
            return Err(format!("rule 1: two {what}s `{twice}`"));
        }
    }
    for buffer in kernel.buffers.values() {
        if buffer.unit.is_some_and(|unit| unit >= buffer.rank) {
            return Err(format!("rule 2: unit-stride axis of `{}`", buffer.name));
        }
        if buffer
            .ring
            .is_some_and(|Ring { axis, places }| axis >= buffer.rank || !places.is_power_of_two())
        {
            return Err(format!("rule 2: ring of `{}`", buffer.name));
        }
    }
    Ok(())
}

struct Scope<'a> {
    kernel: &'a Kernel,
    values: BTreeSet<u32>,
    vars: BTreeSet<u32>,
    carries: BTreeSet<u32>,
    /// Carries of loops that have run.
    afters: BTreeSet<u32>,
    /// Everything ever defined, visible or not.
    defined: BTreeSet<u32>,
    looped: BTreeSet<u32>,
    /// Variables of vector loops with their lanes.
    lanes: BTreeMap<u32, u32>,
    carried: BTreeSet<u32>,
}

impl Scope<'_> {
    fn block(&mut self, body: &[Stmt], around: &[LoopKind]) -> Result<(), String> {
        for stmt in body {
            match stmt {
                Stmt::Let(value) => self.define(*value)?,
                Stmt::Store { buffer, index, value } => self.store(*buffer, index, *value)?,
                Stmt::Loop(nested) => self.nested(nested, around)?,
                Stmt::While(rounds) => self.rounds(rounds, around)?,
            }
        }
        Ok(())
    }

    fn nested(&mut self, nested: &Loop, around: &[LoopKind]) -> Result<(), String> {
        let name = &self.kernel.vars[nested.var].name;
        check_kind(nested.kind, around).map_err(|e| format!("rule 3: loop `{name}`: {e}"))?;
        let carries = match nested.kind {
            LoopKind::Forward | LoopKind::Backward => true,
            LoopKind::Parallel | LoopKind::Vector(_) => nested.carries.is_empty(),
            LoopKind::Fold(with) => nested.body.iter().all(plain) && self.meet(with, &nested.carries),
        };
        if !carries || nested.carries.len() != nested.next.len() {
            return Err(format!("rule 4: what loop `{name}` carries or holds"));
        }
        for limit in [nested.start, nested.stop] {
            let known = match limit {
                Limit::Constant(_) => true,
                Limit::Bound(at) => at < self.kernel.bounds.len(),
                Limit::Start(_) | Limit::Stop(_) => around.is_empty(),
            };
            if !known {
                return Err(format!("rule 5: limits of loop `{name}`"));
            }
        }
        if !self.looped.insert(var(nested.var)) {
            return Err(format!("rule 6: two loops of variable `{name}`"));
        }
        self.starts(&nested.carries)?;
        if let LoopKind::Vector(lanes) = nested.kind {
            self.lanes.insert(var(nested.var), lanes);
        }
        let before = self.enter(&nested.carries);
        self.vars.insert(var(nested.var));
        let inside = [around, &[nested.kind]].concat();
        self.block(&nested.body, &inside)?;
        self.leave(before, &nested.carries, &nested.next)
    }

    fn rounds(&mut self, rounds: &While, around: &[LoopKind]) -> Result<(), String> {
        if !rounds.head.iter().chain(&rounds.body).all(plain) || rounds.carries.len() != rounds.next.len() {
            return Err("rule 4: a loop or a store in a `while`, or its carries".into());
        }
        self.starts(&rounds.carries)?;
        let before = self.enter(&rounds.carries);
        self.block(&rounds.head, around)?;
        self.visible(rounds.condition)?;
        if self.dtype(rounds.condition) != DType::Bool {
            return Err("rule 8: the condition of a `while` is no truth value".into());
        }
        self.block(&rounds.body, around)?;
        self.leave(before, &rounds.carries, &rounds.next)
    }

    /// Whether those carries can meet by a builtin.
    fn meet(&self, with: Builtin, carries: &[(CarryId, ValueId)]) -> bool {
        carries.iter().all(|(carry, _)| {
            let dtype = self.kernel.carries[*carry].dtype;
            with.result_type(&[dtype; 2]) == Some(dtype)
        })
    }

    /// What carries are before the first iteration.
    fn starts(&mut self, carries: &[(CarryId, ValueId)]) -> Result<(), String> {
        for (carry, initial) in carries {
            self.visible(*initial)?;
            if !self.carried.insert(carry_number(*carry))
                || self.dtype(*initial) != self.kernel.carries[*carry].dtype
            {
                return Err(format!(
                    "rule 4: start of carry `{}`",
                    self.kernel.carries[*carry].name
                ));
            }
        }
        Ok(())
    }

    /// Goes into what carries those; what was visible before.
    fn enter(&mut self, carries: &[(CarryId, ValueId)]) -> [BTreeSet<u32>; 4] {
        let before = [&self.values, &self.vars, &self.carries, &self.afters].map(Clone::clone);
        self.carries.extend(carries.iter().map(|(c, _)| carry_number(*c)));
        before
    }

    fn leave(
        &mut self,
        before: [BTreeSet<u32>; 4],
        carries: &[(CarryId, ValueId)],
        next: &[ValueId],
    ) -> Result<(), String> {
        for ((carry, _), next) in carries.iter().zip(next) {
            self.visible(*next)?;
            if self.dtype(*next) != self.kernel.carries[*carry].dtype {
                return Err(format!(
                    "rule 4: next of carry `{}`",
                    self.kernel.carries[*carry].name
                ));
            }
        }
        [self.values, self.vars, self.carries, self.afters] = before;
        self.afters.extend(carries.iter().map(|(c, _)| carry_number(*c)));
        Ok(())
    }

    fn define(&mut self, value: ValueId) -> Result<(), String> {
        let number = value.into_raw().into_u32();
        let definition = &self.kernel.values[value];
        let mut used = Ok(());
        walk::operands(&definition.kind, |operand| {
            if used.is_ok() {
                used = self.visible(operand);
            }
        });
        used?;
        match &definition.kind {
            ValueKind::Carry(carry) if !self.carries.contains(&carry_number(*carry)) => {
                return Err(format!("rule 7: %{number} uses a carry outside of its loop"));
            }
            ValueKind::After(carry) if !self.afters.contains(&carry_number(*carry)) => {
                return Err(format!(
                    "rule 7: %{number} uses a carry of a loop that has not run"
                ));
            }
            ValueKind::Var(of) if !self.vars.contains(&var(*of)) => {
                return Err(format!("rule 7: %{number} uses a variable outside of its loop"));
            }
            ValueKind::Load { buffer, index, .. } => {
                self.index(*buffer, index)?;
                if self.kernel.buffers[*buffer].access == Access::Write {
                    return Err(format!(
                        "rule 9: %{number} loads from a buffer that is written only"
                    ));
                }
            }
            _ => {}
        }
        if self.type_of(&definition.kind, definition.dtype) != Some(definition.dtype) {
            return Err(format!("rule 8: type of %{number}"));
        }
        if !self.defined.insert(number) {
            return Err(format!("rule 6: %{number} is defined twice"));
        }
        self.values.insert(number);
        Ok(())
    }

    fn store(&self, buffer: BufferId, index: &[Index], value: ValueId) -> Result<(), String> {
        let target = &self.kernel.buffers[buffer];
        self.visible(value)?;
        self.index(buffer, index)?;
        if self.dtype(value) != target.dtype {
            return Err(format!("rule 8: type of a store to `{}`", target.name));
        }
        if target.access == Access::Read {
            return Err(format!(
                "rule 9: a store to `{}`, which is read only",
                target.name
            ));
        }
        Ok(())
    }

    fn index(&self, buffer: BufferId, index: &[Index]) -> Result<(), String> {
        let buffer = &self.kernel.buffers[buffer];
        if index.len() != buffer.rank {
            return Err(format!("rule 8: number of indices of `{}`", buffer.name));
        }
        if let Some(Ring { axis, places }) = buffer.ring {
            let lanes = match index[axis].base {
                Base::Zero => None,
                Base::Var(v) => self.lanes.get(&var(v)),
                Base::Value(_) => Some(&0),
            };
            let fits = match lanes {
                None => buffer.unit != Some(axis),
                Some(&lanes) => lanes == places && index[axis].offset == 0,
            };
            if !fits {
                return Err(format!("rule 2: index of the ring of `{}`", buffer.name));
            }
        }
        for at in index {
            match at.base {
                Base::Zero => {}
                Base::Var(v) if self.vars.contains(&var(v)) => {}
                Base::Var(v) => {
                    let name = &self.kernel.vars[v].name;
                    return Err(format!("rule 7: variable `{name}` is used outside of its loop"));
                }
                Base::Value(value) => {
                    self.visible(value)?;
                    if !self.dtype(value).is_integer() {
                        return Err(format!("rule 8: an index of `{}` is no integer", buffer.name));
                    }
                }
            }
        }
        Ok(())
    }

    /// The type that a value of that kind has; nothing where its operands do not fit.
    fn type_of(&self, kind: &ValueKind, stated: DType) -> Option<DType> {
        match kind {
            ValueKind::Constant(value) => Some(value.dtype()),
            ValueKind::Scalar(at) => self.kernel.scalars.get(*at).map(|s| s.dtype),
            ValueKind::Bound(at) => self.kernel.bounds.get(*at).map(|_| DType::Int64),
            ValueKind::Var(_) => Some(DType::Int64),
            ValueKind::Carry(carry) | ValueKind::After(carry) => Some(self.kernel.carries[*carry].dtype),
            ValueKind::Load { buffer, valid, .. } => valid
                .is_none_or(|v| self.dtype(v) == DType::Bool)
                .then(|| self.kernel.buffers[*buffer].dtype),
            ValueKind::Apply(builtin, operands) => {
                let types: Vec<DType> = operands.iter().map(|&v| self.dtype(v)).collect();
                builtin.result_type(&types)
            }
            ValueKind::Select {
                condition,
                then,
                otherwise,
            } => (self.dtype(*condition) == DType::Bool && self.dtype(*then) == self.dtype(*otherwise))
                .then(|| self.dtype(*then)),
            ValueKind::Cast(_) => Some(stated),
        }
    }

    fn dtype(&self, value: ValueId) -> DType {
        self.kernel.values[value].dtype
    }

    fn visible(&self, value: ValueId) -> Result<(), String> {
        let number = value.into_raw().into_u32();
        if self.values.contains(&number) {
            return Ok(());
        }
        Err(format!("rule 7: %{number} is used where it is not visible"))
    }
}

/// What a `while` or a fold may hold.
fn plain(stmt: &Stmt) -> bool {
    matches!(stmt, Stmt::Let(_) | Stmt::While(_))
}

fn check_kind(kind: LoopKind, around: &[LoopKind]) -> Result<(), &'static str> {
    match kind {
        LoopKind::Parallel if !around.is_empty() => Err("parallel inside of another loop"),
        LoopKind::Vector(0) => Err("no lanes"),
        LoopKind::Vector(_) if around.iter().any(|k| matches!(k, LoopKind::Vector(_))) => {
            Err("vector loops are nested")
        }
        LoopKind::Parallel
        | LoopKind::Vector(_)
        | LoopKind::Forward
        | LoopKind::Backward
        | LoopKind::Fold(_) => Ok(()),
    }
}

fn var(var: VarId) -> u32 {
    var.into_raw().into_u32()
}

fn carry_number(carry: CarryId) -> u32 {
    carry.into_raw().into_u32()
}

#[cfg(test)]
mod tests {
    use super::verify;
    use crate::text::parse;

    #[track_caller]
    fn check(body: &str, rule: &str) {
        let text = format!("kernel k {{\n  buffer x: int32 rank 1 unit 0 read\n  bound n\n{body}\n}}\n");
        let error = verify(&parse(&text).expect("the text parses")).expect_err("a rule is broken");
        assert!(error.starts_with(rule), "{error}");
    }

    #[test]
    fn broken_rules_are_named() {
        check("for i in 0..n vector 0 {\n}", "rule 3");
        check(
            "for i in 0..n forward {\nfor j in 0..n parallel {\n}\n}",
            "rule 3",
        );
        check(
            "for i in 0..n forward {\n}\nfor j in 0..n parallel {\n}",
            "rule 3",
        );
        check("for i in 0..n forward {\n}\n%0: int32 = load x[i]", "rule 7");
        check("for i in 0..n forward {\n%0: int64 = load x[i]\n}", "rule 8");
        check(
            "for i in 0..n forward {\n%0: int32 = load x[i]\nstore x[i] = %0\n}",
            "rule 9",
        );
        check("%0: int32 = load x[0, 0]", "rule 8");
        check(
            "for i in 0..n forward {\nfor j in start..stop forward {\n}\n}",
            "rule 5",
        );
    }

    #[test]
    fn a_while_has_a_condition_and_only_values() {
        let check = |body: &str| {
            let text = format!(
                "kernel k {{\n  buffer x: int32 rank 1 unit 0 write\n  %0: int32 = constant 1\n\
                 while carry c = %0 {{\n%1: int32 = carry c\n{body}\n}}\n}}\n"
            );
            verify(&parse(&text).expect("the text parses"))
        };
        assert_eq!(check("%2: bool = lt %1, %0\ntest %2\nnext %1"), Ok(()));
        let rules = [
            ("test %1\nnext %1", "rule 8"),
            ("%2: bool = lt %1, %0\ntest %2", "rule 4"),
            ("%2: bool = lt %1, %0\ntest %2\nnext %2", "rule 4"),
            (
                "%2: bool = lt %1, %0\ntest %2\nstore x[0] = %1\nnext %1",
                "rule 4",
            ),
        ];
        for (body, rule) in rules {
            let error = check(body).expect_err("a rule is broken");
            assert!(error.starts_with(rule), "{body}: {error}");
        }
    }

    #[test]
    fn a_fold_holds_only_values() {
        let check = |body: &str, with: &str| {
            let text = format!(
                "kernel k {{\n  buffer x: int32 rank 1 unit 0 readwrite\n  bound n\n  %0: int32 = constant 1\n\
                 for i in 0..n fold {with} carry c = %0 {{\n%1: int32 = carry c\n{body}\n}}\n}}\n"
            );
            verify(&parse(&text).expect("the text parses"))
        };
        assert_eq!(check("next %1", "add"), Ok(()));
        let rules = [
            ("next %1", "lt"),
            ("store x[i] = %1\nnext %1", "add"),
            ("for j in 0..n forward {\n}\nnext %1", "add"),
            ("", "add"),
        ];
        for (body, with) in rules {
            let error = check(body, with).expect_err("a rule is broken");
            assert!(error.starts_with("rule 4"), "{body}: {error}");
        }
    }

    #[test]
    fn rings_are_rings() {
        let text = |ring: &str, index: &str| {
            let head =
                format!("kernel k {{\n  buffer x: int32 rank 2 unit 1 ring {ring} readwrite\n  bound n\n");
            format!("{head}for i in 0..n vector 4 {{\n%0: int32 = load x[{index}, i]\n}}\n}}\n")
        };
        let check = |text: String| verify(&parse(&text).expect("the text parses"));
        assert_eq!(check(text("0 of 4", "7")), Ok(()));
        assert_eq!(check(text("1 of 4", "7")), Ok(()));
        for text in [
            text("1 of 8", "7"),
            text("2 of 4", "7"),
            text("0 of 3", "7"),
            text("0 of 8", "i"),
        ] {
            let error = check(text).expect_err("a rule is broken");
            assert!(error.starts_with("rule 2"), "{error}");
        }
    }
}
