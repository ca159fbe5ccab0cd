//! How many threads share one piece of attention's work.

use std::sync::atomic::{AtomicBool, Ordering};

static SOFTWARE: AtomicBool = AtomicBool::new(false);

/// Tells whether a processor plays the GPU on which all later calls in this process run; it is taken
/// for a real one otherwise.
///
/// It has a few threads and a price for each barrier: sharing takes it 1.2 times as long, where a large
/// GPU was mostly idle without.
pub fn gpu_is_software(software: bool) {
    SOFTWARE.store(software, Ordering::Relaxed);
}

/// What was last told.
pub(super) fn software() -> bool {
    SOFTWARE.load(Ordering::Relaxed)
}

/// Threads that share four queries or keys of a map of this size: enough to keep a large GPU busy with
/// one picture, and so few that each of them has several fours of the others to see. Of the batch it is
/// independent, so that one compiled kernel serves all.
pub(super) fn splits(pixels: usize) -> usize {
    match pixels {
        _ if software() => 1,
        ..128 => 1,
        128..512 => 4,
        _ => 8,
    }
}
