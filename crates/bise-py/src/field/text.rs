//! How fields are shown: one line and a few numbers, as text and in notebooks.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use super::Field;

/// Beyond this many values only the ends are shown.
const SHOWN: usize = 60;

/// `Field({I: [0, 4)}, float64)` and the values below.
pub fn plain(field: &Field, py: Python<'_>) -> PyResult<String> {
    Ok(format!("Field({})\n{}", heading(field, py)?, values(field, py)?))
}

/// The same as a small table; the values unfold.
pub fn html(field: &Field, py: Python<'_>) -> PyResult<String> {
    let domain = field.domain_of(py)?;
    let mut rows = String::new();
    for (dim, range) in domain.dims.iter().zip(&domain.ranges) {
        let (name, kind) = (escape(&dim.name), dim.kind.name());
        rows.extend([
            "<tr><td><b>",
            &name,
            "</b></td><td>",
            kind,
            "</td><td>",
            &range.to_string(),
            "</td></tr>",
        ]);
    }
    let array = field.array.bind(py);
    Ok(format!(
        "<div><p>bise.Field, {}, {} values, {} bytes</p><table>{rows}</table><details open><summary>values\
         </summary><pre>{}</pre></details></div>",
        array.getattr("dtype")?,
        array.getattr("size")?,
        array.getattr("nbytes")?,
        escape(&values(field, py)?)
    ))
}

fn heading(field: &Field, py: Python<'_>) -> PyResult<String> {
    let dtype = field.array.bind(py).getattr("dtype")?;
    Ok(format!("{}, {dtype}", field.domain_of(py)?))
}

/// NumPy's text of the values, with an ellipsis where there are many.
fn values(field: &Field, py: Python<'_>) -> PyResult<String> {
    let options = PyDict::new(py);
    options.set_item("threshold", SHOWN)?;
    options.set_item("edgeitems", 2)?;
    options.set_item("precision", 6)?;
    let array2string = py.import("numpy")?.getattr("array2string")?;
    array2string
        .call(PyTuple::new(py, [field.array.bind(py)])?, Some(&options))?
        .extract()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
