//! Where a text defines functions: for whoever has a function and looks for its lines.

use bise_base::Name;
use ruff_python_ast::visitor::{Visitor, walk_stmt};
use ruff_python_ast::{self as ast, Mod};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::{Ranged, TextRange};

use crate::guard;
use crate::parse::SHALLOW;

/// Lines of a text, counted from one: the first and the last.
pub type Lines = (u32, u32);

/// A `def`, wherever it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The name after `def`.
    pub name: Name,
    /// Its first line, which is that of its first decorator.
    pub line: u32,
    /// From `def` to its end.
    pub lines: Lines,
    /// The lines of the statement of the module that it is, or is inside of.
    pub statement: Lines,
}

/// What a text defines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definitions {
    /// All functions, in source order.
    pub functions: Vec<Definition>,
    /// The names that the module itself imports. Python compiles `name.method()` in another way for them.
    pub imports: Vec<Name>,
}

/// All functions that a text defines. Of a text that is not Python, those that can be read; none of a text that is
/// larger or deeper than programs are. Never panics.
pub fn definitions(text: &str) -> Definitions {
    // A tree of so many tokens may be deeper than this thread's stack: it is read where there is room.
    match guard::measure(text) {
        Err(_) => Definitions::default(),
        Ok(measure) if measure.tokens <= SHALLOW => read(text),
        Ok(measure) => crate::parse::with_stack(&measure, || read(text)).unwrap_or_default(),
    }
}

fn read(text: &str) -> Definitions {
    let read = || {
        let parsed = parse_unchecked(text, ParseOptions::from(Mode::Module));
        let Mod::Module(module) = parsed.syntax() else {
            return Definitions::default();
        };
        let mut finder = Finder {
            text,
            breaks: text.match_indices('\n').map(|(at, _)| at as u32).collect(),
            statement: (1, 1),
            is_module: true,
            found: Definitions::default(),
        };
        for stmt in &module.body {
            finder.statement = finder.lines(stmt.range());
            finder.visit_stmt(stmt);
        }
        finder.found
    };
    std::panic::catch_unwind(read).unwrap_or_default()
}

struct Finder<'a> {
    text: &'a str,
    /// Where lines end.
    breaks: Vec<u32>,
    statement: Lines,
    /// Outside of all functions and classes.
    is_module: bool,
    found: Definitions,
}

impl Finder<'_> {
    fn line(&self, byte: u32) -> u32 {
        self.breaks.partition_point(|&end| end < byte) as u32 + 1
    }

    fn lines(&self, range: TextRange) -> Lines {
        (self.line(range.start().to_u32()), self.line(range.end().to_u32()))
    }

    /// The line of `def`: the first one below the decorators that is more than a comment.
    fn def_line(&self, function: &ast::StmtFunctionDef) -> u32 {
        let Some(last) = function.decorator_list.last() else {
            return self.line(function.range.start().to_u32());
        };
        let after = self.line(last.range().end().to_u32());
        let below = self
            .breaks
            .get(after as usize - 1)
            .map_or("", |&end| &self.text[end as usize + 1..])
            .lines();
        let is_empty = |line: &&str| {
            let line = line.trim_start();
            line.is_empty() || line.starts_with('#')
        };
        after + 1 + below.take_while(is_empty).count() as u32
    }
}

impl<'a> Visitor<'a> for Finder<'_> {
    fn visit_stmt(&mut self, stmt: &'a ast::Stmt) {
        if let ast::Stmt::FunctionDef(function) = stmt {
            let (line, last) = self.lines(function.range);
            self.found.functions.push(Definition {
                name: Name::from(function.name.as_str()),
                line,
                lines: (self.def_line(function), last),
                statement: self.statement,
            });
        }
        let imports: &[ast::Alias] = match stmt {
            ast::Stmt::Import(node) => &node.names,
            ast::Stmt::ImportFrom(node) => &node.names,
            _ => &[],
        };
        if self.is_module {
            self.found.imports.extend(imports.iter().filter_map(bound));
        }
        let outer = self.is_module;
        self.is_module &= !matches!(stmt, ast::Stmt::FunctionDef(_) | ast::Stmt::ClassDef(_));
        walk_stmt(self, stmt);
        self.is_module = outer;
    }

    /// Expressions hold no statements.
    fn visit_expr(&mut self, _: &'a ast::Expr) {}
}

/// The name that an import binds.
fn bound(alias: &ast::Alias) -> Option<Name> {
    let name = alias.asname.as_ref().unwrap_or(&alias.name);
    let first = name.split('.').next().filter(|&name| name != "*");
    first.map(Name::from)
}
