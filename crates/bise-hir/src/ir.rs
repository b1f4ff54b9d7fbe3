//! The nodes of hir. Built by [`crate::build`], checked by [`crate::verify`].

use std::sync::Arc;

use bise_base::{Name, Span};
use bise_lang::{Annotation, Builtin, Dimension, DomainRange, Offset, ProgramLoop, Reduction, Scalar, Type};
use la_arena::{Arena, Idx};

use crate::Inlined;

/// Handle of a [`Local`] of one body.
pub type LocalId = Idx<Local>;
/// Handle of an [`Expr`] of one body.
pub type ExprId = Idx<Expr>;

/// A field operator or a scan operator: a pure function. Immutable once built, so it is shared by its callers.
#[derive(Clone, Debug, PartialEq)]
pub struct Operator {
    /// Its name in the program text.
    pub name: Name,
    /// Where its name stands.
    pub span: Span,
    /// Of fields, or of one level of a sweep.
    pub kind: OperatorKind,
    /// Its parameters, in order. The first parameter of a scan operator is the carry.
    pub params: Vec<LocalId>,
    /// Type of what it returns, as declared. For a scan operator: of one level, which is the type of the carry.
    pub result: Annotation,
    /// Locals, expressions and callees.
    pub body: Body,
    /// What it does. Every path ends in a `Return`.
    pub block: Block,
    /// How much a call of it stands for; a consequence of the body.
    pub inlined: Inlined,
}

/// What an operator works on.
#[derive(Clone, Debug, PartialEq)]
pub enum OperatorKind {
    /// Whole fields.
    Field,
    /// One level of a sweep along `axis`: parameters and result are scalars or tuples of scalars; a call takes
    /// fields for all parameters but the carry and gives fields over their dimensions and `axis`. All parameters but
    /// the carry may be read at other levels too.
    Scan {
        /// The vertical dimension.
        axis: Dimension,
        /// From the first level to the last, or back.
        forward: bool,
        /// The carry before the first level: one value per leaf of its type, left to right.
        init: Vec<Scalar>,
    },
}

/// The arenas of an operator or a program.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// Parameters and variables; each is assigned once.
    pub locals: Arena<Local>,
    /// Typed expressions; operands come before their users. An expression has one user, but for unpacking
    /// (`a, b = t` is `a = t[0]` and `b = t[1]` of one `t`), squares (`x ** 2` is `x * x` of one `x`), and chains of
    /// comparisons in the condition of a `while`.
    pub exprs: Arena<Expr>,
    /// Operators that are called, each once.
    pub callees: Vec<Arc<Operator>>,
    /// Of a scan operator: the axis whose levels it is about. Everything in it is the number of one level.
    pub levels: Option<Dimension>,
}

/// A parameter or variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Local {
    /// Unique in its body.
    pub name: Name,
    /// Its type, as declared.
    pub annotation: Annotation,
    /// Where it is defined.
    pub span: Span,
}

impl Local {
    /// Its type.
    pub fn ty(&self) -> &Type {
        self.annotation.ty()
    }
}

/// Statements in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    /// The statements; nothing follows a `Return` or an `If` that returns.
    pub stmts: Vec<Stmt>,
}

/// A statement of an operator.
#[derive(Clone, Debug, PartialEq)]
pub enum Stmt {
    /// `target = value`, of one type.
    Assign {
        /// Assigned here and nowhere else.
        target: LocalId,
        /// Its value.
        value: ExprId,
    },
    /// `if condition: ... else: ...`. Either both branches return and there are no joins (and nothing follows),
    /// or neither does.
    If {
        /// A scalar truth value.
        condition: ExprId,
        /// Where it is true.
        then: Block,
        /// Where it is false.
        otherwise: Block,
        /// What lives on.
        joins: Vec<Join>,
        /// The `if`.
        span: Span,
    },
    /// `while condition: ...`, at each point by itself. It does not return.
    While {
        /// What goes from round to round: at least one.
        carries: Vec<Carried>,
        /// A truth value, a scalar or a field, in terms of what is carried. The dimensions of each leaf that is carried
        /// are the same, and those of the condition are among them.
        condition: ExprId,
        /// A round. Its locals end with it.
        body: Block,
        /// The `while`.
        span: Span,
    },
    /// `return value`
    Return(ExprId),
}

/// A local that a `while` carries from round to round. All three have one type.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    /// Defined in the condition, in the body and after the `while`: its value at the start of a round, and at the end.
    pub target: LocalId,
    /// Its value before the first round.
    pub init: LocalId,
    /// Its value after a round; none of the targets.
    pub next: LocalId,
}

/// A local defined by both branches of an `if`. All three have one type.
#[derive(Clone, Debug, PartialEq)]
pub struct Join {
    /// Defined after the `if`.
    pub target: LocalId,
    /// Its value where the condition holds.
    pub then: LocalId,
    /// Its value where not.
    pub otherwise: LocalId,
}

/// A typed expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its type, as the builder computed it.
    pub ty: Type,
    /// Where it stands.
    pub span: Span,
}

/// What an expression is. Each variant says how it is typed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ExprKind {
    /// A parameter or variable, with its type.
    Local(LocalId),
    /// A number, with its type.
    Constant(Scalar),
    /// A builtin of scalars or fields, point by point. Types by `Builtin::result_type`; a field over the union
    /// of the operands' dimensions if one is a field, else a scalar.
    Builtin(Builtin, Vec<ExprId>),
    /// `where(mask, then, otherwise)`: the mask is a truth-valued field or scalar; the branches have one tuple
    /// structure and data types leaf by leaf; every leaf is a field over the union of its dimensions.
    Where {
        /// Chooses.
        mask: ExprId,
        /// Where true.
        then: ExprId,
        /// Where false.
        otherwise: ExprId,
    },
    /// `then if condition else otherwise`: a scalar truth value and two values of one type.
    Conditional {
        /// Chooses.
        condition: ExprId,
        /// If true.
        then: ExprId,
        /// If false.
        otherwise: ExprId,
    },
    /// `astype(value, dtype)`, leaf by leaf: the type of this expression says to which.
    Cast(ExprId),
    /// `broadcast(value, dims)`: a field or scalar over more dimensions.
    Broadcast(ExprId),
    /// `index(dim)`: the index of each point along a dimension, which is not local: an int32 field over it. In a scan
    /// operator the number of the level.
    Index(Dimension),
    /// `concat_where(region, then, otherwise)`: the branches have one tuple structure and data types leaf by leaf;
    /// every leaf is a field over the union of its dimensions and those of the region. A branch is not read outside
    /// of its part. In a scan operator the levels are chosen, and every leaf is a scalar.
    ConcatWhere {
        /// Chooses.
        region: Region,
        /// Inside.
        then: ExprId,
        /// Outside.
        otherwise: ExprId,
    },
    /// `f(as_offset(offset, distance))`: the field read at a computed distance along the dimension of a Cartesian
    /// offset, which it has. The distance is an integer; a field over the union of the dimensions. In a scan operator
    /// an input at another level, a scalar.
    Gather {
        /// A field; in a scan operator, a parameter.
        value: ExprId,
        /// Says the dimension: its source, and its only target.
        offset: Offset,
        /// How far; a field or scalar.
        distance: ExprId,
    },
    /// The field read elsewhere. In a scan operator an input at another level, a scalar.
    Shift {
        /// A field; in a scan operator, a parameter.
        value: ExprId,
        /// Where.
        shift: Shift,
    },
    /// A fold over the neighbours along the local dimension `offset.target[1]`, which the result has not. Where the
    /// result has no horizontal dimension otherwise, it has `offset.target[0]`, whose elements have those neighbours.
    Reduce {
        /// Which fold.
        reduction: Reduction,
        /// A field with that local dimension.
        value: ExprId,
        /// Whose table says how many neighbours there are and which are skipped.
        offset: Offset,
    },
    /// `sum_over(value, domain={dim: (start, stop), ...})`: a fold over the points of ranges, along dimensions that the
    /// result has not. The ends are scalar integers. Not in scan operators.
    Fold {
        /// Which fold.
        reduction: Reduction,
        /// A field with those dimensions.
        value: ExprId,
        /// At least one, in canonical order, each of another dimension; the last one is folded first.
        ranges: Vec<Range>,
    },
    /// `(a, b)`
    Tuple(Vec<ExprId>),
    /// `value[index]`
    Item(ExprId, usize),
    /// A call. A scan operator takes fields (or scalars) for all parameters but the carry.
    Call {
        /// Position in [`Body::callees`].
        callee: usize,
        /// In the order of the parameters.
        args: Vec<ExprId>,
    },
}

/// Points along a dimension.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    /// Not local.
    pub dim: Dimension,
    /// The first index.
    pub start: ExprId,
    /// One past the last index.
    pub stop: ExprId,
}

/// A part of all points, said by comparisons of indices.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Region {
    /// `dim < bound`
    Compare {
        /// Not local.
        dim: Dimension,
        /// One of the six comparisons.
        comparison: Builtin,
        /// A scalar integer.
        bound: ExprId,
    },
    /// In both.
    And(Box<Region>, Box<Region>),
    /// In either.
    Or(Box<Region>, Box<Region>),
    /// Outside.
    Not(Box<Region>),
}

impl Region {
    /// Its comparisons, left to right.
    pub fn comparisons(&self) -> Vec<(&Dimension, Builtin, ExprId)> {
        match self {
            Self::Compare {
                dim,
                comparison,
                bound,
            } => vec![(dim, *comparison, *bound)],
            Self::And(a, b) | Self::Or(a, b) => [a.comparisons(), b.comparisons()].concat(),
            Self::Not(of) => of.comparisons(),
        }
    }

    /// The region with other bounds.
    #[must_use]
    pub fn map(&self, bound: &mut impl FnMut(ExprId) -> ExprId) -> Self {
        match self {
            Self::Compare {
                dim,
                comparison,
                bound: at,
            } => Self::Compare {
                dim: dim.clone(),
                comparison: *comparison,
                bound: bound(*at),
            },
            Self::And(a, b) => Self::And(Box::new(a.map(bound)), Box::new(b.map(bound))),
            Self::Or(a, b) => Self::Or(Box::new(a.map(bound)), Box::new(b.map(bound))),
            Self::Not(of) => Self::Not(Box::new(of.map(bound))),
        }
    }
}

/// Where a field is read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Shift {
    /// `f(dim + distance)`: at `i` reads `f[i + distance]`. The type stays.
    Cartesian {
        /// A dimension of the field.
        dim: Dimension,
        /// May be negative.
        distance: i32,
    },
    /// `f(Offset[index])`: neighbour number `index`. `offset.source` is replaced by `offset.target[0]`.
    Neighbor {
        /// A table.
        offset: Offset,
        /// From zero.
        index: u32,
    },
    /// `f(Offset)`: all neighbours. `offset.source` is replaced by both dimensions of `offset.target`.
    Neighbors {
        /// A table.
        offset: Offset,
    },
    /// `f[dim(index)]`: entry number `index` along a local dimension, which the result has not.
    Entry {
        /// A local dimension of the field.
        dim: Dimension,
        /// From zero.
        index: u32,
    },
}

/// A program: calls whose results are written to fields, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// Its name in the program text.
    pub name: Name,
    /// Where its name stands.
    pub span: Span,
    /// Its parameters, in order: fields, scalars and tuples.
    pub params: Vec<LocalId>,
    /// The variables of its loops, one for each, integers.
    pub variables: Vec<LocalId>,
    /// Locals (parameters and variables of loops), argument expressions and callees.
    pub body: Body,
    /// What it does.
    pub calls: Vec<ProgramCall>,
    /// Which calls are repeated, in the order in which the loops begin, outer ones first.
    pub loops: Vec<ProgramLoop>,
}

/// `callee(args, out=target)`
#[derive(Clone, Debug, PartialEq)]
pub struct ProgramCall {
    /// Position in [`Body::callees`].
    pub callee: usize,
    /// In the order of the parameters.
    pub args: Vec<ExprId>,
    /// What is written.
    pub out: Target,
    /// The call.
    pub span: Span,
}

/// Where results go.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// One field.
    Field {
        /// Position among the flattened parameters (leaves of all parameters, left to right).
        leaf: u32,
        /// What is written: one range per dimension of the field, in canonical order.
        domain: Vec<DomainRange>,
        /// Where it is named.
        span: Span,
    },
    /// One target per element.
    Tuple(Vec<Target>),
}
