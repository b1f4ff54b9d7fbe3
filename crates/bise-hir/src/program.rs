//! Programs: their flattened parameters, and the program that calls one operator.

use std::sync::Arc;

use bise_base::Name;
use bise_lang::{Annotation, Bound, DomainRange, Type};

use crate::typing::{call, map_leaves};
use crate::{Builder, Operator, OperatorKind, Program, ProgramCall, Target};

impl Program {
    /// The leaves of all parameters, left to right: fields and scalars. A leaf of a tuple `t` is named `t.0`,
    /// `t.1.0`. Then the variables of its loops. Targets and bounds name parameters by position in this list.
    pub fn flattened(&self) -> Vec<(Name, Type)> {
        let mut leaves = Vec::new();
        for &param in self.params.iter().chain(&self.variables) {
            let local = &self.body.locals[param];
            flatten(&local.name, local.ty(), &mut leaves);
        }
        leaves
    }

    /// The program that calls `operator` with its own parameters and writes the result to one more, `out`, as
    /// far as it reaches. The parameters of a scan operator become fields over its axis.
    pub fn from_operator(operator: Arc<Operator>) -> Self {
        let args = operator.argument_annotations();
        let args = args.into_iter().map(|annotation| match &operator.kind {
            OperatorKind::Field => annotation,
            OperatorKind::Scan { axis, .. } => Annotation::from(map_leaves(annotation.ty(), &mut |leaf| {
                Type::field([axis.clone()], leaf.dtype().unwrap_or(bise_lang::DType::Float64))
            })),
        });
        let args: Vec<Annotation> = args.collect();
        Self::from_operator_with(operator, &args)
            .unwrap_or_else(|error| panic!("compiler bug: an operator does not take its own types: {error}"))
    }

    /// As [`Program::from_operator`], with arguments of those types: for scan operators, which take fields over
    /// any dimensions.
    pub fn from_operator_with(
        operator: Arc<Operator>,
        args: &[Annotation],
    ) -> Result<Self, crate::TypeError> {
        let result = call(&operator, &args.iter().map(Annotation::ty).collect::<Vec<_>>())?;
        let out_type = map_leaves(&result, &mut |leaf| match leaf {
            Type::Scalar(dtype) => Type::field([], *dtype),
            Type::Field(_) | Type::Tuple(_) => leaf.clone(),
        });
        let out_annotation = match operator.kind {
            OperatorKind::Field => operator.result.with_type(out_type.clone()),
            OperatorKind::Scan { .. } => Annotation::inferred(out_type.clone(), args),
        };
        let span = operator.span;
        let mut builder = Builder::new();
        let mut params = Vec::new();
        let names = operator.argument_names();
        for (name, annotation) in names.iter().zip(args) {
            params.push(builder.local(name.clone(), annotation.clone(), span));
        }
        let args: Vec<_> = params.iter().map(|&param| builder.read(param, span)).collect();
        let mut out_name = Name::new("out");
        while names.contains(&out_name) {
            out_name = Name::new(format!("{out_name}_"));
        }
        let first_leaf = params
            .iter()
            .map(|&param| builder.body().locals[param].ty().leaves().len());
        let mut leaf = first_leaf.sum::<usize>() as u32;
        let out = Target::whole(&out_type, &mut leaf, span);
        params.push(builder.local(out_name, out_annotation, span));
        let call = ProgramCall {
            callee: 0,
            args,
            out,
            span,
        };
        let mut program = builder.program(operator.name.clone(), span, params, vec![call]);
        program.body.callees.push(operator);
        Ok(program)
    }

    /// What the leaves of the parameters are declared as.
    pub fn annotations(&self) -> impl Iterator<Item = Annotation> {
        let params = self.params.iter();
        params.flat_map(|&param| self.body.locals[param].annotation.leaves())
    }
}

impl Target {
    /// All of a parameter of type `ty`, whose first leaf is number `leaf`; `leaf` moves past its leaves.
    pub fn whole(ty: &Type, leaf: &mut u32, span: bise_base::Span) -> Self {
        match ty {
            Type::Tuple(items) => {
                Self::Tuple(items.iter().map(|item| Self::whole(item, leaf, span)).collect())
            }
            Type::Scalar(_) | Type::Field(_) => {
                let number = *leaf;
                *leaf += 1;
                let domain = ty.dims().iter().map(|dim| DomainRange {
                    dim: dim.clone(),
                    start: Bound::Start(number, dim.clone()),
                    stop: Bound::Stop(number, dim.clone()),
                });
                Self::Field {
                    leaf: number,
                    domain: domain.collect(),
                    span,
                }
            }
        }
    }
}

fn flatten(name: &Name, ty: &Type, leaves: &mut Vec<(Name, Type)>) {
    match ty {
        Type::Tuple(items) => {
            for (index, item) in items.iter().enumerate() {
                flatten(&Name::new(format!("{name}.{index}")), item, leaves);
            }
        }
        Type::Scalar(_) | Type::Field(_) => leaves.push((name.clone(), ty.clone())),
    }
}
