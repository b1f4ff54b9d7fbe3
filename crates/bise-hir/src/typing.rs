//! The type of every expression, from its operands: one function, [`infer`], that the builder, the front ends and
//! the verifier share.

use std::fmt;

use bise_lang::{
    Builtin, DType, Dimension, DimensionKind, FieldType, Offset, Reduction, Type, promote_dimensions,
};

use crate::{Body, ExprId, ExprKind, Operator, OperatorKind, Range, Shift};

/// Why an expression has no type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeError {
    /// A builtin does not take operands of those types.
    Operands {
        /// Which builtin.
        builtin: Builtin,
        /// What it was given.
        found: Vec<Type>,
    },
    /// A scalar truth value is needed.
    Condition(Type),
    /// A truth-valued field or scalar is needed.
    Mask(Type),
    /// Two values that must be alike are not.
    Branches {
        /// One of them.
        then: Type,
        /// The other.
        otherwise: Type,
    },
    /// A field is needed.
    NotField(Type),
    /// A tuple is needed.
    NotTuple(Type),
    /// A field or scalar is needed.
    NotSingle(Type),
    /// A tuple has no such element.
    NoItem {
        /// Which element.
        index: usize,
        /// The tuple.
        of: Type,
    },
    /// A field lacks a dimension.
    MissingDimension {
        /// Which one.
        dim: Dimension,
        /// The field.
        of: Type,
    },
    /// A field has a dimension that the result would have twice.
    RepeatedDimension {
        /// Which one.
        dim: Dimension,
        /// The field.
        of: Type,
    },
    /// One cannot move along a local dimension by a number.
    LocalShift(Dimension),
    /// Only fields along local dimensions have entries.
    NoEntries(Dimension),
    /// An offset without a table where one is needed, or of the wrong kind of dimensions.
    NotUnstructured(Offset),
    /// An offset that leads to neighbours, or to another dimension, where one along a dimension is needed.
    NotCartesian(Offset),
    /// An integer is needed.
    NotIndex(Type),
    /// In a scan operator, a dimension that is not the one that it is along.
    NotLevels {
        /// Which one.
        dim: Dimension,
        /// Along which it is.
        axis: Dimension,
    },
    /// A call with too few or too many arguments.
    Arguments {
        /// Parameters that take arguments.
        expected: usize,
        /// Arguments.
        found: usize,
    },
    /// An argument of the wrong type.
    Argument {
        /// Which one.
        index: usize,
        /// Type of the parameter; of a scan operator, that of one level.
        expected: Type,
        /// Type of the argument.
        found: Type,
    },
}

impl fmt::Display for TypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operands { builtin, found } => {
                let found: Vec<String> = found.iter().map(|t| format!("`{t}`")).collect();
                write!(f, "`{}` does not take {}", builtin.name(), found.join(" and "))
            }
            Self::Condition(found) => write!(f, "the condition is `{found}`, not a scalar truth value"),
            Self::Mask(found) => write!(f, "the mask is `{found}`, not of truth values"),
            Self::Branches { then, otherwise } => {
                write!(f, "the branches differ: `{then}` and `{otherwise}`")
            }
            Self::NotField(found) => write!(f, "`{found}` is not a field"),
            Self::NotTuple(found) => write!(f, "`{found}` is not a tuple"),
            Self::NotSingle(found) => write!(f, "`{found}` is neither a field nor a scalar"),
            Self::NoItem { index, of } => write!(f, "`{of}` has no element {index}"),
            Self::MissingDimension { dim, of } => write!(f, "`{of}` has no dimension `{dim}`"),
            Self::RepeatedDimension { dim, of } => write!(f, "`{of}` has the dimension `{dim}` already"),
            Self::LocalShift(dim) => write!(f, "`{dim}` is a local dimension: there is no order along it"),
            Self::NoEntries(dim) => write!(
                f,
                "`{dim}` is no local dimension: fields have no entries along it"
            ),
            Self::NotUnstructured(offset) => write!(f, "`{}` does not lead to neighbours", offset.name),
            Self::NotCartesian(offset) => write!(f, "`{}` does not move along one dimension", offset.name),
            Self::NotIndex(found) => write!(f, "`{found}` is no integer"),
            Self::NotLevels { dim, axis } => write!(f, "`{dim}` where the levels are those of `{axis}`"),
            Self::Arguments { expected, found } => write!(f, "{found} arguments where {expected} are taken"),
            Self::Argument {
                index,
                expected,
                found,
            } => write!(f, "argument {index} is `{found}`, not `{expected}`"),
        }
    }
}

/// The type of an expression of `body`. `declared` is the type that is asked for, which only `Cast` and
/// `Broadcast` look at: they check that it is a possible one.
pub fn infer(body: &Body, kind: &ExprKind, declared: &Type) -> Result<Type, TypeError> {
    let ty = |expr: &ExprId| &body.exprs[*expr].ty;
    // What is about levels is so along one dimension, and gives numbers.
    let along = |dim: &Dimension| match &body.levels {
        Some(axis) if axis != dim => Err(TypeError::NotLevels {
            dim: dim.clone(),
            axis: axis.clone(),
        }),
        _ => not_local(dim),
    };
    let here = |ty: Type| if body.levels.is_some() { level_of(&ty) } else { ty };
    // A parameter of a scan operator is a field over the levels to those who call it.
    let there = |expr: &ExprId| match (&body.levels, ty(expr)) {
        (Some(axis), Type::Scalar(dtype)) => Type::field([axis.clone()], *dtype),
        (_, ty) => ty.clone(),
    };
    match kind {
        ExprKind::Local(local) => Ok(body.locals[*local].ty().clone()),
        ExprKind::Constant(value) => Ok(Type::Scalar(value.dtype())),
        ExprKind::Builtin(builtin, operands) => apply(*builtin, &operands.iter().map(ty).collect::<Vec<_>>()),
        ExprKind::Where {
            mask,
            then,
            otherwise,
        } => select(ty(mask), ty(then), ty(otherwise)),
        ExprKind::Conditional {
            condition,
            then,
            otherwise,
        } => conditional(ty(condition), ty(then), ty(otherwise)),
        ExprKind::Cast(value) => cast(ty(value), declared),
        ExprKind::Broadcast(value) => broadcast(ty(value), declared),
        ExprKind::Index(dim) => {
            along(dim)?;
            Ok(here(Type::field([dim.clone()], DType::Int32)))
        }
        ExprKind::ConcatWhere {
            region,
            then,
            otherwise,
        } => {
            let mut dims = Vec::new();
            for (dim, _, bound) in region.comparisons() {
                along(dim)?;
                if !is_index(ty(&bound)) {
                    return Err(TypeError::NotIndex(ty(&bound).clone()));
                }
                dims.push(dim.clone());
            }
            pieces(&promote_dimensions([&dims[..]]), ty(then), ty(otherwise)).map(here)
        }
        ExprKind::Gather {
            value,
            offset,
            distance,
        } => {
            along(&offset.source)?;
            gather(&there(value), offset, ty(distance)).map(here)
        }
        ExprKind::Shift { value, shift: step } => {
            if let Shift::Cartesian { dim, .. } = step {
                along(dim)?;
            }
            shift(&there(value), step).map(here)
        }
        ExprKind::Reduce {
            reduction,
            value,
            offset,
        } => reduce(*reduction, ty(value), offset),
        ExprKind::Fold {
            reduction,
            value,
            ranges,
        } => {
            for end in ranges.iter().flat_map(|range| [&range.start, &range.stop]) {
                if !is_index(ty(end)) {
                    return Err(TypeError::NotIndex(ty(end).clone()));
                }
            }
            fold(*reduction, ty(value), ranges)
        }
        ExprKind::Tuple(items) => Ok(Type::Tuple(items.iter().map(|item| ty(item).clone()).collect())),
        ExprKind::Item(value, index) => item(ty(value), *index),
        ExprKind::Call { callee, args } => {
            call(&body.callees[*callee], &args.iter().map(ty).collect::<Vec<_>>())
        }
    }
}

/// Whether a parameter takes an argument: the types are equal, but that a field without dimensions takes a
/// scalar.
pub fn accepts(param: &Type, arg: &Type) -> bool {
    match (param, arg) {
        (Type::Field(field), Type::Scalar(dtype)) => field.dims().is_empty() && field.dtype == *dtype,
        (Type::Tuple(params), Type::Tuple(args)) => {
            params.len() == args.len() && params.iter().zip(args).all(|(param, arg)| accepts(param, arg))
        }
        _ => param == arg,
    }
}

/// `ty` with every leaf replaced.
pub fn map_leaves(ty: &Type, leaf: &mut impl FnMut(&Type) -> Type) -> Type {
    match ty {
        Type::Tuple(items) => Type::Tuple(items.iter().map(|item| map_leaves(item, leaf)).collect()),
        Type::Scalar(_) | Type::Field(_) => leaf(ty),
    }
}

fn apply(builtin: Builtin, operands: &[&Type]) -> Result<Type, TypeError> {
    let error = || TypeError::Operands {
        builtin,
        found: operands.iter().map(|&ty| ty.clone()).collect(),
    };
    let dtypes: Option<Vec<DType>> = operands.iter().map(|ty| ty.dtype()).collect();
    let dtype = builtin
        .result_type(&dtypes.ok_or_else(error)?)
        .ok_or_else(error)?;
    Ok(over(operands, dtype))
}

/// A field over the union of dimensions if one is a field, else a scalar.
fn over(operands: &[&Type], dtype: DType) -> Type {
    if operands.iter().any(|ty| matches!(ty, Type::Field(_))) {
        let dims = promote_dimensions(operands.iter().map(|ty| ty.dims()));
        Type::field(dims, dtype)
    } else {
        Type::Scalar(dtype)
    }
}

fn select(mask: &Type, then: &Type, otherwise: &Type) -> Result<Type, TypeError> {
    if mask.dtype() != Some(DType::Bool) {
        return Err(TypeError::Mask(mask.clone()));
    }
    let error = || TypeError::Branches {
        then: then.clone(),
        otherwise: otherwise.clone(),
    };
    match (then, otherwise) {
        (Type::Tuple(a), Type::Tuple(b)) if a.len() == b.len() => {
            let items = a
                .iter()
                .zip(b)
                .map(|(a, b)| select(mask, a, b).map_err(|_| error()));
            Ok(Type::Tuple(items.collect::<Result<_, _>>()?))
        }
        _ => match (then.dtype(), otherwise.dtype()) {
            (Some(a), Some(b)) if a == b => {
                let dims = promote_dimensions([mask.dims(), then.dims(), otherwise.dims()]);
                Ok(Type::field(dims, a))
            }
            _ => Err(error()),
        },
    }
}

/// Leaf by leaf a field over the dimensions of both and of the region.
fn pieces(dims: &[Dimension], then: &Type, otherwise: &Type) -> Result<Type, TypeError> {
    let mask = Type::field(dims.iter().cloned(), DType::Bool);
    select(&mask, then, otherwise)
}

fn gather(value: &Type, offset: &Offset, distance: &Type) -> Result<Type, TypeError> {
    let field = as_field(value)?;
    let dim = &offset.source;
    if offset.target.as_slice() != std::slice::from_ref(dim) {
        return Err(TypeError::NotCartesian(offset.clone()));
    }
    not_local(dim)?;
    require(field, dim, value)?;
    match distance.dtype() {
        Some(dtype) if dtype.is_integer() => {
            let dims = promote_dimensions([field.dims(), distance.dims()]);
            Ok(Type::field(dims, field.dtype))
        }
        _ => Err(TypeError::NotIndex(distance.clone())),
    }
}

/// There is no order along a local dimension.
fn not_local(dim: &Dimension) -> Result<(), TypeError> {
    if dim.kind == DimensionKind::Local {
        return Err(TypeError::LocalShift(dim.clone()));
    }
    Ok(())
}

fn conditional(condition: &Type, then: &Type, otherwise: &Type) -> Result<Type, TypeError> {
    if *condition != Type::Scalar(DType::Bool) {
        return Err(TypeError::Condition(condition.clone()));
    }
    if then != otherwise {
        return Err(TypeError::Branches {
            then: then.clone(),
            otherwise: otherwise.clone(),
        });
    }
    Ok(then.clone())
}

/// All leaves get the data type of the first leaf of `declared`.
fn cast(value: &Type, declared: &Type) -> Result<Type, TypeError> {
    let Some(dtype) = declared.leaves().first().and_then(|leaf| leaf.dtype()) else {
        return Err(TypeError::NotSingle(value.clone()));
    };
    Ok(map_leaves(value, &mut |leaf| match leaf {
        Type::Field(field) => Type::field(field.dims().iter().cloned(), dtype),
        Type::Scalar(_) | Type::Tuple(_) => Type::Scalar(dtype),
    }))
}

fn broadcast(value: &Type, declared: &Type) -> Result<Type, TypeError> {
    let dtype = value.dtype().ok_or_else(|| TypeError::NotSingle(value.clone()))?;
    let missing = value.dims().iter().find(|dim| !declared.dims().contains(dim));
    if let Some(dim) = missing {
        return Err(TypeError::MissingDimension {
            dim: dim.clone(),
            of: Type::field(declared.dims().iter().cloned(), dtype),
        });
    }
    Ok(Type::field(declared.dims().iter().cloned(), dtype))
}

fn shift(value: &Type, step: &Shift) -> Result<Type, TypeError> {
    let field = as_field(value)?;
    match step {
        Shift::Cartesian { dim, .. } if dim.kind == DimensionKind::Local => {
            Err(TypeError::LocalShift(dim.clone()))
        }
        Shift::Cartesian { dim, .. } => {
            require(field, dim, value)?;
            Ok(value.clone())
        }
        Shift::Neighbor { offset, .. } => {
            let (origin, _) = table(offset)?;
            replaced(field, value, &offset.source, &[origin])
        }
        Shift::Neighbors { offset } => {
            let (origin, local) = table(offset)?;
            replaced(field, value, &offset.source, &[origin, local])
        }
        Shift::Entry { dim, .. } if dim.kind != DimensionKind::Local => {
            Err(TypeError::NoEntries(dim.clone()))
        }
        Shift::Entry { dim, .. } => replaced(field, value, dim, &[]),
    }
}

fn reduce(reduction: Reduction, value: &Type, offset: &Offset) -> Result<Type, TypeError> {
    let field = as_field(value)?;
    apply(reduction.builtin(), &[value, value])?;
    let (origin, local) = table(offset)?;
    require(field, local, value)?;
    let kept: Vec<&Dimension> = field.dims().iter().filter(|dim| *dim != local).collect();
    // Weights that are the same for all rows are no field of rows yet.
    let is_of_rows = kept.iter().any(|dim| dim.kind == DimensionKind::Horizontal);
    let rows = (!is_of_rows).then_some(origin);
    Ok(Type::field(kept.into_iter().chain(rows).cloned(), field.dtype))
}

/// Whether that is a number that an index can be compared with.
fn is_index(ty: &Type) -> bool {
    matches!(ty, Type::Scalar(dtype) if dtype.is_integer() && *dtype != DType::UInt64)
}

fn fold(reduction: Reduction, value: &Type, ranges: &[Range]) -> Result<Type, TypeError> {
    let mut field = as_field(value)?.clone();
    apply(reduction.builtin(), &[value, value])?;
    for Range { dim, .. } in ranges {
        not_local(dim)?;
        require(&field, dim, value)?;
        let kept: Vec<Dimension> = field.dims().iter().filter(|d| *d != dim).cloned().collect();
        field = FieldType::new(kept, field.dtype);
    }
    Ok(Type::Field(field))
}

/// The dimension whose elements have neighbours, and the dimension that counts them.
fn table(offset: &Offset) -> Result<(&Dimension, &Dimension), TypeError> {
    match offset.target.as_slice() {
        [origin, local] if local.kind == DimensionKind::Local && origin.kind != DimensionKind::Local => {
            Ok((origin, local))
        }
        _ => Err(TypeError::NotUnstructured(offset.clone())),
    }
}

fn replaced(
    field: &FieldType,
    value: &Type,
    source: &Dimension,
    by: &[&Dimension],
) -> Result<Type, TypeError> {
    require(field, source, value)?;
    let kept: Vec<&Dimension> = field.dims().iter().filter(|dim| *dim != source).collect();
    if let Some(&dim) = by.iter().find(|dim| kept.contains(dim)) {
        return Err(TypeError::RepeatedDimension {
            dim: dim.clone(),
            of: value.clone(),
        });
    }
    let dims = kept.into_iter().chain(by.iter().copied()).cloned();
    Ok(Type::field(dims, field.dtype))
}

fn as_field(value: &Type) -> Result<&FieldType, TypeError> {
    match value {
        Type::Field(field) => Ok(field),
        Type::Scalar(_) | Type::Tuple(_) => Err(TypeError::NotField(value.clone())),
    }
}

fn require(field: &FieldType, dim: &Dimension, value: &Type) -> Result<(), TypeError> {
    if field.dims().contains(dim) {
        return Ok(());
    }
    Err(TypeError::MissingDimension {
        dim: dim.clone(),
        of: value.clone(),
    })
}

fn item(value: &Type, index: usize) -> Result<Type, TypeError> {
    let Type::Tuple(items) = value else {
        return Err(TypeError::NotTuple(value.clone()));
    };
    items.get(index).cloned().ok_or_else(|| TypeError::NoItem {
        index,
        of: value.clone(),
    })
}

/// The type of a call of `operator` with arguments of those types.
pub fn call(operator: &Operator, args: &[&Type]) -> Result<Type, TypeError> {
    let params = operator.argument_types();
    if params.len() != args.len() {
        return Err(TypeError::Arguments {
            expected: params.len(),
            found: args.len(),
        });
    }
    let takes = |param: &Type, arg: &Type| match operator.kind {
        OperatorKind::Field => accepts(param, arg),
        OperatorKind::Scan { .. } => level_of(arg) == *param,
    };
    let mismatch = params
        .iter()
        .zip(args)
        .position(|(param, arg)| !takes(param, arg));
    if let Some(index) = mismatch {
        return Err(TypeError::Argument {
            index,
            expected: params[index].clone(),
            found: args[index].clone(),
        });
    }
    Ok(match &operator.kind {
        OperatorKind::Field => operator.result.ty().clone(),
        OperatorKind::Scan { axis, .. } => {
            let leaves = args.iter().flat_map(|arg| arg.leaves());
            let dims = promote_dimensions(leaves.map(Type::dims).chain([std::slice::from_ref(axis)]));
            map_leaves(operator.result.ty(), &mut |leaf| match leaf.dtype() {
                Some(dtype) => Type::field(dims.iter().cloned(), dtype),
                None => leaf.clone(),
            })
        }
    })
}

/// The type of one point of a value.
fn level_of(ty: &Type) -> Type {
    map_leaves(ty, &mut |leaf| {
        leaf.dtype().map_or_else(|| leaf.clone(), Type::Scalar)
    })
}
