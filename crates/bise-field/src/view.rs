//! A field in memory, as its owner lays it out: where each point is, not what owns it.

use std::marker::PhantomData;

use bise_lang::{DType, Scalar};

use crate::overlap::Span;

/// One axis of a field in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The index of the first element: where the domain starts.
    pub start: i64,
    /// Number of elements.
    pub length: usize,
    /// Bytes from one element to the next; may be negative or zero.
    pub stride: isize,
}

impl Axis {
    /// One past the last index; saturates.
    pub fn stop(&self) -> i64 {
        self.start
            .saturating_add(i64::try_from(self.length).unwrap_or(i64::MAX))
    }
}

/// A field in memory that lives at least as long as `'a`. Axes are in canonical order of the field's dimensions.
#[derive(Debug)]
pub struct FieldView<'a> {
    pointer: *mut u8,
    dtype: DType,
    writable: bool,
    axes: Vec<Axis>,
    memory: PhantomData<&'a [u8]>,
}

// SAFETY: a view is used by one thread at a time (it is neither `Sync` nor `Clone`), and whoever made it vouched
// that no other thread touches its memory meanwhile.
unsafe impl Send for FieldView<'_> {}

impl FieldView<'_> {
    /// The field whose first element (of index `start` along every axis) is at `pointer`.
    ///
    /// # Safety
    /// For `'a`, every element that `axes` reach is allocated memory that may be read, and written where
    /// `writable`, and no other thread writes it while this view is used. Elements are initialised.
    pub unsafe fn new(pointer: *mut u8, dtype: DType, axes: Vec<Axis>, writable: bool) -> Self {
        Self {
            pointer,
            dtype,
            writable,
            axes,
            memory: PhantomData,
        }
    }

    /// Makes this a view of another field without allocating, where the rank is no larger than before.
    ///
    /// # Safety
    /// As for [`FieldView::new`].
    pub unsafe fn reset(
        &mut self,
        pointer: *mut u8,
        dtype: DType,
        axes: impl IntoIterator<Item = Axis>,
        writable: bool,
    ) {
        self.pointer = pointer;
        self.dtype = dtype;
        self.writable = writable;
        self.axes.clear();
        self.axes.extend(axes);
    }

    /// The address of the first element.
    pub fn pointer(&self) -> *mut u8 {
        self.pointer
    }

    /// Type of the elements.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// May be written.
    pub fn writable(&self) -> bool {
        self.writable
    }

    /// The axes, in canonical order of the dimensions.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// Number of elements; saturates.
    pub fn size(&self) -> usize {
        self.axes
            .iter()
            .fold(1, |size: usize, axis| size.saturating_mul(axis.length))
    }

    /// Which bytes it occupies.
    pub fn span(&self) -> Span<'_> {
        Span::new(self.pointer as usize, self.dtype.size(), &self.axes)
    }

    /// The part of the field that lies in `ranges` (start and stop, one per axis), or nothing if it is not inside.
    pub fn part(&self, ranges: &[(i64, i64)]) -> Option<FieldView<'_>> {
        if ranges.len() != self.axes.len() {
            return None;
        }
        let mut pointer = self.pointer;
        let mut axes = Vec::with_capacity(ranges.len());
        for (axis, &(start, stop)) in self.axes.iter().zip(ranges) {
            if start < axis.start || stop > axis.stop() || start > stop {
                return None;
            }
            pointer = pointer.wrapping_offset((start - axis.start) as isize * axis.stride);
            axes.push(Axis {
                start,
                length: (stop - start) as usize,
                stride: axis.stride,
            });
        }
        // SAFETY: the part is inside of this view, which is borrowed as long as the part lives.
        Some(unsafe { FieldView::new(pointer, self.dtype, axes, self.writable) })
    }

    /// The same memory read backwards along an axis: its stride changes sign, and what was last is first.
    pub fn mirrored(&self, axis: usize) -> Option<FieldView<'_>> {
        let mut axes = self.axes.clone();
        let mirrored = axes.get_mut(axis)?;
        let last = mirrored.length.saturating_sub(1) as isize * mirrored.stride;
        mirrored.stride = -mirrored.stride;
        let pointer = self.pointer.wrapping_offset(last);
        // SAFETY: the elements are those of this view, which is borrowed as long as the other lives.
        Some(unsafe { FieldView::new(pointer, self.dtype, axes, self.writable) })
    }

    /// The value at `index` (absolute, one per axis), or nothing outside of the field.
    pub fn load(&self, index: &[i64]) -> Option<Scalar> {
        let at = self.address(index)?;
        let mut bytes = [0u8; 8];
        // SAFETY: `address` is that of an element of `dtype.size() <= 8` bytes, which `new` promised.
        unsafe { std::ptr::copy_nonoverlapping(at, bytes.as_mut_ptr(), self.dtype.size()) };
        Some(Scalar::from_bytes(self.dtype, &bytes))
    }

    /// Writes the value at `index` and says whether it could: inside, writable, of this type.
    pub fn store(&self, index: &[i64], value: Scalar) -> bool {
        let Some(at) = self
            .address(index)
            .filter(|_| self.writable && value.dtype() == self.dtype)
        else {
            return false;
        };
        let bytes = value.bits().to_le_bytes();
        // SAFETY: as in `load`, and the view is writable.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), at, self.dtype.size()) };
        true
    }

    fn address(&self, index: &[i64]) -> Option<*mut u8> {
        if index.len() != self.axes.len() {
            return None;
        }
        let mut at = self.pointer;
        for (axis, &i) in self.axes.iter().zip(index) {
            if i < axis.start || i >= axis.stop() {
                return None;
            }
            at = at.wrapping_offset((i - axis.start) as isize * axis.stride);
        }
        Some(at)
    }

    /// Copies all elements of `source`, point by point in order of position, whatever the starts are; says whether
    /// it could: equal lengths and types, writable. The two must not overlap in memory.
    pub fn copy_from(&self, source: &FieldView<'_>) -> bool {
        let alike = self.axes.len() == source.axes.len()
            && self
                .axes
                .iter()
                .zip(&source.axes)
                .all(|(a, b)| a.length == b.length);
        if !alike || !self.writable || self.dtype != source.dtype {
            return false;
        }
        if self.size() == 0 {
            return true;
        }
        let mut loops: Vec<Loop> = self.axes.iter().zip(&source.axes).map(Loop::new).collect();
        loops.retain(|l| l.length > 1);
        loops.sort_by_key(|l| std::cmp::Reverse(l.to.unsigned_abs()));
        // SAFETY: both views have these lengths, so every address is that of an element of each.
        unsafe { copy(self.pointer, source.pointer, &loops, self.dtype.size()) };
        true
    }
}

/// One axis of a copy.
struct Loop {
    length: usize,
    to: isize,
    from: isize,
}

impl Loop {
    fn new((to, from): (&Axis, &Axis)) -> Self {
        Self {
            length: to.length,
            to: to.stride,
            from: from.stride,
        }
    }
}

/// Copies elements of `size` bytes.
///
/// # Safety
/// All elements that `loops` reach from `to` and `from` are valid and do not overlap.
unsafe fn copy(to: *mut u8, from: *const u8, loops: &[Loop], size: usize) {
    let Some((outer, inner)) = loops.split_first() else {
        // SAFETY: one element.
        unsafe { std::ptr::copy_nonoverlapping(from, to, size) };
        return;
    };
    if inner.is_empty() && outer.to == size as isize && outer.from == size as isize {
        // SAFETY: `length` adjacent elements on both sides.
        unsafe { std::ptr::copy_nonoverlapping(from, to, size * outer.length) };
        return;
    }
    for i in 0..outer.length as isize {
        let (to, from) = (
            to.wrapping_offset(i * outer.to),
            from.wrapping_offset(i * outer.from),
        );
        // SAFETY: what the caller promised, for one position of the outer axis.
        unsafe { copy(to, from, inner, size) };
    }
}

#[cfg(test)]
mod tests {
    use bise_lang::{DType, Scalar};

    use crate::Buffer;

    #[test]
    fn elements_are_found_by_absolute_index_and_only_inside() {
        let mut buffer = Buffer::new(DType::Float32, &[(-1, 3), (2, 5)], &[1, 0]).unwrap();
        let view = buffer.view_mut();
        assert!(view.store(&[1, 6], Scalar::f32(2.5)));
        assert!(!view.store(&[2, 6], Scalar::f32(1.0)));
        assert!(!view.store(&[1, 6], Scalar::f64(1.0)));
        assert_eq!(view.load(&[1, 6]), Some(Scalar::f32(2.5)));
        assert_eq!(view.load(&[-2, 2]), None);
        assert!(view.part(&[(0, 2), (6, 7)]).unwrap().load(&[1, 6]) == Some(Scalar::f32(2.5)));
        assert!(view.part(&[(0, 3), (6, 7)]).is_none());
    }

    #[test]
    fn mirrored_axes_run_backwards() {
        let mut buffer = Buffer::new(DType::Int32, &[(0, 2), (5, 3)], &[0, 1]).unwrap();
        let view = buffer.view_mut();
        assert!(view.store(&[1, 5], Scalar::integer(DType::Int32, 9)));
        let mirrored = view.mirrored(1).unwrap();
        assert_eq!(mirrored.load(&[1, 7]), Some(Scalar::integer(DType::Int32, 9)));
        assert!(view.mirrored(2).is_none());
    }

    #[test]
    fn copies_between_layouts() {
        let mut a = Buffer::new(DType::Int32, &[(0, 3), (0, 4)], &[0, 1]).unwrap();
        let mut b = Buffer::new(DType::Int32, &[(5, 3), (0, 4)], &[1, 0]).unwrap();
        for i in 0..12 {
            a.view_mut()
                .store(&[i / 4, i % 4], Scalar::integer(DType::Int32, i));
        }
        assert!(b.view_mut().copy_from(&a.view()));
        for i in 0..12 {
            let value = b.view().load(&[5 + i / 4, i % 4]);
            assert_eq!(value, Some(Scalar::integer(DType::Int32, i)));
        }
        assert!(!b.view_mut().part(&[(5, 6), (0, 4)]).unwrap().copy_from(&a.view()));
    }
}
