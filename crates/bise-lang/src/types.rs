//! Data types, dimensions, offsets and the types of values.

use std::fmt;

use bise_base::Name;
use serde::{Deserialize, Serialize};

/// The type of one number or truth value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DType {
    /// Truth value, one byte.
    Bool,
    /// Signed integers.
    Int8,
    /// 16 bits.
    Int16,
    /// 32 bits; the type of index values.
    Int32,
    /// 64 bits.
    Int64,
    /// Unsigned integers.
    UInt8,
    /// 16 bits.
    UInt16,
    /// 32 bits.
    UInt32,
    /// 64 bits.
    UInt64,
    /// IEEE binary32.
    Float32,
    /// IEEE binary64.
    Float64,
}

impl DType {
    /// Every type, in order.
    pub const ALL: [Self; 11] = [
        Self::Bool,
        Self::Int8,
        Self::Int16,
        Self::Int32,
        Self::Int64,
        Self::UInt8,
        Self::UInt16,
        Self::UInt32,
        Self::UInt64,
        Self::Float32,
        Self::Float64,
    ];

    /// NumPy's name, which is also the name in programs and in IR texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int8 => "int8",
            Self::Int16 => "int16",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::UInt8 => "uint8",
            Self::UInt16 => "uint16",
            Self::UInt32 => "uint32",
            Self::UInt64 => "uint64",
            Self::Float32 => "float32",
            Self::Float64 => "float64",
        }
    }

    /// The type of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.name() == name)
    }

    /// The type that a text means where NumPy and Python take one: also `float`, `double`, `f8`, `<f8`.
    pub fn from_text(text: &str) -> Option<Self> {
        let code = text.trim_start_matches(['<', '=', '|']);
        Some(match code {
            "b1" | "?" | "bool_" => Self::Bool,
            "i1" => Self::Int8,
            "i2" => Self::Int16,
            "i4" => Self::Int32,
            "i8" | "int" => Self::Int64,
            "u1" => Self::UInt8,
            "u2" => Self::UInt16,
            "u4" => Self::UInt32,
            "u8" => Self::UInt64,
            "f4" | "single" => Self::Float32,
            "f8" | "float" | "double" => Self::Float64,
            _ => return Self::from_name(text),
        })
    }

    /// Bytes per element.
    pub fn size(self) -> usize {
        match self {
            Self::Bool | Self::Int8 | Self::UInt8 => 1,
            Self::Int16 | Self::UInt16 => 2,
            Self::Int32 | Self::UInt32 | Self::Float32 => 4,
            Self::Int64 | Self::UInt64 | Self::Float64 => 8,
        }
    }

    /// A floating-point type.
    pub fn is_float(self) -> bool {
        matches!(self, Self::Float32 | Self::Float64)
    }

    /// A signed integer type.
    pub fn is_signed(self) -> bool {
        matches!(self, Self::Int8 | Self::Int16 | Self::Int32 | Self::Int64)
    }

    /// A signed or unsigned integer type.
    pub fn is_integer(self) -> bool {
        !self.is_float() && self != Self::Bool
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What kind of direction a dimension is. The order is the canonical order of dimensions in types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DimensionKind {
    /// Along the surface: Cartesian directions, and the elements of a mesh.
    Horizontal,
    /// The neighbours of one element.
    Local,
    /// Along a column; sweeps run here.
    Vertical,
}

impl DimensionKind {
    /// The name in programs and IR texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Horizontal => "horizontal",
            Self::Local => "local",
            Self::Vertical => "vertical",
        }
    }
}

/// A named direction. Ordered by kind, then by name: the canonical order of dimensions in types.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dimension {
    /// Horizontal, local or vertical.
    pub kind: DimensionKind,
    /// Its name: two dimensions of the same name and kind are the same.
    pub name: Name,
}

impl Dimension {
    /// The dimension of that name and kind.
    pub fn new(name: impl Into<Name>, kind: DimensionKind) -> Self {
        Self {
            kind,
            name: name.into(),
        }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// A way to move: along one Cartesian dimension, or to the neighbours of a mesh element.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Offset {
    /// The key of its table among the connectivities of a call.
    pub name: Name,
    /// The dimension of the field that is read: where the move leads.
    pub source: Dimension,
    /// The dimensions of the result: `[origin]` for a Cartesian offset, else `[origin, local]`.
    pub target: Vec<Dimension>,
}

impl Offset {
    /// The neighbour dimension, for an offset that looks neighbours up in a table.
    pub fn local(&self) -> Option<&Dimension> {
        self.target.get(1)
    }
}

/// A field: a function from the points of a domain to numbers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldType {
    /// In canonical order, without repetition: nothing else can be made, so nothing has to check it.
    dims: Vec<Dimension>,
    /// Type of the values.
    pub dtype: DType,
}

impl FieldType {
    /// A field of those dimensions, whatever their order.
    pub fn new(dims: impl IntoIterator<Item = Dimension>, dtype: DType) -> Self {
        let mut dims: Vec<Dimension> = dims.into_iter().collect();
        dims.sort();
        dims.dedup();
        Self { dims, dtype }
    }

    /// The dimensions in canonical order, without repetition. There may be none.
    pub fn dims(&self) -> &[Dimension] {
        &self.dims
    }
}

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// One number or truth value.
    Scalar(DType),
    /// A field.
    Field(FieldType),
    /// Several values.
    Tuple(Vec<Type>),
}

impl Type {
    /// A field of those dimensions, put into canonical order.
    pub fn field(dims: impl IntoIterator<Item = Dimension>, dtype: DType) -> Self {
        Self::Field(FieldType::new(dims, dtype))
    }

    /// The type of the numbers, of a scalar or a field.
    pub fn dtype(&self) -> Option<DType> {
        match self {
            Self::Scalar(dtype) => Some(*dtype),
            Self::Field(field) => Some(field.dtype),
            Self::Tuple(_) => None,
        }
    }

    /// The dimensions: none for a scalar.
    pub fn dims(&self) -> &[Dimension] {
        match self {
            Self::Field(field) => &field.dims,
            Self::Scalar(_) | Self::Tuple(_) => &[],
        }
    }

    /// The scalars and fields of a nested tuple, left to right.
    pub fn leaves(&self) -> Vec<&Type> {
        match self {
            Self::Tuple(items) => items.iter().flat_map(Type::leaves).collect(),
            Self::Scalar(_) | Self::Field(_) => vec![self],
        }
    }
}

impl fmt::Display for Type {
    /// As the user would annotate it: `Field[[I, K], float64]`, `tuple[float64, int32]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scalar(dtype) => write!(f, "{dtype}"),
            Self::Field(field) => {
                let dims: Vec<&str> = field.dims.iter().map(|d| d.name.as_str()).collect();
                write!(f, "Field[[{}], {}]", dims.join(", "), field.dtype)
            }
            Self::Tuple(items) => {
                let items: Vec<String> = items.iter().map(ToString::to_string).collect();
                write!(f, "tuple[{}]", items.join(", "))
            }
        }
    }
}

/// The union of dimensions, in canonical order.
pub fn promote_dimensions<'a>(sets: impl IntoIterator<Item = &'a [Dimension]>) -> Vec<Dimension> {
    let mut dims: Vec<Dimension> = sets.into_iter().flatten().cloned().collect();
    dims.sort();
    dims.dedup();
    dims
}

/// A fold over neighbours in table order; skip values are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reduction {
    /// By `+`, from zero.
    Sum,
    /// By `maximum`; of nothing the lowest number of the type.
    Max,
    /// By `minimum`; of nothing the highest number of the type.
    Min,
}

impl Reduction {
    /// Every reduction.
    pub const ALL: [Self; 3] = [Self::Sum, Self::Max, Self::Min];

    /// The name in programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sum => "neighbor_sum",
            Self::Max => "max_over",
            Self::Min => "min_over",
        }
    }

    /// The name in programs of the same over the points of ranges.
    pub fn over_range(self) -> &'static str {
        match self {
            Self::Sum => "sum_over",
            Self::Max => "max_over",
            Self::Min => "min_over",
        }
    }

    /// The operation that is folded.
    pub fn builtin(self) -> crate::Builtin {
        match self {
            Self::Sum => crate::Builtin::Add,
            Self::Max => crate::Builtin::Maximum,
            Self::Min => crate::Builtin::Minimum,
        }
    }
}
