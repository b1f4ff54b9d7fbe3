//! The builder: makes the expressions and locals of a body and gives each expression its type.
//!
//! A method answers with the new expression, or says by a [`TypeError`] why there is no such expression: then
//! nothing was made. Operands are made before their users.

use std::sync::Arc;

use bise_base::{Name, Span};
use bise_lang::{Annotation, Builtin, DType, Dimension, Offset, Reduction, Scalar, Type};

use crate::inlined::{Inlined, inlined, repeats};
use crate::typing::{self, TypeError, infer};
use crate::{
    Block, Body, Expr, ExprId, ExprKind, Local, LocalId, Operator, OperatorKind, Program, ProgramCall, Range,
    Region, Shift,
};

/// Makes a [`Body`].
#[derive(Clone, Debug, Default)]
pub struct Builder {
    body: Body,
}

/// What an expression method answers.
pub type Built = Result<ExprId, TypeError>;

impl Builder {
    /// An empty body.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty body about the levels of an axis, for a scan operator.
    pub fn of_levels(axis: Dimension) -> Self {
        let mut builder = Self::default();
        builder.body.levels = Some(axis);
        builder
    }

    /// What there is already.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The type of an expression.
    pub fn ty(&self, expr: ExprId) -> &Type {
        &self.body.exprs[expr].ty
    }

    /// Where an expression stands.
    pub fn span(&self, expr: ExprId) -> Span {
        self.body.exprs[expr].span
    }

    /// A parameter or variable, whose name no other of this body has.
    pub fn local(&mut self, name: impl Into<Name>, annotation: impl Into<Annotation>, span: Span) -> LocalId {
        self.body.locals.alloc(Local {
            name: name.into(),
            annotation: annotation.into(),
            span,
        })
    }

    /// The position of an operator among those that are called, to which it is added where it is new.
    pub fn callee(&mut self, operator: &Arc<Operator>) -> usize {
        let callees = &mut self.body.callees;
        let known = callees.iter().position(|callee| Arc::ptr_eq(callee, operator));
        known.unwrap_or_else(|| {
            callees.push(Arc::clone(operator));
            callees.len() - 1
        })
    }

    /// The value of a local.
    pub fn read(&mut self, local: LocalId, span: Span) -> ExprId {
        let ty = self.body.locals[local].ty().clone();
        self.push(ExprKind::Local(local), ty, span)
    }

    /// A number.
    pub fn constant(&mut self, value: Scalar, span: Span) -> ExprId {
        self.push(ExprKind::Constant(value), Type::Scalar(value.dtype()), span)
    }

    /// A builtin of scalars or fields.
    pub fn builtin(&mut self, builtin: Builtin, operands: Vec<ExprId>, span: Span) -> Built {
        self.make(ExprKind::Builtin(builtin, operands), span)
    }

    /// `where(mask, then, otherwise)`
    pub fn select(&mut self, mask: ExprId, then: ExprId, otherwise: ExprId, span: Span) -> Built {
        let kind = ExprKind::Where {
            mask,
            then,
            otherwise,
        };
        self.make(kind, span)
    }

    /// `then if condition else otherwise`
    pub fn conditional(&mut self, condition: ExprId, then: ExprId, otherwise: ExprId, span: Span) -> Built {
        let kind = ExprKind::Conditional {
            condition,
            then,
            otherwise,
        };
        self.make(kind, span)
    }

    /// `astype(value, dtype)`
    pub fn cast(&mut self, value: ExprId, dtype: DType, span: Span) -> Built {
        self.make_declared(ExprKind::Cast(value), &Type::Scalar(dtype), span)
    }

    /// `broadcast(value, dims)`
    pub fn broadcast(&mut self, value: ExprId, dims: &[Dimension], span: Span) -> Built {
        let declared = Type::field(dims.iter().cloned(), DType::Bool);
        self.make_declared(ExprKind::Broadcast(value), &declared, span)
    }

    /// `index(dim)`
    pub fn index(&mut self, dim: Dimension, span: Span) -> Built {
        self.make(ExprKind::Index(dim), span)
    }

    /// `concat_where(region, then, otherwise)`
    pub fn concat_where(&mut self, region: Region, then: ExprId, otherwise: ExprId, span: Span) -> Built {
        let kind = ExprKind::ConcatWhere {
            region,
            then,
            otherwise,
        };
        self.make(kind, span)
    }

    /// `value(as_offset(offset, distance))`
    pub fn gather(&mut self, value: ExprId, offset: Offset, distance: ExprId, span: Span) -> Built {
        let kind = ExprKind::Gather {
            value,
            offset,
            distance,
        };
        self.make(kind, span)
    }

    /// The field read elsewhere.
    pub fn shift(&mut self, value: ExprId, shift: Shift, span: Span) -> Built {
        self.make(ExprKind::Shift { value, shift }, span)
    }

    /// A fold over neighbours.
    pub fn reduce(&mut self, reduction: Reduction, value: ExprId, offset: Offset, span: Span) -> Built {
        let kind = ExprKind::Reduce {
            reduction,
            value,
            offset,
        };
        self.make(kind, span)
    }

    /// A fold over ranges, which are in canonical order.
    pub fn fold(&mut self, reduction: Reduction, value: ExprId, ranges: Vec<Range>, span: Span) -> Built {
        let kind = ExprKind::Fold {
            reduction,
            value,
            ranges,
        };
        self.make(kind, span)
    }

    /// `(a, b)`
    pub fn tuple(&mut self, items: Vec<ExprId>, span: Span) -> ExprId {
        let ty = Type::Tuple(items.iter().map(|&item| self.ty(item).clone()).collect());
        self.push(ExprKind::Tuple(items), ty, span)
    }

    /// `value[index]`
    pub fn item(&mut self, value: ExprId, index: usize, span: Span) -> Built {
        self.make(ExprKind::Item(value, index), span)
    }

    /// A call of an operator, which becomes a callee of the body.
    pub fn call(&mut self, operator: &Arc<Operator>, args: Vec<ExprId>, span: Span) -> Built {
        let types: Vec<&Type> = args.iter().map(|&arg| self.ty(arg)).collect();
        typing::call(operator, &types)?;
        let callee = self.callee(operator);
        self.make(ExprKind::Call { callee, args }, span)
    }

    /// An expression of a kind that fixes its type.
    pub fn make(&mut self, kind: ExprKind, span: Span) -> Built {
        self.make_declared(kind, &Type::Tuple(Vec::new()), span)
    }

    fn make_declared(&mut self, kind: ExprKind, declared: &Type, span: Span) -> Built {
        let ty = infer(&self.body, &kind, declared)?;
        Ok(self.push(kind, ty, span))
    }

    fn push(&mut self, kind: ExprKind, ty: Type, span: Span) -> ExprId {
        self.body.exprs.alloc(Expr { kind, ty, span })
    }

    /// How much the body stands for.
    pub fn inlined(&self) -> Inlined {
        inlined(&self.body)
    }

    /// The body as that of a field operator.
    pub fn field_operator(
        self,
        name: impl Into<Name>,
        span: Span,
        params: Vec<LocalId>,
        result: impl Into<Annotation>,
        block: Block,
    ) -> Operator {
        let inlined = inlined(&self.body);
        Operator {
            inlined: Inlined {
                repeats: inlined.repeats || repeats(&block),
                ..inlined
            },
            name: name.into(),
            span,
            kind: OperatorKind::Field,
            params,
            result: result.into(),
            body: self.body,
            block,
        }
    }

    /// The body as that of a scan operator, whose result has the type of its first parameter.
    pub fn scan_operator(
        mut self,
        name: impl Into<Name>,
        span: Span,
        (axis, forward, init): (Dimension, bool, Vec<Scalar>),
        params: Vec<LocalId>,
        block: Block,
    ) -> Operator {
        let carry = params
            .first()
            .map(|&carry| self.body.locals[carry].annotation.clone());
        self.body.levels = Some(axis.clone());
        let inlined = inlined(&self.body);
        let inlined = Inlined {
            sweeps: true,
            repeats: inlined.repeats || repeats(&block),
            ..inlined
        };
        Operator {
            inlined,
            name: name.into(),
            span,
            kind: OperatorKind::Scan { axis, forward, init },
            params,
            result: carry.unwrap_or_else(|| Annotation::tuple(Vec::new())),
            body: self.body,
            block,
        }
    }

    /// The body as that of a program without loops.
    pub fn program(
        self,
        name: impl Into<Name>,
        span: Span,
        params: Vec<LocalId>,
        calls: Vec<ProgramCall>,
    ) -> Program {
        Program {
            name: name.into(),
            span,
            params,
            variables: Vec::new(),
            body: self.body,
            calls,
            loops: Vec::new(),
        }
    }
}

impl Operator {
    /// The types of the parameters that take arguments: all but the carry of a scan operator.
    pub fn argument_types(&self) -> Vec<Type> {
        let annotations = self.argument_annotations();
        annotations
            .iter()
            .map(|annotation| annotation.ty().clone())
            .collect()
    }

    /// As [`Operator::argument_types`], as declared.
    pub fn argument_annotations(&self) -> Vec<Annotation> {
        let carried = usize::from(matches!(self.kind, OperatorKind::Scan { .. }));
        let locals = self.params.iter().skip(carried);
        locals
            .map(|&local| self.body.locals[local].annotation.clone())
            .collect()
    }

    /// Whether the type of the result is known. It is, but for a signature without a body.
    pub fn result_is_declared(&self) -> bool {
        *self.result.ty() != Type::Tuple(Vec::new())
    }

    /// The names of the parameters that take arguments.
    pub fn argument_names(&self) -> Vec<Name> {
        let carried = usize::from(matches!(self.kind, OperatorKind::Scan { .. }));
        let locals = self.params.iter().skip(carried);
        locals
            .map(|&local| self.body.locals[local].name.clone())
            .collect()
    }
}
