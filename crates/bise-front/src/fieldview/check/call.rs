//! Calls: what is called, and how arguments reach the parameters of an operator.

use std::sync::Arc;

use bise_base::{Diagnostic, Name, Span};
use bise_hir::{ExprId, Operator, OperatorKind, typing};
use bise_lang::{Reduction, Type, codes};
use bise_syntax::{Expr, Keyword};

use super::super::resolve::{Entity, is_python};
use super::fold::Over;
use super::value::note_namesakes;
use super::{Check, Checker, Level, Reported, Value};
use crate::language::Function;

impl Checker<'_> {
    /// `function(args, name=value)`
    pub(super) fn call(
        &mut self,
        function: &Expr,
        args: &[Expr],
        keywords: &[Keyword],
        span: Span,
    ) -> Check<Value> {
        let value = self.call_entity(function, args, keywords, span)?;
        let is_field = |ty: &Type| ty.leaves().iter().any(|leaf| matches!(leaf, Type::Field(_)));
        match &value {
            Value::Expr(expr) if self.level == Level::Scan && is_field(self.ty(*expr)) => {
                let message = format!("this gives {} inside a scan operator", self.describe(&value));
                let diagnostic = Diagnostic::error(&codes::OPERAND, span, message)
                    .note("a scan operator works on the numbers of one level");
                Err(self.report(diagnostic))
            }
            _ => Ok(value),
        }
    }

    fn call_entity(
        &mut self,
        function: &Expr,
        args: &[Expr],
        keywords: &[Keyword],
        span: Span,
    ) -> Check<Value> {
        let callee = self.callee(function, args, keywords)?;
        if let Entity::Type(annotation) = &callee
            && let Some(dtype) = annotation.as_scalar()
        {
            return self.constructor(dtype, args, keywords, span);
        }
        if let Entity::Type(annotation) = &callee
            && annotation.names().collection().is_some()
        {
            return self.construct(annotation, args, keywords, span);
        }
        match callee {
            Entity::Value(value) => self.shifted((value, function.span), args, keywords, span),
            Entity::Operator(operator) => self.operator_call(&operator, args, keywords, span),
            Entity::Broken(signature) => {
                self.reported_before();
                let value = self.operator_call(&signature, args, keywords, span)?;
                if signature.result_is_declared() {
                    Ok(value)
                } else {
                    Err(Reported)
                }
            }
            Entity::Function(called, name) => {
                self.language_call((called, &name, function.span), args, keywords, span)
            }
            other => {
                let message = self.not_callable(&other, function);
                let diagnostic = Diagnostic::error(&codes::NOT_CALLABLE, function.span, message);
                let diagnostic = match &other {
                    Entity::Program(_) => diagnostic.note("programs are called from Python only"),
                    Entity::Offset(offset) => diagnostic.hint(format!(
                        "read a field on `{}` there: `f({})`",
                        offset.source, offset.name
                    )),
                    Entity::Other(_) if self.text(function.span) == "min" => {
                        diagnostic.hint("write `minimum(a, b)`")
                    }
                    Entity::Other(_) if self.text(function.span) == "max" => {
                        diagnostic.hint("write `maximum(a, b)`")
                    }
                    Entity::Other(_) if self.text(function.span) == "sum" => {
                        diagnostic.hint("over neighbours, write `neighbor_sum(f(V2E), axis=V2EDim)`")
                    }
                    _ => diagnostic.note(
                        "one calls operators, functions of the language, types, and fields to shift them",
                    ),
                };
                Err(self.report(diagnostic))
            }
        }
    }

    /// What is called. Where that is unknown, the names in the arguments are looked up all the same.
    pub(super) fn callee(&mut self, function: &Expr, args: &[Expr], keywords: &[Keyword]) -> Check<Entity> {
        self.entity(function).inspect_err(|_| {
            for expr in args.iter().chain(keywords.iter().map(|keyword| &keyword.value)) {
                self.look_up(expr);
            }
        })
    }

    fn not_callable(&self, called: &Entity, function: &Expr) -> String {
        let name = self.text(function.span);
        match called {
            Entity::Namespace(_) | Entity::Other(_) if is_python(name) => {
                format!("Python's function `{name}` is not part of the language")
            }
            Entity::Namespace(_) => format!("the Python object `{name}` cannot be called here"),
            _ => format!("{} cannot be called here", called.describe()),
        }
    }

    fn language_call(
        &mut self,
        (function, name, at): (Function, &Name, Span),
        args: &[Expr],
        keywords: &[Keyword],
        span: Span,
    ) -> Check<Value> {
        match function {
            Function::Builtin(builtin) => {
                let values = self.positional(name, builtin.row().arity, args, keywords, span)?;
                self.function(builtin, name, &values, span)
            }
            Function::Over(over) => self.range_fold(over, args, keywords, span),
            Function::Reduce(reduction @ (Reduction::Max | Reduction::Min))
                if keywords.iter().any(|keyword| {
                    let name = keyword.name.as_ref();
                    name.is_some_and(|name| name.name == "domain")
                }) =>
            {
                self.range_fold(Over::Fold(reduction), args, keywords, span)
            }
            Function::Reduce(reduction) => self.reduction(reduction, args, keywords, span),
            Function::Where => {
                let values = self.positional(name, 3, args, keywords, span)?;
                match <[(Value, Span); 3]>::try_from(values) {
                    Ok(values) => self.select(values, span),
                    Err(_) => Err(Reported),
                }
            }
            Function::Astype => self.astype(args, keywords, span),
            Function::Broadcast => self.broadcast(args, keywords, span),
            Function::ConcatWhere => self.concat_where(args, keywords, span),
            Function::Index => self.index_along(args, keywords, span),
            Function::Range => {
                let diagnostic =
                    Diagnostic::error(&codes::NOT_CALLABLE, span, "`range` stands in the head of a loop")
                        .note("programs repeat calls of operators: `for k in range(n):`")
                        .hint("computations over points need no loop");
                Err(self.report(diagnostic))
            }
            Function::AsOffset => {
                let message = format!("`{name}` says where a field is read");
                let diagnostic = Diagnostic::error(&codes::NOT_A_VALUE, at, message)
                    .hint("write `f(as_offset(Koff, distance))`");
                Err(self.report(diagnostic))
            }
            Function::Field
            | Function::Dims
            | Function::Tuple
            | Function::Dimension
            | Function::FieldOffset
            | Function::FieldOperator
            | Function::ScanOperator
            | Function::Program => {
                let message = format!("`{name}` cannot be called inside an operator");
                Err(self.report(Diagnostic::error(&codes::NOT_CALLABLE, at, message)))
            }
        }
    }

    /// The values of exactly `count` positional arguments.
    fn positional(
        &mut self,
        name: &str,
        count: usize,
        args: &[Expr],
        keywords: &[Keyword],
        span: Span,
    ) -> Check<Vec<(Value, Span)>> {
        let values: Vec<Check<(Value, Span)>> =
            args.iter().map(|arg| Ok((self.value(arg)?, arg.span))).collect();
        if let Some(keyword) = keywords.first() {
            let message = format!("`{name}` takes no keyword arguments");
            return Err(self.report(Diagnostic::error(&codes::ARGUMENTS, keyword.span, message)));
        }
        if args.len() != count {
            let message = format!("`{name}` takes {}, not {}", plural(count, "argument"), args.len());
            return Err(self.report(Diagnostic::error(&codes::ARGUMENTS, span, message)));
        }
        values.into_iter().collect()
    }

    fn operator_call(
        &mut self,
        operator: &Arc<Operator>,
        args: &[Expr],
        keywords: &[Keyword],
        span: Span,
    ) -> Check<Value> {
        let args = self.bind(operator, args, keywords, span)?;
        match self.builder.call(operator, args, span) {
            Ok(expr) => Ok(Value::Expr(expr)),
            Err(error) => Err(self.report(Diagnostic::error(&codes::ARGUMENTS, span, error.to_string()))),
        }
    }

    /// The arguments of a call in the order of the parameters, each of the type of its parameter.
    pub(super) fn bind(
        &mut self,
        operator: &Operator,
        args: &[Expr],
        keywords: &[Keyword],
        span: Span,
    ) -> Check<Vec<ExprId>> {
        let (names, types) = (operator.argument_names(), operator.argument_types());
        let exprs = self.match_arguments(operator, &names, args, keywords, span);
        let exprs = match exprs {
            Ok(exprs) => exprs,
            Err(reported) => {
                // The arguments are looked at all the same, to report what is wrong inside them.
                for arg in args.iter().chain(keywords.iter().map(|keyword| &keyword.value)) {
                    let _ = self.value(arg);
                }
                return Err(reported);
            }
        };
        let params = names.iter().zip(&types).zip(exprs);
        let bound: Vec<Check<ExprId>> = params
            .map(|((name, ty), expr)| self.argument(operator, name, ty, expr))
            .collect();
        bound.into_iter().collect()
    }

    /// The expression for each parameter.
    fn match_arguments<'e>(
        &mut self,
        operator: &Operator,
        names: &[Name],
        args: &'e [Expr],
        keywords: &'e [Keyword],
        span: Span,
    ) -> Check<Vec<&'e Expr>> {
        let mut slots: Vec<Option<&'e Expr>> = vec![None; names.len()];
        let mut failed = None;
        for (index, arg) in args.iter().enumerate() {
            if let Some(slot) = slots.get_mut(index) {
                *slot = Some(arg);
            } else {
                let count = plural(names.len(), "argument");
                let message = format!(
                    "`{}` takes {count}, not {}",
                    operator.name,
                    args.len() + keywords.len()
                );
                let diagnostic = Diagnostic::error(&codes::ARGUMENTS, arg.span, message)
                    .label("one too many")
                    .also(operator.span, "defined here");
                return Err(self.report(diagnostic));
            }
        }
        for keyword in keywords {
            let name = keyword.name.as_ref().map_or("", |name| name.name.as_str());
            let position = names.iter().position(|param| param == name);
            match position.map(|position| &mut slots[position]) {
                Some(slot) if slot.is_none() => *slot = Some(&keyword.value),
                Some(_) => {
                    let message = format!("the parameter `{name}` of `{}` is given twice", operator.name);
                    failed = Some(self.report(Diagnostic::error(&codes::ARGUMENTS, keyword.span, message)));
                }
                None => failed = Some(self.unknown_keyword(operator, names, keyword)),
            }
        }
        if let Some(reported) = failed {
            return Err(reported);
        }
        let missing: Vec<String> = (names.iter().zip(&slots))
            .filter(|(_, slot)| slot.is_none())
            .map(|(name, _)| format!("`{name}`"))
            .collect();
        if !missing.is_empty() {
            let message = format!("the call of `{}` lacks {}", operator.name, missing.join(", "));
            let diagnostic = Diagnostic::error(&codes::ARGUMENTS, span, message)
                .label(format!("takes {}", plural(names.len(), "argument")))
                .also(operator.span, "defined here");
            return Err(self.report(diagnostic));
        }
        Ok(slots.into_iter().flatten().collect())
    }

    fn unknown_keyword(&mut self, operator: &Operator, names: &[Name], keyword: &Keyword) -> Reported {
        let Some(name) = &keyword.name else {
            let message = "arguments cannot be unpacked";
            return self.report(Diagnostic::error(&codes::ARGUMENTS, keyword.span, message));
        };
        let message = format!("`{}` has no parameter `{}`", operator.name, name.name);
        let diagnostic = Diagnostic::error(&codes::ARGUMENTS, name.span, message);
        let diagnostic = match name.name.as_str() {
            "out" | "domain" | "offset_provider" => {
                diagnostic.note("`out=` and `domain=` stand in programs only")
            }
            other => diagnostic.did_you_mean(other, names.iter().map(Name::as_str)),
        };
        self.report(diagnostic)
    }

    fn argument(&mut self, operator: &Operator, name: &Name, ty: &Type, expr: &Expr) -> Check<ExprId> {
        let value = self.value(expr)?;
        let value = self.settle_argument(operator, &value, ty, expr.span)?;
        let found = self.ty(value).clone();
        let scan = matches!(operator.kind, OperatorKind::Scan { .. });
        let fits = if scan {
            level_fits(ty, &found)
        } else {
            typing::accepts(ty, &found)
        };
        if fits {
            return Ok(value);
        }
        let expected = if scan {
            format!("a field or scalar of {ty}")
        } else {
            format!("`{ty}`")
        };
        let message = format!(
            "the parameter `{name}` of `{}` takes {expected}, not `{found}`",
            operator.name
        );
        let mut diagnostic = Diagnostic::error(&codes::TYPE_MISMATCH, expr.span, message)
            .label(format!("this is `{found}`"))
            .also(operator.span, "defined here");
        diagnostic = note_namesakes(diagnostic, ty, &found);
        diagnostic = match (ty.dtype(), found.dtype()) {
            (Some(a), Some(b)) if a != b => {
                diagnostic.hint(format!("convert it: `astype({}, {a})`", self.text(expr.span)))
            }
            (Some(_), Some(_))
                if found.dims() != ty.dims() && found.dims().iter().all(|dim| ty.dims().contains(dim)) =>
            {
                diagnostic.hint("add the dimensions it lacks with `broadcast`")
            }
            _ => diagnostic,
        };
        Err(self.report(diagnostic))
    }

    /// Literals take the types of the parameter; the parameters of a scan operator say those of one level.
    fn settle_argument(
        &mut self,
        operator: &Operator,
        value: &Value,
        ty: &Type,
        span: Span,
    ) -> Check<ExprId> {
        if let (Value::Literal(literal), Type::Scalar(dtype)) = (value, ty)
            && literal.adapt(*dtype).is_none()
        {
            let message = format!("the {} `{literal}` does not fit {dtype}", literal.kind());
            let diagnostic = Diagnostic::error(&codes::LITERAL, span, message)
                .label(format!("expected {dtype}"))
                .also(operator.span, "the operator is defined here");
            return Err(self.report(diagnostic));
        }
        self.settle_as(value, ty, span, None)
    }
}

/// Whether a scan operator takes `found` for a parameter that is `level` at one level.
fn level_fits(level: &Type, found: &Type) -> bool {
    match (level, found) {
        (Type::Tuple(levels), Type::Tuple(found)) => {
            levels.len() == found.len()
                && levels
                    .iter()
                    .zip(found)
                    .all(|(level, found)| level_fits(level, found))
        }
        (Type::Scalar(dtype), _) => found.dtype() == Some(*dtype),
        _ => false,
    }
}

/// "one argument", "2 arguments"
pub(super) fn plural(count: usize, noun: &str) -> String {
    match count {
        1 => format!("one {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
