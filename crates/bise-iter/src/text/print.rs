//! The text of a graph. The grammar is shown in [`super`].

use std::fmt::Write;

use bise_lang::{Bound, BoundOperator, DType, Dimension, promote_dimensions};

use la_arena::ArenaMap;

use super::lex::is_identifier;
use crate::walk::{position, statement_nodes, sweep_users};
use crate::{Course, Graph, NodeId, Op, Output, ParamKind, Step, SweepId, TableId};

/// The text of a graph.
pub fn print(graph: &Graph) -> String {
    let mut printer = Printer {
        graph,
        dims: all_dims(graph),
        users: graph
            .statements
            .iter()
            .flat_map(|statement| sweep_users(graph, statement))
            .collect(),
        text: String::new(),
        sweeps: 0,
        depth: 0,
    };
    printer.program();
    printer.text
}

struct Printer<'a> {
    graph: &'a Graph,
    /// Every dimension that is mentioned.
    dims: Vec<Dimension>,
    text: String,
    /// The outputs that sweeps contribute to.
    users: ArenaMap<SweepId, Vec<u32>>,
    /// How many sweeps are printed already.
    sweeps: usize,
    /// Loops around what is printed.
    depth: usize,
}

impl Printer<'_> {
    fn line(&mut self, indent: usize, text: &str) {
        let _ = writeln!(
            self.text,
            "{:indent$}{text}",
            "",
            indent = 2 * (indent + self.depth)
        );
    }

    fn program(&mut self) {
        for dim in self.dims.clone() {
            let line = format!("dimension {}: {}", quoted(&dim.name), dim.kind.name());
            self.line(0, &line);
        }
        let params = self.graph.arguments().iter().map(|param| match &param.kind {
            ParamKind::Scalar => format!("{}: {}", quoted(&param.name), param.dtype),
            ParamKind::Field(dims) => format!("{}: {}", quoted(&param.name), self.ty(dims, param.dtype)),
        });
        let params: Vec<String> = params.collect();
        let header = format!("\nprogram {}({}) {{", quoted(&self.graph.name), params.join(", "));
        self.line(0, &header);
        for table in &self.graph.tables {
            let [origin, local, codomain] =
                [&table.origin, &table.local, &table.codomain].map(|d| self.dim(d));
            let line = format!("table {}: {origin}, {local} -> {codomain}", quoted(&table.name));
            self.line(1, &line);
        }
        self.statements();
        self.line(0, "}");
    }

    /// The nodes in order, cut into statements. Nodes that nothing needs stand with those that follow them.
    fn statements(&mut self) {
        let mut nodes = self.graph.nodes.iter().map(|(id, _)| id).peekable();
        let mut end = 0;
        let count = self.graph.statements.len();
        for (number, statement) in self.graph.statements.iter().enumerate() {
            self.begin_loops(number as u32);
            self.line(1, "statement {");
            let last = statement_nodes(self.graph, statement)
                .last()
                .map_or(0, |&id| position(id) + 1);
            end = end.max(last);
            let is_last = number + 1 == count;
            while let Some(id) = nodes.next_if(|&id| is_last || position(id) < end) {
                self.node(id);
            }
            if is_last {
                self.sweeps_up_to(self.graph.sweeps.len());
            }
            for output in &statement.outputs {
                let line = self.output(output);
                self.line(2, &line);
            }
            self.line(1, "}");
            for repeated in &self.graph.loops {
                if repeated.statements.end == number as u32 + 1 {
                    self.depth -= 1;
                    self.line(1, "}");
                }
            }
        }
        for id in nodes {
            self.node(id);
        }
        self.sweeps_up_to(self.graph.sweeps.len());
    }

    /// The loops that begin with a statement.
    fn begin_loops(&mut self, statement: u32) {
        let graph = self.graph;
        for (at, repeated) in graph.loops.iter().enumerate() {
            if repeated.statements.start == statement {
                let variable = &graph.params[graph.variable(at) as usize];
                let (start, stop) = (self.bound(&repeated.start), self.bound(&repeated.stop));
                let line = format!(
                    "loop {}: {} in {start} .. {stop} by {} {{",
                    quoted(&variable.name),
                    variable.dtype,
                    repeated.step
                );
                self.line(1, &line);
                self.depth += 1;
            }
        }
    }

    /// Sweeps are numbered in the order in which they stand, so those before come too.
    fn sweeps_up_to(&mut self, end: usize) {
        for (id, sweep) in self.graph.sweeps.iter().take(end).skip(self.sweeps) {
            let nodes = |nodes: Vec<NodeId>| nodes.into_iter().map(node_name).collect::<Vec<_>>().join(", ");
            let course = match &sweep.course {
                Course::Levels { axis, forward: true } => format!("forward along {}", self.dim(axis)),
                Course::Levels { axis, .. } => format!("backward along {}", self.dim(axis)),
                Course::While { condition } => format!("while {}", node_name(*condition)),
            };
            let line = format!(
                "sweep {} {course} over <{}>{} from {} next {}",
                sweep_name(id),
                self.dim_list(&sweep.dims),
                self.outputs_beside_users(id),
                nodes(sweep.inits().collect()),
                nodes(sweep.slots.iter().map(|slot| slot.next).collect()),
            );
            self.line(2, &line);
        }
        self.sweeps = self.sweeps.max(end);
    }

    /// The outputs that a sweep runs over, where they are not just those that it contributes to.
    fn outputs_beside_users(&self, id: SweepId) -> String {
        let outputs = &self.graph.sweeps[id].outputs;
        if self.users.get(id).is_some_and(|users| users == outputs) || outputs.is_empty() {
            return String::new();
        }
        let outputs: Vec<String> = outputs.iter().map(ToString::to_string).collect();
        format!(" for {}", outputs.join(", "))
    }

    fn node(&mut self, id: NodeId) {
        let graph = self.graph;
        let node = &graph.nodes[id];
        if let Op::Carry(sweep, _) | Op::Result(sweep, _) = node.op {
            self.sweeps_up_to(sweep.into_raw().into_u32() as usize + 1);
        }
        let op = match &node.op {
            Op::Input(param) => format!("input {}", self.param(*param)),
            Op::Constant(value) => format!("constant {value}"),
            Op::Apply(builtin, operands) => {
                let operands: Vec<String> = operands.iter().copied().map(node_name).collect();
                format!("{} {}", builtin.name(), operands.join(" "))
            }
            Op::Select {
                condition,
                then,
                otherwise,
            } => {
                let [condition, then, otherwise] = [*condition, *then, *otherwise].map(node_name);
                format!("select {condition} {then} {otherwise}")
            }
            Op::Cast(value) => format!("cast {}", node_name(*value)),
            Op::Broadcast(value) => format!("broadcast {}", node_name(*value)),
            Op::Shift { value, step } => format!("shift {} {}", node_name(*value), self.step(step)),
            Op::Position(dim) => format!("position {}", self.dim(dim)),
            Op::Piecewise {
                dim,
                at,
                below,
                above,
            } => {
                let (dim, at) = (self.dim(dim), self.bound(at));
                format!(
                    "piecewise {} {} along {dim} at {at}",
                    node_name(*below),
                    node_name(*above)
                )
            }
            Op::Gather {
                value,
                dim,
                index,
                start,
                stop,
            } => {
                let (dim, start, stop) = (self.dim(dim), self.bound(start), self.bound(stop));
                let (value, index) = (node_name(*value), node_name(*index));
                format!("gather {value} along {dim} at {index} in {start} .. {stop}")
            }
            Op::Reduce {
                reduction,
                value,
                table,
                present,
            } => {
                let (value, table) = (node_name(*value), self.table(*table));
                let present =
                    present.map_or(String::new(), |present| format!(" where {}", node_name(present)));
                format!("reduce {} {value} by {table}{present}", reduction.name())
            }
            Op::Fold {
                reduction,
                value,
                dim,
                start,
                stop,
            } => {
                let (dim, start, stop) = (self.dim(dim), self.bound(start), self.bound(stop));
                let (name, value) = (reduction.over_range(), node_name(*value));
                format!("fold {name} {value} along {dim} in {start} .. {stop}")
            }
            Op::Carry(sweep, slot) => format!("carry {}.{slot}", sweep_name(*sweep)),
            Op::Result(sweep, slot) => format!("result {}.{slot}", sweep_name(*sweep)),
        };
        let line = format!("{} = {op} : {}", node_name(id), self.ty(&node.dims, node.dtype));
        self.line(2, &line);
    }

    fn step(&self, step: &Step) -> String {
        match step {
            Step::Cartesian { dim, distance } if *distance < 0 => {
                format!("{} - {}", self.dim(dim), distance.unsigned_abs())
            }
            Step::Cartesian { dim, distance } => format!("{} + {distance}", self.dim(dim)),
            Step::Neighbor { table, index } => format!("{}[{index}]", self.table(*table)),
            Step::Neighbors { table } => format!("{}[*]", self.table(*table)),
            Step::Entry { dim, index } => format!("{} = {index}", self.dim(dim)),
        }
    }

    fn output(&self, output: &Output) -> String {
        let ranges = output.domain.iter().map(|range| {
            let (start, stop) = (self.bound(&range.start), self.bound(&range.stop));
            format!("{}: {start} .. {stop}", self.dim(&range.dim))
        });
        let ranges: Vec<String> = ranges.collect();
        let param = self.param(output.param);
        format!("{param} @ [{}] <- {}", ranges.join(", "), node_name(output.value))
    }

    fn bound(&self, bound: &Bound) -> String {
        match bound {
            Bound::Constant(value) => value.to_string(),
            Bound::Scalar(param) => self.param(*param),
            Bound::Start(param, dim) => format!("start({}, {})", self.param(*param), self.dim(dim)),
            Bound::Stop(param, dim) => format!("stop({}, {})", self.param(*param), self.dim(dim)),
            Bound::Binary(op @ (BoundOperator::Minimum | BoundOperator::Maximum), a, b) => {
                format!("{op}({}, {})", self.bound(a), self.bound(b))
            }
            Bound::Binary(op, a, b) => format!("{} {op} {}", self.operand(a), self.operand(b)),
        }
    }

    fn operand(&self, bound: &Bound) -> String {
        use BoundOperator::{Maximum, Minimum};
        match bound {
            Bound::Binary(op, ..) if !matches!(op, Minimum | Maximum) => format!("({})", self.bound(bound)),
            _ => self.bound(bound),
        }
    }

    fn param(&self, param: u32) -> String {
        let param = self.graph.params.get(param as usize);
        param.map_or_else(|| "\"\"".into(), |param| quoted(&param.name))
    }

    fn table(&self, id: TableId) -> String {
        let tables = &self.graph.tables;
        match tables.get(id as usize) {
            Some(table) if tables.iter().filter(|t| t.name == table.name).count() == 1 => quoted(&table.name),
            _ => format!("table({id})"),
        }
    }

    fn dim(&self, dim: &Dimension) -> String {
        let name = quoted(&dim.name);
        let unique = self.dims.iter().filter(|d| d.name == dim.name).count() <= 1;
        if unique {
            name
        } else {
            format!("{}({name})", dim.kind.name())
        }
    }

    fn dim_list(&self, dims: &[Dimension]) -> String {
        dims.iter()
            .map(|dim| self.dim(dim))
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn ty(&self, dims: &[Dimension], dtype: DType) -> String {
        if dims.is_empty() {
            return format!("<{dtype}>");
        }
        format!("<{}; {dtype}>", self.dim_list(dims))
    }
}

fn node_name(id: NodeId) -> String {
    format!("%{}", id.into_raw().into_u32())
}

fn sweep_name(id: SweepId) -> String {
    format!("s{}", id.into_raw().into_u32())
}

/// The name, in quotes unless it is an identifier.
fn quoted(name: &str) -> String {
    if is_identifier(name) {
        return name.into();
    }
    let mut text = String::from("\"");
    for c in name.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            _ => text.push(c),
        }
    }
    text.push('"');
    text
}

/// Every dimension that the graph mentions, in canonical order.
fn all_dims(graph: &Graph) -> Vec<Dimension> {
    let params = graph.params.iter().map(|param| match &param.kind {
        ParamKind::Scalar => Vec::new(),
        ParamKind::Field(dims) => dims.clone(),
    });
    let tables = graph
        .tables
        .iter()
        .map(|t| vec![t.origin.clone(), t.local.clone(), t.codomain.clone()]);
    let nodes = graph.nodes.values().map(|node| node.dims.clone());
    let sweeps = graph.sweeps.values().map(|sweep| sweep.dims.clone());
    let lists: Vec<Vec<Dimension>> = params.chain(tables).chain(nodes).chain(sweeps).collect();
    promote_dimensions(lists.iter().map(|dims| &dims[..]))
}
