//! Calls a program twice, by the interpreter of iter and by its plan with the interpreter of loops, and compares
//! bits. Memory that nothing has written, and indices out of bounds, are bugs that panic.

use std::collections::BTreeMap;

use bise_interp::{Memory as Arguments, TableInfo};
use bise_iter::{Graph, ParamKind};
use bise_lang::plan::{BufferSource, Launch, Limit, Plan, ScratchAxis, Specialization, StatementPlan};
use bise_lang::{Action, Bound, Dimension, DomainRange, Extent, ExtentId, Extents, Scalar};
use bise_loops::testing::{Frame, Memory, Order, run};
use bise_loops::{BufferId, Kernel};

use super::super::{Costs, iter_to_loops};

/// Elements by index.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Array {
    pub(super) domain: Vec<(i64, i64)>,
    pub(super) elements: BTreeMap<Vec<i64>, Scalar>,
}

/// A connectivity table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) width: usize,
    pub(super) entries: Vec<i64>,
}

/// Elements of memory that is not an argument; absent until written.
type Places = BTreeMap<Vec<i64>, Option<Scalar>>;

/// What a program is called with.
#[derive(Clone, Debug, Default)]
pub(super) struct Call {
    /// One per parameter; empty for scalars.
    pub(super) fields: Vec<Array>,
    /// One per parameter; those of fields do not matter.
    pub(super) scalars: Vec<Scalar>,
    pub(super) tables: Vec<Table>,
}

impl Array {
    /// Every index of the domain with what `value` gives for its number.
    pub(super) fn filled(domain: &[(i64, i64)], mut value: impl FnMut() -> Scalar) -> Self {
        let mut indices = vec![Vec::new()];
        for &(start, stop) in domain {
            let longer = indices
                .iter()
                .flat_map(|index| (start..stop).map(move |at| [&index[..], &[at]].concat()));
            indices = longer.collect();
        }
        Self {
            domain: domain.to_vec(),
            elements: indices.into_iter().map(|index| (index, value())).collect(),
        }
    }
}

impl Arguments for Call {
    fn domain(&self, param: u32) -> Vec<(i64, i64)> {
        self.fields[param as usize].domain.clone()
    }

    fn load(&self, param: u32, index: &[i64]) -> Scalar {
        self.fields[param as usize].elements[index]
    }

    fn store(&mut self, param: u32, index: &[i64], value: Scalar) {
        let known = self.fields[param as usize].elements.insert(index.to_vec(), value);
        assert!(known.is_some(), "a store to {index:?} of parameter {param}");
    }

    fn scalar(&self, param: u32) -> Scalar {
        self.scalars[param as usize]
    }

    fn table(&self, table: u32) -> TableInfo {
        let Table { width, entries } = &self.tables[table as usize];
        TableInfo {
            rows: (entries.len() / width) as i64,
            width: *width as u32,
        }
    }

    fn neighbor(&self, table: u32, row: i64, column: u32) -> i64 {
        let Table { width, entries } = &self.tables[table as usize];
        entries[row as usize * width + column as usize]
    }
}

/// Compares both ways of computing, where the program can be run at all. Whether it can.
#[track_caller]
pub(super) fn compare(graph: &Graph, specialization: &Specialization, call: &Call) -> bool {
    assert_eq!(bise_iter::verify(graph), Ok(()));
    let mut expected = call.clone();
    if bise_interp::run(graph, &mut expected).is_err() {
        return false;
    }
    let stored = Costs {
        inline: 0,
        gathered: 0,
        ..Costs::default()
    };
    let rolled = Costs {
        keep: 0,
        row: 0,
        ..Costs::default()
    };
    for costs in [Costs::default(), stored, rolled] {
        compare_with(graph, specialization, call, &expected, &costs);
    }
    true
}

#[track_caller]
fn compare_with(graph: &Graph, specialization: &Specialization, call: &Call, expected: &Call, costs: &Costs) {
    let (kernels, plan) = iter_to_loops(graph, specialization, costs);
    for kernel in &kernels {
        assert_eq!(
            bise_loops::verify(kernel),
            Ok(()),
            "{}",
            bise_loops::text::print(kernel)
        );
        let text = bise_loops::text::print(kernel);
        let read = bise_loops::text::parse(&text);
        assert_eq!(read.map(|k| bise_loops::text::print(&k)), Ok(text));
    }
    for order in [Order::Ascending, Order::Descending] {
        let mut actual = call.clone();
        execute(graph, &kernels, &plan, order, &mut actual);
        for (param, (a, e)) in actual.fields.iter().zip(&expected.fields).enumerate() {
            let name = &graph.params[param].name;
            let texts: Vec<String> = kernels.iter().map(bise_loops::text::print).collect();
            assert!(
                a == e,
                "`{name}` differs\n{a:?}\n{e:?}\n{}\n{}",
                bise_iter::text::print(graph),
                texts.concat()
            );
        }
    }
}

/// Walks a plan.
fn execute(graph: &Graph, kernels: &[Kernel], plan: &Plan, order: Order, call: &mut Call) {
    let actions = Action::all(graph.statements.len(), &graph.loops);
    act(
        graph,
        &actions,
        &mut |at, call| statement(graph, kernels, (plan, at), order, call),
        call,
    );
}

/// Carries out actions, each statement as is said.
fn act(graph: &Graph, actions: &[Action], each: &mut dyn FnMut(usize, &mut Call), call: &mut Call) {
    for action in actions {
        match action {
            Action::Statement(at) => each(*at, call),
            Action::Loop(at, body) => {
                let variable = graph.variable(*at) as usize;
                let values = graph.loops[*at].values(&|bound| value(graph, call, bound));
                for value in values.iter() {
                    call.scalars[variable] = Scalar::integer(graph.params[variable].dtype, value);
                    act(graph, body, each, call);
                }
            }
        }
    }
}

fn statement(graph: &Graph, kernels: &[Kernel], (plan, at): (&Plan, usize), order: Order, call: &mut Call) {
    let statement = &plan.statements[at];
    let outputs = &graph.statements[at].outputs;
    let domains: Vec<Vec<(Dimension, i64, i64)>> = outputs
        .iter()
        .map(|output| {
            let ranges = output.domain.iter();
            let all = ranges.map(|range| {
                let (start, stop) = ends(graph, call, range);
                (range.dim.clone(), start, stop)
            });
            all.collect()
        })
        .collect();
    let before = call.clone();
    let extents = Intervals {
        extents: &statement.extents,
        graph,
        domains: &domains,
        call: &before,
    };
    let mut memory = Fields {
        statement,
        written: domains
            .iter()
            .map(|of| {
                of.iter()
                    .map(|(_, start, stop)| (stop - start).max(0) as usize)
                    .collect()
            })
            .collect(),
        before: &before,
        call,
        late: Vec::new(),
        temporaries: temporaries(statement, &extents),
        scratch: Vec::new(),
        sources: &[],
    };
    for launch in &statement.launches {
        let is_empty = |output: &u32| {
            domains[*output as usize]
                .iter()
                .any(|(_, start, stop)| stop <= start)
        };
        if launch.outputs.iter().all(is_empty) {
            continue;
        }
        memory.sources = &launch.buffers;
        let mut frame = frame(launch, &extents);
        // In two parts, each with scratch memory of its own.
        let (start, stop) = frame.range;
        let middle = start.midpoint(stop);
        let parts = match launch.parallel {
            Some(_) => vec![(start, middle), (middle, stop)],
            None => vec![(start, stop)],
        };
        for part in parts
            .into_iter()
            .filter(|(start, stop)| launch.parallel.is_none() || start < stop)
        {
            frame.range = part;
            memory.scratch = scratch(launch, &extents);
            run(&kernels[launch.kernel], &frame, order, &mut memory);
        }
    }
    let mut late = std::mem::take(&mut memory.late);
    late.sort_by_key(|(at, ..)| *at);
    for (at, index, value) in late {
        call.store(statement.outputs[at].param, &index, value);
    }
}

fn frame(launch: &Launch, extents: &Intervals<'_>) -> Frame {
    let limit = |limit: &Limit| match limit {
        Limit::Start(extent) => extents.of(*extent).0,
        Limit::Stop(extent) => extents.of(*extent).1,
        Limit::At(at) => extents.bound(at),
    };
    let bounds: Vec<i64> = launch.bounds.iter().map(limit).collect();
    let range = launch
        .parallel
        .map_or((0, 0), |(start, stop)| (bounds[start], bounds[stop]));
    Frame {
        bounds,
        scalars: launch
            .scalars
            .iter()
            .map(|&param| extents.call.scalars[param as usize])
            .collect(),
        range,
    }
}

fn scratch(launch: &Launch, extents: &Intervals<'_>) -> Vec<Places> {
    let empty = launch.scratch.iter().map(|scratch| {
        let axes = scratch.axes.iter().map(|axis| match axis {
            ScratchAxis::Extent(extent) => extents.of(*extent),
            ScratchAxis::Ring(places) => (0, i64::from(*places)),
        });
        let domain: Vec<(i64, i64)> = axes.collect();
        places(&domain)
    });
    empty.collect()
}

/// Elements that nothing has written.
fn places(domain: &[(i64, i64)]) -> Places {
    let places = Array::filled(domain, || Scalar::bool(false)).elements;
    places.into_keys().map(|index| (index, None)).collect()
}

fn temporaries(statement: &StatementPlan, extents: &Intervals<'_>) -> Vec<Places> {
    let empty = statement.temporaries.iter().map(|temporary| {
        let domain: Vec<(i64, i64)> = temporary.extents.iter().map(|e| extents.of(*e)).collect();
        places(&domain)
    });
    empty.collect()
}

fn ends(graph: &Graph, call: &Call, range: &DomainRange) -> (i64, i64) {
    range.evaluate(&|leaf| value(graph, call, leaf))
}

/// The value of a leaf of a bound.
fn value(graph: &Graph, call: &Call, leaf: &Bound) -> i128 {
    let end = |param: u32, dim: &Dimension| {
        let ParamKind::Field(dims) = &graph.params[param as usize].kind else {
            panic!("a bound of a scalar");
        };
        let at = dims
            .iter()
            .position(|d| d == dim)
            .expect("a dimension of the field");
        call.fields[param as usize].domain[at]
    };
    match leaf {
        Bound::Scalar(param) => call.scalars[*param as usize].as_i128(),
        Bound::Start(param, dim) => end(*param, dim).0.into(),
        Bound::Stop(param, dim) => end(*param, dim).1.into(),
        Bound::Constant(_) | Bound::Binary(..) => unreachable!("no leaf"),
    }
}

/// Evaluates extents.
struct Intervals<'a> {
    extents: &'a Extents,
    graph: &'a Graph,
    domains: &'a [Vec<(Dimension, i64, i64)>],
    call: &'a Call,
}

impl Intervals<'_> {
    fn bound(&self, of: &Bound) -> i64 {
        of.index(&|leaf| value(self.graph, self.call, leaf))
    }

    fn of(&self, extent: ExtentId) -> (i64, i64) {
        match &self.extents[extent] {
            Extent::Output { output, dim } => {
                let ranges = &self.domains[*output as usize];
                // Nothing is computed of an output that is empty along one dimension.
                if ranges.iter().any(|(_, start, stop)| stop <= start) {
                    return (0, 0);
                }
                let range = ranges
                    .iter()
                    .find(|(d, ..)| d == dim)
                    .expect("a dimension of the output");
                (range.1, range.2)
            }
            Extent::Widen { of, lower, upper } => match self.of(*of) {
                (start, stop) if stop <= start => (0, 0),
                (start, stop) => (start + lower, stop + upper),
            },
            Extent::Image { table, of, column } => {
                let Table { width, entries } = &self.call.tables[*table as usize];
                let (start, stop) = self.of(*of);
                let rows = (start.max(0)..stop).flat_map(|row| {
                    let row = &entries[row as usize * width..][..*width];
                    row.iter().enumerate()
                });
                let mut found = rows
                    .filter(|(at, entry)| **entry >= 0 && column.is_none_or(|c| c as usize == *at))
                    .map(|(_, entry)| *entry);
                let Some(first) = found.next() else {
                    return (0, 0);
                };
                found.fold((first, first + 1), |(low, high), e| (low.min(e), high.max(e + 1)))
            }
            Extent::Neighbors { table } => (0, self.call.tables[*table as usize].width as i64),
            Extent::Between { start, stop } => (self.bound(start), self.bound(stop)),
            Extent::Clip { of, start, stop } => {
                let (first, last) = self.of(*of);
                let start = start.as_ref().map_or(first, |start| first.max(self.bound(start)));
                let stop = stop.as_ref().map_or(last, |stop| last.min(self.bound(stop)));
                (start, stop.max(start))
            }
            Extent::Given { of, exists, .. } => match self.of(*exists) {
                (start, stop) if stop <= start => (0, 0),
                _ => self.of(*of),
            },
            Extent::Hull(parts) => {
                let parts = parts.iter().map(|part| self.of(*part));
                let known = parts.filter(|(start, stop)| start < stop);
                known
                    .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
                    .unwrap_or((0, 0))
            }
        }
    }
}

/// Inputs are as before the statement, unless the plan says that one may be the memory that is written.
struct Fields<'a> {
    statement: &'a StatementPlan,
    /// Per output, how many indices are written along each dimension.
    written: Vec<Vec<usize>>,
    before: &'a Call,
    call: &'a mut Call,
    /// What goes to outputs of parameters that an output before writes too: output, index and value.
    late: Vec<(usize, Vec<i64>, Scalar)>,
    temporaries: Vec<Places>,
    scratch: Vec<Places>,
    sources: &'a [BufferSource],
}

impl Fields<'_> {
    fn source(&self, buffer: BufferId) -> BufferSource {
        self.sources[buffer.into_raw().into_u32() as usize]
    }
}

impl Memory for Fields<'_> {
    fn load(&self, buffer: BufferId, index: &[i64]) -> Scalar {
        match self.source(buffer) {
            BufferSource::Input(param) => {
                let outputs = self.statement.outputs.iter().enumerate();
                let mut same = outputs.filter(|(_, output)| output.param == param).peekable();
                let shared = same.peek().is_some()
                    && same.all(|(at, _)| {
                        let mut pairs = self.statement.in_place.iter();
                        pairs.any(|pair| {
                            (pair.output, pair.input) == (at as u32, param) && pair.holds(&self.written[at])
                        })
                    });
                let fields = if shared {
                    &self.call.fields
                } else {
                    &self.before.fields
                };
                let element = fields[param as usize].elements.get(index);
                *element.unwrap_or_else(|| panic!("{index:?} of parameter {param} is out of bounds"))
            }
            BufferSource::Temporary(at) => element(&self.temporaries[at], index),
            BufferSource::Scratch(at) => element(&self.scratch[at], index),
            BufferSource::Table(table) => {
                let Table { width, entries } = &self.before.tables[table as usize];
                assert!(
                    (0..*width as i64).contains(&index[1]),
                    "a column of table {table}"
                );
                let entry = entries[index[0] as usize * width + index[1] as usize];
                Scalar::integer(bise_lang::DType::Int32, entry)
            }
            BufferSource::Output(_) => unreachable!("not loaded from"),
        }
    }

    fn store(&mut self, buffer: BufferId, index: &[i64], value: Scalar) {
        match self.source(buffer) {
            BufferSource::Output(at) => {
                let (before, rest) = self.statement.outputs.split_at(at);
                let param = rest[0].param;
                if before.iter().any(|output| output.param == param) {
                    self.late.push((at, index.to_vec(), value));
                } else {
                    self.call.store(param, index, value);
                }
            }
            BufferSource::Temporary(at) => *place(&mut self.temporaries[at], index) = Some(value),
            BufferSource::Scratch(at) => *place(&mut self.scratch[at], index) = Some(value),
            BufferSource::Input(_) | BufferSource::Table(_) => unreachable!("not stored to"),
        }
    }
}

fn element(places: &Places, index: &[i64]) -> Scalar {
    let element = places.get(index).copied().flatten();
    element.unwrap_or_else(|| panic!("{index:?} of a temporary is not there"))
}

fn place<'a>(places: &'a mut Places, index: &[i64]) -> &'a mut Option<Scalar> {
    let place = places.get_mut(index);
    place.unwrap_or_else(|| panic!("{index:?} of a temporary is out of bounds"))
}
