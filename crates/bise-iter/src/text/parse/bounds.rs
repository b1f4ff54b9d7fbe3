//! Outputs and the bounds of their domains.

use bise_lang::{Bound, BoundOperator, DomainRange};

use super::{Parsed, Parser, TokenKind};
use crate::Output;

/// How deep parentheses and loops may nest.
pub(super) const MAX_DEPTH: u32 = 64;

impl Parser {
    /// `out @ [I: 0 .. n] <- %2`
    pub(super) fn output(&mut self) -> Parsed<Output> {
        let param = self.param_name()?;
        self.expect("@")?;
        self.expect("[")?;
        let mut domain = Vec::new();
        self.list("]", |parser| {
            let dim = parser.dim()?;
            parser.expect(":")?;
            let start = parser.bound()?;
            parser.expect("..")?;
            let stop = parser.bound()?;
            domain.push(DomainRange { dim, start, stop });
            Ok(())
        })?;
        self.expect("<-")?;
        let value = self.node_name()?;
        Ok(Output { param, domain, value })
    }

    /// A bound.
    pub(super) fn bound(&mut self) -> Parsed<Bound> {
        self.bound_within(MAX_DEPTH)
    }

    /// One operand, or an operation on two.
    fn bound_within(&mut self, depth: u32) -> Parsed<Bound> {
        let Some(depth) = depth.checked_sub(1) else {
            return self.error("parentheses nest too deeply");
        };
        let first = self.operand(depth)?;
        let TokenKind::Symbol(symbol) = *self.peek() else {
            return Ok(first);
        };
        let Some((op, _)) = BoundOperator::ALL.into_iter().find(|(_, text)| *text == symbol) else {
            return Ok(first);
        };
        self.at += 1;
        let second = self.operand(depth)?;
        Ok(Bound::Binary(op, Box::new(first), Box::new(second)))
    }

    fn operand(&mut self, depth: u32) -> Parsed<Bound> {
        if self.accept("(") {
            let bound = self.bound_within(depth)?;
            self.expect(")")?;
            return Ok(bound);
        }
        let negative = self.accept("-");
        if let TokenKind::Number(text) = self.peek().clone() {
            let text = if negative { format!("-{text}") } else { text };
            let Ok(value) = text.parse() else {
                return self.error(format!("`{text}` is not an integer"));
            };
            self.at += 1;
            return Ok(Bound::Constant(value));
        }
        let calls = self
            .tokens
            .get(self.at + 1)
            .is_some_and(|token| token.kind == TokenKind::Symbol("("));
        if negative || !calls {
            return Ok(Bound::Scalar(self.param_name()?));
        }
        self.call(depth)
    }

    /// `start(out, I)`, `stop(out, I)`, `min(a, b)` or `max(a, b)`.
    fn call(&mut self, depth: u32) -> Parsed<Bound> {
        let function = self.name("a function")?;
        self.expect("(")?;
        let bound = match function.as_str() {
            "start" | "stop" => {
                let param = self.param_name()?;
                self.expect(",")?;
                let dim = self.dim()?;
                if function == "start" {
                    Bound::Start(param, dim)
                } else {
                    Bound::Stop(param, dim)
                }
            }
            "min" | "max" => {
                let first = self.bound_within(depth)?;
                self.expect(",")?;
                let second = self.bound_within(depth)?;
                let op = if function == "min" {
                    BoundOperator::Minimum
                } else {
                    BoundOperator::Maximum
                };
                Bound::Binary(op, Box::new(first), Box::new(second))
            }
            _ => return self.error(format!("there is no function `{function}` in bounds")),
        };
        self.expect(")")?;
        Ok(bound)
    }
}
