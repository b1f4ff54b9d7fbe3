//! The names that objects give to their axes: `xarray.DataArray`, variables of netCDF files, data sets of HDF5 with
//! labels, tables of pandas.

use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::dimension::Dimension;
use crate::errors::FieldTypeError;
use crate::python::describe;

/// Where libraries keep the names of axes, or what has them: xarray, scipp and h5py; netCDF; pandas.
const ATTRIBUTES: [&str; 3] = ["dims", "dimensions", "axes"];

/// The names of an object's axes, if it has any. An axis without one among others is `?`.
pub fn of(object: &Bound<'_, PyAny>) -> PyResult<Option<Vec<String>>> {
    refuse_domain(object)?;
    for attribute in ATTRIBUTES {
        let Some(axes) = object.getattr_opt(attribute)? else {
            continue;
        };
        if let Ok(name) = axes.cast::<PyString>() {
            return Ok(Some(vec![name.to_string()]));
        }
        let Ok(axes) = axes.try_iter() else {
            continue;
        };
        let names = axes.map(|axis| name_of(&axis?));
        let names: Vec<Option<String>> = names.collect::<PyResult<_>>()?;
        if !names.iter().enumerate().all(is_default) {
            let name = |name: Option<String>| name.unwrap_or_else(|| "?".to_owned());
            return Ok(Some(names.into_iter().map(name).collect()));
        }
    }
    Ok(None)
}

/// `a, b`
pub fn list(names: &[String]) -> String {
    names.join(", ")
}

/// A name, or what has one as its label.
fn name_of(axis: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    if let Ok(name) = axis.cast::<PyString>() {
        return Ok(Some(name.to_string()).filter(|name| !name.is_empty()));
    }
    if let Ok(dim) = axis.cast::<Dimension>() {
        return Ok(Some(dim.get().inner.name.to_string()));
    }
    for attribute in ["label", "name"] {
        if let Some(label) = axis.getattr_opt(attribute)? {
            let label = if label.is_none() {
                String::new()
            } else {
                label.str()?.to_string()
            };
            return Ok(Some(label).filter(|label| !label.is_empty()));
        }
    }
    Ok(Some(axis.str()?.to_string()))
}

/// xarray's `dim_0, dim_1` say nothing, as long as each is in its place.
fn is_default((at, name): (usize, &Option<String>)) -> bool {
    name.as_ref().is_none_or(|name| *name == format!("dim_{at}"))
}

/// Fields of other packages say where they begin, which an array does not.
fn refuse_domain(object: &Bound<'_, PyAny>) -> PyResult<()> {
    let Some(domain) = object.getattr_opt("domain")? else {
        return Ok(());
    };
    if domain.hasattr("dims")? && domain.hasattr("ranges")? {
        return Err(FieldTypeError::new_err(format!(
            "{} has a domain that is not of Bise: make a field of its array, `as_field(domain, data, copy=False)`",
            describe(object)
        )));
    }
    Ok(())
}
