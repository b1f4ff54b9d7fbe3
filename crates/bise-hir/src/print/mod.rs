//! Prints hir as the Python source of a module: imports, dimensions, offsets, operators with the called ones first,
//! the program. Parsing it gives hir that is equal [without spans](crate::Operator::without_spans).
//!
//! `names` finds names that do not clash, `variables` makes locals one variable where it can; `expr` prints
//! expressions with the fewest parentheses, `operator` and `program` the rest.

mod expr;
mod names;
mod operator;
mod program;
mod variables;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;

use bise_lang::{Annotation, Dimension, DimensionKind, Offset, Type};

use crate::walk::{Uses, operators, uses};
use crate::{Operator, Program};
use names::Names;

/// A module that defines the program and all that it needs.
pub fn print_program(program: &Program) -> String {
    let uses = uses(program);
    let operators = operators(&program.body.callees);
    let mut printer = Printer::new(&uses, &operators, Some(program));
    for operator in &operators {
        operator::print(&mut printer, operator);
    }
    program::print(&mut printer, program);
    printer.module(&uses)
}

/// A module that defines the operator and all that it needs.
pub fn print_operator(operator: &Operator) -> String {
    let mut operators = operators(&operator.body.callees);
    operators.push(Arc::new(operator.clone()));
    let mut uses = Uses::default();
    for operator in &operators {
        uses.operator(operator);
    }
    let mut printer = Printer::new(&uses, &operators, None);
    for operator in &operators {
        operator::print(&mut printer, operator);
    }
    printer.module(&uses)
}

/// A module under way.
struct Printer {
    names: Names,
    /// Names of the language that the text uses.
    imports: BTreeSet<&'static str>,
    /// The definitions.
    text: String,
}

impl Printer {
    fn new(uses: &Uses, operators: &[Arc<Operator>], program: Option<&Program>) -> Self {
        Self {
            names: Names::new(uses, operators, program),
            imports: BTreeSet::new(),
            text: String::new(),
        }
    }

    /// A line, indented by so many levels.
    fn line(&mut self, indent: usize, line: &str) {
        for _ in 0..indent {
            self.text.push_str("    ");
        }
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// A name of the language, which the module imports; names that Python has itself it need not.
    fn import(&mut self, name: &'static str) -> &'static str {
        if !matches!(name, "bool" | "abs" | "tuple") {
            self.imports.insert(name);
        }
        name
    }

    /// A type as it is annotated.
    fn annotation(&mut self, annotation: &Annotation) -> String {
        match annotation.ty() {
            Type::Scalar(dtype) => self.import(dtype.name()).to_owned(),
            Type::Field(field) => {
                let written = annotation.axes().first().and_then(Option::as_deref);
                let dims = self.dims(written.unwrap_or(field.dims()));
                let dtype = self.import(field.dtype.name());
                format!("{}[[{dims}], {dtype}]", self.import("Field"))
            }
            Type::Tuple(items) if items.is_empty() => "tuple[()]".to_owned(),
            Type::Tuple(_) => {
                let items = annotation.items();
                let items: Vec<String> = items.iter().map(|item| self.annotation(item)).collect();
                format!("tuple[{}]", items.join(", "))
            }
        }
    }

    fn dims(&self, dims: &[Dimension]) -> String {
        let dims: Vec<&str> = dims.iter().map(|dim| self.names.dim(dim)).collect();
        dims.join(", ")
    }

    /// The whole text.
    fn module(self, uses: &Uses) -> String {
        let mut text = String::from("import bise as gtx\n");
        if !self.imports.is_empty() {
            let names: Vec<&str> = self.imports.iter().copied().collect();
            let _ = writeln!(text, "from bise import {}", names.join(", "));
        }
        if !uses.dims.is_empty() {
            text.push('\n');
        }
        for dim in &uses.dims {
            let _ = writeln!(text, "{}", self.dimension(dim));
        }
        for offset in &uses.offsets {
            let _ = writeln!(text, "{}", self.offset(offset));
        }
        text.push_str(&self.text);
        text
    }

    fn dimension(&self, dim: &Dimension) -> String {
        let kind = match dim.kind {
            DimensionKind::Horizontal => "",
            DimensionKind::Local => ", kind=gtx.DimensionKind.LOCAL",
            DimensionKind::Vertical => ", kind=gtx.DimensionKind.VERTICAL",
        };
        format!(
            "{} = gtx.Dimension({}{kind})",
            self.names.dim(dim),
            quoted(&dim.name)
        )
    }

    fn offset(&self, offset: &Offset) -> String {
        let comma = if offset.target.len() == 1 { "," } else { "" };
        format!(
            "{} = gtx.FieldOffset({}, source={}, target=({}{comma}))",
            self.names.offset(offset),
            quoted(&offset.name),
            self.names.dim(&offset.source),
            self.dims(&offset.target)
        )
    }
}

/// A text as Python writes it.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            _ if character.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(character));
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}
