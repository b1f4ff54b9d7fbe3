//! Writes the loops of a kernel. Nodes are evaluated at points whose coordinates are indices of the kernel, each
//! node at each point once: so what a stencil needs at `i` and again at `i + 1` is shared where the positions
//! coincide, and the builder moves what does not vary along a loop out of it. The loops of sweeps are in `sweep`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bise_iter::{NodeId, Op, ParamKind, Step, SweepId, TableId};
use bise_lang::plan::{self, BufferSource, Repeated};
use bise_lang::{Builtin, Dimension, Reduction, Scalar, reduce_nothing, reduce_start};
use bise_loops::{Base, Builder, CarryId, Kernel, Limit, LoopKind, ValueId};

use super::nests::{Destination, Nest, Target};
use super::pieces::{Facts, Part, parts};
use super::points::{Read, Space, along, project, reads};
use super::rolling::Rolling;
use super::survey::{Surveyor, node, number};
use super::writer::{At, Context, Writer};

/// A kernel with what its buffers, bounds and scalars are.
pub(super) struct Emitted {
    pub(super) kernel: Kernel,
    pub(super) buffers: Vec<BufferSource>,
    pub(super) bounds: Vec<plan::Limit>,
    pub(super) scalars: Vec<u32>,
    pub(super) parallel: Option<(usize, usize)>,
    pub(super) repeated: Vec<Repeated>,
}

/// Writes the kernel that runs `nests`. `order`: dimensions of the nests, outermost loop first.
/// `part`: of the outermost loop, where the caller gives its range.
pub(super) fn emit<'a>(
    context: &'a Context<'a>,
    surveyor: &'a mut Surveyor<'_>,
    (name, part): (&str, &Part),
    nests: &[Nest],
    order: &[Dimension],
) -> Emitted {
    let mut emitter = Emitter::new(context, surveyor, name, nests);
    let parallel = emitter.kernel(nests, order, part);
    let repeated = emitter.repeated();
    let Writer {
        builder,
        sources,
        bounds,
        scalars,
        ..
    } = emitter.writer;
    Emitted {
        kernel: builder.finish(),
        buffers: sources.into_iter().map(|(source, _)| source).collect(),
        bounds,
        scalars: scalars.into_iter().map(|(param, _)| param).collect(),
        parallel,
        repeated,
    }
}

/// The dimension of the outermost loop, whose range the caller gives; nothing where the levels of sweeps or a row of them
/// is all there is. `row`: along which sweeps walk row by row.
pub(super) fn outermost<'a>(
    nests: &[Nest],
    order: &'a [Dimension],
    row: Option<&Dimension>,
) -> Option<&'a Dimension> {
    let axis = nests[0].sweep.as_ref().map(|(axis, _)| axis);
    order.iter().find(|dim| Some(*dim) != axis && Some(*dim) != row)
}

pub(super) struct Emitter<'a, 's> {
    pub(super) context: &'a Context<'a>,
    pub(super) writer: Writer<'a>,
    /// How often each node is computed for a point of the loops.
    times: BTreeMap<u32, u32>,
    /// Finds where loops are split.
    surveyor: &'a mut Surveyor<'s>,
    /// Values that are carried in registers.
    pub(super) carries: HashMap<(SweepId, u32), CarryId>,
    /// Each `while` whose rounds are being written, outermost first.
    pub(super) open: Vec<SweepId>,
    /// Stored nodes that the nest under way computes.
    inline: BTreeSet<u32>,
    /// The point that is computed, along each dimension of the open loops.
    base: Vec<(Dimension, At)>,
    /// What was known around the parts that are open.
    around: Vec<Facts>,
}

/// The loops of a kernel.
struct Loops<'n> {
    nests: &'n [Nest],
    /// Dimensions around everything, outermost first.
    outer: Vec<&'n Dimension>,
    /// What rolls: over the rows, and along one.
    rows: Vec<&'n Dimension>,
    /// Along which sweeps walk row by row.
    row: Option<&'n Dimension>,
    lanes: u32,
}

/// A node that is being evaluated: its operands one after the other.
struct Frame {
    read: Read<At>,
    below: Vec<Read<At>>,
    values: Vec<ValueId>,
}

impl<'a, 's> Emitter<'a, 's> {
    fn new(context: &'a Context<'a>, surveyor: &'a mut Surveyor<'s>, name: &str, nests: &[Nest]) -> Self {
        let loaded = nests.iter().flat_map(|nest| nest.loads.iter().copied());
        let written = super::nests::stores(nests).map(number);
        Self {
            context,
            writer: Writer {
                context,
                builder: Builder::new(name),
                facts: Facts::new(context.cuts),
                memo: HashMap::new(),
                folding: None,
                vars: Vec::new(),
                sources: Vec::new(),
                bounds: Vec::new(),
                scalars: Vec::new(),
                written: written.collect(),
                loaded: loaded.collect(),
            },
            times: BTreeMap::new(),
            surveyor,
            carries: HashMap::new(),
            open: Vec::new(),
            inline: BTreeSet::new(),
            base: Vec::new(),
            around: Vec::new(),
        }
    }

    /// What is computed more than once for a point.
    fn repeated(&self) -> Vec<Repeated> {
        let graph = self.context.graph;
        let repeated = self.times.iter().filter(|(_, times)| **times > 1);
        let repeated = repeated.filter(|(id, _)| !graph.nodes[node(**id)].dims.is_empty());
        let repeated = repeated.map(|(&id, &times)| Repeated {
            span: graph.spans.get(node(id)).copied().unwrap_or_default(),
            times,
        });
        repeated.collect()
    }

    /// All loops; the bounds of the outermost one where the caller gives its range.
    fn kernel(&mut self, nests: &[Nest], order: &[Dimension], part: &Part) -> Option<(usize, usize)> {
        let axis = nests[0].sweep.as_ref().map(|(axis, _)| axis);
        let row = self.context.rows.map(|rows| &rows.dim);
        let is_outer = |dim: &&Dimension| Some(*dim) != axis && Some(*dim) != row;
        let mut outer: Vec<&Dimension> = order.iter().filter(is_outer).collect();
        let rows = match self.context.rolling {
            Some(_) => outer.split_off(outer.len() - 2),
            None => Vec::new(),
        };
        let lanes = super::nests::lanes(nests, self.context.specialization);
        let loops = Loops {
            nests,
            outer,
            rows,
            row,
            lanes,
        };
        self.outer(&loops, 0, part)
    }

    /// The loops from that depth on. `part`: of the outermost one.
    fn outer(&mut self, loops: &Loops<'_>, depth: usize, part: &Part) -> Option<(usize, usize)> {
        let Some(dim) = loops.outer.get(depth) else {
            return self.inside(loops);
        };
        let kind = match depth {
            _ if depth + 1 == loops.outer.len() && loops.row.is_none() && loops.rows.is_empty() => {
                LoopKind::Vector(loops.lanes)
            }
            0 => LoopKind::Parallel,
            _ => LoopKind::Forward,
        };
        let parts = match depth {
            0 => vec![part.clone()],
            _ => self.parts(&loops.nests.iter().collect::<Vec<_>>(), dim),
        };
        let mut parallel = None;
        for part in parts {
            let limits = self.open_part(&loops.nests[0], dim, kind, &part);
            let range = self.outer(loops, depth + 1, &part);
            self.close_part(Vec::new());
            parallel = match (depth, limits) {
                (0, (Limit::Bound(start), Limit::Bound(stop))) => Some((start, stop)),
                _ => range,
            };
        }
        parallel
    }

    /// What is inside of the outer loops.
    fn inside(&mut self, loops: &Loops<'_>) -> Option<(usize, usize)> {
        let Loops {
            nests, row, lanes, ..
        } = loops;
        if let (Some(rolling), [rows, across]) = (self.context.rolling, &loops.rows[..]) {
            return self.rolling((rolling, nests), rows, (across, *lanes));
        }
        self.turn_inputs();
        for nest in *nests {
            self.nest(nest, row.map(|row| (row, *lanes)));
        }
        self.turn_outputs();
        None
    }

    /// The parts that the loop of nests along a dimension is split into.
    pub(super) fn parts(&mut self, nests: &[&Nest], dim: &Dimension) -> Vec<Part> {
        parts(
            self.surveyor,
            self.context.stored_nodes,
            &self.writer.facts,
            nests,
            dim,
        )
    }

    /// The sweeps that a nest computes where `facts` hold.
    pub(super) fn sweeps(&mut self, nest: &Nest, facts: &Facts) -> BTreeSet<u32> {
        if !facts.any() {
            return nest.sweeps.clone();
        }
        self.surveyor.assume(facts);
        let nodes: Vec<NodeId> = nest.targets.iter().map(|target| target.node).collect();
        let survey = self
            .surveyor
            .survey_all(&nodes, self.context.stored_nodes, usize::MAX);
        survey.sweeps
    }

    /// Opens the loop of a nest along a dimension for a part of it.
    pub(super) fn open_part(
        &mut self,
        nest: &Nest,
        dim: &Dimension,
        kind: LoopKind,
        part: &Part,
    ) -> (Limit, Limit) {
        let inside = self.writer.facts.with(dim, part);
        self.around
            .push(std::mem::replace(&mut self.writer.facts, inside));
        let extent = part.of(nest.extent(dim), self.context.extents);
        let ends = [plan::Limit::Start(extent), plan::Limit::Stop(extent)];
        let limits = self.open_between(dim, ends, kind);
        if *part != Part::default() {
            self.writer.builder.may_be_empty();
        }
        limits
    }

    /// Closes the part that was opened last.
    pub(super) fn close_part(&mut self, next: Vec<ValueId>) {
        self.close(next);
        if let Some(around) = self.around.pop() {
            self.writer.facts = around;
        }
    }

    /// Row by row. Of what rolls, a row comes with each row of the nests; those that the first row needs beside it come
    /// before. Where nothing is around the rows, threads share them, each with the rows that its first one needs; the
    /// bounds of all of them then.
    fn rolling(
        &mut self,
        (rolling, nests): (&Rolling, &[Nest]),
        rows: &Dimension,
        (across, lanes): (&Dimension, u32),
    ) -> Option<(usize, usize)> {
        let last = nests.last()?;
        let whole = last.extent(rows);
        let ends = [plan::Limit::Start(whole), plan::Limit::Stop(whole)];
        let [start, stop] = ends.map(|end| self.writer.limit(rows, end));
        let is_given = self.base.is_empty();
        for kept in rolling.kept.iter().filter(|kept| kept.places > 1) {
            let before = kept.lower - kept.lead;
            let ends = if is_given {
                [Limit::Start(before), Limit::Start(0)]
            } else {
                let first = plan::Limit::Start(self.context.extents.shifted(whole, before));
                [self.writer.limit(rows, first), start]
            };
            self.open_loop(rows, ends, LoopKind::Forward);
            self.open(&kept.nest, across, LoopKind::Vector(lanes));
            self.nest(&kept.nest, None);
            self.close(Vec::new());
            self.close(Vec::new());
        }
        // Those were few points.
        self.times.clear();
        let ends = if is_given {
            [Limit::Start(0), Limit::Stop(0)]
        } else {
            [start, stop]
        };
        self.open_loop(rows, ends, LoopKind::Forward);
        for nest in nests {
            let times = self.times.clone();
            self.ends(rolling, nest, across);
            self.times = times;
            self.open(nest, across, LoopKind::Vector(lanes));
            self.nest(nest, None);
            self.close(Vec::new());
        }
        self.close(Vec::new());
        match (start, stop) {
            (Limit::Bound(start), Limit::Bound(stop)) if is_given => Some((start, stop)),
            _ => None,
        }
    }

    /// The ends of the rows that a nest brings, where these are longer than its own. Point by point: they are short, and
    /// what is written under a mask is not forwarded to the loads that come soon after.
    fn ends(&mut self, rolling: &Rolling, nest: &Nest, across: &Dimension) {
        let kept = nest.targets.iter().filter_map(|target| rolling.find(target.node));
        for kept in kept {
            let [whole, inner] = [&kept.nest, nest].map(|nest| nest.extent(across));
            let ends = [
                [whole, inner].map(plan::Limit::Start),
                [inner, whole].map(plan::Limit::Stop),
            ];
            for (end, is_there) in ends.into_iter().zip(kept.ends) {
                if is_there {
                    self.open_between(across, end, LoopKind::Vector(1));
                    self.nest(&kept.nest, None);
                    self.close(Vec::new());
                }
            }
        }
    }

    pub(super) fn open(&mut self, nest: &Nest, dim: &Dimension, kind: LoopKind) -> (Limit, Limit) {
        let extent = nest.extent(dim);
        let ends = [plan::Limit::Start(extent), plan::Limit::Stop(extent)];
        self.open_between(dim, ends, kind)
    }

    pub(super) fn open_between(
        &mut self,
        dim: &Dimension,
        ends: [plan::Limit; 2],
        kind: LoopKind,
    ) -> (Limit, Limit) {
        let [start, stop] = ends.map(|end| self.writer.limit(dim, end));
        self.open_loop(dim, [start, stop], kind);
        (start, stop)
    }

    fn open_loop(&mut self, dim: &Dimension, [start, stop]: [Limit; 2], kind: LoopKind) {
        let var = self.writer.builder.open(&dim.name, start, stop, kind);
        self.writer.vars.push((var, dim.clone()));
        self.base.push((dim.clone(), At::of(Base::Var(var))));
    }

    /// What is inside of the loops over all dimensions but the axis of sweeps, and the rows with their lanes.
    fn nest(&mut self, nest: &Nest, row: Option<(&Dimension, u32)>) {
        let temporaries = nest
            .targets
            .iter()
            .filter(|t| t.destination == Destination::Temporary);
        self.inline = temporaries.map(|t| number(t.node)).collect();
        match (&nest.sweep, row) {
            (Some(sweep), Some(row)) => self.rows(nest, sweep, row),
            (Some(sweep), None) => self.columns(nest, sweep),
            (None, _) => self.targets(nest),
        }
    }

    /// Closes the loop that was opened last.
    pub(super) fn close(&mut self, next: Vec<ValueId>) {
        self.writer.builder.close(next);
        self.base.pop();
    }

    /// Evaluates everything, then stores it: what is read is as it was before anything is written.
    pub(super) fn targets(&mut self, nest: &Nest) {
        let value = |target: &Target| {
            let point = match target.destination {
                Destination::Output(_) => self.along(&self.context.graph.nodes[target.node].dims),
                Destination::Temporary => self.here(target.node),
            };
            self.value(target.node, point)
        };
        let values: Vec<ValueId> = nest.targets.iter().map(value).collect();
        for (Target { node, destination }, value) in nest.targets.iter().zip(values) {
            let (buffer, point) = match destination {
                Destination::Output(at) => self.output(*at),
                Destination::Temporary => {
                    let point = self.here(*node);
                    self.writer.stored(*node, &point)
                }
            };
            let index = point.iter().map(|at| at.index).collect();
            self.writer.builder.store(buffer, index, value);
        }
    }

    /// The point that is computed, for a node: of what rolls, some rows ahead.
    pub(super) fn here(&self, id: NodeId) -> Vec<At> {
        let dims = &self.context.graph.nodes[id].dims;
        let mut point = self.along(dims);
        if let Some((rolling, kept)) = self.context.rolling.and_then(|r| Some((r, r.find(id)?)))
            && let Some(axis) = dims.iter().position(|dim| *dim == rolling.rows)
        {
            point[axis].index.offset += kept.lead;
        }
        point
    }

    /// Whether that is the coordinate that is computed along a dimension.
    pub(super) fn is_here(&self, dim: &Dimension, at: At) -> bool {
        self.base.contains(&(dim.clone(), at))
    }

    pub(super) fn along(&self, dims: &[Dimension]) -> Vec<At> {
        let (known, point): (Vec<Dimension>, Vec<At>) = self.base.iter().cloned().unzip();
        project(&known, &point, dims)
    }

    /// The value of a node at a point. An explicit stack, so that the depth of a program is not ours.
    pub(super) fn value(&mut self, id: NodeId, point: Vec<At>) -> ValueId {
        let root = (id, point);
        if let Some(value) = self.writer.known(&root) {
            return value;
        }
        let mut stack = vec![self.frame(root)];
        loop {
            let Some(frame) = stack.last_mut() else {
                panic!("compiler bug: evaluation ends without a value");
            };
            if let Some(next) = frame.below.get(frame.values.len()) {
                let next = next.clone();
                match self.writer.known(&next) {
                    Some(value) => frame.values.push(value),
                    None => stack.push(self.frame(next)),
                }
                continue;
            }
            let last = stack.len() - 1;
            if self.reads_more(&mut stack[last]) {
                continue;
            }
            let value = self.combine(&stack[last]);
            if let Some(done) = stack.pop() {
                self.writer.memo.insert(done.read, value);
            }
            match stack.last_mut() {
                Some(user) => user.values.push(value),
                None => return value,
            }
        }
    }

    /// Whether a gather, whose index is known now, is still to be read there.
    fn reads_more(&mut self, frame: &mut Frame) -> bool {
        let is_gather = matches!(self.context.graph.nodes[frame.read.0].op, Op::Gather { .. });
        if !is_gather || frame.below.len() != 1 {
            return false;
        }
        frame.below = self.reads(&frame.read);
        true
    }

    pub(super) fn reads(&mut self, read: &Read<At>) -> Vec<Read<At>> {
        let Context {
            graph,
            specialization,
            ..
        } = self.context;
        reads(graph, &specialization.tables, &mut self.writer, read.0, &read.1)
    }

    fn frame(&mut self, read: Read<At>) -> Frame {
        let below = match self.rounds_of(read.0) {
            _ if self.is_loaded(&read) => Vec::new(),
            Some(sweep) => self.before_rounds(sweep, &read.1),
            None if matches!(self.context.graph.nodes[read.0].op, Op::Fold { .. }) => Vec::new(),
            None => self.reads(&read),
        };
        Frame {
            read,
            below,
            values: Vec::new(),
        }
    }

    /// Whether a node is loaded from its temporary: it is stored, and not computed just here.
    fn is_loaded(&self, (id, point): &Read<At>) -> bool {
        let at = number(*id);
        let is_here = || {
            let here = self.here(*id);
            let places = point.iter().zip(&here);
            places.into_iter().all(|(at, here)| at.index == here.index)
        };
        self.context.stored.contains_key(&at) && !(self.inline.contains(&at) && is_here())
    }

    /// The value of a node whose operands have theirs.
    fn combine(&mut self, frame: &Frame) -> ValueId {
        let (id, point) = &frame.read;
        let graph = self.context.graph;
        let span = graph.spans.get(*id).copied().unwrap_or_default();
        self.writer.builder.at(span);
        if self.is_loaded(&frame.read) {
            let (buffer, point) = self.writer.stored(*id, point);
            return self.writer.load(buffer, &point);
        }
        if matches!(
            graph.nodes[*id].op,
            Op::Apply(..) | Op::Select { .. } | Op::Cast(_) | Op::Reduce { .. } | Op::Fold { .. }
        ) {
            *self.times.entry(number(*id)).or_default() += 1;
        }
        let values = &frame.values;
        if let Some(sweep) = self.rounds_of(*id) {
            let slots = graph.sweeps[sweep].slots.len();
            return self.rounds((sweep, &frame.read), &values[..slots]);
        }
        let builder = &mut self.writer.builder;
        match &graph.nodes[*id].op {
            Op::Input(param) => match graph.params[*param as usize].kind {
                ParamKind::Scalar => self.writer.scalar(*param),
                ParamKind::Field(_) => self.input(*param, point),
            },
            Op::Constant(value) => builder.constant(*value),
            Op::Apply(builtin, _) => builder.apply(*builtin, values.clone()),
            Op::Select { .. } => builder.select(values[0], values[1], values[2]),
            Op::Cast(_) => builder.cast(values[0], graph.nodes[*id].dtype),
            Op::Broadcast(_) | Op::Result(..) => values[0],
            Op::Position(_) => self.writer.index(point[0]),
            Op::Piecewise { dim, at, .. } => match values[..] {
                [below, above] => {
                    let here = along(&graph.nodes[*id].dims, point, dim);
                    let is_below = self.writer.is_below(here, at);
                    self.writer.builder.select(is_below, below, above)
                }
                _ => values[0],
            },
            Op::Gather { start, stop, .. } => {
                let index = &frame.below[0];
                let to = self.writer.gathered(index, (start, stop));
                self.valid(to.and_then(|to| to.valid), values[1])
            }
            Op::Shift { value, step } => self.present(*id, point, (*value, step), values[0]),
            Op::Fold { .. } => self.fold(&frame.read),
            Op::Carry(sweep, slot) => self.carried((*sweep, *slot), graph.nodes[*id].dtype),
            Op::Reduce {
                reduction,
                table,
                present,
                ..
            } => {
                let width = self.context.specialization.tables[*table as usize].width as usize;
                let (values, said) = values.split_at(width);
                let present: Vec<ValueId> = match present {
                    Some(_) => said.to_vec(),
                    None => self.in_row(*id, point, *table),
                };
                self.reduce(*id, *reduction, values, &present)
            }
        }
    }

    /// What is read of a neighbour: zero where there is none, however what is read is computed.
    fn present(&mut self, id: NodeId, point: &[At], read: (NodeId, &Step), value: ValueId) -> ValueId {
        let graph = self.context.graph;
        let dims = &graph.nodes[id].dims;
        let (table, column) = match read.1 {
            Step::Cartesian { .. } | Step::Entry { .. } => return value,
            Step::Neighbor { table, index } => (*table, self.writer.number(i64::from(*index))),
            Step::Neighbors { table } => (*table, along(dims, point, &graph.tables[*table as usize].local)),
        };
        if self.is_load(read.0) {
            return value;
        }
        let row = along(dims, point, &graph.tables[table as usize].origin);
        let valid = self.writer.neighbor(table, row, column).valid;
        self.valid(valid, value)
    }

    /// The value where it is one, else zero.
    fn valid(&mut self, valid: Option<ValueId>, value: ValueId) -> ValueId {
        let Some(valid) = valid else { return value };
        let zero = Scalar::zero(self.writer.builder.dtype(value));
        let zero = self.writer.builder.constant(zero);
        self.writer.builder.select(valid, value, zero)
    }

    /// Whether a node is nothing but a load, which gives zero by itself where an index does not exist.
    fn is_load(&self, mut id: NodeId) -> bool {
        loop {
            match &self.context.graph.nodes[id].op {
                _ if self.context.stored.contains_key(&number(id)) => {
                    return !self.inline.contains(&number(id));
                }
                Op::Input(_) => return true,
                Op::Shift { value, .. } => id = *value,
                Op::Constant(_)
                | Op::Apply(..)
                | Op::Select { .. }
                | Op::Cast(_)
                | Op::Broadcast(_)
                | Op::Position(_)
                | Op::Piecewise { .. }
                | Op::Gather { .. }
                | Op::Reduce { .. }
                | Op::Fold { .. }
                | Op::Carry(..)
                | Op::Result(..) => return false,
            }
        }
    }

    /// Which columns of the row of a point hold neighbours; nothing where all do.
    fn in_row(&mut self, id: NodeId, point: &[At], table: TableId) -> Vec<ValueId> {
        let graph = self.context.graph;
        let shape = self.context.specialization.tables[table as usize];
        let row = along(&graph.nodes[id].dims, point, &graph.tables[table as usize].origin);
        let columns = if shape.skips {
            0..i64::from(shape.width)
        } else {
            0..0
        };
        let present = columns.filter_map(|column| {
            let column = self.writer.number(column);
            self.writer.neighbor(table, row, column).valid
        });
        present.collect()
    }

    /// Folds in table order, leaving out what is not `present`; all is where nothing is said of that.
    fn reduce(
        &mut self,
        id: NodeId,
        reduction: Reduction,
        values: &[ValueId],
        present: &[ValueId],
    ) -> ValueId {
        let dtype = self.context.graph.nodes[id].dtype;
        let (start, nothing) = (reduce_start(reduction, dtype), reduce_nothing(reduction, dtype));
        let builder = &mut self.writer.builder;
        if values.is_empty() {
            return builder.constant(nothing);
        }
        let mut folded = builder.constant(start);
        for (column, &value) in values.iter().enumerate() {
            let with = builder.apply(reduction.builtin(), vec![folded, value]);
            folded = match present.get(column) {
                Some(&present) => builder.select(present, with, folded),
                None => with,
            };
        }
        let either = |a, b| builder.apply(Builtin::Or, vec![a, b]);
        match present.iter().copied().reduce(either) {
            Some(some) if start != nothing => {
                let nothing = builder.constant(nothing);
                builder.select(some, folded, nothing)
            }
            Some(_) | None => folded,
        }
    }
}
