//! What a program takes, and what a call gives it.

use bise_base::{Name, Span};
use bise_field::{Axis, FieldView};
use bise_lang::{Annotation, DType, Dimension, Scalar};

use crate::bounds::{Interval, Leaf};

/// One argument of a call: parameters of tuple type are given leaf by leaf, left to right.
#[derive(Debug)]
pub enum Argument<'a> {
    /// A field.
    Field(FieldView<'a>),
    /// A number or truth value.
    Scalar(Scalar),
}

/// What runs a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backend {
    /// Machine code.
    #[default]
    Native,
    /// The interpreter: slow, and right by construction.
    Reference,
}

/// A flattened parameter of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name; a leaf of a tuple is `name.0`, `name.1.0`.
    pub name: Name,
    /// Type of its values.
    pub dtype: DType,
    /// Scalar or field.
    pub kind: ParameterKind,
    /// Its type, as the user wrote it: which dimensions the axes of an array are.
    pub annotation: Annotation,
    /// Where it is declared.
    pub span: Span,
}

/// Scalar or field, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// One value.
    Scalar,
    /// A field.
    Field {
        /// In canonical order.
        dims: Vec<Dimension>,
        /// Some statement writes it.
        written: bool,
    },
}

/// A connectivity that a program needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableUse {
    /// Its key among the tables of a call.
    pub name: Name,
    /// Whose rows.
    pub origin: Dimension,
    /// The dimension of the neighbours.
    pub local: Dimension,
    /// What its entries are indices of.
    pub codomain: Dimension,
    /// Columns that are read by number: a call needs at least as many.
    pub columns: usize,
}

impl Parameter {
    /// Whether some statement writes it.
    pub fn is_written(&self) -> bool {
        matches!(self.kind, ParameterKind::Field { written: true, .. })
    }
}

/// What bounds may ask of an argument that has been checked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Known<'a> {
    Scalar(Scalar),
    Field { dims: &'a [Dimension], axes: &'a [Axis] },
}

impl<'a> Known<'a> {
    /// Of an argument that fits its parameter.
    pub(crate) fn new(parameter: &'a Parameter, argument: &'a Argument<'_>) -> Self {
        match (&parameter.kind, argument) {
            (ParameterKind::Field { dims, .. }, Argument::Field(view)) => Self::Field {
                dims,
                axes: view.axes(),
            },
            (_, Argument::Scalar(value)) => Self::Scalar(*value),
            (ParameterKind::Scalar, Argument::Field(_)) => {
                unreachable!("compiler bug: arguments were not checked")
            }
        }
    }

    /// What bounds may ask of it.
    pub(crate) fn leaf(&self) -> Leaf {
        match self {
            Self::Scalar(value) => Leaf::Scalar(value.as_i128()),
            Self::Field { dims, axes } => {
                let axes = dims.iter().cloned().zip(axes.iter().map(Interval::of));
                Leaf::Field(axes.collect())
            }
        }
    }

    /// Where a field lies along one of its dimensions.
    pub(crate) fn interval(&self, dim: &Dimension) -> Interval {
        let Self::Field { dims, axes } = self else {
            unreachable!("compiler bug: a bound takes the domain of a scalar");
        };
        let axis = dims.iter().position(|d| d == dim).map(|at| &axes[at]);
        let Some(axis) = axis else {
            unreachable!("compiler bug: a bound takes a dimension that a field has not")
        };
        Interval::of(axis)
    }
}
