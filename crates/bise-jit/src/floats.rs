//! The floating-point state of a thread: how it rounds, whether it flushes subnormal numbers to zero, which exceptions
//! trap.
//!
//! Threads differ in it: a caller may have chosen another rounding, a library that was built with `-ffast-math`
//! flushes subnormals to zero in the thread that loads it, and a new thread inherits the state of the one that made it. A
//! program's result must not depend on any of that, so everything that computes on behalf of one does so in the standard
//! state: to nearest, ties to even; subnormals are numbers; nothing traps. [`standard_floats`] is for any work,
//! [`StandardFloats`] for calls of machine code.
//!
//! Code for x86-64 computes in SSE registers only, which `MXCSR` governs; the control word of the x87 does not matter.

use std::hint::black_box;

/// Runs `work` in the standard state, and gives the thread its own back, exception flags included, however `work` ends.
pub fn standard_floats<T>(work: impl FnOnce() -> T) -> T {
    let _own = StandardFloats::enter();
    // The compiler takes every state for the standard one: without the boxes it might move arithmetic out of here.
    black_box(black_box(work)())
}

/// Puts this thread into the standard state for good.
pub(crate) fn set_standard() {
    std::mem::forget(StandardFloats::enter());
}

/// The thread is in the standard state; when dropped, it has its own back. Entering and leaving take a few nanoseconds.
/// Only calls that the compiler knows nothing of are sure to compute between the two.
#[must_use]
pub struct StandardFloats(machine::State);

impl StandardFloats {
    /// Changes the state of this thread.
    #[inline]
    pub fn enter() -> Self {
        let kept = machine::read();
        if !machine::is_standard(kept) {
            machine::write(machine::STANDARD);
        }
        Self(kept)
    }
}

impl Drop for StandardFloats {
    #[inline]
    fn drop(&mut self) {
        // Without a look: kernels raise flags, and reading takes longer than writing.
        machine::write(self.0);
    }
}

#[cfg(target_arch = "x86_64")]
mod machine {
    use std::arch::asm;

    /// `MXCSR`.
    pub type State = u32;

    /// All exceptions masked, to nearest, no flags.
    pub const STANDARD: State = 0x1f80;
    /// The flags of exceptions that have happened: they change no result.
    const FLAGS: State = 0x3f;

    #[inline]
    pub fn is_standard(state: State) -> bool {
        state & !FLAGS == STANDARD
    }

    #[inline]
    pub fn read() -> State {
        let mut state: State = 0;
        // SAFETY: writes the four bytes of `state`.
        unsafe { asm!("stmxcsr [{}]", in(reg) &raw mut state, options(nostack, preserves_flags)) };
        state
    }

    #[inline]
    pub fn write(state: State) {
        // SAFETY: `state` is the standard one, which Rust expects, or was this thread's before.
        unsafe { asm!("ldmxcsr [{}]", in(reg) &raw const state, options(nostack, preserves_flags)) };
    }
}

#[cfg(target_arch = "aarch64")]
mod machine {
    use std::arch::asm;

    /// `FPCR`, which governs, and `FPSR`, which has the flags of exceptions that have happened.
    pub type State = (u64, u64);

    /// To nearest, nothing flushed, nothing trapped; no flags.
    pub const STANDARD: State = (0, 0);

    #[inline]
    pub fn is_standard((control, _): State) -> bool {
        control == STANDARD.0
    }

    #[inline]
    pub fn read() -> State {
        let (control, flags): State;
        // SAFETY: reads two registers.
        unsafe {
            asm!("mrs {}, fpcr", "mrs {}, fpsr", out(reg) control, out(reg) flags, options(nostack, preserves_flags));
        }
        (control, flags)
    }

    #[inline]
    pub fn write((control, flags): State) {
        // SAFETY: the state is the standard one, which Rust expects, or was this thread's before.
        unsafe {
            asm!("msr fpcr, {}", "msr fpsr, {}", in(reg) control, in(reg) flags, options(nostack, preserves_flags));
        }
    }
}

/// Other processors: the state is what the thread has.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod machine {
    pub type State = ();

    pub const STANDARD: State = ();

    pub fn is_standard((): State) -> bool {
        true
    }

    pub fn read() -> State {}

    pub fn write((): State) {}
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use std::panic::catch_unwind;

    use super::machine::{STANDARD, read, write};
    use super::standard_floats;
    use crate::Pool;

    /// Upward, flush to zero, denormals are zero, division by zero traps, the inexact flag raised.
    const STRANGE: u32 = (STANDARD | 0x4000 | 0x8000 | 0x40 | 0x20) & !0x200;

    fn strangely<T>(work: impl FnOnce() -> T) -> T {
        let own = read();
        write(STRANGE);
        let result = work();
        write(own);
        result
    }

    #[test]
    fn work_sees_the_standard_state_and_the_thread_keeps_its_own() {
        let (inside, after) = strangely(|| (standard_floats(read), read()));
        assert_eq!((inside, after), (STANDARD, STRANGE));
        let own = read();
        let third = standard_floats(|| std::hint::black_box(1.0) / std::hint::black_box(3.0));
        assert_eq!((third, read()), (1.0 / 3.0, own), "flags of the work are gone");
    }

    #[test]
    fn a_panic_gives_the_state_back() {
        let (result, after) = strangely(|| (catch_unwind(|| standard_floats(|| panic!("guilty"))), read()));
        assert!(result.is_err());
        assert_eq!(after, STRANGE);
    }

    #[test]
    fn threads_of_a_pool_do_not_inherit() {
        let pool = Pool::new(3);
        let others = std::sync::Mutex::new(Vec::new());
        let caller = std::thread::current().id();
        strangely(|| {
            // A worker that has not begun in time leaves its part to the caller, so several tries.
            for _ in 0..100 {
                pool.run(3, &|_| {
                    if std::thread::current().id() != caller {
                        others.lock().unwrap().push(read());
                    }
                    std::thread::sleep(std::time::Duration::from_micros(200));
                });
            }
        });
        let others = others.into_inner().unwrap();
        assert!(
            others.iter().all(|state| state & !0x3f == STANDARD),
            "{others:x?}"
        );
    }
}
