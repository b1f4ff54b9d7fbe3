//! Checked calls: the program is run on memory of its own with marks beside its values, which say what depends on
//! missing neighbours.

use std::sync::{Arc, PoisonError};

use bise_base::{Diagnostic, Diagnostics, Span};
use bise_field::{AllocationError, FieldView, Shadow, neighbourhoods};
use bise_iter::mark::{MARK, Marked};
use bise_iter::{Graph, NodeId, Op, ParamKind, Step};
use bise_lang::{DType, Dimension, Scalar, codes};

use super::{Call, neighbor};
use crate::host::Deaf;
use crate::{Argument, Backend, CallError, Program, pipeline};

/// A program of marks.
#[derive(Debug)]
pub(super) struct Marking {
    program: Program,
    /// For each field of marks, whose marks they are.
    params: Vec<u32>,
    /// In the graph that is looked at.
    reads: Vec<NodeId>,
}

/// Memory in the place of some groups of arguments.
struct Shadows<'a>(Vec<(&'a [usize], Shadow)>);

impl<'a> Shadows<'a> {
    /// For the groups in which there is one of those parameters.
    fn new(
        groups: &'a [Vec<usize>],
        fields: &[Option<&FieldView<'_>>],
        params: &[bool],
        dtype: Option<DType>,
    ) -> Result<Self, AllocationError> {
        let groups = groups.iter().filter(|group| group.iter().any(|&at| params[at]));
        let shadows = groups.map(|group| {
            let members: Vec<&FieldView<'_>> = group.iter().filter_map(|&at| fields[at]).collect();
            Ok((&group[..], Shadow::new(&members, dtype)?))
        });
        Ok(Self(shadows.collect::<Result<_, _>>()?))
    }

    /// What lies in the place of argument number `at`.
    fn view(&self, at: usize, field: &FieldView<'_>) -> Option<FieldView<'_>> {
        let group = self.0.iter().find(|(group, _)| group.contains(&at));
        group.map(|(_, shadow)| shadow.view(field))
    }

    /// Which of `count` parameters have shadows.
    fn members(&self, count: usize) -> Vec<bool> {
        let mut members = vec![false; count];
        for &at in self.0.iter().flat_map(|(group, _)| *group) {
            members[at] = true;
        }
        members
    }
}

impl Program {
    /// Refuses a call whose results depend on missing neighbours.
    pub(super) fn refuse_missing(&self, graph: &Graph, call: &Call<'_>) -> Result<(), CallError> {
        let mut uses = self.uses(graph, call, call.backend)?;
        if uses.is_empty() {
            return Ok(());
        }
        uses.sort_by_key(|used| graph.spans.get(used.read).copied());
        let diagnostics: Diagnostics = uses.iter().map(|used| used.diagnostic(graph)).collect();
        Err(self.refused(diagnostics))
    }

    /// What results of a call depend on missing neighbours; nothing where that asks for more than `limit` values.
    pub(super) fn quick_uses(
        &self,
        graph: &Graph,
        call: &Call<'_>,
        limit: usize,
    ) -> Result<Vec<Use>, CallError> {
        let points = call.runs.occasions.iter().flat_map(|occasion| {
            let times = usize::try_from(occasion.times).unwrap_or(usize::MAX);
            occasion.evaluator.outputs.iter().map(move |ranges| {
                let lengths = ranges.iter().map(|(_, range)| range.length());
                lengths.fold(times, usize::saturating_mul)
            })
        });
        let points = points.fold(0, usize::saturating_add);
        if points.saturating_mul(graph.nodes.len()) > limit {
            return Ok(Vec::new());
        }
        self.uses(graph, call, Backend::Reference)
    }

    /// What results of a call depend on missing neighbours.
    fn uses(&self, graph: &Graph, call: &Call<'_>, backend: Backend) -> Result<Vec<Use>, CallError> {
        let fields: Vec<Option<&FieldView<'_>>> = call.args.iter().map(field).collect();
        let groups = neighbourhoods(&fields);
        let written = written(graph, graph.statements.len());
        let last = graph.statements.len() - 1;
        let kept = if graph.loops_around(last).next().is_some() {
            graph.statements.len()
        } else {
            last
        };
        let marks = Shadows::new(&groups, &fields, &written, Some(MARK))?;
        // What the last statement writes is not written here, unless it is repeated.
        let copies = Shadows::new(&groups, &fields, &self::written(graph, kept), None)?;
        let marking = self.marking(graph, &marks.members(fields.len()));

        let mut args: Vec<Argument<'_>> = Vec::with_capacity(fields.len() + marking.params.len());
        for (at, arg) in call.args.iter().enumerate() {
            args.push(match arg {
                Argument::Scalar(value) => Argument::Scalar(*value),
                Argument::Field(view) => Argument::Field(copies.view(at, view).map_or_else(
                    || whole(view),
                    |copy| {
                        assert!(copy.copy_from(view), "compiler bug: a shadow of another shape");
                        copy
                    },
                )),
            });
        }
        let mark_of = |param: u32| {
            let at = param as usize;
            let marks = fields[at].and_then(|field| marks.view(at, field));
            marks.unwrap_or_else(|| panic!("compiler bug: a parameter without marks"))
        };
        args.extend(
            marking
                .params
                .iter()
                .map(|&param| Argument::Field(mark_of(param))),
        );
        marking.program.call_with(&args, call.given, backend, &mut Deaf)?;

        let mut uses: Vec<Use> = Vec::new();
        for &param in marking.params.iter().filter(|&&param| written[param as usize]) {
            find_uses(graph, &marking.reads, param, &mark_of(param), &mut uses);
        }
        Ok(uses)
    }

    /// The program of marks, made now if it is new.
    fn marking(&self, graph: &Graph, carriers: &[bool]) -> Arc<Marking> {
        let mut known = self
            .missing
            .marking
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some((_, marking)) = known.iter().find(|(of, _)| of == carriers) {
            return marking.clone();
        }
        let Marked { graph, params, reads } =
            pipeline::mark_missing(graph, carriers, self.session().options());
        let marking = Arc::new(Marking {
            program: Program::from_graph(self.session().clone(), graph),
            params,
            reads,
        });
        known.push((carriers.to_vec(), marking.clone()));
        marking
    }
}

/// Results that depend on one read, in one field.
pub(super) struct Use {
    pub(super) read: NodeId,
    param: u32,
    /// The first of them.
    point: Vec<i64>,
    count: usize,
}

impl Use {
    pub(super) fn diagnostic(&self, graph: &Graph) -> Diagnostic {
        if let Op::Gather { value, dim, .. } = &graph.nodes[self.read].op {
            return self.beyond(graph, *value, dim);
        }
        let step = match neighbor(graph, self.read) {
            Some((table, index)) => format!("{}[{index}]", graph.tables[table as usize].name),
            None => "a neighbour".to_owned(),
        };
        let of = match &graph.nodes[self.read].op {
            Op::Shift { value, .. } => match graph.nodes[*value].op {
                Op::Input(param) => format!(" of `{}`", graph.params[param as usize].name),
                _ => String::new(),
            },
            _ => String::new(),
        };
        let message = format!(
            "{} depends on a neighbour that does not exist, `{step}`{of}",
            self.result(graph)
        );
        Diagnostic::error(&codes::MISSING_NEIGHBOR, self.span(graph), message)
            .label(self.label(graph))
            .hint("choose another value there, `where(mask, ..., ...)`, or write a smaller domain")
    }

    /// Of a value that is read at a computed index along a dimension.
    fn beyond(&self, graph: &Graph, value: NodeId, dim: &Dimension) -> Diagnostic {
        let of = match graph.nodes[value].op {
            Op::Input(param) => format!("`{}`", graph.params[param as usize].name),
            _ => "what is read there".to_owned(),
        };
        let message = format!(
            "{} depends on a point beyond the ends of {of} along `{dim}`",
            self.result(graph)
        );
        Diagnostic::error(&codes::OUT_OF_BOUNDS, self.span(graph), message)
            .label(self.label(graph))
            .note("in sessions that are not checked, the last point on that side is read instead")
            .hint("limit the distance, `minimum(distance, ...)`, or choose another value there, `where(mask, ..., ...)`")
    }

    fn span(&self, graph: &Graph) -> Span {
        graph.spans.get(self.read).copied().unwrap_or_default()
    }

    /// `` `out` at K = 3 ``
    fn result(&self, graph: &Graph) -> String {
        let output = &graph.params[self.param as usize].name;
        format!("`{output}`{}", point(graph, self.param, &self.point))
    }

    fn label(&self, graph: &Graph) -> String {
        let output = &graph.params[self.param as usize].name;
        match self.count {
            1 => "read here".to_owned(),
            count => format!("read here, for {count} points of `{output}`"),
        }
    }
}

/// Adds what the marks of a field say.
fn find_uses(graph: &Graph, reads: &[NodeId], param: u32, marks: &FieldView<'_>, uses: &mut Vec<Use>) {
    let ParamKind::Field(dims) = &graph.params[param as usize].kind else {
        panic!("compiler bug: marks of a scalar");
    };
    let axes = marks.axes();
    let mut point: Vec<i64> = axes.iter().map(|axis| axis.start).collect();
    for _ in 0..marks.size() {
        let mark = marks.load(&point).map_or(0, Scalar::as_i64);
        let read = usize::try_from(mark).ok().and_then(|mark| mark.checked_sub(1));
        if let Some(read) = read
            .and_then(|at| reads.get(at))
            .filter(|&&read| counts(graph, read, dims))
        {
            match uses
                .iter_mut()
                .find(|used| used.read == *read && used.param == param)
            {
                Some(used) => used.count += 1,
                None => uses.push(Use {
                    read: *read,
                    param,
                    point: point.clone(),
                    count: 1,
                }),
            }
        }
        for (index, axis) in point.iter_mut().zip(axes).rev() {
            *index += 1;
            if *index < axis.stop() {
                break;
            }
            *index = axis.start;
        }
    }
}

/// Whether it matters that a read finds nothing: a point of a field over neighbours that does not exist has no value.
fn counts(graph: &Graph, read: NodeId, dims: &[Dimension]) -> bool {
    match &graph.nodes[read].op {
        Op::Shift {
            step: Step::Neighbors { table },
            ..
        } => !dims.contains(&graph.tables[*table as usize].local),
        _ => true,
    }
}

/// The parameters that the first statements write.
fn written(graph: &Graph, statements: usize) -> Vec<bool> {
    let mut written = vec![false; graph.params.len()];
    for output in graph.statements[..statements]
        .iter()
        .flat_map(|statement| &statement.outputs)
    {
        written[output.param as usize] = true;
    }
    written
}

fn field<'a>(arg: &'a Argument<'a>) -> Option<&'a FieldView<'a>> {
    match arg {
        Argument::Field(view) => Some(view),
        Argument::Scalar(_) => None,
    }
}

/// The same field once more.
fn whole<'a>(view: &'a FieldView<'a>) -> FieldView<'a> {
    let ranges: Vec<(i64, i64)> = view.axes().iter().map(|axis| (axis.start, axis.stop())).collect();
    let part = view.part(&ranges);
    part.unwrap_or_else(|| panic!("compiler bug: a field does not lie in itself"))
}

/// ` at E = 3, K = 0`; nothing for a field of one number.
fn point(graph: &Graph, param: u32, point: &[i64]) -> String {
    let ParamKind::Field(dims) = &graph.params[param as usize].kind else {
        return String::new();
    };
    let indices: Vec<String> = dims
        .iter()
        .zip(point)
        .map(|(dim, index)| format!("{dim} = {index}"))
        .collect();
    if indices.is_empty() {
        String::new()
    } else {
        format!(" at {}", indices.join(", "))
    }
}
