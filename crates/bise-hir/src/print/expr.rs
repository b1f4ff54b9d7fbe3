//! Expressions, with no more parentheses than Python's precedence asks for.

use bise_base::Name;
use bise_lang::builtins::Spelling;
use bise_lang::{Builtin, DType, Scalar, Type};
use la_arena::ArenaMap;

use super::Printer;
use crate::walk::post_order;
use crate::{Body, ExprId, ExprKind, LocalId, Region, Shift};

/// How tightly a text binds, loosest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Ternary,
    Comparison,
    Or,
    Xor,
    And,
    Sum,
    Product,
    Unary,
    Power,
    Atom,
}

/// A printed expression.
#[derive(Clone)]
struct Text {
    string: String,
    level: Level,
    /// Whether it ends in a Cartesian shift, to which another can be added.
    shifted: bool,
}

impl Text {
    fn new(text: impl Into<String>, level: Level) -> Self {
        Self {
            string: text.into(),
            level,
            shifted: false,
        }
    }

    fn atom(text: impl Into<String>) -> Self {
        Self::new(text, Level::Atom)
    }

    /// In parentheses unless it binds at least that tightly.
    fn at(self, level: Level) -> String {
        if self.level >= level {
            self.string
        } else {
            format!("({})", self.string)
        }
    }
}

/// Prints the expressions of one body.
pub(super) struct ExprPrinter<'a> {
    pub(super) printer: &'a mut Printer,
    pub(super) body: &'a Body,
    pub(super) locals: &'a ArenaMap<LocalId, Name>,
}

impl ExprPrinter<'_> {
    /// The text of an expression.
    pub(super) fn print(&mut self, root: ExprId) -> String {
        let mut texts: ArenaMap<ExprId, Text> = ArenaMap::new();
        for id in post_order(self.body, root, &mut ArenaMap::new()) {
            let text = self.text(id, &texts);
            texts.insert(id, text);
        }
        texts.remove(root).map_or_else(String::new, |text| text.string)
    }

    fn text(&mut self, id: ExprId, texts: &ArenaMap<ExprId, Text>) -> Text {
        let body = self.body;
        let expr = &body.exprs[id];
        let at = |operand: &ExprId, level| texts[*operand].clone().at(level);
        let list = |operands: &[ExprId]| {
            let texts: Vec<String> = operands
                .iter()
                .map(|operand| at(operand, Level::Ternary))
                .collect();
            texts.join(", ")
        };
        match &expr.kind {
            ExprKind::Local(local) => Text::atom(self.locals[*local].as_str()),
            ExprKind::Constant(value) => Text::atom(literal(self.printer, *value)),
            ExprKind::Builtin(builtin, operands) => self.builtin(*builtin, operands, texts),
            ExprKind::Where {
                mask: chooses,
                then,
                otherwise,
            }
            | ExprKind::Conditional {
                condition: chooses,
                then,
                otherwise,
            } => self.choice(&expr.kind, [*chooses, *then, *otherwise], texts),
            ExprKind::Cast(value) => {
                let dtype = expr
                    .ty
                    .leaves()
                    .first()
                    .and_then(|leaf| leaf.dtype())
                    .unwrap_or(DType::Float64);
                let (function, dtype) = (self.printer.import("astype"), self.printer.import(dtype.name()));
                Text::atom(format!("{function}({}, {dtype})", list(&[*value])))
            }
            ExprKind::Broadcast(value) => {
                let function = self.printer.import("broadcast");
                let dims = self.dims_tuple(&expr.ty);
                Text::atom(format!("{function}({}, {dims})", list(&[*value])))
            }
            ExprKind::Index(dim) => {
                let function = self.printer.import("index");
                Text::atom(format!("{function}({})", self.printer.names.dim(dim)))
            }
            ExprKind::ConcatWhere {
                region,
                then,
                otherwise,
            } => {
                let region = self.region(region, texts).string;
                let function = self.printer.import("concat_where");
                Text::atom(format!("{function}({region}, {})", list(&[*then, *otherwise])))
            }
            ExprKind::Gather {
                value,
                offset,
                distance,
            } => {
                let (value, distance) = (at(value, Level::Atom), at(distance, Level::Ternary));
                let function = self.printer.import("as_offset");
                let offset = self.printer.names.offset(offset);
                Text::atom(format!("{value}({function}({offset}, {distance}))"))
            }
            ExprKind::Shift { value, shift } => self.shift(&texts[*value], shift),
            ExprKind::Reduce {
                reduction,
                value,
                offset,
            } => {
                let function = self.printer.import(reduction.name());
                let axis = offset.local().map_or("", |local| self.printer.names.dim(local));
                Text::atom(format!("{function}({}, axis={axis})", list(&[*value])))
            }
            ExprKind::Fold {
                reduction,
                value,
                ranges,
            } => {
                let function = self.printer.import(reduction.over_range());
                let ranges: Vec<String> = ranges
                    .iter()
                    .map(|range| {
                        let dim = self.printer.names.dim(&range.dim);
                        format!("{dim}: ({})", list(&[range.start, range.stop]))
                    })
                    .collect();
                let ranges = ranges.join(", ");
                Text::atom(format!("{function}({}, domain={{{ranges}}})", list(&[*value])))
            }
            ExprKind::Tuple(items) if items.len() == 1 => Text::atom(format!("({},)", list(items))),
            ExprKind::Tuple(items) => Text::atom(format!("({})", list(items))),
            ExprKind::Item(value, index) => Text::atom(format!("{}[{index}]", at(value, Level::Atom))),
            ExprKind::Call { callee, args } => {
                let name = self.printer.names.operator(&body.callees[*callee]);
                Text::atom(format!("{name}({})", list(args)))
            }
        }
    }

    fn region(&self, region: &Region, texts: &ArenaMap<ExprId, Text>) -> Text {
        let inner = |of: &Region, level| self.region(of, texts).at(level);
        match region {
            Region::Compare {
                dim,
                comparison,
                bound,
            } => {
                let sign = match comparison.row().spelling {
                    Spelling::Infix(sign) | Spelling::Prefix(sign) | Spelling::Function(sign) => sign,
                };
                let bound = texts[*bound].clone().at(Level::Or);
                let dim = self.printer.names.dim(dim);
                Text::new(format!("{dim} {sign} {bound}"), Level::Comparison)
            }
            Region::And(a, b) => Text::new(
                format!("{} & {}", inner(a, Level::And), inner(b, Level::Sum)),
                Level::And,
            ),
            Region::Or(a, b) => Text::new(
                format!("{} | {}", inner(a, Level::Or), inner(b, Level::Xor)),
                Level::Or,
            ),
            Region::Not(of) => Text::new(format!("~{}", inner(of, Level::Unary)), Level::Unary),
        }
    }

    /// `where` or a conditional expression.
    fn choice(
        &mut self,
        kind: &ExprKind,
        [chooses, then, otherwise]: [ExprId; 3],
        texts: &ArenaMap<ExprId, Text>,
    ) -> Text {
        let chooses = texts[chooses].clone();
        let (then, otherwise) = (
            self.weak(then, otherwise, texts),
            self.weak(otherwise, then, texts),
        );
        if matches!(kind, ExprKind::Where { .. }) {
            let [mask, then, otherwise] = [chooses, then, otherwise].map(|text| text.at(Level::Ternary));
            return Text::atom(format!(
                "{}({mask}, {then}, {otherwise})",
                self.printer.import("where")
            ));
        }
        let [then, condition] = [then, chooses].map(|text| text.at(Level::Comparison));
        let otherwise = otherwise.at(Level::Ternary);
        Text::new(format!("{then} if {condition} else {otherwise}"), Level::Ternary)
    }

    fn dims_tuple(&self, ty: &Type) -> String {
        let dims = self.printer.dims(ty.dims());
        if ty.dims().len() == 1 {
            format!("({dims},)")
        } else {
            format!("({dims})")
        }
    }

    fn builtin(&mut self, builtin: Builtin, operands: &[ExprId], texts: &ArenaMap<ExprId, Text>) -> Text {
        let at = |operand: usize, level| {
            // The exponent has a type of its own, and some plain ones are not read as powers.
            let other = if builtin == Builtin::Power {
                operand
            } else {
                operands.len() - 1 - operand
            };
            self.weak(operands[operand], operands[other], texts).at(level)
        };
        match builtin.row().spelling {
            Spelling::Function(function) => {
                let operands: Vec<String> = (0..operands.len())
                    .map(|operand| at(operand, Level::Ternary))
                    .collect();
                Text::atom(format!(
                    "{}({})",
                    self.printer.import(function),
                    operands.join(", ")
                ))
            }
            Spelling::Prefix(sign) => Text::new(format!("{sign}{}", at(0, Level::Unary)), Level::Unary),
            // A square reads back as a product of one expression with itself.
            Spelling::Infix("*") if self.is_square(operands) => {
                Text::new(format!("{} ** 2", at(0, Level::Atom)), Level::Power)
            }
            Spelling::Infix(sign) => {
                let (level, left, right) = infix(builtin);
                Text::new(format!("{} {sign} {}", at(0, left), at(1, right)), level)
            }
        }
    }

    fn is_square(&self, operands: &[ExprId]) -> bool {
        let float = self.body.exprs[operands[0]]
            .ty
            .dtype()
            .is_some_and(DType::is_float);
        float && operands[0] == operands[1]
    }

    /// The text of an operand. A number that meets `other`, which has its type and is no number itself, may be a
    /// plain literal: it takes the type of what it meets.
    fn weak(&self, operand: ExprId, other: ExprId, texts: &ArenaMap<ExprId, Text>) -> Text {
        let constant = |expr: ExprId| match self.body.exprs[expr].kind {
            ExprKind::Constant(value) => Some(value),
            _ => None,
        };
        match constant(operand).filter(|_| constant(other).is_none()) {
            Some(value) => plain(value).unwrap_or_else(|| texts[operand].clone()),
            None => texts[operand].clone(),
        }
    }

    fn shift(&mut self, value: &Text, shift: &Shift) -> Text {
        let names = &self.printer.names;
        match shift {
            Shift::Cartesian { dim, distance } => {
                let sign = if *distance < 0 { '-' } else { '+' };
                let step = format!("{} {sign} {}", names.dim(dim), distance.unsigned_abs());
                let text = match value.string.strip_suffix(')') {
                    Some(call) if value.shifted => format!("{call}, {step})"),
                    _ => format!("{}({step})", value.clone().at(Level::Atom)),
                };
                Text {
                    shifted: true,
                    ..Text::atom(text)
                }
            }
            Shift::Neighbor { offset, index } => {
                let value = value.clone().at(Level::Atom);
                Text::atom(format!("{value}({}[{index}])", names.offset(offset)))
            }
            Shift::Neighbors { offset } => {
                let value = value.clone().at(Level::Atom);
                Text::atom(format!("{value}({})", names.offset(offset)))
            }
            Shift::Entry { dim, index } => {
                let value = value.clone().at(Level::Atom);
                Text::atom(format!("{value}[{}({index})]", names.dim(dim)))
            }
        }
    }
}

/// The level of an infix operator, and the levels that its operands must have.
fn infix(builtin: Builtin) -> (Level, Level, Level) {
    match builtin {
        Builtin::Or => (Level::Or, Level::Or, Level::Xor),
        Builtin::Xor => (Level::Xor, Level::Xor, Level::And),
        Builtin::And => (Level::And, Level::And, Level::Sum),
        Builtin::Add | Builtin::Subtract => (Level::Sum, Level::Sum, Level::Product),
        Builtin::Multiply | Builtin::Divide | Builtin::FloorDivide | Builtin::Modulo => {
            (Level::Product, Level::Product, Level::Unary)
        }
        Builtin::Power => (Level::Power, Level::Atom, Level::Unary),
        _ => (Level::Comparison, Level::Or, Level::Or),
    }
}

/// A number as a literal without type, if there is one.
fn plain(value: Scalar) -> Option<Text> {
    let finite = !value.dtype().is_float() || value.as_f64().is_finite();
    let text = value.to_string();
    let level = if text.starts_with('-') {
        Level::Unary
    } else {
        Level::Atom
    };
    finite.then(|| Text::new(text, level))
}

/// A number that reads back with its type wherever it stands.
pub(super) fn literal(printer: &mut Printer, value: Scalar) -> String {
    let dtype = value.dtype();
    let number = if dtype.is_float() { value.as_f64() } else { 0.0 };
    let text = if number.is_nan() {
        "\"nan\"".to_owned()
    } else if number.is_infinite() {
        format!("\"{}inf\"", if number < 0.0 { "-" } else { "" })
    } else {
        value.to_string()
    };
    format!("{}({text})", printer.import(dtype.name()))
}
