//! Python bindings, one file per Python class: the module `bise._core`, which the package `bise` dresses up.
//!
//! No panic leaves it, no text is parsed here, nothing is compiled here: Python objects become what the driver
//! and the front end understand, and their answers become Python objects. Start at `operator` and `program`
//! for what decorators make, at `call` for what a call does, at `field` for data.
#![expect(
    unsafe_code,
    reason = "NumPy's arrays are read and made through their C structures"
)]

mod array;
mod axis_names;
mod builtin;
mod call;
mod connectivity;
mod constant;
mod decorated;
mod definitions;
mod dimension;
mod domain;
mod embedded;
mod errors;
mod field;
mod intern;
mod mesh;
mod ndarray;
mod offset;
mod operator;
mod program;
mod python;
mod range;
mod scope;
mod session;
mod shift;
mod types;

use pyo3::prelude::*;

/// The native part of Bise. Import `bise` instead.
#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<connectivity::Connectivity>()?;
    module.add_class::<dimension::Dimension>()?;
    module.add_class::<domain::Domain>()?;
    module.add_class::<field::Field>()?;
    module.add_class::<mesh::Mesh>()?;
    module.add_class::<ndarray::Memory>()?;
    module.add_class::<offset::FieldOffset>()?;
    call::slot::add_class::<operator::FieldOperator>(module, c"bise.FieldOperator")?;
    call::slot::add_class::<program::Program>(module, c"bise.Program")?;
    module.add_class::<range::UnitRange>()?;
    module.add_class::<shift::CartesianConnectivity>()?;
    module.add_class::<types::FieldType>()?;
    module.add_class::<builtin::BuiltinFunction>()?;
    module.add_function(wrap_pyfunction!(connectivity::_rebuild_connectivity, module)?)?;
    module.add_function(wrap_pyfunction!(connectivity::as_connectivity, module)?)?;
    module.add_function(wrap_pyfunction!(connectivity::revalidate, module)?)?;
    module.add_function(wrap_pyfunction!(definitions::_definitions, module)?)?;
    module.add_function(wrap_pyfunction!(definitions::_with_standard_floats, module)?)?;
    module.add_function(wrap_pyfunction!(domain::domain, module)?)?;
    module.add_function(wrap_pyfunction!(domain::named_range, module)?)?;
    module.add_function(wrap_pyfunction!(embedded::_embedded_begins, module)?)?;
    module.add_function(wrap_pyfunction!(embedded::_embedded_ends, module)?)?;
    module.add_function(wrap_pyfunction!(embedded::_type_tree, module)?)?;
    module.add_function(wrap_pyfunction!(field::_rebuild_field, module)?)?;
    module.add_function(wrap_pyfunction!(field::construct::as_field, module)?)?;
    module.add_function(wrap_pyfunction!(field::construct::empty, module)?)?;
    module.add_function(wrap_pyfunction!(field::construct::full, module)?)?;
    module.add_function(wrap_pyfunction!(field::construct::ones, module)?)?;
    module.add_function(wrap_pyfunction!(field::construct::zeros, module)?)?;
    module.add_function(wrap_pyfunction!(mesh::icosahedral, module)?)?;
    module.add_function(wrap_pyfunction!(range::unit_range, module)?)?;
    module.add_function(wrap_pyfunction!(types::_rebuild_field_type, module)?)?;
    builtin::register(module)
}
