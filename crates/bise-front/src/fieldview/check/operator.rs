//! Operators: parameters, body, result; for scan operators the carry.

use std::collections::BTreeSet;
use std::sync::Arc;

use bise_base::{Diagnostic, Name, Source, Span};
use bise_hir::build::Builder;
use bise_hir::{Block, ExprId, LocalId, Operator, Stmt};
use bise_lang::{Annotation, DimensionKind, Scalar, Type, codes};
use bise_syntax::{Expr, Function, Parameter, ParameterKind};

use super::super::Sweep;
use super::super::parse::Definition;
use super::block::End;
use super::value::note_namesakes;
use super::variables::{Held, Variable};
use super::{Check, Checker, Level, Outcome, Size, Value};
use crate::{Binding, Scope};

/// The name under which Python keeps the annotation of the result.
const RESULT: &str = "return";

/// A `return`: what it returns and the expression that the statement has so far.
#[derive(Debug)]
pub(super) struct ReturnSite {
    value: Value,
    expr: ExprId,
    span: Span,
}

/// Checks a field operator, or a scan operator where there is a sweep.
pub(crate) fn check_operator(
    source: &Source,
    definition: &Definition,
    scope: &dyn Scope,
    sweep: Option<&Sweep<'_>>,
) -> Outcome<Operator> {
    let mut checker = Checker::of_operator(source, definition, scope, sweep);
    let operator = checker.operator(&definition.function, sweep);
    checker.finish()?;
    operator.map(Arc::new).map_err(|_| Vec::new())
}

/// The signature of an operator whose body is wrong, if it has one, as [`crate::Binding::Broken`] wants it. What is
/// wrong is not reported again.
pub(crate) fn signature(
    source: &Source,
    definition: &Definition,
    scope: &dyn Scope,
    sweep: Option<&Sweep<'_>>,
) -> Option<Operator> {
    let function = &definition.function;
    let mut checker = Checker::of_operator(source, definition, scope, sweep);
    let params = checker.params(function).ok()?;
    let declared = function.returns.as_ref();
    let declared = declared.and_then(|annotation| checker.declared(RESULT, annotation).ok());
    let builder = std::mem::take(&mut checker.builder);
    let (name, block) = (&function.name, Block::default());
    Some(if let Some(sweep) = sweep {
        let sweep = (sweep.axis.clone(), sweep.forward, Vec::new());
        builder.scan_operator(name.name.clone(), name.span, sweep, params, block)
    } else {
        let result = declared.unwrap_or_else(|| Annotation::tuple(Vec::new()));
        builder.field_operator(name.name.clone(), name.span, params, result, block)
    })
}

impl<'a> Checker<'a> {
    fn of_operator(
        source: &'a Source,
        definition: &Definition,
        scope: &'a dyn Scope,
        sweep: Option<&Sweep<'_>>,
    ) -> Self {
        let Some(sweep) = sweep else {
            return Self::new(source, definition, scope, Level::Fields);
        };
        let mut checker = Self::new(source, definition, scope, Level::Scan);
        checker.builder = Builder::of_levels(sweep.axis.clone());
        checker
    }
}

impl Checker<'_> {
    fn operator(&mut self, function: &Function, sweep: Option<&Sweep<'_>>) -> Check<Operator> {
        let name = &function.name;
        let params = self.params(function);
        let annotated = function
            .returns
            .as_ref()
            .map(|expr| Ok((self.declared(RESULT, expr)?, expr.span)));
        self.result = annotated.and_then(Check::ok);
        if let (Some(_), Ok([_, inputs @ ..])) = (sweep, params.as_deref()) {
            self.inputs = inputs.to_vec();
        }
        let init = match sweep {
            Some(sweep) => self.carry(function, params.as_deref().ok(), sweep).map(Some),
            None => Ok(None),
        };
        if self.body(&function.body)? == End::Falls {
            let diagnostic = Diagnostic::error(
                &codes::MISSING_RETURN,
                name.span,
                format!("a path through `{}` ends without `return`", name.name),
            )
            .hint("end every path with `return value`");
            return Err(self.report(diagnostic));
        }
        let result = self.result_annotation(params.as_deref().unwrap_or_default(), sweep.is_some());
        let (params, init, result) = (params?, init?, result?);
        self.inlined_within_reason(name, &[])?;
        let block = Block {
            stmts: std::mem::take(&mut self.stmts),
        };
        let builder = std::mem::take(&mut self.builder);
        Ok(match (sweep, init) {
            (Some(sweep), Some(init)) => {
                let sweep = (sweep.axis.clone(), sweep.forward, init);
                builder.scan_operator(name.name.clone(), name.span, sweep, params, block)
            }
            _ => builder.field_operator(name.name.clone(), name.span, params, result, block),
        })
    }

    /// The parameters as locals.
    pub(super) fn params(&mut self, function: &Function) -> Check<Vec<LocalId>> {
        if function.is_async {
            let message = "asynchronous functions are not part of the language";
            self.report(Diagnostic::error(
                &codes::UNSUPPORTED,
                function.name.span,
                message,
            ));
        }
        let mut seen = BTreeSet::new();
        let mut locals = Vec::new();
        for param in &function.params {
            let repeated = !seen.insert(param.name.name.clone());
            if repeated {
                let message = format!("the parameter `{}` stands twice", param.name.name);
                locals.push(Err(self.report(Diagnostic::error(
                    &codes::PARAMETER,
                    param.name.span,
                    message,
                ))));
                continue;
            }
            locals.push(self.param(param));
        }
        locals.into_iter().collect()
    }

    fn param(&mut self, param: &Parameter) -> Check<LocalId> {
        let annotation = self.param_annotation(param);
        let (name, span) = (param.name.name.clone(), param.name.span);
        let local = annotation.map(|annotation| {
            let unique = self.names.fresh(&name);
            self.builder.local(unique, annotation, span)
        });
        let held = local.map_or(Held::Invalid, Held::Local);
        self.variables.insert(name, Variable { held, span });
        local
    }

    fn param_annotation(&mut self, param: &Parameter) -> Check<Annotation> {
        let name = &param.name;
        let message = match param.kind {
            ParameterKind::Plain => None,
            ParameterKind::PositionalOnly => Some("a parameter that is given by position only"),
            ParameterKind::KeywordOnly => Some("a parameter that is given by name only"),
            ParameterKind::Variadic | ParameterKind::VariadicKeyword => {
                Some("a variable number of parameters")
            }
        };
        if let Some(message) = message {
            let diagnostic = Diagnostic::error(&codes::PARAMETER, name.span, message)
                .note("operators and programs have a fixed list of parameters");
            return Err(self.report(diagnostic));
        }
        if let Some(default) = &param.default {
            let message = format!("the parameter `{}` has a default value", name.name);
            self.report(
                Diagnostic::error(&codes::PARAMETER, default.span, message).hint("give it in every call"),
            );
        }
        let Some(annotation) = &param.annotation else {
            let example = match self.level {
                Level::Scan => "float64",
                Level::Fields | Level::Program => "Field[[I, J], float64]",
            };
            let message = format!("the parameter `{}` has no type", name.name);
            let diagnostic = Diagnostic::error(&codes::MISSING_ANNOTATION, name.span, message)
                .hint(format!("write `{}: {example}`", name.name));
            return Err(self.report(diagnostic));
        };
        let declared = self.declared(&name.name, annotation)?;
        self.bounded(Size::of_type(declared.ty()), annotation.span)?;
        let has_field = declared
            .ty()
            .leaves()
            .iter()
            .any(|leaf| matches!(leaf, Type::Field(_)));
        if self.level == Level::Scan && has_field {
            let diagnostic = Diagnostic::error(
                &codes::ANNOTATION,
                annotation.span,
                "a scan operator works on the numbers of one level",
            )
            .label("expected a scalar or a tuple of scalars")
            .hint("write the data type alone; a call takes fields for it");
            return Err(self.report(diagnostic));
        }
        Ok(declared)
    }

    /// The initial value of the carry; its type becomes that of the result.
    fn carry(
        &mut self,
        function: &Function,
        params: Option<&[LocalId]>,
        sweep: &Sweep<'_>,
    ) -> Check<Vec<Scalar>> {
        let name = &function.name;
        if sweep.axis.kind != DimensionKind::Vertical {
            let message = format!(
                "`{}` sweeps along `{}`, which is not vertical",
                name.name, sweep.axis
            );
            self.report(Diagnostic::error(&codes::CARRY, name.span, message));
        }
        let Some(param) = function.params.first() else {
            let message = format!("the scan operator `{}` has no parameter for its carry", name.name);
            return Err(self.report(Diagnostic::error(&codes::CARRY, name.span, message)));
        };
        let Some(&local) = params.and_then(<[LocalId]>::first) else {
            return Err(super::Reported);
        };
        let ty = self.builder.body().locals[local].ty().clone();
        let mut leaves = Vec::new();
        if !flatten(sweep.init, &ty, &mut leaves) {
            let diagnostic = Diagnostic::error(
                &codes::CARRY,
                param.name.span,
                format!("`init` does not fit the carry, which is `{ty}`"),
            )
            .label(format!("`init` is {}", describe_init(sweep.init)))
            .note("the first parameter, `init` and the result of a scan operator have one type");
            return Err(self.report(diagnostic));
        }
        if let Some((declared, span)) = self.result.clone()
            && *declared.ty() != ty
        {
            self.carry_mismatch(declared.ty(), span, &ty, param.name.span);
        }
        let at = param
            .annotation
            .as_ref()
            .map_or(param.name.span, |annotation| annotation.span);
        self.result = Some((Annotation::from(ty), at));
        Ok(leaves)
    }

    fn carry_mismatch(&mut self, found: &Type, span: Span, carry: &Type, param: Span) {
        let message = format!("the result is `{found}`, the carry is `{carry}`");
        let diagnostic = Diagnostic::error(&codes::CARRY, span, message)
            .also(param, "the carry")
            .note("the first parameter, `init` and the result of a scan operator have one type");
        self.report(diagnostic);
    }

    /// `return value`
    pub(super) fn return_stmt(&mut self, value: Option<&Expr>, span: Span) {
        let Some(expr) = value else {
            let diagnostic = Diagnostic::error(&codes::MISSING_RETURN, span, "`return` without a value")
                .hint("write `return value`");
            self.report(diagnostic);
            return;
        };
        let Ok(value) = self.value(expr) else { return };
        let settled = match self.result.clone() {
            Some((declared, why)) => self.settle_as(&value, declared.ty(), expr.span, Some(why)),
            None => self.settle(&value, expr.span),
        };
        let Ok(settled) = settled else { return };
        self.stmts.push(Stmt::Return(settled));
        self.returns.push(ReturnSite {
            value,
            expr: settled,
            span: expr.span,
        });
    }

    /// The one type of all that is returned. Where there is no annotation, literals take the type of what other
    /// `return`s give, and the order of dimensions is that of the parameters.
    fn result_annotation(&mut self, params: &[LocalId], scan: bool) -> Check<Annotation> {
        let returns = std::mem::take(&mut self.returns);
        if let Some((declared, at)) = self.result.clone() {
            let ty = declared.ty();
            for site in &returns {
                let found = self.ty(site.expr).clone();
                if found == *ty {
                    continue;
                }
                if scan {
                    self.carry_mismatch(&found, site.span, ty, at);
                } else {
                    self.wrong_return(&found, site.span, ty, at);
                }
            }
            return Ok(declared);
        }
        let typed = returns
            .iter()
            .find(|site| !site.value.has_literal())
            .or(returns.first());
        let Some(typed) = typed else {
            return Err(super::Reported);
        };
        let (ty, at) = (self.ty(typed.expr).clone(), typed.span);
        let names = self.names_of(typed.expr);
        let mut replaced = Vec::new();
        for site in &returns {
            let mut expr = site.expr;
            if site.value.has_literal() {
                expr = self.settle_as(&site.value, &ty, site.span, Some(at))?;
            }
            if *self.ty(expr) != ty {
                let found = self.ty(expr).clone();
                let message = format!("this returns `{found}`, another path `{ty}`");
                let diagnostic = Diagnostic::error(&codes::RETURN_TYPE, site.span, message)
                    .label(format!("this is `{found}`"))
                    .also(at, format!("this is `{ty}`"));
                self.report(diagnostic);
            }
            replaced.push(expr);
        }
        let mut stmts = std::mem::take(&mut self.stmts);
        replace_returns(&mut stmts, &mut replaced.into_iter());
        self.stmts = stmts;
        Ok(Annotation::inferred(ty, &self.declared_params(params)).with_names(names))
    }

    fn declared_params(&self, params: &[LocalId]) -> Vec<Annotation> {
        let locals = &self.builder.body().locals;
        params
            .iter()
            .map(|&param| locals[param].annotation.clone())
            .collect()
    }

    fn wrong_return(&mut self, found: &Type, span: Span, declared: &Type, at: Span) {
        let message = format!("the result is `{found}`, not `{declared}`");
        let mut diagnostic = Diagnostic::error(&codes::RETURN_TYPE, span, message)
            .label(format!("this is `{found}`"))
            .also(at, "declared here");
        diagnostic = note_namesakes(diagnostic, found, declared);
        if found.dtype().is_some() && found.dtype() == declared.dtype() {
            let fewer = found.dims().iter().all(|dim| declared.dims().contains(dim));
            if fewer {
                diagnostic = diagnostic.hint("add the dimensions it lacks with `broadcast`");
            }
        } else if found.dims() == declared.dims() && found.dtype().is_some() && declared.dtype().is_some() {
            diagnostic = diagnostic.hint("convert it with `astype`, or change the annotation");
        }
        self.report(diagnostic);
    }
}

/// Gives the `return`s, in order, other expressions.
fn replace_returns(stmts: &mut [Stmt], exprs: &mut impl Iterator<Item = ExprId>) {
    for stmt in stmts {
        match stmt {
            Stmt::Assign { .. } | Stmt::While { .. } => {}
            Stmt::Return(expr) => *expr = exprs.next().unwrap_or(*expr),
            Stmt::If { then, otherwise, .. } => {
                replace_returns(&mut then.stmts, exprs);
                replace_returns(&mut otherwise.stmts, exprs);
            }
        }
    }
}

/// The leaves of an initial value in the types of the carry; false if it does not fit.
fn flatten(init: &Binding, ty: &Type, leaves: &mut Vec<Scalar>) -> bool {
    match (init, ty) {
        (Binding::Member { value, .. }, _) => flatten(value, ty, leaves),
        (Binding::Tuple(items), Type::Tuple(types)) => {
            items.len() == types.len()
                && items
                    .iter()
                    .zip(types)
                    .all(|(item, ty)| flatten(item, ty, leaves))
        }
        (Binding::Scalar(value), Type::Scalar(dtype)) if value.dtype() == *dtype => {
            leaves.push(*value);
            true
        }
        (Binding::Literal(literal), Type::Scalar(dtype)) => match literal.adapt(*dtype) {
            Some(value) => {
                leaves.push(value);
                true
            }
            None => false,
        },
        _ => false,
    }
}

fn describe_init(init: &Binding) -> String {
    match init {
        Binding::Scalar(value) => format!("`{value}` of type {}", value.dtype()),
        Binding::Literal(literal) => format!("the {} `{literal}`", literal.kind()),
        Binding::Member { value, .. } => describe_init(value),
        Binding::Tuple(items) => format!("a tuple of {}", Name::from(items.len().to_string())),
        _ => "not a number".to_owned(),
    }
}
