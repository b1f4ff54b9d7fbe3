//! Runs what a call has been bound to. The one place where the driver is unsafe: it writes the frames of kernels and
//! enters them.
//!
//! A [`Binding`] is a call, ready to be repeated: every number that kernels need stands in its frames but the
//! addresses of the arguments and the scalars, and everything that is to be checked has been, but where the arguments
//! lie. [`Binding::fits`] compares a new call with the one that was bound; [`Binding::run`] fills in the rest and
//! goes. Both allocate nothing, unless outputs overlap inputs.
#![expect(unsafe_code, reason = "kernels are machine code on raw memory")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use bise_base::Name;
use bise_field::{Axis, Buffer, ConnectivityTable, FieldView, Span, overlap};
use bise_jit::{Entry, StandardFloats};
use bise_lang::{DType, Scalar, Values};

use crate::host::Host;
use crate::variant::Code;
use crate::{Argument, CallError};

/// A call that has been checked, with memory for its temporaries.
#[derive(Debug)]
pub(crate) struct Binding {
    /// One per parameter.
    pub(crate) arguments: Vec<Bound>,
    /// The tables that were given, in this order.
    pub(crate) tables: Vec<(Name, u64)>,
    /// Which arguments may meet in memory, and whether they did.
    pub(crate) pairs: Vec<Pair>,
    /// The frames of all launches and threads.
    pub(crate) words: Vec<u64>,
    /// Words that take the address of an argument's index 0.
    pub(crate) addresses: Vec<Patch>,
    /// Words that take the value of a scalar.
    pub(crate) values: Vec<Patch>,
    /// What to do.
    pub(crate) steps: Vec<Step>,
    /// Temporaries, buffered outputs and scratch memory: frames point into them.
    pub(crate) buffers: Vec<Buffer>,
    /// Keeps the machine code.
    pub(crate) code: Arc<Code>,
}

/// What an argument must be like for a binding to fit.
#[derive(Debug)]
pub(crate) enum Bound {
    Field {
        dtype: DType,
        axes: Box<[Axis]>,
        written: bool,
        /// Bytes from the first element to where index 0 would be.
        origin: isize,
    },
    Scalar {
        dtype: DType,
        /// The bits, if a domain depends on them.
        fixed: Option<u64>,
    },
}

/// An output and another field of one statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    /// Parameter that is written.
    pub(crate) output: u32,
    /// Parameter that is read or written too.
    pub(crate) other: u32,
    /// They may be the same memory, where every index means the same place.
    pub(crate) in_place: bool,
    /// The output goes to a buffer, because the two met when this was bound.
    pub(crate) buffered: bool,
}

/// `words[word]` depends on an argument.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patch {
    pub(crate) word: u32,
    pub(crate) param: u32,
}

/// Something to do.
#[derive(Debug)]
pub(crate) enum Step {
    Launch(Launch),
    Copy(Copy),
    Repeat(Repeat),
}

/// A kernel on all of its threads.
#[derive(Debug)]
pub(crate) struct Launch {
    pub(crate) entry: Entry,
    pub(crate) parts: Vec<Part>,
}

/// What one thread runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// Where its frame stands in the words. Parts share a frame unless they have scratch memory.
    pub(crate) frame: usize,
    pub(crate) start: i64,
    pub(crate) stop: i64,
}

/// Rounds of a loop that differ in nothing but a scalar.
#[derive(Debug)]
pub(crate) struct Repeat {
    /// The scalar.
    pub(crate) values: Values,
    pub(crate) dtype: DType,
    /// Words that take it.
    pub(crate) words: Vec<u32>,
    pub(crate) body: Vec<Step>,
}

/// What goes from the buffer of an output to the output.
#[derive(Debug)]
pub(crate) struct Copy {
    /// The output.
    pub(crate) param: u32,
    /// Position among the buffers.
    pub(crate) buffer: usize,
    /// Bytes from the first element of the argument to the first that is written.
    pub(crate) offset: isize,
    /// Axes of what is written.
    pub(crate) axes: Vec<Axis>,
}

impl Binding {
    /// Whether a call can be run by this binding: same shapes, tables and bounds, and the same arguments meet in memory.
    pub(crate) fn fits(&self, args: &[Argument<'_>], tables: &[(Name, &ConnectivityTable)]) -> bool {
        self.arguments.len() == args.len()
            && self
                .arguments
                .iter()
                .zip(args)
                .all(|(bound, arg)| bound.fits(arg))
            && self.tables.len() == tables.len()
            && self
                .tables
                .iter()
                .zip(tables)
                .all(|((name, id), (given, table))| *id == table.id() && name == given)
            && self
                .pairs
                .iter()
                .all(|pair| pair.must_buffer(args) == pair.buffered)
    }

    /// Runs a call that fits.
    pub(crate) fn run(&mut self, args: &[Argument<'_>], host: &mut dyn Host) -> Result<(), CallError> {
        for patch in &self.addresses {
            let param = patch.param as usize;
            if let (Bound::Field { origin, .. }, Argument::Field(view)) =
                (&self.arguments[param], &args[param])
            {
                self.words[patch.word as usize] = view.pointer().wrapping_offset(*origin) as u64;
            }
        }
        for patch in &self.values {
            if let Argument::Scalar(value) = &args[patch.param as usize] {
                self.words[patch.word as usize] = value.bits();
            }
        }
        let words = Words(self.words.as_mut_ptr());
        let _floats = StandardFloats::enter();
        let mut running = Running {
            words,
            buffers: &self.buffers,
            args,
            host,
            asked: None,
        };
        running.steps(&self.steps)
    }
}

/// How long rounds go on before the host is asked again.
const PATIENCE: Duration = Duration::from_millis(50);

/// A call under way.
struct Running<'a> {
    words: Words,
    buffers: &'a [Buffer],
    args: &'a [Argument<'a>],
    host: &'a mut dyn Host,
    /// When the host was asked last, once there are rounds.
    asked: Option<Instant>,
}

impl Running<'_> {
    fn steps(&mut self, steps: &[Step]) -> Result<(), CallError> {
        for step in steps {
            match step {
                Step::Launch(launch) => launch.run(self.words),
                Step::Copy(copy) => copy.run(&self.buffers[copy.buffer], self.args),
                Step::Repeat(repeat) => {
                    for value in repeat.values.iter() {
                        let bits = Scalar::integer(repeat.dtype, value).bits();
                        repeat.words.iter().for_each(|&word| self.words.set(word, bits));
                        self.steps(&repeat.body)?;
                        self.ask()?;
                    }
                }
            }
        }
        Ok(())
    }

    fn ask(&mut self) -> Result<(), CallError> {
        let now = Instant::now();
        let asked = *self.asked.get_or_insert(now);
        if now.duration_since(asked) < PATIENCE {
            return Ok(());
        }
        self.asked = Some(now);
        if self.host.interrupted() {
            Err(CallError::Interrupted)
        } else {
            Ok(())
        }
    }
}

impl Bound {
    #[inline]
    fn fits(&self, argument: &Argument<'_>) -> bool {
        match (self, argument) {
            (
                Self::Field {
                    dtype, axes, written, ..
                },
                Argument::Field(view),
            ) => {
                view.dtype() == *dtype
                    && (view.writable() || !written)
                    && view.pointer() as usize & (dtype.size() - 1) == 0
                    && view.axes() == &**axes
            }
            (Self::Scalar { dtype, fixed }, Argument::Scalar(value)) => {
                value.dtype() == *dtype && fixed.is_none_or(|bits| bits == value.bits())
            }
            (Self::Field { .. }, Argument::Scalar(_)) | (Self::Scalar { .. }, Argument::Field(_)) => false,
        }
    }
}

impl Pair {
    /// Whether the output must be buffered, because what is written would be seen where it must not.
    pub(crate) fn must_buffer(&self, args: &[Argument<'_>]) -> bool {
        if self.output == self.other {
            return !self.in_place;
        }
        let (Some(output), Some(other)) = (span(args, self.output), span(args, self.other)) else {
            return false;
        };
        if output.is_apart(&other) || (self.in_place && output.is_aligned(&other)) {
            return false;
        }
        overlap(&output, &other)
    }
}

fn span<'a>(args: &'a [Argument<'_>], param: u32) -> Option<Span<'a>> {
    match &args[param as usize] {
        Argument::Field(view) => Some(view.span()),
        Argument::Scalar(_) => None,
    }
}

/// The frames, for all threads of a launch.
#[derive(Clone, Copy)]
struct Words(*mut u64);

// SAFETY: while kernels run, frames are only read.
unsafe impl Sync for Words {}

impl Words {
    /// Changes a word, between kernels.
    fn set(self, word: u32, bits: u64) {
        // SAFETY: the word is one of the binding's frames, and no kernel runs.
        unsafe { *self.0.wrapping_add(word as usize) = bits };
    }

    /// The frame that starts at a position.
    fn frame(self, at: usize) -> *mut u64 {
        self.0.wrapping_add(at)
    }
}

impl Launch {
    fn run(&self, words: Words) {
        if let [_] = &self.parts[..] {
            self.run_part(words, 0);
        } else {
            bise_jit::Pool::global().run(self.parts.len(), &|part| self.run_part(words, part));
        }
    }

    fn run_part(&self, words: Words, number: usize) {
        let Part { frame, start, stop } = self.parts[number];
        // SAFETY: the kernel was compiled for frames of this layout. The addresses in it are those of arguments
        // whose views promise valid memory, of tables that the caller holds, and of buffers of the binding;
        // `check_bounds` proved that all that the kernel reads and writes of them for these bounds is inside.
        unsafe { (self.entry)(words.frame(frame), start, stop) };
    }
}

impl Copy {
    fn run(&self, buffer: &Buffer, args: &[Argument<'_>]) {
        let Argument::Field(view) = &args[self.param as usize] else {
            return;
        };
        let pointer = view.pointer().wrapping_offset(self.offset);
        // SAFETY: the part that the statement writes: `check_bounds` proved that it lies in the view, which is writable.
        let target = unsafe { FieldView::new(pointer, view.dtype(), self.axes.clone(), true) };
        assert!(
            target.copy_from(&buffer.view()),
            "compiler bug: a buffer of another shape"
        );
    }
}
