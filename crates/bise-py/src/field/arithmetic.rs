//! Operations on fields outside of operators: NumPy's, on what the operands' domains have in common.
//!
//! Result dimensions are the union of the operands', in canonical order; along a dimension that an operand has not
//! it counts as constant. An empty intersection gives an empty field. As inside of operators, numbers do not depend on the
//! floating-point state of the thread.

use bise_driver::standard_floats;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyDictMethods, PySlice, PyTuple};

use super::Field;
use crate::array;
use crate::domain::Domain;
use crate::errors::FieldTypeError;
use crate::ndarray::{RawArray, scalar_value};
use crate::python::describe;

/// The ufunc of that name on fields and numbers.
pub fn apply<'py, const N: usize>(
    name: &str,
    operands: [&Bound<'py, PyAny>; N],
) -> PyResult<Bound<'py, PyAny>> {
    let py = operands[0].py();
    let takes = |operand: &&Bound<'py, PyAny>| is_operand(operand);
    if !operands.iter().all(takes) {
        return Ok(py.NotImplemented().into_bound(py));
    }
    let ufunc = py.import("numpy")?.getattr(name)?;
    on_common_domain(&operands.map(Clone::clone), |args| ufunc.call1(args))
}

/// What `np.sin(field)` does.
pub fn ufunc<'py>(
    ufunc: &Bound<'py, PyAny>,
    method: &str,
    inputs: &Bound<'py, PyTuple>,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = ufunc.py();
    let inputs: Vec<Bound<'py, PyAny>> = inputs.iter().collect();
    let into_array = options.is_some_and(|options| options.contains("out").unwrap_or(true));
    if method == "__call__" && !into_array {
        return on_common_domain(&inputs, |args| ufunc.call(args, options));
    }
    // Reductions and the like know nothing of domains: they work on the arrays and give arrays.
    let plain = |value: &Bound<'py, PyAny>| match value.cast::<Field>() {
        Ok(field) => field.get().array.bind(py).clone(),
        Err(_) => value.clone(),
    };
    let options = options.map(PyDictMethods::copy).transpose()?;
    if let Some(options) = &options
        && let Some(out) = options.get_item("out")?
        && let Ok(out) = out.cast::<PyTuple>()
    {
        let out: Vec<_> = out.iter().map(|value| plain(&value)).collect();
        options.set_item("out", PyTuple::new(py, out)?)?;
    }
    let args = PyTuple::new(py, inputs.iter().map(plain))?;
    ufunc.getattr(method)?.call(args, options.as_ref())
}

/// Calls `function` on arrays cut to the common domain of the fields among `operands`, and makes fields of what it
/// gives.
pub fn on_common_domain<'py>(
    operands: &[Bound<'py, PyAny>],
    function: impl FnOnce(Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = operands[0].py();
    let mut common: Option<Domain> = None;
    for field in operands.iter().filter_map(|operand| operand.cast::<Field>().ok()) {
        let domain = field.get().domain_of(py)?;
        common = Some(match common {
            Some(common) => common.intersect(&domain),
            None => domain,
        });
    }
    let Some(common) = common else {
        return function(PyTuple::new(py, operands)?);
    };
    if let Some(other) = operands.iter().find(|operand| !is_operand(operand)) {
        return Err(FieldTypeError::new_err(format!(
            "a field and {} do not combine: only fields say where their values are. Use as_field, or .ndarray",
            describe(other)
        )));
    }
    let arrays = operands.iter().map(|operand| match operand.cast::<Field>() {
        Ok(field) => cut(py, field.get(), &common),
        Err(_) => Ok(operand.clone()),
    });
    let arrays = arrays.collect::<PyResult<Vec<_>>>()?;
    let arrays = PyTuple::new(py, arrays)?;
    let result = standard_floats(|| function(arrays))?;
    to_fields(&common, result)
}

/// Arrays over `domain` as fields; tuples of them too.
fn to_fields<'py>(domain: &Domain, result: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = result.py();
    if let Ok(results) = result.cast::<PyTuple>() {
        let fields = results.iter().map(|result| to_fields(domain, result));
        return Ok(PyTuple::new(py, fields.collect::<PyResult<Vec<_>>>()?)?.into_any());
    }
    // NumPy gives scalars where all operands are arrays without dimensions.
    let array = crate::python::NUMPY_ASARRAY.get(py)?.call1((result,))?;
    Ok(Bound::new(py, Field::on(domain, array)?)?.into_any())
}

/// The part of a field on `common`, with its axes in the order there and axes of length one where it has none.
fn cut<'py>(py: Python<'py>, field: &Field, common: &Domain) -> PyResult<Bound<'py, PyAny>> {
    let array = field.array.bind(py);
    let order: Vec<usize> = common
        .dims
        .iter()
        .filter_map(|dim| field.dims.iter().position(|d| d == dim))
        .collect();
    let array = array.call_method1("transpose", (PyTuple::new(py, order)?,))?;
    let mut index: Vec<Bound<'py, PyAny>> = Vec::new();
    for (dim, range) in common.dims.iter().zip(&common.ranges) {
        index.push(match field.dims.iter().position(|d| d == dim) {
            None => py.None().into_bound(py),
            Some(_) if range.len() == 0 => PySlice::new(py, 0, 0, 1).into_any(),
            Some(at) => {
                let start = (range.start - field.starts[at]) as isize;
                PySlice::new(py, start, start + range.len() as isize, 1).into_any()
            }
        });
    }
    index.push(pyo3::types::PyEllipsis::get(py).to_owned().into_any());
    array.get_item(PyTuple::new(py, index)?)
}

/// A field, or a number of Python or NumPy.
fn is_operand(operand: &Bound<'_, PyAny>) -> bool {
    if operand.is_instance_of::<Field>() {
        return true;
    }
    if let Some(array) = RawArray::read(operand, true) {
        return array.shape.is_empty();
    }
    let is_number = || operand.extract::<f64>().is_ok() || operand.extract::<i128>().is_ok();
    scalar_value(operand).is_some() || !array::gives_array(operand) && is_number()
}
