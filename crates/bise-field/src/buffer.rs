//! Memory for fields: aligned for vectors, on huge pages where large, rows padded to whole cache lines.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::marker::PhantomData;
use std::ptr::NonNull;

use bise_lang::{DType, DimensionKind};

use crate::{Axis, FieldView};

/// Allocations and their rows start at multiples of this many bytes: a cache line, and the widest vector register.
pub const ROW_ALIGNMENT: usize = 64;

/// Bytes of a page.
const PAGE: usize = 4 << 10;

/// Bytes of a huge page; allocations of at least one are aligned to it.
const HUGE_PAGE: usize = 2 << 20;

/// Why there is no memory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AllocationError {
    /// More bytes than can be addressed.
    #[error("a field of shape {shape:?} and type {dtype} is too large to address")]
    TooLarge {
        /// The lengths asked for.
        shape: Vec<usize>,
        /// Type of the elements.
        dtype: DType,
    },
    /// The system gives no more.
    #[error("out of memory: {bytes} bytes for a field of shape {shape:?} and type {dtype}")]
    OutOfMemory {
        /// How many were asked for.
        bytes: usize,
        /// The lengths asked for.
        shape: Vec<usize>,
        /// Type of the elements.
        dtype: DType,
    },
    /// The order of the axes is not one.
    #[error("{order:?} is not an order of {rank} axes")]
    BadOrder {
        /// What was given.
        order: Vec<usize>,
        /// Number of axes.
        rank: usize,
    },
}

/// An owned field, zero-initialised. Elements of the last axis of its order are adjacent.
#[derive(Debug)]
pub struct Buffer {
    memory: Memory,
    dtype: DType,
    axes: Vec<Axis>,
}

impl Buffer {
    /// A field of zeros over `domain` (start and length, one per axis), laid out with the axes of `order` from the
    /// largest stride to the smallest.
    pub fn new(dtype: DType, domain: &[(i64, usize)], order: &[usize]) -> Result<Self, AllocationError> {
        let mut sorted = order.to_vec();
        sorted.sort_unstable();
        if !sorted.iter().copied().eq(0..domain.len()) {
            return Err(AllocationError::BadOrder {
                order: order.to_vec(),
                rank: domain.len(),
            });
        }
        let shape = || domain.iter().map(|&(_, length)| length).collect();
        let too_large = || AllocationError::TooLarge {
            shape: shape(),
            dtype,
        };
        let (strides, bytes) = strides(dtype, domain, order).ok_or_else(too_large)?;
        let memory = Memory::zeroed(bytes).ok_or_else(|| AllocationError::OutOfMemory {
            bytes,
            shape: shape(),
            dtype,
        })?;
        let axes = strided(domain, strides);
        Ok(Self { memory, dtype, axes })
    }

    /// The axes of a field in this memory, over `domain` and laid out in `order`, if there is room for it: for one that is
    /// there at another time.
    pub fn fit(&self, dtype: DType, domain: &[(i64, usize)], order: &[usize]) -> Option<Vec<Axis>> {
        let (strides, bytes) = strides(dtype, domain, order)?;
        (bytes <= self.bytes()).then(|| strided(domain, strides))
    }

    /// A field over `domain`, laid out in `order`, with the elements of `packed`: adjacent bytes, whose axes are
    /// `packed_order` from the largest stride to the smallest.
    ///
    /// # Panics
    /// Where the number of bytes is not that of the elements.
    pub fn from_packed(
        dtype: DType,
        domain: &[(i64, usize)],
        order: &[usize],
        packed: &[u8],
        packed_order: &[usize],
    ) -> Result<Self, AllocationError> {
        let mut buffer = Self::new(dtype, domain, order)?;
        let elements = domain.iter().map(|&(_, length)| length as u128).product::<u128>();
        assert_eq!(
            packed.len() as u128,
            elements * dtype.size() as u128,
            "bytes for all elements"
        );
        let axes = packed_axes(dtype, domain, packed_order);
        // SAFETY: the axes reach exactly the bytes of `packed`, which is only read.
        let source = unsafe { FieldView::new(packed.as_ptr().cast_mut(), dtype, axes, false) };
        buffer.view_mut().copy_from(&source);
        Ok(buffer)
    }

    /// All elements, adjacent: the axes are `order` from the largest stride to the smallest.
    pub fn to_packed(&self, order: &[usize]) -> Result<Vec<u8>, AllocationError> {
        let domain: Vec<(i64, usize)> = self.axes.iter().map(|a| (a.start, a.length)).collect();
        let size = self.view().size() * self.dtype.size();
        let mut packed = reserve(self.dtype, &domain, size)?;
        packed.resize(size, 0u8);
        let axes = packed_axes(self.dtype, &domain, order);
        // SAFETY: the axes reach exactly the bytes of `packed`, which nothing else uses meanwhile.
        let target = unsafe { FieldView::new(packed.as_mut_ptr(), self.dtype, axes, true) };
        target.copy_from(&self.view());
        Ok(packed)
    }

    /// Address of the first element.
    pub fn pointer(&self) -> *mut u8 {
        self.memory.pointer.as_ptr()
    }

    /// Type of the elements.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// The axes.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// Size of the allocation, padding included.
    pub fn bytes(&self) -> usize {
        self.memory.bytes
    }

    /// To read.
    pub fn view(&self) -> FieldView<'_> {
        // SAFETY: the axes lie within the zeroed allocation, which lives as long as `self`.
        unsafe { FieldView::new(self.pointer(), self.dtype, self.axes.clone(), false) }
    }

    /// To read and write.
    pub fn view_mut(&mut self) -> FieldView<'_> {
        // SAFETY: as in `view`, and the borrow is exclusive.
        unsafe { FieldView::new(self.pointer(), self.dtype, self.axes.clone(), true) }
    }
}

/// Room for `bytes` bytes of a field over `domain`, which lie outside of a buffer.
pub fn reserve(dtype: DType, domain: &[(i64, usize)], bytes: usize) -> Result<Vec<u8>, AllocationError> {
    let mut room = Vec::new();
    match room.try_reserve_exact(bytes) {
        Ok(()) => Ok(room),
        Err(_) => Err(AllocationError::OutOfMemory {
            bytes,
            shape: domain.iter().map(|&(_, length)| length).collect(),
            dtype,
        }),
    }
}

/// The order of axes, from the largest stride to the smallest, in which programs run best on this processor, for
/// dimensions of those kinds.
///
/// On structured grids (two horizontal dimensions or more) the first horizontal dimension has adjacent elements:
/// horizontal stencils and sweeps then run in vector lanes along it. On meshes (one horizontal dimension) columns
/// are adjacent: a neighbour is looked up once for a whole column. Local dimensions stand between.
pub fn preferred_order(kinds: &[DimensionKind]) -> Vec<usize> {
    let structured = kinds
        .iter()
        .filter(|&&kind| kind == DimensionKind::Horizontal)
        .count()
        > 1;
    let rank = |&axis: &usize| match (kinds[axis], structured) {
        (DimensionKind::Vertical, true) | (DimensionKind::Horizontal, false) => 0,
        (DimensionKind::Local, _) => 1,
        (DimensionKind::Vertical, false) | (DimensionKind::Horizontal, true) => 2,
    };
    let mut order: Vec<usize> = (0..kinds.len()).collect();
    if structured {
        order.reverse();
    }
    order.sort_by_key(rank);
    order
}

/// The axes of adjacent elements.
fn packed_axes(dtype: DType, domain: &[(i64, usize)], order: &[usize]) -> Vec<Axis> {
    let mut axes: Vec<Axis> = domain
        .iter()
        .map(|&(start, length)| Axis {
            start,
            length,
            stride: 0,
        })
        .collect();
    let mut stride = dtype.size() as isize;
    for &axis in order.iter().rev() {
        axes[axis].stride = stride;
        stride = stride.wrapping_mul(domain[axis].1 as isize);
    }
    axes
}

fn strided(domain: &[(i64, usize)], strides: Vec<isize>) -> Vec<Axis> {
    let axis = |(&(start, length), stride)| Axis {
        start,
        length,
        stride,
    };
    domain.iter().zip(strides).map(axis).collect()
}

/// Strides in bytes and the size of the whole, or nothing if that overflows an `isize`.
fn strides(dtype: DType, domain: &[(i64, usize)], order: &[usize]) -> Option<(Vec<isize>, usize)> {
    let mut strides = vec![0; domain.len()];
    let mut bytes = dtype.size();
    for (position, &axis) in order.iter().rev().enumerate() {
        strides[axis] = isize::try_from(bytes).ok()?;
        bytes = bytes.checked_mul(domain[axis].1.max(1))?;
        if position == 0 && domain.len() > 1 {
            bytes = bytes.checked_next_multiple_of(ROW_ALIGNMENT)?;
        }
        // Strides of whole pages would put all levels of a column into the same few lines of the caches.
        if position + 1 < domain.len() && bytes.is_multiple_of(PAGE) {
            bytes = bytes.checked_add(ROW_ALIGNMENT)?;
        }
    }
    let bytes = bytes.checked_next_multiple_of(ROW_ALIGNMENT)?;
    isize::try_from(bytes).ok()?;
    Some((strides, bytes))
}

/// Zeroed bytes.
#[derive(Debug)]
struct Memory {
    pointer: NonNull<u8>,
    bytes: usize,
    owns: PhantomData<u8>,
}

// SAFETY: memory has no thread; access goes through borrows of the buffer.
unsafe impl Send for Memory {}
// SAFETY: as above: a shared borrow only reads.
unsafe impl Sync for Memory {}

impl Memory {
    /// At least one byte, or nothing if the system refuses.
    fn zeroed(bytes: usize) -> Option<Self> {
        let pointer = if bytes >= HUGE_PAGE {
            map(bytes)
        } else {
            // SAFETY: the layout is not empty: `strides` rounds up to a row.
            NonNull::new(unsafe { alloc_zeroed(layout(bytes)?) })
        };
        pointer.map(|pointer| Self {
            pointer,
            bytes,
            owns: PhantomData,
        })
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        if self.bytes >= HUGE_PAGE {
            // SAFETY: exactly these bytes are left of the mapping that `map` made.
            unsafe { libc::munmap(self.pointer.as_ptr().cast(), pages(self.bytes)) };
        } else if let Some(layout) = layout(self.bytes) {
            // SAFETY: allocated in `zeroed` with this layout.
            unsafe { dealloc(self.pointer.as_ptr(), layout) };
        }
    }
}

fn layout(bytes: usize) -> Option<Layout> {
    Layout::from_size_align(bytes.max(1), ROW_ALIGNMENT).ok()
}

/// Whole pages.
fn pages(bytes: usize) -> usize {
    bytes.next_multiple_of(4096)
}

/// Maps zeroed pages at a multiple of a huge page: maps one more than asked for and gives the ends back.
fn map(bytes: usize) -> Option<NonNull<u8>> {
    let bytes = pages(bytes);
    let with_slack = bytes.checked_add(HUGE_PAGE)?;
    let (access, kind) = (
        libc::PROT_READ | libc::PROT_WRITE,
        libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
    );
    // SAFETY: a new anonymous mapping touches no existing memory.
    let base = unsafe { libc::mmap(std::ptr::null_mut(), with_slack, access, kind, -1, 0) };
    if base == libc::MAP_FAILED {
        return None;
    }
    let base = base.cast::<u8>();
    let before = (base as usize).next_multiple_of(HUGE_PAGE) - base as usize;
    let after = with_slack - bytes - before;
    let aligned = base.wrapping_add(before);
    // SAFETY: all ranges are whole pages of the mapping just made, and what is unmapped is not used. `madvise` is
    // advice: where huge pages are not to be had, its failure changes nothing.
    unsafe {
        if before > 0 {
            libc::munmap(base.cast(), before);
        }
        if after > 0 {
            libc::munmap(aligned.wrapping_add(bytes).cast(), after);
        }
        #[cfg(target_os = "linux")]
        libc::madvise(aligned.cast(), bytes, libc::MADV_HUGEPAGE);
    }
    NonNull::new(aligned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_field_fits_where_there_is_room() {
        let buffer = Buffer::new(DType::Float64, &[(0, 4), (0, 8)], &[0, 1]).unwrap();
        let fit = |domain: &[(i64, usize)]| buffer.fit(DType::Float64, domain, &[0, 1]);
        let new = |domain| Buffer::new(DType::Float64, domain, &[0, 1]).unwrap();
        assert_eq!(
            fit(&[(3, 2), (-1, 7)]).as_deref(),
            Some(new(&[(3, 2), (-1, 7)]).axes())
        );
        assert_eq!(fit(&[(0, 5), (0, 8)]), None);
        assert!(buffer.fit(DType::Float32, &[(0, 8), (0, 16)], &[0, 1]).is_none());
        assert!(buffer.fit(DType::Float32, &[(0, 4), (0, 16)], &[0, 1]).is_some());
    }

    #[test]
    fn rows_start_at_cache_lines() {
        let buffer = Buffer::new(DType::Float64, &[(0, 3), (0, 5), (0, 7)], &[2, 0, 1]).unwrap();
        let strides: Vec<isize> = buffer.axes().iter().map(|a| a.stride).collect();
        assert_eq!(strides, [64, 8, 192]);
        assert_eq!(buffer.pointer() as usize % ROW_ALIGNMENT, 0);
    }

    #[test]
    fn large_buffers_start_at_huge_pages_and_are_zero() {
        let mut buffer = Buffer::new(DType::Float64, &[(0, 700), (0, 700)], &[0, 1]).unwrap();
        assert_eq!(buffer.pointer() as usize % HUGE_PAGE, 0);
        let last = buffer.view().load(&[699, 699]);
        assert_eq!(last, Some(bise_lang::Scalar::f64(0.0)));
        assert!(buffer.view_mut().store(&[699, 699], bise_lang::Scalar::f64(1.0)));
    }

    #[test]
    fn absurd_sizes_are_errors() {
        let huge = [(0, usize::MAX / 2), (0, 3)];
        assert!(matches!(
            Buffer::new(DType::Int8, &huge, &[0, 1]),
            Err(AllocationError::TooLarge { .. })
        ));
        let large = [(0, isize::MAX as usize / 16)];
        assert!(matches!(
            Buffer::new(DType::Float64, &large, &[0]),
            Err(AllocationError::OutOfMemory { .. })
        ));
        assert!(Buffer::new(DType::Int8, &[(0, 1)], &[1]).is_err());
    }

    #[test]
    fn packed_bytes_go_in_by_columns_and_come_out_by_rows() {
        let buffer = Buffer::from_packed(
            DType::UInt8,
            &[(0, 2), (5, 3)],
            &[0, 1],
            &[1, 2, 3, 4, 5, 6],
            &[1, 0],
        );
        assert_eq!(buffer.unwrap().to_packed(&[0, 1]).unwrap(), [1, 3, 5, 2, 4, 6]);
    }

    #[test]
    fn structured_rows_run_along_the_first_dimension_and_mesh_rows_along_columns() {
        use DimensionKind::{Horizontal, Local, Vertical};
        assert_eq!(preferred_order(&[Horizontal, Horizontal, Vertical]), [2, 1, 0]);
        assert_eq!(preferred_order(&[Horizontal, Horizontal]), [1, 0]);
        assert_eq!(preferred_order(&[Horizontal, Vertical]), [0, 1]);
        assert_eq!(preferred_order(&[Horizontal, Local, Vertical]), [0, 1, 2]);
        assert_eq!(preferred_order(&[Horizontal, Local]), [0, 1]);
    }

    #[test]
    fn no_stride_is_a_whole_number_of_pages() {
        let buffer = Buffer::new(DType::Float64, &[(0, 128), (0, 128), (0, 8)], &[2, 1, 0]).unwrap();
        assert!(buffer.axes().iter().all(|axis| axis.stride % 4096 != 0));
    }

    #[test]
    fn empty_and_zero_dimensional_fields_exist() {
        assert_eq!(
            Buffer::new(DType::Int8, &[(0, 0)], &[0]).unwrap().view().size(),
            0
        );
        assert_eq!(Buffer::new(DType::Int8, &[], &[]).unwrap().view().size(), 1);
    }
}
