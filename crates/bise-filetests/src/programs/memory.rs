//! Fields in memory, laid out in every way that a caller may choose.

use bise_field::{Buffer, FieldView};

use super::sample::Sample;

/// How the fields of a call lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MemoryLayout {
    /// The last axis is contiguous.
    C,
    /// The first axis is contiguous.
    Fortran,
    /// Part of a larger allocation, axes rotated, the first one backwards.
    Odd,
}

impl MemoryLayout {
    pub(super) const ALL: [Self; 3] = [Self::C, Self::Fortran, Self::Odd];

    fn order(self, rank: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..rank).collect();
        match self {
            Self::Fortran => order.reverse(),
            Self::Odd if rank > 0 => order.rotate_left(1),
            Self::C | Self::Odd => {}
        }
        order
    }

    fn margin(self) -> i64 {
        if self == Self::Odd { 2 } else { 0 }
    }
}

/// Memory for a field, perhaps with a margin around it.
pub(super) fn allocate(sample: &Sample, layout: MemoryLayout) -> Result<Buffer, String> {
    let margin = layout.margin();
    let domain = sample
        .ranges
        .iter()
        .map(|&(start, stop)| (start - margin, (stop - start + 2 * margin) as usize));
    let domain: Vec<(i64, usize)> = domain.collect();
    Buffer::new(sample.dtype, &domain, &layout.order(domain.len())).map_err(|error| error.to_string())
}

/// The part of a view that is a field over `ranges`.
pub(super) fn part<'a>(view: &'a FieldView<'_>, ranges: &[(i64, i64)]) -> Result<FieldView<'a>, String> {
    view.part(ranges)
        .ok_or_else(|| format!("{ranges:?} is not inside of the memory"))
}

/// The view as the layout has it.
pub(super) fn turned<'a>(view: &'a FieldView<'_>, layout: MemoryLayout) -> Result<FieldView<'a>, String> {
    let mirrored = if layout == MemoryLayout::Odd {
        view.mirrored(0)
    } else {
        None
    };
    if let Some(mirrored) = mirrored {
        return Ok(mirrored);
    }
    let whole: Vec<(i64, i64)> = view.axes().iter().map(|axis| (axis.start, axis.stop())).collect();
    part(view, &whole)
}

/// Fills a field.
pub(super) fn fill(view: &FieldView<'_>, sample: &Sample) -> Result<(), String> {
    for (point, &value) in sample.points().iter().zip(&sample.values) {
        if !view.store(point, value) {
            return Err(format!("cannot store at {point:?}"));
        }
    }
    Ok(())
}

/// Reads a field back.
pub(super) fn read(view: &FieldView<'_>, like: &Sample) -> Result<Sample, String> {
    let values = like.points().into_iter().map(|point| {
        let value = view.load(&point);
        value.ok_or_else(|| format!("cannot load at {point:?}"))
    });
    Ok(Sample {
        values: values.collect::<Result<_, _>>()?,
        ..like.clone()
    })
}
