//! The functions of the language as importable objects: `from bise import where, sin, neighbor_sum`.
//!
//! Inside operators the front end knows them by name. Called outside they work on numbers, arrays and fields where
//! NumPy has the same function.

use bise_driver::standard_floats;
use bise_lang::DType;
use bise_lang::builtins::{ALIASES, Spelling, TABLE};
use numpy::{Element, PyArray, PyArrayDyn, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::embedded;
use crate::errors::FieldTypeError;
use crate::field::Field;
use crate::field::arithmetic::on_common_domain;
use crate::ndarray::dtype_from_python;
use crate::python::NUMPY_ASARRAY;

/// Functions that are not in the table of point by point builtins, with what they do.
const STRUCTURED: &[(&str, &str)] = &[
    (
        "where",
        "where(mask, a, b): at each point `a` where the mask is true, else `b`.",
    ),
    (
        "astype",
        "astype(value, dtype): the value converted; floats to integers by truncation, out of range to the nearest \
         that there is, NaN to 0; too large integers wrap around.",
    ),
    (
        "broadcast",
        "broadcast(value, (I, J)): the value over more dimensions.",
    ),
    (
        "concat_where",
        "concat_where(K < n, a, b): `a` on the points of a part, `b` on the others; neither is needed beside its part. A \
         part is said by comparisons of dimensions with integers, joined by `&`, `|` and `~`.",
    ),
    (
        "index",
        "index(K): the index of each point along a dimension, an int32.",
    ),
    (
        "as_offset",
        "f(as_offset(Koff, distance)): the field read at a computed distance along the dimension of a Cartesian \
         offset; no further than where the field is given.",
    ),
    (
        "neighbor_sum",
        "neighbor_sum(f, axis=V2EDim): the sum over neighbours, in table order; skip values left out.",
    ),
    (
        "max_over",
        "max_over(f, axis=V2EDim): the largest of the neighbours; skip values left out. \
         max_over(f, domain={I: (0, nx)}): the largest of a range of points.",
    ),
    (
        "min_over",
        "min_over(f, axis=V2EDim): the smallest of the neighbours; skip values left out. \
         min_over(f, domain={I: (0, nx)}): the smallest of a range of points.",
    ),
    (
        "sum_over",
        "sum_over(f, domain={I: (0, nx)}): the sum over a range of points, in an order of its own.",
    ),
    (
        "mean_over",
        "mean_over(f, domain={I: (0, nx)}): the sum over a range of points by their number.",
    ),
];

/// A function of the language.
///
/// In an operator it works on fields and scalars, point by point. Called outside of operators it is NumPy's function
/// of that name, on numbers, arrays and fields (``astype`` converts as in operators); functions that need a mesh raise
/// ``FieldTypeError`` there.
#[pyclass(frozen, module = "bise", name = "BuiltinFunction")]
pub struct BuiltinFunction {
    /// As programs spell it.
    pub name: &'static str,
    doc: String,
}

#[pymethods]
impl BuiltinFunction {
    #[getter]
    fn __name__(&self) -> &str {
        self.name
    }

    /// What it does.
    #[getter]
    fn doc(&self) -> &str {
        &self.doc
    }

    fn __repr__(&self) -> String {
        format!("<bise function {}: {}>", self.name, self.doc)
    }

    fn __reduce__(&self) -> &str {
        self.name
    }

    #[pyo3(signature = (*args, **options))]
    fn __call__<'py>(
        &self,
        args: &Bound<'py, PyTuple>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = args.py();
        if embedded::is_on(py)? {
            return embedded::builtin(self.name, args, options);
        }
        if options.is_some_and(|options| !options.is_empty()) {
            return Err(self.only_inside());
        }
        let args: Vec<Bound<'py, PyAny>> = args.iter().collect();
        match (self.name, args.as_slice()) {
            ("astype", [value, dtype]) => astype(value, dtype),
            (name, _) if name != "where" && STRUCTURED.iter().any(|(listed, _)| *listed == name) => {
                Err(self.only_inside())
            }
            (_, []) => Err(self.only_inside()),
            ("gamma", [value]) => {
                let gamma = py.import("math")?.getattr("gamma")?;
                let gamma = py.import("numpy")?.getattr("vectorize")?.call1((gamma,))?;
                on_common_domain(std::slice::from_ref(value), |args| gamma.call1(args))
            }
            (name, args) => {
                let function = py.import("numpy")?.getattr(numpy_name(name))?;
                on_common_domain(args, |args| function.call1(args))
            }
        }
    }
}

impl BuiltinFunction {
    fn only_inside(&self) -> PyErr {
        FieldTypeError::new_err(format!(
            "'{}' called like this has a meaning only inside of operators. {}",
            self.name, self.doc
        ))
    }
}

fn astype<'py>(value: &Bound<'py, PyAny>, dtype: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = value.py();
    let to = dtype_from_python(dtype)?;
    if !value.is_instance_of::<Field>() {
        let array = NUMPY_ASARRAY.get(py)?.call1((value,))?;
        return standard_floats(|| converted(&array, to))?.get_item(PyTuple::empty(py));
    }
    on_common_domain(std::slice::from_ref(value), |args| {
        converted(&args.get_item(0)?, to)
    })
}

/// An array in another type, by the rules of operators. NumPy has the same but for floats that no integer is near:
/// what it makes of those depends on the machine.
fn converted<'py>(array: &Bound<'py, PyAny>, to: DType) -> PyResult<Bound<'py, PyAny>> {
    let kind: String = array.getattr("dtype")?.getattr("kind")?.extract()?;
    if kind != "f" {
        return array.call_method1("astype", (to.name(),));
    }
    match to {
        DType::Int8 => truncated(array, |value| value as i8),
        DType::Int16 => truncated(array, |value| value as i16),
        DType::Int32 => truncated(array, |value| value as i32),
        DType::Int64 => truncated(array, |value| value as i64),
        DType::UInt8 => truncated(array, |value| value as u8),
        DType::UInt16 => truncated(array, |value| value as u16),
        DType::UInt32 => truncated(array, |value| value as u32),
        DType::UInt64 => truncated(array, |value| value as u64),
        DType::Bool | DType::Float32 | DType::Float64 => array.call_method1("astype", (to.name(),)),
    }
}

fn truncated<'py, T: Element>(
    array: &Bound<'py, PyAny>,
    to_integer: impl FnMut(f64) -> T,
) -> PyResult<Bound<'py, PyAny>> {
    let wide = array.call_method1("astype", ("float64",))?;
    let wide = wide.cast::<PyArrayDyn<f64>>()?.readonly();
    let integers = wide.as_array().mapv(to_integer);
    Ok(PyArray::from_owned_array(array.py(), integers).into_any())
}

/// NumPy's name where it is another.
fn numpy_name(name: &str) -> &str {
    match name {
        "neg" => "negative",
        "abs" => "absolute",
        name => name,
    }
}

/// Adds every function to the module, by its name.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    // For `help()`: as long as the class has a text, its instances seem to have the same.
    let own_doc = py.import("operator")?.call_method1("attrgetter", ("doc",))?;
    let own_doc = py.import("builtins")?.call_method1("property", (own_doc,))?;
    py.get_type::<BuiltinFunction>().setattr("__doc__", own_doc)?;
    let table = TABLE.iter().filter_map(|row| match row.spelling {
        Spelling::Function(name) => Some((name, row.doc)),
        Spelling::Infix(_) | Spelling::Prefix(_) => None,
    });
    let aliases = ALIASES.iter().map(|(name, builtin)| (*name, builtin.row().doc));
    let mut names = Vec::new();
    for (name, doc) in table.chain(aliases).chain(STRUCTURED.iter().copied()) {
        let doc = doc.to_owned();
        module.add(name, BuiltinFunction { name, doc })?;
        names.push(name);
    }
    module.add("_BUILTINS", PyTuple::new(py, names)?)
}
