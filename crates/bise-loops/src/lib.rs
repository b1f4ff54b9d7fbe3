//! Loop nests over buffers. Knows nothing of stencils; code generation knows nothing of fields.
//!
//! A [`Kernel`] is a loop nest over strided buffers, specialised to data types, the unit-stride axes of its
//! buffers, the widths of its tables and vector lanes. What varies from call to call comes in an array of 64-bit
//! words, the **frame**, in this order (see [`Kernel::frame`]): per buffer the address of its index 0 along every
//! axis (an address outside of the allocation is fine: only what is in bounds is read), then its strides in
//! elements, one per axis; then the bounds; then the scalars (low bytes of the word).
//!
//! Meaning: statements run in order. `Loop` runs its body for each value of its variable: `Parallel` in any order
//! and on any thread, `Sequential` in the given order, `Vector` in any order, `lanes` at a time. A value is
//! evaluated where it is defined by `Let`; it may be used in the rest of its block and in inner blocks.
//! `Parallel` appears only as the outermost loop. `Vector` loops are not nested in each other.
//! Loads inside a `Vector` loop never depend on what the same loop stores, but at the same indices.
#![forbid(unsafe_code)]

pub mod ir;

pub use ir::{
    Access, Base, Buffer, BufferId, Carry, CarryId, FrameLayout, Index, Kernel, Limit, Loop, LoopKind,
    Scalars, Stmt, Value, ValueId, ValueKind, Var, VarId,
};
