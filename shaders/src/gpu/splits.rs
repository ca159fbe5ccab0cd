//! How much of attention's work is a thread's: a part of a piece, or several pieces.

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

/// How many fours of neighbouring pixels a thread takes in attention, where a sample has so many `quads`
/// of them: a divisor of that.
///
/// A GPU's registers hold one with its sums. To a processor that plays it a number from memory costs as
/// much as tens of products, and its sums are in memory anyway: with four fours attention and
/// its gradients take 0.55 to 0.85 times as long, with two 0.65 to 0.9. They take seconds to compile
/// instead of one, which a browser does anew at each visit: there all shipped models were open after 50
/// to 68 seconds instead of 36 to 40, so one is enough.
pub(super) fn strip(quads: usize) -> usize {
    let patient = software() && !cfg!(target_family = "wasm");
    let most: usize = if patient { 4 } else { 1 };
    1 << quads.trailing_zeros().min(most.ilog2())
}

/// Threads that keep a large GPU busy: 132 multiprocessors with 512 each, as many as their registers
/// are enough for. A notebook's has a tenth of them, and loses a fifth of attention's time to sharing.
const BUSY: usize = 65536;

/// How many threads share one piece of work where there are so many pieces, a power of two: as many as
/// keep a large GPU busy, and at most so many as there are `shares` of a piece, or `most`.
///
/// It depends on the batch, so drawing and training may want two compiled kernels; all draws of a few
/// pictures want the same one.
pub(super) fn splits(pieces: usize, shares: usize, most: usize) -> usize {
    if software() {
        return 1;
    }
    let wanted = (BUSY / pieces.max(1)).min(shares).min(most).max(1);
    1 << wanted.ilog2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_pieces_are_shared_and_many_are_not() {
        assert_eq!(splits(256, 256, 8), 8);
        assert_eq!(splits(6144, 256, 8), 8);
        assert_eq!(splits(12288, 256, 8), 4);
        assert_eq!(splits(65536, 256, 8), 1);
        assert_eq!(splits(1 << 20, 256, 8), 1);
        // No more than there is to share.
        assert_eq!(splits(16, 3, 8), 2);
        assert_eq!(splits(0, 0, 8), 1);
    }
}
