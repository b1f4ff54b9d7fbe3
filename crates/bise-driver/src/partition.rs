//! How the range of an outermost loop is divided among threads.

/// Points below which a part is not worth a thread: some ten microseconds of work.
const POINTS_PER_PART: usize = 16 * 1024;

/// Consecutive parts of `[start, stop)`, as equal as can be, where each but the last is a multiple of `granule` long
/// and has enough of the `points` of the whole loop nest to be worth a thread. None is empty, unless the range is.
pub(crate) fn partition(
    start: i64,
    stop: i64,
    granule: usize,
    points: usize,
    threads: usize,
) -> Vec<(i64, i64)> {
    let length = usize::try_from(stop.saturating_sub(start)).unwrap_or(0);
    let granules = length.div_ceil(granule.max(1));
    let parts = threads.min(points / POINTS_PER_PART).min(granules).max(1);
    let at = |part: usize| {
        let granules = (granules as u128 * part as u128 / parts as u128) as usize;
        start + (granules * granule.max(1)).min(length) as i64
    };
    (0..parts).map(|part| (at(part), at(part + 1))).collect()
}

#[cfg(test)]
mod tests {
    use super::partition;

    #[test]
    fn parts_are_whole_vectors_and_cover_the_range() {
        assert_eq!(partition(3, 103, 8, 1 << 20, 3), [(3, 35), (35, 67), (67, 103)]);
        assert_eq!(partition(0, 5, 8, 1 << 20, 4), [(0, 5)]);
        assert_eq!(partition(0, 5, 1, 1 << 20, 9).len(), 5);
        assert_eq!(partition(2, 2, 1, 0, 4), [(2, 2)]);
    }

    #[test]
    fn small_work_stays_on_one_thread() {
        assert_eq!(partition(0, 100, 1, 10_000, 4), [(0, 100)]);
        assert_eq!(partition(0, 100, 1, 40_000, 4).len(), 2);
    }
}
