//! Run-time data: strided fields, allocation, connectivity tables, meshes.
//!
//! One of the few crates that touch raw memory. A [`FieldView`] can only be made by who vouches for its memory
//! (`unsafe`) or from a [`Buffer`], so everything that takes views is safe to call. A [`ConnectivityTable`] is
//! checked when it is made and never changes, so whoever has one need not look at its entries again.
#![expect(unsafe_code, reason = "this crate owns and reads the memory of fields")]

mod buffer;
pub mod mesh;
mod overlap;
mod shadow;
mod table;
mod view;

pub use buffer::{AllocationError, Buffer, ROW_ALIGNMENT, preferred_order, reserve};
pub use overlap::{Span, overlap};
pub use shadow::{Shadow, neighbourhoods};
pub use table::{ConnectivityTable, Entries, Image, TableError};
pub use view::{Axis, FieldView};
