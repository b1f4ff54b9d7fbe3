//! Names that a module binds by statements which no front end evaluates: classes, conditions, loops.

use bise_base::{Name, SourceId, Span};
use ruff_python_ast as ast;
use ruff_text_size::Ranged;

/// A name that has a value only where the module is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// What is bound.
    pub name: Name,
    /// Where.
    pub span: Span,
    /// The statement of the module that does it, as messages call it: its keyword in backquotes.
    pub statement: &'static str,
    /// By an import.
    pub is_import: bool,
}

/// The names that such statements of a module bind, in source order.
pub(crate) fn unread(stmts: &[ast::Stmt], source: SourceId) -> Vec<Unread> {
    let mut names = Vec::new();
    for stmt in stmts {
        let statement = match stmt {
            ast::Stmt::ClassDef(_) => "`class`",
            ast::Stmt::If(_) => "`if`",
            ast::Stmt::For(_) => "`for`",
            ast::Stmt::While(_) => "`while`",
            ast::Stmt::With(_) => "`with`",
            ast::Stmt::Match(_) => "`match`",
            ast::Stmt::Try(_) => "`try`",
            _ => continue,
        };
        let mut finder = Finder {
            source,
            statement,
            names: &mut names,
        };
        finder.stmt(stmt);
    }
    names
}

struct Finder<'a> {
    source: SourceId,
    statement: &'static str,
    names: &'a mut Vec<Unread>,
}

impl Finder<'_> {
    fn stmts(&mut self, stmts: &[ast::Stmt]) {
        for stmt in stmts {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &ast::Stmt) {
        match stmt {
            // What stands inside of classes and functions is bound there.
            ast::Stmt::ClassDef(node) => self.bind(&node.name, node.name.range(), false),
            ast::Stmt::FunctionDef(node) => self.bind(&node.name, node.name.range(), false),
            ast::Stmt::Assign(node) => node.targets.iter().for_each(|target| self.target(target)),
            ast::Stmt::AnnAssign(node) if node.value.is_some() => self.target(&node.target),
            ast::Stmt::AugAssign(node) => self.target(&node.target),
            ast::Stmt::TypeAlias(node) => self.target(&node.name),
            ast::Stmt::Import(node) => self.imports(&node.names),
            ast::Stmt::ImportFrom(node) => self.imports(&node.names),
            ast::Stmt::If(node) => {
                self.stmts(&node.body);
                node.elif_else_clauses
                    .iter()
                    .for_each(|clause| self.stmts(&clause.body));
            }
            ast::Stmt::For(node) => {
                self.target(&node.target);
                self.stmts(&node.body);
                self.stmts(&node.orelse);
            }
            ast::Stmt::While(node) => {
                self.stmts(&node.body);
                self.stmts(&node.orelse);
            }
            ast::Stmt::With(node) => {
                let targets = node.items.iter().filter_map(|item| item.optional_vars.as_deref());
                targets.for_each(|target| self.target(target));
                self.stmts(&node.body);
            }
            ast::Stmt::Match(node) => node.cases.iter().for_each(|case| self.stmts(&case.body)),
            ast::Stmt::Try(node) => {
                self.stmts(&node.body);
                for ast::ExceptHandler::ExceptHandler(handler) in &node.handlers {
                    self.stmts(&handler.body);
                }
                self.stmts(&node.orelse);
                self.stmts(&node.finalbody);
            }
            _ => {}
        }
    }

    /// The names left of `=`; what is changed inside of other objects is not theirs.
    fn target(&mut self, target: &ast::Expr) {
        match target {
            ast::Expr::Name(node) => self.bind(&node.id, node.range(), false),
            ast::Expr::Tuple(node) => node.elts.iter().for_each(|item| self.target(item)),
            ast::Expr::List(node) => node.elts.iter().for_each(|item| self.target(item)),
            ast::Expr::Starred(node) => self.target(&node.value),
            _ => {}
        }
    }

    fn imports(&mut self, aliases: &[ast::Alias]) {
        for alias in aliases {
            let name = alias.asname.as_ref().unwrap_or(&alias.name);
            let first = name.split('.').next().unwrap_or_default();
            self.bind(first, name.range(), true);
        }
    }

    fn bind(&mut self, name: &str, range: ruff_text_size::TextRange, is_import: bool) {
        self.names.push(Unread {
            name: Name::from(name),
            span: Span::new(self.source, range.start().to_u32(), range.end().to_u32()),
            statement: self.statement,
            is_import,
        });
    }
}
