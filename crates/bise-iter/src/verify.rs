//! What holds of every graph that a stage is given. Verified graphs never make a later stage panic. The rules, in
//! the order in which they are checked:
//!
//! 1. Parameters have different names; the dimensions of a field are in canonical order, without repetition.
//! 2. The local dimension of a table is local, its origin and its codomain are not.
//! 3. Operands come before their users, the inits of a sweep before its carries, inits and nexts before its results.
//! 4. Each node has the dimensions and data type that the rules on [`Op`] give it: in this, parameters, tables,
//!    sweeps and slots that it names exist.
//! 5. A sweep has a slot. Its dimensions are in canonical order; a next has the type of the init, and dimensions of the
//!    sweep only. Along levels, they hold the axis, which is not local, and an init has no dimensions. Those of a
//!    `while` hold the dimensions of its inits and of its condition, which is a truth value.
//! 6. Only the nexts and the condition of a sweep depend on its carries (through its results a node does not). No shift,
//!    no reduction and no value that is gathered does: columns, and points, are independent. What a sweep along levels
//!    is made of depends on no other sweep's carries; a `while` may be in another sweep.
//! 7. A node belongs to one statement.
//! 8. An output is a field; its value has its type, and dimensions of the field only. Its domain has one range per
//!    dimension of the field, in canonical order. Bounds name integer scalars, and dimensions that fields have.
//! 9. A sweep along levels runs over those of the outputs that it contributes to, and maybe of others of its statement.
//!    They all have its axis. A `while` names none.
//! 10. A loop repeats some statements that there are. Loops come in the order in which they begin, outer ones first, and
//!     nest. The variables, one for each, are the last parameters: integer scalars. The step is not zero. A variable is
//!     known in the loop only, a loop's ends are in terms of arguments and of the variables around it.

mod loops;

use std::collections::{BTreeSet, HashSet};
use std::fmt;

use bise_lang::{DType, Dimension, DimensionKind, DomainRange};
use la_arena::ArenaMap;

use crate::typing::{check_bound, field, infer};
use crate::walk::{operands, reachable, sweep_users};
use crate::{Course, Graph, NodeId, Op, Output, ParamKind, Statement, Sweep, SweepId};

/// A rule that does not hold: a compiler bug, or a mistake in an IR text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyError {
    /// What breaks it.
    pub place: Place,
    /// How.
    pub message: String,
}

/// A part of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Parameters and tables.
    Program,
    /// A node.
    Node(NodeId),
    /// A sweep.
    Sweep(SweepId),
    /// A statement, by position.
    Statement(usize),
    /// A loop, by position.
    Loop(usize),
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Place::Program => write!(f, "{}", self.message),
            Place::Node(id) => write!(f, "%{}: {}", id.into_raw().into_u32(), self.message),
            Place::Sweep(id) => write!(f, "s{}: {}", id.into_raw().into_u32(), self.message),
            Place::Loop(position) => write!(f, "loop {position}: {}", self.message),
            Place::Statement(position) => write!(f, "statement {position}: {}", self.message),
        }
    }
}

impl std::error::Error for VerifyError {}

/// Checks all rules.
pub fn verify(graph: &Graph) -> Result<(), VerifyError> {
    loops::nest(graph)?;
    header(graph).map_err(|message| error(Place::Program, message))?;
    for (id, _) in graph.nodes.iter() {
        order(graph, id).map_err(|message| error(Place::Node(id), message))?;
    }
    for (id, _) in graph.nodes.iter() {
        types(graph, id).map_err(|message| error(Place::Node(id), message))?;
    }
    for (id, _) in graph.sweeps.iter() {
        sweep(graph, id).map_err(|message| error(Place::Sweep(id), message))?;
    }
    scopes(graph)?;
    let mut owned = HashSet::new();
    for (position, statement) in graph.statements.iter().enumerate() {
        let at = |message| error(Place::Statement(position), message);
        for output in &statement.outputs {
            if index(output.value) >= graph.nodes.len() {
                return Err(at("no such node".into()));
            }
        }
        for id in reachable(graph, statement.outputs.iter().map(|output| output.value)) {
            if !owned.insert(id) {
                return Err(error(
                    Place::Node(id),
                    "the node belongs to two statements".into(),
                ));
            }
        }
        for output in &statement.outputs {
            check_output(graph, output).map_err(at)?;
        }
        for (sweep, users) in sweep_users(graph, statement) {
            check_levels(graph, statement, sweep, &users).map_err(|m| error(Place::Sweep(sweep), m))?;
        }
    }
    loops::variables(graph)
}

fn error(place: Place, message: String) -> VerifyError {
    VerifyError { place, message }
}

/// Fails with a message where a rule does not hold.
fn ensure(holds: bool, message: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(message()) }
}

fn index(id: NodeId) -> usize {
    id.into_raw().into_u32() as usize
}

fn canonical(dims: &[Dimension]) -> bool {
    dims.windows(2).all(|pair| pair[0] < pair[1])
}

/// Rules 1 and 2.
fn header(graph: &Graph) -> Result<(), String> {
    let mut names = HashSet::new();
    for param in &graph.params {
        ensure(names.insert(&param.name), || {
            format!("two parameters `{}`", param.name)
        })?;
        if let ParamKind::Field(dims) = &param.kind {
            ensure(canonical(dims), || {
                format!("dimensions of `{}` out of order", param.name)
            })?;
        }
    }
    for table in &graph.tables {
        let local = |dim: &Dimension| dim.kind == DimensionKind::Local;
        let holds = local(&table.local) && !local(&table.origin) && !local(&table.codomain);
        ensure(holds, || {
            format!("kinds of the dimensions of table `{}`", table.name)
        })?;
    }
    Ok(())
}

/// Rule 3.
fn order(graph: &Graph, id: NodeId) -> Result<(), String> {
    let before = |what: &str, operand: NodeId| {
        let message = || format!("{what} %{} comes after its user", index(operand));
        ensure(index(operand) < index(id), message)
    };
    if let Op::Carry(sweep, _) | Op::Result(sweep, _) = graph.nodes[id].op {
        ensure(
            (sweep.into_raw().into_u32() as usize) < graph.sweeps.len(),
            || "no such sweep".into(),
        )?;
        graph.sweeps[sweep]
            .inits()
            .try_for_each(|init| before("init", init))?;
    }
    operands(graph, id)
        .into_iter()
        .try_for_each(|operand| before("operand", operand))
}

/// Rule 4.
fn types(graph: &Graph, id: NodeId) -> Result<(), String> {
    let node = &graph.nodes[id];
    let (dims, dtype) = infer(graph, &node.op, (&node.dims, node.dtype))?;
    ensure(dims == node.dims && dtype == node.dtype, || {
        let names = |dims: &[Dimension]| {
            dims.iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", ")
        };
        let (has, is) = (names(&node.dims), names(&dims));
        format!("the type is <{is}; {dtype}>, not <{has}; {}>", node.dtype)
    })
}

/// Rule 5.
fn sweep(graph: &Graph, id: SweepId) -> Result<(), String> {
    let sweep = &graph.sweeps[id];
    ensure(!sweep.slots.is_empty(), || "the sweep has no slots".into())?;
    ensure(canonical(&sweep.dims), || "dimensions out of order".into())?;
    let known = |id: NodeId| index(id) < graph.nodes.len();
    ensure(sweep.inits().chain(sweep.ends()).all(known), || {
        "no such node".into()
    })?;
    let inside = |id: NodeId| graph.nodes[id].dims.iter().all(|dim| sweep.dims.contains(dim));
    let numbers = sweep.inits().all(|init| graph.nodes[init].dims.is_empty());
    match &sweep.course {
        Course::Levels { axis, .. } => {
            ensure(sweep.dims.contains(axis), || {
                "the axis is not among the dimensions".into()
            })?;
            ensure(axis.kind != DimensionKind::Local, || "the axis is local".into())?;
            ensure(numbers, || "an init has dimensions".into())?;
        }
        Course::While { condition } => {
            let dtype = graph.nodes[*condition].dtype;
            ensure(dtype == DType::Bool, || {
                format!("the condition is {dtype}, not bool")
            })?;
            ensure(inside(*condition) && sweep.inits().all(inside), || {
                "an init or the condition has dimensions that the `while` has not".into()
            })?;
            ensure(sweep.outputs.is_empty(), || {
                "a `while` runs over no levels".into()
            })?;
        }
    }
    for slot in &sweep.slots {
        let (from, to) = (graph.nodes[slot.init].dtype, graph.nodes[slot.next].dtype);
        ensure(from == to, || {
            format!("a state goes from {from} to {to} in one level")
        })?;
        ensure(inside(slot.next), || {
            "a next has dimensions that the sweep has not".into()
        })?;
    }
    Ok(())
}

/// Rule 6.
fn scopes(graph: &Graph) -> Result<(), VerifyError> {
    let mut depends: ArenaMap<NodeId, BTreeSet<SweepNumber>> = ArenaMap::default();
    for (id, node) in graph.nodes.iter() {
        let at = |message: &str| error(Place::Node(id), message.into());
        let mut on: BTreeSet<SweepNumber> = BTreeSet::new();
        if let Op::Carry(sweep, _) = node.op {
            on.insert(number(sweep));
        }
        for operand in operands(graph, id) {
            let Some(more) = depends.get(operand) else {
                continue;
            };
            let elsewhere = matches!(node.op, Op::Shift { .. } | Op::Reduce { .. } | Op::Fold { .. })
                || matches!(node.op, Op::Gather { value, .. } if value == operand);
            if elsewhere {
                return Err(at("a carry is read at another point"));
            }
            on.extend(more);
        }
        if let Op::Result(sweep, _) = node.op {
            on.remove(&number(sweep));
            let stands_alone = graph.sweeps[sweep].levels().is_some();
            if stands_alone && !on.is_empty() {
                return Err(at("what its sweep is made of depends on another sweep's carry"));
            }
        }
        if along_levels(graph, &on) > 1 {
            return Err(at("depends on the carries of two sweeps"));
        }
        if !on.is_empty() {
            depends.insert(id, on);
        }
    }
    for (position, statement) in graph.statements.iter().enumerate() {
        if statement
            .outputs
            .iter()
            .any(|output| depends.get(output.value).is_some())
        {
            let message = "an output depends on a carry";
            return Err(error(Place::Statement(position), message.into()));
        }
    }
    Ok(())
}

type SweepNumber = u32;

fn number(sweep: SweepId) -> SweepNumber {
    sweep.into_raw().into_u32()
}

/// How many of those sweeps run along levels.
fn along_levels(graph: &Graph, sweeps: &BTreeSet<SweepNumber>) -> usize {
    let runs = |&&sweep: &&SweepNumber| graph.sweeps[SweepId::from_raw(sweep.into())].levels().is_some();
    sweeps.iter().filter(runs).count()
}

/// Rule 8.
fn check_output(graph: &Graph, output: &Output) -> Result<(), String> {
    let (name, dims) = field(graph, output.param)?;
    let value = &graph.nodes[output.value];
    let dtype = graph.params[output.param as usize].dtype;
    ensure(value.dtype == dtype, || {
        format!("`{name}` holds {dtype}, its value is {}", value.dtype)
    })?;
    let extra = value.dims.iter().find(|dim| !dims.contains(dim));
    ensure(extra.is_none(), || {
        format!("the value of `{name}` has dimensions that it has not")
    })?;
    let ranges: Vec<&Dimension> = output.domain.iter().map(|range| &range.dim).collect();
    let all = ranges.iter().copied().eq(dims);
    ensure(all, || {
        format!("the domain of `{name}` has not one range per dimension")
    })?;
    for DomainRange { start, stop, .. } in &output.domain {
        check_bound(graph, start)?;
        check_bound(graph, stop)?;
    }
    Ok(())
}

/// Rule 9.
fn check_levels(graph: &Graph, statement: &Statement, sweep: SweepId, users: &[u32]) -> Result<(), String> {
    let Sweep { outputs, .. } = &graph.sweeps[sweep];
    let Some((axis, _)) = graph.sweeps[sweep].levels() else {
        return Ok(());
    };
    let all = users.iter().all(|user| outputs.contains(user));
    ensure(all, || {
        "an output that the sweep contributes to is not among those it runs over".into()
    })?;
    ensure(outputs.is_sorted(), || {
        "the outputs that the sweep runs over are out of order".into()
    })?;
    for &output in outputs {
        let output = statement.outputs.get(output as usize);
        let output = output.ok_or_else(|| "the sweep runs over an output that there is not".to_string())?;
        let (name, dims) = field(graph, output.param)?;
        ensure(dims.contains(axis), || {
            format!("`{name}` has no levels along {axis}, but a sweep has")
        })?;
    }
    Ok(())
}
