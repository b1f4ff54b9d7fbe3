//! The graph of a text. The grammar is shown in [`super`]; bounds are read in [`bounds`].

mod bounds;
mod nodes;

use std::collections::HashMap;
use std::fmt;

use bise_base::{Name, SourceId, Span};
use bise_lang::{Bound, DType, Dimension, DimensionKind, ProgramLoop};

use self::bounds::MAX_DEPTH;
use super::lex::{Token, TokenKind, lex};
use crate::verify::{Place, verify};
use crate::walk::sweep_users;
use crate::{Course, Graph, Node, NodeId, Op, Param, ParamKind, Slot, Statement, Sweep, SweepId, Table};

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// The line, counted from one.
    pub line: u32,
    /// What is wrong there.
    pub message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for ParseError {}

/// The verified graph of a text. The span of a node is the text of its operation, in source 0.
pub fn parse(text: &str) -> Result<Graph, ParseError> {
    let (graph, lines) = parse_unverified(text)?;
    verify(&graph).map_err(|error| ParseError {
        line: lines.of(&graph, error.place),
        message: error.message,
    })?;
    Ok(graph)
}

/// As [`parse`], but the graph may break the rules of [`mod@crate::verify`].
pub(crate) fn parse_unverified(text: &str) -> Result<(Graph, Lines), ParseError> {
    let tokens = lex(text)?;
    let mut parser = Parser {
        tokens,
        at: 0,
        dims: Vec::new(),
        nodes: HashMap::new(),
        sweeps: HashMap::new(),
        later: Vec::new(),
        lines: Lines::default(),
        graph: Graph::default(),
        depth: 0,
    };
    parser.program()?;
    Ok((parser.graph, parser.lines))
}

/// Where the parts of a graph stand in its text.
#[derive(Default, Debug)]
pub(crate) struct Lines {
    nodes: Vec<u32>,
    sweeps: Vec<u32>,
    statements: Vec<u32>,
    loops: Vec<u32>,
}

impl Lines {
    fn of(&self, graph: &Graph, place: Place) -> u32 {
        let line = match place {
            Place::Program => None,
            Place::Node(id) => self.nodes.get(id.into_raw().into_u32() as usize),
            Place::Sweep(id) => self.sweeps.get(id.into_raw().into_u32() as usize),
            Place::Loop(position) => self.loops.get(position),
            Place::Statement(position) => self.statements.get(position.min(graph.statements.len())),
        };
        line.copied().unwrap_or(1)
    }
}

/// A sweep whose nodes are named before they stand.
struct Later {
    sweep: SweepId,
    condition: Option<String>,
    inits: Vec<String>,
    nexts: Vec<String>,
    line: u32,
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    dims: Vec<Dimension>,
    nodes: HashMap<String, NodeId>,
    sweeps: HashMap<String, SweepId>,
    /// Sweeps whose nodes are named before they stand.
    later: Vec<Later>,
    lines: Lines,
    graph: Graph,
    /// Loops around what is read.
    depth: u32,
}

type Parsed<T> = Result<T, ParseError>;

impl Parser {
    fn program(&mut self) -> Parsed<()> {
        while self.accept_word("dimension") {
            let name = self.name("the name of a dimension")?;
            self.expect(":")?;
            let kind = self.kind()?;
            self.dims.push(Dimension::new(name, kind));
        }
        self.expect_word("program")?;
        self.graph.name = self.name("the name of the program")?.into();
        self.expect("(")?;
        self.list(")", |parser| {
            let param = parser.param()?;
            parser.graph.params.push(param);
            Ok(())
        })?;
        self.expect("{")?;
        while self.accept_word("table") {
            let table = self.table_declaration()?;
            self.graph.tables.push(table);
        }
        self.actions()?;
        if self.peek() != &TokenKind::End {
            return self.unexpected("the end of the text");
        }
        self.resolve_sweeps()?;
        self.run_over_users();
        Ok(())
    }

    /// Statements and loops, up to the brace that closes.
    fn actions(&mut self) -> Parsed<()> {
        while !self.accept("}") {
            if self.accept_word("statement") {
                self.statement()?;
            } else if self.accept_word("loop") {
                self.program_loop()?;
            } else if !self.node_or_sweep()? {
                return self.unexpected("a statement, a loop or a node");
            }
        }
        Ok(())
    }

    /// `loop k: int32 in 0 .. n by 1 { ... }`, after its first word.
    fn program_loop(&mut self) -> Parsed<()> {
        let (line, text) = (self.line(), self.start());
        if self.depth >= MAX_DEPTH {
            return self.error("loops nest too deeply");
        }
        let name = Name::from(self.name("the name of a variable")?);
        self.expect(":")?;
        let (kind, dtype) = (ParamKind::Scalar, self.dtype()?);
        self.expect_word("in")?;
        let start = self.bound()?;
        self.expect("..")?;
        let stop = self.bound()?;
        self.expect_word("by")?;
        let Bound::Constant(step) = self.bound()? else {
            return self.error("the step of a loop is a number");
        };
        let span = self.span(text);
        self.graph.params.push(Param { name, kind, dtype });
        let at = self.graph.loops.len();
        let first = self.graph.statements.len() as u32;
        self.graph.loops.push(ProgramLoop {
            start,
            stop,
            step,
            statements: first..first,
            span,
        });
        self.lines.loops.push(line);
        self.expect("{")?;
        self.depth += 1;
        self.actions()?;
        self.depth -= 1;
        self.graph.loops[at].statements.end = self.graph.statements.len() as u32;
        Ok(())
    }

    fn param(&mut self) -> Parsed<Param> {
        let name = Name::from(self.name("the name of a parameter")?);
        self.expect(":")?;
        let (kind, dtype) = if self.is("<") {
            let (dims, dtype) = self.ty()?;
            (ParamKind::Field(dims), dtype)
        } else {
            (ParamKind::Scalar, self.dtype()?)
        };
        Ok(Param { name, kind, dtype })
    }

    fn table_declaration(&mut self) -> Parsed<Table> {
        let name = self.name("the name of a table")?.into();
        self.expect(":")?;
        let origin = self.dim()?;
        self.expect(",")?;
        let local = self.dim()?;
        self.expect("->")?;
        let codomain = self.dim()?;
        Ok(Table {
            name,
            origin,
            local,
            codomain,
        })
    }

    fn statement(&mut self) -> Parsed<()> {
        let (line, start) = (self.line(), self.start());
        self.lines.statements.push(line);
        self.expect("{")?;
        let mut outputs = Vec::new();
        while !self.accept("}") {
            if !self.node_or_sweep()? {
                outputs.push(self.output()?);
            }
        }
        let span = self.span(start);
        self.graph.statements.push(Statement { outputs, span });
        Ok(())
    }

    /// Reads a node or a sweep if one stands here.
    fn node_or_sweep(&mut self) -> Parsed<bool> {
        if let TokenKind::Node(name) = self.peek().clone() {
            let line = self.line();
            self.at += 1;
            self.expect("=")?;
            let start = self.start();
            let op = self.op()?;
            let span = self.span(start);
            self.expect(":")?;
            let (dims, dtype) = self.ty()?;
            let op = op
                .with_type(dtype)
                .or_else(|message| self.error_at(line, message))?;
            let id = self.graph.nodes.alloc(Node { op, dims, dtype });
            self.graph.spans.insert(id, span);
            self.lines.nodes.push(line);
            if self.nodes.insert(name.clone(), id).is_some() {
                return self.error_at(line, format!("`%{name}` is defined twice"));
            }
            return Ok(true);
        }
        let follows_name = matches!(
            self.tokens.get(self.at + 1).map(|t| &t.kind),
            Some(TokenKind::Name(_))
        );
        if self.is_word("sweep") && follows_name {
            self.sweep()?;
            return Ok(true);
        }
        Ok(false)
    }

    fn sweep(&mut self) -> Parsed<()> {
        let line = self.line();
        self.at += 1;
        let name = self.name("the name of a sweep")?;
        let condition = if self.accept_word("while") {
            Some(self.later_name()?)
        } else {
            None
        };
        let course = if condition.is_some() {
            // Named before it stands.
            let condition = NodeId::from_raw(0.into());
            Course::While { condition }
        } else {
            let forward = self.accept_word("forward");
            if !forward {
                self.expect_word("backward")?;
            }
            self.expect_word("along")?;
            let axis = self.dim()?;
            Course::Levels { axis, forward }
        };
        self.expect_word("over")?;
        self.expect("<")?;
        let mut dims = Vec::new();
        self.list(">", |parser| parser.dim().map(|dim| dims.push(dim)))?;
        let mut outputs = Vec::new();
        if self.accept_word("for") {
            outputs.push(self.index()?);
            while self.accept(",") {
                outputs.push(self.index()?);
            }
        }
        self.expect_word("from")?;
        let inits = self.node_names()?;
        self.expect_word("next")?;
        let nexts = self.node_names()?;
        if inits.len() != nexts.len() {
            let message = format!("{} inits but {} nexts", inits.len(), nexts.len());
            return self.error_at(line, message);
        }
        let sweep = self.graph.sweeps.alloc(Sweep {
            course,
            dims,
            outputs,
            slots: Vec::new(),
        });
        self.lines.sweeps.push(line);
        self.later.push(Later {
            sweep,
            condition,
            inits,
            nexts,
            line,
        });
        if self.sweeps.insert(name.clone(), sweep).is_some() {
            return self.error_at(line, format!("sweep `{name}` is defined twice"));
        }
        Ok(())
    }

    fn node_names(&mut self) -> Parsed<Vec<String>> {
        let mut names = Vec::new();
        loop {
            names.push(self.later_name()?);
            if !self.accept(",") {
                return Ok(names);
            }
        }
    }

    /// The name of a node that may stand further down.
    fn later_name(&mut self) -> Parsed<String> {
        let TokenKind::Node(name) = self.peek().clone() else {
            return self.unexpected("a node");
        };
        self.at += 1;
        Ok(name)
    }

    fn resolve_sweeps(&mut self) -> Parsed<()> {
        for later in std::mem::take(&mut self.later) {
            let (sweep, line) = (later.sweep, later.line);
            let undefined = "the sweep names a node that is not defined";
            let known = |name: &String| self.nodes.get(name).copied();
            if let Some(name) = &later.condition {
                let Some(condition) = known(name) else {
                    return self.error_at(line, undefined);
                };
                self.graph.sweeps[sweep].course = Course::While { condition };
            }
            for (init, next) in later.inits.iter().zip(&later.nexts) {
                let (Some(init), Some(next)) = (known(init), known(next)) else {
                    return self.error_at(line, undefined);
                };
                self.graph.sweeps[sweep].slots.push(Slot { init, next });
            }
            // Walks rely on it.
            let early = self.graph.nodes.iter().any(|(id, node)| {
                let sweep_of = &self.graph.sweeps[sweep];
                let mut made_of = sweep_of.inits().chain(sweep_of.ends());
                let is_early = |node: NodeId| node.into_raw() >= id.into_raw();
                matches!(node.op, Op::Result(of, _) if of == sweep) && made_of.any(is_early)
            });
            if early {
                return self.error_at(line, "a result of the sweep stands before what it is made from");
            }
        }
        Ok(())
    }

    /// Sweeps that do not say otherwise run over the levels of the outputs that they contribute to.
    fn run_over_users(&mut self) {
        for number in 0..self.graph.statements.len() {
            for (sweep, users) in sweep_users(&self.graph, &self.graph.statements[number]) {
                let outputs = &mut self.graph.sweeps[sweep].outputs;
                if outputs.is_empty() {
                    *outputs = users;
                }
            }
        }
    }

    fn kind(&mut self) -> Parsed<DimensionKind> {
        let text = self.name("a kind of dimension")?;
        match kind_named(&text) {
            Some(kind) => Ok(kind),
            None => self.error("the kinds of dimensions are `horizontal`, `local` and `vertical`"),
        }
    }

    /// `I` or `local(I)`.
    fn dim(&mut self) -> Parsed<Dimension> {
        let name = self.name("a dimension")?;
        if let Some(kind) = kind_named(&name)
            && self.accept("(")
        {
            let name = self.name("a dimension")?;
            self.expect(")")?;
            return self.declared(|dim| dim.name == name && dim.kind == kind, &name);
        }
        self.declared(|dim| dim.name == name, &name)
    }

    fn declared(&self, is_it: impl Fn(&Dimension) -> bool, name: &str) -> Parsed<Dimension> {
        let mut found = self.dims.iter().filter(|dim| is_it(dim));
        match (found.next(), found.next()) {
            (Some(dim), None) => Ok(dim.clone()),
            (None, _) => self.error(format!("dimension `{name}` is not declared")),
            (Some(_), Some(_)) => self.error(format!(
                "`{name}` names two dimensions: write `local({name})` or such"
            )),
        }
    }

    fn dtype(&mut self) -> Parsed<DType> {
        let name = self.name("a data type")?;
        match DType::from_name(&name) {
            Some(dtype) => Ok(dtype),
            None => self.error(format!("there is no data type `{name}`")),
        }
    }

    /// `<I, J; float64>` or `<float64>`.
    fn ty(&mut self) -> Parsed<(Vec<Dimension>, DType)> {
        self.expect("<")?;
        let mut dims = Vec::new();
        if self
            .tokens
            .get(self.at + 1)
            .is_some_and(|token| token.kind != TokenKind::Symbol(">"))
        {
            self.list(";", |parser| parser.dim().map(|dim| dims.push(dim)))?;
        }
        let dtype = self.dtype()?;
        self.expect(">")?;
        Ok((dims, dtype))
    }

    /// Items with commas between them, up to `end`.
    fn list(&mut self, end: &'static str, mut item: impl FnMut(&mut Self) -> Parsed<()>) -> Parsed<()> {
        if self.accept(end) {
            return Ok(());
        }
        loop {
            item(self)?;
            if self.accept(end) {
                return Ok(());
            }
            self.expect(",")?;
        }
    }

    fn peek(&self) -> &TokenKind {
        self.tokens
            .get(self.at)
            .map_or(&TokenKind::End, |token| &token.kind)
    }

    fn line(&self) -> u32 {
        self.tokens
            .get(self.at)
            .or(self.tokens.last())
            .map_or(1, |token| token.line)
    }

    fn start(&self) -> u32 {
        self.tokens.get(self.at).map_or(0, |token| token.start)
    }

    /// From byte `start` to the end of the last token.
    fn span(&self, start: u32) -> Span {
        let end = self
            .at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map_or(start, |token| token.end);
        Span::new(SourceId::default(), start, end)
    }

    fn is(&self, symbol: &'static str) -> bool {
        self.peek() == &TokenKind::Symbol(symbol)
    }

    fn accept(&mut self, symbol: &'static str) -> bool {
        let found = self.is(symbol);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, symbol: &'static str) -> Parsed<()> {
        if self.accept(symbol) {
            Ok(())
        } else {
            self.unexpected(&format!("`{symbol}`"))
        }
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), TokenKind::Name(name) if name == word)
    }

    fn accept_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    fn expect_word(&mut self, word: &str) -> Parsed<()> {
        if self.accept_word(word) {
            Ok(())
        } else {
            self.unexpected(&format!("`{word}`"))
        }
    }

    fn name(&mut self, what: &str) -> Parsed<String> {
        match self.peek().clone() {
            TokenKind::Name(name) => {
                self.at += 1;
                Ok(name)
            }
            _ => self.unexpected(what),
        }
    }

    fn unexpected<T>(&self, due: &str) -> Parsed<T> {
        self.error(format!("{due} is due, not {}", self.peek().describe()))
    }

    fn error<T>(&self, message: impl Into<String>) -> Parsed<T> {
        self.error_at(self.line(), message)
    }

    #[expect(clippy::unused_self, reason = "reads like `error`")]
    fn error_at<T>(&self, line: u32, message: impl Into<String>) -> Parsed<T> {
        let message = message.into();
        Err(ParseError { line, message })
    }
}

fn kind_named(name: &str) -> Option<DimensionKind> {
    use DimensionKind::{Horizontal, Local, Vertical};
    [Horizontal, Local, Vertical]
        .into_iter()
        .find(|kind| kind.name() == name)
}
