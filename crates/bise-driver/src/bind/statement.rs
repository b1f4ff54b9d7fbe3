//! One statement: memory for what it has for itself, the frames of its kernels, and who runs which part.

use std::collections::HashSet;

use bise_field::{AllocationError, Axis, Buffer};
use bise_lang::plan::{self, BufferSource, ScratchAxis, StatementPlan};
use bise_lang::{DType, Scalar};
use bise_loops::{FrameLayout, Kernel, LoopKind, Stmt};

use super::{Call, origin};
use crate::Argument;
use crate::bounds::{Interval, Intervals};
use crate::launch::{Binding, Copy, Launch, Pair, Part, Patch, Step};
use crate::partition::partition;

/// A statement that is being bound.
pub(super) struct Statement<'a, 'b> {
    pub(super) call: &'a Call<'b>,
    pub(super) plan: &'a StatementPlan,
    pub(super) intervals: Intervals<'a>,
    pub(super) binding: &'a mut Binding,
    pub(super) temporaries: Vec<Room>,
    /// Outputs that are written to a buffer, by position in the statement, with the position of the buffer.
    pub(super) buffered: Vec<(usize, usize)>,
    /// Buffers of statements before this one, which have served: a statement comes after the other.
    pub(super) idle: &'a mut Vec<usize>,
    /// Buffers that will have served after it.
    pub(super) used: Vec<usize>,
    /// As in [`Program`].
    pub(super) repeated: &'a mut Vec<(u32, Vec<u32>)>,
}

/// Where a field is that a statement has for itself.
pub(super) struct Room {
    /// Position among the buffers.
    buffer: usize,
    axes: Vec<Axis>,
}

impl Statement<'_, '_> {
    /// `met`: the pairs of all statements so far.
    pub(super) fn bind(mut self, met: &mut HashSet<(u32, u32, bool)>) -> Result<(), AllocationError> {
        self.bind_pairs(met);
        for temporary in &self.plan.temporaries {
            let extents = temporary
                .extents
                .iter()
                .map(|&extent| self.intervals.extent(extent));
            let room = self.room(temporary.dtype, &extents.collect::<Vec<_>>(), &temporary.order)?;
            self.temporaries.push(room);
        }
        let copies = self.buffer_outputs()?;
        for launch in &self.plan.launches {
            if !self.intervals.call.is_idle(launch) {
                self.bind_launch(launch)?;
            }
        }
        self.binding.steps.extend(copies.into_iter().map(Step::Copy));
        self.idle.append(&mut self.used);
        Ok(())
    }

    /// Which outputs are buffered: those that meet an input in memory, or an output before them: buffers are copied when
    /// all is computed, in the order of the outputs, so the later wins. What a later call has to compare again is noted;
    /// a field meets itself in every call.
    fn bind_pairs(&mut self, met: &mut HashSet<(u32, u32, bool)>) {
        let mut inputs: Vec<u32> = Vec::new();
        for source in self.plan.launches.iter().flat_map(|launch| &launch.buffers) {
            if let BufferSource::Input(param) = source
                && !inputs.contains(param)
            {
                inputs.push(*param);
            }
        }
        for (at, output) in self.plan.outputs.iter().enumerate() {
            let mut meets = false;
            for &input in &inputs {
                let in_place = self.is_in_place(at, input);
                meets |= self.bind_pair((output.param, input, in_place), met);
            }
            for (other, before) in self.plan.outputs[..at].iter().enumerate() {
                meets |= if before.param == output.param {
                    self.coincide(other, at)
                } else {
                    self.bind_pair((output.param, before.param, false), met)
                };
            }
            if meets {
                self.buffered.push((at, usize::MAX));
            }
        }
    }

    /// Whether an output may be the memory of an input.
    fn is_in_place(&self, output: usize, input: u32) -> bool {
        let mut pairs = self.plan.in_place.iter();
        let pair = pairs.find(|pair| pair.output as usize == output && pair.input == input);
        let ranges = &self.intervals.call.outputs[output];
        let lengths: Vec<usize> = ranges.iter().map(|(_, range)| range.length()).collect();
        pair.is_some_and(|pair| pair.holds(&lengths))
    }

    /// Whether two outputs of one field write the same element.
    fn coincide(&self, a: usize, b: usize) -> bool {
        let outputs = &self.intervals.call.outputs;
        let mut pairs = outputs[a].iter().zip(&outputs[b]);
        pairs.all(|((_, a), (_, b))| a.start.max(b.start) < a.stop.min(b.stop))
    }

    /// Notes a pair and says whether its output must be buffered.
    fn bind_pair(
        &mut self,
        (output, other, in_place): (u32, u32, bool),
        met: &mut HashSet<(u32, u32, bool)>,
    ) -> bool {
        let mut pair = Pair {
            output,
            other,
            in_place,
            buffered: false,
        };
        pair.buffered = pair.must_buffer(self.call.args);
        if output != other && met.insert((output, other, in_place)) {
            self.binding.pairs.push(pair);
        }
        pair.buffered
    }

    /// Memory for the outputs that are buffered, and what is to be copied from it, in the order of the outputs.
    fn buffer_outputs(&mut self) -> Result<Vec<Copy>, AllocationError> {
        let mut copies = Vec::new();
        for slot in 0..self.buffered.len() {
            let at = self.buffered[slot].0;
            let param = self.plan.outputs[at].param;
            let Argument::Field(view) = &self.call.args[param as usize] else {
                continue;
            };
            let ranges = self.intervals.call.outputs[at].iter();
            let ranges: Vec<Interval> = ranges.map(|(_, interval)| *interval).collect();
            let order = &self.call.variant.specialization.params[param as usize].order;
            let buffer = self.allocate(view.dtype(), &ranges, order)?;
            self.buffered[slot].1 = buffer;
            let axes = view.axes().iter().zip(&ranges);
            let offset = axes
                .clone()
                .map(|(axis, range)| (range.start - axis.start) as isize * axis.stride);
            let written = axes.clone().map(|(axis, range)| Axis {
                start: range.start,
                length: range.length(),
                stride: axis.stride,
            });
            copies.push(Copy {
                param,
                buffer,
                offset: offset.sum(),
                axes: written.collect(),
            });
        }
        Ok(copies)
    }

    fn allocate(
        &mut self,
        dtype: DType,
        domain: &[Interval],
        order: &[usize],
    ) -> Result<usize, AllocationError> {
        let domain: Vec<(i64, usize)> = domain.iter().map(|range| (range.start, range.length())).collect();
        self.binding.buffers.push(Buffer::new(dtype, &domain, order)?);
        Ok(self.binding.buffers.len() - 1)
    }

    /// Memory that the statement has for itself: the smallest that is idle and large enough, or new.
    fn room(&mut self, dtype: DType, domain: &[Interval], order: &[usize]) -> Result<Room, AllocationError> {
        let lengths: Vec<(i64, usize)> = domain.iter().map(|range| (range.start, range.length())).collect();
        let buffers = &self.binding.buffers;
        let fits = |(at, &buffer): (usize, &usize)| {
            let axes = buffers[buffer].fit(dtype, &lengths, order)?;
            Some((buffers[buffer].bytes(), at, axes))
        };
        let idle = self.idle.iter().enumerate().filter_map(fits);
        let (buffer, axes) = if let Some((_, at, axes)) = idle.min_by_key(|(bytes, ..)| *bytes) {
            (self.idle.swap_remove(at), axes)
        } else {
            let buffer = self.allocate(dtype, domain, order)?;
            (buffer, self.binding.buffers[buffer].axes().to_vec())
        };
        self.used.push(buffer);
        Ok(Room { buffer, axes })
    }

    fn bind_launch(&mut self, launch: &plan::Launch) -> Result<(), AllocationError> {
        let kernel = &self.call.variant.kernels[launch.kernel];
        let layout = &self.call.variant.frames[launch.kernel];
        let bounds: Vec<i64> = launch
            .bounds
            .iter()
            .map(|limit| self.intervals.limit(limit))
            .collect();
        let ranges = match launch.parallel {
            None => vec![(0, 0)],
            Some((start, stop)) if bounds[stop] <= bounds[start] => return Ok(()),
            Some((start, stop)) => {
                let space = launch
                    .space
                    .iter()
                    .map(|&extent| self.intervals.extent(extent).length());
                let points = space.fold(1, usize::saturating_mul);
                partition(
                    bounds[start],
                    bounds[stop],
                    granule(kernel),
                    points,
                    self.call.threads,
                )
            }
        };
        let copies = if launch.scratch.is_empty() {
            1
        } else {
            ranges.len()
        };
        let first = self.binding.words.len();
        for copy in 0..copies {
            self.fill_frame(launch, layout, &bounds, first + copy * layout.words);
        }
        self.bind_scratch(launch, layout, first, copies)?;
        let part = |(at, &(start, stop)): (usize, &(i64, i64))| Part {
            frame: first + at.min(copies - 1) * layout.words,
            start,
            stop,
        };
        self.binding.steps.push(Step::Launch(Launch {
            entry: self.binding.code.entries[launch.kernel],
            parts: ranges.iter().enumerate().map(part).collect(),
        }));
        Ok(())
    }

    /// Appends one frame, which starts at word `first`, and notes what changes from call to call.
    fn fill_frame(&mut self, launch: &plan::Launch, layout: &FrameLayout, bounds: &[i64], first: usize) {
        self.binding.words.resize(first + layout.words, 0);
        for (source, &at) in launch.buffers.iter().zip(&layout.buffers) {
            let at = first + at;
            match *source {
                BufferSource::Input(param) => self.fill_argument(param, at),
                BufferSource::Output(output) => {
                    match self.buffered.iter().find(|(buffered, _)| *buffered == output) {
                        Some(&(_, buffer)) => {
                            let buffer = &self.binding.buffers[buffer];
                            fill_field(&mut self.binding.words, at, buffer, buffer.axes(), buffer.dtype());
                        }
                        None => self.fill_argument(self.plan.outputs[output].param, at),
                    }
                }
                BufferSource::Temporary(temporary) => {
                    let room = &self.temporaries[temporary];
                    let buffer = &self.binding.buffers[room.buffer];
                    fill_field(
                        &mut self.binding.words,
                        at,
                        buffer,
                        &room.axes,
                        self.plan.temporaries[temporary].dtype,
                    );
                }
                BufferSource::Table(table) => {
                    let table = self.call.tables[table as usize];
                    let words = [table.pointer() as u64, table.width() as u64, 1];
                    self.binding.words[at..at + 3].copy_from_slice(&words);
                }
                BufferSource::Scratch(_) => {}
            }
        }
        let words = &mut self.binding.words[first..];
        for (word, &bound) in words[layout.bounds..].iter_mut().zip(bounds) {
            *word = bound as u64;
        }
        for (at, &param) in launch.scalars.iter().enumerate() {
            self.fill_scalar(param, (first + layout.scalars + at) as u32);
        }
    }

    /// The word of a scalar argument, or of the variable of a loop.
    fn fill_scalar(&mut self, param: u32, word: u32) {
        let known = self.intervals.call.variables.iter();
        if let Some((_, value)) = known.into_iter().find(|(known, _)| *known == param) {
            let dtype = self.call.graph.params[param as usize].dtype;
            self.binding.words[word as usize] = Scalar::integer(dtype, *value).bits();
        } else if let Some((_, words)) = self.repeated.iter_mut().find(|(known, _)| *known == param) {
            words.push(word);
        } else {
            self.binding.values.push(Patch { word, param });
        }
    }

    fn fill_argument(&mut self, param: u32, at: usize) {
        let Argument::Field(view) = &self.call.args[param as usize] else {
            panic!("compiler bug: a kernel takes a scalar for a buffer");
        };
        fill_strides(&mut self.binding.words, at, view.axes(), view.dtype());
        self.binding.addresses.push(Patch {
            word: at as u32,
            param,
        });
    }

    /// Memory for what each thread has for itself.
    fn bind_scratch(
        &mut self,
        launch: &plan::Launch,
        layout: &FrameLayout,
        first: usize,
        copies: usize,
    ) -> Result<(), AllocationError> {
        for (source, &word) in launch.buffers.iter().zip(&layout.buffers) {
            let BufferSource::Scratch(scratch) = *source else {
                continue;
            };
            let scratch = &launch.scratch[scratch];
            let extents = scratch.axes.iter().map(|axis| match axis {
                ScratchAxis::Extent(extent) => self.intervals.extent(*extent),
                ScratchAxis::Ring(places) => Interval::new(0, i64::from(*places)),
            });
            let mut extents: Vec<Interval> = extents.collect();
            if let [_, .., row] = &mut extents[..] {
                let length = odd_lines(row.length(), scratch.dtype);
                let length = i64::try_from(length).unwrap_or(i64::MAX);
                *row = Interval::new(row.start, row.start.saturating_add(length));
            }
            let order: Vec<usize> = (0..extents.len()).collect();
            for copy in 0..copies {
                let room = self.room(scratch.dtype, &extents, &order)?;
                let buffer = &self.binding.buffers[room.buffer];
                let at = first + copy * layout.words + word;
                fill_field(&mut self.binding.words, at, buffer, &room.axes, scratch.dtype);
            }
        }
        Ok(())
    }
}

/// At least as many elements as fill an odd number of cache lines: rows that far apart do not compete for the same few
/// places of a cache.
fn odd_lines(elements: usize, dtype: DType) -> usize {
    const LINE: usize = 64;
    // Not fewer where that overflows: there is no such memory, and the allocation says so.
    let lines = elements.saturating_mul(dtype.size()).div_ceil(LINE) | 1;
    lines.saturating_mul(LINE) / dtype.size()
}

/// Address and strides of a field in a buffer.
fn fill_field(words: &mut [u64], at: usize, buffer: &Buffer, axes: &[Axis], dtype: DType) {
    words[at] = buffer.pointer().wrapping_offset(origin(axes)) as u64;
    fill_strides(words, at, axes, dtype);
}

/// Strides in elements, after the address at word `at`.
fn fill_strides(words: &mut [u64], at: usize, axes: &[Axis], dtype: DType) {
    for (word, axis) in words[at + 1..].iter_mut().zip(axes) {
        *word = (axis.stride / dtype.size() as isize) as u64;
    }
}

/// Iterations of the outermost loop that stay together: whole vectors, if it is a vector loop.
fn granule(kernel: &Kernel) -> usize {
    let lanes = kernel.body.iter().find_map(|stmt| match stmt {
        Stmt::Loop(outer) => Some(match outer.kind {
            LoopKind::Vector(lanes) => lanes as usize,
            LoopKind::Parallel | LoopKind::Forward | LoopKind::Backward | LoopKind::Fold(_) => 1,
        }),
        Stmt::Let(_) | Stmt::Store { .. } | Stmt::While(_) => None,
    });
    lanes.unwrap_or(1)
}
