//! Columns that lie along their levels. A sweep computes neighbouring columns at once, one per lane, and wants the
//! values of a level side by side. Where the elements of a field are adjacent along the levels instead, those values
//! are scattered; so a kernel turns such columns first: it copies a vector of columns into scratch memory of the
//! thread where a level is adjacent, sweeps there, and turns the results back. Code generation turns in squares, by
//! adjacent loads and stores with shuffles in between.

use std::collections::{BTreeMap, BTreeSet};

use bise_base::Name;
use bise_iter::{Graph, NodeId, Op};
use bise_lang::plan::{BufferSource, Limit, Requirement, Specialization};
use bise_lang::{DType, Dimension, ExtentBuilder, ExtentId};
use bise_loops::{BufferId, LoopKind, Ring, ValueId};

use super::emit::Emitter;
use super::nests::{Destination, Nest};
use super::order::field_dims;
use super::points;
use super::survey::Surveyor;
use super::writer::At;

/// What a kernel turns.
#[derive(Debug)]
pub(super) struct Turned {
    /// The dimension of the sweeps.
    pub(super) axis: Dimension,
    /// The dimension across which the columns of a vector stand.
    pub(super) across: Dimension,
    /// By parameter.
    pub(super) inputs: BTreeMap<u32, Place>,
    /// By position among the outputs of the statement.
    pub(super) outputs: BTreeMap<usize, Place>,
}

/// Where turned columns are: scratch memory over the levels and across.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) source: BufferSource,
    pub(super) name: Name,
    pub(super) dtype: DType,
    pub(super) levels: ExtentId,
    /// A place for each lane.
    pub(super) ring: Ring,
}

/// What is to be turned.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) axis: Dimension,
    pub(super) across: Dimension,
    /// Parameters, with the levels that are needed.
    pub(super) inputs: Vec<(u32, ExtentId)>,
    /// Positions among the outputs of the statement, parameters, and the levels that are written.
    pub(super) outputs: Vec<(usize, u32, ExtentId)>,
}

/// What the columns of a kernel are to be turned for, if it sweeps. `order`: its dimensions, outermost loop first.
/// `outputs`: parameters that the statement writes.
pub(super) fn columns(
    (graph, specialization, extents): (&Graph, &Specialization, &ExtentBuilder),
    surveyor: &mut Surveyor<'_>,
    (stored, requirements): (&BTreeSet<u32>, &[Requirement]),
    (kernel, order): (&[Nest], &[Dimension]),
    outputs: &[u32],
) -> Option<Columns> {
    let (axis, _) = kernel[0].sweep.as_ref()?;
    let across = order.iter().rfind(|dim| *dim != axis)?;
    let lies_along = |param: u32| {
        let (dims, layout) = (field_dims(graph, param), &specialization.params[param as usize]);
        let last = layout.order.last().filter(|_| layout.unit);
        dims.contains(across) && last.is_some_and(|&last| dims[last] == *axis)
    };
    let targets = || {
        kernel
            .iter()
            .flat_map(|nest| nest.targets.iter().map(move |t| (nest, t)))
    };
    let nodes: Vec<NodeId> = targets().map(|(_, target)| target.node).collect();
    let mut inputs: BTreeSet<u32> = BTreeSet::new();
    let survey = surveyor.survey_all(&nodes, stored, usize::MAX);
    if survey.undecided {
        // What is needed of a column depends on where it stands.
        return None;
    }
    for (id, point) in survey.inputs {
        let Op::Input(param) = graph.nodes[id].op else {
            continue;
        };
        let dims = graph.nodes[id].dims.iter();
        let mut along = dims.zip(point.iter().zip(surveyor.base(id)));
        if lies_along(param) && along.all(|(dim, (at, base))| dim == axis || *at == base) {
            inputs.insert(param);
        }
    }
    let levels = |param: u32| {
        let needed = requirements.iter().filter(|r| r.param == param && r.dim == *axis);
        needed.map(|r| r.extent).reduce(|a, b| extents.hull(a, b))
    };
    let written = targets().filter_map(|(nest, target)| match target.destination {
        Destination::Output(at) if lies_along(outputs[at]) => Some((at, outputs[at], nest.extent(axis))),
        Destination::Output(_) | Destination::Temporary => None,
    });
    let inputs = inputs.into_iter();
    let columns = Columns {
        axis: axis.clone(),
        across: across.clone(),
        inputs: inputs.filter_map(|param| Some((param, levels(param)?))).collect(),
        outputs: written.collect(),
    };
    (!columns.inputs.is_empty() || !columns.outputs.is_empty()).then_some(columns)
}

impl Emitter<'_, '_> {
    /// Copies the columns that are turned into scratch memory. The loops over columns are open.
    pub(super) fn turn_inputs(&mut self) {
        let Some(turned) = self.context.turned else { return };
        for (&param, place) in &turned.inputs {
            self.open_levels(turned, place);
            let [from, to] = [
                self.argument(BufferSource::Input(param)),
                self.turned(turned, place),
            ];
            self.copy(from, to);
        }
    }

    /// Copies the columns that were computed turned to the outputs.
    pub(super) fn turn_outputs(&mut self) {
        let Some(turned) = self.context.turned else { return };
        for (&at, place) in &turned.outputs {
            self.open_levels(turned, place);
            let [from, to] = [
                self.turned(turned, place),
                self.argument(BufferSource::Output(at)),
            ];
            self.copy(from, to);
        }
    }

    fn open_levels(&mut self, turned: &Turned, place: &Place) {
        let ends = [Limit::Start(place.levels), Limit::Stop(place.levels)];
        self.open_between(&turned.axis, ends, LoopKind::Forward);
    }

    /// The point that is computed, from one buffer to the other, in the loop that was opened last.
    fn copy(&mut self, (from, read): (BufferId, Vec<At>), (to, written): (BufferId, Vec<At>)) {
        let value = self.writer.load(from, &read);
        let index = written.iter().map(|at| at.index).collect();
        self.writer.builder.store(to, index, value);
        self.close(Vec::new());
    }

    /// A field argument and the point that is computed.
    fn argument(&mut self, source: BufferSource) -> (BufferId, Vec<At>) {
        let param = match source {
            BufferSource::Input(param) => param,
            BufferSource::Output(at) => self.context.outputs[at],
            BufferSource::Temporary(_) | BufferSource::Table(_) | BufferSource::Scratch(_) => {
                panic!("compiler bug: {source:?} is no argument")
            }
        };
        let point = self.along(field_dims(self.context.graph, param));
        (self.writer.buffer(source), point)
    }

    /// Turned columns and the point that is computed.
    fn turned(&mut self, turned: &Turned, place: &Place) -> (BufferId, Vec<At>) {
        let point = self.along(&[turned.axis.clone(), turned.across.clone()]);
        (self.writer.turned(place), point)
    }

    /// An element of an input: of turned columns, if it is read in the columns that are computed.
    pub(super) fn input(&mut self, param: u32, point: &[At]) -> ValueId {
        let dims = field_dims(self.context.graph, param);
        let turned = self.context.turned;
        if let Some((turned, place)) = turned.and_then(|turned| Some((turned, turned.inputs.get(&param)?)))
            && let mut along = dims.iter().zip(point)
            && along.all(|(dim, at)| *dim == turned.axis || self.is_here(dim, *at))
        {
            let buffer = self.writer.turned(place);
            let index = [&turned.axis, &turned.across].map(|dim| points::along(dims, point, dim));
            return self.writer.load(buffer, &index);
        }
        let buffer = self.writer.buffer(BufferSource::Input(param));
        self.writer.load(buffer, point)
    }

    /// Where a value of an output goes: the buffer and the point that is computed.
    pub(super) fn output(&mut self, at: usize) -> (BufferId, Vec<At>) {
        let turned = self.context.turned;
        match turned.and_then(|turned| Some((turned, turned.outputs.get(&at)?))) {
            Some((turned, place)) => self.turned(turned, place),
            None => self.argument(BufferSource::Output(at)),
        }
    }
}
