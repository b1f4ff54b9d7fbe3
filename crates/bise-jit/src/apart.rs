//! Work of LLVM on a stack of its own: what LLVM cannot go on with ends that work, and not the process.
//!
//! After a fatal error, or where there is no memory for it, LLVM ends the process, whatever a handler does that
//! returns. It cannot be unwound either: it is built without exceptions, and what it was at would stay half done. So
//! our handlers do not return. They go back to the stack of the one who waits, and that of the work is left as it is,
//! with all that it had in hands: a context and a linker of its own, which nobody else meets. The handlers are those of
//! the process; for work that is not ours they do what happens without them.
//!
//! What it has in hands may be a lock of the whole process, where memory ends in the middle of something. So work starts
//! only where there is [`Room`] for it; the handlers are for what happens to the room afterwards.
//!
//! A thread of its own would do the same, and was tried: to wake it and to be woken takes longer than to load code.

use std::cell::Cell;
use std::ffi::{CStr, c_char};
use std::mem::forget;
use std::process;
use std::ptr::NonNull;
use std::sync::{Mutex, Once, PoisonError};

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};
use llvm_sys::error_handling::LLVMInstallFatalErrorHandler;

use crate::JitError;
use crate::floats::standard_floats;

/// Bytes of a stack, as the first thread of a process has.
const STACK: usize = 8 << 20;

/// A stack that nobody uses: its pages are in memory.
static KEPT: Mutex<Option<DefaultStack>> = Mutex::new(None);

/// Why work was left before its end.
enum End {
    /// LLVM's own words.
    Fatal(String),
    NoMemory,
}

thread_local! {
    /// While this thread is at work of LLVM: the way back.
    static WAY_BACK: Cell<Option<NonNull<Yielder<(), End>>>> = const { Cell::new(None) };
}

/// How much memory some work needs, amply: an address space that is limited or all used has it or has not.
#[derive(Clone, Copy)]
pub struct Room(usize);

impl Room {
    /// For loading an object of so many bytes.
    pub fn to_load(object: usize) -> Self {
        Self((8 << 20) + 4 * object)
    }

    /// For compiling a text of so many bytes. Measured: a text becomes a hundred times its size on the way.
    pub fn to_compile(text: usize) -> Self {
        Self((48 << 20) + 200 * text)
    }

    /// Whether it is there: asks the system for it and gives it back.
    fn exists(self) -> bool {
        let (protection, flags) = (
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
        );
        // SAFETY: a fresh mapping that nobody has touched, given back as it came.
        unsafe {
            let room = libc::mmap(std::ptr::null_mut(), self.0, protection, flags, -1, 0);
            room != libc::MAP_FAILED && libc::munmap(room, self.0) == 0
        }
    }
}

/// Does work of LLVM on a stack of its own.
///
/// # Panics
/// When the work does, with its message.
pub fn apart<T: 'static>(
    room: Room,
    work: impl FnOnce() -> Result<T, JitError> + 'static,
) -> Result<T, JitError> {
    if !room.exists() {
        return Err(JitError::OutOfMemory);
    }
    install_handlers();
    // The system refuses where there is no memory for a stack.
    let stack = match kept().take() {
        Some(stack) => stack,
        None => DefaultStack::new(STACK).map_err(|_| JitError::OutOfMemory)?,
    };
    let mut work = Coroutine::with_stack(stack, move |way_back: &Yielder<(), End>, ()| {
        let _open = Open::way(way_back);
        work()
    });
    match standard_floats(|| work.resume(())) {
        CoroutineResult::Return(result) => {
            *kept() = Some(work.into_stack());
            result
        }
        CoroutineResult::Yield(why) => {
            // Nobody may touch what it left.
            forget(work);
            Err(match why {
                End::Fatal(message) => JitError::Llvm {
                    doing: "compile",
                    message,
                },
                End::NoMemory => JitError::OutOfMemory,
            })
        }
    }
}

fn kept() -> std::sync::MutexGuard<'static, Option<DefaultStack>> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// While it lives, this thread has a way back from work of LLVM.
struct Open;

impl Open {
    fn way(back: &Yielder<(), End>) -> Self {
        WAY_BACK.set(Some(NonNull::from(back)));
        Self
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        WAY_BACK.take();
    }
}

/// Leaves the work that this thread is at. Returns if it is none of ours.
fn end(why: End) {
    let Some(way_back) = WAY_BACK.take() else { return };
    // SAFETY: it lives as long as the work, which this thread is at.
    unsafe { way_back.as_ref() }.suspend(why);
    // What was left is not taken up again.
    process::abort();
}

fn install_handlers() {
    static INSTALL: Once = Once::new();
    // SAFETY: the handlers are as LLVM wants them, and stay where they are.
    INSTALL.call_once(|| unsafe {
        LLVMInstallFatalErrorHandler(Some(fatal_error));
        memory::install_handlers();
    });
}

/// Called by LLVM, which ends the process if this returns.
extern "C" fn fatal_error(reason: *const c_char) {
    // SAFETY: LLVM gives a C string.
    let reason = unsafe { CStr::from_ptr(reason) }.to_string_lossy().into_owned();
    end(End::Fatal(reason.clone()));
    #[expect(clippy::print_stderr, reason = "as LLVM does, before it ends the process")]
    {
        eprintln!("LLVM ERROR: {reason}");
    }
}

/// What C++ calls where there is no memory. LLVM has no interface in C for it: these are the functions of its C++ interface, and
/// of the standard library that it is linked with, by the names that they have in every build of this version.
#[cfg(target_os = "linux")]
mod memory {
    use std::ffi::{c_char, c_void};
    use std::sync::OnceLock;

    use super::{End, end};

    type NewHandler = unsafe extern "C-unwind" fn();
    type BadAllocHandler = extern "C" fn(*mut c_void, *const c_char, bool);

    // SAFETY: the signatures are those of the C++ declarations.
    unsafe extern "C" {
        /// `std::set_new_handler`
        #[link_name = "_ZSt15set_new_handlerPFvvE"]
        fn set_new_handler(handler: Option<NewHandler>) -> Option<NewHandler>;
        /// `llvm::install_bad_alloc_error_handler`
        #[link_name = "_ZN4llvm31install_bad_alloc_error_handlerEPFvPvPKcbES0_"]
        fn install_bad_alloc_error_handler(handler: Option<BadAllocHandler>, data: *mut c_void);
    }

    // SAFETY: as above.
    unsafe extern "C-unwind" {
        /// `std::__throw_bad_alloc`
        #[link_name = "_ZSt17__throw_bad_allocv"]
        fn throw_bad_alloc() -> !;
    }

    /// Who was there before.
    static OTHER: OnceLock<NewHandler> = OnceLock::new();

    /// # Safety
    /// Called once, by one thread.
    pub unsafe fn install_handlers() {
        // SAFETY: the handlers do what is asked of them, as is said there.
        unsafe {
            if let Some(other) = set_new_handler(Some(no_memory)) {
                let _ = OTHER.set(other);
            }
            install_bad_alloc_error_handler(Some(no_memory_for_llvm), std::ptr::null_mut());
        }
    }

    /// Called by `operator new` of the whole process: it finds memory, or throws.
    // SAFETY: called by C++ only, which may unwind through it.
    unsafe extern "C-unwind" fn no_memory() {
        end(End::NoMemory);
        // SAFETY: what `operator new` does by itself; nothing here is to be dropped.
        unsafe {
            match OTHER.get() {
                Some(other) => other(),
                None => throw_bad_alloc(),
            }
        }
    }

    /// Called by LLVM where `malloc` gives nothing. It must not return.
    extern "C" fn no_memory_for_llvm(_: *mut c_void, _: *const c_char, _: bool) {
        end(End::NoMemory);
        std::process::abort();
    }
}

#[cfg(not(target_os = "linux"))]
mod memory {
    /// Where it is not known how the standard library is linked, what happens is up to it.
    // SAFETY: does nothing.
    pub unsafe fn install_handlers() {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Jit, Options};

    fn error_of(body: &str, declarations: &str) -> String {
        let text = format!("define void @f(ptr %0, i64 %1, i64 %2) {{ {body} ret void }}\n{declarations}");
        let jit = Jit::new(Options::default()).expect("a compiler");
        jit.load(&text, &["f"]).expect_err("an error").to_string()
    }

    #[test]
    fn fatal_errors_end_the_work_and_not_the_process() {
        // The instruction of another processor.
        let error = error_of(
            "%4 = call <4 x i32> @llvm.ppc.altivec.vaddcuw(<4 x i32> zeroinitializer, <4 x i32> zeroinitializer)
             store <4 x i32> %4, ptr %0",
            "declare <4 x i32> @llvm.ppc.altivec.vaddcuw(<4 x i32>, <4 x i32>)",
        );
        assert!(
            error.starts_with("LLVM failed to compile: Cannot select"),
            "{error}"
        );
        assert_eq!(apart(Room(1), || Ok(1)).ok(), Some(1), "the next one works");
    }

    #[test]
    fn errors_that_llvm_finds_late_are_errors() {
        let error = error_of(
            "",
            "define double @g() #0 { ret double 1.0 }\nattributes #0 = { \"target-features\"=\"-sse\" }",
        );
        assert!(error.starts_with("LLVM failed to generate code: "), "{error}");
    }

    #[test]
    fn work_without_memory_ends() {
        // SAFETY: asks the C++ library for more than there is.
        let result: Result<(), JitError> = apart(Room(1), || unsafe {
            std::hint::black_box(operator_new(std::hint::black_box(usize::MAX / 4)));
            Ok(())
        });
        assert!(matches!(result, Err(JitError::OutOfMemory)));
    }

    // SAFETY: the signature is that of the C++ declaration.
    unsafe extern "C-unwind" {
        /// `operator new`
        #[link_name = "_Znwm"]
        fn operator_new(bytes: usize) -> *mut u8;
    }

    #[test]
    fn work_without_room_does_not_begin() {
        let result: Result<(), JitError> = apart(Room(usize::MAX / 4), || panic!("it begins"));
        assert!(matches!(result, Err(JitError::OutOfMemory)));
    }

    #[test]
    fn many_threads_at_once_and_panics() {
        let results = std::thread::scope(|scope| {
            let of = |number: usize| {
                apart(Room(1), move || {
                    assert_ne!(number, 5, "guilty");
                    Ok(number)
                })
            };
            let threads: Vec<_> = (0..8).map(|number| scope.spawn(move || of(number))).collect();
            let results = threads.into_iter().map(|thread| thread.join().map(Result::ok));
            results.collect::<Vec<_>>()
        });
        for (number, result) in results.into_iter().enumerate() {
            match result {
                Ok(result) => assert_eq!(result, Some(number)),
                Err(_) => assert_eq!(number, 5),
            }
        }
    }
}
