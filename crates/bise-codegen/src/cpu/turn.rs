//! Copies between fields whose elements are adjacent along the levels and memory where they are adjacent across
//! columns. In a vector loop over columns, a loop over the levels that does nothing but copy goes through squares: as
//! many levels at a time as there are lanes, by loads along one direction, a transposition in registers, and stores
//! along the other. Element by element it would take a load or store for each.

use bise_lang::DType;
use bise_loops::{Base, BufferId, Index, Loop, Stmt, ValueKind, VarId};

use super::emitter::{Emitter, Lanes, Operand};
use super::nest::Blocks;
use crate::llvm::{self, Shape};

/// A copy that turns.
pub(super) struct Turning {
    /// Adjacent along the levels.
    along: Side,
    /// Adjacent from lane to lane.
    across: Side,
    /// From `along` to `across`, not back.
    inwards: bool,
}

/// One end of a copy.
struct Side {
    buffer: BufferId,
    index: Vec<Index>,
    /// The axis that is not adjacent: of the lanes, or of the levels.
    axis: usize,
}

/// Bytes of a cache line.
const LINE: usize = 64;

/// A loop that counts.
struct Counter {
    blocks: Blocks,
    var: String,
    start: Operand,
}

impl Emitter<'_> {
    /// What a loop turns in the vector loop of that variable, if that is all it does.
    pub(super) fn turning(&self, nested: &Loop, lanes: VarId) -> Option<Turning> {
        let [Stmt::Let(copied), Stmt::Store { buffer, index, value }] = &nested.body[..] else {
            return None;
        };
        let ValueKind::Load {
            buffer: from,
            index: read,
            valid: None,
        } = &self.kernel.values[*copied].kind
        else {
            return None;
        };
        if copied != value || !nested.carries.is_empty() {
            return None;
        }
        // The axes of the levels and of the lanes, where they are the only ones of either.
        let axes = |index: &[Index]| {
            let of = |var| {
                let mut axes = (0..index.len()).filter(|&axis| index[axis].base == Base::Var(var));
                axes.next().filter(|_| axes.next().is_none())
            };
            let entries = index.iter().any(|part| matches!(part.base, Base::Value(_)));
            Some((of(nested.var)?, of(lanes)?)).filter(|_| !entries)
        };
        let side = |buffer: BufferId, index: &[Index], axis: usize| Side {
            buffer,
            index: index.to_vec(),
            axis,
        };
        let ((levels_in, lanes_in), (levels_out, lanes_out)) = (axes(read)?, axes(index)?);
        let [source, target] = [*from, *buffer].map(|buffer| &self.kernel.buffers[buffer]);
        if source.unit == Some(levels_in) && target.unit == Some(lanes_out) {
            return Some(Turning {
                along: side(*from, read, lanes_in),
                across: side(*buffer, index, levels_out),
                inwards: true,
            });
        }
        (source.unit == Some(lanes_in) && target.unit == Some(levels_out)).then(|| Turning {
            along: side(*buffer, index, lanes_out),
            across: side(*from, read, levels_in),
            inwards: false,
        })
    }

    /// The copy: squares, then the levels that are left one by one.
    pub(super) fn turn(&mut self, nested: &Loop, turning: &Turning, start: &Operand, stop: &Operand) {
        let Some(lanes) = self.lanes.clone() else { return };
        if lanes.mask.is_none() {
            self.fetch(nested, &lanes, turning);
        }
        let groups = self.groups(lanes.count, start, stop);
        let square = self.open_counter("square", start);
        self.bind_counter(nested.var, &square);
        let columns = self.places(&turning.along, lanes.count);
        let levels = self.places(&turning.across, lanes.count);
        let active: Vec<Option<Operand>> = (0..lanes.count).map(|lane| self.lane(lane)).collect();
        let dtype = self.kernel.buffers[turning.along.buffer].dtype;
        if turning.inwards {
            let columns = columns.iter().zip(&active);
            let columns: Vec<Operand> = columns
                .map(|(column, active)| self.load_column(column, active.as_ref(), dtype, lanes.count))
                .collect();
            for (level, place) in self.transposed(columns, dtype).iter().zip(&levels) {
                self.store_adjacent(place, level, dtype, lanes.mask.as_ref());
            }
        } else {
            let mask = lanes.mask.as_ref();
            let levels = levels.iter();
            let levels: Vec<Operand> = levels
                .map(|place| self.load_adjacent("level", dtype, place, lanes.count, mask))
                .collect();
            let turned = self.transposed(levels, dtype);
            for ((column, place), active) in turned.iter().zip(&columns).zip(&active) {
                let mask = active
                    .as_ref()
                    .map(|active| self.splat(active, "i1", lanes.count));
                self.store_adjacent(place, column, dtype, mask.as_ref());
            }
        }
        self.close_counter(&square, lanes.count as usize, &groups.last, &groups.any);
        self.scalar_loop(nested, &groups.last, stop);
    }

    /// Where that many elements are, one after the other along the axis of a side that is not adjacent.
    fn places(&mut self, side: &Side, count: Shape) -> Vec<Operand> {
        let element = llvm::memory_type(self.kernel.buffers[side.buffer].dtype);
        let first = self.first_lane(side.buffer, &side.index);
        let stride = self.stride(side.buffer, side.axis);
        let places = (0..count).map(|number| {
            let distance = format!("mul i64 {}, {number}", stride.text);
            let distance = self.pure(stride.depth, "apart", 1, &distance);
            let step = format!(
                "getelementptr {element}, ptr {}, i64 {}",
                first.text, distance.text
            );
            self.pure(first.depth, "place", 1, &step)
        });
        places.collect()
    }

    /// Asks for the next vector of columns while this one is computed, column after column, as they lie in memory. The
    /// squares go through many columns at once, in which the processor sees no stream to fetch ahead of. They come into
    /// the second cache, for which more can be under way than for the first, also where they will be written. Nothing
    /// happens where there is no memory.
    fn fetch(&mut self, nested: &Loop, lanes: &Lanes, turning: &Turning) {
        let side = &turning.along;
        let line = LINE / self.kernel.buffers[side.buffer].dtype.size();
        let levels = [self.limit(nested.start), self.limit(nested.stop)];
        let some = format!("icmp slt i64 {}, {}", levels[0].text, levels[1].text);
        let some = self.emit("some", 1, &some);
        let here = self.var(lanes.var);
        let [next, end] = [1, 2].map(|vectors| {
            let ahead = format!("add nsw i64 {}, {}", here.text, vectors * lanes.count);
            self.emit("ahead", 1, &ahead)
        });
        let column = self.open_counter("column", &next);
        self.bind_counter(lanes.var, &column);
        let level = self.open_counter("level", &levels[0]);
        self.bind_counter(nested.var, &level);
        let place = self.first_lane(side.buffer, &side.index);
        self.line(&format!(
            "call void @llvm.prefetch.p0(ptr {}, i32 0, i32 2, i32 1)",
            place.text
        ));
        self.close_counter(&level, line, &levels[1], &some);
        self.close_counter(&column, 1, &end, &some);
        self.bind_var(lanes.var, here);
    }

    /// Makes the variable of a loop known as a counter.
    fn bind_counter(&mut self, var: VarId, counter: &Counter) {
        let operand = Operand {
            text: counter.var.as_str().into(),
            lanes: 1,
            depth: self.depth(),
        };
        self.bind_var(var, operand);
    }

    /// Starts a loop that counts from there.
    fn open_counter(&mut self, name: &str, start: &Operand) -> Counter {
        let blocks = self.blocks(name);
        self.open(&blocks.label);
        Counter {
            var: format!("%{name}.{}", blocks.number),
            start: start.clone(),
            blocks,
        }
    }

    /// Ends it: run if `enter`, in steps, while less than `stop`.
    fn close_counter(&mut self, counter: &Counter, step: usize, stop: &Operand, enter: &Operand) {
        let Counter { blocks, var, start } = counter;
        let next = self.emit("next", 1, &format!("add nsw i64 {var}, {step}"));
        let ended = format!("icmp sge i64 {}, {}", next.text, stop.text);
        let ended = self.emit("ended", 1, &ended);
        let region = self.close();
        let (before, latch) = (&blocks.before, &region.label);
        let phi = format!(
            "{var} = phi i64 [ {}, %{before} ], [ {}, %{latch} ]",
            start.text, next.text
        );
        self.splice(&region, blocks, enter, &[phi], Some(&ended));
    }

    /// Whether a lane is to be computed; it always is where absent.
    fn lane(&mut self, lane: Shape) -> Option<Operand> {
        let lanes = self.lanes.as_ref()?;
        let (mask, count) = (lanes.mask.clone()?, lanes.count);
        let bit = format!("extractelement <{count} x i1> {}, i64 {lane}", mask.text);
        Some(self.pure(mask.depth, "lane", 1, &bit))
    }

    /// Adjacent levels of a column; anything, if the column is not active.
    fn load_column(
        &mut self,
        place: &Operand,
        active: Option<&Operand>,
        dtype: DType,
        lanes: Shape,
    ) -> Operand {
        let mask = active.map(|active| self.splat(active, "i1", lanes));
        self.load_adjacent("column", dtype, place, lanes, mask.as_ref())
    }

    /// Vectors that hold a square, row by row, as its columns: log2(n) rounds that swap what is off the diagonal.
    fn transposed(&mut self, mut square: Vec<Operand>, dtype: DType) -> Vec<Operand> {
        let lanes = square.len();
        let ty = llvm::shaped(llvm::memory_type(dtype), lanes as Shape);
        let mut distance = 1;
        while distance < lanes {
            let is_first = |at: usize| at & distance == 0;
            // Lanes of the second operand count from `lanes`.
            let low = |lane: usize| {
                if is_first(lane) {
                    lane
                } else {
                    lanes + lane - distance
                }
            };
            let high = |lane: usize| {
                if is_first(lane) {
                    lane + distance
                } else {
                    lanes + lane
                }
            };
            let masks = [
                llvm::shuffle_mask(&(0..lanes).map(low).collect::<Vec<_>>()),
                llvm::shuffle_mask(&(0..lanes).map(high).collect::<Vec<_>>()),
            ];
            for at in (0..lanes).filter(|&at| is_first(at)) {
                let (a, b) = (square[at].text.clone(), square[at + distance].text.clone());
                let [low, high] = [0, 1].map(|half| {
                    let shuffle = format!("shufflevector {ty} {a}, {ty} {b}, {}", masks[half]);
                    self.emit("turned", lanes as Shape, &shuffle)
                });
                square[at] = low;
                square[at + distance] = high;
            }
            distance *= 2;
        }
        square
    }
}
