//! Objects into memory, by LLVM's ORC: each in a dynamic library of its own, so that names never clash.

use std::ffi::{CString, c_void};
use std::ptr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use llvm_sys::error::LLVMErrorRef;
use llvm_sys::orc2::lljit::{
    LLVMOrcCreateLLJIT, LLVMOrcDisposeLLJIT, LLVMOrcLLJITAddObjectFile, LLVMOrcLLJITGetExecutionSession,
    LLVMOrcLLJITRef,
};
use llvm_sys::orc2::{
    LLVMJITEvaluatedSymbol, LLVMJITSymbolFlags, LLVMJITSymbolGenericFlags, LLVMOrcAbsoluteSymbols,
    LLVMOrcCJITDylibSearchOrderElement, LLVMOrcCLookupSetElement, LLVMOrcCSymbolMapPair,
    LLVMOrcCSymbolMapPairs, LLVMOrcDisposeMaterializationUnit, LLVMOrcExecutionSessionCreateBareJITDylib,
    LLVMOrcExecutionSessionIntern, LLVMOrcExecutionSessionLookup, LLVMOrcExecutionSessionRef,
    LLVMOrcExecutionSessionSetErrorReporter, LLVMOrcJITDylibClear, LLVMOrcJITDylibDefine,
    LLVMOrcJITDylibLookupFlags, LLVMOrcJITDylibRef, LLVMOrcLookupKind, LLVMOrcReleaseSymbolStringPoolEntry,
    LLVMOrcRetainSymbolStringPoolEntry, LLVMOrcSymbolLookupFlags,
};

use crate::JitError;
use crate::ffi::{self, MemoryBuffer};
use crate::host::host;

/// Loads objects.
pub struct Linker {
    jit: LLVMOrcLLJITRef,
    libraries: AtomicU64,
    /// Held while LLVM is at work, and for ever by a thread that LLVM has ended: then its own locks are as they were.
    at_work: Mutex<()>,
    /// What is to be unloaded.
    leaving: Mutex<Vec<Loaded>>,
}

/// The code of one object; in memory until [`Linker::unload`].
#[derive(Clone, Copy)]
pub struct Loaded(LLVMOrcJITDylibRef);

// SAFETY: ORC's sessions and libraries lock themselves; the handles are plain addresses.
unsafe impl Send for Linker {}
// SAFETY: as above: every function called on a shared linker may be called by several threads at once.
unsafe impl Sync for Linker {}
// SAFETY: as above.
unsafe impl Send for Loaded {}
// SAFETY: as above.
unsafe impl Sync for Loaded {}

impl Linker {
    /// A linker for this machine.
    pub fn new() -> Result<Self, JitError> {
        host()?;
        let mut jit = ptr::null_mut();
        // SAFETY: a null builder asks for the defaults; the error is fresh. The reporter needs no context.
        unsafe {
            let error = LLVMOrcCreateLLJIT(&raw mut jit, ptr::null_mut());
            ffi::check(error, "start its linker")?;
            let session = LLVMOrcLLJITGetExecutionSession(jit);
            LLVMOrcExecutionSessionSetErrorReporter(session, keep_quiet, ptr::null_mut());
        }
        Ok(Self {
            jit,
            libraries: AtomicU64::new(0),
            at_work: Mutex::default(),
            leaving: Mutex::default(),
        })
    }

    /// Loads an object; gives the addresses of its entries. Only one thread may ask for it at a time.
    pub fn load(&self, object: MemoryBuffer, entries: &[String]) -> Result<(Loaded, Vec<u64>), JitError> {
        let _at_work = lock(&self.at_work);
        self.clear_leaving();
        let number = self.libraries.fetch_add(1, Ordering::Relaxed);
        let name = CString::new(format!("bise.{number}")).unwrap_or_default();
        // SAFETY: the linker is valid; the name is copied.
        let library = unsafe { LLVMOrcExecutionSessionCreateBareJITDylib(self.session(), name.as_ptr()) };
        let loaded = Loaded(library);
        let found = self
            .fill(library, object)
            .and_then(|()| self.find(library, entries));
        match found {
            Ok(addresses) => Ok((loaded, addresses)),
            Err(error) => {
                Self::clear(loaded);
                Err(error)
            }
        }
    }

    /// Takes the code of an object out of memory, which this linker has loaded. Nobody may run it or look at it any more.
    /// Where the linker is in use it waits for the next load.
    pub fn unload(&self, loaded: Loaded) {
        lock(&self.leaving).push(loaded);
        if let Ok(_at_work) = self.at_work.try_lock() {
            self.clear_leaving();
        }
    }

    fn clear_leaving(&self) {
        for loaded in std::mem::take(&mut *lock(&self.leaving)) {
            Self::clear(loaded);
        }
    }

    fn clear(loaded: Loaded) {
        // SAFETY: the library is one of this linker.
        // Where this fails the code stays in memory, which harms nobody.
        let _ = unsafe { ffi::check(LLVMOrcJITDylibClear(loaded.0), "unload code") };
    }

    fn session(&self) -> LLVMOrcExecutionSessionRef {
        // SAFETY: the linker is valid.
        unsafe { LLVMOrcLLJITGetExecutionSession(self.jit) }
    }

    /// Puts the object and what it may call into a library.
    fn fill(&self, library: LLVMOrcJITDylibRef, object: MemoryBuffer) -> Result<(), JitError> {
        let mut symbols: Vec<LLVMOrcCSymbolMapPair> = symbols()
            .into_iter()
            .map(|(name, address)| self.symbol(name, address))
            .collect();
        // SAFETY: the pairs are valid; their names are handed over. A unit that is not taken is ours to dispose of.
        unsafe {
            let unit = LLVMOrcAbsoluteSymbols(symbols.as_mut_ptr(), symbols.len());
            let error = LLVMOrcJITDylibDefine(library, unit);
            if !error.is_null() {
                LLVMOrcDisposeMaterializationUnit(unit);
            }
            ffi::check(error, "define its functions")?;
        }
        // SAFETY: linker and library are valid; the buffer is taken, whatever comes of it.
        unsafe {
            let error = LLVMOrcLLJITAddObjectFile(self.jit, library, object.give());
            ffi::check(error, "load code")
        }
    }

    fn symbol(&self, name: &str, address: usize) -> LLVMOrcCSymbolMapPair {
        let flags = LLVMJITSymbolGenericFlags::LLVMJITSymbolGenericFlagsExported as u8
            | LLVMJITSymbolGenericFlags::LLVMJITSymbolGenericFlagsCallable as u8;
        LLVMOrcCSymbolMapPair {
            Name: self.intern(name),
            Sym: LLVMJITEvaluatedSymbol {
                Address: address as u64,
                Flags: LLVMJITSymbolFlags {
                    GenericFlags: flags,
                    TargetFlags: 0,
                },
            },
        }
    }

    fn intern(&self, name: &str) -> llvm_sys::orc2::LLVMOrcSymbolStringPoolEntryRef {
        let name = CString::new(name).unwrap_or_default();
        // SAFETY: the session is valid; the name is copied. The entry that comes back is ours to release.
        unsafe { LLVMOrcExecutionSessionIntern(self.session(), name.as_ptr()) }
    }

    /// The addresses of symbols of a library; links what is not linked yet.
    fn find(&self, library: LLVMOrcJITDylibRef, names: &[String]) -> Result<Vec<u64>, JitError> {
        let interned: Vec<_> = names.iter().map(|name| self.intern(name)).collect();
        let mut wanted: Vec<LLVMOrcCLookupSetElement> = interned
            .iter()
            .map(|&name| {
                // SAFETY: the entry is valid; the lookup releases the reference that is added here.
                unsafe { LLVMOrcRetainSymbolStringPoolEntry(name) };
                LLVMOrcCLookupSetElement {
                    Name: name,
                    LookupFlags: LLVMOrcSymbolLookupFlags::LLVMOrcSymbolLookupFlagsRequiredSymbol,
                }
            })
            .collect();
        let mut order = LLVMOrcCJITDylibSearchOrderElement {
            JD: library,
            JDLookupFlags: LLVMOrcJITDylibLookupFlags::LLVMOrcJITDylibLookupFlagsMatchAllSymbols,
        };
        let mut answer = Answer::default();
        // SAFETY: all handles are valid. The session links on the calling thread, so `collect` has been called when
        // this returns and `answer` outlives its use.
        unsafe {
            LLVMOrcExecutionSessionLookup(
                self.session(),
                LLVMOrcLookupKind::LLVMOrcLookupKindStatic,
                &raw mut order,
                1,
                wanted.as_mut_ptr(),
                wanted.len(),
                collect,
                (&raw mut answer).cast(),
            );
        }
        let found = answer.addresses(&interned);
        for name in interned {
            // SAFETY: the reference that `intern` gave.
            unsafe { LLVMOrcReleaseSymbolStringPoolEntry(name) };
        }
        found
    }
}

impl Drop for Linker {
    fn drop(&mut self) {
        // SAFETY: the linker is valid and ends here; libraries hold it, so none of its code is in use. An error here
        // is about memory that goes away anyway.
        let _ = unsafe { ffi::check(LLVMOrcDisposeLLJIT(self.jit), "stop its linker") };
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The session would write errors to the terminal, which belongs to the user; those that matter come back from the
/// calls that failed.
extern "C" fn keep_quiet(_: *mut c_void, error: LLVMErrorRef) {
    // SAFETY: the error is handed over.
    let _ = unsafe { ffi::check(error, "load code") };
}

/// What a lookup gave.
#[derive(Default)]
struct Answer {
    pairs: Vec<(usize, u64)>,
    error: Option<JitError>,
}

impl Answer {
    fn addresses(
        &mut self,
        names: &[llvm_sys::orc2::LLVMOrcSymbolStringPoolEntryRef],
    ) -> Result<Vec<u64>, JitError> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let address = |name: &llvm_sys::orc2::LLVMOrcSymbolStringPoolEntryRef| {
            let found = self.pairs.iter().find(|(key, _)| *key == *name as usize);
            found.map(|(_, address)| *address).ok_or(JitError::Llvm {
                doing: "find an entry",
                message: "its linker has not answered".into(),
            })
        };
        names.iter().map(address).collect()
    }
}

/// Called once by a lookup with what it found.
extern "C" fn collect(error: LLVMErrorRef, pairs: LLVMOrcCSymbolMapPairs, count: usize, answer: *mut c_void) {
    // SAFETY: `find` passes a valid answer, and nobody else uses it meanwhile; the error is fresh; LLVM gives `count`
    // pairs, which live until this returns.
    unsafe {
        let answer = &mut *answer.cast::<Answer>();
        match ffi::check(error, "link code") {
            Err(error) => answer.error = Some(error),
            Ok(()) => {
                for at in 0..count {
                    let pair = &*pairs.add(at);
                    answer.pairs.push((pair.Name as usize, pair.Sym.Address));
                }
            }
        }
    }
}

/// All that compiled code may call: the language's math, and what LLVM makes calls of by itself.
fn symbols() -> Vec<(&'static str, usize)> {
    let mut symbols = bise_lang::math::symbols();
    symbols.extend([
        ("memcpy", libc::memcpy as *const () as usize),
        ("memmove", libc::memmove as *const () as usize),
        ("memset", libc::memset as *const () as usize),
        ("floor", floor as *const () as usize),
        ("floorf", floorf as *const () as usize),
        ("ceil", ceil as *const () as usize),
        ("ceilf", ceilf as *const () as usize),
        ("trunc", trunc as *const () as usize),
        ("truncf", truncf as *const () as usize),
    ]);
    symbols
}

/// Machines without an instruction for it get a call.
macro_rules! rounding {
    ($($name:ident($ty:ty) = $method:ident;)*) => {
        $(extern "C" fn $name(x: $ty) -> $ty { x.$method() })*
    };
}

rounding! {
    floor(f64) = floor;
    floorf(f32) = floor;
    ceil(f64) = ceil;
    ceilf(f32) = ceil;
    trunc(f64) = trunc;
    truncf(f32) = trunc;
}
