//! How large the arguments of a call must be, when only the size of its results is given: for synthetic fields, and for
//! explanations without any.

use std::collections::BTreeSet;

use bise_field::{Axis, ConnectivityTable, preferred_order};
use bise_iter::analysis::regions::{each, regions};
use bise_lang::{Bound, Dimension, ExtentBuilder, Scalar};

use crate::arguments::Known;
use crate::bounds::{Evaluator, Interval};
use crate::{Parameter, ParameterKind, Program};

/// An argument without its memory: all that checks and estimates need.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// The domain of a field, one interval per dimension.
    Field(Vec<Interval>),
    /// A number.
    Scalar(Scalar),
}

/// Why the sizes of arguments do not follow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// The size of a dimension of an output was not given.
    #[error("the size of dimension `{dim}` of `{field}` is not known")]
    MissingSize {
        /// The output.
        field: String,
        /// The dimension.
        dim: String,
    },
    /// A program that writes a whole field and reads beyond it.
    #[error(
        "`{field}` is written on all of its domain and read beyond that, so no size of `{dim}` is large enough"
    )]
    Endless {
        /// The field.
        field: String,
        /// The dimension.
        dim: String,
    },
}

/// How often needs may grow before they are taken to grow for ever: longer than any chain of statements.
const ROUNDS: usize = 64;

/// An end of a range of indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its first index.
    Start,
    /// One past its last index.
    Stop,
}

impl Program {
    /// The end of an output domain that the scalar parameter number `param` says all by itself, as `n` does in
    /// `domain={I: (0, n)}`.
    pub fn end_of_domain(&self, param: usize) -> Option<(&Dimension, End)> {
        let is_param = |bound: &Bound| matches!(bound, Bound::Scalar(at) if *at as usize == param);
        let outputs = self
            .graph()
            .statements
            .iter()
            .flat_map(|statement| &statement.outputs);
        outputs.flat_map(|output| &output.domain).find_map(|range| {
            if is_param(&range.stop) {
                Some((&range.dim, End::Stop))
            } else {
                is_param(&range.start).then_some((&range.dim, End::Start))
            }
        })
    }

    /// The shapes of all arguments: what is given stays, a field that is written covers what is written on it or the
    /// `sizes` of its dimensions, and one that is read covers what is read. One entry of `given` per parameter; a scalar
    /// that is not given is zero. Tables are those of the program, in its order.
    pub fn shapes(
        &self,
        given: &[Option<Shape>],
        sizes: &dyn Fn(&Dimension) -> Option<Interval>,
        tables: &[&ConnectivityTable],
    ) -> Result<Vec<Shape>, ShapeError> {
        let mut shapes = Vec::new();
        for (parameter, given) in self.parameters().iter().zip(given) {
            shapes.push(match (given, &parameter.kind) {
                (Some(shape), _) => shape.clone(),
                (None, ParameterKind::Scalar) => Shape::Scalar(Scalar::integer(parameter.dtype, 0)),
                (None, ParameterKind::Field { dims, written }) => {
                    let interval = |dim| self.first_guess(parameter, dim, *written, sizes);
                    Shape::Field(dims.iter().map(interval).collect::<Result<_, _>>()?)
                }
            });
        }
        for _ in 0..ROUNDS {
            let Some(_) = self.grow(given, &mut shapes, tables) else {
                return Ok(shapes);
            };
        }
        let (field, dim) = self.grow(given, &mut shapes, tables).unwrap_or_default();
        Err(ShapeError::Endless { field, dim })
    }

    /// Outputs have the sizes that are given; what is only read starts empty.
    fn first_guess(
        &self,
        parameter: &Parameter,
        dim: &Dimension,
        written: bool,
        sizes: &dyn Fn(&Dimension) -> Option<Interval>,
    ) -> Result<Interval, ShapeError> {
        if !written || self.has_own_domain(parameter, dim) {
            return Ok(Interval::default());
        }
        sizes(dim).ok_or_else(|| ShapeError::MissingSize {
            field: parameter.name.to_string(),
            dim: dim.to_string(),
        })
    }

    /// Whether what is written of a field along a dimension is said in the program, without its own domain.
    fn has_own_domain(&self, parameter: &Parameter, dim: &Dimension) -> bool {
        let graph = self.graph();
        let mut ranges = graph
            .statements
            .iter()
            .flat_map(|statement| &statement.outputs)
            .filter(|output| graph.params[output.param as usize].name == parameter.name)
            .flat_map(|output| &output.domain)
            .filter(|range| range.dim == *dim);
        ranges.all(|range| !mentions_fields(&range.start) && !mentions_fields(&range.stop))
    }

    /// Grows the fields that are not given by what the statements read and write. Says which field grew, if one did.
    fn grow(
        &self,
        given: &[Option<Shape>],
        shapes: &mut [Shape],
        tables: &[&ConnectivityTable],
    ) -> Option<(String, String)> {
        let mut grown = None;
        let occasions: Vec<(usize, Vec<(u32, i64)>)> = {
            let axes = self.all_axes(shapes);
            // Where there are too many rounds, the call says so.
            let runs = self.runs(&self.known_shapes(shapes, &axes), tables).ok()?;
            let occasions = runs.occasions.into_iter();
            occasions
                .map(|occasion| (occasion.statement, occasion.evaluator.variables))
                .collect()
        };
        for (number, variables) in occasions.into_iter().rev() {
            let statement = &self.graph().statements[number];
            let axes = self.all_axes(shapes);
            let known = self.known_shapes(shapes, &axes);
            let leaves = known.iter().map(Known::leaf).collect();
            let evaluator = Evaluator::new(&statement.outputs, (&leaves, &variables), tables);
            let written = statement.outputs.iter().zip(&evaluator.outputs);
            let written = written.flat_map(|(output, ranges)| {
                ranges
                    .iter()
                    .map(move |(dim, interval)| (output.param, dim.clone(), *interval))
            });
            let extents = ExtentBuilder::new();
            let read = regions(
                self.graph(),
                number,
                &each(self.graph(), number),
                &BTreeSet::new(),
                &extents,
            );
            let extents = extents.finish();
            let intervals = evaluator.intervals(&extents);
            let read = read.requirements.into_iter();
            let read = read.map(|r| (r.param, r.dim.clone(), intervals.extent(r.extent)));
            let needs: Vec<_> = written.chain(read).collect();
            for (param, dim, needed) in needs {
                let parameter = &self.parameters()[param as usize];
                let (ParameterKind::Field { dims, .. }, Shape::Field(domain)) =
                    (&parameter.kind, &mut shapes[param as usize])
                else {
                    continue;
                };
                let at = dims.iter().position(|d| *d == dim);
                let Some(interval) = at.map(|at| &mut domain[at]) else {
                    continue;
                };
                if given[param as usize].is_none() && !needed.is_within(*interval) {
                    *interval = interval.hull(needed);
                    grown = Some((parameter.name.to_string(), dim.to_string()));
                }
            }
        }
        grown
    }

    /// What bounds may ask of arguments of those shapes.
    pub(crate) fn known_shapes<'a>(&'a self, shapes: &[Shape], axes: &'a [Vec<Axis>]) -> Vec<Known<'a>> {
        let all = self.parameters().iter().zip(shapes).zip(axes);
        all.map(|((parameter, shape), axes)| match (&parameter.kind, shape) {
            (ParameterKind::Field { dims, .. }, Shape::Field(_)) => Known::Field { dims, axes },
            (_, Shape::Scalar(value)) => Known::Scalar(*value),
            (ParameterKind::Scalar, Shape::Field(_)) => Known::Scalar(Scalar::integer(parameter.dtype, 0)),
        })
        .collect()
    }

    /// The axes of fields of those shapes, laid out as is best for their dimensions.
    pub(crate) fn all_axes(&self, shapes: &[Shape]) -> Vec<Vec<Axis>> {
        let all = self.parameters().iter().zip(shapes);
        all.map(|(parameter, shape)| match (shape, &parameter.kind) {
            (Shape::Field(domain), ParameterKind::Field { dims, .. }) => {
                let kinds: Vec<_> = dims.iter().map(|dim| dim.kind).collect();
                laid_out(parameter.dtype.size(), domain, &preferred_order(&kinds))
            }
            (Shape::Scalar(_), _) | (_, ParameterKind::Scalar) => Vec::new(),
        })
        .collect()
    }
}

fn laid_out(size: usize, domain: &[Interval], order: &[usize]) -> Vec<Axis> {
    let axis = |interval: &Interval| Axis {
        start: interval.start,
        length: interval.length(),
        stride: 0,
    };
    let mut axes: Vec<Axis> = domain.iter().map(axis).collect();
    let mut stride = size as isize;
    for &at in order.iter().rev() {
        axes[at].stride = stride;
        stride = stride.saturating_mul(axes[at].length.max(1) as isize);
    }
    axes
}

fn mentions_fields(bound: &Bound) -> bool {
    match bound {
        Bound::Constant(_) | Bound::Scalar(_) => false,
        Bound::Start(..) | Bound::Stop(..) => true,
        Bound::Binary(_, a, b) => mentions_fields(a) || mentions_fields(b),
    }
}
