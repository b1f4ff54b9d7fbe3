//! The names of the language, and those of NumPy and `math` that operators may use.

use std::sync::Arc;

use bise_base::Name;
use bise_lang::{Annotation, Builtin, DType, Reduction, builtins};

use crate::fieldview::Over;
use crate::{Binding, Literal, Scope};

/// A function, type constructor or decorator of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    /// A row of the builtin table.
    Builtin(Builtin),
    /// A fold over neighbours; with `domain=` over ranges of points.
    Reduce(Reduction),
    /// Over ranges of points only.
    Over(Over),
    Where,
    Astype,
    Broadcast,
    /// `Field[[I, J], float64]`
    Field,
    /// `Dims[I, J]`
    Dims,
    /// `tuple[float64, int32]`
    Tuple,
    Dimension,
    FieldOffset,
    FieldOperator,
    ScanOperator,
    Program,
    ConcatWhere,
    AsOffset,
    Index,
    /// `range(1, n)`, what a loop of a program is over.
    Range,
}

/// Functions that are no rows of a table.
const FUNCTIONS: &[(&str, Function)] = &[
    ("where", Function::Where),
    ("astype", Function::Astype),
    ("broadcast", Function::Broadcast),
    ("Field", Function::Field),
    ("Dims", Function::Dims),
    ("tuple", Function::Tuple),
    ("Tuple", Function::Tuple),
    ("Dimension", Function::Dimension),
    ("FieldOffset", Function::FieldOffset),
    ("field_operator", Function::FieldOperator),
    ("scan_operator", Function::ScanOperator),
    ("program", Function::Program),
    ("concat_where", Function::ConcatWhere),
    ("as_offset", Function::AsOffset),
    ("index", Function::Index),
    ("range", Function::Range),
    ("sum_over", Function::Over(Over::Fold(Reduction::Sum))),
    ("mean_over", Function::Over(Over::Mean)),
];

impl Function {
    /// The function of that name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let listed = FUNCTIONS.iter().find(|(listed, _)| *listed == name);
        let reduction = || {
            Reduction::ALL
                .into_iter()
                .find(|reduction| reduction.name() == name)
        };
        listed
            .map(|(_, function)| *function)
            .or_else(|| reduction().map(Self::Reduce))
            .or_else(|| Builtin::from_function(name).map(Self::Builtin))
    }
}

/// The names that `gt4py.next` and `bise` give: types, functions, decorators.
#[derive(Debug)]
pub struct Language;

impl Scope for Language {
    fn lookup(&self, name: &str) -> Option<Binding> {
        let dtype = match name {
            "float" => Some(DType::Float64),
            "int" => Some(DType::Int64),
            "IndexType" => Some(DType::Int32),
            _ => DType::from_name(name),
        };
        let ty = dtype.map(|dtype| Binding::Type(Annotation::scalar(dtype)));
        ty.or_else(|| Function::from_name(name).map(|_| Binding::Function(Name::from(name))))
            .or_else(|| (name == "DimensionKind").then(|| Binding::Namespace(Arc::new(Kinds))))
    }

    fn names(&self) -> Vec<String> {
        let types = DType::ALL.iter().map(|dtype| dtype.name());
        let names = types.chain(["float", "int", "IndexType", "DimensionKind"]);
        let names = names.chain(function_names());
        let names = names.chain(FUNCTIONS.iter().map(|(name, _)| *name));
        names
            .chain(Reduction::ALL.iter().map(|reduction| reduction.name()))
            .map(str::to_owned)
            .collect()
    }
}

/// The functions of the builtin table.
fn function_names() -> impl Iterator<Item = &'static str> {
    let spelled = builtins::TABLE.iter().filter_map(|row| match row.spelling {
        builtins::Spelling::Function(name) => Some(name),
        builtins::Spelling::Infix(_) | builtins::Spelling::Prefix(_) => None,
    });
    spelled.chain(builtins::ALIASES.iter().map(|(name, _)| *name))
}

/// `DimensionKind.VERTICAL`: the declaration of a dimension reads the name; nothing else may use it.
#[derive(Debug)]
struct Kinds;

impl Scope for Kinds {
    fn lookup(&self, name: &str) -> Option<Binding> {
        self.names()
            .iter()
            .any(|kind| kind == name)
            .then(|| Binding::Other("a kind of dimension".to_owned()))
    }

    fn names(&self) -> Vec<String> {
        ["HORIZONTAL", "VERTICAL", "LOCAL"].map(str::to_owned).to_vec()
    }
}

/// Constants that `math` and `numpy` share.
const CONSTANTS: &[(&str, f64)] = &[
    ("pi", std::f64::consts::PI),
    ("e", std::f64::consts::E),
    ("tau", std::f64::consts::TAU),
    ("inf", f64::INFINITY),
    ("nan", f64::NAN),
];

fn constant(name: &str) -> Option<Binding> {
    let found = CONSTANTS.iter().find(|(constant, _)| *constant == name);
    found.map(|(_, value)| Binding::Literal(Literal::Float(*value)))
}

/// What operators may use of `numpy`: types, constants and the functions of the same names.
#[derive(Debug)]
pub struct Numpy;

impl Scope for Numpy {
    fn lookup(&self, name: &str) -> Option<Binding> {
        let dtype = match name {
            "bool_" => Some(DType::Bool),
            "double" => Some(DType::Float64),
            "single" => Some(DType::Float32),
            _ => DType::from_name(name),
        };
        let ty = dtype.map(|dtype| Binding::Type(Annotation::scalar(dtype)));
        let function = || {
            let name = if name == "absolute" { "abs" } else { name };
            let shared = name == "where" || Builtin::from_function(name).is_some();
            shared.then(|| Binding::Function(Name::from(name)))
        };
        ty.or_else(|| constant(name)).or_else(function)
    }

    fn names(&self) -> Vec<String> {
        let names = CONSTANTS.iter().map(|(name, _)| *name).chain(function_names());
        let types = DType::ALL.iter().map(|dtype| dtype.name());
        names
            .chain(types)
            .chain(["where", "bool_"])
            .map(str::to_owned)
            .collect()
    }
}

/// What operators may use of `math`.
#[derive(Debug)]
pub struct Mathematics;

/// Functions that `math` names otherwise.
const RENAMED: &[(&str, &str)] = &[
    ("asin", "arcsin"),
    ("acos", "arccos"),
    ("atan", "arctan"),
    ("asinh", "arcsinh"),
    ("acosh", "arccosh"),
    ("atanh", "arctanh"),
    ("fabs", "abs"),
    ("pow", "power"),
];

/// Functions of one name in `math` and in the language.
const SHARED: &[&str] = &[
    "sin", "cos", "tan", "sinh", "cosh", "tanh", "sqrt", "exp", "log", "gamma", "cbrt", "floor", "ceil",
    "trunc", "isfinite", "isinf", "isnan", "fmod",
];

impl Scope for Mathematics {
    fn lookup(&self, name: &str) -> Option<Binding> {
        let renamed = RENAMED.iter().find(|(theirs, _)| *theirs == name);
        let ours = renamed.map(|(_, ours)| *ours);
        let ours = ours.or_else(|| SHARED.iter().copied().find(|shared| *shared == name));
        constant(name).or_else(|| ours.map(|name| Binding::Function(Name::from(name))))
    }

    fn names(&self) -> Vec<String> {
        let names = CONSTANTS.iter().map(|(name, _)| *name);
        let names = names.chain(RENAMED.iter().map(|(theirs, _)| *theirs));
        names.chain(SHARED.iter().copied()).map(str::to_owned).collect()
    }
}
