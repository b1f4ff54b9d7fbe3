//! How fast memory is, measured the way the community does it: the STREAM triad.

use std::time::Instant;

/// Elements of each of the three arrays: together 96 MB, beyond the caches of one core.
const LENGTH: usize = 4 << 20;
/// The best of this many rounds counts.
const ROUNDS: usize = 5;

/// Bytes per second that `threads` threads read and write together. Takes some tens of milliseconds.
pub fn measure(threads: usize) -> f64 {
    let part = LENGTH / threads.max(1);
    let mut arrays: Vec<[Vec<f64>; 3]> = (0..threads.max(1))
        .map(|_| [vec![0.0; part], vec![1.0; part], vec![2.0; part]])
        .collect();
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let started = Instant::now();
        std::thread::scope(|scope| {
            for [a, b, c] in &mut arrays {
                scope.spawn(|| triad(a, b, c));
            }
        });
        best = best.min(started.elapsed().as_secs_f64());
    }
    let bytes = 3 * part * threads.max(1) * size_of::<f64>();
    bytes as f64 / best.max(1e-9)
}

fn triad(a: &mut [f64], b: &[f64], c: &[f64]) {
    for ((a, b), c) in a.iter_mut().zip(b).zip(c) {
        *a = b + 3.0 * c;
    }
    std::hint::black_box(a);
}
