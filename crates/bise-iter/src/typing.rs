//! How nodes are typed: the one place where the rules on the variants of [`Op`] are carried out.
//!
//! [`infer`] is asked by the builder (which trusts its callers), by the parser and by the verifier (which do
//! not).

use bise_base::Name;
use bise_lang::{Bound, Builtin, DType, Dimension, DimensionKind, Reduction, promote_dimensions};

use crate::{Graph, Node, NodeId, Op, ParamKind, Step, Table};

/// Dimensions and data type of a node that is `op` of nodes, parameters, tables and sweeps of `graph`. What
/// an `op` does not say itself is taken from `declared`: the type of a `Cast`, the dimensions of a
/// `Broadcast`.
pub(crate) fn infer(
    graph: &Graph,
    op: &Op,
    declared: (&[Dimension], DType),
) -> Result<(Vec<Dimension>, DType), String> {
    match op {
        Op::Input(param) => input(graph, *param),
        Op::Constant(value) => Ok((Vec::new(), value.dtype())),
        Op::Apply(builtin, operands) => apply(graph, *builtin, operands),
        Op::Select {
            condition,
            then,
            otherwise,
        } => select(graph, [*condition, *then, *otherwise]),
        Op::Cast(value) => Ok((node(graph, *value)?.dims.clone(), declared.1)),
        Op::Broadcast(value) => {
            let value = node(graph, *value)?;
            if let Some(dim) = value.dims.iter().find(|dim| !declared.0.contains(dim)) {
                return Err(format!("the value has dimension {dim}, the broadcast has not"));
            }
            Ok((promote_dimensions([declared.0]), value.dtype))
        }
        Op::Shift { value, step } => shift(graph, node(graph, *value)?, step),
        Op::Position(dim) => {
            not_local(dim)?;
            Ok((vec![dim.clone()], DType::Int64))
        }
        Op::Piecewise {
            dim,
            at,
            below,
            above,
        } => {
            not_local(dim)?;
            check_bound(graph, at)?;
            let (below, above) = (node(graph, *below)?, node(graph, *above)?);
            if below.dtype != above.dtype {
                return Err(format!("the pieces are {} and {}", below.dtype, above.dtype));
            }
            let dims = promote_dimensions([&below.dims[..], &above.dims[..], std::slice::from_ref(dim)]);
            Ok((dims, below.dtype))
        }
        Op::Gather {
            value,
            dim,
            index,
            start,
            stop,
        } => {
            not_local(dim)?;
            check_bound(graph, start)?;
            check_bound(graph, stop)?;
            let (value, index) = (node(graph, *value)?, node(graph, *index)?);
            if index.dtype != DType::Int64 {
                return Err(format!("the index is {}, not int64", index.dtype));
            }
            let rest = without(value, dim)?;
            Ok((promote_dimensions([&rest[..], &index.dims[..]]), value.dtype))
        }
        Op::Reduce {
            reduction,
            value,
            table,
            present,
        } => {
            let (value, table) = (node(graph, *value)?, table_of(graph, *table)?);
            foldable(*reduction, value.dtype)?;
            let mut dims = without(value, &table.local)?;
            match present {
                Some(present) => dims.extend(presence(graph, *present, &table.local)?),
                None => dims.push(table.origin.clone()),
            }
            Ok((promote_dimensions([&dims[..]]), value.dtype))
        }
        Op::Fold {
            reduction,
            value,
            dim,
            start,
            stop,
        } => {
            not_local(dim)?;
            check_bound(graph, start)?;
            check_bound(graph, stop)?;
            let value = node(graph, *value)?;
            foldable(*reduction, value.dtype)?;
            Ok((without(value, dim)?, value.dtype))
        }
        Op::Carry(sweep, slot) | Op::Result(sweep, slot) => {
            if sweep.into_raw().into_u32() as usize >= graph.sweeps.len() {
                return Err("no such sweep".into());
            }
            let sweep = &graph.sweeps[*sweep];
            let slot = sweep.slots.get(*slot as usize);
            let slot = slot.ok_or_else(|| format!("the sweep has {} slots", sweep.slots.len()))?;
            Ok((sweep.dims.clone(), node(graph, slot.init)?.dtype))
        }
    }
}

fn input(graph: &Graph, param: u32) -> Result<(Vec<Dimension>, DType), String> {
    let param = graph.params.get(param as usize);
    let param = param.ok_or_else(|| "no such parameter".to_string())?;
    Ok(match &param.kind {
        ParamKind::Scalar => (Vec::new(), param.dtype),
        ParamKind::Field(dims) => (dims.clone(), param.dtype),
    })
}

fn apply(graph: &Graph, builtin: Builtin, operands: &[NodeId]) -> Result<(Vec<Dimension>, DType), String> {
    let nodes = operands.iter().map(|&id| node(graph, id));
    let nodes = nodes.collect::<Result<Vec<_>, _>>()?;
    let dtypes: Vec<DType> = nodes.iter().map(|n| n.dtype).collect();
    let dtype = builtin.result_type(&dtypes);
    let dtype = dtype.ok_or_else(|| format!("`{}` does not take {dtypes:?}", builtin.name()))?;
    Ok((union(&nodes), dtype))
}

/// Of condition, then and otherwise.
fn select(
    graph: &Graph,
    [condition, then, otherwise]: [NodeId; 3],
) -> Result<(Vec<Dimension>, DType), String> {
    let nodes = [
        node(graph, condition)?,
        node(graph, then)?,
        node(graph, otherwise)?,
    ];
    if nodes[0].dtype != DType::Bool {
        return Err(format!("the condition is {}, not bool", nodes[0].dtype));
    }
    if nodes[1].dtype != nodes[2].dtype {
        return Err(format!(
            "the branches are {} and {}",
            nodes[1].dtype, nodes[2].dtype
        ));
    }
    Ok((union(&nodes), nodes[1].dtype))
}

fn shift(graph: &Graph, value: &Node, step: &Step) -> Result<(Vec<Dimension>, DType), String> {
    let dims = match step {
        Step::Cartesian { dim, .. } => {
            without(value, dim)?;
            not_local(dim)?;
            value.dims.clone()
        }
        Step::Neighbor { table, .. } => {
            let table = table_of(graph, *table)?;
            let rest = without(value, &table.codomain)?;
            promote_dimensions([&rest[..], std::slice::from_ref(&table.origin)])
        }
        Step::Neighbors { table } => {
            let table = table_of(graph, *table)?;
            let rest = without(value, &table.codomain)?;
            promote_dimensions([&rest[..], &[table.origin.clone(), table.local.clone()]])
        }
        Step::Entry { dim, .. } => {
            if dim.kind != DimensionKind::Local {
                return Err(format!("{dim} is not local: it has no entries"));
            }
            let is_given = match &value.op {
                Op::Input(_) | Op::Carry(..) | Op::Result(..) => true,
                Op::Shift { step, .. } => matches!(step, Step::Entry { .. }),
                Op::Constant(_)
                | Op::Apply(..)
                | Op::Select { .. }
                | Op::Cast(_)
                | Op::Broadcast(_)
                | Op::Position(_)
                | Op::Piecewise { .. }
                | Op::Gather { .. }
                | Op::Reduce { .. }
                | Op::Fold { .. } => false,
            };
            if !is_given {
                return Err("an entry is of an input or of a state of a sweep".into());
            }
            without(value, dim)?
        }
    };
    Ok((dims, value.dtype))
}

/// The dimensions that truth values bring along which say what there is along `local`.
fn presence(graph: &Graph, present: NodeId, local: &Dimension) -> Result<Vec<Dimension>, String> {
    let present = node(graph, present)?;
    if present.dtype != DType::Bool {
        return Err(format!("what is present is said by {}, not bool", present.dtype));
    }
    Ok(present.dims.iter().filter(|dim| *dim != local).cloned().collect())
}

/// A fold of values of a type is of that type.
fn foldable(reduction: Reduction, dtype: DType) -> Result<(), String> {
    if reduction.builtin().result_type(&[dtype; 2]) == Some(dtype) {
        return Ok(());
    }
    Err(format!("`{}` does not take {dtype}", reduction.name()))
}

/// There is no order along a local dimension.
fn not_local(dim: &Dimension) -> Result<(), String> {
    if dim.kind == DimensionKind::Local {
        return Err(format!("{dim} is local: there is no order along it"));
    }
    Ok(())
}

/// Bounds name integer scalars, and dimensions that fields have.
pub(crate) fn check_bound(graph: &Graph, bound: &Bound) -> Result<(), String> {
    match bound {
        Bound::Constant(_) => Ok(()),
        Bound::Scalar(param) => {
            let param = graph.params.get(*param as usize);
            if param.is_some_and(|p| p.kind == ParamKind::Scalar && p.dtype.is_integer()) {
                return Ok(());
            }
            Err("a bound names what is not an integer scalar".into())
        }
        Bound::Start(param, dim) | Bound::Stop(param, dim) => {
            let (name, dims) = field(graph, *param)?;
            if dims.contains(dim) {
                return Ok(());
            }
            Err(format!("a bound of `{name}` along {dim}, which it has not"))
        }
        Bound::Binary(_, a, b) => check_bound(graph, a).and_then(|()| check_bound(graph, b)),
    }
}

/// The dimensions of `value` but `dim`, which it must have.
fn without(value: &Node, dim: &Dimension) -> Result<Vec<Dimension>, String> {
    if !value.dims.contains(dim) {
        return Err(format!("the value has no dimension {dim}"));
    }
    Ok(value.dims.iter().filter(|d| *d != dim).cloned().collect())
}

fn union(nodes: &[&Node]) -> Vec<Dimension> {
    promote_dimensions(nodes.iter().map(|n| &n.dims[..]))
}

pub(crate) fn node(graph: &Graph, id: NodeId) -> Result<&Node, String> {
    if id.into_raw().into_u32() as usize >= graph.nodes.len() {
        return Err("no such node".into());
    }
    Ok(&graph.nodes[id])
}

pub(crate) fn table_of(graph: &Graph, id: u32) -> Result<&Table, String> {
    graph
        .tables
        .get(id as usize)
        .ok_or_else(|| format!("there is no table number {id}"))
}

/// The field argument number `param`: its name and dimensions.
pub(crate) fn field(graph: &Graph, param: u32) -> Result<(&Name, &[Dimension]), String> {
    let param = graph.params.get(param as usize);
    let param = param.ok_or_else(|| "no such parameter".to_string())?;
    match &param.kind {
        ParamKind::Scalar => Err(format!("`{}` is a scalar: nothing is written to it", param.name)),
        ParamKind::Field(dims) => Ok((&param.name, dims)),
    }
}
