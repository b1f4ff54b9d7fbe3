//! What a program takes, and what a call gives it.

use bise_base::{Name, Span};
use bise_field::FieldView;
use bise_lang::{DType, Dimension, Scalar, Type};

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
    /// What its entries are indices of.
    pub codomain: Dimension,
}

impl Parameter {
    /// Its type, as the user would write it.
    pub fn ty(&self) -> Type {
        match &self.kind {
            ParameterKind::Scalar => Type::Scalar(self.dtype),
            ParameterKind::Field { dims, .. } => Type::field(dims.iter().cloned(), self.dtype),
        }
    }

    /// Whether some statement writes it.
    pub fn is_written(&self) -> bool {
        matches!(self.kind, ParameterKind::Field { written: true, .. })
    }
}
