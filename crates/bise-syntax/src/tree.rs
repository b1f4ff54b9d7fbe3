//! The syntax tree: what field operators, programs and the declarations around them are made of.
//!
//! Chains of binary operators are flat ([`ExprKind::Binary`]), so a sum of ten thousand terms is one node and no
//! walk over the tree recurses deeper than [`crate::parse`] allows.

use bise_base::{Name, Span};

/// A name and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifier {
    /// The name; empty where the parser recovered from a missing one.
    pub name: Name,
    /// Where.
    pub span: Span,
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// All of it, for a compound statement with its body.
    pub span: Span,
}

/// What a statement is.
#[derive(Clone, Debug, PartialEq)]
pub enum StmtKind {
    /// `def name(params) -> returns: body`
    Function(Box<Function>),
    /// `class name(bases): body`
    Class(Box<Class>),
    /// `import a.b as c, d`
    Import(Vec<Import>),
    /// `from module import a as b`; relative imports start with dots.
    ImportFrom {
        /// The module, as written.
        module: Name,
        /// What is imported; `*` is an [`Import`] of that name.
        names: Vec<Import>,
    },
    /// `a = b = value`: at least one target.
    Assign {
        /// Left of each `=`.
        targets: Vec<Expr>,
        /// Right of the last `=`.
        value: Expr,
    },
    /// `target: annotation = value`
    Annotated {
        /// A name, in programs that Python accepts also an attribute or an item.
        target: Expr,
        /// A type.
        annotation: Expr,
        /// May be missing.
        value: Option<Expr>,
    },
    /// `type name = value`
    TypeAlias {
        /// The new name.
        name: Expr,
        /// A type.
        value: Expr,
    },
    /// `return value`
    Return(Option<Expr>),
    /// `if`, `elif`s and `else`.
    If {
        /// Conditions and what they guard; at least one.
        branches: Vec<(Expr, Vec<Stmt>)>,
        /// After `else`, empty where there is none.
        otherwise: Vec<Stmt>,
    },
    /// `while condition: body else: otherwise`
    While {
        /// For how long.
        condition: Expr,
        /// Again and again.
        body: Vec<Stmt>,
        /// After `else`, empty where there is none.
        otherwise: Vec<Stmt>,
    },
    /// `for target in values: body else: otherwise`
    For {
        /// What each value is assigned to.
        target: Expr,
        /// Over what.
        values: Expr,
        /// Once for each.
        body: Vec<Stmt>,
        /// After `else`, empty where there is none.
        otherwise: Vec<Stmt>,
    },
    /// An expression for its own sake: a docstring, or a call in a program.
    Expr(Expr),
    /// `pass`
    Pass,
    /// A statement that no front end knows.
    Unsupported(Construct),
}

/// An imported module or name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// What is imported, dotted.
    pub name: Identifier,
    /// The name after `as`.
    pub alias: Option<Identifier>,
}

/// A class definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Class {
    /// Its name.
    pub name: Identifier,
    /// The expressions after `@`, in order.
    pub decorators: Vec<Expr>,
    /// What it is derived from.
    pub bases: Vec<Expr>,
    /// The statements.
    pub body: Vec<Stmt>,
}

/// A function definition.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Its name.
    pub name: Identifier,
    /// The expressions after `@`, in order.
    pub decorators: Vec<Expr>,
    /// The parameters, in order.
    pub params: Vec<Parameter>,
    /// The type after `->`.
    pub returns: Option<Expr>,
    /// The statements.
    pub body: Vec<Stmt>,
    /// `async def`.
    pub is_async: bool,
}

/// A parameter of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: Identifier,
    /// How arguments reach it.
    pub kind: ParameterKind,
    /// The type after `:`.
    pub annotation: Option<Expr>,
    /// The value after `=`.
    pub default: Option<Expr>,
}

/// How arguments reach a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// By position or by name.
    Plain,
    /// By position only: before `/`.
    PositionalOnly,
    /// By name only: after `*`.
    KeywordOnly,
    /// `*args`
    Variadic,
    /// `**kwargs`
    VariadicKeyword,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands, without the parentheses around it.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A variable; the name is empty where the parser recovered from a missing expression.
    Name(Name),
    /// `1`
    Int(Integer),
    /// `1.5`
    Float(f64),
    /// `True`
    Bool(bool),
    /// `"text"`
    String(String),
    /// `None`
    None,
    /// `...`
    Ellipsis,
    /// `a, b`
    Tuple(Vec<Expr>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `{a: b}`; an entry without a key is `**value`.
    Dict(Vec<(Option<Expr>, Expr)>),
    /// `*a`
    Starred(Box<Expr>),
    /// `value.name`
    Attribute {
        /// Left of the dot.
        value: Box<Expr>,
        /// Right of it.
        name: Identifier,
    },
    /// `value[index]`
    Subscript {
        /// Before the bracket.
        value: Box<Expr>,
        /// Between the brackets; a tuple where there are commas.
        index: Box<Expr>,
    },
    /// `lower:upper:step`, between brackets only.
    Slice {
        /// First index.
        lower: Option<Box<Expr>>,
        /// One past the last index.
        upper: Option<Box<Expr>>,
        /// Distance between indices.
        step: Option<Box<Expr>>,
    },
    /// `function(args, name=value)`
    Call {
        /// What is called.
        function: Box<Expr>,
        /// Arguments by position.
        args: Vec<Expr>,
        /// Arguments by name.
        keywords: Vec<Keyword>,
    },
    /// `-a`
    Unary {
        /// Before the operand.
        operator: UnaryOperator,
        /// What it works on.
        operand: Box<Expr>,
    },
    /// `first op a op b`, from left to right: `((first op a) op b)`, whatever the precedences.
    Binary {
        /// The leftmost operand.
        first: Box<Expr>,
        /// What is done to it; at least one step.
        rest: Vec<BinaryStep>,
    },
    /// `first < a <= b`, a chain as Python means it.
    Compare {
        /// The leftmost operand.
        first: Box<Expr>,
        /// At least one.
        rest: Vec<(Comparison, Expr)>,
    },
    /// `a and b and c`
    Logical {
        /// Between all values.
        operator: LogicalOperator,
        /// At least two.
        values: Vec<Expr>,
    },
    /// `then if condition else otherwise`
    Conditional {
        /// Chooses.
        condition: Box<Expr>,
        /// If true.
        then: Box<Expr>,
        /// If false.
        otherwise: Box<Expr>,
    },
    /// An expression that no front end knows.
    Unsupported(Construct),
}

/// One step of a chain of binary operators.
#[derive(Clone, Debug, PartialEq)]
pub struct BinaryStep {
    /// What is done.
    pub operator: BinaryOperator,
    /// The right operand.
    pub operand: Expr,
    /// The chain up to and including this operand.
    pub span: Span,
}

/// An integer literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Integer {
    /// One that fits into 64 bits.
    Small(u64),
    /// A larger one.
    Large,
}

/// An argument by name; `**value` has no name.
#[derive(Clone, Debug, PartialEq)]
pub struct Keyword {
    /// Left of `=`.
    pub name: Option<Identifier>,
    /// Right of it.
    pub value: Expr,
    /// All of it.
    pub span: Span,
}

/// An operator before its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "`symbol` says what each one is")]
pub enum UnaryOperator {
    Plus,
    Minus,
    Not,
    Invert,
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "`symbol` says what each one is")]
pub enum BinaryOperator {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Modulo,
    Power,
    MatrixMultiply,
    ShiftLeft,
    ShiftRight,
    And,
    Or,
    Xor,
}

/// A comparison between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "`symbol` says what each one is")]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Is,
    IsNot,
    In,
    NotIn,
}

/// `and` or `or`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "`symbol` says what each one is")]
pub enum LogicalOperator {
    And,
    Or,
}

/// A construct of Python that no front end knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "`what` says what each one is")]
pub enum Construct {
    For,
    While,
    With,
    Match,
    Raise,
    Try,
    Assert,
    Class,
    Delete,
    Global,
    Nonlocal,
    Break,
    Continue,
    Walrus,
    Lambda,
    Set,
    Comprehension,
    Await,
    Yield,
    FormatString,
    Bytes,
    Complex,
    Shell,
}
