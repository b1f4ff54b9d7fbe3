//! Kernels as text; the form is described in [`super`].

use std::fmt::Write as _;

use crate::ir::{
    Access, Base, CarryId, Index, Kernel, Limit, Loop, LoopKind, Stmt, ValueId, ValueKind, While,
};

/// The text of a kernel, with a final newline.
pub fn print(kernel: &Kernel) -> String {
    let mut printer = Printer {
        kernel,
        text: format!("kernel {} {{\n", kernel.name),
        indent: 1,
    };
    printer.declarations();
    printer.block(&kernel.body);
    printer.text.push_str("}\n");
    printer.text
}

struct Printer<'a> {
    kernel: &'a Kernel,
    text: String,
    indent: usize,
}

impl Printer<'_> {
    fn declarations(&mut self) {
        for buffer in self.kernel.buffers.values() {
            let unit = match buffer.unit {
                Some(axis) => format!("unit {axis}"),
                None => "strided".to_owned(),
            };
            let ring = buffer.ring.map_or_else(String::new, |ring| {
                format!(" ring {} of {}", ring.axis, ring.places)
            });
            let access = match buffer.access {
                Access::Read => "read",
                Access::Write => "write",
                Access::ReadWrite => "readwrite",
            };
            let (name, dtype, rank) = (&buffer.name, buffer.dtype, buffer.rank);
            self.line(&format!(
                "buffer {name}: {dtype} rank {rank} {unit}{ring} {access}"
            ));
        }
        for bound in &self.kernel.bounds {
            self.line(&format!("bound {bound}"));
        }
        for scalar in &self.kernel.scalars {
            self.line(&format!("scalar {}: {}", scalar.name, scalar.dtype));
        }
    }

    fn block(&mut self, body: &[Stmt]) {
        for stmt in body {
            match stmt {
                Stmt::Let(value) => {
                    let definition = self.definition(*value);
                    self.line(&definition);
                }
                Stmt::Store { buffer, index, value } => {
                    let name = &self.kernel.buffers[*buffer].name;
                    let line = format!("store {name}{} = {}", self.index(index), number(*value));
                    self.line(&line);
                }
                Stmt::Loop(nested) => self.nested(nested),
                Stmt::While(rounds) => self.rounds(rounds),
            }
        }
    }

    fn nested(&mut self, nested: &Loop) {
        let kind = match nested.kind {
            LoopKind::Parallel => "parallel".to_owned(),
            LoopKind::Forward => "forward".to_owned(),
            LoopKind::Backward => "backward".to_owned(),
            LoopKind::Vector(lanes) => format!("vector {lanes}"),
            LoopKind::Fold(with) => format!("fold {}", with.name()),
        };
        let mut head = format!(
            "for {} in {}..{} {kind}",
            self.kernel.vars[nested.var].name,
            self.limit(nested.start),
            self.limit(nested.stop)
        );
        self.carries(&mut head, &nested.carries);
        self.line(&format!("{head} {{"));
        self.indent += 1;
        self.block(&nested.body);
        self.end(&nested.next);
    }

    fn rounds(&mut self, rounds: &While) {
        let mut head = "while".to_owned();
        self.carries(&mut head, &rounds.carries);
        self.line(&format!("{head} {{"));
        self.indent += 1;
        self.block(&rounds.head);
        self.line(&format!("test {}", number(rounds.condition)));
        self.block(&rounds.body);
        self.end(&rounds.next);
    }

    fn carries(&self, head: &mut String, carries: &[(CarryId, ValueId)]) {
        let carries: Vec<String> = carries
            .iter()
            .map(|(carry, initial)| format!("{} = {}", self.kernel.carries[*carry].name, number(*initial)))
            .collect();
        if !carries.is_empty() {
            let _ = write!(head, " carry {}", carries.join(", "));
        }
    }

    fn end(&mut self, next: &[ValueId]) {
        if !next.is_empty() {
            self.line(&format!("next {}", numbers(next)));
        }
        self.indent -= 1;
        self.line("}");
    }

    fn definition(&self, value: ValueId) -> String {
        let definition = &self.kernel.values[value];
        let kind = match &definition.kind {
            ValueKind::Constant(scalar) => format!("constant {scalar}"),
            ValueKind::Scalar(at) => format!("scalar {}", self.kernel.scalars[*at].name),
            ValueKind::Bound(at) => format!("bound {}", self.kernel.bounds[*at]),
            ValueKind::Var(var) => format!("index {}", self.kernel.vars[*var].name),
            ValueKind::After(carry) => format!("after {}", self.kernel.carries[*carry].name),
            ValueKind::Carry(carry) => format!("carry {}", self.kernel.carries[*carry].name),
            ValueKind::Load { buffer, index, valid } => {
                let guard = valid.map(|v| format!(" if {}", number(v))).unwrap_or_default();
                format!(
                    "load {}{}{guard}",
                    self.kernel.buffers[*buffer].name,
                    self.index(index)
                )
            }
            ValueKind::Apply(builtin, operands) => format!("{} {}", builtin.name(), numbers(operands)),
            ValueKind::Select {
                condition,
                then,
                otherwise,
            } => format!("select {}", numbers(&[*condition, *then, *otherwise])),
            ValueKind::Cast(value) => format!("cast {}", number(*value)),
        };
        format!("{}: {} = {kind}", number(value), definition.dtype)
    }

    fn index(&self, index: &[Index]) -> String {
        let entries: Vec<String> = index.iter().map(|at| self.entry(at)).collect();
        format!("[{}]", entries.join(", "))
    }

    fn entry(&self, at: &Index) -> String {
        let base = match at.base {
            Base::Zero => return at.offset.to_string(),
            Base::Var(var) => self.kernel.vars[var].name.to_string(),
            Base::Value(value) => number(value),
        };
        moved(&base, at.offset)
    }

    fn limit(&self, limit: Limit) -> String {
        match limit {
            Limit::Constant(value) => value.to_string(),
            Limit::Bound(at) => self.kernel.bounds[at].to_string(),
            Limit::Start(offset) => moved("start", offset),
            Limit::Stop(offset) => moved("stop", offset),
        }
    }

    fn line(&mut self, line: &str) {
        let _ = writeln!(self.text, "{:1$}{line}", "", 2 * self.indent);
    }
}

fn moved(base: &str, offset: i64) -> String {
    match offset {
        0 => base.to_owned(),
        offset if offset < 0 => format!("{base} - {}", offset.unsigned_abs()),
        offset => format!("{base} + {offset}"),
    }
}

fn number(value: ValueId) -> String {
    format!("%{}", value.into_raw().into_u32())
}

fn numbers(values: &[ValueId]) -> String {
    let all: Vec<String> = values.iter().map(|&v| number(v)).collect();
    all.join(", ")
}
