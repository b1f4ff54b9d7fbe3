//! Connectivity tables: for each row, the indices of its neighbours, -1 where there is none.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use bise_lang::DType;
use bise_lang::plan::TableShape;

/// The entries of a table, row by row.
#[derive(Clone, Debug)]
pub enum Entries {
    /// 32-bit indices.
    Int32(Vec<i32>),
    /// 64-bit indices.
    Int64(Vec<i64>),
}

/// Why a table is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The number of entries does not fit.
    #[error("{rows} rows of {width} neighbours need {expected} entries, not {given}")]
    Shape {
        /// Rows asked for.
        rows: usize,
        /// Neighbours per row.
        width: usize,
        /// Their product.
        expected: u128,
        /// Number of entries.
        given: usize,
    },
    /// An entry is not an index.
    #[error(
        "entry [{row}, {column}] is {entry}; indices are 0 or more{below}, and -1 stands for no neighbour",
        below = codomain.map_or(String::new(), |size| format!(" and less than {size}"))
    )]
    Entry {
        /// Row of the first bad entry.
        row: usize,
        /// Its column.
        column: usize,
        /// Its value.
        entry: i64,
        /// How many indices there are, if that is known.
        codomain: Option<usize>,
    },
    /// Too many neighbours per row.
    #[error("a row of {0} neighbours is too wide")]
    TooWide(usize),
}

/// What some rows of a table lead to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Image {
    /// The smallest interval (start, stop) that holds every valid entry; nothing if there is none.
    pub range: Option<(i64, i64)>,
    /// Whether any entry is -1.
    pub skips: bool,
}

/// A connectivity: `rows x width` indices, row-major. Its entries are checked when it is made and never change.
#[derive(Debug)]
pub struct ConnectivityTable {
    id: u64,
    rows: usize,
    width: usize,
    entries: Storage,
    whole: Image,
    images: Mutex<BTreeMap<Rows, Image>>,
}

/// How many images a table remembers; a program asks for a handful.
const MEMO: usize = 256;

/// First row, end, and the column if it is only one.
type Rows = (usize, usize, Option<u32>);

impl ConnectivityTable {
    /// The table of those entries, which are at least -1 and, where it is given, less than `codomain`.
    pub fn new(
        entries: Entries,
        rows: usize,
        width: usize,
        codomain: Option<usize>,
    ) -> Result<Self, TableError> {
        Self::checked(Storage::Owned(entries), rows, width, codomain)
    }

    /// As [`ConnectivityTable::new`] on memory of someone else: `rows * width` entries of type `index` at `pointer`,
    /// row-major without gaps. `index` is `int32` or `int64`.
    ///
    /// # Safety
    /// The memory is initialised and aligned, outlives the table, and nothing writes it as long as the table lives.
    pub unsafe fn borrowed(
        pointer: *const u8,
        index: DType,
        rows: usize,
        width: usize,
        codomain: Option<usize>,
    ) -> Result<Self, TableError> {
        let length = rows.saturating_mul(width);
        let storage = if index == DType::Int64 {
            Storage::Borrowed64(pointer.cast(), length)
        } else {
            Storage::Borrowed32(pointer.cast(), length)
        };
        Self::checked(storage, rows, width, codomain)
    }

    fn checked(
        entries: Storage,
        rows: usize,
        width: usize,
        codomain: Option<usize>,
    ) -> Result<Self, TableError> {
        let expected = rows as u128 * width as u128;
        if expected != entries.length() as u128 {
            return Err(TableError::Shape {
                rows,
                width,
                expected,
                given: entries.length(),
            });
        }
        if width > u16::MAX as usize {
            return Err(TableError::TooWide(width));
        }
        let mut table = Self {
            id: next_id(),
            rows,
            width,
            entries,
            whole: Image::default(),
            images: Mutex::default(),
        };
        let bad =
            |entry: i64| entry < -1 || codomain.is_some_and(|size| entry >= 0 && entry as u64 >= size as u64);
        let found = match table.entries.as_slice() {
            Slice::Int32(entries) => entries.iter().position(|&entry| bad(i64::from(entry))),
            Slice::Int64(entries) => entries.iter().position(|&entry| bad(entry)),
        };
        if let Some(at) = found {
            let (row, column) = (at / width, at % width);
            return Err(TableError::Entry {
                row,
                column,
                entry: table.entry(row, column),
                codomain,
            });
        }
        table.whole = table.scan(0..rows, None);
        Ok(table)
    }

    /// A number that no other table of this process has or had.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Neighbours per row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Type of the entries: `int32` or `int64`.
    pub fn index(&self) -> DType {
        match self.entries.as_slice() {
            Slice::Int32(_) => DType::Int32,
            Slice::Int64(_) => DType::Int64,
        }
    }

    /// Whether any entry is -1.
    pub fn skips(&self) -> bool {
        self.whole.skips
    }

    /// What code depends on.
    pub fn shape(&self) -> TableShape {
        TableShape {
            width: self.width as u32,
            skips: self.skips(),
            index: self.index(),
        }
    }

    /// Address of the first entry.
    pub fn pointer(&self) -> *const u8 {
        match self.entries.as_slice() {
            Slice::Int32(entries) => entries.as_ptr().cast(),
            Slice::Int64(entries) => entries.as_ptr().cast(),
        }
    }

    /// One entry; -1 outside of the table.
    pub fn entry(&self, row: usize, column: usize) -> i64 {
        if row >= self.rows || column >= self.width {
            return -1;
        }
        let at = row * self.width + column;
        match self.entries.as_slice() {
            Slice::Int32(entries) => i64::from(entries[at]),
            Slice::Int64(entries) => entries[at],
        }
    }

    /// What `rows` (clipped to the table) lead to, by one column or by all. Remembered, so that asking again for the
    /// same rows costs nothing.
    pub fn image(&self, rows: Range<usize>, column: Option<u32>) -> Image {
        let rows = rows.start.min(self.rows)..rows.end.min(self.rows);
        if column.is_none() && rows == (0..self.rows) {
            return self.whole;
        }
        let key = (rows.start, rows.end, column);
        let known = self
            .images
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .copied();
        known.unwrap_or_else(|| {
            let image = self.scan(rows, column);
            let mut images = self.images.lock().unwrap_or_else(PoisonError::into_inner);
            if images.len() >= MEMO {
                images.clear();
            }
            images.insert(key, image);
            image
        })
    }

    fn scan(&self, rows: Range<usize>, column: Option<u32>) -> Image {
        if rows.is_empty() || column.is_some_and(|column| column as usize >= self.width) {
            return Image::default();
        }
        let (from, step) = (
            column.unwrap_or(0) as usize,
            if column.is_some() { self.width } else { 1 },
        );
        let part = rows.start * self.width + from..rows.end * self.width;
        match self.entries.as_slice() {
            Slice::Int32(entries) => image(entries[part].iter().step_by(step).map(|&e| i64::from(e))),
            Slice::Int64(entries) => image(entries[part].iter().step_by(step).copied()),
        }
    }
}

fn image(entries: impl Iterator<Item = i64>) -> Image {
    let (mut low, mut high, mut skips) = (i64::MAX, -1, false);
    for entry in entries {
        skips |= entry < 0;
        high = high.max(entry);
        low = low.min(if entry < 0 { i64::MAX } else { entry });
    }
    Image {
        range: (high >= 0).then(|| (low, high.saturating_add(1))),
        skips,
    }
}

fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[derive(Debug)]
enum Storage {
    Owned(Entries),
    Borrowed32(*const i32, usize),
    Borrowed64(*const i64, usize),
}

// SAFETY: entries are never written; whoever lends them promised so for `borrowed`.
unsafe impl Send for Storage {}
// SAFETY: as above.
unsafe impl Sync for Storage {}

enum Slice<'a> {
    Int32(&'a [i32]),
    Int64(&'a [i64]),
}

impl Storage {
    fn length(&self) -> usize {
        match self {
            Self::Owned(Entries::Int32(entries)) => entries.len(),
            Self::Owned(Entries::Int64(entries)) => entries.len(),
            Self::Borrowed32(_, length) | Self::Borrowed64(_, length) => *length,
        }
    }

    fn as_slice(&self) -> Slice<'_> {
        match self {
            Self::Owned(Entries::Int32(entries)) => Slice::Int32(entries),
            Self::Owned(Entries::Int64(entries)) => Slice::Int64(entries),
            Self::Borrowed32(_, 0) => Slice::Int32(&[]),
            Self::Borrowed64(_, 0) => Slice::Int64(&[]),
            Self::Borrowed32(pointer, length) => {
                // SAFETY: what the caller of `borrowed` promised; the length was compared with rows times width.
                Slice::Int32(unsafe { std::slice::from_raw_parts(*pointer, *length) })
            }
            Self::Borrowed64(pointer, length) => {
                // SAFETY: as above.
                Slice::Int64(unsafe { std::slice::from_raw_parts(*pointer, *length) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn triangle_fan() -> ConnectivityTable {
        let entries = Entries::Int32(vec![4, 7, -1, 2, 3, 9]);
        ConnectivityTable::new(entries, 3, 2, Some(10)).unwrap()
    }

    #[test]
    fn images_are_by_rows_and_columns() {
        let table = triangle_fan();
        assert!(table.skips());
        let image = |rows, column| table.image(rows, column);
        assert_eq!(image(0..3, None).range, Some((2, 10)));
        assert_eq!(
            image(0..2, Some(0)),
            Image {
                range: Some((4, 5)),
                skips: true
            }
        );
        assert_eq!(
            image(0..2, Some(1)),
            Image {
                range: Some((2, 8)),
                skips: false
            }
        );
        assert_eq!(
            image(1..2, Some(0)),
            Image {
                range: None,
                skips: true
            }
        );
        assert_eq!(image(2..2, None), Image::default());
        assert_eq!(image(0..2, Some(0)), image(0..2, Some(0)));
    }

    #[test]
    fn bad_entries_are_named() {
        let make = |entries, codomain| ConnectivityTable::new(Entries::Int64(entries), 2, 2, codomain);
        let bad = |row, column, entry, codomain| TableError::Entry {
            row,
            column,
            entry,
            codomain,
        };
        assert_eq!(make(vec![0, 1, 2, -2], None).unwrap_err(), bad(1, 1, -2, None));
        assert_eq!(
            make(vec![0, 5, 2, -1], Some(5)).unwrap_err(),
            bad(0, 1, 5, Some(5))
        );
        assert!(matches!(make(vec![0], None), Err(TableError::Shape { .. })));
        assert!(make(vec![0, 5, 2, -1], None).is_ok());
    }

    #[test]
    fn every_table_has_its_own_id() {
        assert_ne!(triangle_fan().id(), triangle_fan().id());
    }
}
