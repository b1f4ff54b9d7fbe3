//! Generated code against the oracle of loops, bit for bit: `Bench` runs a kernel both ways on the same memory.

mod builtins;
mod kernels;
mod machine;

use std::collections::BTreeMap;

use bise_codegen::cpu;
use bise_lang::{DType, Scalar};
use bise_loops::testing::{Frame, Memory, Order};
use bise_loops::{BufferId, Kernel, testing, text, verify};

use crate::{Jit, Options};

/// A kernel with its arguments.
struct Bench {
    kernel: Kernel,
    buffers: Vec<Array>,
    frame: Frame,
    seed: u64,
    /// So that all sizes of registers are met, whatever the machine would choose.
    vector_bits: u32,
}

/// An array whose indices start anywhere, with elements between its rows that nobody may touch.
#[derive(Clone, PartialEq, Debug)]
struct Array {
    dtype: DType,
    bytes: Vec<u8>,
    ranges: Vec<(i64, i64)>,
    /// In elements.
    strides: Vec<i64>,
}

impl Bench {
    /// Of a kernel's text, with `LANES` replaced.
    fn new(kernel: &str, lanes: u32) -> Self {
        let kernel = text::parse(&kernel.replace("LANES", &lanes.to_string())).expect("the kernel parses");
        assert_eq!(verify(&kernel), Ok(()));
        Self {
            frame: Frame {
                bounds: vec![0; kernel.bounds.len()],
                ..Frame::default()
            },
            kernel,
            buffers: Vec::new(),
            seed: 1,
            vector_bits: (lanes * 64).clamp(128, 512),
        }
    }

    /// The next buffer: its index ranges; filled with numbers between -8 and 8.
    fn array(&mut self, ranges: &[(i64, i64)]) -> &mut Self {
        let mut seed = self.seed;
        self.filled(ranges, || {
            seed = seed
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            ((seed >> 33) % 1601) as f64 / 100.0 - 8.0
        });
        self.seed += 1;
        self
    }

    /// The next buffer, filled in the order of memory.
    fn filled(&mut self, ranges: &[(i64, i64)], mut next: impl FnMut() -> f64) -> &mut Self {
        let declared = &self
            .kernel
            .buffers
            .values()
            .nth(self.buffers.len())
            .expect("a buffer");
        let dtype = declared.dtype;
        // The unit axis last, with a gap after each row, or a gap after each element where there is none.
        let mut order: Vec<usize> = (0..ranges.len())
            .filter(|&axis| declared.unit != Some(axis))
            .collect();
        order.extend(declared.unit);
        let mut strides = vec![0; ranges.len()];
        let mut size = if declared.unit.is_some() { 1 } else { 2 };
        for &axis in order.iter().rev() {
            strides[axis] = size;
            size = size * (ranges[axis].1 - ranges[axis].0) + 3;
        }
        let mut bytes = Vec::new();
        for _ in 0..size {
            let value = bise_lang::cast(Scalar::f64(next()), dtype);
            bytes.extend_from_slice(&value.bits().to_le_bytes()[..dtype.size()]);
        }
        self.buffers.push(Array {
            dtype,
            bytes,
            ranges: ranges.to_vec(),
            strides,
        });
        self
    }

    /// Values of the bounds by name.
    fn bounds(&mut self, values: &[(&str, i64)]) -> &mut Self {
        let values: BTreeMap<&str, i64> = values.iter().copied().collect();
        let names = self.kernel.bounds.iter();
        self.frame.bounds = names.map(|name| values[name.as_str()]).collect();
        self
    }

    fn scalars(&mut self, values: &[Scalar]) -> &mut Self {
        self.frame.scalars = values.to_vec();
        self
    }

    /// Runs the kernel both ways over `[start, stop)` and compares all memory.
    fn check(&mut self, start: i64, stop: i64) {
        self.frame.range = (start, stop);
        let mut expected = self.buffers.clone();
        testing::run(
            &self.kernel,
            &self.frame,
            Order::Ascending,
            &mut Arrays(&mut expected),
        );
        let mut actual = self.buffers.clone();
        self.run(&mut actual);
        for ((actual, expected), declared) in actual.iter().zip(&expected).zip(self.kernel.buffers.values()) {
            actual.compare(expected, declared.name.as_str());
        }
    }

    /// Runs the machine code.
    fn run(&self, buffers: &mut [Array]) {
        let text = self.text();
        let jit = Jit::new(Options {
            verify: true,
            ..Options::default()
        });
        let jit = jit.expect("a compiler");
        let library = jit.load(&text, &[&self.kernel.name]);
        let library = library.unwrap_or_else(|error| panic!("{error}\n{text}"));
        let frame = self.words(buffers);
        let (start, stop) = self.frame.range;
        // SAFETY: the frame is laid out as the kernel says, and the oracle has shown which elements are used.
        unsafe { library.entry(0)(frame.as_ptr(), start, stop) };
    }

    fn text(&self) -> String {
        cpu::module(
            std::slice::from_ref(&self.kernel),
            &cpu::Options {
                vector_bits: self.vector_bits,
            },
        )
    }

    fn words(&self, buffers: &mut [Array]) -> Vec<u64> {
        let mut words = Vec::new();
        for array in buffers {
            let origin = array.element(&vec![0; array.ranges.len()]) * array.dtype.size() as i64;
            words.push((array.bytes.as_mut_ptr() as u64).wrapping_add(origin as u64));
            words.extend(array.strides.iter().map(|&stride| stride as u64));
        }
        words.extend(self.frame.bounds.iter().map(|&bound| bound as u64));
        words.extend(self.frame.scalars.iter().map(|scalar| scalar.bits()));
        assert_eq!(words.len(), self.kernel.frame().words);
        words
    }
}

impl Array {
    /// Position of an element; of one outside too.
    fn element(&self, index: &[i64]) -> i64 {
        let parts = index.iter().zip(&self.ranges).zip(&self.strides);
        parts.map(|((at, (low, _)), stride)| (at - low) * stride).sum()
    }

    fn at(&self, index: &[i64]) -> usize {
        for (at, (low, high)) in index.iter().zip(&self.ranges) {
            assert!(
                low <= at && at < high,
                "index {index:?} is not in {:?}",
                self.ranges
            );
        }
        self.element(index) as usize * self.dtype.size()
    }

    fn scalars(&self) -> impl Iterator<Item = Scalar> {
        let chunks = self.bytes.chunks_exact(self.dtype.size());
        chunks.map(|bytes| Scalar::from_bytes(self.dtype, bytes))
    }

    /// Equal bits, or NaN and NaN.
    fn compare(&self, expected: &Self, name: &str) {
        for (at, (actual, expected)) in self.scalars().zip(expected.scalars()).enumerate() {
            let nan = |s: Scalar| s.dtype().is_float() && s.as_f64().is_nan();
            assert!(
                actual == expected || (nan(actual) && nan(expected)),
                "{name}: element {at} of {:?} is {actual}, not {expected}",
                self.ranges
            );
        }
    }
}

/// Arrays as the oracle sees them.
struct Arrays<'a>(&'a mut [Array]);

impl Memory for Arrays<'_> {
    fn load(&self, buffer: BufferId, index: &[i64]) -> Scalar {
        let array = &self.0[buffer.into_raw().into_u32() as usize];
        Scalar::from_bytes(array.dtype, &array.bytes[array.at(index)..])
    }

    fn store(&mut self, buffer: BufferId, index: &[i64], value: Scalar) {
        let array = &mut self.0[buffer.into_raw().into_u32() as usize];
        let (at, size) = (array.at(index), array.dtype.size());
        array.bytes[at..at + size].copy_from_slice(&value.bits().to_le_bytes()[..size]);
    }
}
