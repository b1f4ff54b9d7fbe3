//! Loop nests over buffers. Knows nothing of stencils; code generation knows nothing of fields.
//!
//! A [`Kernel`] is a loop nest over strided buffers, specialised to data types, the unit-stride axes of its
//! buffers, the widths of its tables and vector lanes. What varies from call to call comes in an array of 64-bit
//! words, the **frame**, in this order (see [`Kernel::frame`]): per buffer the address of its index 0 along every
//! axis (an address outside of the allocation is fine: only what is in bounds is read), then its strides in
//! elements, one per axis; then the bounds; then the scalars (low bytes of the word).
//!
//! Meaning: statements run in order. `Loop` runs its body for each value of its variable: `Parallel` in any order
//! and on any thread, `Forward` and `Backward` one after the other, `Vector` in any order, `lanes` at a time, `Fold` in
//! the order of `bise_lang::fold`. A value is
//! evaluated where it is defined by `Let`; it may be used in the rest of its block and in inner blocks.
//! `Parallel` appears only as the outermost loop. `Vector` loops are not nested in each other.
//! Loads inside a `Vector` loop never depend on what the same loop stores, but at the same indices.
//!
//! An outermost loop of kind `Parallel` **or** `Vector` runs over `[start, stop)` that the caller gives: a part of
//! the limits that the loop names, which are the `parallel` bounds of the launch. So fields of one dimension are
//! threaded too. Of the statements beside an outermost loop all are `Let`.
//!
//! Start at [`ir`]; [`build::Builder`] makes kernels, [`mod@verify`] lists what holds of them, [`text`] prints and
//! parses them, [`testing`] runs them on plain memory.
#![forbid(unsafe_code)]

pub mod build;
pub mod ir;
pub mod testing;
pub mod text;
pub mod verify;
pub mod walk;

pub use build::Builder;
pub use ir::{
    Access, Base, Buffer, BufferId, Carry, CarryId, FrameLayout, Index, Kernel, Limit, Loop, LoopKind, Ring,
    Scalars, Stmt, Value, ValueId, ValueKind, Var, VarId, While,
};
pub use verify::verify;
