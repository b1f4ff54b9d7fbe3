//! Copies between fields whose elements are adjacent along the levels and memory where they are adjacent across
//! columns. In a vector loop over columns, a loop over the levels that does nothing but copy goes through squares: as
//! many levels at a time as there are lanes, by loads along one direction, a transposition in registers, and stores
//! along the other. Element by element it would take a load or store for each.
//!
//! A kernel holds a call for such a loop; the module has one function for each size of elements and direction.

use std::fmt::Write;

use bise_loops::{Base, Buffer, BufferId, Index, Loop, Stmt, ValueKind, VarId};

use super::emitter::{Emitter, Operand};
use crate::llvm::{self, Shape};

/// A copy that turns.
pub(super) struct Turning {
    /// Adjacent along the levels.
    along: Side,
    /// Adjacent from lane to lane: a place for each.
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

/// A function that turns columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    /// Bytes of an element.
    size: usize,
    lanes: Shape,
    inwards: bool,
}

/// Bytes of a cache line.
const LINE: usize = 64;

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
        let has_lanes = |buffer: &Buffer, axis: usize| {
            buffer.unit == Some(axis) && buffer.ring.is_some_and(|ring| ring.axis == axis)
        };
        if source.unit == Some(levels_in) && has_lanes(target, lanes_out) {
            return Some(Turning {
                along: side(*from, read, lanes_in),
                across: side(*buffer, index, levels_out),
                inwards: true,
            });
        }
        (has_lanes(source, lanes_in) && target.unit == Some(levels_out)).then(|| Turning {
            along: side(*buffer, index, lanes_out),
            across: side(*from, read, levels_in),
            inwards: false,
        })
    }

    /// The copy, as a call.
    pub(super) fn turn(&mut self, nested: &Loop, turning: &Turning, start: &Operand, stop: &Operand) {
        let Some(lanes) = self.lanes.clone() else { return };
        let Turning {
            along,
            across,
            inwards,
        } = turning;
        self.bind_var(nested.var, start.clone());
        let [columns, levels] = [along, across].map(|side| self.first_lane(side.buffer, &side.index));
        let [apart, between] = [along, across].map(|side| self.stride(side.buffer, side.axis));
        let count = self.emit("count", 1, &format!("sub i64 {}, {}", stop.text, start.text));
        let active = match &lanes.rest {
            Some(rest) => rest.text.to_string(),
            None => lanes.count.to_string(),
        };
        let name = self.functions.turn(Turn {
            size: self.kernel.buffers[along.buffer].dtype.size(),
            lanes: lanes.count,
            inwards: *inwards,
        });
        self.line(&format!(
            "call void {name}(ptr {}, i64 {}, ptr {}, i64 {}, i64 {}, i64 {active})",
            columns.text, apart.text, levels.text, between.text, count.text
        ));
    }
}

impl Turn {
    /// The name of the function.
    pub(super) fn symbol(self) -> String {
        let way = if self.inwards { "in" } else { "out" };
        format!("@bise_turn_{way}_{}x{}", self.size, self.lanes)
    }

    /// The function: `columns` are `apart`, `levels` are `between`, in elements; `count` levels of the first `active`
    /// columns are copied. What is beyond them in a level has a place, and may become anything.
    pub(super) fn write(self, text: &mut String) {
        let (element, lanes) = (format!("i{}", 8 * self.size), self.lanes);
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "define internal void {}(ptr %columns, i64 %apart, ptr %levels, i64 %between, i64 %count, i64 %active) #0 {{\n\
             entry:\n\
             \x20 %some = call i64 @llvm.smax.i64(i64 %count, i64 0)\n\
             \x20 %rest = urem i64 %some, {lanes}\n\
             \x20 %full = sub i64 %some, %rest",
            self.symbol()
        );
        for lane in 0..lanes {
            let _ = writeln!(
                text,
                "  %on{lane} = icmp ugt i64 %active, {lane}\n\
                 \x20 %far{lane} = mul i64 %apart, {lane}\n\
                 \x20 %column{lane} = select i1 %on{lane}, i64 %far{lane}, i64 0\n\
                 \x20 %level{lane} = mul i64 %between, {lane}"
            );
        }
        text.push_str(
            "  %squares = icmp ne i64 %full, 0\n  br i1 %squares, label %square, label %left\n\
             square:\n  %k = phi i64 [ 0, %entry ], [ %knext, %square ]\n",
        );
        self.write_square(&element, text);
        let _ = writeln!(
            text,
            "  %knext = add nsw i64 %k, {lanes}\n  %kdone = icmp eq i64 %knext, %full\n\
             \x20 br i1 %kdone, label %left, label %square\n\
             left:\n  %more = icmp ne i64 %rest, 0\n  br i1 %more, label %level, label %fetch"
        );
        self.write_levels(&element, text);
        self.write_fetch(&element, text);
        text.push_str("done:\n  ret void\n}\n");
    }

    /// A square of levels from `%k` on.
    fn write_square(self, element: &str, text: &mut String) {
        let (lanes, align) = (self.lanes, self.size);
        let ty = llvm::shaped(element, lanes);
        let _ = writeln!(
            text,
            "  %top = getelementptr {element}, ptr %columns, i64 %k\n  %down = mul i64 %k, %between\n\
             \x20 %first = getelementptr {element}, ptr %levels, i64 %down"
        );
        for lane in 0..lanes {
            let _ = writeln!(
                text,
                "  %c{lane} = getelementptr {element}, ptr %top, i64 %column{lane}\n\
                 \x20 %l{lane} = getelementptr {element}, ptr %first, i64 %level{lane}"
            );
        }
        let (from, to) = if self.inwards { ("c", "l") } else { ("l", "c") };
        for lane in 0..lanes {
            let _ = writeln!(text, "  %v{lane} = load {ty}, ptr %{from}{lane}, align {align}");
        }
        let turned = self.write_transposition(&ty, text);
        // What is not active has the place of the first column, which is written last: no store needs a mask.
        for (lane, value) in turned.iter().enumerate().rev() {
            let _ = writeln!(text, "  store {ty} {value}, ptr %{to}{lane}, align {align}");
        }
    }

    /// The rows `%v0`, `%v1`, ... of a square, as its columns: log2(n) rounds that swap what is off the diagonal.
    fn write_transposition(self, ty: &str, text: &mut String) -> Vec<String> {
        let lanes = self.lanes as usize;
        let mut square: Vec<String> = (0..lanes).map(|lane| format!("%v{lane}")).collect();
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
            let low = llvm::shuffle_mask(&(0..lanes).map(low).collect::<Vec<_>>());
            let high = llvm::shuffle_mask(&(0..lanes).map(high).collect::<Vec<_>>());
            for at in (0..lanes).filter(|&at| is_first(at)) {
                let names = [at, at + distance].map(|at| format!("%t{distance}.{at}"));
                for (name, mask) in names.iter().zip([&low, &high]) {
                    let (a, b) = (&square[at], &square[at + distance]);
                    let _ = writeln!(text, "  {name} = shufflevector {ty} {a}, {ty} {b}, {mask}");
                }
                [square[at], square[at + distance]] = names;
            }
            distance *= 2;
        }
        square
    }

    /// The levels that fill no square, element by element.
    fn write_levels(self, element: &str, text: &mut String) {
        let (from, to) = if self.inwards { ("a", "b") } else { ("b", "a") };
        let _ = writeln!(
            text,
            "level:\n  %j = phi i64 [ %full, %left ], [ %jnext, %lanesdone ]\n\
             \x20 %jdown = mul i64 %j, %between\n\
             \x20 %jcolumns = getelementptr {element}, ptr %columns, i64 %j\n\
             \x20 %jlevel = getelementptr {element}, ptr %levels, i64 %jdown\n  br label %lane\n\
             lane:\n  %i = phi i64 [ 0, %level ], [ %inext, %lane ]\n  %ifar = mul i64 %i, %apart\n\
             \x20 %a = getelementptr {element}, ptr %jcolumns, i64 %ifar\n\
             \x20 %b = getelementptr {element}, ptr %jlevel, i64 %i\n\
             \x20 %x = load {element}, ptr %{from}, align {align}\n\
             \x20 store {element} %x, ptr %{to}, align {align}\n\
             \x20 %inext = add nsw i64 %i, 1\n  %idone = icmp eq i64 %inext, %active\n\
             \x20 br i1 %idone, label %lanesdone, label %lane\n\
             lanesdone:\n  %jnext = add nsw i64 %j, 1\n  %jdone = icmp eq i64 %jnext, %some\n\
             \x20 br i1 %jdone, label %fetch, label %level",
            align = self.size
        );
    }

    /// Asks for the next vector of columns while this one is computed, column after column, as they lie in memory. The
    /// squares go through many columns at once, in which the processor sees no stream to fetch ahead of. They come into
    /// the second cache, for which more can be under way than for the first, also where they will be written. Nothing
    /// happens where there is no memory.
    fn write_fetch(self, element: &str, text: &mut String) {
        let lanes = self.lanes;
        let _ = writeln!(
            text,
            "fetch:\n  %all = icmp eq i64 %active, {lanes}\n  %are = icmp ne i64 %some, 0\n\
             \x20 %ahead = and i1 %all, %are\n  br i1 %ahead, label %next, label %done\n\
             next:\n  %n = phi i64 [ {lanes}, %fetch ], [ %nnext, %nextdone ]\n  %nfar = mul i64 %n, %apart\n\
             \x20 %nth = getelementptr {element}, ptr %columns, i64 %nfar\n  br label %line\n\
             line:\n  %m = phi i64 [ 0, %next ], [ %mnext, %line ]\n\
             \x20 %place = getelementptr {element}, ptr %nth, i64 %m\n\
             \x20 call void @llvm.prefetch.p0(ptr %place, i32 0, i32 2, i32 1)\n\
             \x20 %mnext = add nsw i64 %m, {line}\n  %mdone = icmp sge i64 %mnext, %some\n\
             \x20 br i1 %mdone, label %nextdone, label %line\n\
             nextdone:\n  %nnext = add nsw i64 %n, 1\n  %ndone = icmp eq i64 %nnext, {end}\n\
             \x20 br i1 %ndone, label %done, label %next",
            line = LINE / self.size,
            end = 2 * lanes
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a machine has no masked access to small elements, LLVM makes a branch for each lane of each.
    #[test]
    fn squares_need_no_masks() {
        for inwards in [true, false] {
            let mut text = String::new();
            let turn = Turn {
                size: 1,
                lanes: 64,
                inwards,
            };
            turn.write(&mut text);
            assert!(!text.contains("masked"), "{text}");
        }
    }
}
