//! The bench's switch between this crate's operations and the same written with Burn's public functions,
//! which is each operation's `stock`.
//!
//! There convolutions are Burn's, with Burn's own gradients, and attention keeps its N×N map for the
//! backward pass. (The fallbacks are better than that: they share this crate's gradients.)

use std::sync::atomic::{AtomicBool, Ordering};

static STOCK: AtomicBool = AtomicBool::new(false);

/// Lets every later call in this process, on any thread, run on Burn's public functions (`true`)
/// or on this crate's operations (`false`, how it begins). For benchmarks that compare the two.
pub fn use_stock(stock: bool) {
    STOCK.store(stock, Ordering::Relaxed);
}

pub(crate) fn stock() -> bool {
    STOCK.load(Ordering::Relaxed)
}
