//! Random programs. Every node is kept in a pool that later nodes draw their operands from. Programs live in
//! one of two worlds: `I, J, K`, or `Vertex, Edge, K` with tables between vertices and edges.

use std::collections::HashSet;

use bise_base::Span;
use bise_lang::builtins::TABLE;
use bise_lang::{
    Bound, BoundOperator, Builtin, DType, Dimension, DimensionKind, DomainRange, ProgramLoop, Reduction,
    Scalar, promote_dimensions,
};

use super::world::{DTYPES, EDGES, VERTICES, World, inputs, output, part_of};
use super::{Random, TableData};
use crate::{Builder, Graph, NodeId, Output, Param, ParamKind, Step, Table};

/// The value of the first scalar parameter: levels of the output domains.
pub(super) const SIZE: i64 = 5;

/// Any program, and its tables.
pub(super) fn program(random: &mut Random) -> (Graph, Vec<TableData>) {
    let world = World::new(random);
    program_in(random, world, Kind::Any)
}

/// A program in which most nodes are read at several points, and its tables: none.
pub(super) fn stencils(random: &mut Random) -> (Graph, Vec<TableData>) {
    program_in(random, World::structured(), Kind::Stencils)
}

fn program_in(random: &mut Random, world: World, kind: Kind) -> (Graph, Vec<TableData>) {
    let mut params = inputs(random, &world);
    let outputs: Vec<Vec<u32>> = (0..=random.below(3))
        .map(|_| {
            (0..=random.below(2))
                .map(|_| output(random, &world, &mut params))
                .collect()
        })
        .collect();
    let loops = loops(random, outputs.len() as u32);
    let arity = params.len() as u32;
    params.extend((0..loops.len()).map(|number| Param {
        name: format!("k{number}").into(),
        kind: ParamKind::Scalar,
        dtype: DType::Int32,
    }));
    let mut builder = Builder::new("random", params);
    for table in &world.tables {
        builder.table(table.clone());
    }
    for (number, outputs) in outputs.iter().enumerate() {
        let around = loops.iter().zip(arity..);
        let around = around.filter(|(repeated, _)| repeated.statements.contains(&(number as u32)));
        let mut generator = Generator {
            variables: around.map(|(_, variable)| variable).collect(),
            arity,
            random: &mut *random,
            world: &world,
            builder: &mut builder,
            pool: Vec::new(),
            on_levels: HashSet::new(),
        };
        generator.statement(outputs, kind);
    }
    for repeated in loops {
        builder.repeat(repeated);
    }
    (builder.finish(), world.data)
}

/// Loops around some statements, one inside of another where there are two. Their variables go from 0 to [`SIZE`] at most.
fn loops(random: &mut Random, statements: u32) -> Vec<ProgramLoop> {
    let mut loops = Vec::new();
    let mut within = 0..statements;
    while random.once_in(3) && loops.len() < 2 {
        let first = within.start + random.below((within.end - within.start) as usize) as u32;
        let last = first + 1 + random.below((within.end - first) as usize) as u32;
        within = first..last;
        let (start, stop, step) = random
            .pick(&[
                (Bound::Constant(0), Bound::Constant(3), 1),
                (Bound::Constant(3), Bound::Constant(-1), -1),
                (Bound::Constant(0), Bound::Scalar(0), 2),
                (Bound::Constant(2), Bound::Constant(2), 1),
            ])
            .clone();
        loops.push(ProgramLoop {
            start,
            stop,
            step,
            statements: within.clone(),
            span: NOWHERE,
        });
    }
    loops
}

/// What programs are made of.
#[derive(Clone, Copy)]
enum Kind {
    Any,
    Stencils,
}

/// A statement under way.
struct Generator<'a> {
    random: &'a mut Random,
    world: &'a World,
    builder: &'a mut Builder,
    /// Of the loops around the statement, as parameters.
    variables: Vec<u32>,
    /// The parameters that are arguments.
    arity: u32,
    /// The nodes so far.
    pool: Vec<NodeId>,
    /// Those that exist on the levels of a sweep only, so that they are not shifted along it.
    on_levels: HashSet<NodeId>,
}

const NOWHERE: Span = Span {
    source: bise_base::SourceId(0),
    start: 0,
    end: 0,
};

impl Generator<'_> {
    fn statement(&mut self, outputs: &[u32], kind: Kind) {
        let variables = self.variables.clone();
        for param in (0..self.arity).chain(variables) {
            if !self.random.once_in(3) {
                let input = self.builder.input(param, NOWHERE);
                self.pool.push(input);
            }
        }
        for _ in 0..3 {
            let dtype = *self.random.pick(&DTYPES);
            let constant = self.constant(dtype);
            self.pool.push(constant);
        }
        let size = if self.random.once_in(50) { 800 } else { 30 };
        for _ in 0..3 + self.random.below(size) {
            match kind {
                Kind::Any => self.any(),
                Kind::Stencils => self.stencil(),
            }
        }
        let mut outputs: Vec<Output> = outputs.iter().map(|&param| self.output(param)).collect();
        if let (Kind::Stencils, [first, rest @ ..]) = (kind, &mut outputs[..]) {
            // In one loop nest.
            for output in rest {
                output.domain.clone_from(&first.domain);
            }
        }
        self.builder.statement(outputs, NOWHERE);
    }

    /// One more node, whichever.
    fn any(&mut self) {
        match self.random.below(19) {
            0..4 => self.apply(),
            4 => self.select(),
            5 => self.cast(),
            6 => self.broadcast(),
            7 | 8 => self.shift(),
            9 | 10 => self.reduce(),
            11 => self.position(),
            12 | 13 => self.piecewise(),
            14 => self.gather(),
            15 | 16 => self.rounds(),
            17 => self.fold(),
            _ => self.sweep(),
        }
    }

    /// One more node, made of what is read here and there.
    fn stencil(&mut self) {
        match self.random.below(14) {
            0..3 => self.apply(),
            3 => self.select(),
            4 => self.broadcast(),
            5 => self.shift(),
            6 => self.piecewise(),
            7 => self.position(),
            _ => self.two_points(),
        }
    }

    /// An operation on one node, read at two points.
    fn two_points(&mut self) {
        let value = self.draw();
        let (dims, dtype) = (self.builder.dims(value).to_vec(), self.builder.dtype(value));
        let builtins = [
            Builtin::Add,
            Builtin::Subtract,
            Builtin::Multiply,
            Builtin::Minimum,
            Builtin::Less,
        ];
        let builtin = *self.random.pick(&builtins);
        if dims.is_empty() || dtype == DType::Bool {
            return;
        }
        // Along levels less often.
        let horizontal = dims.iter().filter(|dim| **dim != self.world.vertical);
        let horizontal: Vec<Dimension> = horizontal.cloned().collect();
        let among = if horizontal.is_empty() || self.random.once_in(8) {
            &dims
        } else {
            &horizontal
        };
        let operands = [0, 1].map(|_| {
            let step = Step::Cartesian {
                dim: self.random.pick(among).clone(),
                distance: self.random.range(-1, 2) as i32,
            };
            self.builder.shift(value, step, NOWHERE)
        });
        let id = self.builder.apply(builtin, operands.to_vec(), NOWHERE);
        self.add(id, &[value]);
    }

    fn output(&mut self, param: u32) -> Output {
        let Param { kind, dtype, .. } = self.builder.graph().params[param as usize].clone();
        let dims = match kind {
            ParamKind::Field(dims) => dims,
            ParamKind::Scalar => Vec::new(),
        };
        let inside = |id: &&NodeId| self.builder.dims(**id).iter().all(|dim| dims.contains(dim));
        let candidates: Vec<NodeId> = self.pool.iter().filter(inside).copied().collect();
        // The later, the more interesting.
        let at = self
            .random
            .below(candidates.len())
            .max(self.random.below(candidates.len()));
        let value = self.builder.cast(candidates[at], dtype, NOWHERE);
        let domain = dims.into_iter().map(|dim| self.range(dim)).collect();
        Output { param, domain, value }
    }

    fn range(&mut self, dim: Dimension) -> DomainRange {
        if !self.variables.is_empty() && self.random.once_in(3) {
            let at = Bound::Scalar(*self.random.pick(&self.variables));
            let (start, stop) = match self.random.below(3) {
                0 => (Bound::Constant(0), at),
                _ => (at.clone(), at.offset(1)),
            };
            return DomainRange { dim, start, stop };
        }
        let size = match dim.name.as_str() {
            "Vertex" => VERTICES,
            "Edge" => EDGES,
            _ => 6,
        };
        let levels = dim == self.world.vertical;
        let (start, stop) = if levels {
            let less = |op, by| Bound::Binary(op, Box::new(Bound::Scalar(0)), Box::new(Bound::Constant(by)));
            let stop = match self.random.below(3) {
                0 => Bound::Scalar(0),
                1 => less(BoundOperator::Subtract, 1),
                _ => less(BoundOperator::Minimum, 4),
            };
            (Bound::Constant(self.random.range(0, 3)), stop)
        } else {
            let start = self.random.range(0, 3);
            let empty = self.random.once_in(30);
            let stop = if empty {
                start
            } else {
                self.random.range(start + 1, size + 1)
            };
            (Bound::Constant(start), Bound::Constant(stop))
        };
        DomainRange { dim, start, stop }
    }

    fn constant(&mut self, dtype: DType) -> NodeId {
        let value = self.random.scalar(dtype);
        self.builder.constant(value, NOWHERE)
    }

    /// Adds a node to the pool.
    fn add(&mut self, id: NodeId, operands: &[NodeId]) {
        if operands.iter().any(|operand| self.on_levels.contains(operand)) {
            self.on_levels.insert(id);
        }
        self.pool.push(id);
    }

    /// A node of the pool: every other time one of the latest, so that programs become deep.
    fn draw(&mut self) -> NodeId {
        let from = if self.random.once_in(2) {
            self.pool.len().saturating_sub(5)
        } else {
            0
        };
        *self.random.pick(&self.pool[from..])
    }

    /// A node whose dimensions go with those, or a constant.
    fn operand(&mut self, dims: &[Dimension]) -> NodeId {
        for _ in 0..8 {
            let id = self.draw();
            if self.goes(&promote_dimensions([dims, self.builder.dims(id)])) {
                return id;
            }
        }
        self.constant(DType::Float64)
    }

    /// Whether there may be a node of those dimensions: of one space, and of one row of one table.
    fn goes(&self, dims: &[Dimension]) -> bool {
        let locals: Vec<&Dimension> = dims
            .iter()
            .filter(|dim| dim.kind == DimensionKind::Local)
            .collect();
        let origin = locals.first().map(|local| {
            let table = self.world.tables.iter().find(|table| table.local == **local);
            table.map(|table| table.origin.clone())
        });
        let mut needed: Vec<Dimension> = dims
            .iter()
            .filter(|d| d.kind != DimensionKind::Local)
            .cloned()
            .collect();
        needed.extend(origin.flatten());
        let spaces = &self.world.spaces;
        locals.len() <= 1
            && spaces
                .iter()
                .any(|space| needed.iter().all(|dim| space.contains(dim)))
    }

    fn is_local(&self, id: NodeId) -> bool {
        self.builder
            .dims(id)
            .iter()
            .any(|dim| dim.kind == DimensionKind::Local)
    }

    fn apply(&mut self) {
        let applied = self.applied(Self::operand);
        if let Some((id, operands)) = applied {
            self.add(id, &operands);
        }
    }

    /// A builtin of operands that `operand` gives for the dimensions so far, cast to what the builtin takes.
    fn applied(
        &mut self,
        mut operand: impl FnMut(&mut Self, &[Dimension]) -> NodeId,
    ) -> Option<(NodeId, Vec<NodeId>)> {
        let row = self.random.pick(TABLE);
        let first = operand(self, &[]);
        let dtypes = [self.builder.dtype(first), DType::Float64, DType::Bool];
        let takes = |dtype: &&DType| row.builtin.result_type(&vec![**dtype; row.arity]).is_some();
        let dtype = *dtypes.iter().find(takes)?;
        let mut operands = vec![self.builder.cast(first, dtype, NOWHERE)];
        if row.arity == 2 {
            let dims = self.builder.dims(first).to_vec();
            let second = operand(self, &dims);
            let free = row.builtin == Builtin::Power && self.builder.dtype(second) != DType::Bool;
            operands.push(if free {
                second
            } else {
                self.builder.cast(second, dtype, NOWHERE)
            });
            self.mark(operands[1], second);
            if !self.goes(&promote_dimensions([&dims[..], self.builder.dims(second)])) {
                return None;
            }
        }
        self.mark(operands[0], first);
        let id = self.builder.apply(row.builtin, operands.clone(), NOWHERE);
        Some((id, operands))
    }

    /// A cast of a node lives where the node does.
    fn mark(&mut self, cast: NodeId, value: NodeId) {
        if self.on_levels.contains(&value) {
            self.on_levels.insert(cast);
        }
    }

    fn select(&mut self) {
        let condition = self.draw();
        let dims = self.builder.dims(condition).to_vec();
        let then = self.operand(&dims);
        let dims = promote_dimensions([&dims[..], self.builder.dims(then)]);
        let otherwise = self.operand(&dims);
        let dtype = self.builder.dtype(then);
        let operands = [
            self.builder.cast(condition, DType::Bool, NOWHERE),
            then,
            self.builder.cast(otherwise, dtype, NOWHERE),
        ];
        self.mark(operands[0], condition);
        self.mark(operands[2], otherwise);
        let id = self
            .builder
            .select(operands[0], operands[1], operands[2], NOWHERE);
        self.add(id, &operands);
    }

    /// A dimension that is not local.
    fn along(&mut self) -> Dimension {
        let space = self.random.pick(&self.world.spaces).clone();
        self.random.pick(&space).clone()
    }

    fn position(&mut self) {
        let dim = self.along();
        let id = self.builder.position(dim, NOWHERE);
        self.add(id, &[]);
    }

    fn piecewise(&mut self) {
        let dim = self.along();
        let below = self.operand(std::slice::from_ref(&dim));
        let dims = promote_dimensions([std::slice::from_ref(&dim), self.builder.dims(below)]);
        if !self.goes(&dims) {
            return;
        }
        let above = self.operand(&dims);
        let pieces = (
            below,
            self.builder.cast(above, self.builder.dtype(below), NOWHERE),
        );
        self.mark(pieces.1, above);
        let at = if self.random.once_in(3) {
            Bound::Scalar(0).offset(self.random.range(-3, 2))
        } else {
            Bound::Constant(self.random.range(-1, 8))
        };
        let id = self.builder.piecewise(dim, at, pieces, NOWHERE);
        self.add(id, &[pieces.0, pieces.1]);
    }

    fn gather(&mut self) {
        let value = self.draw();
        let fixed = self.on_levels.contains(&value);
        let along = self.world.cartesian.iter().filter(|dim| {
            let has = self.builder.dims(value).contains(dim);
            has && !(fixed && **dim == self.world.vertical)
        });
        let along: Vec<Dimension> = along.cloned().collect();
        if along.is_empty() {
            return;
        }
        let dim = self.random.pick(&along).clone();
        let rest: Vec<Dimension> = self
            .builder
            .dims(value)
            .iter()
            .filter(|d| **d != dim)
            .cloned()
            .collect();
        let number = self.operand(&rest);
        let dims = promote_dimensions([&rest[..], self.builder.dims(number)]);
        if !self.goes(&dims) {
            return;
        }
        let mut index = self.builder.cast(number, DType::Int64, NOWHERE);
        self.mark(index, number);
        if self.random.once_in(2) {
            // Most numbers are far away.
            let here = self.builder.position(dim.clone(), NOWHERE);
            if self.goes(&promote_dimensions([&dims[..], std::slice::from_ref(&dim)])) {
                let near = self.builder.apply(Builtin::Minimum, vec![index, here], NOWHERE);
                self.mark(near, index);
                index = near;
            }
        }
        let start = self.random.range(-1, 3);
        let range = (
            Bound::Constant(start),
            Bound::Constant(start + self.random.range(0, 6)),
        );
        let id = self.builder.gather(value, (dim, index), range, NOWHERE);
        self.add(id, &[value, index]);
    }

    /// A fold over a few points of what there is, or over many of what is made of their indices.
    fn fold(&mut self) {
        let (value, dim, points) = if self.random.once_in(6) {
            let dim = self.along();
            let position = self.builder.position(dim.clone(), NOWHERE);
            let dtype = *self.random.pick(&DTYPES);
            let value = self.builder.cast(position, dtype, NOWHERE);
            let factor = self.operand(std::slice::from_ref(&dim));
            let both = self.builder.cast(factor, dtype, NOWHERE);
            self.mark(both, factor);
            let dims = promote_dimensions([std::slice::from_ref(&dim), self.builder.dims(both)]);
            let is_free = !self.builder.dims(both).contains(&dim) && self.goes(&dims);
            if !is_free || dtype == DType::Bool {
                return;
            }
            let value = self.builder.apply(Builtin::Multiply, vec![value, both], NOWHERE);
            self.mark(value, both);
            (value, dim, 1000 + self.random.range(0, 1100))
        } else {
            let value = self.draw();
            let fixed = self.on_levels.contains(&value);
            let along =
                self.builder.dims(value).iter().filter(|dim| {
                    dim.kind != DimensionKind::Local && !(fixed && **dim == self.world.vertical)
                });
            let along: Vec<Dimension> = along.cloned().collect();
            if along.is_empty() || self.builder.dtype(value) == DType::Bool {
                return;
            }
            (value, self.random.pick(&along).clone(), self.random.range(-1, 5))
        };
        let start = if self.random.once_in(3) {
            Bound::Scalar(0).offset(self.random.range(-5, -2))
        } else {
            Bound::Constant(self.random.range(0, 3))
        };
        let range = (start.clone(), start.offset(points));
        let reduction = *self.random.pick(&Reduction::ALL);
        let id = self.builder.fold(reduction, (value, dim), range, NOWHERE);
        self.add(id, &[value]);
    }

    fn cast(&mut self) {
        let value = self.draw();
        let id = self.builder.cast(value, *self.random.pick(&DTYPES), NOWHERE);
        self.add(id, &[value]);
    }

    fn broadcast(&mut self) {
        let value = self.draw();
        let space = self.random.pick(&self.world.spaces).clone();
        let dims = promote_dimensions([self.builder.dims(value), &part_of(self.random, &space)]);
        if self.goes(&dims) {
            let id = self.builder.broadcast(value, &dims, NOWHERE);
            self.add(id, &[value]);
        }
    }

    fn shift(&mut self) {
        let value = self.draw();
        let dims = self.builder.dims(value).to_vec();
        if let Some(number) = self.table(|table| dims.contains(&table.codomain))
            && !self.is_local(value)
            && self.random.once_in(2)
        {
            let index = self.random.below(self.world.data[number as usize].width as usize) as u32;
            let step = Step::Neighbor { table: number, index };
            let id = self.builder.shift(value, step, NOWHERE);
            self.add(id, &[value]);
            return;
        }
        let fixed = self.on_levels.contains(&value);
        let along = self.world.cartesian.iter().filter(|dim| dims.contains(dim));
        let along: Vec<Dimension> = along
            .filter(|dim| !(fixed && **dim == self.world.vertical))
            .cloned()
            .collect();
        if along.is_empty() {
            return;
        }
        let dim = self.random.pick(&along).clone();
        let distance = self.random.range(-2, 3) as i32;
        let id = self
            .builder
            .shift(value, Step::Cartesian { dim, distance }, NOWHERE);
        self.add(id, &[value]);
    }

    /// A table that fits, chosen at random.
    fn table(&mut self, fits: impl Fn(&Table) -> bool) -> Option<u32> {
        let tables = &self.world.tables;
        let numbers: Vec<u32> = (0..tables.len() as u32)
            .filter(|&n| fits(&tables[n as usize]))
            .collect();
        if numbers.is_empty() {
            None
        } else {
            Some(*self.random.pick(&numbers))
        }
    }

    /// Folds a node that has neighbours, or else reads the neighbours of a node.
    fn reduce(&mut self) {
        let local: Vec<NodeId> = self
            .pool
            .iter()
            .copied()
            .filter(|&id| self.is_local(id))
            .collect();
        if local.is_empty() || self.random.once_in(3) {
            let value = self.draw();
            let dims = self.builder.dims(value).to_vec();
            if self.is_local(value) {
                return;
            }
            let Some(table) = self.table(|table| dims.contains(&table.codomain)) else {
                return;
            };
            let id = self.builder.shift(value, Step::Neighbors { table }, NOWHERE);
            self.add(id, &[value]);
            return;
        }
        let value = *self.random.pick(&local);
        let dims = self.builder.dims(value).to_vec();
        let Some(table) = self.table(|table| dims.contains(&table.local)) else {
            return;
        };
        if self.random.once_in(4) {
            let index = self.random.below(self.world.data[table as usize].width as usize) as u32;
            let local = self.world.tables[table as usize].local.clone();
            let id = self.builder.entry(value, (&local, index), NOWHERE);
            self.add(id, &[value]);
            return;
        }
        let dtype = match self.builder.dtype(value) {
            DType::Bool => DType::Int32,
            dtype => dtype,
        };
        let number = self.builder.cast(value, dtype, NOWHERE);
        let reduction = *self.random.pick(&Reduction::ALL);
        let id = if self.random.once_in(3) {
            let present = self.builder.cast(value, DType::Bool, NOWHERE);
            self.builder
                .reduce_present(reduction, (number, present), table, NOWHERE)
        } else {
            self.builder.reduce(reduction, number, table, NOWHERE)
        };
        self.add(id, &[value]);
    }

    /// A `while` of one to three states over a part of a space, and a counter so that it ends. Its states may be those
    /// of another `while`, which is then in it.
    fn rounds(&mut self) {
        let space = self.random.pick(&self.world.spaces).clone();
        let dims = part_of(self.random, &space);
        let inside = |&id: &NodeId| self.builder.dims(id).iter().all(|dim| dims.contains(dim));
        let inner: Vec<NodeId> = self.pool.iter().copied().filter(inside).collect();
        if inner.is_empty() {
            return;
        }
        let depth = self.random.below(2);
        for result in self.rounds_over(&dims, inner, depth) {
            self.pool.push(result);
        }
    }

    /// The results of a `while` of those nodes.
    fn rounds_over(&mut self, dims: &[Dimension], mut inner: Vec<NodeId>, depth: usize) -> Vec<NodeId> {
        let start = *self.random.pick(&inner);
        let mut inits = vec![self.builder.cast(start, DType::Int32, NOWHERE)];
        inits.extend((0..=self.random.below(2)).map(|_| *self.random.pick(&inner)));
        let on_levels = inner.iter().any(|id| self.on_levels.contains(id));
        let id = self.builder.begin_while(&inits, dims);
        let carries: Vec<NodeId> = (0..inits.len() as u32)
            .map(|slot| self.builder.carry(id, slot, NOWHERE))
            .collect();
        inner.extend(carries.iter().chain(&carries));
        for _ in 0..2 + self.random.below(4) {
            let (from, late) = (inner.clone(), inner.len() / 2);
            let applied = self.applied(|generator, _| {
                let all = generator.random.once_in(2);
                *generator.random.pick(if all { &from } else { &from[late..] })
            });
            inner.extend(applied.map(|(id, _)| id));
        }
        if depth > 0 {
            let results = self.rounds_over(dims, inner.clone(), depth - 1);
            inner.extend(results);
        }
        // Small counters go up to a few.
        let [one, most] = [1, 1 + self.random.range(0, 5)].map(|number| {
            self.builder
                .constant(Scalar::integer(DType::Int32, number), NOWHERE)
        });
        let count = self.builder.apply(Builtin::Add, vec![carries[0], one], NOWHERE);
        let count = self.builder.apply(Builtin::Maximum, vec![count, one], NOWHERE);
        let few = self.builder.apply(Builtin::Less, vec![carries[0], most], NOWHERE);
        let late = inner.len() / 2;
        let holds = *self.random.pick(&inner[late..]);
        let holds = self.builder.cast(holds, DType::Bool, NOWHERE);
        let condition = if self.random.once_in(2) {
            self.builder.apply(Builtin::And, vec![few, holds], NOWHERE)
        } else {
            few
        };
        let mut next = vec![count];
        for &init in &inits[1..] {
            let state = *self.random.pick(&inner[late..]);
            next.push(self.builder.cast(state, self.builder.dtype(init), NOWHERE));
        }
        self.builder.finish_while(id, condition, &next);
        let mut results = Vec::new();
        for slot in 0..inits.len() as u32 {
            let result = self.builder.result(id, slot, NOWHERE);
            if on_levels {
                self.on_levels.insert(result);
            }
            results.push(result);
        }
        results
    }

    /// A sweep of one to three states over a part of a space.
    fn sweep(&mut self) {
        let space = self.random.pick(&self.world.spaces).clone();
        let dims = promote_dimensions([&part_of(self.random, &space), &[self.world.vertical.clone()][..]]);
        let inside = |&id: &NodeId| self.builder.dims(id).iter().all(|dim| dims.contains(dim));
        let mut inner: Vec<NodeId> = self.pool.iter().copied().filter(inside).collect();
        let uniform = |&id: &NodeId| self.builder.dims(id).is_empty();
        let starts: Vec<NodeId> = inner.iter().copied().filter(uniform).collect();
        if starts.is_empty() {
            return;
        }
        let inits: Vec<NodeId> = (0..=self.random.below(3))
            .map(|_| *self.random.pick(&starts))
            .collect();
        let forward = self.random.once_in(2);
        let axis = self.world.vertical.clone();
        let sweep = self.builder.begin_sweep(axis, forward, &inits, &dims);
        for slot in 0..inits.len() as u32 {
            let carry = self.builder.carry(sweep, slot, NOWHERE);
            // Twice, so that it is drawn more often.
            inner.extend([carry, carry]);
        }
        for _ in 0..2 + self.random.below(6) {
            let (from, late) = (inner.clone(), inner.len() / 2);
            let applied = self.applied(|generator, _| {
                let all = generator.random.once_in(2);
                *generator.random.pick(if all { &from } else { &from[late..] })
            });
            inner.extend(applied.map(|(id, _)| id));
        }
        let late = inner.len() / 2;
        let next: Vec<NodeId> = inits
            .iter()
            .map(|&init| {
                let next = *self.random.pick(&inner[late..]);
                self.builder.cast(next, self.builder.dtype(init), NOWHERE)
            })
            .collect();
        self.builder.finish_sweep(sweep, &next);
        for slot in 0..inits.len() as u32 {
            let result = self.builder.result(sweep, slot, NOWHERE);
            self.on_levels.insert(result);
            self.pool.push(result);
        }
    }
}
