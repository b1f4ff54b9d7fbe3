//! Operations of nodes.

use bise_lang::{Builtin, DType, Reduction, Scalar};

use super::{Parsed, Parser, TokenKind};
use crate::{NodeId, Op, Step, SweepId, TableId};

/// An operation, or a literal that waits for its type.
pub(super) enum ParsedOp {
    Op(Op),
    Literal(String),
    Bits(u64),
}

impl ParsedOp {
    /// The operation of a node of that type.
    pub(super) fn with_type(self, dtype: DType) -> Result<Op, String> {
        match self {
            Self::Op(op) => Ok(op),
            Self::Bits(bits) if dtype.is_float() => {
                Ok(Op::Constant(Scalar::from_bytes(dtype, &bits.to_le_bytes())))
            }
            Self::Bits(_) => Err(format!("bits of {dtype}: write the number")),
            Self::Literal(text) => match literal(&text, dtype) {
                Some(value) => Ok(Op::Constant(value)),
                None => Err(format!("`{text}` is not a number of type {dtype}")),
            },
        }
    }
}

/// The number of that type that a text spells, if there is one.
fn literal(text: &str, dtype: DType) -> Option<Scalar> {
    match dtype {
        DType::Bool => match text {
            "True" => Some(Scalar::bool(true)),
            "False" => Some(Scalar::bool(false)),
            _ => None,
        },
        DType::Float64 => text.parse().ok().map(Scalar::f64),
        DType::Float32 => text.parse().ok().map(Scalar::f32),
        _ => Scalar::exact(dtype, text.parse().ok()?),
    }
}

impl Parser {
    pub(super) fn op(&mut self) -> Parsed<ParsedOp> {
        let word = self.name("an operation")?;
        let op = match word.as_str() {
            "input" => Op::Input(self.param_name()?),
            "constant" => return self.constant(),
            "select" => Op::Select {
                condition: self.node_name()?,
                then: self.node_name()?,
                otherwise: self.node_name()?,
            },
            "cast" => Op::Cast(self.node_name()?),
            "broadcast" => Op::Broadcast(self.node_name()?),
            "shift" => Op::Shift {
                value: self.node_name()?,
                step: self.step()?,
            },
            "position" => Op::Position(self.dim()?),
            "piecewise" => {
                let (below, above) = (self.node_name()?, self.node_name()?);
                self.expect_word("along")?;
                let dim = self.dim()?;
                self.expect_word("at")?;
                let at = self.bound()?;
                Op::Piecewise {
                    dim,
                    at,
                    below,
                    above,
                }
            }
            "gather" => {
                let value = self.node_name()?;
                self.expect_word("along")?;
                let dim = self.dim()?;
                self.expect_word("at")?;
                let index = self.node_name()?;
                self.expect_word("in")?;
                let start = self.bound()?;
                self.expect("..")?;
                let stop = self.bound()?;
                Op::Gather {
                    value,
                    dim,
                    index,
                    start,
                    stop,
                }
            }
            "reduce" => {
                let name = self.name("a reduction")?;
                let Some(reduction) = Reduction::ALL.into_iter().find(|r| r.name() == name) else {
                    return self.error(format!("there is no reduction `{name}`"));
                };
                let value = self.node_name()?;
                self.expect_word("by")?;
                let table = self.table_name()?;
                let present = if self.accept_word("where") {
                    Some(self.node_name()?)
                } else {
                    None
                };
                Op::Reduce {
                    reduction,
                    value,
                    table,
                    present,
                }
            }
            "fold" => {
                let name = self.name("a reduction")?;
                let Some(reduction) = Reduction::ALL.into_iter().find(|r| r.over_range() == name) else {
                    return self.error(format!("there is no reduction `{name}`"));
                };
                let value = self.node_name()?;
                self.expect_word("along")?;
                let dim = self.dim()?;
                self.expect_word("in")?;
                let start = self.bound()?;
                self.expect("..")?;
                let stop = self.bound()?;
                Op::Fold {
                    reduction,
                    value,
                    dim,
                    start,
                    stop,
                }
            }
            "carry" | "result" => {
                let (sweep, slot) = self.slot()?;
                if word == "carry" {
                    Op::Carry(sweep, slot)
                } else {
                    Op::Result(sweep, slot)
                }
            }
            _ => {
                let Some(builtin) = Builtin::from_name(&word) else {
                    return self.error(format!("there is no operation `{word}`"));
                };
                let mut operands = Vec::new();
                while matches!(self.peek(), TokenKind::Node(_)) {
                    operands.push(self.node_name()?);
                }
                Op::Apply(builtin, operands)
            }
        };
        Ok(ParsedOp::Op(op))
    }

    fn constant(&mut self) -> Parsed<ParsedOp> {
        if self.accept_word("bits") {
            self.expect("(")?;
            let text = self.number()?;
            self.expect(")")?;
            let digits = text.strip_prefix("0x").unwrap_or(&text);
            return match u64::from_str_radix(digits, 16) {
                Ok(bits) => Ok(ParsedOp::Bits(bits)),
                Err(_) => self.error(format!("`{text}` is not a hexadecimal number")),
            };
        }
        let sign = if self.accept("-") { "-" } else { "" };
        match self.peek().clone() {
            TokenKind::Name(text) | TokenKind::Number(text) => {
                self.at += 1;
                Ok(ParsedOp::Literal(format!("{sign}{text}")))
            }
            _ => self.unexpected("a number"),
        }
    }

    /// `I + 1`, `V2E[0]`, `V2E[*]` or `V2E = 0`.
    fn step(&mut self) -> Parsed<Step> {
        let next = self.tokens.get(self.at + 1).map(|token| &token.kind);
        let after_kind = self.tokens.get(self.at + 4).map(|token| &token.kind);
        let sign = |kind: Option<&TokenKind>| matches!(kind, Some(TokenKind::Symbol("+" | "-" | "=")));
        if sign(next) || (next == Some(&TokenKind::Symbol("(")) && sign(after_kind)) {
            let dim = self.dim()?;
            if self.accept("=") {
                let index = self.index()?;
                return Ok(Step::Entry { dim, index });
            }
            let negative = self.accept("-");
            if !negative {
                self.expect("+")?;
            }
            let text = self.number()?;
            let text = if negative { format!("-{text}") } else { text };
            return match text.parse() {
                Ok(distance) => Ok(Step::Cartesian { dim, distance }),
                Err(_) => self.error(format!("`{text}` is not a distance")),
            };
        }
        let table = self.table_name()?;
        self.expect("[")?;
        let step = if self.accept("*") {
            Step::Neighbors { table }
        } else {
            let index = self.index()?;
            Step::Neighbor { table, index }
        };
        self.expect("]")?;
        Ok(step)
    }

    /// `s0.1`
    fn slot(&mut self) -> Parsed<(SweepId, u32)> {
        let text = self.name("a state of a sweep")?;
        let parts = text
            .rsplit_once('.')
            .and_then(|(sweep, slot)| Some((*self.sweeps.get(sweep)?, slot.parse().ok()?)));
        match parts {
            Some(parts) => Ok(parts),
            None => self.error(format!("`{text}` names no state of a sweep that stands above")),
        }
    }

    pub(super) fn node_name(&mut self) -> Parsed<NodeId> {
        let TokenKind::Node(name) = self.peek().clone() else {
            return self.unexpected("a node");
        };
        let Some(&id) = self.nodes.get(&name) else {
            return self.error(format!("`%{name}` is not defined above"));
        };
        self.at += 1;
        Ok(id)
    }

    pub(super) fn param_name(&mut self) -> Parsed<u32> {
        let name = self.name("a parameter")?;
        match self.graph.params.iter().position(|param| param.name == name) {
            Some(position) => Ok(position as u32),
            None => self.error(format!("there is no parameter `{name}`")),
        }
    }

    fn table_name(&mut self) -> Parsed<TableId> {
        let name = self.name("a table")?;
        if name == "table" && self.accept("(") {
            let position = self.index()?;
            self.expect(")")?;
            return Ok(position);
        }
        let mut found = self
            .graph
            .tables
            .iter()
            .enumerate()
            .filter(|(_, table)| table.name == name);
        match (found.next(), found.next()) {
            (Some((position, _)), None) => Ok(position as u32),
            (None, _) => self.error(format!("there is no table `{name}`")),
            (Some(_), Some(_)) => self.error(format!("two tables `{name}`: write `table(0)` or such")),
        }
    }

    pub(super) fn index(&mut self) -> Parsed<u32> {
        let text = self.number()?;
        match text.parse() {
            Ok(index) => Ok(index),
            Err(_) => self.error(format!("`{text}` is not an index")),
        }
    }

    pub(super) fn number(&mut self) -> Parsed<String> {
        match self.peek().clone() {
            TokenKind::Number(text) => {
                self.at += 1;
                Ok(text)
            }
            _ => self.unexpected("a number"),
        }
    }
}
