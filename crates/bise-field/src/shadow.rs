//! Memory of one's own that lies as the memory of some fields does: what is one place there is one place here.

use bise_lang::DType;

use crate::{AllocationError, Axis, Buffer, FieldView};

/// Zeroed memory in the shape of that of some fields, which may overlap: the same elements with their distances, or
/// elements of another type in their places.
#[derive(Debug)]
pub struct Shadow {
    memory: Buffer,
    /// The type of the elements; that of each field where absent.
    dtype: Option<DType>,
    /// The bytes of the fields.
    low: usize,
    high: usize,
    /// Bytes of the fields for each element of another type.
    unit: usize,
}

impl Shadow {
    /// Memory for copies of fields, or of `dtype` in their places. The elements of the fields lie at multiples of
    /// their sizes.
    pub fn new(fields: &[&FieldView<'_>], dtype: Option<DType>) -> Result<Self, AllocationError> {
        let bounds = fields.iter().map(|field| field.span().bounds());
        let bounds = bounds.filter(|(low, high)| low < high);
        let (low, high) = bounds.fold((usize::MAX, 0), |(low, high), (a, b)| (low.min(a), high.max(b)));
        let low = low.min(high) & !(crate::ROW_ALIGNMENT - 1);
        let smallest = fields.iter().map(|field| field.dtype().size()).min();
        let unit = dtype.and(smallest).unwrap_or(1);
        let elements = (high - low).div_ceil(unit);
        let memory = Buffer::new(dtype.unwrap_or(DType::UInt8), &[(0, elements)], &[0])?;
        Ok(Self {
            memory,
            dtype,
            low,
            high,
            unit,
        })
    }

    /// What lies in the place of a field, which is one of those that this was made for.
    ///
    /// # Panics
    /// Where it is not.
    pub fn view(&self, field: &FieldView<'_>) -> FieldView<'_> {
        let (low, high) = field.span().bounds();
        let is_empty = low == high;
        assert!(
            is_empty || (self.low <= low && high <= self.high && field.dtype().size() >= self.unit),
            "compiler bug: a shadow of another field"
        );
        let size = self.dtype.map_or(1, DType::size);
        let axes = field.axes().iter().map(|axis| Axis {
            stride: axis.stride / self.unit as isize * size as isize,
            ..*axis
        });
        let first = if is_empty {
            self.low
        } else {
            field.pointer() as usize
        };
        let pointer = self
            .memory
            .pointer()
            .wrapping_add((first - self.low) / self.unit * size);
        // SAFETY: the bytes of the field lie between `low` and `high`, so those of the view, which are as far from the
        // start of the memory (in units), lie in the memory, which is initialised and lives as long as the view.
        unsafe { FieldView::new(pointer, self.dtype.unwrap_or(field.dtype()), axes.collect(), true) }
    }
}

/// Fields whose memory may meet, as positions: those whose bytes lie between each other's, directly or by way of
/// others.
pub fn neighbourhoods(fields: &[Option<&FieldView<'_>>]) -> Vec<Vec<usize>> {
    let bounds = fields.iter().enumerate();
    let bounds = bounds.filter_map(|(at, field)| Some((field.as_ref()?.span().bounds(), at)));
    let mut sorted: Vec<((usize, usize), usize)> = bounds.collect();
    sorted.sort_unstable();
    let mut groups: Vec<(usize, Vec<usize>)> = Vec::new();
    for ((low, high), at) in sorted {
        match groups.last_mut() {
            Some((end, members)) if low < *end => {
                *end = high.max(*end);
                members.push(at);
            }
            _ => groups.push((high, vec![at])),
        }
    }
    groups.into_iter().map(|(_, members)| members).collect()
}

#[cfg(test)]
mod tests {
    use bise_lang::Scalar;

    use super::*;

    #[test]
    fn what_overlaps_overlaps_in_the_shadow() {
        let mut buffer = Buffer::new(DType::Float64, &[(0, 10)], &[0]).unwrap();
        let whole = buffer.view_mut();
        let (left, right) = (whole.part(&[(0, 6)]).unwrap(), whole.part(&[(4, 10)]).unwrap());
        let back = right.mirrored(0).unwrap();
        assert_eq!(neighbourhoods(&[Some(&left), None, Some(&back)]), [[0, 2]]);
        for dtype in [None, Some(DType::UInt32)] {
            let shadow = Shadow::new(&[&left, &back], dtype).unwrap();
            let one = Scalar::integer(dtype.unwrap_or(DType::Float64), 1);
            assert!(shadow.view(&left).store(&[5], one));
            // Indices 4 to 9 the other way around: 5 is the last but one.
            assert_eq!(shadow.view(&back).load(&[8]), Some(one));
            assert_eq!(shadow.view(&back).load(&[9]).unwrap().as_f64(), 0.0);
        }
    }

    #[test]
    fn empty_fields_have_shadows() {
        let empty = Buffer::new(DType::Float32, &[(3, 0), (0, 4)], &[0, 1]).unwrap();
        let shadow = Shadow::new(&[&empty.view()], Some(DType::UInt32)).unwrap();
        assert_eq!(shadow.view(&empty.view()).size(), 0);
        assert!(neighbourhoods(&[Some(&empty.view())]).len() == 1);
    }
}
