//! `FieldOperator`: a pure function of fields, callable from Python with `out=`.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bise_hir as hir;
use bise_hir::OperatorKind;
use bise_lang::{Annotation, Type};
use pyo3::PyTraverseError;
use pyo3::exceptions::PyValueError;
use pyo3::gc::PyVisit;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::array;
use crate::call::Callable;
use crate::call::bind::{Signature, Value};
use crate::call::slot::{Call, Given};
use crate::constant::initial;
use crate::decorated::{
    Decorated, Source, compile, no_attribute, options_or_none, params_text, reduced, variant, wrong,
};
use crate::dimension;
use crate::domain::Domain;
use crate::embedded;
use crate::errors::{ArgumentTypeError, at_argument, guarded};
use crate::field::{Field, index};
use crate::intern::intern;
use crate::ndarray::{RawArray, scalar_value};
use crate::python::describe;
use crate::session::{Target, backend_name};
use crate::types::{elements, repeated};

/// A field operator or a scan operator: what the decorators ``field_operator`` and ``scan_operator`` make.
///
/// Other operators and programs call it by its name. From Python, ``op(a, b, out=c)`` computes the whole of ``c``,
/// ``op(a, b, out=c, domain={I: (1, 9)})`` a part; ``offset_provider={"V2E": table}`` gives neighbour tables.
#[pyclass(
    frozen,
    dict,
    weakref,
    subclass,
    module = "bise._core",
    name = "_FieldOperator"
)]
pub struct FieldOperator {
    decorated: Decorated,
    shared: Arc<Shared>,
}

/// What all copies made by `with_backend` have in common.
struct Shared {
    hir: Arc<hir::Operator>,
    /// The program that calls it.
    callable: OnceLock<Arc<Callable>>,
    /// Scan operators take fields over any dimensions: one program per list of argument types.
    variants: Mutex<Vec<(Vec<Annotation>, Arc<Callable>)>>,
}

impl FieldOperator {
    /// For the front end: the operator that a caller inlines.
    pub fn hir(&self) -> Arc<hir::Operator> {
        self.shared.hir.clone()
    }
}

#[pymethods]
impl FieldOperator {
    /// Parses and checks a function. ``scan`` is ``None`` or ``(axis, forward, init)``.
    #[new]
    #[pyo3(signature = (definition, file, first_line, text, *, scan=None, backend=None, grid_type=None, of=None))]
    #[expect(clippy::too_many_arguments, reason = "the decorator fills them in")]
    fn new(
        definition: &Bound<'_, PyAny>,
        file: &str,
        first_line: u32,
        text: &str,
        scan: Option<(Bound<'_, PyAny>, bool, Bound<'_, PyAny>)>,
        backend: Option<&Bound<'_, PyAny>>,
        grid_type: Option<Bound<'_, PyAny>>,
        of: Option<Bound<'_, Self>>,
    ) -> PyResult<Self> {
        let decorated = Decorated::new(definition, backend, grid_type)?;
        if let Some(of) = of {
            let shared = of.get().shared.clone();
            return Ok(Self { decorated, shared });
        }
        let source = Source {
            file,
            first_line,
            text,
        };
        let made = match scan {
            None => compile(definition, decorated.target, &source, |sources, id, scope| {
                bise_front::field_operator(sources, id, scope)
            })?,
            Some((axis, forward, init)) => {
                let axis = dimension::from_python(&axis)?;
                let init = initial(&init)?;
                compile(definition, decorated.target, &source, |sources, id, scope| {
                    bise_front::scan_operator(sources, id, scope, axis, forward, &init)
                })?
            }
        };
        let hir = made.map_err(|diagnostics| wrong(definition.py(), &diagnostics))?;
        Ok(Self {
            decorated,
            shared: Arc::new(Shared {
                hir,
                callable: OnceLock::new(),
                variants: Mutex::default(),
            }),
        })
    }

    /// The Python function.
    #[getter]
    fn definition(&self, py: Python<'_>) -> Py<PyAny> {
        self.decorated.function(py)
    }

    /// What direct calls run on: ``"native"`` or ``"reference"``.
    #[getter]
    fn backend(&self) -> &'static str {
        backend_name(self.decorated.target)
    }

    /// As given to the decorator.
    #[getter]
    fn grid_type(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.decorated.grid_type(py)
    }

    /// The same operator on another backend. A program that calls it uses its own.
    #[pyo3(signature = (backend))]
    fn with_backend<'py>(
        slf: &Bound<'py, Self>,
        backend: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        slf.get().decorated.with_backend(slf.as_any(), backend)
    }

    /// The same operator for another grid type, which changes nothing: Bise finds out by itself.
    fn with_grid_type<'py>(
        slf: &Bound<'py, Self>,
        grid_type: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        slf.get().decorated.with_grid_type(slf.as_any(), grid_type)
    }

    /// The same operator. Options of compilation (``static_params``, ``static_domains``, ``connectivities``,
    /// ``enable_jit``) are checked and change no result: Bise finds out at the first call what to compile for.
    #[pyo3(signature = (**options))]
    fn with_compilation_options<'py>(
        slf: &Bound<'py, Self>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        variant(slf.py(), "with_compilation_options")?.call1((slf, options_or_none(slf.py(), options)))
    }

    /// The same operator, which compiles at its first call, in milliseconds. ``offset_provider`` and the lists of the
    /// values that scalars will have are checked.
    #[pyo3(signature = (offset_provider=None, **values))]
    fn compile<'py>(
        slf: &Bound<'py, Self>,
        offset_provider: Option<&Bound<'py, PyAny>>,
        values: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        variant(slf.py(), "compiled")?.call1((slf, offset_provider, options_or_none(slf.py(), values)))
    }

    /// What embedded execution asks for: the parameters and the result with their types; of a scan operator its axis,
    /// and whether it goes forward.
    #[getter]
    fn _signature<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let hir = &self.shared.hir;
        let scan = match &hir.kind {
            OperatorKind::Field => None,
            OperatorKind::Scan { axis, forward, .. } => Some((dimension::to_python(py, axis)?, *forward)),
        };
        let params = embedded::parameters(py, &hir.body, &hir.params)?;
        let result = embedded::tree(py, &hir.result)?;
        Ok((params, result, scan).into_pyobject(py)?.into_any())
    }

    /// The operator as Bise understood it, printed as a program text.
    #[getter]
    fn source(&self) -> String {
        hir::print_operator(&self.shared.hir)
    }

    fn __repr__(&self) -> String {
        let operator = &self.shared.hir;
        let kind = match operator.kind {
            OperatorKind::Field => "field operator",
            OperatorKind::Scan { .. } => "scan operator",
        };
        format!(
            "<{kind} {}({}) -> {}>",
            operator.name,
            params_text(&operator.body, &operator.params),
            operator.result
        )
    }

    fn __getattr__(slf: &Bound<'_, Self>, name: &str) -> PyResult<Py<PyAny>> {
        Err(no_attribute(slf.as_any(), name))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        reduced(slf.as_any())
    }

    /// Copies are the same, as for functions.
    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _known: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.decorated.traverse(&visit)
    }
}

impl Call for FieldOperator {
    fn call(slf: Borrowed<'_, '_, Self>, given: &Given<'_>) -> PyResult<Option<Py<PyAny>>> {
        let (py, this) = (slf.py(), slf.get());
        let backend = match this.decorated.target {
            Target::Driver(backend) if !embedded::takes_calls(py)? => backend,
            Target::Driver(_) | Target::Embedded => return embedded::call(slf.as_any(), given).map(Some),
        };
        let generic = this.generic(py)?;
        let signature = Signature {
            name: &this.shared.hir.name,
            params: &generic.params,
            is_operator: true,
        };
        let mut bindings = signature.bind(py, given)?;
        let part;
        if let (Some(domain), Some(out)) = (bindings.domain, bindings.values.last_mut()) {
            let declared = &generic.params[generic.params.len() - 1].annotation;
            part = restrict(declared, out, &domain)?;
            *out = part.as_borrowed();
        }
        let variant;
        let callable = match &this.shared.hir.kind {
            OperatorKind::Field => generic,
            OperatorKind::Scan { .. } => {
                variant = this.variant(py, generic, &bindings.values)?;
                &*variant
            }
        };
        callable.call(py, &bindings.values, bindings.offset_provider, backend)?;
        Ok(None)
    }
}

impl FieldOperator {
    /// The program of its own parameters and `out`.
    fn generic(&self, py: Python<'_>) -> PyResult<&Callable> {
        if let Some(callable) = self.shared.callable.get() {
            return Ok(callable);
        }
        let program = guarded(|| hir::Program::from_operator(self.hir()))?;
        let callable = Arc::new(Callable::new(py, Arc::new(program))?);
        Ok(self.shared.callable.get_or_init(|| callable))
    }

    /// The program of a scan operator for arguments on those dimensions.
    fn variant(
        &self,
        py: Python<'_>,
        generic: &Callable,
        values: &[Value<'_, '_>],
    ) -> PyResult<Arc<Callable>> {
        let params = &generic.params[..generic.params.len() - 1];
        let types = params.iter().zip(values);
        let types: Vec<Annotation> = types
            .map(|(param, value)| type_of(param.annotation.ty(), value))
            .collect::<PyResult<_>>()?;
        let lock = || {
            self.shared
                .variants
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        if let Some((_, callable)) = lock().iter().find(|(known, _)| *known == types) {
            return Ok(callable.clone());
        }
        let program = guarded(|| hir::Program::from_operator_with(self.hir(), &types))?
            .map_err(|error| ArgumentTypeError::new_err(error.to_string()))?;
        let callable = Arc::new(Callable::new(py, Arc::new(program))?);
        lock().push((types, callable.clone()));
        Ok(callable)
    }
}

/// The type of an argument of a scan operator: the parameter's data type on the argument's dimensions, in their order.
fn type_of(param: &Type, value: &Bound<'_, PyAny>) -> PyResult<Annotation> {
    if let Type::Tuple(types) = param
        && let Some(items) = elements(value)?
    {
        let items = types.iter().zip(items.iter());
        let items = items.map(|(ty, item)| type_of(ty, &item));
        return Ok(Annotation::tuple(items.collect::<PyResult<_>>()?));
    }
    let Some(dtype) = param.dtype() else {
        return Ok(Annotation::from(param.clone()));
    };
    if let Ok(field) = value.cast::<Field>() {
        return Annotation::field(field.get().dims.to_vec(), dtype).map_err(|twice| repeated(&twice));
    }
    let rank = match RawArray::read(value, true) {
        Some(array) => array.shape.len(),
        None if !array::gives_array(value) || scalar_value(value).is_some() => 0,
        None => array::read(value)?.array.getattr("ndim")?.extract()?,
    };
    match rank {
        0 => Ok(Annotation::scalar(dtype)),
        1 => Ok(Annotation::from(param.clone())),
        rank => Err(PyValueError::new_err(format!(
            "a scan operator takes fields: an array with {rank} axes does not say which dimensions they are"
        ))),
    }
}

/// `out[domain]`, leaf by leaf; `domain` is one for all, or a tuple as `out` is.
fn restrict<'py>(
    declared: &Annotation,
    out: &Bound<'py, PyAny>,
    domain: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = out.py();
    if let Type::Tuple(_) = declared.ty()
        && let Some(outs) = elements(out)?
    {
        let items = declared.items();
        let domains = domain
            .cast::<PyTuple>()
            .ok()
            .filter(|domains| domains.len() == items.len());
        let mut parts = Vec::with_capacity(items.len());
        for (at, (item, out)) in items.iter().zip(outs.iter()).enumerate() {
            let domain = match &domains {
                Some(domains) if !is_pair(domains) => domains.get_item(at)?,
                _ => domain.clone(),
            };
            parts.push(restrict(item, &out, &domain)?);
        }
        return Ok(PyTuple::new(py, parts)?.into_any());
    }
    let domain = Bound::new(py, Domain::from_python(domain)?)?;
    let part = match out.cast::<Field>() {
        Ok(field) => index::get(field.get(), &domain)?,
        Err(_) => index::get(&output(declared, out)?, &domain)?,
    };
    Ok(Bound::new(py, part)?.into_any())
}

/// The field that an array is which is given for `out`.
fn output(declared: &Annotation, out: &Bound<'_, PyAny>) -> PyResult<Field> {
    let wrong = |what: String| {
        ArgumentTypeError::new_err(format!(
            "with `domain=`, 'out' is a field or an array of type {declared}, not {what}"
        ))
    };
    if !array::gives_array(out) {
        return Err(wrong(describe(out)));
    }
    let given = array::share(out).map_err(|error| at_argument(out.py(), "out", error))?;
    let dims = match declared.axes().first() {
        Some(Some(axes)) => axes.as_slice(),
        _ if given.has_names() => declared.ty().dims(),
        _ => return Err(wrong("an array, whose axes no annotation names".to_owned())),
    };
    let array = given.along(dims);
    let array = array.map_err(|error| at_argument(out.py(), "out", error))?;
    match RawArray::read(&array, true).map(|array| array.shape.len()) {
        Some(rank) if rank != dims.len() => Err(wrong(format!("an array with {rank} axes"))),
        _ => Ok(Field::new(intern(dims), vec![0; dims.len()], array)),
    }
}

/// Whether a tuple is `(dim, range)`, which is a domain and not two.
fn is_pair(domains: &Bound<'_, PyTuple>) -> bool {
    crate::domain::pair(domains.as_any()).is_ok()
}
