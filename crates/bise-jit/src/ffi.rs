//! LLVM's handles as values that are dropped.

use std::ffi::{CStr, CString, c_char};
use std::ptr;

use llvm_sys::core::{
    LLVMContextCreate, LLVMContextDispose, LLVMCreateMemoryBufferWithMemoryRangeCopy,
    LLVMDisposeMemoryBuffer, LLVMDisposeMessage, LLVMDisposeModule, LLVMGetBufferSize, LLVMGetBufferStart,
};
use llvm_sys::error::{LLVMDisposeErrorMessage, LLVMErrorRef, LLVMGetErrorMessage};
use llvm_sys::prelude::{LLVMContextRef, LLVMMemoryBufferRef, LLVMModuleRef};
use llvm_sys::target_machine::{LLVMDisposeTargetMachine, LLVMTargetMachineRef};

use crate::JitError;

macro_rules! handles {
    ($($(#[$doc:meta])* $name:ident($raw:ty) by $dispose:path;)*) => {$(
        $(#[$doc])*
        pub struct $name(pub $raw);

        impl Drop for $name {
            fn drop(&mut self) {
                if !self.0.is_null() {
                    // SAFETY: the handle is valid and owned by this value, which ends here.
                    unsafe { $dispose(self.0) };
                }
            }
        }
    )*};
}

handles! {
    /// A context: one per compilation, so that compilations on several threads share nothing.
    Context(LLVMContextRef) by LLVMContextDispose;
    /// A module. Declared before its context where both are held, so that it is dropped first.
    Module(LLVMModuleRef) by LLVMDisposeModule;
    /// A target machine.
    TargetMachine(LLVMTargetMachineRef) by LLVMDisposeTargetMachine;
    /// Bytes that LLVM owns.
    MemoryBuffer(LLVMMemoryBufferRef) by LLVMDisposeMemoryBuffer;
    /// A message; may be null, which reads as empty.
    Message(*mut c_char) by LLVMDisposeMessage;
}

impl Context {
    /// A new context.
    pub fn new() -> Self {
        // SAFETY: has no preconditions.
        Self(unsafe { LLVMContextCreate() })
    }
}

impl MemoryBuffer {
    /// A copy of bytes, ended by the zero that LLVM's parser wants.
    pub fn copy(bytes: &[u8]) -> Self {
        // SAFETY: the range is that of the slice; LLVM copies it.
        Self(unsafe {
            LLVMCreateMemoryBufferWithMemoryRangeCopy(bytes.as_ptr().cast(), bytes.len(), c"bise".as_ptr())
        })
    }

    /// Gives the handle away, to a function of LLVM that takes it.
    pub fn give(mut self) -> LLVMMemoryBufferRef {
        std::mem::replace(&mut self.0, ptr::null_mut())
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: the buffer lives as long as `self`, and its start and size describe initialised bytes.
        unsafe { std::slice::from_raw_parts(LLVMGetBufferStart(self.0).cast(), LLVMGetBufferSize(self.0)) }
    }
}

impl Message {
    /// Takes a message over.
    ///
    /// # Safety
    /// `message` is null or a message that LLVM handed over.
    pub unsafe fn new(message: *mut c_char) -> Self {
        Self(message)
    }

    /// A copy.
    pub fn to_owned(&self) -> CString {
        if self.0.is_null() {
            return CString::default();
        }
        // SAFETY: a message is a C string, and lives as long as `self`.
        unsafe { CStr::from_ptr(self.0) }.to_owned()
    }

    /// A copy as text.
    pub fn text(&self) -> String {
        self.to_owned().to_string_lossy().into_owned()
    }
}

/// Nothing, or the error as ours; `doing` completes "LLVM failed to".
///
/// # Safety
/// `error` is what a function of LLVM has just given, and nobody else looks at it.
pub unsafe fn check(error: LLVMErrorRef, doing: &'static str) -> Result<(), JitError> {
    if error.is_null() {
        return Ok(());
    }
    // SAFETY: the error is not null and ours; taking its message ends it.
    let message = unsafe {
        let text = LLVMGetErrorMessage(error);
        let message = CStr::from_ptr(text).to_string_lossy().into_owned();
        LLVMDisposeErrorMessage(text);
        message
    };
    Err(JitError::Llvm { doing, message })
}
