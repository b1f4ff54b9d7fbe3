//! The parser's tree to ours. Recursion is bounded: deeper expressions are an error.

use bise_base::{Name, Span};
use ruff_python_ast as ast;
use ruff_text_size::{Ranged, TextRange};

use crate::parse::{ErrorKind, Place, SyntaxError};
use crate::tree::{
    BinaryOperator, BinaryStep, Class, Comparison, Construct, Expr, ExprKind, Function, Identifier, Import,
    Integer, Keyword, LogicalOperator, Parameter, ParameterKind, Stmt, StmtKind, UnaryOperator,
};

/// Expressions inside expressions, chains of binary operators not counted.
const DEPTH: usize = 200;

/// Converts one text.
pub(crate) struct Converter {
    place: Place,
    depth: usize,
    errors: Vec<SyntaxError>,
}

impl Converter {
    pub(crate) fn new(place: Place) -> Self {
        Self {
            place,
            depth: 0,
            errors: Vec::new(),
        }
    }

    pub(crate) fn into_errors(self) -> Vec<SyntaxError> {
        self.errors
    }

    pub(crate) fn stmts(&mut self, stmts: &[ast::Stmt]) -> Vec<Stmt> {
        if self.depth > DEPTH {
            if let Some(first) = stmts.first() {
                self.too_deep(first.range());
            }
            return Vec::new();
        }
        self.depth += 1;
        let converted = stmts.iter().map(|stmt| self.stmt(stmt)).collect();
        self.depth -= 1;
        converted
    }

    fn stmt(&mut self, stmt: &ast::Stmt) -> Stmt {
        let kind = match stmt {
            ast::Stmt::FunctionDef(function) => StmtKind::Function(Box::new(self.function(function))),
            ast::Stmt::Return(node) => StmtKind::Return(node.value.as_deref().map(|value| self.expr(value))),
            ast::Stmt::Assign(node) => StmtKind::Assign {
                targets: self.exprs(&node.targets),
                value: self.expr(&node.value),
            },
            ast::Stmt::AnnAssign(node) => StmtKind::Annotated {
                target: self.expr(&node.target),
                annotation: self.expr(&node.annotation),
                value: node.value.as_deref().map(|value| self.expr(value)),
            },
            ast::Stmt::TypeAlias(node) => StmtKind::TypeAlias {
                name: self.expr(&node.name),
                value: self.expr(&node.value),
            },
            ast::Stmt::If(node) => self.conditional_stmt(node),
            ast::Stmt::Expr(node) => StmtKind::Expr(self.expr(&node.value)),
            ast::Stmt::Pass(_) => StmtKind::Pass,
            ast::Stmt::Import(node) => StmtKind::Import(self.imports(&node.names)),
            ast::Stmt::ImportFrom(node) => {
                let dots = ".".repeat(node.level.min(64) as usize);
                let module = node.module.as_ref().map_or("", |module| module.id.as_str());
                StmtKind::ImportFrom {
                    module: Name::from(dots + module),
                    names: self.imports(&node.names),
                }
            }
            ast::Stmt::For(node) if node.is_async => StmtKind::Unsupported(Construct::For),
            ast::Stmt::For(node) => StmtKind::For {
                target: self.expr(&node.target),
                values: self.expr(&node.iter),
                body: self.stmts(&node.body),
                otherwise: self.stmts(&node.orelse),
            },
            ast::Stmt::While(node) => StmtKind::While {
                condition: self.expr(&node.test),
                body: self.stmts(&node.body),
                otherwise: self.stmts(&node.orelse),
            },
            ast::Stmt::With(_) => StmtKind::Unsupported(Construct::With),
            ast::Stmt::Match(_) => StmtKind::Unsupported(Construct::Match),
            ast::Stmt::Raise(_) => StmtKind::Unsupported(Construct::Raise),
            ast::Stmt::Try(_) => StmtKind::Unsupported(Construct::Try),
            ast::Stmt::Assert(_) => StmtKind::Unsupported(Construct::Assert),
            ast::Stmt::ClassDef(node) => StmtKind::Class(Box::new(self.class(node))),
            ast::Stmt::Delete(_) => StmtKind::Unsupported(Construct::Delete),
            ast::Stmt::Global(_) => StmtKind::Unsupported(Construct::Global),
            ast::Stmt::Nonlocal(_) => StmtKind::Unsupported(Construct::Nonlocal),
            ast::Stmt::Break(_) => StmtKind::Unsupported(Construct::Break),
            ast::Stmt::Continue(_) => StmtKind::Unsupported(Construct::Continue),
            ast::Stmt::AugAssign(node) => self.augmented(node),
            ast::Stmt::IpyEscapeCommand(_) => StmtKind::Unsupported(Construct::Shell),
        };
        Stmt {
            kind,
            span: self.span(stmt.range()),
        }
    }

    /// `x += y` is `x = x + y`: there is nothing that could change in place.
    fn augmented(&mut self, node: &ast::StmtAugAssign) -> StmtKind {
        let (target, span) = (self.expr(&node.target), self.span(node.range));
        let step = BinaryStep {
            operator: binary_operator(node.op),
            operand: self.expr(&node.value),
            span,
        };
        let kind = ExprKind::Binary {
            first: Box::new(target.clone()),
            rest: vec![step],
        };
        StmtKind::Assign {
            targets: vec![target],
            value: Expr { kind, span },
        }
    }

    fn conditional_stmt(&mut self, node: &ast::StmtIf) -> StmtKind {
        let mut branches = vec![(self.expr(&node.test), self.stmts(&node.body))];
        let mut otherwise = Vec::new();
        for clause in &node.elif_else_clauses {
            let body = self.stmts(&clause.body);
            match &clause.test {
                Some(test) => branches.push((self.expr(test), body)),
                None => otherwise = body,
            }
        }
        StmtKind::If { branches, otherwise }
    }

    fn class(&mut self, node: &ast::StmtClassDef) -> Class {
        let decorators = node.decorator_list.iter();
        let bases = node.arguments.iter().flat_map(|arguments| &arguments.args);
        Class {
            name: self.identifier(&node.name),
            decorators: decorators
                .map(|decorator| self.expr(&decorator.expression))
                .collect(),
            bases: bases.map(|base| self.expr(base)).collect(),
            body: self.stmts(&node.body),
        }
    }

    fn function(&mut self, node: &ast::StmtFunctionDef) -> Function {
        let decorators = node.decorator_list.iter();
        Function {
            name: self.identifier(&node.name),
            decorators: decorators
                .map(|decorator| self.expr(&decorator.expression))
                .collect(),
            params: self.params(&node.parameters),
            returns: node.returns.as_deref().map(|returns| self.expr(returns)),
            body: self.stmts(&node.body),
            is_async: node.is_async,
        }
    }

    fn params(&mut self, node: &ast::Parameters) -> Vec<Parameter> {
        let mut params = Vec::new();
        let groups = [
            (ParameterKind::PositionalOnly, &node.posonlyargs),
            (ParameterKind::Plain, &node.args),
            (ParameterKind::KeywordOnly, &node.kwonlyargs),
        ];
        for (kind, group) in groups {
            for param in group {
                params.push(self.param(&param.parameter, kind, param.default.as_deref()));
            }
        }
        if let Some(param) = &node.vararg {
            params.push(self.param(param, ParameterKind::Variadic, None));
        }
        if let Some(param) = &node.kwarg {
            params.push(self.param(param, ParameterKind::VariadicKeyword, None));
        }
        params
    }

    fn param(
        &mut self,
        node: &ast::Parameter,
        kind: ParameterKind,
        default: Option<&ast::Expr>,
    ) -> Parameter {
        Parameter {
            name: self.identifier(&node.name),
            kind,
            annotation: node.annotation.as_deref().map(|annotation| self.expr(annotation)),
            default: default.map(|default| self.expr(default)),
        }
    }

    fn imports(&mut self, names: &[ast::Alias]) -> Vec<Import> {
        let import = |alias: &ast::Alias| Import {
            name: self.identifier(&alias.name),
            alias: alias.asname.as_ref().map(|name| self.identifier(name)),
        };
        names.iter().map(import).collect()
    }

    fn exprs(&mut self, exprs: &[ast::Expr]) -> Vec<Expr> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    pub(crate) fn expr(&mut self, expr: &ast::Expr) -> Expr {
        let kind = if self.depth > DEPTH {
            self.too_deep(expr.range());
            ExprKind::Name(Name::default())
        } else {
            self.depth += 1;
            let kind = self.expr_kind(expr);
            self.depth -= 1;
            kind
        };
        Expr {
            kind,
            span: self.span(expr.range()),
        }
    }

    fn boxed(&mut self, expr: &ast::Expr) -> Box<Expr> {
        Box::new(self.expr(expr))
    }

    fn maybe(&mut self, expr: Option<&ast::Expr>) -> Option<Box<Expr>> {
        expr.map(|expr| self.boxed(expr))
    }

    fn expr_kind(&mut self, expr: &ast::Expr) -> ExprKind {
        match expr {
            ast::Expr::Name(node) => ExprKind::Name(Name::from(node.id.as_str())),
            ast::Expr::NumberLiteral(node) => number(&node.value),
            ast::Expr::BooleanLiteral(node) => ExprKind::Bool(node.value),
            ast::Expr::StringLiteral(node) => ExprKind::String(node.value.to_str().to_owned()),
            ast::Expr::NoneLiteral(_) => ExprKind::None,
            ast::Expr::EllipsisLiteral(_) => ExprKind::Ellipsis,
            ast::Expr::Tuple(node) => ExprKind::Tuple(self.exprs(&node.elts)),
            ast::Expr::List(node) => ExprKind::List(self.exprs(&node.elts)),
            ast::Expr::Dict(node) => {
                let entry = |item: &ast::DictItem| {
                    (
                        item.key.as_ref().map(|key| self.expr(key)),
                        self.expr(&item.value),
                    )
                };
                ExprKind::Dict(node.items.iter().map(entry).collect())
            }
            ast::Expr::Starred(node) => ExprKind::Starred(self.boxed(&node.value)),
            ast::Expr::Attribute(node) => ExprKind::Attribute {
                value: self.boxed(&node.value),
                name: self.identifier(&node.attr),
            },
            ast::Expr::Subscript(node) => ExprKind::Subscript {
                value: self.boxed(&node.value),
                index: self.boxed(&node.slice),
            },
            ast::Expr::Slice(node) => ExprKind::Slice {
                lower: self.maybe(node.lower.as_deref()),
                upper: self.maybe(node.upper.as_deref()),
                step: self.maybe(node.step.as_deref()),
            },
            ast::Expr::Call(node) => self.call(node),
            ast::Expr::UnaryOp(node) => ExprKind::Unary {
                operator: unary_operator(node.op),
                operand: self.boxed(&node.operand),
            },
            ast::Expr::BinOp(node) => self.binary(node),
            ast::Expr::Compare(node) => ExprKind::Compare {
                first: self.boxed(&node.left),
                rest: {
                    let pairs = node.ops.iter().zip(&*node.comparators);
                    pairs
                        .map(|(op, operand)| (comparison(*op), self.expr(operand)))
                        .collect()
                },
            },
            ast::Expr::BoolOp(node) => ExprKind::Logical {
                operator: match node.op {
                    ast::BoolOp::And => LogicalOperator::And,
                    ast::BoolOp::Or => LogicalOperator::Or,
                },
                values: self.exprs(&node.values),
            },
            ast::Expr::If(node) => ExprKind::Conditional {
                condition: self.boxed(&node.test),
                then: self.boxed(&node.body),
                otherwise: self.boxed(&node.orelse),
            },
            ast::Expr::Named(_) => ExprKind::Unsupported(Construct::Walrus),
            ast::Expr::Lambda(_) => ExprKind::Unsupported(Construct::Lambda),
            ast::Expr::Set(_) => ExprKind::Unsupported(Construct::Set),
            ast::Expr::ListComp(_)
            | ast::Expr::SetComp(_)
            | ast::Expr::DictComp(_)
            | ast::Expr::Generator(_) => ExprKind::Unsupported(Construct::Comprehension),
            ast::Expr::Await(_) => ExprKind::Unsupported(Construct::Await),
            ast::Expr::Yield(_) | ast::Expr::YieldFrom(_) => ExprKind::Unsupported(Construct::Yield),
            ast::Expr::FString(_) | ast::Expr::TString(_) => ExprKind::Unsupported(Construct::FormatString),
            ast::Expr::BytesLiteral(_) => ExprKind::Unsupported(Construct::Bytes),
            ast::Expr::IpyEscapeCommand(_) => ExprKind::Unsupported(Construct::Shell),
        }
    }

    fn call(&mut self, node: &ast::ExprCall) -> ExprKind {
        let keyword = |keyword: &ast::Keyword| Keyword {
            name: keyword.arg.as_ref().map(|name| self.identifier(name)),
            value: self.expr(&keyword.value),
            span: self.span(keyword.range()),
        };
        let keywords = node.arguments.keywords.iter().map(keyword).collect();
        ExprKind::Call {
            function: self.boxed(&node.func),
            args: self.exprs(&node.arguments.args),
            keywords,
        }
    }

    /// Walks down the left operands with a loop, so that the length of a chain costs no stack.
    fn binary(&mut self, node: &ast::ExprBinOp) -> ExprKind {
        let mut spine = vec![node];
        let mut first = &*node.left;
        while let ast::Expr::BinOp(left) = first {
            spine.push(left);
            first = &left.left;
        }
        let first = self.boxed(first);
        let step = |node: &&ast::ExprBinOp| BinaryStep {
            operator: binary_operator(node.op),
            operand: self.expr(&node.right),
            span: self.span(node.range),
        };
        let rest = spine.iter().rev().map(step).collect();
        ExprKind::Binary { first, rest }
    }

    fn identifier(&self, identifier: &ast::Identifier) -> Identifier {
        Identifier {
            name: Name::from(identifier.id.as_str()),
            span: self.span(identifier.range),
        }
    }

    fn span(&self, range: TextRange) -> Span {
        self.place.span(range.start().to_u32(), range.end().to_u32())
    }

    fn too_deep(&mut self, range: TextRange) {
        if !self.errors.iter().any(|error| error.kind == ErrorKind::TooDeep) {
            self.errors.push(SyntaxError {
                span: self.span(range),
                kind: ErrorKind::TooDeep,
            });
        }
    }
}

fn number(number: &ast::Number) -> ExprKind {
    match number {
        ast::Number::Int(value) => ExprKind::Int(value.as_u64().map_or(Integer::Large, Integer::Small)),
        ast::Number::Float(value) => ExprKind::Float(*value),
        ast::Number::Complex { .. } => ExprKind::Unsupported(Construct::Complex),
    }
}

fn unary_operator(op: ast::UnaryOp) -> UnaryOperator {
    match op {
        ast::UnaryOp::UAdd => UnaryOperator::Plus,
        ast::UnaryOp::USub => UnaryOperator::Minus,
        ast::UnaryOp::Not => UnaryOperator::Not,
        ast::UnaryOp::Invert => UnaryOperator::Invert,
    }
}

fn binary_operator(op: ast::Operator) -> BinaryOperator {
    match op {
        ast::Operator::Add => BinaryOperator::Add,
        ast::Operator::Sub => BinaryOperator::Subtract,
        ast::Operator::Mult => BinaryOperator::Multiply,
        ast::Operator::MatMult => BinaryOperator::MatrixMultiply,
        ast::Operator::Div => BinaryOperator::Divide,
        ast::Operator::Mod => BinaryOperator::Modulo,
        ast::Operator::Pow => BinaryOperator::Power,
        ast::Operator::LShift => BinaryOperator::ShiftLeft,
        ast::Operator::RShift => BinaryOperator::ShiftRight,
        ast::Operator::BitOr => BinaryOperator::Or,
        ast::Operator::BitXor => BinaryOperator::Xor,
        ast::Operator::BitAnd => BinaryOperator::And,
        ast::Operator::FloorDiv => BinaryOperator::FloorDivide,
    }
}

fn comparison(op: ast::CmpOp) -> Comparison {
    match op {
        ast::CmpOp::Eq => Comparison::Equal,
        ast::CmpOp::NotEq => Comparison::NotEqual,
        ast::CmpOp::Lt => Comparison::Less,
        ast::CmpOp::LtE => Comparison::LessEqual,
        ast::CmpOp::Gt => Comparison::Greater,
        ast::CmpOp::GtE => Comparison::GreaterEqual,
        ast::CmpOp::Is => Comparison::Is,
        ast::CmpOp::IsNot => Comparison::IsNot,
        ast::CmpOp::In => Comparison::In,
        ast::CmpOp::NotIn => Comparison::NotIn,
    }
}
