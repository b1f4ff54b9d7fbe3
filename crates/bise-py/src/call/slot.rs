//! Calls without parsing: classes whose instances Python calls with its own array of arguments (PEP 590).
//!
//! PyO3 offers `__call__` by tuple and dict only, which costs more than a warm call of a small program. So the
//! public class is a subclass, made here by hand, of the one that PyO3 makes: it adds one word per instance, the
//! address of [`vectorcall`], and says to Python where that word is.

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use pyo3::PyClass;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::errors::CompilerBug;

/// The arguments of a call, borrowed from Python.
pub struct Given<'a> {
    /// Positional arguments first, then the values of the keywords.
    values: &'a [*mut ffi::PyObject],
    /// How many are positional.
    positional: usize,
    /// The keywords: a tuple of strings, or NULL.
    keywords: *mut ffi::PyObject,
}

impl Given<'_> {
    /// Number of positional arguments.
    pub fn positional(&self) -> usize {
        self.positional
    }

    /// Number of all arguments.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// A value, by its place among all arguments.
    pub fn value<'b, 'py>(&'b self, py: Python<'py>, at: usize) -> Borrowed<'b, 'py, PyAny> {
        // SAFETY: the caller of the slot keeps all arguments alive until it returns.
        unsafe { Borrowed::from_ptr(py, self.values[at]) }
    }

    /// The keyword of an argument that is not positional.
    pub fn keyword<'b, 'py>(&'b self, py: Python<'py>, at: usize) -> Borrowed<'b, 'py, PyAny> {
        let place = (at - self.positional) as ffi::Py_ssize_t;
        // SAFETY: `keywords` is a tuple with one string per such argument.
        unsafe { Borrowed::from_ptr(py, ffi::PyTuple_GetItem(self.keywords, place)) }
    }
}

/// A class whose instances are called.
pub trait Call: PyClass {
    /// Runs a call; most give nothing.
    fn call(slf: Borrowed<'_, '_, Self>, given: &Given<'_>) -> PyResult<Option<Py<PyAny>>>;
}

/// In the flags of a type: its instances have a vectorcall function. Part of the stable interface since 3.12, of
/// this value since 3.8.
const HAVE_VECTORCALL: c_uint = 1 << 11;
/// The type of a structure member that is a `Py_ssize_t`.
const MEMBER_IS_SSIZE: c_int = 19;
/// A member that Python code cannot write.
const MEMBER_IS_READ_ONLY: c_int = 1;
/// Set in the number of arguments where the array has room before its first element.
const ARGUMENTS_OFFSET: usize = 1 << (usize::BITS - 1);

/// Makes the public class `name` (`bise.Program`) and adds it to the module.
pub fn add_class<T: Call>(module: &Bound<'_, PyModule>, name: &'static CStr) -> PyResult<()> {
    let py = module.py();
    let base = T::type_object(py);
    let offset: isize = base.getattr("__basicsize__")?.extract()?;
    // These structures live as long as the type, which is as long as the process.
    let members = Box::leak(Box::new([
        member(c"__vectorcalloffset__", offset),
        member(c"", 0),
    ]));
    members[1].name = ptr::null();
    let doc: String = base.getattr("__doc__")?.extract()?;
    let doc = std::ffi::CString::new(doc)?.into_raw();
    let slots = Box::leak(Box::new([
        slot(ffi::Py_tp_members, members.as_mut_ptr().cast()),
        slot(ffi::Py_tp_doc, doc.cast()),
        slot(ffi::Py_tp_new, new::<T> as *mut c_void),
        slot(ffi::Py_tp_call, call::<T> as *mut c_void),
        slot(0, ptr::null_mut()),
    ]));
    let word = size_of::<ffi::vectorcallfunc>() as isize;
    let spec = Box::leak(Box::new(ffi::PyType_Spec {
        name: name.as_ptr(),
        basicsize: (offset + word) as c_int,
        itemsize: 0,
        flags: (ffi::Py_TPFLAGS_DEFAULT as c_uint) | HAVE_VECTORCALL,
        slots: slots.as_mut_ptr(),
    }));
    let bases = PyTuple::new(py, [base])?;
    // SAFETY: the specification is complete and outlives the type; failure is NULL with an exception set.
    let class = unsafe {
        Bound::from_owned_ptr_or_err(py, ffi::PyType_FromSpecWithBases(spec, bases.as_ptr()))?
            .cast_into::<PyType>()?
    };
    module.add(class.name()?.to_str()?, &class)
}

fn member(name: &'static CStr, offset: isize) -> ffi::PyMemberDef {
    ffi::PyMemberDef {
        name: name.as_ptr(),
        type_code: MEMBER_IS_SSIZE,
        offset,
        flags: MEMBER_IS_READ_ONLY,
        doc: ptr::null::<c_char>(),
    }
}

fn slot(slot: c_int, pfunc: *mut c_void) -> ffi::PyType_Slot {
    ffi::PyType_Slot { slot, pfunc }
}

/// `tp_new`: what PyO3's class does, and then the word that it does not know of.
///
/// # Safety
/// Called by Python only, as the `tp_new` of the class made here.
unsafe extern "C" fn new<T: Call>(
    class: *mut ffi::PyTypeObject,
    args: *mut ffi::PyObject,
    kwargs: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: Python calls `tp_new` while attached, with the class or a subclass; its base is PyO3's class, which
    // has a `tp_new` of this type. A new instance is as large as its class says, and nobody else has it yet.
    unsafe {
        let py = Python::assume_attached();
        let base = T::type_object_raw(py);
        let Some(made) = ptr::NonNull::new(ffi::PyType_GetSlot(base, ffi::Py_tp_new)) else {
            return ptr::null_mut();
        };
        let made: ffi::newfunc = std::mem::transmute(made.as_ptr());
        let object = made(class, args, kwargs);
        if !object.is_null() {
            let size = Borrowed::from_ptr(py, base.cast()).getattr("__basicsize__");
            let Ok(offset) = size.and_then(|size| size.extract::<usize>()) else {
                return object;
            };
            let word = object.byte_add(offset).cast::<ffi::vectorcallfunc>();
            word.write_unaligned(vectorcall::<T>);
        }
        object
    }
}

/// What Python calls: arguments in an array, the values of keywords at its end.
///
/// # Safety
/// Called by Python only, on an instance of the class made here.
unsafe extern "C" fn vectorcall<T: Call>(
    callable: *mut ffi::PyObject,
    args: *const *mut ffi::PyObject,
    count: usize,
    keywords: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    let positional = count & !ARGUMENTS_OFFSET;
    // SAFETY: by PEP 590 the array has `positional` values and one for each of `keywords`, a tuple or NULL; it may be
    // NULL where it is empty.
    let values = unsafe {
        let named = if keywords.is_null() {
            0
        } else {
            ffi::PyTuple_Size(keywords).max(0) as usize
        };
        let length = positional + named;
        if length == 0 {
            &[]
        } else {
            std::slice::from_raw_parts(args, length)
        }
    };
    let given = Given {
        values,
        positional,
        keywords,
    };
    // SAFETY: this function's address is only in instances of the class.
    unsafe { enter::<T>(callable, &given) }
}

/// `tp_call`: for callers that have a tuple and a dict, as `f(*args, **kwargs)`.
///
/// # Safety
/// Called by Python only, on an instance of the class made here.
unsafe extern "C" fn call<T: Call>(
    callable: *mut ffi::PyObject,
    args: *mut ffi::PyObject,
    kwargs: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: Python calls `tp_call` while attached, with a tuple, and a dict or NULL.
    unsafe {
        let py = Python::assume_attached();
        let args = Borrowed::from_ptr(py, args).cast_unchecked::<PyTuple>();
        let mut values: Vec<Bound<'_, PyAny>> = args.iter().collect();
        let positional = values.len();
        let mut keywords = None;
        if let Some(kwargs) = Borrowed::from_ptr_or_opt(py, kwargs) {
            let kwargs = kwargs.cast_unchecked::<PyDict>();
            values.extend(kwargs.values().iter());
            keywords = Some(kwargs.keys().to_tuple());
        }
        let pointers: Vec<*mut ffi::PyObject> = values.iter().map(Bound::as_ptr).collect();
        let given = Given {
            values: &pointers,
            positional,
            keywords: keywords.as_ref().map_or(ptr::null_mut(), Bound::as_ptr),
        };
        enter::<T>(callable, &given)
    }
}

/// # Safety
/// Attached; `callable` is an instance of the class of `T`.
unsafe fn enter<T: Call>(callable: *mut ffi::PyObject, given: &Given<'_>) -> *mut ffi::PyObject {
    Python::attach(|py| {
        // SAFETY: what the caller promised.
        let callable = unsafe { Borrowed::from_ptr(py, callable).cast_unchecked::<T>() };
        let result = catch_unwind(AssertUnwindSafe(|| T::call(callable, given)))
            .unwrap_or_else(|_| Err(CompilerBug::new_err("a call panicked outside of the pipeline")));
        match result {
            Ok(None) => py.None().into_ptr(),
            Ok(Some(value)) => value.into_ptr(),
            Err(error) => {
                error.restore(py);
                ptr::null_mut()
            }
        }
    })
}
