//! Python objects that the module needs again and again: looked up once, kept.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

/// An attribute of a module, imported at first use.
pub struct Lazy {
    module: &'static str,
    name: &'static str,
    cell: PyOnceLock<Py<PyAny>>,
}

impl Lazy {
    /// `from module import name`, later.
    pub const fn new(module: &'static str, name: &'static str) -> Self {
        Self {
            module,
            name,
            cell: PyOnceLock::new(),
        }
    }

    /// The object.
    pub fn get<'py>(&self, py: Python<'py>) -> PyResult<&Bound<'py, PyAny>> {
        let object = self.cell.get_or_try_init(py, || {
            let module = py.import(self.module)?;
            Ok::<_, PyErr>(module.getattr(self.name)?.unbind())
        })?;
        Ok(object.bind(py))
    }

    /// Whether `object` is an instance of this class.
    pub fn has_instance(&self, object: &Bound<'_, PyAny>) -> PyResult<bool> {
        object.is_instance(self.get(object.py())?)
    }
}

/// `numpy.any`
pub static NUMPY_ANY: Lazy = Lazy::new("numpy", "any");
/// `numpy.array`
pub static NUMPY_ARRAY: Lazy = Lazy::new("numpy", "array");
/// `numpy.asanyarray`
pub static NUMPY_ASANYARRAY: Lazy = Lazy::new("numpy", "asanyarray");
/// `numpy.asarray`
pub static NUMPY_ASARRAY: Lazy = Lazy::new("numpy", "asarray");
/// `numpy.from_dlpack`
pub static NUMPY_FROM_DLPACK: Lazy = Lazy::new("numpy", "from_dlpack");
/// `numpy.generic`: the base class of NumPy's scalars.
pub static NUMPY_GENERIC: Lazy = Lazy::new("numpy", "generic");
/// `numpy.ndarray`
pub static NUMPY_NDARRAY: Lazy = Lazy::new("numpy", "ndarray");
/// `numpy.dtype`
pub static NUMPY_DTYPE: Lazy = Lazy::new("numpy", "dtype");
/// `enum.Enum`
pub static ENUM: Lazy = Lazy::new("enum", "Enum");
/// `bise._kinds.DimensionKind`
pub static DIMENSION_KIND: Lazy = Lazy::new("bise._kinds", "DimensionKind");
/// `bise._kinds.GridType`
pub static GRID_TYPE: Lazy = Lazy::new("bise._kinds", "GridType");
/// `bise._kinds.Infinity`
pub static INFINITY: Lazy = Lazy::new("bise._kinds", "Infinity");
/// `bise._named.NamedIndex`
pub static NAMED_INDEX: Lazy = Lazy::new("bise._named", "NamedIndex");
/// `bise._named.NamedRange`
pub static NAMED_RANGE: Lazy = Lazy::new("bise._named", "NamedRange");

/// `a` or `an` and the name of the object's class, for messages: `a 'list'`.
pub fn describe(object: &Bound<'_, PyAny>) -> String {
    let name = class_name(&object.get_type());
    let article = if name.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']) {
        "an"
    } else {
        "a"
    };
    format!("{article} '{name}'")
}

/// The name of a class.
pub fn class_name(class: &Bound<'_, PyType>) -> String {
    class
        .name()
        .map_or_else(|_| "object".to_owned(), |name| name.to_string())
}
