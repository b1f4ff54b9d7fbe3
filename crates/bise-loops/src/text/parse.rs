//! Kernels from text; the form is described in [`super`]. Line by line, with a cursor on the line.

use bise_base::Span;
use bise_lang::{Builtin, DType, Scalar};
use la_arena::{Arena, Idx};
use thiserror::Error;

use crate::build::nth;
use crate::ir::{
    Access, Base, Buffer, Carry, CarryId, Index, Kernel, Limit, Loop, LoopKind, Ring, Scalars, Stmt, Value,
    ValueId, ValueKind, Var, While,
};

/// Why a text is no kernel.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {message}")]
pub struct ParseError {
    /// Counted from one.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

/// The kernel of that text. It may still break the rules of [`crate::verify`](mod@crate::verify).
pub fn parse(text: &str) -> Result<Kernel, ParseError> {
    let mut parser = Parser {
        kernel: Kernel::default(),
        open: Vec::new(),
        closed: false,
    };
    let mut started = false;
    for (position, line) in text.lines().enumerate() {
        let mut cursor = Cursor { rest: line.trim() };
        if cursor.rest.is_empty() {
            continue;
        }
        let result = if started {
            parser.line(&mut cursor)
        } else {
            started = true;
            parser.start(&mut cursor)
        };
        let ended = result.and_then(|()| cursor.end());
        ended.map_err(|message| ParseError {
            line: position + 1,
            message,
        })?;
    }
    if !parser.closed {
        return Err(ParseError {
            line: text.lines().count().max(1),
            message: "the text ends inside of the kernel".into(),
        });
    }
    Ok(parser.kernel)
}

type Parsed<T = ()> = Result<T, String>;

/// What is open.
enum Open {
    Loop(Loop),
    /// With its condition, once that was read.
    While(While, bool),
}

impl Open {
    fn next(&mut self) -> &mut Vec<ValueId> {
        match self {
            Self::Loop(nested) => &mut nested.next,
            Self::While(rounds, _) => &mut rounds.next,
        }
    }

    /// Where statements go.
    fn body(&mut self) -> &mut Vec<Stmt> {
        match self {
            Self::Loop(nested) => &mut nested.body,
            Self::While(rounds, true) => &mut rounds.body,
            Self::While(rounds, false) => &mut rounds.head,
        }
    }
}

struct Parser {
    kernel: Kernel,
    /// The open loops and `while` with their bodies so far, outermost first.
    open: Vec<Open>,
    closed: bool,
}

impl Parser {
    fn start(&mut self, line: &mut Cursor<'_>) -> Parsed {
        line.word("kernel")?;
        self.kernel.name = line.name()?.into();
        line.symbol("{")
    }

    fn line(&mut self, line: &mut Cursor<'_>) -> Parsed {
        if self.closed {
            return Err("text after the end of the kernel".into());
        }
        if line.accept("%") {
            return self.definition(line);
        }
        if line.accept("}") {
            match self.open.pop() {
                Some(Open::Loop(nested)) => self.push(Stmt::Loop(nested)),
                Some(Open::While(_, false)) => return Err("a `while` without `test`".into()),
                Some(Open::While(rounds, true)) => self.push(Stmt::While(rounds)),
                None => self.closed = true,
            }
            return Ok(());
        }
        match line.name()? {
            "buffer" => self.buffer(line),
            "bound" => {
                self.kernel.bounds.push(line.name()?.into());
                Ok(())
            }
            "scalar" => {
                let (name, dtype) = (line.name()?.into(), line.dtype()?);
                self.kernel.scalars.push(Scalars { name, dtype });
                Ok(())
            }
            "for" => self.nested(line),
            "while" => {
                let carries = self.carries(line)?;
                let rounds = While {
                    carries,
                    head: Vec::new(),
                    // Said by `test`.
                    condition: nth(0),
                    body: Vec::new(),
                    next: Vec::new(),
                };
                self.open.push(Open::While(rounds, false));
                Ok(())
            }
            "test" => {
                let said = self.value(line)?;
                let Some(Open::While(rounds, is_said @ false)) = self.open.last_mut() else {
                    return Err("`test` outside of a `while`".into());
                };
                (rounds.condition, *is_said) = (said, true);
                Ok(())
            }
            "store" => self.store(line),
            "next" => {
                let next = self.values(line)?;
                *self.open.last_mut().ok_or("`next` outside of a loop")?.next() = next;
                Ok(())
            }
            other => Err(format!("a line does not start with `{other}`")),
        }
    }

    fn buffer(&mut self, line: &mut Cursor<'_>) -> Parsed {
        let (name, dtype) = (line.name()?.into(), line.dtype()?);
        line.word("rank")?;
        let rank = line.number()?;
        let unit = match line.name()? {
            "unit" => Some(line.number()?),
            "strided" => None,
            other => return Err(format!("`unit N` or `strided`, not `{other}`")),
        };
        let mut word = line.name()?;
        let mut ring = None;
        if word == "ring" {
            let axis = line.number()?;
            line.word("of")?;
            let places = line.number()?;
            ring = Some(Ring { axis, places });
            word = line.name()?;
        }
        let access = match word {
            "read" => Access::Read,
            "write" => Access::Write,
            "readwrite" => Access::ReadWrite,
            other => return Err(format!("`read`, `write` or `readwrite`, not `{other}`")),
        };
        self.kernel.buffers.alloc(Buffer {
            name,
            dtype,
            rank,
            unit,
            ring,
            access,
        });
        Ok(())
    }

    fn nested(&mut self, line: &mut Cursor<'_>) -> Parsed {
        let name = line.name()?.into();
        let var = self.kernel.vars.alloc(Var { name });
        line.word("in")?;
        let start = self.limit(line)?;
        line.symbol("..")?;
        let stop = self.limit(line)?;
        let kind = match line.name()? {
            "parallel" => LoopKind::Parallel,
            "forward" => LoopKind::Forward,
            "backward" => LoopKind::Backward,
            "vector" => LoopKind::Vector(line.number()?),
            "fold" => {
                let name = line.name()?;
                let with = Builtin::from_name(name);
                LoopKind::Fold(with.ok_or_else(|| format!("no builtin `{name}`"))?)
            }
            other => return Err(format!("no kind of loop: `{other}`")),
        };
        let carries = self.carries(line)?;
        self.open.push(Open::Loop(Loop {
            var,
            start,
            stop,
            kind,
            carries,
            body: Vec::new(),
            next: Vec::new(),
        }));
        Ok(())
    }

    /// `carry c = %0, d = %1 {`, or `{` alone.
    fn carries(&mut self, line: &mut Cursor<'_>) -> Parsed<Vec<(CarryId, ValueId)>> {
        let mut carries = Vec::new();
        if !line.accept("{") {
            line.word("carry")?;
            while !line.accept("{") {
                let name = line.name()?.into();
                line.symbol("=")?;
                let initial = self.value(line)?;
                let dtype = self.kernel.values[initial].dtype;
                carries.push((self.kernel.carries.alloc(Carry { name, dtype }), initial));
                line.accept(",");
            }
        }
        Ok(carries)
    }

    fn store(&mut self, line: &mut Cursor<'_>) -> Parsed {
        let buffer = find(&self.kernel.buffers, line.name()?, |b| &b.name)?;
        let index = self.index(line)?;
        line.symbol("=")?;
        let value = self.value(line)?;
        self.push(Stmt::Store { buffer, index, value });
        Ok(())
    }

    fn definition(&mut self, line: &mut Cursor<'_>) -> Parsed {
        if line.number::<usize>()? != self.kernel.values.len() {
            return Err(format!("the next value is %{}", self.kernel.values.len()));
        }
        let dtype = line.dtype()?;
        line.symbol("=")?;
        let kind = self.kind(line, dtype)?;
        let span = Span::default();
        let value = self.kernel.values.alloc(Value { kind, dtype, span });
        self.push(Stmt::Let(value));
        Ok(())
    }

    fn kind(&self, line: &mut Cursor<'_>, dtype: DType) -> Parsed<ValueKind> {
        Ok(match line.name()? {
            "constant" => ValueKind::Constant(line.constant(dtype)?),
            "scalar" => {
                let name = line.name()?;
                let at = self.kernel.scalars.iter().position(|s| s.name == name);
                ValueKind::Scalar(at.ok_or_else(|| format!("no scalar `{name}`"))?)
            }
            "bound" => {
                let name = line.name()?;
                let at = self.kernel.bounds.iter().position(|b| b == name);
                ValueKind::Bound(at.ok_or_else(|| format!("no bound `{name}`"))?)
            }
            "index" => ValueKind::Var(find(&self.kernel.vars, line.name()?, |v| &v.name)?),
            "after" => ValueKind::After(find(&self.kernel.carries, line.name()?, |c| &c.name)?),
            "carry" => ValueKind::Carry(find(&self.kernel.carries, line.name()?, |c| &c.name)?),
            "load" => {
                let buffer = find(&self.kernel.buffers, line.name()?, |b| &b.name)?;
                let index = self.index(line)?;
                let guarded = line.accept("if");
                let valid = guarded.then(|| self.value(line)).transpose()?;
                ValueKind::Load { buffer, index, valid }
            }
            "select" => match self.values(line)?[..] {
                [condition, then, otherwise] => ValueKind::Select {
                    condition,
                    then,
                    otherwise,
                },
                _ => return Err("`select` takes three values".into()),
            },
            "cast" => ValueKind::Cast(self.value(line)?),
            name => {
                let builtin = Builtin::from_name(name).ok_or_else(|| format!("no builtin `{name}`"))?;
                ValueKind::Apply(builtin, self.values(line)?)
            }
        })
    }

    fn index(&self, line: &mut Cursor<'_>) -> Parsed<Vec<Index>> {
        line.symbol("[")?;
        let mut index = Vec::new();
        while !line.accept("]") {
            if !index.is_empty() {
                line.symbol(",")?;
            }
            let (base, signed) = if line.at_number() {
                (Base::Zero, true)
            } else if line.rest.starts_with('%') {
                (Base::Value(self.value(line)?), false)
            } else {
                (
                    Base::Var(find(&self.kernel.vars, line.name()?, |v| &v.name)?),
                    false,
                )
            };
            let offset = if signed { line.number()? } else { line.offset()? };
            index.push(Index { base, offset });
        }
        Ok(index)
    }

    fn limit(&self, line: &mut Cursor<'_>) -> Parsed<Limit> {
        if line.at_number() {
            return Ok(Limit::Constant(line.number()?));
        }
        let name = line.name()?;
        let at = self.kernel.bounds.iter().position(|b| b == name);
        match name {
            "start" if at.is_none() => return Ok(Limit::Start(line.offset()?)),
            "stop" if at.is_none() => return Ok(Limit::Stop(line.offset()?)),
            _ => {}
        }
        Ok(Limit::Bound(at.ok_or_else(|| format!("no bound `{name}`"))?))
    }

    fn values(&self, line: &mut Cursor<'_>) -> Parsed<Vec<ValueId>> {
        let mut values = vec![self.value(line)?];
        while line.accept(",") {
            values.push(self.value(line)?);
        }
        Ok(values)
    }

    fn value(&self, line: &mut Cursor<'_>) -> Parsed<ValueId> {
        line.symbol("%")?;
        let number = line.number()?;
        if number < self.kernel.values.len() {
            return Ok(nth(number));
        }
        Err(format!("%{number} is not defined yet"))
    }

    fn push(&mut self, stmt: Stmt) {
        match self.open.last_mut() {
            Some(open) => open.body().push(stmt),
            None => self.kernel.body.push(stmt),
        }
    }
}

/// The element of an arena with that name.
fn find<T>(arena: &Arena<T>, name: &str, of: impl Fn(&T) -> &bise_base::Name) -> Parsed<Idx<T>> {
    let found = arena.iter().find(|(_, element)| of(element) == name);
    found.map(|(id, _)| id).ok_or_else(|| format!("no `{name}`"))
}

struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    fn accept(&mut self, symbol: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(symbol) else {
            return false;
        };
        self.rest = rest.trim_start();
        true
    }

    /// `+ 1`, `- 2`, or nothing.
    fn offset(&mut self) -> Parsed<i64> {
        if self.accept("+") {
            return self.number();
        }
        if self.accept("-") {
            return self.negative();
        }
        Ok(0)
    }

    fn symbol(&mut self, symbol: &str) -> Parsed {
        if self.accept(symbol) {
            return Ok(());
        }
        Err(format!("expected `{symbol}` before `{}`", self.rest))
    }

    fn word(&mut self, word: &str) -> Parsed {
        match self.name()? {
            found if found == word => Ok(()),
            found => Err(format!("expected `{word}`, not `{found}`")),
        }
    }

    /// Letters, digits, underscores, and dots that do not start `..`.
    fn name(&mut self) -> Parsed<&'a str> {
        let text = self.rest;
        let dots = text.find("..").unwrap_or(text.len());
        let length = text[..dots]
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
            .unwrap_or(dots);
        if length == 0 {
            return Err(format!("expected a name before `{text}`"));
        }
        self.rest = text[length..].trim_start();
        Ok(&text[..length])
    }

    fn at_number(&self) -> bool {
        self.rest.starts_with(|c: char| c.is_ascii_digit() || c == '-')
    }

    fn number<T: std::str::FromStr>(&mut self) -> Parsed<T> {
        let text = self.rest;
        let signs = usize::from(text.starts_with('-'));
        let digits = text[signs..].find(|c: char| !c.is_ascii_digit());
        let length = digits.map_or(text.len(), |d| d + signs);
        self.rest = text[length..].trim_start();
        let number = text[..length].parse();
        number.map_err(|_| format!("expected a number before `{text}`"))
    }

    /// The number after a minus sign, negated.
    fn negative(&mut self) -> Parsed<i64> {
        let magnitude: u64 = self.number()?;
        Ok(0i64.wrapping_sub(magnitude as i64))
    }

    fn dtype(&mut self) -> Parsed<DType> {
        self.symbol(":")?;
        let name = self.name()?;
        DType::from_name(name).ok_or_else(|| format!("no type `{name}`"))
    }

    /// The rest of the line, as a number or truth value of that type.
    fn constant(&mut self, dtype: DType) -> Parsed<Scalar> {
        let text = std::mem::take(&mut self.rest);
        let wrong = || format!("no {dtype}: `{text}`");
        if let Some(bits) = text.strip_prefix("bits(0x").and_then(|t| t.strip_suffix(')')) {
            let bits = u64::from_str_radix(bits, 16).map_err(|_| wrong())?;
            return Ok(Scalar::from_bytes(dtype, &bits.to_le_bytes()));
        }
        let number = match dtype {
            DType::Bool => match text {
                "True" => Some(Scalar::bool(true)),
                "False" => Some(Scalar::bool(false)),
                _ => None,
            },
            DType::Float64 => text.parse().ok().map(Scalar::f64),
            DType::Float32 => text.parse().ok().map(Scalar::f32),
            DType::UInt64 => text.parse().ok().map(|v: u64| Scalar::integer(dtype, v as i64)),
            _ => text.parse().ok().map(|v| Scalar::integer(dtype, v)),
        };
        number.ok_or_else(wrong)
    }

    fn end(&self) -> Parsed {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(format!("unexpected `{}`", self.rest))
    }
}
